//! What holders of a package have otherwise by the policy that it came through: whether there are any, who of them can move
//! their end, and whether they live to see the review that goes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Living, PIECE};
use crate::governance::record::{
    Assignment, Entity, Key, Mark, ObjectId, Person, Review, ReviewSeries, ReviewState,
};
use crate::governance::review::Rounds;
use crate::governance::{Range, Unread};
use crate::impact::already::{Both, Having};
use crate::impact::tenure::{Change, Differs, Holder, Side, Tenure};

/// The holders of one policy, and what they have of it.
struct Held<'h, 'p, 't> {
    both: &'h Both<'p, 't>,
    policy: ObjectId,
    tenures: [Tenure; 2],
    /// Somebody who may hold.
    unknown: Holder,
}

impl Held<'_, '_, '_> {
    fn differs(&self, holder: &Holder) -> Vec<Differs> {
        let [old, new] = &self.tenures;
        new.differs(old, holder, self.both.now)
    }
}

impl Living<'_> {
    /// Returns what differs for those who hold a package through a policy.
    pub(super) fn having(&self, both: &Both<'_, '_>, zone: &TimeZone) -> Result<Having, Unread> {
        let Some(policy) = self.at_before(both.address)? else {
            return Ok(Having::default());
        };
        let key = Key::new().object(policy);
        let is_held = self.world.count(Mark::AssignmentPolicy, &key)? > 0;
        if !is_held && !self.any_awaiting(both.address, policy, &mut |_| Ok(true))? {
            return Ok(Having::default());
        }
        let series = self.first::<ReviewSeries>(Mark::SeriesPolicy, key)?;
        let held = Held {
            both,
            policy,
            tenures: both.tenures(series.as_ref().map(Rounds::of), zone),
            unknown: both.unknown(),
        };
        let mut differs = held.differs(&held.unknown);
        let is_open = self.is_reviewing(series.as_ref(), policy)?;
        let is_lost = |it: &Differs| it.side == Side::Review && it.change == Change::Wider;
        if let Some(next) = held.tenures[0].next_round()
            && !is_open
            && differs.iter().any(is_lost)
        {
            // Whoever has lost it by then, and cannot extend it, is not reviewed anyway.
            let is_there = self.lives_until(&held, next)?;
            differs.retain(|it| is_there || !is_lost(it));
        }
        if both.policies[1].is_none() && is_open {
            drops_open(&mut differs);
        }
        Ok(Having {
            differs: self.of_people(&held, differs)?,
            is_awaited: !is_held,
        })
    }

    /// Returns the same with what somebody who holds has otherwise, as some have and others do not: the widest of each side.
    fn of_people(
        &self,
        held: &Held<'_, '_, '_>,
        mut differs: Vec<Differs>,
    ) -> Result<Vec<Differs>, Unread> {
        let is_of_people = |side: Side| matches!(side, Side::Extension | Side::Leaving);
        // Who is covered on one side alone may have more than those who are covered on both.
        let covered = [[true, true], [false, true], [true, false]];
        let sorts = covered.map(|covered| held.differs(&held.unknown.among(covered)));
        let mut wanted: BTreeMap<Side, Change> = BTreeMap::new();
        for one in sorts
            .into_iter()
            .flatten()
            .filter(|it| is_of_people(it.side))
        {
            let widest = wanted.entry(one.side).or_insert(one.change);
            *widest = one.change.min(*widest);
        }
        if wanted.is_empty() {
            return Ok(differs);
        }
        differs.retain(|it| !is_of_people(it.side));
        let mut of_people: BTreeMap<Side, Differs> = BTreeMap::new();
        let _ = self.any_holder(held, &mut |holder| {
            let theirs = held.differs(holder);
            for one in theirs.into_iter().filter(|one| is_of_people(one.side)) {
                let known = of_people.get(&one.side);
                if known.is_none_or(|known| one.change < known.change) {
                    let _ = of_people.insert(one.side, one);
                }
            }
            let is_widest = |(side, change): (&Side, &Change)| {
                of_people.get(side).is_some_and(|it| it.change <= *change)
            };
            wanted.iter().all(is_widest)
        })?;
        differs.extend(of_people.into_values());
        differs.sort_by_key(|it| it.side);
        Ok(differs)
    }

    /// Returns true where somebody has the package still at some instant, as it is before the plan.
    fn lives_until(&self, held: &Held<'_, '_, '_>, then: Timestamp) -> Result<bool, Unread> {
        let is_extended = held.tenures[0].lasts_until(then);
        self.any_holder(held, &mut |holder| {
            holder.end.is_none_or(|end| end > then) || holder.covered[0] && is_extended
        })
    }

    /// Returns true when somebody who holds through a policy, and keeps it, or who waits for it, is as asked.
    fn any_holder(
        &self,
        held: &Held<'_, '_, '_>,
        is_asked: &mut dyn FnMut(&Holder) -> bool,
    ) -> Result<bool, Unread> {
        let is_found = self.any_assignment(held.policy, &mut |assignment| {
            let holder = self.holder(held, assignment)?;
            Ok(holder.is_some_and(|holder| is_asked(&holder)))
        })?;
        if is_found {
            return Ok(true);
        }
        let (address, policy) = (held.both.address, held.policy);
        self.any_awaiting(address, policy, &mut |one| {
            Ok(is_asked(&self.covered_holder(held, one.person, one.end)?))
        })
    }

    /// Returns true when something that somebody has through a policy is as asked.
    pub(super) fn any_assignment(
        &self,
        policy: ObjectId,
        is_asked: &mut dyn FnMut(&Assignment) -> Result<bool, Unread>,
    ) -> Result<bool, Unread> {
        self.any(Mark::AssignmentPolicy, policy, is_asked)
    }

    /// Returns true when a record with a mark of an object is as asked.
    pub(super) fn any<E: Entity>(
        &self,
        mark: Mark,
        of: ObjectId,
        is_asked: &mut dyn FnMut(&E) -> Result<bool, Unread>,
    ) -> Result<bool, Unread> {
        let mut range = Range::of(mark, Key::new().object(of)).most(PIECE);
        loop {
            let piece = self.world.marked(&range)?;
            for (_, id) in &piece {
                if let Some(record) = self.get_record::<E>(id.number)?
                    && is_asked(&record)?
                {
                    return Ok(true);
                }
            }
            if piece.len() < PIECE {
                return Ok(false);
            }
            range = range.after(piece.into_iter().next_back());
        }
    }

    /// Returns somebody who holds; `None` where they lose it by the apply itself.
    fn holder(
        &self,
        held: &Held<'_, '_, '_>,
        assignment: &Assignment,
    ) -> Result<Option<Holder>, Unread> {
        let Some(person) = self.get_record::<Person>(assignment.person.0)? else {
            return Ok(None);
        };
        if self.ends(assignment, &person)? {
            return Ok(None);
        }
        Ok(Some(Holder {
            by_rule: assignment.automatic,
            leaves: assignment.grace_until.is_some(),
            ..self.covered_holder(held, &person, assignment.end)?
        }))
    }

    /// Returns somebody who holds until some end because it was asked for, or given by somebody.
    fn covered_holder(
        &self,
        held: &Held<'_, '_, '_>,
        person: &Person,
        end: Option<Timestamp>,
    ) -> Result<Holder, Unread> {
        let mut holder = Holder {
            covered: [false; 2],
            by_rule: false,
            end,
            leaves: false,
        };
        // What does not end is not extended.
        let may_extend = held.unknown.covered.contains(&true) && end.is_some();
        let policies = held.both.policies.iter().zip(&mut holder.covered);
        for (at, (policy, covered)) in policies.enumerate().filter(|_| may_extend) {
            if let Some(policy) = policy {
                *covered = self.acts(at, person) && self.covers(at, policy, person)?;
            }
        }
        Ok(holder)
    }

    /// Returns true where a round of reviews of a policy is open.
    fn is_reviewing(
        &self,
        series: Option<&ReviewSeries>,
        policy: ObjectId,
    ) -> Result<bool, Unread> {
        let Some(series) = series else {
            return Ok(false);
        };
        let key = Key::new().object(policy).number(series.rounds);
        let last = self.first::<Review>(Mark::ReviewPolicy, key)?;
        Ok(last.is_some_and(|round| {
            matches!(round.state, ReviewState::Starting | ReviewState::InProgress)
        }))
    }

    fn first<E: Entity>(&self, mark: Mark, key: Key) -> Result<Option<E>, Unread> {
        let found = self.world.marked(&Range::of(mark, key).most(1))?;
        match found.first() {
            Some((_, id)) => self.get_record(id.number),
            None => Ok(None),
        }
    }
}

/// A policy that is let go drops the round that is open, also where it asks for no other one.
fn drops_open(differs: &mut Vec<Differs>) {
    let words = "the review that is open is dropped";
    let mut known = differs.iter_mut();
    match known.find(|it| it.side == Side::Review) {
        Some(known) => known.words = format!("{}, {words}", known.words),
        None => differs.push(Differs {
            side: Side::Review,
            change: Change::Wider,
            words: words.to_owned(),
        }),
    }
}
