//! One apply on a copy of the state, which takes the state's place when it commits.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use super::{Memory, Object, State, people};
use crate::audit::Act;
use crate::governance::renaming::Renamed;
use crate::model::{Address, Body, Fate, Kind, LiveObject, Lost, RemoteId, respell};
use crate::plan::{Action, Change, Delta, OwnDomains, Purpose, Reason, Settled};
use crate::plan::{RecordedChange, RunRecord};
use crate::store::sql::{audit, remains};
use crate::store::{Head, NewRun, Run, StoreError, own};

/// One apply in progress.
pub(super) struct MemoryRun<'m> {
    store: &'m mut Memory,
    state: State,
    new: NewRun,
    /// Every rename of the run, by the address before.
    renames: HashMap<Address, Address>,
    /// Objects that move to another address at the end: object to address at the start.
    moving: BTreeMap<i64, Option<Address>>,
    /// Objects whose bodies the run has written.
    written: BTreeSet<i64>,
    pruned: BTreeSet<Address>,
    changes: Vec<RecordedChange>,
}

fn unfit(address: &Address, cause: impl Into<String>) -> StoreError {
    StoreError::Unfit {
        address: address.to_string(),
        cause: cause.into(),
    }
}

impl<'m> MemoryRun<'m> {
    pub(super) fn begin(store: &'m mut Memory, new: NewRun) -> Result<Self, StoreError> {
        let mut state = store.state.clone();
        state.note_time(new.started);
        if state.generation != new.generation {
            return Err(StoreError::Moved {
                planned: new.generation,
                found: state.generation,
            });
        }
        if state.runs.iter().any(|(record, _)| record.id == new.id) {
            return Err(StoreError::Unfit {
                address: format!("run {}", new.id),
                cause: "the store has a run of this id already".to_owned(),
            });
        }
        Ok(Self {
            store,
            state,
            new,
            renames: HashMap::new(),
            moving: BTreeMap::new(),
            written: BTreeSet::new(),
            pruned: BTreeSet::new(),
            changes: Vec::new(),
        })
    }

    /// Finds the object that a change speaks of, and checks that it is as the plan saw it.
    fn find(
        &self,
        change: &Change,
        before: &LiveObject,
    ) -> Result<(i64, Option<Address>), StoreError> {
        let refuse = |cause: &str| Err(unfit(&change.address, cause));
        let number = self.state.identity().number(&before.id);
        let Some(number) = number else {
            return refuse("the id is none of this store's");
        };
        let Some(object) = self.state.objects.get(number) else {
            return refuse("there is no such object");
        };
        let adopted = matches!(change.delta, Delta::Adopt { .. });
        match (&object.address, adopted) {
            (Some(_), true) => return refuse("the object belongs to a project"),
            (None, false) => return refuse("nobody owns the object"),
            (Some(_), false) if object.project != self.new.project => {
                return refuse("the object is not this project's");
            }
            _ => {}
        }
        if self.written.contains(&number) {
            return refuse("the plan changes the object twice");
        }
        if object.kind != before.kind || object.kind != change.address.kind() {
            return refuse("the object is of another kind");
        }
        let start = self.moving.get(&number).unwrap_or(&object.address);
        if before.address != *start && before.address != object.address {
            return refuse("the object has another address");
        }
        if object.body != before.body {
            return refuse("the object is not as it was when the plan was made");
        }
        Ok((number, start.clone()))
    }

    fn create(&mut self, change: &Change, body: &Body) -> Result<i64, StoreError> {
        let taken = self
            .state
            .objects
            .at(&change.address)
            .any(|(number, object)| {
                object.project == self.new.project && !self.moving.contains_key(&number)
            });
        if taken {
            return Err(unfit(&change.address, "another object has this address"));
        }
        self.state.last += 1;
        let object = Object {
            kind: change.address.kind(),
            project: self.new.project.clone(),
            address: Some(change.address.clone()),
            declared: change.declared,
            body: body.clone(),
            read: OnceLock::new(),
            drift: None,
            last: None,
        };
        self.state.objects.insert(self.state.last, object);
        self.written.insert(self.state.last);
        Ok(self.state.last)
    }

