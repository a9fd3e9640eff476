//! What the engine's commands report, as text.

mod card;
mod request;
mod tick;

pub use request::request;
pub use tick::ticked;
