//! Tables with commas: the first line names the columns, and with them what the table lists.

use super::column::{self, PEOPLE};
use super::{Raw, RawCell};
use crate::app::governance::csv;
use crate::diag::{Diagnostic, Diagnostics, code, offer};
use crate::governance::people::List;
use crate::source::SourceFile;

pub(super) fn rows(file: &SourceFile, index: usize, out: &mut Diagnostics) -> Vec<Raw> {
    let records = match csv::records(file, 0) {
        Ok(records) => records,
        Err(diagnostic) => {
            out.push(diagnostic);
            return Vec::new();
        }
    };
    let mut records = records.into_iter();
    let Some(header) = records.next() else {
        out.push(
            Diagnostic::error(
                code::NO_TABLE,
                "the file has no line that names its columns",
            )
            .at(file.place(0, 0))
            .help(format!(
                "a list of people begins with a line such as `{PEOPLE}`"
            )),
        );
        return Vec::new();
    };
    let has = |name: &str| header.cells.iter().any(|cell| cell.text == name);
    let list = if has("member") {
        List::Memberships
    } else if has("group") {
        List::Groups
    } else {
        List::People
    };
    let Some(columns) = columns(file, &header, list, out) else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    for record in records {
        let place = file.place(record.start, record.end);
        if record.cells.len() != columns.len() {
            out.push(
                Diagnostic::error(
                    code::NO_TABLE,
                    format!(
                        "the line has {} cells, and the first line names {} columns",
                        record.cells.len(),
                        columns.len()
                    ),
                )
                .at(place)
                .help("a cell with a comma is written between quotation marks"),
            );
            continue;
        }
        let cells = columns.iter().zip(record.cells);
        let cells = cells.map(|(column, cell)| RawCell {
            column,
            text: cell.text,
            start: cell.start,
            end: cell.end,
        });
        rows.push(Raw {
            list,
            file: index,
            start: record.start,
            end: record.end,
            cells: cells.collect(),
        });
    }
    rows
}

/// Returns what the columns are; `None` when one is not known, stands twice or is missing.
fn columns(
    file: &SourceFile,
    header: &csv::Record,
    list: List,
    out: &mut Diagnostics,
) -> Option<Vec<&'static str>> {
    let known = column::of(list);
    let mut columns = Vec::new();
    let mut sound = true;
    for cell in &header.cells {
        let place = file.place(cell.start, cell.end);
        let Some(column) = known.iter().find(|name| **name == cell.text) else {
            sound = false;
            let near = offer(&cell.text, known.iter().copied());
            out.push(
                Diagnostic::error(
                    code::UNKNOWN_KEY,
                    format!("nothing reads the column `{}`", cell.text),
                )
                .at(place)
                .help(near.unwrap_or_else(|| format!("the columns are {}", known.join(", ")))),
            );
            continue;
        };
        if columns.contains(column) {
            sound = false;
            out.push(
                Diagnostic::error(
                    code::DUPLICATE_KEY,
                    format!("the column `{column}` stands twice"),
                )
                .at(place)
                .help("keep one of them"),
            );
        }
        columns.push(*column);
    }
    for needed in column::needed(list) {
        if sound && !columns.contains(needed) {
            sound = false;
            out.push(
                Diagnostic::error(
                    code::MISSING_KEY,
                    format!("the column `{needed}` is missing"),
                )
                .at(file.place(header.start, header.end))
                .help("the first line names the columns"),
            );
        }
    }
    sound.then_some(columns)
}
