//! One tree against another.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Change, Counts, Diagnostic, FormatVersion, Impact, Origin, Refusal};
use crate::plan::Action;
use crate::render::report::{Compared, ComparedSide};

/// What would change where one tree is applied and another comes, in the order in which it would.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Diff {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The tree before.
    pub before: Side,
    /// The tree after.
    pub after: Side,
    /// How many changes there are of each action.
    pub counts: Counts,
    /// The changes, in order. Ids are absent, for no store was asked.
    pub changes: Vec<TreeChange>,
    /// How many objects are the same in both.
    pub unchanged: u64,
    /// Who gains and who loses access, as far as the trees tell.
    pub impact: Impact,
    /// Why a plan of this is refused by every store; empty if none of the reasons is to be seen in the trees.
    pub refusals: Vec<Refusal>,
    /// What somebody should look at in the tree after.
    pub warnings: Vec<Diagnostic>,
}

/// A side of the comparison.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Side {
    /// How it was named.
    pub name: String,
    /// The commit; absent for a folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The project.
    pub project: String,
    /// The digest of the tree's files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree: Option<String>,
}

/// One object's change between two trees.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TreeChange {
    /// The change, as in a plan.
    #[serde(flatten)]
    pub change: Change,
    /// Where the tree before said so, for what the tree after no longer declares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_before: Option<Origin>,
}

impl From<&ComparedSide> for Side {
    fn from(side: &ComparedSide) -> Self {
        Self {
            name: side.name.clone(),
            commit: side.commit.clone(),
            project: side.project.clone(),
            tree: side.tree.map(|tree| tree.to_string()),
        }
    }
}

impl From<&Compared> for Diff {
    fn from(report: &Compared) -> Self {
        let plan = &report.plan;
        let changes = plan.changes.iter().map(|change| TreeChange {
            change: Change {
                id: None,
                ..Change::from(change)
            },
            origin_before: report.gone.get(&change.address).map(Origin::from),
        });
        Self {
            format_version: FormatVersion,
            before: Side::from(&report.before),
            after: Side::from(&report.after),
            counts: Action::ALL
                .iter()
                .map(|action| (*action, plan.count(*action) as u64))
                .collect(),
            changes: changes.collect(),
            unchanged: plan.unchanged as u64,
            impact: Impact::from(&report.impact),
            refusals: report.refusals.iter().map(Refusal::from).collect(),
            warnings: report.warnings.iter().map(Diagnostic::from).collect(),
        }
    }
}
