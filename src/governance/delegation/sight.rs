//! Who may see what. Foreign and absent things must answer alike, so this is asked before anything is said.

use super::matrix::{DelegatedRole, Task};
use super::right::{Scope, may};
use crate::governance::directory::can_act;
use crate::governance::record::{
    Asked, Assignment, DirectoryRole, Key, Mark, ObjectId, Person, PersonId, Request,
};
use crate::governance::world::Unread;
use crate::governance::{Actor, Desk};

/// Something that not everybody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// A person, and what they have.
    Person(PersonId),
    /// A request.
    Request(u64),
    /// An assignment.
    Assignment(u64),
    /// A package with its policies, whether or not it is offered.
    Package(ObjectId),
    /// A catalog.
    Catalog(ObjectId),
    /// The audit log, the outbox, jobs: what the engine has done and has left to do.
    Journal,
}

/// Returns true when the acting person may see something.
///
/// Everybody sees what is their own. Who is asked to approve a request sees the request. Who looks after a catalog sees its
/// packages, requests and assignments, and who has them. Administrators and Global Readers see everything. Guests see
/// themselves and what they are asked to decide, whatever roles they were given.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn may_see(desk: &Desk<'_>, what: Sight) -> Result<bool, Unread> {
    let person = match &desk.moment.actor {
        Actor::Engine | Actor::Operator(_) => return Ok(true),
        Actor::Person(id) => desk.person(*id)?,
    };
    if person.is_blocked() {
        return Ok(false);
    }
    if is_own(desk, what, &person)? {
        return Ok(true);
    }
    if !can_act(&person) || person.is_guest() {
        return Ok(false);
    }
    if sees_all(&person) {
        return Ok(true);
    }
    match what {
        Sight::Journal => Ok(false),
        Sight::Catalog(catalog) => may(desk, Task::ViewPackages, Scope::Catalog(catalog)),
        Sight::Package(package) => may(desk, Task::ViewPackages, Scope::Package(package)),
        Sight::Request(number) => may(desk, Task::SeeAssignments, Scope::Request(number)),
        Sight::Assignment(number) => match desk.get::<Assignment>(number)? {
            Some(assignment) => in_package(desk, assignment.package),
            None => Ok(false),
        },
        Sight::Person(id) => looks_after(desk, id),
    }
}

fn sees_all(person: &Person) -> bool {
    let roles = person.living().map_or(&[][..], |account| &account.roles);
    super::held::in_tenant(person, DelegatedRole::Administrator)
        || roles.contains(&DirectoryRole::GlobalReader)
}

fn is_own(desk: &Desk<'_>, what: Sight, person: &Person) -> Result<bool, Unread> {
    let own = person.id();
    match what {
        Sight::Person(id) => Ok(id == own),
        Sight::Assignment(number) => {
            let assignment = desk.get::<Assignment>(number)?;
            Ok(assignment.is_some_and(|assignment| assignment.person == own))
        }
        Sight::Request(number) => {
            let request = desk.get::<Request>(number)?;
            Ok(request.is_some_and(|request| {
                request.person == own
                    || request.by == Some(Asked::Person(own))
                    || was_asked(&request, own)
            }))
        }
        Sight::Package(_) | Sight::Catalog(_) | Sight::Journal => Ok(false),
    }
}

/// Returns true for somebody whom one of the stages so far has asked.
fn was_asked(request: &Request, person: PersonId) -> bool {
    request.stages.iter().any(|stage| {
        let alternates = stage.alternates.iter().filter(|_| stage.escalated);
        let mut asked = stage.approvers.iter().chain(alternates);
        asked.any(|approver| *approver == person)
    })
}

fn in_package(desk: &Desk<'_>, package: ObjectId) -> Result<bool, Unread> {
    may(desk, Task::SeeAssignments, Scope::Package(package))
}

/// Returns true when somebody has, or asks for, a package of a catalog that the acting person looks after.
fn looks_after(desk: &Desk<'_>, person: PersonId) -> Result<bool, Unread> {
    let key = Key::new().person(person);
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
