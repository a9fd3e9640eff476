//! What the engine's commands report, as text.

mod access;
mod assignment;
mod card;
mod explanation;
mod invitation;
mod offered;
mod outbox;
mod person;
mod request;
mod tick;

pub use access::access;
pub use assignment::{assignment, assignments, bulk};
pub use explanation::explanation;
pub use invitation::{invitation, invitations};
pub use offered::offered;
pub use outbox::outbox;
pub use person::{directory_imported, group, groups, people, person};
pub use request::{request, requests};
pub use tick::ticked;
