//! The numbers that GitLab shows in its widget for infrastructure: how much a plan creates, updates and deletes.

use std::io;

use serde::Serialize;

use crate::plan::{Action, Plan};
use crate::render::json;

/// Frozen: GitLab reads these names.
#[derive(Serialize)]
struct Report {
    create: usize,
    update: usize,
    delete: usize,
}

/// What stands where there is no plan: GitLab misses the numbers and says that there is no report.
#[derive(Serialize)]
struct Missing<'a> {
    error: &'a str,
}

/// Writes that there is no plan, in a word.
///
/// # Errors
///
/// Those of what it writes to.
pub fn no_terraform(out: &mut dyn io::Write, error: &str) -> io::Result<()> {
    json::write(out, &Missing { error })
}

/// Writes the numbers of a plan. A replacement is a deletion and a creation; what is taken over is updated, and so are
/// the domains of our own people; what is let go stays as it is and does not count.
///
/// # Errors
///
/// Those of what it writes to.
pub fn terraform(out: &mut dyn io::Write, plan: &Plan) -> io::Result<()> {
    let replaced = plan.count(Action::Replace);
    let report = Report {
        create: plan.count(Action::Create) + replaced,
        update: plan.count(Action::Update)
            + plan.count(Action::Adopt)
            + usize::from(plan.own.is_some()),
        delete: plan.count(Action::Prune) + replaced,
    };
    json::write(out, &report)
}
