//! A tree as YAML files, in a layout made by choices: what stands in which file, the order of keys, block or flow, quotes,
//! comments, indentation, ends of lines. Without choices: one file, in order, in blocks.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::trees::{Choices, Tree};

/// Where files may lie.
const PATHS: &[&str] = &[
    "tree.yaml",
    "a/one.yaml",
    "Z.yml",
    "a/b/deep-er/two.yaml",
    "0.yaml",
];

/// Prints a tree as files: paths with texts.
pub(crate) fn print(tree: &Tree, layout: Vec<u8>) -> Vec<(String, String)> {
    let mut choose = Choices::new(layout);
    let count = 1 + choose.of(PATHS.len());
    let mut files: BTreeMap<usize, Map<String, Value>> = BTreeMap::new();
    for (section, value) in &tree.0 {
        let Value::Object(entries) = value else {
            continue;
        };
        let whole = [
            "administrators",
            "collaboration",
            "domains",
            "externalUsers",
        ]
        .contains(&section.as_str());
        if whole || entries.is_empty() {
            let file = files.entry(choose.of(count)).or_default();
            file.insert(section.clone(), value.clone());
            continue;
        }
        for (name, entry) in entries {
            let file = files.entry(choose.of(count)).or_default();
            let part = file
                .entry(section.clone())
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(part) = part {
                part.insert(name.clone(), entry.clone());
            }
        }
    }
    let print = |(at, mut file): (usize, Map<String, Value>)| {
        file.insert("version".to_owned(), Value::from(1));
        (PATHS[at].to_owned(), Printer::file(&mut choose, &file))
    };
    files.into_iter().map(print).collect()
}

struct Printer<'c> {
    choose: &'c mut Choices,
    /// How many blanks a level is indented by.
    step: usize,
    out: String,
}

impl<'c> Printer<'c> {
    fn file(choose: &'c mut Choices, file: &Map<String, Value>) -> String {
        let step = 2 + choose.of(3);
        let mut printer = Self {
            choose,
            step,
            out: String::new(),
        };
        if printer.choose.once_in(8) {
            let text = printer.flow(&Value::Object(file.clone()), 0);
            printer.out = text + "\n";
        } else {
            if printer.choose.once_in(5) {
                printer.out.push_str("# yaml-language-server: $schema=x\n");
            }
            if printer.choose.once_in(6) {
                printer.out.push_str("---\n");
            }
            printer.mapping(file, 0);
        }
        let Self {
            choose, mut out, ..
        } = printer;
        if choose.once_in(5) && !out.contains('|') {
            out.truncate(out.trim_end_matches('\n').len());
        }
        if choose.once_in(6) {
            out = out.replace('\n', "\r\n");
        }
        out
    }

    fn mapping(&mut self, map: &Map<String, Value>, indent: usize) {
        let mut entries: Vec<(&String, &Value)> = map.iter().collect();
        let turn = self.choose.of(entries.len().max(1));
        entries.rotate_left(turn);
        if self.choose.once_in(3) {
            entries.reverse();
        }
        for (at, (key, value)) in entries.into_iter().enumerate() {
            if at > 0 && self.choose.once_in(12) {
                // Indented further, it would be part of a text in a block before it.
                let margin = self.choose.of(indent + 1);
                self.out.push_str(&" ".repeat(margin));
                self.out
                    .push_str("# a comment: with \"quotes\", - dashes\n");
            }
            self.out.push_str(&" ".repeat(indent));
            let key = self.text(key);
            self.out.push_str(&key);
            self.out.push(':');
            self.value(value, indent);
        }
    }

