//! One apply: begin, every change in order, commit.

use crate::plan::Plan;
use crate::store::{Head, Lease, NewRun, Store, StoreError};

/// What an apply has done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "says where the store is now"]
pub struct Applied {
    /// The store after the commit.
    pub head: Head,
    /// How many changes were carried out.
    pub changes: usize,
    /// How many records were brought up to date without a change.
    pub settled: usize,
}

/// Why an apply did nothing.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// It was asked to stop before it committed.
    #[error("interrupted; nothing was written")]
    Interrupted,
    /// The plan was made on another store than the run is for.
    #[error(
        "the plan was made on generation {planned} of the store, and the run is for generation {run}"
    )]
    OtherGeneration {
        /// The generation of the plan.
        planned: u64,
        /// The generation of the run.
        run: u64,
    },
    /// The store refused or failed; it is as it was.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Carries out a plan, all of it or nothing.
///
/// `stop` is asked before each change and once before the commit; `progress` hears how many changes of how many are done.
///
/// # Errors
///
/// On any error nothing was written.
pub fn apply(
    store: &mut dyn Store,
    plan: &Plan,
    lease: &Lease,
    new_run: NewRun,
    stop: &dyn Fn() -> bool,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Applied, ApplyError> {
    if plan.generation != new_run.generation {
        return Err(ApplyError::OtherGeneration {
            planned: plan.generation,
            run: new_run.generation,
        });
    }
    let mut run = store.begin(lease, new_run)?;
    let count = plan.changes.len();
    for (done, change) in plan.changes.iter().enumerate() {
        if stop() {
            return Err(ApplyError::Interrupted);
        }
        progress(done, count);
        run.apply(change)?;
    }
    for settled in &plan.settled {
        run.settle(settled)?;
    }
    if stop() {
        return Err(ApplyError::Interrupted);
    }
    let head = run.commit()?;
    progress(count, count);
    Ok(Applied {
        head,
        changes: count,
        settled: plan.settled.len(),
    })
}
