//! The clock.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::render::json::v1::FormatVersion;

/// What became of confirming the clock.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ClockConfirmed {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// Whether there was something to confirm.
    pub confirmed: bool,
    /// What the clock says.
    #[schemars(with = "String")]
    pub now: Timestamp,
}
