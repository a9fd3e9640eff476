//! The writer for comments on pull requests: the verdict first, details folded, and never more than a comment may hold.
//!
//! Parts are gathered with a rank each. What does not fit is left out, the least important first, and counted.

mod inline;

use std::collections::BTreeMap;
use std::io;

use inline::Within;

use super::doc::{Block, Change, Line, Page, Role, Section, Table, Verdict, Writer};
use super::mark::marker;
use super::neutral::neutral;
use super::text::Text;

/// How many characters a document has at most.
pub const MOST: usize = 60_000;
/// How many characters are kept for what is always there around the parts: marker, titles, what was left out.
const RESERVED: usize = 2_000;
/// How many characters of the heading and of the verdict are shown: they are always there.
const LINE: usize = 600;

/// How many characters the rows of a table have at most: it is better cut than left out.
const ROWS: usize = 40_000;

/// How important a part is: the higher, the sooner it is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Refusal,
    Access,
    Message,
    Removal,
    Change,
    Creation,
    DetailOfRemoval,
    DetailOfChange,
    DetailOfCreation,
}

/// Where a part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    Refused,
    Access,
    Changes,
    Rest,
}

impl Spot {
    const ALL: [Self; 4] = [Self::Refused, Self::Access, Self::Changes, Self::Rest];

    const fn title(self) -> &'static str {
        match self {
            Self::Refused => Section::Refusals.title(),
            Self::Access => Section::Access.title(),
            Self::Changes => "Changes",
            Self::Rest => "",
        }
    }
}

/// What a part is called when it is left out: one, several.
type Noun = (&'static str, &'static str);

const REFUSAL: Noun = ("refusal", "refusals");
const CHANGE: Noun = ("change", "changes");
const DETAIL: Noun = ("the details of 1 change", "the details of # changes");
const MESSAGE: Noun = ("message", "messages");
const PARAGRAPH: Noun = ("paragraph", "paragraphs");
const ACCESS: Noun = ("part about access", "parts about access");
const TABLE: Noun = ("table", "tables");

/// A piece of the document that is there or not.
#[derive(Debug)]
struct Part {
    spot: Spot,
    rank: Rank,
    noun: Noun,
    text: String,
    /// The same with what is folded into it.
    full: Option<(Rank, String)>,
}

/// Gathers blocks and writes them as Markdown.
pub struct Markdown<'w> {
    out: &'w mut dyn io::Write,
    page: Page,
    heading: String,
    verdict: String,
    section: Option<Section>,
    parts: Vec<Part>,
    gathered: BTreeMap<Rank, usize>,
    dropped: BTreeMap<Noun, usize>,
}

impl std::fmt::Debug for Markdown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Markdown")
            .field("page", &self.page)
            .finish_non_exhaustive()
    }
}

impl<'w> Markdown<'w> {
    /// Returns a writer; [`Self::finish`] writes the document.
    pub fn new(out: &'w mut dyn io::Write, page: Page) -> Self {
        Self {
            out,
            page,
            heading: String::new(),
            verdict: String::new(),
            section: None,
            parts: Vec::new(),
            gathered: BTreeMap::new(),
            dropped: BTreeMap::new(),
        }
    }

    /// Writes the document.
    ///
    /// # Errors
    ///
    /// Those of what it writes to.
    pub fn finish(mut self) -> io::Result<()> {
        let kept = self.choose();
        let page = &self.page;
        let mut text = marker(page.report, &page.folder, &page.environment);
        text.push('\n');
        text.push_str(&self.heading);
        if !self.verdict.is_empty() {
            text.push_str(&self.verdict);
        }
        text.push_str(&self.left_out());
        for spot in Spot::ALL {
            let mut here = kept
                .iter()
                .zip(&self.parts)
                .filter(|(keep, part)| **keep > 0 && part.spot == spot)
                .peekable();
            if here.peek().is_some() && !spot.title().is_empty() {
                text.push_str(&format!("\n#### {}\n", spot.title()));
            }
            for (keep, part) in here {
                text.push('\n');
                text.push_str(match &part.full {
                    Some((_, full)) if *keep > 1 => full,
                    _ => &part.text,
                });
            }
        }
        if let Some(digest) = &self.page.digest {
            text.push_str(&format!("\nPlan digest: `{digest}`\n"));
        }
        self.out.write_all(text.as_bytes())
    }

    /// Returns for every part whether it is left out (0), shown (1), or shown with what is folded into it (2), and counts
    /// what is left out.
    fn choose(&mut self) -> Vec<u8> {
        let head = self.heading.chars().count() + self.verdict.chars().count();
        let mut room = MOST.saturating_sub(RESERVED + head);
        let mut kept = vec![0_u8; self.parts.len()];
        let mut order: Vec<usize> = (0..self.parts.len()).collect();
        order.sort_by_key(|at| self.parts[*at].rank);
        for at in order {
            let needed = self.parts[at].text.chars().count() + 1;
            if needed <= room {
                room -= needed;
                kept[at] = 1;
            } else {
                *self.dropped.entry(self.parts[at].noun).or_default() += 1;
            }
        }
        let folded = |part: &Part| part.full.as_ref().map(|(rank, _)| *rank);
        let mut order: Vec<usize> = (0..self.parts.len())
            .filter(|at| kept[*at] == 1 && folded(&self.parts[*at]).is_some())
            .collect();
        order.sort_by_key(|at| folded(&self.parts[*at]));
        for at in order {
            let part = &self.parts[at];
            let needed = part.full.as_ref().map_or(0, |(_, full)| {
                full.chars()
                    .count()
                    .saturating_sub(part.text.chars().count())
            });
            if needed <= room {
                room -= needed;
                kept[at] = 2;
            } else {
                *self.dropped.entry(DETAIL).or_default() += 1;
            }
        }
        kept
    }

