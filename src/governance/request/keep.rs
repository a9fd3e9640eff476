//! Keeping a package longer, and giving it back. Fact sheet `entra-behaviour` §4.

use std::rc::Rc;

use super::policies::{self, Deed};
use super::{Asker, Change, Held, asking, examine, progress, schedule};
use crate::governance::record::{
    Asked, Assignment, PersonId, Request, RequestKind, RequestState, Schedule, Terms, Why,
};
use crate::governance::{Activity, Desk, Ground, Refusal, Stop, Thing, assignment};

pub(super) fn extend(desk: &mut Desk<'_>, change: &Change) -> Result<(), Stop> {
    let (asker, assignment) = held(desk, change, Deed::Update)?;
    let number = assignment.number;
    let Some(thing) = desk.object(assignment.policy)? else {
        return desk.refuse(
            Refusal::new(
                Ground::NotOffered,
                format!("the policy of assignment {number} is gone"),
            )
            .help("it runs until its end; the package may be asked for anew then"),
        );
    };
    let Some(policy) = thing.policy().filter(|policy| policy.extension.allowed) else {
        return desk.refuse(
            Refusal::new(
                Ground::NotOffered,
                format!("{} offers no extension", thing.address),
            )
            .help("the package may be asked for anew once the assignment has ended"),
        );
    };
    if let Some(refusal) = examine::signs_in(desk, &asker)? {
        return desk.refuse(refusal);
    }
    let Some(package) = desk.object(assignment.package)? else {
        return desk.refuse(Refusal::new(Ground::Unknown, "the package is gone"));
    };
    let catalog = examine::catalog(desk, &package)?;
    let catalog = catalog.as_ref().and_then(|thing| thing.catalog());
    if catalog.is_none_or(|catalog| !catalog.published) {
        return desk.refuse(Refusal::new(
            Ground::Unpublished,
            format!("the catalog of {} is not published", package.address),
        ));
    }
    let visible = catalog.is_some_and(|catalog| catalog.externally_visible);
    if let Some(why) = progress::in_scope(desk, &asker.person, &thing, visible)? {
        return desk.refuse(Refusal::new(Ground::NoPolicy, why).help(
            "the assignment stays until its end; only who is still in the scope of the policy may extend",
        ));
    }
    if let Some(open) = examine::open_request(desk, &asker.person, &package)? {
        return desk.refuse(
            Refusal::new(
                Ground::AlreadyRequested,
                format!(
                    "request {} about {} is open already",
                    open.number, package.address
                ),
            )
            .help(format!(
                "`guestlist request show {}` says what it waits for",
                open.number
            )),
        );
    }
    examine::justified(policy, change.justification.as_deref())?;
    longer(desk, policy, &assignment, change)?;
    let mut request = request(desk, RequestKind::UserExtend, &asker, &assignment, change)?;
    request.schedule.end = change.end;
    request.terms = Terms {
        stages: if policy.extension.approval {
            policy.approval.stages.clone()
        } else {
            Vec::new()
        },
        expires: policy.expires.clone(),
        notifications: policy.notifications,
    };
    desk.put(Activity::UserRequestsExtension, &request)?;
    progress::proceed(desk, &mut request)
}

/// Refuses an extension that would not make access longer.
fn longer(
    desk: &Desk<'_>,
    policy: &crate::model::kinds::policy::Policy,
    assignment: &Assignment,
    change: &Change,
) -> Result<(), Refusal> {
    let now = desk.now();
    let Some(end) = assignment.end else {
        return Err(Refusal::new(
            Ground::Schedule,
            format!(
                "assignment {} does not end, so there is nothing to extend",
                assignment.number
            ),
        ));
    };
    let latest = assignment::end_of(&policy.expires, now, None);
    if let Some(asked) = change.end {
        if !policy.requests.custom_schedule {
            return Err(Refusal::new(
                Ground::Schedule,
                "the policy sets the end, and nobody chooses it",
            )
            .help("leave `--end` out"));
        }
        schedule::within(now, asked, latest)?;
    }
    let next = assignment::end_of(&policy.expires, now, change.end);
    match next.filter(|next| *next <= end) {
        None => Ok(()),
        Some(next) => Err(Refusal::new(
            Ground::Schedule,
            format!("access ends at {end}, and an extension now would reach {next} only"),
        )
        .help("an extension is counted from the day it is asked for, and never goes past an end that the policy fixes")),
    }
}

