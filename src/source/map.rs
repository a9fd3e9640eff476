//! The files of a tree as they were read, and where a byte of them stands.

use std::ops::Range;
use std::sync::OnceLock;

/// How many characters of a line an excerpt shows at most; a longer line is cut around the caret.
const EXCERPT: usize = 160;
/// What stands where a line goes on.
const CUT: char = '…';

/// Names a file of [`Sources`] by its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A range of bytes in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

/// One file of the tree: its path below the project's root, with `/` between folders, and its text.
#[derive(Debug)]
pub struct SourceFile {
    path: String,
    text: String,
    lines: OnceLock<Vec<u32>>,
    hidden: OnceLock<Vec<Range<u32>>>,
}

impl SourceFile {
    /// Returns a file of this path and text.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
            lines: OnceLock::new(),
            hidden: OnceLock::new(),
        }
    }

    /// Returns the path below the project's root.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Keeps bytes, such as the value of a secret, from ever being shown in a place of this file.
    ///
    /// Said once, by whoever reads the file first; reading it again finds the same.
    pub fn hide(&self, bytes: Vec<Range<u32>>) {
        if !bytes.is_empty() {
            let _ = self.hidden.set(bytes);
        }
    }

    fn starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let after = |(at, _)| at as u32 + 1;
            std::iter::once(0)
                .chain(self.text.match_indices('\n').map(after))
                .collect()
        })
    }

    /// Returns the line of a byte, counted from 1.
    #[must_use]
    pub fn line(&self, byte: u32) -> u32 {
        self.starts().partition_point(|start| *start <= byte) as u32
    }

    fn line_range(&self, line: u32) -> Range<usize> {
        let starts = self.starts();
        let start = starts[line as usize - 1] as usize;
        let end = starts
            .get(line as usize)
            .map_or(self.text.len(), |next| *next as usize);
        let text = &self.text[start..end];
        start..start + text.trim_end_matches(['\n', '\r']).len()
    }

    /// Returns where a range of bytes stands, with the part of its first line that an excerpt shows.
    ///
    /// Only that line is ever taken: its neighbours may hold secrets.
    #[must_use]
    pub fn place(&self, start: u32, end: u32) -> Place {
        let floor = |at: u32| {
            self.text
                .floor_char_boundary((at as usize).min(self.text.len()))
        };
        let (start, end) = (floor(start), floor(end.max(start)));
        let line = self.line(start as u32);
        let range = self.line_range(line);
        let start = start.min(range.end);
        let column = self.text[range.start..start].chars().count() + 1;
        let marked = self.text[start..end.clamp(start, range.end)]
            .chars()
            .count();
        let first = column.saturating_sub(EXCERPT / 2);
        let line_text = &self.text[range.clone()];
        let mut excerpt: Vec<char> = line_text.chars().skip(first).take(EXCERPT + 1).collect();
        // A mark stands in the place of the first and the last character of a part.
        if excerpt.len() > EXCERPT {
            excerpt.truncate(EXCERPT);
            excerpt[EXCERPT - 1] = CUT;
        }
        let is_cut = line_text
            .chars()
            .take(first)
            .any(|char| !char.is_whitespace());
        if is_cut && let Some(char) = excerpt.first_mut() {
            *char = CUT;
        }
        let excerpt: String = excerpt.into_iter().collect();
        let offset = column - 1 - first;
        let room = excerpt.chars().count().saturating_sub(offset);
        let utf16 = units(&self.text[range.start..start]) + 1;
        let utf16_end = utf16 + units(&self.text[start..end.clamp(start, range.end)]).max(1);
        let mut place = Place {
            path: self.path.clone(),
            line,
            column: column as u32,
            excerpt,
            offset: offset as u32,
            marked: marked.min(room).max(1) as u32,
            utf16,
            utf16_end,
        };
        let hidden = self.hidden.get().into_iter().flatten();
        let on_line = |bytes: &&Range<u32>| {
            (bytes.start as usize) < range.end && (bytes.end as usize) > range.start
        };
        if let Some(bytes) = hidden.filter(on_line).min_by_key(|bytes| bytes.start) {
            let at = (bytes.start as usize).max(range.start);
            let at = self.text.floor_char_boundary(at);
            place.cut(self.text[range.start..at].chars().count());
        }
        place
    }
}

/// Returns how many UTF-16 code units a text has.
fn units(text: &str) -> u32 {
    text.encode_utf16().count() as u32
}

