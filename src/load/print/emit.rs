//! Items to YAML: the subset that the loader reads, laid out as people do.
//!
//! A text is plain where that is certain to be read as the same text, and quoted otherwise; double quotes are JSON's, which
//! YAML reads alike.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::lean::Item;
use crate::load::scalar::Plain;

/// How wide a line is at most where something can be put on several.
const WIDTH: usize = 100;
/// How many keys a mapping on one line has at most.
const KEYS: usize = 4;

/// Where a scalar stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// On a line of its own: brackets and commas are text.
    Block,
    /// Inside brackets.
    Flow,
}

/// Writes the keys of a mapping, a line or more each.
pub(super) fn keys(item: &Item, indent: usize, out: &mut String) {
    if let Item::Mapping(keys) = item {
        for (name, value) in keys {
            let _ = write!(out, "{:indent$}", "");
            entry(name, value, indent, out);
        }
    }
}

/// Returns a key as it is written.
pub(super) fn key(text: &str) -> Cow<'_, str> {
    scalar(text, Style::Flow)
}

/// Writes a key and its value; the indentation of the first line is written already.
fn entry(name: &str, value: &Item, indent: usize, out: &mut String) {
    out.push_str(&key(name));
    out.push(':');
    let room = WIDTH.saturating_sub(indent + name.len() + 2);
    let policies = name == crate::model::Kind::Policy.section();
    if let Some(line) = line(value).filter(|line| !policies && line.len() <= room) {
        out.push(' ');
        out.push_str(&line);
        out.push('\n');
        return;
    }
    match value {
        Item::Text(text) => {
            out.push(' ');
            if !literal(text, indent + 2, out) {
                out.push_str(&scalar(text, Style::Block));
                out.push('\n');
            }
        }
        Item::Mapping(_) => {
            out.push('\n');
            keys(value, indent + 2, out);
        }
        Item::List(items) => {
            out.push('\n');
            for item in items {
                let _ = write!(out, "{:width$}- ", "", width = indent + 2);
                list_item(item, indent + 4, out);
            }
        }
        Item::Boolean(_) | Item::Integer(_) => {
            out.push(' ');
            out.push_str(&flow(value));
            out.push('\n');
        }
    }
}

fn list_item(item: &Item, indent: usize, out: &mut String) {
    match item {
        Item::Mapping(keys) if keys.len() < 2 || on_one_line(item, indent).is_none() => {
            for (at, (name, value)) in keys.iter().enumerate() {
                if at > 0 {
                    let _ = write!(out, "{:indent$}", "");
                }
                entry(name, value, indent, out);
            }
        }
        Item::Text(text) => {
            out.push_str(&scalar(text, Style::Block));
            out.push('\n');
        }
        other => {
            out.push_str(&flow(other));
            out.push('\n');
        }
    }
}

fn on_one_line(item: &Item, indent: usize) -> Option<String> {
    line(item).filter(|line| indent + line.len() <= WIDTH)
}

/// Returns a value on one line, if a person would write it so.
fn line(item: &Item) -> Option<String> {
    let simple = |item: &Item| !matches!(item, Item::List(_) | Item::Mapping(_));
    let list = |item: &Item| matches!(item, Item::List(items) if items.iter().all(simple));
    match item {
        Item::Text(text) if text.contains('\n') => None,
        Item::Text(text) => Some(scalar(text, Style::Block).into_owned()),
        Item::Boolean(_) | Item::Integer(_) => Some(flow(item)),
        Item::List(_) => list(item).then(|| flow(item)),
        Item::Mapping(keys) => {
            let single = keys.len() == 1
                && keys.iter().all(|(_, value)| {
                    simple(value)
                        || list(value)
                        || matches!(value, Item::Mapping(inner) if inner.iter().all(|(_, item)| simple(item)))
                });
            let flat = keys.len() <= KEYS && keys.iter().all(|(_, value)| simple(value));
            let multiline = keys
                .iter()
                .any(|(_, value)| matches!(value, Item::Text(text) if text.contains('\n')));
            ((single || flat) && !multiline).then(|| flow(item))
        }
    }
}

