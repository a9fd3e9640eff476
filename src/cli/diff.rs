//! `guestlist diff`.

use clap::Args;

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use super::format::Format;
use super::progress::Progress;
use crate::app;
use crate::render::finding::Setting;
use crate::render::{finding, json, view};

/// Show what changes between two revisions or folders, without a store
///
/// Each is a revision of the git repository (`main`, `v1.2`, `HEAD~3`) or a folder that holds `guestlist.toml`; a folder whose
/// name is also that of a branch is written `./name`, and a project that lay elsewhere in a revision `v1.2:folder`. Revisions are
/// read from the repository: nothing is checked out. Exits with 2 when there are differences.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The tree before
    #[arg(value_name = "BEFORE")]
    before: String,

    /// The tree after; without it the project as it lies here
    #[arg(value_name = "AFTER")]
    after: Option<String>,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        cx.is_about(app::compared_folder(&cx.globals.dir, self.after.as_deref()));
        let progress = Progress::start(cx, "comparing");
        let environment = cx.globals.env.as_deref().filter(|name| !name.is_empty());
        let compared = app::diff(
            &cx.globals.dir,
            environment,
            &self.before,
            self.after.as_deref(),
            &cx.world(),
        )?;
        drop(progress);
        cx.is_of(&compared.after.project);
        match cx.globals.format {
            format if format.is_of_findings() => {
                let setting = Setting {
                    folder: &compared.after.folder,
                    ..cx.setting()
                };
                let findings = setting.compared(&compared);
                cx.findings(&findings, |out| view::compared(&compared, out))
            }
            Format::GitlabTerraform => cx.write(|out| finding::terraform(out, &compared.plan)),
            _ => cx.report(
                |out| view::compared(&compared, out),
                || json::v1::Diff::from(&compared),
            ),
        }?;
        let exit = match compared.plan.is_empty() && compared.impact.rows.is_empty() {
            true => Exit::Done,
            false => Exit::Differences,
        };
        Context::leave(compared);
        Ok(exit)
    }
}
