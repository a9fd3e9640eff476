//! From the bytes of a file to a tree of spans, and from there to typed objects and schema checks.
//!
//! Uses `source` and `diag`. The one idea to know: a file is read once into a flat arena whose texts are borrowed from
//! the source; serde and the schema validator both read that arena, so every message knows its line.

mod character;
mod decode;
mod json;
mod layer;
mod node;
mod parse;
mod scalar;
mod secret;
mod text;

pub use decode::DecodeError;
pub use json::Yaml;
pub use layer::Layer;
pub use node::{Entry, NodeKind, NodeRef, Tree};
pub use parse::parse;
pub use scalar::Variables;
pub use secret::is_secret;
pub use text::{FILE_BYTES, decode_text};
