//! What there is to report: the reports that have no type of their own in the core.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::audit::{Hash, SignedHead};
use crate::diag::{Diagnostics, Severity};
use crate::guard::Refusal;
use crate::impact::Impact;
use crate::lint::{Info, Level};
use crate::model::text::Domain;
use crate::model::{Address, Body, Digest, Kind, Origin, RemoteId};
use crate::plan::{Action, Drifted, Lifted, OwnDomains, Plan, RunRecord};
use crate::scenario::Played;

/// A plan, with what surrounds it.
#[derive(Debug, Clone, Copy)]
pub struct Planned<'a> {
    /// The project.
    pub project: &'a str,
    /// The store, as people name it.
    pub store: &'a str,
    /// The plan.
    pub plan: &'a Plan,
    /// Who gains and who loses access.
    pub impact: &'a Impact,
    /// Why it may not be applied.
    pub refusals: &'a [Refusal],
    /// The guards that were lifted.
    pub lifted: &'a [Lifted],
    /// What somebody should look at.
    pub warnings: &'a Diagnostics,
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
    /// What became of the signed head.
    pub signing: &'a Signing,
    /// What was done.
    pub counts: Vec<(Action, u64)>,
    /// How the domains of our own people are others now; `None` where they are the same.
    pub own: Option<&'a OwnDomains>,
    /// Whether a plan made afterwards had nothing left of what was chosen; why, where none could be made.
    pub verified: Result<bool, String>,
    /// How many changes that plan had besides what was chosen.
    pub left_out: usize,
    /// Whether everything that the project owned was to go.
    pub destroyed: bool,
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

/// A tree that lints were asked about.
#[derive(Debug, Clone, Copy)]
pub struct Linted<'a> {
    /// What they found, the worst first.
    pub findings: &'a Diagnostics,
    /// How many findings waivers silence.
    pub waived: usize,
    /// The lints that were asked, with how bad their findings are.
    pub asked: &'a [(&'static Info, Severity)],
    /// The lints that were named and are off.
    pub off: &'a [&'static Info],
    /// How many files were read.
    pub files: usize,
    /// How many objects they declare.
    pub objects: usize,
}

/// A lint, with its level in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LintRule {
    /// What it says of itself.
    pub info: &'static Info,
    /// Its level.
    pub level: Level,
}

/// Tests of a tree that were played.
#[derive(Debug, Clone, Copy)]
pub struct Tested<'a> {
    /// The project.
    pub project: &'a str,
    /// What became of each, in order of names.
    pub played: &'a [Played],
    /// How many tests were not asked for.
    pub others: usize,
    /// What somebody should look at in the tree.
    pub warnings: &'a Diagnostics,
    /// Whether the timelines of tests that hold are shown, too.
    pub all: bool,
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

/// Live objects that were written into files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The store, as people name it.
    pub store: String,
    /// The files, below the project's root where they are, with how many objects each declares.
    pub files: Vec<(String, usize)>,
    /// What was not written, with the reason.
    pub left: Vec<(String, String)>,
    /// Whether these were objects that nobody owns.
    pub unmanaged: bool,
    /// How many changes the next plan has besides taking over what was written; `None` where the files are no part of a
    /// sound tree.
    pub rest: Option<usize>,
}

/// One tree against another.
#[derive(Debug)]
pub struct Compared {
    /// The tree before.
    pub before: ComparedSide,
    /// The tree after.
    pub after: ComparedSide,
    /// What would change.
    pub plan: Plan,
    /// Who gains and who loses access.
    pub impact: Impact,
    /// Where the tree before declares what the tree after does not, by the addresses of the changes.
    pub gone: BTreeMap<Address, Origin>,
    /// Why a plan from the one to the other is refused, as far as no store is needed to tell.
    pub refusals: Vec<Refusal>,
    /// What somebody should look at in the tree after; each place names the side.
    pub warnings: Diagnostics,
    /// The same, each place by its path in that tree.
    pub placed: Diagnostics,
}

