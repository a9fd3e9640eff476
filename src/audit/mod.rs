//! The audit log: entries in a hash chain, so that no entry can change, vanish or come in between unseen.
//! `threat-and-fault-model` §10.
//!
//! Pure: stores keep entries and hand them over; nothing here reads a clock, a disk or a key.

mod chain;
mod entry;

pub use chain::{BrokenAt, Chain, Hash, NoHash, verify};
pub use entry::{Act, Entry};
