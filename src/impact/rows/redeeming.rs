//! Who of an organization may redeem an invitation, and so have what they may ask for: cross-tenant settings that let in others
//! than before.
//!
//! Who they are, only their own tenant knows, so that they are no sort of people that a tree tells apart: whoever is let in now
//! and was not gets what people of the organization may ask for.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::row::{Because, Difference, Row};
use crate::impact::access::{Requestor, access};
use crate::impact::estate::{Estate, Traits};
use crate::impact::offer::Offer;
use crate::impact::people::census::Census;
use crate::impact::people::class::{Account, Named};
use crate::impact::people::who::Who;
use crate::impact::reach::{inbound, lets_in_others_than};
use crate::impact::sides::Sides;
use crate::impact::spelling::Spelling;
use crate::impact::terms::Terms;
use crate::model::kinds::policy::Requestors;
use crate::model::text::{Domain, Email, Principal};
use crate::model::{Address, Kind};
use crate::plan::Plan;

/// The sorts of people of each organization, by its name.
type People<'t> = HashMap<&'t str, HashSet<Traits<'t>>>;

/// Returns a row for whoever of an organization may redeem an invitation on one side of a plan alone.
pub(super) fn rows(plan: &Plan, sides: &Sides<'_>, estates: [&Estate<'_>; 2]) -> Vec<Row> {
    let mut rows = Vec::new();
    // Everybody is divided once, however many organizations let in others.
    let people: [OnceCell<People<'_>>; 2] = Default::default();
    let changes = plan.changes.iter();
    for change in changes.filter(|change| change.address.kind() == Kind::CrossTenant) {
        let (old, new) = sides.both(&change.address);
        let (was, is) = (inbound(old), inbound(new));
        let organization = change.address.own_name();
        for (at, one, other) in [(1, &is, &was), (0, &was, &is)] {
            if !lets_in_others_than(one, other) {
                continue;
            }
            let (Some(estate), Some(people)) = (estates.get(at), people.get(at)) else {
                continue;
            };
            let people = people.get_or_init(|| by_organization(estate));
            let Some(sorts) = people.get(organization) else {
                continue;
            };
            let (packages, terms) = obtainable(estate, organization, sorts);
            if packages.is_empty() {
                continue;
            }
            let (kind, who, text) = match at {
                0 => (
                    Difference::Gone,
                    "keeps out from now on",
                    "delivered no more: they cannot redeem an invitation",
                ),
                _ => (
                    Difference::New,
                    "kept out",
                    "delivered once they redeem an invitation",
                ),
            };
            let [before, after] = match at {
                0 => [terms, Vec::new()],
                _ => [Vec::new(), terms],
            };
            rows.push(Row {
                kind,
                who: Who {
                    organizations: vec![organization.to_owned()],
                    ..Who::said(format!(
                        "people of {organization} whom cross-tenant access {who}"
                    ))
                },
                packages,
                text: text.to_owned(),
                before,
                after,
                because: vec![Because::of(&change.address, change.origin.as_ref())],
            });
        }
    }
    rows
}

/// Returns the sorts of people of each organization who may not have redeemed an invitation.
fn by_organization<'t>(estate: &Estate<'t>) -> People<'t> {
    let census = Census::of(&[estate]);
    let sorts = census.bases().iter();
    let sorts = sorts.filter(|base| matches!(base.account, Account::None | Account::Guest));
    let mut people = People::new();
    for traits in sorts.map(|base| estate.traits(base)) {
        if let Some((name, _)) = traits.seen.organization {
            let _ = people.entry(name).or_default().insert(traits);
        }
    }
    people
}

/// Returns the packages that people of an organization may have who have not redeemed an invitation, and on which terms.
fn obtainable<'t>(
    estate: &Estate<'t>,
    organization: &str,
    sorts: &HashSet<Traits<'t>>,
) -> (Vec<Address>, Vec<Terms>) {
    let (mut packages, mut terms) = (Vec::new(), BTreeSet::new());
    for offer in estate.offers() {
        let named = named(estate, offer, organization);
        let mut names: Vec<&[Named]> = named.iter().map(std::slice::from_ref).collect();
        names.push(&[]);
        let requestors = sorts.iter().flat_map(|traits| {
            let names = names.iter();
            names.map(|named| Requestor {
                traits,
                named,
                holds: &[],
            })
        });
        let found = requestors.map(|requestor| {
            let access = access(estate, requestor, Some(offer));
            access.delivered(requestor.traits, Some(offer))
        });
        let found: Vec<_> = found.filter(|access| access.is_obtainable()).collect();
        if !found.is_empty() {
            packages.push(offer.address.clone());
            let spelling = Spelling::default();
            terms.extend(found.iter().flat_map(|access| access.spelled(&spelling)));
        }
    }
    (packages, terms.into_iter().collect())
}

/// Returns those of an organization whom policies of a package name by address.
fn named(estate: &Estate<'_>, offer: &Offer<'_>, organization: &str) -> Vec<Named> {
    let is_theirs = |mail: &&Email| {
        let domain = Domain::parse(mail.domain()).ok();
        let claimed = domain.and_then(|domain| estate.claimed(&domain));
        claimed.is_some_and(|partner| partner.address.own_name() == organization)
    };
    let policies = offer.policies.iter();
    let lists = policies.filter_map(|(_, policy)| match &policy.requestors {
        Requestors::People(people) => Some(people),
        _ => None,
    });
    let addresses = lists.flatten().filter_map(|principal| match principal {
        Principal::User(mail) => Some(mail),
        _ => None,
    });
    let theirs = addresses.filter(is_theirs).cloned();
    theirs.map(Named::User).collect()
}
