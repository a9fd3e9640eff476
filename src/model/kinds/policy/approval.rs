//! Who approves: up to three stages, one after the other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Justification;
use crate::model::text::{Duration, Principal};
use crate::model::{Name, Set};

/// Up to three stages, one after the other. One approval ends a stage, one denial ends the request.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Approval {
    /// The stages, in order.
    #[serde(default)]
    #[schemars(length(max = 3))]
    pub stages: Vec<Stage>,
}

impl Approval {
    /// Returns true when nobody has to approve.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.stages.is_empty()
    }
}

/// One stage of an approval.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Stage {
    /// Who is asked.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    #[schemars(length(max = 20))]
    pub approvers: Set<Principal>,

    /// A custom extension of the package's catalog that names the approvers, instead of `approvers`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approvers_from: Option<Name>,

    /// Who is asked when an approver cannot be found: no manager, no sponsors.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    #[schemars(length(max = 20))]
    pub fallback: Set<Principal>,

    /// How long the stage stays open. No decision by then denies the request.
    #[serde(default = "fourteen_days")]
    pub decide_within: Duration,

    /// Who is asked in addition when nobody has decided for some time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Escalation>,

    /// Whether approvers must say why.
    #[serde(default)]
    pub justification: Justification,

    /// Whether requestors see who approves.
    #[serde(default)]
    pub show_approvers: Visibility,
}

fn fourteen_days() -> Duration {
    Duration::days(14)
}

/// Further approvers, asked in addition after some time. Only in a stage of at least four days.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Escalation {
    /// When they are asked, counted from the start of the stage; at least a day.
    pub after: Duration,

    /// Who is asked.
    #[schemars(length(min = 1, max = 20))]
    pub approvers: Set<Principal>,

    /// Who is asked when one of them cannot be found.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    #[schemars(length(max = 20))]
    pub fallback: Set<Principal>,
}

/// Whether requestors see who approves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Visibility {
    /// As the tenant's setting says.
    #[default]
    Default,
    /// They do.
    Visible,
    /// They do not.
    Hidden,
}
