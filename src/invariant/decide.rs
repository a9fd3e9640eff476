//! Each invariant against each policy that it is about.

use std::cell::OnceCell;
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::impact::{Estate, Offer};
use crate::model::invariant::{Glob, Invariant, Statement, Terms, Way, Who};
use crate::model::kinds::policy::{Expiry, Policy};
use crate::model::text::Domain;
use crate::model::{Address, Desired, OneOrMore};

use super::Undecided;
use super::access::Access;
use super::course::Course;
use super::idle::{Idle, Looked};
use super::people::{Everybody, People};
use super::reach::{Reach, Sought, about, globs};
use super::reviews::reviewed;
use super::together;

/// How many ways to break an invariant are shown; the rest is counted.
pub const SHOWN: usize = 3;

/// An invariant that does not hold, or is about nothing.
#[derive(Debug)]
pub struct Verdict<'t> {
    /// The invariant.
    pub invariant: &'t Invariant,
    /// How it is broken: the first few, in order of policies.
    pub breaches: Vec<Breach<'t>>,
    /// How many more policies break it.
    pub more: usize,
    /// Policies of which it is not known whether they break it: rules over people that decide there are too large.
    pub undecided: Vec<&'t Address>,
    /// Why it is about nothing, where it is.
    pub idle: Option<Idle>,
}

/// One way to break an invariant.
#[derive(Debug, Clone)]
pub struct Breach<'t> {
    /// What somebody comes to have, in the order in which they ask; one unless the invariant is about several together.
    pub access: Vec<Access<'t>>,
    /// The keys of the statement that it does not fit, of `always`; none of `never`.
    pub failed: Vec<&'static str>,
    /// What happens around that; `None` where it is more than can be told.
    pub course: Option<Course<'t>>,
}

/// Decides the invariants of a tree, and returns those that do not hold or are about nothing, in order of names. `own` are the domains of our own
/// people; `now` is the first instant that counts.
#[must_use]
pub fn decide<'t>(desired: &'t Desired, own: &'t [Domain], now: Timestamp) -> Vec<Verdict<'t>> {
    if desired.invariants.is_empty() {
        return Vec::new();
    }
    let estate = Estate::of(desired, own, now);
    let reach = Reach::of(desired, &estate);
    let everybody = Everybody::of(&estate, &reach.naming);
    let mut known: Vec<(Whom<'t>, Arc<People<'t>>)> = Vec::new();
    let mut verdicts = Vec::new();
    for invariant in &desired.invariants {
        let whom = Whom::of(invariant.terms());
        let people = match known.iter().find(|(of, _)| *of == whom) {
            Some((_, people)) => Arc::clone(people),
            None => {
                let people = Arc::new(everybody.fitting(invariant.terms()));
                known.push((whom, Arc::clone(&people)));
                people
            }
        };
        let (mut breaches, mut undecided) = (Vec::new(), Vec::new());
        for found in judged(&reach, &people, invariant) {
            match found {
                Ok(breach) => breaches.push(breach),
                Err(policy) => undecided.push(policy),
            }
        }
        let more = breaches.len().saturating_sub(SHOWN);
        breaches.truncate(SHOWN);
        let holds = breaches.is_empty() && undecided.is_empty();
        let looked = || Looked::at(&reach, &everybody, &people, invariant).idle();
        let idle = holds.then(looked).flatten();
        if !holds || idle.is_some() {
            verdicts.push(Verdict {
                invariant,
                breaches,
                more,
                undecided,
                idle,
            });
        }
    }
    verdicts
}

/// The keys that say whom an invariant is about.
#[derive(PartialEq)]
struct Whom<'i> {
    requestors: Option<&'i OneOrMore<Who>>,
    domain: Option<&'i OneOrMore<Domain>>,
    organization: Option<&'i OneOrMore<Glob>>,
}

impl<'i> Whom<'i> {
    const fn of(terms: &'i Terms) -> Self {
        Self {
            requestors: terms.requestors.as_ref(),
            domain: terms.domain.as_ref(),
            organization: terms.organization.as_ref(),
        }
    }
}

