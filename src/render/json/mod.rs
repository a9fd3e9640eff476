//! The JSON of reports: contracts, apart from the types of the program, so that these may change and those may not.
//!
//! A version is frozen once released: fields are added, never renamed, retyped or removed. What cannot be added becomes
//! a `v2` beside it.

mod harmless;
pub mod v1;

pub use harmless::{write, write_line};
