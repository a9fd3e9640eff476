//! The writer for terminals and logs.

use std::borrow::Cow;
use std::io;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::access::{self, Access, Entry};
use super::chart::{Chart, Form};
use super::doc::{Block, Change, Detail, Line, Results, Role, Snippet, Table, Verdict, Writer};
use super::neutral::neutral;
use super::value;
use crate::diag;
use crate::source::Place;

/// The column at which a change's place starts.
const ASIDE: usize = 59;
/// The column at which a change's details start.
const DETAIL: usize = 6;
/// How long the longest bar of a chart is.
const BAR: u64 = 30;
/// The widest label that details are lined up behind.
const LABEL: usize = 30;

/// How many differences in access, and how many effects, are shown; machine output has them all.
const SHOWN: usize = 50;

/// Writes blocks as text.
pub struct Text<'w> {
    out: &'w mut dyn io::Write,
    colour: bool,
    line: String,
    width: usize,
    start: bool,
    last: Option<Sort>,
}

impl std::fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Text")
            .field("colour", &self.colour)
            .finish_non_exhaustive()
    }
}

/// What sort of block came last: an empty line stands between blocks that do not belong together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Change,
    Other,
}

impl<'w> Text<'w> {
    /// Returns a writer, with colours or without.
    pub fn new(out: &'w mut dyn io::Write, colour: bool) -> Self {
        Self {
            out,
            colour,
            line: String::new(),
            width: 0,
            start: true,
            last: None,
        }
    }

    /// Puts foreign text on the line.
    fn put(&mut self, role: Role, text: &str) {
        if text.is_empty() {
            return;
        }
        let text = neutral(text, self.start);
        self.start &= text.chars().all(char::is_whitespace);
        self.width += value::columns(&text);
        match style(role) {
            Some(style) if self.colour => {
                use std::fmt::Write as _;
                let _ = write!(self.line, "{style}{text}{style:#}");
            }
            _ => self.line.push_str(&text),
        }
    }

    fn put_line(&mut self, line: &Line<'_>) {
        for piece in &line.0 {
            self.put(piece.role, &piece.text);
        }
    }

