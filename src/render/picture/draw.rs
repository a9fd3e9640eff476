//! Objects, declared or live, to a picture.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::model::{Class, Edge, Group, Key, Node, Picture};
use super::who;
use crate::governance::people::{is_closed, refused};
use crate::model::kinds::policy::Expiry;
use crate::model::kinds::{
    Catalog, Domains, Organization, OrganizationState, Package, Policy, Resource,
    policy::Requestors,
};
use crate::model::text::Line;
use crate::model::{Address, Kind, Name, Object};

/// What a picture is about beside everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Focus<'f> {
    /// An organization: policies for all configured organizations, for anybody from outside, or for all guests, lead from it
    /// too.
    pub organization: Option<&'f Name>,
}

/// Draws objects. What they name and what is not among them is left out.
pub fn draw<'o>(
    title: String,
    objects: impl IntoIterator<Item = (&'o Address, &'o Object)>,
    focus: Focus<'_>,
) -> Picture {
    let mut known = Known::default();
    for (address, object) in objects {
        known.add(address, object);
    }
    let mut picture = Picture {
        title,
        ..Picture::default()
    };
    for (name, catalog) in &known.catalogs {
        picture
            .groups
            .insert(key(Kind::Catalog, name), group(catalog));
    }
    for (name, organization) in &known.organizations {
        let node = partner(organization, known.shut(name, organization));
        picture.nodes.insert(key(Kind::Organization, name), node);
    }
    for (name, resource) in &known.resources {
        let node = known.resource(name, resource);
        picture.nodes.insert(key(Kind::Resource, name), node);
    }
    for (name, package) in &known.packages {
        known.package(name, package, &mut picture);
    }
    for (name, policy) in &known.policies {
        known.policy(name, policy, focus, &mut picture);
    }
    let nodes = &picture.nodes;
    picture
        .edges
        .retain(|(from, to), _| nodes.contains_key(from) && nodes.contains_key(to));
    picture
}

fn key(kind: Kind, name: &str) -> Key {
    format!("{kind}/{name}")
}

/// Who of an organization does not come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shut {
    /// Nobody signs in, and nobody asks for anything: cross-tenant settings say so.
    Everybody,
    /// Nobody who is not here already: their domains are refused.
    Newcomers,
}

impl Shut {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Everybody => "cross-tenant access lets nobody in",
            Self::Newcomers => "only guests who are here",
        }
    }
}

/// The objects by kind and name.
#[derive(Default)]
struct Known<'o> {
    organizations: BTreeMap<&'o str, &'o Organization>,
    resources: BTreeMap<&'o str, &'o Resource>,
    catalogs: BTreeMap<&'o str, &'o Catalog>,
    packages: BTreeMap<&'o str, &'o Package>,
    policies: BTreeMap<&'o str, &'o Policy>,
    /// The catalogs of each resource.
    holders: BTreeMap<&'o str, Vec<&'o str>>,
    /// The tenant's list of domains.
    domains: Option<&'o Domains>,
    /// The organizations whose cross-tenant settings let nobody in.
    closed: BTreeSet<&'o str>,
}

impl<'o> Known<'o> {
    fn add(&mut self, address: &'o Address, object: &'o Object) {
        let name = address.name();
        match object {
            Object::Organization(one) => {
                self.organizations.insert(name, one);
            }
            Object::Resource(one) => {
                self.resources.insert(name, one);
            }
            Object::Catalog(one) => {
                for resource in &one.resources {
                    self.holders
                        .entry(resource.as_str())
                        .or_default()
                        .push(name);
                }
                self.catalogs.insert(name, one);
            }
            Object::Package(one) => {
                self.packages.insert(name, one);
            }
            Object::Policy(one) => {
                self.policies.insert(name, one);
            }
            Object::Domains(one) => self.domains = Some(one),
            Object::CrossTenant(one) => {
                if is_closed(one) {
                    self.closed.insert(name);
                }
            }
            // Other settings of the tenant give nobody a package, and keep nobody out.
            Object::TermsOfUse(_)
            | Object::Administrators(_)
            | Object::Collaboration(_)
            | Object::ExternalUsers(_) => {}
        }
    }

