//! A file of lines to carry out: read, checked whole, then done.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::app::governance::Engine;
use crate::app::governance::bulk::{self, Row, problem};
use crate::cli::Exit;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::model::text::Malformed;
use crate::render::csv::plain;
use crate::render::{json, view};

/// The size of the largest file, in bytes.
const FILE_BYTES: u64 = 64 << 20;

/// A file whose first line names the columns.
#[derive(Debug)]
pub(super) struct Table {
    lines: Vec<Line>,
}

/// One line of a file.
#[derive(Debug)]
pub(super) struct Line {
    /// The line, counted from 1.
    pub(super) number: u64,
    cells: BTreeMap<String, String>,
}

impl Table {
    /// Reads a file. All columns of one of the sets must be there, and no column that is not known.
    pub(super) fn read(path: &Path, columns: &[&str], needed: &[&[&str]]) -> Result<Self, Failure> {
        let shown = path.display();
        let unreadable = |error: &dyn std::fmt::Display| {
            Failure::new(Exit::Error, format!("{shown} cannot be read: {error}"))
        };
        let source: Box<dyn Read> = match path.as_os_str() == "-" {
            true => Box::new(io::stdin().lock()),
            false => Box::new(File::open(path).map_err(|error| unreadable(&error))?),
        };
        let mut text = Vec::new();
        let read = source.take(FILE_BYTES + 1).read_to_end(&mut text);
        let read = read.map_err(|error| unreadable(&error))?;
        if read as u64 > FILE_BYTES {
            let message = format!("{shown} is larger than 64 MiB");
            return Err(Failure::new(Exit::Findings, message));
        }
        // Spreadsheets like to begin with a mark of the encoding.
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .flexible(false)
            .from_reader(text);
        let wrong = |message: String| Failure::new(Exit::Findings, message);
        let names = reader
            .headers()
            .map_err(|error| wrong(format!("{shown}: {error}")))?;
        let names: Vec<String> = names.iter().map(str::to_lowercase).collect();
        let listed = columns.join(", ");
        if let Some(stranger) = names.iter().find(|name| !columns.contains(&name.as_str())) {
            return Err(wrong(format!(
                "{shown} has a column `{stranger}` that nothing reads"
            ))
            .help(format!("the columns are {listed}")));
        }
        let has = |set: &&[&str]| {
            set.iter()
                .all(|column| names.iter().any(|name| name == column))
        };
        if !needed.iter().any(has) {
            let sets: Vec<String> = needed.iter().map(|set| set.join(" and ")).collect();
            return Err(
                wrong(format!("{shown} has no columns {}", sets.join(", or ")))
                    .help(format!("the first line names the columns: {listed}")),
            );
        }
        let mut lines = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| wrong(format!("{shown}: {error}")))?;
            let texts = record.iter().map(|cell| plain(cell.to_owned()));
            let cells = names.iter().cloned().zip(texts);
            lines.push(Line {
                number: record.position().map_or(0, csv::Position::line),
                cells: cells.filter(|(_, cell)| !cell.is_empty()).collect(),
            });
        }
        Ok(Self { lines })
    }
}

impl Line {
    /// Returns a cell that is not empty.
    pub(super) fn text(&self, column: &str) -> Option<String> {
        self.cells.get(column).cloned()
    }

    /// Reads a cell, if it is not empty.
    pub(super) fn maybe<T>(
        &self,
        column: &str,
        parse: impl Fn(&str) -> Result<T, Malformed>,
    ) -> Result<Option<T>, Malformed> {
        self.cells.get(column).map(|cell| parse(cell)).transpose()
    }

    /// Reads a cell that must not be empty.
    pub(super) fn needed<T>(
        &self,
        column: &str,
        parse: impl Fn(&str) -> Result<T, Malformed>,
    ) -> Result<T, Malformed> {
        self.maybe(column, parse)?
            .ok_or_else(|| Malformed::new(format!("`{column}` is empty")))
    }

    fn what(&self) -> String {
        let cells: Vec<&str> = ["email", "assignment", "package"]
            .iter()
            .filter_map(|column| self.cells.get(*column).map(String::as_str))
            .collect();
        cells.join(" ")
    }
}

/// Checks every line, and carries all of them out if none has a problem, or those without one when that is asked for.
pub(super) fn carry_out(
    cx: &Context,
    engine: &mut Engine<'_>,
    table: &Table,
    keep_going: bool,
    read: impl Fn(&Engine<'_>, &Line) -> Result<Row, Malformed>,
) -> Result<Exit, Failure> {
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for line in &table.lines {
        match read(engine, line) {
            Ok(row) => rows.push(row),
            Err(malformed) => problems.push(problem(
                line.number,
                &line.what(),
                malformed.message.clone(),
                malformed.help.clone(),
            )),
        }
    }
    let unreadable = !problems.is_empty();
    problems.extend(bulk::check(engine, &rows)?);
    problems.sort_by_key(|problem| problem.line);
    let mut done = 0;
    if problems.is_empty() || keep_going {
        rows.retain(|row| !problems.iter().any(|problem| problem.line == row.line));
        let (carried, late) = bulk::carry_out(engine, &rows)?;
        done = carried;
        problems.extend(late);
        problems.sort_by_key(|problem| problem.line);
    }
    let exit = match (problems.is_empty(), done) {
        (true, _) => Exit::Done,
        (false, 0) if unreadable => Exit::Findings,
        (false, 0) => Exit::Refused,
        (false, _) => Exit::Incomplete,
    };
    let report = json::v1::Bulk {
        format_version: json::v1::FormatVersion,
        done,
        problems,
    };
    cx.report(|out| view::bulk(&report, out), || &report)?;
    Ok(exit)
}
