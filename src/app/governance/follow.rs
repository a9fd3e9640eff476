//! What follows an apply for everybody who holds what was changed.

use super::{Acting, Engine};
use crate::app::{AppError, Workspace, World};
use crate::governance::record::{Job, Record};
use crate::governance::{Decision, job};
use crate::store::OpenMode;

/// How many pieces an apply does itself; the rest is for ticks.
const PIECES: usize = 40;

impl Engine<'_> {
    /// Looks at what applies have changed and starts the jobs that follow. Returns their numbers.
    ///
    /// # Errors
    ///
    /// Those of the store. What was started is kept.
    pub fn follow(&mut self) -> Result<Vec<u64>, AppError> {
        let mut started = Vec::new();
        while self.look(job::is_behind)? {
            let decision = self.as_engine(&[job::Command::Follow.into()])?;
            if decision.is_empty() {
                break;
            }
            started.extend(begun(&decision));
        }
        started.sort_unstable();
        started.dedup();
        Ok(started)
    }

    /// Follows what applies have changed, at most so many pieces of it. Returns false when something is left for ticks.
    ///
    /// # Errors
    ///
    /// Those of the store. What was done is kept.
    pub fn follow_up(&mut self, pieces: usize) -> Result<bool, AppError> {
        let mut left = pieces;
        for number in self.follow()? {
            while self.look(|desk| {
                Ok(desk
                    .get::<Job>(number)?
                    .is_some_and(|job| job.due.is_some()))
            })? {
                if left == 0 {
                    return Ok(false);
                }
                left -= 1;
                let _ = self.as_engine(&[job::Command::Due(number).into()])?;
                self.drain()?;
            }
        }
        Ok(true)
    }
}

/// Returns the jobs that a decision started.
fn begun(decision: &Decision) -> impl Iterator<Item = u64> {
    let writes = decision.writes.iter();
    writes.filter_map(|write| match &write.after {
        Some(Record::Job(job)) if job.due.is_some() => Some(job.number),
        _ => None,
    })
}

/// Follows an apply. Returns false when something is left for ticks.
///
/// # Errors
///
/// Those of the store. The apply is not concerned.
pub(in crate::app) fn after_apply(
    workspace: &Workspace,
    world: &World<'_>,
) -> Result<bool, AppError> {
    let acting = Acting::default();
    let mut engine = Engine::open(workspace, world, &acting, "apply", OpenMode::Existing)?;
    engine.follow_up(PIECES)
}
