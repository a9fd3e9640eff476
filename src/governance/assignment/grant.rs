//! Direct assignment by an administrator.

use super::Direct;
use crate::governance::record::{
    Asked, Person, Request, RequestKind, RequestState, Schedule, Terms,
};
use crate::governance::{
    Activity, Actor, Desk, Ground, Refusal, Scope, Stop, Task, delegation, request,
};

pub(super) fn grant(desk: &mut Desk<'_>, direct: &Direct) -> Result<(), Stop> {
    let unknown = |what: String| Refusal::new(Ground::Unknown, what);
    let Some(policy) = desk.at(&direct.policy)? else {
        return desk.refuse(unknown(format!(
            "there is no {} in the store",
            direct.policy
        )));
    };
    let package = match direct.policy.parent() {
        Some(parent) => desk.at(&parent)?,
        None => None,
    };
    let (Some(rules), Some(package)) = (policy.policy(), package) else {
        return desk.refuse(unknown(format!(
            "{} is no policy of a package",
            direct.policy
        )));
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
    let mut request = Request {
        number: desk.fresh::<Request>()?,
        kind: RequestKind::AdminAdd,
        person: person.id(),
        by: match &desk.moment.actor {
            Actor::Operator(name) => Some(Asked::Operator(name.clone())),
            Actor::Person(id) => Some(Asked::Person(*id)),
            Actor::Engine => None,
        },
        package: package.id,
        policy: policy.id,
        assignment: None,
        state: RequestState::Submitted,
        status: String::new(),
        created: desk.now(),
        completed: None,
        justification: direct.justification.clone(),
        answers: Vec::new(),
        schedule: Schedule {
            start: direct.start,
            end: direct.end,
        },
        terms: Terms {
            stages: rules.approval.stages.clone(),
            expires: rules.expires.clone(),
            notifications: rules.notifications,
        },
        stages: Vec::new(),
    };
    desk.put(Activity::AdminAssigns, &request)?;
    request::proceed(desk, &mut request)
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
