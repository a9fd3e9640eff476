//! Decisions: the first of a stage counts.

use super::stage::{self, may_decide};
use super::{letters, open};
use crate::governance::record::{
    Asked, Assignment, AssignmentState, Key, Mark, Opinion, Person, PersonId, Request,
    RequestState, Why,
};
use crate::governance::request::{examine, organization, progress};
use crate::governance::{
    Activity, Actor, Desk, Ground, Refusal, Stop, Template, Unread, assignment, directory,
};
use crate::model::kinds::policy::Justification;

/// A decision about a request.
#[derive(Debug, Clone)]
pub struct Ballot {
    /// The request.
    pub request: u64,
    /// Yes or no.
    pub approve: bool,
    /// Why. The other approvers and who asked see it.
    pub justification: Option<String>,
}

/// Returns the requests that wait for somebody's decision, by the time by which they must be decided.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn waiting(desk: &Desk<'_>, person: PersonId) -> Result<Vec<Request>, Unread> {
    let mut waiting = Vec::new();
    for request in desk.find::<Request>(Mark::RequestApprover, &Key::new().person(person))? {
        let in_time = request
            .open_stage()
            .is_some_and(|stage| stage.decide_by > desk.now());
        if in_time && may_decide(desk, &request, person)? {
            waiting.push(request);
        }
    }
    waiting.sort_by_key(|request| {
        (
            request.open_stage().map(|stage| stage.decide_by),
            request.number,
        )
    });
    Ok(waiting)
}

fn approver(desk: &Desk<'_>) -> Result<Person, Stop> {
    match &desk.moment.actor {
        Actor::Person(id) => Ok(desk.person(*id)?),
        Actor::Operator(_) | Actor::Engine => desk.refuse(
            Refusal::new(
                Ground::NotAllowed,
                "only an approver decides, and nobody is named who does",
            )
            .help("name the approver with `--as ADDRESS` on a development store"),
        ),
    }
}

fn unknown(number: u64) -> Refusal {
    Refusal::new(
        Ground::Unknown,
        format!("there is no request {number} that you may see"),
    )
    .help("`guestlist approval list` shows what waits for you")
}

pub(in crate::governance::request) fn decide(
    desk: &mut Desk<'_>,
    ballot: &Ballot,
) -> Result<(), Stop> {
    let actor = approver(desk)?;
    let Some(mut request) = desk.get::<Request>(ballot.request)? else {
        return desk.refuse(unknown(ballot.request));
    };
    let now = desk.now();
    admit(desk, &request, &actor)?;
    let Some(terms) = stage::terms(&request) else {
        return desk.refuse(unknown(ballot.request));
    };
    let said = ballot
        .justification
        .as_deref()
        .map(str::trim)
        .filter(|said| !said.is_empty());
    if terms.justification == Justification::Required && said.is_none() {
        return desk.refuse(
            Refusal::new(Ground::Justification, "this stage wants to know why")
                .help("say it with `--justification TEXT`"),
        );
    }
    let asked: Vec<PersonId> = request.stages.last().map_or_else(Vec::new, |stage| {
        stage
            .approvers
            .iter()
            .chain(&stage.alternates)
            .copied()
            .collect()
    });
    if let Some(stage) = stage::open_stage(&mut request) {
        stage.opinion = Some(Opinion {
            by: actor.id(),
            at: now,
            approved: ballot.approve,
            justification: said.map(str::to_owned),
        });
    }
    if !ballot.approve {
        return Ok(deny(desk, request, said)?);
    }
    request.status.clear();
    if request.stages.len() < request.terms.stages.len() {
        desk.put(Activity::StageCompleted, &request)?;
        letters::to_people(desk, &request, Template::StageApproved, &asked, said)?;
        return Ok(open(desk, &mut request)?);
    }
    desk.put(Activity::Approve, &request)?;
    letters::to_people(desk, &request, Template::Approved, &asked, said)?;
    progress::deliver(desk, &mut request)
}

fn deny(desk: &mut Desk<'_>, mut request: Request, said: Option<&str>) -> Result<(), Unread> {
    request.state = RequestState::Denied;
    request.completed = Some(desk.now());
    request.status = match said {
        Some(said) => format!("denied: {said}"),
        None => "denied".to_owned(),
    };
    organization::forget(desk, &request)?;
    desk.put(Activity::Deny, &request)?;
    letters::to_who_asked(desk, &request, Template::Denied, said)
}

