//! `guestlist.toml` as the same tree of nodes that a policy file becomes, so that one schema pass and one explainer speak for
//! both: every problem in one run, each at its place.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::{Value, json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::explain::Explainer;
use super::node::{Data, Node, Tree};
use super::secret::is_secret;
use super::{character, schema, shape};
use crate::diag::{Code, Diagnostic, Diagnostics, code};
use crate::source::{Place, Route, SourceFile};

/// A TOML file with its places.
#[derive(Debug)]
pub struct Toml<'s> {
    file: &'s SourceFile,
    tree: Tree<'s>,
    secrets: Vec<Secret>,
}

/// Something that looks like a secret: what is never shown, what is pointed at, and what is said.
#[derive(Debug)]
struct Secret {
    hidden: Range<u32>,
    shown: Range<u32>,
    message: String,
}

/// How the private keys begin that sign heads of the audit log.
const PRIVATE_KEY: &str = "ed25519-private:";

/// How many characters that may not be there are told.
const CHARACTERS: usize = 50;

impl<'s> Toml<'s> {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Everything that is no TOML, at most one problem a line, with this code.
    pub fn parse(file: &'s SourceFile, code: Code) -> Result<Self, Diagnostics> {
        let (table, errors) = DeTable::parse_recoverable(file.text());
        let mut read = Self {
            file,
            tree: Tree::default(),
            secrets: Vec::new(),
        };
        read.push(Spanned::new(
            table.span(),
            DeValue::Table(table.into_inner()),
        ));
        let hidden = read.secrets.iter().map(|secret| secret.hidden.clone());
        file.hide(hidden.collect());
        let mut out = Diagnostics::new();
        for refused in character::refused(file.text(), CHARACTERS) {
            let place = file.place(refused.start as u32, refused.end as u32);
            out.push(
                Diagnostic::error(code::CHARACTER, refused.message)
                    .at(place)
                    .help(refused.help),
            );
        }
        let mut last = 0;
        for error in errors {
            let span = error.span().unwrap_or_default();
            let place = file.place(span.start as u32, span.end as u32);
            if std::mem::replace(&mut last, place.line) != place.line {
                let message = error.message().lines().next().unwrap_or_default();
                let message = message.replace("basic string", "text in quotes");
                out.push(Diagnostic::error(code, message).at(place));
            }
        }
        out.sort();
        if out.is_empty() { Ok(read) } else { Err(out) }
    }

    /// Returns what looks like a secret. Its value is never shown.
    pub fn secrets(&self) -> Diagnostics {
        let mut out = Diagnostics::new();
        for Secret { shown, message, .. } in &self.secrets {
            out.push(
                Diagnostic::error(code::SECRET_KEY, message.as_str())
                    .at(self.file.place(shown.start, shown.end))
                    .help("take it out of the file and its history: secrets come from the environment"),
            );
        }
        out
    }

    /// Returns everything that a published schema says against the file, with this code.
    pub fn explain(&self, mut schema: Value, code: Code) -> Diagnostics {
        schema::by_name(&mut schema, &json!({ "type": "string", "format": "name" }));
        schema::quick(&mut schema, true);
        let validator = shape::compile(&schema, true);
        let explainer = Explainer {
            schema: &schema,
            file: self.file,
            root: self.tree.root(),
            sign: " = ",
        };
        let mut found = Diagnostics::new();
        for error in validator.iter_errors(self.tree.root()) {
            explainer.explain(&error, &mut found);
        }
        let secrets = self.secrets();
        let is_told =
            |problem: &&Diagnostic| secrets.iter().any(|told| told.primary == problem.primary);
        let mut out = Diagnostics::new();
        for problem in found.iter().filter(|problem| !is_told(problem)) {
            out.push(Diagnostic {
                code,
                ..problem.clone()
            });
        }
        out
    }

    /// Returns the text at a route, with its place.
    #[must_use]
    pub fn text(&self, route: &Route) -> Option<(&str, Place)> {
        let node = self.tree.root().find(route)?;
        let (start, end) = node.span();
        Some((node.as_text()?, self.file.place(start, end)))
    }

    /// Returns the line at which a route begins.
    #[must_use]
    pub fn line(&self, route: &Route) -> Option<u32> {
        let (start, _) = self.tree.root().find(route)?.span();
        Some(self.file.line(start))
    }

    /// Puts a diagnostic at a route.
    pub fn at(&self, route: &Route, diagnostic: Diagnostic) -> Diagnostic {
        match self.tree.root().find(route) {
            Some(node) => {
                let (start, end) = node.span();
                diagnostic.at(self.file.place(start, end))
            }
            None => diagnostic,
        }
    }

    /// Returns the keys of the table at a route.
    #[must_use]
    pub fn keys(&self, route: &Route) -> Vec<&str> {
        let table = self.tree.root().find(route);
        let entries = table.into_iter().flat_map(|table| table.entries());
        entries.map(|entry| entry.key).collect()
    }

    fn node(&mut self, data: Data<'s>, span: &Range<usize>) -> usize {
        let index = self.tree.nodes.len();
        self.tree.nodes.push(Node {
            data,
            start: span.start as u32,
            end: span.end as u32,
            next: index as u32 + 1,
        });
        index
    }

