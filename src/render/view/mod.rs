//! The views, one per report: each lowers its report to blocks, in order, and knows nothing of any format.

mod apply;
mod audit;
mod change;
mod diagnostics;
mod diff;
mod drift;
mod engine;
mod error;
mod history;
mod impact;
mod import;
mod lease;
mod lint;
mod list;
mod own;
mod plan;
mod report;
mod rollback;
mod show;
pub(in crate::render) mod strayed;
mod test;

pub use apply::{applied, went_back};
pub use audit::{audit_list, audit_verified};
pub use diagnostics::{diagnostics, invalid, validated};
pub use diff::compared;
pub use drift::{drift, refreshed};
pub use engine::{
    access, assignment, assignments, bulk, clock_confirmed, directory_imported, explanation, group,
    groups, invitation, invitations, offboarding, offboardings, offered, outbox, partner, partners,
    people, person, request, requests, review, review_decided, reviews, ticked,
};
pub use error::error;
pub use history::{run, runs};
pub(in crate::render) use impact::difference;
pub use impact::impact;
pub use import::imported;
pub use lease::{broken_lease, lease, lease_to_break};
pub use lint::{explained, lint_rules, linted};
pub use list::list;
pub(in crate::render) use own::words as own_domains;
pub use plan::{planned, refusals};
pub use report::{Told, proposed, report};
pub use rollback::rolled_back;
pub use show::shown;
pub use test::tested;

use jiff::SignedDuration;

use crate::render::doc::{Line, Role};

/// Returns what to do, each line of it behind its word.
fn helps(help: &str) -> impl Iterator<Item = Line<'_>> {
    help.lines().map(|help| {
        Line::plain("  ")
            .and(Role::Note, "help")
            .and(Role::Plain, ": ")
            .and(Role::Plain, help)
    })
}

/// Returns a length of time as people say it: `12 ms`, `1.2 s`.
fn time(duration: SignedDuration) -> String {
    match duration.as_millis() {
        milliseconds @ ..1000 => format!("{milliseconds} ms"),
        milliseconds => format!("{:.1} s", milliseconds as f64 / 1000.0),
    }
}

/// Returns a count with its noun: `1 file`, `3 files`.
fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
