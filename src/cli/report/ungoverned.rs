//! `guestlist report ungoverned`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::by::{first, grouping};
use super::written::{About, written};
use crate::app::report::{Ungoverned, UngovernedBy, propose};
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::progress::Progress;
use crate::render::view;
use crate::store::OpenMode;

/// Report guests whom nobody governs, and propose what would
///
/// These are guests without any package: no policy says why they are here, until when, and who looks again. `--propose` writes
/// what would change that: a package for each role that they hold, a policy for each organization in it, and the list of
/// assignments. It gives nobody anything that they do not hold already.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Count by this
    #[arg(long, value_name = "WHAT", value_parser = grouping::<UngovernedBy>(), default_value = first::<UngovernedBy>())]
    by: UngovernedBy,

    /// Show the counts alone
    #[arg(long)]
    counts: bool,

    /// Write policy files and a list of assignments into this folder; nothing is overwritten
    #[arg(long, value_name = "DIR", conflicts_with_all = ["by", "counts"])]
    propose: Option<PathBuf>,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        if let Some(folder) = &self.propose {
            return self.propose(cx, folder);
        }
        cx.globals.format.demand_table("report ungoverned")?;
        let engine = self
            .acting
            .engine(cx, "report ungoverned", OpenMode::Read)?;
        let mut guests = Ungoverned::new(&engine, self.by)?;
        let noun = ("guest without a package", "guests without a package");
        let title = "Guests whom nobody governs";
        let about = About::of(&engine, "ungoverned", title, noun)?
            .counted("Guests without a package", self.by)
            .only_counts(self.counts)
            .note("`guestlist report ungoverned --propose DIR` writes what would govern them.");
        written(cx, about, &mut guests)
    }

    fn propose(&self, cx: &Context, folder: &Path) -> Result<Exit, Failure> {
        let asked = "report ungoverned --propose";
        cx.globals.format.demand_plain(asked)?;
        let workspace = cx.workspace()?;
        let mut engine = self
            .acting
            .engine(cx, "report ungoverned", OpenMode::Read)?;
        let dir = std::fs::canonicalize(&cx.globals.dir).unwrap_or_else(|_| cx.globals.dir.clone());
        let progress = Progress::start(cx, "proposing");
        let written = propose(&mut engine, &workspace, &cx.world(), &dir.join(folder))?;
        drop(progress);
        let list = written.assignments.as_deref().map(Path::new);
        let list = list.and_then(Path::file_name).unwrap_or_default();
        let list = folder.join(list).to_string_lossy().into_owned();
        cx.report(|out| view::proposed(&written, &list, out), || &written)?;
        Ok(Exit::Done)
    }
}
