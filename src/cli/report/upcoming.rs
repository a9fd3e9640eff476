//! `guestlist report upcoming`.

use clap::Args;

use super::until::Until;
use super::written::{About, Draws, written};
use crate::app::report::Outlook;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::progress::Progress;
use crate::cli::{Exit, Format};
use crate::render::ics;
use crate::store::OpenMode;

/// Report what changes by itself until a date
///
/// Access that starts or ends, requests that time out, reviews that open or close, accounts that are blocked or deleted, and
/// waivers that end, unless somebody does something before. What follows from the end of a last package is told too. With
/// `--format ics` a calendar that others subscribe to.
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
        let mut engine = self.acting.engine(cx, "report upcoming", OpenMode::Read)?;
        let until = self.until.instant(&engine)?;
        let workspace = cx.workspace()?;
        let progress = Progress::start(cx, "reading");
        let mut outlook = Outlook::new(&mut engine, &workspace, &cx.world(), until)?;
        drop(progress);
        if cx.globals.format == Format::Ics {
            let calendar = outlook.calendar(cx.project(), cx.masks());
            cx.write(|out| ics::write(out, &calendar))?;
            return Ok(Exit::Done);
        }
        let about = About {
            report: "upcoming",
            title: "What happens by itself",
            noun: ("change", "changes"),
            at: engine.now(),
            until: Some(until),
            by: Some("what"),
            draws: Draws::Chart(outlook.chart()),
            lists: !self.counts,
            notes: Vec::new(),
        };
        written(cx, about, &mut outlook)
    }
}
