//! Mail addresses that do not say whose they are: `j…@fabrikam.com`.
//!
//! Documents that leave the terminal, such as comments on a pull request, are read by more people than those who may know
//! every guest. A [`Masked`] writer stands before the writer of any format.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use super::access::{Access, Entry};
use super::chart::{Bar, Chart, Form, Lane};
use super::doc::{Block, Change, Detail, Line, Piece, Snippet, Table, Verdict, Writer};
use crate::source::Place;

/// What stands for the letters left out.
const GAP: &str = "…";

/// Returns a text without the local parts of its mail addresses, but for their first letters.
#[must_use]
pub fn mask(text: &str) -> Cow<'_, str> {
    let ranges = ranges(text);
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(without(text, 0, &ranges))
}

/// Returns the bytes to leave out, in order.
fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices('@') {
        if !text[at + 1..].starts_with(|c: char| c.is_alphanumeric() || c == '[') {
            continue;
        }
        let floor = found.last().map_or(0, |last| last.end);
        let start = text[floor..at]
            .char_indices()
            .rev()
            .find(|(_, c)| ends_address(*c))
            .map_or(floor, |(stop, c)| floor + stop + c.len_utf8());
        let local = &text[start..at];
        if let Some((first, c)) = local.char_indices().find(|(_, c)| c.is_alphanumeric()) {
            found.push(start + first + c.len_utf8()..at);
        }
    }
    found
}

/// Returns true for a character before which no mail address begins. The marks of a change of words do not count: an
/// address that changes is masked with them.
fn ends_address(c: char) -> bool {
    c.is_whitespace() || matches!(c, ':' | ',' | ';' | '<' | '>' | '(' | ')' | '"' | '`' | '@')
}

/// Returns the part of a text that starts at `offset`, without the ranges.
fn without(text: &str, offset: usize, ranges: &[Range<usize>]) -> String {
    let end = offset + text.len();
    let mut out = String::with_capacity(text.len());
    let mut at = offset;
    for range in ranges {
        let (from, to) = (range.start.max(at), range.end.min(end));
        if range.end < offset || range.start >= end {
            continue;
        }
        if from > at {
            out.push_str(&text[at - offset..from - offset]);
        }
        // The gap shows once, in the piece where it begins.
        if range.start >= offset {
            out.push_str(GAP);
        }
        at = at.max(to);
    }
    out.push_str(&text[(at - offset).min(text.len())..]);
    out
}

/// Masks across the pieces of a line, for an address may be cut into several.
fn line(line: &Line<'_>) -> Line<'static> {
    let whole: String = line.0.iter().map(|piece| &*piece.text).collect();
    let ranges = ranges(&whole);
    let mut at = 0;
    let pieces = line.0.iter().map(|piece| {
        let text = without(&piece.text, at, &ranges);
        at += piece.text.len();
        Piece {
            text: Cow::Owned(text),
            role: piece.role,
        }
    });
    Line(pieces.collect())
}

fn lines(all: &[Line<'_>]) -> Vec<Line<'static>> {
    all.iter().map(line).collect()
}

/// Masks the line at fault, and moves the mark with the text.
fn place(place: &Place) -> Place {
    let ranges = ranges(&place.excerpt);
    let mut masked = place.clone();
    if !ranges.is_empty() {
        let byte = |character: u32| {
            let mut indices = place.excerpt.char_indices();
            indices
                .nth(character as usize)
                .map_or(place.excerpt.len(), |(at, _)| at)
        };
        let moved = |character: u32| {
            let at = byte(character);
            let kept: Vec<_> = ranges
                .iter()
                .filter(|range| range.start < at)
                .cloned()
                .collect();
            without(&place.excerpt[..at], 0, &kept).chars().count() as u32
        };
        let end = moved(place.offset.saturating_add(place.marked));
        masked.offset = moved(place.offset);
        masked.marked = end.saturating_sub(masked.offset).max(1);
        masked.excerpt = without(&place.excerpt, 0, &ranges);
    }
    masked
}

/// Masks what it passes on to a writer.
pub struct Masked<'w> {
    out: &'w mut dyn Writer,
}

impl std::fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Masked").finish_non_exhaustive()
    }
}

impl<'w> Masked<'w> {
    /// Returns a writer that masks for another.
    pub fn new(out: &'w mut dyn Writer) -> Self {
        Self { out }
    }

