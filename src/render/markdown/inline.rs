//! Foreign text inside Markdown: what is no plain word stands in code, where nothing links, mentions or marks up.
//!
//! A code host looks for mentions, references and links in what Markdown has become, so that an escaped `@` still calls
//! somebody. Code is the one place that it leaves alone.

use crate::render::access::{Entry, Kind};
use crate::render::doc::{Line, Role};
use crate::render::neutral::{code_spans, neutral};

/// Where the text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// In a line of Markdown.
    Markdown,
    /// In a block of HTML, where Markdown is not read.
    Html,
}

/// Returns a line of pieces, cut to a number of characters of theirs.
pub(super) fn line(line: &Line<'_>, within: Within, most: usize) -> String {
    pieces(line, within, most, cut, push)
}

/// Returns a line that is made of names, such as a title: backticks are letters like others.
pub(super) fn title(line: &Line<'_>, within: Within, most: usize) -> String {
    pieces(line, within, most, cut_name, foreign)
}

fn pieces(
    line: &Line<'_>,
    within: Within,
    most: usize,
    cut: fn(&str, usize) -> String,
    push: fn(&mut String, &str, Within, bool),
) -> String {
    let mut out = String::new();
    let mut room = most;
    for piece in &line.0 {
        let text = cut(&piece.text, room);
        room = room.saturating_sub(text.chars().count());
        let is_first = out.is_empty();
        let strong = matches!(piece.role, Role::Strong | Role::Error | Role::Warning)
            && !text.trim().is_empty();
        // Marks hug the text: white space stays outside.
        let inner = if is_first {
            text.trim_start()
        } else {
            &text[..]
        };
        let lead = inner.len() - inner.trim_start().len();
        out.push_str(&inner[..lead]);
        let body = inner[lead..].trim_end();
        if strong {
            out.push_str("<strong>");
        }
        match piece.role {
            Role::Place => name(&mut out, body, within),
            Role::Code if !body.is_empty() => code(&mut out, &neutral(body, false), within),
            _ => push(&mut out, body, within, is_first),
        }
        if strong {
            out.push_str("</strong>");
        }
        out.push_str(&inner[lead + body.len()..]);
        if room == 0 {
            break;
        }
    }
    out
}

/// Returns an entry about access: what comes from the tree is foreign, but for the words between.
pub(super) fn entry(entry: &Entry<'_>) -> String {
    let mut out = String::new();
    let by = match entry.kind {
        Kind::May(_) => {
            out.push_str(&format!("{} {} <strong>", entry.sign, entry.kind.word()));
            for piece in &entry.who.0 {
                match piece.role {
                    Role::Code => code(&mut out, &neutral(&piece.text, false), Within::Markdown),
                    _ => foreign(&mut out, &piece.text, Within::Markdown, false),
                }
            }
            out.push_str("</strong>: ");
            "by "
        }
        _ => {
            out.push_str(&format!("{} ", entry.sign));
            ""
        }
    };
    if !entry.packages.is_empty() {
        foreign(&mut out, &entry.packages, Within::Markdown, false);
        out.push(' ');
    }
    push(&mut out, &entry.what, Within::Markdown, false);
    if !entry.more.0.is_empty() {
        out.push_str(&format!("<br>\n{by}"));
        for piece in &entry.more.0 {
            match piece.role {
                Role::Place => name(&mut out, &piece.text, Within::Markdown),
                _ => foreign(&mut out, &piece.text, Within::Markdown, false),
            }
        }
    }
    out.push('\n');
    out
}

