//! Whether somebody may do something, and what they are told when not.

use std::rc::Rc;

use super::held::in_catalog;
use super::matrix::{DelegatedRole, Right, Task};
use super::tenant::{delegated, holders};
use crate::governance::directory::can_act;
use crate::governance::record::{Asked, ObjectId, Person, Request};
use crate::governance::request::may_decide;
use crate::governance::world::{Thing, Unread};
use crate::governance::{Actor, Desk, Ground, Refusal, Stop};
use crate::model::kinds::CatalogRoles;
use crate::model::text::Principal;
use crate::model::{Address, Kind};

/// Where something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In the whole tenant.
    Tenant,
    /// In the catalog of a package.
    Package(ObjectId),
    /// On a request.
    Request(u64),
}

/// Refuses unless the acting person may do something.
///
/// # Errors
///
/// A refusal that says which role would be needed and, to our own people, who has it.
pub fn require(desk: &Desk<'_>, task: Task, scope: Scope) -> Result<(), Stop> {
    if may(desk, task, scope)? {
        return Ok(());
    }
    let person = match &desk.moment.actor {
        Actor::Person(id) => Some(desk.person(*id)?),
        Actor::Operator(_) | Actor::Engine => None,
    };
    let who = person.as_ref().map_or_else(
        || "whoever runs the program".to_owned(),
        |person| person.mail.to_string(),
    );
    let told = person.as_ref().is_some_and(|person| !person.is_guest());
    desk.refuse(
        Refusal::new(
            Ground::NotAllowed,
            format!("{who} may not {}", task.words()),
        )
        .help(needed(desk, task, scope, told)?),
    )
}

/// Returns true when the acting person may do something.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn may(desk: &Desk<'_>, task: Task, scope: Scope) -> Result<bool, Unread> {
    let person = match &desk.moment.actor {
        Actor::Engine => return Ok(true),
        Actor::Operator(_) => return Ok(task != Task::Decide),
        Actor::Person(id) => desk.person(*id)?,
    };
    if !can_act(desk, &person)? {
        return Ok(false);
    }
    if let (Task::Decide, Scope::Request(number)) = (task, scope) {
        return decides(desk, number, &person);
    }
    let catalog = catalog(desk, scope)?;
    for (role, right) in task.roles() {
        let has = |role: DelegatedRole| match &catalog {
            _ if !role.is_of_catalog() => Ok(delegated(desk, &person, role)?.is_some()),
            Some(catalog) => in_catalog(desk, catalog, role, &person),
            None => Ok(false),
        };
        if has(role)? && (right != Right::Own || has(DelegatedRole::Owner)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns true for somebody who may decide on a request now. Nobody decides on what they asked for.
fn decides(desk: &Desk<'_>, number: u64, person: &Person) -> Result<bool, Unread> {
    let Some(request) = desk.get::<Request>(number)? else {
        return Ok(false);
    };
    let own = request.person == person.id() || request.by == Some(Asked::Person(person.id()));
    Ok(!own && may_decide(desk, &request, person.id())?)
}

/// Returns the catalog that something is done in.
fn catalog(desk: &Desk<'_>, scope: Scope) -> Result<Option<Rc<Thing>>, Unread> {
    let package = match scope {
        Scope::Tenant => return Ok(None),
        Scope::Package(package) => package,
        Scope::Request(number) => match desk.get::<Request>(number)? {
            Some(request) => request.package,
            None => return Ok(None),
        },
    };
    let package = desk.object(package)?;
    match package.as_ref().and_then(|thing| thing.package()) {
        Some(package) => desk.at(&Address::new(Kind::Catalog, &package.catalog)),
        None => Ok(None),
    }
}

/// Says which roles would be needed, and who has them.
fn needed(desk: &Desk<'_>, task: Task, scope: Scope, told: bool) -> Result<String, Unread> {
    if task == Task::Decide {
        return Ok(
            "only approvers whom its open stage names decide, and never on a request of their own"
                .to_owned(),
        );
    }
    let catalog = catalog(desk, scope)?;
    let mut parts = Vec::new();
    for (role, _) in task.roles() {
        let mut part = role.as_str().to_owned();
        if role.is_of_catalog() {
            let Some((thing, roles)) = catalog
                .as_ref()
                .and_then(|thing| Some((thing, &thing.catalog()?.roles)))
            else {
                continue;
            };
            part = format!("{part} of {}", thing.address);
            named(&mut part, list(roles, role), told);
        } else {
            named(&mut part, &holders(desk, role)?, told);
        }
        parts.push(part);
    }
    Ok(format!("it needs one of these roles: {}", parts.join("; ")))
}

/// Adds who has a role, for those who are told.
fn named<'p>(part: &mut String, who: impl IntoIterator<Item = &'p Principal>, told: bool) {
    let who: Vec<String> = who.into_iter().map(ToString::to_string).collect();
    if told && !who.is_empty() {
        part.push_str(&format!(" ({})", who.join(", ")));
    }
}

/// Returns whom a role of a catalog names.
pub(super) fn list(roles: &CatalogRoles, role: DelegatedRole) -> impl Iterator<Item = &Principal> {
    let CatalogRoles {
        owners,
        readers,
        package_managers,
        assignment_managers,
    } = roles;
    let list = match role {
        DelegatedRole::Owner => Some(owners),
        DelegatedRole::Reader => Some(readers),
        DelegatedRole::PackageManager => Some(package_managers),
        DelegatedRole::AssignmentManager => Some(assignment_managers),
        DelegatedRole::Administrator
        | DelegatedRole::OrganizationAdministrator
        | DelegatedRole::CatalogCreator => None,
    };
    list.into_iter().flat_map(|list| list.iter())
}
