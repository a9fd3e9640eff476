//! What happens to the account of somebody from outside when they lose their last assignment, and when they get a new one.
//!
//! Entra's facts on losing the last assignment. The one idea to know: a wait carries the settings of the day of the loss and
//! the number of that loss. Whatever is due later looks again whether the loss still stands, so it may come late or twice.

mod delete;
mod offboard;
mod plan;

use jiff::SignedDuration;

pub(super) use delete::purge;
use delete::{Deleted, delete};
pub(super) use offboard::{is_concerned, offboard};
pub use plan::{Departure, Leaving, Sponsoring, departure, sponsoring};

use super::record::{Assignment, Governed, Key, Mark, Person, PersonId, Removal, Wait};
use super::{Activity, Desk, Stop, Unread, watch};
use crate::model::kinds::{AfterLastAssignment, ExternalUsers, Waiting};
use crate::model::text::Email;
use crate::model::{Kind, Object};

/// What can be done with accounts, and what time asks for.
#[derive(Debug, Clone)]
pub enum Command {
    /// Something is due for a person: a block, a deletion, or the end of the time in which a deleted account can be restored.
    Due(u64),
    /// Everything that somebody from outside has here is taken back.
    Offboard(Email, Removal),
}

pub(super) fn decide(desk: &mut Desk<'_>, command: &Command) -> Result<(), Stop> {
    match command {
        Command::Due(person) => Ok(due(desk, PersonId(*person))?),
        Command::Offboard(mail, removal) => offboard::one(desk, mail, *removal),
    }
}

/// Returns true while somebody has any package, or is about to.
pub(super) fn has_any(desk: &Desk<'_>, person: PersonId) -> Result<bool, Unread> {
    let key = Key::new().person(person);
    Ok(!desk.is_none::<Assignment>(Mark::AssignmentPerson, &key)?)
}

/// What the tenant does after the last assignment.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// What is done with the account.
    pub action: AfterLastAssignment,
    /// How long after that it is deleted, where it is.
    pub wait: SignedDuration,
}

impl Setting {
    /// Returns what settings say: Entra's defaults where nothing is declared.
    #[must_use]
    pub fn of(settings: Option<&ExternalUsers>) -> Self {
        let action = settings.and_then(|settings| settings.after_last_assignment);
        let wait = match settings.and_then(|settings| settings.delete_after) {
            Some(Waiting::Immediately) => SignedDuration::ZERO,
            Some(Waiting::For(wait)) => SignedDuration::from_secs(wait.as_seconds().cast_signed()),
            None => SignedDuration::from_hours(30 * 24),
        };
        Self {
            action: action.unwrap_or(AfterLastAssignment::BlockAndDelete),
            wait,
        }
    }
}

/// Returns what the tenant does after the last assignment, and when it deletes.
pub(super) fn setting(desk: &Desk<'_>) -> Result<Setting, Unread> {
    let thing = desk.setting(Kind::ExternalUsers)?;
    let settings = thing.as_ref().and_then(|thing| match &thing.object {
        Object::ExternalUsers(settings) => Some(settings),
        _ => None,
    });
    Ok(Setting::of(settings))
}

/// Returns true for somebody whose account the tenant looks after once they have lost their last assignment: governed, here,
/// and not waiting for a deletion already.
#[must_use]
pub fn looks_after(person: &Person) -> bool {
    let concerned = person.governed == Governed::Governed && person.living().is_some();
    concerned && person.wait.is_none()
}

/// Follows the loss of an assignment: if it was the last, and the person is governed, the settings of today count.
pub(super) fn lost(desk: &mut Desk<'_>, person: PersonId) -> Result<(), Unread> {
    let mut person = desk.person(person)?;
    if !looks_after(&person) || has_any(desk, person.id())? {
        return Ok(());
    }
    let Setting { action, wait } = setting(desk)?;
    if action == AfterLastAssignment::Nothing {
        return Ok(());
    }
    let now = desk.now();
    person.epoch += 1;
    person.wait = Some(Wait {
        epoch: person.epoch,
        since: now,
        blocked: false,
        delete_at: match action {
            AfterLastAssignment::BlockAndDelete => now.checked_add(wait).ok(),
            AfterLastAssignment::Block | AfterLastAssignment::Nothing => None,
        },
        block_at: Some(now),
        ordered: false,
        not_before: None,
    });
    if !watch::is_trusted(desk)? {
        person.held = true;
        let reason = "last assignment lost; blocking waits until the clock is trusted";
        return desk.put_because(Activity::UpdateLifecycle, &person, reason);
    }
    go_on(desk, person)
}

/// Does what is due for somebody who waits: the deletion, or, until then, the block.
fn go_on(desk: &mut Desk<'_>, mut person: Person) -> Result<(), Unread> {
    let now = desk.now();
    let Some(wait) = &mut person.wait else {
        return Ok(());
    };
    let deletes = wait.delete_at.is_some_and(|at| at <= now);
    if deletes {
        let because = "the wait after the last assignment is over";
        match delete(desk, &mut person, because)? {
            Deleted::Now | Deleted::Held => return Ok(()),
            // Sign-in is blocked all the same, if it is not yet.
            Deleted::Later => {}
        }
    }
    block(desk, person)
}

/// Blocks sign-in for a wait, unless somebody else has blocked it before: then that block stays whatever comes.
fn block(desk: &mut Desk<'_>, mut person: Person) -> Result<(), Unread> {
    let Some(wait) = &mut person.wait else {
        return Ok(());
    };
    if wait.block_at.take().is_none() {
        return desk.keep(&person);
    }
    let because = "last assignment lost";
    match &mut person.account {
        Some(account) if account.enabled => {
            account.enabled = false;
            wait.blocked = true;
            desk.put_because(Activity::DisableUser, &person, because)
        }
        _ => desk.put_because(Activity::UpdateLifecycle, &person, because),
    }
}

/// Follows a new assignment: what was scheduled after the last loss is called off.
pub(super) fn gained(desk: &mut Desk<'_>, person: PersonId) -> Result<(), Unread> {
    let mut person = desk.person(person)?;
    if person.living().is_none() {
        return Ok(());
    }
    let Some(wait) = person.wait.take() else {
        return Ok(());
    };
    person.held = false;
    let activity = match &mut person.account {
        Some(account) if wait.blocked => {
            account.enabled = true;
            Activity::EnableUser
        }
        _ => Activity::UpdateLifecycle,
    };
    desk.put_because(activity, &person, "new assignment")
}

fn due(desk: &mut Desk<'_>, person: PersonId) -> Result<(), Unread> {
    let Some(mut person) = desk.get::<Person>(person.0)? else {
        return Ok(());
    };
    if person.due().is_none_or(|due| desk.now() < due) {
        return Ok(());
    }
    if !watch::is_trusted(desk)? {
        person.held = true;
        return desk.keep(&person);
    }
    if person.living().is_none() {
        let because = "deleted 30 days ago and not restored";
        return purge(desk, person, because);
    }
    let stands = person.wait.as_ref().is_some_and(|wait| {
        let concerned = wait.ordered || person.governed == Governed::Governed;
        concerned && wait.epoch == person.epoch
    });
    let stands = stands && !has_any(desk, person.id())?;
    if stands {
        return go_on(desk, person);
    }
    person.wait = None;
    desk.put_because(
        Activity::UpdateLifecycle,
        &person,
        "what was to follow the loss no longer applies",
    )
}
