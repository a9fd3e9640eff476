//! The lease as people see it: who has it, and taking it away from a holder who does not come back.

use super::hold::patiently;
use super::{AppError, Workspace, World};
use crate::render::report::{BrokenLease, LeaseState, LeaseStatus, StandingLease};
use crate::store::{Breaking, Held, OpenMode, StoreError};

/// Tells who holds the lease. Nothing is written.
///
/// # Errors
///
/// For a store that cannot be read.
pub fn lease_status(workspace: &Workspace, world: &World<'_>) -> Result<LeaseStatus, AppError> {
    let store = workspace.open(OpenMode::Read)?;
    Ok(LeaseStatus {
        store: store.name().to_owned(),
        lease: store.held()?.map(|held| standing(held, world)),
    })
}

/// Finds the lease of a number, to be shown before it is broken. Nothing is written.
///
/// # Errors
///
/// Unless the number is that of the present lease, and for a store that cannot be read.
pub fn lease_of(
    workspace: &Workspace,
    world: &World<'_>,
    token: u64,
) -> Result<LeaseStatus, AppError> {
    let store = workspace.open(OpenMode::Read)?;
    match store.held()? {
        Some(held) if held.token == token => Ok(LeaseStatus {
            store: store.name().to_owned(),
            lease: Some(standing(held, world)),
        }),
        held => {
            let held = held.map(Box::new);
            Err(StoreError::OtherLease { token, held }.into())
        }
    }
}

/// Takes the lease of this number away from whoever holds it. They cannot write any more; who did it to whom is kept in the
/// audit chain.
///
/// # Errors
///
/// Unless the number is that of the present lease, while its holder is in the middle of a write, and for a store that
/// cannot be written.
pub fn break_lease(
    workspace: &Workspace,
    world: &World<'_>,
    token: u64,
) -> Result<BrokenLease, AppError> {
    // A store that is not there has no lease, and is not made for the sake of one.
    let _ = lease_of(workspace, world, token)?;
    let breaking = || Breaking {
        actor: world.actor.clone(),
        now: world.clock.now(),
    };
    let broken = patiently(workspace, world, &|| false, || {
        let mut store = workspace.open(OpenMode::Existing)?;
        let held = store.break_lease(token, &breaking())?;
        Ok((store.name().to_owned(), held))
    });
    match broken {
        Ok((store, held)) => Ok(BrokenLease {
            store,
            by: world.actor.clone(),
            lease: standing(held, world),
        }),
        Err(AppError::Store(StoreError::Held(held))) if held.token == token => {
            Err(AppError::InTheMiddle { held })
        }
        Err(error) => Err(error),
    }
}

fn standing(held: Held, world: &World<'_>) -> StandingLease {
    let state = if (world.is_gone)(&held.holder) {
        LeaseState::Left
    } else if world.clock.now() < held.until {
        LeaseState::Held
    } else {
        LeaseState::Ended
    };
    let Held {
        holder,
        operation,
        since,
        until,
        token,
    } = held;
    StandingLease {
        token,
        user: holder.user,
        host: holder.host,
        process: holder.pid,
        operation,
        since,
        until,
        state,
    }
}
