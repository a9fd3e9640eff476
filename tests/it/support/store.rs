//! Stores under test, and plans made by hand.
#![expect(
    clippy::unwrap_used,
    reason = "a test may fail where it finds something amiss"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use guestlist::apply::{Applied, ApplyError, apply};
use guestlist::model::{
    Address, Bodies, Body, Digest, Kind, Live, LiveObject, RemoteId, Selection,
};
use guestlist::plan::{Change, Delta, Plan, Purpose, Reason, Settled};
use guestlist::ports::Holder;
use guestlist::store::memory::Memory;
use guestlist::store::{Lease, LeaseAsk, NewRun, OpenMode, Store, StoreError, open};
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const PROJECT: &str = "contoso";

/// A store in a folder of its own, or in memory.
pub(crate) struct Place {
    pub(crate) store: Box<dyn Store>,
    folder: Option<TempDir>,
}

impl Place {
    pub(crate) fn memory() -> Self {
        Self {
            store: Box::new(Memory::new("memory")),
            folder: None,
        }
    }

    /// A store that is there already.
    pub(crate) fn of(store: Box<dyn Store>) -> Self {
        Self {
            store,
            folder: None,
        }
    }

    pub(crate) fn sqlite() -> Self {
        #[cfg(feature = "planted")]
        let _ = super::planted();
        let folder = TempDir::new().unwrap();
        Self {
            store: open("sqlite:test.db", folder.path(), OpenMode::Write).unwrap(),
            folder: Some(folder),
        }
    }

    /// Every kind of store there is.
    pub(crate) fn every() -> Vec<Self> {
        vec![Self::memory(), Self::sqlite()]
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.as_ref().unwrap().path()
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder().join("test.db")
    }

    /// A second connection that knows nothing of guestlist: the hand in the store's file.
    pub(crate) fn hand(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.file()).unwrap()
    }

    pub(crate) fn read(&self) -> Live {
        self.read_as(PROJECT)
    }

    pub(crate) fn read_as(&self, project: &str) -> Live {
        self.store
            .read(&Selection {
                project,
                bodies: Bodies::All,
            })
            .unwrap()
    }

    /// The object bound to an address.
    pub(crate) fn object(&self, address: &str) -> LiveObject {
        object(&self.read(), address)
    }

    /// Applies changes as a run of their own.
    pub(crate) fn apply(&mut self, changes: Vec<Change>) {
        let _ = self.try_apply(PROJECT, changes).unwrap();
    }

    pub(crate) fn try_apply(
        &mut self,
        project: &str,
        changes: Vec<Change>,
    ) -> Result<Applied, ApplyError> {
        let plan = plan(&*self.store, changes);
        self.try_plan(project, &plan)
    }

    pub(crate) fn try_plan(&mut self, project: &str, plan: &Plan) -> Result<Applied, ApplyError> {
        let lease = self.store.lease(&ask("ana", now())).unwrap();
        let new = new_run(&*self.store, project);
        let applied = apply(
            &mut *self.store,
            plan,
            &lease,
            new,
            &|| false,
            &mut |_, _| {},
        );
        self.store.release(lease).unwrap();
        applied
    }
}

pub(crate) fn object(live: &Live, address: &str) -> LiveObject {
    let address = at(address);
    let bound = live.bound().iter().find(|bound| bound.address == address);
    bound
        .unwrap_or_else(|| panic!("nothing is bound to {address}"))
        .object
        .clone()
        .unwrap()
}

pub(crate) fn now() -> Timestamp {
    "2026-03-01T10:00:00Z".parse().unwrap()
}

pub(crate) fn later(seconds: i64) -> Timestamp {
    now() + jiff::SignedDuration::from_secs(seconds)
}

pub(crate) fn ask(user: &str, now: Timestamp) -> LeaseAsk {
    LeaseAsk {
        holder: Holder {
            user: user.to_owned(),
            host: "laptop".to_owned(),
            pid: 4711,
            born: "1".to_owned(),
        },
        operation: "apply".to_owned(),
        now,
        holder_is_gone: |_| false,
    }
}

