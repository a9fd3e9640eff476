//! Accounts of people from outside: blocked, deleted, restored, governed or not; and how a guest leaves.

use super::admission::shut_out;
use super::right::{known_user, require_users};
use super::terms;
use crate::governance::record::{
    ExternalState, Governed, Invitation, InvitationState, Key, Mark, Person, RESTORABLE,
};
use crate::governance::{
    Activity, Actor, Desk, Ground, Refusal, Scope, Stop, Task, delegation, lifecycle,
};
use crate::model::text::Email;
use crate::model::{Kind, Name, Object};

/// What somebody becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Convert {
    /// The lifecycle of external users applies to them.
    Governed,
    /// It does not.
    NotGoverned,
}

/// Returns somebody from outside whose account lives, or refuses.
fn outsider(desk: &Desk<'_>, mail: &Email) -> Result<Person, Stop> {
    let person = known_user(desk, mail)?;
    match person.account.as_ref() {
        None => desk.refuse(
            Refusal::new(
                Ground::State,
                format!("{mail} has no account here: they have only asked so far"),
            )
            .help("`guestlist invitation send` invites them"),
        ),
        Some(account) if account.deleted.is_some() => desk.refuse(
            Refusal::new(Ground::State, format!("the account of {mail} is deleted"))
                .help("`guestlist guest restore` brings it back within 30 days"),
        ),
        Some(account) if !account.external && !person.is_guest() => desk.refuse(
            Refusal::new(Ground::State, format!("{mail} is one of our own people"))
                .help("own people come and go by `guestlist directory import`"),
        ),
        Some(_) => Ok(person),
    }
}

pub(super) fn block(desk: &mut Desk<'_>, mail: &Email) -> Result<(), Stop> {
    require_users(desk, "block accounts")?;
    let mut person = outsider(desk, mail)?;
    let by_engine = person.wait.as_ref().is_some_and(|wait| wait.blocked);
    if person.is_blocked() && !by_engine {
        return desk.refuse(Refusal::new(
            Ground::State,
            format!("{} is blocked already", person.mail),
        ));
    }
    if let Some(account) = &mut person.account {
        account.enabled = false;
    }
    // From now on it is somebody's own decision: a new assignment does not lift it.
    if let Some(wait) = &mut person.wait {
        wait.blocked = false;
    }
    Ok(desk.put(Activity::DisableUser, &person)?)
}

pub(super) fn unblock(desk: &mut Desk<'_>, mail: &Email) -> Result<(), Stop> {
    require_users(desk, "lift blocks")?;
    let mut person = outsider(desk, mail)?;
    if !person.is_blocked() {
        return desk.refuse(Refusal::new(
            Ground::State,
            format!("{} is not blocked", person.mail),
        ));
    }
    if let Some(account) = &mut person.account {
        account.enabled = true;
    }
    if let Some(wait) = &mut person.wait {
        wait.blocked = false;
    }
    Ok(desk.put(Activity::EnableUser, &person)?)
}

pub(super) fn delete(desk: &mut Desk<'_>, mail: &Email) -> Result<(), Stop> {
    require_users(desk, "delete accounts")?;
    let person = outsider(desk, mail)?;
    end(desk, person, "deleted by an administrator")
}

/// Deletes an account softly: assignments count until the 30 days are over, and nothing else is touched.
pub(super) fn end(desk: &mut Desk<'_>, mut person: Person, why: &str) -> Result<(), Stop> {
    let now = desk.now();
    if let Some(account) = &mut person.account {
        account.deleted = Some(now);
    }
    person.wait = None;
    let key = Key::new().text(person.mail.as_str());
    for mut invitation in desk.find::<Invitation>(Mark::InvitationMail, &key)? {
        if invitation.state == InvitationState::PendingAcceptance {
            invitation.state = InvitationState::Error;
            desk.keep(&invitation)?;
        }
    }
    Ok(desk.put_because(Activity::DeleteUser, &person, why)?)
}

pub(super) fn restore(desk: &mut Desk<'_>, mail: &Email) -> Result<(), Stop> {
    require_users(desk, "restore accounts")?;
    let mut person = known_user(desk, mail)?;
    let deleted = person.account.as_ref().and_then(|account| account.deleted);
    let Some(deleted) = deleted else {
        return desk.refuse(Refusal::new(
            Ground::State,
            format!("{mail} is not deleted"),
        ));
    };
    let until = deleted.checked_add(RESTORABLE).unwrap_or(deleted);
    if until <= desk.now() {
        return desk.refuse(
            Refusal::new(
                Ground::Late,
                format!("{mail} was deleted on {deleted}, and could be restored until {until}"),
            )
            .help("`guestlist invitation send` invites them anew"),
        );
    }
    if let Some(account) = &mut person.account {
        account.deleted = None;
        if account.state == Some(ExternalState::PendingAcceptance) {
            reopen(desk, &person)?;
        }
    }
    person.held = false;
    Ok(desk.put(Activity::RestoreUser, &person)?)
}

