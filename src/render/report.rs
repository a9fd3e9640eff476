//! What there is to report: the reports that have no type of their own in the core.

use jiff::Timestamp;

use crate::diag::Diagnostics;
use crate::model::{Address, Body, Digest, Kind, Origin, RemoteId};
use crate::plan::{Action, Plan};

/// A plan, with what surrounds it.
#[derive(Debug, Clone, Copy)]
pub struct Planned<'a> {
    /// The project.
    pub project: &'a str,
    /// The store, as people name it.
    pub store: &'a str,
    /// The plan.
    pub plan: &'a Plan,
    /// Why it may not be applied.
    pub refusals: &'a [Refused],
    /// What somebody should look at.
    pub warnings: &'a Diagnostics,
}

/// A rule that stands against a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The rule.
    pub rule: String,
    /// The object, if it is about one.
    pub address: Option<Address>,
    /// What is refused.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// A plan that was carried out.
#[derive(Debug, Clone)]
pub struct Applied<'a> {
    /// The store, as people name it.
    pub store: &'a str,
    /// The run.
    pub run: &'a str,
    /// The store's generation now.
    pub generation: u64,
    /// How many audit entries there are now.
    pub audit_size: u64,
    /// The hash of the last one.
    pub audit_hash: &'a str,
    /// What was done.
    pub counts: Vec<(Action, u64)>,
    /// Whether a plan made afterwards was empty.
    pub verified: bool,
    /// How long it took.
    pub duration: jiff::SignedDuration,
}

/// A tree that was checked.
#[derive(Debug, Clone, Copy)]
pub struct Validated<'a> {
    /// What was found.
    pub diagnostics: &'a Diagnostics,
    /// How many files were read.
    pub files: usize,
    /// How many objects they declare; `None` for an invalid tree.
    pub objects: Option<usize>,
}

/// One object, as declared and as it is.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The address.
    pub address: Address,
    /// The store's id; `None` while it does not exist.
    pub id: Option<RemoteId>,
    /// Where it is declared.
    pub origin: Option<Origin>,
    /// The body as declared.
    pub desired: Option<Body>,
    /// The body as it is.
    pub live: Option<Body>,
}

/// One line of a list of objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The kind.
    pub kind: Kind,
    /// The address; `None` for an object that nobody owns.
    pub address: Option<Address>,
    /// The display name, where the kind has one.
    pub name: Option<String>,
    /// The store's id; `None` while it does not exist.
    pub id: Option<RemoteId>,
    /// Where it is declared.
    pub origin: Option<Origin>,
}

/// A run that was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The id.
    pub id: String,
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
    /// How many changes of each action.
    pub counts: Vec<(Action, u64)>,
}

/// A change of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunChange {
    /// The address.
    pub address: String,
    /// The address before a rename.
    pub renamed_from: Option<String>,
    /// The action.
    pub action: Action,
    /// The store's id.
    pub id: RemoteId,
    /// The body before.
    pub before: Option<Body>,
    /// The body after.
    pub after: Option<Body>,
}

/// What the program is.
#[derive(Debug, Clone, Copy)]
pub struct Version {
    /// The version.
    pub version: &'static str,
    /// The version of the language that it reads.
    pub language: u32,
}
