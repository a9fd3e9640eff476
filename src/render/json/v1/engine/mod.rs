//! What the engine's commands report. Each type is the report itself: the text view is made from it as well.

mod request;
mod tick;

pub use request::{Request, RequestReport};
pub use tick::Tick;
