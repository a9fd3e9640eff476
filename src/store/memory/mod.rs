//! A store in memory: the contract in its plainest form, for tests and as the reference for other stores.
//!
//! It does eagerly what stores on disk do lazily: a rename respells every body that names the object at once.

mod ledger;
mod objects;
mod people;
mod run;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use jiff::Timestamp;

use super::sql::{identity::Identity, lease};
use super::{Breaking, Head, Held, Known, Lease, LeaseAsk, NewRun, Order, Run, Store, StoreError};
use crate::audit::{Act, Chain, Kept};
use crate::model::text::Domain;
use crate::model::{
    Address, Bodies, Body, Bound, Departure, Digest, Fate, Foreign, Kind, Live, LiveObject, Lost,
    Selection,
};
use crate::plan::{Action, RecordedChange, RunRecord};

/// A store in memory. A copy of it is another store that says the same.
#[derive(Debug, Clone)]
pub struct Memory {
    state: State,
    token: u64,
    held: Option<Held>,
}

/// Everything that a run changes at once.
#[derive(Debug, Clone)]
struct State {
    lineage: String,
    generation: u64,
    /// The highest number given to an object.
    last: i64,
    objects: objects::Objects,
    /// What projects applied and no longer have where it was.
    lost: Vec<(String, Lost)>,
    runs: Vec<(RunRecord, Vec<RecordedChange>)>,
    audit: Vec<Kept>,
    chain: Chain,
    people: people::People,
    /// The highest time seen.
    seen: Option<Timestamp>,
    /// Every object that a run changed, in order.
    moves: Vec<(i64, Kind)>,
    records: ledger::Records,
    /// When somebody last went on with a store that was put back.
    restored: Option<Timestamp>,
    /// The domains of our own people, by project.
    own: BTreeMap<String, Vec<Domain>>,
}

#[derive(Debug, Clone)]
struct Object {
    kind: Kind,
    /// The project whose names the body is written in: that of the last run that changed the object.
    project: String,
    /// The binding; `None` for an object that nobody owns.
    address: Option<Address>,
    declared: Option<Digest>,
    body: Body,
    /// What the body says, once somebody has read it.
    read: OnceLock<crate::model::Object>,
    /// How it departs from what its project last applied.
    drift: Option<Box<Departure>>,
    /// The address that an object of nobody had.
    last: Option<Address>,
}

/// What a hand does to an object behind its project's back.
#[derive(Debug, Clone)]
pub enum Meddling {
    /// Gives it another body.
    Edit(Body),
    /// Takes it away from its project: another project's object from now on, or nobody's, or the same project's under
    /// another address, or gone.
    Lose(Fate),
}

impl Memory {
    /// Returns an empty store of this identity.
    #[must_use]
    pub fn new(lineage: &str) -> Self {
        Self {
            state: State {
                lineage: lineage.to_owned(),
                generation: 0,
                last: 0,
                objects: objects::Objects::default(),
                lost: Vec::new(),
                runs: Vec::new(),
                audit: Vec::new(),
                chain: Chain::new(lineage),
                people: people::People::default(),
                seen: None,
                moves: Vec::new(),
                records: ledger::Records::default(),
                restored: None,
                own: BTreeMap::new(),
            },
            token: 0,
            held: None,
        }
    }

    /// Forgets which runs and decisions made the store what it is. What is true of it stays, and the log goes on.
    #[must_use]
    pub fn without_past(mut self) -> Self {
        self.state.runs.clear();
        self.state.audit.clear();
        self
    }

    /// Changes the object of an address as a hand in the store would: no run, no record.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unfit`] when the project has no object at the address.
    pub fn meddle(
        &mut self,
        project: &str,
        address: &Address,
        meddling: Meddling,
    ) -> Result<(), StoreError> {
        let identity = self.state.identity();
        let mut found = self.state.objects.at(address);
        let Some((number, object)) = found.find(|(_, object)| object.project == project) else {
            return Err(StoreError::Unfit {
                address: address.to_string(),
                cause: "there is no such object".to_owned(),
            });
        };
        let applied = match &object.drift {
            Some(drift) => drift.applied.clone(),
            None => object.body.clone(),
        };
        drop(found);
        match meddling {
            Meddling::Edit(body) => {
                self.state.objects.change(number, |object| {
                    object.body = body;
                    object.drift = Some(Box::new(Departure { applied, by: None }));
                });
            }
            Meddling::Lose(fate) => {
                self.state.objects.change(number, |object| match &fate {
                    Fate::Deleted => {}
                    Fate::Unbound => object.last = object.address.take(),
                    Fate::Taken { project } => object.project.clone_from(project),
                    Fate::Rebound { to } => object.address = Some(to.clone()),
                });
                let lost = Lost {
                    address: address.clone(),
                    id: identity.id(number),
                    applied,
                    by: None,
                    fate: fate.clone(),
                };
                self.state.lost.push((project.to_owned(), lost));
                if fate == Fate::Deleted {
                    self.state.objects.remove(number);
                }
            }
        }
        Ok(())
    }

