//! Who decides from now on, and did not, because they come into a group that is asked, or leave one: approvers, reviewers,
//! sponsors, and whoever may ask for others.
//!
//! What a policy itself asks of whom is told with its terms. Here it asks the same group, and others are in it; whoever decides
//! about access has none by that, so it is *other*.

use std::collections::{BTreeMap, BTreeSet};

use super::class::Named;
use super::compare::Row;
use super::delegated::row;
use super::estate::Estate;
use super::moving::Moves;
use super::sides::Sides;
use super::who::list;
use crate::model::kinds::{Organization, Policy};
use crate::model::text::Principal;
use crate::model::{Address, Object};
use crate::plan::Plan;

/// What somebody may do about access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    Approve,
    Review,
    Sponsor,
    AskForOthers,
}

impl Deed {
    fn words(self, of: &[String]) -> String {
        let of = list(of);
        match self {
            Self::Approve => format!("approve requests for {of}"),
            Self::Review => format!("review who has {of}"),
            Self::Sponsor => format!("approve as sponsors of {of}"),
            Self::AskForOthers => format!("ask for {of} for others"),
        }
    }
}

/// Returns a row for whoever comes to decide something by a plan, and whoever no longer does.
pub(super) fn rows(
    plan: &Plan,
    sides: &Sides<'_>,
    estates: [&Estate<'_>; 2],
    moves: Moves<'_>,
) -> Vec<Row> {
    if moves.is_still() {
        return Vec::new();
    }
    let mut asking: BTreeSet<Address> = BTreeSet::new();
    sides.each(&mut |address, object| {
        if matches!(object, Object::Policy(_) | Object::Organization(_)) {
            let _ = asking.insert(address.clone());
        }
    });
    let mut found: BTreeMap<(Named, usize, Deed), BTreeSet<String>> = BTreeMap::new();
    for address in &asking {
        let (before, after) = sides.both(address);
        for (at, side) in [(0, before), (1, after)] {
            let of = address.parent();
            let of = of.as_ref().unwrap_or(address).to_string();
            each(side, &mut |deed, principal| {
                let Principal::Group(name) = principal else {
                    return;
                };
                for named in moves.only_on(at, &estates[at].group(name)) {
                    let packages = found.entry((named, at, deed)).or_default();
                    let _ = packages.insert(of.clone());
                }
            });
        }
    }
    let rows = found.into_iter().map(|((named, at, deed), of)| {
        let because = moves.because(&named);
        let changes = plan.changes.iter();
        let changes = changes.filter(|change| because.contains(&change.address));
        let verb = if at > 0 { "may" } else { "may no longer" };
        let of: Vec<String> = of.into_iter().collect();
        row(changes, vec![named.to_string()], verb, &deed.words(&of))
    });
    rows.collect()
}

/// Shows everybody who decides something by an object.
fn each<'o>(side: Option<&'o Object>, see: &mut dyn FnMut(Deed, &'o Principal)) {
    match side {
        Some(Object::Policy(policy)) => by_policy(policy, see),
        Some(Object::Organization(organization)) => sponsors(organization, see),
        _ => {}
    }
}

fn by_policy<'o>(policy: &'o Policy, see: &mut dyn FnMut(Deed, &'o Principal)) {
    for stage in &policy.approval.stages {
        let mut lists = vec![&stage.approvers, &stage.fallback];
        if let Some(escalation) = &stage.escalation {
            lists.extend([&escalation.approvers, &escalation.fallback]);
        }
        for principal in lists.into_iter().flat_map(|list| list.iter()) {
            see(Deed::Approve, principal);
        }
    }
    if let Some(review) = &policy.review {
        for principal in review.reviewers.iter().chain(review.fallback.iter()) {
            see(Deed::Review, principal);
        }
    }
    if let Some(on_behalf) = &policy.on_behalf {
        for principal in on_behalf.requestors.iter() {
            see(Deed::AskForOthers, principal);
        }
    }
}

fn sponsors<'o>(organization: &'o Organization, see: &mut dyn FnMut(Deed, &'o Principal)) {
    let sponsors = &organization.sponsors;
    for principal in sponsors.internal.iter().chain(sponsors.external.iter()) {
        see(Deed::Sponsor, principal);
    }
}
