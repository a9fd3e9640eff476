//! What a test declares otherwise, under `before` and in steps `apply`: objects as sound as those of the tree, in a tree that
//! is looked at as every tree is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::scenarios::located;
use super::{Among, Tree, UNKNOWN, access, names, people};
use crate::diag::{Code, Diagnostic, Diagnostics, code};
use crate::model::{Address, Declaration, Kind, Lifecycle, Object, Origin, Project};
use crate::scenario::{Deed, Edit, Edits, Scenario};
use crate::source::{FileId, Place, Route, Step};

/// The objects that a test declares beside those of the tree, or otherwise.
#[derive(Debug, Default)]
pub(super) struct Created<'s> {
    /// Each with the number of the step from which on it is known: 0 for what was there before.
    since: BTreeMap<&'s Address, usize>,
    /// The groups that they name: by their names here and in the directory.
    groups: BTreeSet<&'s str>,
}

impl<'s> Created<'s> {
    pub(super) fn of(scenario: &'s Scenario) -> Self {
        let mut created = Self::default();
        let mut see = |step: usize, edits: &'s Edits| {
            for (address, edit) in edits {
                let Edit::Keys(keys) = edit else { continue };
                created.since.entry(address).or_insert(step);
                if address.kind() == Kind::Resource {
                    created.groups.insert(address.name());
                    let names = ["group", "team"].map(|key| keys.get(key).and_then(Value::as_str));
                    created.groups.extend(names.into_iter().flatten());
                }
                keys.values().for_each(|value| created.group(value));
            }
        };
        see(0, &scenario.script.given.before);
        for (index, step) in scenario.script.steps.iter().enumerate() {
            if let Some(Deed::Apply(edits)) = &step.deed {
                see(index + 1, edits);
            }
        }
        created
    }

    /// Notes the groups that a value names.
    fn group(&mut self, value: &'s Value) {
        match value {
            Value::String(text) => self.groups.extend(text.strip_prefix("group:")),
            Value::Array(items) => items.iter().for_each(|item| self.group(item)),
            Value::Object(keys) => keys.values().for_each(|value| self.group(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Returns what the test declares beside the tree, or otherwise.
    pub(super) fn addresses(&self) -> impl Iterator<Item = &Address> {
        self.since.keys().copied()
    }

    /// Returns true where the test names a group, in whatever it declares.
    pub(super) fn names(&self, group: &str) -> bool {
        self.groups.contains(group)
    }

    /// Returns true for what is declared by the time of a part of the test.
    pub(super) fn knows(&self, address: &Address, at: &Route) -> bool {
        let step = match at.steps() {
            [Step::Key(_), Step::Index(index), ..] => index + 1,
            _ => 0,
        };
        self.since.get(address).is_some_and(|since| *since <= step)
    }
}

/// What every test of a tree is looked at with.
pub(super) struct Whole<'w> {
    project: &'w Project,
    /// What is said of the tree as it is.
    said: BTreeSet<(Code, String)>,
    /// The objects of the tree, once a test declares some otherwise.
    objects: Option<Vec<(FileId, Declaration)>>,
}

impl<'w> Whole<'w> {
    /// Begins with what is said of the tree as it is.
    pub(super) fn new(project: &'w Project, scenarios: &[Scenario], said: &Diagnostics) -> Self {
        let edits = |scenario: &Scenario| !Created::of(scenario).since.is_empty();
        let said = match scenarios.iter().any(edits) {
            true => said.iter().map(|one| (one.code, one.message.clone())),
            false => return Self::silent(project),
        };
        Self {
            said: said.collect(),
            ..Self::silent(project)
        }
    }

    const fn silent(project: &'w Project) -> Self {
        Self {
            project,
            said: BTreeSet::new(),
            objects: None,
        }
    }
}

/// Where a test declares objects otherwise.
pub(super) struct InTest<'s> {
    scenario: &'s Scenario,
    at: BTreeMap<&'s Address, Route>,
}

impl InTest<'_> {
    /// Returns the place of a part of an object; `None` for one that the test leaves as it is.
    pub(super) fn place(&self, address: &Address, inner: &Route) -> Option<Place> {
        let at = self.at.get(address)?;
        self.scenario.place(&joined(at, inner)).cloned()
    }
}

fn joined(at: &Route, inner: &Route) -> Route {
    at.steps().iter().chain(inner.steps()).cloned().collect()
}

