//! The engine: Entra's conditions, states, numbers and timelines, each a named test on a tree of its own.
#![expect(
    clippy::unwrap_used,
    reason = "a test may fail where it finds something amiss"
)]

mod administrators;
mod admission;
mod ahead;
mod approval;
mod asking;
mod assignments;
mod clock;
mod commands;
mod delegation;
mod delivery;
mod effects;
mod eligibility;
mod extension;
mod following;
mod groups;
mod impact;
pub(crate) mod invariants;
mod invitations;
mod ledger;
mod lifecycle;
mod living;
mod mail_server;
mod mails;
mod offboarding;
mod outbox;
mod outlook;
mod people;
mod policies;
mod redemption;
mod renamed;
mod requests;
mod reviews;
mod roster;
mod scene;
mod seeing;
mod terms;
