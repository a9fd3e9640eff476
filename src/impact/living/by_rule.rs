//! What a plan does to people of automatic policies: whoever the rule matches gets the package by the apply itself, and
//! whoever it no longer matches loses it.
//!
//! A rule is about every property of somebody, and no mark tells whom it matches: where a policy gives its package by a rule
//! and changes, everybody is held against it, as the engine does after the apply. All rules of a plan share one walk.

use std::collections::BTreeSet;

use super::effect::What;
use super::keeping::stays;
use super::{Counted, Living};
use crate::governance::Unread;
use crate::governance::assignment::MOST_BY_RULE;
use crate::governance::record::{Assignment, Entity as _, Job, Key, Mark, ObjectId, Person, Work};
use crate::governance::rule::{Rule, matches};
use crate::impact::access::has_ended;
use crate::model::Address;
use crate::model::kinds::policy::{Automatic, Policy, Requestors};
use crate::plan::{Action, Change};

/// How many people are looked at at once.
const PIECE: usize = 1_000;

/// A policy that gives its package to whoever its rule matches.
pub(super) struct Getting {
    address: Address,
    pub(super) package: Address,
    /// The package as the store has it; `None` for one that nobody can have yet.
    id: Option<ObjectId>,
    rule: Rule,
    /// How many more people it assigns.
    room: u64,
    /// Who gets it, by number: as many as a policy assigns at most.
    pub(super) people: BTreeSet<u64>,
    is_full: bool,
    /// Whom the former rule has still to be held against, where the engine has not come so far.
    waiting: Option<Waiting>,
    /// Who of them gets it without the plan as well, by number.
    anyway: BTreeSet<u64>,
}

/// A rule that the engine has held against people up to some number, and not against the others.
struct Waiting {
    rule: Rule,
    after: u64,
}

