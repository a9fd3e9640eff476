//! Who may see what. Foreign and absent things must answer alike, so this is asked before anything is said.

use super::held::{Role, held};
use super::matrix::Task;
use super::right::{Scope, may};
use super::tenant::has_any;
use crate::governance::directory::{can_act, is_enabled, is_member, names};
use crate::governance::record::{
    Asked, Assignment, DirectoryRole, Group, Invitation, Key, Mark, ObjectId, Person, PersonId,
    Place, Request,
};
use crate::governance::world::Unread;
use crate::governance::{Actor, Desk, people};

/// Something that not everybody may see.
#[derive(Debug, Clone, Copy)]
pub enum Sight<'r> {
    /// A person, and what they have.
    Person(&'r Person),
    /// A group, and its members.
    Group(&'r Group),
    /// An invitation.
    Invitation(&'r Invitation),
    /// A request.
    Request(&'r Request),
    /// An assignment.
    Assignment(&'r Assignment),
    /// The directory as a whole.
    Directory,
    /// The outbox: what the engine has left to do, and what it gave up.
    Journal,
}

/// Returns true when the acting person may see something.
///
/// Everybody sees what is their own. Who is asked to approve a request sees the request. Who looks after a catalog sees its
/// requests and assignments, and who has them. Whoever manages users sees people, groups and invitations; sponsors and
/// managers see whom they answer for. Administrators and Global Readers see everything. Guests see themselves and what they
/// are asked to decide, whatever roles they were given.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn may_see(desk: &Desk<'_>, what: Sight<'_>) -> Result<bool, Unread> {
    let person = match &desk.moment.actor {
        Actor::Engine | Actor::Operator(_) => return Ok(true),
        Actor::Person(id) => desk.person(*id)?,
    };
    if person.is_blocked() || people::shut_out(desk, &person)?.is_some() {
        return Ok(false);
    }
    if is_own(what, person.id()) {
        return Ok(true);
    }
    if !is_enabled(&person) || person.is_guest() {
        return Ok(false);
    }
    if sees_all(desk, &person)? {
        return Ok(true);
    }
    match what {
        Sight::Journal => Ok(false),
        Sight::Directory => keeps_people(desk, &person),
        Sight::Request(request) => in_package(desk, request.package),
        Sight::Assignment(assignment) => in_package(desk, assignment.package),
        Sight::Group(group) => Ok(keeps_people(desk, &person)?
            || group.owners.contains(&person.id())
            || is_member(desk, &Place::group(&group.name), person.id())?),
        Sight::Invitation(invitation) => Ok(keeps_people(desk, &person)?
            || somebody(desk, &person, &desk.person(invitation.person)?)?),
        Sight::Person(other) => Ok(keeps_people(desk, &person)? || somebody(desk, &person, other)?),
    }
}

/// Returns true for an acting person who sees nobody's requests and assignments but their own, so that a list need not look
/// at those of others.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn sees_own_only(desk: &Desk<'_>) -> Result<bool, Unread> {
    let person = match &desk.moment.actor {
        Actor::Engine | Actor::Operator(_) => return Ok(false),
        Actor::Person(id) => desk.person(*id)?,
    };
    if person.is_guest() || !can_act(desk, &person)? {
        return Ok(true);
    }
    if sees_all(desk, &person)? {
        return Ok(false);
    }
    let held = held(desk, &person)?;
    let looks = held
        .iter()
        .any(|held| matches!(held.role, Role::Delegated(_)));
    Ok(!looks)
}

fn sees_all(desk: &Desk<'_>, person: &Person) -> Result<bool, Unread> {
    has_any(
        desk,
        person,
        &[
            DirectoryRole::GlobalAdministrator,
            DirectoryRole::IdentityGovernanceAdministrator,
            DirectoryRole::GlobalReader,
        ],
    )
}

fn keeps_people(desk: &Desk<'_>, person: &Person) -> Result<bool, Unread> {
    has_any(desk, person, &[DirectoryRole::UserAdministrator])
}

/// Returns true for whoever looks after organizations, and so sees everybody from outside.
fn keeps_organizations(desk: &Desk<'_>, person: &Person) -> Result<bool, Unread> {
    has_any(
        desk,
        person,
        &[DirectoryRole::ConnectedOrganizationAdministrator],
    )
}

fn is_own(what: Sight<'_>, own: PersonId) -> bool {
    match what {
        Sight::Person(person) => person.id() == own,
        Sight::Invitation(invitation) => invitation.person == own || invitation.by == Some(own),
        Sight::Assignment(assignment) => assignment.person == own,
        Sight::Request(request) => {
            let mut asked = request.stages.iter().flat_map(|stage| stage.asked());
            request.person == own
                || request.by == Some(Asked::Person(own))
                || asked.any(|one| one == own)
        }
        Sight::Group(_) | Sight::Directory | Sight::Journal => false,
    }
}

fn in_package(desk: &Desk<'_>, package: ObjectId) -> Result<bool, Unread> {
    may(desk, Task::SeeAssignments, Scope::Package(package))
}

/// Returns true for somebody whom the acting person answers for, keeps the organization of, or looks after: somebody who
/// has, or asks for, a package of a catalog of theirs.
fn somebody(desk: &Desk<'_>, acting: &Person, other: &Person) -> Result<bool, Unread> {
    if other.manager == Some(acting.id())
        || names(desk, &other.sponsors, acting)?
        || other.is_outside() && keeps_organizations(desk, acting)?
    {
        return Ok(true);
    }
    if sees_own_only(desk)? {
        return Ok(false);
    }
    let key = Key::new().person(other.id());
    for assignment in desk.find::<Assignment>(Mark::AssignmentPerson, &key)? {
        if in_package(desk, assignment.package)? {
            return Ok(true);
        }
    }
    for request in desk.find::<Request>(Mark::RequestOpen, &key)? {
        if in_package(desk, request.package)? {
            return Ok(true);
        }
    }
    Ok(false)
}
