//! The lease: who may write now, and the token that proves it. `threat-and-fault-model` §5.

use std::time::Duration;

use jiff::Timestamp;

use super::audit;
use super::db::{Db, Param, claiming, writing};
use super::meta::Meta;
use super::people::People;
use crate::audit::Act;
use crate::store::{Breaking, Held, Lease, LeaseAsk, StoreError};

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

/// Returns the number of the last lease, and who holds it.
fn standing(db: &impl Db) -> Result<(i64, Option<Held>), StoreError> {
    let mut standing = None;
    db.query(READ, &[], &mut |row| {
        let token = row.int(0, "the token of the lease")?;
        if !(0..i64::MAX).contains(&token) {
            return Err(row.damaged(format!("the lease has the impossible token {token}")));
        }
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
                    token: row.count(0, "the token of the lease")?,
                })
            })
            .transpose()?;
        standing = Some((token, held));
        Ok(())
    })?;
    standing.ok_or_else(|| StoreError::Damaged {
        name: db.name().to_owned(),
        cause: "it has no lease".to_owned(),
    })
}

/// Returns who holds the lease.
pub(super) fn held(db: &impl Db) -> Result<Option<Held>, StoreError> {
    standing(db).map(|(_, held)| held)
}

/// Returns when a lease taken or renewed now ends.
pub(crate) fn end(now: Timestamp) -> Timestamp {
    now.checked_add(LASTS).unwrap_or(Timestamp::MAX)
}

pub(super) fn acquire(db: &impl Db, ask: &LeaseAsk) -> Result<Lease, StoreError> {
    claiming(db, || {
        let (token, held) = standing(db)?;
        if let Some(held) = held
            && held.stands(ask.now, ask.holder_is_gone)
        {
            return Err(StoreError::Held(Box::new(held)));
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
        prove(db, lease, now)?;
        let expires = end(now);
        let params = [token(lease.token)?, Param::Text(&expires.to_string())];
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
    writing(db, || free(db, lease.token))
}

fn free(db: &impl Db, number: u64) -> Result<(), StoreError> {
    match db.execute(FREE, &[token(number)?])? {
        1 => Ok(()),
        _ => Err(StoreError::LeaseLost),
    }
}

/// Takes the lease of this number away from its holder, with an entry in the audit chain.
pub(super) fn take_away(db: &impl Db, token: u64, breaking: &Breaking) -> Result<Held, StoreError> {
    claiming(db, || {
        let held = match held(db)? {
            Some(held) if held.token == token => held,
            held => {
                let held = held.map(Box::new);
                return Err(StoreError::OtherLease { token, held });
            }
        };
        free(db, token)?;
        let mut meta = Meta::read(db)?;
        audit::check_end(db, &meta)?;
        meta.note_time(db, breaking.now)?;
        let reason = broken(&held);
        let act = self::breaking(breaking, &reason);
        audit::append(db, &mut meta.chain, &mut People::default(), &act)?;
        meta.write(db)?;
        Ok(held)
    })
}

/// Returns whose lease was broken. The holder is named by an address, so that they stand in the audit log like everybody.
pub(crate) fn broken(held: &Held) -> String {
    let Held {
        holder,
        operation,
        since,
        until: _,
        token,
    } = held;
    let (user, host, process) = (&holder.user, &holder.host, holder.pid);
    format!(
        "lease {token} was held by {user}@{host} (process {process}), {operation} since {since}"
    )
}

/// Returns the act that says who broke a lease.
pub(crate) fn breaking<'a>(breaking: &'a Breaking, reason: &'a str) -> Act<'a> {
    Act {
        action: "break-lease",
        actor: &breaking.actor,
        address: None,
        after: None,
        at: breaking.now,
        before: None,
        reason,
        run: None,
        target: None,
        via: "lease",
    }
}

/// Checks, inside a write transaction, that a lease is the present one and has not ended. One that has ended proves nothing,
/// even if nobody has taken it since.
pub(super) fn prove(db: &impl Db, lease: &Lease, now: Timestamp) -> Result<(), StoreError> {
    check(held(db)?.as_ref(), lease, now)
}

/// Checks that a lease is the one that is held, and has not ended.
pub(crate) fn check(held: Option<&Held>, lease: &Lease, now: Timestamp) -> Result<(), StoreError> {
    match held {
        Some(held) if held.token != lease.token => Err(StoreError::LeaseLost),
        Some(held) if now < held.until => Ok(()),
        Some(held) => Err(StoreError::LeaseEnded { until: held.until }),
        None => Err(StoreError::LeaseLost),
    }
}

fn token(number: u64) -> Result<Param<'static>, StoreError> {
    i64::try_from(number)
        .map(Param::Int)
        .map_err(|_| StoreError::LeaseLost)
}

fn number(db: &impl Db, token: i64) -> Result<u64, StoreError> {
    u64::try_from(token).map_err(|_| StoreError::Damaged {
        name: db.name().to_owned(),
        cause: "the token of the lease is negative".to_owned(),
    })
}
