//! An error, in place of the report that was asked for.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Diagnostic, FormatVersion, Refusal};

/// Why a command failed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Failed {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// What went wrong.
    pub error: Error,
    /// What is wrong with the tree, where that is the reason.
    pub diagnostics: Vec<Diagnostic>,
    /// What stands against the plan, where that is the reason.
    pub refusals: Vec<Refusal>,
}

/// What went wrong.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Error {
    /// A stable word for the class of error, such as `invalid` or `conflict`.
    pub code: &'static str,
    /// What went wrong.
    pub message: String,
    /// Why, outermost first.
    pub causes: Vec<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The exit code of the program.
    pub exit: u8,
}