    fn snippet(&mut self, snippet: &Snippet<'_>) -> io::Result<()> {
        let message = mask(snippet.message);
        let primary = snippet.place.map(place);
        let related: Vec<(Place, Cow<'_, str>)> = snippet
            .related
            .iter()
            .map(|(at, note)| (place(at), mask(note)))
            .collect();
        let help: Vec<String> = snippet
            .help
            .iter()
            .map(|help| mask(help).into_owned())
            .collect();
        self.out.block(&Block::Snippet(Snippet {
            role: snippet.role,
            tag: snippet.tag.clone(),
            message: &message,
            place: primary.as_ref(),
            related: related.iter().map(|(at, note)| (at, &**note)).collect(),
            help: &help,
        }))
    }
}

fn chart(chart: &Chart<'_>) -> Chart<'static> {
    let hidden = |text: &str| Cow::Owned(mask(text).into_owned());
    let form = match &chart.form {
        Form::Bars { columns, bars } => Form::Bars {
            columns,
            bars: bars
                .iter()
                .map(|bar| Bar {
                    label: hidden(&bar.label),
                    value: bar.value,
                })
                .collect(),
        },
        Form::Timeline { from, until, lanes } => Form::Timeline {
            from: *from,
            until: *until,
            lanes: lanes
                .iter()
                .map(|lane| Lane {
                    label: hidden(&lane.label),
                    marks: lane.marks.clone(),
                })
                .collect(),
        },
    };
    Chart {
        title: hidden(&chart.title),
        form,
    }
}

fn access(access: &Access<'_>) -> Access<'static> {
    let hidden = |text: &str| Cow::Owned(mask(text).into_owned());
    let entry = |entry: &Entry<'_>| Entry {
        kind: entry.kind,
        sign: entry.sign,
        role: entry.role,
        who: hidden(&entry.who),
        packages: hidden(&entry.packages),
        what: hidden(&entry.what),
        more: hidden(&entry.more),
    };
    Access {
        note: access.note,
        rows: access.rows.iter().map(entry).collect(),
        effects: access.effects.iter().map(entry).collect(),
    }
}

impl Writer for Masked<'_> {
    fn block(&mut self, block: &Block<'_>) -> io::Result<()> {
        let masked = match block {
            Block::Snippet(snippet) => return self.snippet(snippet),
            Block::Access(shown) => Block::Access(access(shown)),
            Block::Refusals(text) => Block::Refusals(lines(text)),
            Block::Heading(text) => Block::Heading(line(text)),
            Block::Paragraph(text) => Block::Paragraph(lines(text)),
            Block::Verdict(Verdict {
                before,
                line: text,
                after,
            }) => Block::Verdict(Verdict {
                before: lines(before),
                line: line(text),
                after: lines(after),
            }),
            Block::Change(Change {
                sign,
                role,
                address,
                aside,
                details,
                more,
            }) => Block::Change(Change {
                sign,
                role: *role,
                address: line(address),
                aside: aside.as_deref().map(|aside| mask(aside).into_owned()),
                details: details
                    .iter()
                    .map(|Detail { at, lines: text }| Detail {
                        at: mask(at).into_owned(),
                        lines: lines(text),
                    })
                    .collect(),
                more: *more,
            }),
            Block::Table(Table { columns, rows }) => Block::Table(Table {
                columns,
                rows: rows
                    .iter()
                    .map(|row| row.iter().map(|cell| mask(cell)).collect())
                    .collect(),
            }),
            Block::Chart(shown) => Block::Chart(chart(shown)),
            Block::Listing { title, lines } => Block::Listing {
                title: line(title),
                lines: lines.iter().map(|text| mask(text).into_owned()).collect(),
            },
        };
        self.out.block(&masked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Role;
    use crate::render::access::Kind;
    use crate::source::SourceFile;

    #[test]
    fn leaves_the_first_letter_and_the_domain() {
        for (text, masked) in [
            ("user:jane.doe@fabrikam.com", "user:j…@fabrikam.com"),
            (
                "[ana@contoso.com, bo@contoso.com]",
                "[a…@contoso.com, b…@contoso.com]",
            ),
            ("`é@x.example`", "`é…@x.example`"),
            ("jane_fabrikam.com#EXT#@contoso.com", "j…@contoso.com"),
            ("[-jane-]{+john+}@fabrikam.com", "[-j…@fabrikam.com"),
            ("j…@fabrikam.com", "j…@fabrikam.com"),
            ("@team at 10:00 @ home", "@team at 10:00 @ home"),
            ("a@b@c.example", "a…@b…@c.example"),
            ("nobody", "nobody"),
        ] {
            assert_eq!(mask(text), masked);
        }
    }

    #[test]
    fn masks_an_address_that_is_cut_into_pieces() {
        let cut = Line::new()
            .and(Role::Removed, "[-jane-]")
            .and(Role::Added, "{+john+}")
            .and(Role::Plain, "@fabrikam.com and bo@")
            .and(Role::Plain, "contoso.com");
        let masked: Vec<_> = line(&cut).0.into_iter().map(|piece| piece.text).collect();
        assert_eq!(masked, ["[-j…", "", "@fabrikam.com and b…@", "contoso.com"]);
    }

    #[test]
    fn the_mark_moves_with_the_text() {
        let file = SourceFile::new("a.yaml", "to: [user:jane@fabrikam.com, nobody]\n");
        let start = file.text().find("nobody").expect("in the text") as u32;
        let masked = place(&file.place(start, start + 6));
        let marked: String = masked
            .excerpt
            .chars()
            .skip(masked.offset as usize)
            .take(masked.marked as usize)
            .collect();
        assert_eq!(masked.excerpt, "to: [user:j…@fabrikam.com, nobody]");
        assert_eq!(marked, "nobody");
        let start = file.text().find("user").expect("in the text") as u32;
        let masked = place(&file.place(start, start + 22));
        assert_eq!((masked.offset, masked.marked), (5, 20));
    }

    /// Keeps what is written, as it would be read by somebody who looks for everything.
    struct Kept(String);

    impl Writer for Kept {
        fn block(&mut self, block: &Block<'_>) -> io::Result<()> {
            self.0.push_str(&format!("{block:?}\n"));
            Ok(())
        }
    }

    #[test]
    fn no_part_of_a_block_holds_an_address() {
        let jane = |at: &str| format!("{at}-jane@fabrikam.com");
        let plain = |at: &str| Line::new().and(Role::Plain, jane(at));
        let file = SourceFile::new("a.yaml", "to: excerpt-jane@fabrikam.com\n");
        let at = file.place(4, 8);
        let (message, note) = (jane("message"), jane("note"));
        let help = vec![jane("help")];
        let now = "2027-01-01T00:00:00Z".parse().expect("an instant");
        let bars = vec![Bar {
            label: jane("bar").into(),
            value: 1,
        }];
        let lanes = vec![Lane {
            label: jane("lane").into(),
            marks: vec![now],
        }];
        let chart = |at: &str, form| {
            Block::Chart(Chart {
                title: jane(at).into(),
                form,
            })
        };
        let all = [
            Block::Heading(plain("heading")),
            Block::Paragraph(vec![plain("paragraph")]),
            Block::Refusals(vec![plain("refusal")]),
            Block::Access(Access {
                note: None,
                rows: vec![Entry {
                    kind: Kind::Loss,
                    sign: "▼",
                    role: Role::Plain,
                    who: jane("who").into(),
                    packages: jane("packages").into(),
                    what: jane("what").into(),
                    more: jane("more").into(),
                }],
                effects: Vec::new(),
            }),
            Block::Verdict(Verdict {
                before: vec![plain("before")],
                line: plain("verdict"),
                after: vec![plain("after")],
            }),
            Block::Change(Change {
                sign: "+",
                role: Role::Added,
                address: plain("address"),
                aside: Some(jane("aside")),
                details: vec![Detail {
                    at: jane("at"),
                    lines: vec![plain("detail")],
                }],
                more: 0,
            }),
            Block::Snippet(Snippet {
                role: Role::Error,
                tag: "error".to_owned(),
                message: &message,
                place: Some(&at),
                related: vec![(&at, &note)],
                help: &help,
            }),
            Block::Table(Table {
                columns: &["ONE"],
                rows: vec![vec![jane("cell").into()]],
            }),
            chart(
                "bars",
                Form::Bars {
                    columns: &["ONE", "TWO"],
                    bars,
                },
            ),
            chart(
                "line",
                Form::Timeline {
                    from: now,
                    until: now,
                    lanes,
                },
            ),
            Block::Listing {
                title: plain("listing"),
                lines: vec![jane("item")],
            },
        ];
        let mut kept = Kept(String::new());
        for block in &all {
            Masked::new(&mut kept)
                .block(block)
                .expect("memory takes all");
        }
        assert!(!kept.0.contains("jane"), "{}", kept.0);
        assert!(kept.0.matches("…@fabrikam.com").count() >= 23, "{}", kept.0);
    }
}
