//! What a schema says of a file, in words that people can act on.
//!
//! The validator names a rule and a path; here that becomes a diagnostic with a place, near names and the way out. Texts
//! are read once more by the model, which knows better than a pattern what is wrong with them.

mod union;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Rule};
use jsonschema::json::Node as _;
use jsonschema::paths::LocationSegment;
use serde_json::Value;

use super::node::{NodeKind, NodeRef};
use super::parse::MERGE_KEY;
use super::scalar::short;
use crate::diag::{Code, Diagnostic, Diagnostics, code, nearest, offer};
use crate::model::text::{Check, FORMATS, Malformed};
use crate::scenario::WITHOUT;
use crate::source::{Route, SourceFile, Step};

/// How many names a line of help lists at most.
const LISTED: usize = 32;

/// What is needed to explain the errors of one file.
pub(super) struct Explainer<'f> {
    /// The quick schema that the errors come from.
    pub(super) schema: &'f Value,
    /// The file.
    pub(super) file: &'f SourceFile,
    /// Its values.
    pub(super) root: NodeRef<'f>,
    /// What stands between a key and its value, for help: `: `.
    pub(super) sign: &'static str,
}

impl Explainer<'_> {
    /// Adds what one error means; nothing for an error that only follows from another.
    pub(super) fn explain(&self, error: &ValidationError<'_>, out: &mut Diagnostics) {
        let route = route_of(error);
        if self
            .root
            .find(&route)
            .is_some_and(|node| node.kind() == NodeKind::Hole)
        {
            return; // The parser has said why there is nothing.
        }
        let key = last_key(&route);
        match error.kind() {
            Rule::AdditionalProperties { unexpected } => {
                self.unknown_keys(&route, &self.known_keys(error), unexpected, out);
            }
            Rule::Required { property } => self.missing_key(error, &route, property, out),
            Rule::Type { kind } => out.push(self.wrong_type(error, &route, kind)),
            Rule::Enum { options } => out.push(self.not_a_choice(&route, &words_of(options))),
            Rule::Constant { .. } => out.push(
                self.at(
                    &route,
                    code::BAD_VERSION,
                    format!(
                        "`{key}` names a version of the language that this program does not read"
                    ),
                )
                .help("write `version: 1`"),
            ),
            Rule::Format { format } => out.push(self.malformed(&route, format)),
            Rule::PropertyNames { error } => self.bad_name(&route, error, out),
            Rule::UniqueItems => self.repeated(&route, out),
            Rule::AnyOf { context } | Rule::OneOfNotValid { context } => {
                self.union(error, &route, &self.tags(error), context, out);
            }
            Rule::MaxItems { limit } => out.push(self.count(&route, *limit, "most")),
            Rule::MinItems { limit } => out.push(self.count(&route, *limit, "least")),
            Rule::MaxProperties { limit } => out.push(self.count(&route, *limit, "most")),
            Rule::MinProperties { limit } => out.push(self.count(&route, *limit, "least")),
            Rule::Maximum { limit } => {
                out.push(self.at(
                    &route,
                    code::OUT_OF_LIMITS,
                    format!("`{key}` is at most {limit}"),
                ));
            }
            Rule::Minimum { limit } => {
                out.push(self.at(
                    &route,
                    code::OUT_OF_LIMITS,
                    format!("`{key}` is at least {limit}"),
                ));
            }
            _ => out.push(self.at(&route, code::BAD_FORMAT, format!("`{key}`: {error}"))),
        }
    }

    fn at(&self, route: &Route, code: Code, message: String) -> Diagnostic {
        let (start, end) = self.root.locate(route);
        Diagnostic::error(code, message).at(self.file.place(start, end))
    }

    /// Returns the keys that the schema knows where an error was found.
    fn known_keys(&self, error: &ValidationError<'_>) -> Vec<String> {
        let path = error.schema_path().as_str();
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let properties = self
            .schema
            .pointer(parent)
            .and_then(|schema| schema["properties"].as_object());
        properties
            .into_iter()
            .flatten()
            .map(|(key, _)| key.clone())
            .collect()
    }

    fn unknown_keys(
        &self,
        route: &Route,
        known: &[String],
        unexpected: &[String],
        out: &mut Diagnostics,
    ) {
        let Some(node) = self.root.find(route) else {
            return;
        };
        for entry in node
            .entries()
            .filter(|entry| unexpected.iter().any(|key| key == entry.key))
            .filter(|entry| entry.key != MERGE_KEY)
        {
            let place = self.file.place(entry.key_span.0, entry.key_span.1);
            let known = || known.iter().map(String::as_str);
            let help = offer(entry.key, known()).or_else(|| {
                // A test says the keys themselves, in place of those that the tree has from a profile.
                if known().any(|key| key == WITHOUT) && entry.key == "profile" {
                    return Some("write the keys of the profile that the test is about".to_owned());
                }
                let free = known().filter(|key| node.get(key).is_none());
                list(free).map(|keys| format!("keys that fit here: {keys}"))
            });
            out.push(
                Diagnostic::error(
                    code::UNKNOWN_KEY,
                    format!("unknown key `{}`{}", short(entry.key), inside(route)),
                )
                .at(place)
                .help_opt(help),
            );
        }
    }

    /// A key that is misspelt is reported as unknown; that it is missing too helps nobody.
    fn missing_key(
        &self,
        error: &ValidationError<'_>,
        route: &Route,
        property: &Value,
        out: &mut Diagnostics,
    ) {
        let property = property.as_str().unwrap_or_default();
        let known = self.known_keys(error);
        let misspelt = self.root.find(route).is_some_and(|node| {
            node.entries().any(|entry| {
                entry.key == MERGE_KEY
                    || !known.iter().any(|key| key == entry.key)
                        && nearest(entry.key, [property]).is_some()
            })
        });
        if misspelt {
            return;
        }
        let message = format!("the key `{property}` is missing{}", inside(route));
        let help = match property {
            "version" => "start the file with `version: 1`".to_owned(),
            _ => format!("add `{property}{}…`", self.sign),
        };
        out.push(self.at(route, code::MISSING_KEY, message).help(help));
    }

    fn wrong_type(
        &self,
        error: &ValidationError<'_>,
        route: &Route,
        kind: &TypeKind,
    ) -> Diagnostic {
        let wanted: Vec<&str> = match kind {
            TypeKind::Single(ty) => vec![type_word(&ty.to_string())],
            TypeKind::Multiple(types) => {
                types.iter().map(|ty| type_word(&ty.to_string())).collect()
            }
        };
        let unfit = self.unfit(route, &wanted.join(" or "));
        match self.mended_text(error, route) {
            Some(help) => Diagnostic {
                help: vec![help],
                ..unfit
            },
            None => unfit,
        }
    }

    /// Returns what the format of a text says of a plain number or boolean there: `90d`, and not `"90"`, for `90`.
    fn mended_text(&self, error: &ValidationError<'_>, route: &Route) -> Option<String> {
        let node = self.root.find(route)?;
        if !matches!(node.kind(), NodeKind::Integer | NodeKind::Boolean) {
            return None;
        }
        let (parent, _) = error.schema_path().as_str().rsplit_once('/')?;
        let check = check_of(self.schema.pointer(parent)?["format"].as_str()?)?;
        let (start, end) = node.span();
        let written = self.file.text().get(start as usize..end as usize)?;
        let problem = check(written).err()?;
        match node.kind() {
            // What is mended of `true` was never meant.
            NodeKind::Boolean => check("").err()?.help,
            _ => problem.help,
        }
    }

    /// Says what is wanted and what is there, with the mend where there is an obvious one.
    fn unfit(&self, route: &Route, wanted: &str) -> Diagnostic {
        let Some(node) = self.root.find(route) else {
            return self.at(route, code::WRONG_TYPE, format!("{wanted} is expected"));
        };
        let found = match node.kind() {
            NodeKind::Text => "text",
            NodeKind::Integer => "a number",
            NodeKind::Boolean => "`true` or `false`",
            NodeKind::List => "a list",
            NodeKind::Mapping => "a mapping",
            NodeKind::Hole => "nothing",
        };
        let (start, end) = node.span();
        let written = self
            .file
            .text()
            .get(start as usize..end as usize)
            .unwrap_or_default();
        let help = match node.kind() {
            NodeKind::Integer | NodeKind::Boolean if wanted.contains("text") => {
                Some(format!("write `\"{written}\"`"))
            }
            NodeKind::Text if wanted.contains("`true`") => {
                match node.as_text().map(str::to_lowercase).as_deref() {
                    Some("yes" | "on" | "true" | "y") => Some("write `true`".to_owned()),
                    Some("no" | "off" | "false" | "n") => Some("write `false`".to_owned()),
                    _ => None,
                }
            }
            NodeKind::List if wanted == "a mapping" => {
                Some("write `key: value`, without `-` or `[…]`".to_owned())
            }
            NodeKind::Text
                if wanted.contains("number")
                    && written.trim_matches(['"', '\'']).parse::<u64>().is_ok() =>
            {
                Some(format!("write `{}`", written.trim_matches(['"', '\''])))
            }
            NodeKind::Text | NodeKind::Integer | NodeKind::Boolean
                if wanted.contains("list") && !written.contains('\n') =>
            {
                Some(format!("write `[{written}]`"))
            }
            _ => None,
        };
        let key = last_key(route);
        let subject = if key.is_empty() {
            String::new()
        } else {
            format!("`{key}`: ")
        };
        self.at(
            route,
            code::WRONG_TYPE,
            format!("{subject}{found} where {wanted} is expected"),
        )
        .help_opt(help)
    }

    fn not_a_choice(&self, route: &Route, words: &[String]) -> Diagnostic {
        let Some(text) = self.root.find(route).and_then(|node| node.as_text()) else {
            let node = self.root.find(route);
            let written = node.and_then(|node| {
                let (start, end) = node.span();
                self.file.text().get(start as usize..end as usize)
            });
            let help = match written {
                // What others write as `false` has a word of its own here.
                Some("false") if words.iter().any(|word| word == "off") => {
                    "did you mean `\"off\"`?".to_owned()
                }
                _ => list(words.iter().map(String::as_str)).map_or_else(String::new, one_of),
            };
            let mut unfit = self.unfit(route, "text");
            if !help.is_empty() {
                unfit.help = vec![help];
            }
            return unfit;
        };
        let words = || words.iter().map(String::as_str);
        let help = offer(text, words()).or_else(|| list(words()).map(one_of));
        let message = format!("`{}` cannot be `{text}`", last_key(route));
        self.at(route, code::NOT_A_CHOICE, message).help_opt(help)
    }

    fn malformed(&self, route: &Route, format: &str) -> Diagnostic {
        let text = self
            .root
            .find(route)
            .and_then(|node| node.as_text())
            .unwrap_or_default();
        let key = last_key(route);
        match check_of(format).map(|check| check(text)) {
            Some(Err(problem)) => self
                .at(
                    route,
                    code::BAD_FORMAT,
                    format!("`{key}`: {}", problem.message),
                )
                .help_opt(problem.help),
            _ => self.at(
                route,
                code::BAD_FORMAT,
                format!("`{key}`: not of the format {format}"),
            ),
        }
    }

    /// A key of a mapping by name that is no name.
    fn bad_name(&self, route: &Route, error: &ValidationError<'_>, out: &mut Diagnostics) {
        let name = error.instance().as_str().unwrap_or_default().to_owned();
        let Some(node) = self.root.find(route) else {
            return;
        };
        let Some(entry) = node.entries().find(|entry| entry.key == name) else {
            return;
        };
        let format = match error.kind() {
            Rule::Format { format } => format.as_str(),
            _ => "name",
        };
        if name == MERGE_KEY {
            return;
        }
        let stuck = [":{", ":["].iter().any(|stuck| name.contains(stuck));
        let problem = match stuck {
            true => Some(Malformed::new("a space is missing behind the colon")),
            false => check_of(format).and_then(|check| check(&name).err()),
        };
        let message = problem.as_ref().map_or_else(
            || "not allowed here".to_owned(),
            |problem| problem.message.clone(),
        );
        out.push(
            Diagnostic::error(code::BAD_FORMAT, format!("`{}`: {message}", short(&name)))
                .at(self.file.place(entry.key_span.0, entry.key_span.1))
                .help_opt(problem.and_then(|problem| problem.help)),
        );
    }

    fn repeated(&self, route: &Route, out: &mut Diagnostics) {
        let Some(node) = self.root.find(route) else {
            return;
        };
        let mut seen: Vec<(Value, (u32, u32))> = Vec::new();
        for (index, item) in node.items().enumerate() {
            let value = item.to_value().into_owned();
            if let Some((_, first)) = seen.iter().find(|(known, _)| *known == value) {
                let shown = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                let (start, end) = *first;
                out.push(
                    self.at(
                        &route.clone().index(index),
                        code::REPEATED_ITEM,
                        format!("`{shown}` stands twice"),
                    )
                    .related(self.file.place(start, end), "first here")
                    .help("take one of them out"),
                );
            } else {
                seen.push((value, item.head()));
            }
        }
    }

    fn count(&self, route: &Route, limit: u64, bound: &str) -> Diagnostic {
        let node = self.root.find(route);
        let found = node.map_or(0, |node| node.items().count() + node.entries().count());
        let key = last_key(route);
        let items = if found == 1 { "item" } else { "items" };
        let wanted = match (bound, limit) {
            ("least", 1) => "at least 1 is needed".to_owned(),
            ("least", _) => format!("at least {limit} are needed"),
            _ => format!("at most {limit} are allowed"),
        };
        self.at(
            route,
            code::OUT_OF_LIMITS,
            format!("`{key}`: {found} {items}, where {wanted}"),
        )
    }
}

