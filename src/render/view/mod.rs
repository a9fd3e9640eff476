//! The views, one per report: each lowers its report to blocks, in order, and knows nothing of any format.

mod apply;
mod change;
mod diagnostics;
mod error;
mod history;
mod list;
mod plan;
mod show;

pub use apply::applied;
pub use diagnostics::{diagnostics, validated};
pub use error::error;
pub use history::{run, runs};
pub use list::list;
pub use plan::{planned, refusals};
pub use show::shown;

/// Returns a count with its noun: `1 file`, `3 files`.
fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
