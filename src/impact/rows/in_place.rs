//! Who decides in place of sponsors: the fallback of a stage, for people of organizations that come to have no sponsors, or have
//! some again.
//!
//! The policy says the same before and after, so that no terms tell it.

use std::collections::{BTreeMap, BTreeSet};

use super::deciding::VERBS;
use super::delegated::row;
use super::row::Row;
use crate::governance::request::escalates;
use crate::impact::estate::Estate;
use crate::impact::people::who::list;
use crate::impact::sides::Sides;
use crate::model::kinds::policy::Requestors;
use crate::model::kinds::{Organization, OrganizationState, Policy};
use crate::model::text::{Principal, Sponsors};
use crate::model::{Address, Object, Set};
use crate::plan::{Change, Plan};

/// Whether an organization lacks internal sponsors, and external ones.
type Lacking = [bool; 2];

/// By whom requests of people of an organization are decided on one side alone, and for which packages.
type Found<'p> = BTreeMap<(usize, &'p str, Vec<String>), (&'p Change, BTreeSet<String>)>;

/// Policies that somebody decides for in place of sponsors, by the side and by who is lacking before and after.
type InPlace<'p> = BTreeMap<(usize, [Lacking; 2]), Vec<(&'p Address, &'p Policy, Vec<String>)>>;

/// Returns a row for those who decide in place of the sponsors of an organization from now on, and for those who did.
pub(super) fn rows(plan: &Plan, sides: &Sides<'_>, estates: [&Estate<'_>; 2]) -> Vec<Row> {
    let mut found = Found::new();
    let mut known = InPlace::new();
    for change in &plan.changes {
        let (Some(Object::Organization(old)), Some(Object::Organization(new))) =
            sides.both(&change.address)
        else {
            continue;
        };
        let lacking = [old, new].map(lacking);
        if lacking[0] == lacking[1] {
            continue;
        }
        let name = change.address.own_name();
        for (at, organization) in [old, new].into_iter().enumerate() {
            let policies = known.entry((at, lacking)).or_insert_with(|| {
                let offers = estates[at].offers();
                let policies =
                    offers.flat_map(|offer| offer.policies.iter().map(move |it| (offer, it.1)));
                let asking = policies.map(|(offer, policy)| {
                    let people = in_place(policy, [lacking[at], lacking[1 - at]]);
                    (offer.address, policy, people)
                });
                asking.filter(|(.., people)| !people.is_empty()).collect()
            });
            for (package, policy, people) in policies.iter() {
                if may_cover(policy, name, organization) {
                    let of = found.entry((at, name, people.clone()));
                    let (_, packages) = of.or_insert_with(|| (change, BTreeSet::new()));
                    let _ = packages.insert(package.to_string());
                }
            }
        }
    }
    let rows = found
        .into_iter()
        .map(|((at, _, people), (change, packages))| {
            let packages: Vec<String> = packages.into_iter().collect();
            let office = format!(
                "approve requests for {} in place of sponsors of {}",
                list(&packages),
                change.address
            );
            row(std::iter::once(change), people, VERBS[at], &office)
        });
    rows.collect()
}

/// Returns whom a policy asks in place of the sponsors of an organization on one side, and not on the other.
fn in_place(policy: &Policy, [here, there]: [Lacking; 2]) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut look = |asked: &Set<Principal>, fallback: &Set<Principal>| {
        if lacks(asked, here) && !lacks(asked, there) {
            let others = fallback.iter();
            let others = others.filter(|one| !asked.iter().any(|known| known == *one));
            found.extend(others.map(ToString::to_string));
        }
    };
    for stage in &policy.approval.stages {
        // Whom an extension of the catalog names cannot be found, so that the fallback is asked anyway.
        if stage.approvers_from.is_none() {
            look(&stage.approvers, &stage.fallback);
        }
        if let Some(escalation) = escalates(stage) {
            look(&escalation.approvers, &escalation.fallback);
        }
    }
    found.into_iter().collect()
}

fn lacking(organization: &Organization) -> Lacking {
    let sponsors = &organization.sponsors;
    [sponsors.internal.is_empty(), sponsors.external.is_empty()]
}

/// Returns true for a list that names sponsors whom an organization does not have.
fn lacks(asked: &Set<Principal>, [internal, external]: Lacking) -> bool {
    asked.iter().any(|principal| match principal {
        Principal::Sponsors(Sponsors::Internal) => internal,
        Principal::Sponsors(Sponsors::External) => external,
        _ => false,
    })
}

/// Returns true for a policy through which people of an organization may ask.
fn may_cover(policy: &Policy, name: &str, organization: &Organization) -> bool {
    match &policy.requestors {
        Requestors::AnyExternal => true,
        Requestors::ConfiguredOrganizations => organization.state == OrganizationState::Configured,
        Requestors::Organizations(names) => names.iter().any(|it| it.as_str() == name),
        // Of these nobody has sponsors of an organization.
        _ => false,
    }
}
