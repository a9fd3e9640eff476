//! People and groups of the directory: how they come to be known, change and leave.
//!
//! The one idea to know: whoever changes a person puts the record on the desk as always, and [`follow`] sees every such
//! change after the command. So what rules give is right at once, whatever area made the change. Entra's facts on users, on
//! B2B kinds, on the domain list and on cross-tenant access.

mod account;
mod admission;
mod change;
mod check;
mod cycle;
mod dynamic;
pub mod groups;
mod guest;
mod right;
mod row;
mod sponsor;
mod terms;
mod upsert;

pub(super) use account::guest_account;
pub use admission::{Unlisted, admission, barred, is_closed, refused, shut_out, vouched};
pub(super) use admission::{consents, own};
pub use change::follow;
pub use check::{Fault, List, What, check};
pub use dynamic::belongs;
pub(super) use dynamic::walk;
pub use guest::Convert;
pub(super) use right::{inviter, known_user, member_inviter, require_users};
pub use row::{GroupRow, MembershipRow, PersonRow, Roster, Row};
pub use sponsor::MOST_SPONSORS;
pub(super) use sponsor::check as check_sponsors;
pub use terms::{Required, is_due, terms};
pub(super) use terms::{accept as accept_terms, demand as demand_terms, lacking as lacking_terms};

pub use crate::model::USER_ATTRIBUTES as ATTRIBUTES;

use super::record::DirectoryRole;
use super::{Desk, Stop};
use crate::model::Name;
use crate::model::text::{Email, Principal};

/// What can be done with people.
#[derive(Debug, Clone)]
pub enum Command {
    /// Makes a member of the directory known, or brings their entry up to date.
    Member(Entry),
    /// Takes rows of an import, at most [`PIECE`] of them.
    Import(Vec<Row>),
    /// Blocks somebody from outside from sign-in.
    Block(Email),
    /// Lifts a block.
    Unblock(Email),
    /// Deletes the account of somebody from outside; it can be restored for 30 days.
    Delete(Email),
    /// Restores a deleted account.
    Restore(Email),
    /// Deletes for good what was deleted already: it cannot be restored any more.
    Purge(Email),
    /// Puts somebody from outside under the lifecycle of external users, or takes them out of it.
    Convert(Email, Convert),
    /// Gives somebody a sponsor.
    AddSponsor(Email, Principal),
    /// Takes a sponsor away.
    RemoveSponsor(Email, Principal),
    /// Somebody from outside leaves by themselves.
    Leave(Email),
    /// Somebody signed in, and accepted these terms of use.
    SignIn(Email, Vec<Name>),
}

/// How many rows of an import are decided at once.
pub const PIECE: usize = 500;

/// A member of the directory, as an import has them.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The address.
    pub mail: Email,
    /// The name that people read.
    pub name: String,
    /// Directory roles.
    pub roles: Vec<DirectoryRole>,
}

pub(super) fn decide(desk: &mut Desk<'_>, command: &Command) -> Result<(), Stop> {
    match command {
        Command::Member(entry) => {
            let row = PersonRow {
                name: Some(entry.name.clone()),
                roles: Some(entry.roles.clone()),
                ..PersonRow::new(entry.mail.clone())
            };
            upsert::import(desk, &[Row::Person(Box::new(row))])
        }
        Command::Import(rows) => upsert::import(desk, rows),
        Command::Block(mail) => guest::block(desk, mail),
        Command::Unblock(mail) => guest::unblock(desk, mail),
        Command::Delete(mail) => guest::delete(desk, mail),
        Command::Restore(mail) => guest::restore(desk, mail),
        Command::Purge(mail) => guest::purge(desk, mail),
        Command::Convert(mail, to) => guest::convert(desk, mail, *to),
        Command::AddSponsor(mail, sponsor) => sponsor::add(desk, mail, sponsor),
        Command::RemoveSponsor(mail, sponsor) => sponsor::remove(desk, mail, sponsor),
        Command::Leave(mail) => guest::leave(desk, mail),
        Command::SignIn(mail, accepting) => guest::sign_in(desk, mail, accepting),
    }
}