/// A way to break an invariant, or a policy of which that is not known.
type Judged<'t> = Result<Breach<'t>, &'t Address>;

fn judged<'t>(
    reach: &Reach<'_, 't>,
    people: &People<'t>,
    invariant: &'t Invariant,
) -> Vec<Judged<'t>> {
    let terms = invariant.terms();
    if people.is_empty() {
        return Vec::new();
    }
    if let Some(packages) = terms.together() {
        let names: Vec<&str> = packages
            .iter()
            .filter_map(|package| package.0.exact())
            .collect();
        return match together::find(reach, people, terms, &names) {
            Ok(found) => found
                .map(|(access, course)| {
                    Ok(Breach {
                        access,
                        failed: Vec::new(),
                        course,
                    })
                })
                .into_iter()
                .collect(),
            Err(policy) => vec![Err(policy)],
        };
    }
    let offers: Vec<&Offer<'t>> = reach
        .estate
        .offers()
        .filter(|offer| is_about(terms, offer))
        .collect();
    let found: Vec<Vec<Judged<'t>>> = offers
        .par_iter()
        .map(|offer| of_package(reach, people, invariant, offer))
        .collect();
    found.into_iter().flatten().collect()
}

fn of_package<'t>(
    reach: &Reach<'_, 't>,
    people: &People<'t>,
    invariant: &'t Invariant,
    offer: &Offer<'t>,
) -> Vec<Judged<'t>> {
    let terms = invariant.terms();
    // Divided when the first policy asks for it: most packages have none that may break anything.
    let kinds = OnceCell::new();
    let apart = || {
        let mut kinds = people.apart(&reach.apart(offer));
        kinds.retain(|kind| reach.may_give(offer, kind, terms));
        kinds
    };
    let now = reach.estate.now;
    let mut found = Vec::new();
    for (address, rules) in &offer.policies {
        let mut judged = Ok(None);
        for way in terms.ways() {
            let sought = Sought {
                offer,
                address,
                rules,
                way,
                terms,
            };
            if !may_break(&invariant.statement, rules, way, now) || !reach.may_serve(sought) {
                continue;
            }
            let breaks = |access: &Access<'t>| fails(&invariant.statement, access, now).is_some();
            match reach.find(kinds.get_or_init(apart), sought, &breaks) {
                Ok(None) => {}
                Ok(Some(found)) => {
                    judged = Ok(Some(found));
                    break;
                }
                Err(Undecided) => judged = Err(*address),
            }
        }
        match judged {
            Ok(None) => {}
            Ok(Some((access, course))) => {
                let failed = fails(&invariant.statement, &access, now).unwrap_or_default();
                found.push(Ok(Breach {
                    access: vec![access],
                    failed,
                    course,
                }));
            }
            Err(policy) => found.push(Err(policy)),
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
fn fails(statement: &Statement, access: &Access<'_>, now: Timestamp) -> Option<Vec<&'static str>> {
    judge(statement, access.rules, access.way, (access.longest, now))
}

fn judge(
    statement: &Statement,
    rules: &Policy,
    way: Way,
    (longest, now): (Option<u64>, Timestamp),
) -> Option<Vec<&'static str>> {
    let (Statement::Never(terms) | Statement::Always(terms)) = statement;
    let stages = match way {
        Way::Automatic => 0,
        Way::Request | Way::Direct => rules.approval.stages.len(),
    };
    let review = reviewed(rules, longest, now);
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
fn may_break(statement: &Statement, rules: &Policy, way: Way, now: Timestamp) -> bool {
    let lengths: Vec<Option<u64>> = match &rules.expires {
        Expiry::After(length) => vec![Some(length.as_seconds()), None],
        // How long it is depends on the present instant, which is the same for everybody.
        Expiry::Never | Expiry::On(_) => return true,
    };
    let alone = rules.extension.allowed && !rules.extension.approval;
    let lengths = lengths.iter().filter(|length| length.is_some() || alone);
    lengths
        .copied()
        .any(|length| judge(statement, rules, way, (length, now)).is_some())
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
