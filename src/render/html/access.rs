//! Who gains and who loses access, as tables that sort and fold: all of it is there, a few of every kind at first sight.

use maud::{Markup, html};

use super::{Foreign, Piece, Prose};
use crate::render::access::{self, Access, Entry, Kind};
use crate::render::doc::Role;
use crate::render::neutral::neutral;

/// How many rows of a table are shown before the others are unfolded.
const SHOWN: usize = 50;

/// Returns the part of the page.
pub(super) fn access(access: &Access<'_>) -> Markup {
    html! {
        details.access open {
            summary { h2 { (access.title()) } }
            @if let Some(note) = access.note { p.f { (note) } }
            @if !access.rows.is_empty() {
                (table(&access.rows, &["Access", "Who", "Package", "What differs", "By"]))
            }
            @if !access.effects.is_empty() {
                (table(&access.effects, &["At once", "What happens", "Who"]))
            }
        }
    }
}

/// Returns a table. Of many rows those that a reader misses least are hidden until they are asked for, by the style alone.
fn table(entries: &[Entry<'_>], columns: &[&str]) -> Markup {
    let is_long = entries.len() > SHOWN;
    let (_, rest) = access::cut(entries, SHOWN);
    let mut hidden = rest.iter().copied().peekable();
    html! {
        div.rows {
            div.scroll {
                table.wide {
                    thead { tr { @for name in columns { th scope="col" { (name) } } } }
                    tbody {
                        @for entry in entries {
                            @let is_hidden = hidden.next_if(|next| std::ptr::eq(*next, entry)).is_some();
                            tr.more[is_hidden] { (cells(entry, columns)) }
                            "\n"
                        }
                    }
                }
            }
            @if is_long {
                details.rest {
                    summary { "… and " (access::counted(rest.iter().map(|entry| entry.kind))) }
                }
            }
        }
    }
}

/// Returns a piece of whom a row is about.
fn who(piece: &Piece<'_>) -> Markup {
    match piece.role {
        Role::Code => html! { (piece) },
        _ => html! { (Foreign(&piece.text)) },
    }
}

fn cells(entry: &Entry<'_>, columns: &[&str]) -> Markup {
    let sign = Piece {
        text: format!("{} {}", entry.sign, entry.kind.word()).into(),
        role: match entry.role {
            Role::Plain => Role::Faint,
            role => role,
        },
    };
    let what = neutral(&entry.what, true);
    html! {
        td.whole data-of=(columns[0]) { (sign) }
        @if let Kind::May(_) = entry.kind {
            td data-of=(columns[1]) { span.s { @for piece in &entry.who.0 { (who(piece)) } } }
            td data-of=(columns[2]) { (Foreign(&entry.packages)) }
            td data-of=(columns[3]) { span { (Prose(&what)) } }
            td.f data-of=(columns[4]) { @if !entry.more.0.is_empty() { span { (entry.more) } } }
        } @else {
            td data-of=(columns[1]) { span { (Prose(&what)) } }
            td.f data-of=(columns[2]) { @if !entry.more.0.is_empty() { span { (entry.more) } } }
        }
    }
}