/// A side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedSide {
    /// How it was named.
    pub name: String,
    /// The commit; `None` for a folder.
    pub commit: Option<String>,
    /// The project.
    pub project: String,
    /// Where it lies below the root of the repository, with `/` between folders; empty where it lies there, or in none.
    pub folder: String,
    /// The digest of the tree's files; `None` for a tree that cannot be used.
    pub tree: Option<Digest>,
    /// The verified domains of our own people.
    pub own: Vec<Domain>,
    /// The line of its settings that says them.
    pub own_line: Option<u32>,
}

/// What was changed in a store since the last apply.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// The project.
    pub project: String,
    /// The store, as people name it.
    pub store: String,
    /// What was changed, in order of addresses.
    pub drifted: Vec<Drifted>,
}

/// Where a store is after what was changed in it was taken as applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refreshed {
    /// The run.
    pub run: String,
    /// The store's generation now.
    pub generation: u64,
    /// How many audit entries there are now.
    pub audit_size: u64,
    /// The hash of the last one.
    pub audit_hash: String,
    /// What became of the signed head.
    pub signing: Signing,
}

/// What became of the signed head after a command that writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signing {
    /// None was asked for, or none was due.
    Off,
    /// The settings name a heads file, and there is no key.
    NoKey,
    /// It was signed, and kept where the settings say so.
    Signed(Box<SignedHead>),
    /// It could not be signed or kept, and why.
    Failed(String),
}

/// An entry of the audit log, with names where they are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The number, counted from 1.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who did it, or the word for somebody who was erased.
    pub actor: String,
    /// The id that stands for them; `None` in entries that tell people by name.
    pub person: Option<String>,
    /// What happened.
    pub action: String,
    /// The object.
    pub address: Option<String>,
    /// Whom it concerns, where it concerns somebody.
    pub target: Option<String>,
    /// The digest of the body before.
    pub before: Option<String>,
    /// The digest of the body after.
    pub after: Option<String>,
    /// Why.
    pub reason: String,
    /// The run.
    pub run: Option<String>,
    /// Through which door.
    pub via: String,
    /// The hash of the entry.
    pub hash: Hash,
}

/// An audit log that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The store, as people name it.
    pub store: String,
    /// The store's identity.
    pub origin: String,
    /// How many entries there are.
    pub size: u64,
    /// The hash of the last one.
    pub hash: Hash,
    /// How many signed heads it was held against.
    pub heads: u64,
    /// The one with the most entries.
    pub newest: Option<SignedHead>,
    /// Whether somebody said which key counts.
    pub is_key_known: bool,
}

/// Who holds the lease of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseStatus {
    /// The store, as people name it.
    pub store: String,
    /// The lease; `None` when nobody holds it.
    pub lease: Option<StandingLease>,
}

/// A lease that somebody took and has not given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingLease {
    /// Its number.
    pub token: u64,
    /// The user who runs the process.
    pub user: String,
    /// The machine that it runs on.
    pub host: String,
    /// The id of the process.
    pub process: u32,
    /// What it does.
    pub operation: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when, unless it is renewed.
    pub until: Timestamp,
    /// Whether it keeps others from writing.
    pub state: LeaseState,
}

/// Whether a lease keeps others from writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseState {
    /// It does.
    Held,
    /// Its time is over: whoever comes next takes it.
    Ended,
    /// Its holder has ended without giving it back: whoever comes next takes it.
    Left,
}

/// A lease that was taken away from its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenLease {
    /// The store, as people name it.
    pub store: String,
    /// Who broke it.
    pub by: String,
    /// Whose it was.
    pub lease: StandingLease,
}

/// A plan that goes back.
#[derive(Debug, Clone, Copy)]
pub struct RolledBack<'a> {
    /// The run that it goes back to.
    pub run: &'a str,
    /// Whether to its end instead of its beginning.
    pub end: bool,
    /// The runs that are undone, newest first.
    pub undone: &'a [RunRecord],
    /// The plan.
    pub planned: Planned<'a>,
    /// What cannot be undone, by address.
    pub lasting: &'a [(Address, String)],
    /// Whether the run that was to be undone changed no object, and stays.
    pub accepted_only: bool,
}

/// What the program is.
#[derive(Debug, Clone, Copy)]
pub struct Version {
    /// The version.
    pub version: &'static str,
    /// The version of the language that it reads.
    pub language: u32,
}
