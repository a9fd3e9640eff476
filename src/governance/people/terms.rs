//! Terms of use: who must accept which, whether they have, and until when that holds. Fact sheet `graph-b2b` §§7–8.
//!
//! Terms are asked for where somebody signs in: when they redeem, after consent, and whenever they come back after their
//! acceptance has ended. Delivery asks for none: a guest whom a request brings in accepts at first use.

use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};

use crate::governance::record::{Acceptance, ExternalState, Identity, Person};
use crate::governance::{
    Activity, Actor, Desk, Ground, Refusal, Stop, Thing, Unread, organization,
};
use crate::model::kinds::{RequiredFor, TermsOfUse};
use crate::model::text::Duration;
use crate::model::{Address, Kind, Name};

/// Terms that somebody must have accepted, and whether they have.
#[derive(Debug, Clone)]
pub struct Required {
    /// The terms.
    pub terms: Rc<Thing>,
    /// What they accepted last, in whichever version.
    pub accepted: Option<Acceptance>,
    /// Until when that holds, where it ends by itself.
    pub until: Option<Timestamp>,
    /// Whether they must accept, for the first time or again.
    pub is_due: bool,
}

/// Returns the terms that are required of somebody, in order of names, by how they sign in.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn terms(
    desk: &Desk<'_>,
    person: &Person,
    identities: &[Identity],
) -> Result<Vec<Required>, Unread> {
    let mut found = Vec::new();
    if !person.is_outside() && !person.is_guest() {
        return Ok(found);
    }
    for thing in desk.things(Kind::TermsOfUse, None)? {
        let Some(terms) = thing.terms() else {
            continue;
        };
        if !concerns(desk, terms, person, identities)? {
            continue;
        }
        let accepted = person.terms.get(&thing.id).cloned();
        let until = accepted
            .as_ref()
            .and_then(|accepted| ends(terms, accepted.at));
        found.push(Required {
            is_due: is_due(terms, accepted.as_ref(), desk.now()),
            accepted,
            until,
            terms: thing,
        });
    }
    Ok(found)
}

/// Returns true where terms are to be accepted, by what somebody accepted last: never, another version, or too long ago.
#[must_use]
pub fn is_due(terms: &TermsOfUse, accepted: Option<&Acceptance>, now: Timestamp) -> bool {
    !accepted.is_some_and(|accepted| {
        let is_over = ends(terms, accepted.at).is_some_and(|until| until <= now);
        accepted.version == terms.version.as_str() && !is_over
    })
}

fn concerns(
    desk: &Desk<'_>,
    terms: &TermsOfUse,
    person: &Person,
    identities: &[Identity],
) -> Result<bool, Unread> {
    let RequiredFor::Organizations(names) = &terms.required_for else {
        return Ok(true);
    };
    let theirs = organization::counting(desk, &person.mail, identities)?;
    Ok(theirs.is_some_and(|theirs| {
        let own = theirs.address.own_name();
        names.iter().any(|name| name.as_str() == own)
    }))
}

/// Returns when an acceptance ends: so long after it as the terms say, and with everybody's.
fn ends(terms: &TermsOfUse, accepted: Timestamp) -> Option<Timestamp> {
    let own = terms
        .reaccept_after
        .and_then(|length| accepted.checked_add(span(length)).ok());
    let all = terms.expires.as_ref().and_then(|expires| {
        // The instant was resolved in the project's zone when the terms were applied.
        let first = expires.on.resolve(&jiff::tz::TimeZone::UTC);
        if accepted < first {
            return Some(first);
        }
        let every = expires.every?;
        let rounds = accepted.duration_since(first).as_secs() / span(every).as_secs().max(1);
        let seconds = span(every).as_secs().checked_mul(rounds.checked_add(1)?)?;
        first.checked_add(SignedDuration::from_secs(seconds)).ok()
    });
    [own, all].into_iter().flatten().min()
}

fn span(length: Duration) -> SignedDuration {
    SignedDuration::from_secs(length.as_seconds().cast_signed())
}

/// Returns why somebody who has redeemed cannot sign in: they have terms to accept.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub(in crate::governance) fn lacking(
    desk: &Desk<'_>,
    person: &Person,
) -> Result<Option<Refusal>, Unread> {
    let state = person.living().and_then(|account| account.state);
    if state != Some(ExternalState::Accepted) {
        return Ok(None);
    }
    let due = wanted(desk, person, &person.identities, &[])?;
    Ok(refusal(&due, person, &|names| {
        format!(
            "they accept when they sign in: `guestlist directory sign-in {} {names}`",
            person.mail
        )
    }))
}

