//! A plan.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{ActionName, Counts, Diagnostic, FormatVersion, Impact, Keys, Origin, keys};
use crate::guard;
use crate::plan::{self, Action, Delta, OwnDomains, Words};
use crate::render::report::Planned;

/// What an apply would change, in the order in which it would.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Plan<'a> {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The project.
    pub project: &'a str,
    /// The store, as people name it.
    pub store: &'a str,
    /// The identity of the store that was read.
    pub lineage: &'a str,
    /// The generation of the store that was read.
    pub generation: u64,
    /// The digest of the tree's files.
    pub tree: String,
    /// The digest of the changes: what `apply --expect` compares.
    pub digest: String,
    /// How many changes there are of each action.
    pub counts: Counts,
    /// The domains of our own people, where they are others than when the project was last applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own_domains: Option<&'a OwnDomains>,
    /// The changes, in order.
    #[schemars(with = "Vec<Change>")]
    pub changes: Changes<'a>,
    /// Objects whose record is brought up to date though they do not change.
    pub settled: Vec<String>,
    /// How many declared objects are live as declared.
    pub unchanged: u64,
    /// How many live objects no project owns.
    pub unmanaged: u64,
    /// How many live objects other projects own.
    pub foreign: u64,
    /// Who gains and who loses access.
    pub impact: Impact,
    /// Why the plan may not be applied; empty if it may.
    pub refusals: Vec<Refusal>,
    /// The guards that were lifted, and by what.
    pub lifted: Vec<Lifted>,
    /// Whether everything that the project owns is asked to go.
    pub destroy: bool,
    /// What the plan was narrowed to; absent for a plan of everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partial: Option<Partial>,
    /// What somebody should look at.
    pub warnings: Vec<Diagnostic>,
}

impl<'a> From<&Planned<'a>> for Plan<'a> {
    fn from(report: &Planned<'a>) -> Self {
        let plan = report.plan;
        Self {
            format_version: FormatVersion,
            project: report.project,
            store: report.store,
            lineage: &plan.lineage,
            generation: plan.generation,
            tree: plan.tree.to_string(),
            digest: plan.digest().to_string(),
            counts: Action::ALL
                .iter()
                .map(|action| (*action, plan.count(*action) as u64))
                .collect(),
            own_domains: plan.own.as_ref(),
            changes: Changes(&plan.changes),
            settled: plan
                .settled
                .iter()
                .map(|settled| settled.address.to_string())
                .collect(),
            unchanged: plan.unchanged as u64,
            unmanaged: plan.unmanaged as u64,
            foreign: plan.foreign,
            impact: Impact::from(report.impact),
            refusals: report.refusals.iter().map(Refusal::from).collect(),
            lifted: report.lifted.iter().map(Lifted::from).collect(),
            destroy: plan.destroy,
            partial: plan.partial.as_ref().map(Partial::from),
            warnings: report.warnings.iter().map(Diagnostic::from).collect(),
        }
    }
}

/// The changes of a plan, converted one by one while they are written.
#[derive(Debug, Clone, Copy)]
pub struct Changes<'a>(&'a [plan::Change]);

impl Serialize for Changes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Change::from))
    }
}

/// One object's change.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Change {
    /// The address; for a rename the new one.
    pub address: String,
    /// The kind.
    pub kind: &'static str,
    /// What happens.
    pub action: ActionName,
    /// Why.
    pub reason: Reason,
    /// The address before, where it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// The store's id of the object, where it exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where the tree says so; absent for what it no longer declares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The object as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Keys>,
    /// The object as it will be, defaults included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Keys>,
    /// The differences; none for what is created, deleted or let go.
    pub edits: Vec<Edit>,
    /// The keys that cannot change in place and make the object be replaced.
    pub because: Vec<String>,
    /// The changes that come before this one.
    pub depends_on: Vec<String>,
}

