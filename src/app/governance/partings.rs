//! Offboarding as reports: what would happen, and what did.

use super::Engine;
use super::cards::address;
use super::partners;
use crate::app::AppError;
use crate::governance::lifecycle::{Departure, Leaving, Sponsoring, departure, sponsoring};
use crate::governance::organization::{self, Partner};
use crate::governance::record::{
    Assignment, Hold, Offboarding, Person, Record, Removal, Request, Tally,
};
use crate::governance::{Decision, Desk, Ground, Refusal, Unread};
use crate::model::text::Email;
use crate::render::json::v1;

/// Returns what an offboarding of somebody would do, and what it would leave.
///
/// # Errors
///
/// A refusal when nobody is known by the address, and those of the store.
pub fn of_person(
    engine: &Engine<'_>,
    mail: &Email,
    removal: Removal,
) -> Result<v1::Departure, AppError> {
    let found = engine.look(|desk| {
        let Some(person) = desk.by_mail(mail)? else {
            return Ok(None);
        };
        let sponsoring = sponsoring(desk)?;
        report(
            desk,
            departure(desk, person, removal, &sponsoring)?,
            removal,
        )
        .map(Some)
    })?;
    found.ok_or_else(|| {
        let refusal = Refusal::new(Ground::Unknown, format!("nobody is known as {mail}"));
        AppError::Governance(Box::new(refusal))
    })
}

/// Returns what an offboarding of a whole organization would do.
///
/// # Errors
///
/// Those of the store.
pub fn of_organization(
    engine: &Engine<'_>,
    partner: &Partner,
    removal: Removal,
) -> Result<(Vec<v1::Departure>, v1::Taken), AppError> {
    let sponsoring = engine.look(sponsoring)?;
    let mut departures = Vec::new();
    let mut taken = v1::Taken::default();
    partners::walk(engine, partner, &mut |desk, person| {
        let departure = departure_of(desk, person, removal, &sponsoring)?;
        taken.people += 1;
        taken.assignments += departure.assignments.len() as u64;
        taken.requests += departure.requests.len() as u64;
        taken.invitations += departure.invitations.len() as u64;
        taken.memberships += departure.memberships_taken.len() as u64;
        taken.blocked += u64::from(departure.blocks);
        taken.deleted += u64::from(departure.account == "deletedNow");
        taken.scheduled += u64::from(departure.account == "deletedLater");
        departures.push(departure);
        Ok(())
    })?;
    Ok((departures, taken))
}

/// Returns the offboarding that a decision has begun.
#[must_use]
pub fn begun(decision: &Decision) -> Option<u64> {
    decision.writes.iter().find_map(|write| match &write.after {
        Some(Record::Offboarding(offboarding)) => Some(offboarding.number),
        _ => None,
    })
}

/// Returns what an offboarding of an organization has done, in numbers.
///
/// # Errors
///
/// Those of the store.
pub fn done(engine: &Engine<'_>, number: u64) -> Result<v1::Taken, AppError> {
    let Tally {
        people,
        assignments,
        requests,
        invitations,
        memberships,
        blocked,
        deleted,
        scheduled,
    } = engine.look(|desk| Ok(desk.need::<Offboarding>(number)?.tally))?;
    Ok(v1::Taken {
        people,
        assignments,
        requests,
        invitations,
        memberships,
        blocked,
        deleted,
        scheduled,
    })
}

/// Finds an organization by name.
///
/// # Errors
///
/// A refusal when there is none, and those of the store.
pub fn organization(engine: &Engine<'_>, name: &str) -> Result<Partner, AppError> {
    let found = engine.look(|desk| organization::find(desk, name))?;
    found.ok_or_else(|| {
        let refusal = Refusal::new(
            Ground::Unknown,
            format!("no organization is known as {name}"),
        )
        .help("`guestlist organization list` shows all");
        AppError::Governance(Box::new(refusal))
    })
}

/// Brings what was told beforehand in line with what became of the account.
///
/// # Errors
///
/// Those of the store.
pub fn settled(
    engine: &Engine<'_>,
    mail: &Email,
    departure: &mut v1::Departure,
) -> Result<(), AppError> {
    let Some(person) = engine.look(|desk| desk.by_mail(mail))? else {
        return Ok(());
    };
    let wait = person
        .wait
        .as_ref()
        .and_then(|wait| wait.delete_at.max(wait.not_before));
    let gone = person.account.is_some() && person.living().is_none();
    (departure.account, departure.deleted) = match (departure.account, wait) {
        ("deletedNow", at) if !gone => ("deletedLater", at),
        (_, Some(at)) if !gone => ("deletedLater", Some(at)),
        (told, _) => (told, None),
    };
    Ok(())
}

fn departure_of(
    desk: &Desk<'_>,
    person: Person,
    removal: Removal,
    sponsoring: &Sponsoring,
) -> Result<v1::Departure, Unread> {
    report(desk, departure(desk, person, removal, sponsoring)?, removal)
}

fn report(
    desk: &Desk<'_>,
    departure: Departure,
    removal: Removal,
) -> Result<v1::Departure, Unread> {
    let held = |holds: &[Hold]| holds.iter().map(held).collect::<Vec<_>>();
    let (taken, mut left) = if removal.memberships {
        (held(&departure.memberships), Vec::new())
    } else {
        (Vec::new(), held(&departure.memberships))
    };
    left.extend(held(&departure.by_rule));
    let (account, deleted) = match departure.leaving {
        Leaving::None => ("none", None),
        Leaving::Stays => ("stays", None),
        Leaving::Now => ("deletedNow", None),
        Leaving::At(at) => ("deletedLater", Some(at)),
        Leaving::Gone => ("deletedAlready", None),
    };
    let assignments = departure.assignments.iter();
    let assignments = assignments.map(
        |Assignment {
             number, package, ..
         }| (*number, *package),
    );
    let requests = departure.requests.iter();
    let requests = requests.map(
        |Request {
             number, package, ..
         }| (*number, *package),
    );
    let ending = |(number, package)| {
        let package = address(desk, package)?;
        Ok::<_, Unread>(v1::Ending { number, package })
    };
    let invitations = departure.invitations.iter();
    let sponsored = departure.sponsored.iter();
    Ok(v1::Departure {
        person: departure.person.mail.to_string(),
        assignments: assignments.map(ending).collect::<Result<_, _>>()?,
        requests: requests.map(ending).collect::<Result<_, _>>()?,
        invitations: invitations.map(|invitation| invitation.number).collect(),
        blocks: departure.blocks,
        account,
        deleted,
        memberships_taken: taken,
        memberships_left: left,
        reviews: departure.reviews,
        approvals: departure.approvals,
        sponsor_of: sponsored.map(|person| person.mail.to_string()).collect(),
        sponsor_of_organizations: departure
            .organizations
            .iter()
            .map(ToString::to_string)
            .collect(),
    })
}

fn held(hold: &Hold) -> String {
    format!(
        "{} {}: {}",
        hold.place.origin.key(),
        hold.place.name,
        hold.role
    )
}
