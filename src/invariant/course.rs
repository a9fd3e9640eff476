//! What happens around a breach: what rules have given somebody by then, and how that ends and comes again.
//!
//! Rules are followed one after the other, in an order of their own. Where it would decide what somebody is given, a policy is
//! told as one that comes later than the others, or later still: which of them do is tried, the usual choice first.

use crate::impact::Account;
use crate::model::Address;
use crate::model::invariant::Way;
use crate::model::kinds::Package;
use crate::model::kinds::policy::Policy;

use super::access::Access;
use super::by_rule::ByRule;
use super::candidate::Candidate;
use super::reach::{Reach, Sought, waits};

/// What happens around a breach.
#[derive(Debug, Clone, Default)]
pub struct Course<'t> {
    /// Automatic policies that come later than the rest of the tree.
    pub later: Vec<&'t Address>,
    /// Those of them that come later than the others.
    pub last: Vec<&'t Address>,
    /// What happens before somebody comes to have each of the packages, in their order.
    pub turns: Vec<Turn<'t>>,
    /// The rules of every policy that matters.
    pub rules: Vec<&'t Policy>,
}

/// What happens before somebody asks for a package, or is given it.
#[derive(Debug, Clone, Default)]
pub struct Turn<'t> {
    /// Whether what was asked for before has to be there first: it makes a guest of them.
    pub after: bool,
    /// Packages that a rule gave them, and that end.
    pub ends: Vec<Ended<'t>>,
    /// How a rule comes to give it.
    pub comes: Comes,
}

/// A package that a rule gave somebody, and that ends.
#[derive(Debug, Clone)]
pub struct Ended<'t> {
    /// The package.
    pub package: &'t Address,
    /// The groups that they leave by it, and are members of all the same.
    pub rejoins: Vec<String>,
    /// Whether they can give it back by themselves; it is taken away otherwise.
    pub alone: bool,
}

/// How somebody comes to have what a rule gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Comes {
    /// Without anything that is to be told.
    #[default]
    Already,
    /// The directory says something new of them.
    Again,
    /// The policies that come later, or those that come last, do so now.
    Later,
}

impl<'t> Reach<'_, 't> {
    /// Returns what happens around packages that somebody comes to have in this order; `None` where that is more than can be
    /// told.
    pub(super) fn course(
        &self,
        candidate: &Candidate<'t>,
        order: &[(Sought<'_, 't>, &Access<'t>)],
    ) -> Option<Course<'t>> {
        let begin = order
            .iter()
            .flat_map(|(sought, _)| self.in_the_way(sought.offer));
        let given = self.given_to(candidate, begin)?;
        let mut play = Play {
            reach: self,
            candidate,
            given: &given,
            phases: vec![0; given.len()],
            held: Vec::new(),
            here: candidate.kind.base.account != Account::None,
            at_once: false,
            phase: 0,
        };
        play.phases = play.usual(order);
        let mut turns = play.turns(order);
        for at_once in [false, true] {
            play.at_once = at_once;
            turns = turns.or_else(|| self.attempts(&mut play, order));
            if candidate.kind.base.account != Account::None {
                break;
            }
        }
        let turns = turns?;
        let from = |phase: usize| {
            let all = given.iter().zip(&play.phases);
            let late = all.filter(|(_, its)| **its >= phase);
            late.map(|(one, _)| one.policy).collect()
        };
        Some(Course {
            later: from(1),
            last: from(2),
            turns,
            rules: given.iter().map(|one| one.rules).collect(),
        })
    }

    /// Tries which policies come later, and which last: as few as there can be.
    fn attempts(
        &self,
        play: &mut Play<'_, '_, 't>,
        order: &[(Sought<'_, 't>, &Access<'t>)],
    ) -> Option<Vec<Turn<'t>>> {
        let count = play.given.len();
        if count > MOST_RULES {
            return None;
        }
        let total = PHASES.pow(u32::try_from(count).ok()?);
        let phases = |code: usize| -> Vec<usize> {
            let digits = std::iter::successors(Some(code), |code| Some(code / PHASES));
            digits.map(|code| code % PHASES).take(count).collect()
        };
        let mut all: Vec<Vec<usize>> = (0..total).map(phases).collect();
        all.sort_by_key(|phases| phases.iter().sum::<usize>());
        all.into_iter().find_map(|phases| {
            play.phases = phases;
            play.turns(order)
        })
    }
}

/// Policies are there from the beginning, come later, or come last.
const PHASES: usize = 3;
/// Of how many policies it is tried which come later, at most.
const MOST_RULES: usize = 7;

/// A course as far as it is told.
struct Play<'p, 'e, 't> {
    reach: &'p Reach<'e, 't>,
    candidate: &'p Candidate<'t>,
    /// What rules give.
    given: &'p [ByRule<'t>],
    /// When each of them comes: 0 from the beginning, 1 later, 2 last.
    phases: Vec<usize>,
    /// What is held now.
    held: Vec<(&'t Address, &'t Package)>,
    /// Whether they have an account.
    here: bool,
    /// Whether what they ask for first has to be there before they ask for more.
    at_once: bool,
    /// Up to which time policies have come.
    phase: usize,
}

impl<'t> Play<'_, '_, 't> {
    fn excludes(&self, package: &Package, held: (&Address, &Package)) -> bool {
        self.reach.excludes(package, held, &self.candidate.kind)
    }

