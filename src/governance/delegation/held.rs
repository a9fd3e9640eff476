//! Which delegated roles somebody has, where, and through what.

use super::matrix::DelegatedRole;
use super::right::list;
use crate::governance::record::{DirectoryRole, Person};
use crate::governance::world::{Thing, Unread};
use crate::governance::{Desk, directory};
use crate::model::text::Principal;
use crate::model::{Address, Kind};

/// A role that somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Which.
    pub role: DelegatedRole,
    /// In which catalog; `None` for the whole tenant.
    pub catalog: Option<Address>,
    /// The group through which; `None` for somebody who is named.
    pub through: Option<Principal>,
}

/// Returns every delegated role of somebody: those of the tenant, then those of catalogs in order of addresses.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn held(desk: &Desk<'_>, person: &Person) -> Result<Vec<Held>, Unread> {
    let tenant = DelegatedRole::ALL.into_iter();
    let tenant = tenant.filter(|role| in_tenant(person, *role));
    let mut found: Vec<Held> = tenant
        .map(|role| Held {
            role,
            catalog: None,
            through: None,
        })
        .collect();
    for catalog in desk.things(Kind::Catalog, None)? {
        for role in DelegatedRole::ALL {
            if let Some(principal) = naming(desk, &catalog, role, person)? {
                found.push(Held {
                    role,
                    catalog: Some(catalog.address.clone()),
                    through: matches!(principal, Principal::Group(_)).then_some(principal),
                });
            }
        }
    }
    Ok(found)
}

/// Returns true when somebody has a role of the tenant.
pub(super) fn in_tenant(person: &Person, role: DelegatedRole) -> bool {
    let roles = person.living().map_or(&[][..], |account| &account.roles);
    let any = |wanted: &[DirectoryRole]| roles.iter().any(|role| wanted.contains(role));
    match role {
        DelegatedRole::Administrator => any(&[
            DirectoryRole::GlobalAdministrator,
            DirectoryRole::IdentityGovernanceAdministrator,
        ]),
        DelegatedRole::OrganizationAdministrator => {
            any(&[DirectoryRole::ConnectedOrganizationAdministrator])
        }
        DelegatedRole::CatalogCreator => any(&[DirectoryRole::CatalogCreator]),
        DelegatedRole::Owner
        | DelegatedRole::Reader
        | DelegatedRole::PackageManager
        | DelegatedRole::AssignmentManager => false,
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
