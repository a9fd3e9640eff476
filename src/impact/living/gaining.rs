//! Who gets a role that their package gives from now on, and to whom it cannot be given.
//!
//! Whoever holds the role already gets nothing, whatever gave it to them; who may not have it by a package is told all the
//! same. Where nobody holds it and anybody may, holders are counted by their marks alone.

use std::collections::{BTreeMap, BTreeSet};

use super::by_rule::automatic;
use super::effect::What;
use super::following::Turned;
use super::{Counted, Living};
use crate::governance::record::{
    Assignment, Granted, Key, Mark, ObjectId, Person, PersonId, Source,
};
use crate::governance::{Range, Unread};
use crate::model::kinds::{Origin, Package};
use crate::model::{Address, Kind, Object};
use crate::plan::Action;

/// A role that a package gives newly, with its words.
pub(super) type Fresh<'g> = (Granted, &'g str);

/// Who gets roles, and who does not, by the words of the roles; those who do not with why.
#[derive(Debug, Default)]
struct Gaining {
    getting: BTreeMap<String, Counted>,
    lacking: BTreeMap<(String, String), Counted>,
}

impl Living<'_> {
    /// Counts the holders of a package who get roles by the apply.
    pub(super) fn gain(
        &mut self,
        address: &Address,
        id: ObjectId,
        package: &Package,
        fresh: &[Fresh<'_>],
    ) -> Result<(), Unread> {
        let mut is_plain = !self.losing().contains(address);
        for (granted, _) in fresh {
            is_plain = is_plain && self.is_open(package, granted)? && self.is_empty(granted)?;
        }
        if is_plain {
            let words: Vec<&str> = fresh.iter().map(|(_, words)| *words).collect();
            let counted = self.counted(Mark::AssignmentPackage, id)?;
            self.add(What::GainRole, address, counted, words.join(", "));
            return Ok(());
        }
        let mut gaining = Gaining::default();
        let key = Key::new().object(id);
        self.each_mark(Mark::AssignmentPackage, key, &mut |key, record| {
            let Some(person) = key.last_number().map(PersonId) else {
                return Ok(());
            };
            self.gains(&mut gaining, person, record.number, package, fresh)
        })?;
        for (words, counted) in gaining.getting {
            self.add(What::GainRole, address, counted, words);
        }
        for ((words, why), counted) in gaining.lacking {
            let detail =
                format!(" and will not get {words}: {why}; what they have is partial then");
            self.add(What::Stay, address, counted, detail);
        }
        Ok(())
    }

    /// Notes what somebody gets of the roles that their package gives newly.
    fn gains(
        &self,
        gaining: &mut Gaining,
        id: PersonId,
        assignment: u64,
        package: &Package,
        fresh: &[Fresh<'_>],
    ) -> Result<(), Unread> {
        let mut missing = Vec::new();
        for (granted, words) in fresh {
            let holds = self.holds(id, &granted.place)?;
            match holds.iter().find(|(role, _)| *role == granted.role) {
                // What a package has given already is never refused.
                Some((_, Source::Package)) => {}
                Some(_) => missing.push((granted, *words, true)),
                None => missing.push((granted, *words, false)),
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let Some(person) = self.get_record::<Person>(id.0)? else {
            return Ok(());
        };
        let Some(assignment) = self.get_record::<Assignment>(assignment)? else {
            return Ok(());
        };
        if person.living().is_none() || self.ends(&assignment, &person)? {
            return Ok(());
        }
        let (mut getting, mut lacking) = (Vec::new(), BTreeMap::new());
        for (granted, words, has) in missing {
            match self.refuses(&person, package, granted)? {
                None if has => {}
                None => getting.push(words),
                Some(why) => lacking.entry(why).or_insert_with(Vec::new).push(words),
            }
        }
        if !getting.is_empty() {
            let counted = gaining.getting.entry(getting.join(", ")).or_default();
            self.count(counted, &person);
        }
        for (why, words) in lacking {
            let key = (words.join(", "), why);
            self.count(gaining.lacking.entry(key).or_default(), &person);
        }
        Ok(())
    }

    /// Returns true for a role that is refused to nobody.
    fn is_open(&self, package: &Package, granted: &Granted) -> Result<bool, Unread> {
        let Some(resource) = self.resource_at(package, &granted.place) else {
            return Ok(false);
        };
        let group = self.group_at(&granted.place)?;
        let by_rule = group.as_ref().is_some_and(|group| group.rule.is_some());
        let is_group = matches!(granted.place.origin, Origin::Group | Origin::Team);
        Ok(resource.guests && !by_rule && (!is_group || group.is_none_or(|group| group.guests)))
    }

    /// Returns true for a place where nobody holds any role.
    fn is_empty(&self, granted: &Granted) -> Result<bool, Unread> {
        let range = Range::of(Mark::HoldPlace, granted.place.key()).most(1);
        Ok(self.world.marked(&range)?.is_empty())
    }

    /// Returns the packages of which some assignments may end by the apply.
    fn losing(&self) -> &BTreeSet<Address> {
        self.losing.get_or_init(|| {
            let policies = self.plan.changes.iter();
            let policies = policies.filter(|change| {
                let goes = matches!(
                    change.delta.action(),
                    Action::Prune | Action::Replace | Action::Forget
                );
                let (_, after) = self.sides.both(&change.address);
                let by_rule = matches!(after, Some(Object::Policy(it)) if automatic(it).is_some());
                change.address.kind() == Kind::Policy && (goes || by_rule)
            });
            policies
                .filter_map(|change| change.address.parent())
                .collect()
        })
    }
}

/// Returns true where somebody has nothing any more after a plan.
pub(super) fn is_nothing(turned: &[Turned]) -> bool {
    turned.iter().all(|(_, after)| after.is_none())
}
