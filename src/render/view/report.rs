//! Reports: what they add up to, as a chart, and their rows. And what a proposal has written.

use std::borrow::Cow;
use std::io;

use jiff::Timestamp;

use super::count;
use crate::render::chart::Chart;
use crate::render::doc::{Block, Line, Role, Table, Verdict, Writer};
use crate::render::json::v1::{Proposed, Summary};
use crate::render::row::{Row, second};

/// A report with the rows that are shown.
#[derive(Debug)]
pub struct Told<'a, R> {
    /// The title: `Guests`.
    pub title: &'static str,
    /// The project.
    pub project: &'a str,
    /// The instant at which it is true.
    pub at: Timestamp,
    /// The instant up to which it looks.
    pub until: Option<Timestamp>,
    /// What its rows are called: one, several.
    pub noun: (&'static str, &'static str),
    /// What the rows add up to.
    pub summary: &'a Summary,
    /// The chart, where there is something to draw.
    pub chart: Option<Chart<'a>>,
    /// The rows that are shown.
    pub rows: &'a [R],
    /// Whether rows were asked for.
    pub lists: bool,
    /// What should be known besides.
    pub notes: &'a [String],
}

/// Lowers a report.
///
/// # Errors
///
/// Those of the writer.
pub fn report<R: Row>(told: &Told<'_, R>, out: &mut dyn Writer) -> io::Result<()> {
    let mut heading = Line::new()
        .and(Role::Strong, told.title)
        .and(Role::Plain, " · ")
        .and(Role::Plain, told.project)
        .and(Role::Plain, " · ")
        .and(Role::Plain, second(told.at));
    if let Some(until) = told.until {
        heading.push(Role::Plain, " to ");
        heading.push(Role::Plain, second(until));
    }
    out.block(&Block::Heading(heading))?;
    if let Some(chart) = told.chart.as_ref().filter(|chart| !chart.is_empty()) {
        out.block(&Block::Chart(chart.clone()))?;
    }
    if !told.rows.is_empty() {
        out.block(&Block::Table(Table {
            columns: R::HEADINGS,
            rows: told.rows.iter().map(Row::shown).collect(),
        }))?;
    }
    let all = usize::try_from(told.summary.count).unwrap_or(usize::MAX);
    let mut before = Vec::new();
    let left = all.saturating_sub(told.rows.len());
    if told.lists && left > 0 {
        let (one, many) = told.noun;
        before.push(Line::new().and(
            Role::Faint,
            format!(
                "… and {} more; `--format csv` has all",
                count(left, one, many)
            ),
        ));
    }
    let (one, many) = told.noun;
    out.block(&Block::Verdict(Verdict {
        before,
        line: Line::new().and(Role::Strong, format!("{}.", count(all, one, many))),
        after: told.notes.iter().map(|note| Line::plain(&**note)).collect(),
    }))
}

/// Lowers what a proposal has written; `list` is the list of assignments, as the command line names it.
///
/// # Errors
///
/// Those of the writer.
pub fn proposed(proposed: &Proposed, list: &str, out: &mut dyn Writer) -> io::Result<()> {
    let mut written: Vec<Line<'_>> = proposed
        .files
        .iter()
        .map(|file| {
            Line::new()
                .and(Role::Added, "  + ")
                .and(Role::Plain, &*file.path)
                .and(
                    Role::Faint,
                    format!("  {}", count(file.objects, "object", "objects")),
                )
        })
        .collect();
    let lines = usize::try_from(proposed.assignment_count).unwrap_or(usize::MAX);
    if let Some(file) = &proposed.assignments {
        written.push(
            Line::new()
                .and(Role::Added, "  + ")
                .and(Role::Plain, &**file)
                .and(
                    Role::Faint,
                    format!("  {}", count(lines, "assignment", "assignments")),
                ),
        );
    }
    if !written.is_empty() {
        out.block(&Block::Paragraph(written))?;
    }
    if !proposed.left.is_empty() {
        let mut lines = vec![Line::new().and(Role::Strong, "Left out")];
        lines.extend(proposed.left.iter().map(|left| {
            Line::plain("  ")
                .and(Role::Plain, &*left.what)
                .and(Role::Plain, ": ")
                .and(Role::Plain, &*left.why)
        }));
        out.block(&Block::Paragraph(lines))?;
    }
    let guests = usize::try_from(proposed.guests).unwrap_or(usize::MAX);
    if proposed.assignments.is_none() {
        return out.block(&Block::Paragraph(vec![
            Line::new().and(Role::Strong, "Nothing to propose."),
        ]));
    }
    let mut after = Vec::new();
    if !proposed.in_tree {
        after.push(Line::plain(
            "They lie outside the tree: move the policy files below the folder that holds `guestlist.toml`, where `guestlist plan` reads them.",
        ));
    }
    after.push(Line::plain(format!(
        "Edit the files as you like, then: `guestlist plan`, `guestlist apply`, `guestlist assignment grant --csv {}`",
        quoted(list)
    )));
    out.block(&Block::Verdict(Verdict {
        before: Vec::new(),
        line: Line::new().and(
            Role::Strong,
            format!("Proposed for {}.", count(guests, "guest", "guests")),
        ),
        after,
    }))
}

/// Returns a path as a shell takes it for one.
fn quoted(path: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./+,:@%=".contains(c);
    match !path.is_empty() && path.chars().all(is_plain) {
        true => path.into(),
        false => format!("'{}'", path.replace('\'', r"'\''")).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_a_path_for_one() {
        assert_eq!(
            quoted("discovered/assignments.csv"),
            "discovered/assignments.csv"
        );
        assert_eq!(quoted("our guests/a.csv"), "'our guests/a.csv'");
        assert_eq!(quoted("it's $x"), r"'it'\''s $x'");
    }
}
