//! Redeeming an invitation: the link, the way of signing in, consent, terms of use; then the account is the person's.

use std::fmt;

use super::passcode::{self, Tried};
use super::provider::{Provider, providers};
use super::secret;
use crate::governance::people;
use crate::governance::record::{
    ExternalState, Identity, Invitation, InvitationState, Key, Mark, Person,
};
use crate::governance::{Activity, Actor, Desk, Ground, Refusal, Stop, Unread};
use crate::model::Name;
use crate::model::text::{Email, Guid};

/// Somebody redeems.
#[derive(Clone)]
pub struct Redeem {
    /// How they came.
    pub door: Door,
    /// How they signed in.
    pub identity: Identity,
    /// The ids that their own tenant vouches for: theirs, and those of their groups there.
    pub ids: Vec<Guid>,
    /// The passcode, for who signs in by one.
    pub passcode: Option<String>,
    /// Whether they consented to what the tenant may read about them.
    pub consent: bool,
    /// The terms of use that they accept, by name.
    pub accepting: Vec<Name>,
}

/// How somebody came to redeem.
#[derive(Clone)]
pub enum Door {
    /// By the link of the mail, which holds a ticket.
    Ticket(String),
    /// By a direct link that names the tenant, or by the common page where they chose it.
    Direct(Email),
}

/// What stands where a ticket or a passcode would be printed.
const REDACTED: &str = "[redacted]";

impl fmt::Debug for Redeem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            door,
            identity,
            ids,
            passcode,
            consent,
            accepting,
        } = self;
        f.debug_struct("Redeem")
            .field("door", door)
            .field("identity", identity)
            .field("ids", ids)
            .field("passcode", &passcode.as_ref().map(|_| REDACTED))
            .field("consent", consent)
            .field("accepting", accepting)
            .finish()
    }
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ticket(_) => f.debug_tuple("Ticket").field(&REDACTED).finish(),
            Self::Direct(mail) => f.debug_tuple("Direct").field(mail).finish(),
        }
    }
}

pub(super) fn redeem(desk: &mut Desk<'_>, redeem: &Redeem) -> Result<(), Stop> {
    let mut person = guest(desk, &redeem.door)?;
    oneself(desk, &person)?;
    pending(desk, &person)?;
    offered(desk, &person, &redeem.identity)?;
    people::vouched(desk, &person.mail, &redeem.identity, &redeem.ids)?;
    if !redeem.consent && !people::consents(desk, &person.mail, &redeem.identity)? {
        return desk.refuse(
            Refusal::new(
                Ground::Consent,
                format!(
                    "{} has not consented to what the tenant reads about them",
                    person.mail
                ),
            )
            .help("`--consent` says that they have"),
        );
    }
    let identities = [redeem.identity.clone()];
    people::demand_terms(desk, &person, &identities, &redeem.accepting)?;
    if redeem.identity == Identity::Passcode {
        let Some(code) = &redeem.passcode else {
            return desk.refuse(Refusal::new(Ground::Passcode, "a passcode is needed").help(
                format!(
                    "`guestlist invitation passcode {}` sends one; give it as a line with `--passcode -`",
                    person.mail
                ),
            ));
        };
        if let Tried::Wrong(refusal) = passcode::attempt(desk, &person.mail, code)? {
            desk.keep_and_refuse(refusal);
            return Ok(());
        }
    }
    people::accept_terms(desk, &mut person, &identities, &redeem.accepting)?;
    if let Some(account) = &mut person.account {
        account.state = Some(ExternalState::Accepted);
        account.state_changed = Some(desk.now());
    }
    person.identities = identities.to_vec();
    complete(desk, &person)?;
    Ok(desk.put(Activity::Redeem, &person)?)
}

/// Finds who redeems.
fn guest(desk: &Desk<'_>, door: &Door) -> Result<Person, Stop> {
    let ticket = match door {
        Door::Direct(mail) => return people::known_user(desk, mail),
        Door::Ticket(ticket) => ticket.trim(),
    };
    let key = Key::new().text(&secret::ticket(ticket));
    let Some(invitation) = desk.first::<Invitation>(Mark::InvitationTicket, &key)? else {
        return desk.refuse(
            Refusal::new(Ground::Unknown, "no invitation has this ticket")
                .help("copy the whole link of the mail, or ask for a new invitation"),
        );
    };
    match invitation.state {
        InvitationState::PendingAcceptance | InvitationState::Completed => {
            Ok(desk.person(invitation.person)?)
        }
        InvitationState::Superseded => desk.refuse(
            Refusal::new(Ground::State, "the invitation was replaced by a later one")
                .help("use the link of the last mail"),
        ),
        InvitationState::Error => desk.refuse(
            Refusal::new(Ground::State, "the account of this invitation is gone")
                .help("ask whoever invited for a new invitation"),
        ),
    }
}

/// Refuses somebody who redeems for somebody else.
fn oneself(desk: &Desk<'_>, person: &Person) -> Result<(), Stop> {
    match &desk.moment.actor {
        Actor::Person(id) if *id != person.id() => desk.refuse(Refusal::new(
            Ground::NotAllowed,
            format!("only {} can redeem their invitation", person.mail),
        )),
        _ => Ok(()),
    }
}

/// Refuses an account that does not wait for its person.
fn pending(desk: &Desk<'_>, person: &Person) -> Result<(), Stop> {
    let state = |message: String| Refusal::new(Ground::State, message);
    let Some(account) = person.living() else {
        return desk.refuse(
            state(format!("{} has no account here", person.mail))
                .help("`guestlist invitation send` invites them"),
        );
    };
    if !account.enabled {
        return desk.refuse(Refusal::new(
            Ground::Blocked,
            format!("{} is blocked from sign-in", person.mail),
        ));
    }
    match account.state {
        Some(ExternalState::PendingAcceptance) => Ok(()),
        Some(ExternalState::Accepted) => desk.refuse(
            state(format!("{} has redeemed already", person.mail))
                .help("they sign in now; `guestlist invitation reset` lets them redeem anew"),
        ),
        None => desk.refuse(state(format!("{} was not invited", person.mail))),
    }
}

/// Refuses a way of signing in that is not theirs.
fn offered(desk: &Desk<'_>, person: &Person, identity: &Identity) -> Result<(), Stop> {
    let offered = providers(desk, &person.mail)?;
    if offered.iter().any(|provider| provider.gives(identity)) {
        return Ok(());
    }
    let words: Vec<String> = offered.iter().map(Provider::word).collect();
    desk.refuse(
        Refusal::new(
            Ground::WrongIdentity,
            format!("{} cannot sign in that way", person.mail),
        )
        .help(format!("`--with` one of: {}", words.join(", "))),
    )
}

/// Closes every invitation of somebody that still waits.
fn complete(desk: &mut Desk<'_>, person: &Person) -> Result<(), Unread> {
    let key = Key::new().text(person.mail.as_str());
    for mut invitation in desk.find::<Invitation>(Mark::InvitationMail, &key)? {
        if invitation.state == InvitationState::PendingAcceptance {
            invitation.state = InvitationState::Completed;
            desk.keep(&invitation)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_prints_a_ticket_or_a_passcode() {
        let redeem = Redeem {
            door: Door::Ticket("hunter1".to_owned()),
            identity: Identity::Passcode,
            ids: Vec::new(),
            passcode: Some("hunter2".to_owned()),
            consent: true,
            accepting: Vec::new(),
        };
        assert!(!format!("{redeem:?}").contains("hunter"), "{redeem:?}");
    }
}
