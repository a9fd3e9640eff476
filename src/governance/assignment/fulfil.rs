//! From an approved request to access: the account, the roles, the mail.

use jiff::{SignedDuration, Timestamp};

use crate::governance::record::{
    Assignment, AssignmentState, GrantState, Granted, ObjectId, Place, Request, RequestState,
};
use crate::governance::{
    Activity, Desk, Effect, Ground, Refusal, Role, Stop, Template, Unread, lifecycle, mail,
};
use crate::model::kinds::policy::Expiry;
use crate::model::{Address, Kind};

/// Carries out a request that needs no further approval.
pub(in crate::governance) fn fulfil(
    desk: &mut Desk<'_>,
    request: &mut Request,
) -> Result<(), Stop> {
    let now = desk.now();
    let start = request.schedule.start.unwrap_or(now).max(now);
    if start > now {
        request.state = RequestState::Scheduled;
        desk.put(Activity::Schedule, request)?;
        return Ok(());
    }
    let roles = roles(desk, request.package)?;
    let policy = desk.object(request.policy)?;
    let extendable = policy
        .as_ref()
        .and_then(|thing| thing.policy())
        .is_some_and(|policy| policy.extension.allowed);
    let assignment = Assignment {
        number: desk.fresh::<Assignment>()?,
        person: request.person,
        package: request.package,
        policy: request.policy,
        request: request.number,
        state: AssignmentState::Delivering,
        start,
        end: end_of(&request.terms.expires, start, request.schedule.end),
        delivered: None,
        notifications: request.terms.notifications,
        extendable,
        reminded: 0,
        automatic: false,
        grace_until: None,
        roles,
        ended: None,
    };
    request.assignment = Some(assignment.number);
    request.state = RequestState::Delivering;
    desk.put(Activity::Ready, request)?;
    desk.keep(&assignment)?;
    lifecycle::gained(desk, request.person)?;
    let person = desk.person(request.person)?;
    if person.living().is_none() {
        let effect = Effect::CreateGuest {
            person: person.id(),
            assignment: assignment.number,
        };
        desk.effect(&format!("guest/{}", assignment.number), effect)?;
        return Ok(());
    }
    ask_for_roles(desk, &assignment)?;
    Ok(finish(desk, assignment)?)
}

/// Returns the end of an assignment: what the policy says, and not later where an earlier one was asked for.
pub(in crate::governance) fn end_of(
    expires: &Expiry,
    start: Timestamp,
    asked: Option<Timestamp>,
) -> Option<Timestamp> {
    let policy = match expires {
        Expiry::Never => None,
        Expiry::On(when) => Some(when.resolve(&jiff::tz::TimeZone::UTC)),
        Expiry::After(length) => {
            let length = SignedDuration::from_secs(length.as_seconds().cast_signed());
            Some(start.checked_add(length).unwrap_or(Timestamp::MAX))
        }
    };
    match (policy, asked) {
        (Some(policy), Some(asked)) => Some(policy.min(asked)),
        (policy, asked) => policy.or(asked),
    }
}

/// Returns the roles that a package grants now.
pub(in crate::governance) fn roles(
    desk: &Desk<'_>,
    package: ObjectId,
) -> Result<Vec<Granted>, Stop> {
    let Some(thing) = desk.object(package)? else {
        return desk.refuse(Refusal::new(Ground::Unknown, "the package is gone"));
    };
    let Some(package) = thing.package() else {
        return desk.refuse(Refusal::new(Ground::Unknown, "it is no package"));
    };
    let mut roles = Vec::new();
    for (name, granted) in &package.grants {
        let resource = desk.at(&Address::new(Kind::Resource, name))?;
        let place = resource
            .as_ref()
            .and_then(|thing| thing.resource()?.origin());
        let Some((origin, place)) = place else {
            continue;
        };
        for role in granted.iter() {
            roles.push(Granted {
                place: Place {
                    origin,
                    name: place.to_owned(),
                },
                role: role.to_string(),
                state: GrantState::Pending,
            });
        }
    }
    Ok(roles)
}

/// Puts every role that is still to be granted into the outbox.
pub(in crate::governance) fn ask_for_roles(
    desk: &mut Desk<'_>,
    assignment: &Assignment,
) -> Result<(), Unread> {
    let at = desk.now().as_second();
    for granted in &assignment.roles {
        if granted.state == GrantState::Pending {
            let role = Role {
                person: assignment.person,
                place: granted.place.clone(),
                role: granted.role.clone(),
                assignment: assignment.number,
            };
            let place = &granted.place;
            let key = format!(
                "grant/{}/{}/{}/{}/{at}",
                assignment.number,
                place.origin.key(),
                place.name,
                granted.role
            );
            desk.effect(&key, Effect::Grant(role))?;
        }
    }
    Ok(())
}

/// Ends the delivery of an assignment once nothing is pending.
pub(in crate::governance) fn finish(
    desk: &mut Desk<'_>,
    mut assignment: Assignment,
) -> Result<(), Unread> {
    let is = |state: &GrantState| {
        let roles = assignment.roles.iter();
        roles.filter(|role| role.state == *state).count()
    };
    let (pending, held) = (is(&GrantState::Pending), is(&GrantState::Held));
    if pending > 0 || assignment.state != AssignmentState::Delivering {
        return desk.keep(&assignment);
    }
    let now = desk.now();
    let (state, request_state, activity) = if held == assignment.roles.len() {
        let (assigned, asked) = (AssignmentState::Delivered, RequestState::Delivered);
        (assigned, asked, Activity::FulfillRequest)
    } else if held > 0 {
        let (assigned, asked) = (
            AssignmentState::PartiallyDelivered,
            RequestState::PartiallyDelivered,
        );
        (assigned, asked, Activity::PartiallyFulfillRequest)
    } else {
        let (assigned, asked) = (
            AssignmentState::DeliveryFailed,
            RequestState::DeliveryFailed,
        );
        (assigned, asked, Activity::FailedRequest)
    };
    assignment.state = state;
    let mut request = desk.need::<Request>(assignment.request)?;
    request.state = request_state;
    request.completed = Some(now);
    desk.put(activity, &request)?;
    if !state.counts() {
        desk.keep(&assignment)?;
        return lifecycle::lost(desk, assignment.person);
    }
    assignment.delivered.get_or_insert(now);
    desk.put(Activity::FulfillAssignment, &assignment)?;
    if assignment.notifications {
        let person = desk.person(assignment.person)?;
        let mut facts = mail::about(desk, &request)?;
        facts.end = assignment.end;
        let key = format!("assignment/{}/{}", assignment.number, assignment.start);
        mail::send(desk, &key, Template::AccessGranted, &person, facts)?;
    }
    Ok(())
}
