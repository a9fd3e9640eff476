//! Assignments.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::render::json::v1::FormatVersion;

/// Assignments, one or several.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Assignments {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The assignments, in the order in which they are kept.
    pub assignments: Vec<Assignment>,
    /// The last of them, where there are more: `--after` goes on there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_after: Option<u64>,
}

/// A package that somebody has, will have or had.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Assignment {
    /// The number.
    pub number: u64,
    /// The address of the person.
    pub person: String,
    /// The address of the package; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The address of the policy; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The request that led to it.
    pub request: u64,
    /// Where it stands, as Graph says it.
    pub state: &'static str,
    /// Whether it came by a rule, and goes by it.
    pub automatic: bool,
    /// When access starts or started.
    #[schemars(with = "String")]
    pub start: Timestamp,
    /// When access ends; absent for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub end: Option<Timestamp>,
    /// When access ends because the rule no longer matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub grace_until: Option<Timestamp>,
    /// When it was delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub delivered: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub ended: Option<Timestamp>,
    /// Why it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
    /// The roles of the package, each with how far it is.
    pub roles: Vec<AssignedRole>,
}

/// A role of a package, for one person.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AssignedRole {
    /// What kind of thing the role is of: `group`.
    pub kind: &'static str,
    /// Its name in the directory.
    pub place: String,
    /// The role.
    pub role: String,
    /// `pending`, `held`, `failed`, `leaving` or `gone`.
    pub state: &'static str,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// What became of the lines of a file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Bulk {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// How many lines were carried out.
    pub done: u64,
    /// What stood against lines, in order.
    pub problems: Vec<BulkProblem>,
}

/// What stands against a line.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BulkProblem {
    /// The line, counted from 1; the first names the columns.
    pub line: u64,
    /// Whom or what it is about.
    pub what: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}
