//! Taking a request back, and stopping one. Fact sheet `entra-behaviour` §3.

use super::organization;
use crate::governance::record::{Asked, Assignment, PersonId, Request, RequestState, Why};
use crate::governance::{
    Activity, Actor, Desk, Ground, Refusal, Scope, Sight, Stop, Task, assignment, delegation,
    may_see,
};

/// Returns a request that the acting person may see.
///
/// # Errors
///
/// The same refusal for a request of somebody else and for none; what the store could not tell.
pub fn seen(desk: &Desk<'_>, number: u64) -> Result<Request, Stop> {
    let found = desk.get::<Request>(number)?;
    // A request of somebody else and none are answered alike.
    match found {
        Some(request) if may_see(desk, Sight::Request(&request))? => Ok(request),
        _ => desk.refuse(
            Refusal::new(
                Ground::Unknown,
                format!("there is no request {number} that you may see"),
            )
            .help("`guestlist request list` shows requests"),
        ),
    }
}

fn is_own(request: &Request, person: PersonId) -> bool {
    request.person == person || request.by == Some(Asked::Person(person))
}

pub(super) fn withdraw(desk: &mut Desk<'_>, number: u64) -> Result<(), Stop> {
    let request = seen(desk, number)?;
    let own = match &desk.moment.actor {
        Actor::Person(id) => is_own(&request, *id),
        Actor::Operator(_) | Actor::Engine => false,
    };
    if !own {
        return desk.refuse(
            Refusal::new(
                Ground::NotAllowed,
                format!("request {number} was made by somebody else"),
            )
            .help(format!(
                "administrators stop requests of others with `guestlist request cancel {number}`"
            )),
        );
    }
    if request.state != RequestState::PendingApproval {
        return desk.refuse(over(&request).help(
            "a request is taken back while it waits for approval; later, the package is given back with `guestlist request remove`",
        ));
    }
    stop(desk, request, "withdrawn by who asked")
}

pub(super) fn cancel(desk: &mut Desk<'_>, number: u64) -> Result<(), Stop> {
    let request = seen(desk, number)?;
    let own = match &desk.moment.actor {
        Actor::Person(id) => is_own(&request, *id),
        Actor::Operator(_) | Actor::Engine => false,
    };
    if own && request.state == RequestState::PendingApproval {
        return withdraw(desk, number);
    }
    delegation::require(desk, Task::ManageRequests, Scope::Package(request.package))?;
    if !request.state.is_open() && request.state != RequestState::DeliveryFailed {
        return desk.refuse(over(&request).help(
            "a request is stopped until it is delivered, or after its delivery failed; access that was given is taken away from the assignment",
        ));
    }
    stop(desk, request, "canceled by an administrator")
}

fn over(request: &Request) -> Refusal {
    let state = request.state.as_str();
    Refusal::new(
        Ground::State,
        format!("request {} is {state}", request.number),
    )
}

fn stop(desk: &mut Desk<'_>, mut request: Request, why: &str) -> Result<(), Stop> {
    let delivering = matches!(
        request.state,
        RequestState::Delivering | RequestState::DeliveryFailed
    );
    request.state = RequestState::Canceled;
    request.completed = Some(desk.now());
    why.clone_into(&mut request.status);
    organization::forget(desk, &request)?;
    desk.put(Activity::Cancel, &request)?;
    if delivering
        && let Some(number) = request.assignment
        && let Some(assignment) = desk.get::<Assignment>(number)?
    {
        assignment::end(desk, assignment, Why::Administrator)?;
    }
    Ok(())
}
