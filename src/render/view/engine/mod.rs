//! What the engine's commands report, as text.

mod assignment;
mod card;
mod clock;
mod explanation;
mod offboarding;
mod offered;
mod organization;
mod request;
mod review;
mod tick;

pub use assignment::{assignment, assignments, bulk};
pub use clock::clock_confirmed;
pub use explanation::explanation;
pub use offboarding::{offboarding, offboardings};
pub use offered::offered;
pub use organization::{partner, partners};
pub use request::{request, requests};
pub use review::{review, review_decided, reviews};
pub use tick::ticked;
