//! Whoever holds a package already, by the policy that it came through: what they have otherwise by a plan, as
//! [`tenure`](super::tenure) tells it. Where no store is asked, there may be somebody of every sort; where one is, it knows who
//! there is, who of them can move their end, and when the next round of a review opens: see [`living`](super::living).
//!
//! What nobody owns is not looked after, so that whoever holds what a plan takes over has nothing of its policy before.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::estate::Estate;
use super::offer::Offer;
use super::rows::beside::spelling;
use super::spelling::Spelling;
use super::tenure::{Differs, Holder, Tenure, next_rounds};
use super::touched::Touched;
use crate::governance::Unread;
use crate::governance::review::Rounds;
use crate::model::Address;
use crate::model::kinds::policy::Policy;
use crate::plan::{Action, Plan};

/// What whoever holds a package through a policy has otherwise, by the policy's address after the plan.
pub(super) type Already = BTreeMap<Address, Having>;

/// What whoever holds a package through one policy has otherwise.
#[derive(Debug, Default)]
pub(super) struct Having {
    pub(super) differs: Vec<Differs>,
    /// Whether nobody holds it so, and somebody waits for it.
    pub(super) is_awaited: bool,
}

/// A policy on both sides, and what holders have of it.
pub(super) struct Both<'p, 't> {
    pub(super) address: &'p Address,
    pub(super) policies: [Option<&'t Policy>; 2],
    offers: [Option<&'p Offer<'t>>; 2],
    spelled: [Spelling; 2],
    pub(super) now: Timestamp,
}

impl Both<'_, '_> {
    /// Returns what holders have of the policy on each side. `known` are the rounds of reviews that a store has of it.
    pub(super) fn tenures(&self, known: Option<Rounds>, zone: &TimeZone) -> [Tenure; 2] {
        let [was, is] = next_rounds(self.policies, known, self.now, zone);
        let of = |at: usize, next: Option<Timestamp>| {
            let offer = self.offers.get(at).copied().flatten();
            let policy = self.policies.get(at).copied().flatten();
            let sides = offer.zip(policy).zip(self.spelled.get(at));
            let tenure =
                sides.map(|((offer, policy), spelled)| Tenure::of(offer, policy, spelled, next));
            tenure.unwrap_or_default()
        };
        [of(0, was), of(1, is)]
    }

    /// Returns somebody who may hold.
    pub(super) fn unknown(&self) -> Holder {
        Holder::unknown(self.policies, self.now)
    }
}

/// Finds what whoever holds a package already has otherwise by a plan; `having` tells it of the holders of one policy.
pub(super) fn already(
    plan: &Plan,
    estates: [&Estate<'_>; 2],
    touched: &Touched,
    having: &mut dyn FnMut(&Both<'_, '_>) -> Result<Having, Unread>,
) -> Result<Already, Unread> {
    let actions = plan.changes.iter();
    let actions = actions.map(|change| (&change.address, change.delta.action()));
    let actions: BTreeMap<&Address, Action> = actions.collect();
    let does = |address: &Address, what: &[Action]| {
        let action = actions.get(address);
        action.is_some_and(|action| what.contains(action))
    };
    // Whoever has it through what is deleted loses it.
    let goes = |address: &Address| does(address, &[Action::Prune, Action::Replace]);
    let twins = estates.iter().any(|estate| estate.has_twins());
    let asks_less = |offers: [Option<&Offer<'_>>; 2]| {
        let mut offers = offers.into_iter().flatten();
        let excludes = |it: &Offer<'_>| !it.package.incompatible_with.is_empty();
        twins || offers.any(|offer| offer.refuses_guests || excludes(offer))
    };
    let mut found = Already::new();
    for (name, own) in touched.compared(estates) {
        let offers = estates.map(|estate| estate.offer(name));
        if offers.iter().flatten().any(|offer| goes(offer.address)) {
            continue;
        }
        let policies = offers.iter().flatten().flat_map(|offer| &offer.policies);
        let addresses: BTreeSet<&Address> = policies.map(|(address, _)| *address).collect();
        for address in addresses.into_iter().filter(|address| !goes(address)) {
            let policies = offers.map(|offer| offer.and_then(|offer| offer.policy(address)));
            let is_concerned = match policies[0] {
                // Where something else changes, who signs in as what may let them extend; of whoever may ask by that, rows
                // tell, unless something keeps people from asking that keeps no holder from extending.
                Some(old) => {
                    own || old.extension.allowed && (!old.requests.enabled || asks_less(offers))
                }
                // Nobody has anything through what is created.
                None => does(address, &[Action::Adopt]),
            };
            if !is_concerned {
                continue;
            }
            let both = Both {
                address,
                policies,
                offers,
                spelled: spelling(estates, offers),
                now: estates[0].now,
            };
            let having = having(&both)?;
            if !having.differs.is_empty() {
                let _ = found.insert(address.clone(), having);
            }
        }
    }
    Ok(found)
}

/// Returns what differs for those who may hold through a policy, where no store is asked.
pub(super) fn of_anybody(both: &Both<'_, '_>) -> Having {
    // What is taken over is held by those whom a store knows.
    if both.policies[0].is_none() {
        return Having::default();
    }
    let [old, new] = both.tenures(None, &TimeZone::UTC);
    Having {
        differs: new.differs(&old, &both.unknown(), both.now),
        is_awaited: false,
    }
}
