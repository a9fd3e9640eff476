//! The writer for comments on pull requests: the verdict first, details folded, and never more than a comment may hold.
//!
//! Parts are gathered with a rank each. What does not fit is left out, the least important first, and counted.

mod budget;
mod inline;

use std::borrow::Cow;
use std::io;

use budget::{Budget, Full, Kept, Noun, Part, Rank};
use inline::Within;

use super::access::{self, Access};
use super::doc::{
    Aside, Block, Change, Line, PLACES, Page, Results, Role, Snippet, Table, Verdict, Writer,
};
use super::mark::marker;
use super::neutral::neutral;
use super::text::{Text, locus};

/// How many characters a document has at most.
pub const MOST: usize = 60_000;
/// How many characters are kept for what is always there around the parts: marker, titles, what was left out.
const RESERVED: usize = 2_000;
/// How many characters of the heading and of the verdict are shown: they are always there.
const LINE: usize = 600;

/// More entries about access than this never fit.
const ENTRIES: usize = MOST / 40;

/// Where a part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    Refused,
    Access,
    Changes,
    Rest,
    Right,
}

impl Spot {
    const ALL: [Self; 5] = [
        Self::Refused,
        Self::Access,
        Self::Changes,
        Self::Rest,
        Self::Right,
    ];

    const fn title(self) -> &'static str {
        match self {
            Self::Refused => "Refused",
            Self::Access => "Access",
            Self::Changes => "Changes",
            Self::Rest | Self::Right => "",
        }
    }
}

// What parts are called when they are left out.
const REFUSAL: Noun = ("refusal", "refusals");
const CHANGE: Noun = ("change", "changes");
const DETAIL: Noun = ("the details of 1 change", "the details of # changes");
const ERROR: Noun = ("error", "errors");
const WARNING: Noun = ("warning", "warnings");
const NOTICE: Noun = ("note", "notes");
const PARAGRAPH: Noun = ("paragraph", "paragraphs");
const LISTING: Noun = ("listing", "listings");
const LINES: Noun = ("the lines of 1 message", "the lines of # messages");
const NOTE: Noun = ("note about access", "notes about access");
const ROW: Noun = ("row of a table", "rows of tables");

