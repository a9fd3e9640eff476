//! The end of an assignment: every role that nothing else grants is taken away.

use std::collections::BTreeSet;

use crate::governance::record::{
    Assignment, AssignmentState, Ended, GrantState, Key, Mark, Place, Request, Why,
};
use crate::governance::{
    Activity, Desk, Effect, Ground, Refusal, Role, Scope, Stop, Task, Template, Unread, delegation,
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
        return desk.refuse(Refusal::new(
            Ground::State,
            format!("assignment {number} has ended already"),
        ));
    }
    Ok(end(desk, assignment, Why::Administrator)?)
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
    let others = granted_otherwise(desk, &assignment)?;
    let mut leaving = Vec::new();
    for granted in &mut assignment.roles {
        let elsewhere = others.contains(&(granted.place.clone(), granted.role.clone()));
        granted.state = match granted.state {
            GrantState::Held | GrantState::Pending if !elsewhere => {
                leaving.push((granted.place.clone(), granted.role.clone()));
                GrantState::Leaving
            }
            _ => GrantState::Gone,
        };
    }
    assignment.state = AssignmentState::Expired;
    assignment.ended = Some(Ended { at: now, why });
    assignment.grace_until = None;
    desk.put_because(Activity::RemoveAssignment, &assignment, why.words())?;
    for (place, role) in leaving {
        let key = format!(
            "revoke/{}/{}/{}/{role}",
            assignment.number,
            place.origin.key(),
            place.name
        );
        let role = Role {
            person: assignment.person,
            place,
            role,
            assignment: assignment.number,
        };
        desk.effect(&key, Effect::Revoke(role))?;
    }
    if assignment.notifications {
        let person = desk.person(assignment.person)?;
        let request = desk.need::<Request>(assignment.request)?;
        let mut facts = mail::about(desk, &request)?;
        facts.end = Some(now);
        let key = format!("assignment/{}", assignment.number);
        mail::send(desk, &key, Template::AccessEnded, &person, facts)?;
    }
    lifecycle::lost(desk, assignment.person)
}

/// Returns the roles that other assignments of the same person grant.
fn granted_otherwise(
    desk: &Desk<'_>,
    assignment: &Assignment,
) -> Result<BTreeSet<(Place, String)>, Unread> {
    let key = Key::new().person(assignment.person);
    let others = desk.find::<Assignment>(Mark::AssignmentPerson, &key)?;
    let others = others
        .into_iter()
        .filter(|other| other.number != assignment.number);
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
            Self::PersonGone => "the person is gone",
            Self::Offboarded => "offboarded",
        }
    }
}
