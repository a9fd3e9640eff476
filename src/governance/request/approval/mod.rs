//! Approval: up to three stages, one after the other; the first decision of a stage counts. Fact sheet `entra-behaviour` §3.

mod approvers;
mod ballot;
mod letters;
mod stage;

pub(super) use approvers::Search;
pub use ballot::{Ballot, waiting};
pub(super) use ballot::{decide, take_back};
pub use stage::escalates;
pub(in crate::governance) use stage::may_decide;
pub(super) use stage::{due, open};
