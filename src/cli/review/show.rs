//! `guestlist review show`.

use clap::Args;

use crate::app::governance::reviews;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::render::{json, view};
use crate::store::OpenMode;

/// Show a review and its decisions
///
/// A reviewer sees their own.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The number of the review
    #[arg(value_name = "REVIEW")]
    number: u64,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let engine = self.acting.engine(cx, "review show", OpenMode::Read)?;
        let (review, items) = reviews::show(&engine, self.number)?;
        let show = json::v1::ReviewShow {
            format_version: json::v1::FormatVersion,
            review,
            items,
        };
        cx.report(|out| view::review(&show, out), || &show)?;
        Ok(Exit::Done)
    }
}
