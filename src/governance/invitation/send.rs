//! Sending an invitation. The order of checks is Entra's: the tenant's setting, the caller's right, the domain list, the
//! cross-tenant settings, the address itself.

use super::address::invitable;
use super::{convert, secret};
use crate::governance::people;
use crate::governance::record::{
    Creation, ExternalState, Group, Invitation, InvitationState, Key, Mark, Person, UserType,
};
use crate::governance::{
    Activity, Actor, Desk, Effect, Facts, Ground, Mail, Refusal, Stop, Template,
};
use crate::model::text::{Email, Principal};

/// An invitation to be sent.
#[derive(Debug, Clone)]
pub struct Send {
    /// The address, as somebody typed it.
    pub address: String,
    /// The name that people read.
    pub name: Option<String>,
    /// As what.
    pub user_type: UserType,
    /// Whether a mail goes out; otherwise the link is handed over by whoever invites.
    pub mailed: bool,
    /// A message in the mail, as plain text.
    pub message: Option<String>,
    /// The language of the mail, unless a message is written.
    pub language: Option<String>,
    /// Who gets a copy of the mail; at most one.
    pub copies: Vec<String>,
    /// Where they land after redeeming; `None` for the page of their packages.
    pub redirect: Option<String>,
    /// Who answers for them; the inviter where nobody is named.
    pub sponsors: Vec<Principal>,
    /// Whether an internal account of the address becomes one for a guest with an identity of their own.
    pub internal: bool,
}

impl Send {
    /// Returns an invitation as a guest, with a mail and nothing else said.
    #[must_use]
    pub fn to(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            name: None,
            user_type: UserType::Guest,
            mailed: true,
            message: None,
            language: None,
            copies: Vec::new(),
            redirect: None,
            sponsors: Vec::new(),
            internal: false,
        }
    }
}

/// Decides whether an invitation could be sent now, and decides nothing.
///
/// # Errors
///
/// The refusal, and what the store could not tell.
pub fn check(desk: &Desk<'_>, send: &Send) -> Result<(), Stop> {
    checked(desk, send).map(drop)
}

/// An invitation that may be sent.
struct Checked {
    mail: Email,
    copy_to: Option<Email>,
    redirect: String,
    known: Option<Person>,
}

fn checked(desk: &Desk<'_>, send: &Send) -> Result<Checked, Stop> {
    people::inviter(desk)?;
    if send.user_type == UserType::Member {
        people::member_inviter(desk)?;
    }
    let mail = invitable(&send.address)?;
    people::admission(desk, &mail, &[])?;
    let known = conflicts(desk, &mail, send)?;
    let copy_to = copy(&send.copies)?;
    let redirect = redirect(desk, send.redirect.as_deref())?;
    people::check_sponsors(desk, &send.sponsors)?;
    Ok(Checked {
        mail,
        copy_to,
        redirect,
        known,
    })
}

/// Refuses an address that is somebody's or something's already, other than a guest's.
fn conflicts(desk: &Desk<'_>, mail: &Email, send: &Send) -> Result<Option<Person>, Stop> {
    let refuse = |message: String, help: &str| -> Result<Option<Person>, Stop> {
        desk.refuse(Refusal::new(Ground::Address, message).help(help))
    };
    let key = Key::new().text(mail.as_str());
    if let Some(group) = desk.first::<Group>(Mark::GroupMail, &key)? {
        return refuse(
            format!(
                "{mail} is the address of the group `{}`, and groups cannot be invited",
                group.name
            ),
            "invite its members one by one",
        );
    }
    let known = desk.by_mail(mail)?;
    let Some(account) = known.as_ref().and_then(|person| person.account.as_ref()) else {
        return match people::own(desk, mail) {
            Some(refusal) => desk.refuse(refusal),
            None => Ok(known),
        };
    };
    if account.deleted.is_some() {
        return desk.refuse(
            Refusal::new(Ground::State, format!("the account of {mail} is deleted"))
                .help("`guestlist guest restore` brings it back within 30 days"),
        );
    }
    if !account.enabled {
        return desk.refuse(
            Refusal::new(Ground::Blocked, format!("{mail} is blocked from sign-in"))
                .help("`guestlist guest unblock` lifts the block first"),
        );
    }
    if account.external {
        return Ok(known);
    }
    if desk.moment.tenant.is_own(mail.domain()) {
        return refuse(
            format!("{mail} is an account of our own, in a domain of our own"),
            "only people from outside are invited",
        );
    }
    if !send.internal {
        return refuse(
            format!("{mail} is an account of our own already"),
            "`--internal` lets this account sign in with an identity of its own; it keeps its memberships",
        );
    }
    if account.user_type == UserType::Member {
        people::member_inviter(desk)?;
    }
    Ok(known)
}

/// Returns the one address that gets a copy.
fn copy(copies: &[String]) -> Result<Option<Email>, Stop> {
    match copies {
        [] => Ok(None),
        [one] => Email::parse(one).map(Some).map_err(|problem| {
            Refusal::new(
                Ground::Address,
                format!("no copy can go to {one}: {problem}"),
            )
            .into()
        }),
        _ => Err(Refusal::new(
            Ground::Limit,
            format!("{} people should get a copy, and one can", copies.len()),
        )
        .help("name one address")
        .into()),
    }
}

