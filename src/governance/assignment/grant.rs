//! Direct assignment by an administrator. Entra's `adminAdd`.

use std::rc::Rc;

use super::Direct;
use super::checks::{admits, answered, compatible, has_asked, only_policy};
use super::fulfil::end_of;
use super::remove::asked;
use crate::governance::record::{
    Answer, Person, Request, RequestKind, RequestState, Schedule, Terms,
};
use crate::governance::{
    Activity, Desk, Ground, Refusal, Scope, Stop, Task, Thing, delegation, request,
};
use crate::model::kinds::Policy;
use crate::model::kinds::policy::Requestors;
use crate::model::{Address, Kind};

pub(super) fn grant(desk: &mut Desk<'_>, direct: &Direct, answers: &[Answer]) -> Result<(), Stop> {
    let named = &direct.policy;
    let package = match named.kind() {
        Kind::Package => Some(named.clone()),
        _ => named.parent(),
    };
    let Some(address) = package else {
        return unknown(desk, format!("{named} is no policy of a package"));
    };
    let Some(package) = there(desk, &address)? else {
        return unknown(desk, format!("there is no {address} in the store"));
    };
    delegation::require(desk, Task::Assign, Scope::Package(package.id))?;
    let person = match desk.by_mail(&direct.person)? {
        Some(person) => person,
        None => applicant(desk, direct)?,
    };
    if let Some(has) = super::of(desk, person.id(), package.id)? {
        return desk.refuse(Refusal::new(
            Ground::AlreadyAssigned,
            format!(
                "{} has {} already: assignment {}",
                person.mail, package.address, has.number
            ),
        ));
    }
    let policy = match named.kind() {
        Kind::Package => only_policy(desk, &package, &person)?,
        _ => match there(desk, named)? {
            Some(policy) => policy,
            None => return unknown(desk, format!("there is no {named} in the store")),
        },
    };
    let Some(rules) = policy.policy() else {
        return unknown(desk, format!("{named} is no policy of a package"));
    };
    may_be_used(desk, &policy, rules, &person)?;
    if let Some(open) = has_asked(desk, &person, &package)? {
        return desk.refuse(
            Refusal::new(
                Ground::AlreadyRequested,
                format!(
                    "{} has asked for {}: request {open}",
                    person.mail, package.address
                ),
            )
            .help("decide or cancel that request first"),
        );
    }
    compatible(desk, &package, &person)?;
    answered(desk, rules, answers)?;
    schedule(desk, direct, rules)?;
    let mut request = Request {
        number: desk.fresh::<Request>()?,
        kind: RequestKind::AdminAdd,
        person: person.id(),
        by: asked(&desk.moment.actor),
        package: package.id,
        policy: policy.id,
        assignment: None,
        state: RequestState::Submitted,
        status: String::new(),
        created: desk.now(),
        completed: None,
        justification: direct.justification.clone(),
        answers: answers.to_vec(),
        schedule: Schedule {
            start: direct.start,
            end: direct.end,
        },
        terms: terms(rules),
        stages: Vec::new(),
    };
    desk.put(Activity::AdminAssigns, &request)?;
    request::proceed(desk, &mut request)
}

/// Returns what a policy says now, for a request to keep.
pub(super) fn terms(rules: &Policy) -> Terms {
    Terms {
        stages: rules.approval.stages.clone(),
        expires: rules.expires.clone(),
        notifications: rules.notifications,
    }
}

fn there(desk: &Desk<'_>, address: &Address) -> Result<Option<Rc<Thing>>, Stop> {
    Ok(desk.at(address)?)
}

fn unknown(desk: &Desk<'_>, message: String) -> Result<(), Stop> {
    desk.refuse(
        Refusal::new(Ground::Unknown, message).help("`guestlist list` shows what the store holds"),
    )
}

/// Refuses a policy that somebody cannot be assigned through.
fn may_be_used(
    desk: &Desk<'_>,
    policy: &Thing,
    rules: &Policy,
    person: &Person,
) -> Result<(), Stop> {
    if admits(desk, rules, person)? {
        return Ok(());
    }
    let address = &policy.address;
    let refusal = match &rules.requestors {
        Requestors::Nobody => Refusal::new(
            Ground::NotOffered,
            format!("nobody can be assigned through {address}: it is for nobody, and its requests are switched off"),
        )
        .help("leave `requests: { enabled: false }` out, and it is for direct assignment"),
        Requestors::Automatic(_) => Refusal::new(
            Ground::NotOffered,
            format!("{address} assigns by its rule alone"),
        ),
        requestors if requestors.is_programs() => Refusal::new(
            Ground::NotOffered,
            format!("{address} is for programs, not for people"),
        ),
        _ => Refusal::new(
            Ground::NoPolicy,
            format!("{address} does not cover {}", person.mail),
        )
        .help("name a policy whose requestors include them; one with `requestors: nobody` is for direct assignment, of anybody"),
    };
    desk.refuse(refusal)
}

/// Refuses a start and an end that make no sense, or that the policy does not allow.
fn schedule(desk: &Desk<'_>, direct: &Direct, rules: &Policy) -> Result<(), Stop> {
    let now = desk.now();
    let start = direct.start.unwrap_or(now).max(now);
    let latest = end_of(&rules.expires, start, None);
    let wrong = |message: String, help: &str| {
        desk.refuse(Refusal::new(Ground::Schedule, message).help(help))
    };
    match (direct.end, latest) {
        (_, Some(latest)) if latest <= start => wrong(
            format!("the policy ends all access on {latest}, before this would start"),
            "name another policy, or change when this one ends",
        ),
        (Some(end), _) if end <= start => wrong(
            format!("the end, {end}, is not after the start, {start}"),
            "name a later end",
        ),
        (Some(end), Some(latest)) if end > latest => wrong(
            format!("the policy ends access on {latest}, and {end} is later"),
            "name an earlier end, or none",
        ),
        _ => Ok(()),
    }
}

/// Makes somebody known whom the directory does not know.
fn applicant(desk: &mut Desk<'_>, direct: &Direct) -> Result<Person, Stop> {
    let number = desk.fresh::<Person>()?;
    let name = direct
        .name
        .clone()
        .unwrap_or_else(|| direct.person.to_string());
    let person = Person::applicant(number, direct.person.clone(), name);
    desk.put(Activity::AddApplicant, &person)?;
    Ok(person)
}
