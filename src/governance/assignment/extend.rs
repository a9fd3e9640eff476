//! Keeping an assignment longer.

use crate::governance::record::{Assignment, AssignmentState, Request, RequestState};
use crate::governance::{Activity, Desk, Stop};

/// Carries out a request for a later end that needs no further approval. The new end was judged when it was asked for; the
/// time that the policy gives is counted from now. The reminders start anew.
///
/// # Errors
///
/// What the store could not tell. An assignment that has ended meanwhile fails the request, and is no error.
pub(in crate::governance) fn extend(
    desk: &mut Desk<'_>,
    request: &mut Request,
) -> Result<(), Stop> {
    let now = desk.now();
    request.completed = Some(now);
    let assignment = match request.assignment {
        Some(number) => desk.get::<Assignment>(number)?,
        None => None,
    };
    let running = assignment.filter(|assignment| {
        assignment.state.counts() && assignment.ends().is_none_or(|end| end > now)
    });
    let Some(mut assignment) = running else {
        request.state = RequestState::DeliveryFailed;
        "the assignment ended before it was extended".clone_into(&mut request.status);
        desk.put(Activity::FailedRequest, request)?;
        return Ok(());
    };
    let end = super::end_of(&request.terms.expires, now, request.schedule.end);
    // An extension never shortens.
    if end.is_none() || end > assignment.end {
        assignment.end = end;
        assignment.reminded = assignment.reminders_past(now);
    }
    desk.put(Activity::ExtendAssignment, &assignment)?;
    request.state = match assignment.state {
        AssignmentState::PartiallyDelivered => RequestState::PartiallyDelivered,
        _ => RequestState::Delivered,
    };
    request.status.clear();
    desk.put(Activity::FulfillRequest, request)?;
    Ok(())
}
