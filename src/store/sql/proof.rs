//! Proof that a store still says what was written to it. Whoever is about to write asks for it first, so that nothing is
//! ever built on a damaged file: such a store can be read, as far as it goes, and no longer be written.
//! `threat-and-fault-model` §12.
//!
//! The audit log holds the digest of every body and of every run's row and is itself a chain, so the one proves the other.

mod applied;
mod records;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Deserialize;

use applied::Applied;
use records::Records;

use super::db::{Cell, Db, Param};
use super::meta::Meta;
use super::names::Names;
use super::{audit, history, lease, read};
use crate::audit::{Chain, Hash};
use crate::model::{Address, Digest};
use crate::plan::Action;
use crate::store::StoreError;

/// Up to so many audit entries all of them are read before each plan and each write: about a second. A store in which the
/// engine has written millions would make everybody wait for tens of seconds; there `guestlist audit verify` reads them.
pub(super) const AT_ONCE: u64 = 500_000;

const ENTRIES: &str = "SELECT entry, hash FROM audit ORDER BY seq";
const RUN: &str = "SELECT first, last, counts, project FROM run WHERE name = ?1";
const RUNS: &str = "SELECT name, project, generation FROM run";
const BODIES: &str =
    "SELECT body, address, action, object, id FROM version WHERE id BETWEEN ?1 AND ?2 ORDER BY id";
const OBJECTS: &str = "SELECT o.id, o.kind, o.address, v.body IS NOT NULL AND v.object = o.id, \
    o.applied IS NULL OR coalesce(a.object = o.id, 0), o.project, o.applied FROM object o LEFT JOIN version v ON v.id = o.version \
    LEFT JOIN version a ON a.id = o.applied";
const HIGHEST: &str = "SELECT coalesce(max(object), 0) FROM version";

/// How much is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Objects, runs and people.
    Objects,
    /// The engine's records as well, as far as each change of them is told.
    Records,
}

/// What of an entry is compared with the rest of the store.
#[derive(Deserialize)]
struct Said<'e> {
    action: String,
    address: Option<String>,
    after: Option<Digest>,
    before: Option<Digest>,
    #[serde(borrow)]
    reason: Cow<'e, str>,
    run: Option<String>,
}

/// The changes of one run, as the audit log has them.
#[derive(Default)]
struct Changes {
    run: Option<String>,
    /// Whether the commit of a run is among the entries; there is none where something else than a run wrote them.
    committed: bool,
    /// The digest of the run's row, which commits of old do not have.
    record: Option<Digest>,
    changes: Vec<Change>,
    /// The objects that it settled for, with their bodies.
    settled: Vec<(i64, Digest)>,
}

/// One change, as the audit log has it.
struct Change {
    action: Action,
    address: Option<String>,
    /// What it left; `None` for a body that may be written otherwise since.
    after: Option<After>,
}

/// What a change left.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Nothing,
    Body(Digest),
}

/// As [`check`], unless the audit log has more entries than are read at once: then what can be told without them.
pub(super) fn check_at_once(db: &impl Db) -> Result<(), StoreError> {
    let meta = Meta::read(db)?;
    if meta.chain.size() <= AT_ONCE {
        return check(db, Depth::Objects);
    }
    audit::check_end(db, &meta)?;
    tables(db, &meta)?;
    objects(db, None)
}

/// Checks what the tables say for themselves.
fn tables(db: &impl Db, meta: &Meta) -> Result<(), StoreError> {
    history::check(db)?;
    lease::held(db)?;
    db.query(HIGHEST, &[], &mut |row| {
        if row.int(0, "the highest number of an object")? == meta.objects {
            return Ok(());
        }
        Err(row.damaged("its count of objects is wrong".to_owned()))
    })?;
    Names::read(db).map(drop)
}

