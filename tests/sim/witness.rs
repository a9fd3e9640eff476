//! The store as a play sees it: in memory, with a note of every decision that it keeps, and a process that dies at a commit.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use guestlist::audit::{Act, Kept};
use guestlist::governance::{Decision, Refusal};
use guestlist::model::text::Domain;
use guestlist::model::{Foreign, Kind, Live, Selection};
use guestlist::plan::{RecordedChange, RunRecord};
use guestlist::store::memory::Memory;
use guestlist::store::{
    Breaking, Decide, Head, Held, Known, Lease, LeaseAsk, Ledger, NewRun, Order, Run, See, Sitting,
    Store, StoreError,
};
use jiff::Timestamp;

use crate::outside::{DEATH, Death, Outside};

/// A decision that was kept.
#[derive(Debug)]
pub(crate) struct Noted {
    pub(crate) now: Timestamp,
    pub(crate) decision: Decision,
}

/// What was kept since somebody last looked.
pub(crate) type Notes = Rc<RefCell<Vec<Noted>>>;

/// A store that notes what it keeps.
pub(crate) struct Witnessed {
    pub(crate) store: Memory,
    pub(crate) notes: Notes,
    pub(crate) outside: Rc<RefCell<Outside>>,
}

impl Ledger for Witnessed {
    fn look(&self, project: &str, see: See<'_>) -> Result<(), StoreError> {
        self.store.look(project, see)
    }

    fn decide(
        &mut self,
        sitting: &Sitting<'_>,
        decide: Decide<'_>,
    ) -> Result<Result<Decision, Box<Refusal>>, StoreError> {
        let death = self.outside.borrow_mut().death();
        assert!(death != Some(Death::BeforeCommit), "{DEATH}");
        let kept = self.store.decide(sitting, decide)?;
        if let Ok(decision) = &kept
            && !decision.is_empty()
        {
            self.notes.borrow_mut().push(Noted {
                now: sitting.now,
                decision: decision.clone(),
            });
        }
        assert!(death != Some(Death::AfterCommit), "{DEATH}");
        Ok(kept)
    }
}

impl Store for Witnessed {
    fn name(&self) -> &str {
        self.store.name()
    }

    fn read(&self, of: &Selection<'_>) -> Result<Live, StoreError> {
        self.store.read(of)
    }

    fn lease(&mut self, ask: &LeaseAsk) -> Result<Lease, StoreError> {
        self.store.lease(ask)
    }

    fn held(&self) -> Result<Option<Held>, StoreError> {
        self.store.held()
    }

    fn break_lease(&mut self, token: u64, breaking: &Breaking) -> Result<Held, StoreError> {
        self.store.break_lease(token, breaking)
    }

    fn renew(&mut self, lease: &Lease, now: Timestamp) -> Result<Lease, StoreError> {
        self.store.renew(lease, now)
    }

    fn release(&mut self, lease: Lease) -> Result<(), StoreError> {
        self.store.release(lease)
    }

    fn begin(&mut self, lease: &Lease, run: NewRun) -> Result<Box<dyn Run + '_>, StoreError> {
        self.store.begin(lease, run)
    }

    fn runs(&self, most: usize) -> Result<Vec<RunRecord>, StoreError> {
        self.store.runs(most)
    }

    fn deleted(&self, project: &str, since: Timestamp) -> Result<BTreeMap<Kind, u64>, StoreError> {
        self.store.deleted(project, since)
    }

    fn own(&self, project: &str) -> Result<Option<Vec<Domain>>, StoreError> {
        self.store.own(project)
    }

    fn foreign(&self, project: &str, kinds: &[Kind]) -> Result<Vec<Foreign>, StoreError> {
        self.store.foreign(project, kinds)
    }

    fn run(&self, id: &str) -> Result<Option<(RunRecord, Vec<RecordedChange>)>, StoreError> {
        self.store.run(id)
    }

    fn prove(&self) -> Result<(), StoreError> {
        self.store.prove()
    }

    fn head(&self) -> Result<Head, StoreError> {
        self.store.head()
    }

    fn page(&self, from: u64, order: Order, most: usize) -> Result<Vec<Kept>, StoreError> {
        self.store.page(from, order, most)
    }

    fn people(&self, ids: &BTreeSet<String>) -> Result<BTreeMap<String, Known>, StoreError> {
        self.store.people(ids)
    }

    fn person(&self, value: &str) -> Result<Option<String>, StoreError> {
        self.store.person(value)
    }

    fn forget(
        &mut self,
        lease: &Lease,
        value: &str,
        act: &Act<'_>,
    ) -> Result<Option<String>, StoreError> {
        self.store.forget(lease, value, act)
    }

    fn note(&mut self, lease: &Lease, act: &Act<'_>) -> Result<Head, StoreError> {
        self.store.note(lease, act)
    }

    fn accept_restore(&mut self, lease: &Lease, act: &Act<'_>) -> Result<Head, StoreError> {
        self.store.accept_restore(lease, act)
    }
}
