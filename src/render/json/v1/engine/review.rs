//! Access reviews.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::render::json::v1::FormatVersion;

/// Rounds of access reviews.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReviewList {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The rounds.
    pub reviews: Vec<Review>,
}

/// One round with its decisions.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReviewShow {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The round.
    pub review: Review,
    /// The decisions: every one, or those of the acting reviewer.
    pub items: Vec<ReviewItem>,
}

/// What became of a decision.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReviewDecided {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The round.
    pub review: u64,
    /// How many decisions were recorded.
    pub decided: usize,
    /// How many are left to the acting reviewer.
    pub left: usize,
}

/// A round of an access review.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Review {
    /// The number.
    pub number: u64,
    /// The address of the package; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The address of the policy; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Which round of the policy, counted from 1.
    pub round: u64,
    /// Where it stands: `starting`, `inProgress`, `applying`, `completed`.
    pub state: &'static str,
    /// Whether it closed without applying anything, because its policy was gone.
    pub void: bool,
    /// When it opened.
    #[schemars(with = "String")]
    pub opens: Timestamp,
    /// When it closes or closed.
    #[schemars(with = "String")]
    pub closes: Timestamp,
    /// What happens to access that nobody decides on: `keep`, `remove`, `recommendation`.
    pub on_no_response: &'static str,
    /// How many assignments are reviewed.
    pub items: u64,
    /// How many are to be kept.
    pub kept: u64,
    /// How many are to go.
    pub removed: u64,
    /// How many wait for a decision: of all reviewers, or of the acting one.
    pub undecided: u64,
}

/// A decision in a round.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReviewItem {
    /// The number, by which it is decided on.
    pub number: u64,
    /// The address of the person.
    pub person: String,
    /// The assignment.
    pub assignment: u64,
    /// The addresses of the reviewers.
    pub reviewers: Vec<String>,
    /// What the last sign-in suggests: `approve`, `deny`, `noInfoAvailable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommendation: Option<&'static str>,
    /// The decision: `keep` or `remove`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<&'static str>,
    /// Who decided; absent for the engine, at the end of the round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub justification: Option<String>,
    /// Whether it is applied.
    pub applied: bool,
}