/// Cuts a name to a number of characters.
fn cut_name(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// Cuts text of ours to a number of characters. Code that is cut is closed behind the cut; code of which nothing is left goes.
fn cut(text: &str, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else {
        return text.to_owned();
    };
    let mut start = 0;
    for (at, part) in code_spans(text).into_iter().enumerate() {
        if at % 2 == 1 && (start..=start + part.len()).contains(&end) {
            return match text[start..end].trim().is_empty() {
                true => format!("{}…", &text[..start - 1]),
                false => format!("{}…`", &text[..end]),
            };
        }
        // Behind each part stands the backtick that ends it.
        start += part.len() + 1;
    }
    format!("{}…", &text[..end])
}

/// Appends text of ours; what it marks as code by backticks stays code.
pub(super) fn push(out: &mut String, text: &str, within: Within, starts: bool) {
    let text = neutral(text, starts);
    for (at, part) in code_spans(&text).into_iter().enumerate() {
        match (part.is_empty(), at % 2 == 1) {
            (true, _) => {}
            (false, true) => code(out, part, within),
            (false, false) => words(out, part, within, starts && at == 0),
        }
    }
}

/// Appends text that is not ours: backticks are letters like others.
pub(super) fn foreign(out: &mut String, text: &str, within: Within, starts: bool) {
    words(out, &neutral(text, starts), within, starts);
}

/// Appends a name that is one, whatever stands in it: all of it is code, unless every word of it is plain.
pub(super) fn name(out: &mut String, text: &str, within: Within) {
    let text = neutral(text, false);
    match text.split(' ').all(|word| is_plain(word, false)) {
        true => out.push_str(&text),
        false => code(out, &text, within),
    }
}

/// Appends words, with those that are not plain as code.
fn words(out: &mut String, text: &str, within: Within, starts: bool) {
    let mut odd = String::new();
    let mut first = starts;
    for (at, word) in text.split(' ').enumerate() {
        let plain = word.is_empty() || is_plain(word, first);
        first &= word.is_empty();
        if plain {
            flush(out, &mut odd, within);
        }
        let gap = if at > 0 { " " } else { "" };
        match (plain, odd.is_empty()) {
            (true, _) => {
                out.push_str(gap);
                out.push_str(word);
            }
            (false, true) => {
                out.push_str(gap);
                odd.push_str(word);
            }
            (false, false) => {
                odd.push_str(gap);
                odd.push_str(word);
            }
        }
    }
    flush(out, &mut odd, within);
}

/// Ends a run of words that are not plain: what stands around it as in any sentence stays outside the code.
fn flush(out: &mut String, odd: &mut String, within: Within) {
    let text = std::mem::take(odd);
    let core = text.trim_start_matches('(');
    let (lead, core) = (&text[..text.len() - core.len()], core);
    let mut inner = core;
    while let Some(last) = inner.chars().next_back() {
        let closes = last == ')' && inner.matches('(').count() < inner.matches(')').count();
        if !closes && !".,;:?…".contains(last) {
            break;
        }
        inner = &inner[..inner.len() - last.len_utf8()];
    }
    if inner.is_empty() {
        if !text.is_empty() {
            code(out, &text, within);
        }
        return;
    }
    out.push_str(lead);
    code(out, inner, within);
    out.push_str(&core[inner.len()..]);
}

/// Appends text as code.
pub(super) fn code(out: &mut String, text: &str, within: Within) {
    match within {
        Within::Html => {
            out.push_str("<code>");
            escape(out, text);
            out.push_str("</code>");
        }
        Within::Markdown => {
            // Two spans that touch would be read as one.
            if out.ends_with('`') {
                out.push(' ');
            }
            let fence = "`".repeat(longest_run(text, '`') + 1);
            let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
                " "
            } else {
                ""
            };
            out.push_str(&format!("{fence}{pad}{text}{pad}{fence}"));
        }
    }
}

/// Appends text for a block of HTML.
fn escape(out: &mut String, text: &str) {
    use std::fmt::Write as _;
    // A string takes all.
    let _ = maud::Escaper::new(out).write_str(text);
}

/// Returns the length of the longest run of a character.
pub(super) fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}

