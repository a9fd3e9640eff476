//! What became of plans: the runs of the past, with their changes as they were carried out.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, OwnDomains};
use crate::model::{Body, Digest, RemoteId};

/// What a run is for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Purpose {
    /// To bring the store to what the tree declares.
    #[default]
    Apply,
    /// To take what somebody changed as applied.
    Refresh,
    /// To bring the store back to where it was.
    Rollback {
        /// The run whose beginning, or whose end, was gone back to.
        of: String,
        /// Whether it was its end.
        to: bool,
    },
}

impl Purpose {
    /// Returns the word for it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Refresh => "refresh",
            Self::Rollback { .. } => "rollback",
        }
    }

    /// Returns it as a store keeps it.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Apply | Self::Refresh => self.as_str().to_owned(),
            Self::Rollback { of, to: false } => format!("rollback {of}"),
            Self::Rollback { of, to: true } => format!("rollback to {of}"),
        }
    }

    /// Reads what [`Purpose::to_text`] wrote.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let back = |of: &str, to| Self::Rollback {
            of: of.to_owned(),
            to,
        };
        match text {
            "apply" => Some(Self::Apply),
            "refresh" => Some(Self::Refresh),
            other => {
                let of = other.strip_prefix("rollback ")?;
                Some(
                    of.strip_prefix("to ")
                        .map_or_else(|| back(of, false), |of| back(of, true)),
                )
            }
        }
    }
}

/// A run that was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRecord {
    /// What it started with.
    pub id: String,
    /// What it was for.
    pub purpose: Purpose,
    /// The project.
    pub project: String,
    /// The generation that it made.
    pub generation: u64,
    /// Who ran it.
    pub actor: String,
    /// On which machine.
    pub host: String,
    /// The git commit of the tree, where it has one.
    pub commit: Option<String>,
    /// The digest of the tree.
    pub tree: Digest,
    /// The digest of the plan's actions.
    pub plan: Digest,
    /// When it started.
    pub started: Timestamp,
    /// When it was committed.
    pub finished: Timestamp,
    /// How many changes of each action, none for those with no changes.
    pub counts: Vec<(Action, u64)>,
    /// The guards that were lifted, and by what.
    pub lifted: Vec<Lifted>,
    /// How it changed the domains of our own people, where it did.
    pub own: Option<OwnDomains>,
}

/// A guard that would have refused a plan, and what somebody answered for instead.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Lifted {
    /// The guard's name.
    pub guard: String,
    /// What lifted it: a flag with its measure, or a waiver with who answers for it, until when and why.
    pub by: String,
    /// The addresses of the objects behind it, in order.
    pub objects: Vec<String>,
}

/// A change of a run, as it was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedChange {
    /// The address.
    pub address: String,
    /// The address before a rename.
    pub renamed_from: Option<String>,
    /// The action.
    pub action: Action,
    /// The store's id of the object.
    pub id: RemoteId,
    /// The body before.
    pub before: Option<Body>,
    /// The body after.
    pub after: Option<Body>,
}
