//! `guestlist report upcoming`.

use std::cell::RefCell;

use clap::Args;
use jiff::Timestamp;

use super::until::Until;
use super::written::{About, judged, written};
use crate::app::report::{Outlook, Pages as _};
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::{Exit, Format};
use crate::render::ics;
use crate::store::OpenMode;

/// Report what changes by itself until a date
///
/// Access that starts or ends, requests that time out, reviews that open or close, accounts that are blocked or deleted, and
/// waivers that end, unless somebody does something before. What follows from the end of a last package is told too, and so
/// is what an open review takes away if nobody answers; what later rounds take away is not. With `--format ics` a calendar
/// that others subscribe to.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    until: Until,

    /// Show the counts alone
    #[arg(long)]
    counts: bool,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        if self.counts {
            cx.globals.format.demand_table("report upcoming --counts")?;
        }
        let engine = self.acting.engine(cx, "report upcoming", OpenMode::Read)?;
        let until = self.until.instant(&engine)?;
        let workspace = cx.workspace()?;
        let lineage = engine.lineage()?;
        let mut outlook = Outlook::new(&engine, &workspace, &cx.world(), until)?;
        let noun = ("change", "changes");
        let about = About::of(&engine, "upcoming", "What happens by itself", noun)?
            .ahead("what", Some(until))
            .only_counts(self.counts);
        if cx.globals.format == Format::Ics {
            calendar(cx, &mut outlook, &lineage, about.standing(), engine.now())?;
            return Ok(Exit::Done);
        }
        written(cx, about, &mut outlook)
    }
}

/// Writes a calendar, event by event; `about` is what has to be known of all of it.
fn calendar(
    cx: &Context,
    outlook: &mut Outlook<'_>,
    lineage: &str,
    about: Option<&str>,
    at: Timestamp,
) -> Result<(), Failure> {
    let failed = RefCell::new(None);
    let name = format!("guestlist {}", cx.project());
    let mask = cx.mask();
    let written = cx.write(|out| {
        let mut calendar = ics::Calendar::begin(out, &name, about, at)?;
        loop {
            match outlook.page() {
                Ok(Some(rows)) => {
                    for row in &rows {
                        calendar.event(&Outlook::event(row, lineage, mask))?;
                    }
                }
                Ok(None) => return calendar.end(),
                Err(error) => {
                    *failed.borrow_mut() = Some(error);
                    return Ok(());
                }
            }
        }
    });
    judged(written, failed)
}
