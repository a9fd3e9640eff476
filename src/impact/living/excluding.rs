//! Who holds a package and, after a plan, something that excludes it: because it excludes more, because they come into a group,
//! or because a rule gives them the other package. They keep both.

use std::collections::BTreeSet;

use super::effect::What;
use super::{Counted, Living};
use crate::governance::Unread;
use crate::governance::record::{Assignment, Key, Mark, ObjectId, Person, PersonId};
use crate::model::kinds::Incompatible;
use crate::model::{Address, Kind, Name, Object, Set};
use crate::plan::Action;

impl Living<'_> {
    /// Looks at the packages of which others are excluded than before.
    pub(super) fn excluded(&mut self) -> Result<(), Unread> {
        let mut looked: BTreeSet<Address> = BTreeSet::new();
        for change in &self.plan.changes {
            if let (Some(Object::Package(old)), Some(Object::Package(new))) =
                self.sides.both(&change.address)
            {
                let mut fresh = new.incompatible_with.iter();
                if fresh.any(|one| !names(&old.incompatible_with, one)) {
                    let _ = looked.insert(change.address.clone());
                }
            }
        }
        if self.moves_groups() || !self.getting.is_empty() {
            for offer in self.after.offers() {
                let mut excluding = offer.package.incompatible_with.iter();
                if excluding.any(|one| self.may_come(one)) {
                    let _ = looked.insert(offer.address.clone());
                }
            }
        }
        for address in looked {
            if self.action(&address) != Some(Action::Replace)
                && let Some(id) = self.at_before(&address)?
            {
                self.both(&address, id)?;
            }
        }
        Ok(())
    }

    /// Counts who holds a package and something that excludes it now and did not before.
    fn both(&mut self, address: &Address, id: ObjectId) -> Result<(), Unread> {
        let (before, after) = (self.before, self.after);
        let name = address.own_name();
        let (Some(old), Some(new)) = (before.offer(name), after.offer(name)) else {
            return Ok(());
        };
        let was = &old.package.incompatible_with;
        let now: Vec<&Incompatible> = new
            .package
            .incompatible_with
            .iter()
            .filter(|one| !names(was, one) || self.may_come(one))
            .collect();
        let mut both = Counted::default();
        let key = Key::new().object(id);
        self.each::<Assignment>(Mark::AssignmentPackage, key, &mut |assignment| {
            let Some(person) = self.get_record::<Person>(assignment.person.0)? else {
                return Ok(());
            };
            for one in &now {
                if self.has_after(&person, one)?
                    && !(names(was, one) && self.has_before(person.id(), one)?)
                    && !self.ends(&assignment, &person)?
                {
                    self.count(&mut both, &person);
                    break;
                }
            }
            Ok(())
        })?;
        let detail = " and something that excludes it now: access stays";
        self.add(What::Stay, address, both, detail);
        Ok(())
    }

    /// Returns true for something that somebody may have by the plan alone.
    fn may_come(&self, other: &Incompatible) -> bool {
        match other {
            Incompatible::Package(name) => {
                let mut getting = self.getting.iter();
                getting.any(|one| one.package.own_name() == name.as_str())
            }
            Incompatible::Group(name) => {
                let group = self.after.group(name);
                self.following.moves(&group) || self.before.group(name) != group
            }
        }
    }

    /// Returns true for somebody who has something that excludes a package.
    pub(super) fn has_before(
        &self,
        person: PersonId,
        other: &Incompatible,
    ) -> Result<bool, Unread> {
        match other {
            Incompatible::Package(name) => match self.at_before(&address(name))? {
                Some(other) => self.has(person, other),
                None => Ok(false),
            },
            Incompatible::Group(name) => self.is_member(person, &self.before.group(name)),
        }
    }

    /// Returns true for somebody who has something that excludes a package once the plan is followed.
    fn has_after(&self, person: &Person, other: &Incompatible) -> Result<bool, Unread> {
        let name = match other {
            Incompatible::Group(name) => return self.is_in(1, person, &self.after.group(name)),
            Incompatible::Package(name) => name,
        };
        let mut getting = self.getting.iter();
        if getting.any(|one| {
            one.package.own_name() == name.as_str() && one.people.contains(&person.number)
        }) {
            return Ok(true);
        }
        let Some(other) = self.still_held(name)? else {
            return Ok(false);
        };
        let mut has = false;
        let key = Key::new().person(person.id()).object(other);
        self.each::<Assignment>(Mark::AssignmentPerson, key, &mut |assignment| {
            has = has || !self.ends(&assignment, person)?;
            Ok(())
        })?;
        Ok(has)
    }

    /// Returns true for somebody who has, as the rules of packages find it, something of a list that excludes a package after the
    /// plan: groups follow later than packages.
    pub(super) fn is_excluded<'i>(
        &self,
        person: PersonId,
        excluding: impl IntoIterator<Item = &'i Incompatible>,
    ) -> Result<bool, Unread> {
        for other in excluding {
            let has = match other {
                Incompatible::Package(name) => match self.still_held(name)? {
                    Some(other) => self.has(person, other)?,
                    None => false,
                },
                Incompatible::Group(name) => self.is_member(person, &self.after.group(name))?,
            };
            if has {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns a package that those who have it still have after the plan.
    fn still_held(&self, name: &Name) -> Result<Option<ObjectId>, Unread> {
        let address = address(name);
        match self.after.offer(name.as_str()) {
            Some(_) if self.action(&address) != Some(Action::Replace) => self.at_before(&address),
            _ => Ok(None),
        }
    }
}

/// Returns true where a package excludes something.
fn names(excluding: &Set<Incompatible>, other: &Incompatible) -> bool {
    excluding.iter().any(|one| one == other)
}

fn address(name: &Name) -> Address {
    Address::new(Kind::Package, name)
}
