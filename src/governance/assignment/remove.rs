//! The end of an assignment: every role that nothing else grants is taken away.

use std::collections::BTreeSet;

use super::automatic;
use super::roles::ask_to_take;
use crate::governance::record::{
    Asked, Assignment, AssignmentState, Ended, GrantState, Person, PersonId, Place, Request,
    RequestKind, RequestState, Schedule, Terms, Why,
};
use crate::governance::{
    Activity, Actor, Desk, Ground, Refusal, Scope, Stop, Task, Template, Unread, delegation,
    lifecycle, mail,
};

pub(super) fn revoke(desk: &mut Desk<'_>, number: u64) -> Result<(), Stop> {
    let Some(assignment) = desk.get::<Assignment>(number)? else {
        return desk.refuse(Refusal::new(
            Ground::Unknown,
            format!("there is no assignment {number}"),
        ));
    };
    delegation::require(desk, Task::Assign, Scope::Package(assignment.package))?;
    if assignment.state == AssignmentState::Expired {
        return desk.refuse(
            Refusal::new(
                Ground::State,
                format!("assignment {number} has ended already"),
            )
            .help("`guestlist assignment reprocess` takes away roles that are left of it"),
        );
    }
    let request = Request {
        number: desk.fresh::<Request>()?,
        kind: RequestKind::AdminRemove,
        person: assignment.person,
        by: asked(&desk.moment.actor),
        package: assignment.package,
        policy: assignment.policy,
        assignment: Some(number),
        state: RequestState::Delivered,
        status: String::new(),
        created: desk.now(),
        completed: Some(desk.now()),
        justification: None,
        answers: Vec::new(),
        schedule: Schedule::default(),
        terms: Terms::default(),
        stages: Vec::new(),
    };
    desk.put(Activity::AdminRemoves, &request)?;
    Ok(end(desk, assignment, Why::Administrator)?)
}

/// Returns who asked, as a request keeps it.
pub(super) fn asked(actor: &Actor) -> Option<Asked> {
    match actor {
        Actor::Operator(name) => Some(Asked::Operator(name.clone())),
        Actor::Person(id) => Some(Asked::Person(*id)),
        Actor::Engine => None,
    }
}

/// Ends an assignment, whatever the reason.
pub(in crate::governance) fn end(
    desk: &mut Desk<'_>,
    mut assignment: Assignment,
    why: Why,
) -> Result<(), Unread> {
    if assignment.state == AssignmentState::Expired {
        return Ok(());
    }
    let now = desk.now();
    let began = assignment.state == AssignmentState::Delivering;
    let had = assignment.state.counts();
    let others = granted_otherwise(desk, &assignment)?;
    for granted in &mut assignment.roles {
        let elsewhere = others.contains(&(granted.place.clone(), granted.role.clone()));
        granted.state = match granted.state {
            GrantState::Held | GrantState::Pending | GrantState::Leaving if !elsewhere => {
                GrantState::Leaving
            }
            _ => GrantState::Gone,
        };
    }
    assignment.state = AssignmentState::Expired;
    assignment.ended = Some(Ended { at: now, why });
    assignment.grace_until = None;
    desk.put_because(Activity::RemoveAssignment, &assignment, why.words())?;
    if assignment.automatic && why != Why::PolicyGone {
        automatic::has_room(desk, assignment.policy)?;
    }
    ask_to_take(desk, &assignment)?;
    if began {
        // Nobody waits for a delivery that has ended.
        let mut request = desk.need::<Request>(assignment.request)?;
        if request.state == RequestState::Delivering {
            request.state = RequestState::Canceled;
            format!("ended while it was delivered: {}", why.words())
                .clone_into(&mut request.status);
            request.completed = Some(now);
            desk.put_because(Activity::Cancel, &request, why.words())?;
        }
    }
    let person = desk.person(assignment.person)?;
    if had && assignment.notifications && is_told(&person, why) {
        let request = desk.need::<Request>(assignment.request)?;
        let mut facts = mail::about(desk, &request)?;
        facts.end = Some(now);
        let key = format!("assignment/{}", assignment.number);
        mail::send(desk, &key, Template::AccessEnded, &person, facts)?;
    }
    lifecycle::lost(desk, assignment.person)
}

/// Returns true for somebody who can still read a mail about the end of their access.
fn is_told(person: &Person, why: Why) -> bool {
    why != Why::PersonGone
        && person
            .account
            .as_ref()
            .is_none_or(|account| account.deleted.is_none())
}

/// Ends every assignment of somebody.
pub(in crate::governance) fn end_all(
    desk: &mut Desk<'_>,
    person: PersonId,
    why: Why,
) -> Result<(), Unread> {
    for assignment in super::all_of(desk, person)? {
        end(desk, assignment, why)?;
    }
    Ok(())
}

/// Returns the roles that other assignments of the same person grant.
pub(in crate::governance) fn granted_otherwise(
    desk: &Desk<'_>,
    assignment: &Assignment,
) -> Result<BTreeSet<(Place, String)>, Unread> {
    let others = super::all_of(desk, assignment.person)?.into_iter();
    let others = others.filter(|other| other.number != assignment.number);
    let roles = others.flat_map(|other| other.roles);
    let held = roles.filter(|role| matches!(role.state, GrantState::Held | GrantState::Pending));
    Ok(held.map(|role| (role.place, role.role)).collect())
}

impl Why {
    /// Returns the reason in the words of the audit log.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Expired => "its end was reached",
            Self::GivenBack => "given back",
            Self::Administrator => "taken away by an administrator",
            Self::Review => "denied in a review",
            Self::Approver => "the approval was taken back",
            Self::Rule => "the rule no longer matches",
            Self::PackageGone => "the package is gone",
            Self::PolicyGone => "the policy is gone",
            Self::PersonGone => "the person is gone",
            Self::Offboarded => "offboarded",
        }
    }
}
