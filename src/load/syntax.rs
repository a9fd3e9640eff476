//! Words for what the parser says of text that is no YAML.

use granit_parser::ErrorKind;

use crate::diag::{Code, code};

/// Words for the mistakes people make; for the rest, the parser's own.
pub(super) fn syntax(kind: &ErrorKind, text: &str, at: usize) -> (Code, String, Option<String>) {
    let said = |message: &str, help: &str| {
        let help = (!help.is_empty()).then(|| help.to_owned());
        (code::SYNTAX, message.to_owned(), help)
    };
    let line = text[..at].rfind('\n').map_or(0, |at| at + 1);
    // The mark stands on the brace.
    let read = text.floor_char_boundary((at + 1).min(text.len()));
    if text[line..read].contains("${") {
        return said("this is not YAML", "quote text with `${…}` inside brackets");
    }
    match kind {
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidSimpleKey
            if is_stuck(text[..line].lines().next_back().unwrap_or_default()) =>
        {
            said(
                "a key cannot follow what the line before says",
                "put a space behind the colon of the line before",
            )
        }
        ErrorKind::DirectiveDisallowed => (
            code::FORBIDDEN_YAML,
            "a directive is not part of the language".to_owned(),
            Some("take the line out".to_owned()),
        ),
        ErrorKind::UndeclaredTagHandle
        | ErrorKind::MissingTagUri
        | ErrorKind::InvalidTagTerminator => (
            code::FORBIDDEN_YAML,
            "a tag is not part of the language".to_owned(),
            Some("quote text that begins with `!`".to_owned()),
        ),
        ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabNotAllowed => said("a tab where lines are indented", "indent with spaces"),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::UnexpectedEof => {
            said("a text in quotes is not closed", "add the closing quote")
        }
        ErrorKind::InvalidQuotedScalarIndent => said(
            "a text in quotes is not closed",
            "add the closing quote, or indent its further lines",
        ),
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidSimpleKey => said(
            "a colon where no key can stand",
            "quote text that holds `: `, and check the indentation",
        ),
        _ if text[at..].starts_with(['@', '`', '%']) => (
            code::SYNTAX,
            format!("text cannot begin with `{}`", &text[at..=at]).replace("```", "a backtick"),
            Some("quote it".to_owned()),
        ),
        _ => {
            let help = mend(text, at).map(str::to_owned);
            (code::SYNTAX, format!("this is not YAML: {kind}"), help)
        }
    }
}

/// Says what people mostly meant where the parser stops.
fn mend(text: &str, at: usize) -> Option<&'static str> {
    let rest = text.get(at..)?;
    let stands_first = text[..at]
        .trim_end_matches(' ')
        .ends_with(['\n', ':', '-', ',', '[', '{']);
    match rest.chars().next()? {
        '"' => Some("double the backslash, or write the text in single quotes: `'…'`"),
        '[' | '{' | ']' | '}' => Some("close every bracket that is opened, and no other"),
        _ if open_bracket(&text[..at]) => Some("close the bracket that is open"),
        _ if stands_first => Some("line the key up with the keys beside it"),
        _ => None,
    }
}

/// Returns true when a bracket of the lines just before is still open.
fn open_bracket(before: &str) -> bool {
    let lines = before.trim_end().rsplit('\n').take(3);
    let count = |of: &[char]| {
        lines
            .clone()
            .flat_map(str::chars)
            .filter(|c| of.contains(c))
            .count()
    };
    count(&['[', '{']) > count(&[']', '}'])
}

/// Returns true for a line that is `key:value`, which is text and no key.
fn is_stuck(line: &str) -> bool {
    let line = line.trim_start().trim_start_matches("- ");
    line.split_once(':').is_some_and(|(key, rest)| {
        let is_word =
            |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
        is_word(key) && !rest.is_empty() && !rest.starts_with([' ', '/'])
    })
}
