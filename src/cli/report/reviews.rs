//! `guestlist report reviews`.

use clap::Args;

use super::by::{first, grouping};
use super::written::{About, written};
use crate::app::report::{Reviews, ReviewsBy};
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::store::OpenMode;

/// Report the rounds of access reviews, with what was decided
///
/// Those that were and are, and the next one of each policy. One in which there would be nobody to review does not open, and is
/// not told.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Count by this
    #[arg(long, value_name = "WHAT", value_parser = grouping::<ReviewsBy>(), default_value = first::<ReviewsBy>())]
    by: ReviewsBy,

    /// Show the counts alone
    #[arg(long)]
    counts: bool,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        cx.globals.format.demand_table("report reviews")?;
        let engine = self.acting.engine(cx, "report reviews", OpenMode::Read)?;
        let mut reviews = Reviews::new(&engine, self.by)?;
        let about = About::of(&engine, "reviews", "Reviews", ("round", "rounds"))?
            .counted("Rounds", self.by)
            .only_counts(self.counts);
        written(cx, about, &mut reviews)
    }
}
