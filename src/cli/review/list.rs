//! `guestlist review list`.

use clap::Args;

use crate::app::governance::reviews;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::render::{json, view};
use crate::store::OpenMode;

/// List the reviews that are open
///
/// Acting as somebody, those in which they have something to decide.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// List those that are completed, too
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let engine = self.acting.engine(cx, "review list", OpenMode::Read)?;
        let list = json::v1::ReviewList {
            format_version: json::v1::FormatVersion,
            reviews: reviews::list(&engine, self.all)?,
        };
        cx.report(|out| view::reviews(&list, out), || &list)?;
        Ok(Exit::Done)
    }
}
