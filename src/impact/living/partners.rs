//! Organizations that come, go, or are told by something else, and with which of them somebody is told of.
//!
//! Where two exchange a domain, both changes concern the same people. Each of these is told of once: with the organization that
//! they were of, or the one that they are of now, if that is among those that change.

use std::collections::{BTreeMap, BTreeSet};

use crate::governance::organization::declared;
use crate::governance::people::is_closed;
use crate::governance::record::{Entity, Key, Mark, Person};
use crate::impact::sides::Sides;
use crate::model::kinds::Organization;
use crate::model::{Address, Kind, Name, Object};
use crate::plan::{Change, Plan};

/// A way in which people of an organization are found.
type Way = (Mark, Key);

/// The organizations that a plan makes others, and the settings that it closes.
#[derive(Debug, Default)]
pub(super) struct Partners {
    /// The ways in which each finds others than before.
    ways: BTreeMap<Address, BTreeSet<Way>>,
    /// The organizations that find others in a way.
    by_way: BTreeMap<Way, BTreeSet<Address>>,
    /// Cross-tenant settings that let nobody in from now on, of organizations that are there.
    closing: BTreeSet<Address>,
}

impl Partners {
    pub(super) fn of(plan: &Plan, sides: &Sides<'_>) -> Self {
        let mut partners = Self::default();
        for change in &plan.changes {
            match change.address.kind() {
                Kind::Organization => partners.change(change, sides),
                Kind::CrossTenant if closes(change, sides) => {
                    let _ = partners.closing.insert(change.address.clone());
                }
                _ => {}
            }
        }
        partners
    }

    fn change(&mut self, change: &Change, sides: &Sides<'_>) {
        let (old, new) = sides.both(&change.address);
        let (old, new) = (organization(old), organization(new));
        let name = change.address.own_name();
        let ways = |side: Option<&Organization>| -> BTreeSet<Way> {
            let found = side.map(|it| declared(name, it).belongings);
            let found = found.into_iter().flatten();
            found.map(|belonging| belonging.mark()).collect()
        };
        let (was, is) = (ways(old), ways(new));
        let state = |side: Option<&Organization>| side.map(|it| it.state);
        let concerned: BTreeSet<Way> = match state(old) == state(new) {
            true => was.symmetric_difference(&is).cloned().collect(),
            false => was.union(&is).cloned().collect(),
        };
        for way in &concerned {
            let known = self.by_way.entry(way.clone()).or_default();
            let _ = known.insert(change.address.clone());
        }
        let _ = self.ways.insert(change.address.clone(), concerned);
    }

    /// Returns the ways in which an organization finds others than before.
    pub(super) fn ways(&self, organization: &Address) -> impl Iterator<Item = &Way> {
        self.ways.get(organization).into_iter().flatten()
    }

    /// Returns true for cross-tenant settings that let nobody in from now on.
    pub(super) fn closes(&self, settings: &Address) -> bool {
        self.closing.contains(settings)
    }

    /// Returns the change of an organization that somebody is told of with: one of these names if it concerns them, the first
    /// of those that do otherwise.
    pub(super) fn teller<'n>(
        &self,
        person: &Person,
        preferred: impl IntoIterator<Item = &'n str>,
    ) -> Option<&Address> {
        let mut concerning: BTreeSet<&Address> = BTreeSet::new();
        person.marks(&mut |mark, key| {
            concerning.extend(self.by_way.get(&(mark, key)).into_iter().flatten());
        });
        let mut preferred = preferred.into_iter();
        let found = preferred.find_map(|name| {
            let mut known = concerning.iter();
            known.find(|address| address.own_name() == name)
        });
        found.or(concerning.first()).copied()
    }
}

/// Returns true for settings that let nobody in from now on, of an organization that is there.
fn closes(change: &Change, sides: &Sides<'_>) -> bool {
    let closed =
        |side: Option<&Object>| matches!(side, Some(Object::CrossTenant(it)) if is_closed(it));
    let (old, new) = sides.both(&change.address);
    let name = Name::parse(change.address.own_name());
    let address = name.map(|name| Address::new(Kind::Organization, &name));
    let is_there = address.is_ok_and(|it| matches!(sides.both(&it), (_, Some(_))));
    is_there && closed(new) && !closed(old)
}

/// Returns the organization that one side has.
const fn organization(side: Option<&Object>) -> Option<&Organization> {
    match side {
        Some(Object::Organization(organization)) => Some(organization),
        _ => None,
    }
}