/// Returns a value in brackets.
fn flow(item: &Item) -> String {
    match item {
        Item::Boolean(value) => value.to_string(),
        Item::Integer(value) => value.to_string(),
        Item::Text(text) => scalar(text, Style::Flow).into_owned(),
        Item::List(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Item::Mapping(keys) if keys.is_empty() => "{}".to_owned(),
        Item::Mapping(keys) => {
            let entries: Vec<String> = keys
                .iter()
                .map(|(name, value)| format!("{}: {}", key(name), flow(value)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// Writes a text of several lines as such, where that loses nothing; returns whether it did.
fn literal(text: &str, indent: usize, out: &mut String) -> bool {
    let (body, chomping) = match text.strip_suffix('\n') {
        Some(body) => (body, ""),
        None => (text, "-"),
    };
    let fits = |line: &str| {
        !line.starts_with([' ', '\t'])
            && !line.ends_with([' ', '\t'])
            && !line.chars().any(char::is_control)
    };
    let lines = || body.split('\n');
    let several = text.contains('\n');
    if !several
        || body.is_empty()
        || body.starts_with('\n')
        || body.ends_with('\n')
        || !lines().all(fits)
    {
        return false;
    }
    let _ = writeln!(out, "|{chomping}");
    for line in lines() {
        if line.is_empty() {
            out.push('\n');
        } else {
            let _ = writeln!(out, "{:indent$}{line}", "");
        }
    }
    true
}

/// Returns a text as a scalar that is read as this text.
fn scalar(text: &str, style: Style) -> Cow<'_, str> {
    if is_plain(text, style) {
        return Cow::Borrowed(text);
    }
    let single = !text.contains('\'') && !text.chars().any(char::is_control);
    if single && text.contains(['"', '\\']) {
        return Cow::Owned(format!("'{text}'"));
    }
    let quoted = serde_json::to_string(text).expect("INVARIANT: a text is JSON");
    Cow::Owned(quoted)
}

/// Returns true for a text that needs no quotes.
fn is_plain(text: &str, style: Style) -> bool {
    let starts = |c: char| c.is_alphanumeric() || matches!(c, '_' | '/' | '(' | '.');
    if !text.starts_with(starts) || text.ends_with(' ') || Plain::of(text) != Plain::Text {
        return false;
    }
    let mut before = ' ';
    for c in text.chars() {
        let fits = match c {
            ' ' | '_' | '-' | '.' | '/' | '@' | '+' | '(' | ')' | ';' | '=' | '$' | '~' | '^'
            | '!' | '?' | '%' | '*' | '<' | '>' | '&' | '|' | ':' => true,
            '\'' | '"' | ',' | '[' | ']' | '{' | '}' => style == Style::Block,
            c => {
                c.is_alphanumeric()
                    || (c > '\u{a0}' && !c.is_whitespace() && !c.is_control() && c != '\u{feff}')
            }
        };
        // A colon ends a key, unless more of the text follows at once.
        if !fits
            || (before == ':' && !(c.is_alphanumeric() || matches!(c, '/' | '_' | '-' | '.' | '(')))
        {
            return false;
        }
        before = c;
    }
    before != ':'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cases::cases;
    use crate::load::parse::parse;
    use crate::source::SourceFile;

    /// Reads a text back with the loader's own reader.
    fn read(yaml: String) -> Result<Vec<Option<String>>, String> {
        let file = SourceFile::new("a.yaml", yaml);
        let (tree, problems) = parse(&file, None);
        let problems: Vec<_> = problems
            .iter()
            .map(|problem| problem.message.clone())
            .collect();
        let Some(tree) = tree.filter(|_| problems.is_empty()) else {
            return Err(format!("{problems:?} in {}", file.text()));
        };
        let root = tree.root();
        let list = root
            .get("list")
            .map(|list| list.items().collect::<Vec<_>>());
        let inner = root.get("inner").and_then(|inner| inner.get("text"));
        let nodes = [root.get("text"), inner];
        let all = nodes
            .into_iter()
            .chain(list.into_iter().flatten().map(Some));
        Ok(all
            .map(|node| node.and_then(|node| node.as_text().map(str::to_owned)))
            .collect())
    }

    fn round(text: &str) {
        let item = Item::Mapping(vec![
            ("text".to_owned(), Item::Text(text.to_owned())),
            (
                "inner".to_owned(),
                Item::Mapping(vec![
                    ("text".to_owned(), Item::Text(text.to_owned())),
                    ("more".to_owned(), Item::Boolean(true)),
                ]),
            ),
            (
                "list".to_owned(),
                Item::List(vec![
                    Item::Text("a".to_owned()),
                    Item::Text(text.to_owned()),
                ]),
            ),
        ]);
        let mut yaml = String::new();
        keys(&item, 0, &mut yaml);
        let text = Some(text.to_owned());
        let expected = vec![text.clone(), text.clone(), Some("a".to_owned()), text];
        assert_eq!(read(yaml.clone()), Ok(expected), "{yaml}");
    }

    #[test]
    fn difficult_texts_come_back() {
        for text in [
            "no",
            "true",
            "null",
            "~",
            "5",
            "012",
            "1e3",
            "0x1F",
            ".inf",
            "-",
            "- a",
            "a: b",
            "a:b",
            "a #b",
            "a#b",
            "[a]",
            "a, b",
            "{a}",
            "'a'",
            "it's",
            "say \"a\"",
            "a\\b",
            "it's \"a\"",
            "@a",
            "`a`",
            "%a",
            "*a",
            "&a",
            "!a",
            "|",
            ">",
            "?",
            "? a",
            ":",
            "a:",
            "::a",
            "---",
            "...",
            "a\nb",
            "a\n\nb\n",
            "a\n  b",
            "\na",
            "a\n",
            "user:ana@contoso.com",
            "https://contoso.sharepoint.com/sites/a?b=c&d",
            "é",
            "Büro – „hier“",
            "12:30",
            "2027-01-01",
            "a: \"b\"",
            "a:\"b",
            "a:,b",
            "a:[b",
            "=",
            "<<",
            "$a",
        ] {
            round(text);
        }
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn every_text_comes_back(text in "[a-zA-Z0-9 :#,\\[\\]{}'\"\\\\@%*&!|>?~.$=<\\-_é–\n/+()^;`]{1,24}") {
            // What the language refuses however it is written: no text at all, and signs of variables.
            prop_assume!(!text.trim().is_empty() && !text.contains("${"));
            round(&text);
        }
    }
}
