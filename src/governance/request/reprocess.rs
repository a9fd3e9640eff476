//! Another try for a delivery that failed. Fact sheet `entra-behaviour` §3.

use jiff::SignedDuration;

use super::{cancel, progress};
use crate::governance::record::{Assignment, AssignmentState, RequestKind, RequestState};
use crate::governance::{Desk, Ground, Refusal, Scope, Stop, Task, assignment, delegation};

/// How long after it failed a request may be tried again.
const WINDOW: SignedDuration = SignedDuration::from_hours(14 * 24);

pub(super) fn reprocess(desk: &mut Desk<'_>, number: u64) -> Result<(), Stop> {
    let mut request = cancel::seen(desk, number)?;
    delegation::require(desk, Task::ManageRequests, Scope::Package(request.package))?;
    if !matches!(
        request.state,
        RequestState::DeliveryFailed | RequestState::PartiallyDelivered
    ) {
        let state = request.state.as_str();
        return desk.refuse(
            Refusal::new(Ground::State, format!("request {number} is {state}"))
                .help("only a delivery that failed, wholly or in part, is tried again"),
        );
    }
    let now = desk.now();
    let since = request.completed.unwrap_or(request.created);
    if now.duration_since(since) > WINDOW {
        return desk.refuse(
            Refusal::new(
                Ground::Late,
                format!("request {number} failed at {since}, more than 14 days ago"),
            )
            .help("the package may be asked for anew"),
        );
    }
    let assignment = match request.assignment {
        Some(number) => desk.get::<Assignment>(number)?,
        None => None,
    };
    let Some(assignment) = assignment.filter(|given| given.state != AssignmentState::Expired)
    else {
        // It failed before anything was given: its conditions are looked at again.
        if request.kind == RequestKind::SystemAdd {
            let person = desk.person(request.person)?;
            if let Some(refusal) = assignment::left(desk, request.policy, &person)? {
                return desk.refuse(refusal);
            }
        }
        return progress::deliver(desk, &mut request);
    };
    assignment::again(desk, assignment)
}
