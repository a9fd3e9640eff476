//! Each invariant against each policy that it is about.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::impact::{Estate, Offer};
use crate::model::invariant::{Invariant, Statement, Terms, Way};
use crate::model::kinds::policy::{Expiry, Policy, Requestors};
use crate::model::text::Domain;
use crate::model::{Address, Desired, OneOrMore};

use super::people::{Everybody, People};
use super::reach::{Access, Reach, Sought, about, globs};
use super::together;

/// How many ways to break an invariant are shown; the rest is counted.
pub const SHOWN: usize = 3;

/// An invariant that does not hold.
#[derive(Debug)]
pub struct Verdict<'t> {
    /// The invariant.
    pub invariant: &'t Invariant,
    /// How it is broken: the first few, in order of policies.
    pub breaches: Vec<Breach<'t>>,
    /// How many more policies break it.
    pub more: usize,
}

/// One way to break an invariant.
#[derive(Debug, Clone)]
pub struct Breach<'t> {
    /// What somebody comes to have, in the order in which they ask; one unless the invariant is about several together.
    pub access: Vec<Access<'t>>,
    /// The keys of the statement that it does not fit, of `always`; none of `never`.
    pub failed: Vec<&'static str>,
}

/// Decides the invariants of a tree, and returns those that do not hold, in order of names. `own` are the domains of our own
/// people; `now` is the first instant that counts.
#[must_use]
pub fn decide<'t>(desired: &'t Desired, own: &'t [Domain], now: Timestamp) -> Vec<Verdict<'t>> {
    if desired.invariants.is_empty() {
        return Vec::new();
    }
    let estate = Estate::of(desired, own, now);
    let reach = Reach::of(desired, &estate);
    let everybody = Everybody::of(&estate);
    let verdict = |invariant: &'t Invariant| {
        let mut breaches = breaches(&reach, &everybody, invariant);
        let more = breaches.len().saturating_sub(SHOWN);
        breaches.truncate(SHOWN);
        Verdict {
            invariant,
            breaches,
            more,
        }
    };
    let verdicts = desired.invariants.iter().map(verdict);
    verdicts
        .filter(|verdict| !verdict.breaches.is_empty())
        .collect()
}

fn breaches<'t>(
    reach: &Reach<'_, 't>,
    everybody: &Everybody<'_, 't>,
    invariant: &'t Invariant,
) -> Vec<Breach<'t>> {
    let terms = invariant.terms();
    let people = everybody.fitting(terms);
    if people.is_empty() {
        return Vec::new();
    }
    if let Some(packages) = terms.together() {
        let names: Vec<&str> = packages
            .iter()
            .filter_map(|package| package.0.exact())
            .collect();
        let found = together::find(reach, &people, terms, &names);
        return found
            .map(|access| Breach {
                access,
                failed: Vec::new(),
            })
            .into_iter()
            .collect();
    }
    let offers: Vec<&Offer<'t>> = reach
        .estate
        .offers()
        .filter(|offer| is_about(terms, offer))
        .collect();
    let found: Vec<Vec<Breach<'t>>> = offers
        .par_iter()
        .map(|offer| of_package(reach, &people, invariant, offer))
        .collect();
    found.into_iter().flatten().collect()
}

/// Returns the names of organizations that the policies of a package tell apart.
pub(super) fn named<'o>(offer: &Offer<'o>) -> BTreeSet<&'o str> {
    let lists = offer
        .policies
        .iter()
        .filter_map(|(_, policy)| match &policy.requestors {
            Requestors::Organizations(names) => Some(names),
            _ => None,
        });
    lists.flatten().map(|name| name.as_str()).collect()
}

