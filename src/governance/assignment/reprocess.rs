//! Delivery once more: roles that failed, roles that somebody took away in the directory, roles that could not be taken away.

use jiff::SignedDuration;

use super::automatic::left;
use super::fulfil::go_on;
use super::roles::{ask_to_take, roles};
use crate::governance::record::{
    Assignment, AssignmentState, GrantState, Granted, Hold, Mark, Person, Request,
};
use crate::governance::{Activity, Desk, Ground, Refusal, Scope, Stop, Task, Unread, delegation};

/// How long after a delivery failed it may be tried again. Entra's portal offers it for 7 days, its API for 14.
const WINDOW: SignedDuration = SignedDuration::from_hours(14 * 24);

pub(super) fn reprocess(desk: &mut Desk<'_>, number: u64) -> Result<(), Stop> {
    let Some(assignment) = desk.get::<Assignment>(number)? else {
        return desk.refuse(Refusal::new(
            Ground::Unknown,
            format!("there is no assignment {number}"),
        ));
    };
    delegation::require(
        desk,
        Task::ManageRequests,
        Scope::Package(assignment.package),
    )?;
    match assignment.state {
        AssignmentState::Expired => take(desk, assignment),
        AssignmentState::Delivering => desk.refuse(
            Refusal::new(
                Ground::State,
                format!("assignment {number} is being delivered"),
            )
            .help("what fails is tried again by itself, for several hours; `guestlist tick` goes on with it"),
        ),
        AssignmentState::Delivered
        | AssignmentState::PartiallyDelivered
        | AssignmentState::DeliveryFailed => again(desk, assignment),
    }
}

/// Refuses once the window is over.
fn in_time(desk: &Desk<'_>, request: &Request, what: &str) -> Result<(), Stop> {
    let over = |at: jiff::Timestamp| desk.now().duration_since(at) > WINDOW;
    if !request.completed.is_some_and(over) {
        return Ok(());
    }
    let message = format!("{what} failed more than 14 days ago and is final");
    desk.refuse(
        Refusal::new(Ground::Late, message)
            .help("assign the package anew: `guestlist assignment grant`"),
    )
}

/// Asks once more for the roles that are not held.
pub(in crate::governance) fn again(
    desk: &mut Desk<'_>,
    mut assignment: Assignment,
) -> Result<(), Stop> {
    let number = assignment.number;
    let mut request = desk.need::<Request>(assignment.request)?;
    if assignment.state.has_failed() {
        in_time(
            desk,
            &request,
            &format!("the delivery of assignment {number}"),
        )?;
    }
    if desk.object(assignment.policy)?.is_none() {
        let message = format!("the policy through which assignment {number} came is gone");
        return desk.refuse(
            Refusal::new(Ground::Unknown, message)
                .help("assign the package through another one: `guestlist assignment grant`"),
        );
    }
    if assignment.ends().is_some_and(|end| end <= desk.now()) {
        let message = format!("the end of assignment {number} has passed");
        return desk.refuse(Refusal::new(Ground::Late, message));
    }
    if let Some(other) = super::of(desk, assignment.person, assignment.package)?
        && other.number != number
    {
        let message = format!(
            "the package has been assigned anew since: assignment {}",
            other.number
        );
        return desk.refuse(Refusal::new(Ground::AlreadyAssigned, message));
    }
    let person = desk.person(assignment.person)?;
    if assignment.automatic
        && assignment.grace_until.is_none()
        && let Some(refusal) = left(desk, assignment.policy, &person)?
    {
        return desk.refuse(refusal);
    }
    let mut missing = false;
    let mut wanted = roles(desk, assignment.package)?;
    for role in &mut wanted {
        if holds(desk, &person, role)? && !assignment.state.has_failed_wholly() {
            role.state = GrantState::Held;
        } else {
            missing = true;
        }
    }
    // What is held of a package that grants it no longer is not forgotten: it is still to be taken away.
    let kept = assignment.roles.iter().filter(|known| {
        matches!(
            known.state,
            GrantState::Held | GrantState::Leaving | GrantState::Gone
        ) && !wanted
            .iter()
            .any(|role| role.place == known.place && role.role == known.role)
    });
    let kept: Vec<Granted> = kept.cloned().collect();
    if !missing && assignment.state == AssignmentState::Delivered {
        return Ok(());
    }
    assignment.roles = wanted.into_iter().chain(kept).collect();
    assignment.attempt += 1;
    assignment.state = AssignmentState::Delivering;
    go_on(desk, &mut request, assignment)
}

/// Asks once more for the roles of an ended assignment to be taken away.
fn take(desk: &mut Desk<'_>, mut assignment: Assignment) -> Result<(), Stop> {
    let leaving = |role: &Granted| role.state == GrantState::Leaving;
    if !assignment.roles.iter().any(leaving) {
        let message = format!(
            "assignment {} has ended, and no role is left",
            assignment.number
        );
        return desk.refuse(Refusal::new(Ground::State, message));
    }
    assignment.attempt += 1;
    desk.put_because(
        Activity::UpdateAssignment,
        &assignment,
        "its roles are taken away once more",
    )?;
    Ok(ask_to_take(desk, &assignment)?)
}

fn holds(desk: &Desk<'_>, person: &Person, role: &Granted) -> Result<bool, Unread> {
    let key = role.place.key().person(person.id());
    let holds = desk.find::<Hold>(Mark::HoldPlace, &key)?;
    Ok(holds.iter().any(|hold| hold.role == role.role))
}

impl AssignmentState {
    /// Returns true for one of which no role was granted: roles held all the same came otherwise, and are asked for.
    const fn has_failed_wholly(self) -> bool {
        matches!(self, Self::DeliveryFailed)
    }
}