    fn prove(&self, lease: &Lease, now: Timestamp) -> Result<(), StoreError> {
        lease::check(self.held.as_ref(), lease, now)
    }
}

impl State {
    fn head(&self) -> Head {
        Head {
            lineage: self.lineage.clone(),
            generation: self.generation,
            audit_size: self.chain.size(),
            audit_hash: self.chain.hash().to_string(),
            seen: self.seen,
            restored: self.restored,
        }
    }

    fn note_time(&mut self, now: Timestamp) {
        self.seen = self.seen.max(Some(now));
    }

    fn log(&mut self, act: &Act<'_>) -> Result<(), StoreError> {
        let people = &mut self.people;
        let text = act.seal(self.chain.size() + 1, &mut |value| people.look(value))?;
        let hash = self.chain.append(&text);
        let seq = self.chain.size();
        self.audit.push(Kept { seq, text, hash });
        Ok(())
    }

    fn identity(&self) -> Identity {
        Identity::new(&self.lineage)
    }
}

impl Store for Memory {
    fn name(&self) -> &str {
        "memory"
    }

    fn read(&self, of: &Selection<'_>) -> Result<Live, StoreError> {
        let identity = self.state.identity();
        let mut bound = Vec::new();
        let mut unmanaged = Vec::new();
        let mut foreign = 0;
        for (number, object) in self.state.objects.iter() {
            let live = || LiveObject {
                id: identity.id(number),
                kind: object.kind,
                address: object.address.clone(),
                body: object.body.clone(),
                drift: object.drift.clone().filter(|_| object.address.is_some()),
                last: object.last.clone().filter(|_| object.address.is_none()),
            };
            let Some(address) = &object.address else {
                unmanaged.push(live());
                continue;
            };
            if object.project != of.project {
                foreign += 1;
                continue;
            }
            let fetch = match of.bodies {
                Bodies::All => true,
                Bodies::Of(addresses) => addresses.contains(address),
                Bodies::Differing(declared) => {
                    object.drift.is_some()
                        || object.declared.is_none()
                        || declared(address) != object.declared
                }
                Bodies::Drifted => object.drift.is_some(),
            };
            bound.push(Bound {
                address: address.clone(),
                object: fetch.then(live),
                declared: object.declared,
            });
        }
        let lost = self.state.lost.iter();
        let ours = lost
            .filter(|(project, _)| project == of.project && matches!(of.bodies, Bodies::Drifted));
        let mut live = Live::new(
            self.state.lineage.clone(),
            self.state.generation,
            bound,
            unmanaged,
            foreign,
        );
        live.own = self.state.own.get(of.project).cloned();
        Ok(live.with_lost(ours.map(|(_, lost)| lost.clone()).collect()))
    }

    fn lease(&mut self, ask: &LeaseAsk) -> Result<Lease, StoreError> {
        if let Some(held) = &self.held
            && held.stands(ask.now, ask.holder_is_gone)
        {
            return Err(StoreError::Held(Box::new(held.clone())));
        }
        self.token += 1;
        self.state.note_time(ask.now);
        let until = lease::end(ask.now);
        self.held = Some(Held {
            holder: ask.holder.clone(),
            operation: ask.operation.clone(),
            since: ask.now,
            until,
            token: self.token,
        });
        Ok(Lease {
            token: self.token,
            expires: until,
        })
    }

    fn held(&self) -> Result<Option<Held>, StoreError> {
        Ok(self.held.clone())
    }

    fn break_lease(&mut self, token: u64, breaking: &Breaking) -> Result<Held, StoreError> {
        let held = self.held.clone();
        let Some(held) = held.filter(|held| held.token == token) else {
            let held = self.held.clone().map(Box::new);
            return Err(StoreError::OtherLease { token, held });
        };
        self.held = None;
        let state = &mut self.state;
        state.note_time(breaking.now);
        let reason = lease::broken(&held);
        state.log(&lease::breaking(breaking, &reason))?;
        Ok(held)
    }

    fn renew(&mut self, lease: &Lease, now: Timestamp) -> Result<Lease, StoreError> {
        self.prove(lease, now)?;
        self.state.note_time(now);
        let expires = lease::end(now);
        if let Some(held) = &mut self.held {
            held.until = expires;
        }
        Ok(Lease {
            token: lease.token,
            expires,
        })
    }

