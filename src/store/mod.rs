//! Stores: where live objects, bindings, the lease, runs and the audit chain are kept.
//!
//! Uses `model`, `plan`, `audit` and `ports`. The one idea to know: a store makes no choices. It reads completely or fails,
//! and it writes what a plan says, in one transaction, under a lease whose token every write proves.
//! Facts: `threat-and-fault-model` §§5, 7, 10, 12.

mod ledger;
pub mod memory;
mod open;
mod own;
mod sql;
mod sqlite;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::ControlFlow;

use jiff::{Timestamp, Unit};

pub use ledger::{Decide, Ledger, See, Sitting};
pub use open::{OpenMode, check_url, file_of, open};

use crate::audit::{Act, Entry, Kept};
use crate::model::text::Domain;
use crate::model::{Digest, Foreign, Kind, Live, Lost, Selection};
use crate::plan::{Change, Lifted, Purpose, RecordedChange, RunRecord, Settled};
use crate::ports::Holder;

/// A place that keeps live objects. One suite of contract tests runs against every implementation.
pub trait Store: Ledger {
    /// Returns how the store is named to people: its URL without secrets.
    fn name(&self) -> &str;

    /// Reads what a project owns, and what nobody does.
    ///
    /// # Errors
    ///
    /// A read is complete or it is an error: what is not known is not absent.
    fn read(&self, of: &Selection<'_>) -> Result<Live, StoreError>;

    /// Takes the right to write, if the store is whole.
    ///
    /// # Errors
    ///
    /// [`StoreError::Held`] while another holder has it, and those of [`Store::prove_at_once`].
    fn lease(&mut self, ask: &LeaseAsk) -> Result<Lease, StoreError>;

    /// Returns who holds the lease, even where its time is over; `None` when it was given back.
    ///
    /// # Errors
    ///
    /// Those of reading.
    fn held(&self) -> Result<Option<Held>, StoreError>;

    /// Takes the lease away from whoever holds it: they cannot write any more. The audit chain records who did it to whom.
    ///
    /// # Errors
    ///
    /// [`StoreError::OtherLease`] unless the token is that of the present lease.
    fn break_lease(&mut self, token: u64, breaking: &Breaking) -> Result<Held, StoreError>;

    /// Makes a lease last longer.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`] when it is no longer ours, [`StoreError::LeaseEnded`] when its time is over.
    fn renew(&mut self, lease: &Lease, now: Timestamp) -> Result<Lease, StoreError>;

    /// Gives the right to write back.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`] when it is no longer ours.
    fn release(&mut self, lease: Lease) -> Result<(), StoreError>;

    /// Starts a run: nothing of it can be seen before it commits, and nothing remains of it if it is dropped.
    ///
    /// The lease must be ours and must not have ended when the run starts; one that has ended proves nothing, even if nobody
    /// has taken it since.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`] when the lease is no longer ours, [`StoreError::LeaseEnded`] when its time is over,
    /// [`StoreError::Moved`] when the store is not at the generation that the run was planned on.
    fn begin(&mut self, lease: &Lease, run: NewRun) -> Result<Box<dyn Run + '_>, StoreError>;

    /// Returns the runs, newest first, at most so many.
    ///
    /// # Errors
    ///
    /// Those of reading.
    fn runs(&self, most: usize) -> Result<Vec<RunRecord>, StoreError>;

    /// Counts the objects that runs of a project deleted or replaced since an instant, by kind.
    ///
    /// # Errors
    ///
    /// Those of reading.
    fn deleted(&self, project: &str, since: Timestamp) -> Result<BTreeMap<Kind, u64>, StoreError>;

    /// Returns the domains of our own people that a project was last applied with; `None` for one that never was.
    ///
    /// # Errors
    ///
    /// Those of reading.
    fn own(&self, project: &str) -> Result<Option<Vec<Domain>>, StoreError>;

    /// Returns the objects of these kinds that other projects own.
    ///
    /// # Errors
    ///
    /// Those of reading.
    fn foreign(&self, project: &str, kinds: &[Kind]) -> Result<Vec<Foreign>, StoreError>;

    /// Returns one run with its changes, by its id or an unambiguous beginning of it.
    ///
    /// # Errors
    ///
    /// Those of reading; `Ok(None)` when there is no such run.
    fn run(&self, id: &str) -> Result<Option<(RunRecord, Vec<RecordedChange>)>, StoreError>;

    /// Proves that the store still says what was written to it. Reads all of it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] with what no longer fits; those of reading.
    fn prove(&self) -> Result<(), StoreError>;

    /// As [`Store::prove`], except that of an audit log with more than 500,000 entries only the end is looked at, so that
    /// nobody waits long for it. Whoever takes a lease does this anyway.
    ///
    /// # Errors
    ///
    /// Those of [`Store::prove`].
    fn prove_at_once(&self) -> Result<(), StoreError> {
        self.prove()
    }

    /// Returns where the store is: its identity, its generation and the end of its audit chain.
    ///
    /// # Errors
    ///
    /// Those of reading.
    fn head(&self) -> Result<Head, StoreError>;

    /// Returns audit entries as they are kept: from a number on in order, or down from it, at most so many.
    ///
    /// # Errors
    ///
    /// Those of reading.
    fn page(&self, from: u64, order: Order, most: usize) -> Result<Vec<Kept>, StoreError>;

    /// Hands over audit entries one by one until `see` breaks off or they end, and holds no more than a page of them.
    ///
    /// # Errors
    ///
    /// Those of reading.
    fn walk(
        &self,
        from: u64,
        order: Order,
        see: &mut dyn FnMut(Kept) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let mut from = from;
        loop {
            let page = self.page(from, order, PAGE)?;
            let Some(last) = page.last().map(|kept| kept.seq) else {
                return Ok(());
            };
            for kept in page {
                if see(kept).is_break() {
                    return Ok(());
                }
            }
            from = match order {
                Order::Up => last.saturating_add(1),
                Order::Down if last <= 1 => return Ok(()),
                Order::Down => last - 1,
            };
        }
    }

    /// Returns the audit entries from a number on, at most so many, in order.
    ///
    /// # Errors
    ///
    /// Those of reading.
    fn audit(&self, from: u64, most: usize) -> Result<Vec<Entry>, StoreError> {
        let page = self.page(from, Order::Up, most)?;
        let read = |kept: Kept| {
            // The number in the row is only where it is kept; the text's own is what the chain covers.
            Entry::read(kept.text, kept.hash.to_string()).map_err(|error| StoreError::Damaged {
                name: self.name().to_owned(),
                cause: format!("audit entry {} is unreadable: {error}", kept.seq),
            })
        };
        page.into_iter().map(read).collect()
    }

    /// Returns what is kept of people, by id. Nothing is kept of those who were erased.
    ///
    /// # Errors
    ///
    /// Those of reading.
    fn people(&self, ids: &BTreeSet<String>) -> Result<BTreeMap<String, Known>, StoreError>;

    /// Returns the id of who somebody is, by their canonical value; `None` for somebody whom the store does not know.
    ///
    /// # Errors
    ///
    /// Those of reading.
    fn person(&self, value: &str) -> Result<Option<String>, StoreError>;

    /// Erases what is kept of a person, by their canonical value, and puts the act into the audit log; the act's reason
    /// mentions the person. Nothing in the store tells from now on who they were. `Ok(None)` for somebody whom the store does
    /// not know; nothing is written then.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`] when the lease is no longer ours; otherwise those of writing.
    fn forget(
        &mut self,
        lease: &Lease,
        value: &str,
        act: &Act<'_>,
    ) -> Result<Option<String>, StoreError>;

    /// Puts an act into the audit log that changes nothing else.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`] when the lease is no longer ours; otherwise those of writing.
    fn note(&mut self, lease: &Lease, act: &Act<'_>) -> Result<Head, StoreError>;

    /// Remembers that somebody goes on with a store that was put back, and puts the act into the audit log. Its instant is
    /// [`Head::restored`] from now on.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`] when the lease is no longer ours; otherwise those of writing.
    fn accept_restore(&mut self, lease: &Lease, act: &Act<'_>) -> Result<Head, StoreError>;
}

/// How many entries a walk holds at once.
const PAGE: usize = 2_000;

/// Which way a walk goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// To higher numbers.
    Up,
    /// To lower numbers.
    Down,
}

/// What a store keeps of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Who it is, in canonical form.
    pub value: String,
    /// The keyed hash of that, as entries must hold it.
    pub mac: String,
}

/// One apply in progress.
pub trait Run {
    /// Carries out one change.
    ///
    /// # Errors
    ///
    /// Any error ends the run: drop it, and the store is as it was.
    fn apply(&mut self, change: &Change) -> Result<(), StoreError>;

