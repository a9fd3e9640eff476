//! What the engine's commands report, as text.

mod assignment;
mod card;
mod explanation;
mod invitation;
mod offered;
mod person;
mod request;
mod tick;

pub use assignment::{assignment, assignments, bulk};
pub use explanation::explanation;
pub use invitation::{invitation, invitations};
pub use offered::offered;
pub use person::{directory_imported, group, groups, people, person};
pub use request::{request, requests};
pub use tick::ticked;
