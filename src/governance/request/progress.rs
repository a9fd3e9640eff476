//! How a request goes on: approval, then delivery; and what time makes due. Fact sheet `entra-behaviour` §3.

use super::policies::Covered;
use super::{approval, examine, organization};
use crate::governance::record::{Person, Request, RequestKind, RequestState};
use crate::governance::{Activity, Desk, Stop, Unread, assignment, people};

/// Lets a new request go on: to its first stage, or, where nobody has to approve, to delivery.
///
/// # Errors
///
/// What the store could not tell.
pub(in crate::governance) fn proceed(
    desk: &mut Desk<'_>,
    request: &mut Request,
) -> Result<(), Stop> {
    if request.terms.stages.is_empty() {
        desk.note(Activity::AutoApprove, request, "the policy has no approval");
        return deliver(desk, request);
    }
    Ok(approval::open(desk, request)?)
}

/// Carries out a request that needs no further approval, if its conditions still hold.
///
/// # Errors
///
/// What the store could not tell. A condition that no longer holds fails the request, and is no error.
pub(in crate::governance) fn deliver(
    desk: &mut Desk<'_>,
    request: &mut Request,
) -> Result<(), Stop> {
    request.status.clear();
    if let Some(obstacle) = obstacle(desk, request)? {
        request.state = RequestState::DeliveryFailed;
        request.completed = Some(desk.now());
        request.status = obstacle;
        organization::forget(desk, request)?;
        desk.put_because(Activity::FailedRequest, request, &request.status.clone())?;
        return Ok(());
    }
    organization::propose(desk, request)?;
    match request.kind {
        RequestKind::UserExtend => assignment::extend(desk, request),
        _ => assignment::fulfil(desk, request),
    }
}

/// Returns what has come between a request and its delivery, in words. An administrator's own assignment is not bound to
/// the scope of the policy, and lifts a block.
fn obstacle(desk: &Desk<'_>, request: &Request) -> Result<Option<String>, Unread> {
    let person = desk.person(request.person)?;
    let by_user = matches!(request.kind, RequestKind::UserAdd | RequestKind::UserExtend);
    let Some(package) = desk.object(request.package)? else {
        return Ok(Some("the package is gone".to_owned()));
    };
    let Some(policy) = desk.object(request.policy)? else {
        return Ok(Some("the policy is gone".to_owned()));
    };
    let now = desk.now();
    let start = request.schedule.start.unwrap_or(now).max(now);
    let end = assignment::end_of(&request.terms.expires, start, request.schedule.end);
    if let Some(end) = end.filter(|end| *end <= start) {
        return Ok(Some(format!("the end {end} has passed")));
    }
    if request.kind != RequestKind::UserExtend {
        if let Some(other) = assignment::of(desk, person.id(), request.package)? {
            return Ok(Some(format!(
                "the person has the package already: assignment {}",
                other.number
            )));
        }
        if let Some(refusal) = people::barred(desk, &person)? {
            return Ok(Some(refusal.message));
        }
    }
    if !by_user {
        return Ok(None);
    }
    if let Some(refusal) = examine::blocked(&person) {
        return Ok(Some(refusal.message));
    }
    let catalog = examine::catalog(desk, &package)?;
    let Some(catalog) = catalog.as_ref().and_then(|thing| thing.catalog()) else {
        return Ok(Some("the catalog is gone".to_owned()));
    };
    if !catalog.published {
        return Ok(Some(format!(
            "the catalog of {} is not published",
            package.address
        )));
    }
    in_scope(desk, &person, &policy, catalog.externally_visible)
}

/// Returns why a policy no longer covers somebody.
pub(super) fn in_scope(
    desk: &Desk<'_>,
    person: &Person,
    thing: &crate::governance::Thing,
    visible: bool,
) -> Result<Option<String>, Unread> {
    let Some(policy) = thing.policy() else {
        return Ok(Some("the policy is gone".to_owned()));
    };
    if policy.requestors.is_outside() && !visible {
        return Ok(Some(
            "the catalog is no longer open to people from outside".to_owned(),
        ));
    }
    let covers = Covered::new(desk, person)?.class(desk, policy)?;
    Ok(covers
        .is_none()
        .then(|| format!("{} no longer covers {}", thing.address, person.mail)))
}

/// Does what time has made due for a request.
pub(super) fn due(desk: &mut Desk<'_>, number: u64) -> Result<(), Stop> {
    let Some(mut request) = desk.get::<Request>(number)? else {
        return Ok(());
    };
    if request.due().is_none_or(|due| due > desk.now()) {
        return Ok(());
    }
    match request.state {
        RequestState::PendingApproval => Ok(approval::due(desk, &mut request)?),
        RequestState::Scheduled => deliver(desk, &mut request),
        _ => Ok(()),
    }
}