    /// Returns what keeps the people of an organization out, if anything does.
    fn shut(&self, name: &str, organization: &Organization) -> Option<Shut> {
        if self.closed.contains(name) {
            return Some(Shut::Everybody);
        }
        let domains = &organization.domains;
        let is_refused = self.domains.is_some_and(|list| {
            let mut all = domains.iter();
            all.all(|rule| refused(list, &rule.domain).is_some())
        });
        let is_told_by_them = organization.tenant.is_none()
            && organization.federation.is_none()
            && organization.social.is_none();
        let shuts = is_refused && is_told_by_them && !domains.is_empty();
        shuts.then_some(Shut::Newcomers)
    }

    fn resource(&self, name: &str, resource: &Resource) -> Node {
        let (sort, own) = resource
            .origin()
            .map_or(("resource", name), |(origin, own)| {
                let sort = match origin.key() {
                    "directoryRole" => "directory role",
                    key => key,
                };
                (sort, own.strip_prefix("https://").unwrap_or(own))
            });
        let label = resource.display_name.as_ref().map_or(own, Line::as_str);
        let guests = if resource.guests { "" } else { " · no guests" };
        let only = match self.holders.get(name).map(Vec::as_slice) {
            Some([one]) => Some(key(Kind::Catalog, one)),
            _ => None,
        };
        Node {
            class: Class::Resource,
            label: label.to_owned(),
            detail: format!("{sort}{guests}"),
            group: only,
            mark: None,
        }
    }

    fn package(&self, name: &str, package: &Package, picture: &mut Picture) {
        let from = key(Kind::Package, name);
        for (resource, roles) in &package.grants {
            let roles: Vec<&str> = roles.iter().map(Line::as_str).collect();
            let edge = Edge {
                label: roles.join(", "),
                ..Edge::default()
            };
            let to = key(Kind::Resource, resource.as_str());
            picture.edges.insert((from.clone(), to), edge);
        }
        let hidden = if package.hidden { "hidden" } else { "" };
        let node = Node {
            class: Class::Package,
            label: package.display_name.to_string(),
            detail: hidden.to_owned(),
            group: self.catalog(package),
            mark: None,
        };
        picture.nodes.insert(from, node);
    }

    fn catalog(&self, package: &Package) -> Option<Key> {
        let name = package.catalog.as_str();
        let known = self.catalogs.contains_key(name);
        known.then(|| key(Kind::Catalog, name))
    }

    fn policy(&self, name: &str, policy: &Policy, focus: Focus<'_>, picture: &mut Picture) {
        let (parent, own) = name.split_once('/').unwrap_or((name, name));
        let to = key(Kind::Policy, name);
        let package = self.packages.get(parent);
        let node = Node {
            class: Class::Policy,
            label: policy
                .display_name
                .as_ref()
                .map_or(own, Line::as_str)
                .to_owned(),
            detail: summary(policy),
            group: package.and_then(|package| self.catalog(package)),
            mark: None,
        };
        picture.nodes.insert(to.clone(), node);
        let given = (to.clone(), key(Kind::Package, parent));
        picture.edges.insert(given, Edge::default());

        let closed = package.and_then(|package| self.closed(package, policy));
        let edge = |label: &str| Edge {
            label: match (closed, label) {
                (None, label) => label.to_owned(),
                (Some(why), "") => why.to_owned(),
                (Some(why), label) => format!("{label}; {why}"),
            },
            closed: closed.is_some(),
            mark: None,
        };
        let configured = |one: &&&Organization| one.state == OrganizationState::Configured;
        let count = self.organizations.values().filter(configured).count();
        for (from, node) in who::requestors(&policy.requestors, name, count) {
            picture.nodes.insert(from.clone(), node);
            picture.edges.insert((from, to.clone()), edge(""));
        }
        if let Requestors::Organizations(names) = &policy.requestors {
            for name in names {
                let from = key(Kind::Organization, name.as_str());
                let line = self.from(name, edge(""));
                picture.edges.insert((from, to.clone()), line);
            }
        }
        let Some(organization) = focus.organization else {
            return;
        };
        let found = self.organizations.get(organization.as_str());
        let why = match &policy.requestors {
            Requestors::AnyExternal => "as anybody from outside",
            Requestors::ConfiguredOrganizations if found.as_ref().is_some_and(configured) => {
                "as a configured organization"
            }
            Requestors::MembersAndGuests => "as guests who are here",
            _ => return,
        };
        let from = key(Kind::Organization, organization.as_str());
        let line = self.from(organization, edge(why));
        picture.edges.insert((from, to), line);
    }

