//! The right to write, taken and kept: who finds it taken waits as long as they were asked to, and no longer.
//! Facts: `threat-and-fault-model` §5.

use std::fmt;
use std::time::Duration;

use super::{AppError, Workspace, World};
use crate::apply::ApplyError;
use crate::store::{Held, Lease, LeaseAsk, OpenMode, Store, StoreError};

/// How long a store that somebody is writing at this very moment is tried again without being asked to wait.
const GRACE: Duration = Duration::from_secs(1);
/// The first and the longest pause for a write that is about to end, in milliseconds.
const MOMENT: (u64, u64) = (10, 250);
/// The longest pause between two attempts, in seconds; the first is at least one second.
const LONGEST: u64 = 16;
/// After how long a lease is renewed.
const RENEWED: Duration = Duration::from_secs(20);

/// Hears who is waited for, and how long at most.
pub type Tell<'w> = Box<dyn Fn(&StoreError, Duration) + 'w>;

/// How long a use case waits for whoever is writing, and who hears of it.
pub struct Patience<'w> {
    /// How long at most; nothing for not at all.
    pub most: Duration,
    /// Is told once.
    pub tell: Tell<'w>,
}

impl Patience<'_> {
    /// Returns the patience of those who do not wait.
    #[must_use]
    pub fn none() -> Self {
        Self {
            most: Duration::ZERO,
            tell: Box::new(|_, _| {}),
        }
    }
}

impl fmt::Debug for Patience<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Patience").field(&self.most).finish()
    }
}

/// A store that this process may write.
pub(super) struct Hold {
    pub(super) store: Box<dyn Store>,
    pub(super) lease: Lease,
    /// When the lease was taken or renewed, by the timer.
    fresh: Duration,
}

impl Hold {
    /// Renews the lease where that is due. Called before every write that comes after some time.
    ///
    /// # Errors
    ///
    /// When the lease is lost or has ended: then nothing may be written.
    pub(super) fn keep(&mut self, world: &World<'_>) -> Result<(), StoreError> {
        let now = world.timer.elapsed();
        if now.saturating_sub(self.fresh) >= RENEWED {
            self.lease = self.store.renew(&self.lease, world.clock.now())?;
            self.fresh = now;
        }
        Ok(())
    }

    /// Gives the lease back, and returns the store.
    pub(super) fn release(mut self) -> (Box<dyn Store>, Result<(), StoreError>) {
        let released = self.store.release(self.lease);
        (self.store, released)
    }
}

/// Opens the store to write and takes its lease. Whoever has it is found out by reading, so that nobody waits for the end of
/// a long write only to be told.
///
/// The reader is closed before the store is opened, and nothing else of this process may open the file while it is held:
/// to close any handle of a file gives back the locks that the process has on it.
///
/// # Errors
///
/// When somebody else has the lease to the end of the patience, and for a store that cannot be opened.
pub(super) fn take(
    workspace: &Workspace,
    world: &World<'_>,
    mode: OpenMode,
    operation: &str,
    stop: &dyn Fn() -> bool,
) -> Result<Hold, AppError> {
    patiently(workspace, world, stop, || {
        is_free(workspace, world)?;
        let mut store = workspace.open(mode)?;
        let fresh = world.timer.elapsed();
        let lease = store.lease(&LeaseAsk {
            holder: world.holder.clone(),
            operation: operation.to_owned(),
            now: world.clock.now(),
            holder_is_gone: world.is_gone,
        })?;
        Ok(Hold {
            store,
            lease,
            fresh,
        })
    })
}

/// Waits until nobody has the lease, without taking it: what is planned then is not out of date at once. Nothing is written.
///
/// # Errors
///
/// When somebody else has the lease to the end of the patience.
pub fn wait_for_lease(
    workspace: &Workspace,
    world: &World<'_>,
    stop: &dyn Fn() -> bool,
) -> Result<(), AppError> {
    patiently(workspace, world, stop, || Ok(is_free(workspace, world)?))
}

fn is_free(workspace: &Workspace, world: &World<'_>) -> Result<(), StoreError> {
    match reader(workspace) {
        Some(held) if held.stands(world.clock.now(), world.is_gone) => {
            Err(StoreError::Held(Box::new(held)))
        }
        _ => Ok(()),
    }
}

/// Returns who is in the lease's row, without taking part in any lock. What cannot be read now says nothing.
fn reader(workspace: &Workspace) -> Option<Held> {
    let store = workspace.open_anyway(OpenMode::Read).ok()?;
    store.held().ok().flatten()
}

/// Tries again while somebody else writes, as long as the patience lasts.
pub(super) fn patiently<T>(
    workspace: &Workspace,
    world: &World<'_>,
    stop: &dyn Fn() -> bool,
    mut attempt: impl FnMut() -> Result<T, AppError>,
) -> Result<T, AppError> {
    let begun = world.timer.elapsed();
    let mut told = false;
    let (mut moments, mut waits) = (0, 0);
    loop {
        let error = match attempt() {
            Ok(done) => return Ok(done),
            Err(AppError::Store(error @ (StoreError::Held(_) | StoreError::Busy { .. }))) => error,
            Err(error) => return Err(error),
        };
        let passed = world.timer.elapsed().saturating_sub(begun);
        let patience = world.patience.most;
        let most = match &error {
            StoreError::Busy { .. } => patience.max(GRACE),
            _ => patience,
        };
        let left = most.saturating_sub(passed);
        if left.is_zero() {
            return Err(named(error, workspace).into());
        }
        let chance = world.ids.fresh().as_u128() as u64;
        let pause = match &error {
            // A short write is over soon; one that goes on is waited for like a lease.
            StoreError::Busy { .. } if passed < GRACE => {
                moments += 1;
                moment(moments, chance)
            }
            _ => {
                if !told {
                    told = true;
                    (world.patience.tell)(&error, patience);
                }
                waits += 1;
                backoff(waits, chance)
            }
        };
        sleep(world, pause.min(left), stop)?;
    }
}

/// Names who is writing, where the store knows.
fn named(error: StoreError, workspace: &Workspace) -> StoreError {
    match error {
        StoreError::Busy { .. } => match reader(workspace) {
            Some(held) => StoreError::Held(Box::new(held)),
            None => error,
        },
        error => error,
    }
}

/// Returns how long to wait for a write that is about to end.
fn moment(wait: u32, chance: u64) -> Duration {
    let (first, longest) = MOMENT;
    between_half_and(longest.min(first << wait.min(16)), chance)
}

/// Returns how long to wait for a lease: longer each time.
fn backoff(wait: u32, chance: u64) -> Duration {
    between_half_and(1_000 * LONGEST.min(1 << wait.min(16)), chance)
}

/// Returns a part of so many milliseconds, so that those who wait do not come all at once.
fn between_half_and(most: u64, chance: u64) -> Duration {
    Duration::from_millis(most / 2 + chance % (most / 2 + 1))
}

/// Sleeps, unless somebody asks to stop.
fn sleep(world: &World<'_>, pause: Duration, stop: &dyn Fn() -> bool) -> Result<(), AppError> {
    const BREATH: Duration = Duration::from_secs(1);
    let mut left = pause;
    while !left.is_zero() {
        if stop() {
            return Err(ApplyError::Interrupted.into());
        }
        let breath = left.min(BREATH);
        world.timer.sleep(breath);
        left -= breath;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
