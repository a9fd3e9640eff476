//! The outbox.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::render::json::v1::FormatVersion;

/// What waits in the outbox, and what was given up.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Outbox {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// What was given up, then what waits, each in order of time.
    pub rows: Vec<OutboxRow>,
}

/// One effect on the outside.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OutboxRow {
    /// The number.
    pub number: u64,
    /// What it does: `mail`, `grant`, `revoke`, `createGuest`.
    pub kind: &'static str,
    /// The address of the person.
    pub to: String,
    /// Which mail, or which role where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// Where it stands: `planned`, `sent`, `done`, `failed`, `unknown`.
    pub state: &'static str,
    /// When it was planned.
    #[schemars(with = "String")]
    pub planned: Timestamp,
    /// How often it was tried.
    pub tries: u8,
    /// When it is tried again; absent for what is done or was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub next: Option<Timestamp>,
    /// What went wrong the last time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}