/// Refuses somebody who neither has accepted all that they must, nor accepts it now.
///
/// # Errors
///
/// A refusal that says which terms and where they are to be read, one for names that are no terms, and what the store could
/// not tell.
pub(in crate::governance) fn demand(
    desk: &Desk<'_>,
    person: &Person,
    identities: &[Identity],
    accepting: &[Name],
) -> Result<(), Stop> {
    for name in accepting {
        let _ = known(desk, name)?;
    }
    let due = wanted(desk, person, identities, accepting)?;
    match refusal(&due, person, &|names| {
        format!("`{names}` says that they have read and accept them")
    }) {
        Some(refusal) => desk.refuse(refusal),
        None => Ok(()),
    }
}

fn known(desk: &Desk<'_>, name: &Name) -> Result<Rc<Thing>, Stop> {
    if let Some(thing) = desk.at(&Address::new(Kind::TermsOfUse, name))? {
        return Ok(thing);
    }
    let declared = desk.things(Kind::TermsOfUse, None)?;
    let names = declared.iter().map(|thing| thing.address.own_name());
    let help = match crate::diag::nearest(name.as_str(), names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`guestlist list terms-of-use` shows all".to_owned(),
    };
    let message = format!("there are no terms of use `{name}`");
    desk.refuse(Refusal::new(Ground::Unknown, message).help(help))
}

/// Returns the terms that are due and not among those that are accepted now.
fn wanted(
    desk: &Desk<'_>,
    person: &Person,
    identities: &[Identity],
    accepting: &[Name],
) -> Result<Vec<Rc<Thing>>, Unread> {
    let due = terms(desk, person, identities)?.into_iter();
    let due = due.filter(|standing| standing.is_due);
    let open = due.map(|standing| standing.terms).filter(|thing| {
        let own = thing.address.own_name();
        !accepting.iter().any(|name| name.as_str() == own)
    });
    Ok(open.collect())
}

fn refusal(due: &[Rc<Thing>], person: &Person, help: &dyn Fn(&str) -> String) -> Option<Refusal> {
    if due.is_empty() {
        return None;
    }
    let language = person.attributes.get("preferredLanguage");
    let words = due.iter().filter_map(|thing| {
        let terms = thing.terms()?;
        let document = terms.document(language.map(String::as_str));
        let document = document.map_or_else(String::new, |it| format!(": {it}"));
        Some(format!(
            "`{}`, version {}{document}",
            terms.display_name, terms.version
        ))
    });
    let words: Vec<String> = words.collect();
    let names = due.iter().map(|thing| thing.address.own_name());
    let names: Vec<String> = names.map(|name| format!("--accept-terms {name}")).collect();
    let message = format!(
        "{} has not accepted the terms of use {}",
        person.mail,
        words.join("; ")
    );
    Some(Refusal::new(Ground::Terms, message).help(help(&names.join(" "))))
}

/// Records that somebody accepts terms now, in the version of today. What they have accepted and need not again stays as it
/// was.
///
/// # Errors
///
/// A refusal for names that are no terms and for who accepts for somebody else; what the store could not tell.
pub(in crate::governance) fn accept(
    desk: &mut Desk<'_>,
    person: &mut Person,
    identities: &[Identity],
    accepting: &[Name],
) -> Result<(), Stop> {
    if let Actor::Person(id) = &desk.moment.actor
        && *id != person.id()
        && !accepting.is_empty()
    {
        return desk.refuse(Refusal::new(
            Ground::NotAllowed,
            format!(
                "only {} can accept terms of use for themselves",
                person.mail
            ),
        ));
    }
    let settled: Vec<Rc<Thing>> = terms(desk, person, identities)?
        .into_iter()
        .filter(|standing| !standing.is_due)
        .map(|standing| standing.terms)
        .collect();
    for name in accepting {
        let thing = known(desk, name)?;
        if settled.iter().any(|settled| settled.id == thing.id) {
            continue;
        }
        let Some(terms) = thing.terms() else {
            continue;
        };
        let version = terms.version.to_string();
        let why = format!("{} version {version}", thing.address);
        let at = desk.now();
        let _ = person.terms.insert(thing.id, Acceptance { version, at });
        desk.put_because(Activity::AcceptTerms, person, &why)?;
    }
    Ok(())
}
