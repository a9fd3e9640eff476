//! What other files lend: variables, and profiles of policies. Read before everything else.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::node::{Entry, NodeRef, Tree};
use super::parse::parse;
use super::scalar::Variables;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::model::{Name, ProfileLines, Project};
use crate::source::{FileId, Place, Route, SourceFile, Sources, Span};

const VARS: &str = "vars";
const PROFILES: &str = "profiles";

/// Returns the variables of the project and its tree. The tree wins; a name twice in the tree is an error.
pub(super) fn variables(sources: &Sources, project: &Project, out: &mut Diagnostics) -> Variables {
    let mut variables = project.vars.clone();
    let mut once = Once::of("variable", sources);
    for (id, file) in sources
        .iter()
        .filter(|(_, file)| has_section(file.text(), VARS))
    {
        let (Some(tree), _) = parse(file, None) else {
            continue;
        };
        let Some(section) = tree.root().get(VARS) else {
            continue;
        };
        for entry in section.entries() {
            let Some(text) = entry.value.as_text() else {
                continue;
            };
            if text.contains("${") {
                let (start, end) = entry.value.span();
                out.push(
                    Diagnostic::error(
                        code::UNKNOWN_VARIABLE,
                        format!("the variable `{}` is made of another", entry.key),
                    )
                    .at(file.place(start, end))
                    .help("write its text: variables are put in place once"),
                );
            }
            once.see(id, &entry, out);
            variables.insert(entry.key.to_owned(), text.to_owned());
        }
    }
    variables
}

/// Names that a tree declares once, and where.
struct Once<'s> {
    what: &'static str,
    sources: &'s Sources,
    seen: BTreeMap<String, Span>,
}

impl<'s> Once<'s> {
    const fn of(what: &'static str, sources: &'s Sources) -> Self {
        Self {
            what,
            sources,
            seen: BTreeMap::new(),
        }
    }

    /// Notes a name, and returns whether it is the first of its kind; another one is an error that shows both places.
    fn see(&mut self, file: FileId, entry: &Entry<'_>, out: &mut Diagnostics) -> bool {
        let (start, end) = entry.key_span;
        let span = Span { file, start, end };
        let Some(first) = self.seen.insert(entry.key.to_owned(), span) else {
            return true;
        };
        out.push(
            Diagnostic::error(
                code::DUPLICATE_NAME,
                format!("the {} `{}` is declared twice", self.what, entry.key),
            )
            .at(self.sources.place(span))
            .related(self.sources.place(first), "first declared here"),
        );
        false
    }
}

/// The profiles of a tree, with the files they stand in.
#[derive(Default)]
pub(super) struct Profiles<'s> {
    files: Vec<(FileId, Tree<'s>)>,
    /// By name: the position in `files`.
    names: BTreeMap<String, usize>,
    /// By name: the lines.
    lines: BTreeMap<String, Arc<ProfileLines>>,
}

impl<'s> Profiles<'s> {
    /// Reads the profiles of a tree; a name twice is an error.
    pub(super) fn read(sources: &'s Sources, variables: &Variables, out: &mut Diagnostics) -> Self {
        let mut profiles = Self::default();
        let mut once = Once::of("profile", sources);
        for (id, file) in sources
            .iter()
            .filter(|(_, file)| has_section(file.text(), PROFILES))
        {
            let (Some(tree), _) = parse(file, Some(variables)) else {
                continue;
            };
            let Some(section) = tree.root().get(PROFILES) else {
                continue;
            };
            for entry in section.entries() {
                let first = once.see(id, &entry, out);
                if first && Name::parse(entry.key).is_ok() {
                    profiles
                        .names
                        .insert(entry.key.to_owned(), profiles.files.len());
                    let mut lines = BTreeMap::new();
                    below(entry.value, file, &Route::root(), &mut lines);
                    let path = file.path().into();
                    let lines = Arc::new(ProfileLines { path, lines });
                    profiles.lines.insert(entry.key.to_owned(), lines);
                }
            }
            profiles.files.push((id, tree));
        }
        profiles
    }

    /// Returns a profile's keys.
    pub(super) fn get(&self, name: &str) -> Option<NodeRef<'_>> {
        let (_, tree) = &self.files[*self.names.get(name)?];
        tree.root().get(PROFILES)?.get(name)
    }

    /// Returns the lines of a profile.
    pub(super) fn lines(&self, name: &str) -> Option<Arc<ProfileLines>> {
        self.lines.get(name).cloned()
    }

    /// Returns every name.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// Returns where a part of a profile stands.
    pub(super) fn place(&self, sources: &Sources, name: &str, inner: &Route) -> Option<Place> {
        let (file, tree) = &self.files[*self.names.get(name)?];
        let profile = Route::root().key(PROFILES).key(name);
        let whole: Route = profile
            .steps()
            .iter()
            .chain(inner.steps())
            .cloned()
            .collect();
        let (start, end) = tree.root().locate(&whole);
        Some(sources.file(*file).place(start, end))
    }
}

/// Adds the lines of everything in a node.
fn below(node: NodeRef<'_>, file: &SourceFile, at: &Route, lines: &mut BTreeMap<Route, u32>) {
    for entry in node.entries() {
        let at = at.clone().key(entry.key);
        lines.insert(at.clone(), file.line(entry.key_span.0));
        below(entry.value, file, &at, lines);
    }
    for (index, item) in node.items().enumerate() {
        let at = at.clone().index(index);
        lines.insert(at.clone(), file.line(item.span().0));
        below(item, file, &at, lines);
    }
}

/// Returns true when a file may have a section: its name stands at the start of a line, bare or quoted, or the whole file
/// is one flow mapping.
fn has_section(text: &str, section: &str) -> bool {
    let flow = text.trim_start().starts_with('{');
    let mut lines = text.match_indices(section).map(|(at, _)| &text[..at]);
    lines.any(|before| {
        let before = before.strip_suffix(['"', '\'']).unwrap_or(before);
        flow || before.is_empty()
            || before.ends_with('\n')
            || before.ends_with(' ') && column_is_blank(before)
    })
}

fn column_is_blank(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.chars().all(|c| c == ' ') || line.trim() == "---" || line.trim() == "?"
}
