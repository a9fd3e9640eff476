//! Which characters policy text may hold: a reviewer must see what a machine reads.

use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc, is_nfc_quick};

/// A character, or a run of them, that may not stand in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    /// The first byte.
    pub(super) start: usize,
    /// The byte after the last.
    pub(super) end: usize,
    /// What is wrong.
    pub(super) message: String,
    /// What to do.
    pub(super) help: &'static str,
}

/// Returns the characters of a text that may not be there, at most `limit`. Plain ASCII costs one pass.
pub(super) fn refused(text: &str, limit: usize) -> Vec<Refused> {
    if is_plain(text.as_bytes()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut before = None;
    let mut zeros = 0;
    let mut rest = text.char_indices().peekable();
    while let Some((at, char)) = rest.next() {
        let after = rest.peek().map(|(_, next)| *next);
        zeros += usize::from(char == '\0');
        // One zero speaks for all: no editor shows them, and nobody mends them one by one.
        let is_told = char == '\0' && zeros > 1;
        if let Some((message, help)) = judge(before, char, after).filter(|_| !is_told) {
            found.push(Refused {
                start: at,
                end: at + char.len_utf8(),
                message,
                help,
            });
            if found.len() >= limit {
                return found;
            }
        }
        before = Some(char);
    }
    if zeros > 1
        && let Some(first) = found
            .iter_mut()
            .find(|it| text[it.start..].starts_with('\0'))
    {
        first.message = format!("{}, and stands here {zeros} times", first.message);
        first.help = "save the file as UTF-8, without them";
    }
    normal(text, limit, &mut found);
    found
}

/// Says what is wrong with the first character of a text on one line that may not be there, such as a file's path.
#[must_use]
pub fn refused_character(text: &str) -> Option<String> {
    match text.contains(['\n', '\t']) {
        true => Some("a line break or a tab".to_owned()),
        false => Some(refused(text, 1).into_iter().next()?.message),
    }
}

/// Printable ASCII, tabs and line feeds only. Branches once a block, so that the loop is vectorized.
fn is_plain(bytes: &[u8]) -> bool {
    let odd = |byte: &u8| !matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    bytes
        .chunks(256)
        .all(|block| !block.iter().fold(false, |any, byte| any | odd(byte)))
}

fn judge(before: Option<char>, char: char, after: Option<char>) -> Option<(String, &'static str)> {
    if matches!(char, ' '..='~' | '\n' | '\t') {
        return None;
    }
    if char == '\r' {
        return (after != Some('\n')).then(|| {
            (
                "a carriage return without a line feed".to_owned(),
                "end lines with a line feed",
            )
        });
    }
    let point = char as u32;
    let said = |what: &str, help| Some((format!("the character U+{point:04X} {what}"), help));
    let take_out = "take it out";
    match char {
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            return said("changes the direction of text", take_out);
        }
        '\u{200c}' | '\u{200d}' => {
            let joins = before.is_some_and(is_visible) && after.is_some_and(is_visible);
            return if joins {
                None
            } else {
                said("joins nothing here and cannot be seen", take_out)
            };
        }
        // Variation selectors choose how the character before them looks; a run of them hides data.
        '\u{fe00}'..='\u{fe0f}'
        | '\u{180b}'..='\u{180d}'
        | '\u{180f}'
        | '\u{e0100}'..='\u{e01ef}' => {
            return if before.is_some_and(is_visible) {
                None
            } else {
                said(
                    "follows nothing that it could change and cannot be seen",
                    take_out,
                )
            };
        }
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{2800}' | '\u{3164}'
        | '\u{ffa0}' => return said("cannot be seen", take_out),
        // Signs that stand before numbers are of the format category and yet visible.
        '\u{600}'..='\u{605}'
        | '\u{6dd}'
        | '\u{70f}'
        | '\u{890}'
        | '\u{891}'
        | '\u{8e2}'
        | '\u{110bd}'
        | '\u{110cd}' => return None,
        _ => {}
    }
    match get_general_category(char) {
        GeneralCategory::Control => said("is a control character", take_out),
        GeneralCategory::Format => said("cannot be seen", take_out),
        GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator => {
            said("breaks lines only in some programs", "use a line feed")
        }
        GeneralCategory::PrivateUse => said("looks different on every machine", take_out),
        GeneralCategory::Unassigned => said("is not assigned to any character", take_out),
        _ => None,
    }
}