impl From<&plan::Change> for Change {
    fn from(change: &plan::Change) -> Self {
        let before = change.delta.before();
        let because = match &change.delta {
            Delta::Replace { because, .. } => because.as_slice(),
            _ => &[],
        };
        Self {
            address: change.address.to_string(),
            kind: change.address.kind().as_str(),
            action: change.delta.action().into(),
            reason: change.reason.into(),
            renamed_from: before
                .and_then(|live| live.address.as_ref())
                .filter(|before| **before != change.address)
                .map(ToString::to_string),
            id: before.map(|live| live.id.to_string()),
            origin: change.origin.as_ref().map(Origin::from),
            before: before.map(|live| keys(&live.body)),
            after: change.delta.after().map(keys),
            edits: edits(&change.delta),
            because: because.iter().map(ToString::to_string).collect(),
            depends_on: change.after.iter().map(ToString::to_string).collect(),
        }
    }
}

fn edits(delta: &Delta) -> Vec<Edit> {
    let causes = delta.causes();
    let all = delta.edits().iter().zip(causes);
    all.map(|(edit, cause)| Edit {
        drift: cause == plan::Cause::Drift,
        ..Edit::from(edit)
    })
    .collect()
}

/// Why an object changes.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Declared, and not there.
    Declared,
    /// Declared, and no longer there: somebody took it away since it was last applied.
    Vanished,
    /// Declared otherwise than it is.
    Differs,
    /// Declared under another name.
    Renamed,
    /// Asked to be taken over.
    AdoptAsked,
    /// A key cannot change in place, and the tree allows a replacement.
    ReplaceAllowed,
    /// A key cannot change in place, and the tree does not allow a replacement.
    ReplaceRefused,
    /// No longer declared.
    Undeclared,
    /// Not there at the time that the plan goes back to.
    NotThen,
    /// The tree asks to let it go.
    ForgetAsked,
    /// Settings that are no longer declared are let go, never deleted.
    SettingsUndeclared,
    /// Everything that the project owns is asked to go.
    DestroyAsked,
    /// What it belongs to is deleted.
    ParentPruned,
    /// What it belongs to is deleted and created anew.
    ParentReplaced,
    /// What somebody changed since it was last applied is taken as applied.
    DriftAccepted,
}

impl From<plan::Reason> for Reason {
    fn from(reason: plan::Reason) -> Self {
        match reason {
            plan::Reason::Declared => Self::Declared,
            plan::Reason::Vanished => Self::Vanished,
            plan::Reason::DriftAccepted => Self::DriftAccepted,
            plan::Reason::Differs => Self::Differs,
            plan::Reason::Renamed => Self::Renamed,
            plan::Reason::AdoptAsked => Self::AdoptAsked,
            plan::Reason::ReplaceAllowed => Self::ReplaceAllowed,
            plan::Reason::ReplaceRefused => Self::ReplaceRefused,
            plan::Reason::Undeclared => Self::Undeclared,
            plan::Reason::NotThen => Self::NotThen,
            plan::Reason::ForgetAsked => Self::ForgetAsked,
            plan::Reason::SettingsUndeclared => Self::SettingsUndeclared,
            plan::Reason::DestroyAsked => Self::DestroyAsked,
            plan::Reason::ParentPruned => Self::ParentPruned,
            plan::Reason::ParentReplaced => Self::ParentReplaced,
        }
    }
}

/// One difference inside an object.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Edit {
    /// Where, for people: `approval.stages[1]`.
    pub at: String,
    /// Where, for programs: a JSON pointer (RFC 6901). For an item of a list that goes, into the object before.
    pub pointer: String,
    /// What was there, for a value that changes or goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What will be there, for a value that changes or comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// The items that come and go, for a list whose order means nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Items>,
    /// The pieces of a text that changes by words, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<Vec<WordPiece>>,
    /// The position before, for an item that moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<u64>,
    /// Whether the value is another because somebody changed the store since the last apply, and not the tree.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drift: bool,
}

