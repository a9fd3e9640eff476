//! Who may do what: Entra's matrix of delegated roles.

use super::directory::names;
use super::record::{DirectoryRole, ObjectId, Person};
use super::{Actor, Desk, Ground, Refusal, Stop, Unread};
use crate::model::kinds::CatalogRoles;
use crate::model::{Address, Kind, Name};

/// Something that a role may allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Change settings of the tenant, people and groups.
    ManageTenant,
    /// Add and change connected organizations.
    ManageOrganizations,
    /// Assign a package directly, or take it away.
    Assign,
    /// See assignments, requests, delivery errors.
    SeeAssignments,
    /// Reprocess and cancel requests.
    ManageRequests,
}

/// Where something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In the whole tenant.
    Tenant,
    /// In the catalog of a package.
    Package(ObjectId),
}

/// Refuses unless a role of the acting person allows something.
///
/// # Errors
///
/// A refusal that says which role would be needed.
pub(crate) fn require(desk: &Desk<'_>, task: Task, scope: Scope) -> Result<(), Stop> {
    let person = match &desk.moment.actor {
        Actor::Operator(_) | Actor::Engine => return Ok(()),
        Actor::Person(id) => desk.person(*id)?,
    };
    let roles = person.living().map_or(&[][..], |account| &account.roles);
    let has = |role: DirectoryRole| roles.contains(&role);
    if has(DirectoryRole::GlobalAdministrator)
        || has(DirectoryRole::IdentityGovernanceAdministrator)
    {
        return Ok(());
    }
    if task == Task::ManageOrganizations && has(DirectoryRole::ConnectedOrganizationAdministrator) {
        return Ok(());
    }
    if let Scope::Package(package) = scope
        && in_catalog(desk, task, package, &person)?
    {
        return Ok(());
    }
    desk.refuse(
        Refusal::new(
            Ground::NotAllowed,
            format!("{} may not {}", person.mail, task.words()),
        )
        .help(format!("it needs one of these roles: {}", task.roles())),
    )
}

/// Returns true when a role of the acting person allows something.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn may(desk: &Desk<'_>, task: Task, scope: Scope) -> Result<bool, Unread> {
    match require(desk, task, scope) {
        Ok(()) => Ok(true),
        Err(Stop::Refused(_)) => Ok(false),
        Err(Stop::Unread(unread)) => Err(unread),
    }
}

/// Returns true when a role in the catalog of a package allows something.
fn in_catalog(
    desk: &Desk<'_>,
    task: Task,
    package: ObjectId,
    person: &Person,
) -> Result<bool, Stop> {
    let Some(thing) = desk.object(package)? else {
        return Ok(false);
    };
    let Some(catalog) = thing.package().map(|package| catalog_of(&package.catalog)) else {
        return Ok(false);
    };
    let catalog = desk.at(&catalog)?;
    let Some(catalog) = catalog.as_ref().and_then(|thing| thing.catalog()) else {
        return Ok(false);
    };
    let CatalogRoles {
        owners,
        readers: _,
        package_managers,
        assignment_managers,
    } = &catalog.roles;
    let lists = match task {
        Task::ManageTenant | Task::ManageOrganizations => return Ok(false),
        Task::Assign | Task::SeeAssignments | Task::ManageRequests => {
            [owners, package_managers, assignment_managers]
        }
    };
    for list in lists {
        if names(desk, list.iter(), person)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn catalog_of(name: &Name) -> Address {
    Address::new(Kind::Catalog, name)
}

impl Task {
    const fn words(self) -> &'static str {
        match self {
            Self::ManageTenant => "change people, groups and settings of the tenant",
            Self::ManageOrganizations => "change connected organizations",
            Self::Assign => "assign packages or take them away",
            Self::SeeAssignments => "see assignments and requests",
            Self::ManageRequests => "reprocess or cancel requests of others",
        }
    }

    const fn roles(self) -> &'static str {
        match self {
            Self::ManageTenant => "Global Administrator, Identity Governance Administrator",
            Self::ManageOrganizations => {
                "Global Administrator, Identity Governance Administrator, Connected Organization Administrator"
            }
            Self::Assign | Self::SeeAssignments | Self::ManageRequests => {
                "Global Administrator, Identity Governance Administrator, or owner, package manager or assignment manager of the catalog"
            }
        }
    }
}
