//! What the shell gets from outside: time, fresh ids, and who and where we are. Traits only, so that tests give fixed ones.

use std::time::Duration;
mod secret;

use jiff::Timestamp;
use uuid::Uuid;

pub use secret::Secret;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Returns the present instant, UTC.
    fn now(&self) -> Timestamp;
}

/// Measures time as it passes, whatever happens to the time of day, and lets it pass.
pub trait Timer: Send + Sync {
    /// Returns how long it is since some fixed moment; it never goes back.
    fn elapsed(&self) -> Duration;

    /// Returns after so long.
    fn sleep(&self, duration: Duration);
}

/// Makes ids that are never made twice.
pub trait Ids: Send + Sync {
    /// Returns a fresh id; later ones sort after earlier ones (UUID version 7).
    fn fresh(&self) -> Uuid;
}

/// The process that holds a lease.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Holder {
    /// Who runs it: a user name.
    pub user: String,
    /// The machine.
    pub host: String,
    /// The process id.
    pub pid: u32,
    /// What tells the process from a later one with the same id, such as its start time.
    pub born: String,
}

/// Knows which processes are gone for good.
pub trait Liveness: Send + Sync {
    /// Returns true only when it is certain that the process has ended; false where that cannot be known.
    fn is_gone(&self, holder: &Holder) -> bool;
}
