//! One apply as one transaction: objects, versions, audit entries, the run's row and the new generation, all or nothing.

mod moving;
mod telling;

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use moving::Moving;

use super::db::{Db, Param, Step};
use super::identity::Identity;
use super::meta::Meta;
use super::names::{Names, Span};
use super::people::People;
use super::{audit, history, lease, read, remains};
use crate::audit::{Act, canonical};
use crate::model::text::Domain;
use crate::model::{Address, Body, Digest, Fate, Kind, LiveObject, Lost};
use crate::plan::{Action, Change, Delta, Reason, Settled};
use crate::planted::{self, Planted};
use crate::store::{Head, Lease, NewRun, Run, StoreError, own};

const LAST_RUN: &str = "SELECT coalesce(max(id), 0) FROM run";
const LAST_VERSION: &str = "SELECT coalesce(max(id), 0) FROM version";
const NEW_RUN: &str = "INSERT INTO run (id, name, project, generation, actor, host, revision, tree, plan, started, finished, \
    counts, first, last, purpose, lifted, own) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, '{}', ?11, ?11 - 1, ?12, ?13, ?14) \
    ON CONFLICT DO NOTHING";
const END_RUN: &str = "UPDATE run SET finished = ?2, counts = ?3, last = ?4 WHERE id = ?1";
const NEW_VERSION: &str = "INSERT INTO version (id, object, run, action, address, renamed, before, body) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const NEW_OBJECT: &str = "INSERT INTO object (id, kind, project, address, declared, version, applied) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT DO NOTHING";
const FIND: &str = "SELECT o.kind, o.project, o.address, o.version, v.body, v.run FROM object o \
    JOIN version v ON v.id = o.version WHERE o.id = ?1";
const SET: &str = "UPDATE object SET project = ?2, address = ?3, declared = ?4, version = ?5, applied = ?5 WHERE id = ?1";
const LET_GO: &str = "UPDATE object SET project = NULL, address = NULL, declared = NULL, applied = NULL, version = ?2 \
    WHERE id = ?1";
const DELETE: &str = "DELETE FROM object WHERE id = ?1";
const SETTLE: &str =
    "UPDATE object SET declared = ?3, applied = version WHERE id = ?1 AND project = ?2";
const STRAYED: &str = "SELECT v.body FROM object o JOIN version v ON v.id = o.version \
    WHERE o.id = ?1 AND o.project = ?2 AND o.applied IS NOT NULL AND o.applied <> o.version";
const APPLIED: &str = "SELECT max(v.id) FROM version v JOIN run r ON r.id = v.run WHERE v.object = ?1 AND r.project = ?2 \
    HAVING max(v.id) IS NOT NULL";

/// One apply in progress.
pub(super) struct SqlRun<'s, D: Db> {
    db: &'s D,
    new: NewRun,
    at: String,
    meta: Meta,
    identity: Identity,
    /// The renames before this run; those of this run are added as they happen.
    names: Names,
    number: i64,
    first: i64,
    version: i64,
    /// Objects that get an address when everything else is done, so that names can be swapped: object to address.
    moving: HashMap<i64, Moving>,
    pruned: Vec<Address>,
    /// The versions of objects that were let go, with their bodies as they were.
    forgotten: Vec<(i64, Address, Body)>,
    counts: BTreeMap<&'static str, u64>,
    people: People,
    /// The domains of our own people before this run.
    was_own: Option<Vec<Domain>>,
    began: Instant,
    done: bool,
}

/// An object as the store has it.
struct Stored {
    object: i64,
    /// The address at the start of the run.
    address: Option<Address>,
    version: i64,
    digest: Digest,
}

/// Returns the instant so many milliseconds after another.
fn after(instant: Timestamp, passed: Duration) -> Timestamp {
    let passed = i64::try_from(passed.as_millis()).unwrap_or(0);
    let then = instant.checked_add(SignedDuration::from_millis(passed));
    then.unwrap_or(instant)
}

