//! Who reaches what, as a picture: organizations and other requestors, policies, packages, resources.
//!
//! Uses `model`, the rows of an `impact`, and `mask` for mail addresses. The one idea to know: objects become a [`Picture`] of named boxes and lines once; what is left out of
//! it, merged into it or marked in it knows no format, and a format only writes what is there and makes foreign text
//! harmless in its own way. The same picture is written to the same bytes.

mod changed;
mod dot;
mod draw;
mod fit;
mod gains;
mod mermaid;
mod model;
mod svg;
mod who;

pub use changed::{Renames, changed};
pub use dot::dot;
pub use draw::{Focus, draw};
pub use fit::{LeftOut, fit};
pub use mermaid::{EDGES, TEXT, mermaid};
pub use model::{Class, Edge, Group, Key, Mark, Node, Picture};
pub use svg::svg;