pub(super) fn purge(desk: &mut Desk<'_>, mail: &Email) -> Result<(), Stop> {
    require_users(desk, "delete accounts for good")?;
    let person = known_user(desk, mail)?;
    let deleted = person.account.as_ref().and_then(|account| account.deleted);
    if deleted.is_none() {
        return desk.refuse(
            Refusal::new(Ground::State, format!("{mail} is not deleted"))
                .help("`guestlist guest delete` comes first: until the account is gone for good, it can be restored"),
        );
    }
    Ok(lifecycle::purge(
        desk,
        person,
        "deleted for good by an administrator",
    )?)
}

/// Lets the invitations of a restored account be redeemed again.
fn reopen(desk: &mut Desk<'_>, person: &Person) -> Result<(), Stop> {
    let key = Key::new().text(person.mail.as_str());
    for mut invitation in desk.find::<Invitation>(Mark::InvitationMail, &key)? {
        if invitation.state == InvitationState::Error {
            invitation.state = InvitationState::PendingAcceptance;
            desk.keep(&invitation)?;
        }
    }
    Ok(())
}

pub(super) fn convert(desk: &mut Desk<'_>, mail: &Email, to: Convert) -> Result<(), Stop> {
    delegation::require(desk, Task::ManageTenant, Scope::Tenant)?;
    let mut person = outsider(desk, mail)?;
    let governed = match to {
        Convert::Governed => Governed::Governed,
        Convert::NotGoverned => Governed::NotGoverned,
    };
    if person.governed == governed {
        let is = match to {
            Convert::Governed => "governed",
            Convert::NotGoverned => "not governed",
        };
        return desk.refuse(Refusal::new(
            Ground::State,
            format!("{} is {is} already", person.mail),
        ));
    }
    person.governed = governed;
    if to == Convert::NotGoverned
        && let Some(wait) = person.wait.take()
        && wait.blocked
        && let Some(account) = &mut person.account
    {
        // What the lifecycle has begun is not for them any more.
        account.enabled = true;
    }
    Ok(desk.put(Activity::UpdateLifecycle, &person)?)
}

pub(super) fn leave(desk: &mut Desk<'_>, mail: &Email) -> Result<(), Stop> {
    let person = outsider(desk, mail)?;
    let oneself = match &desk.moment.actor {
        Actor::Person(id) => *id == person.id(),
        Actor::Operator(_) | Actor::Engine => true,
    };
    if !oneself {
        return desk.refuse(
            Refusal::new(
                Ground::NotAllowed,
                format!("only {} can decide to leave", person.mail),
            )
            .help("an administrator deletes an account with `guestlist guest delete`"),
        );
    }
    if person.is_member() {
        return desk.refuse(Refusal::new(
            Ground::NotOffered,
            format!(
                "{} is a member here, and only guests leave by themselves",
                person.mail
            ),
        ));
    }
    let thing = desk.setting(Kind::Collaboration)?;
    let allowed = match thing.as_ref().map(|thing| &thing.object) {
        Some(Object::Collaboration(settings)) => settings.guests_may_leave.unwrap_or(true),
        _ => true,
    };
    if !allowed {
        return desk.refuse(
            Refusal::new(
                Ground::NotOffered,
                "guests cannot leave by themselves here: the tenant does not let them",
            )
            .help("an administrator can delete the account; `collaboration: { guestsMayLeave: true }` in the tree lets guests leave"),
        );
    }
    end(desk, person, "left by themselves")
}

pub(super) fn sign_in(desk: &mut Desk<'_>, mail: &Email, accepting: &[Name]) -> Result<(), Stop> {
    let mut person = known_user(desk, mail)?;
    let Some(account) = person.living() else {
        return desk.refuse(Refusal::new(
            Ground::State,
            format!("{mail} has no account to sign in to"),
        ));
    };
    if !account.enabled {
        return desk.refuse(Refusal::new(
            Ground::Blocked,
            format!("{mail} is blocked from sign-in"),
        ));
    }
    if let Some(refusal) = shut_out(desk, &person)? {
        return desk.refuse(refusal);
    }
    if account.state == Some(ExternalState::PendingAcceptance) {
        return desk.refuse(
            Refusal::new(
                Ground::State,
                format!("{mail} has not redeemed the invitation yet"),
            )
            .help("`guestlist invitation redeem` comes first"),
        );
    }
    let identities = person.identities.clone();
    terms::demand(desk, &person, &identities, accepting)?;
    terms::accept(desk, &mut person, &identities, accepting)?;
    let now = desk.now();
    if person.last_sign_in.is_none_or(|last| last < now) {
        person.last_sign_in = Some(now);
    }
    Ok(desk.put(Activity::SignIn, &person)?)
}
