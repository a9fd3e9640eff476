//! Records as reports: names in the place of numbers.

use crate::governance::record::{
    Asked, Assignment, Delivery, GrantState, ObjectId, PersonId, Request, RequestKind,
};
use crate::governance::{Actor, Desk, Effect, Unread};
use crate::model::kinds::policy::Visibility;
use crate::render::json::v1;

/// Returns a request as a report.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn request(desk: &Desk<'_>, request: &Request) -> Result<v1::Request, Unread> {
    let mut approvers = Vec::new();
    let stage = request.open_stage();
    let at = request.stages.len().saturating_sub(1);
    if let Some(stage) = stage.filter(|_| shows_approvers(desk, request, at)) {
        for approver in stage.asked() {
            approvers.push(mail(desk, approver)?);
        }
    }
    let mut decisions = Vec::new();
    for (at, opened) in request.stages.iter().enumerate() {
        if let Some(opinion) = &opened.opinion {
            decisions.push(v1::Decision {
                stage: at + 1,
                by: match shows_approvers(desk, request, at) {
                    true => Some(mail(desk, opinion.by)?),
                    false => None,
                },
                at: opinion.at,
                approved: opinion.approved,
                justification: opinion.justification.clone(),
            });
        }
    }
    Ok(v1::Request {
        number: request.number,
        kind: kind(request.kind),
        person: mail(desk, request.person)?,
        by: match &request.by {
            Some(Asked::Person(id)) => Some(mail(desk, *id)?),
            Some(Asked::Operator(name)) => Some(name.clone()),
            None => None,
        },
        package: address(desk, request.package)?,
        policy: address(desk, request.policy)?,
        assignment: request.assignment,
        state: request.state.as_str(),
        status: request.status.clone(),
        approvers,
        decide_by: stage.map(|stage| stage.decide_by),
        created: request.created,
        completed: request.completed,
        start: request.schedule.start,
        end: request.schedule.end,
        justification: request.justification.clone(),
        answers: request
            .answers
            .iter()
            .map(|answer| v1::Answer {
                question: answer.question.clone(),
                values: answer.values.clone(),
            })
            .collect(),
        decisions,
    })
}

/// Returns true unless the policy hides the approvers of a stage from who asked, and it is they who look.
fn shows_approvers(desk: &Desk<'_>, request: &Request, at: usize) -> bool {
    let hidden = request
        .terms
        .stages
        .get(at)
        .is_some_and(|stage| stage.show_approvers == Visibility::Hidden);
    !(hidden && desk.moment.actor == Actor::Person(request.person))
}

const fn kind(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::UserAdd => "userAdd",
        RequestKind::UserExtend => "userExtend",
        RequestKind::UserRemove => "userRemove",
        RequestKind::AdminAdd => "adminAdd",
        RequestKind::AdminRemove => "adminRemove",
        RequestKind::SystemAdd => "systemAdd",
        RequestKind::SystemRemove => "systemRemove",
    }
}

/// Returns a row of the outbox as a report. What a mail says stays out of it.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn outbox(desk: &Desk<'_>, delivery: &Delivery) -> Result<v1::OutboxRow, Unread> {
    let of_role = |role: &crate::governance::Role| {
        let place = format!("{} {}", role.place.origin.key(), role.place.name);
        Some(format!("{} of {place}", role.role))
    };
    let (kind, to, what) = match &delivery.effect {
        Effect::Mail(mail) => {
            let what = mail.template.as_str().to_owned();
            ("mail", mail.to.to_string(), Some(what))
        }
        Effect::Grant(role) => ("grant", mail(desk, role.person)?, of_role(role)),
        Effect::Revoke(role) => ("revoke", mail(desk, role.person)?, of_role(role)),
        Effect::CreateGuest { person, .. } => ("createGuest", mail(desk, *person)?, None),
    };
    Ok(v1::OutboxRow {
        number: delivery.number,
        kind,
        to,
        what,
        state: delivery.state.as_str(),
        planned: delivery.planned,
        tries: delivery.tries,
        next: delivery.state.is_open().then(|| delivery.due()),
        trouble: delivery.trouble.clone(),
    })
}

/// Returns the address of a person.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn mail(desk: &Desk<'_>, id: PersonId) -> Result<String, Unread> {
    Ok(desk.person(id)?.mail.to_string())
}

/// Returns the address of a declared object; `None` when it is gone.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn address(desk: &Desk<'_>, id: ObjectId) -> Result<Option<String>, Unread> {
    Ok(desk.object(id)?.map(|thing| thing.address.to_string()))
}

/// Returns an assignment as a report.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn assignment(desk: &Desk<'_>, assignment: &Assignment) -> Result<v1::Assignment, Unread> {
    let roles = assignment.roles.iter().map(|granted| v1::AssignedRole {
        kind: granted.place.origin.key(),
        place: granted.place.name.clone(),
        role: granted.role.clone(),
        state: match &granted.state {
            GrantState::Pending => "pending",
            GrantState::Held => "held",
            GrantState::Failed(_) => "failed",
            GrantState::Leaving => "leaving",
            GrantState::Gone => "gone",
        },
        trouble: match &granted.state {
            GrantState::Failed(why) => Some(why.clone()),
            _ => None,
        },
    });
    Ok(v1::Assignment {
        number: assignment.number,
        person: mail(desk, assignment.person)?,
        package: address(desk, assignment.package)?,
        policy: address(desk, assignment.policy)?,
        request: assignment.request,
        state: assignment.state.as_str(),
        automatic: assignment.automatic,
        start: assignment.start,
        end: assignment.end,
        grace_until: assignment.grace_until,
        delivered: assignment.delivered,
        ended: assignment.ended.as_ref().map(|ended| ended.at),
        why: assignment.ended.as_ref().map(|ended| ended.why.words()),
        roles: roles.collect(),
    })
}
