//! Output: every report as text for a terminal, as a document for reviewers, and in the formats of programs.
//!
//! Uses the core and `std::io`; never prints by itself, it writes where it is told. The one idea to know: a report lowers
//! to blocks of a document once ([`view`]), one block at a time, and a [`doc::Writer`] of a format turns blocks into bytes
//! and makes every foreign character harmless. A new format is a new writer. JSON is a contract of its own ([`json`]), and what pipelines show
//! beside the lines of a file is a list of findings ([`finding`]).
//! Facts: `threat-and-fault-model` §9.

pub mod access;
pub mod chart;
pub mod csv;
pub mod doc;
pub mod finding;
pub mod html;
pub mod ics;
pub mod json;
pub mod mark;
pub mod markdown;
pub mod mask;
pub mod neutral;
pub mod picture;
pub mod report;
pub mod row;
#[cfg(test)]
mod samples;
pub mod text;
mod value;
pub mod view;

pub use doc::{Block, Line, Page, Role, Writer};
pub use html::Html;
pub use markdown::Markdown;
pub use mask::{Mask, Masked};
pub use text::Text;
