//! The clock.

use std::io;

use crate::render::doc::{Block, Line, Writer};
use crate::render::json::v1::ClockConfirmed;
use crate::render::row::second;

/// Lowers what became of confirming the clock.
///
/// # Errors
///
/// Those of the writer.
pub fn clock_confirmed(report: &ClockConfirmed, out: &mut dyn Writer) -> io::Result<()> {
    let now = second(report.now);
    let text = if report.confirmed {
        format!("The clock is confirmed: it is {now}. The next tick goes on with what has waited.")
    } else {
        format!("Nothing to confirm: nobody doubts that it is {now}.")
    };
    out.block(&Block::Paragraph(vec![Line::plain(text)]))
}
