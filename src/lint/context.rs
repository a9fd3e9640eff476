//! What lints look at: the objects of a tree by kind and name, and who may ask for what from outside.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use jiff::Timestamp;

use super::finding::manages;
use crate::model::kinds::policy::{Expiry, Requestors};
use crate::model::kinds::{
    Catalog, Collaboration, CrossTenant, Domains, ExternalUsers, Organization, OrganizationState,
    Origin, Package, Policy, Resource,
};
use crate::model::text::{Line, When};
use crate::model::{Declaration, Desired, Name, Object};
use crate::source::Route;

/// An object with its declaration.
#[derive(Debug)]
pub struct Of<'t, T> {
    /// The declaration.
    pub declared: &'t Declaration,
    /// The object.
    pub object: &'t T,
}

impl<T> Clone for Of<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Of<'_, T> {}

/// A policy with its package and the catalog of that.
#[derive(Debug, Clone, Copy)]
pub struct Governing<'t> {
    /// The policy.
    pub policy: Of<'t, Policy>,
    /// The package.
    pub package: Of<'t, Package>,
    /// The catalog.
    pub catalog: Of<'t, Catalog>,
}

impl<'t> Governing<'t> {
    /// Returns the declaration of the policy.
    #[must_use]
    pub const fn declared(&self) -> &'t Declaration {
        self.policy.declared
    }

    /// Returns the requestors of the policy.
    #[must_use]
    pub const fn requestors(&self) -> &'t Requestors {
        &self.policy.object.requestors
    }

    /// Returns true when people from outside have what this policy gives, themselves or among others: guests are.
    #[must_use]
    pub const fn serves_guests(&self) -> bool {
        self.requestors().is_outside() || matches!(self.requestors(), Requestors::MembersAndGuests)
    }

    /// Returns true when the tree says who may ask, and whether they may at present.
    #[must_use]
    pub fn says_who(&self) -> bool {
        ["requestors", "requests"]
            .iter()
            .all(|key| manages(self.declared(), key))
    }
}

/// A tree, as lints look at it.
#[derive(Debug)]
pub struct Context<'t> {
    /// The tree.
    pub desired: &'t Desired,
    /// The instant of the run.
    pub now: Timestamp,
    /// The organizations, in order of names.
    pub organizations: Vec<Of<'t, Organization>>,
    /// The catalogs, in order of names.
    pub catalogs: Vec<Of<'t, Catalog>>,
    /// The packages, in order of names.
    pub packages: Vec<Of<'t, Package>>,
    /// The policies, in order of packages and names.
    pub policies: Vec<Governing<'t>>,
    /// The cross-tenant access of organizations.
    pub cross_tenant: Vec<Of<'t, CrossTenant>>,
    /// The settings of collaboration.
    pub collaboration: Option<Of<'t, Collaboration>>,
    /// The list of domains.
    pub domains: Option<Of<'t, Domains>>,
    /// What happens to guests at the end.
    pub external_users: Option<Of<'t, ExternalUsers>>,
    resources: HashMap<&'t str, Of<'t, Resource>, FixedState>,
    packages_by_name: HashMap<&'t str, usize, FixedState>,
    named: HashMap<&'t str, usize, FixedState>,
    configured: Option<usize>,
    strangers: Option<usize>,
    is_all_said: bool,
}

impl<'t> Context<'t> {
    /// Returns a tree, made ready.
    #[must_use]
    pub fn new(desired: &'t Desired, now: Timestamp) -> Self {
        let mut cx = Self {
            desired,
            now,
            organizations: Vec::new(),
            catalogs: Vec::new(),
            packages: Vec::new(),
            policies: Vec::new(),
            cross_tenant: Vec::new(),
            collaboration: None,
            domains: None,
            external_users: None,
            resources: HashMap::default(),
            packages_by_name: HashMap::default(),
            named: HashMap::default(),
            configured: None,
            strangers: None,
            is_all_said: true,
        };
        let mut policies = Vec::new();
        for declared in desired.objects() {
            let name = declared.address.name();
            match &*declared.object {
                Object::Organization(object) => cx.organizations.push(Of { declared, object }),
                Object::Catalog(object) => cx.catalogs.push(Of { declared, object }),
                Object::Package(object) => {
                    cx.packages_by_name.insert(name, cx.packages.len());
                    cx.packages.push(Of { declared, object });
                }
                Object::Policy(object) => policies.push(Of { declared, object }),
                Object::CrossTenant(object) => cx.cross_tenant.push(Of { declared, object }),
                Object::Resource(object) => {
                    cx.resources.insert(name, Of { declared, object });
                }
                Object::Collaboration(object) => cx.collaboration = Some(Of { declared, object }),
                Object::Domains(object) => cx.domains = Some(Of { declared, object }),
                Object::ExternalUsers(object) => cx.external_users = Some(Of { declared, object }),
                Object::TermsOfUse(_) | Object::Administrators(_) => {}
            }
        }
        cx.govern(&policies);
        cx
    }

