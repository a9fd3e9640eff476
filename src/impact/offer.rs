//! A package as one side offers it.

use std::collections::HashSet;

use crate::model::Address;
use crate::model::kinds::policy::{Policy, Requestors};
use crate::model::kinds::{Catalog, Incompatible, Package};
use crate::model::text::{Line, Principal};

/// A package with all that decides about it.
#[derive(Debug, Clone)]
pub struct Offer<'t> {
    /// The package's address.
    pub address: &'t Address,
    /// The package.
    pub package: &'t Package,
    /// Its catalog; `None` where it is not there.
    pub catalog: Option<&'t Catalog>,
    /// Its policies, in order of addresses.
    pub policies: Vec<(&'t Address, &'t Policy)>,
    /// Whether nothing that it grants takes guests: what they ask for is never delivered.
    pub refuses_guests: bool,
}

impl<'t> Offer<'t> {
    /// Returns true where the catalog lets those whom a policy is for ask at all: it is published, and visible to people from
    /// outside where only these are meant.
    pub fn is_open_to(&self, requestors: &Requestors) -> bool {
        self.catalog.is_some_and(|catalog| {
            catalog.published && (catalog.externally_visible || !requestors.is_outside())
        })
    }

    /// Returns the groups that it and its policies name, as the tree writes them.
    pub fn groups(&self) -> impl Iterator<Item = &'t Line> {
        let people = self
            .policies
            .iter()
            .filter_map(|(_, policy)| match &policy.requestors {
                Requestors::People(people) => Some(people),
                _ => None,
            });
        let asking = people.flatten().filter_map(|principal| match principal {
            Principal::Group(name) => Some(name),
            _ => None,
        });
        let excluding = self.package.incompatible_with.iter();
        let excluding = excluding.filter_map(|other| match other {
            Incompatible::Group(name) => Some(name),
            Incompatible::Package(_) => None,
        });
        asking.chain(excluding)
    }

    /// Returns a policy of the package.
    pub(super) fn policy(&self, address: &Address) -> Option<&'t Policy> {
        let mut policies = self.policies.iter();
        let found = policies.find(|(other, _)| *other == address);
        found.map(|(_, policy)| *policy)
    }

    /// Returns true where a policy is for people from outside.
    pub(super) fn is_outside(&self) -> bool {
        let mut policies = self.policies.iter();
        policies.any(|(_, policy)| policy.requestors.is_outside())
    }

    /// Returns true where a policy is for people who are in the directory.
    pub(super) fn is_asked_within(&self) -> bool {
        let mut policies = self.policies.iter();
        policies.any(|(_, policy)| {
            matches!(
                policy.requestors,
                Requestors::Members | Requestors::MembersAndGuests | Requestors::People(_)
            )
        })
    }

    /// Returns true where a policy gives the package without anybody's approval.
    pub(super) fn is_given_unasked(&self) -> bool {
        let mut policies = self.policies.iter();
        policies.any(|(_, policy)| policy.approval.is_none())
    }

    /// Returns the names of organizations that policies name, each once or more.
    pub(super) fn organizations(&self) -> impl Iterator<Item = &str> {
        let lists = self
            .policies
            .iter()
            .filter_map(|(_, policy)| match &policy.requestors {
                Requestors::Organizations(names) => Some(names),
                _ => None,
            });
        lists.flatten().map(|name| name.as_str())
    }
}

/// Returns true for a package that grants something, all of it of resources that take no guests.
pub(super) fn refuses_guests(package: &Package, guestless: &HashSet<&str>) -> bool {
    let mut granted = package.grants.keys();
    !package.grants.is_empty() && granted.all(|name| guestless.contains(name.as_str()))
}