/// Checks that the audit log knows every run that counts: each one of a generation, and each one of a project that commits.
/// Other hands may write runs of their own, which shows as drift.
fn runs(db: &impl Db, meta: &Meta, committed: &HashSet<String>) -> Result<(), StoreError> {
    let mut own = BTreeSet::new();
    let mut unknown = Vec::new();
    db.query(RUNS, &[], &mut |row| {
        let name = row.text(0, "the id of a run")?;
        let project = row.text(1, "the project of a run")?;
        let generation = row.count(2, "the generation of a run")?;
        if committed.contains(name) {
            if !own.contains(project) {
                own.insert(project.to_owned());
            }
        } else {
            unknown.push((name.to_owned(), project.to_owned(), generation));
        }
        Ok(())
    })?;
    let missed = unknown.into_iter().find(|(_, project, generation)| {
        own.contains(project) || *generation <= meta.generation.saturating_add(1)
    });
    match missed {
        None => Ok(()),
        Some((name, _, _)) => Err(StoreError::Damaged {
            name: db.name().to_owned(),
            cause: format!("its audit log does not know run {name}"),
        }),
    }
}

/// Compares everything that the audit log covers with it. The caller holds one view.
pub(super) fn check(db: &impl Db, depth: Depth) -> Result<(), StoreError> {
    db.sound()?;
    let meta = Meta::read(db)?;
    tables(db, &meta)?;
    let mut chain = Chain::new(&meta.lineage);
    let mut commits = 0_u64;
    let mut committed = HashSet::new();
    let mut changes = Changes::default();
    let mut applied = Applied::default();
    let mut records = Records::default();
    db.query(ENTRIES, &[], &mut |row| {
        let text = row.text(0, "the text of an audit entry")?;
        let hash = Hash::from_bytes(row.bytes(1, "the hash of an audit entry")?);
        if chain.append(text) != hash {
            let cause = format!("audit entry {} is not as it was written", chain.size());
            return Err(row.damaged(cause));
        }
        let said: Said<'_> = serde_json::from_str(text).map_err(|error| {
            row.damaged(format!(
                "audit entry {} is unreadable: {error}",
                chain.size()
            ))
        })?;
        if said.run != changes.run {
            std::mem::take(&mut changes).check(db, &mut applied)?;
            changes.run.clone_from(&said.run);
        }
        if said.action == "commit" {
            changes.committed = true;
            changes.record = said.before;
            committed.extend(said.run.clone());
            commits += 1;
        }
        changes.settled.extend(said.settled());
        if depth == Depth::Records
            && let Some(address) = &said.address
        {
            records.hear(address, said.after);
        }
        changes.changes.extend(said.change());
        Ok(())
    })?;
    changes.check(db, &mut applied)?;
    let damaged = |cause: String| StoreError::Damaged {
        name: db.name().to_owned(),
        cause,
    };
    if chain != meta.chain {
        return Err(damaged(
            "its audit log does not end where it should".to_owned(),
        ));
    }
    if commits != meta.generation {
        return Err(damaged(format!(
            "it is at generation {}, and its audit log knows {commits}",
            meta.generation
        )));
    }
    runs(db, &meta, &committed)?;
    objects(db, Some(&mut applied))?;
    applied.check_settled(db)?;
    match depth {
        Depth::Objects => Ok(()),
        Depth::Records => records.check(db),
    }
}

/// Reads what every object is, and checks that its body is its own, and, where the log was read, that it is the one applied.
fn objects(db: &impl Db, mut applied: Option<&mut Applied>) -> Result<(), StoreError> {
    db.query(OBJECTS, &[], &mut |row| {
        let object = row.int(0, "the number of an object")?;
        read::kind(row, 1, object)?;
        if row.maybe_text(2, "the address of an object")?.is_some() {
            row.parse::<Address>(2, format_args!("the address of object {object}"))?;
        }
        match (row.cell(3), row.cell(4)) {
            (Cell::Int(1), Cell::Int(1)) => {
                let project = row.maybe_text(5, "the project of an object")?;
                match (&mut applied, project, row.cell(6)) {
                    (Some(applied), Some(project), Cell::Int(version)) => {
                        applied.compare(row, object, project, version)
                    }
                    _ => Ok(()),
                }
            }
            (Cell::Int(1), _) => Err(row.damaged(format!(
                "what was last applied to object {object} is not its own"
            ))),
            _ => Err(row.damaged(format!("object {object} has no body of its own"))),
        }
    })
}

