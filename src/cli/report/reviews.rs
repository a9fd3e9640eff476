//! `guestlist report reviews`.

use clap::{Args, ValueEnum};

use super::written::{About, written};
use crate::app::report::{Reviews, ReviewsBy};
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::store::OpenMode;

/// Report the rounds of access reviews, with what was decided
///
/// Those that were and are, and the next one of each policy.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Count by this
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = By::State)]
    by: By,

    /// Show the counts alone
    #[arg(long)]
    counts: bool,

    #[command(flatten)]
    acting: Acting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// Where a round stands.
    State,
    /// The policy.
    Policy,
}

impl By {
    const fn split(self) -> (ReviewsBy, &'static str, &'static str) {
        match self {
            Self::State => (ReviewsBy::State, "state", "none"),
            Self::Policy => (ReviewsBy::Policy, "policy", "gone"),
        }
    }
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        cx.globals.format.demand_table("report reviews")?;
        let engine = self.acting.engine(cx, "report reviews", OpenMode::Read)?;
        let (by, words, none) = self.by.split();
        let mut reviews = Reviews::new(&engine, by)?;
        let about = About::new("reviews", "Reviews", ("round", "rounds"), engine.now())
            .counted(by, format!("Rounds by {words}"), none)
            .only_counts(self.counts);
        written(cx, about, &mut reviews)
    }
}
