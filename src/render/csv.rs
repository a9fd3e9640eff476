//! Tables with commas: RFC 4180, and nothing in them that a spreadsheet takes for a formula.
//!
//! Facts: `threat-and-fault-model` §9.

use std::io;

use super::neutral::neutral;

/// What a spreadsheet takes for the beginning of a formula; some read the wide forms alike.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\0', '＝', '＋', '－', '＠'];

/// What some spreadsheets cut cells at, whatever stands around it: of what is behind it a cell begins anew.
const CUTS: [char; 4] = [';', '\t', '\r', '\n'];

/// Returns a cell as it is written: read back, it is the same text, and no spreadsheet takes it, or a part of it, for a
/// formula.
#[must_use]
pub fn cell(text: &str) -> String {
    let harmless = marked(text);
    if harmless.contains([',', '"', '\n', '\r']) || harmless.trim() != harmless {
        return format!("\"{}\"", harmless.replace('"', "\"\""));
    }
    harmless
}

/// Puts a mark before every sign that a formula would begin with: at the start, and behind a cut.
fn marked(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let mut place = Place::Start;
    for c in text.chars() {
        if place != Place::Within && FORMULA.contains(&c) {
            out.push('\'');
        }
        out.push(c);
        place = place.behind(c);
    }
    out
}

/// Returns the text of a cell without the marks that keep a spreadsheet from reading it as a formula.
#[must_use]
pub fn plain(text: String) -> String {
    if !text.contains('\'') {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut place = Place::Start;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let leads = rest.peek().is_some_and(|next| FORMULA.contains(next));
        if c == '\'' && leads && place != Place::Within {
            continue;
        }
        out.push(c);
        place = place.behind(c);
    }
    out
}

/// Where in a cell a sign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At its start.
    Start,
    /// Behind a cut, with nothing between but quotes and spaces, which a spreadsheet may take away.
    Cut,
    /// Behind other text.
    Within,
}

impl Place {
    /// Returns where the sign behind this one stands.
    fn behind(self, c: char) -> Self {
        match self {
            _ if CUTS.contains(&c) => Self::Cut,
            Self::Cut if matches!(c, '"' | ' ') => Self::Cut,
            _ => Self::Within,
        }
    }
}

/// Writes a line of cells, for people and spreadsheets: what hides in a text is made visible.
///
/// # Errors
///
/// Those of what it writes to.
pub fn line<'c>(
    out: &mut dyn io::Write,
    cells: impl IntoIterator<Item = &'c str>,
) -> io::Result<()> {
    for (at, text) in cells.into_iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        // A text that begins like a formula must do so when its mark is chosen.
        let shown = match text.starts_with(FORMULA) {
            true => format!("'{}", neutral(text, false)),
            false => neutral(text, at == 0).into_owned(),
        };
        out.write_all(cell(&shown).as_bytes())?;
    }
    out.write_all(b"\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(cells: &[&str]) -> String {
        let mut out = Vec::new();
        line(&mut out, cells.iter().copied()).expect("memory takes all");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn no_cell_is_a_formula() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("@sum", "'@sum"),
            ("-2", "'-2"),
            ("+31 20", "'+31 20"),
            ("＝1", "'＝1"),
            ("\t=1", "'\\u{9}=1"),
            ("a=1", "a=1"),
            ("x;=HYPERLINK(1)", "x;'=HYPERLINK(1)"),
            ("x; =1;a-b;-2", "x; '=1;a-b;'-2"),
            ("，；,;=1+1", "\"，；,;'=1+1\""),
            ("x;\"=1", "\"x;\"\"'=1\""),
            ("x\t=1", "x\\u{9}=1"),
            ("say \"hi\", twice", "\"say \"\"hi\"\", twice\""),
            (" led", "\" led\""),
        ] {
            assert_eq!(written(&[text, "x"]), format!("{cell},x\r\n"), "{text:?}");
        }
    }

    #[test]
    fn what_hides_is_shown_and_no_line_is_broken() {
        assert_eq!(
            written(&["a\r\nb", "\u{202e}x", "::error::"]),
            "a\\u{d}\\u{a}b,\\u{202e}x,::error::\r\n"
        );
        assert_eq!(written(&["::error::"]), "\\u{3a}:error::\r\n");
    }

    #[test]
    fn a_cell_is_read_back_without_its_mark() {
        for text in [
            "=1",
            "plain",
            "'quoted",
            "-x",
            "a;=1; -2",
            "a\t=1",
            "it's; 'so'",
        ] {
            assert_eq!(plain(cell(text)), text);
            let parts = cell(text);
            let mut parts = parts.split(CUTS);
            assert!(
                parts.all(|part| !part.trim().starts_with(FORMULA)),
                "{text}"
            );
        }
    }
}
