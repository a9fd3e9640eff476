//! `guestlist report ungoverned`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

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
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = By::Organization)]
    by: By,

    /// Show the counts alone
    #[arg(long)]
    counts: bool,

    /// Write policy files and a list of assignments into this folder; nothing is overwritten
    #[arg(long, value_name = "DIR", conflicts_with_all = ["by", "counts"])]
    propose: Option<PathBuf>,

    #[command(flatten)]
    acting: Acting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// The organization that they belong to.
    Organization,
    /// The domain of their address.
    Domain,
    /// How long ago they last signed in.
    LastSignIn,
    /// What they hold.
    Resource,
}

impl By {
    const fn split(self) -> (UngovernedBy, &'static str, &'static str) {
        match self {
            Self::Organization => (
                UngovernedBy::Organization,
                "organization",
                "no organization",
            ),
            Self::Domain => (UngovernedBy::Domain, "domain", "none"),
            Self::LastSignIn => (UngovernedBy::LastSignIn, "last sign-in", "not known"),
            Self::Resource => (UngovernedBy::Resource, "what they hold", "nothing"),
        }
    }
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
        let (by, words, none) = self.by.split();
        let mut guests = Ungoverned::new(&engine, by)?;
        let noun = ("guest without a package", "guests without a package");
        let title = "Guests whom nobody governs";
        let about = About::new("ungoverned", title, noun, engine.now())
            .counted(by, format!("Guests without a package by {words}"), none)
            .only_counts(self.counts)
            .note("`guestlist report ungoverned --propose DIR` writes what would govern them.");
        written(cx, about, &mut guests)
    }

    fn propose(&self, cx: &Context, folder: &std::path::Path) -> Result<Exit, Failure> {
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
        cx.report(|out| view::proposed(&written, out), || &written)?;
        Ok(Exit::Done)
    }
}
