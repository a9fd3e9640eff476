//! `guestlist outbox list`.

use clap::Args;

use crate::app::governance;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::render::{json, view};
use crate::store::OpenMode;

/// Show what waits in the outbox and what was given up, with the reasons
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Only what was given up
    #[arg(long)]
    failed: bool,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let engine = self.acting.engine(cx, "outbox list", OpenMode::Read)?;
        let rows = governance::outbox(&engine, self.failed)?;
        cx.report(
            |out| view::outbox(&rows, out),
            || json::v1::Outbox {
                format_version: json::v1::FormatVersion,
                rows: rows.clone(),
            },
        )?;
        Ok(Exit::Done)
    }
}
