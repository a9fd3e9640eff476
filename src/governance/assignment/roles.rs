//! The roles of an assignment: what the package grants, asked for and taken away one by one.

use std::collections::BTreeSet;

use super::remove::granted_otherwise;
use crate::governance::record::{
    Assignment, AssignmentState, GrantState, Granted, ObjectId, Place,
};
use crate::governance::{Activity, Desk, Effect, Ground, Refusal, Role, Stop, Unread};
use crate::model::kinds::Package;
use crate::model::{Address, Kind, Name};

/// Returns the roles that a package grants now.
pub(in crate::governance) fn roles(
    desk: &Desk<'_>,
    package: ObjectId,
) -> Result<Vec<Granted>, Stop> {
    let thing = desk.object(package)?;
    let Some(package) = thing.as_ref().and_then(|thing| thing.package()) else {
        return desk.refuse(Refusal::new(Ground::Unknown, "the package is gone"));
    };
    Ok(granted(desk, package)?)
}

fn granted(desk: &Desk<'_>, package: &Package) -> Result<Vec<Granted>, Unread> {
    wanted(package, |name| {
        let resource = desk.at(&Address::new(Kind::Resource, name))?;
        let origin = resource
            .as_ref()
            .and_then(|thing| thing.resource()?.origin());
        Ok(origin.map(|(origin, name)| Place {
            origin,
            name: name.to_owned(),
        }))
    })
}

/// Returns the roles that a package grants, all of them still to be granted; `place` says what a resource is in the directory.
///
/// # Errors
///
/// Those of `place`.
pub fn wanted<E>(
    package: &Package,
    mut place: impl FnMut(&Name) -> Result<Option<Place>, E>,
) -> Result<Vec<Granted>, E> {
    let mut roles = Vec::new();
    for (name, granted) in &package.grants {
        let Some(place) = place(name)? else {
            continue;
        };
        for role in granted.iter() {
            roles.push(Granted {
                place: place.clone(),
                role: role.to_string(),
                state: GrantState::Pending,
            });
        }
    }
    Ok(roles)
}

/// Puts every role that is still to be granted into the outbox.
pub(in crate::governance) fn ask_for_roles(
    desk: &mut Desk<'_>,
    assignment: &Assignment,
) -> Result<(), Unread> {
    for granted in &assignment.roles {
        if granted.state == GrantState::Pending {
            let key = key("grant", assignment, granted);
            desk.effect(&key, Effect::Grant(role(assignment, granted)))?;
        }
    }
    Ok(())
}

/// Puts every role that is to be taken away into the outbox.
pub(in crate::governance) fn ask_to_take(
    desk: &mut Desk<'_>,
    assignment: &Assignment,
) -> Result<(), Unread> {
    for granted in &assignment.roles {
        if granted.state == GrantState::Leaving {
            let key = key("revoke", assignment, granted);
            desk.effect(&key, Effect::Revoke(role(assignment, granted)))?;
        }
    }
    Ok(())
}

fn role(assignment: &Assignment, granted: &Granted) -> Role {
    Role {
        person: assignment.person,
        place: granted.place.clone(),
        role: granted.role.clone(),
        assignment: assignment.number,
    }
}

fn key(word: &str, assignment: &Assignment, granted: &Granted) -> String {
    format!(
        "{word}/{}/{}/{}/{}/{}",
        assignment.number,
        assignment.attempt,
        granted.place.origin.key(),
        granted.place.name,
        granted.role
    )
}

/// Brings the roles of an assignment in line with what its package grants now: roles that were added are granted, roles that
/// were taken out are taken away unless another assignment grants them.
pub(in crate::governance) fn align(
    desk: &mut Desk<'_>,
    mut assignment: Assignment,
) -> Result<(), Stop> {
    let wanted = roles(desk, assignment.package)?;
    let elsewhere = granted_otherwise(desk, &assignment)?;
    if !aligned(&mut assignment.roles, wanted, &elsewhere) {
        return Ok(());
    }
    assignment.attempt += 1;
    desk.put_because(
        Activity::UpdateAssignment,
        &assignment,
        "the package grants other roles",
    )?;
    // One whose guest is still to be created asks for its roles when the guest is there.
    let waits = assignment.state == AssignmentState::Delivering
        && desk.person(assignment.person)?.living().is_none();
    if !waits {
        ask_for_roles(desk, &assignment)?;
    }
    ask_to_take(desk, &assignment)?;
    Ok(())
}

/// Brings roles in line with those that are wanted; `elsewhere` are the roles that other assignments of the same person grant.
/// Returns true when some of them are others now.
pub fn aligned(
    roles: &mut Vec<Granted>,
    wanted: Vec<Granted>,
    elsewhere: &BTreeSet<(Place, String)>,
) -> bool {
    let names: BTreeSet<(Place, String)> = wanted
        .iter()
        .map(|role| (role.place.clone(), role.role.clone()))
        .collect();
    let mut moved = false;
    // A group that is called a team now, or written otherwise, is the same group.
    for granted in roles.iter_mut() {
        let now = wanted.iter().find(|role| {
            role.role == granted.role
                && role.place != granted.place
                && role.place.is(&granted.place)
        });
        if let Some(now) =
            now.filter(|_| !names.contains(&(granted.place.clone(), granted.role.clone())))
        {
            granted.place = now.place.clone();
            moved = true;
        }
    }
    for granted in roles.iter_mut() {
        let name = (granted.place.clone(), granted.role.clone());
        let (wanted, now) = (names.contains(&name), &granted.state);
        let gone = matches!(now, GrantState::Leaving | GrantState::Gone);
        let next = match now {
            _ if wanted != gone => continue,
            _ if wanted => GrantState::Pending,
            GrantState::Failed(_) => GrantState::Gone,
            _ if elsewhere.contains(&name) => GrantState::Gone,
            _ => GrantState::Leaving,
        };
        granted.state = next;
        moved = true;
    }
    let known: BTreeSet<(Place, String)> = roles
        .iter()
        .map(|role| (role.place.clone(), role.role.clone()))
        .collect();
    for role in wanted {
        if !known.contains(&(role.place.clone(), role.role.clone())) {
            roles.push(role);
            moved = true;
        }
    }
    moved
}
