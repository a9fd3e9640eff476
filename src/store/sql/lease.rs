//! The lease: who may write now, and the token that proves it. `threat-and-fault-model` §5.

use std::time::Duration;

use jiff::Timestamp;

use super::db::{Db, Param, writing};
use super::meta::Meta;
use crate::ports::Holder;
use crate::store::{Lease, LeaseAsk, StoreError};

/// How long a lease lasts that is not renewed.
pub(crate) const LASTS: Duration = Duration::from_secs(60);

const READ: &str =
    "SELECT token, holder, operation, acquired, expires FROM lease WHERE scope = 'store'";
const TAKE: &str = "UPDATE lease SET token = ?1, holder = ?2, operation = ?3, acquired = ?4, expires = ?5 \
    WHERE scope = 'store' AND token = ?6";
const RENEW: &str =
    "UPDATE lease SET expires = ?2 WHERE scope = 'store' AND token = ?1 AND holder IS NOT NULL";
const FREE: &str = "UPDATE lease SET holder = NULL, operation = NULL, acquired = NULL, expires = NULL \
    WHERE scope = 'store' AND token = ?1 AND holder IS NOT NULL";

/// The lease as it stands.
struct Standing {
    token: i64,
    held: Option<Held>,
}

struct Held {
    holder: Holder,
    operation: String,
    since: Timestamp,
    until: Timestamp,
}

fn standing(db: &impl Db) -> Result<Standing, StoreError> {
    let mut standing = None;
    db.query(READ, &[], &mut |row| {
        let holder = row.maybe_text(1, "the holder of the lease")?;
        let held = holder
            .map(|holder| -> Result<Held, StoreError> {
                Ok(Held {
                    holder: serde_json::from_str(holder).map_err(|error| {
                        row.damaged(format!("the holder of the lease is unreadable: {error}"))
                    })?,
                    operation: row.text(2, "the operation of the lease")?.to_owned(),
                    since: row.parse(3, "the start of the lease")?,
                    until: row.parse(4, "the end of the lease")?,
                })
            })
            .transpose()?;
        standing = Some(Standing {
            token: row.int(0, "the token of the lease")?,
            held,
        });
        Ok(())
    })?;
    standing.ok_or_else(|| StoreError::Damaged {
        name: db.name().to_owned(),
        cause: "it has no lease".to_owned(),
    })
}

/// Returns when a lease taken or renewed now ends.
pub(crate) fn end(now: Timestamp) -> Timestamp {
    now.checked_add(LASTS).unwrap_or(Timestamp::MAX)
}

pub(super) fn acquire(db: &impl Db, ask: &LeaseAsk) -> Result<Lease, StoreError> {
    writing(db, || {
        let Standing { token, held } = standing(db)?;
        if let Some(held) = held
            && ask.now < held.until
            && !(ask.holder_is_gone)(&held.holder)
        {
            return Err(StoreError::Held {
                holder: Box::new(held.holder),
                operation: held.operation,
                since: held.since,
                until: held.until,
                token: number(db, token)?,
            });
        }
        let holder =
            serde_json::to_string(&ask.holder).expect("INVARIANT: a holder is texts and a number");
        let expires = end(ask.now);
        db.execute(
            TAKE,
            &[
                Param::Int(token + 1),
                Param::Text(&holder),
                Param::Text(&ask.operation),
                Param::Text(&ask.now.to_string()),
                Param::Text(&expires.to_string()),
                Param::Int(token),
            ],
        )?;
        Meta::read(db)?.note_time(db, ask.now)?;
        Ok(Lease {
            token: number(db, token + 1)?,
            expires,
        })
    })
}

pub(super) fn renew(db: &impl Db, lease: &Lease, now: Timestamp) -> Result<Lease, StoreError> {
    writing(db, || {
        let expires = end(now);
        let params = [token(lease)?, Param::Text(&expires.to_string())];
        if db.execute(RENEW, &params)? != 1 {
            return Err(StoreError::LeaseLost);
        }
        Meta::read(db)?.note_time(db, now)?;
        Ok(Lease {
            token: lease.token,
            expires,
        })
    })
}

pub(super) fn release(db: &impl Db, lease: &Lease) -> Result<(), StoreError> {
    writing(db, || match db.execute(FREE, &[token(lease)?])? {
        1 => Ok(()),
        _ => Err(StoreError::LeaseLost),
    })
}

/// Checks, inside a write transaction, that a lease is still the one that counts. One that has expired and that nobody
/// has taken since does: the token proves it.
pub(super) fn prove(db: &impl Db, lease: &Lease) -> Result<(), StoreError> {
    let Standing { token, held } = standing(db)?;
    if held.is_some() && number(db, token)? == lease.token {
        return Ok(());
    }
    Err(StoreError::LeaseLost)
}

fn token(lease: &Lease) -> Result<Param<'static>, StoreError> {
    i64::try_from(lease.token)
        .map(Param::Int)
        .map_err(|_| StoreError::LeaseLost)
}

fn number(db: &impl Db, token: i64) -> Result<u64, StoreError> {
    u64::try_from(token).map_err(|_| StoreError::Damaged {
        name: db.name().to_owned(),
        cause: "the token of the lease is negative".to_owned(),
    })
}