    /// Returns the policies that must come later for what is wanted to be given: those that keep another from it, and those of
    /// which only the order of rules tells whether they give what would be in the way.
    fn usual(&self, order: &[(Sought<'_, 't>, &Access<'t>)]) -> Vec<usize> {
        let ruled = |one: &ByRule<'t>| {
            let mut all = order.iter();
            all.any(|(sought, _)| sought.way == Way::Automatic && sought.address == one.policy)
        };
        let comes = |(sought, _): &(Sought<'_, 't>, _)| sought.way == Way::Automatic;
        let may_come = order.len() > 1 && (!self.here || order.iter().any(comes));
        let is_late = |one: &ByRule<'t>| {
            let held = (one.address, one.package);
            let is_sure = !self.given.iter().any(|other| {
                other.policy != one.policy
                    && self.excludes(one.package, (other.address, other.package))
            });
            // What a rule gives while it is asked for is no longer asked for.
            let waiting = |sought: Sought<'_, 't>| {
                sought.offer.address == one.address && waits(sought) && may_come
            };
            order.iter().any(|(sought, _)| match sought.way {
                Way::Request | Way::Direct if waiting(*sought) => true,
                Way::Automatic => {
                    sought.address != one.policy && self.excludes(sought.offer.package, held)
                }
                Way::Request | Way::Direct => !is_sure && !ruled(one),
            })
        };
        let given = self.given.iter();
        given.map(|one| usize::from(is_late(one))).collect()
    }

    /// Lets everything happen from the beginning; `None` where somebody does not come to have all of it.
    fn turns(&mut self, order: &[(Sought<'_, 't>, &Access<'t>)]) -> Option<Vec<Turn<'t>>> {
        self.held.clear();
        self.here = self.candidate.kind.base.account != Account::None;
        self.phase = 0;
        self.come(0)?;
        let mut turns = Vec::new();
        for (at, (sought, _)) in order.iter().enumerate() {
            turns.push(self.turn(*sought, order.get(..at)?)?);
        }
        Some(turns)
    }

    /// Lets every rule that is there, and came no earlier than this, give what it gives; `None` where only the order of rules
    /// tells what that is.
    fn come(&mut self, since: usize) -> Option<()> {
        if !self.here {
            return Some(());
        }
        let mut coming: Vec<(&'t Address, &'t Package)> = Vec::new();
        for (one, phase) in self.given.iter().zip(&self.phases) {
            let is_there = (since..=self.phase).contains(phase);
            let has = self.held.iter().any(|(address, _)| *address == one.address);
            let mut held = self.held.iter();
            if is_there && !has && !held.any(|held| self.excludes(one.package, *held)) {
                coming.push((one.address, one.package));
            }
        }
        let excluded = |one: &(&Address, &'t Package)| {
            let mut others = coming.iter().filter(|other| other.0 != one.0);
            others.any(|other| self.excludes(one.1, *other))
        };
        if coming.iter().any(excluded) {
            return None;
        }
        let kind = &self.candidate.kind;
        coming.retain(|(_, package)| self.reach.gives_any(package, kind));
        self.held.extend(coming);
        Some(())
    }

    /// Lets somebody come to have the next package; `None` where that is not so.
    fn turn(
        &mut self,
        sought: Sought<'_, 't>,
        kept: &[(Sought<'_, 't>, &Access<'t>)],
    ) -> Option<Turn<'t>> {
        let mut turn = Turn::default();
        let own = (sought.offer.address, sought.offer.package);
        let has = |play: &Self| play.held.iter().any(|(address, _)| *address == own.0);
        let stays = |address: &Address| {
            let mut kept = kept.iter().filter(|(kept, _)| !waits(*kept));
            kept.any(|(kept, _)| kept.offer.address == address)
        };
        let admits = || self.reach.access(self.candidate, sought).is_some();
        let is_needed = || self.at_once || sought.way == Way::Automatic || !admits();
        if !self.here && !kept.is_empty() && is_needed() {
            turn.after = true;
            let waiting = kept.iter().filter(|(kept, _)| waits(*kept));
            let offers = waiting.map(|(kept, _)| (kept.offer.address, kept.offer.package));
            self.held.extend(offers);
            self.here = true;
            self.come(0)?;
        }
        if sought.way == Way::Automatic {
            if has(self) {
                return Some(turn);
            }
            for held in self.held.clone() {
                if self.excludes(own.1, held) {
                    turn.ends.push(self.end(held, &stays)?);
                }
            }
            let mut all = self.given.iter().zip(&self.phases);
            let phase = all.find(|(one, _)| one.policy == sought.address);
            turn.comes = match phase.is_some_and(|(_, phase)| *phase > self.phase) {
                true => Comes::Later,
                false => Comes::Again,
            };
            match turn.comes {
                Comes::Later => {
                    self.phase += 1;
                    self.come(self.phase)?;
                }
                Comes::Already | Comes::Again => self.come(0)?,
            }
            return has(self).then_some(turn);
        }
        for held in self.held.clone() {
            let free =
                !self.excludes(own.1, held) && self.reach.may_still(self.candidate, sought, held.1);
            if held.0 != own.0 && free {
                continue;
            }
            turn.ends.push(self.end(held, &stays)?);
        }
        if !waits(sought) {
            self.held.push(own);
            if !self.here {
                self.here = true;
                self.come(0)?;
            }
        }
        Some(turn)
    }

    /// Lets what a rule gave end; `None` for what somebody shall keep.
    fn end(
        &mut self,
        held: (&'t Address, &'t Package),
        stays: &dyn Fn(&Address) -> bool,
    ) -> Option<Ended<'t>> {
        if stays(held.0) {
            return None;
        }
        let given = self.given.iter().find(|one| one.address == held.0)?;
        self.held.retain(|one| one.0 != held.0);
        Some(Ended {
            package: held.0,
            rejoins: self.reach.shared_groups(self.candidate, held.1),
            alone: given.rules.requests.removal,
        })
    }
}