    /// Records that an object was declared anew without changing.
    ///
    /// # Errors
    ///
    /// As for [`Run::apply`].
    fn settle(&mut self, settled: &Settled) -> Result<(), StoreError>;

    /// Records that the project no longer has an object that was lost. No object changes; one that is the project's under
    /// another address stays so, and is recorded there by [`Run::apply`].
    ///
    /// # Errors
    ///
    /// As for [`Run::apply`].
    fn accept(&mut self, lost: &Lost) -> Result<(), StoreError>;

    /// Makes everything visible at once and durable.
    ///
    /// # Errors
    ///
    /// On an error the store is as it was, unless the connection was lost inside the commit itself.
    fn commit(self: Box<Self>) -> Result<Head, StoreError>;
}

/// Who asks for a lease, for what, and when.
#[derive(Debug, Clone)]
pub struct LeaseAsk {
    /// The process.
    pub holder: Holder,
    /// What it wants to do: `apply`.
    pub operation: String,
    /// The present instant.
    pub now: Timestamp,
    /// Whether a holder that is in the way is known to have ended.
    pub holder_is_gone: fn(&Holder) -> bool,
}

/// Who holds the right to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The process.
    pub holder: Holder,
    /// What it does: `apply`.
    pub operation: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when, unless it is renewed.
    pub until: Timestamp,
    /// The number of the lease.
    pub token: u64,
}

