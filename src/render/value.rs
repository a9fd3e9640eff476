//! Values as people read them: YAML, on one line where it fits.

use serde_json::{Map, Value};
use unicode_width::UnicodeWidthStr;

/// How wide values are laid out, from where they start.
pub(crate) const WIDTH: usize = 88;

/// The key that comes before all others.
const NAME: &str = "displayName";

/// Returns a value on one line.
pub(crate) fn flow(value: &Value) -> String {
    let mut out = String::new();
    push_flow(&mut out, value);
    out
}

/// Returns a scalar, or a mapping of one scalar, so short that an arrow can join two of them: `180d`, `after 180d`.
pub(crate) fn brief(value: &Value) -> Option<String> {
    match value {
        Value::Array(_) => None,
        Value::Object(keys) => match keys.iter().next() {
            Some((key, value)) if keys.len() == 1 && is_scalar(value) => {
                Some(format!("{key} {}", flow(value)))
            }
            _ => None,
        },
        scalar => Some(flow(scalar)),
    }
}

/// Returns a value in lines, indented where it nests. Keys without a value are left out.
pub(crate) fn lines(value: &Value, width: usize) -> Vec<String> {
    let mut out = Vec::new();
    match value {
        Value::Object(keys) if !keys.is_empty() => mapping(keys, 0, width, &mut out),
        Value::Array(items) if !items.iter().all(is_scalar) && flow(value).width() > width => {
            sequence(items, 0, width, &mut out);
        }
        other => entry(String::new(), other, 0, width, &mut out),
    }
    out
}

fn mapping(keys: &Map<String, Value>, indent: usize, width: usize, out: &mut Vec<String>) {
    // What people call a thing by comes first, the other keys in the order of the canonical form.
    let names = keys.iter().filter(|(key, _)| *key == NAME);
    for (key, value) in names.chain(keys.iter().filter(|(key, _)| *key != NAME)) {
        if !value.is_null() {
            let mut head = " ".repeat(indent);
            push_text(&mut head, key);
            head.push(':');
            entry(head, value, indent, width, out);
        }
    }
}

fn sequence(items: &[Value], indent: usize, width: usize, out: &mut Vec<String>) {
    for item in items {
        let at = out.len();
        let one = match item {
            Value::Object(keys) if keys.len() == 1 => Some(pair(keys)),
            other => short(other, width),
        };
        if let Some(one) = one.filter(|one| indent + 2 + columns(one) <= width) {
            out.push(format!("{:indent$}- {one}", ""));
            continue;
        }
        match item {
            Value::Object(keys) => mapping(keys, indent + 2, width, out),
            Value::Array(inner) if !inner.iter().all(is_scalar) => {
                sequence(inner, indent + 2, width, out);
            }
            other => entry(" ".repeat(indent + 1), other, indent + 2, width, out),
        }
        if let Some(first) = out.get_mut(at) {
            first.replace_range(indent..=indent, "-");
        }
    }
}

/// Returns a mapping of one key without its braces.
fn pair(keys: &Map<String, Value>) -> String {
    let mut out = String::new();
    for (key, value) in keys {
        push_text(&mut out, key);
        out.push_str(": ");
        push_flow(&mut out, value);
    }
    out
}

/// Writes a value behind its key: on the same line if it fits, else below.
fn entry(head: String, value: &Value, indent: usize, width: usize, out: &mut Vec<String>) {
    let gap = usize::from(!head.is_empty());
    let room = width.saturating_sub(columns(&head) + gap);
    if let Some(one) = short(value, room).filter(|one| columns(one) <= room) {
        out.push(format!("{head}{:gap$}{one}", ""));
        return;
    }
    match value {
        Value::Object(keys) => {
            out.push(head);
            mapping(keys, indent + 2, width, out);
        }
        Value::Array(items) if !items.iter().all(is_scalar) => {
            out.push(head);
            sequence(items, indent + 2, width, out);
        }
        Value::Array(items) => {
            let last = items.len().saturating_sub(1);
            let pieces = items.iter().enumerate().map(|(at, item)| {
                let open = if at == 0 { "[" } else { "" };
                format!("{open}{}{}", flow(item), if at == last { "]" } else { "," })
            });
            wrap(head, pieces, indent + 2, width, out);
        }
        scalar => wrap(
            head,
            flow(scalar).split(' ').map(str::to_owned),
            indent + 2,
            width,
            out,
        ),
    }
}

/// Fills lines with pieces, the first line behind a head.
pub(crate) fn wrap(
    head: String,
    pieces: impl IntoIterator<Item = String>,
    indent: usize,
    width: usize,
    out: &mut Vec<String>,
) {
    let mut line = head;
    let mut used = columns(&line);
    let mut bare = line.is_empty();
    for piece in pieces {
        let needed = columns(&piece);
        if !bare && used + 1 + needed > width && used > indent {
            out.push(std::mem::replace(&mut line, " ".repeat(indent)));
            used = indent;
            bare = true;
        }
        if !bare {
            line.push(' ');
            used += 1;
        }
        line.push_str(&piece);
        used += needed;
        bare = false;
    }
    out.push(line);
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

/// Returns a value on one line, unless it is clearly wider than `room`: large values need no closer look.
fn short(value: &Value, room: usize) -> Option<String> {
    let mut room = room;
    may_fit(value, &mut room).then(|| flow(value))
}

/// Takes the letters of a value off the room that there is; false once there is none left.
fn may_fit(value: &Value, room: &mut usize) -> bool {
    match value {
        Value::String(text) => takes(text, room),
        Value::Array(items) => items.iter().all(|item| may_fit(item, room)),
        Value::Object(keys) => keys
            .iter()
            .filter(|(_, value)| !value.is_null())
            .all(|(key, value)| takes(key, room) && may_fit(value, room)),
        _ => true,
    }
}

fn takes(text: &str, room: &mut usize) -> bool {
    let letters = if text.is_ascii() { text.len() } else { 0 };
    let left = room.checked_sub(letters);
    *room = left.unwrap_or_default();
    left.is_some()
}

/// Returns how many columns of a terminal a text fills.
pub(super) fn columns(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.width()
    }
}