/// Gathers blocks and writes them as Markdown.
pub struct Markdown<'w> {
    out: &'w mut dyn io::Write,
    page: Page,
    heading: String,
    verdict: String,
    /// What the part about access is called: it counts what is in it.
    access: String,
    /// The first lines of tables, and the last.
    tables: Vec<(String, &'static str)>,
    budget: Budget,
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
            access: String::new(),
            tables: Vec::new(),
            budget: Budget::default(),
        }
    }

    /// Writes the document.
    ///
    /// # Errors
    ///
    /// Those of what it writes to.
    pub fn finish(mut self) -> io::Result<()> {
        if self.heading.is_empty() {
            self.heading = self.named();
        }
        let head = self.heading.chars().count() + self.verdict.chars().count();
        let kept = self.budget.choose(MOST.saturating_sub(RESERVED + head));
        let mut text = marker(self.page.report, &self.page.folder, &self.page.environment);
        text.push('\n');
        text.push_str(&self.heading);
        text.push_str(&self.verdict);
        text.push_str(&self.left_out());
        for spot in Spot::ALL {
            let here = kept.iter().zip(&self.budget.parts);
            let here = here.filter(|(kept, part)| **kept != Kept::No && part.spot == spot);
            let here: Vec<_> = here.collect();
            let title = match spot {
                Spot::Access => self.access.as_str(),
                _ => spot.title(),
            };
            if !here.is_empty() && !title.is_empty() {
                text.push_str(&format!("\n#### {title}\n"));
            }
            for some in
                here.chunk_by(|(_, one), (_, next)| one.table.is_some() && one.table == next.table)
            {
                text.push('\n');
                let table = some.first().and_then(|(_, part)| part.table);
                let (first, last) = table.map_or(("", ""), |table| {
                    let (first, last) = &self.tables[table];
                    (first.as_str(), *last)
                });
                text.push_str(first);
                for (kept, part) in some {
                    text.push_str(match &part.full {
                        Some(full) if **kept == Kept::Full => &full.text,
                        _ => &part.text,
                    });
                }
                text.push_str(last);
            }
        }
        if let Some(digest) = &self.page.digest {
            text.push_str(&format!("\nPlan digest: `{digest}`\n"));
        }
        self.out.write_all(text.as_bytes())
    }

    /// Returns the heading of a report that has none of its own: its command, and the project.
    fn named(&self) -> String {
        let Page {
            report, project, ..
        } = &self.page;
        let mut line = Line::new().and(Role::Strong, format!("guestlist {report}"));
        if !project.is_empty() {
            line = line.and(Role::Plain, " · ").and(Role::Plain, &**project);
        }
        heading(&line)
    }

    /// Says what was left out, with the digest of the plan that has it all.
    fn left_out(&self) -> String {
        let left = self.budget.left_out();
        if left.is_empty() {
            return left;
        }
        let digest = match &self.page.digest {
            Some(digest) => format!(" All of it is in the plan with the digest `{digest}`."),
            None => " `--format json` has all of it.".to_owned(),
        };
        format!("\n> Left out, to stay below 60,000 characters: {left}.{digest}\n")
    }

    /// Adds a part that takes its turn as it comes.
    fn part(&mut self, spot: Spot, rank: Rank, noun: Noun, text: String, full: Option<Full>) {
        self.budget.add(Part {
            spot,
            rank,
            turn: 0,
            noun,
            text,
            table: None,
            full,
        });
    }

    /// Who gains and who loses access, an entry each: a few of every kind are left out last.
    fn access(&mut self, access: &Access<'_>) {
        self.access = access.title();
        if let Some(note) = access.note {
            self.part(Spot::Access, Rank::Access, NOTE, format!("{note}\n"), None);
        }
        let entries = || access.rows.iter().chain(&access.effects);
        let mut turns = vec![0; entries().count()];
        for (turn, at) in access::foremost(entries()).into_iter().enumerate() {
            turns[at] = turn;
        }
        for (entry, turn) in entries().zip(turns) {
            if turn >= ENTRIES {
                self.budget.drop(Rank::Access, entry.kind.noun());
                continue;
            }
            self.budget.parts.push(Part {
                spot: Spot::Access,
                rank: Rank::Access,
                turn,
                noun: entry.kind.noun(),
                text: inline::entry(entry),
                table: None,
                full: None,
            });
        }
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
        if let Some(Aside { words, place, rest }) = &change.aside {
            head.push(' ');
            inline::push(&mut head, words, Within::Html, false);
            inline::name(&mut head, place, Within::Html);
            inline::foreign(&mut head, rest, Within::Html, false);
        }
        let body = changed(change);
        let full = (!body.is_empty()).then(|| Full {
            rank: folded,
            noun: DETAIL,
            text: details(&head, "diff", &body),
        });
        let text = format!("<p>{head}</p>\n");
        self.part(Spot::Changes, rank, CHANGE, text, full);
    }

    /// A message under its title; what stands below it is folded.
    fn snippet(&mut self, snippet: &Snippet<'_>, block: &Block<'_>) -> io::Result<()> {
        let body = below(block)?;
        let head = message(snippet);
        let (noun, rank, folded) = match snippet.role {
            Role::Error => (ERROR, Rank::Message, Rank::DetailOfError),
            Role::Warning => (WARNING, Rank::Warning, Rank::DetailOfChange),
            _ => (NOTICE, Rank::Note, Rank::DetailOfChange),
        };
        let full = (!body.is_empty()).then(|| Full {
            rank: folded,
            noun: LINES,
            text: details(&head, "text", &body),
        });
        let text = format!("<p>{head}</p>\n");
        self.part(Spot::Rest, rank, noun, text, full);
        Ok(())
    }

    /// Lines under a title, which are there or not: the title alone says nothing.
    fn listing(&mut self, title: &Line<'_>, block: &Block<'_>) -> io::Result<()> {
        let head = inline::line(title, Within::Html, usize::MAX);
        let text = details(&head, "text", &below(block)?);
        self.part(Spot::Rest, Rank::Listing, LISTING, text, None);
        Ok(())
    }

    /// Paragraphs are cut before every line that is not indented, so that each can be left out for itself.
    fn paragraph(&mut self, spot: Spot, lines: &[Line<'_>]) {
        let is_indented = |line: &Line<'_>| {
            line.0
                .first()
                .is_some_and(|piece| piece.text.starts_with(' '))
        };
        let (rank, noun) = match spot {
            Spot::Refused => (Rank::Refusal, REFUSAL),
            _ => (Rank::Message, PARAGRAPH),
        };
        for some in lines.chunk_by(|_, next| is_indented(next)) {
            let shown: Vec<String> = some
                .iter()
                .map(|line| inline::line(line, Within::Markdown, usize::MAX))
                .filter(|line| !line.is_empty())
                .collect();
            if !shown.is_empty() {
                let text = format!("{}\n", shown.join("<br>\n"));
                self.part(spot, rank, noun, text, None);
            }
        }
    }

    /// A table, of which each row can be left out for itself.
    fn table(&mut self, columns: &[&str], rows: &[Vec<Cow<'_, str>>]) {
        let edge = ("<table>\n".to_owned(), "</table>\n");
        self.rows(columns, rows, edge, (Spot::Rest, Rank::Row));
    }

    /// What is wrong, and, folded behind everything else, what is not.
    fn results(&mut self, results: &Results<'_>) {
        let Results {
            columns,
            wrong,
            right,
            rest,
        } = results;
        self.table(columns, wrong);
        let mut head = "<details><summary>".to_owned();
        inline::foreign(&mut head, rest, Within::Html, false);
        head.push_str("</summary>\n\n<table>\n");
        let edge = (head, "</table>\n\n</details>\n");
        self.rows(columns, right, edge, (Spot::Right, Rank::Right));
    }

    fn rows(
        &mut self,
        columns: &[&str],
        rows: &[Vec<Cow<'_, str>>],
        (first, last): (String, &'static str),
        (spot, rank): (Spot, Rank),
    ) {
        let row = |cells: &mut dyn Iterator<Item = &str>, tag: &str| {
            let mut out = "<tr>".to_owned();
            for (at, cell) in cells.enumerate() {
                out.push_str(&format!("<{tag}>"));
                match columns.get(at).is_some_and(|it| PLACES.contains(it)) {
                    true => inline::name(&mut out, cell, Within::Html),
                    false => inline::foreign(&mut out, cell, Within::Html, false),
                }
                out.push_str(&format!("</{tag}>"));
            }
            out + "</tr>\n"
        };
        let head = row(&mut columns.iter().copied(), "th");
        let at = self.tables.len();
        self.tables.push((first + &head, last));
        for cells in rows {
            self.budget.add(Part {
                spot,
                rank,
                turn: 0,
                noun: ROW,
                text: row(&mut cells.iter().map(|cell| &**cell), "td"),
                table: Some(at),
                full: None,
            });
        }
    }
}

impl Writer for Markdown<'_> {
    fn block(&mut self, block: &Block<'_>) -> io::Result<()> {
        match block {
            Block::Heading(line) if !self.heading.is_empty() => {
                // The first one names the document; a later one, such as that of the plan of a rollback, what follows.
                self.paragraph(Spot::Rest, std::slice::from_ref(line));
            }
            Block::Heading(line) => {
                self.heading = heading(line);
            }
            Block::Access(access) => self.access(access),
            Block::Refusals(lines) => self.paragraph(Spot::Refused, lines),
            Block::Verdict(Verdict {
                before,
                line,
                after,
            }) => {
                // The last word counts; an earlier one, such as that of the plan of an apply, is told with the rest.
                let earlier = std::mem::take(&mut self.verdict);
                if !earlier.is_empty() {
                    self.part(Spot::Rest, Rank::Message, PARAGRAPH, earlier, None);
                }
                self.verdict = format!("{}\n", inline::line(line, Within::Markdown, LINE));
                self.paragraph(Spot::Rest, before);
                self.paragraph(Spot::Rest, after);
            }
            Block::Paragraph(lines) => self.paragraph(Spot::Rest, lines),
            Block::Change(change) => self.change(change),
            Block::Snippet(snippet) => self.snippet(snippet, block)?,
            Block::Listing { title, .. } => self.listing(title, block)?,
            Block::Table(Table { columns, rows }) => self.table(columns, rows),
            Block::Results(results) => self.results(results),
            Block::Chart(chart) => {
                let title = Line::new().and(Role::Strong, &*chart.title);
                self.paragraph(Spot::Rest, &[title]);
                let Table { columns, rows } = chart.table();
                self.table(columns, &rows);
            }
        }
        Ok(())
    }
}

/// Returns a block as on a terminal, without its first line.
fn below(block: &Block<'_>) -> io::Result<String> {
    let mut bytes = Vec::new();
    Text::new(&mut bytes, false).block(block)?;
    let shown = String::from_utf8_lossy(&bytes);
    Ok(shown
        .split_once('\n')
        .map_or_else(String::new, |(_, body)| body.to_owned()))
}

/// Returns the heading of a document.
fn heading(line: &Line<'_>) -> String {
    format!("### {}\n\n", inline::title(line, Within::Markdown, LINE))
}

/// Returns the title of a message: a place is a name, and what is wrong is in words of ours.
fn message(snippet: &Snippet<'_>) -> String {
    let place = snippet.place.map(locus).unwrap_or_default();
    let mut head = String::new();
    let tag = format!("{place}{}", snippet.tag);
    inline::name(&mut head, &tag, Within::Html);
    head.push_str(": ");
    inline::push(&mut head, snippet.message, Within::Html, false);
    head
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
