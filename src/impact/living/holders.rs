//! What a plan does to holders of a package: it goes, it is let go, it gives other roles.

use std::collections::{BTreeMap, BTreeSet};

use super::effect::What;
use super::gaining::Fresh;
use super::{Counted, Living};
use crate::governance::Unread;
use crate::governance::record::{
    Assignment, GrantState, Granted, Key, Mark, ObjectId, Person, PersonId, Place,
};
use crate::model::kinds::policy::{Policy, Requestors};
use crate::model::kinds::{Origin, Package};
use crate::model::{Address, Kind, Object};
use crate::plan::{Action, Change};

/// A role somewhere in the directory.
pub(super) type Role = (Origin, String, String);

/// The packages that give a role after a plan.
pub(super) type Giving<'l> = BTreeMap<Role, Vec<&'l Address>>;

impl<'l> Living<'l> {
    /// A package or policy goes: whoever has it loses it. One that is let go stays, and so do its holders.
    pub(super) fn gone(&mut self, change: &Change) -> Result<(), Unread> {
        let Some(id) = self.id(change)? else {
            return Ok(());
        };
        if self.is_said_of_parent(change) {
            return Ok(());
        }
        let verb = match change.delta.action() {
            Action::Forget => return self.let_go(change, id),
            Action::Replace => "is deleted and created anew",
            _ => "is deleted",
        };
        let (people, detail) = match change.address.kind() {
            Kind::Package => (self.holders(id)?, format!(": it {verb}")),
            _ => (self.through(id)?, format!(": {} {verb}", change.address)),
        };
        self.add_people(What::End, &change.address, people, detail)
    }

    /// Nothing is deleted, and nobody extends, follows a rule or gets roles that come later.
    fn let_go(&mut self, change: &Change, id: ObjectId) -> Result<(), Unread> {
        let mark = match change.address.kind() {
            Kind::Package => Mark::AssignmentPackage,
            _ => Mark::AssignmentPolicy,
        };
        let policies: Vec<&Policy> = match self.sides.both(&change.address).0 {
            Some(Object::Policy(policy)) => vec![policy],
            _ => {
                let offer = self.before.offer(change.address.own_name());
                let policies = offer.into_iter().flat_map(|offer| &offer.policies);
                policies.map(|(_, policy)| *policy).collect()
            }
        };
        let is_reviewed =
            |policy: &&Policy| policy.review.as_ref().is_some_and(|review| review.enabled);
        let reviews = match policies.iter().any(is_reviewed) {
            true => ", nobody reviews it any more",
            false => "",
        };
        let is_by_rule = |policy: &&Policy| matches!(policy.requestors, Requestors::Automatic(_));
        let rule = match policies.iter().all(is_by_rule) && !policies.is_empty() {
            true => ", and no rule takes it away any more",
            false => ", and nobody can ask to extend it any more",
        };
        let counted = self.counted(mark, id)?;
        let detail =
            format!(", which the tree lets go: access stays as it was given{reviews}{rule}");
        self.add(What::Stay, &change.address, counted, detail);
        Ok(())
    }

    /// Counts the assignments of a package or policy, by the marks alone where nobody is to be named.
    pub(super) fn counted(&self, mark: Mark, id: ObjectId) -> Result<Counted, Unread> {
        let key = Key::new().object(id);
        let count = self.world.count(mark, &key)?;
        let mut counted = Counted::only(0);
        if self.is_named(&counted) {
            return Ok(Counted::only(count));
        }
        self.each::<Assignment>(mark, key, &mut |assignment| {
            if !self.is_named(&counted)
                && let Some(person) = self.get_record::<Person>(assignment.person.0)?
            {
                self.count(&mut counted, &person);
            }
            Ok(())
        })?;
        counted.count = count;
        Ok(counted)
    }