    /// Prints a value behind a key, to the end of the line or of several.
    fn value(&mut self, value: &Value, indent: usize) {
        let in_blocks = !self.choose.once_in(4);
        match value {
            Value::Object(map) if in_blocks && !map.is_empty() => {
                self.end_of_line();
                self.mapping(map, indent + self.step);
            }
            Value::Array(items) if in_blocks && !items.is_empty() => {
                self.end_of_line();
                let indent = if self.choose.once_in(3) {
                    indent
                } else {
                    indent + self.step
                };
                for item in items {
                    self.item(item, indent);
                }
            }
            Value::String(text) if is_for_a_block(text) && self.choose.once_in(2) => {
                self.literal(text, indent);
            }
            other => {
                let text = self.flow(other, indent + self.step);
                self.out.push(' ');
                self.out.push_str(&text);
                self.end_of_line();
            }
        }
    }

    fn end_of_line(&mut self) {
        if self.choose.once_in(15) {
            self.out.push_str("   # remark");
        }
        self.out.push('\n');
    }

    fn item(&mut self, item: &Value, indent: usize) {
        self.out.push_str(&" ".repeat(indent));
        match item {
            Value::Object(map) if !map.is_empty() && !self.choose.once_in(4) => {
                let start = self.out.len();
                self.mapping(map, indent + 2);
                // The first key stands behind the dash.
                self.out.replace_range(start..start + indent + 2, "- ");
            }
            other => {
                let text = self.flow(other, indent + 2);
                self.out.push_str("- ");
                self.out.push_str(&text);
                self.end_of_line();
            }
        }
    }

    fn literal(&mut self, text: &str, indent: usize) {
        let chomping = match text.len() - text.trim_end_matches('\n').len() {
            0 => "-",
            1 => "",
            _ => "+",
        };
        self.out.push_str(&format!(" |{}{chomping}\n", self.step));
        let text = text.strip_suffix('\n').unwrap_or(text);
        for line in text.split('\n') {
            if !line.is_empty() {
                self.out.push_str(&" ".repeat(indent + self.step));
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
    }

    /// Returns a value in flow style, whose further lines are indented at least so far.
    fn flow(&mut self, value: &Value, indent: usize) -> String {
        if self.choose.once_in(10) {
            return value.to_string();
        }
        let (open, close, parts): (_, _, Vec<String>) = match value {
            Value::String(text) => return self.text(text),
            Value::Array(items) => {
                let parts = items.iter().map(|item| self.flow(item, indent + 1));
                ("[", "]", parts.collect())
            }
            Value::Object(map) => {
                let parts = map.iter().map(|(key, value)| {
                    let key = self.text(key);
                    format!("{key}: {}", self.flow(value, indent + 1))
                });
                ("{", "}", parts.collect())
            }
            other => return other.to_string(),
        };
        let pad = if self.choose.once_in(2) { " " } else { "" };
        let between = if self.choose.once_in(8) {
            format!("\n{}", " ".repeat(indent.max(1)))
        } else {
            " ".to_owned()
        };
        let last = if !parts.is_empty() && self.choose.once_in(6) {
            ","
        } else {
            ""
        };
        format!(
            "{open}{pad}{}{last}{pad}{close}",
            parts.join(&format!(",{between}"))
        )
    }

    /// Returns a text that stays on its line.
    fn text(&mut self, text: &str) -> String {
        match self.choose.of(4) {
            0 | 1 if is_plain(text) => text.to_owned(),
            2 if !text.contains(['\n', '\t']) => format!("'{}'", text.replace('\'', "''")),
            _ if is_plain(text) && self.choose.once_in(2) => text.to_owned(),
            _ => Value::from(text).to_string(),
        }
    }
}

/// Returns true for a text that can stand without quotes, in any place.
fn is_plain(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || " ._/@-".contains(c);
    let is_word = text.chars().all(fits)
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && !text.contains("  ")
        && !["true", "false", "null"].contains(&text.to_ascii_lowercase().as_str());
    // What other versions of YAML take for a number of seconds or a date is text here.
    is_word || ["12:30", "2027-01-01"].contains(&text)
}

/// Returns true for a text that a literal block can hold.
fn is_for_a_block(text: &str) -> bool {
    text.contains('\n') && !text.trim().is_empty()
}
