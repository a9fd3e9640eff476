//! Which roles somebody has, where.

use super::{Engine, unseen, words};
use crate::app::AppError;
use crate::governance::delegation::{Role, Task, held};
use crate::governance::record::DirectoryRole;
use crate::governance::{Sight, may_see};
use crate::model::text::Email;
use crate::render::json::v1;

/// Returns the delegated roles of somebody.
///
/// # Errors
///
/// A refusal for somebody who is not known. Who may not see them is told the same.
pub fn access(engine: &Engine<'_>, address: &Email) -> Result<v1::Access, AppError> {
    let found = engine.look(|desk| {
        let Some(person) = desk.by_mail(address)? else {
            return Ok(None);
        };
        if !may_see(desk, Sight::Person(&person))? {
            return Ok(None);
        }
        let roles = held(desk, &person)?.into_iter().map(|held| v1::HeldRole {
            role: name(held.role),
            allows: allows(held.role),
            catalog: held.catalog.map(|address| address.to_string()),
            through: held.through.map(|principal| principal.to_string()),
        });
        Ok(Some(v1::Access {
            format_version: v1::FormatVersion,
            person: person.mail.to_string(),
            roles: roles.collect(),
        }))
    })?;
    found.ok_or_else(|| AppError::Governance(Box::new(unseen(address))))
}

fn name(role: Role) -> &'static str {
    match role {
        Role::Delegated(role) => role.as_str(),
        Role::Directory(role) => words::role(role),
    }
}

/// Returns what a role allows, in words that complete "may".
fn allows(role: Role) -> Vec<&'static str> {
    match role {
        Role::Delegated(role) => role.allows().map(Task::words).collect(),
        Role::Directory(DirectoryRole::UserAdministrator) => {
            vec![
                "manage people from outside and their accounts",
                "invite guests and members",
            ]
        }
        Role::Directory(DirectoryRole::GuestInviter) => vec!["invite guests"],
        Role::Directory(DirectoryRole::GlobalReader) => vec!["see everything"],
        Role::Directory(_) => Vec::new(),
    }
}