    fn lines(&mut self, lines: &[Line<'_>]) -> io::Result<()> {
        lines.iter().try_for_each(|line| {
            self.put_line(line);
            self.end()
        })
    }

    /// Fills the line with spaces up to a column, with at least `gap` of them.
    fn pad(&mut self, column: usize, gap: usize) {
        let spaces = column.saturating_sub(self.width).max(gap);
        self.line.extend(std::iter::repeat_n(' ', spaces));
        self.width += spaces;
    }

    fn end(&mut self) -> io::Result<()> {
        let kept = self.line.trim_end_matches(' ').len();
        self.line.truncate(kept);
        self.line.push('\n');
        self.out.write_all(self.line.as_bytes())?;
        self.line.clear();
        self.width = 0;
        self.start = true;
        Ok(())
    }

    fn change(&mut self, change: &Change<'_>) -> io::Result<()> {
        self.pad(2, 2);
        self.put(change.role, change.sign);
        self.pad(4, 1);
        self.put_line(&change.address);
        if let Some(aside) = &change.aside {
            self.pad(ASIDE, 2);
            self.put(Role::Faint, &aside.text());
        }
        self.end()?;
        let label = change
            .details
            .iter()
            .map(|detail| detail.at.width())
            .filter(|width| *width <= LABEL)
            .max()
            .map_or(4, |width| width.max(21) + 2);
        for detail in &change.details {
            self.detail(detail, label)?;
        }
        if change.more > 0 {
            self.pad(DETAIL, 0);
            let lines = if change.more == 1 { "line" } else { "lines" };
            self.put(Role::Faint, &format!("… and {} more {lines}", change.more));
            self.end()?;
        }
        Ok(())
    }

    fn detail(&mut self, detail: &Detail<'_>, label: usize) -> io::Result<()> {
        let column = if detail.at.is_empty() {
            DETAIL
        } else {
            DETAIL + label
        };
        self.pad(DETAIL, 0);
        self.put(Role::Plain, &detail.at);
        if detail.at.width() > LABEL {
            self.end()?;
        }
        for line in &detail.lines {
            self.pad(column, 0);
            self.put_line(line);
            self.end()?;
        }
        if self.width > 0 {
            self.end()?;
        }
        Ok(())
    }

    fn snippet(&mut self, snippet: &Snippet<'_>) -> io::Result<()> {
        if let Some(place) = snippet.place {
            self.put(Role::Strong, &locus(place));
        }
        self.put(snippet.role, &snippet.tag);
        self.put(Role::Strong, ": ");
        self.put(Role::Strong, snippet.message);
        self.end()?;
        if let Some(place) = snippet.place {
            self.excerpt(place, snippet.role, 2)?;
        }
        for (place, note) in &snippet.related {
            self.put(Role::Plain, "  ");
            self.put(Role::Plain, &locus(place));
            self.put(Role::Note, "note");
            self.put(Role::Plain, ": ");
            self.put(Role::Plain, note);
            self.end()?;
            self.excerpt(place, Role::Note, 4)?;
        }
        for line in snippet.help {
            self.put(Role::Plain, "  ");
            self.put(Role::Note, "help");
            self.put(Role::Plain, ": ");
            self.put(Role::Plain, line);
            self.end()?;
        }
        Ok(())
    }

    /// Writes the line at fault and the carets below its marked part.
    fn excerpt(&mut self, place: &Place, role: Role, indent: usize) -> io::Result<()> {
        if place.excerpt.trim().is_empty() {
            return Ok(());
        }
        let (offset, marked) = (place.offset as usize, place.marked as usize);
        // Leading white space says nothing here and would push the caret away.
        let lead = place
            .excerpt
            .chars()
            .take(offset)
            .take_while(|c| c.is_whitespace())
            .count();
        let visible: Vec<char> = place.excerpt.chars().skip(lead).collect();
        let shown = |from: usize, to: usize| -> String {
            let part: String = visible
                .iter()
                .skip(from)
                .take(to - from)
                .map(|c| if *c == '\t' { ' ' } else { *c })
                .collect();
            neutral(&part, from == 0).into_owned()
        };
        let (from, to) = (offset - lead, offset - lead + marked);
        let before = shown(0, from);
        let under = shown(from, to.min(visible.len()).max(from));
        let after = shown(to.min(visible.len()), visible.len());
        self.pad(indent, 0);
        self.line.push_str(&before);
        self.line.push_str(&under);
        self.line.push_str(&after);
        self.end()?;
        self.pad(indent + columns(&before), 0);
        self.put(role, &"^".repeat(columns(&under).max(1)));
        self.end()
    }

    /// Of many differences, and of many effects, as many are shown as one reads; the others are counted.
    fn access(&mut self, access: &Access<'_>) -> io::Result<()> {
        self.put(Role::Strong, &access.title());
        self.end()?;
        if let Some(note) = access.note {
            self.below(&Line::new().and(Role::Faint, note))?;
        }
        for all in [&access.rows, &access.effects] {
            let (shown, rest) = access::cut(all, SHOWN);
            for line in shown.into_iter().flat_map(Entry::lines) {
                self.below(&line)?;
            }
            if !rest.is_empty() {
                let left = access::counted(rest.iter().map(|entry| entry.kind));
                let text =
                    format!("… and {left}: `--format json` and `--format html` have them all");
                self.below(&Line::new().and(Role::Faint, text))?;
            }
        }
        Ok(())
    }

    fn below(&mut self, line: &Line<'_>) -> io::Result<()> {
        self.pad(2, 2);
        self.put_line(line);
        self.end()
    }

    /// A chart is a table here, with a bar behind each number.
    fn chart(&mut self, chart: &Chart<'_>) -> io::Result<()> {
        self.put(Role::Strong, &chart.title);
        self.end()?;
        let mut table = chart.table();
        if let Form::Bars { bars, .. } = &chart.form {
            let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0);
            for (row, bar) in table.rows.iter_mut().zip(bars) {
                row.push(drawn(bar.value, most).into());
            }
        }
        self.table(&table)
    }

    fn table(&mut self, table: &Table<'_>) -> io::Result<()> {
        self.rows(
            table.columns,
            table.rows.iter().map(|row| (Role::Plain, row)),
        )
    }