/// Lets somebody decide who was asked, and says why not: too late, somebody was faster, or it is none of theirs.
fn admit(desk: &Desk<'_>, request: &Request, actor: &Person) -> Result<(), Stop> {
    let number = request.number;
    let mut asked = request
        .stages
        .iter()
        .flat_map(|stage| stage.approvers.iter().chain(&stage.alternates));
    let was_asked = asked.any(|one| *one == actor.id());
    let own = request.person == actor.id() || request.by == Some(Asked::Person(actor.id()));
    if own {
        return desk.refuse(
            Refusal::new(
                Ground::NotAllowed,
                format!("nobody decides a request of their own, and request {number} is yours"),
            )
            .help("another approver has to decide it"),
        );
    }
    if !was_asked {
        return desk.refuse(unknown(number));
    }
    let late =
        |message: String| Refusal::new(Ground::Late, message).help("whoever asked can ask again");
    if let Some(stage) = request.open_stage() {
        if stage.decide_by <= desk.now() {
            return desk.refuse(late(format!(
                "request {number} was to be decided by {}",
                stage.decide_by
            )));
        }
        if stage::is_asked(desk, request, actor.id())? {
            match examine::acts(desk, actor)? {
                Some(refusal) => return desk.refuse(refusal),
                None if directory::is_enabled(actor) => return Ok(()),
                None => {}
            }
        }
    }
    let mine = request.stages.iter().rev().find(|stage| {
        let mut asked = stage.approvers.iter().chain(&stage.alternates);
        asked.any(|one| *one == actor.id())
    });
    if let Some(opinion) = mine.and_then(|stage| stage.opinion.as_ref()) {
        let by = desk.person(opinion.by)?;
        let what = if opinion.approved {
            "approved"
        } else {
            "denied"
        };
        return desk.refuse(
            Refusal::new(
                Ground::Decided,
                format!("{} {what} request {number} at {}", by.mail, opinion.at),
            )
            .help("the first decision of a stage counts"),
        );
    }
    if request.open_stage().is_some() {
        let message = format!(
            "{} can no longer decide request {number}, or not yet",
            actor.mail
        );
        return desk.refuse(Refusal::new(Ground::NotAllowed, message).help(
            "approvers of a group decide while they are members, alternates once the stage is escalated",
        ));
    }
    if request.state == RequestState::Denied {
        return desk.refuse(late(format!(
            "request {number} has expired: nobody decided in time"
        )));
    }
    desk.refuse(Refusal::new(
        Ground::State,
        format!(
            "request {number} is {} and waits for nobody",
            request.state.as_str()
        ),
    ))
}

/// Takes an approval back: the access that came by it ends, or the request that waits still is denied.
pub(in crate::governance::request) fn take_back(
    desk: &mut Desk<'_>,
    number: u64,
) -> Result<(), Stop> {
    let actor = approver(desk)?;
    let Some(mut request) = desk.get::<Request>(number)? else {
        return desk.refuse(unknown(number));
    };
    let mut opinions = request
        .stages
        .iter()
        .filter_map(|stage| stage.opinion.as_ref());
    if !opinions.any(|opinion| opinion.by == actor.id() && opinion.approved) {
        return desk.refuse(
            Refusal::new(
                Ground::NotAllowed,
                format!("{} has not approved request {number}", actor.mail),
            )
            .help("an approver takes back what they approved themselves"),
        );
    }
    if let Some(refusal) = examine::acts(desk, &actor)? {
        return desk.refuse(refusal);
    }
    let given = match request.assignment {
        Some(number) => desk.get::<Assignment>(number)?,
        None => None,
    };
    let waits = matches!(
        request.state,
        RequestState::PendingApproval | RequestState::Scheduled
    );
    // An extension that waits still has given nothing; what it is about came by another approval.
    let given = given.filter(|given| !waits && given.state != AssignmentState::Expired);
    if given.is_none() && !waits {
        return desk.refuse(Refusal::new(
            Ground::State,
            format!("nothing is left of request {number} to take back"),
        ));
    }
    "an approver took the approval back".clone_into(&mut request.status);
    if request.state.is_open() {
        request.state = RequestState::Denied;
        request.completed = Some(desk.now());
        organization::forget(desk, &request)?;
        desk.put_because(Activity::Deny, &request, "the approval was taken back")?;
        letters::to_who_asked(desk, &request, Template::Denied, None)?;
    } else {
        desk.put_because(
            Activity::UpdateRequest,
            &request,
            "the approval was taken back",
        )?;
    }
    if let Some(given) = given {
        assignment::end(desk, given, Why::Approver)?;
    }
    Ok(())
}
