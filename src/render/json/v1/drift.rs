//! Drift: what was changed in a store since the last apply.

use schemars::JsonSchema;
use serde::Serialize;

use super::audit::{SignedHead, signing};
use super::{Edit, FormatVersion, Keys, Origin, keys};
use crate::model::{Fate, Touch};
use crate::plan::{self, Strayed};
use crate::render::report;

/// What was changed in a store since the last apply, in order of addresses.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Drift {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The project.
    pub project: String,
    /// The store, as people name it.
    pub store: String,
    /// What was changed.
    pub drifted: Vec<Drifted>,
    /// The run that took it as applied; absent while nothing has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_by: Option<String>,
    /// The head of the audit log after that run, signed; absent where none was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<SignedHead>,
    /// Why no head was signed or kept, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsigned: Option<String>,
}

/// An object that was changed since it was last applied.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Drifted {
    /// The address that it was applied at.
    pub address: String,
    /// The store's id of the object.
    pub id: String,
    /// Where the tree declares it; absent for what it no longer declares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// What happened to it.
    pub what: Happened,
    /// The project that has it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The address that it has now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<String>,
    /// The differences in managed keys, from what was applied to what is live.
    pub edits: Vec<Edit>,
    /// The object as it was applied, where it is no longer there to be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied: Option<Keys>,
    /// Who did it, where the store knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
}

/// What happened to an object.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    /// Keys were changed.
    Changed,
    /// It is gone.
    Deleted,
    /// It is there, and nobody owns it.
    Unbound,
    /// It is there, and another project owns it.
    Taken,
    /// It is there under another address.
    Moved,
}

/// Who changed an object.
#[derive(Debug, Serialize, JsonSchema)]
pub struct By {
    /// The run.
    pub run: String,
    /// For which project.
    pub project: String,
    /// Who ran it.
    pub actor: String,
    /// When, RFC 3339 in UTC.
    pub at: String,
}

impl Drift {
    /// Returns the report, with the run that took it as applied.
    #[must_use]
    pub fn new(report: &report::Drift, accepted_by: Option<&report::Refreshed>) -> Self {
        let signing = accepted_by.map(|refreshed| signing(&refreshed.signing));
        let (signed, unsigned) = signing.unwrap_or_default();
        Self {
            format_version: FormatVersion,
            project: report.project.clone(),
            store: report.store.clone(),
            drifted: report.drifted.iter().map(Drifted::from).collect(),
            accepted_by: accepted_by.map(|refreshed| refreshed.run.clone()),
            signed,
            unsigned,
        }
    }
}

impl From<&plan::Drifted> for Drifted {
    fn from(one: &plan::Drifted) -> Self {
        let mut own = Self {
            address: one.address.to_string(),
            id: one.id.to_string(),
            origin: one.origin.as_ref().map(Origin::from),
            what: Happened::Changed,
            project: None,
            moved_to: None,
            edits: Vec::new(),
            applied: None,
            by: one.by.as_ref().map(By::from),
        };
        match &one.what {
            Strayed::Changed { edits, .. } => own.edits = edits.iter().map(Edit::from).collect(),
            Strayed::Lost { applied, fate } => {
                own.applied = Some(keys(applied));
                own.what = match fate {
                    Fate::Deleted => Happened::Deleted,
                    Fate::Unbound => Happened::Unbound,
                    Fate::Taken { project } => {
                        own.project = Some(project.clone());
                        Happened::Taken
                    }
                    Fate::Rebound { to } => {
                        own.moved_to = Some(to.to_string());
                        Happened::Moved
                    }
                };
            }
        }
        own
    }
}

impl From<&Touch> for By {
    fn from(touch: &Touch) -> Self {
        Self {
            run: touch.run.clone(),
            project: touch.project.clone(),
            actor: touch.actor.clone(),
            at: touch.at.to_string(),
        }
    }
}