pub(crate) fn new_run(store: &dyn Store, project: &str) -> NewRun {
    let generation = store.head().unwrap().generation;
    NewRun {
        id: format!("run-{generation:04}"),
        purpose: Purpose::Apply,
        project: project.to_owned(),
        generation,
        actor: "ana".to_owned(),
        host: "laptop".to_owned(),
        commit: (generation % 2 == 1).then(|| "4f1c9e2".to_owned()),
        tree: Digest::of(b"tree"),
        plan: Digest::of(b"plan"),
        started: now(),
        lifted: Vec::new(),
        own: None,
    }
}

pub(crate) fn plan(store: &dyn Store, changes: Vec<Change>) -> Plan {
    let head = store.head().unwrap();
    Plan {
        lineage: head.lineage,
        generation: head.generation,
        tree: Digest::of(b"tree"),
        changes,
        own: None,
        settled: Vec::new(),
        owned: [].into(),
        destroy: false,
        partial: None,
        unchanged: 0,
        unmanaged: 0,
        foreign: 0,
        conflicts: Vec::new(),
        unread: Vec::new(),
    }
}

pub(crate) fn at(address: &str) -> Address {
    address.parse().unwrap()
}

/// A body of a kind in canonical form, from YAML-like JSON.
pub(crate) fn body(kind: Kind, value: &Value) -> Body {
    Body::of(&kind.decode(value).unwrap())
}

pub(crate) fn change(address: &str, delta: Delta) -> Change {
    let declared = delta.after().map(Body::digest);
    Change {
        address: at(address),
        reason: match &delta {
            Delta::Create { .. } => Reason::Declared,
            Delta::Update { .. } => Reason::Differs,
            Delta::Replace { .. } => Reason::ReplaceAllowed,
            Delta::Adopt { .. } => Reason::AdoptAsked,
            Delta::Prune { .. } => Reason::Undeclared,
            Delta::Forget { .. } => Reason::ForgetAsked,
        },
        delta,
        origin: None,
        declared,
        after: BTreeSet::new(),
    }
}

pub(crate) fn create(address: &str, value: Value) -> Change {
    let after = body(at(address).kind(), &value);
    change(address, Delta::Create { after })
}

pub(crate) fn update(before: &LiveObject, address: &str, value: Value) -> Change {
    change(
        address,
        Delta::Update {
            before: before.clone(),
            after: body(before.kind, &value),
            edits: Vec::new(),
        },
    )
}

/// Nothing but another name.
pub(crate) fn rename(before: &LiveObject, address: &str) -> Change {
    change(
        address,
        Delta::Update {
            before: before.clone(),
            after: before.body.clone(),
            edits: Vec::new(),
        },
    )
}

pub(crate) fn replace(before: &LiveObject, address: &str, value: Value) -> Change {
    change(
        address,
        Delta::Replace {
            before: before.clone(),
            after: body(before.kind, &value),
            edits: Vec::new(),
            because: Vec::new(),
        },
    )
}

pub(crate) fn adopt(before: &LiveObject, address: &str, value: Value) -> Change {
    change(
        address,
        Delta::Adopt {
            before: before.clone(),
            after: body(before.kind, &value),
            edits: Vec::new(),
        },
    )
}

pub(crate) fn prune(before: &LiveObject) -> Change {
    let address = before.address.as_ref().unwrap().to_string();
    change(
        &address,
        Delta::Prune {
            before: before.clone(),
        },
    )
}

pub(crate) fn forget(before: &LiveObject) -> Change {
    let address = before.address.as_ref().unwrap().to_string();
    change(
        &address,
        Delta::Forget {
            before: before.clone(),
        },
    )
}

pub(crate) fn settled(address: &str, id: &RemoteId, declared: Digest) -> Settled {
    Settled {
        address: at(address),
        kind: at(address).kind(),
        id: id.clone(),
        declared,
    }
}

pub(crate) fn store_error<T>(result: Result<T, ApplyError>) -> StoreError {
    match result {
        Err(ApplyError::Store(error)) => error,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was carried out"),
    }
}

pub(crate) fn lease(place: &mut Place) -> Lease {
    place.store.lease(&ask("ana", now())).unwrap()
}
