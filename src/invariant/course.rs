//! What happens around a breach: what rules have given somebody by then, and how that ends and comes again.
//!
//! Rules are followed one after the other, in an order of their own. Where it would decide what somebody is given, a policy is
//! told as one that comes later than the others.

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
    /// What happens before somebody comes to have each of the packages, in their order.
    pub turns: Vec<Turn<'t>>,
    /// The rules of every policy that matters.
    pub rules: Vec<&'t Policy>,
}

/// What happens before somebody asks for a package, or is given it.
#[derive(Debug, Clone, Default)]
pub struct Turn<'t> {
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
    /// The policies that come later do so now.
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
            held: Vec::new(),
            later: Vec::new(),
            here: candidate.kind.base.account != Account::None,
            came: false,
        };
        play.later = play.later_than(order);
        play.all_come();
        let mut turns = Vec::new();
        for (at, (sought, _)) in order.iter().enumerate() {
            let kept = order.get(..at)?;
            turns.push(play.turn(*sought, kept)?);
        }
        Some(Course {
            later: play.later.clone(),
            turns,
            rules: given.iter().map(|one| one.rules).collect(),
        })
    }
}

/// A course as far as it is told.
struct Play<'p, 'e, 't> {
    reach: &'p Reach<'e, 't>,
    candidate: &'p Candidate<'t>,
    /// What rules give.
    given: &'p [ByRule<'t>],
    /// What is held now.
    held: Vec<(&'t Address, &'t Package)>,
    /// The policies that come later.
    later: Vec<&'t Address>,
    /// Whether they have an account.
    here: bool,
    /// Whether what comes later has come.
    came: bool,
}

impl<'t> Play<'_, '_, 't> {
    fn excludes(&self, package: &Package, held: (&Address, &Package)) -> bool {
        self.reach.excludes(package, held, &self.candidate.kind)
    }

    /// Returns the policies that must come later for what is wanted to be given: those that keep another from it, and those of
    /// which only the order of rules tells whether they give what would be in the way.
    fn later_than(&self, order: &[(Sought<'_, 't>, &Access<'t>)]) -> Vec<&'t Address> {
        let ruled = |one: &ByRule<'t>| {
            let mut all = order.iter();
            all.any(|(sought, _)| sought.way == Way::Automatic && sought.address == one.policy)
        };
        let comes = |(sought, _): &(Sought<'_, 't>, _)| sought.way == Way::Automatic;
        let may_come = order.len() > 1 && (!self.here || order.iter().any(comes));
        let late = self.given.iter().filter(|one| {
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
        });
        late.map(|one| one.policy).collect()
    }

    /// Lets every rule that is there give what it gives.
    fn all_come(&mut self) {
        if !self.here {
            return;
        }
        for one in self.given {
            let is_there = self.came || !self.later.contains(&one.policy);
            let has = self.held.iter().any(|(address, _)| *address == one.address);
            let mut held = self.held.iter();
            if is_there && !has && !held.any(|held| self.excludes(one.package, *held)) {
                self.held.push((one.address, one.package));
            }
        }
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
        if sought.way == Way::Automatic {
            if !has(self) {
                turn.comes = match self.later.contains(&sought.address) && !self.came {
                    true => Comes::Later,
                    false => Comes::Again,
                };
                self.came |= turn.comes == Comes::Later;
                self.all_come();
            }
            return has(self).then_some(turn);
        }
        let stays = |address: &Address| {
            let mut kept = kept.iter().filter(|(kept, _)| !waits(*kept));
            kept.any(|(kept, _)| kept.offer.address == address)
        };
        for held in self.held.clone() {
            let free =
                !self.excludes(own.1, held) && self.reach.may_still(self.candidate, sought, held.1);
            if held.0 != own.0 && free {
                continue;
            }
            if stays(held.0) {
                return None;
            }
            let given = self.given.iter().find(|one| one.address == held.0)?;
            turn.ends.push(Ended {
                package: held.0,
                rejoins: self.reach.shared_groups(self.candidate, held.1),
                alone: given.rules.requests.removal,
            });
            self.held.retain(|one| one.0 != held.0);
        }
        if !waits(sought) {
            self.held.push(own);
            if !self.here {
                self.here = true;
                self.all_come();
            }
        }
        Some(turn)
    }
}
