//! `guestlist outbox retry`.

use clap::Args;

use crate::app::governance::cards;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::governance::delivery::Command;
use crate::governance::record::Delivery;
use crate::render::{json, view};
use crate::store::OpenMode;

/// Send a mail that was given up after all
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The number in the outbox
    #[arg(value_name = "NUMBER")]
    number: u64,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let mut engine = self.acting.engine(cx, "outbox retry", OpenMode::Write)?;
        let _ = engine.serve(&Command::Retry(self.number).into())?;
        let row = engine.look(|desk| {
            let delivery = desk.need::<Delivery>(self.number)?;
            cards::outbox(desk, &delivery)
        })?;
        let rows = [row];
        cx.report(
            |out| view::outbox(&rows, out),
            || json::v1::Outbox {
                format_version: json::v1::FormatVersion,
                rows: rows.to_vec(),
            },
        )?;
        Ok(Exit::Done)
    }
}
