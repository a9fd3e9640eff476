//! One-time passcodes: mailed, valid for 30 minutes, for one use and few attempts; a new one ends the old.

use jiff::SignedDuration;

use super::provider::{Provider, passcode_is_on, providers};
use super::secret;
use crate::governance::people;
use crate::governance::record::{ExternalState, Identity, Key, Mark, Passcode, Person};
use crate::governance::{
    Activity, Actor, Desk, Effect, Facts, Ground, Mail, Refusal, Stop, Template, Unread,
};
use crate::model::text::Email;

/// How long a passcode works.
const LIFE: SignedDuration = SignedDuration::from_mins(30);
/// How many wrong codes are taken.
const ATTEMPTS: u8 = 5;
/// How many passcodes an address gets within a minute.
const A_MINUTE: usize = 10;

pub(super) fn send(desk: &mut Desk<'_>, mail: &Email) -> Result<(), Stop> {
    if !passcode_is_on(desk)? {
        return desk.refuse(
            Refusal::new(
                Ground::NotOffered,
                "one-time passcodes are off in this tenant",
            )
            .help("`collaboration: { oneTimePasscode: true }` in the tree turns them on"),
        );
    }
    let person = people::known_user(desk, mail)?;
    receiver(desk, &person)?;
    let now = desk.now();
    let key = Key::new().text(person.mail.as_str());
    let earlier = desk.find::<Passcode>(Mark::PasscodeMail, &key)?;
    let minute_ago = now.checked_sub(SignedDuration::from_mins(1)).unwrap_or(now);
    if earlier.iter().filter(|code| code.sent > minute_ago).count() >= A_MINUTE {
        return desk.refuse(
            Refusal::new(
                Ground::Limit,
                format!("{mail} got {A_MINUTE} passcodes within a minute"),
            )
            .help("wait a minute, and look for the mail"),
        );
    }
    for mut old in earlier {
        if old.used.is_none() && old.until > now {
            old.until = now;
            desk.keep(&old)?;
        }
    }
    let code = secret::digits(desk.secret());
    let salt = secret::hex(&desk.secret());
    let passcode = Passcode {
        number: desk.fresh::<Passcode>()?,
        mail: person.mail.clone(),
        hash: secret::passcode(&code, &salt),
        salt,
        sent: now,
        until: now.checked_add(LIFE).unwrap_or(now),
        attempts: 0,
        used: None,
    };
    desk.put(Activity::SendPasscode, &passcode)?;
    let mail = Mail {
        template: Template::Passcode,
        to: person.mail.clone(),
        copy_to: None,
        language: person.attributes.get("preferredLanguage").cloned(),
        facts: Facts {
            to_name: person.name.clone(),
            organization: desk.moment.tenant.name.clone(),
            until: Some(passcode.until),
            message: code,
            ..Facts::default()
        },
    };
    let key = format!("passcode/{}", passcode.number);
    Ok(desk.effect(&key, Effect::Mail(Box::new(mail)))?)
}

/// Refuses somebody who has no use for a passcode.
fn receiver(desk: &Desk<'_>, person: &Person) -> Result<(), Stop> {
    if let Actor::Person(id) = &desk.moment.actor
        && *id != person.id()
    {
        return desk.refuse(Refusal::new(
            Ground::NotAllowed,
            format!("only {} can ask for their passcode", person.mail),
        ));
    }
    let Some(account) = person.living().filter(|account| account.external) else {
        return desk.refuse(
            Refusal::new(Ground::State, format!("{} is no guest here", person.mail))
                .help("`guestlist invitation send` invites them first"),
        );
    };
    if !account.enabled {
        return desk.refuse(Refusal::new(
            Ground::Blocked,
            format!("{} is blocked from sign-in", person.mail),
        ));
    }
    let by_passcode = match account.state {
        Some(ExternalState::PendingAcceptance) => {
            people::admission(desk, &person.mail, &[Identity::Passcode])?;
            providers(desk, &person.mail)?.contains(&Provider::Passcode)
        }
        _ => person.identities.contains(&Identity::Passcode),
    };
    if by_passcode {
        return Ok(());
    }
    desk.refuse(
        Refusal::new(
            Ground::WrongIdentity,
            format!("{} signs in another way than by passcode", person.mail),
        )
        .help("`guestlist guest show` says how"),
    )
}

/// What became of a code that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tried {
    /// It was right, and is used up.
    Right,
    /// It was not; the attempt is counted.
    Wrong(Refusal),
}

/// Tries a code of somebody. A wrong one is counted, and the counting must be kept.
///
/// # Errors
///
/// What the store could not tell.
pub(super) fn attempt(desk: &mut Desk<'_>, mail: &Email, code: &str) -> Result<Tried, Unread> {
    let wrong = |message: &str, help: &str| {
        Tried::Wrong(Refusal::new(Ground::Passcode, message).help(help))
    };
    let again = format!("`guestlist invitation passcode {mail}` sends a new one");
    let key = Key::new().text(mail.as_str());
    let last = desk.find::<Passcode>(Mark::PasscodeMail, &key)?.pop();
    let Some(mut passcode) = last else {
        return Ok(wrong("no passcode was sent to this address", &again));
    };
    let now = desk.now();
    if passcode.used.is_some() {
        return Ok(wrong(
            "the passcode was used already: each works once",
            &again,
        ));
    }
    if passcode.until <= now {
        return Ok(wrong(
            "the passcode is too old: each works for 30 minutes",
            &again,
        ));
    }
    if passcode.attempts >= ATTEMPTS {
        return Ok(wrong("too many wrong passcodes were tried", &again));
    }
    if secret::fits(code.trim(), &passcode.salt, &passcode.hash) {
        passcode.used = Some(now);
        desk.put_because(Activity::CheckPasscode, &passcode, "right")?;
        return Ok(Tried::Right);
    }
    passcode.attempts += 1;
    let why = format!("wrong, attempt {} of {ATTEMPTS}", passcode.attempts);
    desk.put_because(Activity::CheckPasscode, &passcode, &why)?;
    let left = ATTEMPTS - passcode.attempts;
    Ok(match left {
        0 => wrong("the passcode is wrong, and cannot be tried again", &again),
        1 => wrong("the passcode is wrong", "it can be tried once more"),
        _ => wrong(
            "the passcode is wrong",
            &format!("it can be tried {left} times more"),
        ),
    })
}
