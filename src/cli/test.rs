//! `guestlist test`.

use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use super::progress::Progress;
use crate::app::{self, Workspace};
use crate::render::finding::{self, Findings, Setting};
use crate::render::{json, report, view};

/// Play the tests of the tree through in the engine
///
/// Each test under `tests:` says who is there, on which day, what happens and what is expected: outcomes, approvers, ends,
/// mails, access. The real engine plays it on a store in memory, with a clock of its own; the project's store is not opened.
/// The invariants of the tree are decided as well, unless tests are named.
/// Exits with 3 when a test or an invariant does not hold; with `-v`, shows the timelines of all tests.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Only tests whose names are like this; `*` stands for anything
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// Also write a report of the tests into this file, as JUnit writes them; where they cannot be played, it says why
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let workspace = match cx.workspace() {
            Ok(workspace) => workspace,
            Err(failure) => {
                return Err(self.fail(cx, None, failure));
            }
        };
        let progress = Progress::start(cx, "playing");
        let tested = app::test(&workspace, &cx.world(), &self.names);
        drop(progress);
        let tested = match tested {
            Ok(tested) => tested,
            Err(error) => {
                return Err(self.fail(cx, Some(&workspace), error.into()));
            }
        };
        let report = report::Tested {
            project: workspace.project(),
            played: &tested.played,
            others: tested.others,
            warnings: &tested.warnings,
            all: cx.globals.verbose,
        };
        self.write(cx, Some(&workspace), |setting| {
            setting.tested(&tested.played, &tested.warnings)
        })?;
        if cx.globals.format.is_of_findings() {
            let findings = cx.setting().tested(&tested.played, &tested.warnings);
            cx.findings(&findings, |out| view::tested(&report, out))?;
        } else {
            cx.report(
                |out| view::tested(&report, out),
                || json::v1::Test::from(&report),
            )?;
        }
        let holds = tested.played.iter().all(crate::scenario::Played::holds);
        let exit = match holds && !tested.warnings.has_errors() {
            true => Exit::Done,
            false => Exit::Findings,
        };
        Context::leave(tested);
        Ok(exit)
    }

    /// Writes why no test was played: a report of an earlier run, or none, would say of this one that all is well. That it
    /// cannot be written is told beside it.
    fn fail(&self, cx: &Context, workspace: Option<&Workspace>, failure: Failure) -> Failure {
        let written = self.write(cx, workspace, |setting| failure.findings(setting));
        if let Err(unwritten) = written {
            unwritten.aside(cx);
        }
        failure
    }

    /// Writes findings into the file that was asked for.
    fn write(
        &self,
        cx: &Context,
        workspace: Option<&Workspace>,
        findings: impl FnOnce(&Setting<'_>) -> Findings,
    ) -> Result<(), Failure> {
        let Some(path) = &self.junit else {
            return Ok(());
        };
        // A file is read elsewhere, by others.
        let findings = findings(&Setting {
            mask: cx.mask_of_files(),
            ..cx.setting()
        });
        app::write_junit(workspace, &cx.globals.dir.join(path), |out| {
            finding::junit(out, &findings)
        })?;
        Ok(())
    }
}
