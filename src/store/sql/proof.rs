//! Proof that a store still says what was written to it. Whoever is about to write asks for it first, so that nothing is
//! ever built on a damaged file: such a store can be read, as far as it goes, and no longer be written.
//! `threat-and-fault-model` §12.
//!
//! The audit log holds the digest of every body and is itself a chain, so the one proves the other.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::db::{Cell, Db, Param};
use super::meta::Meta;
use super::names::Names;
use super::{history, read};
use crate::audit::{Chain, Hash};
use crate::model::{Address, Digest};
use crate::plan::Action;
use crate::store::StoreError;

const ENTRIES: &str = "SELECT entry, hash FROM audit ORDER BY seq";
const RUN: &str = "SELECT first, last, counts FROM run WHERE name = ?1";
const BODIES: &str = "SELECT body, address FROM version WHERE id BETWEEN ?1 AND ?2 ORDER BY id";
const OBJECTS: &str = "SELECT o.id, o.kind, o.address, v.body IS NOT NULL AND v.object = o.id FROM object o \
    LEFT JOIN version v ON v.id = o.version";

/// What of an entry is compared with the rest of the store.
#[derive(Deserialize)]
struct Said {
    action: String,
    address: Option<String>,
    after: Option<Digest>,
    run: Option<String>,
}

/// The changes of one run, as the audit log has them.
#[derive(Default)]
struct Changes {
    run: Option<String>,
    /// Whether the commit of a run is among the entries; there is none where something else than a run wrote them.
    committed: bool,
    changes: Vec<Change>,
}

/// One change, as the audit log has it.
struct Change {
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

/// Compares everything that the audit log covers with it. The caller holds one view.
pub(super) fn check(db: &impl Db) -> Result<(), StoreError> {
    db.sound()?;
    history::check(db)?;
    let meta = Meta::read(db)?;
    let mut chain = Chain::new(&meta.lineage);
    let mut commits = 0_u64;
    let mut changes = Changes::default();
    db.query(ENTRIES, &[], &mut |row| {
        let text = row.text(0, "the text of an audit entry")?;
        let hash = Hash::from_bytes(row.bytes(1, "the hash of an audit entry")?);
        if chain.append(text) != hash {
            let cause = format!("audit entry {} is not as it was written", chain.size());
            return Err(row.damaged(cause));
        }
        let said: Said = serde_json::from_str(text).map_err(|error| {
            row.damaged(format!(
                "audit entry {} is unreadable: {error}",
                chain.size()
            ))
        })?;
        if said.run != changes.run {
            std::mem::take(&mut changes).check(db)?;
            changes.run.clone_from(&said.run);
        }
        if said.action == "commit" {
            changes.committed = true;
            commits += 1;
        }
        changes.changes.extend(said.change());
        Ok(())
    })?;
    changes.check(db)?;
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
    objects(db)?;
    Names::read(db).map(drop)
}

/// Reads what every object is, and checks that its body is its own.
fn objects(db: &impl Db) -> Result<(), StoreError> {
    db.query(OBJECTS, &[], &mut |row| {
        let object = row.int(0, "the number of an object")?;
        read::kind(row, 1, object)?;
        if row.maybe_text(2, "the address of an object")?.is_some() {
            row.parse::<Address>(2, format_args!("the address of object {object}"))?;
        }
        match row.cell(3) {
            Cell::Int(1) => Ok(()),
            _ => Err(row.damaged(format!("object {object} has no body of its own"))),
        }
    })
}

impl Said {
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
            address: self.address,
            after,
        })
    }
}

impl Changes {
    /// Compares the bodies of a run with what was written.
    fn check(self, db: &impl Db) -> Result<(), StoreError> {
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
                known.fold(0, |sum: u64, n| sum.saturating_add(*n)),
            ));
            Ok(())
        })?;
        let Some((first, last, counted)) = range else {
            return Err(damaged(format!("run {run} is missing")));
        };
        if counted != self.changes.len() as u64 {
            return Err(damaged(format!("the counts of run {run} are wrong")));
        }
        let mut expected = self.changes.iter();
        let range = [Param::Int(first), Param::Int(last)];
        db.query(BODIES, &range, &mut |row| {
            let body = row.maybe_text(0, "a body")?;
            let found = body.map_or(After::Nothing, |body| {
                After::Body(Digest::of(body.as_bytes()))
            });
            let address = row.maybe_text(1, "the address of a change")?;
            match expected.next() {
                Some(Change { address: at, after })
                    if at.as_deref() == address && after.is_none_or(|after| after == found) =>
                {
                    Ok(())
                }
                _ => Err(row.damaged(format!("what run {run} wrote has changed since"))),
            }
        })?;
        match expected.next() {
            None => Ok(()),
            Some(_) => Err(damaged(format!(
                "something that run {run} wrote is missing"
            ))),
        }
    }
}
