//! Offboarding: everything that somebody from outside has here is taken back, in one decision.

use super::delete::{Deleted, cancel_requests, delete, drop_memberships, void_invitations};
use super::plan::{Leaving, leaving};
use crate::governance::assignment::end;
use crate::governance::record::{
    Assignment, Key, Mark, Person, PersonId, Removal, Source, Tally, Wait, Why,
};
use crate::governance::{
    Activity, Desk, Ground, Refusal, Scope, Stop, Task, Unread, delegation, directory,
};
use crate::model::text::Email;

pub(super) fn one(desk: &mut Desk<'_>, mail: &Email, removal: Removal) -> Result<(), Stop> {
    delegation::require(desk, Task::ManageTenant, Scope::Tenant)?;
    let Some(person) = desk.by_mail(mail)? else {
        let refusal = Refusal::new(Ground::Unknown, format!("nobody is known as {mail}"));
        return desk.refuse(refusal.help("`guestlist organization show` lists the people of one"));
    };
    if !is_concerned(&person) {
        let message = format!("{mail} is one of our own people, not somebody from outside");
        return desk.refuse(Refusal::new(Ground::State, message));
    }
    let mut tally = Tally::default();
    Ok(offboard(desk, person.id(), removal, &mut tally)?)
}

/// Returns true for somebody whom an offboarding is for: everybody but our own people.
pub(in crate::governance) fn is_concerned(person: &Person) -> bool {
    person.is_outside() || person.is_guest()
}

/// Takes everything back that somebody has. A second time finds nothing left and does nothing.
pub(in crate::governance) fn offboard(
    desk: &mut Desk<'_>,
    id: PersonId,
    removal: Removal,
    tally: &mut Tally,
) -> Result<(), Unread> {
    let because = "offboarded";
    let person = desk.person(id)?;
    let leaving = leaving(desk, &person, removal)?;
    let was_enabled = person.living().is_some_and(|account| account.enabled);
    tally.people += 1;
    tally.requests += cancel_requests(desk, id, because)?;
    tally.invitations += void_invitations(desk, &person)?;
    for assignment in desk.find::<Assignment>(Mark::AssignmentPerson, &Key::new().person(id))? {
        end(desk, assignment, Why::Offboarded)?;
        tally.assignments += 1;
    }
    if removal.memberships {
        let mut holds = directory::holds(desk, id)?;
        holds.retain(|hold| hold.source == Source::Direct);
        tally.memberships += drop_memberships(desk, holds)?;
    }
    tally.blocked += u64::from(was_enabled);
    // Losing the last assignment may have deleted the account already.
    let person = desk.person(id)?;
    if person.living().is_none() {
        let deleted = matches!(leaving, Leaving::Now | Leaving::At(_) | Leaving::Stays);
        tally.deleted += u64::from(deleted);
        return Ok(());
    }
    let person = block(desk, person)?;
    schedule(desk, person, leaving, tally)
}

/// Blocks sign-in for good: the block is an administrator's, and no new assignment lifts it.
fn block(desk: &mut Desk<'_>, mut person: Person) -> Result<Person, Unread> {
    if let Some(wait) = &mut person.wait {
        wait.blocked = false;
        wait.block_at = None;
    }
    match &mut person.account {
        Some(account) if account.enabled => {
            account.enabled = false;
            desk.put_because(Activity::DisableUser, &person, "offboarded")?;
        }
        _ => desk.keep(&person)?,
    }
    Ok(person)
}

/// Deletes the account, or says when it is deleted.
fn schedule(
    desk: &mut Desk<'_>,
    mut person: Person,
    leaving: Leaving,
    tally: &mut Tally,
) -> Result<(), Unread> {
    let now = desk.now();
    let at = match leaving {
        Leaving::Now => now,
        Leaving::At(at) => at,
        Leaving::None | Leaving::Stays | Leaving::Gone => return Ok(()),
    };
    let ordered = leaving == Leaving::Now;
    let known = person.wait.as_ref().and_then(|wait| wait.delete_at);
    if known.is_none_or(|known| at < known) {
        person.epoch += 1;
        person.wait = Some(Wait {
            epoch: person.epoch,
            since: now,
            blocked: false,
            delete_at: Some(at),
            block_at: None,
            ordered,
            not_before: None,
        });
        desk.put_because(Activity::UpdateLifecycle, &person, "offboarded")?;
    }
    if !ordered {
        tally.scheduled += 1;
        return Ok(());
    }
    match delete(desk, &mut person, "offboarded")? {
        Deleted::Now => tally.deleted += 1,
        Deleted::Later | Deleted::Held => tally.scheduled += 1,
    }
    Ok(())
}
