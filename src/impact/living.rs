//! What a plan does to what lives: assignments, open requests, pending invitations, and guests who are here already.
//!
//! Counted by the marks of a store, for what the plan touches and nothing else: holders of a package that changes here,
//! requests for it in [`waiting`](super::waiting), people of a domain that is refused now in [`refused`](super::refused). People are looked at one by one only where a count cannot tell, and then
//! only those.

use std::collections::BTreeSet;

use super::compare::Impact;
use super::effect::{Effect, What};
use super::estate::Estate;
use super::sides::Sides;
use crate::governance::record::{
    Assignment, Entity, Key, Mark, ObjectId, Person, PersonId, RecordId,
};
use crate::governance::rule::{Rule, matches};
use crate::governance::{Range, Unread, World};
use crate::model::kinds::policy::{Policy, Requestors};
use crate::model::kinds::{Catalog, Incompatible, Package};
use crate::model::{Address, Kind, Object, canonical};
use crate::plan::{Action, Change, Delta, Plan};

/// How many people an effect names at most.
pub(super) const NAMED: usize = 1_000;

/// Finds what a plan does to what lives. `named` asks for the addresses of people.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub(super) fn living(
    world: &dyn World,
    plan: &Plan,
    sides: &Sides<'_>,
    estates: [&Estate<'_>; 2],
    impact: &Impact,
    named: bool,
) -> Result<Vec<Effect>, Unread> {
    let mut living = Living {
        world,
        plan,
        sides,
        before: estates[0],
        after: estates[1],
        named,
        found: Vec::new(),
    };
    if world.last(Person::KIND)? == 0 {
        return Ok(Vec::new());
    }
    for change in &plan.changes {
        living.change(change)?;
    }
    living.requests(impact)?;
    living.found.retain(|effect| effect.count > 0);
    living
        .found
        .sort_by(|one, other| (one.what, &one.address).cmp(&(other.what, &other.address)));
    Ok(living.found)
}

/// What is found of what lives, for one plan.
pub(super) struct Living<'l> {
    pub(super) world: &'l dyn World,
    pub(super) plan: &'l Plan,
    pub(super) sides: &'l Sides<'l>,
    pub(super) before: &'l Estate<'l>,
    pub(super) after: &'l Estate<'l>,
    named: bool,
    found: Vec<Effect>,
}