fn unfit(address: &Address, cause: impl Into<String>) -> StoreError {
    StoreError::Unfit {
        address: address.to_string(),
        cause: cause.into(),
    }
}

impl<'s, D: Db> SqlRun<'s, D> {
    pub(super) fn begin(db: &'s D, lease: &Lease, new: NewRun) -> Result<Self, StoreError> {
        let began = Instant::now();
        db.transact(Step::Write)?;
        let run = Self::start(db, lease, new, began);
        if run.is_err() {
            // The first error is the one to tell; a connection that cannot roll back has none open any more.
            let _ = db.transact(Step::Rollback);
        }
        run
    }

    fn start(db: &'s D, lease: &Lease, new: NewRun, began: Instant) -> Result<Self, StoreError> {
        if !planted::is(Planted::TokenUnchecked) {
            // Whoever waited for the file, or was stopped meanwhile, may have waited for too long.
            lease::prove(db, lease, after(new.started, began.elapsed()))?;
        }
        let mut meta = Meta::read(db)?;
        if meta.generation != new.generation && !planted::is(Planted::GenerationUnchecked) {
            return Err(StoreError::Moved {
                planned: new.generation,
                found: meta.generation,
            });
        }
        audit::check_end(db, &meta)?;
        meta.note_time(db, new.started)?;
        let first = number(db, LAST_VERSION)? + 1;
        let mut run = Self {
            identity: Identity::new(&meta.lineage),
            names: Names::read(db)?,
            number: number(db, LAST_RUN)? + 1,
            first,
            version: first - 1,
            moving: HashMap::new(),
            pruned: Vec::new(),
            forgotten: Vec::new(),
            counts: BTreeMap::new(),
            people: People::default(),
            was_own: history::own(db, &new.project)?,
            began,
            done: false,
            at: new.started.to_string(),
            db,
            meta,
            new,
        };
        run.record()?;
        Ok(run)
    }

    /// Writes the run's row.
    fn record(&mut self) -> Result<(), StoreError> {
        let actor = self.people.look(self.db, &canonical(&self.new.actor))?.id;
        let lifted = self.people.seal(self.db, &self.new.lifted)?;
        let own = self.new.own.as_deref().map(own::to_text);
        let generation = i64::try_from(self.meta.generation + 1).unwrap_or(i64::MAX);
        let written = self.db.execute(
            NEW_RUN,
            &[
                Param::Int(self.number),
                Param::Text(&self.new.id),
                Param::Text(&self.new.project),
                Param::Int(generation),
                Param::Text(&actor),
                Param::Text(&self.new.host),
                Param::text(self.new.commit.as_deref()),
                Param::Blob(self.new.tree.as_bytes()),
                Param::Blob(self.new.plan.as_bytes()),
                Param::Text(&self.at),
                Param::Int(self.first),
                Param::Text(&self.new.purpose.to_text()),
                Param::Text(&crate::model::canonical(&lifted)),
                Param::text(own.as_deref()),
            ],
        )?;
        if written == 1 {
            return Ok(());
        }
        Err(StoreError::Unfit {
            address: format!("run {}", self.new.id),
            cause: "the store has a run of this id or generation already".to_owned(),
        })
    }

