//! The audit log: entries in a hash chain. `threat-and-fault-model` §10.
mod entry;
pub use entry::Entry;
