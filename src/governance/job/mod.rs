//! Work that is too much for one decision: what follows an apply for everybody who holds what was changed.
//!
//! The one idea to know: a job is done in pieces, each a decision of its own that begins where the last one ended. A piece
//! that is decided twice, late, or for an object that is gone by then does no harm. A job that is done stays as a row without
//! an instant, and is started again by the next change.

mod follow;
mod piece;

use jiff::Timestamp;

use super::record::{Job, Mark, Person, Work};
use super::world::World;
use super::{Desk, Stop, Unread, record};
use record::Entity as _;

/// What goes on with jobs.
#[derive(Debug, Clone)]
pub enum Command {
    /// Looks at what applies have changed since the last time, and starts the jobs that follow.
    Follow,
    /// Goes on with a job.
    Due(u64),
}

pub(super) fn decide(desk: &mut Desk<'_>, command: &Command) -> Result<(), Stop> {
    match command {
        Command::Follow => Ok(follow::follow(desk)?),
        Command::Due(number) => piece::go_on(desk, *number),
    }
}

/// Returns true when applies have changed something that nobody has followed yet. As long as nobody is known, nobody can be
/// concerned.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn is_behind(desk: &Desk<'_>) -> Result<bool, Unread> {
    let world: &dyn World = desk.world();
    if world.last(Person::KIND)? == 0 {
        return Ok(false);
    }
    Ok(!world.changed(follow::followed(desk)?, 1)?.is_empty())
}

/// Starts a job from its beginning, also one that is under way.
pub(super) fn begin(desk: &mut Desk<'_>, work: Work) -> Result<(), Unread> {
    let due = Some(desk.now());
    put(desk, work, 0, due)
}

/// Keeps where a job is.
fn put(desk: &mut Desk<'_>, work: Work, cursor: u64, due: Option<Timestamp>) -> Result<(), Unread> {
    let known = desk.first::<Job>(Mark::JobWork, &work.key())?;
    let number = match known {
        Some(job) => job.number,
        None => desk.fresh::<Job>()?,
    };
    desk.keep(&Job {
        number,
        work,
        project: desk.world().project().to_owned(),
        cursor,
        due,
        left_out: 0,
    })
}
