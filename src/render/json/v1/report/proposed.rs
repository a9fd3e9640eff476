//! What would govern guests whom nobody governs: files that were written.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::render::json::v1::FormatVersion;

/// Files that govern guests whom nobody governs, once they are applied and the assignments are granted.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Proposed {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The instant of the proposal.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// The policy files that were written.
    pub files: Vec<ProposedFile>,
    /// Whether the policy files lie where the tree is read; otherwise nothing can be applied before they are moved there.
    pub in_tree: bool,
    /// The file that `assignment grant --csv` takes once the policies are applied; absent when nobody can be assigned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignments: Option<String>,
    /// How many assignments it lists.
    pub assignment_count: u64,
    /// How many guests it covers.
    pub guests: u64,
    /// Whom the proposal leaves out, in part or wholly, with the reason.
    pub left: Vec<NotProposed>,
}

/// A file that was written.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProposedFile {
    /// The path, below the project's root where it is there.
    pub path: String,
    /// How many objects it declares.
    pub objects: usize,
}

/// Why something is left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct NotProposed {
    /// Whom or what it is about.
    pub what: String,
    /// Why.
    pub why: String,
}
