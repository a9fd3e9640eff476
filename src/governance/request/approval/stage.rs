//! A stage: opened, reminded of, escalated, over.

use jiff::{SignedDuration, Timestamp};

use super::approvers::{Found, Search};
use super::letters;
use crate::governance::record::{PersonId, Request, RequestState, StageState};
use crate::governance::request::{likeness, organization};
use crate::governance::{Activity, Desk, Template, Unread, directory};
use crate::model::kinds::policy::{Escalation, Stage};
use crate::model::text::{Duration, Principal};

/// How long a stage lasts at least, so that others may be asked in between.
const ESCALATED: SignedDuration = SignedDuration::from_hours(4 * 24);

fn length(duration: Duration) -> SignedDuration {
    SignedDuration::from_secs(duration.as_seconds().cast_signed())
}

fn after(at: Timestamp, wait: SignedDuration) -> Timestamp {
    at.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// Returns the escalation of a stage that is long enough for one.
#[must_use]
pub fn escalates(stage: &Stage) -> Option<&Escalation> {
    let whole = length(stage.decide_within);
    let escalation = stage.escalation.as_ref()?;
    (whole >= ESCALATED && length(escalation.after) < whole).then_some(escalation)
}

/// Opens the next stage of a request.
pub(in crate::governance::request) fn open(
    desk: &mut Desk<'_>,
    request: &mut Request,
) -> Result<(), Unread> {
    let Some(terms) = request.terms.stages.get(request.stages.len()).cloned() else {
        return Ok(());
    };
    let now = desk.now();
    let search = Search::of(desk, request)?;
    let lacking = terms.approvers_from.is_some();
    let found = search.find(desk, terms.approvers.iter(), terms.fallback.iter(), lacking)?;
    let escalation = escalates(&terms);
    let alternates = match escalation {
        Some(escalation) => {
            let search = search.without(&found.people);
            search.find(
                desk,
                escalation.approvers.iter(),
                escalation.fallback.iter(),
                false,
            )?
        }
        None => Found::default(),
    };
    let decide_by = after(now, length(terms.decide_within));
    let escalate_at = escalation.map(|escalation| after(now, length(escalation.after)));
    // Who is reminded can still act before anybody else is asked.
    let until = escalate_at.unwrap_or(decide_by);
    let remind_at = after(now, until.duration_since(now) / 2);
    let mut by_group = found.by_group;
    by_group.extend(alternates.by_group);
    request.stages.push(StageState {
        opened: now,
        decide_by,
        approvers: found.people,
        alternates: alternates.people,
        by_group,
        escalate_at,
        escalated: false,
        remind_at: Some(remind_at),
        opinion: None,
    });
    request.state = RequestState::PendingApproval;
    request.status = status(desk, request)?;
    desk.put(Activity::CreateApproval, request)?;
    letters::to_approvers(desk, request, asks(&terms))
}

/// Returns the mail that asks the approvers of a stage.
fn asks(terms: &Stage) -> Template {
    match escalates(terms) {
        Some(_) => Template::DecideBeforeEscalation,
        None => Template::Decide,
    }
}

/// Says what a request waits for, and what is odd about it.
fn status(desk: &Desk<'_>, request: &Request) -> Result<String, Unread> {
    let nobody = request
        .open_stage()
        .is_some_and(|stage| stage.approvers.is_empty() && stage.alternates.is_empty());
    let mut status = format!(
        "waits for approval, stage {} of {}",
        request.stages.len(),
        request.terms.stages.len()
    );
    if nobody {
        status.push_str("; nobody can decide it, so it ends by itself");
    }
    let person = desk.person(request.person)?;
    if person.is_outside()
        && let Some(warning) = likeness::warning(desk, person.mail.domain())?
    {
        status.push_str("; warning: ");
        status.push_str(&warning);
    }
    Ok(status)
}

/// Does what time has made due for the open stage: one thing, the last first.
pub(in crate::governance::request) fn due(
    desk: &mut Desk<'_>,
    request: &mut Request,
) -> Result<(), Unread> {
    let now = desk.now();
    let terms = terms(request);
    let Some(stage) = open_stage(request) else {
        return Ok(());
    };
    if stage.decide_by <= now {
        return time_out(desk, request);
    }
    if !stage.escalated && stage.escalate_at.is_some_and(|at| at <= now) {
        stage.escalated = true;
        // Whoever has not been reminded by now is not told that there is time before others are asked.
        stage.remind_at = None;
        desk.put(Activity::AddApprover, request)?;
        return letters::to_alternates(desk, request);
    }
    if stage.remind_at.is_some_and(|at| at <= now) {
        stage.remind_at = None;
        desk.keep(request)?;
        let reminder = match terms.as_ref().map(asks) {
            Some(Template::DecideBeforeEscalation) => Template::DecideBeforeEscalationReminder,
            _ => Template::DecideReminder,
        };
        return letters::to_approvers(desk, request, reminder);
    }
    Ok(())
}

/// Returns what the policy said about the stage that is open.
pub(super) fn terms(request: &Request) -> Option<Stage> {
    let at = request.stages.len().checked_sub(1)?;
    request.terms.stages.get(at).cloned()
}

/// Returns the stage that is open, to be changed.
pub(super) fn open_stage(request: &mut Request) -> Option<&mut StageState> {
    request.open_stage()?;
    request.stages.last_mut()
}

fn time_out(desk: &mut Desk<'_>, request: &mut Request) -> Result<(), Unread> {
    let asked: Vec<PersonId> = request.open_stage().map_or_else(Vec::new, |stage| {
        let everybody = stage.approvers.iter().chain(&stage.alternates);
        everybody.copied().collect()
    });
    let decide_by = request.open_stage().map(|stage| stage.decide_by);
    request.state = RequestState::Denied;
    request.completed = Some(desk.now());
    request.status = match decide_by {
        Some(decide_by) => format!("expired: nobody decided by {decide_by}"),
        None => "expired: nobody decided in time".to_owned(),
    };
    organization::forget(desk, request)?;
    desk.put_because(Activity::TimedOut, request, "nobody decided in time")?;
    letters::to_people(desk, request, Template::ApprovalExpired, &asked, None)?;
    letters::to_who_asked(desk, request, Template::RequestExpired, None)
}

/// Returns true for somebody who may decide the open stage of a request now: asked, and still able to sign in.
pub(in crate::governance) fn may_decide(
    desk: &Desk<'_>,
    request: &Request,
    person: PersonId,
) -> Result<bool, Unread> {
    Ok(is_asked(desk, request, person)?
        && match desk.person(person) {
            Ok(person) => directory::can_act(desk, &person)?,
            Err(_) => false,
        })
}

/// Returns true for somebody whom the open stage of a request asks and, where only a group names them, who is still a member.
pub(super) fn is_asked(
    desk: &Desk<'_>,
    request: &Request,
    person: PersonId,
) -> Result<bool, Unread> {
    let Some(stage) = request
        .open_stage()
        .filter(|stage| stage.asked().any(|one| one == person))
    else {
        return Ok(false);
    };
    let mut grouped = false;
    for (_, group) in stage.by_group.iter().filter(|(one, _)| *one == person) {
        grouped = true;
        if let Principal::Group(name) = group
            && directory::is_member(desk, &directory::group(desk, name)?, person)?
        {
            return Ok(true);
        }
    }
    Ok(!grouped)
}