impl Held {
    /// Returns true while the lease keeps others from writing: its time is not over, and its holder is not known to have
    /// ended.
    #[must_use]
    pub fn stands(&self, now: Timestamp, is_gone: fn(&Holder) -> bool) -> bool {
        now < self.until && !is_gone(&self.holder)
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = |at: Timestamp| at.round(Unit::Second).unwrap_or(at);
        write!(
            f,
            "{} on {} (process {}), {} since {}, until {} at the latest",
            self.holder.user,
            self.holder.host,
            self.holder.pid,
            self.operation,
            second(self.since),
            second(self.until),
        )
    }
}

/// Who takes a lease away from its holder, and when.
#[derive(Debug, Clone)]
pub struct Breaking {
    /// Who.
    pub actor: String,
    /// The present instant.
    pub now: Timestamp,
}

/// The right to write.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a lease that is not released stands in the way until it expires"]
pub struct Lease {
    /// The number that proves it; higher than that of every earlier lease.
    pub token: u64,
    /// When it ends if it is not renewed.
    pub expires: Timestamp,
}

/// A run about to start.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// The id.
    pub id: String,
    /// What it is for.
    pub purpose: Purpose,
    /// The project.
    pub project: String,
    /// The generation that the plan was made on.
    pub generation: u64,
    /// Who runs it.
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
    /// The guards that were lifted for it, and by what.
    pub lifted: Vec<Lifted>,
    /// The domains of our own people from now on; `None` for a run that leaves them as they were.
    pub own: Option<Vec<Domain>>,
}