    /// Finds the object that a change speaks of, and checks that it is as the plan saw it.
    fn find(&self, change: &Change, before: &LiveObject) -> Result<Stored, StoreError> {
        let owned = !matches!(change.delta, Delta::Adopt { .. });
        let refuse = |cause: String| unfit(&change.address, cause);
        let object = self
            .identity
            .number(&before.id)
            .ok_or_else(|| refuse(format!("the id {} is none of this store's", before.id)))?;
        let mut found = None;
        self.db.query(FIND, &[Param::Int(object)], &mut |row| {
            let kind = read::kind(row, 0, object)?;
            let project = row.maybe_text(1, "the project of an object")?;
            let is_ours = project == Some(self.new.project.as_str());
            if owned && !is_ours && !planted::is(Planted::ForeignTouched) {
                return Err(refuse("the object is not this project's".to_owned()));
            }
            if let (false, Some(project)) = (owned, project) {
                return Err(refuse(format!("the object belongs to project `{project}`")));
            }
            let address = match row.maybe_text(2, "the address of an object")? {
                Some(_) => Some(row.parse(2, "the address of an object")?),
                None => None,
            };
            let run = row.int(5, "the run of a version")?;
            let body = read::body(row, 4, &change.address)?;
            found = Some((kind, address, row.int(3, "a version")?, body, run));
            Ok(())
        })?;
        let (kind, address, version, body, run) =
            found.ok_or_else(|| refuse(format!("there is no object {}", before.id)))?;
        if run == self.number {
            return Err(refuse("the plan changes the object twice".to_owned()));
        }
        if kind != before.kind || kind != change.address.kind() {
            return Err(refuse(format!("the object is a {kind}")));
        }
        let moving = self.moving.get(&object);
        let address: Option<Address> = match moving {
            Some(moving) => moving.from.clone(),
            None => address,
        };
        let as_planned = before.address == address
            || moving.is_some_and(|m| before.address.as_ref() == Some(&m.to));
        if !as_planned {
            return Err(refuse(match &address {
                Some(address) => format!("the object is {address} now"),
                None => "the object has no address".to_owned(),
            }));
        }
        let is_as_planned = self.spell(kind, body, run, &change.address)? == before.body;
        if !is_as_planned && !planted::is(Planted::ChangeOverwritten) {
            return Err(refuse(
                "the object is not as it was when the plan was made".to_owned(),
            ));
        }
        Ok(Stored {
            object,
            address,
            version,
            digest: before.body.digest(),
        })
    }

    /// Returns a stored body with the names of the start of this run.
    fn spell(&self, kind: Kind, body: Body, run: i64, at: &Address) -> Result<Body, StoreError> {
        let span = Span {
            since: run,
            until: self.number - 1,
        };
        let project = &self.new.project;
        self.names
            .spell(project, kind, body, span)
            .map_err(|error| self.alien(at, &error))
    }

    /// Appends a version, which is the record of the change as well, and returns its number.
    fn version(
        &mut self,
        change: &Change,
        object: i64,
        before: Option<&Stored>,
        body: Option<&Body>,
    ) -> Result<i64, StoreError> {
        let (address, action) = (&change.address, change.delta.action());
        self.append(address, action, change.reason, object, before, body)
    }

    /// Appends a version for what happened to the object of an address.
    fn append(
        &mut self,
        at: &Address,
        action: Action,
        reason: Reason,
        object: i64,
        before: Option<&Stored>,
        body: Option<&Body>,
    ) -> Result<i64, StoreError> {
        self.version += 1;
        let address = at.to_string();
        let renamed = before
            .and_then(|stored| stored.address.as_ref())
            .filter(|from| *from != at)
            .map(ToString::to_string);
        self.db.execute(
            NEW_VERSION,
            &[
                Param::Int(self.version),
                Param::Int(object),
                Param::Int(self.number),
                Param::Text(action.as_str()),
                Param::Text(&address),
                Param::text(renamed.as_deref()),
                before.map_or(Param::Null, |stored| Param::Int(stored.version)),
                Param::text(body.map(Body::as_str)),
            ],
        )?;
        let act = Act {
            action: action.as_str(),
            actor: &self.new.actor,
            address: Some(&address),
            after: body.map(Body::digest),
            at: self.new.started,
            before: before.map(|stored| stored.digest),
            reason: audit::word(reason),
            run: Some(&self.new.id),
            target: None,
            via: self.new.purpose.as_str(),
        };
        audit::append(self.db, &mut self.meta.chain, &mut self.people, &act)?;
        Ok(self.version)
    }

