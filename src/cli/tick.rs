//! `guestlist tick`.

use clap::Args;

use super::Exit;
use super::acting::Acting;
use super::context::Context;
use super::failure::Failure;
use crate::app::governance;
use crate::render::{json, view};
use crate::store::OpenMode;

/// Let the engine do what time has made due
///
/// Ends with 5 where the clock is not to be trusted: then no account is blocked or deleted, and all else is done.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let mut engine = self.acting.engine(cx, "tick", OpenMode::Write)?;
        let ticked = governance::tick(&mut engine)?;
        let left = engine.left()?;
        let tick = json::v1::Tick {
            format_version: json::v1::FormatVersion,
            due: ticked.due,
            events: ticked.events,
            waiting: left.open,
            failed: left.failed,
            done: ticked.done,
            alerts: ticked.alerts,
        };
        cx.report(|out| view::ticked(&tick, out), || &tick)?;
        Ok(if ticked.trusted {
            Exit::Done
        } else {
            Exit::Conflict
        })
    }
}