    /// Joins policies with their packages, and learns whom they let ask from outside.
    fn govern(&mut self, policies: &[Of<'t, Policy>]) {
        let catalogs = self.catalogs.iter();
        let catalogs: HashMap<&str, Of<'t, Catalog>, FixedState> = catalogs
            .map(|catalog| (catalog.declared.address.name(), *catalog))
            .collect();
        for policy in policies {
            let (package, _) = policy
                .declared
                .address
                .name()
                .split_once('/')
                .unwrap_or_default();
            let package = self.packages_by_name.get(package);
            let package = package.map(|at| self.packages[*at]);
            let Some((package, catalog)) = package.and_then(|package| {
                Some((package, *catalogs.get(package.object.catalog.as_str())?))
            }) else {
                continue;
            };
            self.policies.push(Governing {
                policy: *policy,
                package,
                catalog,
            });
        }
        for (at, governing) in self.policies.iter().enumerate() {
            if !governing.says_who() {
                self.is_all_said = false;
                continue;
            }
            if !governing.policy.object.requests.enabled {
                continue;
            }
            match governing.requestors() {
                Requestors::Organizations(names) => {
                    for name in names {
                        self.named.entry(name.as_str()).or_insert(at);
                    }
                }
                Requestors::ConfiguredOrganizations => {
                    self.configured.get_or_insert(at);
                }
                Requestors::AnyExternal => {
                    self.strangers.get_or_insert(at);
                }
                _ => {}
            }
        }
    }

    /// Returns the policies through which people from outside may ask by themselves.
    pub fn outside(&self) -> impl Iterator<Item = &Governing<'t>> {
        self.policies.iter().filter(|governing| {
            governing.requestors().is_outside()
                && governing.policy.object.requests.enabled
                && governing.says_who()
        })
    }

    /// Returns those of them that somebody can really use: in a catalog that is published and open to people from outside, and
    /// with an end that is still to come.
    pub fn let_in(&self) -> impl Iterator<Item = &Governing<'t>> {
        self.outside().filter(|governing| self.is_of_use(governing))
    }

    /// Returns the policies through which guests may ask by themselves and really can, as people from outside or among
    /// everybody who is here.
    pub fn for_guests(&self) -> impl Iterator<Item = &Governing<'t>> {
        self.policies.iter().filter(|governing| {
            governing.serves_guests()
                && governing.policy.object.requests.enabled
                && governing.says_who()
                && self.is_of_use(governing)
        })
    }

    /// Returns true for a policy in a catalog that is published, and open to people from outside where it is for them, with an
    /// end that is still to come.
    fn is_of_use(&self, governing: &Governing<'t>) -> bool {
        let catalog = governing.catalog;
        let says = |key| manages(catalog.declared, key);
        let is_open = catalog.object.externally_visible && says("externallyVisible");
        let is_over =
            matches!(governing.policy.object.expires, Expiry::On(When::At(end)) if end <= self.now);
        catalog.object.published
            && says("published")
            && (is_open || !governing.requestors().is_outside())
            && !is_over
    }

    /// Returns a resource.
    #[must_use]
    pub fn resource(&self, name: &Name) -> Option<Of<'t, Resource>> {
        self.resources.get(name.as_str()).copied()
    }

    /// Returns the name of the directory's group that a name means, by which groups are told apart: that of a declared resource,
    /// or the name itself.
    #[must_use]
    pub fn group(&self, name: &Line) -> String {
        let resource = self.resources.get(name.as_str());
        let group = resource.and_then(|resource| match resource.object.origin() {
            Some((Origin::Group | Origin::Team, name)) => Some(name),
            _ => None,
        });
        group.unwrap_or(name.as_str()).to_lowercase()
    }

    /// Returns a package.
    #[must_use]
    pub fn package(&self, name: &Name) -> Option<Of<'t, Package>> {
        let at = self.packages_by_name.get(name.as_str())?;
        Some(self.packages[*at])
    }

    /// Returns the first policy that names an organization and lets its people ask.
    #[must_use]
    pub fn naming(&self, organization: Of<'t, Organization>) -> Option<&Governing<'t>> {
        let at = self.named.get(organization.declared.address.name())?;
        Some(&self.policies[*at])
    }

    /// Returns the first policy that lets people of every configured organization ask.
    #[must_use]
    pub fn for_configured(&self) -> Option<&Governing<'t>> {
        self.configured.map(|at| &self.policies[at])
    }

    /// Returns the first policy that lets anybody from outside ask.
    #[must_use]
    pub fn for_strangers(&self) -> Option<&Governing<'t>> {
        self.strangers.map(|at| &self.policies[at])
    }

    /// Returns the first policy that is meant for people of an organization: it names the organization, or is for all that are
    /// configured.
    #[must_use]
    pub fn meant_for(&self, organization: Of<'t, Organization>) -> Option<&Governing<'t>> {
        let configured = organization.object.state == OrganizationState::Configured
            && manages(organization.declared, "state");
        let all = || self.for_configured().filter(|_| configured);
        self.naming(organization).or_else(all)
    }

    /// Returns true when every policy says in the tree who may ask through it.
    #[must_use]
    pub const fn is_all_said(&self) -> bool {
        self.is_all_said
    }
}

/// Returns the route of a key.
pub(super) fn key(key: &str) -> Route {
    Route::root().key(key)
}

/// Returns the route of the approvers of a stage.
pub(super) fn stage(at: usize) -> Route {
    key("approval").key("stages").index(at)
}

/// Returns true when somebody looks again at what a policy gave.
pub(super) fn is_reviewed(policy: &Policy) -> bool {
    policy.review.as_ref().is_some_and(|review| review.enabled)
}