/// Adds what is wrong with the objects that a test declares otherwise, and with the tree as they make it.
pub(super) fn check(
    tree: &Tree<'_, '_>,
    scenario: &Scenario,
    created: &Created<'_>,
    whole: &mut Whole<'_>,
    out: &mut Diagnostics,
) {
    let mut editing = Editing {
        tree,
        scenario,
        created,
        whole,
        objects: BTreeMap::new(),
        at: BTreeMap::new(),
        told: BTreeSet::new(),
        out,
    };
    let before = Route::root().key("given").key("before");
    editing.edits(&scenario.script.given.before, &before);
    editing.objects.clear();
    for (index, step) in scenario.script.steps.iter().enumerate() {
        if let Some(Deed::Apply(edits)) = &step.deed {
            let at = Route::root().key("steps").index(index).key("apply");
            if edits.is_empty() {
                editing.objects.clear();
            }
            editing.edits(edits, &at);
        }
    }
}

struct Editing<'e, 't, 's, 'w> {
    tree: &'e Tree<'t, 's>,
    scenario: &'e Scenario,
    created: &'e Created<'e>,
    whole: &'e mut Whole<'w>,
    /// What the steps so far left of the objects that they edited; `None` for what is gone.
    objects: BTreeMap<&'e Address, Option<Declaration>>,
    /// Where each of them was edited last.
    at: BTreeMap<&'e Address, Route>,
    /// What was said of a tree that this test made.
    told: BTreeSet<(Code, String)>,
    out: &'e mut Diagnostics,
}

