//! What the engine's commands report, as text.

mod access;
mod assignment;
mod card;
mod clock;
mod explanation;
mod invitation;
mod offboarding;
mod offered;
mod organization;
mod outbox;
mod person;
mod request;
mod review;
mod tick;

pub use access::access;
pub use assignment::{assignment, assignments, bulk};
pub use clock::clock_confirmed;
pub use explanation::explanation;
pub use invitation::{invitation, invitations};
pub use offboarding::{offboarding, offboardings};
pub use offered::offered;
pub use organization::{partner, partners};
pub use outbox::outbox;
pub use person::{directory_imported, group, groups, people, person};
pub use request::{request, requests};
pub use review::{review, review_decided, reviews};
pub use tick::ticked;
