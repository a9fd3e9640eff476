//! Requests.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::render::json::v1::FormatVersion;

/// One request.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RequestReport {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The request.
    pub request: Request,
}

/// A request.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Request {
    /// The number.
    pub number: u64,
    /// What is asked for, as Graph's `requestType` has it.
    pub kind: &'static str,
    /// The address of the person it is for.
    pub person: String,
    /// Who asked, where it was somebody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The address of the package; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The address of the policy; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The assignment that it changes or has led to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignment: Option<u64>,
    /// Where it stands, as Graph says it.
    pub state: &'static str,
    /// Why it ended as it did, or what it waits for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// The addresses of those who may decide now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<String>,
    /// When no decision means denial.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub decide_by: Option<Timestamp>,
    /// When it was made.
    #[schemars(with = "String")]
    pub created: Timestamp,
    /// When it reached its last state.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub completed: Option<Timestamp>,
    /// When access starts or started.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub start: Option<Timestamp>,
    /// When access ends or ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub end: Option<Timestamp>,
    /// Why, in the words of who asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub justification: Option<String>,
    /// The answers to the policy's questions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// What approvers have decided, stage by stage.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Decision>,
}

/// An answer to a question.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Answer {
    /// The question, as it was asked.
    pub question: String,
    /// The answers: one text, or the values chosen.
    pub values: Vec<String>,
}

/// A decision of an approver.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Decision {
    /// The stage, counted from 1.
    pub stage: usize,
    /// The address of the approver; absent where the policy hides it from who looks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// Yes or no.
    pub approved: bool,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub justification: Option<String>,
}

/// Requests, the latest or most urgent first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RequestList {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The requests.
    pub requests: Vec<Request>,
    /// Where there may be more: those before this number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
}
