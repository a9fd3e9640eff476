//! A tick.

use schemars::JsonSchema;
use serde::Serialize;

use crate::render::json::v1::FormatVersion;

/// What a tick did.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Tick {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// How many things were due.
    pub due: u64,
    /// How many entries of the audit log followed.
    pub events: u64,
    /// How many effects on the outside wait to be tried again; 1,000 stands for as many or more.
    pub waiting: usize,
    /// How many were given up; 1,000 stands for as many or more.
    pub failed: usize,
}