impl Living<'_> {
    fn change(&mut self, change: &Change) -> Result<(), Unread> {
        let address = &change.address;
        let (before, after) = self.sides.both(address);
        match (before, after) {
            (Some(Object::Package(_)), None) | (Some(Object::Policy(_)), None) => self.gone(change),
            (Some(Object::Package(_)), Some(Object::Package(_)))
            | (Some(Object::Policy(_)), Some(Object::Policy(_)))
                if change.delta.action() == Action::Replace =>
            {
                self.gone(change)
            }
            (Some(Object::Package(old)), Some(Object::Package(new))) => {
                self.roles(change, old, new)?;
                self.excluded(change, old, new)
            }
            (Some(Object::Policy(old)), Some(Object::Policy(new))) => self.policy(change, old, new),
            (Some(Object::Catalog(old)), new) => {
                let new = match new {
                    Some(Object::Catalog(new)) => Some(new),
                    _ => None,
                };
                self.catalog(change, old, new)
            }
            (old, Some(Object::Domains(new))) => {
                let old = match old {
                    Some(Object::Domains(old)) => Some(old),
                    _ => None,
                };
                self.domains(change, old, new)
            }
            (_, Some(Object::CrossTenant(_))) => self.cross_tenant(change),
            (Some(Object::Organization(old)), Some(Object::Organization(new))) => {
                match canonical(&old.sponsors) == canonical(&new.sponsors) {
                    true => Ok(()),
                    false => self.sponsors(change),
                }
            }
            _ => Ok(()),
        }
    }

    /// Returns the store's object that a change is about.
    fn id(&self, change: &Change) -> Result<Option<ObjectId>, Unread> {
        let was = change.delta.before().and_then(|live| live.address.as_ref());
        let thing = match was {
            Some(was) => self.world.at(was)?,
            None => None,
        };
        Ok(thing.map(|thing| thing.id))
    }

    pub(super) fn add(
        &mut self,
        what: What,
        address: &Address,
        count: u64,
        detail: impl Into<String>,
    ) {
        self.found.push(Effect {
            what,
            address: address.clone(),
            count,
            detail: detail.into(),
            people: BTreeSet::new(),
            names: Vec::new(),
        });
    }

    /// Adds an effect on people who are known one by one.
    pub(super) fn add_people(
        &mut self,
        what: What,
        address: &Address,
        people: BTreeSet<u64>,
        detail: impl Into<String>,
    ) -> Result<(), Unread> {
        self.add(what, address, people.len() as u64, detail);
        let names = self.names(&people)?;
        if let Some(effect) = self.found.last_mut() {
            effect.people = people;
            effect.names = names;
        }
        Ok(())
    }

    fn names(&self, people: &BTreeSet<u64>) -> Result<Vec<String>, Unread> {
        let mut names = Vec::new();
        if self.named {
            for number in people.iter().take(NAMED) {
                let person = self.get::<Person>(*number)?;
                names.extend(person.map(|person| person.mail.to_string()));
            }
        }
        names.sort();
        Ok(names)
    }

    pub(super) fn get<E: Entity>(&self, number: u64) -> Result<Option<E>, Unread> {
        let id = RecordId {
            kind: E::KIND,
            number,
        };
        Ok(self.world.record(id)?.and_then(E::from_record))
    }

    pub(super) fn some<E: Entity>(&self, mark: Mark, key: Key) -> Result<Vec<E>, Unread> {
        let mut found = Vec::new();
        for (_, id) in self.world.marked(&Range::of(mark, key))? {
            found.extend(self.world.record(id)?.and_then(E::from_record));
        }
        Ok(found)
    }

    /// A package or policy goes: whoever has it loses it. One that is let go stays, and so do its holders.
    fn gone(&mut self, change: &Change) -> Result<(), Unread> {
        let deletes = matches!(change.delta, Delta::Prune { .. } | Delta::Replace { .. });
        let Some(id) = self.id(change)?.filter(|_| deletes) else {
            return Ok(());
        };
        let mark = match change.address.kind() {
            Kind::Package => Mark::AssignmentPackage,
            _ => Mark::AssignmentPolicy,
        };
        if self.is_within_one_that_goes(change) {
            return Ok(());
        }
        let people = self.holders(mark, id)?;
        let detail = match change.delta {
            Delta::Replace { .. } => ": it is deleted and created anew",
            _ => ": it is deleted",
        };
        self.add_people(What::End, &change.address, people, detail)
    }

    /// Returns true for a policy of a package that goes: whoever came through it holds the package.
    fn is_within_one_that_goes(&self, change: &Change) -> bool {
        let Some(parent) = change.address.parent() else {
            return false;
        };
        let mut changes = self.plan.changes.iter();
        changes.any(|other| {
            other.address == parent
                && matches!(other.delta, Delta::Prune { .. } | Delta::Replace { .. })
        })
    }

    fn holders(&self, mark: Mark, id: ObjectId) -> Result<BTreeSet<u64>, Unread> {
        let held = self.some::<Assignment>(mark, Key::new().object(id))?;
        Ok(held.into_iter().map(|it| it.person.0).collect())
    }

    /// A package gives other roles than before.
    fn roles(&mut self, change: &Change, old: &Package, new: &Package) -> Result<(), Unread> {
        let (was, is) = (roles(old), roles(new));
        let lost: BTreeSet<&Role> = was.difference(&is).collect();
        let gained: Vec<String> = is.difference(&was).map(words).collect();
        let Some(id) = self.id(change)?.filter(|_| was != is) else {
            return Ok(());
        };
        if !gained.is_empty() {
            let holders = self
                .world
                .count(Mark::AssignmentPackage, &Key::new().object(id))?;
            self.add(What::GainRole, &change.address, holders, gained.join(", "));
        }
        if lost.is_empty() {
            return Ok(());
        }
        let mut people = BTreeSet::new();
        for person in self.holders(Mark::AssignmentPackage, id)? {
            let others = self.elsewhere(PersonId(person), id)?;
            if lost.iter().any(|role| !others.contains(*role)) {
                let _ = people.insert(person);
            }
        }
        let lost: Vec<String> = lost.into_iter().map(words).collect();
        self.add_people(What::LoseRole, &change.address, people, lost.join(", "))
    }

    /// Returns the roles that somebody has through other packages than one, as these are after the plan.
    fn elsewhere(&self, person: PersonId, but: ObjectId) -> Result<BTreeSet<Role>, Unread> {
        let mut found = BTreeSet::new();
        let held = self.some::<Assignment>(Mark::AssignmentPerson, Key::new().person(person))?;
        for assignment in held.iter().filter(|it| it.package != but) {
            let Some(thing) = self.world.object(assignment.package)? else {
                continue;
            };
            if let Some(offer) = self
                .after
                .offer(self.sides.now_called(&thing.address).own_name())
            {
                found.extend(roles(offer.package));
            }
        }
        Ok(found)
    }

    /// A package excludes more than before: whoever holds both keeps both.
    fn excluded(&mut self, change: &Change, old: &Package, new: &Package) -> Result<(), Unread> {
        let was: BTreeSet<&Incompatible> = old.incompatible_with.iter().collect();
        let fresh: Vec<&Incompatible> = new
            .incompatible_with
            .iter()
            .filter(|one| !was.contains(one))
            .collect();
        let Some(id) = self.id(change)?.filter(|_| !fresh.is_empty()) else {
            return Ok(());
        };
        let mut both = BTreeSet::new();
        for other in fresh {
            let Incompatible::Package(name) = other else {
                continue;
            };
            let Some(other) = self.world.at(&Address::new(Kind::Package, name))? else {
                continue;
            };
            let (one, two) = (
                self.holders(Mark::AssignmentPackage, id)?,
                self.holders(Mark::AssignmentPackage, other.id)?,
            );
            both.extend(one.intersection(&two).copied());
        }
        let detail = "they also have what excludes it now, and keep both";
        self.add_people(What::Stay, &change.address, both, detail)
    }

    /// A policy changes: what was given through it stays as it was given, unless a rule gave it.
    fn policy(&mut self, change: &Change, old: &Policy, new: &Policy) -> Result<(), Unread> {
        let Some(id) = self.id(change)? else {
            return Ok(());
        };
        if let (Requestors::Automatic(was), Requestors::Automatic(is)) =
            (&old.requestors, &new.requestors)
        {
            let takes = is.remove && (was.rule != is.rule || !was.remove);
            if let Some(rule) = Rule::parse(is.rule.as_str()).ok().filter(|_| takes) {
                let people = self.unmatched(id, &rule)?;
                let detail = ": the rule no longer matches them";
                self.add_people(What::End, &change.address, people, detail)?;
            }
        }
        if canonical(&old.expires) != canonical(&new.expires) {
            let held = self
                .world
                .count(Mark::AssignmentPolicy, &Key::new().object(id))?;
            let detail = match held {
                1 => "the present end date stays",
                _ => "their present end dates stay",
            };
            self.add(What::Stay, &change.address, held, detail);
        }
        Ok(())
    }

    /// Returns those who have a package by a policy's rule and whom another rule does not match. Who is on the way out keeps
    /// to it, and what a deleted account has counts until it can no longer be restored.
    fn unmatched(&self, policy: ObjectId, rule: &Rule) -> Result<BTreeSet<u64>, Unread> {
        let held = self.some::<Assignment>(Mark::AssignmentPolicy, Key::new().object(policy))?;
        let mut people = BTreeSet::new();
        for assignment in held
            .iter()
            .filter(|it| it.automatic && it.grace_until.is_none())
        {
            let person = self.get::<Person>(assignment.person.0)?;
            let leaves =
                |it: &Person| !matches(rule, it) && (it.account.is_none() || it.living().is_some());
            people.extend(person.filter(leaves).map(|it| it.number));
        }
        Ok(people)
    }

    /// A catalog closes: its packages cannot be asked for, and whoever has them keeps them.
    fn catalog(
        &mut self,
        change: &Change,
        old: &Catalog,
        new: Option<&Catalog>,
    ) -> Result<(), Unread> {
        let open = |catalog: &Catalog| {
            (
                catalog.published,
                catalog.published && catalog.externally_visible,
            )
        };
        let (was, is) = (open(old), new.map_or((false, false), open));
        let closes = |was: bool, is: bool| was && !is;
        if !closes(was.0, is.0) && !closes(was.1, is.1) {
            return Ok(());
        }
        let name = change.address.own_name();
        let packages: Vec<Address> = self
            .before
            .offers()
            .filter(|offer| offer.package.catalog.as_str() == name)
            .map(|offer| offer.address.clone())
            .collect();
        let mut held = 0;
        for package in &packages {
            if let Some(thing) = self.at_before(package)? {
                held += self
                    .world
                    .count(Mark::AssignmentPackage, &Key::new().object(thing))?;
            }
        }
        let by = if is.0 { " by people from outside" } else { "" };
        let keep = match held {
            0 => String::new(),
            1 => "; 1 assignment stays".to_owned(),
            n => format!("; {n} assignments stay"),
        };
        let detail = format!("{by}{keep}");
        self.add(What::Hide, &change.address, packages.len() as u64, detail);
        Ok(())
    }

    /// Returns the store's object of an address as the plan will have it.
    pub(super) fn at_before(&self, address: &Address) -> Result<Option<ObjectId>, Unread> {
        let was = self.sides.was_called(address);
        Ok(self.world.at(&was)?.map(|thing| thing.id))
    }
}

/// A role of a resource.
type Role = (String, String);

fn roles(package: &Package) -> BTreeSet<Role> {
    let grants = package.grants.iter();
    grants
        .flat_map(|(resource, roles)| {
            roles
                .iter()
                .map(move |role| (resource.to_string(), role.to_string()))
        })
        .collect()
}

fn words((resource, role): &Role) -> String {
    format!("{role} of {resource}")
}
