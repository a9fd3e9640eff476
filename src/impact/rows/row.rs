//! One row: what differs for somebody, and what makes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::reasons::Reasons;
use crate::impact::people::who::Who;
use crate::impact::terms::Terms;
use crate::model::{Address, Origin};

/// One difference, for some people and some packages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Row {
    /// What it is.
    pub kind: Difference,
    /// For whom.
    pub who: Who,
    /// The packages; none where it is about no package.
    pub packages: Vec<Address>,
    /// What differs, in words.
    pub text: String,
    /// The terms before, of which people could choose; none where they could not ask.
    pub before: Vec<Terms>,
    /// The terms after.
    pub after: Vec<Terms>,
    /// The changes that make it.
    pub because: Vec<Because>,
}

/// A row, and the changes that make it in short.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) row: Row,
    pub(super) because: Reasons,
}

/// A change that makes a difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Because {
    /// The object; `None` for the domains of our own people, which are the project's settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// The file that says so, below the project's root; `None` for what the tree no longer declares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The line in that file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

impl Because {
    /// Returns a change, with where the tree makes it.
    pub(super) fn of(address: &Address, origin: Option<&Origin>) -> Self {
        Self {
            address: Some(address.clone()),
            path: origin.map(|origin| origin.path.to_string()),
            line: origin.map(|origin| origin.line),
        }
    }

    /// Returns the project's settings, of which the domains of our own people are others.
    pub(super) fn settings() -> Self {
        Self {
            address: None,
            path: Some(SETTINGS.to_owned()),
            line: None,
        }
    }
}

impl std::fmt::Display for Because {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.address {
            Some(address) => write!(f, "{address}"),
            None => f.write_str("[tenant] domains"),
        }
    }
}

/// The file of the project's settings.
const SETTINGS: &str = "guestlist.toml";

/// What a difference is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Difference {
    /// Somebody may have what they could not.
    New,
    /// Somebody may have it on easier terms.
    Wider,
    /// Somebody may have it on harder terms.
    Narrower,
    /// Somebody may no longer have it.
    Gone,
    /// Something else is another.
    Other,
}

impl Difference {
    /// Every kind, in the order of reports.
    pub const ALL: [Self; 5] = [
        Self::New,
        Self::Wider,
        Self::Narrower,
        Self::Gone,
        Self::Other,
    ];

    /// Returns the word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Wider => "wider",
            Self::Narrower => "narrower",
            Self::Gone => "gone",
            Self::Other => "other",
        }
    }

    /// Returns the sign that stands before a row.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::New | Self::Wider => "▲",
            Self::Narrower | Self::Gone => "▼",
            Self::Other => "=",
        }
    }

    /// Returns true for one that makes access wider.
    #[must_use]
    pub const fn widens(self) -> bool {
        matches!(self, Self::New | Self::Wider)
    }
}
