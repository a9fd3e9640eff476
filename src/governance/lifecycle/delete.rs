//! Deleting accounts: first so that they can be restored for 30 days, then for good.

use crate::governance::assignment::end_all;
use crate::governance::record::{
    Delivery, Governed, Hold, Invitation, InvitationState, Key, Mark, Passcode, Person, PersonId,
    Request, RequestState, Why,
};
use crate::governance::{Activity, Desk, Unread, directory, request, watch};
use crate::model::text::Email;

/// What became of a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::governance) enum Deleted {
    /// The account is deleted.
    Now,
    /// It waits for the next day: this one's deletions are used up.
    Later,
    /// It waits until the clock is trusted.
    Held,
}

/// Deletes an account so that it can be restored for 30 days, unless the clock or the day's number speaks against it; then
/// it waits. Keeps the person either way.
pub(in crate::governance) fn delete(
    desk: &mut Desk<'_>,
    person: &mut Person,
    because: &str,
) -> Result<Deleted, Unread> {
    if !watch::is_trusted(desk)? {
        person.held = true;
        desk.keep(person)?;
        return Ok(Deleted::Held);
    }
    if let Some(tomorrow) = watch::spend(desk)? {
        if let Some(wait) = &mut person.wait {
            wait.not_before = Some(tomorrow);
        }
        desk.keep(person)?;
        return Ok(Deleted::Later);
    }
    if let Some(account) = &mut person.account {
        account.deleted = Some(desk.now());
    }
    if let Some(wait) = &mut person.wait {
        // What is left is whether the block is lifted, should the account be restored and get a new assignment.
        wait.delete_at = None;
        wait.not_before = None;
        wait.block_at = None;
        wait.ordered = false;
    }
    desk.put_because(Activity::DeleteUser, person, because)?;
    cancel_requests(desk, person.id(), "the account was deleted")?;
    void_invitations(desk, person)?;
    Ok(Deleted::Now)
}

/// Takes back every open request for somebody; returns how many there were.
pub(in crate::governance) fn cancel_requests(
    desk: &mut Desk<'_>,
    person: PersonId,
    because: &str,
) -> Result<u64, Unread> {
    let mut canceled = 0;
    for mut request in desk.find::<Request>(Mark::RequestOpen, &Key::new().person(person))? {
        request.state = RequestState::Canceled;
        request.status = because.to_owned();
        request.completed = Some(desk.now());
        request::forget(desk, &request)?;
        desk.put_because(Activity::Cancel, &request, because)?;
        canceled += 1;
    }
    Ok(canceled)
}

/// Returns the invitations of somebody that can still be redeemed.
pub(super) fn pending_invitations(
    desk: &Desk<'_>,
    person: &Person,
) -> Result<Vec<Invitation>, Unread> {
    let mut found = Vec::new();
    for mail in std::iter::once(&person.mail).chain(&person.other_mails) {
        let key = Key::new().text(mail.as_str());
        found.extend(desk.find::<Invitation>(Mark::InvitationMail, &key)?);
    }
    found.retain(|invitation| {
        invitation.person == person.id() && invitation.state == InvitationState::PendingAcceptance
    });
    found.sort_by_key(|invitation| invitation.number);
    found.dedup_by_key(|invitation| invitation.number);
    Ok(found)
}

/// Lets no invitation of somebody be redeemed any more; returns how many there were.
pub(in crate::governance) fn void_invitations(
    desk: &mut Desk<'_>,
    person: &Person,
) -> Result<u64, Unread> {
    let mut voided = 0;
    for mut invitation in pending_invitations(desk, person)? {
        invitation.state = InvitationState::Error;
        invitation.ticket = None;
        desk.keep(&invitation)?;
        voided += 1;
    }
    Ok(voided)
}

/// Deletes for good: nothing that tells who it was is kept, only the number that other records name, and no mail waits for
/// them. What the audit log says of them stays until somebody erases it there: that is a decision of its own.
pub(in crate::governance) fn purge(
    desk: &mut Desk<'_>,
    person: Person,
    because: &str,
) -> Result<(), Unread> {
    let id = person.id();
    // Until now its assignments counted.
    end_all(desk, id, Why::PersonGone)?;
    for mail in std::iter::once(&person.mail).chain(&person.other_mails) {
        let key = Key::new().text(mail.as_str());
        for delivery in desk.find::<Delivery>(Mark::DeliveryMail, &key)? {
            desk.drop(&delivery)?;
        }
        for passcode in desk.find::<Passcode>(Mark::PasscodeMail, &key)? {
            desk.drop(&passcode)?;
        }
        for mut invitation in desk.find::<Invitation>(Mark::InvitationMail, &key)? {
            if invitation.person == id {
                nameless(&mut invitation);
                desk.keep(&invitation)?;
            }
        }
    }
    for hold in directory::holds(desk, id)? {
        desk.remove(Activity::RemoveMember, &hold)?;
    }
    let gone = Person {
        name: format!("deleted person {}", person.number),
        epoch: person.epoch,
        ..Person::applicant(person.number, anonymous(person.number), String::new())
    };
    debug_assert_eq!(gone.governed, Governed::NotDefined);
    desk.put_because(Activity::PurgeUser, &gone, because)
}

/// Empties what an invitation tells of who was invited.
fn nameless(invitation: &mut Invitation) {
    invitation.mail = anonymous(invitation.person.0);
    invitation.message = None;
    invitation.copy_to = None;
    invitation.ticket = None;
    if invitation.state == InvitationState::PendingAcceptance {
        invitation.state = InvitationState::Error;
    }
}

/// Returns the address that stands for somebody who is gone for good.
fn anonymous(number: u64) -> Email {
    Email::parse(&format!("deleted-{number}@deleted.invalid"))
        .expect("INVARIANT: digits and hyphens make an address")
}

/// Takes away what somebody holds that no package gave; returns how much there was.
pub(super) fn drop_memberships(desk: &mut Desk<'_>, holds: Vec<Hold>) -> Result<u64, Unread> {
    let mut dropped = 0;
    for hold in holds {
        desk.remove(Activity::RemoveMember, &hold)?;
        dropped += 1;
    }
    Ok(dropped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_gone_has_an_address_that_reaches_nobody() {
        assert_eq!(anonymous(u64::MAX).domain(), "deleted.invalid");
    }
}