    fn create(
        &mut self,
        change: &Change,
        before: Option<&Stored>,
        body: &Body,
    ) -> Result<(), StoreError> {
        self.meta.objects += 1;
        let object = self.meta.objects;
        let version = self.version(change, object, before, Some(body))?;
        let created = self.db.execute(
            NEW_OBJECT,
            &[
                Param::Int(object),
                Param::Text(change.address.kind().as_str()),
                Param::Text(&self.new.project),
                Param::Text(&change.address.to_string()),
                declared(change),
                Param::Int(version),
            ],
        )?;
        match created {
            1 => Ok(()),
            _ => Err(taken(&change.address)),
        }
    }

    /// Gives an object a new body, and an address where it has another one or none.
    fn update(&mut self, change: &Change, stored: &Stored, body: &Body) -> Result<(), StoreError> {
        let version = self.version(change, stored.object, Some(stored), Some(body))?;
        let stays = stored.address.as_ref() == Some(&change.address)
            && !self.moving.contains_key(&stored.object);
        let address = change.address.to_string();
        self.db.execute(
            SET,
            &[
                Param::Int(stored.object),
                Param::Text(&self.new.project),
                Param::text(stays.then_some(&address)),
                declared(change),
                Param::Int(version),
            ],
        )?;
        if !stays {
            let moving = Moving {
                from: stored.address.clone(),
                to: change.address.clone(),
            };
            self.moving.insert(stored.object, moving);
        }
        Ok(())
    }

    fn delete(&mut self, stored: &Stored) -> Result<(), StoreError> {
        self.db.execute(DELETE, &[Param::Int(stored.object)])?;
        self.moving.remove(&stored.object);
        Ok(())
    }

    fn alien(&self, address: &Address, error: &serde_json::Error) -> StoreError {
        StoreError::Damaged {
            name: self.db.name().to_owned(),
            cause: format!("the body of {address} is not of its kind: {error}"),
        }
    }

    fn finish(&mut self) -> Result<Head, StoreError> {
        self.bind()?;
        self.respell()?;
        self.follow_records()?;
        if planted::is(Planted::NeededPruned) {
            self.pruned.clear();
        }
        remains::check(
            self.db,
            &self.new.project,
            &self.names,
            std::mem::take(&mut self.pruned),
        )?;
        self.tell_lifted()?;
        self.tell_own()?;
        let counts = crate::model::canonical(&self.counts);
        self.db.execute(
            END_RUN,
            &[
                Param::Int(self.number),
                Param::Text(&self.finished().to_string()),
                Param::Text(&counts),
                Param::Int(self.version),
            ],
        )?;
        let record = history::record(self.db, &self.new.id)?;
        self.meta.generation += 1;
        self.tell_committed(record)?;
        self.meta.write(self.db)?;
        Ok(self.meta.head())
    }

    /// Returns when the run ends: so many milliseconds after it started, whatever the clock does meanwhile.
    fn finished(&self) -> Timestamp {
        after(self.new.started, self.began.elapsed())
    }
}

