//! Both sides of a plan: every object as it is, and as it will be, under the names that it will have.
//!
//! Only what the project owns counts: to the engine an object of nobody is not there, so that taking one over brings it, and
//! letting one go takes it away.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Estate;
use crate::governance::renaming::Renamed;
use crate::model::text::Domain;
use crate::model::{Address, Body, Desired, Kind, Live, Object, respell};
use crate::plan::{Delta, Plan};

/// Every object of a project, before and after a plan.
#[derive(Debug)]
pub struct Sides<'d> {
    entries: BTreeMap<Address, Entry<'d>>,
    /// Whether the project owns nothing before.
    pub is_first: bool,
    /// What nobody owns and the plan takes over.
    found: BTreeMap<Address, Object>,
    names: Names,
    /// The names before, by kind and name after.
    former: Names,
}

/// One object before and after.
#[derive(Debug)]
struct Entry<'d> {
    before: Option<Cow<'d, Object>>,
    after: After,
}

#[derive(Debug)]
enum After {
    Same,
    Gone,
    Other(Box<Object>),
}

/// Other names of objects, by kind and name.
type Names = BTreeMap<(Kind, String), String>;

impl<'d> Sides<'d> {
    /// Returns the sides of a plan that leads from what a store holds; the tree says what was not read because it is the
    /// same.
    #[must_use]
    pub fn of(plan: &Plan, desired: &'d Desired, live: &Live) -> Self {
        let names = names(plan);
        let mut entries = BTreeMap::new();
        for bound in live.bound() {
            let object = match &bound.object {
                Some(live) => read(bound.address.kind(), &live.body, &names).map(Cow::Owned),
                None => desired
                    .get(&bound.address)
                    .map(|declaration| Cow::Borrowed(&*declaration.object)),
            };
            if let Some(object) = object {
                entries.insert(moved(&bound.address, &names), Entry::same(object));
            }
        }
        Self::after(plan, entries, names)
    }

    /// Returns the sides of a plan that leads from one tree to another.
    #[must_use]
    pub fn between(plan: &Plan, before: &'d Desired) -> Self {
        let names = names(plan);
        let mut entries = BTreeMap::new();
        for declaration in before.objects() {
            let object = match names.is_empty() {
                true => Some(Cow::Borrowed(&*declaration.object)),
                false => {
                    let kind = declaration.address.kind();
                    read(kind, &declaration.body(), &names).map(Cow::Owned)
                }
            };
            if let Some(object) = object {
                entries.insert(moved(&declaration.address, &names), Entry::same(object));
            }
        }
        Self::after(plan, entries, names)
    }

    fn after(plan: &Plan, mut entries: BTreeMap<Address, Entry<'d>>, names: Names) -> Self {
        let is_first = entries.is_empty();
        let mut found = BTreeMap::new();
        for change in &plan.changes {
            if let Delta::Adopt { before, .. } = &change.delta
                && let Some(object) = read(change.address.kind(), &before.body, &names)
            {
                found.insert(change.address.clone(), object);
            }
            let after = match change.delta.after() {
                None => After::Gone,
                Some(body) => match read(change.address.kind(), body, &Names::new()) {
                    Some(object) => After::Other(Box::new(object)),
                    None => continue,
                },
            };
            let entry = entries.entry(change.address.clone()).or_insert(Entry {
                before: None,
                after: After::Gone,
            });
            entry.after = after;
        }
        let former = names
            .iter()
            .map(|((kind, was), now)| ((*kind, now.clone()), was.clone()))
            .collect();
        Self {
            entries,
            is_first,
            found,
            names,
            former,
        }
    }

    /// Returns the side before.
    #[must_use]
    pub fn before<'t>(&'t self, own: &'t [Domain], now: Timestamp) -> Estate<'t> {
        let objects = self.entries.iter();
        let objects = objects.filter_map(|(address, entry)| Some((address, entry.before()?)));
        Estate::new(objects, own, now)
    }

