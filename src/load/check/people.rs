//! Whose people come, and who answers for them: identities of organizations, and sponsors that exist.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

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
    let configured = Lacking::among(
        tree.organizations()
            .filter(|(_, organization)| organization.state == OrganizationState::Configured),
    );
    for (of, policy) in tree.policies() {
        sponsors(tree, of, policy, configured, out);
    }
    if project.own_domains.is_empty() {
        nowhere(tree, out);
    }
    for of in tree.of(Kind::CrossTenant) {
        if let Some(organization) = tree.organization(of.1.address.name())
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

/// Guests have their accounts at a domain of our own: without one nobody new could come in, whatever policies say. One policy
/// that is for them says so.
fn nowhere(tree: &Tree<'_, '_>, out: &mut Diagnostics) {
    let mut policies = tree.policies();
    let Some((of, _)) = policies.find(|(_, policy)| policy.requestors.is_outside()) else {
        return;
    };
    let message =
        "nobody from outside can come in: no domain is our own, so no guest can have an account"
            .to_owned();
    let at = Route::root().key("requestors");
    out.push(
        tree.error(of, &at, code::NO_OWN_DOMAIN, message).help(
            "name the verified domains of your own people in `guestlist.toml`: `[tenant]`, `domains = [\"contoso.com\"]`",
        ),
    );
}

/// An identity that was seen: whose it is, where it stands, and the rule where it is a domain.
struct Seen<'t> {
    of: &'t (FileId, Declaration),
    at: Route,
    rule: Option<&'t DomainRule>,
}

/// A tenant or a domain is the identity of one organization, and ours are none of them.
fn identities(tree: &Tree<'_, '_>, project: &Project, out: &mut Diagnostics) {
    let mut tenants: HashMap<&str, Seen<'_>, FixedState> = HashMap::default();
    let mut domains: HashMap<&str, Vec<Seen<'_>>, FixedState> = HashMap::default();
    for (of, organization) in tree.organizations() {
        if let Some(tenant) = &organization.tenant {
            let seen = Seen {
                of,
                at: Route::root().key("tenant"),
                rule: None,
            };
            match tenants.entry(tenant.as_str()) {
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

/// An organization that lacks internal sponsors, and one that lacks external ones.
#[derive(Default, Clone, Copy)]
struct Lacking<'t> {
    internal: Option<&'t (FileId, Declaration)>,
    external: Option<&'t (FileId, Declaration)>,
}

impl<'t> Lacking<'t> {
    /// Returns the first of each among these organizations.
    fn among(organizations: impl Iterator<Item = Organized<'t>>) -> Self {
        let mut lacking = Self::default();
        for (of, organization) in organizations {
            if organization.sponsors.internal.is_empty() {
                lacking.internal.get_or_insert(of);
            }
            if organization.sponsors.external.is_empty() {
                lacking.external.get_or_insert(of);
            }
        }
        lacking
    }
}

type Organized<'t> = (&'t (FileId, Declaration), &'t Organization);

/// Sponsors who are asked have to exist, or somebody else in their place.
fn sponsors(
    tree: &Tree<'_, '_>,
    of: &(FileId, Declaration),
    policy: &Policy,
    configured: Lacking<'_>,
    out: &mut Diagnostics,
) {
    let lacking = match &policy.requestors {
        Requestors::Organizations(names) => Lacking::among(names.iter().filter_map(|name| {
            let of = tree.get(Kind::Organization, name.as_str())?;
            match &*of.1.object {
                Object::Organization(organization) => Some((of, organization)),
                _ => None,
            }
        })),
        Requestors::ConfiguredOrganizations => configured,
        _ => return,
    };
    for (stage_index, stage) in policy.approval.stages.iter().enumerate() {
        let at = || {
            Route::root()
                .key("approval")
                .key("stages")
                .index(stage_index)
        };
        if stage.fallback.is_empty() {
            let at = || at().key("approvers");
            missing(tree, of, lacking, &stage.approvers, at, out);
        }
        if let Some(escalation) = stage
            .escalation
            .as_ref()
            .filter(|escalation| escalation.fallback.is_empty())
        {
            let at = || at().key("escalation").key("approvers");
            missing(tree, of, lacking, &escalation.approvers, at, out);
        }
    }
}

fn missing(
    tree: &Tree<'_, '_>,
    of: &(FileId, Declaration),
    lacking: Lacking<'_>,
    approvers: &Set<Principal>,
    at: impl Fn() -> Route,
    out: &mut Diagnostics,
) {
    if approvers.iter().any(Principal::is_named) {
        return;
    }
    for (index, approver) in approvers.iter().enumerate() {
        let (which, organization) = match approver {
            Principal::Sponsors(Sponsors::Internal) => ("internal", lacking.internal),
            Principal::Sponsors(Sponsors::External) => ("external", lacking.external),
            _ => continue,
        };
        let Some(organization) = organization else {
            continue;
        };
        let message = format!(
            "{} has no {which} sponsors, and nobody is asked in their place",
            organization.1.address
        );
        out.push(
            tree.error(of, &at().index(index), code::NO_SPONSORS, message)
                .related(tree.place(organization, &Route::root()), "declared here")
                .help("add sponsors to the organization, or `fallback: […]` to the stage"),
        );
    }
}
