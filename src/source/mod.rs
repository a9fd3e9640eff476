//! Text and places in it: files as they were read, byte spans, lines and columns, and routes into a value.
//!
//! Uses nothing but `std`. The one idea to know: the core speaks in *routes* (`approval.stages[1]`), output speaks in
//! *places* (`marketing.yaml:41:9`), and the loader is where one becomes the other.

mod map;
mod route;

pub use map::{FileId, Place, SourceFile, Sources, Span};
pub use route::{Route, RouteError, Step};
