//! Resetting a redemption: somebody redeems anew, with another identity, and stays who they are.

use super::{Reset, send};
use crate::governance::people;
use crate::governance::record::{ExternalState, Identity, Invitation, InvitationState, Key, Mark};
use crate::governance::{Activity, Desk, Ground, Refusal, Stop};

pub(super) fn reset(desk: &mut Desk<'_>, reset: &Reset) -> Result<(), Stop> {
    people::require_users(desk, "reset redemptions")?;
    let mut person = people::known_user(desk, &reset.mail)?;
    let person_mail = person.mail.clone();
    people::admission(desk, &person_mail, &[])?;
    let Some(account) = person
        .account
        .as_mut()
        .filter(|account| account.external && account.deleted.is_none())
    else {
        return desk.refuse(
            Refusal::new(
                Ground::State,
                format!("{person_mail} is nobody from outside with an account here"),
            )
            .help("`guestlist invitation send` invites somebody"),
        );
    };
    if !account.enabled {
        return desk.refuse(
            Refusal::new(
                Ground::Blocked,
                format!("{person_mail} is blocked from sign-in"),
            )
            .help("`guestlist guest unblock` lifts the block first"),
        );
    }
    account.state = Some(ExternalState::PendingAcceptance);
    account.state_changed = Some(desk.now());
    let user_type = account.user_type;
    person.identities = vec![Identity::Own];
    let key = Key::new().text(person_mail.as_str());
    let mut redirect = None;
    for mut known in desk.find::<Invitation>(Mark::InvitationMail, &key)? {
        redirect = Some(known.redirect.clone());
        if known.state != InvitationState::Superseded {
            known.state = InvitationState::Superseded;
            desk.keep(&known)?;
        }
    }
    let tenant = &desk.moment.tenant;
    let invitation = Invitation {
        number: desk.fresh::<Invitation>()?,
        mail: person_mail,
        person: person.id(),
        by: send::inviter(desk),
        at: desk.now(),
        user_type,
        redirect: redirect.unwrap_or_else(|| tenant.portal.clone()),
        mailed: reset.mailed,
        message: reset.message.clone(),
        language: None,
        copy_to: None,
        ticket: None,
        state: InvitationState::PendingAcceptance,
    };
    desk.put(Activity::InviteAgain, &person)?;
    send::hand_over(desk, &person, invitation)
}
