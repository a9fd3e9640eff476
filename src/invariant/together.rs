//! Packages that one person comes to hold together, in whatever order they ask.

use std::cell::Cell;
use std::collections::BTreeSet;

use crate::impact::{Account, Named, Offer};
use crate::model::Address;
use crate::model::invariant::Terms;

use super::Undecided;
use super::access::Access;
use super::candidate::{Candidate, oddity};
use super::course::Course;
use super::decide::{named, ways};
use super::people::{Kind, People};
use super::reach::{Reach, Sought, waits};

/// Finds somebody who comes to hold all of some packages, in the order in which they ask for them.
///
/// # Errors
///
/// A policy with rules over people that are too large to be decided, where nobody was found.
pub(super) fn find<'t>(
    reach: &Reach<'_, 't>,
    people: &People<'t>,
    terms: &Terms,
    packages: &[&str],
) -> Result<Option<Together<'t>>, &'t Address> {
    let offers: Option<Vec<&Offer<'t>>> = packages
        .iter()
        .map(|name| reach.estate.offer(name))
        .collect();
    // A package that is not there is held by nobody.
    let Some(offers) = offers else {
        return Ok(None);
    };
    let names: BTreeSet<&str> = offers.iter().flat_map(|offer| named(offer)).collect();
    let search = Search {
        reach,
        terms,
        offers,
        quiet: Cell::new(false),
        undecided: Cell::new(None),
    };
    let mut kinds = people.apart(&names);
    if let Some((_, rules)) = search
        .offers
        .first()
        .and_then(|offer| offer.policies.first())
    {
        kinds.sort_by_key(|kind| oddity(kind, rules));
    }
    let found = reach.quiet_first(&search.offers).iter().find_map(|quiet| {
        search.quiet.set(*quiet);
        // Whom nothing has to end for are some of all.
        search.undecided.set(None);
        let mut kinds = kinds.iter();
        kinds.find_map(|kind| search.all(kind, &mut Vec::new(), &mut Vec::new()))
    });
    match (found, search.undecided.into_inner()) {
        (None, Some(policy)) => Err(policy),
        (found, _) => Ok(found),
    }
}

struct Search<'s, 'e, 't> {
    reach: &'s Reach<'e, 't>,
    terms: &'s Terms,
    offers: Vec<&'s Offer<'t>>,
    /// Whether to look for people to whom rules give nothing that is in the way.
    quiet: Cell<bool>,
    /// A policy of which it is not known whether somebody fits it.
    undecided: Cell<Option<&'t Address>>,
}

impl<'s, 't> Search<'s, '_, 't> {
    /// Chooses a policy for each package, then somebody who fits all of them.
    fn all(
        &self,
        kind: &Kind<'t>,
        chosen: &mut Vec<Sought<'s, 't>>,
        names: &mut Vec<Named>,
    ) -> Option<Together<'t>> {
        let Some(offer) = self.offers.get(chosen.len()).copied() else {
            let settled = self.reach.settled(kind, names, chosen, self.quiet.get());
            let candidate = self.known(settled.transpose()?, chosen.last()?.address)?;
            return self.ordered(&candidate, chosen);
        };
        for (address, rules, way) in ways(offer, self.terms) {
            let sought = Sought {
                offer,
                address,
                rules,
                way,
                terms: self.terms,
            };
            if !self.reach.may_serve(sought) {
                continue;
            }
            for candidate in self.reach.candidates(kind, sought, self.quiet.get()) {
                let Some(candidate) = self.known(candidate, address) else {
                    continue;
                };
                if self.reach.access(&candidate, sought).is_none() {
                    continue;
                }
                let before = names.len();
                names.extend(candidate.named.iter().cloned());
                chosen.push(sought);
                let found = self.all(&candidate.kind, chosen, names);
                chosen.pop();
                names.truncate(before);
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    /// Remembers the policy where it is not known whether somebody fits it.
    fn known<C>(&self, candidate: Result<C, Undecided>, policy: &'t Address) -> Option<C> {
        if candidate.is_err() {
            self.undecided.set(Some(policy));
        }
        candidate.ok()
    }

    /// Orders what somebody asks for and is given so that nothing they hold excludes the next; `None` where no order does.
    /// What a rule gave ends where it is in the way, and comes again.
    fn ordered(
        &self,
        candidate: &Candidate<'t>,
        chosen: &[Sought<'s, 't>],
    ) -> Option<Together<'t>> {
        let mut access = Vec::new();
        for sought in chosen {
            access.push((*sought, self.reach.access(candidate, *sought)?));
        }
        // What waits is asked for first, while nothing else is held, and delivered last.
        let (mut all, rest): (Vec<_>, Vec<_>) =
            access.into_iter().partition(|(sought, _)| waits(*sought));
        all.extend(self.in_order(rest, candidate)?);
        let order: Vec<(Sought<'s, 't>, &Access<'t>)> = all
            .iter()
            .map(|(sought, access)| (*sought, access))
            .collect();
        let course = self.reach.course(candidate, &order);
        Some((all.into_iter().map(|(_, access)| access).collect(), course))
    }

    /// Orders what is delivered at once so that nothing excludes what comes after it; `None` where no order does.
    fn in_order(
        &self,
        mut rest: Vec<Asked<'s, 't>>,
        candidate: &Candidate<'t>,
    ) -> Option<Vec<Asked<'s, 't>>> {
        let kind = &candidate.kind;
        let mut order = Vec::new();
        // The first package makes a guest of whoever had no account, and the others are asked for as one.
        let newcomer = kind.base.account == Account::None;
        let first_only = |sought: Sought<'s, 't>| {
            let guest = || self.reach.as_guest(candidate, sought.offer);
            newcomer && self.reach.access(&guest(), sought).is_none()
        };
        while !rest.is_empty() {
            let free = rest.iter().position(|(sought, _)| {
                // Who holds this one must still be given all the others.
                let held = (sought.offer.address, sought.offer.package);
                let mut others = rest
                    .iter()
                    .filter(|(other, _)| other.address != sought.address);
                !others.any(|(other, _)| {
                    self.reach.excludes(other.offer.package, held, kind)
                        || !self.reach.may_still(candidate, *other, held.1)
                        || first_only(*other)
                })
            })?;
            order.push(rest.remove(free));
        }
        Some(order)
    }
}

type Asked<'s, 't> = (Sought<'s, 't>, Access<'t>);

/// What somebody comes to have, in order, and what happens around it, where that can be told.
pub(super) type Together<'t> = (Vec<Access<'t>>, Option<Course<'t>>);