/// Whether a character leaves a mark on the page, by itself or on the one before.
fn is_visible(char: char) -> bool {
    !matches!(char, '\u{fe00}'..='\u{fe0f}' | '\u{180b}'..='\u{180f}' | '\u{e0100}'..='\u{e01ef}')
        && !matches!(
            get_general_category(char),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
                | GeneralCategory::SpaceSeparator
                | GeneralCategory::PrivateUse
                | GeneralCategory::Unassigned
                | GeneralCategory::Surrogate
        )
}

/// Finds, a line each, where a text is not in normal form C.
fn normal(text: &str, limit: usize, found: &mut Vec<Refused>) {
    if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return;
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if found.len() >= limit {
            return;
        }
        if !line.is_ascii() && !is_nfc(line) {
            let differs = line
                .char_indices()
                .zip(line.nfc())
                .find(|((_, written), normal)| written != normal);
            let (at, char) = differs.map_or((0, ' '), |(written, _)| written);
            found.push(Refused {
                start: start + at,
                end: start + at + char.len_utf8(),
                message: "the text is not in its composed form (NFC)".to_owned(),
                help: "type the letter and its accent as one character",
            });
        }
        start += line.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<(usize, String)> {
        let found = refused(text, 10);
        found.into_iter().next().map(|r| (r.start, r.message))
    }

    #[test]
    fn takes_ordinary_text_of_any_language() {
        for text in [
            "plain\ttext\n",
            "crlf\r\nlines\r\n",
            "Ångström, naïve, Zoë — “quoted” 10 €",
            "日本語のテキスト",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "👩\u{200d}💻 and ❤\u{fe0f}",
            "葛\u{e0100}",
            "\u{600}12",
        ] {
            assert_eq!(first(text), None, "{text:?}");
        }
    }

    #[test]
    fn refuses_what_hides_or_reorders() {
        for (text, at, part) in [
            ("a\u{7}", 1, "U+0007 is a control"),
            ("a\u{7f}", 1, "U+007F is a control"),
            ("a\u{85}b", 1, "U+0085 is a control"),
            ("a\rb", 1, "carriage return"),
            ("ab\u{202e}c", 2, "U+202E changes the direction"),
            ("a\u{200b}b", 1, "U+200B cannot be seen"),
            ("a \u{200d}b", 2, "U+200D joins nothing"),
            ("\u{200c}b", 0, "U+200C joins nothing"),
            ("a\u{feff}", 1, "U+FEFF cannot be seen"),
            ("a\u{e0041}", 1, "U+E0041 cannot be seen"),
            ("a\u{e000}", 1, "U+E000 looks different"),
            ("a\u{378}", 1, "U+0378 is not assigned"),
            ("a\u{fffe}", 1, "U+FFFE is not assigned"),
            ("a\u{2028}", 1, "U+2028 breaks lines"),
            ("a\u{fe00}\u{fe01}", 4, "U+FE01 follows nothing"),
            ("a\u{3164}", 1, "U+3164 cannot be seen"),
            ("x\nde\u{301}", 3, "not in its composed form"),
        ] {
            let (start, message) = first(text).expect(text);
            assert_eq!(start, at, "{text:?}: {message}");
            assert!(message.contains(part), "{text:?}: {message}");
        }
    }

    #[test]
    fn stops_at_the_limit() {
        assert_eq!(refused(&"\u{200b}".repeat(50), 7).len(), 7);
        let zeros = refused(&"a\0\u{7f}\0".repeat(5), 7);
        assert_eq!(zeros.len(), 6);
        let first = "the character U+0000 is a control character, and stands here 10 times";
        assert_eq!(zeros[0].message, first);
        assert_eq!(refused(&"e\u{301}\n".repeat(50), 7).len(), 7);
    }
}
