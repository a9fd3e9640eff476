//! Packages that one person comes to hold together, in whatever order they ask.

use std::cell::Cell;
use std::collections::BTreeSet;

use crate::impact::{Named, Offer};
use crate::model::Address;
use crate::model::invariant::{Terms, Way};
use crate::model::kinds::Incompatible;

use super::Undecided;
use super::access::Access;
use super::candidate::{Candidate, oddity};
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
) -> Result<Option<Vec<Access<'t>>>, &'t Address> {
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
    let found = kinds
        .into_iter()
        .find_map(|kind| search.all(kind, &mut Vec::new(), &mut Vec::new()));
    match (found, search.undecided.into_inner()) {
        (None, Some(policy)) => Err(policy),
        (found, _) => Ok(found),
    }
}

struct Search<'s, 'e, 't> {
    reach: &'s Reach<'e, 't>,
    terms: &'s Terms,
    offers: Vec<&'s Offer<'t>>,
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
    ) -> Option<Vec<Access<'t>>> {
        let Some(offer) = self.offers.get(chosen.len()).copied() else {
            let settled = self.reach.settled(kind, names, chosen);
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
            for candidate in self.reach.candidates(kind, sought) {
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

    /// Orders what somebody asks for so that nothing they hold excludes the next; `None` where no order does.
    fn ordered(
        &self,
        candidate: &Candidate<'t>,
        chosen: &[Sought<'s, 't>],
    ) -> Option<Vec<Access<'t>>> {
        let mut access = Vec::new();
        for sought in chosen {
            access.push((*sought, self.reach.access(candidate, *sought)?));
        }
        // A rule assigns whoever matches it before they ask for anything.
        let (ruled, asked): (Vec<_>, Vec<_>) = access
            .into_iter()
            .partition(|(sought, _)| sought.way == Way::Automatic);
        let excluded = asked.iter().any(|(sought, _)| {
            let mut held = ruled.iter().map(|(held, _)| held.offer);
            held.any(|held| self.excludes(sought.offer, held, &candidate.kind))
        });
        if excluded {
            return None;
        }
        // What waits is asked for next, while nothing else is held, and delivered last.
        let (waiting, rest): (Vec<_>, Vec<_>) =
            asked.into_iter().partition(|(sought, _)| waits(*sought));
        let all = self
            .in_order(ruled, &candidate.kind)?
            .into_iter()
            .chain(waiting)
            .chain(self.in_order(rest, &candidate.kind)?);
        Some(all.map(|(_, access)| access).collect())
    }

    /// Orders what is delivered at once so that nothing excludes what comes after it; `None` where no order does.
    fn in_order(
        &self,
        mut rest: Vec<Asked<'s, 't>>,
        kind: &Kind<'t>,
    ) -> Option<Vec<Asked<'s, 't>>> {
        let mut order = Vec::new();
        while !rest.is_empty() {
            let free = rest.iter().position(|(sought, _)| {
                // Who holds this one must still be given all the others.
                let mut others = rest
                    .iter()
                    .filter(|(other, _)| other.address != sought.address);
                !others.any(|(other, _)| self.excludes(other.offer, sought.offer, kind))
            })?;
            order.push(rest.remove(free));
        }
        Some(order)
    }

    /// Returns true for a package that whoever holds another may not ask for: that excludes it, or a group that it puts them
    /// into.
    fn excludes(&self, offer: &Offer<'t>, held: &Offer<'t>, kind: &Kind<'t>) -> bool {
        let mut others = offer.package.incompatible_with.iter();
        others.any(|other| match other {
            Incompatible::Package(name) => name.as_str() == held.address.own_name(),
            Incompatible::Group(name) => {
                let group = self.reach.estate.group(name);
                self.reach.puts_into(held.package, kind, &group)
            }
        })
    }
}

type Asked<'s, 't> = (Sought<'s, 't>, Access<'t>);
