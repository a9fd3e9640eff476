//! `guestlist plan`.

use clap::Args;

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use super::progress::Progress;
use crate::app::{self, Planned};
use crate::guard::Verdict;
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
        let refusals = refused(&planned.verdict);
        let report = report(&planned, &refusals);
        cx.report(
            |out| view::planned(&report, out),
            || json::v1::Plan::from(&report),
        )?;
        Ok(if !planned.verdict.is_allowed() {
            Exit::Refused
        } else if self.detailed_exitcode && !planned.plan.is_empty() {
            Exit::Differences
        } else {
            Exit::Done
        })
    }
}

/// Returns the report of a plan.
pub(super) fn report<'a>(
    planned: &'a Planned,
    refusals: &'a [report::Refused],
) -> report::Planned<'a> {
    report::Planned {
        project: &planned.project,
        store: &planned.store,
        plan: &planned.plan,
        refusals,
        warnings: &planned.warnings,
    }
}

/// Returns what stands against a plan, as reports tell it.
pub(super) fn refused(verdict: &Verdict) -> Vec<report::Refused> {
    verdict
        .refusals
        .iter()
        .map(|refusal| report::Refused {
            rule: refusal.rule.as_str().to_owned(),
            address: Some(refusal.address.clone()),
            message: refusal.message.clone(),
            help: Some(refusal.help.clone()),
        })
        .collect()
}
