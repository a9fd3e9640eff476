//! Which organization each guest is from: a declared one, or one that is made of what guests have in common.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::guest::Guest;
use super::paper::Paper;
use crate::app::import::plain;
use crate::model::text::{Domain, Guid, Line};
use crate::model::{Address, Kind, Name};

/// Returns the organization of each guest who is covered; those that are not declared are made of what guests have in
/// common: a tenant, or else a domain.
pub(super) fn organizations(
    paper: &mut Paper<'_>,
    guests: &[Guest],
    covered: &BTreeSet<usize>,
) -> BTreeMap<usize, Name> {
    let mut homes = BTreeMap::new();
    let mut domains: BTreeMap<&Domain, Vec<usize>> = BTreeMap::new();
    for at in covered {
        let Some(guest) = guests.get(*at) else {
            continue;
        };
        match (&guest.organization, &guest.domain) {
            (Some(name), _) => drop(homes.insert(*at, name.clone())),
            (None, Some(domain)) if !paper.is_own(domain) => {
                domains.entry(domain).or_default().push(*at);
            }
            (None, _) => {}
        }
    }
    // Domains whose people all sign in with one tenant are one organization.
    let mut tenants: BTreeMap<String, Vec<&Domain>> = BTreeMap::new();
    for (domain, who) in &domains {
        let mut all: Vec<Option<&Guid>> = who
            .iter()
            .filter_map(|at| guests.get(*at))
            .map(|guest| guest.tenant.as_ref())
            .collect();
        all.dedup();
        let identity = match all[..] {
            [Some(tenant)] => tenant.to_string(),
            _ => format!("@{domain}"),
        };
        tenants.entry(identity).or_default().push(domain);
    }
    for (identity, mine) in tenants {
        let who: Vec<usize> = mine
            .iter()
            .filter_map(|domain| domains.get(domain))
            .flatten()
            .copied()
            .collect();
        let people: Vec<&Guest> = who.iter().filter_map(|at| guests.get(*at)).collect();
        let name = organization(paper, &identity, &mine, &people);
        homes.extend(who.into_iter().map(|at| (at, name.clone())));
    }
    homes
}

fn organization(
    paper: &mut Paper<'_>,
    identity: &str,
    domains: &[&Domain],
    people: &[&Guest],
) -> Name {
    let domain = domains.first().map_or("", |domain| domain.as_str());
    let company = company(people);
    let label = domain.split('.').next().unwrap_or_default();
    let short = plain(label).unwrap_or_else(|| "organization".to_owned());
    let free = Name::parse(&short).is_ok_and(|name| !paper.is_taken(Kind::Organization, &name));
    let stem = match free {
        true => short,
        false => plain(domain).unwrap_or(short),
    };
    let name = paper.fresh(Kind::Organization, &stem);
    let mut body = json!({
        "displayName": company.unwrap_or(domain),
        "description": paper.found(),
        "state": "proposed",
        "domains": domains.iter().map(|domain| domain.as_str()).collect::<Vec<_>>(),
    });
    if !identity.starts_with('@') {
        body["tenant"] = json!(identity);
    }
    let sponsors = paper.sponsors(people);
    if !sponsors.is_empty() {
        body["sponsors"] = json!({ "internal": sponsors });
    }
    paper.declare(Address::new(Kind::Organization, &name), body);
    name
}

/// Returns the company that most of these people name, where it can be the name of an organization.
fn company<'g>(people: &[&'g Guest]) -> Option<&'g str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let companies = people.iter().filter_map(|guest| guest.company.as_deref());
    let sound = companies.filter(|company| Line::parse(company).is_ok() && !company.contains("${"));
    for company in sound {
        *counts.entry(company).or_default() += 1;
    }
    let best = counts
        .into_iter()
        .max_by_key(|(name, count)| (*count, std::cmp::Reverse(*name)));
    best.map(|(name, _)| name)
}
