//! What is said where several forms are allowed and none fits: what was probably meant, and what there is to choose from.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Rule};
use serde_json::Value;

use super::{Explainer, check_of, last_key, list, one_of, route_of, type_word, words_of};
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::load::node::NodeKind;
use crate::load::scalar::short;
use crate::source::Route;

impl Explainer<'_> {
    /// None of several forms fits: explain the one that was meant.
    pub(super) fn union(
        &self,
        error: &ValidationError<'_>,
        route: &Route,
        tags: &[String],
        branches: &[Vec<ValidationError<'static>>],
        out: &mut Diagnostics,
    ) {
        let Some(node) = self.root.find(route) else {
            return;
        };
        let words: Vec<String> = branches
            .iter()
            .flatten()
            .filter_map(|error| match error.kind() {
                Rule::Enum { options } => Some(words_of(options)),
                _ => None,
            })
            .flatten()
            .collect();
        let wrong_type = |branch: &Vec<ValidationError<'_>>| {
            branch
                .iter()
                .any(|error| matches!(error.kind(), Rule::Type { .. }) && route_of(error) == *route)
        };
        let mut fitting = branches.iter().filter(|branch| !wrong_type(branch));
        match node.kind() {
            NodeKind::Mapping if !tags.is_empty() => {
                let keys: Vec<&str> = node.entries().map(|entry| entry.key).collect();
                let tags = || tags.iter().map(String::as_str);
                let foreign: Vec<String> = keys
                    .iter()
                    .filter(|key| !tags().any(|tag| tag == **key))
                    .map(|key| (*key).to_owned())
                    .collect();
                if !foreign.is_empty() {
                    let known: Vec<String> = tags().map(str::to_owned).collect();
                    self.unknown_keys(route, &known, &foreign, out);
                } else if let [key] = keys[..] {
                    let within = |branch: &&Vec<ValidationError<'_>>| {
                        branch.iter().all(|error| {
                            route_of(error)
                                .steps()
                                .starts_with(route.clone().key(key).steps())
                        })
                    };
                    branches
                        .iter()
                        .filter(within)
                        .flatten()
                        .for_each(|error| self.explain(error, out));
                } else {
                    let message = format!(
                        "`{}` has {} keys, and exactly one is expected",
                        last_key(route),
                        keys.len()
                    );
                    let help = list(tags()).map(one_of);
                    out.push(self.at(route, code::KEYS_EXCLUDE, message).help_opt(help));
                }
            }
            NodeKind::Text if !words.is_empty() => {
                let wrong = self.not_a_choice(route, &[&words, tags].concat());
                let text = node.as_text().unwrap_or_default();
                out.push(match self.tag_that_takes(text, error) {
                    Some(tag) => Diagnostic {
                        help: vec![format!("write `{{ {tag}: {} }}`", short(text))],
                        ..wrong
                    },
                    None => wrong.help_opt(self.form(text, route, branches)),
                });
            }
            _ => match (fitting.next(), fitting.next()) {
                (Some(branch), None) => branch.iter().for_each(|error| self.explain(error, out)),
                _ => {
                    let mut wanted: Vec<&str> = Vec::new();
                    for error in branches
                        .iter()
                        .flatten()
                        .filter(|error| route_of(error) == *route)
                    {
                        if let Rule::Type {
                            kind: TypeKind::Single(ty),
                        } = error.kind()
                        {
                            let word = type_word(&ty.to_string());
                            if !wanted.contains(&word) {
                                wanted.push(word);
                            }
                        }
                    }
                    let unfit = self.unfit(route, &wanted.join(" or "));
                    let choices = || words.iter().chain(tags).map(String::as_str);
                    out.push(match list(choices()).filter(|_| !tags.is_empty()) {
                        Some(names) => Diagnostic {
                            help: vec![one_of(names)],
                            ..unfit
                        },
                        None => unfit,
                    });
                }
            },
        }
    }

    /// Returns how a text is written that is none of the words of a union, where there is such a form.
    fn form(
        &self,
        text: &str,
        route: &Route,
        branches: &[Vec<ValidationError<'static>>],
    ) -> Option<String> {
        let errors = branches.iter().flatten();
        let mut here = errors.filter(|error| route_of(error) == *route);
        let check = here.find_map(|error| match error.kind() {
            Rule::Format { format } => check_of(format),
            _ => None,
        })?;
        let problem = check(text).err()?;
        Some(match problem.help {
            Some(help) => format!("or {help}"),
            None => format!("or something else: {}", problem.message),
        })
    }

    /// Returns the keys of a union of one-key mappings, as the schema lists them; none for a union of another sort.
    pub(super) fn tags(&self, union: &ValidationError<'_>) -> Vec<String> {
        let branches = self.schema.pointer(union.schema_path().as_str());
        let branches = branches.and_then(Value::as_array).into_iter().flatten();
        branches.filter_map(|branch| self.tag(branch)).collect()
    }

    /// Returns the first key of a union whose value a text could be.
    fn tag_that_takes(&self, text: &str, union: &ValidationError<'_>) -> Option<String> {
        let branches = self.schema.pointer(union.schema_path().as_str());
        let branches = branches.and_then(Value::as_array).into_iter().flatten();
        branches
            .filter_map(|branch| {
                let tag = self.tag(branch)?;
                let format = self.resolved(&self.resolved(branch)?["properties"][&tag])?["format"]
                    .as_str()?;
                check_of(format)?(text).is_ok().then_some(tag)
            })
            .next()
    }

    fn resolved<'v>(&'v self, schema: &'v Value) -> Option<&'v Value> {
        let target = schema["$ref"].as_str().and_then(|at| at.strip_prefix('#'));
        target.map_or(Some(schema), |at| self.schema.pointer(at))
    }

    /// Returns the one key of a branch that is a mapping with one key.
    fn tag(&self, branch: &Value) -> Option<String> {
        let branch = self.resolved(branch)?;
        let mut keys = branch["properties"].as_object()?.keys();
        let key = keys.next().filter(|_| keys.next().is_none())?;
        let required = branch["required"].as_array()?;
        required
            .iter()
            .any(|needed| needed == key)
            .then(|| key.clone())
    }
}
