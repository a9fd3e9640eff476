//! Mail addresses that do not say whose they are: `j…@fabrikam.com`.
//!
//! Documents that leave the terminal, such as comments on a pull request, are read by more people than those who may know
//! every guest. A [`Masked`] writer stands before the writer of any format.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

use super::access::{Access, Entry};
use super::chart::{Bar, Chart, Form, Lane};
use super::doc::{
    Aside, Block, Change, Detail, Line, Piece, Results, Role, Snippet, Table, Verdict, Writer,
};
use crate::scenario::is_stand_in;
use crate::source::Place;

/// What stands for the letters left out.
const GAP: &str = "…";
/// What is said beside a text that is there to be copied, where letters of it are left out.
const SHORTENED: &str =
    "; addresses of people whom the tree names are shortened here: `--pii full` shows them whole";

/// The mail addresses of one document: those that would look alike are told apart by a number, the same one each time.
///
/// ```text
/// expected approvers [a…@contoso.com], found [a…(2)@contoso.com]
/// ```
#[derive(Debug, Default)]
pub struct Mask {
    /// What was left out so far, numbered from 1, by what is shown of it: the first letter and the domain.
    seen: RefCell<BTreeMap<(String, String), BTreeMap<String, usize>>>,
}

/// Letters that are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hidden {
    /// Their bytes.
    range: Range<usize>,
    /// What stands for them.
    gap: String,
}

impl Mask {
    /// Returns a text without the local parts of its mail addresses, but for their first letters. Whoever was made up to show
    /// something is nobody, and is left as they are.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let hidden = self.hidden(text);
        if hidden.is_empty() {
            return Cow::Borrowed(text);
        }
        Cow::Owned(without(text, 0, &hidden))
    }

    /// Returns what to leave out, in order.
    fn hidden(&self, text: &str) -> Vec<Hidden> {
        let mut found: Vec<Hidden> = Vec::new();
        for (at, _) in text.match_indices('@') {
            if !text[at + 1..].starts_with(|c: char| c.is_alphanumeric() || c == '[') {
                continue;
            }
            let floor = found.last().map_or(0, |last| last.range.end);
            let start = text[floor..at]
                .char_indices()
                .rev()
                .find(|(_, c)| ends_address(*c))
                .map_or(floor, |(stop, c)| floor + stop + c.len_utf8());
            let local = &text[start..at];
            if let Some((first, c)) = local.char_indices().find(|(_, c)| c.is_alphanumeric()) {
                if is_stand_in(&local[first..]) {
                    continue;
                }
                found.push(Hidden {
                    range: start + first + c.len_utf8()..at,
                    gap: self.gap(&local[first..], &text[at + 1..]),
                });
            }
        }
        found
    }

    /// Returns what stands for a local part but for its first letter, before the domain with which a text begins.
    fn gap(&self, local: &str, domain: &str) -> String {
        let rest: String = local.chars().skip(1).collect();
        if rest.starts_with(GAP) {
            return rest;
        }
        // Two that are marked as one word's change are no address of their own.
        if local.contains(['[', ']', '{', '}']) {
            return GAP.to_owned();
        }
        let part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
        let end = domain.find(|c| !part(c)).unwrap_or(domain.len());
        let domain = domain[..end].trim_end_matches('.').to_lowercase();
        let local = local.to_lowercase();
        let first = local.chars().take(1).collect();
        let mut seen = self.seen.borrow_mut();
        let alike = seen.entry((first, domain)).or_default();
        let next = alike.len() + 1;
        match *alike.entry(local).or_insert(next) {
            1 => GAP.to_owned(),
            nth => format!("{GAP}({nth})"),
        }
    }

    /// Masks across the pieces of a line, for an address may be cut into several.
    fn line(&self, line: &Line<'_>) -> Line<'static> {
        let whole: String = line.0.iter().map(|piece| &*piece.text).collect();
        let hidden = self.hidden(&whole);
        let mut at = 0;
        let pieces = line.0.iter().map(|piece| {
            let text = without(&piece.text, at, &hidden);
            at += piece.text.len();
            Piece {
                text: Cow::Owned(text),
                role: piece.role,
            }
        });
        Line(pieces.collect())
    }

    fn lines(&self, all: &[Line<'_>]) -> Vec<Line<'static>> {
        all.iter().map(|line| self.line(line)).collect()
    }

    /// Masks the lines of a text that is there to be copied, and returns what is to be said of that, if anything.
    pub fn copied<'t>(
        &self,
        lines: impl IntoIterator<Item = &'t str>,
    ) -> (Vec<String>, Option<&'static str>) {
        let mut is_whole = true;
        let lines = lines.into_iter().map(|text| {
            let shown = self.text(text);
            is_whole &= shown == text;
            shown.into_owned()
        });
        let lines = lines.collect();
        (lines, (!is_whole).then_some(SHORTENED))
    }

    /// Masks the line at fault, and moves the mark with the text.
    fn place(&self, place: &Place) -> Place {
        let hidden = self.hidden(&place.excerpt);
        let mut masked = place.clone();
        if !hidden.is_empty() {
            let byte = |character: u32| {
                let mut indices = place.excerpt.char_indices();
                indices
                    .nth(character as usize)
                    .map_or(place.excerpt.len(), |(at, _)| at)
            };
            let moved = |character: u32| {
                let at = byte(character);
                let kept: Vec<_> = hidden
                    .iter()
                    .filter(|hidden| hidden.range.start < at)
                    .cloned()
                    .collect();
                without(&place.excerpt[..at], 0, &kept).chars().count() as u32
            };
            let end = moved(place.offset.saturating_add(place.marked));
            masked.offset = moved(place.offset);
            masked.marked = end.saturating_sub(masked.offset).max(1);
            masked.excerpt = without(&place.excerpt, 0, &hidden);
        }
        masked
    }

    fn access(&self, access: &Access<'_>) -> Access<'static> {
        let hidden = |text: &str| Cow::Owned(self.text(text).into_owned());
        let entry = |entry: &Entry<'_>| Entry {
            kind: entry.kind,
            sign: entry.sign,
            role: entry.role,
            who: self.line(&entry.who),
            packages: hidden(&entry.packages),
            what: hidden(&entry.what),
            more: self.line(&entry.more),
        };
        Access {
            note: access.note,
            at_once: access.at_once.clone(),
            rows: access.rows.iter().map(entry).collect(),
            effects: access.effects.iter().map(entry).collect(),
        }
    }

    fn chart(&self, chart: &Chart<'_>) -> Chart<'static> {
        let hidden = |text: &str| Cow::Owned(self.text(text).into_owned());
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
}

/// Returns true for a character before which no mail address begins. The marks of a change of words do not count: an
/// address that changes is masked with them.
fn ends_address(c: char) -> bool {
    c.is_whitespace() || ":,;<>()\"`@/".contains(c)
}

/// Returns the part of a text that starts at `offset`, without what is hidden.
fn without(text: &str, offset: usize, hidden: &[Hidden]) -> String {
    let end = offset + text.len();
    let mut out = String::with_capacity(text.len());
    let mut at = offset;
    for Hidden { range, gap } in hidden {
        let (from, to) = (range.start.max(at), range.end.min(end));
        if range.end < offset || range.start >= end {
            continue;
        }
        if from > at {
            out.push_str(&text[at - offset..from - offset]);
        }
        // The gap shows once, in the piece where it begins.
        if range.start >= offset {
            out.push_str(gap);
        }
        at = at.max(to);
    }
    out.push_str(&text[(at - offset).min(text.len())..]);
    out
}

/// Masks what it passes on to a writer.
pub struct Masked<'w> {
    mask: &'w Mask,
    out: &'w mut dyn Writer,
}

impl std::fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Masked").finish_non_exhaustive()
    }
}