/// Returns true for a word that means nothing to Markdown, HTML or a code host.
fn is_plain(word: &str, first: bool) -> bool {
    let core = word
        .trim_start_matches(['(', '"'])
        .trim_end_matches(['.', ',', ';', ':', '?', ')', '"', '…']);
    if core.is_empty() {
        return word == "…" || (!first && (word == ":" || !word.starts_with(':')));
    }
    let inner = |c: char| c.is_alphanumeric() || "-'/+·→←▲▼…–—,.=".contains(c);
    let lower = core.to_lowercase();
    // What a host may take for a commit, or for an entry of a tracker.
    let is_commit = core
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| part.len() >= 7 && part.bytes().all(|b| b.is_ascii_hexdigit()));
    let is_entry = core.split_once('-').is_some_and(|(name, number)| {
        name.bytes().all(|b| b.is_ascii_alphanumeric())
            && number.starts_with(|c: char| c.is_ascii_digit())
    });
    let is_list = word.trim_end_matches(['.', ')']).len() < word.len()
        && core.bytes().all(|b| b.is_ascii_digit());
    core.chars().all(inner)
        && !lower.contains("www.")
        && !core.contains("--")
        && !is_commit
        && !is_entry
        && !(first && (is_list || word.starts_with(['-', '+', '='])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn markdown(text: &str) -> String {
        let mut out = String::new();
        push(&mut out, text, Within::Markdown, true);
        out
    }

    #[test]
    fn plain_sentences_stay_as_they_are() {
        for text in [
            "Plan: 1 to create, 2 to update (1 renamed).",
            "No changes. 7 objects are as declared.",
            "package/old is deleted",
            "after 180d → never",
        ] {
            assert_eq!(markdown(text), text);
        }
    }

    #[test]
    fn what_means_something_to_a_host_is_code() {
        for (text, shown) in [
            ("ask @admins now", "ask `@admins` now"),
            ("see #1 and GH-1", "see `#1` and `GH-1`"),
            ("[x](javascript:y)", "`[x](javascript:y)`"),
            (
                "http://a.example www.b.example",
                "`http://a.example www.b.example`",
            ),
            ("<b>no</b> **no** _no_", "`<b>no</b> **no** _no_`"),
            ("a `b` c", "a `b` c"),
            ("`a`b` @c", "`` `a`b` @c ``"),
            ("a `<i>` b", "a `<i>` b"),
            ("1. one", "`1`. one"),
            ("- one", "`-` one"),
            ("one - two", "one - two"),
            ("at deadbeef1", "at `deadbeef1`"),
            ("at a/deadbeef1...b", "at `a/deadbeef1...b`"),
            ("a :tada: b", "a `:tada`: b"),
            ("a\nb\u{202e}", "`a\\u{a}b\\u{202e}`"),
            ("$x$ ~y~ !1 |z|", "`$x$ ~y~ !1 |z|`"),
            ("`a``b`", "``` `a``b` ```"),
            ("a--b", "`a--b`"),
            ("? one :: two", "`?` one `::` two"),
            ("… and 3 more", "… and 3 more"),
        ] {
            assert_eq!(markdown(text), shown);
        }
    }

    #[test]
    fn code_that_is_cut_is_closed() {
        let text = "see `a b` now";
        let shown: Vec<String> = (4..10).map(|most| cut(text, most)).collect();
        assert_eq!(
            shown,
            [
                "see …",
                "see …",
                "see `a…`",
                "see `a …`",
                "see `a b…`",
                "see `a b`…"
            ]
        );
        let one = Line::plain(text);
        assert_eq!(line(&one, Within::Markdown, 6), "see `a…`");
        assert_eq!(line(&one, Within::Html, 6), "see <code>a…</code>");
        assert_eq!(cut("`a b` c", 1), "…");
        assert_eq!(cut("`東京都", 3), "`東京…");
    }

    #[test]
    fn html_is_escaped_inside_code() {
        let mut out = String::new();
        push(&mut out, "a <img src=x> & @b", Within::Html, false);
        assert_eq!(out, "a <code>&lt;img src=x&gt; &amp; @b</code>");
    }
}
