//! Version 1 of the JSON reports.

mod apply;
mod audit;
mod diagnostics;
mod diff;
mod drift;
mod engine;
mod error;
mod impact;
mod import;
mod lease;
mod lint;
mod object;
mod picture;
mod plan;
mod program;
mod report;
mod rollback;
mod run;
mod schemas;
mod test;

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::model::{self, Body};
use crate::plan::Action;

pub use apply::Apply;
pub use audit::{
    AuditEntry, AuditExport, AuditForget, AuditKey, AuditLine, AuditList, AuditVerify, SignedHead,
};
pub use diagnostics::{Diagnostic, Place, Related, Severity, Validate};
pub use diff::{Diff, Side, TreeChange};
pub use drift::{By, Drift, Drifted, Happened};
pub use engine::{
    Access, Alert, Answer, ClockConfirmed, Decision, Departure, DirectoryImport, Ending,
    ExplainedAssignment, ExplainedCondition, ExplainedRule, ExplainedStage, ExplainedWay,
    Explanation, Group, GroupReport, Groups, GuestPurge, HeldRole, Identity, Invitation,
    InvitationReport, Invitations, Member, Offboarding, Offboardings, Offered, OfferedList, Outbox,
    OutboxRow, Partner, PartnerList, PartnerShow, People, Person, PersonReport, Request,
    RequestList, RequestReport, RequiredTerms, Review, ReviewDecided, ReviewItem, ReviewList,
    ReviewShow, Taken, Tick,
};
pub use engine::{AssignedRole, Assignment, Assignments, Bulk, BulkProblem};
pub use error::{Error, Failed};
pub use impact::Impact;
pub use import::{Import, ImportedFile, NotImported};
pub use lease::{Lease, LeaseBroken, LeaseState, StandingLease};
pub use lint::{Level, Lint, LintRule, LintRules};
pub use object::{List, Listed, Show};
pub use picture::{Graph, GraphChange, GraphClass, GraphEdge, GraphGroup, GraphNode};
pub use plan::{Change, Edit, Items, Plan, Reason, Refusal, WordPiece};
pub use program::{Init, Names, Version};
pub use report::{
    AccessRow, ExpiryRow, GroupCount, GuestRow, Next, NotProposed, Proposed, ProposedFile,
    ReachedRole, Report, ReviewRow, Rows, Silences, Standing, Summary, UngovernedRow, UpcomingRow,
    WaiverRow,
};
pub use rollback::{Lasting, Rollback};
pub use run::{History, Run, RunChange, RunSummary};
pub use schemas::schemas;
pub use test::{PlayedTest, Test, TestFailure, TestHappening};

/// The keys and values of an object.
pub type Keys = Map<String, Value>;

/// The version of this format: 1.
#[derive(Debug, Clone, Copy, Default)]
pub struct FormatVersion;

impl Serialize for FormatVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(1)
    }
}

impl JsonSchema for FormatVersion {
    fn schema_name() -> Cow<'static, str> {
        "FormatVersion".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": 1, "description": "The version of this format." })
    }
}

/// Where an object is declared.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Origin {
    /// The file, below the project's root.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
}

impl From<&model::Origin> for Origin {
    fn from(origin: &model::Origin) -> Self {
        Self {
            path: origin.path.as_ref().to_owned(),
            line: origin.line,
        }
    }
}

/// How many changes there are of each action.
#[derive(Debug, Clone, Copy, Default, Serialize, JsonSchema)]
pub struct Counts {
    /// Objects that did not exist.
    pub create: u64,
    /// Objects that change in place.
    pub update: u64,
    /// Objects that are deleted and created anew.
    pub replace: u64,
    /// Objects of nobody that become ours.
    pub adopt: u64,
    /// Objects that are deleted.
    pub prune: u64,
    /// Objects that stay and are no longer ours.
    pub forget: u64,
}

impl FromIterator<(Action, u64)> for Counts {
    fn from_iter<I: IntoIterator<Item = (Action, u64)>>(counts: I) -> Self {
        let mut all = Self::default();
        for (action, n) in counts {
            let count = match action {
                Action::Create => &mut all.create,
                Action::Update => &mut all.update,
                Action::Replace => &mut all.replace,
                Action::Adopt => &mut all.adopt,
                Action::Prune => &mut all.prune,
                Action::Forget => &mut all.forget,
            };
            *count += n;
        }
        all
    }
}

/// What happens to an object.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionName {
    /// It is created.
    Create,
    /// It changes in place.
    Update,
    /// It is deleted and created anew.
    Replace,
    /// It exists, nobody owns it, and it becomes ours.
    Adopt,
    /// It is deleted, because the tree no longer declares it.
    Prune,
    /// It stays and is no longer ours.
    Forget,
}

impl From<Action> for ActionName {
    fn from(action: Action) -> Self {
        match action {
            Action::Create => Self::Create,
            Action::Update => Self::Update,
            Action::Replace => Self::Replace,
            Action::Adopt => Self::Adopt,
            Action::Prune => Self::Prune,
            Action::Forget => Self::Forget,
        }
    }
}

fn keys(body: &Body) -> Keys {
    match body.to_value() {
        Value::Object(keys) => keys,
        _ => Keys::new(),
    }
}