impl Said<'_> {
    /// Returns the object that a run settled for, and its body.
    fn settled(&self) -> Option<(i64, Digest)> {
        if self.action != audit::SETTLE {
            return None;
        }
        audit::settled(&self.reason).zip(self.after)
    }

    /// Returns what a change left, where the entry is of one.
    fn change(self) -> Option<Change> {
        let action = Action::ALL
            .iter()
            .find(|known| known.as_str() == self.action)?;
        let after = match (action, self.after) {
            // What is let go takes the names of the end of its run, after its entry was written.
            (Action::Forget, _) => None,
            (_, None) => Some(After::Nothing),
            (_, Some(digest)) => Some(After::Body(digest)),
        };
        Some(Change {
            action: *action,
            address: self.address,
            after,
        })
    }
}

impl Changes {
    /// Compares the bodies of a run with what was written.
    fn check(self, db: &impl Db, applied: &mut Applied) -> Result<(), StoreError> {
        let Some(run) = self.run.filter(|_| self.committed) else {
            return Ok(());
        };
        let damaged = |cause: String| StoreError::Damaged {
            name: db.name().to_owned(),
            cause,
        };
        let mut range = None;
        db.query(RUN, &[Param::Text(&run)], &mut |row| {
            let first = row.int(0, "the first change of a run")?;
            let last = row.int(1, "the last change of a run")?;
            let counts: BTreeMap<String, u64> =
                serde_json::from_str(row.text(2, "the counts of a run")?).map_err(|error| {
                    row.damaged(format!("the counts of a run are unreadable: {error}"))
                })?;
            let known = Action::ALL
                .iter()
                .filter_map(|action| counts.get(action.as_str()));
            range = Some((
                first,
                last,
                applied.project(row.text(3, "the project of a run")?),
                known.fold(0, |sum: u64, n| sum.saturating_add(*n)),
            ));
            Ok(())
        })?;
        let Some((first, last, project, counted)) = range else {
            return Err(damaged(format!("run {run} is missing")));
        };
        if counted != self.changes.len() as u64 {
            return Err(damaged(format!("the counts of run {run} are wrong")));
        }
        if let Some(record) = self.record
            && record != history::record(db, &run)?
        {
            return Err(damaged(format!(
                "what is kept of run {run} has changed since"
            )));
        }
        let mut expected = self.changes.iter();
        let range = [Param::Int(first), Param::Int(last)];
        db.query(BODIES, &range, &mut |row| {
            let body = row.maybe_text(0, "a body")?;
            let found = body.map_or(After::Nothing, |body| {
                After::Body(Digest::of(body.as_bytes()))
            });
            let address = row.maybe_text(1, "the address of a change")?;
            let word = row.text(2, "the action of a change")?;
            let object = row.int(3, "the object of a change")?;
            applied.wrote(project, object, row.int(4, "the number of a change")?);
            match expected.next() {
                Some(Change {
                    action,
                    address: at,
                    after,
                }) if at.as_deref() == address
                    && action.as_str() == word
                    && after.is_none_or(|after| after == found) =>
                {
                    Ok(())
                }
                _ => Err(row.damaged(format!("what run {run} wrote has changed since"))),
            }
        })?;
        if expected.next().is_some() {
            return Err(damaged(format!(
                "something that run {run} wrote is missing"
            )));
        }
        for (object, body) in self.settled {
            applied.settled(project, object, body);
        }
        Ok(())
    }
}
