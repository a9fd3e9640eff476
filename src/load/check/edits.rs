//! What a test declares otherwise, under `before` and in steps `apply`: objects as sound as those of the tree, which name
//! what is there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::scenarios::located;
use super::{Among, Tree, UNKNOWN};
use crate::diag::{Code, Diagnostic, Diagnostics, code, offer};
use crate::model::kinds::{Package, Resource};
use crate::model::{Address, Bond, Declaration, Kind, Lifecycle, Mention, Object, Origin};
use crate::scenario::{Deed, Edit, Edits, Scenario};
use crate::source::{Route, Step};

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

/// Adds what is wrong with the objects that a test declares otherwise.
pub(super) fn check(
    tree: &Tree<'_, '_>,
    scenario: &Scenario,
    created: &Created<'_>,
    out: &mut Diagnostics,
) {
    let mut editing = Editing {
        tree,
        scenario,
        created,
        objects: BTreeMap::new(),
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

struct Editing<'e, 't, 's> {
    tree: &'e Tree<'t, 's>,
    scenario: &'e Scenario,
    created: &'e Created<'e>,
    /// What the steps so far left of the objects that they edited; `None` for what is gone.
    objects: BTreeMap<&'e Address, Option<Declaration>>,
    out: &'e mut Diagnostics,
}

impl<'e> Editing<'e, '_, '_> {
    fn edits(&mut self, edits: &'e Edits, at: &Route) {
        // What one names the other may declare.
        let mut edited = Vec::new();
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
                Edit::Keys(keys) => {
                    if let Some(object) = self.object(address, edit, &at) {
                        edited.push((address, keys, object, at));
                    }
                }
            }
        }
        for (address, keys, object, at) in edited {
            object.references(&mut |mention| {
                let route = mention.route();
                let first = route.steps().first();
                let is_written =
                    |step: &Step| matches!(step, Step::Key(key) if keys.contains_key(&**key));
                if first.is_some_and(is_written) {
                    self.reference(address, &mention, &at);
                }
            });
            if let Object::Package(package) = &object
                && keys.contains_key("grants")
            {
                self.grants(package, &at);
            }
            let nowhere = Origin {
                path: "".into(),
                line: 1,
            };
            let edited = Declaration::new(address.clone(), object, Lifecycle::default(), nowhere);
            self.objects.insert(address, Some(edited));
        }
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

    /// Looks at what an edited object names.
    fn reference(&mut self, address: &Address, mention: &Mention<'_>, at: &Route) {
        let (kind, name) = (mention.kind, mention.name);
        let route: Route = at
            .steps()
            .iter()
            .chain(mention.route().steps())
            .cloned()
            .collect();
        let known = self.tree.declares(kind, name)
            || self.created.addresses().any(|created| {
                (created.kind(), created.name()) == (kind, name) && self.created.knows(created, at)
            });
        if known {
            return;
        }
        match mention.bond {
            Bond::Needs | Bond::Names => {
                let message = format!("{address} names the {kind} `{name}`, which is not declared");
                let near = self.tree.near(Among::All(kind), name);
                let near = near.map(|near| format!("did you mean `{near}`?"));
                self.push(Diagnostic::error(UNKNOWN, message).help_opt(near), &route);
            }
            Bond::Perhaps => {
                let Some(near) = self.tree.near(Among::Groups, name) else {
                    return;
                };
                let message = format!(
                    "`group:{name}` is taken for a group of the directory, for it is not declared"
                );
                let problem = Diagnostic::warning(UNKNOWN, message);
                let help = format!("did you mean `group:{near}`?");
                self.push(problem.help(help), &route);
            }
        }
    }

    /// Looks at the roles that an edited package gives.
    fn grants(&mut self, package: &Package, at: &Route) {
        for (name, roles) in &package.grants {
            let resource: Option<&Resource> = self.tree.resource(name.as_str());
            let Some(resource) = resource else { continue };
            for role in roles.iter() {
                let offered: Vec<&str> = resource.offered_roles().collect();
                if offered.contains(&role.as_str()) {
                    continue;
                }
                let has: Vec<String> = offered.iter().map(|role| format!("`{role}`")).collect();
                let help = offer(role.as_str(), offered.iter().copied())
                    .unwrap_or_else(|| format!("it offers {}", has.join(", ")));
                let message = format!("the resource `{name}` offers no role `{role}`");
                let problem = Diagnostic::error(code::NO_SUCH_ROLE, message).help(help);
                let route = at.clone().key("grants").key(name.as_str());
                self.push(problem, &route);
            }
        }
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
