//! How wide text is at most, where no font can be asked.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The room between a box and its text.
pub(super) const INSET: i64 = 12;

/// Returns how many pixels a text of 13 pixels takes at most, by the widest of the usual fonts.
pub(super) fn width(text: &str) -> i64 {
    let tenths: i64 = text.chars().map(tenths).sum();
    (tenths * 13 + 99) / 100
}

/// Returns how many pixels a text of 11 pixels takes at most.
pub(super) fn small_width(text: &str) -> i64 {
    (width(text) * 11 + 12) / 13
}

/// The width of a character in tenths of a tenth of its height.
fn tenths(c: char) -> i64 {
    match c {
        'i' | 'j' | 'l' | 't' | 'f' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '(' | ')'
        | '[' | ']' | ' ' => 40,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' | '—' => 100,
        'A'..='Z' | '0'..='9' => 72,
        'a'..='z' | '-' | '_' | '/' => 62,
        c => match c.width().unwrap_or(2) {
            0 => 20,
            1 => 80,
            _ => 112,
        },
    }
}

/// Cuts a text that takes more columns than these.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let mut used = 1;
    let mut out = String::new();
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > columns {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_letters_take_more_than_narrow_ones() {
        assert!(width("illi") < width("abcd"));
        assert!(width("abcd") < width("MWMW"));
        assert!(width("東京都庁") > width("abcd"));
        assert!(small_width("abcd") < width("abcd"));
    }

    #[test]
    fn cuts_by_columns() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefg", 6), "abcde…");
        assert_eq!(cut("東京都庁", 6), "東京…");
    }
}
