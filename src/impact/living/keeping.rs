//! Who keeps what a plan would no longer give them: policies that cover fewer people, end otherwise, or offer no extension.
//!
//! Entra's facts: an assignment keeps its end whatever becomes of its policy, and only who is still in the policy's scope
//! extends it.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;

use super::effect::What;
use super::{Counted, Living, differs};
use crate::governance::Unread;
use crate::governance::directory::has_mail;
use crate::governance::record::{Assignment, Identity, Key, Mark, ObjectId, Person};
use crate::governance::request::Seen;
use crate::impact::estate::{Estate, Traits};
use crate::impact::spelling::Spelling;
use crate::impact::tenure::Tenure;
use crate::model::kinds::policy::{Policy, Requestors};
use crate::model::text::Principal;
use crate::model::{Address, Kind, Object, Set};
use crate::plan::{Action, Change};

/// Packages of the store, by what they are called after the plan.
type Packages = HashMap<ObjectId, Option<Address>>;

/// What becomes of those who have something through a policy.
#[derive(Debug, Default)]
struct Keeping {
    /// They are covered no longer.
    people: Counted,
    /// How many of them have it without an end.
    endless: u64,
    /// How many of them could extend it.
    extending: u64,
    /// They are covered as before, and cannot extend it.
    last: Counted,
}

/// How an assignment stands to its policy before and after.
#[derive(Debug, Clone, Copy)]
struct Standing {
    uncovered: bool,
    could_extend: bool,
    can_extend: bool,
}

