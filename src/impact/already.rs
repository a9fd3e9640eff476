//! Whoever holds a package already, by the policy that it came through: what they have otherwise by a plan, as
//! [`tenure`](super::tenure) tells it. A store knows whether there is anybody, who of them can move their end, and when the
//! next round of a review opens; where none is asked, there may be somebody of every sort.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::compare::Asked;
use super::estate::Estate;
use super::rows::beside::spelling;
use super::sides::Sides;
use super::tenure::{Change, Differs, Holder, Side, Tenure, next_rounds};
use super::touched::Touched;
use crate::governance::directory::has_mail;
use crate::governance::record::{
    Assignment, Entity, Key, Mark, ObjectId, Person, PersonId, Place, RecordId, Review,
    ReviewSeries, ReviewState,
};
use crate::governance::review::Rounds;
use crate::governance::{Range, Unread, World};
use crate::model::kinds::policy::Policy;
use crate::model::text::Principal;
use crate::model::{Address, Set};
use crate::plan::{Action, Plan};

/// What whoever holds a package through a policy has otherwise, by the policy's address after the plan.
pub(super) type Already = BTreeMap<Address, Vec<Differs>>;

/// How many assignments are looked up at once.
const PIECE: usize = 1_000;

/// Finds what whoever holds a package already has otherwise by a plan.
pub(super) fn already(
    plan: &Plan,
    sides: &Sides<'_>,
    estates: [&Estate<'_>; 2],
    touched: &Touched,
    asked: Option<Asked<'_>>,
) -> Result<Already, Unread> {
    let actions = plan.changes.iter();
    let actions = actions.map(|change| (&change.address, change.delta.action()));
    let looking = Looking {
        actions: actions.collect(),
        sides,
        estates,
        touched,
    };
    let mut found = Already::new();
    for (name, own) in touched.compared(estates) {
        looking.package(name, own, asked, &mut found)?;
    }
    Ok(found)
}

struct Looking<'l, 't> {
    actions: BTreeMap<&'l Address, Action>,
    sides: &'l Sides<'t>,
    estates: [&'l Estate<'t>; 2],
    touched: &'l Touched,
}

/// A policy on both sides: what it says, and what holders have of it.
struct Both<'p> {
    policies: [Option<&'p Policy>; 2],
    tenures: [Tenure; 2],
    /// Somebody who may hold.
    unknown: Holder,
}

impl Both<'_> {
    fn differs(&self, holder: &Holder, now: Timestamp) -> Vec<Differs> {
        let [old, new] = &self.tenures;
        new.differs(old, holder, now)
    }
}

impl Looking<'_, '_> {
    fn package(
        &self,
        name: &str,
        own: bool,
        asked: Option<Asked<'_>>,
        found: &mut Already,
    ) -> Result<(), Unread> {
        let [before, after] = self.estates;
        let Some(offer) = before.offer(name) else {
            return Ok(());
        };
        let goes = |address: &Address| {
            let action = self.actions.get(address);
            matches!(action, Some(Action::Prune | Action::Replace))
        };
        if goes(offer.address) {
            return Ok(());
        }
        let [was_spelled, is_spelled] = spelling(self.estates, [Some(offer), after.offer(name)]);
        for (address, old) in &offer.policies {
            let new = after.offer(name);
            let new = new.and_then(|offer| Some((offer, offer.policy(address)?)));
            // Whoever has it through a policy that is deleted loses it.
            if goes(address) {
                continue;
            }
            // Where something else changes, who signs in as what may let them extend; of whoever may ask by that, rows tell.
            if !own && (old.requests.enabled || !old.extension.allowed) {
                continue;
            }
            let both = |known: Option<Rounds>, zone: &TimeZone| {
                let policies = [Some(*old), new.map(|(_, policy)| policy)];
                let [was, is] = next_rounds(policies, known, before.now, zone);
                let after = new.map(|(offer, policy)| Tenure::of(offer, policy, &is_spelled, is));
                Both {
                    policies,
                    tenures: [
                        Tenure::of(offer, old, &was_spelled, was),
                        after.unwrap_or_default(),
                    ],
                    unknown: Holder::unknown(old, policies[1], before.now),
                }
            };
            let differs = match asked {
                Some(asked) => self.known(asked, address, &both)?,
                None => {
                    let both = both(None, &TimeZone::UTC);
                    both.differs(&both.unknown, before.now)
                }
            };
            if !differs.is_empty() {
                let _ = found.insert((*address).clone(), differs);
            }
        }
        Ok(())
    }

