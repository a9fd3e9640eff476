//! `guestlist validate`.

use clap::Args;

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use super::progress::Progress;
use crate::app;
use crate::render::{json, report, view};

/// Check the tree, without a store
///
/// Tells all problems in one run, each with its file, line and column, and what to do.
#[derive(Debug, Args)]
pub(super) struct Arguments {}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let workspace = cx.workspace()?;
        let progress = Progress::start(cx, "checking");
        let checked = app::validate(&workspace, &cx.world())?;
        drop(progress);
        let report = report::Validated {
            diagnostics: &checked.diagnostics,
            files: checked.files,
            objects: checked
                .desired
                .as_ref()
                .map(|desired| desired.objects().len()),
        };
        if cx.globals.format.is_of_findings() {
            let findings = cx.setting().diagnostics(&checked.diagnostics);
            cx.findings(&findings, |out| view::validated(&report, out))?;
        } else {
            cx.report(
                |out| view::validated(&report, out),
                || json::v1::Validate::from(&report),
            )?;
        }
        let exit = if checked.diagnostics.has_errors() {
            Exit::Findings
        } else {
            Exit::Done
        };
        Context::leave(checked);
        Ok(exit)
    }
}
