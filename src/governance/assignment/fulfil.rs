//! From an approved request to access: the account, the roles, the mail.

use jiff::{SignedDuration, Timestamp};

use super::roles::{ask_for_roles, roles};
use crate::governance::record::{
    Assignment, AssignmentState, GrantState, Person, Request, RequestKind, RequestState,
};
use crate::governance::{
    Activity, Desk, Effect, Stop, Template, Unread, lifecycle, mail, people, review,
};
use crate::model::kinds::policy::Expiry;

/// Carries out a request that needs no further approval.
pub(in crate::governance) fn fulfil(
    desk: &mut Desk<'_>,
    request: &mut Request,
) -> Result<(), Stop> {
    let now = desk.now();
    let start = request.schedule.start.unwrap_or(now).max(now);
    let end = end_of(&request.terms.expires, start, request.schedule.end);
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
    let mut assignment = Assignment {
        number: desk.fresh::<Assignment>()?,
        person: request.person,
        package: request.package,
        policy: request.policy,
        request: request.number,
        state: AssignmentState::Delivering,
        start,
        end,
        delivered: None,
        notifications: request.terms.notifications,
        extendable,
        reminded: 0,
        automatic: request.kind == RequestKind::SystemAdd,
        grace_until: None,
        roles,
        attempt: 0,
        ended: None,
    };
    assignment.reminded = assignment.reminders_past(start);
    request.assignment = Some(assignment.number);
    go_on(desk, request, assignment)
}

/// Delivers what an assignment still lacks: the account of somebody whom the directory does not know, then the roles.
pub(in crate::governance) fn go_on(
    desk: &mut Desk<'_>,
    request: &mut Request,
    assignment: Assignment,
) -> Result<(), Stop> {
    request.state = RequestState::Delivering;
    request.status = String::new();
    request.completed = None;
    desk.put(Activity::Ready, request)?;
    desk.keep(&assignment)?;
    let person = desk.person(request.person)?;
    if person.living().is_none() {
        if let Some(why) = inadmissible(desk, &person)? {
            return Ok(fail(desk, assignment, &why)?);
        }
        let effect = Effect::CreateGuest {
            person: person.id(),
            assignment: assignment.number,
        };
        let key = format!("guest/{}/{}", assignment.number, assignment.attempt);
        desk.effect(&key, effect)?;
        return Ok(());
    }
    lifecycle::gained(desk, request.person)?;
    ask_for_roles(desk, &assignment)?;
    Ok(finish(desk, assignment)?)
}

/// Returns why somebody whom the directory does not know may not come in: the list of domains and the cross-tenant settings
/// of today count.
pub(in crate::governance) fn inadmissible(
    desk: &Desk<'_>,
    person: &Person,
) -> Result<Option<String>, Stop> {
    if person.account.is_some() {
        return Ok(Some(format!("the account of {} is deleted", person.mail)));
    }
    let refusal = people::barred(desk, person)?;
    Ok(refusal.map(|refusal| refusal.message))
}

/// Ends a delivery of which nothing more can be granted; what is held already stays held.
pub(in crate::governance) fn fail(
    desk: &mut Desk<'_>,
    mut assignment: Assignment,
    why: &str,
) -> Result<(), Unread> {
    for granted in &mut assignment.roles {
        if granted.state == GrantState::Pending {
            granted.state = GrantState::Failed(why.to_owned());
        }
    }
    conclude(desk, assignment, Some(why.to_owned()))
}

/// Ends a request that can no longer be delivered and never led to an assignment.
pub(in crate::governance) fn unfit(
    desk: &mut Desk<'_>,
    request: &mut Request,
    why: &str,
) -> Result<(), Unread> {
    request.state = RequestState::DeliveryFailed;
    why.clone_into(&mut request.status);
    request.completed = Some(desk.now());
    desk.put_because(Activity::FailedRequest, request, why)
}

/// Returns the end of an assignment: what the policy says, and not later where an earlier one was asked for.
pub(crate) fn end_of(
    expires: &Expiry,
    start: Timestamp,
    asked: Option<Timestamp>,
) -> Option<Timestamp> {
    let policy = match expires {
        Expiry::Never => None,
        // The instant was resolved in the project's zone when the policy was applied.
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

/// Ends the delivery of an assignment once nothing is pending.
pub(in crate::governance) fn finish(
    desk: &mut Desk<'_>,
    assignment: Assignment,
) -> Result<(), Unread> {
    let pending = |role: &crate::governance::record::Granted| role.state == GrantState::Pending;
    let over = matches!(
        assignment.state,
        AssignmentState::Expired | AssignmentState::DeliveryFailed
    );
    if over || assignment.roles.iter().any(pending) {
        return desk.keep(&assignment);
    }
    conclude(desk, assignment, None)
}

/// Says what became of a delivery. `fault` is what kept all of it from happening.
fn conclude(
    desk: &mut Desk<'_>,
    mut assignment: Assignment,
    fault: Option<String>,
) -> Result<(), Unread> {
    let mut troubles = Vec::new();
    let (mut held, mut missing) = (0, 0);
    for granted in &assignment.roles {
        match &granted.state {
            GrantState::Held => held += 1,
            GrantState::Failed(why) => {
                missing += 1;
                troubles.push(format!(
                    "{} {}, {}: {why}",
                    granted.place.origin.key(),
                    granted.place.name,
                    granted.role
                ));
            }
            GrantState::Pending | GrantState::Leaving | GrantState::Gone => {}
        }
    }
    let (state, asked, activity) = if missing == 0 && fault.is_none() {
        (
            AssignmentState::Delivered,
            RequestState::Delivered,
            Activity::FulfillRequest,
        )
    } else if held > 0 || assignment.state.has_been() {
        (
            AssignmentState::PartiallyDelivered,
            RequestState::PartiallyDelivered,
            Activity::PartiallyFulfillRequest,
        )
    } else {
        (
            AssignmentState::DeliveryFailed,
            RequestState::DeliveryFailed,
            Activity::FailedRequest,
        )
    };
    let began = assignment.state == AssignmentState::Delivering;
    if !began && assignment.state == state {
        return desk.keep(&assignment);
    }
    assignment.state = state;
    if began {
        let mut request = desk.need::<Request>(assignment.request)?;
        request.state = asked;
        request.status = fault.unwrap_or_else(|| troubles.join("; "));
        request.completed = Some(desk.now());
        desk.put_because(activity, &request, &request.status)?;
    }
    if !state.counts() {
        desk.put_because(
            Activity::UpdateAssignment,
            &assignment,
            "it could not be delivered",
        )?;
        return lifecycle::lost(desk, assignment.person);
    }
    let first = assignment.delivered.is_none();
    assignment.delivered.get_or_insert(desk.now());
    let activity = match began {
        true => Activity::FulfillAssignment,
        false => Activity::UpdateAssignment,
    };
    desk.put(activity, &assignment)?;
    review::delivered(desk, assignment.policy)?;
    if assignment.notifications && first {
        let person = desk.person(assignment.person)?;
        let request = desk.need::<Request>(assignment.request)?;
        let mut facts = mail::about(desk, &request)?;
        facts.end = assignment.end;
        let key = format!("assignment/{}/{}", assignment.number, assignment.start);
        mail::send(desk, &key, Template::AccessGranted, &person, facts)?;
    }
    Ok(())
}

impl AssignmentState {
    /// Returns true for one that was delivered once: what fails later is a part of it.
    const fn has_been(self) -> bool {
        matches!(self, Self::Delivered | Self::PartiallyDelivered)
    }
}
