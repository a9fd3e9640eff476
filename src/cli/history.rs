//! `guestlist history`.

use clap::Args;

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use crate::app;
use crate::render::{json, view};

/// List the applies of the past, or show one with its changes
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The run, by its id or the beginning of it
    #[arg(value_name = "RUN")]
    run: Option<String>,

    /// List so many runs at most
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        default_value_t = 50,
        conflicts_with = "run"
    )]
    most: usize,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let workspace = cx.workspace()?;
        if let Some(id) = &self.run {
            let (run, changes) = app::history_run(&workspace, id)?;
            cx.report(
                |out| view::run(&run, &changes, out),
                || json::v1::Run::new(&run, &changes),
            )?;
        } else {
            let runs = app::history(&workspace, self.most)?;
            cx.report(
                |out| view::runs(&runs, out),
                || json::v1::History::from(runs.as_slice()),
            )?;
        }
        Ok(Exit::Done)
    }
}