    fn update(&mut self, change: &Change, number: i64, start: Option<Address>, body: &Body) {
        let Self { state, new, .. } = self;
        let moved = state.objects.change(number, |object| {
            object.project.clone_from(&new.project);
            object.body = body.clone();
            object.declared = change.declared;
            object.drift = None;
            object.last = None;
            let moved = object.address.as_ref() != Some(&change.address);
            object.address = Some(change.address.clone());
            moved
        });
        if moved == Some(true) {
            self.moving.insert(number, start);
        }
        self.written.insert(number);
    }

    /// Notes a rename, and takes along what lives in the object.
    fn follow(&mut self, from: Option<Address>, to: &Address) {
        let Some(from) = from.filter(|from| from != to) else {
            return;
        };
        let mut taken = Vec::new();
        for (number, object) in self.state.objects.iter() {
            let Some(address) = &object.address else {
                continue;
            };
            if object.project != self.new.project || self.moving.contains_key(&number) {
                continue;
            }
            if let Some(moved) = address.moved(&from, to) {
                taken.push((number, address.clone(), moved));
            }
        }
        for (number, address, moved) in taken {
            self.renames.insert(address.clone(), moved.clone());
            self.moving.insert(number, Some(address));
            self.state
                .objects
                .change(number, |object| object.address = Some(moved));
        }
        self.renames.insert(from, to.clone());
    }

    fn record(
        &mut self,
        change: &Change,
        number: i64,
        start: Option<&Address>,
        after: Option<&Body>,
    ) -> Result<(), StoreError> {
        let before = change.delta.before().map(|before| before.body.clone());
        let action = change.delta.action();
        let address = change.address.to_string();
        self.state.log(&Act {
            action: action.as_str(),
            actor: &self.new.actor,
            address: Some(&address),
            after: after.map(Body::digest),
            at: self.new.started,
            before: before.as_ref().map(Body::digest),
            reason: audit::word(change.reason),
            run: Some(&self.new.id),
            target: None,
            via: self.new.purpose.as_str(),
        })?;
        if let Some(before) = change.delta.before() {
            self.found(&before.id);
        }
        self.state.moves.push((number, change.address.kind()));
        self.changes.push(RecordedChange {
            address,
            renamed_from: start
                .filter(|start| **start != change.address)
                .map(ToString::to_string),
            action,
            id: self.state.identity().id(number),
            before,
            after: after.cloned(),
        });
        Ok(())
    }

    /// Notes that the project knows again where an object is.
    fn found(&mut self, id: &RemoteId) {
        let project = &self.new.project;
        self.state
            .lost
            .retain(|(of, lost)| of != project || lost.id != *id);
    }

    /// Puts every body that the run has not written under the new names.
    fn respell(&mut self) -> Result<(), StoreError> {
        let renames = &self.renames;
        if renames.is_empty() {
            return Ok(());
        }
        let renamed = |kind: Kind, name: &str| {
            let address: Address = format!("{kind}/{name}").parse().ok()?;
            Some(renames.get(&address)?.name().to_owned())
        };
        let spell = |kind: Kind, body: &Body| {
            respell(kind, body, &renamed).map_err(|error| StoreError::Damaged {
                name: "memory".to_owned(),
                cause: error.to_string(),
            })
        };
        let mut spelled = Vec::new();
        for (number, object) in self.state.objects.iter() {
            if object.project == self.new.project && !self.written.contains(&number) {
                let body = spell(object.kind, &object.body)?;
                let drift = object.drift.as_ref();
                let applied = drift.map(|drift| spell(object.kind, &drift.applied));
                spelled.push((number, body, applied.transpose()?));
            }
        }
        for (number, body, applied) in spelled {
            self.state.objects.change(number, |object| {
                object.body = body;
                if let Some((drift, applied)) = object.drift.as_mut().zip(applied) {
                    drift.applied = applied;
                }
            });
        }
        for (project, lost) in &mut self.state.lost {
            if *project == self.new.project {
                lost.applied = spell(lost.address.kind(), &lost.applied)?;
                if let Some(to) = renames.get(&lost.address) {
                    lost.address = to.clone();
                }
            }
        }
        Ok(())
    }

