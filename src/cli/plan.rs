//! `guestlist plan`.

use clap::Args;

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use super::progress::Progress;
use crate::app::{self, Planned};
use crate::model::Address;
use crate::render::{json, report, view};

/// Show what an apply would change
///
/// Compares the tree with the store. Nothing is written.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Exit with 2 when there is something to do
    #[arg(long)]
    detailed_exitcode: bool,

    /// Take over the live object of this address, which nobody owns
    ///
    /// The object is found by what identifies it, such as its tenant or its display name. May be given several times.
    #[arg(long, value_name = "ADDRESS")]
    adopt: Vec<Address>,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let workspace = cx.workspace()?;
        let progress = Progress::start(cx, "planning");
        let planned = app::plan(&workspace, &cx.world(), &self.adopt)?;
        drop(progress);
        let report = report(&planned);
        cx.report(
            |out| view::planned(&report, out),
            || json::v1::Plan::from(&report),
        )?;
        let exit = if !planned.verdict.is_allowed() {
            Exit::Refused
        } else if self.detailed_exitcode && !planned.plan.is_empty() {
            Exit::Differences
        } else {
            Exit::Done
        };
        Context::leave(planned);
        Ok(exit)
    }
}

/// Returns the report of a plan.
pub(super) fn report(planned: &Planned) -> report::Planned<'_> {
    report::Planned {
        project: &planned.project,
        store: &planned.store,
        plan: &planned.plan,
        refusals: &planned.verdict.refusals,
        warnings: &planned.warnings,
    }
}
