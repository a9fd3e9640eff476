//! Keys and values: what a scalar means where it stands.

use std::borrow::Cow;
use std::ops::ControlFlow::{self, Break, Continue};

use granit_parser::ScalarStyle;

use super::{Bytes, MERGE_KEY, Reader};
use crate::diag::code;
use crate::load::node::Data;
use crate::load::scalar::{Plain, SCALAR_BYTES, fill, short};
use crate::load::secret;

/// How many bytes of text variables bring into a file at most.
const FILLED_BYTES: usize = 4 * 1024 * 1024;

impl<'s> Reader<'s, '_> {
    pub(super) fn scalar(
        &mut self,
        text: Cow<'s, str>,
        style: ScalarStyle,
        at: Bytes,
    ) -> ControlFlow<()> {
        let plain = style == ScalarStyle::Plain;
        // The parser gives an absent node as `~` without any bytes.
        let absent = plain && at.0 == at.1;
        if self.frames.is_empty() {
            return if absent {
                Continue(())
            } else {
                self.no_mapping(at)
            };
        }
        if text.len() > SCALAR_BYTES {
            let message = format!("the text is longer than {SCALAR_BYTES} bytes");
            self.problem(code::YAML_LIMIT, (at.0, at.0 + 1), message);
            return Break(());
        }
        if style == ScalarStyle::DoubleQuoted && matches!(text, Cow::Owned(_)) {
            self.characters(0, &text, Some(at))?;
        }
        let kind = match (absent, plain) {
            (true, _) => Plain::Null,
            (false, true) => Plain::of(&text),
            (false, false) => Plain::Text,
        };
        if self.frames.last().is_some_and(|frame| frame.at_key) {
            self.key(text, kind, at)
        } else {
            self.value(text, kind, at)
        }
    }

    fn key(&mut self, text: Cow<'s, str>, kind: Plain, at: Bytes) -> ControlFlow<()> {
        let mut left_out = false;
        if kind == Plain::Null {
            let what = if at.0 == at.1 {
                "a key is missing before the colon".to_owned()
            } else {
                format!("the key `{text}` is not text")
            };
            self.report(
                code::KEY_TYPE,
                at,
                what,
                Some("write a word, or quote it".to_owned()),
            )?;
            left_out = true;
        } else if kind != Plain::Text {
            let shown = short(&text);
            let help = format!("quote it: `\"{shown}\":`");
            let message = format!("the key `{shown}` is not text");
            self.report(code::KEY_TYPE, at, message, Some(help))?;
        } else if text == MERGE_KEY {
            // It stays in the mapping: what it would bring is not missing.
            self.forbidden(at, "a merge key", "write the keys out, or use `profiles`")?;
        } else if self.secret.is_none() && secret::is_secret(&text) {
            let message = format!("the key `{}` looks like a secret", short(&text));
            let help = "policy files are read by many: take it out of the file and its history";
            self.report(code::SECRET_KEY, at, message, Some(help.to_owned()))?;
            self.secret = Some((at.1, self.frames.len()));
            left_out = true;
        }
        if !left_out && let Some(first) = self.seen_before(text.clone()) {
            if self.secret.is_none() && text != MERGE_KEY {
                let message = format!("the key `{}` stands twice", short(&text));
                let problem = self.problem(code::DUPLICATE_KEY, at, message);
                problem.first = Some(first);
                problem.help = Some("merge the two, or rename one".to_owned());
                self.go_on()?;
            }
            left_out = true;
        }
        let index = self.push_text(text, at);
        self.keys.push(index);
        if let Some(frame) = self.frames.last_mut() {
            frame.key = index;
            frame.at_key = false;
            if left_out {
                frame.drop_from = Some(index);
                self.keys.pop();
            }
        }
        Continue(())
    }

    /// Returns the bytes of an equal key that stands before in the same mapping, and remembers this one.
    fn seen_before(&mut self, text: Cow<'s, str>) -> Option<Bytes> {
        let frame = self.frames.last_mut()?;
        let keys = &self.keys[frame.keys_from..];
        let first = frame.first_equal(text, keys, &self.nodes, &self.owned)?;
        let node = &self.nodes[first as usize];
        Some((node.start, node.end))
    }

    fn value(&mut self, text: Cow<'s, str>, kind: Plain, at: Bytes) -> ControlFlow<()> {
        match kind {
            Plain::Text => self.text_value(text, at)?,
            Plain::Boolean(boolean) => {
                self.push(Data::Boolean(boolean), at);
            }
            Plain::Integer(number) => {
                self.push(Data::Integer(number), at);
            }
            Plain::Null => {
                self.null(&text, at)?;
                self.push(Data::Hole, at);
            }
            Plain::OtherNumber | Plain::OtherBoolean => {
                let shown = short(&text);
                let quoted = format!("write `\"{shown}\"` if text is meant");
                let (what, help) = if kind == Plain::OtherNumber {
                    (
                        "a number",
                        format!("{quoted}, or plain decimal digits for a number"),
                    )
                } else {
                    let plain = shown.to_lowercase();
                    ("true or false", format!("{quoted}, or `{plain}`"))
                };
                let message = format!(
                    "`{shown}` without quotes is {what} to some programs and text to others"
                );
                self.report(code::WRONG_TYPE, at, message, Some(help))?;
                self.push(Data::Hole, at);
            }
        }
        self.completed(at);
        Continue(())
    }

    fn text_value(&mut self, text: Cow<'s, str>, at: Bytes) -> ControlFlow<()> {
        let Some(variables) = self.variables.filter(|_| text.contains("${")) else {
            self.push_text(text, at);
            return Continue(());
        };
        match fill(&text, variables) {
            Ok(filled) => {
                self.characters(0, &filled, Some(at))?;
                self.filled += filled.len();
                if self.filled > FILLED_BYTES {
                    let message =
                        format!("variables bring more than {FILLED_BYTES} bytes into the file");
                    self.problem(code::YAML_LIMIT, at, message);
                    return Break(());
                }
                self.push_text(Cow::Owned(filled), at);
            }
            Err(wrong) => {
                self.report(wrong.code, at, wrong.message, wrong.help)?;
                self.push(Data::Hole, at);
            }
        }
        Continue(())
    }

    fn null(&mut self, text: &str, at: Bytes) -> ControlFlow<()> {
        let frame = self.frames.last();
        let key = frame.filter(|frame| frame.is_mapping).map(|frame| {
            let node = &self.nodes[frame.key as usize];
            (node.start, node.end)
        });
        let (message, shown) = match key {
            Some(key) => {
                let name = short(&self.text[key.0 as usize..key.1 as usize]);
                let absent = at.0 == at.1;
                let name = name.trim_matches(['"', '\'']);
                if absent {
                    (format!("the key `{name}` has no value"), key)
                } else {
                    (format!("`{text}` is no value for `{name}`"), at)
                }
            }
            None if at.0 == at.1 => ("an item without a value".to_owned(), at),
            None => (format!("`{text}` is no value"), at),
        };
        let help = "leave it out, or write `[]`, `{}` or `\"\"` where empty is meant";
        self.report(code::NULL_VALUE, shown, message, Some(help.to_owned()))
    }

    pub(super) fn hole(&mut self, at: Bytes) -> ControlFlow<()> {
        let Some(frame) = self.frames.last_mut() else {
            return Break(());
        };
        if frame.is_mapping && frame.at_key {
            frame.drop_from = Some(self.nodes.len() as u32);
        }
        self.push(Data::Hole, at);
        self.completed(at);
        Continue(())
    }
}