impl<'e> Editing<'e, '_, '_, '_> {
    fn edits(&mut self, edits: &'e Edits, at: &Route) {
        // What one names the other may declare.
        let mut edited = Vec::new();
        let mut sound = true;
        for (address, edit) in edits {
            let at = at.clone().key(&address.to_string());
            let known = self.is_declared(address, &at);
            match edit {
                Edit::Gone => {
                    if !known || !self.is_known(address) {
                        let message = format!("{address} cannot go: it is not declared");
                        self.push(self.misspelt(address, message), &at);
                    }
                    self.objects.insert(address, None);
                }
                Edit::Keys(_) => match self.object(address, edit, &at) {
                    Some(object) => edited.push((address, object)),
                    None => sound = false,
                },
            }
            self.at.insert(address, at);
        }
        for (address, object) in edited {
            let nowhere = Origin {
                path: "".into(),
                line: 1,
            };
            let edited = Declaration::new(address.clone(), object, Lifecycle::default(), nowhere);
            self.objects.insert(address, Some(edited));
        }
        if sound && !edits.is_empty() {
            self.tree_as_edited(edits, at);
        }
    }

    /// Looks at the tree as the edits make it, as at every tree: adds what is wrong with it and was not so before.
    fn tree_as_edited(&mut self, edits: &Edits, at: &Route) {
        let is_edited = |address: &Address| {
            let parent = address.parent();
            let gone = parent.and_then(|parent| self.objects.get(&parent));
            self.objects.contains_key(address) || gone.is_some_and(Option::is_none)
        };
        let known = self.tree.known.declarations;
        let Some((file, _)) = known.first() else {
            return;
        };
        let whole = self.whole.objects.take().unwrap_or_else(|| known.to_vec());
        let (mut objects, aside): (Vec<_>, Vec<_>) = whole
            .into_iter()
            .partition(|(_, one)| !is_edited(&one.address));
        let edited = self.objects.values().flatten().cloned();
        objects.extend(edited.map(|declared| (*file, declared)));
        objects.sort_by(|(_, one), (_, other)| one.address.cmp(&other.address));
        let test = InTest {
            scenario: self.scenario,
            at: self.at.clone(),
        };
        let found = self.problems(&objects, &test);
        objects.retain(|(_, one)| !is_edited(&one.address));
        objects.extend(aside);
        objects.sort_by(|(_, one), (_, other)| one.address.cmp(&other.address));
        self.whole.objects = Some(objects);
        for problem in found.iter().cloned() {
            let said = (problem.code, problem.message.clone());
            if self.whole.said.contains(&said) || !self.told.insert(said) {
                continue;
            }
            let mut places = self.scenario.places.values();
            let here = problem.primary.as_deref();
            if places.any(|place| Some(place) == here) {
                self.out.push(problem);
                continue;
            }
            // It is wrong elsewhere, and what the test does makes it so.
            let one = edits.keys().next().filter(|_| edits.len() == 1);
            let at = one.map_or_else(|| at.clone(), |one| at.clone().key(&one.to_string()));
            let there = problem.primary.clone();
            let mut problem = located(problem, self.scenario, &at);
            if let Some(there) = there {
                problem = problem.related(*there, "with what stands here");
            }
            self.out.push(problem);
        }
    }

    fn problems(&self, objects: &[(FileId, Declaration)], test: &InTest<'_>) -> Diagnostics {
        let broken: Vec<(FileId, Address)> = self.tree.known.broken();
        let mut tree = Tree::new(objects, &broken, &[], self.tree.locator);
        tree.test = Some(test);
        let mut found = Diagnostics::new();
        names::references(&tree, &mut found);
        access::check(&tree, &mut found);
        people::check(&tree, self.whole.project, &mut found);
        found
    }

    /// Returns true for an object of the tree, readable or not.
    fn is_known(&self, address: &Address) -> bool {
        self.tree.declares(address.kind(), address.name())
            || self.objects.get(address).is_some_and(Option::is_some)
    }

    /// Returns true for an object of the tree, or one that the test declares by then.
    fn is_declared(&self, address: &Address, at: &Route) -> bool {
        self.tree.declares(address.kind(), address.name()) || self.created.knows(address, at)
    }

    /// Returns the object that an edit makes, where it is one.
    fn object(&mut self, address: &'e Address, edit: &'e Edit, at: &Route) -> Option<Object> {
        if let Some(parent) = address.parent()
            && !self.is_declared(&parent, at)
        {
            let message = format!("{address} belongs to {parent}, which is not declared");
            self.push(self.misspelt(&parent, message), at);
            return None;
        }
        let (kind, name) = (address.kind(), address.name());
        let declared = self.tree.get(kind, name).map(|(_, declared)| declared);
        let base = match self.objects.get(address) {
            Some(edited) => edited.as_ref(),
            None => declared,
        };
        if base.is_none() && self.tree.declares(kind, name) {
            return None; // What is wrong with it is told where it stands.
        }
        let is_new = base.is_none() && declared.is_none();
        let object = match edit.on(base, address) {
            Ok(object) => object?,
            Err(message) => {
                self.unsound(address, is_new, code::BAD_FORMAT, &message, None, at);
                return None;
            }
        };
        let mut problems = Vec::new();
        object.check(&mut problems);
        if let Some(problem) = problems.into_iter().next() {
            let route: Route = at
                .steps()
                .iter()
                .chain(problem.at.steps())
                .cloned()
                .collect();
            let (code, message) = (problem.code, problem.message);
            self.unsound(address, is_new, code, &message, problem.help, &route);
            return None;
        }
        if is_new {
            self.is_meant(address, edit, at);
        }
        Some(object)
    }

    /// Looks at an object that the tree does not declare: it is a new one, or one whose name is misspelt.
    fn is_meant(&mut self, address: &Address, edit: &Edit, at: &Route) {
        let message = format!("the tree does not declare {address}, so it is a new one here");
        let says_who = matches!(edit, Edit::Keys(keys) if keys.contains_key("requestors"));
        if address.kind() == Kind::Policy && !says_who {
            let problem = Diagnostic::error(
                UNKNOWN,
                format!("{address} is not declared, and a new policy says its `requestors`"),
            );
            let help = self.near(address);
            self.push(problem.help_opt(help), at);
        } else if let Some(near) = self.near(address) {
            let problem = Diagnostic::warning(UNKNOWN, message).help(near);
            self.push(problem, at);
        }
    }

    fn unsound(
        &mut self,
        address: &Address,
        is_new: bool,
        code: Code,
        message: &str,
        help: Option<String>,
        at: &Route,
    ) {
        let problem = match is_new {
            true => {
                let message = format!(
                    "{address} is not declared, and as a new one it is not whole: {message}"
                );
                Diagnostic::error(UNKNOWN, message)
                    .help_opt(self.near(address))
                    .help_opt(help)
            }
            false => {
                let message = format!("{address} cannot be declared like this: {message}");
                Diagnostic::error(code, message).help_opt(help)
            }
        };
        self.push(problem, at);
    }

    /// Returns a problem of an address that the tree does not declare.
    fn misspelt(&self, address: &Address, message: String) -> Diagnostic {
        Diagnostic::error(UNKNOWN, message).help_opt(self.near(address))
    }

    /// Returns the address of the tree that was probably meant; of what lives in another object, one that lives there.
    fn near(&self, address: &Address) -> Option<String> {
        let kind = address.kind();
        let Some(parent) = address.parent() else {
            let near = self.tree.near(Among::All(kind), address.name())?;
            return Some(format!("did you mean `{kind}/{near}`?"));
        };
        let own = self.tree.of(kind).filter(|(_, declared)| {
            let of = declared.address.parent();
            of.as_ref() == Some(&parent)
        });
        let own: Vec<&str> = own
            .map(|(_, declared)| declared.address.own_name())
            .collect();
        let near = crate::diag::nearest(address.own_name(), own.iter().copied())?;
        Some(format!("did you mean `{kind}/{}/{near}`?", parent.name()))
    }

    fn push(&mut self, problem: Diagnostic, at: &Route) {
        self.out.push(located(problem, self.scenario, at));
    }
}
