//! What somebody finds when browsing.

use schemars::JsonSchema;
use serde::Serialize;

use crate::render::json::v1::FormatVersion;

/// The packages that somebody finds when browsing.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OfferedList {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The address of the person.
    pub person: String,
    /// The packages.
    pub packages: Vec<Offered>,
}

/// A package that somebody finds when browsing.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Offered {
    /// The address of the package.
    pub package: String,
    /// The name that people read.
    pub name: String,
    /// What it gives, and to whom.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The policies that the person may ask through.
    pub policies: Vec<String>,
    /// Whether every condition holds that can be told before a request is made.
    pub may_ask: bool,
    /// The first condition that does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obstacle: Option<String>,
}
