//! A store that is only read, by those who plan and look. It makes no file and takes no lock while nobody writes, and
//! reads again what somebody wrote meanwhile.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::connection::Sqlite;
use super::quiet::Quiet;
use super::{ATTEMPTS, Place};
use crate::audit::{Act, Kept};
use crate::governance::{Decision, Refusal};
use crate::model::text::Domain;
use crate::model::{Foreign, Kind, Live, Selection};
use crate::plan::{RecordedChange, RunRecord};
use crate::store::ledger::{Decide, Ledger, See, Sitting};
use crate::store::sql::SqlStore;
use crate::store::{
    Breaking, Head, Held, Known, Lease, LeaseAsk, NewRun, Order, Run, Store, StoreError,
};

/// A store that is only read.
pub(super) struct Reader {
    place: Place,
    opened: RefCell<Opened>,
}

/// The file as it is open now.
struct Opened {
    store: SqlStore<Sqlite>,
    /// For a file that is read without taking part in its locks.
    quiet: Option<Quiet>,
}

impl Opened {
    fn of(place: &Place) -> Result<Self, StoreError> {
        let (connection, quiet) = place.read()?;
        Ok(Self {
            store: place.store(connection),
            quiet,
        })
    }

    /// Returns true when what was just read is of one moment.
    fn is_whole(&self) -> bool {
        self.quiet.as_ref().is_none_or(Quiet::holds)
    }
}

impl Reader {
    pub(super) fn open(place: Place) -> Result<Self, StoreError> {
        let opened = RefCell::new(Opened::of(&place)?);
        Ok(Self { place, opened })
    }

    fn reading<T>(
        &self,
        read: impl Fn(&SqlStore<Sqlite>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        for _ in 0..ATTEMPTS {
            let opened = self.opened.borrow();
            // Even an error says nothing of a file that changed under the read.
            let result = read(&opened.store);
            if opened.is_whole() {
                return result;
            }
            drop(opened);
            let again = Opened::of(&self.place)?;
            self.opened.replace(again);
        }
        // Other processes write to the file all the time.
        Err(StoreError::Busy {
            name: self.place.name.clone(),
        })
    }

    fn closed<T>(&self) -> Result<T, StoreError> {
        Err(StoreError::Unavailable {
            name: self.place.name.clone(),
            doing: "written",
            cause: "it was opened for reading".to_owned(),
        })
    }
}

impl Store for Reader {
    fn name(&self) -> &str {
        &self.place.name
    }

    fn read(&self, of: &Selection<'_>) -> Result<Live, StoreError> {
        self.reading(|store| store.read(of))
    }

    fn lease(&mut self, _: &LeaseAsk) -> Result<Lease, StoreError> {
        self.closed()
    }

    fn held(&self) -> Result<Option<Held>, StoreError> {
        self.reading(Store::held)
    }

    fn break_lease(&mut self, _: u64, _: &Breaking) -> Result<Held, StoreError> {
        self.closed()
    }

    fn renew(&mut self, _: &Lease, _: Timestamp) -> Result<Lease, StoreError> {
        self.closed()
    }

    fn release(&mut self, _: Lease) -> Result<(), StoreError> {
        self.closed()
    }

    fn begin(&mut self, _: &Lease, _: NewRun) -> Result<Box<dyn Run + '_>, StoreError> {
        self.closed()
    }

    fn runs(&self, most: usize) -> Result<Vec<RunRecord>, StoreError> {
        self.reading(|store| store.runs(most))
    }

    fn deleted(&self, project: &str, since: Timestamp) -> Result<BTreeMap<Kind, u64>, StoreError> {
        self.reading(|store| store.deleted(project, since))
    }

    fn own(&self, project: &str) -> Result<Option<Vec<Domain>>, StoreError> {
        self.reading(|store| store.own(project))
    }

    fn foreign(&self, project: &str, kinds: &[Kind]) -> Result<Vec<Foreign>, StoreError> {
        self.reading(|store| store.foreign(project, kinds))
    }

    fn run(&self, id: &str) -> Result<Option<(RunRecord, Vec<RecordedChange>)>, StoreError> {
        self.reading(|store| store.run(id))
    }

    fn prove(&self) -> Result<(), StoreError> {
        self.reading(Store::prove)
    }

    fn prove_at_once(&self) -> Result<(), StoreError> {
        self.reading(Store::prove_at_once)
    }

    fn head(&self) -> Result<Head, StoreError> {
        self.reading(Store::head)
    }

    fn page(&self, from: u64, order: Order, most: usize) -> Result<Vec<Kept>, StoreError> {
        self.reading(|store| store.page(from, order, most))
    }

    fn people(&self, ids: &BTreeSet<String>) -> Result<BTreeMap<String, Known>, StoreError> {
        self.reading(|store| store.people(ids))
    }

    fn person(&self, value: &str) -> Result<Option<String>, StoreError> {
        self.reading(|store| store.person(value))
    }

    fn forget(&mut self, _: &Lease, _: &str, _: &Act<'_>) -> Result<Option<String>, StoreError> {
        self.closed()
    }

    fn note(&mut self, _: &Lease, _: &Act<'_>) -> Result<Head, StoreError> {
        self.closed()
    }

    fn accept_restore(&mut self, _: &Lease, _: &Act<'_>) -> Result<Head, StoreError> {
        self.closed()
    }
}

impl Ledger for Reader {
    fn look(&self, project: &str, see: See<'_>) -> Result<(), StoreError> {
        let see = RefCell::new(see);
        self.reading(|store| store.look(project, &mut **see.borrow_mut()))
    }

    fn decide(
        &mut self,
        _: &Sitting<'_>,
        _: Decide<'_>,
    ) -> Result<Result<Decision, Box<Refusal>>, StoreError> {
        self.closed()
    }
}
