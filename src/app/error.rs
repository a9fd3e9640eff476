//! What a use case can fail with.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::apply::ApplyError;
use crate::audit::{BrokenAt, Conflict};
use crate::diag::Diagnostics;
use crate::guard::{Difference, Stale};
use crate::model::{Address, Digest};
use crate::plan::{Action, BadPattern};
use crate::store::{Held, StoreError};

use super::diff::DiffError;
use super::plan::Planned;

/// What a use case can fail with. Each variant is something that a caller can act on.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// No folder upwards holds the settings.
    #[error("there is no guestlist.toml in {} or in a folder above it", from.display())]
    NoProject {
        /// Where the search began.
        from: PathBuf,
    },
    /// The settings cannot be used.
    #[error("the settings cannot be used")]
    Settings(Diagnostics),
    /// The tree cannot be used.
    #[error("the tree has errors")]
    Invalid(Diagnostics),
    /// A tree that is to be compared cannot be used.
    #[error("the tree has errors")]
    Incomparable {
        /// What is wrong, each place beginning with the name of its side.
        told: Diagnostics,
        /// The same, each place by its path below the root of the repository, and each message naming the side.
        placed: Diagnostics,
    },
    /// A safety rule refuses the plan; nothing was written.
    #[error("the plan is refused")]
    Refused(Box<Planned>),
    /// Other changes come out under the lease than those that were approved; nothing was written.
    #[error("other changes come out now than those that were approved; nothing was written")]
    Changed {
        /// What was approved.
        approved: Digest,
        /// What comes out now.
        now: Digest,
        /// What is other than it was.
        since: Since,
    },
    /// A saved plan cannot be applied; nothing was written.
    #[error(transparent)]
    Stale(#[from] Stale),
    /// The engine refuses: an answer, with what does not hold. Nothing has changed.
    #[error(transparent)]
    Governance(Box<crate::governance::Refusal>),
    /// A store showed nothing where it should have: our bug.
    #[error("this is a bug: the store was not looked at")]
    Unseen,
    /// A lease cannot be broken now.
    #[error("lease {} cannot be broken while its holder is in the middle of a write: {held}", held.token)]
    InTheMiddle {
        /// Who holds it.
        held: Box<Held>,
    },
    /// The sides of a comparison cannot be compared.
    #[error(transparent)]
    Diff(#[from] DiffError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The apply failed; the store is as it was.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// The store disagrees with the signed heads that are known of it.
    #[error("the store {store} was put back or written anew: {conflict}")]
    Restored {
        /// The store.
        store: String,
        /// How it disagrees.
        conflict: Box<Conflict>,
    },
    /// The audit log is not as it was written.
    #[error("{store}: {broken}")]
    Broken {
        /// The store.
        store: String,
        /// The first entry at fault.
        broken: Box<BrokenAt>,
    },
    /// A heads file cannot be trusted.
    #[error("{name}{}: {cause}", at_line(*.line))]
    Heads {
        /// The file.
        name: String,
        /// The line, counted from 1; 0 where it is not one line.
        line: u64,
        /// What is wrong.
        cause: String,
    },
    /// The heads file lacks a head that was kept there.
    #[error("{} lacks the head of {size} entries that was kept there on {at}", heads.display())]
    HeadLost {
        /// The file.
        heads: PathBuf,
        /// How many entries the head is of.
        size: u64,
        /// When the log wrote it down.
        at: Timestamp,
    },
    /// The heads given know nothing of the store.
    #[error("no head that was given is of the store {store}")]
    NoHead {
        /// The store.
        store: String,
    },
    /// The key that signs heads cannot be used.
    #[error("the key of {from} cannot be used: {cause}")]
    Key {
        /// The variable or the file.
        from: String,
        /// Why not.
        cause: String,
    },
    /// There is a file where a new key would be written.
    #[error("{} exists already, and a key is never overwritten", path.display())]
    KeyExists {
        /// The file.
        path: PathBuf,
    },
    /// There is no key, and what is asked for must be signed.
    #[error(
        "going on with a store that was put back has to be signed, and there is no key; nothing was written"
    )]
    NoKey,
    /// There is no key to sign a plan with; nothing was saved.
    #[error("there is no key to sign the plan with; nothing was saved")]
    NoSigner,
    /// A plan must be signed, and nobody's signature counts.
    #[error("it is not said whose signature of a plan counts")]
    NoTrust,
    /// Nobody who counts answers for a saved plan; nothing was written.
    #[error("nobody who counts answers for the plan: {cause}")]
    Unanswered {
        /// Why.
        cause: String,
    },
    /// A head was signed and could not be kept. What it tells of is written.
    #[error("the store was gone on with, and the head that says so could not be kept: {cause}")]
    Unkept {
        /// Why not.
        cause: String,
    },
    /// A head was due and could not be signed or kept. Nothing else was written.
    #[error("a signed head was due and could not be kept: {cause}")]
    Unsigned {
        /// Why not.
        cause: String,
    },
    /// The store knows nobody of this name.
    #[error("the store knows nobody called `{who}`")]
    NoSuchPerson {
        /// Who was asked for.
        who: String,
    },
    /// A result cannot be written.
    #[error("the result cannot be written")]
    Output {
        /// Why.
        source: std::io::Error,
    },
    /// A pattern of addresses cannot be read.
    #[error(transparent)]
    BadPattern(#[from] BadPattern),
    /// No test is called so.
    #[error("no test is called `{pattern}`")]
    NoTest {
        /// The pattern.
        pattern: String,
        /// The name that was meant, as help.
        near: Option<String>,
    },
    /// A pattern matches no address.
    #[error("`{pattern}` matches nothing that is declared or live")]
    NoMatch {
        /// The pattern.
        pattern: String,
        /// A near address.
        help: Option<String>,
    },
    /// A target needs what is excluded.
    #[error("{needed_by} cannot change without {excluded}, which is excluded")]
    Torn {
        /// What is excluded.
        excluded: Address,
        /// What needs it.
        needed_by: Address,
    },
    /// No object is bound to the address and the tree declares none.
    #[error("{address} is neither declared nor live")]
    NoSuchObject {
        /// The address.
        address: Address,
        /// A near one.
        help: Option<String>,
    },
    /// The history has no such run.
    #[error("there is no run `{id}`")]
    NoSuchRun {
        /// What was asked for.
        id: String,
    },
    /// Several runs begin with what was given.
    #[error("`{id}` is the beginning of several runs")]
    SeveralRuns {
        /// What was asked for.
        id: String,
        /// The runs, newest first.
        found: Vec<String>,
    },
    /// A file cannot be read or written.
    #[error("{} cannot be {doing}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// `read` or `written`.
        doing: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// A folder or a branch whose name the script of a pipeline could misread.
    #[error("the {what} `{name}` has a name that the script of a pipeline could misread")]
    OddName {
        /// What has the name.
        what: &'static str,
        /// The name: of a folder, from the root of the repository.
        name: String,
    },
    /// Something stands where a file would be written, or the place is kept for what the project needs.
    #[error("{} is {by}, and {what} does not take its place", path.display())]
    Occupied {
        /// The file that was to be written.
        path: PathBuf,
        /// What has the place.
        by: &'static str,
        /// What was to be written.
        what: &'static str,
    },
    /// Something stands where a new project would be written.
    #[error("{} exists already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
}

/// What is other than it was when somebody approved.
#[derive(Debug)]
pub enum Since {
    /// The plan that was approved is known: how the present one differs.
    Plan(Vec<Difference>),
    /// Only its digest is known: what comes out now.
    Unknown(Vec<(Address, Action)>),
    /// What had been changed in the store was approved: the objects of which something else is to be said now.
    Drift(Vec<Address>),
}

fn at_line(line: u64) -> String {
    match line {
        0 => String::new(),
        line => format!(":{line}"),
    }
}
