//! What happens to the account of somebody from outside when they lose their last assignment, and when they get a new one.

use jiff::SignedDuration;

use super::record::{Assignment, Governed, Key, Mark, Person, PersonId, Wait, Why};
use super::{Activity, Desk, Stop, Unread};
use crate::model::kinds::{AfterLastAssignment, Waiting};
use crate::model::{Kind, Object};

/// What time asks for.
#[derive(Debug, Clone)]
pub enum Command {
    /// Something is due for a person: a deletion, or the end of the time in which a deleted account can be restored.
    Due(u64),
}

pub(super) fn decide(desk: &mut Desk<'_>, command: &Command) -> Result<(), Stop> {
    match command {
        Command::Due(person) => due(desk, PersonId(*person)),
    }
}

/// Returns true while somebody has any package, or is about to.
fn has_any(desk: &Desk<'_>, person: PersonId) -> Result<bool, Unread> {
    let key = Key::new().person(person);
    Ok(!desk.is_none::<Assignment>(Mark::AssignmentPerson, &key)?)
}

/// Returns what the tenant does after the last assignment, and when it deletes.
fn setting(desk: &Desk<'_>) -> Result<(AfterLastAssignment, SignedDuration), Unread> {
    let thing = desk.setting(Kind::ExternalUsers)?;
    let (mut action, mut wait) = (None, None);
    if let Some(Object::ExternalUsers(settings)) = thing.as_ref().map(|thing| &thing.object) {
        action = settings.after_last_assignment;
        wait = settings.delete_after;
    }
    let wait = match wait {
        Some(Waiting::Immediately) => SignedDuration::ZERO,
        Some(Waiting::For(wait)) => SignedDuration::from_secs(wait.as_seconds().cast_signed()),
        None => SignedDuration::from_hours(30 * 24),
    };
    Ok((action.unwrap_or(AfterLastAssignment::BlockAndDelete), wait))
}

/// Follows the loss of an assignment: if it was the last, and the person is governed, the settings of today count.
pub(super) fn lost(desk: &mut Desk<'_>, person: PersonId) -> Result<(), Unread> {
    let mut person = desk.person(person)?;
    let concerned = person.governed == Governed::Governed && person.living().is_some();
    if !concerned || person.wait.is_some() || has_any(desk, person.id())? {
        return Ok(());
    }
    let (action, wait) = setting(desk)?;
    if action == AfterLastAssignment::Nothing {
        return Ok(());
    }
    let now = desk.now();
    person.epoch += 1;
    let enabled = person.living().is_some_and(|account| account.enabled);
    person.wait = Some(Wait {
        epoch: person.epoch,
        since: now,
        blocked: enabled,
        delete_at: match action {
            AfterLastAssignment::BlockAndDelete => now.checked_add(wait).ok(),
            AfterLastAssignment::Block | AfterLastAssignment::Nothing => None,
        },
    });
    if let Some(account) = &mut person.account {
        account.enabled = false;
    }
    desk.put_because(Activity::DisableUser, &person, "last assignment lost")
}

/// Follows a new assignment: what was scheduled after the last loss is called off.
pub(super) fn gained(desk: &mut Desk<'_>, person: PersonId) -> Result<(), Unread> {
    let mut person = desk.person(person)?;
    let Some(wait) = person.wait.take() else {
        return Ok(());
    };
    if let Some(account) = &mut person.account
        && wait.blocked
    {
        account.enabled = true;
    }
    desk.put_because(Activity::EnableUser, &person, "new assignment")
}

fn due(desk: &mut Desk<'_>, person: PersonId) -> Result<(), Stop> {
    let Some(mut person) = desk.get::<Person>(person.0)? else {
        return Ok(());
    };
    let Some(due) = person.due().filter(|due| *due <= desk.now()) else {
        return Ok(());
    };
    if person.living().is_none() {
        // It can no longer be restored: until now its assignments counted.
        super::assignment::end_all(desk, person.id(), Why::PersonGone)?;
        person = desk.person(person.id())?;
        person.account = None;
        person.wait = None;
        desk.put_because(
            Activity::PurgeUser,
            &person,
            "deleted for longer than it can be restored",
        )?;
        return Ok(());
    }
    let deletes = person.wait.as_ref().and_then(|wait| wait.delete_at) == Some(due);
    if deletes && !has_any(desk, person.id())? && person.governed == Governed::Governed {
        if let Some(account) = &mut person.account {
            account.deleted = Some(desk.now());
        }
        person.wait = None;
        desk.put_because(
            Activity::DeleteUser,
            &person,
            "the wait after the last assignment is over",
        )?;
    }
    Ok(())
}
