//! Planning: desired against live, and what would change, in which order, and why.
//!
//! Uses `model`. Pure: no clock, disk, network, environment or randomness; the same input gives the same plan to the byte.
//! The one idea to know: every choice is made here. An apply makes none, and renderers only print.

mod between;
mod build;
mod change;
mod compare;
mod diff;
mod drift;
#[cfg(test)]
mod laws;
mod likeness;
mod order;
mod outcome;
mod renames;
mod rollback;
#[cfg(test)]
mod scenarios;
mod select;
mod sequence;
#[cfg(test)]
pub(crate) mod world;

pub use between::between;
pub use build::{Asks, build};
pub use change::{
    Action, Change, Clash, Conflict, Delta, Edit, OwnDomains, Plan, Reason, Settled, Words,
};
pub use diff::diff;
pub use drift::{Cause, Drifted, Strayed, acceptance, accepted, drift};
pub use outcome::{Lifted, Purpose, RecordedChange, RunRecord};
pub use renames::natural_key_of;
pub use rollback::{Owned, Unreadable, Was, undo};
pub use select::{BadPattern, Choice, Partial, Pattern, Tied};
