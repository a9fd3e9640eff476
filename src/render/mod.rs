//! Output: every report as text for a terminal and as JSON for programs.
//!
//! Uses the core and `std::io`; never prints by itself, it writes where it is told. The one idea to know: a report lowers
//! to blocks of a document once ([`view`]), one block at a time, and a [`doc::Writer`] of a format turns blocks into bytes
//! and makes every foreign character harmless. A new format is a new writer. JSON is a contract of its own ([`json`]).
//! Facts: `threat-and-fault-model` §9.

pub mod doc;
pub mod json;
pub mod neutral;
pub mod picture;
pub mod report;
#[cfg(test)]
mod samples;
pub mod text;
mod value;
pub mod view;

pub use doc::{Block, Line, Role, Writer};
pub use text::Text;
