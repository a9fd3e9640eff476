//! Access reviews of packages: rounds on a schedule, a decision for each assignment, and what follows at the end.
//!
//! Entra's facts on access reviews of packages. The one idea to know: a round is a copy of what the policy said and of who had
//! the package when it opened; edits reach the next one. Opening, reminding and closing walk the assignments in pieces.

mod apply;
mod decide;
mod open;
mod reviewers;
mod series;

pub(super) use apply::stays;
pub use decide::{Call, Decided, waiting};
pub use reviewers::recommendation;
pub use series::Rounds;
pub(super) use series::{delivered, policy_changed, survey, to_come};

use super::record::{ObjectId, Review, ReviewState};
use super::{Desk, Stop, Unread};

/// What can be done with reviews.
#[derive(Debug, Clone)]
pub enum Command {
    /// A reviewer decides on some items of a round.
    Decide(Decided),
    /// A policy may ask for other reviews than before.
    Follow(ObjectId),
    /// A round of a series is due to open.
    Open(u64),
    /// Something is due for a round: listing its assignments, the reminder, the end.
    Due(u64),
}

pub(super) fn decide(desk: &mut Desk<'_>, command: &Command) -> Result<(), Stop> {
    match command {
        Command::Decide(decided) => decide::decide(desk, decided),
        Command::Follow(policy) => Ok(policy_changed(desk, *policy)?),
        Command::Open(series) => Ok(series::open(desk, *series)?),
        Command::Due(review) => Ok(due(desk, *review)?),
    }
}

/// How many assignments are listed, or reviewers reminded of, in one decision.
const PIECE: usize = 500;

fn due(desk: &mut Desk<'_>, number: u64) -> Result<(), Unread> {
    let Some(mut review) = desk.get::<Review>(number)? else {
        return Ok(());
    };
    let now = desk.now();
    if review.state != ReviewState::Applying && desk.object(review.policy)?.is_none() {
        return apply::void(desk, review);
    }
    match review.state {
        ReviewState::Starting => open::list(desk, review),
        ReviewState::InProgress if review.closes <= now => apply::begin(desk, review),
        ReviewState::InProgress if review.remind_at.is_some_and(|at| at <= now) => {
            open::remind(desk, &mut review)
        }
        ReviewState::Applying => apply::go_on(desk, review),
        ReviewState::InProgress | ReviewState::Completed => Ok(()),
    }
}
