//! `guestlist import`.

use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use super::progress::Progress;
use crate::app;
use crate::render::{json, view};

/// Write live objects into policy files
///
/// Writes what the project owns and the tree does not declare, so that the next plan is empty: a file for each
/// organization, one for each catalog with its packages, one for the settings. Nothing is overwritten.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Write what no project owns instead, so that the next plan takes it over
    #[arg(long)]
    unmanaged: bool,

    /// Write into this folder; without it into `policies`
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let workspace = cx.workspace()?;
        let progress = Progress::start(cx, "importing");
        let dir = std::fs::canonicalize(&cx.globals.dir).unwrap_or_else(|_| cx.globals.dir.clone());
        let into = self.into.as_ref().map(|into| dir.join(into));
        let imported = app::import(&workspace, &cx.world(), self.unmanaged, into.as_deref())?;
        drop(progress);
        cx.report(
            |out| view::imported(&imported, out),
            || json::v1::Import::from(&imported),
        )?;
        Ok(Exit::Done)
    }
}