    /// Says what was left out, with the digest of the plan that has it all.
    fn left_out(&self) -> String {
        if self.dropped.is_empty() {
            return String::new();
        }
        let counts: Vec<String> = self
            .dropped
            .iter()
            .map(|((one, many), n)| match n {
                1 if one.contains('1') => (*one).to_owned(),
                1 => format!("1 {one}"),
                n if many.contains('#') => many.replace('#', &n.to_string()),
                n => format!("{n} {many}"),
            })
            .collect();
        let digest = match &self.page.digest {
            Some(digest) => format!(" All of it is in the plan with the digest `{digest}`."),
            None => String::new(),
        };
        format!(
            "\n> Left out, to stay below 60,000 characters: {}.{digest}\n",
            counts.join(", ")
        )
    }

    /// Keeps a part, unless more important ones fill a document already.
    fn part(&mut self, part: Part) {
        let before = |rank: Rank, gathered: &BTreeMap<Rank, usize>| -> usize {
            gathered.range(..=rank).map(|(_, n)| n).sum()
        };
        if before(part.rank, &self.gathered) > MOST {
            *self.dropped.entry(part.noun).or_default() += 1;
            return;
        }
        *self.gathered.entry(part.rank).or_default() += part.text.len();
        let mut part = part;
        if let Some((rank, full)) = &part.full {
            if before(*rank, &self.gathered) > MOST {
                // Too late for it to be shown: its length alone tells that it does not fit.
                part.full = Some((*rank, " ".repeat(MOST)));
            } else {
                *self.gathered.entry(*rank).or_default() += full.len();
            }
        }
        self.parts.push(part);
    }

    fn change(&mut self, change: &Change<'_>) {
        let (rank, folded) = match change.role {
            Role::Removed => (Rank::Removal, Rank::DetailOfRemoval),
            Role::Added => (Rank::Creation, Rank::DetailOfCreation),
            _ => (Rank::Change, Rank::DetailOfChange),
        };
        let mut head = String::new();
        let address: String = change.address.0.iter().map(|piece| &*piece.text).collect();
        let name = format!("{} {}", change.sign, neutral(&address, false));
        inline::code(&mut head, &name, Within::Html);
        if let Some(aside) = &change.aside {
            head.push(' ');
            inline::push(&mut head, aside, Within::Html, false);
        }
        let body = changed(change);
        let full = (!body.is_empty()).then(|| (folded, details(&head, "diff", &body)));
        self.part(Part {
            spot: Spot::Changes,
            rank,
            noun: CHANGE,
            text: format!("<p>{head}</p>\n"),
            full,
        });
    }

    /// A block that reads best as on a terminal: its first line is the title, the others are folded.
    fn folded(&mut self, block: &Block<'_>, noun: Noun) -> io::Result<()> {
        let mut bytes = Vec::new();
        Text::new(&mut bytes, false).block(block)?;
        let shown = String::from_utf8_lossy(&bytes);
        let (title, body) = shown.split_once('\n').unwrap_or((&shown, ""));
        let mut head = String::new();
        inline::push(&mut head, title, Within::Html, false);
        let (spot, rank) = self.here();
        let full = (!body.is_empty()).then(|| (Rank::DetailOfChange, details(&head, "text", body)));
        self.part(Part {
            spot,
            rank,
            noun,
            text: format!("<p>{head}</p>\n"),
            full,
        });
        Ok(())
    }

    fn here(&self) -> (Spot, Rank) {
        match self.section {
            Some(Section::Refusals) => (Spot::Refused, Rank::Refusal),
            Some(Section::Access) => (Spot::Access, Rank::Access),
            None => (Spot::Rest, Rank::Message),
        }
    }

    /// Paragraphs are cut before every line that is not indented, so that each can be left out for itself.
    fn paragraph(&mut self, lines: &[Line<'_>]) {
        let is_indented = |line: &Line<'_>| {
            line.0
                .first()
                .is_some_and(|piece| piece.text.starts_with(' '))
        };
        let (spot, rank) = self.here();
        let noun = match spot {
            Spot::Refused => REFUSAL,
            Spot::Access => ACCESS,
            Spot::Changes | Spot::Rest => PARAGRAPH,
        };
        for some in lines.chunk_by(|_, next| is_indented(next)) {
            let shown: Vec<String> = some
                .iter()
                .map(|line| inline::line(line, Within::Markdown, usize::MAX))
                .filter(|line| !line.is_empty())
                .collect();
            if !shown.is_empty() {
                self.part(Part {
                    spot,
                    rank,
                    noun,
                    text: format!("{}\n", shown.join("<br>\n")),
                    full: None,
                });
            }
        }
    }

