//! Tables with commas: RFC 4180, each cell with its place. A reader that is no more than that, because messages need columns.

use crate::diag::{Diagnostic, code};
use crate::render::csv::plain;
use crate::source::SourceFile;

/// A cell: its text, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// A line of a table. Empty lines are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) cells: Vec<Cell>,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// Reads the lines of a table from a byte on.
///
/// # Errors
///
/// A quotation mark without its other one, or with text behind it.
pub(super) fn records(file: &SourceFile, from: usize) -> Result<Vec<Record>, Diagnostic> {
    let mut reader = Reader {
        file,
        bytes: file.text().as_bytes(),
        at: from,
    };
    let mut records = Vec::new();
    while reader.at < reader.bytes.len() {
        let record = reader.record()?;
        let empty = match &record.cells[..] {
            [only] => only.text.is_empty() && only.start == only.end,
            _ => false,
        };
        if !empty {
            records.push(record);
        }
    }
    Ok(records)
}

struct Reader<'f> {
    file: &'f SourceFile,
    bytes: &'f [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn record(&mut self) -> Result<Record, Diagnostic> {
        let start = self.at;
        let mut cells = vec![self.cell()?];
        while self.peek() == Some(b',') {
            self.at += 1;
            cells.push(self.cell()?);
        }
        let end = self.at;
        if self.peek() == Some(b'\r') {
            self.at += 1;
        }
        if self.peek() == Some(b'\n') {
            self.at += 1;
        }
        Ok(Record {
            cells,
            start: start as u32,
            end: end as u32,
        })
    }

    fn cell(&mut self) -> Result<Cell, Diagnostic> {
        if self.peek() == Some(b'"') {
            return self.quoted();
        }
        let start = self.at;
        while self
            .peek()
            .is_some_and(|byte| !matches!(byte, b',' | b'\n' | b'\r'))
        {
            self.at += 1;
        }
        Ok(self.made(start, self.at, |text| text.trim().to_owned()))
    }

    fn quoted(&mut self) -> Result<Cell, Diagnostic> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                None => {
                    return Err(Diagnostic::error(
                        code::NO_TABLE,
                        "a quotation mark without its other one",
                    )
                    .at(self.file.place(start as u32, start as u32 + 1))
                    .help("end the cell with `\"`; a quotation mark inside is written twice"));
                }
                Some(b'"') if self.bytes.get(self.at + 1) == Some(&b'"') => self.at += 2,
                Some(b'"') => break,
                Some(_) => self.at += 1,
            }
        }
        let (from, until) = (start + 1, self.at);
        self.at += 1;
        if self
            .peek()
            .is_some_and(|byte| !matches!(byte, b',' | b'\n' | b'\r'))
        {
            return Err(
                Diagnostic::error(code::NO_TABLE, "text behind a quotation mark")
                    .at(self.file.place(self.at as u32, self.at as u32 + 1))
                    .help("a cell is quoted as a whole; a quotation mark inside is written twice"),
            );
        }
        Ok(self.made(from, until, |text| text.replace("\"\"", "\"")))
    }

    fn made(&self, start: usize, end: usize, read: impl Fn(&str) -> String) -> Cell {
        // Commas, quotation marks and line ends are never inside a character.
        let text = read(self.file.text().get(start..end).unwrap_or_default());
        Cell {
            text: plain(text),
            start: start as u32,
            end: end as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::csv::cell as written;

    fn read(text: &str) -> Vec<Vec<String>> {
        let file = SourceFile::new("people.csv", text);
        let records = records(&file, 0).expect("a table");
        let texts = |record: Record| record.cells.into_iter().map(|cell| cell.text).collect();
        records.into_iter().map(texts).collect()
    }

    #[test]
    fn reads_quoted_cells_with_commas_line_ends_and_quotation_marks() {
        assert_eq!(
            read("a,\"b, \"\"c\"\"\nd\", e \r\n\r\n,\n'=1"),
            vec![vec!["a", "b, \"c\"\nd", "e"], vec!["", ""], vec!["=1"],]
        );
    }

    #[test]
    fn what_is_written_is_read_back() {
        for text in [
            "",
            "a",
            "=1+1",
            " a ",
            "a,b",
            "say \"hi\"",
            "two\nlines",
            "-x",
        ] {
            let row = format!("x,{}\n", written(text));
            assert_eq!(
                read(&row),
                vec![vec!["x".to_owned(), text.to_owned()]],
                "{text:?}"
            );
        }
        assert_eq!(written("@cmd"), "'@cmd");
    }

    #[test]
    fn a_quotation_mark_alone_is_an_error() {
        for text in ["a,\"b", "a,\"b\"c"] {
            let file = SourceFile::new("people.csv", text);
            assert!(records(&file, 0).is_err(), "{text}");
        }
    }
}
