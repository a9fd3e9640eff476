//! Roles of the whole tenant: those that the directory gives somebody, and those that the tree declares.

use super::matrix::DelegatedRole;
use crate::governance::record::{DirectoryRole, Person};
use crate::governance::world::Unread;
use crate::governance::{Desk, directory};
use crate::model::kinds::Administrators;
use crate::model::text::Principal;
use crate::model::{Kind, Object};

/// How somebody has a role of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum By {
    /// The directory names them.
    Directory,
    /// The tree names them, or a group of theirs.
    Declared(Principal),
}

impl DelegatedRole {
    /// Returns the roles of the directory that are this role; none for one of catalogs.
    const fn directory_roles(self) -> &'static [DirectoryRole] {
        match self {
            Self::Administrator => &[
                DirectoryRole::GlobalAdministrator,
                DirectoryRole::IdentityGovernanceAdministrator,
            ],
            Self::OrganizationAdministrator => &[DirectoryRole::ConnectedOrganizationAdministrator],
            Self::CatalogCreator => &[DirectoryRole::CatalogCreator],
            Self::Owner | Self::Reader | Self::PackageManager | Self::AssignmentManager => &[],
        }
    }
}

/// Returns true when somebody has one of some roles of the tenant. A deleted account has none.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub(in crate::governance) fn has_any(
    desk: &Desk<'_>,
    person: &Person,
    roles: &[DirectoryRole],
) -> Result<bool, Unread> {
    Ok(by(desk, person, roles)?.is_some())
}

/// Returns how somebody has a delegated role of the tenant; `None` when they have it not.
pub(super) fn delegated(
    desk: &Desk<'_>,
    person: &Person,
    role: DelegatedRole,
) -> Result<Option<By>, Unread> {
    by(desk, person, role.directory_roles())
}

/// Returns how somebody has one of some roles of the tenant.
pub(super) fn by(
    desk: &Desk<'_>,
    person: &Person,
    roles: &[DirectoryRole],
) -> Result<Option<By>, Unread> {
    let Some(account) = person.living() else {
        return Ok(None);
    };
    if account.roles.iter().any(|role| roles.contains(role)) {
        return Ok(Some(By::Directory));
    }
    if roles.is_empty() {
        return Ok(None);
    }
    for principal in declared(desk, roles)? {
        if directory::names(desk, [&principal], person)? {
            return Ok(Some(By::Declared(principal)));
        }
    }
    Ok(None)
}

/// Returns whom the tree gives a delegated role of the tenant.
pub(super) fn holders(desk: &Desk<'_>, role: DelegatedRole) -> Result<Vec<Principal>, Unread> {
    declared(desk, role.directory_roles())
}

/// Returns whom the tree gives one of some roles.
pub(in crate::governance) fn declared(
    desk: &Desk<'_>,
    roles: &[DirectoryRole],
) -> Result<Vec<Principal>, Unread> {
    let setting = desk.setting(Kind::Administrators)?;
    let Some(Object::Administrators(declared)) = setting.as_ref().map(|thing| &thing.object) else {
        return Ok(Vec::new());
    };
    let Administrators {
        governance,
        organizations,
        catalog_creators,
        users,
        inviters,
        readers,
    } = declared;
    let lists = roles.iter().filter_map(|role| match role {
        // Who may do everything is named in the directory alone.
        DirectoryRole::GlobalAdministrator => None,
        DirectoryRole::IdentityGovernanceAdministrator => governance.as_ref(),
        DirectoryRole::ConnectedOrganizationAdministrator => organizations.as_ref(),
        DirectoryRole::CatalogCreator => catalog_creators.as_ref(),
        DirectoryRole::UserAdministrator => users.as_ref(),
        DirectoryRole::GuestInviter => inviters.as_ref(),
        DirectoryRole::GlobalReader => readers.as_ref(),
    });
    Ok(lists.flat_map(|list| list.iter().cloned()).collect())
}
