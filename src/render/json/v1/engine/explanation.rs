//! Why somebody may have a package, or may not.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::render::json::v1::FormatVersion;

/// Whether somebody may have a package, who would approve, and until when.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Explanation {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The address of the person.
    pub person: String,
    /// Whether anybody knows them.
    pub known: bool,
    /// The address of the organization that their sign-in proves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The address of the package.
    pub package: String,
    /// Whether the package is left out of browsing.
    pub hidden: bool,
    /// Whether every condition holds that can be told before a request is made.
    pub may_ask: bool,
    /// The first condition that does not hold, as a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ground: Option<&'static str>,
    /// The same, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obstacle: Option<String>,
    /// Why nothing of the package would be delivered although they may ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fruitless: Option<String>,
    /// How to meet it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// What is odd about the person's domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
    /// Every condition, in order.
    pub conditions: Vec<ExplainedCondition>,
    /// What follows from each policy that the person may ask through.
    pub ways: Vec<ExplainedWay>,
    /// The assignment by which the person has the package, or is about to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignment: Option<ExplainedAssignment>,
    /// The policies that assign the package by a rule; none for who asks about themselves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<ExplainedRule>,
}

/// The assignment by which somebody has a package.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExplainedAssignment {
    /// The number.
    pub number: u64,
    /// The address of the policy that it came through; absent where that is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// When it ends; absent for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub end: Option<Timestamp>,
    /// Whether it came by a rule, and goes by it.
    pub automatic: bool,
}

/// A policy that assigns a package by a rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExplainedRule {
    /// The address of the policy.
    pub policy: String,
    /// The rule.
    pub rule: String,
    /// Whether it matches the person.
    pub matches: bool,
}

/// A condition of a request.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExplainedCondition {
    /// The condition, as a word.
    pub condition: &'static str,
    /// The same, as a sentence that holds.
    pub words: &'static str,
    /// Whether it holds; absent where that cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holds: Option<bool>,
    /// Why it does not, or what is to be known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What follows from a policy.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExplainedWay {
    /// The address of the policy.
    pub policy: String,
    /// The stages of approval, in order; none where nobody approves.
    pub stages: Vec<ExplainedStage>,
    /// When access would end if it started now; absent for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub end: Option<Timestamp>,
}

/// A stage as it would open now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExplainedStage {
    /// The addresses of those who would be asked.
    pub approvers: Vec<String>,
    /// Whether the fallback would be asked, because somebody could not be found.
    pub by_fallback: bool,
    /// How long they have.
    pub decide_within: String,
    /// After how long others are asked in addition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalate_after: Option<String>,
    /// The addresses of these others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternates: Vec<String>,
}
