//! Groups that the tree keeps, as a plan makes them, and what their rules make of somebody's membership.

use std::collections::BTreeMap;

use super::following::Held;
use crate::governance::people::belongs;
use crate::governance::record::{Group, Person, Source};
use crate::governance::rule::Rule;
use crate::impact::moving::managed;
use crate::impact::sides::Sides;
use crate::model::kinds::Resource;
use crate::model::{Address, Kind};
use crate::plan::{Action, Plan};

/// A group that the tree keeps, or kept.
#[derive(Debug)]
pub(super) struct Kept {
    /// The resource that keeps it.
    pub(super) address: Address,
    /// Its name in the directory.
    pub(super) name: String,
    /// What the directory knows of it after the plan; `None` for a group that is gone.
    pub(super) group: Option<Group>,
    /// The rule that says who is in it.
    pub(super) rule: Option<Rule>,
    /// Whether its members are looked at anew: it comes, it goes, or it lets in others.
    pub(super) is_walked: bool,
}

impl Kept {
    /// Returns the groups whose resources a plan changes, by name in lower case.
    pub(super) fn all(plan: &Plan, sides: &Sides<'_>) -> BTreeMap<String, Self> {
        let mut all: BTreeMap<String, Self> = BTreeMap::new();
        let resources = plan.changes.iter();
        for change in resources.filter(|change| change.address.kind() == Kind::Resource) {
            let (old, new) = sides.both(&change.address);
            let (old, new) = (managed(old), managed(new));
            let is_let_go = change.delta.action() == Action::Forget;
            let name = new.as_ref().map(|(name, _)| name.clone());
            if let Some((was, resource)) = &old
                && !is_let_go
                && name.as_ref() != Some(was)
            {
                let gone = Self {
                    address: change.address.clone(),
                    name: shown(resource),
                    group: None,
                    rule: None,
                    is_walked: true,
                };
                let _ = all.entry(was.clone()).or_insert(gone);
            }
            if let Some((name, resource)) = new {
                let same = old.filter(|(was, _)| *was == name);
                let is_same = same.is_some_and(|(_, old)| lets_in(old) == lets_in(resource));
                let kept = Self {
                    address: change.address.clone(),
                    name: shown(resource),
                    group: Some(group(resource)),
                    rule: rule(resource),
                    is_walked: !is_same,
                };
                let _ = all.insert(name, kept);
            }
        }
        all
    }

    /// Returns true for somebody whom the rule lets in; `None` for a group without one.
    pub(super) fn lets_in(&self, person: &Person) -> Option<bool> {
        let (group, rule) = (self.group.as_ref()?, self.rule.as_ref()?);
        Some(belongs(group.guests, rule, person))
    }

    /// Gives and takes what the rule of the group gives and takes of what somebody holds there.
    pub(super) fn walk(&self, person: &Person, holds: &mut Vec<Held>) {
        if !self.is_walked {
            return;
        }
        if self.group.is_none() {
            holds.clear();
            return;
        }
        match self.lets_in(person) {
            None => holds.retain(|(_, source)| *source != Source::Rule),
            // What a package gives, the package takes.
            Some(false) => holds.retain(|(_, source)| *source == Source::Package),
            Some(true) => {
                if holds.iter().all(|(_, source)| *source == Source::Package) {
                    holds.push(("Member".to_owned(), Source::Rule));
                }
            }
        }
    }
}

/// Returns what decides whom a group lets in: its rule, and whether guests may be in it.
fn lets_in(resource: &Resource) -> Option<(String, bool)> {
    let rule = resource.membership_rule.as_ref()?;
    Some((rule.to_string(), resource.guests))
}

fn rule(resource: &Resource) -> Option<Rule> {
    let rule = resource.membership_rule.as_ref()?;
    Rule::parse(rule.as_str()).ok()
}

fn shown(resource: &Resource) -> String {
    let origin = resource.origin();
    origin.map_or_else(String::new, |(_, name)| name.to_owned())
}

fn group(resource: &Resource) -> Group {
    Group {
        number: 0,
        name: shown(resource),
        mail: None,
        rule: resource.membership_rule.as_ref().map(ToString::to_string),
        guests: resource.guests,
        owners: Vec::new(),
        managed: None,
    }
}
