//! A store in SQL: tables, statements, lease, runs and audit, over the small seam [`db::Db`].
//!
//! The one idea to know: each change of an object appends one version row. It is at once where the body is kept and the
//! record of the change, so a rename, an update and the history never disagree.

pub(crate) mod audit;
pub(super) mod db;
mod history;
pub(crate) mod identity;
pub(crate) mod lease;
mod ledger;
mod meta;
mod names;
pub(crate) mod people;
mod proof;
mod read;
pub(crate) mod remains;
mod run;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::ledger::{Decide, Ledger, See, Sitting};
use super::{Breaking, Head, Held, Known, Lease, LeaseAsk, NewRun, Order, Run, Store, StoreError};
use crate::audit::{Act, Kept};
use crate::governance::{Decision, Refusal};
use crate::model::text::Domain;
use crate::model::{Foreign, Kind, Live, Selection};
use crate::plan::{RecordedChange, RunRecord};
use crate::planted::{self, Planted};
use db::{Db, reading, writing};

/// A store over a database.
pub(super) struct SqlStore<D> {
    db: D,
}

impl<D: Db> SqlStore<D> {
    pub(super) const fn new(db: D) -> Self {
        Self { db }
    }

    /// Leaves the files of a damaged store as they are.
    fn proven(&self, proven: Result<(), StoreError>) -> Result<(), StoreError> {
        if proven.is_err() {
            self.db.leave();
        }
        proven
    }
}

impl<D: Db> Store for SqlStore<D> {
    fn name(&self) -> &str {
        self.db.name()
    }

    fn read(&self, of: &Selection<'_>) -> Result<Live, StoreError> {
        reading(&self.db, || read::read(&self.db, of))
    }

    fn lease(&mut self, ask: &LeaseAsk) -> Result<Lease, StoreError> {
        // Before a byte changes: nothing is built on a damaged file.
        if !planted::is(Planted::StoreUnproven) {
            self.prove_at_once()?;
        }
        lease::acquire(&self.db, ask)
    }

    fn held(&self) -> Result<Option<Held>, StoreError> {
        reading(&self.db, || lease::held(&self.db))
    }

    fn break_lease(&mut self, token: u64, breaking: &Breaking) -> Result<Held, StoreError> {
        lease::take_away(&self.db, token, breaking)
    }

    fn renew(&mut self, lease: &Lease, now: Timestamp) -> Result<Lease, StoreError> {
        lease::renew(&self.db, lease, now)
    }

    fn release(&mut self, lease: Lease) -> Result<(), StoreError> {
        lease::release(&self.db, &lease)
    }

    fn begin(&mut self, lease: &Lease, run: NewRun) -> Result<Box<dyn Run + '_>, StoreError> {
        Ok(Box::new(run::SqlRun::begin(&self.db, lease, run)?))
    }

    fn runs(&self, most: usize) -> Result<Vec<RunRecord>, StoreError> {
        reading(&self.db, || history::runs(&self.db, most))
    }

    fn deleted(&self, project: &str, since: Timestamp) -> Result<BTreeMap<Kind, u64>, StoreError> {
        reading(&self.db, || history::deleted(&self.db, project, since))
    }

    fn own(&self, project: &str) -> Result<Option<Vec<Domain>>, StoreError> {
        reading(&self.db, || history::own(&self.db, project))
    }

    fn foreign(&self, project: &str, kinds: &[Kind]) -> Result<Vec<Foreign>, StoreError> {
        reading(&self.db, || read::foreign(&self.db, project, kinds))
    }

    fn run(&self, id: &str) -> Result<Option<(RunRecord, Vec<RecordedChange>)>, StoreError> {
        reading(&self.db, || history::run(&self.db, id))
    }

    fn prove(&self) -> Result<(), StoreError> {
        self.proven(reading(&self.db, || {
            proof::check(&self.db, proof::Depth::Records)
        }))
    }

    fn prove_at_once(&self) -> Result<(), StoreError> {
        self.proven(reading(&self.db, || proof::check_at_once(&self.db)))
    }

    fn head(&self) -> Result<Head, StoreError> {
        reading(&self.db, || Ok(meta::Meta::read(&self.db)?.head()))
    }

    fn page(&self, from: u64, order: Order, most: usize) -> Result<Vec<Kept>, StoreError> {
        reading(&self.db, || audit::page(&self.db, from, order, most))
    }

    fn people(&self, ids: &BTreeSet<String>) -> Result<BTreeMap<String, Known>, StoreError> {
        reading(&self.db, || people::people(&self.db, ids))
    }

    fn person(&self, value: &str) -> Result<Option<String>, StoreError> {
        reading(&self.db, || people::person(&self.db, value))
    }

    fn forget(
        &mut self,
        lease: &Lease,
        value: &str,
        act: &Act<'_>,
    ) -> Result<Option<String>, StoreError> {
        writing(&self.db, || people::forget(&self.db, lease, value, act))
    }

    fn note(&mut self, lease: &Lease, act: &Act<'_>) -> Result<Head, StoreError> {
        writing(&self.db, || people::note(&self.db, lease, act))
    }

    fn accept_restore(&mut self, lease: &Lease, act: &Act<'_>) -> Result<Head, StoreError> {
        writing(&self.db, || people::accept_restore(&self.db, lease, act))
    }
}

impl<D: Db> Ledger for SqlStore<D> {
    fn look(&self, project: &str, see: See<'_>) -> Result<(), StoreError> {
        ledger::look(&self.db, project, see)
    }

    fn decide(
        &mut self,
        sitting: &Sitting<'_>,
        decide: Decide<'_>,
    ) -> Result<Result<Decision, Box<Refusal>>, StoreError> {
        ledger::decide(&self.db, sitting, decide)
    }
}