    /// Checks that no two objects have one address, and that nothing needs what is gone.
    fn check(&self) -> Result<(), StoreError> {
        let ours = || {
            let objects = self.state.objects.iter().map(|(_, object)| object);
            objects.filter(|object| object.project == self.new.project)
        };
        let mut seen = BTreeSet::new();
        for address in ours().filter_map(|object| object.address.as_ref()) {
            if !seen.insert(address) {
                return Err(unfit(address, "another object has this address"));
            }
        }
        let gone = self.pruned.iter().filter(|address| !seen.contains(address));
        let gone: BTreeSet<Address> = gone.cloned().collect();
        for object in ours() {
            let address = object.address.as_ref();
            let missing = remains::missing(object.kind, address, &object.body, &gone, &|_| None);
            let missing = missing.map_err(|error| StoreError::Damaged {
                name: "memory".to_owned(),
                cause: error.to_string(),
            })?;
            if let Some(missing) = missing {
                return Err(unfit(&missing, "something still needs it"));
            }
        }
        Ok(())
    }

    fn forgotten(&self, id: &RemoteId) -> Option<Body> {
        let number = self.state.identity().number(id)?;
        Some(self.state.objects.get(number)?.body.clone())
    }

    /// Remembers the domains of our own people, says in the audit log how they changed, and returns it; `None` where they did not.
    fn remember(&mut self) -> Result<Option<OwnDomains>, StoreError> {
        let Some(now) = self.new.own.take() else {
            return Ok(None);
        };
        let project = self.new.project.clone();
        let was = self.state.own.insert(project, now.clone());
        let Some(change) = was.and_then(|was| OwnDomains::between(&was, &now)) else {
            return Ok(None);
        };
        let reason = own::reason(&change);
        self.state.log(&self.new.act(own::ACTION, &reason))?;
        Ok(Some(change))
    }
}