    /// Writes rows under headings; the first cell of each is what its role says.
    fn rows<'r>(
        &mut self,
        columns: &[&str],
        rows: impl Iterator<Item = (Role, &'r Vec<Cow<'r, str>>)> + Clone,
    ) -> io::Result<()> {
        // Made harmless twice, and kept never: a report may have many rows.
        let mut widths: Vec<usize> = columns.iter().map(|name| name.width()).collect();
        for (_, row) in rows.clone() {
            for (at, (width, cell)) in widths.iter_mut().zip(row).enumerate() {
                *width = (*width).max(neutral(cell, at == 0).width());
            }
        }
        let mut column = 0;
        for (name, width) in columns.iter().zip(&widths) {
            self.pad(column, 0);
            self.put(Role::Strong, name);
            column += width + 2;
        }
        self.end()?;
        for (role, row) in rows {
            let mut column = 0;
            // What has no heading stands behind the rest.
            for (at, cell) in row.iter().enumerate() {
                self.pad(column, 0);
                let role = if at == 0 { role } else { Role::Plain };
                self.put(role, &neutral(cell, at == 0));
                column += widths.get(at).unwrap_or(&0) + 2;
            }
            self.end()?;
        }
        Ok(())
    }
}

impl Writer for Text<'_> {
    fn block(&mut self, block: &Block<'_>) -> io::Result<()> {
        let sort = match block {
            Block::Change(_) => Sort::Change,
            _ => Sort::Other,
        };
        if self
            .last
            .replace(sort)
            .is_some_and(|last| last != Sort::Change || sort != last)
        {
            self.end()?;
        }
        match block {
            Block::Heading(line) => {
                self.put_line(line);
                self.end()
            }
            Block::Access(access) => self.access(access),
            // What stands against a plan says so in each line.
            Block::Refusals(lines) => self.lines(lines),
            Block::Paragraph(lines) => self.lines(lines),
            Block::Verdict(Verdict {
                before,
                line,
                after,
            }) => {
                self.lines(before)?;
                self.lines(std::slice::from_ref(line))?;
                self.lines(after)
            }
            Block::Change(change) => self.change(change),
            Block::Snippet(snippet) => self.snippet(snippet),
            Block::Table(table) => self.table(table),
            Block::Results(Results {
                columns,
                wrong,
                right,
                rest: _,
            }) => {
                let wrong = wrong.iter().map(|row| (Role::Error, row));
                let right = right.iter().map(|row| (Role::Plain, row));
                self.rows(columns, wrong.chain(right))
            }
            Block::Chart(chart) => self.chart(chart),
            Block::Listing { title, lines, .. } => {
                self.put_line(title);
                self.end()?;
                lines.iter().try_for_each(|line| {
                    self.pad(2, 2);
                    self.put(Role::Plain, line);
                    self.end()
                })
            }
        }
    }

    fn messages(&self) -> usize {
        diag::SHOWN
    }
}

/// Returns a bar: as long as its part of the largest, and never nothing for something.
fn drawn(part: u64, most: u64) -> String {
    let length = u128::from(part) * u128::from(BAR) / u128::from(most.max(1));
    let length = usize::try_from(length)
        .unwrap_or(0)
        .max(usize::from(part > 0));
    "█".repeat(length)
}

/// Returns a place as it stands before a message.
pub(super) fn locus(place: &Place) -> String {
    format!("{}:{}:{}: ", place.path, place.line, place.column)
}

fn columns(text: &str) -> usize {
    text.chars().filter_map(UnicodeWidthChar::width).sum()
}

const fn style(role: Role) -> Option<Style> {
    Some(match role {
        Role::Plain | Role::Code => return None,
        Role::Strong => Style::new().bold(),
        Role::Faint | Role::Place => Style::new().dimmed(),
        Role::Added => AnsiColor::Green.on_default(),
        Role::Removed => AnsiColor::Red.on_default(),
        Role::Changed => AnsiColor::Yellow.on_default(),
        Role::Error => AnsiColor::Red.on_default().bold(),
        Role::Warning => AnsiColor::Yellow.on_default().bold(),
        Role::Note => AnsiColor::Cyan.on_default().bold(),
    })
}