    /// Returns who has a package, by number.
    fn holders(&self, package: ObjectId) -> Result<BTreeSet<u64>, Unread> {
        let mut people = BTreeSet::new();
        let key = Key::new().object(package);
        // The key of the mark ends with the person, so that no assignment is read.
        self.each_mark(Mark::AssignmentPackage, key, &mut |key, _| {
            people.extend(key.last_number());
            Ok(())
        })?;
        Ok(people)
    }

    /// Returns who has a package through a policy, by number.
    fn through(&self, policy: ObjectId) -> Result<BTreeSet<u64>, Unread> {
        let mut people = BTreeSet::new();
        let key = Key::new().object(policy);
        self.each::<Assignment>(Mark::AssignmentPolicy, key, &mut |assignment| {
            let _ = people.insert(assignment.person.0);
            Ok(())
        })?;
        Ok(people)
    }

    /// Returns true for somebody who has a package.
    pub(super) fn has(&self, person: PersonId, package: ObjectId) -> Result<bool, Unread> {
        let key = Key::new().person(person).object(package);
        Ok(self.world.count(Mark::AssignmentPerson, &key)? > 0)
    }

    /// Returns true for a member of a group.
    pub(super) fn is_member(&self, person: PersonId, group: &str) -> Result<bool, Unread> {
        let key = Place::group(group).key().person(person);
        Ok(self.world.count(Mark::HoldPlace, &key)? > 0)
    }

    /// Packages give other roles than before, or resources stand for something else in the directory.
    pub(super) fn roles(&mut self) -> Result<(), Unread> {
        let sides = self.sides;
        for change in &self.plan.changes {
            let (old, new) = sides.both(&change.address);
            let old = old.or_else(|| sides.found(&change.address));
            if change.delta.action() != Action::Replace
                && let (Some(Object::Package(old)), Some(Object::Package(new))) = (old, new)
                && let Some(id) = self.id(change)?
            {
                self.aligned(&change.address, id, [old, new])?;
            }
        }
        self.moved_resources()
    }

    /// Resources stand for something else: so do the roles of packages that do not change themselves.
    fn moved_resources(&mut self) -> Result<(), Unread> {
        let sides = self.sides;
        let changes = self.plan.changes.iter();
        let moved: BTreeSet<&str> = changes
            .filter(|change| match sides.both(&change.address) {
                (Some(Object::Resource(old)), Some(Object::Resource(new))) => {
                    old.origin() != new.origin()
                }
                _ => false,
            })
            .map(|change| change.address.own_name())
            .collect();
        if moved.is_empty() {
            return Ok(());
        }
        let (before, after) = (self.before, self.after);
        for offer in after.offers() {
            let mut granted = offer.package.grants.keys();
            let concerned = granted.any(|resource| moved.contains(resource.as_str()));
            let Some(old) = before.offer(offer.address.own_name()).filter(|_| concerned) else {
                continue;
            };
            // One that changes itself was looked at.
            if self.action(offer.address).is_none()
                && let Some(id) = self.at_before(offer.address)?
            {
                self.aligned(offer.address, id, [old.package, offer.package])?;
            }
        }
        Ok(())
    }

