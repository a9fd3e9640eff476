//! Delegated roles.

use schemars::JsonSchema;
use serde::Serialize;

use crate::render::json::v1::FormatVersion;

/// The delegated roles of one person.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Access {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The address of the person.
    pub person: String,
    /// Their roles: those of the tenant, then those of catalogs.
    pub roles: Vec<HeldRole>,
}

/// A role that somebody has.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HeldRole {
    /// The role.
    pub role: &'static str,
    /// The address of the catalog; absent for a role in the whole tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalog: Option<String>,
    /// The group through which they have it; absent for somebody who is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// What it allows there, in words that complete "may".
    pub allows: Vec<&'static str>,
}