impl<D: Db> Run for SqlRun<'_, D> {
    fn apply(&mut self, change: &Change) -> Result<(), StoreError> {
        match &change.delta {
            Delta::Create { after } => self.create(change, None, after)?,
            Delta::Update { before, after, .. } => {
                let stored = self.find(change, before)?;
                self.update(change, &stored, after)?;
                self.follow(stored.address.as_ref(), &change.address)?;
            }
            Delta::Adopt { before, after, .. } => {
                let stored = self.find(change, before)?;
                self.update(change, &stored, after)?;
            }
            Delta::Replace { before, after, .. } => {
                let stored = self.find(change, before)?;
                self.delete(&stored)?;
                self.create(change, Some(&stored), after)?;
                self.follow(stored.address.as_ref(), &change.address)?;
            }
            Delta::Prune { before } => {
                let stored = self.find(change, before)?;
                self.version(change, stored.object, Some(&stored), None)?;
                self.delete(&stored)?;
                self.pruned.push(change.address.clone());
            }
            Delta::Forget { before } => {
                let stored = self.find(change, before)?;
                let version =
                    self.version(change, stored.object, Some(&stored), Some(&before.body))?;
                let params = [Param::Int(stored.object), Param::Int(version)];
                self.db.execute(LET_GO, &params)?;
                self.moving.remove(&stored.object);
                let forgotten = (version, change.address.clone(), before.body.clone());
                self.forgotten.push(forgotten);
            }
        }
        *self
            .counts
            .entry(change.delta.action().as_str())
            .or_default() += 1;
        if planted::is(Planted::ChangesCommitAlone) {
            self.db.transact(Step::Commit)?;
            self.db.transact(Step::Write)?;
        }
        Ok(())
    }

    fn settle(&mut self, settled: &Settled) -> Result<(), StoreError> {
        let object = self.identity.number(&settled.id).ok_or_else(|| {
            unfit(
                &settled.address,
                format!("the id {} is none of this store's", settled.id),
            )
        })?;
        let mut strayed = None;
        let params = [Param::Int(object), Param::Text(&self.new.project)];
        self.db.query(STRAYED, &params, &mut |row| {
            strayed = Some(Digest::of(row.text(0, "a body")?.as_bytes()));
            Ok(())
        })?;
        if let Some(body) = strayed {
            let act = Act {
                action: audit::SETTLE,
                actor: &self.new.actor,
                address: Some(&settled.address.to_string()),
                after: Some(body),
                at: self.new.started,
                before: None,
                reason: &audit::settling(object),
                run: Some(&self.new.id),
                target: None,
                via: self.new.purpose.as_str(),
            };
            audit::append(self.db, &mut self.meta.chain, &mut self.people, &act)?;
        }
        let params = [
            Param::Int(object),
            Param::Text(&self.new.project),
            Param::Blob(settled.declared.as_bytes()),
        ];
        match self.db.execute(SETTLE, &params)? {
            1 => Ok(()),
            _ => Err(unfit(&settled.address, "the object is not this project's")),
        }
    }

    fn accept(&mut self, lost: &Lost) -> Result<(), StoreError> {
        let object = self.identity.number(&lost.id).ok_or_else(|| {
            unfit(
                &lost.address,
                format!("the id {} is none of this store's", lost.id),
            )
        })?;
        let (action, body) = match &lost.fate {
            Fate::Deleted => (Action::Prune, None),
            Fate::Unbound | Fate::Taken { .. } => (Action::Forget, Some(&lost.applied)),
            // It is ours: whoever records where it is says so.
            Fate::Rebound { .. } => return Ok(()),
        };
        let mut applied = None;
        let params = [Param::Int(object), Param::Text(&self.new.project)];
        self.db.query(APPLIED, &params, &mut |row| {
            applied = Some(row.int(0, "the version last applied")?);
            Ok(())
        })?;
        let before =
            applied.ok_or_else(|| unfit(&lost.address, "this project never applied it"))?;
        let stored = Stored {
            object,
            address: None,
            version: before,
            digest: lost.applied.digest(),
        };
        self.append(
            &lost.address,
            action,
            Reason::DriftAccepted,
            object,
            Some(&stored),
            body,
        )?;
        *self.counts.entry(action.as_str()).or_default() += 1;
        Ok(())
    }

    fn commit(mut self: Box<Self>) -> Result<Head, StoreError> {
        let head = self.finish()?;
        self.db.transact(Step::Commit)?;
        self.done = true;
        Ok(head)
    }
}

impl<D: Db> Drop for SqlRun<'_, D> {
    fn drop(&mut self) {
        if !self.done {
            // What cannot be rolled back now is rolled back by whoever opens the store next.
            let _ = self.db.transact(Step::Rollback);
        }
    }
}

fn declared(change: &Change) -> Param<'_> {
    change
        .declared
        .as_ref()
        .map_or(Param::Null, |digest| Param::Blob(digest.as_bytes()))
}

fn taken(address: &Address) -> StoreError {
    unfit(address, "another object has this address")
}

fn number(db: &impl Db, sql: &'static str) -> Result<i64, StoreError> {
    let mut number = 0;
    db.query(sql, &[], &mut |row| {
        number = row.int(0, "the highest number of a table")?;
        Ok(())
    })?;
    Ok(number)
}