    fn push_text(&mut self, text: Cow<'s, str>, span: &Range<usize>) -> usize {
        let data = match text {
            Cow::Borrowed(text) => Data::Text(text),
            Cow::Owned(text) => {
                self.tree.owned.push(text.into());
                Data::Owned(self.tree.owned.len() as u32 - 1)
            }
        };
        self.node(data, span)
    }

    fn push(&mut self, value: Spanned<DeValue<'s>>) {
        let span = value.span();
        let index = match value.into_inner() {
            DeValue::String(text) => {
                let what = if has_password(&text) {
                    Some("a password in a URL")
                } else if text.contains(PRIVATE_KEY) {
                    Some("a private key")
                } else {
                    None
                };
                if let Some(what) = what {
                    let shown = span.start..span.start + 1;
                    self.secret(&span, &shown, what.to_owned());
                }
                self.push_text(text, &span)
            }
            DeValue::Boolean(boolean) => self.node(Data::Boolean(boolean), &span),
            DeValue::Integer(number) => {
                let number = number.as_str().parse().unwrap_or(u64::MAX);
                self.node(Data::Integer(number), &span)
            }
            // No setting is one; what is there instead of it is told as a number.
            DeValue::Float(_) | DeValue::Datetime(_) => self.node(Data::Integer(u64::MAX), &span),
            DeValue::Array(items) => {
                let index = self.node(Data::List(items.len() as u32), &span);
                items.into_iter().for_each(|item| self.push(item));
                index
            }
            DeValue::Table(table) => {
                let index = self.node(Data::Mapping(table.len() as u32), &span);
                let mut entries: Vec<_> = table.into_iter().collect();
                entries.sort_by_key(|(key, _)| key.span().start);
                for (key, value) in entries {
                    let (at, bytes) = (key.span(), value.span());
                    if is_secret(key.get_ref()) {
                        let message =
                            format!("the setting `{}` looks like a secret", key.get_ref());
                        self.secret(&(at.end..bytes.end.max(at.end + 1)), &at, message);
                    }
                    self.push_text(key.into_inner(), &at);
                    self.push(value);
                }
                index
            }
        };
        self.tree.nodes[index].next = self.tree.nodes.len() as u32;
    }

    fn secret(&mut self, hidden: &Range<usize>, shown: &Range<usize>, message: String) {
        let bytes = |range: &Range<usize>| range.start as u32..range.end as u32;
        self.secrets.push(Secret {
            hidden: bytes(hidden),
            shown: bytes(shown),
            message,
        });
    }
}

/// Returns true for a URL that carries a password: `postgres://ana:hunter2@host`.
fn has_password(text: &str) -> bool {
    let authority = text
        .split_once("://")
        .map(|(_, rest)| rest.split('/').next());
    let user = authority
        .flatten()
        .and_then(|authority| authority.rsplit_once('@'));
    user.is_some_and(|(user, _)| user.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(diagnostics: &Diagnostics) -> Vec<String> {
        let line = |one: &Diagnostic| {
            let place = one.primary.as_ref().expect("a place");
            format!(
                "{}:{} {} {}",
                place.line, place.column, one.code, one.message
            )
        };
        diagnostics.iter().map(line).collect()
    }

    #[test]
    fn tells_every_broken_line() {
        let file = SourceFile::new("a.toml", "a = \"x\nb = [\nc\n");
        let problems = Toml::parse(&file, code::SETTINGS).expect_err("broken");
        assert!(problems.len() > 1, "{problems:?}");
    }

    #[test]
    fn shows_no_secret() {
        let text = "a = { password = \"hunter2\" }\nurl = \"postgres://ana:hunter2@db/x\"\nkey = \"ed25519-private:hunter2\"\n";
        let file = SourceFile::new("a.toml", text);
        let toml = Toml::parse(&file, code::SETTINGS).expect("TOML");
        let secrets = toml.secrets();
        assert_eq!(
            said(&secrets),
            [
                "1:7 GL0209 the setting `password` looks like a secret",
                "2:7 GL0209 a password in a URL",
                "3:7 GL0209 a private key"
            ]
        );
        assert!(!format!("{secrets:?}").contains("hunter2"));
    }

    #[test]
    fn finds_texts_and_tables() {
        let file = SourceFile::new("a.toml", "[a.b]\nc = \"x\"\n[a.d]\n");
        let toml = Toml::parse(&file, code::SETTINGS).expect("TOML");
        let a = Route::root().key("a");
        assert_eq!(toml.keys(&a), ["b", "d"]);
        let (text, place) = toml.text(&a.key("b").key("c")).expect("a text");
        assert_eq!((text, place.line, place.column), ("x", 2, 5));
    }

    #[test]
    fn refuses_text_that_hides() {
        let file = SourceFile::new("a.toml", "a = 1 # \u{202e}\n");
        let problems = Toml::parse(&file, code::SETTINGS).expect_err("hidden");
        assert_eq!(
            problems.iter().next().map(|one| one.code),
            Some(code::CHARACTER)
        );
    }
}