    fn table(&mut self, table: &Table<'_>) {
        let row = |cells: &mut dyn Iterator<Item = &str>, tag: &str| {
            let mut out = "<tr>".to_owned();
            for cell in cells {
                out.push_str(&format!("<{tag}>"));
                inline::push(&mut out, cell, Within::Html, false);
                out.push_str(&format!("</{tag}>"));
            }
            out + "</tr>\n"
        };
        let mut text = "<table>\n".to_owned();
        text.push_str(&row(&mut table.columns.iter().copied(), "th"));
        let mut shown = 0;
        for cells in &table.rows {
            let next = row(&mut cells.iter().map(|cell| &**cell), "td");
            if text.len() + next.len() > ROWS {
                break;
            }
            text.push_str(&next);
            shown += 1;
        }
        text.push_str("</table>\n");
        match table.rows.len() - shown {
            0 => {}
            1 => text.push_str("\n… and 1 more row\n"),
            more => text.push_str(&format!("\n… and {more} more rows\n")),
        }
        let (spot, rank) = self.here();
        self.part(Part {
            spot,
            rank,
            noun: TABLE,
            text,
            full: None,
        });
    }
}

impl Writer for Markdown<'_> {
    fn block(&mut self, block: &Block<'_>) -> io::Result<()> {
        if matches!(
            block,
            Block::Change(_) | Block::Snippet(_) | Block::Verdict(_)
        ) {
            self.section = None;
        }
        match block {
            Block::Heading(line) if !self.heading.is_empty() => {
                // The first one names the document; a later one, such as that of the plan of a rollback, what follows.
                self.section = None;
                self.paragraph(std::slice::from_ref(line));
            }
            Block::Heading(line) => {
                self.section = None;
                self.heading = format!("### {}\n\n", inline::line(line, Within::Markdown, LINE));
            }
            Block::Section(section) => self.section = Some(*section),
            Block::Verdict(Verdict {
                before,
                line,
                after,
            }) => {
                // The last word counts; an earlier one, such as that of the plan of an apply, is told with the rest.
                let earlier = std::mem::take(&mut self.verdict);
                if !earlier.is_empty() {
                    self.part(Part {
                        spot: Spot::Rest,
                        rank: Rank::Message,
                        noun: PARAGRAPH,
                        text: earlier,
                        full: None,
                    });
                }
                self.verdict = format!("{}\n", inline::line(line, Within::Markdown, LINE));
                self.paragraph(before);
                self.paragraph(after);
            }
            Block::Paragraph(lines) => self.paragraph(lines),
            Block::Change(change) => self.change(change),
            Block::Snippet(_) => self.folded(block, MESSAGE)?,
            Block::Listing { .. } => self.folded(block, PARAGRAPH)?,
            Block::Table(table) => self.table(table),
            Block::Chart(chart) => {
                self.paragraph(&[Line::new().and(Role::Strong, &*chart.title)]);
                self.table(&chart.table());
            }
        }
        Ok(())
    }
}

/// Returns text folded under a title, between fences that are longer than any in it.
fn details(head: &str, language: &str, body: &str) -> String {
    let fence = "`".repeat(inline::longest_run(body, '`').max(2) + 1);
    let end = if body.ends_with('\n') { "" } else { "\n" };
    format!(
        "<details><summary>{head}</summary>\n\n{fence}{language}\n{body}{end}{fence}\n\n</details>\n"
    )
}

/// Returns what happens inside an object, with the signs that a code host colours.
fn changed(change: &Change<'_>) -> String {
    let mut out = String::new();
    for detail in &change.details {
        if !detail.at.is_empty() {
            out.push_str("  ");
            out.push_str(&neutral(&detail.at, true));
            out.push('\n');
        }
        for line in &detail.lines {
            let has = |role: Role| line.0.iter().any(|piece| piece.role == role);
            let sign = match (has(Role::Removed), has(Role::Added)) {
                (true, false) => '-',
                (false, true) => '+',
                (true, true) => '!',
                (false, false) => ' ',
            };
            let text: String = line.0.iter().map(|piece| &*piece.text).collect();
            // The sign of the terminal would stand twice.
            let text = match sign {
                '-' => text.strip_prefix("- ").unwrap_or(&text),
                '+' => text.strip_prefix("+ ").unwrap_or(&text),
                _ => &text,
            };
            let indent = if detail.at.is_empty() { "" } else { "  " };
            out.push_str(&format!("{sign} {indent}{}", neutral(text, true)));
            while out.ends_with(' ') {
                out.pop();
            }
            out.push('\n');
        }
    }
    if change.more > 0 {
        let lines = if change.more == 1 { "line" } else { "lines" };
        out.push_str(&format!("  … and {} more {lines}\n", change.more));
    }
    out
}

#[cfg(test)]
pub(super) mod tests;
