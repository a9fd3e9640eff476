//! Lints: what is legal in a tree and seldom meant, or not safe: best practice of the field, each rule with its reason.
//!
//! Uses `model` and `governance`. Pure. The one idea to know: a lint is one file under `rules`, and says nothing that
//! is not true of the tree: a key that the tree leaves as it is live ([`Declaration::unmanaged`]) is never judged. It speaks in
//! addresses and routes; whoever shows a finding knows the lines.
//!
//! [`Declaration::unmanaged`]: crate::model::Declaration::unmanaged

mod context;
mod finding;
mod rule;
mod rules;
mod run;
mod settings;

pub use context::{Context, Governing, Of};
pub use finding::{Finding, Findings, Spot};
pub use rule::{Info, Lint, by_name};
pub use rules::LINTS;
pub use run::{Linted, Misnamed, lint, misnamed};
pub use settings::{Level, Levels};
