//! Whose people come, and who answers for them: identities of organizations, and sponsors that exist.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;

use super::Tree;
use crate::diag::{Diagnostics, code};
use crate::model::kinds::policy::{Policy, Requestors};
use crate::model::kinds::{Organization, OrganizationState};
use crate::model::text::{Domain, DomainRule, Principal, Sponsors};
use crate::model::{Declaration, Kind, Object, Project, Set};
use crate::source::{FileId, Route};

pub(super) fn check(tree: &Tree<'_, '_>, project: &Project, out: &mut Diagnostics) {
    identities(tree, project, out);
    for (of, policy) in tree.policies() {
        sponsors(tree, of, policy, out);
    }
    for of in tree.of(Kind::CrossTenant) {
        let organization = tree.get(Kind::Organization, of.1.address.name());
        if let Some((
            _,
            Declaration {
                object: Object::Organization(organization),
                ..
            },
        )) = organization
            && organization.tenant.is_none()
        {
            let message =
                "cross-tenant access is between tenants, and this organization names none"
                    .to_owned();
            out.push(
                tree.error(of, &Route::root(), code::KEY_NEEDED, message)
                    .help("add `tenant: <id>` to the organization, or leave `crossTenant` out"),
            );
        }
    }
}

/// An identity that was seen: whose it is, where it stands, and the rule where it is a domain.
struct Seen<'t> {
    of: &'t (FileId, Declaration),
    at: Route,
    rule: Option<&'t DomainRule>,
}

/// A tenant or a domain is the identity of one organization, and ours are none of them.
fn identities(tree: &Tree<'_, '_>, project: &Project, out: &mut Diagnostics) {
    let mut tenants: BTreeMap<String, Seen<'_>> = BTreeMap::new();
    let mut domains: HashMap<&str, Vec<Seen<'_>>, FixedState> = HashMap::default();
    for (of, organization) in tree.organizations() {
        if let Some(tenant) = &organization.tenant {
            let seen = Seen {
                of,
                at: Route::root().key("tenant"),
                rule: None,
            };
            match tenants.entry(tenant.to_string()) {
                Entry::Occupied(first) => shared(tree, first.get(), &seen, tenant.as_str(), out),
                Entry::Vacant(place) => drop(place.insert(seen)),
            }
        }
        for (index, rule) in organization.domains.iter().enumerate() {
            let seen = Seen {
                of,
                at: Route::root().key("domains").index(index),
                rule: Some(rule),
            };
            let same = domains.entry(rule.domain.as_str()).or_default();
            match same.first() {
                Some(first) => shared(tree, first, &seen, rule.domain.as_str(), out),
                None => same.push(seen),
            }
            let ours =
                |own: &&Domain| rule.domain == **own || rule.subdomains && rule.domain.covers(own);
            if let Some(own) = project.own_domains.iter().find(ours) {
                let at = Route::root().key("domains").index(index);
                let message = format!("`{own}` is a domain of our own people");
                out.push(
                    tree.error(of, &at, code::OWN_DOMAIN, message)
                        .help("name the partner's domain"),
                );
            }
        }
    }
    // A domain below one that is taken with its subdomains.
    for (domain, seen) in &domains {
        let parents = domain.match_indices('.').map(|(at, _)| &domain[at + 1..]);
        for (inner, outer) in
            parents.filter_map(|parent| Some((seen.first()?, domains.get(parent)?.first()?)))
        {
            let taken = outer.rule.filter(|rule| rule.subdomains);
            if let Some(rule) = taken.filter(|_| inner.of.1.address != outer.of.1.address) {
                let message = format!(
                    "`{domain}` belongs to {} too, which has {rule}",
                    outer.of.1.address
                );
                out.push(
                    tree.error(inner.of, &inner.at, code::DUPLICATE_IDENTITY, message)
                        .related(tree.place(outer.of, &outer.at), "here")
                        .help("a domain belongs to one organization: narrow one of the two"),
                );
            }
        }
    }
}

fn shared(
    tree: &Tree<'_, '_>,
    first: &Seen<'_>,
    again: &Seen<'_>,
    identity: &str,
    out: &mut Diagnostics,
) {
    let (one, other) = (&first.of.1.address, &again.of.1.address);
    let problem = if one == other {
        let message = format!("the domain `{identity}` stands twice");
        tree.error(again.of, &again.at, code::REPEATED_ITEM, message)
            .help("take one of them out")
    } else {
        let message = format!("`{identity}` is the identity of both {one} and {other}");
        tree.error(again.of, &again.at, code::DUPLICATE_IDENTITY, message)
            .help("a tenant or a domain belongs to one organization")
    };
    out.push(problem.related(tree.place(first.of, &first.at), "first here"));
}

/// Sponsors who are asked have to exist, or somebody else in their place.
fn sponsors(
    tree: &Tree<'_, '_>,
    of: &(FileId, Declaration),
    policy: &Policy,
    out: &mut Diagnostics,
) {
    let named = match &policy.requestors {
        Requestors::Organizations(names) => {
            let found = names
                .iter()
                .filter_map(|name| tree.get(Kind::Organization, name.as_str()));
            found.collect::<Vec<_>>()
        }
        Requestors::ConfiguredOrganizations => tree.of(Kind::Organization).collect(),
        _ => return,
    };
    let chosen = matches!(policy.requestors, Requestors::Organizations(_));
    let organizations: Vec<(&(FileId, Declaration), &Organization)> = named
        .into_iter()
        .filter_map(|of| match &of.1.object {
            Object::Organization(organization) => Some((of, organization)),
            _ => None,
        })
        .filter(|(_, organization)| chosen || organization.state == OrganizationState::Configured)
        .collect();
    for (stage_index, stage) in policy.approval.stages.iter().enumerate() {
        let at = Route::root()
            .key("approval")
            .key("stages")
            .index(stage_index);
        if stage.fallback.is_empty() {
            missing(
                tree,
                of,
                &organizations,
                &stage.approvers,
                &at.clone().key("approvers"),
                out,
            );
        }
        if let Some(escalation) = stage
            .escalation
            .as_ref()
            .filter(|escalation| escalation.fallback.is_empty())
        {
            let at = at.key("escalation").key("approvers");
            missing(tree, of, &organizations, &escalation.approvers, &at, out);
        }
    }
}

fn missing(
    tree: &Tree<'_, '_>,
    of: &(FileId, Declaration),
    organizations: &[(&(FileId, Declaration), &Organization)],
    approvers: &Set<Principal>,
    at: &Route,
    out: &mut Diagnostics,
) {
    if approvers.iter().any(Principal::is_named) {
        return;
    }
    for (index, approver) in approvers.iter().enumerate() {
        let lacks = |organization: &Organization| match approver {
            Principal::Sponsors(Sponsors::Internal) => organization.sponsors.internal.is_empty(),
            Principal::Sponsors(Sponsors::External) => organization.sponsors.external.is_empty(),
            _ => false,
        };
        let Some((organization, _)) = organizations
            .iter()
            .find(|(_, organization)| lacks(organization))
        else {
            continue;
        };
        let which = if matches!(approver, Principal::Sponsors(Sponsors::Internal)) {
            "internal"
        } else {
            "external"
        };
        let message = format!(
            "{} has no {which} sponsors, and nobody is asked in their place",
            organization.1.address
        );
        out.push(
            tree.error(of, &at.clone().index(index), code::NO_SPONSORS, message)
                .related(tree.place(organization, &Route::root()), "declared here")
                .help("add sponsors to the organization, or `fallback: […]` to the stage"),
        );
    }
}
