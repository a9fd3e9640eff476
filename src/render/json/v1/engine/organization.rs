//! Organizations and their people.

use schemars::JsonSchema;
use serde::Serialize;

use crate::render::json::v1::FormatVersion;

/// Every organization.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PartnerList {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The organizations: the declared ones by name, then those that were only seen.
    pub organizations: Vec<Partner>,
}

/// One organization with its people.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PartnerShow {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The organization.
    pub organization: Partner,
    /// The addresses of its people.
    pub people: Vec<String>,
}

/// An organization.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Partner {
    /// The name that is typed: the declared one, or the domain that was seen.
    pub name: String,
    /// The name that people read.
    pub display_name: String,
    /// `configured` or `proposed`.
    pub state: &'static str,
    /// Whether the tree declares it.
    pub declared: bool,
    /// The ways its people are found: domains, `*.` before those with subdomains, and ways to sign in.
    pub found_by: Vec<String>,
    /// How many people are known, those without an account included.
    pub people: u64,
    /// How many have an account.
    pub guests: u64,
    /// How many assignments they have.
    pub assignments: u64,
}
