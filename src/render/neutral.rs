//! Makes foreign text harmless on a terminal and in the log of a pipeline.
//!
//! Control, bidi and invisible characters become `\u{..}`. What a pipeline would take for a command (`::` at the start of
//! a line, `##[`, `##vso[` anywhere) is broken up the same way.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Returns text that cannot move the cursor, reorder or hide other text, or command a pipeline; `starts` says that
/// nothing but white space stands before it on its line.
#[must_use]
pub fn neutral(text: &str, starts: bool) -> Cow<'_, str> {
    let plain = |b: u8| matches!(b, b' '..=b'~') && b != b'#';
    let leads = starts && text.trim_start().starts_with(':');
    if !leads && text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut start = starts;
    for (at, c) in text.char_indices() {
        let commands = (c == ':' && start) || (c == '#' && opens_command(&text[..at], &text[at..]));
        if commands || hides(c) {
            let _ = write!(out, "\\u{{{:x}}}", c as u32);
        } else {
            out.push(c);
        }
        start &= c.is_whitespace();
    }
    Cow::Owned(out)
}

/// Returns true for the second `#` of `##[`, `##vso[`, `##teamcity[`.
pub(super) fn opens_command(before: &str, from: &str) -> bool {
    before.ends_with('#')
        && from[1..]
            .trim_start_matches(|c: char| c.is_ascii_alphabetic())
            .starts_with('[')
}

/// Returns true for a character that is not itself visible, or that changes how others look.
#[must_use]
pub fn hides(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || (c.is_whitespace() && c != '\u{a0}')
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' | '\u{e000}'..='\u{f8ff}')
}

/// Cuts text of ours at the backticks that mark code: every other part is code. Where they do not stand as in a sentence
/// of ours, before a word and behind one, they belong to a name and mark nothing.
#[must_use]
pub fn code_spans(text: &str) -> Vec<&str> {
    let parts: Vec<&str> = text.split('`').collect();
    let is_paired = parts.len() % 2 == 1;
    let is_ours = parts.iter().enumerate().all(|(at, part)| {
        let (first, last) = (part.chars().next(), part.chars().next_back());
        if at % 2 == 1 {
            let ends = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
            return ends(first) && ends(last);
        }
        let is_inner = at > 0 && at + 1 < parts.len();
        let follows = at == 0 || first.is_none_or(|c| !c.is_alphanumeric());
        let leads = at + 1 == parts.len() || last.is_none_or(|c| !c.is_alphanumeric());
        follows && leads && !(is_inner && part.trim().is_empty())
    });
    match is_paired && is_ours {
        true => parts,
        false => vec![text],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_plain_text_alone() {
        for text in [
            "Fabrikam & Söhne",
            "a:b",
            "# one",
            "item #1 [x]",
            "東京 180d → never",
        ] {
            assert_eq!(neutral(text, true), text);
        }
    }

    #[test]
    fn shows_what_hides() {
        assert_eq!(neutral("\u{1b}[31mred", false), "\\u{1b}[31mred");
        assert_eq!(neutral("a\nb\r\tc", false), "a\\u{a}b\\u{d}\\u{9}c");
        assert_eq!(neutral("a\u{202e}b\u{200b}", false), "a\\u{202e}b\\u{200b}");
        assert_eq!(neutral("\u{9b}2J\u{2028}", false), "\\u{9b}2J\\u{2028}");
        assert_eq!(neutral("a\u{2003}b\u{a0}c", false), "a\\u{2003}b\u{a0}c");
    }

    #[test]
    fn backticks_of_a_name_mark_no_code() {
        for (text, parts) in [
            (
                "use `a b`, or (`c`)",
                &["use ", "a b", ", or (", "c", ")"][..],
            ),
            ("`a` is not `b`'s", &["", "a", " is not ", "b", "'s"]),
            ("`it` was `x y`: no", &["", "it", " was ", "x y", ": no"]),
            ("name `a `b` c` x", &["name `a `b` c` x"]),
            ("`a`b`c` x", &["`a`b`c` x"]),
            ("`a` `b`", &["`a` `b`"]),
            (
                "a lone ` and an empty `` stay",
                &["a lone ` and an empty `` stay"],
            ),
        ] {
            assert_eq!(code_spans(text), parts, "{text}");
        }
    }

    #[test]
    fn commands_no_pipeline() {
        assert_eq!(neutral("::set-output x", true), "\\u{3a}:set-output x");
        assert_eq!(neutral("  ::error::", true), "  \\u{3a}:error::");
        assert_eq!(neutral("a::b", true), "a::b");
        assert_eq!(neutral("x ##[add-mask]", false), "x #\\u{23}[add-mask]");
        assert_eq!(neutral("##vso[task]", false), "#\\u{23}vso[task]");
    }
}