    /// Returns what differs for those who hold through a policy, as far as a store knows of some.
    fn known<'p>(
        &self,
        Asked { world, zone, .. }: Asked<'_>,
        address: &Address,
        both: &dyn Fn(Option<Rounds>, &TimeZone) -> Both<'p>,
    ) -> Result<Vec<Differs>, Unread> {
        let was = self.sides.was_called(address);
        let policy = was.map(|was| world.at(&was)).transpose()?.flatten();
        let Some(policy) = policy else {
            return Ok(Vec::new());
        };
        let key = Key::new().object(policy.id);
        if world.count(Mark::AssignmentPolicy, &key)? == 0 {
            return Ok(Vec::new());
        }
        let series = first::<ReviewSeries>(world, Mark::SeriesPolicy, key)?;
        let both = both(series.as_ref().map(Rounds::of), zone);
        let now = self.estates[0].now;
        let mut differs = both.differs(&both.unknown, now);
        let is_open = is_open(world, series.as_ref(), policy.id)?;
        let is_lost = |it: &Differs| it.side == Side::Review && it.change == Change::Wider;
        if let Some(next) = both.tenures[0].next_round()
            && !is_open
            && differs.iter().any(is_lost)
        {
            // Whoever has lost it by then, and cannot extend it, is not reviewed anyway.
            let mut is_there = false;
            each(world, policy.id, &mut |assignment| {
                let lives = assignment.end.is_none_or(|end| end > next);
                let extends = || -> Result<bool, Unread> {
                    let holder = self.holder(world, &assignment, &both)?;
                    Ok(holder.covered[0] && both.tenures[0].lasts_until(next))
                };
                is_there = lives || extends()?;
                Ok(is_there)
            })?;
            differs.retain(|it| is_there || !is_lost(it));
        }
        if both.policies[1].is_none() && is_open {
            drops_open(&mut differs);
        }
        let is_of_people = |side: Side| matches!(side, Side::Extension | Side::Leaving);
        // Who is covered on one side alone may have more than those who are covered on both.
        let covered = [[true, true], [false, true], [true, false]];
        let sorts = covered.map(|covered| both.differs(&both.unknown.among(covered), now));
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
        each(world, policy.id, &mut |assignment| {
            let holder = self.holder(world, &assignment, &both)?;
            let theirs = both.differs(&holder, now);
            for one in theirs.into_iter().filter(|one| is_of_people(one.side)) {
                let known = of_people.get(&one.side);
                if known.is_none_or(|known| one.change < known.change) {
                    let _ = of_people.insert(one.side, one);
                }
            }
            let is_widest = |(side, change): (&Side, &Change)| {
                of_people.get(side).is_some_and(|it| it.change <= *change)
            };
            Ok(wanted.iter().all(is_widest))
        })?;
        differs.extend(of_people.into_values());
        differs.sort_by_key(|it| it.side);
        Ok(differs)
    }

    fn holder(
        &self,
        world: &dyn World,
        assignment: &Assignment,
        both: &Both<'_>,
    ) -> Result<Holder, Unread> {
        let mut holder = Holder {
            covered: [false; 2],
            by_rule: assignment.automatic,
            end: assignment.end,
            leaves: assignment.grace_until.is_some(),
        };
        let may_extend = both.unknown.covered.contains(&true) && assignment.end.is_some();
        if let Some(person) = get::<Person>(world, assignment.person.0)?.filter(|_| may_extend) {
            for at in [0, 1] {
                let policy = both.policies.get(at).copied().flatten();
                let covered = policy.map(|policy| self.covers(world, at, policy, &person));
                if let Some(place) = holder.covered.get_mut(at) {
                    *place = covered.transpose()?.unwrap_or_default();
                }
            }
        }
        Ok(holder)
    }

    /// Returns true for somebody whom a policy covers on one side, and who can sign in.
    fn covers(
        &self,
        world: &dyn World,
        at: usize,
        policy: &Policy,
        person: &Person,
    ) -> Result<bool, Unread> {
        let [before, after] = self.estates;
        let estate = if at == 0 { before } else { after };
        let traits = estate.person(person);
        let named = |people: &Set<Principal>| -> Result<bool, Unread> {
            for principal in people {
                let is_named = match principal {
                    Principal::User(mail) => has_mail(person, mail),
                    Principal::Group(name) => {
                        let group = estate.group(name);
                        is_member(world, person.id(), &group)?
                            || at > 0 && self.touched.moving.contains_key(&group)
                            || at > 0 && self.is_given(world, person, &group)?
                    }
                    _ => false,
                };
                if is_named {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        let class = traits.seen.class(&policy.requestors, named)?;
        Ok(class.is_some() && estate.shuts_out(person).is_none())
    }

    /// Returns true for somebody to whom a package that they have gives a group after the plan.
    fn is_given(&self, world: &dyn World, person: &Person, group: &str) -> Result<bool, Unread> {
        if !self.touched.holdings.is_granted(group) {
            return Ok(false);
        }
        let after = self.estates[1];
        let key = Key::new().person(person.id());
        for (_, id) in world.marked(&Range::of(Mark::AssignmentPerson, key))? {
            let Some(held) = get::<Assignment>(world, id.number)? else {
                continue;
            };
            let Some(package) = world.object(held.package)? else {
                continue;
            };
            let address = self.sides.now_called(&package.address);
            let offer = after.offer(address.own_name());
            if offer.is_some_and(|offer| after.gives(offer.package, group)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Returns true where a round of reviews of a policy is open.
fn is_open(
    world: &dyn World,
    series: Option<&ReviewSeries>,
    policy: ObjectId,
) -> Result<bool, Unread> {
    let Some(series) = series else {
        return Ok(false);
    };
    let key = Key::new().object(policy).number(series.rounds);
    let last = first::<Review>(world, Mark::ReviewPolicy, key)?;
    let is_open =
        |round: &Review| matches!(round.state, ReviewState::Starting | ReviewState::InProgress);
    Ok(last.is_some_and(|round| is_open(&round)))
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

fn is_member(world: &dyn World, person: PersonId, group: &str) -> Result<bool, Unread> {
    let key = Place::group(group).key().person(person);
    Ok(world.count(Mark::HoldPlace, &key)? > 0)
}

fn get<E: Entity>(world: &dyn World, number: u64) -> Result<Option<E>, Unread> {
    let id = RecordId {
        kind: E::KIND,
        number,
    };
    Ok(world.record(id)?.and_then(E::from_record))
}

fn first<E: Entity>(world: &dyn World, mark: Mark, key: Key) -> Result<Option<E>, Unread> {
    let found = world.marked(&Range::of(mark, key).most(1))?;
    match found.first() {
        Some((_, id)) => get(world, id.number),
        None => Ok(None),
    }
}

/// Shows every assignment through a policy, until enough is seen.
fn each(
    world: &dyn World,
    policy: ObjectId,
    see: &mut dyn FnMut(Assignment) -> Result<bool, Unread>,
) -> Result<(), Unread> {
    let mut range = Range::of(Mark::AssignmentPolicy, Key::new().object(policy)).most(PIECE);
    loop {
        let piece = world.marked(&range)?;
        for (_, id) in &piece {
            if let Some(assignment) = get::<Assignment>(world, id.number)?
                && see(assignment)?
            {
                return Ok(());
            }
        }
        if piece.len() < PIECE {
            return Ok(());
        }
        range = range.after(piece.into_iter().next_back());
    }
}
