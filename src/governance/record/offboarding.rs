//! The offboarding of a whole organization: how far it is, and what was done.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Entity, Key, Mark, entity};

/// The offboarding of everybody from an organization. It goes on in pieces, so that a large organization is no large decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Offboarding {
    /// The number.
    pub number: u64,
    /// The organization, by its name or domain.
    pub organization: String,
    /// What is done beside ending access.
    pub removal: Removal,
    /// The ways its people are found.
    pub ways: Vec<Belonging>,
    /// Which of the ways is under way.
    #[serde(default)]
    pub at: u64,
    /// How far that one is: the number of the last person looked at.
    #[serde(default)]
    pub cursor: u64,
    /// When it was asked for.
    pub started: Timestamp,
    /// When it goes on; `None` once it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// What was done so far.
    #[serde(default)]
    pub tally: Tally,
}

/// What an offboarding does beside ending access and blocking sign-in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Removal {
    /// Whether memberships and roles go that no package gave.
    pub memberships: bool,
    /// Whether the account is deleted, whatever the settings say.
    pub delete: bool,
}

/// By what people are found to belong to an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Belonging {
    /// Their mail domain.
    Domain(String),
    /// A domain above their mail domain.
    Zone(String),
    /// How they sign in.
    Identity(super::Identity),
}

/// What an offboarding did, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Tally {
    /// People concerned.
    pub people: u64,
    /// Assignments ended.
    pub assignments: u64,
    /// Requests taken back.
    pub requests: u64,
    /// Invitations that can no longer be redeemed.
    pub invitations: u64,
    /// Memberships and roles taken away that no package gave.
    pub memberships: u64,
    /// Accounts blocked.
    pub blocked: u64,
    /// Accounts deleted.
    pub deleted: u64,
    /// Accounts that are deleted later.
    pub scheduled: u64,
}

impl Belonging {
    /// Returns the mark and the key that the people are found by.
    #[must_use]
    pub fn mark(&self) -> (Mark, Key) {
        match self {
            Self::Domain(domain) => (Mark::PersonDomain, Key::new().text(domain)),
            Self::Zone(domain) => (Mark::PersonZone, Key::new().text(domain)),
            Self::Identity(identity) => (Mark::PersonIdentity, identity.key()),
        }
    }
}

impl Entity for Offboarding {
    entity!(Offboarding);

    fn marks(&self, see: &mut dyn FnMut(Mark, Key)) {
        if let Some(due) = self.due {
            see(Mark::Due, Key::new().instant(due));
        }
    }
}
