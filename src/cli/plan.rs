//! `guestlist plan`.

use std::path::PathBuf;

use clap::Args;

use super::asking::Asking;
use super::context::Context;
use super::failure::Failure;
use super::progress::Progress;
use super::{Exit, Format};
use crate::app::{self, Ask, Planned, Saving, Workspace};
use crate::render::{finding, json, report, view};

/// Show what an apply would change
///
/// Compares the tree with the store. Nothing is written.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Exit with 2 when there is something to do
    #[arg(long)]
    detailed_exitcode: bool,

    /// Save the plan to this file, for `guestlist apply FILE`
    ///
    /// The file is a commitment: whoever applies it gets exactly these changes, or none. It may be applied for 24 hours.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Sign the saved plan with the key of the audit log, for `guestlist apply FILE --require-signature`
    #[arg(long, requires = "out")]
    sign: bool,

    #[command(flatten)]
    asking: Asking,

    /// Show only what somebody changed in the store since the last apply, which `apply --refresh-only` takes as applied
    #[arg(long, conflicts_with = "out")]
    refresh_only: bool,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        if self.refresh_only {
            self.asking.is_for_a_plan()?;
            cx.globals.format.demand_findings("plan --refresh-only")?;
            let drift = super::drift::look(cx)?;
            let tell = self.detailed_exitcode && !drift.drifted.is_empty();
            return Ok(if tell { Exit::Differences } else { Exit::Done });
        }
        let workspace = cx.workspace()?;
        let progress = Progress::start(cx, "planning");
        let planned = app::plan(&workspace, &cx.world(), &self.asking.ask())?;
        drop(progress);
        let report = report(&planned);
        if cx.globals.format.is_of_findings() {
            let found =
                cx.setting()
                    .planned(report.plan, report.impact, report.refusals, report.warnings);
            cx.findings(&found, |out| view::planned(&report, out))?;
        } else {
            show(cx, "plan", &report)?;
        }
        if let Some(path) = self.out.as_deref().filter(|_| planned.verdict.is_allowed()) {
            let saving = Saving {
                path: &cx.path(path),
                signed: self.sign,
                back: None,
            };
            save(cx, &workspace, &planned, &self.asking.ask(), &saving)?;
        } else if let Some(path) = &self.out {
            let old = match cx.path(path).exists() {
                true => format!(" {} is as it was before.", path.display()),
                false => String::new(),
            };
            cx.say(&format!("Nothing was saved: the plan is refused.{old}"));
        }
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

/// Saves a plan and says where.
pub(super) fn save(
    cx: &Context,
    workspace: &Workspace,
    planned: &Planned,
    ask: &Ask,
    saving: &Saving<'_>,
) -> Result<(), Failure> {
    let saved = app::save(workspace, planned, ask, &cx.world(), saving)?;
    let signed = match &saved.signature {
        Some(seal) => format!(" Signed with {}.", seal.key),
        None => String::new(),
    };
    cx.say(&format!(
        "Saved to {}: digest {}, until {}.{signed}",
        saving.path.display(),
        saved.plan,
        saved.expires
    ));
    Ok(())
}

/// Writes a plan in a format that shows what changes, as what a document is called.
pub(super) fn show(
    cx: &Context,
    name: &'static str,
    report: &report::Planned<'_>,
) -> Result<(), Failure> {
    match cx.globals.format {
        Format::GitlabTerraform => cx.write(|out| finding::terraform(out, report.plan)),
        format if format.is_document() => {
            let digest = Some(report.plan.digest());
            cx.document(name, digest, |out| view::planned(report, out))
        }
        _ => cx.report(
            |out| view::planned(report, out),
            || json::v1::Plan::from(report),
        ),
    }
}

/// Returns the report of a plan.
pub(super) fn report(planned: &Planned) -> report::Planned<'_> {
    report::Planned {
        project: &planned.project,
        store: &planned.store,
        plan: &planned.plan,
        impact: &planned.impact,
        refusals: &planned.verdict.refusals,
        lifted: &planned.verdict.lifted,
        warnings: &planned.warnings,
    }
}