impl Living<'_> {
    /// An automatic policy changes, becomes automatic, or stops being so. Returns how many people lose the package at once.
    pub(super) fn by_rule(
        &mut self,
        change: &Change,
        policy: ObjectId,
        [old, new]: [&Policy; 2],
    ) -> Result<u64, Unread> {
        match (automatic(old), automatic(new)) {
            (old, Some(new)) => self.followed(change, policy, old, new),
            (Some(_), None) => self.no_longer_by_rule(change, policy).map(|()| 0),
            (None, None) => Ok(0),
        }
    }

    /// A policy that nobody owned is taken over: its rule is held against everybody whom a rule of it has given the package.
    /// Returns how many people lose it at once.
    pub(super) fn taken_over(&mut self, change: &Change, new: &Policy) -> Result<u64, Unread> {
        match (self.id(change)?, automatic(new)) {
            (Some(policy), Some(new)) => self.followed(change, policy, None, new),
            _ => Ok(0),
        }
    }

    /// The rule is held against everybody whom it has given the package.
    fn followed(
        &mut self,
        change: &Change,
        policy: ObjectId,
        old: Option<&Automatic>,
        new: &Automatic,
    ) -> Result<u64, Unread> {
        let Ok(rule) = Rule::parse(new.rule.as_str()) else {
            return Ok(0);
        };
        // Whom the former rule has left already does not lose anything by this plan.
        let was = old.and_then(|old| Some((old, Rule::parse(old.rule.as_str()).ok()?)));
        let former = was.as_ref().filter(|(old, _)| old.remove);
        let (mut ending, mut kept) = (BTreeSet::new(), Counted::default());
        let (mut unmatched, mut ungiven) = (Counted::default(), Counted::default());
        self.each_by_rule(policy, &mut |assignment, person| {
            let is_matched = matches(&rule, person);
            let stays = !new.remove || is_matched;
            let had_left = former.is_some_and(|(_, rule)| !matches(rule, person));
            let was = was.as_ref();
            let was_given = was.filter(|(old, rule)| old.assign && matches(rule, person));
            if was_given.is_some() && stays {
                if !is_matched {
                    self.count(&mut unmatched, person);
                } else if !new.assign {
                    self.count(&mut ungiven, person);
                }
            }
            match (stays, assignment.grace_until) {
                (true, Some(_)) => self.count(&mut kept, person),
                (false, None) if !had_left => {
                    let _ = ending.insert(person.number);
                }
                _ => {}
            }
            Ok(())
        })?;
        let grace = new.grace_period.as_ref();
        let grace = grace.filter(|grace| grace.as_seconds() > 0);
        let (at_once, when) = match grace {
            Some(grace) => (0, format!(" after {grace}")),
            None => (ending.len() as u64, String::new()),
        };
        let address = &change.address;
        let detail = format!("{when}: the rule of {address} does not match them");
        self.add_people(What::End, address, ending, detail)?;
        let detail = match new.remove {
            true => ", about to lose it: the rule matches them again",
            false => ", about to lose it: the rule takes it from nobody any more",
        };
        self.add(What::Stay, address, kept, detail);
        let detail = ": the rule does not match them any more, and takes it from nobody";
        self.add(What::Stay, address, unmatched, detail);
        let detail = match new.remove {
            true => {
                ", and the rule gives it to nobody from now on: who loses it does not get it again"
            }
            false => ", and the rule gives it to nobody and takes it from nobody from now on",
        };
        self.add(What::Stay, address, ungiven, detail);
        Ok(at_once)
    }

    /// Whoever has the package by the rule keeps it, and nothing takes it away but its end.
    fn no_longer_by_rule(&mut self, change: &Change, policy: ObjectId) -> Result<(), Unread> {
        let mut kept = Counted::default();
        let mut endless = 0;
        self.each_by_rule(policy, &mut |assignment, person| {
            if assignment.grace_until.is_none() {
                self.count(&mut kept, person);
                endless += u64::from(assignment.end.is_none());
            }
            Ok(())
        })?;
        let stays = stays(kept.count, endless);
        let detail = format!(": no rule takes it away any more, and {stays}");
        self.add(What::Stay, &change.address, kept, detail);
        Ok(())
    }

    /// Shows who has a package by a rule; a deleted account aside, of which nothing is taken while it can be restored.
    fn each_by_rule(
        &self,
        policy: ObjectId,
        see: &mut dyn FnMut(&Assignment, &Person) -> Result<(), Unread>,
    ) -> Result<(), Unread> {
        let key = Key::new().object(policy);
        self.each::<Assignment>(Mark::AssignmentPolicy, key, &mut |assignment| {
            if !assignment.automatic {
                return Ok(());
            }
            match self.get_record::<Person>(assignment.person.0)? {
                Some(person) if person.account.is_none() || person.living().is_some() => {
                    see(&assignment, &person)
                }
                _ => Ok(()),
            }
        })
    }

    /// Notes a policy that may give its package to people by the apply itself; `leaving` lose it at once and make room.
    pub(super) fn will_get(
        &mut self,
        change: &Change,
        [old, new]: [Option<&Policy>; 2],
        leaving: u64,
    ) -> Result<(), Unread> {
        let rules = new.and_then(|new| Some((new, automatic(new)?)));
        let (Some(package), Some((new, automatic))) = (change.address.parent(), rules) else {
            return Ok(());
        };
        let Ok(rule) = Rule::parse(automatic.rule.as_str()) else {
            return Ok(());
        };
        if !automatic.assign || !new.approval.is_none() || has_ended(&new.expires, self.after.now) {
            return Ok(());
        }
        let made_anew = |address: &Address| self.action(address) == Some(Action::Replace);
        let id = match made_anew(&package) {
            true => None,
            false => self.at_before(&package)?,
        };
        let policy = match made_anew(&change.address) {
            true => None,
            false => self.id(change)?,
        };
        let (mut held, mut waiting) = (0, None);
        if let Some(policy) = policy {
            waiting = self.waiting(policy, old)?;
            let key = Key::new().object(policy);
            let all = self.world.count(Mark::AssignmentPolicy, &key)?;
            held = all.saturating_sub(leaving);
        }
        self.getting.push(Getting {
            address: change.address.clone(),
            package,
            id,
            rule,
            room: MOST_BY_RULE.saturating_sub(held),
            people: BTreeSet::new(),
            is_full: false,
            waiting,
            anyway: BTreeSet::new(),
        });
        Ok(())
    }

    /// Returns the rule that the engine is about to hold against people as it is, and against whom it was held.
    fn waiting(&self, policy: ObjectId, old: Option<&Policy>) -> Result<Option<Waiting>, Unread> {
        let automatic = old.and_then(automatic).filter(|old| old.assign);
        let Some(rule) = automatic.and_then(|old| Rule::parse(old.rule.as_str()).ok()) else {
            return Ok(None);
        };
        let mut after = None;
        let key = Work::Rule(policy).key();
        self.each::<Job>(Mark::JobWork, key, &mut |job| {
            after = job.due.map(|_| job.cursor).or(after);
            Ok(())
        })?;
        Ok(after.map(|after| Waiting { rule, after }))
    }

    /// Returns true for somebody whom the former rule gives the package as well.
    fn gets_anyway(&self, one: &Getting, person: &Person) -> Result<bool, Unread> {
        let Some(waiting) = &one.waiting else {
            return Ok(false);
        };
        if person.number <= waiting.after || !matches(&waiting.rule, person) {
            return Ok(false);
        }
        let offer = self.before.offer(one.package.own_name());
        let excluding = offer
            .into_iter()
            .flat_map(|it| it.package.incompatible_with.iter());
        for other in excluding {
            if self.has_before(person.id(), other)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Holds everybody against the rules that give packages.
    pub(super) fn get(&mut self) -> Result<(), Unread> {
        let mut getting = std::mem::take(&mut self.getting);
        let mut after = 0;
        while getting.iter().any(|it| !it.is_full) {
            let piece = self.world.numbers(Person::KIND, after, PIECE)?;
            for number in &piece {
                let Some(person) = self.get_record::<Person>(*number)? else {
                    continue;
                };
                for one in getting.iter_mut().filter(|it| !it.is_full) {
                    if self.gets(one, &person)? {
                        match (one.people.len() as u64) < one.room {
                            true => {
                                let _ = one.people.insert(*number);
                                if self.gets_anyway(one, &person)? {
                                    let _ = one.anyway.insert(*number);
                                }
                            }
                            false => one.is_full = true,
                        }
                    }
                }
            }
            match piece.last() {
                Some(last) => after = *last,
                None => break,
            }
        }
        for one in &getting {
            let mut detail = format!(": the rule of {} matches them", one.address);
            if one.is_full {
                detail.push_str(&format!(
                    ", and more whom it leaves out: a policy assigns {MOST_BY_RULE} people at most"
                ));
            }
            let people = &one.people - &one.anyway;
            self.add_named(What::Get, &one.address, &people, detail)?;
        }
        self.getting = getting;
        Ok(())
    }

    /// Returns true for somebody whom a rule gives its package.
    fn gets(&self, one: &Getting, person: &Person) -> Result<bool, Unread> {
        if !matches(&one.rule, person) {
            return Ok(false);
        }
        if let Some(id) = one.id
            && self.has(person.id(), id)?
        {
            return Ok(false);
        }
        let Some(offer) = self.after.offer(one.package.own_name()) else {
            return Ok(false);
        };
        // What takes no guests is tried, and not given.
        if offer.refuses_guests && person.is_guest() {
            return Ok(false);
        }
        let excluding = offer.package.incompatible_with.iter();
        Ok(!self.is_excluded(person.id(), excluding)?)
    }
}

/// Returns the rule of a policy that gives its package by one.
pub(super) fn automatic(policy: &Policy) -> Option<&Automatic> {
    match &policy.requestors {
        Requestors::Automatic(automatic) => Some(automatic),
        _ => None,
    }
}
