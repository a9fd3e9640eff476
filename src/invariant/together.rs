//! Packages that one person comes to hold together, in whatever order they ask.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use crate::impact::{Account, Named, Offer};
use crate::model::Address;
use crate::model::invariant::Terms;

use super::Undecided;
use super::access::Access;
use super::candidate::{Candidate, oddity};
use super::course::Course;
use super::decide::ways;
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
    let names = offers.iter().flat_map(|offer| reach.apart(offer));
    let names: BTreeSet<&str> = names.collect();
    let search = Search {
        reach,
        terms,
        offers,
        quiet: Cell::new(false),
        undecided: Cell::new(None),
        untold: RefCell::default(),
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
    let found = found.or_else(|| search.untold.into_inner().into_iter().next());
    match (found, search.undecided.into_inner()) {
        (None, Some(policy)) => Err(policy),
        (found, _) => Ok(found),
    }
}

/// Of how many people it is tried to tell how they come to hold everything.
const UNTOLD: usize = 12;

struct Search<'s, 'e, 't> {
    reach: &'s Reach<'e, 't>,
    terms: &'s Terms,
    offers: Vec<&'s Offer<'t>>,
    /// Whether to look for people to whom rules give nothing that is in the way.
    quiet: Cell<bool>,
    /// A policy of which it is not known whether somebody fits it.
    undecided: Cell<Option<&'t Address>>,
    /// Those of whom not everything can be told: of somebody else more may be.
    untold: RefCell<Vec<Together<'t>>>,
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
            let found = self.ordered(&candidate, chosen)?;
            if found.1.is_some() {
                return Some(found);
            }
            let mut untold = self.untold.borrow_mut();
            untold.push(found);
            return (untold.len() == UNTOLD).then(|| untold.remove(0));
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
                if self.come_to(&candidate, sought).is_none() {
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
    /// What a rule gave ends where it is in the way, and comes again. The first order that can be told is preferred.
    fn ordered(
        &self,
        candidate: &Candidate<'t>,
        chosen: &[Sought<'s, 't>],
    ) -> Option<Together<'t>> {
        let mut all = Vec::new();
        for sought in chosen {
            all.push((*sought, self.come_to(candidate, *sought)?));
        }
        // What waits is asked for first, while nothing else is held, and delivered last.
        let (mut waiting, mut rest): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|(sought, _)| waits(*sought));
        let mut orders = Vec::new();
        if candidate.kind.base.account == Account::None {
            self.newcomers(candidate, &waiting, &rest, &mut orders);
        } else {
            self.orders(&mut rest, candidate, &mut waiting, &mut orders);
        }
        let tell = |order: &Vec<Asked<'s, 't>>| {
            let order: Vec<(Sought<'s, 't>, &Access<'t>)> = order
                .iter()
                .map(|(sought, access)| (*sought, access))
                .collect();
            self.reach.course(candidate, &order)
        };
        let told = orders.iter().enumerate();
        let told = told.map(|(at, order)| (at, tell(order)));
        let found = told.clone().find(|(_, course)| course.is_some());
        let (at, course) = found.unwrap_or((0, None));
        let order = (at < orders.len()).then(|| orders.swap_remove(at))?;
        Some((
            order.into_iter().map(|(_, access)| access).collect(),
            course,
        ))
    }

    /// Lists the orders for somebody who has no account. What waits is asked for first here, too; some package is delivered as
    /// the first of all, and makes a guest of them, who asks for whatever they may not ask for before.
    fn newcomers(
        &self,
        candidate: &Candidate<'t>,
        waiting: &[Asked<'s, 't>],
        rest: &[Asked<'s, 't>],
        out: &mut Vec<Vec<Asked<'s, 't>>>,
    ) {
        let begins = |(sought, _): &&Asked<'s, 't>| self.reach.access(candidate, *sought).is_some();
        let (early, late): (Vec<_>, Vec<_>) = waiting.iter().partition(begins);
        if late.is_empty() && rest.is_empty() {
            out.push(early.into_iter().cloned().collect());
            return;
        }
        let is = |one: &Asked<'s, 't>, other: &Asked<'s, 't>| {
            one.0.offer.address == other.0.offer.address
        };
        let firsts = rest.iter().filter(begins).chain(early.iter().copied());
        for first in firsts {
            let goes_on = |other: &&&Asked<'s, 't>| self.goes_on(candidate, first, other);
            let mut rest: Vec<&Asked<'s, 't>> = rest.iter().filter(|it| !is(it, first)).collect();
            if !rest.iter().chain(&late).all(|other| goes_on(&other)) {
                continue;
            }
            // What waits for approval leaves the others time until it is delivered.
            let others = early.iter().copied().filter(|it| !is(it, first));
            let (then, before): (Vec<_>, Vec<_>) = match waits(first.0) {
                true => others.partition(|other| goes_on(&other)),
                false => (Vec::new(), others.collect()),
            };
            let order = before.into_iter().chain([first]).chain(then);
            let mut order: Vec<_> = order.chain(late.iter().copied()).cloned().collect();
            let mut rest: Vec<_> = rest.drain(..).cloned().collect();
            self.orders(&mut rest, candidate, &mut order, out);
        }
    }

    /// Returns true for a package that somebody may still come to have who holds another one.
    fn goes_on(
        &self,
        candidate: &Candidate<'t>,
        (held, _): &Asked<'s, 't>,
        (sought, _): &Asked<'s, 't>,
    ) -> bool {
        let given = (held.offer.address, held.offer.package);
        let kind = &candidate.kind;
        if self.reach.excludes(sought.offer.package, given, kind) {
            return false;
        }
        // Whoever had no account asks as a guest now.
        let guest = || self.reach.as_guest(candidate, sought.offer);
        match kind.base.account {
            Account::None => {
                let guest = guest();
                let may = self.reach.access(&guest, *sought).is_some();
                may && self.reach.may_still(&guest, *sought, given.1)
            }
            _ => self.reach.may_still(candidate, *sought, given.1),
        }
    }

    /// Returns the access that somebody can come to, be it as the guest that another of the packages makes of them.
    fn come_to(&self, candidate: &Candidate<'t>, sought: Sought<'s, 't>) -> Option<Access<'t>> {
        let found = self.reach.access(candidate, sought);
        let newcomer = candidate.kind.base.account == Account::None;
        // Who has no account is in no group.
        let is_listed = candidate
            .named
            .iter()
            .any(|one| matches!(one, Named::Group(_)));
        let may_become = newcomer && !is_listed && self.offers.len() > 1;
        found.or_else(|| {
            let guest = may_become.then(|| self.reach.as_guest(candidate, sought.offer))?;
            let mut access = self.reach.access(&guest, sought)?;
            // They are told of as who they were before.
            access.who.base = candidate.kind.base.clone();
            Some(access)
        })
    }

    /// Lists the orders of what is delivered at once in which nothing excludes what comes after it.
    fn orders(
        &self,
        rest: &mut Vec<Asked<'s, 't>>,
        candidate: &Candidate<'t>,
        order: &mut Vec<Asked<'s, 't>>,
        out: &mut Vec<Vec<Asked<'s, 't>>>,
    ) {
        const MOST: usize = 6;
        if out.len() == MOST {
            return;
        }
        if rest.is_empty() {
            out.push(order.clone());
            return;
        }
        for at in 0..rest.len() {
            let one = rest.remove(at);
            // Who holds this one must still be given all the others.
            let free = rest
                .iter()
                .all(|other| self.goes_on(candidate, &one, other));
            if free {
                order.push(one.clone());
                self.orders(rest, candidate, order, out);
                let _ = order.pop();
            }
            rest.insert(at, one);
        }
    }
}

type Asked<'s, 't> = (Sought<'s, 't>, Access<'t>);

/// What somebody comes to have, in order, and what happens around it, where that can be told.
pub(super) type Together<'t> = (Vec<Access<'t>>, Option<Course<'t>>);
