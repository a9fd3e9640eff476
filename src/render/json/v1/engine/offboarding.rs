//! Offboarding: what it takes, what it leaves.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::render::json::v1::FormatVersion;

/// The offboarding of one person, done or only looked at.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Offboarding {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// Whether nothing was changed.
    pub drill: bool,
    /// What is taken from the person, and what is left.
    pub departure: Departure,
}

/// The offboarding of an organization, done or only looked at.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Offboardings {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// Whether nothing was changed.
    pub drill: bool,
    /// The organization.
    pub organization: String,
    /// What is taken from each person, and what is left; in a drill only.
    pub departures: Vec<Departure>,
    /// What is taken or was taken, in numbers.
    pub taken: Taken,
}

/// What is taken from a person, and what is left.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Departure {
    /// The address of the person.
    pub person: String,
    /// The assignments that end.
    pub assignments: Vec<Ending>,
    /// The requests that are taken back.
    pub requests: Vec<Ending>,
    /// The numbers of the invitations that can no longer be redeemed.
    pub invitations: Vec<u64>,
    /// Whether sign-in is blocked by it.
    pub blocks: bool,
    /// What becomes of the account: `none`, `stays`, `deletedNow`, `deletedLater`, `deletedAlready`.
    pub account: &'static str,
    /// When the account is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub deleted: Option<Timestamp>,
    /// Memberships and roles that go though no package gave them.
    pub memberships_taken: Vec<String>,
    /// Memberships and roles that stay.
    pub memberships_left: Vec<String>,
    /// How many decisions of reviews wait for them, and are left to others or to time.
    pub reviews: usize,
    /// How many requests wait for their approval, and are left to others or to time.
    pub approvals: usize,
    /// Who has them as a sponsor still.
    pub sponsor_of: Vec<String>,
    /// Which organizations name them as a sponsor still.
    pub sponsor_of_organizations: Vec<String>,
}

/// Something about a package that ends.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Ending {
    /// The number.
    pub number: u64,
    /// The address of the package; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
}

/// What is taken, in numbers.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Taken {
    /// People concerned.
    pub people: u64,
    /// Assignments ended.
    pub assignments: u64,
    /// Requests taken back.
    pub requests: u64,
    /// Invitations that can no longer be redeemed.
    pub invitations: u64,
    /// Memberships and roles taken that no package gave.
    pub memberships: u64,
    /// Accounts blocked.
    pub blocked: u64,
    /// Accounts deleted.
    pub deleted: u64,
    /// Accounts that are deleted later.
    pub scheduled: u64,
}
