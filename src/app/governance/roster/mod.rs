//! The directory in files: people, groups and memberships, read whole, judged whole, then taken in pieces.
//!
//! The one idea to know: a file is lowered to cells with places, whatever its form; columns give cells a meaning; and the
//! engine judges all rows together. Nothing is written unless everything is right.

mod column;
mod export;
mod import;
mod json;
mod table;

use crate::diag::{Diagnostic, Diagnostics, code};
use crate::governance::people::{List, Roster};
use crate::source::{Place, SourceFile};

pub use export::{Form, export};
pub use import::{Departures, import};

/// How many bytes the files of one import hold at most.
const BYTES: usize = 64 * 1024 * 1024;

/// A row of a file, before its columns mean anything.
#[derive(Debug)]
pub(super) struct Raw {
    list: List,
    file: usize,
    start: u32,
    end: u32,
    cells: Vec<RawCell>,
}

/// A cell of a row.
#[derive(Debug)]
struct RawCell {
    column: &'static str,
    text: String,
    start: u32,
    end: u32,
}

/// What files say, and where they say it.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) roster: Roster,
    files: Vec<SourceFile>,
    rows: [Vec<Raw>; 3],
}

impl Read {
    /// Returns where a field of a row stands; the row itself where it has no such field.
    fn place(&self, list: List, row: usize, field: &str) -> Option<Place> {
        let raw = self.rows.get(list as usize)?.get(row)?;
        let file = self.files.get(raw.file)?;
        let cell = raw.cells.iter().find(|cell| cell.column == field);
        Some(match cell {
            Some(cell) => file.place(cell.start, cell.end),
            None => file.place(raw.start, raw.end),
        })
    }
}

/// Reads files: each a table with commas, or JSON by its name.
pub(super) fn read(files: Vec<SourceFile>, out: &mut Diagnostics) -> Read {
    let mut read = Read {
        roster: Roster::default(),
        files,
        rows: [Vec::new(), Vec::new(), Vec::new()],
    };
    let mut raws = Vec::new();
    for (index, file) in read.files.iter().enumerate() {
        let found = if file.path().to_ascii_lowercase().ends_with(".json") {
            json::rows(file, index, out)
        } else {
            table::rows(file, index, out)
        };
        raws.extend(found);
    }
    for raw in raws {
        if column::decode(&raw, &read.files, &mut read.roster, out)
            && let Some(rows) = read.rows.get_mut(raw.list as usize)
        {
            rows.push(raw);
        }
    }
    read
}

/// Turns the bytes of a file into text.
pub(super) fn text(path: &str, bytes: Vec<u8>) -> Result<SourceFile, Diagnostic> {
    if bytes.len() > BYTES {
        let message = format!(
            "the file has {} bytes, and {BYTES} are allowed",
            bytes.len()
        );
        return Err(Diagnostic::error(code::FILE_LIMIT, message)
            .at(SourceFile::new(path, "").place(0, 0))
            .help("split it: one import takes several files"));
    }
    match String::from_utf8(bytes) {
        Ok(text) => {
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            Ok(SourceFile::new(path, text))
        }
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let good = error.as_bytes().get(..valid).unwrap_or_default();
            let good = String::from_utf8_lossy(good).into_owned();
            let file = SourceFile::new(path, good);
            Err(Diagnostic::error(code::ENCODING, "the file is not UTF-8")
                .at(file.place(valid as u32, valid as u32))
                .help("save the file as UTF-8"))
        }
    }
}