    /// Holders of a package get the roles that it gives now, and lose those that it gives no longer and nothing else does.
    fn aligned(
        &mut self,
        address: &Address,
        id: ObjectId,
        [old, new]: [&Package; 2],
    ) -> Result<(), Unread> {
        let (was, is) = (self.roles_of(old, false), self.roles_of(new, true));
        let wanted = self.wanted(new);
        let gained = is.iter().filter(|(role, _)| !was.contains_key(*role));
        let gained = gained.filter_map(|((kind, place, role), words)| {
            let is_it = |granted: &&Granted| {
                granted.role == *role && is_place(&granted.place, *kind, place)
            };
            Some((wanted.iter().find(is_it)?.clone(), words.as_str()))
        });
        let gained: Vec<Fresh<'_>> = gained.collect();
        if !gained.is_empty() {
            self.gain(address, id, new, &gained)?;
        }
        let lost = was.iter().filter(|(role, _)| !is.contains_key(*role));
        let lost: Vec<(&Role, &str)> = lost.map(|(role, words)| (role, words.as_str())).collect();
        if lost.is_empty() {
            return Ok(());
        }
        let holders = self.holders(id)?;
        let mut people = BTreeSet::new();
        for (role, _) in &lost {
            let mut without = holders.clone();
            for other in self.giving().get(*role).into_iter().flatten() {
                for getting in self.getting.iter().filter(|it| it.package == **other) {
                    without.retain(|person| !getting.people.contains(person));
                }
                if let Some(other) = self.at_before(other)?.filter(|other| *other != id) {
                    for person in self.holders(other)? {
                        let _ = without.remove(&person);
                    }
                }
            }
            for person in without {
                if !people.contains(&person) && !self.is_given_elsewhere(person, role, id)? {
                    let _ = people.insert(person);
                }
            }
        }
        let words: Vec<&str> = lost.into_iter().map(|(_, words)| words).collect();
        self.add_people(What::LoseRole, address, people, words.join(", "))
    }

    /// Returns true for somebody who has a role by another package than one, also by one that nobody owns any more.
    fn is_given_elsewhere(
        &self,
        person: u64,
        (kind, place, role): &Role,
        package: ObjectId,
    ) -> Result<bool, Unread> {
        let Some(person) = self.get_record::<Person>(person)? else {
            return Ok(false);
        };
        let gives = |granted: &Granted| {
            let is_it = granted.role == *role && is_place(&granted.place, *kind, place);
            is_it && matches!(granted.state, GrantState::Held | GrantState::Pending)
        };
        let turned = self.turned(&person)?;
        let mut others = turned.iter().filter(|(it, _)| it.package != package);
        Ok(others.any(|(_, after)| after.iter().flatten().any(gives)))
    }

    /// Returns the packages that give each role after the plan, those aside that are made anew and held by nobody.
    fn giving(&self) -> &Giving<'l> {
        self.giving.get_or_init(|| {
            let mut giving = Giving::new();
            for offer in self.after.offers() {
                if self.action(offer.address) == Some(Action::Replace) {
                    continue;
                }
                for role in self.roles_of(offer.package, true).into_keys() {
                    giving.entry(role).or_default().push(offer.address);
                }
            }
            giving
        })
    }

    /// Returns the roles that a package gives on one side, each with its words.
    fn roles_of(&self, package: &Package, after: bool) -> BTreeMap<Role, String> {
        let mut found = BTreeMap::new();
        for (resource, roles) in &package.grants {
            let address = Address::new(Kind::Resource, resource);
            let (old, new) = self.sides.both(&address);
            let old = old.or_else(|| self.sides.found(&address));
            let (old, new) = (origin(old), origin(new));
            let Some((kind, place)) = (if after { new } else { old }) else {
                continue;
            };
            // What stands for something else now is told by its name there.
            let name = match old.is_some() && new.is_some() && old != new {
                true => place,
                false => resource.as_str(),
            };
            for role in roles.iter() {
                // A team is a group, and case does not count: nobody loses what is only called otherwise.
                let kind = match kind {
                    Origin::Team => Origin::Group,
                    kind => kind,
                };
                let key = (kind, place.to_lowercase(), role.to_string());
                let _ = found.insert(key, format!("{role} of {name}"));
            }
        }
        found
    }
}

/// Returns where a resource lives, and its name there.
fn origin(side: Option<&Object>) -> Option<(Origin, &str)> {
    match side {
        Some(Object::Resource(resource)) => resource.origin(),
        _ => None,
    }
}

/// Returns true for the place of a role, its name in lower case.
fn is_place(found: &Place, kind: Origin, name: &str) -> bool {
    let is_alike = found.origin == kind || is_group(found.origin) && is_group(kind);
    is_alike && found.name.to_lowercase() == name
}

/// Returns true for a group, which a team is too.
const fn is_group(origin: Origin) -> bool {
    matches!(origin, Origin::Group | Origin::Team)
}
