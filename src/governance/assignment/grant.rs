//! Direct assignment by an administrator. Entra's `adminAdd`.

use std::rc::Rc;

use super::Direct;
use super::fulfil::end_of;
use super::remove::asked;
use crate::governance::record::{Person, Request, RequestKind, RequestState, Schedule, Terms};
use crate::governance::{
    Activity, Desk, Ground, Refusal, Scope, Stop, Task, Thing, delegation, request,
};
use crate::model::kinds::Policy;
use crate::model::kinds::policy::Requestors;
use crate::model::{Address, Kind};

pub(super) fn grant(
    desk: &mut Desk<'_>,
    direct: &Direct,
    answers: &[(String, String)],
) -> Result<(), Stop> {
    let package = package(desk, &direct.policy)?;
    delegation::require(desk, Task::Assign, Scope::Package(package.id))?;
    let person = match desk.by_mail(&direct.person)? {
        Some(person) => person,
        None => applicant(desk, direct)?,
    };
    free(desk, &person, &package)?;
    let policy = policy(desk, &direct.policy, &package, &person)?;
    let Some(rules) = policy.policy() else {
        let message = format!("{} is no policy of a package", policy.address);
        return desk.refuse(Refusal::new(Ground::Unknown, message));
    };
    may_be_used(desk, &policy, rules, &person)?;
    let answers = request::read_answers(&rules.questions, answers)?;
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
        answers,
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

/// Returns the package that is named, by itself or with a policy.
fn package(desk: &Desk<'_>, named: &Address) -> Result<Rc<Thing>, Stop> {
    let address = match named.kind() {
        Kind::Package => Some(named.clone()),
        Kind::Policy => named.parent(),
        _ => None,
    };
    match address {
        Some(address) => there(desk, &address),
        None => desk.refuse(Refusal::new(
            Ground::Unknown,
            format!("{named} is no policy of a package"),
        )),
    }
}

/// Returns an object that the store holds.
fn there(desk: &Desk<'_>, address: &Address) -> Result<Rc<Thing>, Stop> {
    match desk.at(address)? {
        Some(thing) => Ok(thing),
        None => desk.refuse(
            Refusal::new(
                Ground::Unknown,
                format!("there is no {address} in the store"),
            )
            .help("`guestlist list` shows what the store holds"),
        ),
    }
}

/// Refuses somebody who has the package, has asked for it, or holds something that excludes it.
fn free(desk: &Desk<'_>, person: &Person, package: &Thing) -> Result<(), Stop> {
    let (mail, address) = (&person.mail, &package.address);
    if let Some(has) = super::of(desk, person.id(), package.id)? {
        let number = has.number;
        return desk.refuse(Refusal::new(
            Ground::AlreadyAssigned,
            format!("{mail} has {address} already: assignment {number}"),
        ));
    }
    if let Some(open) = request::open_request(desk, person, package)? {
        let number = open.number;
        return desk.refuse(
            Refusal::new(
                Ground::AlreadyRequested,
                format!("{mail} has asked for {address}: request {number}"),
            )
            .help("decide or cancel that request first"),
        );
    }
    let held = request::incompatible(desk, person.id(), package)?;
    if !held.is_empty() {
        let held = held.join(", ");
        return desk.refuse(
            Refusal::new(
                Ground::Incompatible,
                format!("{mail} has {held}, which excludes {address}"),
            )
            .help("take that away first, or take it out of `incompatibleWith`"),
        );
    }
    Ok(())
}

/// Returns the policy that is named; the one that covers somebody where only the package is.
fn policy(
    desk: &Desk<'_>,
    named: &Address,
    package: &Thing,
    person: &Person,
) -> Result<Rc<Thing>, Stop> {
    if named.kind() == Kind::Policy {
        return there(desk, named);
    }
    let mut fitting = Vec::new();
    for thing in desk.things(Kind::Policy, Some(&package.address))? {
        let admitted = match thing.policy() {
            Some(policy) => request::admits(desk, policy, person)?,
            None => false,
        };
        if admitted {
            fitting.push(thing);
        }
    }
    match &fitting[..] {
        [one] => Ok(Rc::clone(one)),
        [] => desk.refuse(
            Refusal::new(
                Ground::NoPolicy,
                format!("no policy of {} covers {}", package.address, person.mail),
            )
            .help("a policy with `requestors: nobody` is for direct assignment, of anybody"),
        ),
        several => {
            let names = several.iter().map(|thing| thing.address.own_name());
            let names: Vec<&str> = names.collect();
            let message = format!(
                "several policies of {} cover {}: {}",
                package.address,
                person.mail,
                names.join(", ")
            );
            desk.refuse(
                Refusal::new(Ground::ChoosePolicy, message).help("name one with `--policy`"),
            )
        }
    }
}

/// Refuses a policy that somebody cannot be assigned through.
fn may_be_used(
    desk: &Desk<'_>,
    policy: &Thing,
    rules: &Policy,
    person: &Person,
) -> Result<(), Stop> {
    if request::admits(desk, rules, person)? {
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
    let start = direct.start.unwrap_or(desk.now()).max(desk.now());
    let latest = end_of(&rules.expires, start, None);
    if let Some(latest) = latest.filter(|latest| *latest <= start) {
        let message = format!("the policy ends all access on {latest}, before this would start");
        return desk.refuse(
            Refusal::new(Ground::Schedule, message)
                .help("name another policy, or change when this one ends"),
        );
    }
    match direct.end {
        Some(end) => Ok(request::within(start, end, latest)?),
        None => Ok(()),
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