impl<'w> Masked<'w> {
    /// Returns a writer that masks for another.
    pub fn new(mask: &'w Mask, out: &'w mut dyn Writer) -> Self {
        Self { mask, out }
    }

    fn snippet(&mut self, snippet: &Snippet<'_>) -> io::Result<()> {
        let mask = self.mask;
        let message = mask.text(snippet.message);
        let primary = snippet.place.map(|place| mask.place(place));
        let related: Vec<(Place, Cow<'_, str>)> = snippet
            .related
            .iter()
            .map(|(at, note)| (mask.place(at), mask.text(note)))
            .collect();
        let help: Vec<String> = snippet
            .help
            .iter()
            .map(|help| mask.text(help).into_owned())
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

impl Writer for Masked<'_> {
    fn block(&mut self, block: &Block<'_>) -> io::Result<()> {
        let mask = self.mask;
        let masked = match block {
            Block::Snippet(snippet) => return self.snippet(snippet),
            Block::Access(shown) => Block::Access(mask.access(shown)),
            Block::Refusals(text) => Block::Refusals(mask.lines(text)),
            Block::Heading(text) => Block::Heading(mask.line(text)),
            Block::Paragraph(text) => Block::Paragraph(mask.lines(text)),
            Block::Verdict(Verdict {
                before,
                line: text,
                after,
            }) => Block::Verdict(Verdict {
                before: mask.lines(before),
                line: mask.line(text),
                after: mask.lines(after),
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
                address: mask.line(address),
                aside: aside.as_ref().map(|Aside { words, place, rest }| Aside {
                    words: mask.text(words).into_owned(),
                    place: mask.text(place).into_owned(),
                    rest: mask.text(rest).into_owned(),
                }),
                details: details
                    .iter()
                    .map(|Detail { at, lines: text }| Detail {
                        at: mask.text(at).into_owned(),
                        lines: mask.lines(text),
                    })
                    .collect(),
                more: *more,
            }),
            Block::Table(Table { columns, rows: all }) => Block::Table(Table {
                columns,
                rows: rows(mask, all),
            }),
            Block::Results(Results {
                columns,
                wrong,
                right,
                rest,
            }) => Block::Results(Results {
                columns,
                wrong: rows(mask, wrong),
                right: rows(mask, right),
                rest: mask.text(rest).into_owned(),
            }),
            Block::Chart(shown) => Block::Chart(mask.chart(shown)),
            Block::Listing {
                title,
                lines,
                is_copied,
            } => {
                let mut title = mask.line(title);
                let (lines, note) = mask.copied(lines.iter().map(String::as_str));
                if let Some(note) = note.filter(|_| *is_copied) {
                    title.push(Role::Plain, note);
                }
                Block::Listing {
                    title,
                    lines,
                    is_copied: *is_copied,
                }
            }
        };
        self.out.block(&masked)
    }

    fn messages(&self) -> usize {
        self.out.messages()
    }
}

fn rows<'r>(mask: &Mask, rows: &'r [Vec<Cow<'_, str>>]) -> Vec<Vec<Cow<'r, str>>> {
    let row = |row: &'r Vec<Cow<'_, str>>| row.iter().map(|cell| mask.text(cell)).collect();
    rows.iter().map(row).collect()
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
            // Folders and files may begin with the sign.
            ("teams/@platform/a.yaml:4", "teams/@platform/a.yaml:4"),
            ("teams/jane@contoso.com.yaml", "teams/j…@contoso.com.yaml"),
        ] {
            assert_eq!(Mask::default().text(text), masked);
        }
    }

    #[test]
    fn different_people_look_different() {
        let mask = Mask::default();
        for (text, masked) in [
            (
                "expected [abe@contoso.com], found [ana@contoso.com]",
                "expected [a…@contoso.com], found [a…(2)@contoso.com]",
            ),
            ("ana@contoso.com, again", "a…(2)@contoso.com, again"),
            ("Abe@Contoso.com.", "A…@Contoso.com."),
            ("user:ann@contoso.com", "user:a…(3)@contoso.com"),
            ("ana@fabrikam.com", "a…@fabrikam.com"),
            ("a…(2)@contoso.com", "a…(2)@contoso.com"),
            ("someone@contoso.com", "someone@contoso.com"),
            ("approver-1@contoso.com", "approver-1@contoso.com"),
            ("approver@contoso.com", "a…(4)@contoso.com"),
        ] {
            assert_eq!(mask.text(text), masked);
        }
        let file = SourceFile::new("a.yaml", "to: [ana@contoso.com, nobody]\n");
        let start = file.text().find("nobody").expect("in the text") as u32;
        let place = mask.place(&file.place(start, start + 6));
        assert_eq!(place.excerpt, "to: [a…(2)@contoso.com, nobody]");
        assert_eq!((place.offset, place.marked), (24, 6));
        let (lines, note) = mask.copied(["- ask: { as: someone@contoso.com }"]);
        assert_eq!((lines.len(), note), (1, None));
        assert!(mask.copied(["as: ana@contoso.com"]).1.is_some());
    }

    #[test]
    fn masks_an_address_that_is_cut_into_pieces() {
        let cut = Line::new()
            .and(Role::Removed, "[-jane-]")
            .and(Role::Added, "{+john+}")
            .and(Role::Plain, "@fabrikam.com and bo@")
            .and(Role::Plain, "contoso.com");
        let masked: Vec<_> = Mask::default()
            .line(&cut)
            .0
            .into_iter()
            .map(|piece| piece.text)
            .collect();
        assert_eq!(masked, ["[-j…", "", "@fabrikam.com and b…@", "contoso.com"]);
    }

    #[test]
    fn the_mark_moves_with_the_text() {
        let file = SourceFile::new("a.yaml", "to: [user:jane@fabrikam.com, nobody]\n");
        let start = file.text().find("nobody").expect("in the text") as u32;
        let masked = Mask::default().place(&file.place(start, start + 6));
        let marked: String = masked
            .excerpt
            .chars()
            .skip(masked.offset as usize)
            .take(masked.marked as usize)
            .collect();
        assert_eq!(masked.excerpt, "to: [user:j…@fabrikam.com, nobody]");
        assert_eq!(marked, "nobody");
        let start = file.text().find("user").expect("in the text") as u32;
        let masked = Mask::default().place(&file.place(start, start + 22));
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
                at_once: String::new(),
                rows: vec![Entry {
                    kind: Kind::Loss,
                    sign: "▼",
                    role: Role::Plain,
                    who: Line::plain(jane("who")),
                    packages: jane("packages").into(),
                    what: jane("what").into(),
                    more: Line::plain(jane("more")),
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
                aside: Some(Aside {
                    words: jane("words"),
                    place: jane("place"),
                    rest: jane("rest"),
                }),
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
            Block::Results(Results {
                columns: &["ONE"],
                wrong: vec![vec![jane("wrong").into()]],
                right: vec![vec![jane("right").into()]],
                rest: jane("rest"),
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
                is_copied: true,
            },
        ];
        let (mask, mut kept) = (Mask::default(), Kept(String::new()));
        for block in &all {
            Masked::new(&mask, &mut kept)
                .block(block)
                .expect("memory takes all");
        }
        assert!(!kept.0.contains("jane"), "{}", kept.0);
        assert!(kept.0.matches("@fabrikam.com").count() >= 26, "{}", kept.0);
    }
}
