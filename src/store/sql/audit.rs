//! The audit log in its table: appended to by runs, read back for people.

use super::db::{Db, Param};
use super::history::limit;
use super::meta::Meta;
use super::people::People;
use crate::audit::{Act, Chain, Hash, Kept};
use crate::plan::{Lifted, Reason};
use crate::planted::{self, Planted};
use crate::store::{Order, StoreError};

const APPEND: &str = "INSERT INTO audit (seq, entry, hash) VALUES (?1, ?2, ?3)";
const LAST: &str = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1";
const UP: &str = "SELECT seq, entry, hash FROM audit WHERE seq >= ?1 ORDER BY seq LIMIT ?2";
const DOWN: &str = "SELECT seq, entry, hash FROM audit WHERE seq <= ?1 ORDER BY seq DESC LIMIT ?2";

/// Writes an entry after the last one.
pub(super) fn append(
    db: &impl Db,
    chain: &mut Chain,
    people: &mut People,
    act: &Act<'_>,
) -> Result<(), StoreError> {
    if planted::is(Planted::ChainCut) {
        *chain = Chain::resume(chain.size(), Hash::from_bytes([0; 32]));
    }
    let text = act.seal(chain.size() + 1, &mut |value| people.look(db, value))?;
    let hash = chain.append(&text);
    let seq = Param::Int(i64::try_from(chain.size()).unwrap_or(i64::MAX));
    let hash = Param::Blob(hash.as_bytes());
    db.execute(APPEND, &[seq, Param::Text(&text), hash])?;
    Ok(())
}

/// Checks that the audit log ends where the store says, before anything is written after it.
pub(super) fn check_end(db: &impl Db, meta: &Meta) -> Result<(), StoreError> {
    let mut end = None;
    db.query(LAST, &[], &mut |row| {
        let seq = row.count(0, "the number of an audit entry")?;
        let hash = row.bytes(1, "the hash of an audit entry")?;
        end = Some(Chain::resume(seq, Hash::from_bytes(hash)));
        Ok(())
    })?;
    if end.unwrap_or_else(|| Chain::new(&meta.lineage)) == meta.chain {
        return Ok(());
    }
    Err(StoreError::Damaged {
        name: db.name().to_owned(),
        cause: "its audit log does not end where it should".to_owned(),
    })
}

/// Returns the entries from a number on, or down from it.
pub(super) fn page(
    db: &impl Db,
    from: u64,
    order: Order,
    most: usize,
) -> Result<Vec<Kept>, StoreError> {
    let mut page = Vec::new();
    let from = Param::Int(i64::try_from(from).unwrap_or(i64::MAX));
    let sql = match order {
        Order::Up => UP,
        Order::Down => DOWN,
    };
    db.query(sql, &[from, limit(most)], &mut |row| {
        let seq = row.count(0, "the number of an audit entry")?;
        let text = row.text(1, format_args!("the text of audit entry {seq}"))?;
        let hash = row.bytes(2, format_args!("the hash of audit entry {seq}"))?;
        page.push(Kept {
            seq,
            text: text.to_owned(),
            hash: Hash::from_bytes(hash),
        });
        Ok(())
    })?;
    Ok(page)
}

/// Returns what a run lifted, an object at a time: the guard, the address, what lifted it.
pub(crate) fn lifted(lifted: &[Lifted]) -> impl Iterator<Item = (&str, &str, &str)> {
    lifted.iter().flat_map(|one| {
        let objects = one.objects.iter();
        objects.map(|address| (&*one.guard, &**address, &*one.by))
    })
}

/// The action of an entry that says that a run took a body for applied which another hand had written.
pub(crate) const SETTLE: &str = "settle";
/// What comes before and after the number of an object in its reason.
const SETTLED: (&str, &str) = (
    "object ",
    " was changed by another hand, and is as declared",
);

/// Returns the reason that the audit log has for what was settled.
pub(crate) fn settling(object: i64) -> String {
    format!("{}{object}{}", SETTLED.0, SETTLED.1)
}

/// Reads what [`settling`] wrote.
pub(super) fn settled(reason: &str) -> Option<i64> {
    let object = reason.strip_prefix(SETTLED.0)?.strip_suffix(SETTLED.1)?;
    object.parse().ok()
}

/// Returns the words that the audit log has for a guard that was lifted.
pub(crate) fn lifting(guard: &str, by: &str) -> String {
    format!("{guard} lifted by {by}")
}

/// Returns the word that the audit log has for a reason.
pub(crate) const fn word(reason: Reason) -> &'static str {
    match reason {
        Reason::Declared => "declared",
        Reason::Vanished => "vanished",
        Reason::Differs => "differs",
        Reason::Renamed => "renamed",
        Reason::AdoptAsked => "adopt asked",
        Reason::ReplaceAllowed => "replace allowed",
        Reason::ReplaceRefused => "replace refused",
        Reason::Undeclared => "undeclared",
        Reason::DriftAccepted => "drift accepted",
        Reason::NotThen => "not then",
        Reason::ForgetAsked => "forget asked",
        Reason::SettingsUndeclared => "settings undeclared",
        Reason::DestroyAsked => "destroy asked",
        Reason::ParentPruned => "parent pruned",
        Reason::ParentReplaced => "parent replaced",
    }
}