/// Returns the check of a format.
fn check_of(format: &str) -> Option<Check> {
    let known = FORMATS.iter().find(|(known, _)| *known == format);
    known.map(|(_, check)| *check)
}

fn route_of(error: &ValidationError<'_>) -> Route {
    let steps = error.instance_path().segments();
    steps
        .map(|segment| match segment {
            LocationSegment::Property(key) => Step::Key(key.as_ref().into()),
            LocationSegment::Index(index) => Step::Index(index),
        })
        .collect()
}

/// Returns the innermost key of a route, for messages: `approvers` for `stages[0].approvers[2]`.
fn last_key(route: &Route) -> String {
    let keys = route.steps().iter().rev();
    keys.filter_map(|step| match step {
        Step::Key(key) => Some(key.to_string()),
        Step::Index(_) => None,
    })
    .next()
    .unwrap_or_default()
}

/// Returns ` in …` for a message about a mapping, or nothing for the file itself.
fn inside(route: &Route) -> String {
    match super::places::address_of(route) {
        Some((address, rest)) if rest.steps().is_empty() => format!(" in {address}"),
        Some((address, rest)) => format!(" in `{rest}` of {address}"),
        None if route.steps().is_empty() => String::new(),
        None => format!(" in `{route}`"),
    }
}

fn words_of(options: &Value) -> Vec<String> {
    let options = options.as_array().into_iter().flatten();
    options
        .filter_map(|word| word.as_str().map(str::to_owned))
        .collect()
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    (!names.is_empty() && names.len() <= LISTED).then(|| names.join(", "))
}

/// Returns the help that offers listed names.
fn one_of(names: String) -> String {
    match names.contains(", ") {
        true => format!("write one of {names}"),
        false => format!("write {names}"),
    }
}

fn type_word(ty: &str) -> &'static str {
    match ty {
        "string" => "text",
        "integer" | "number" => "a whole number",
        "boolean" => "`true` or `false`",
        "array" => "a list",
        "object" => "a mapping",
        _ => "something else",
    }
}