    /// Returns the side after.
    #[must_use]
    pub fn afterwards<'t>(&'t self, own: &'t [Domain], now: Timestamp) -> Estate<'t> {
        let objects = self.entries.iter();
        let objects = objects.filter_map(|(address, entry)| Some((address, entry.after()?)));
        Estate::new(objects, own, now)
    }

    /// Returns the names that resources get: whoever is asked by a group of theirs is asked by it under the new one.
    pub(super) fn renamed(&self) -> Renamed {
        let names = self.names.iter();
        let resources = names.filter(|((kind, _), _)| *kind == Kind::Resource);
        Renamed::of(resources.map(|((_, was), is)| (&**was, &**is)))
    }

    /// Returns the address that an object will have.
    #[must_use]
    pub fn now_called(&self, was: &Address) -> Address {
        moved(was, &self.names)
    }

    /// Returns the address that an object has before the plan; `None` for one that is not there before, be it under a name
    /// that was another's.
    #[must_use]
    pub fn was_called(&self, now: &Address) -> Option<Address> {
        let is_there = self.both(now).0.is_some();
        is_there.then(|| moved(now, &self.former))
    }

    /// Returns an object that nobody owns and the plan takes over, as it is.
    pub(super) fn found(&self, address: &Address) -> Option<&Object> {
        self.found.get(address)
    }

    /// Shows every object of either side.
    pub(super) fn each(&self, see: &mut dyn FnMut(&Address, &Object)) {
        for (address, entry) in &self.entries {
            if let Some(object) = entry.before() {
                see(address, object);
            }
            if let After::Other(object) = &entry.after {
                see(address, object);
            }
        }
    }

    /// Returns an object on both sides.
    pub(super) fn both(&self, address: &Address) -> (Option<&Object>, Option<&Object>) {
        match self.entries.get(address) {
            Some(entry) => (entry.before(), entry.after()),
            None => (None, None),
        }
    }
}

impl<'d> Entry<'d> {
    const fn same(object: Cow<'d, Object>) -> Self {
        Self {
            before: Some(object),
            after: After::Same,
        }
    }

    fn before(&self) -> Option<&Object> {
        self.before.as_deref()
    }

    fn after(&self) -> Option<&Object> {
        match &self.after {
            After::Same => self.before(),
            After::Gone => None,
            After::Other(object) => Some(object),
        }
    }
}

fn names(plan: &Plan) -> Names {
    let renamed = plan.changes.iter().filter_map(|change| {
        let (Delta::Update { before, .. } | Delta::Replace { before, .. }) = &change.delta else {
            return None;
        };
        let was = before
            .address
            .as_ref()
            .filter(|was| **was != change.address)?;
        Some((
            (was.kind(), was.name().to_owned()),
            change.address.name().to_owned(),
        ))
    });
    renamed.collect()
}

/// Returns the address that an object will have.
fn moved(address: &Address, names: &Names) -> Address {
    let new = |address: &Address| -> Option<Address> {
        let name = names.get(&(address.kind(), address.name().to_owned()))?;
        format!("{}/{name}", address.kind()).parse().ok()
    };
    if names.is_empty() {
        return address.clone();
    }
    if let Some(new) = new(address) {
        return new;
    }
    let parent = address.parent();
    let within = parent.and_then(|parent| address.moved(&parent, &new(&parent)?));
    within.unwrap_or_else(|| address.clone())
}

fn read(kind: Kind, body: &Body, names: &Names) -> Option<Object> {
    let renamed = |kind: Kind, name: &str| names.get(&(kind, name.to_owned())).cloned();
    let spelled = match names.is_empty() {
        true => None,
        false => respell(kind, body, &renamed).ok(),
    };
    let body = spelled.as_ref().unwrap_or(body);
    let mut read = serde_json::Deserializer::from_str(body.as_str());
    kind.decode(&mut read).ok()
}