/// Returns where somebody lands after redeeming.
fn redirect(desk: &Desk<'_>, asked: Option<&str>) -> Result<String, Stop> {
    let tenant = &desk.moment.tenant;
    let hint = tenant.domains.first().map_or("", |domain| domain.as_str());
    let Some(asked) = asked else {
        return Ok(format!("{}/@{hint}", tenant.portal));
    };
    let plain = asked.chars().all(|c| c.is_ascii_graphic());
    let host = asked.strip_prefix("https://").unwrap_or_default();
    let named = host.starts_with(|c: char| c.is_ascii_alphanumeric());
    if plain && named && asked.len() <= 2048 && !host.split('/').next().unwrap_or("").contains('@')
    {
        return Ok(asked.to_owned());
    }
    desk.refuse(
        Refusal::new(
            Ground::Address,
            format!("nobody can be sent to `{asked}` after redeeming"),
        )
        .help("write an address such as `https://myapps.contoso.com/start`"),
    )
}

pub(super) fn send(desk: &mut Desk<'_>, send: &Send) -> Result<(), Stop> {
    let checked = checked(desk, send)?;
    let mut person = match &checked.known {
        Some(person) => person.clone(),
        None => {
            let number = desk.fresh::<Person>()?;
            Person::applicant(number, checked.mail.clone(), checked.mail.to_string())
        }
    };
    if let Some(name) = &send.name
        && person.account.is_none()
    {
        person.name.clone_from(name);
    }
    let activity = match &mut person.account {
        None => {
            account(desk, send, &mut person)?;
            Activity::Invite
        }
        Some(account) if !account.external => {
            convert::convert(desk, account);
            Activity::InviteInternal
        }
        Some(_) => Activity::Invite,
    };
    for sponsor in &send.sponsors {
        if !person.sponsors.contains(sponsor) {
            person.sponsors.push(sponsor.clone());
        }
    }
    people::check_sponsors(desk, &person.sponsors)?;
    let invitation = Invitation {
        number: desk.fresh::<Invitation>()?,
        mail: checked.mail,
        person: person.id(),
        by: inviter(desk),
        at: desk.now(),
        user_type: send.user_type,
        redirect: checked.redirect,
        mailed: send.mailed,
        message: send.message.clone(),
        language: send.language.clone(),
        copy_to: checked.copy_to,
        ticket: None,
        state: standing(&person),
    };
    desk.put(activity, &person)?;
    hand_over(desk, &person, invitation)
}

/// Makes the account that waits for the person.
fn account(desk: &mut Desk<'_>, send: &Send, person: &mut Person) -> Result<(), Stop> {
    let mut account = people::guest_account(desk, &person.mail)?;
    account.user_type = send.user_type;
    account.creation = Creation::Invitation;
    person.account = Some(account);
    // Until they redeem, nothing but our own tenant vouches for them.
    person.identities = vec![crate::governance::record::Identity::Own];
    if send.sponsors.is_empty()
        && person.sponsors.is_empty()
        && let Some(by) = inviter(desk)
    {
        let by = desk.person(by)?;
        person.sponsors.push(Principal::User(by.mail));
    }
    Ok(())
}

/// Returns the person who invites; `None` for whoever runs the program.
pub(super) fn inviter(desk: &Desk<'_>) -> Option<crate::governance::record::PersonId> {
    match &desk.moment.actor {
        Actor::Person(id) => Some(*id),
        Actor::Operator(_) | Actor::Engine => None,
    }
}

/// Returns where an invitation of somebody stands the moment it is sent.
fn standing(person: &Person) -> InvitationState {
    match person.living().and_then(|account| account.state) {
        Some(ExternalState::Accepted) => InvitationState::Completed,
        _ => InvitationState::PendingAcceptance,
    }
}

/// Gives an invitation its link, and mails it or hands it to whoever invites. Only the hash of the ticket is kept.
pub(super) fn hand_over(
    desk: &mut Desk<'_>,
    person: &Person,
    mut invitation: Invitation,
) -> Result<(), Stop> {
    let tenant = &desk.moment.tenant;
    let hint = tenant.domains.first().map_or("", |domain| domain.as_str());
    let link = match invitation.state {
        InvitationState::PendingAcceptance => {
            let link = format!("{}/invitations/redeem?tenant={hint}", tenant.portal);
            let ticket = secret::hex(&desk.secret());
            invitation.ticket = Some(secret::ticket(&ticket));
            format!("{link}&ticket={ticket}")
        }
        _ => invitation.redirect.clone(),
    };
    desk.keep(&invitation)?;
    if invitation.mailed {
        let tenant = desk.moment.tenant.name.clone();
        let by = match invitation.by {
            Some(by) => desk.person(by)?,
            None => {
                let facts = (tenant.clone(), tenant);
                return mail(desk, person, &invitation, link, facts);
            }
        };
        let facts = (format!("{} <{}>", by.name, by.mail), tenant);
        return mail(desk, person, &invitation, link, facts);
    }
    desk.tell(&invitation, link);
    Ok(())
}

fn mail(
    desk: &mut Desk<'_>,
    person: &Person,
    invitation: &Invitation,
    link: String,
    (from, organization): (String, String),
) -> Result<(), Stop> {
    let message = invitation.message.clone();
    // A message of one's own is sent as it is written, whatever the language.
    let language = match &message {
        Some(_) => None,
        None => invitation
            .language
            .clone()
            .or_else(|| person.attributes.get("preferredLanguage").cloned()),
    };
    let mail = Mail {
        template: Template::Invitation,
        to: invitation.mail.clone(),
        copy_to: invitation.copy_to.clone(),
        language,
        facts: Facts {
            to_name: person.name.clone(),
            person: from,
            organization,
            link,
            message: message.unwrap_or_default(),
            ..Facts::default()
        },
    };
    let key = format!("invitation/{}", invitation.number);
    Ok(desk.effect(&key, Effect::Mail(Box::new(mail)))?)
}
