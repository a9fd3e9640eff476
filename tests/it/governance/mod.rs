//! The engine: Entra's conditions, states, numbers and timelines, each a named test on a tree of its own.
#![expect(
    clippy::unwrap_used,
    reason = "a test may fail where it finds something amiss"
)]

mod assignments;
mod clock;
mod commands;
mod delivery;
mod following;
mod ledger;
mod lifecycle;
mod offboarding;
mod reviews;
mod scene;
