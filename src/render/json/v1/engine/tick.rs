//! A tick.

use std::collections::BTreeMap;

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
    /// What was done, and how often: `expired`, `blocked`, `reviewsOpened` and so on. What was not done is absent.
    pub done: BTreeMap<&'static str, u64>,
    /// What waits, and what somebody has to look at.
    pub alerts: Vec<Alert>,
}

/// Something that waits, or that somebody has to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Alert {
    /// Which: `clockBehind`, `clockAhead`, `restored`, `deletionsWait`.
    pub code: &'static str,
    /// What is the matter.
    pub message: String,
    /// What to do about it.
    pub help: String,
}