pub(super) fn remove(desk: &mut Desk<'_>, change: &Change) -> Result<(), Stop> {
    let (asker, assignment) = held(desk, change, Deed::Remove)?;
    if let Some(refusal) = examine::acts(desk, asker.who())? {
        return desk.refuse(refusal);
    }
    let policy = desk.object(assignment.policy)?;
    let stays = policy
        .as_ref()
        .and_then(|thing| Some((thing, thing.policy()?)));
    if let Some((thing, _)) = stays.filter(|(_, policy)| !policy.requests.removal) {
        return desk.refuse(
            Refusal::new(
                Ground::NotOffered,
                format!(
                    "{} does not let people give the package back",
                    thing.address
                ),
            )
            .help("an administrator can take it away"),
        );
    }
    let mut request = request(desk, RequestKind::UserRemove, &asker, &assignment, change)?;
    request.state = RequestState::Delivered;
    request.completed = Some(desk.now());
    desk.put(Activity::UserRequestsRemoval, &request)?;
    Ok(assignment::end(desk, assignment, Why::GivenBack)?)
}

fn request(
    desk: &mut Desk<'_>,
    kind: RequestKind,
    asker: &Asker,
    assignment: &Assignment,
    change: &Change,
) -> Result<Request, Stop> {
    Ok(Request {
        number: desk.fresh::<Request>()?,
        kind,
        person: asker.person.id(),
        by: asker.by.as_ref().map(|by| Asked::Person(by.id())),
        package: assignment.package,
        policy: assignment.policy,
        assignment: Some(assignment.number),
        state: RequestState::Submitted,
        status: String::new(),
        created: desk.now(),
        completed: None,
        justification: change.justification.clone(),
        answers: Vec::new(),
        schedule: Schedule::default(),
        terms: Terms::default(),
        stages: Vec::new(),
    })
}

/// Finds what somebody has, and whether the acting person may do something with it.
fn held(desk: &mut Desk<'_>, change: &Change, deed: Deed) -> Result<(Asker, Assignment), Stop> {
    let actor = asking::acting(desk, None)?;
    let (asker, assignment) = match &change.of {
        Held::Assignment(number) => {
            let found = desk.get::<Assignment>(*number)?;
            let Some(assignment) = found else {
                return desk.refuse(unknown(*number));
            };
            (whose(desk, actor, assignment.person)?, assignment)
        }
        Held::Package(name) => {
            let asker = asking::asker(desk, actor, change.person.as_ref())?;
            let package = asking::package(desk, name)?;
            match assignment::of(desk, asker.person.id(), package.id)? {
                Some(assignment) => (asker, assignment),
                None => {
                    return desk.refuse(lacks(&asker, &package));
                }
            }
        }
    };
    if asker.by.is_some() {
        let policy = desk.object(assignment.policy)?;
        let allowed = match policy.as_ref().and_then(|thing| thing.policy()) {
            Some(policy) => policies::on_behalf(desk, policy, &asker, deed)?,
            None => false,
        };
        if !allowed {
            // Somebody else's assignment and none are answered alike.
            return desk.refuse(match &change.of {
                Held::Assignment(number) => unknown(*number),
                Held::Package(_) => Refusal::new(
                    Ground::NotAllowed,
                    format!(
                        "the policy does not let you do that for {}",
                        asker.person.mail
                    ),
                )
                .help("`onBehalf` of a policy says who may"),
            });
        }
    }
    let over = assignment.ends().is_some_and(|end| end <= desk.now());
    if !assignment.state.counts() || over {
        return desk.refuse(
            Refusal::new(
                Ground::State,
                format!(
                    "assignment {} has ended or was never delivered",
                    assignment.number
                ),
            )
            .help("the package may be asked for anew: `guestlist request submit`"),
        );
    }
    Ok((asker, assignment))
}

fn unknown(number: u64) -> Refusal {
    Refusal::new(Ground::Unknown, format!("you have no assignment {number}"))
        .help("name the package instead, or look at what you have")
}

fn lacks(asker: &Asker, package: &Rc<Thing>) -> Refusal {
    Refusal::new(
        Ground::Unknown,
        format!("{} does not have {}", asker.person.mail, package.address),
    )
    .help("`guestlist request submit` asks for it")
}

fn whose(
    desk: &Desk<'_>,
    actor: crate::governance::record::Person,
    owner: PersonId,
) -> Result<Asker, Stop> {
    if owner == actor.id() {
        return Ok(Asker {
            person: actor,
            by: None,
        });
    }
    Ok(Asker {
        person: desk.person(owner)?,
        by: Some(actor),
    })
}