impl Living<'_> {
    /// A policy changes: what was given through it stays as it was given, unless a rule gave it. Returns how many people
    /// lose the package at once.
    pub(super) fn policy(
        &mut self,
        change: &Change,
        old: &Policy,
        new: &Policy,
    ) -> Result<u64, Unread> {
        let Some(id) = self.id(change)? else {
            return Ok(0);
        };
        let leaving = self.by_rule(change, id, [old, new])?;
        if differs(&old.expires, &new.expires) {
            let counted = self.counted(Mark::AssignmentPolicy, id)?;
            let package = change.address.parent();
            let offer = package.and_then(|package| self.after.offer(package.own_name()));
            let tenure = offer.map(|it| Tenure::of(it, new, &Spelling::default(), None));
            // An extension that reaches no further than what they have is none.
            let extends = match tenure {
                Some(tenure) => self.any_assignment(id, &mut |assignment| {
                    let end = assignment.end;
                    Ok(end.is_some_and(|end| tenure.lasts_until(end)))
                })?,
                None => false,
            };
            let detail = match (counted.count, extends) {
                (1, false) => ": the present end date stays",
                (1, true) => ": the present end date stays until it is extended",
                (_, false) => ": their present end dates stay",
                (_, true) => ": their present end dates stay until they are extended",
            };
            self.add(What::Stay, &change.address, counted, detail);
        }
        Ok(leaving)
    }

    /// Looks at the policies that may cover others than before: they name others, or name a group of which others are members.
    pub(super) fn covered(&mut self) -> Result<(), Unread> {
        let mut looked: BTreeSet<Address> = BTreeSet::new();
        for change in &self.plan.changes {
            if let (Some(Object::Policy(old)), Some(Object::Policy(new))) =
                self.sides.both(&change.address)
            {
                let shorter = old.extension.allowed && !new.extension.allowed;
                if shorter || differs(&old.requestors, &new.requestors) {
                    let _ = looked.insert(change.address.clone());
                }
            }
        }
        if self.moves_groups() {
            for offer in self.after.offers() {
                let policies = offer.policies.iter();
                let naming = policies.filter(|(_, policy)| match &policy.requestors {
                    Requestors::People(people) => people.iter().any(|it| self.is_moved(it)),
                    _ => false,
                });
                looked.extend(naming.map(|(address, _)| (*address).clone()));
            }
        }
        let remade = |address: &Address| self.action(address) == Some(Action::Replace);
        looked.retain(|policy| !remade(policy) && !policy.parent().is_some_and(|it| remade(&it)));
        for address in looked {
            if let Some(id) = self.at_before(&address)? {
                self.kept(&address, id)?;
            }
        }
        Ok(())
    }

    /// Returns true for a group of which others are members than before.
    pub(super) fn is_moved(&self, principal: &Principal) -> bool {
        match principal {
            Principal::Group(name) => {
                let group = self.after.group(name);
                self.following.moves(&group) || self.before.group(name) != group
            }
            _ => false,
        }
    }

    /// Looks at everybody who has a package through a policy.
    fn kept(&mut self, address: &Address, id: ObjectId) -> Result<(), Unread> {
        let mut keeping = Keeping::default();
        let key = Key::new().object(id);
        self.each::<Assignment>(Mark::AssignmentPolicy, key, &mut |assignment| {
            let Some(person) = self.get_record::<Person>(assignment.person.0)? else {
                return Ok(());
            };
            let Some(standing) = self.standing(address, &assignment, &person)? else {
                return Ok(());
            };
            if standing.uncovered {
                self.count(&mut keeping.people, &person);
                keeping.endless += u64::from(assignment.end.is_none());
                keeping.extending += u64::from(standing.could_extend);
            } else if standing.could_extend && !standing.can_extend {
                self.count(&mut keeping.last, &person);
            }
            Ok(())
        })?;
        let detail = format!(", which no longer covers them: {}", keeping.words());
        self.add(What::Stay, address, keeping.people, detail);
        let detail = ": access stays until its end, and nobody can ask to extend it any more";
        self.add(What::Stay, address, keeping.last, detail);
        Ok(())
    }

    /// Returns how an assignment stands to its policy; `None` for one that a rule gave, and where the policy comes or goes.
    fn standing(
        &self,
        policy: &Address,
        assignment: &Assignment,
        person: &Person,
    ) -> Result<Option<Standing>, Unread> {
        let (Some(was), Some(is)) = (self.on(0, policy, person)?, self.on(1, policy, person)?)
        else {
            return Ok(None);
        };
        Ok((!assignment.automatic).then(|| Standing {
            uncovered: was.0 && !is.0,
            could_extend: was.1 && assignment.end.is_some(),
            can_extend: is.1,
        }))
    }

    /// Returns true for somebody who may extend something that they have, and could after the plan if they could sign in.
    pub(super) fn could_extend(&self, person: &Person) -> Result<bool, Unread> {
        let mut could = false;
        let key = Key::new().person(person.id());
        self.each::<Assignment>(Mark::AssignmentPerson, key, &mut |assignment| {
            if let Some(policy) = self.now_at(assignment.policy)? {
                let standing = self.standing(&policy, &assignment, person)?;
                could |= standing.is_some_and(|it| it.could_extend && it.can_extend);
            }
            Ok(())
        })?;
        Ok(could)
    }

    /// Returns whether a policy covers somebody on one side, and whether they may then extend what they have through it.
    fn on(
        &self,
        at: usize,
        policy: &Address,
        person: &Person,
    ) -> Result<Option<(bool, bool)>, Unread> {
        let estate = self.estate(at);
        let package = policy.parent();
        let offer = package.and_then(|package| estate.offer(package.own_name()));
        let rules = offer.and_then(|offer| offer.policy(policy));
        let (Some(offer), Some(rules)) = (offer, rules) else {
            return Ok(None);
        };
        let covered = self.covers(at, rules, person)?;
        let open = offer.is_open_to(&rules.requestors);
        // Whom settings shut out from now on is told of with these.
        let is_out = at == 0 && estate.shuts_out(person).is_some();
        let extends = covered && open && rules.extension.allowed && !is_out;
        Ok(Some((covered, extends)))
    }

    /// Returns a side of the plan: before, or after.
    pub(super) const fn estate(&self, at: usize) -> &Estate<'_> {
        match at {
            0 => self.before,
            _ => self.after,
        }
    }

    /// Returns true when a policy covers somebody on one side.
    pub(super) fn covers(
        &self,
        at: usize,
        policy: &Policy,
        person: &Person,
    ) -> Result<bool, Unread> {
        let traits = self.estate(at).person(person);
        let named = |people: &Set<Principal>| self.names_person(at, people, person);
        Ok(traits.seen.class(&policy.requestors, named)?.is_some())
    }

    /// Returns true when a list of people and groups names somebody.
    pub(super) fn names_person<'p>(
        &self,
        at: usize,
        people: impl IntoIterator<Item = &'p Principal>,
        person: &Person,
    ) -> Result<bool, Unread> {
        for principal in people {
            let named = match principal {
                Principal::User(mail) => has_mail(person, mail),
                Principal::Group(name) => self.is_in(at, person, &self.estate(at).group(name))?,
                _ => false,
            };
            if named {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// An organization comes, goes, or is told by something else: policies may cover its people no longer, and invitations
    /// that wait may fail.
    pub(super) fn organization(&mut self, change: &Change) -> Result<(), Unread> {
        let mut people = BTreeSet::new();
        for (mark, key) in self.partners.ways(&change.address) {
            self.each_mark(*mark, key.clone(), &mut |_, id| {
                let _ = people.insert(id.number);
                Ok(())
            })?;
        }
        self.uncovered(&change.address, &people)?;
        self.shut_out(&change.address, &people)
    }

    /// One-time passcodes are switched off: policies for people from outside cover nobody who signs in by one.
    pub(super) fn passcodes(&mut self, change: &Change) -> Result<(), Unread> {
        if !self.before.sends_passcodes() || self.after.sends_passcodes() {
            return Ok(());
        }
        let mut people = BTreeSet::new();
        let key = Identity::Passcode.key();
        self.each_mark(Mark::PersonIdentity, key, &mut |_, id| {
            let _ = people.insert(id.number);
            Ok(())
        })?;
        self.uncovered(&change.address, &people)
    }

    /// Looks at everything that some people have through policies that stay as they are.
    fn uncovered(&mut self, address: &Address, people: &BTreeSet<u64>) -> Result<(), Unread> {
        let mut keeping = Keeping::default();
        let mut packages = Packages::new();
        for number in people {
            let Some(person) = self.get_record::<Person>(*number)? else {
                continue;
            };
            let (was, is) = (self.before.person(&person), self.after.person(&person));
            if was.seen == is.seen || !self.is_uncovered_by(address, &person, [&was, &is]) {
                continue;
            }
            let mut held = (0_u64, 0_u64, 0_u64);
            let key = Key::new().person(person.id());
            self.each_mark(Mark::AssignmentPerson, key, &mut |key, id| {
                // The key ends with the package: most have no policy that covers people of one organization and not of another.
                let package = key.last_number().map(ObjectId);
                if !self.may_uncover(&mut packages, package, [&was.seen, &is.seen])? {
                    return Ok(());
                }
                let Some(assignment) = self.get_record::<Assignment>(id.number)? else {
                    return Ok(());
                };
                let Some(policy) = self.now_at(assignment.policy)? else {
                    return Ok(());
                };
                if self.is_for_others(&policy) {
                    return Ok(());
                }
                let standing = self.standing(&policy, &assignment, &person)?;
                if let Some(standing) = standing.filter(|it| it.uncovered) {
                    held.0 += 1;
                    held.1 += u64::from(assignment.end.is_none());
                    held.2 += u64::from(standing.could_extend);
                }
                Ok(())
            })?;
            if held.0 > 0 {
                self.count(&mut keeping.people, &person);
                keeping.endless += u64::from(held.1 > 0);
                keeping.extending += u64::from(held.2 > 0);
            }
        }
        let detail = keeping.words();
        self.add(What::Stay, address, keeping.people, format!(": {detail}"));
        Ok(())
    }

    /// Returns true where somebody is told of with this object, and with no other one.
    fn is_uncovered_by(
        &self,
        address: &Address,
        person: &Person,
        [was, is]: [&Traits<'_>; 2],
    ) -> bool {
        let by_passcode = is.seen.lacks_passcode && !was.seen.lacks_passcode;
        if by_passcode || address.kind() != Kind::Organization {
            return by_passcode && address.kind() == Kind::Collaboration;
        }
        let organizations = [was.seen.organization, is.seen.organization];
        let names = organizations.into_iter().flatten().map(|(name, _)| name);
        self.partners.teller(person, names) == Some(address)
    }

    /// Returns true where some policy of a package covers people who are seen as before, and not those who are seen as after.
    fn may_uncover(
        &self,
        packages: &mut Packages,
        package: Option<ObjectId>,
        [was, is]: [&Seen<'_>; 2],
    ) -> Result<bool, Unread> {
        let Some(id) = package else {
            return Ok(false);
        };
        let known = match packages.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(self.now_at(id)?),
        };
        let offers = known.as_ref().and_then(|address| {
            let name = address.own_name();
            Some((self.before.offer(name)?, self.after.offer(name)?))
        });
        let Some((before, after)) = offers else {
            return Ok(false);
        };
        // Whether a list names somebody does not depend on their organization.
        let covers = |seen: &Seen<'_>, policy: &Policy| {
            let class = seen.class(&policy.requestors, |_| Ok::<_, Infallible>(false));
            matches!(class, Ok(Some(_)))
        };
        let mut policies = before.policies.iter();
        Ok(policies.any(|(address, old)| {
            let new = after.policy(address);
            covers(was, old) && new.is_some_and(|new| !covers(is, new))
        }))
    }

    /// Returns true for a policy whose requestors change: that change tells who keeps what.
    fn is_for_others(&self, policy: &Address) -> bool {
        let requestors = |estate: &Estate<'_>| -> Option<Requestors> {
            let offer = estate.offer(policy.parent()?.own_name())?;
            Some(offer.policy(policy)?.requestors.clone())
        };
        self.action(policy).is_some() && differs(&requestors(self.before), &requestors(self.after))
    }
}

impl Keeping {
    fn words(&self) -> String {
        let mut words = stays(self.people.count, self.endless);
        if self.extending > 0 {
            words.push_str(", and nobody can ask to extend it any more");
        }
        words
    }
}

/// Says until when access stays that so many people have, some of them without an end.
pub(super) fn stays(people: u64, endless: u64) -> String {
    match endless {
        0 => "access stays until its end".to_owned(),
        n if n == people => "access stays without an end".to_owned(),
        n => format!("access stays until its end, for {n} of them without one"),
    }
}
