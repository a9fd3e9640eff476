//! What a store knows of itself: its identity, its count of commits, the end of its audit chain, the highest time seen.

use jiff::Timestamp;

use super::db::{Db, Param};
use crate::audit::{Chain, Hash};
use crate::store::{Head, StoreError};

const READ: &str = "SELECT key, value FROM meta";
const WRITE: &str = "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";

/// What a store knows of itself.
#[derive(Debug, Clone)]
pub(super) struct Meta {
    pub(super) lineage: String,
    pub(super) generation: u64,
    /// The highest number given to an object.
    pub(super) objects: i64,
    pub(super) chain: Chain,
    pub(super) highest: Option<Timestamp>,
    /// When somebody last went on with a store that was put back.
    pub(super) restored: Option<Timestamp>,
}

impl Meta {
    pub(super) fn read(db: &impl Db) -> Result<Self, StoreError> {
        let mut lineage = None;
        let mut generation = None;
        let mut objects = None;
        let mut highest = None;
        let mut restored = None;
        let mut size = None;
        let mut hash = None;
        db.query(READ, &[], &mut |row| {
            match row.text(0, "a key of `meta`")? {
                "lineage" => lineage = Some(row.text(1, "the lineage")?.to_owned()),
                "generation" => generation = Some(row.parse(1, "the generation")?),
                "objects" => objects = Some(row.parse(1, "the count of objects")?),
                "highest_time" => highest = Some(row.parse(1, "the highest time")?),
                "restored" => restored = Some(row.parse(1, "the time of a restore")?),
                "audit_size" => size = Some(row.parse::<u64>(1, "the size of the audit log")?),
                "audit_hash" => hash = Some(row.text(1, "the hash of the audit log")?.to_owned()),
                _ => {}
            }
            Ok(())
        })?;
        let damaged = |cause: &str| StoreError::Damaged {
            name: db.name().to_owned(),
            cause: cause.to_owned(),
        };
        let lineage = lineage.ok_or_else(|| damaged("it has no lineage"))?;
        let chain = match (size, hash) {
            (None, None) => Chain::new(&lineage),
            (Some(size), Some(hash)) => Chain::resume(
                size,
                hash.parse::<Hash>()
                    .map_err(|_| damaged("the hash of the audit log is no hash"))?,
            ),
            _ => return Err(damaged("the end of the audit log is half recorded")),
        };
        Ok(Self {
            lineage,
            generation: generation.ok_or_else(|| damaged("it has no generation"))?,
            objects: objects.ok_or_else(|| damaged("it has no count of objects"))?,
            chain,
            highest,
            restored,
        })
    }

    /// Writes what a run has moved on.
    pub(super) fn write(&self, db: &impl Db) -> Result<(), StoreError> {
        let set = |key, value: String| db.execute(WRITE, &[Param::Text(key), Param::Text(&value)]);
        set("generation", self.generation.to_string())?;
        set("objects", self.objects.to_string())?;
        set("audit_size", self.chain.size().to_string())?;
        set("audit_hash", self.chain.hash().to_string())?;
        Ok(())
    }

    /// Notes when somebody went on with a store that was put back.
    pub(super) fn note_restore(&mut self, db: &impl Db, at: Timestamp) -> Result<(), StoreError> {
        self.restored = Some(at);
        let params = [Param::Text("restored"), Param::Text(&at.to_string())];
        db.execute(WRITE, &params)?;
        Ok(())
    }

    /// Notes an instant, if it is the highest seen. A clock that goes back moves nothing.
    pub(super) fn note_time(&mut self, db: &impl Db, now: Timestamp) -> Result<(), StoreError> {
        if self.highest.is_none_or(|highest| highest < now) {
            self.highest = Some(now);
            db.execute(
                WRITE,
                &[Param::Text("highest_time"), Param::Text(&now.to_string())],
            )?;
        }
        Ok(())
    }

    pub(super) fn head(&self) -> Head {
        Head {
            lineage: self.lineage.clone(),
            generation: self.generation,
            audit_size: self.chain.size(),
            audit_hash: self.chain.hash().to_string(),
            seen: self.highest,
            restored: self.restored,
        }
    }
}
