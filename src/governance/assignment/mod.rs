//! Assignments: given, kept longer, taken away.

mod extend;
mod fulfil;
mod grant;
mod remove;

pub(super) use extend::extend;
pub(super) use fulfil::{ask_for_roles, end_of, finish, fulfil};
pub(super) use remove::end;

use super::record::{Assignment, PersonId, Why};
use super::{Desk, Stop};
use crate::model::Address;
use crate::model::text::Email;
use jiff::Timestamp;

/// What can be done with assignments.
#[derive(Debug, Clone)]
pub enum Command {
    /// An administrator assigns a package directly.
    Grant(Direct),
    /// An administrator takes an assignment away.
    Revoke(u64),
    /// Something is due for an assignment: its end, or a reminder.
    Due(u64),
}

/// A direct assignment.
#[derive(Debug, Clone)]
pub struct Direct {
    /// Who: an address; somebody whom the directory does not know is invited when it is delivered.
    pub person: Email,
    /// The name of somebody whom the directory does not know yet.
    pub name: Option<String>,
    /// The policy.
    pub policy: Address,
    /// When it starts; `None` for at once.
    pub start: Option<Timestamp>,
    /// When it ends; `None` for what the policy says.
    pub end: Option<Timestamp>,
    /// Why.
    pub justification: Option<String>,
}

pub(super) fn decide(desk: &mut Desk<'_>, command: &Command) -> Result<(), Stop> {
    match command {
        Command::Grant(direct) => grant::grant(desk, direct),
        Command::Revoke(number) => remove::revoke(desk, *number),
        Command::Due(number) => due(desk, *number),
    }
}

fn due(desk: &mut Desk<'_>, number: u64) -> Result<(), Stop> {
    let Some(assignment) = desk.get::<Assignment>(number)? else {
        return Ok(());
    };
    if assignment.ends().is_some_and(|end| end <= desk.now()) {
        let why = match assignment.grace_until {
            Some(grace) if grace <= desk.now() => Why::Rule,
            _ => Why::Expired,
        };
        end(desk, assignment, why)?;
    }
    Ok(())
}

/// Returns the assignment that somebody has of a package, or is about to have.
///
/// # Errors
///
/// [`super::Unread`] when the store cannot tell.
pub fn of(
    desk: &Desk<'_>,
    person: PersonId,
    package: super::record::ObjectId,
) -> Result<Option<Assignment>, super::Unread> {
    let key = super::record::Key::new().person(person).object(package);
    desk.first(super::record::Mark::AssignmentPerson, &key)
}