    fn release(&mut self, lease: Lease) -> Result<(), StoreError> {
        match &self.held {
            Some(held) if held.token == lease.token => {
                self.held = None;
                Ok(())
            }
            _ => Err(StoreError::LeaseLost),
        }
    }

    fn begin(&mut self, lease: &Lease, run: NewRun) -> Result<Box<dyn Run + '_>, StoreError> {
        self.prove(lease, run.started)?;
        Ok(Box::new(run::MemoryRun::begin(self, run)?))
    }

    fn runs(&self, most: usize) -> Result<Vec<RunRecord>, StoreError> {
        let newest = self.state.runs.iter().rev().take(most);
        Ok(newest.map(|(record, _)| record.clone()).collect())
    }

    fn deleted(&self, project: &str, since: Timestamp) -> Result<BTreeMap<Kind, u64>, StoreError> {
        let mut deleted = BTreeMap::new();
        let runs = self.state.runs.iter();
        for (_, changes) in runs.filter(|(run, _)| run.project == project && run.finished >= since)
        {
            for change in changes {
                let address = change.address.parse::<Address>().ok();
                let gone = matches!(change.action, Action::Prune | Action::Replace);
                if let Some(address) = address.filter(|_| gone) {
                    *deleted.entry(address.kind()).or_default() += 1;
                }
            }
        }
        Ok(deleted)
    }

    fn own(&self, project: &str) -> Result<Option<Vec<Domain>>, StoreError> {
        Ok(self.state.own.get(project).cloned())
    }

    fn foreign(&self, project: &str, kinds: &[Kind]) -> Result<Vec<Foreign>, StoreError> {
        let identity = self.state.identity();
        let objects = self.state.objects.iter();
        let foreign = objects.filter(|(_, object)| {
            object.address.is_some() && object.project != project && kinds.contains(&object.kind)
        });
        Ok(foreign
            .map(|(number, object)| Foreign {
                project: object.project.clone(),
                object: LiveObject {
                    id: identity.id(number),
                    kind: object.kind,
                    address: object.address.clone(),
                    body: object.body.clone(),
                    drift: None,
                    last: None,
                },
            })
            .collect())
    }

    fn run(&self, id: &str) -> Result<Option<(RunRecord, Vec<RecordedChange>)>, StoreError> {
        let runs = &self.state.runs;
        if let Some(exact) = runs.iter().find(|(record, _)| record.id == id) {
            return Ok(Some(exact.clone()));
        }
        let mut matches = runs
            .iter()
            .filter(|(record, _)| !id.is_empty() && record.id.starts_with(id));
        let first = matches.next();
        Ok(first.filter(|_| matches.next().is_none()).cloned())
    }

    fn prove(&self) -> Result<(), StoreError> {
        Ok(()) // Nothing happens to it that the program does not do.
    }

    fn head(&self) -> Result<Head, StoreError> {
        Ok(self.state.head())
    }

    fn page(&self, from: u64, order: Order, most: usize) -> Result<Vec<Kept>, StoreError> {
        let entries = self.state.audit.iter();
        Ok(match order {
            Order::Up => entries
                .filter(|kept| kept.seq >= from)
                .take(most)
                .cloned()
                .collect(),
            Order::Down => entries
                .rev()
                .filter(|kept| kept.seq <= from)
                .take(most)
                .cloned()
                .collect(),
        })
    }

    fn people(&self, ids: &BTreeSet<String>) -> Result<BTreeMap<String, Known>, StoreError> {
        Ok(self.state.people.known(ids))
    }

    fn person(&self, value: &str) -> Result<Option<String>, StoreError> {
        Ok(self.state.people.id(value))
    }

    fn forget(
        &mut self,
        lease: &Lease,
        value: &str,
        act: &Act<'_>,
    ) -> Result<Option<String>, StoreError> {
        self.prove(lease, act.at)?;
        let Some(id) = self.state.people.id(value) else {
            return Ok(None);
        };
        self.state.log(act)?;
        self.state.note_time(act.at);
        self.state.people.erase(value);
        for (record, _) in &mut self.state.runs {
            people::erase_from(record, value);
        }
        Ok(Some(id))
    }

    fn note(&mut self, lease: &Lease, act: &Act<'_>) -> Result<Head, StoreError> {
        self.prove(lease, act.at)?;
        self.state.log(act)?;
        self.state.note_time(act.at);
        Ok(self.state.head())
    }

    fn accept_restore(&mut self, lease: &Lease, act: &Act<'_>) -> Result<Head, StoreError> {
        self.prove(lease, act.at)?;
        self.state.log(act)?;
        self.state.note_time(act.at);
        self.state.restored = Some(act.at);
        Ok(self.state.head())
    }
}
