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

/// Writes the numbers of a plan. A replacement is a deletion and a creation; what is taken over is updated; what is let go
/// stays as it is and does not count.
///
/// # Errors
///
/// Those of what it writes to.
pub fn terraform(out: &mut dyn io::Write, plan: &Plan) -> io::Result<()> {
    let replaced = plan.count(Action::Replace);
    let report = Report {
        create: plan.count(Action::Create) + replaced,
        update: plan.count(Action::Update) + plan.count(Action::Adopt),
        delete: plan.count(Action::Prune) + replaced,
    };
    json::write(out, &report)
}