    /// Returns a line from an organization: closed where none of its people come through.
    fn from(&self, organization: &Name, line: Edge) -> Edge {
        let found = self.organizations.get_key_value(organization.as_str());
        let shut = found.and_then(|(name, one)| self.shut(name, one));
        match shut {
            Some(Shut::Everybody) => Edge {
                closed: true,
                ..line
            },
            Some(Shut::Newcomers) | None => line,
        }
    }

    /// Says why nobody comes in through a policy at present, if nobody does.
    fn closed(&self, package: &Package, policy: &Policy) -> Option<&'static str> {
        let asked = !matches!(
            policy.requestors,
            Requestors::Nobody | Requestors::Automatic(_)
        );
        let catalog = self.catalogs.get(package.catalog.as_str())?;
        if !asked {
            None
        } else if !policy.requests.enabled {
            Some("requests are off")
        } else if !catalog.published {
            Some("catalog not published")
        } else if !catalog.externally_visible && policy.requestors.is_outside() {
            Some("catalog closed to outside")
        } else {
            None
        }
    }
}

fn group(catalog: &Catalog) -> Group {
    let detail = match (catalog.published, catalog.externally_visible) {
        (false, _) => "not published",
        (true, false) => "closed to outside",
        (true, true) => "",
    };
    Group {
        label: catalog.display_name.to_string(),
        detail: detail.to_owned(),
        mark: None,
    }
}

fn partner(organization: &Organization, shut: Option<Shut>) -> Node {
    let mut domains = organization.domains.iter();
    let mut detail = domains.next().map(ToString::to_string).unwrap_or_default();
    match domains.len() {
        0 => {}
        more => detail += &format!(" and {more} more"),
    }
    let is_proposed = organization.state == OrganizationState::Proposed;
    let more = [is_proposed.then_some("proposed"), shut.map(Shut::as_str)];
    for word in more.into_iter().flatten() {
        let between = if detail.is_empty() { "" } else { " · " };
        detail += &format!("{between}{word}");
    }
    Node {
        class: Class::Organization,
        label: organization.display_name.to_string(),
        detail,
        group: None,
        mark: None,
    }
}

/// Says in a few words what a policy asks and how long it lasts.
fn summary(policy: &Policy) -> String {
    let mut words = Vec::new();
    if !matches!(
        policy.requestors,
        Requestors::Nobody | Requestors::Automatic(_)
    ) {
        words.push(match policy.approval.stages.len() {
            0 => "no approval".to_owned(),
            1 => "1 approval".to_owned(),
            stages => format!("{stages} approvals"),
        });
    }
    words.push(match &policy.expires {
        Expiry::Never => "no end".to_owned(),
        Expiry::On(when) => {
            let at = when.resolve(&TimeZone::UTC);
            format!("until {}", at.strftime("%Y-%m-%d %H:%MZ"))
        }
        Expiry::After(duration) => format!("for {duration}"),
    });
    if let Some(review) = policy.review.as_ref().filter(|review| review.enabled) {
        words.push(format!("{} review", review.every.in_words()));
    }
    words.join(" · ")
}
