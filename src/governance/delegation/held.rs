//! Which delegated roles somebody has, where, and through what.

use super::matrix::DelegatedRole;
use super::right::list;
use super::tenant::{By, by, delegated};
use crate::governance::record::{DirectoryRole, Person};
use crate::governance::world::{Thing, Unread};
use crate::governance::{Desk, directory};
use crate::model::text::Principal;
use crate::model::{Address, Kind};

/// Roles of the directory that count here and are no column of the matrix.
const BESIDE: [DirectoryRole; 3] = [
    DirectoryRole::UserAdministrator,
    DirectoryRole::GuestInviter,
    DirectoryRole::GlobalReader,
];

/// A delegated role, or one of the directory that counts here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A column of the matrix.
    Delegated(DelegatedRole),
    /// A role of the directory beside the matrix.
    Directory(DirectoryRole),
}

/// A role that somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Which.
    pub role: Role,
    /// In which catalog; `None` for the whole tenant.
    pub catalog: Option<Address>,
    /// The group through which; `None` for somebody who is named.
    pub through: Option<Principal>,
}

/// Returns every role of somebody that counts here: those of the tenant, then those of catalogs in order of addresses.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn held(desk: &Desk<'_>, person: &Person) -> Result<Vec<Held>, Unread> {
    let mut found = Vec::new();
    for role in DelegatedRole::ALL {
        if let Some(by) = delegated(desk, person, role)? {
            found.push(Held {
                role: Role::Delegated(role),
                catalog: None,
                through: group_of(by),
            });
        }
    }
    for role in BESIDE {
        if let Some(by) = by(desk, person, &[role])? {
            found.push(Held {
                role: Role::Directory(role),
                catalog: None,
                through: group_of(by),
            });
        }
    }
    for catalog in desk.things(Kind::Catalog, None)? {
        for role in DelegatedRole::ALL {
            if let Some(principal) = naming(desk, &catalog, role, person)? {
                found.push(Held {
                    role: Role::Delegated(role),
                    catalog: Some(catalog.address.clone()),
                    through: matches!(principal, Principal::Group(_)).then_some(principal),
                });
            }
        }
    }
    Ok(found)
}

/// Returns the group through which somebody has a role; `None` for somebody who is named.
fn group_of(by: By) -> Option<Principal> {
    match by {
        By::Declared(group @ Principal::Group(_)) => Some(group),
        By::Declared(_) | By::Directory => None,
    }
}

/// Returns true when somebody has a role of a catalog.
pub(super) fn in_catalog(
    desk: &Desk<'_>,
    catalog: &Thing,
    role: DelegatedRole,
    person: &Person,
) -> Result<bool, Unread> {
    Ok(naming(desk, catalog, role, person)?.is_some())
}

/// Returns the entry of a catalog's role that names somebody.
fn naming(
    desk: &Desk<'_>,
    catalog: &Thing,
    role: DelegatedRole,
    person: &Person,
) -> Result<Option<Principal>, Unread> {
    let Some(catalog) = catalog.catalog() else {
        return Ok(None);
    };
    for principal in list(&catalog.roles, role) {
        if directory::names(desk, [principal], person)? {
            return Ok(Some(principal.clone()));
        }
    }
    Ok(None)
}