/// Where something stands in the tree, with what is needed to show it once the text is gone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The path below the project's root.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The column, counted from 1 in characters.
    pub column: u32,
    /// The line itself, cut to 160 characters around the column, with `…` where it goes on.
    pub excerpt: String,
    /// How many characters of the excerpt stand before the marked ones.
    pub offset: u32,
    /// How many characters are marked, at least 1.
    pub marked: u32,
    /// The column, counted from 1 in UTF-16 code units, as editors and code hosts count it.
    pub utf16: u32,
    /// The column after the last marked character of the line, counted the same way.
    pub utf16_end: u32,
}

impl Place {
    /// Shows no more than this many characters of the line.
    pub(crate) fn cut(&mut self, characters: usize) {
        let first = self.column.saturating_sub(1 + self.offset);
        let kept = (characters as u32).saturating_sub(first);
        self.excerpt = self.excerpt.chars().take(kept as usize).collect();
        let kept = kept.min(self.excerpt.chars().count() as u32);
        self.offset = self.offset.min(kept);
        self.marked = self.marked.min(kept - self.offset).max(1);
    }
}

/// All files of a tree, sorted by path.
#[derive(Debug, Default)]
pub struct Sources(Vec<SourceFile>);

impl Sources {
    /// Returns the files in order of their paths, whatever order they are given in.
    #[must_use]
    pub fn new(mut files: Vec<SourceFile>) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self(files)
    }

    /// Returns the files with their names, in order.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.0
            .iter()
            .enumerate()
            .map(|(at, file)| (FileId(at as u32), file))
    }

    /// Returns the number of files.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns true for a tree without files.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the name of the file at a path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<FileId> {
        let at = self.0.binary_search_by(|file| file.path().cmp(path)).ok()?;
        Some(FileId(at as u32))
    }

    /// Returns a file by its name.
    #[must_use]
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.0[id.0 as usize]
    }

    /// Returns where a span stands.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        self.file(span.file).place(span.start, span.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_from_one_and_columns_in_characters() {
        let file = SourceFile::new("a.yaml", "één: ja\r\nb: ünïque # x\n");
        let start = file.text().find("nïque").expect("in the text") as u32;
        let place = file.place(start, start + 6);
        assert_eq!((place.line, place.column, place.marked), (2, 5, 5));
        assert_eq!(place.excerpt, "b: ünïque # x");
    }

    #[test]
    fn counts_columns_as_editors_do_too() {
        let file = SourceFile::new("a.yaml", "a: 🎉é bad\n");
        let start = file.text().find("bad").expect("in the text") as u32;
        let place = file.place(start, start + 3);
        assert_eq!((place.column, place.utf16, place.utf16_end), (7, 8, 11));
        let end = file.place(99, 120);
        assert_eq!((end.line, end.utf16, end.utf16_end), (2, 1, 2));
    }

    #[test]
    fn keeps_a_place_inside_the_text() {
        let file = SourceFile::new("a.yaml", "a: 1\n");
        assert_eq!(
            (file.place(99, 120).line, file.place(99, 120).column),
            (2, 1)
        );
        assert_eq!(file.place(0, 400).marked, 4);
        assert_eq!(SourceFile::new("b", "").place(0, 0).marked, 1);
    }

    #[test]
    fn never_shows_what_is_hidden() {
        let file = SourceFile::new("a.yaml", "a: { b: secret, c: 1 }\nmore\nd: 2\n");
        file.hide(vec![7..15, 23..28]);
        let place = file.place(19, 20);
        assert_eq!((place.line, place.column), (1, 20));
        assert_eq!(place.excerpt, "a: { b:");
        assert_eq!((place.offset, place.marked), (7, 1));
        assert_eq!(file.place(3, 4).excerpt, "a: { b:");
        assert_eq!(file.place(23, 27).excerpt, "");
        assert_eq!(file.place(28, 29).excerpt, "d: 2");
    }

    #[test]
    fn cuts_long_lines_around_the_caret() {
        let file = SourceFile::new(
            "a.yaml",
            format!("{}HERE{}", "x".repeat(5000), "y".repeat(5000)),
        );
        let place = file.place(5000, 5004);
        assert_eq!((place.column, place.marked), (5001, 4));
        let marked: String = place
            .excerpt
            .chars()
            .skip(place.offset as usize)
            .take(4)
            .collect();
        assert_eq!(marked, "HERE");
        assert_eq!(place.excerpt.chars().count(), EXCERPT);
        assert!(place.excerpt.starts_with("…x"), "{}", place.excerpt);
        assert!(place.excerpt.ends_with("y…"), "{}", place.excerpt);
        let (first, last) = (file.place(0, 4), file.place(9990, 9999));
        assert!(first.excerpt.starts_with("xx") && first.excerpt.ends_with("x…"));
        assert!(last.excerpt.starts_with("…y") && last.excerpt.ends_with("yy"));
    }
}