impl From<&plan::Edit> for Edit {
    fn from(edit: &plan::Edit) -> Self {
        let mut own = Self {
            at: edit.at().to_string(),
            pointer: edit.at().to_pointer(),
            before: None,
            after: None,
            items: None,
            words: None,
            moved_from: None,
            drift: false,
        };
        match edit {
            plan::Edit::Value { before, after, .. } => {
                own.before.clone_from(before);
                own.after.clone_from(after);
            }
            plan::Edit::Items { removed, added, .. } => {
                own.items = Some(Items {
                    removed: removed.clone(),
                    added: added.clone(),
                });
            }
            plan::Edit::Text { words, .. } => {
                own.words = Some(words.iter().map(WordPiece::from).collect());
            }
            plan::Edit::Moved { from, .. } => own.moved_from = Some(*from as u64),
        }
        own
    }
}

/// Items of a list whose order means nothing.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Items {
    /// Those that go.
    pub removed: Vec<Value>,
    /// Those that come.
    pub added: Vec<Value>,
}

/// A piece of a text that changes.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WordPiece {
    /// Stays.
    Same(String),
    /// Goes.
    Removed(String),
    /// Comes.
    Added(String),
}

impl From<&Words> for WordPiece {
    fn from(words: &Words) -> Self {
        match words {
            Words::Same(text) => Self::Same(text.clone()),
            Words::Removed(text) => Self::Removed(text.clone()),
            Words::Added(text) => Self::Added(text.clone()),
        }
    }
}

/// What a plan was narrowed to.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Partial {
    /// The patterns of addresses that may change; none for all.
    pub targets: Vec<String>,
    /// The patterns of addresses that do not change.
    pub excludes: Vec<String>,
    /// Changes that came along because one that was chosen needs them.
    pub along: Vec<Tied>,
    /// Changes that were left out because they need one that was.
    pub held: Vec<Tied>,
    /// How many changes were left out in all.
    pub left_out: u64,
}

impl From<&plan::Partial> for Partial {
    fn from(partial: &plan::Partial) -> Self {
        let tied = |tied: &[plan::Tied]| tied.iter().map(Tied::from).collect();
        Self {
            targets: partial.targets.clone(),
            excludes: partial.excludes.clone(),
            along: tied(&partial.along),
            held: tied(&partial.held),
            left_out: partial.left_out as u64,
        }
    }
}

/// A change that shares the fate of another.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Tied {
    /// The address.
    pub address: String,
    /// The other: the one that needs it, or the one that it needs.
    pub because: String,
    /// Whether the one of the two that waits for the other is deleted or let go: it goes after what cannot be without it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub goes: bool,
}

impl From<&plan::Tied> for Tied {
    fn from(tied: &plan::Tied) -> Self {
        Self {
            address: tied.address.to_string(),
            because: tied.because.to_string(),
            goes: tied.goes,
        }
    }
}

/// A guard that was lifted.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Lifted {
    /// The guard.
    pub guard: String,
    /// What lifted it: a flag, or a waiver with who answers for it.
    pub by: String,
    /// The objects behind it.
    pub objects: Vec<String>,
}

impl From<&plan::Lifted> for Lifted {
    fn from(lifted: &plan::Lifted) -> Self {
        Self {
            guard: lifted.guard.clone(),
            by: lifted.by.clone(),
            objects: lifted.objects.clone(),
        }
    }
}

/// A rule that stands against a plan.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Refusal {
    /// The rule.
    pub rule: String,
    /// The object that it is about.
    pub address: String,
    /// What is refused.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Every object behind it.
    pub objects: Vec<String>,
}

impl From<&guard::Refusal> for Refusal {
    fn from(refusal: &guard::Refusal) -> Self {
        Self {
            rule: refusal.rule.as_str().to_owned(),
            address: refusal.address.to_string(),
            message: refusal.message.clone(),
            help: refusal.help.clone(),
            objects: refusal.objects.iter().map(ToString::to_string).collect(),
        }
    }
}