fn push_flow(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => push_text(out, text),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                push_flow(out, item);
            }
            out.push(']');
        }
        Value::Object(keys) => {
            let mut first = true;
            for (key, value) in keys.iter().filter(|(_, value)| !value.is_null()) {
                out.push_str(if first { "{ " } else { ", " });
                first = false;
                push_text(out, key);
                out.push_str(": ");
                push_flow(out, value);
            }
            out.push_str(if first { "{}" } else { " }" });
        }
    }
}

/// Writes text, in quotes where YAML would otherwise read something else.
fn push_text(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
        return;
    }
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
}

fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return false;
    };
    let opens = !matches!(
        first,
        b'-' | b'?'
            | b':'
            | b','
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b'#'
            | b'&'
            | b'*'
            | b'!'
            | b'|'
            | b'>'
            | b'\''
            | b'"'
            | b'%'
            | b'@'
            | b'`'
            | b' '
            | b'='
            | b'~'
    );
    let inside = bytes.windows(2).all(|pair| pair != b": " && pair != b" #")
        && !bytes
            .iter()
            .any(|b| matches!(b, b',' | b'[' | b']' | b'{' | b'}' | b'\n' | b'\t' | b'\\'));
    opens && inside && !matches!(last, b' ' | b':') && !reads_as_other(text)
}

/// Returns true for text that YAML would take for a number, a truth value or nothing.
fn reads_as_other(text: &str) -> bool {
    matches!(
        text,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" | "null" | "Null" | "NULL"
    ) || (text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '.'))
        && (text.parse::<f64>().is_ok()
            || text.starts_with("0x")
            || text.starts_with("0o")
            || text.starts_with("+0")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn quotes_what_would_read_otherwise() {
        for (value, shown) in [
            (json!("Fabrikam"), "Fabrikam"),
            (json!("user:ana@contoso.com"), "user:ana@contoso.com"),
            (json!("5"), "\"5\""),
            (json!("1e3"), "\"1e3\""),
            (json!("true"), "\"true\""),
            (json!(true), "true"),
            (json!("a, b"), "\"a, b\""),
            (json!("a: b"), "\"a: b\""),
            (json!("- a"), "\"- a\""),
            (json!(""), "\"\""),
            (json!("two\nlines"), "\"two\\nlines\""),
            (json!("180d"), "180d"),
            (json!(["a", 1, { "b": [] , "c": null}]), "[a, 1, { b: [] }]"),
            (json!({}), "{}"),
        ] {
            assert_eq!(flow(&value), shown);
        }
    }

    #[test]
    fn nests_only_what_does_not_fit() {
        let value = json!({
            "approval": { "stages": [{ "approvers": ["sponsors:internal"], "decideWithin": "14d" },
                { "approvers": ["user:one@contoso.com", "user:two@contoso.com", "user:third@contoso.com"] }] },
            "expires": { "after": "180d" },
            "hidden": null,
        });
        assert_eq!(
            lines(&value, 56).join("\n"),
            "approval:\n\
             \x20 stages:\n\
             \x20   - approvers: [sponsors:internal]\n\
             \x20     decideWithin: 14d\n\
             \x20   - approvers: [user:one@contoso.com,\n\
             \x20       user:two@contoso.com, user:third@contoso.com]\n\
             expires: { after: 180d }"
        );
    }

    #[test]
    fn a_list_is_on_one_line_where_it_fits() {
        let value = json!(["fabrikam.com", { "domain": "litware.com", "subdomains": true }]);
        assert_eq!(
            lines(&value, 88),
            ["[fabrikam.com, { domain: litware.com, subdomains: true }]"]
        );
        assert_eq!(
            lines(&value, 50),
            [
                "- fabrikam.com",
                "- { domain: litware.com, subdomains: true }"
            ]
        );
    }

    #[test]
    fn the_name_comes_first() {
        let value = json!({ "catalog": "hr", "displayName": "Auditors", "hidden": false });
        assert_eq!(
            lines(&value, 88),
            ["displayName: Auditors", "catalog: hr", "hidden: false"]
        );
    }

    #[test]
    fn wraps_long_lists_and_texts() {
        assert_eq!(
            lines(&json!(["aaaa", "bbbb", "cccc"]), 12),
            ["[aaaa, bbbb,", "  cccc]"]
        );
        assert_eq!(
            lines(&json!("one two three four"), 10),
            ["one two", "  three", "  four"]
        );
    }
}
