//! `guestlist operator confirm-clock`.

use clap::Args;

use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::governance::Activity;
use crate::governance::watch::Command;
use crate::render::{json, view};
use crate::store::OpenMode;

/// Say that the clock is right, so that accounts are blocked and deleted again
///
/// The store remembers the highest instant that it has seen. A clock that is behind it, or more than 7 days ahead, may be
/// wrong: then no account is blocked or deleted until the clock is right, or somebody says that it is.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let via = "operator confirm-clock";
        let mut engine = self.acting.engine(cx, via, OpenMode::Write)?;
        let decision = engine.serve(&Command::Confirm.into())?;
        let mut events = decision.events.iter();
        let report = json::v1::ClockConfirmed {
            format_version: json::v1::FormatVersion,
            confirmed: events.any(|event| event.activity == Activity::ConfirmClock),
            now: engine.now(),
        };
        cx.report(|out| view::clock_confirmed(&report, out), || &report)?;
        Ok(Exit::Done)
    }
}