impl NewRun {
    /// Returns an entry of the audit log about the run as a whole.
    fn act<'a>(&'a self, action: &'a str, reason: &'a str) -> Act<'a> {
        Act {
            action,
            actor: &self.actor,
            address: None,
            after: None,
            at: self.started,
            before: None,
            reason,
            run: Some(&self.id),
            target: None,
            via: self.purpose.as_str(),
        }
    }
}

/// Where a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The store's identity, which the audit chain starts from.
    pub lineage: String,
    /// The store's generation.
    pub generation: u64,
    /// How many audit entries there are.
    pub audit_size: u64,
    /// The hash of the last one, in hexadecimal digits.
    pub audit_hash: String,
    /// The highest time that the store has seen; `None` for one that nobody has written yet.
    pub seen: Option<Timestamp>,
    /// When somebody last went on with the store although it was put back from an older copy: for 24 hours from then nothing
    /// of a guest's lifecycle is carried out.
    pub restored: Option<Timestamp>,
}

/// What can go wrong with a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else may write now.
    #[error("the store is being changed by {0}")]
    Held(Box<Held>),
    /// Another process is in the middle of a write.
    #[error("the store {name} is being written by another process")]
    Busy {
        /// The store.
        name: String,
    },
    /// The lease that is to be broken is not the present one.
    #[error("{}", other_lease(*token, held.as_deref()))]
    OtherLease {
        /// The number given.
        token: u64,
        /// The present lease, where there is one.
        held: Option<Box<Held>>,
    },
    /// The lease is no longer ours.
    #[error("the right to write was lost to another process; nothing was written")]
    LeaseLost,
    /// The time of the lease is over.
    #[error("the right to write ended at {until}, before anything was written")]
    LeaseEnded {
        /// When it ended.
        until: Timestamp,
    },
    /// The store is not where the plan was made.
    #[error(
        "the store has moved on from generation {planned} to {found} since the plan was made; nothing was written"
    )]
    Moved {
        /// The generation of the plan.
        planned: u64,
        /// The generation found.
        found: u64,
    },
    /// The store cannot be reached, read or written.
    #[error("the store {name} cannot be {doing}: {cause}")]
    Unavailable {
        /// The store.
        name: String,
        /// `opened`, `read` or `written`.
        doing: &'static str,
        /// Why.
        cause: String,
    },
    /// The store was made by a later version of this program.
    #[error(
        "the store {name} has format {found}, and this program reads up to {known}: a newer version of guestlist is needed"
    )]
    Newer {
        /// The store.
        name: String,
        /// The format found.
        found: u64,
        /// The newest format known.
        known: u64,
    },
    /// The store was made by an earlier version of this program, and reading changes nothing.
    #[error(
        "the store {name} cannot be read: it has the old format {found}; `guestlist apply` brings it to format {needed}"
    )]
    Older {
        /// The store.
        name: String,
        /// The format found.
        found: u64,
        /// The format needed.
        needed: u64,
    },
    /// The file is no store, or not whole.
    #[error("the store {name} is damaged: {cause}")]
    Damaged {
        /// The store.
        name: String,
        /// What is wrong.
        cause: String,
    },
    /// The plan does not fit the store: our bug, or a hand in the store's file.
    #[error("the change of {address} does not fit the store: {cause}")]
    Unfit {
        /// The address.
        address: String,
        /// What does not fit.
        cause: String,
    },
    /// The URL names no store that this program knows.
    #[error("`{url}` names no store: {cause}")]
    UnknownUrl {
        /// The URL, without secrets.
        url: String,
        /// What is wrong with it.
        cause: String,
    },
}

/// Says which lease there is instead of the one that was named.
fn other_lease(token: u64, held: Option<&Held>) -> String {
    match held {
        Some(held) => format!(
            "lease {token} is not the present one: lease {} is held by {held}",
            held.token
        ),
        None => format!("nobody holds the lease, nor lease {token}"),
    }
}
