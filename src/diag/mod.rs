//! Diagnostics: messages with a stable code, a place in the tree, and the way out.
//!
//! Uses `source`. The one idea to know: nothing stops at the first problem. Loading and checking push into one
//! [`Diagnostics`], which sorts them and counts what it does not show.

pub mod code;
mod diagnostic;
mod list;
mod suggest;

pub use code::Code;
pub use diagnostic::{Diagnostic, Example, Label, Severity};
pub use list::{Diagnostics, SHOWN};
pub use suggest::{nearest, offer};
