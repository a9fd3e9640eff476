//! Partner organizations as a whole: who belongs to one, and the end of working with it.
//!
//! The one idea to know: an organization is a few ways of finding people, by domain and by how they sign in. Its people are
//! walked in pieces, each found by an index; nobody else is looked at.

mod index;
mod offboard;
mod people;
mod proof;

pub(super) use index::Index;
pub use people::{Partner, all, belongs, declared, find, people};
pub use proof::{claimed, counting, of, proves, within};

use super::record::Removal;
use super::{Desk, Stop};

/// What can be done with whole organizations.
#[derive(Debug, Clone)]
pub enum Command {
    /// Everything that the people of an organization have here is taken back.
    Offboard(String, Removal),
    /// The next piece of that.
    Continue(u64),
}

pub(super) fn decide(desk: &mut Desk<'_>, command: &Command) -> Result<(), Stop> {
    match command {
        Command::Offboard(name, removal) => offboard::begin(desk, name, *removal),
        Command::Continue(number) => Ok(offboard::go_on(desk, *number)?),
    }
}
