//! What the log remembers of signed heads: that there was one, and of how many entries. A heads file that was deleted, emptied
//! or cut since is found out by it.
//!
//! The entry comes after the head was kept, so a crash in between raises no alarm; and the head that comes next covers it.

use std::ops::ControlFlow;

use jiff::Timestamp;

use crate::app::World;
use crate::audit::{Act, Kept, Said, SignedHead};
use crate::store::{Lease, Order, Store, StoreError};

/// The action of the entry.
const ACTION: &str = "sign head";
/// What comes before and after the number in its reason.
const REASON: (&str, &str) = ("a head of ", " entries is kept");
/// So many entries are looked at to warn of a heads file; `audit verify` looks at all.
const MOST: u64 = 100_000;

/// A head that the log remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Remembered {
    /// How many entries the head is of.
    pub(super) size: u64,
    /// When that was written down.
    pub(super) at: Timestamp,
}

/// Writes down that a head is kept.
pub(super) fn remember(
    store: &mut dyn Store,
    lease: &Lease,
    world: &World<'_>,
    head: &SignedHead,
) -> Result<(), StoreError> {
    let (before, after) = REASON;
    let reason = format!("{before}{}{after}", head.head.size);
    let act = Act {
        action: ACTION,
        actor: &world.actor,
        address: None,
        after: None,
        at: world.clock.now(),
        before: None,
        reason: &reason,
        run: None,
        target: None,
        via: "audit",
    };
    store.note(lease, &act).map(drop)
}

/// Reads what an entry remembers.
pub(super) fn remembered(said: &Said) -> Option<Remembered> {
    if said.action != ACTION {
        return None;
    }
    let (before, after) = REASON;
    let size = said.reason.strip_prefix(before)?.strip_suffix(after)?;
    Some(Remembered {
        size: size.parse().ok()?,
        at: said.at,
    })
}

/// Returns the last head that the log remembers and that is of more entries than `known`, as far as it is looked through.
pub(super) fn last(store: &dyn Store, known: u64) -> Result<Option<Remembered>, StoreError> {
    let size = store.head()?.audit_size;
    let from = size.saturating_sub(MOST).max(known);
    let mut last = None;
    let mut see = |kept: Kept| {
        if kept.seq <= from {
            return ControlFlow::Break(());
        }
        // What cannot be read is found by whoever proves the log.
        last = kept.said().ok().and_then(|said| remembered(&said));
        match last {
            Some(_) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    };
    if size > from {
        store.walk(size, Order::Down, &mut see)?;
    }
    Ok(last.filter(|last: &Remembered| last.size > known))
}
