//! Runs: the history, or one run with its changes.

use schemars::JsonSchema;
use serde::Serialize;

use super::plan::Lifted;
use super::{ActionName, Counts, FormatVersion, Keys, keys};
use crate::plan::{OwnDomains, Purpose, RecordedChange, RunRecord};

/// The runs of a project's store, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct History {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The runs.
    pub runs: Vec<RunSummary>,
}

impl From<&[RunRecord]> for History {
    fn from(runs: &[RunRecord]) -> Self {
        Self {
            format_version: FormatVersion,
            runs: runs.iter().map(RunSummary::from).collect(),
        }
    }
}

/// One run with its changes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Run {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The run.
    pub run: RunSummary,
    /// The changes, in the order in which they were made.
    pub changes: Vec<RunChange>,
}

impl Run {
    /// Returns the report of a run.
    #[must_use]
    pub fn new(run: &RunRecord, changes: &[RecordedChange]) -> Self {
        Self {
            format_version: FormatVersion,
            run: RunSummary::from(run),
            changes: changes.iter().map(RunChange::from).collect(),
        }
    }
}

/// A run that was committed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunSummary {
    /// The id.
    pub id: String,
    /// What it was for: `apply`, `refresh` or `rollback`.
    pub purpose: &'static str,
    /// The run whose beginning a rollback went back to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rolled_back: Option<String>,
    /// The run whose end a rollback went back to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rolled_back_to: Option<String>,
    /// The project.
    pub project: String,
    /// The generation that it made.
    pub generation: u64,
    /// Who ran it.
    pub actor: String,
    /// On which machine.
    pub host: String,
    /// The git commit of the tree, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The digest of the tree's files.
    pub tree: String,
    /// The digest of the plan's actions.
    pub plan: String,
    /// When it started, RFC 3339 in UTC.
    pub started: String,
    /// When it was committed, RFC 3339 in UTC.
    pub finished: String,
    /// How many seconds it took.
    pub seconds: i64,
    /// How long it took, in milliseconds; of runs of old only the seconds are known.
    pub duration_ms: u64,
    /// How many changes of each action were made.
    pub counts: Counts,
    /// The guards that were lifted, and by what.
    pub lifted: Vec<Lifted>,
    /// How it changed the domains of our own people, where it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_domains: Option<OwnDomains>,
}

impl From<&RunRecord> for RunSummary {
    fn from(run: &RunRecord) -> Self {
        Self {
            id: run.id.clone(),
            purpose: run.purpose.as_str(),
            rolled_back: back(run, false),
            rolled_back_to: back(run, true),
            project: run.project.clone(),
            generation: run.generation,
            actor: run.actor.clone(),
            host: run.host.clone(),
            commit: run.commit.clone(),
            tree: run.tree.to_string(),
            plan: run.plan.to_string(),
            started: run.started.to_string(),
            finished: run.finished.to_string(),
            seconds: run.finished.duration_since(run.started).as_secs(),
            duration_ms: u64::try_from(run.finished.duration_since(run.started).as_millis())
                .unwrap_or(0),
            counts: run.counts.iter().copied().collect(),
            lifted: run.lifted.iter().map(Lifted::from).collect(),
            own_domains: run.own.clone(),
        }
    }
}

fn back(run: &RunRecord, end: bool) -> Option<String> {
    match &run.purpose {
        Purpose::Rollback { of, to } if *to == end => Some(of.clone()),
        _ => None,
    }
}

/// A change of a run, as it was carried out.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunChange {
    /// The address.
    pub address: String,
    /// The address before a rename.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// What happened.
    pub action: ActionName,
    /// The store's id of the object.
    pub id: String,
    /// The object before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Keys>,
    /// The object after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Keys>,
}

impl From<&RecordedChange> for RunChange {
    fn from(change: &RecordedChange) -> Self {
        Self {
            address: change.address.clone(),
            renamed_from: change.renamed_from.clone(),
            action: change.action.into(),
            id: change.id.to_string(),
            before: change.before.as_ref().map(keys),
            after: change.after.as_ref().map(keys),
        }
    }
}
