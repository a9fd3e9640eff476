//! `guestlist review decide`.

use clap::Args;

use crate::app::governance::reviews;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::render::view;
use crate::store::OpenMode;

/// Decide whether somebody keeps a package
///
/// A decision can be changed until the review closes. Access that is to go goes then, not before.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The number of the item, as `guestlist review show` lists it
    #[arg(value_name = "ITEM", required_unless_present = "review")]
    item: Option<u64>,

    /// Keep the access
    #[arg(long, required_unless_present_any = ["remove", "review"], conflicts_with_all = ["remove", "review"])]
    keep: bool,

    /// Take the access away at the end of the review
    #[arg(long, conflicts_with = "review")]
    remove: bool,

    /// Decide on all of this review
    #[arg(
        long,
        value_name = "REVIEW",
        conflicts_with = "item",
        requires = "all_recommended"
    )]
    review: Option<u64>,

    /// Follow every recommendation where nobody has decided
    #[arg(long, requires = "review")]
    all_recommended: bool,

    /// Why
    #[arg(long, value_name = "TEXT")]
    justification: Option<String>,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let mut engine = self.acting.engine(cx, "review decide", OpenMode::Write)?;
        let justification = self.justification.clone();
        let report = match (self.item, self.review) {
            (Some(item), _) => reviews::decide(&mut engine, item, self.keep, justification)?,
            (None, Some(review)) => {
                let why = justification.as_deref();
                reviews::decide_as_recommended(&mut engine, review, why)?
            }
            (None, None) => {
                return Err(Failure::new(Exit::Usage, "no item and no review is named"));
            }
        };
        cx.report(|out| view::review_decided(&report, out), || &report)?;
        Ok(Exit::Done)
    }
}
