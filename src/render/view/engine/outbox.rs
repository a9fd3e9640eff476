//! The outbox.

use std::borrow::Cow;
use std::io;

use crate::render::doc::{Block, Line, Role, Table, Writer};
use crate::render::json::v1::OutboxRow;
use crate::render::row::second;

/// Lowers the outbox.
///
/// # Errors
///
/// Those of the writer.
pub fn outbox(rows: &[OutboxRow], out: &mut dyn Writer) -> io::Result<()> {
    if rows.is_empty() {
        let text = "Nothing waits in the outbox, and nothing was given up.";
        return out.block(&Block::Paragraph(vec![Line::plain(text)]));
    }
    let row = |row: &OutboxRow| -> Vec<Cow<'static, str>> {
        let kind = match row.kind {
            "createGuest" => "create guest",
            kind => kind,
        };
        let what = row
            .what
            .as_ref()
            .map_or_else(|| kind.to_owned(), |what| format!("{kind} {what}"));
        let next = row.next.map(second);
        vec![
            row.number.to_string().into(),
            row.state.into(),
            what.into(),
            row.to.clone().into(),
            row.tries.to_string().into(),
            next.unwrap_or_default().into(),
            row.trouble.clone().unwrap_or_default().into(),
        ]
    };
    out.block(&Block::Table(Table {
        columns: &["Number", "State", "What", "To", "Tries", "Next", "Trouble"],
        rows: rows.iter().map(row).collect(),
    }))?;
    if rows
        .iter()
        .any(|row| row.state == "failed" && row.kind == "mail")
    {
        let text = "`guestlist outbox retry NUMBER` sends a failed mail after all.";
        let line = Line::new().and(Role::Faint, text);
        return out.block(&Block::Paragraph(vec![line]));
    }
    Ok(())
}
