//! A tick.

use std::io;

use crate::render::doc::{Block, Line, Role, Writer};
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
    lines.extend(
        tick.done
            .iter()
            .map(|(word, times)| Line::plain(format!("  {times:>6}  {}", spoken(word)))),
    );
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
    out.block(&Block::Paragraph(lines))?;
    for alert in &tick.alerts {
        out.block(&Block::Paragraph(vec![
            Line::new()
                .and(Role::Warning, "alert: ")
                .and(Role::Plain, alert.message.as_str()),
            Line::new()
                .and(Role::Faint, "  help: ")
                .and(Role::Plain, alert.help.as_str()),
        ]))?;
    }
    Ok(())
}

/// Returns a word of the report as people read it: `reviewsOpened` as `reviews opened`.
fn spoken(word: &str) -> String {
    let mut text = String::new();
    for letter in word.chars() {
        if letter.is_uppercase() {
            text.push(' ');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_programs_become_words_of_people() {
        assert_eq!(spoken("reviewsOpened"), "reviews opened");
        assert_eq!(spoken("expired"), "expired");
    }
}