impl Run for MemoryRun<'_> {
    fn apply(&mut self, change: &Change) -> Result<(), StoreError> {
        let after = change.delta.after();
        match &change.delta {
            Delta::Create { after: body } => {
                let number = self.create(change, body)?;
                self.record(change, number, None, after)?;
            }
            Delta::Update {
                before,
                after: body,
                ..
            } => {
                let (number, start) = self.find(change, before)?;
                self.update(change, number, start.clone(), body);
                self.record(change, number, start.as_ref(), after)?;
                self.follow(start, &change.address);
            }
            Delta::Adopt {
                before,
                after: body,
                ..
            } => {
                let (number, start) = self.find(change, before)?;
                self.update(change, number, start, body);
                self.record(change, number, None, after)?;
            }
            Delta::Replace {
                before,
                after: body,
                ..
            } => {
                let (number, start) = self.find(change, before)?;
                self.state.objects.remove(number);
                self.moving.remove(&number);
                self.state.moves.push((number, change.address.kind()));
                let number = self.create(change, body)?;
                self.record(change, number, start.as_ref(), after)?;
                self.follow(start, &change.address);
            }
            Delta::Prune { before } => {
                let (number, start) = self.find(change, before)?;
                self.state.objects.remove(number);
                self.moving.remove(&number);
                self.pruned.insert(change.address.clone());
                self.record(change, number, start.as_ref(), None)?;
            }
            Delta::Forget { before } => {
                let (number, start) = self.find(change, before)?;
                self.state.objects.change(number, |object| {
                    object.address = None;
                    object.declared = None;
                    object.drift = None;
                    object.last = Some(change.address.clone());
                });
                self.moving.remove(&number);
                self.record(change, number, start.as_ref(), Some(&before.body))?;
            }
        }
        Ok(())
    }

    fn settle(&mut self, settled: &Settled) -> Result<(), StoreError> {
        let foreign = || unfit(&settled.address, "the object is not this project's");
        let number = self.state.identity().number(&settled.id);
        let number = number.ok_or_else(foreign)?;
        let project = &self.new.project;
        let object = self.state.objects.get(number);
        let object = object
            .filter(|object| object.address.is_some() && object.project == *project)
            .ok_or_else(foreign)?;
        let body = object.body.digest();
        let drift = self.state.objects.change(number, |object| {
            object.declared = Some(settled.declared);
            object.drift.take()
        });
        if drift.flatten().is_none() {
            return Ok(());
        }
        self.state.log(&Act {
            action: audit::SETTLE,
            actor: &self.new.actor,
            address: Some(&settled.address.to_string()),
            after: Some(body),
            at: self.new.started,
            before: None,
            reason: &audit::settling(number),
            run: Some(&self.new.id),
            target: None,
            via: self.new.purpose.as_str(),
        })
    }

    fn accept(&mut self, lost: &Lost) -> Result<(), StoreError> {
        let Some(number) = self.state.identity().number(&lost.id) else {
            return Err(unfit(&lost.address, "the id is none of this store's"));
        };
        let (action, after) = match &lost.fate {
            Fate::Deleted => (Action::Prune, None),
            Fate::Unbound | Fate::Taken { .. } => (Action::Forget, Some(lost.applied.clone())),
            // It is ours: whoever records where it is says so.
            Fate::Rebound { .. } => return Ok(()),
        };
        self.found(&lost.id);
        let address = lost.address.to_string();
        self.state.log(&Act {
            action: action.as_str(),
            actor: &self.new.actor,
            address: Some(&address),
            after: after.as_ref().map(Body::digest),
            at: self.new.started,
            before: Some(lost.applied.digest()),
            reason: audit::word(Reason::DriftAccepted),
            run: Some(&self.new.id),
            target: None,
            via: self.new.purpose.as_str(),
        })?;
        self.changes.push(RecordedChange {
            address,
            renamed_from: None,
            action,
            id: self.state.identity().id(number),
            before: Some(lost.applied.clone()),
            after,
        });
        Ok(())
    }

    fn commit(mut self: Box<Self>) -> Result<Head, StoreError> {
        self.respell()?;
        self.check()?;
        let renames = self.renames.iter();
        let resources = renames.filter(|(from, _)| from.kind() == Kind::Resource);
        let renamed = Renamed::of(resources.map(|(from, to)| (from.name(), to.name())));
        self.state.rename(&self.new.project, &renamed)?;
        let mut changes = std::mem::take(&mut self.changes);
        for change in &mut changes {
            if change.action == Action::Forget && self.new.purpose != Purpose::Refresh {
                change.after = self.forgotten(&change.id);
            }
        }
        let lifted = self.new.lifted.clone();
        for (guard, address, by) in audit::lifted(&lifted) {
            let reason = audit::lifting(guard, by);
            self.state.log(&Act {
                address: Some(address),
                via: "apply",
                ..self.new.act("lift", &reason)
            })?;
        }
        let own = self.remember()?;
        self.state.generation += 1;
        let generation = format!("generation {}", self.state.generation);
        self.state.log(&Act {
            after: Some(self.new.plan),
            ..self.new.act("commit", &generation)
        })?;
        let counts = Action::ALL.iter().filter_map(|action| {
            let count = changes.iter().filter(|change| change.action == *action);
            let count = count.count() as u64;
            (count > 0).then_some((*action, count))
        });
        let mut record = RunRecord {
            id: self.new.id.clone(),
            purpose: self.new.purpose.clone(),
            project: self.new.project.clone(),
            generation: self.state.generation,
            actor: self.new.actor.clone(),
            host: self.new.host.clone(),
            commit: self.new.commit.clone(),
            tree: self.new.tree,
            plan: self.new.plan,
            started: self.new.started,
            finished: self.new.started,
            counts: counts.collect(),
            lifted: self.new.lifted.clone(),
            own,
        };
        people::spell(&mut record);
        self.state.runs.push((record, changes));
        let head = self.state.head();
        let Self { store, state, .. } = *self;
        store.state = state;
        Ok(head)
    }
}
