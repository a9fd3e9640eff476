//! What time has made due: the commands that a tick gives the engine.

use jiff::Timestamp;

use super::record::{Key, Mark, RecordId, RecordKind};
use super::world::{Range, Unread, World};
use super::{Command, assignment, job, lifecycle, organization, request, review};

/// Returns what is due at an instant, the earliest first, then the jobs of the project; at most so many. Commands that are no longer due when they are
/// decided do nothing, so two ticks at once do no harm.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn due(world: &dyn World, now: Timestamp, most: usize) -> Result<Vec<Command>, Unread> {
    let range = Range::until(Mark::Due, now).most(most);
    let mut commands = Vec::new();
    for (_, id) in world.marked(&range)? {
        commands.extend(command(id));
    }
    // A job is about objects of its project, which no other project sees.
    let jobs = Key::new().text(world.project());
    let range = Range {
        until: jobs.clone().instant(now).end(),
        ..Range::of(Mark::JobDue, jobs)
    };
    let left = most.saturating_sub(commands.len());
    for (_, id) in world.marked(&range.most(left))? {
        commands.push(job::Command::Due(id.number).into());
    }
    Ok(commands)
}

/// Returns what a record that is due asks for.
fn command(id: RecordId) -> Option<Command> {
    match id.kind {
        RecordKind::Assignment => Some(assignment::Command::Due(id.number).into()),
        RecordKind::Request => Some(request::Command::Due(id.number).into()),
        RecordKind::Person => Some(lifecycle::Command::Due(id.number).into()),
        RecordKind::Review => Some(review::Command::Due(id.number).into()),
        RecordKind::ReviewSeries => Some(review::Command::Open(id.number).into()),
        RecordKind::Offboarding => Some(organization::Command::Continue(id.number).into()),
        _ => None,
    }
}
