//! The engine's records against the audit log, for the kinds that never change without an entry: what somebody holds where,
//! and groups. Each row is as its last entry left it.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::governance::record::{RecordId, RecordKind};
use crate::model::Digest;
use crate::store::StoreError;
use crate::store::sql::db::{Db, Param};
use crate::store::sql::ledger;

const BODIES: &str = "SELECT id, body FROM record WHERE id >= ?1 AND id < ?2";

/// The digest of each record as its last entry left it.
#[derive(Default)]
pub(super) struct Records {
    last: HashMap<RecordId, Digest, FixedState>,
}

impl Records {
    /// Hears what an entry about an address left.
    pub(super) fn hear(&mut self, address: &str, after: Option<Digest>) {
        let Some((kind, number)) = address.split_once('/') else {
            return;
        };
        let kind = RecordKind::ALL
            .iter()
            .find(|known| known.is_always_told() && known.as_str() == kind);
        let (Some(kind), Ok(number)) = (kind, number.parse()) else {
            return;
        };
        let id = RecordId {
            kind: *kind,
            number,
        };
        match after {
            Some(after) => self.last.insert(id, after),
            None => self.last.remove(&id),
        };
    }

    /// Compares the rows with it.
    pub(super) fn check(mut self, db: &impl Db) -> Result<(), StoreError> {
        for kind in RecordKind::ALL.iter().filter(|kind| kind.is_always_told()) {
            let (from, to) = ledger::rows_of(*kind);
            db.query(BODIES, &[Param::Int(from), Param::Int(to)], &mut |row| {
                let id = ledger::record_id(row, 0)?;
                let found = Digest::of(row.text(1, "the body of a record")?.as_bytes());
                match self.last.remove(&id) {
                    Some(known) if known == found => Ok(()),
                    Some(_) => Err(row.damaged(format!("{id} is not as its audit log says"))),
                    None => Err(row.damaged(format!("its audit log does not know {id}"))),
                }
            })?;
        }
        match self.last.keys().min() {
            None => Ok(()),
            Some(id) => Err(StoreError::Damaged {
                name: db.name().to_owned(),
                cause: format!("{id} is missing, which its audit log knows"),
            }),
        }
    }
}
