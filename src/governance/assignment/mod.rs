//! Assignments: given, kept longer, put right, taken away. Entra's facts on the life of an assignment.

pub(super) mod automatic;
mod due;
mod extend;
mod fulfil;
mod grant;
mod remove;
mod reprocess;
mod roles;

pub use automatic::MOST as MOST_BY_RULE;
pub(super) use automatic::left;
pub(super) use extend::extend;
pub(crate) use fulfil::end_of;
pub(super) use fulfil::{fail, finish, fulfil, inadmissible};
pub(super) use remove::{end, end_all};
pub(super) use reprocess::again;
pub(super) use roles::{align, ask_for_roles, ask_to_take};
pub use roles::{aligned, wanted};

use super::record::{Assignment, Key, Mark, ObjectId, PersonId};
use super::{Desk, Stop, Unread};
use crate::model::Address;
use crate::model::text::Email;
use jiff::Timestamp;

/// What can be done with assignments.
#[derive(Debug, Clone)]
pub enum Command {
    /// An administrator assigns a package directly.
    Grant(Direct),
    /// The same through a policy with questions: a question, or its number counted from 1, and an answer to it.
    Answered(Direct, Vec<(String, String)>),
    /// An administrator takes an assignment away.
    Revoke(u64),
    /// An administrator lets the roles of an assignment be delivered again: those that failed, and those that somebody took
    /// away in the directory.
    Reprocess(u64),
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
    /// The policy; or the package, where one policy of it alone covers the person.
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
        Command::Grant(direct) => grant::grant(desk, direct, &[]),
        Command::Answered(direct, answers) => grant::grant(desk, direct, answers),
        Command::Revoke(number) => remove::revoke(desk, *number),
        Command::Reprocess(number) => reprocess::reprocess(desk, *number),
        Command::Due(number) => due::due(desk, *number),
    }
}

/// Returns the assignment that somebody has of a package, or is about to have.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn of(
    desk: &Desk<'_>,
    person: PersonId,
    package: ObjectId,
) -> Result<Option<Assignment>, Unread> {
    let key = Key::new().person(person).object(package);
    desk.first(Mark::AssignmentPerson, &key)
}

/// Returns every assignment that somebody has, or is about to have, in order of packages.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn all_of(desk: &Desk<'_>, person: PersonId) -> Result<Vec<Assignment>, Unread> {
    desk.find(Mark::AssignmentPerson, &Key::new().person(person))
}
