//! What a plan touches of that which decides about access, so that only this is compared.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::moving::Moving;
use super::sides::Sides;
use crate::governance::people::is_closed;
use crate::model::kinds::policy::Requestors;
use crate::model::kinds::{Incompatible, Organization, Origin};
use crate::model::text::{Line, Principal};
use crate::model::{Address, Kind, Name, Object, canonical};
use crate::plan::{Delta, Plan};

/// What a plan touches.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// Packages of which something changes, by name.
    pub(super) packages: BTreeSet<String>,
    /// Whether something changes that tells people from outside apart.
    pub(super) outside: bool,
    /// Organizations that are told by something else than before, or come or go.
    pub(super) organizations: BTreeSet<Address>,
    /// Groups that have other members than before, by name in lower case.
    pub(super) moving: BTreeMap<String, Moving>,
    /// Every change that decides about access.
    pub(super) decisive: HashSet<Address>,
}

impl Touched {
    /// Returns what a plan touches.
    pub(super) fn by(plan: &Plan, sides: &Sides<'_>) -> Self {
        let mut touched = Self::default();
        let (mut catalogs, mut groups) = (BTreeSet::new(), BTreeSet::new());
        for change in &plan.changes {
            let address = &change.address;
            let (before, after) = sides.both(address);
            let decides = match before.or(after) {
                None => false,
                Some(Object::Package(_)) => {
                    let _ = touched.packages.insert(address.own_name().to_owned());
                    true
                }
                Some(Object::Policy(_)) => {
                    let package = address.name().split('/').next().unwrap_or_default();
                    let _ = touched.packages.insert(package.to_owned());
                    true
                }
                Some(Object::Catalog(_)) => {
                    let differs = open(before) != open(after);
                    if differs {
                        let _ = catalogs.insert(address.own_name().to_owned());
                    }
                    differs
                }
                Some(Object::Resource(_)) => {
                    let is_let_go = matches!(change.delta, Delta::Forget { .. });
                    let moving = Moving::of(address, [before, after], is_let_go);
                    let differs = group(before) != group(after) || moving.is_some();
                    if differs {
                        let _ = groups.insert(address.own_name().to_lowercase());
                        // Lists may name the directory's group itself.
                        groups.extend([before, after].into_iter().filter_map(group));
                    }
                    touched.moving.extend(moving);
                    differs
                }
                Some(Object::Organization(_)) => {
                    let differs = told(before) != told(after);
                    if differs {
                        let _ = touched.organizations.insert(address.clone());
                        touched.outside = true;
                    }
                    differs
                }
                Some(Object::CrossTenant(_)) => {
                    let closed = |side: Option<&Object>| matches!(side, Some(Object::CrossTenant(it)) if is_closed(it));
                    let differs = closed(before) != closed(after);
                    touched.outside |= differs;
                    differs
                }
                Some(Object::Domains(_)) => {
                    let list = |side: Option<&Object>| match side {
                        Some(Object::Domains(list)) => canonical(list),
                        _ => String::new(),
                    };
                    let differs = list(before) != list(after);
                    touched.outside |= differs;
                    differs
                }
                Some(Object::Collaboration(_)) => {
                    let sends = |side: Option<&Object>| !matches!(side, Some(Object::Collaboration(it)) if it.one_time_passcode == Some(false));
                    let differs = sends(before) != sends(after);
                    touched.outside |= differs;
                    differs
                }
                Some(
                    Object::ExternalUsers(_) | Object::TermsOfUse(_) | Object::Administrators(_),
                ) => false,
            };
            if decides {
                let _ = touched.decisive.insert(address.clone());
            }
        }
        if !catalogs.is_empty() || !groups.is_empty() {
            touched.along(sides, &catalogs, &groups);
        }
        touched
    }

    /// Returns true when nothing decides otherwise than before.
    pub(super) fn is_nothing(&self) -> bool {
        self.packages.is_empty() && !self.outside
    }

    /// Returns an organization that is touched, by name.
    pub(super) fn organization(&self, name: &str) -> Option<Address> {
        let address = Address::new(Kind::Organization, &Name::parse(name).ok()?);
        self.organizations.get(&address).cloned()
    }

    /// Adds the packages of catalogs, and those whose policies name groups.
    fn along(&mut self, sides: &Sides<'_>, catalogs: &BTreeSet<String>, groups: &BTreeSet<String>) {
        let is_touched = |name: &Line| groups.contains(&name.as_str().to_lowercase());
        let names =
            |principal: &Principal| matches!(principal, Principal::Group(name) if is_touched(name));
        sides.each(&mut |address, object| match object {
            Object::Package(package) => {
                let excluded = package
                    .incompatible_with
                    .iter()
                    .any(|other| matches!(other, Incompatible::Group(name) if is_touched(name)));
                if excluded || catalogs.contains(package.catalog.as_str()) {
                    let _ = self.packages.insert(address.own_name().to_owned());
                }
            }
            Object::Policy(policy) => {
                if let Requestors::People(people) = &policy.requestors
                    && people.iter().any(names)
                {
                    let package = address.name().split('/').next().unwrap_or_default();
                    let _ = self.packages.insert(package.to_owned());
                }
            }
            _ => {}
        });
    }
}

/// Returns whether a catalog is published, and open to people from outside.
fn open(side: Option<&Object>) -> Option<(bool, bool)> {
    match side {
        Some(Object::Catalog(catalog)) => Some((catalog.published, catalog.externally_visible)),
        _ => None,
    }
}

/// Returns the group of the directory that a resource is.
fn group(side: Option<&Object>) -> Option<String> {
    match side {
        Some(Object::Resource(resource)) => match resource.origin() {
            Some((Origin::Group | Origin::Team, name)) => Some(name.to_lowercase()),
            _ => None,
        },
        _ => None,
    }
}

/// Returns what an organization is told by.
fn told(side: Option<&Object>) -> Option<String> {
    let Some(Object::Organization(organization)) = side else {
        return None;
    };
    let Organization {
        state,
        tenant,
        domains,
        federation,
        social,
        ..
    } = organization;
    Some(canonical(&(state, tenant, domains, federation, social)))
}