fn of_package<'t>(
    reach: &Reach<'_, 't>,
    people: &People<'t>,
    invariant: &'t Invariant,
    offer: &Offer<'t>,
) -> Vec<Breach<'t>> {
    let terms = invariant.terms();
    let names = named(offer);
    let mut found = Vec::new();
    for (address, rules) in &offer.policies {
        let mut access = None;
        for way in terms.ways() {
            if !may_break(&invariant.statement, rules, way) {
                continue;
            }
            let sought = Sought {
                offer,
                address,
                rules,
                way,
                terms,
            };
            let breaks = |access: &Access<'t>| fails(&invariant.statement, access).is_some();
            access = reach.find(people, &names, sought, &breaks);
            if access.is_some() {
                break;
            }
        }
        if let Some(access) = access {
            let failed = fails(&invariant.statement, &access).unwrap_or_default();
            found.push(Breach {
                access: vec![access],
                failed,
            });
        }
    }
    found
}

/// Returns true for a package that the terms are about.
pub(super) fn is_about(terms: &Terms, offer: &Offer<'_>) -> bool {
    let name = offer.address.own_name();
    let held = terms
        .holds
        .as_ref()
        .is_none_or(|packages| packages.iter().any(|it| it.0.matches(name)));
    let asked = terms
        .asks
        .as_ref()
        .is_none_or(|package| package.0.matches(name));
    let grants = || {
        let mut grants = offer.package.grants.iter();
        grants.any(|(resource, roles)| about(terms, resource.as_str(), roles))
    };
    let any = terms.resource.is_none() && terms.role.is_none();
    held && asked
        && globs(terms.catalog.as_ref(), offer.package.catalog.as_str())
        && (any || grants())
}

/// Returns the keys about approvals, ends and reviews that access breaks a statement by; `None` for access that does not.
fn fails(statement: &Statement, access: &Access<'_>) -> Option<Vec<&'static str>> {
    judge(statement, access.rules, access.way, access.longest)
}

fn judge(
    statement: &Statement,
    rules: &Policy,
    way: Way,
    longest: Option<u64>,
) -> Option<Vec<&'static str>> {
    let (Statement::Never(terms) | Statement::Always(terms)) = statement;
    let stages = match way {
        Way::Automatic => 0,
        Way::Request | Way::Direct => rules.approval.stages.len(),
    };
    let review = rules.review.as_ref().filter(|review| review.enabled);
    let review = review.map(|review| review.every);
    let fits = [
        (
            "approvals",
            terms.approvals.map(|bound| bound.holds(stages)),
        ),
        ("expires", terms.expires.map(|bound| bound.holds(longest))),
        ("review", terms.review.map(|least| least.holds(review))),
    ];
    let failed: Vec<&'static str> = fits
        .iter()
        .filter(|(_, fits)| *fits == Some(false))
        .map(|(key, _)| *key)
        .collect();
    match statement {
        Statement::Never(_) => failed.is_empty().then(Vec::new),
        Statement::Always(_) => (!failed.is_empty()).then_some(failed),
    }
}

/// Returns false for a policy that breaks a statement for nobody: most need no person to be looked for.
fn may_break(statement: &Statement, rules: &Policy, way: Way) -> bool {
    let lengths: Vec<Option<u64>> = match &rules.expires {
        Expiry::After(length) => vec![Some(length.as_seconds()), None],
        // How long it is depends on the present instant, which is the same for everybody.
        Expiry::Never | Expiry::On(_) => return true,
    };
    let alone = rules.extension.allowed && !rules.extension.approval;
    let lengths = lengths.iter().filter(|length| length.is_some() || alone);
    lengths
        .copied()
        .any(|length| judge(statement, rules, way, length).is_some())
}

/// Returns the policies of a package with their addresses, for each way that is meant.
pub(super) fn ways<'a, 't>(
    offer: &'a Offer<'t>,
    terms: &'a Terms,
) -> impl Iterator<Item = (&'t Address, &'t Policy, Way)> + 'a {
    let ways = terms.through.as_ref().map_or_else(
        || vec![Way::Request, Way::Automatic],
        |ways: &OneOrMore<Way>| ways.iter().copied().collect(),
    );
    let policies = offer.policies.iter();
    policies.flat_map(move |(address, policy)| {
        let ways = ways.clone();
        ways.into_iter().map(move |way| (*address, *policy, way))
    })
}
