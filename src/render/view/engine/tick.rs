//! A tick.

use std::io;

use crate::render::doc::{Block, Line, Writer};
use crate::render::json::v1::Tick;
use crate::render::view::count;

/// Lowers what a tick did.
///
/// # Errors
///
/// Those of the writer.
pub fn ticked(tick: &Tick, out: &mut dyn Writer) -> io::Result<()> {
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let text = match tick.due {
        0 => "Nothing was due.".to_owned(),
        due => format!(
            "{} due, {} in the audit log.",
            count(number(due), "thing was", "things were"),
            count(number(tick.events), "entry", "entries")
        ),
    };
    let mut lines = vec![Line::plain(text)];
    if tick.waiting > 0 {
        let waiting = count(tick.waiting, "effect waits", "effects wait");
        lines.push(Line::plain(format!(
            "{waiting} in the outbox: `guestlist outbox list` shows what went wrong."
        )));
    }
    if tick.failed > 0 {
        let failed = count(tick.failed, "effect was", "effects were");
        lines.push(Line::plain(format!(
            "{failed} given up: `guestlist outbox list --failed` shows why."
        )));
    }
    out.block(&Block::Paragraph(lines))
}
