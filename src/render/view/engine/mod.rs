//! What the engine's commands report, as text.

mod assignment;
mod card;
mod explanation;
mod offered;
mod request;
mod tick;

pub use assignment::{assignment, assignments, bulk};
pub use explanation::explanation;
pub use offered::offered;
pub use request::{request, requests};
pub use tick::ticked;
