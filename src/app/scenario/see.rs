//! What is seen after a step: as much as its expectation asks for.

use std::collections::{BTreeMap, BTreeSet};

use super::ground::Ground;
use crate::app::AppError;
use crate::app::governance::Engine;
use crate::governance::record::{
    Assignment, ExternalState, Hold, Key, Mark, Person, Request, RequestKind,
};
use crate::governance::{Desk, Unread};
use crate::model::kinds::Origin;
use crate::model::text::Email;
use crate::model::{Address, Desired, Kind, Name};
use crate::scenario::{
    AccountWord, AssignmentWord, Expect, MailWord, Observed, RequestWord, SeenRequest,
};

/// Looks at everything that an expectation asks for, in the tree as it is and the one that was applied since. `last` is the
/// request that the step was about.
///
/// # Errors
///
/// Those of reading.
pub(super) fn see(
    engine: &Engine<'_>,
    (ground, applied): (&Ground, Option<&Desired>),
    expect: &Expect,
    last: Option<u64>,
    mails: BTreeMap<MailWord, Vec<Email>>,
) -> Result<Observed, AppError> {
    let mut seen = engine.look(|desk| {
        let mut seen = Observed::default();
        let found = request(desk, expect.person.as_ref(), expect.package.as_ref(), last)?;
        if let Some(request) = &found {
            seen.request = seen_request(desk, request)?;
        }
        seen.assignment = assignment(desk, expect, found.as_ref())?;
        for mail in expect.access.iter().flatten().map(|(mail, _)| mail) {
            seen.access.insert(mail.clone(), access(desk, mail)?);
        }
        for mail in expect.roles.iter().flatten().map(|(mail, _)| mail) {
            seen.roles
                .insert(mail.clone(), roles(desk, ground, applied, mail)?);
        }
        for mail in expect.accounts.iter().flatten().map(|(mail, _)| mail) {
            let person = desk.by_mail(mail)?;
            seen.accounts.insert(mail.clone(), account(person.as_ref()));
        }
        Ok(seen)
    })?;
    seen.mails = mails;
    Ok(seen)
}

/// Returns the request that is meant: the last one of somebody, or for a package; otherwise the one given.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub(super) fn request(
    desk: &Desk<'_>,
    person: Option<&Email>,
    package: Option<&Name>,
    last: Option<u64>,
) -> Result<Option<Request>, Unread> {
    let last = match last {
        Some(number) => desk.get::<Request>(number)?,
        None => None,
    };
    if person.is_none() && package.is_none() {
        return Ok(last);
    }
    let of = match person {
        Some(mail) => desk.by_mail(mail)?.map(|person| person.id()),
        None => last.as_ref().map(|request| request.person),
    };
    let wanted = match package {
        Some(name) => desk.at(&Address::new(Kind::Package, name))?,
        None => None,
    };
    let (Some(of), true) = (of, package.is_none() || wanted.is_some()) else {
        return Ok(None);
    };
    let all = desk.find::<Request>(Mark::RequestPerson, &Key::new().person(of))?;
    let fits = |request: &Request| {
        wanted
            .as_ref()
            .is_none_or(|thing| thing.id == request.package)
            && gives(request.kind)
    };
    Ok(all
        .into_iter()
        .filter(fits)
        .max_by_key(|request| request.number))
}

/// Returns true for a request that would give access, and not take it.
const fn gives(kind: RequestKind) -> bool {
    !matches!(
        kind,
        RequestKind::UserRemove | RequestKind::AdminRemove | RequestKind::SystemRemove
    )
}

fn seen_request(desk: &Desk<'_>, request: &Request) -> Result<Option<SeenRequest>, Unread> {
    let Some(state) = RequestWord::of(request.state.as_str()) else {
        return Ok(None);
    };
    let policy = desk.object(request.policy)?;
    let mut approvers = BTreeSet::new();
    let stage = request.open_stage();
    for person in stage.into_iter().flat_map(|stage| stage.asked()) {
        approvers.insert(desk.person(person)?.mail);
    }
    Ok(Some(SeenRequest {
        state,
        policy: policy.map_or_else(
            || "gone".to_owned(),
            |thing| thing.address.own_name().to_owned(),
        ),
        stage: stage.map(|_| request.stages.len()),
        approvers,
    }))
}

type SeenAssignment = (AssignmentWord, Option<jiff::Timestamp>);

/// Returns the last assignment of the person and package that are meant.
fn assignment(
    desk: &Desk<'_>,
    expect: &Expect,
    request: Option<&Request>,
) -> Result<Option<SeenAssignment>, Unread> {
    let person = match &expect.person {
        Some(mail) => desk.by_mail(mail)?.map(|person| person.id()),
        None => request.map(|request| request.person),
    };
    let package = match &expect.package {
        Some(name) => desk
            .at(&Address::new(Kind::Package, name))?
            .map(|thing| thing.id),
        None => request.map(|request| request.package),
    };
    let (Some(person), Some(package)) = (person, package) else {
        return Ok(None);
    };
    let all = desk.find::<Assignment>(Mark::AssignmentHistory, &Key::new().person(person))?;
    let own = all.into_iter().filter(|one| one.package == package);
    let last = own.max_by_key(|one| one.number);
    Ok(last.and_then(|one| {
        let end = match &one.ended {
            Some(ended) => Some(ended.at),
            None => one.ends(),
        };
        Some((AssignmentWord::of(one.state.as_str())?, end))
    }))
}

fn access(desk: &Desk<'_>, mail: &Email) -> Result<BTreeSet<String>, Unread> {
    let mut access = BTreeSet::new();
    let Some(person) = desk.by_mail(mail)? else {
        return Ok(access);
    };
    let key = Key::new().person(person.id());
    for assignment in desk.find::<Assignment>(Mark::AssignmentPerson, &key)? {
        if let Some(package) = desk.object(assignment.package)? {
            access.insert(package.address.name().to_owned());
        }
    }
    Ok(access)
}

fn roles(
    desk: &Desk<'_>,
    ground: &Ground,
    applied: Option<&Desired>,
    mail: &Email,
) -> Result<BTreeMap<String, BTreeSet<String>>, Unread> {
    let mut roles: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let Some(person) = desk.by_mail(mail)? else {
        return Ok(roles);
    };
    let holds = desk.find::<Hold>(Mark::HoldPerson, &Key::new().person(person.id()))?;
    // A team is a group with a conversation.
    let plain = |origin: Origin| match origin {
        Origin::Team => Origin::Group,
        other => other,
    };
    for (name, resource) in ground.resources(applied) {
        let Some((origin, place)) = resource.origin() else {
            continue;
        };
        for hold in &holds {
            if plain(hold.place.origin) == plain(origin) && hold.place.name == place {
                let held = roles.entry(name.to_owned()).or_default();
                held.insert(hold.role.clone());
            }
        }
    }
    Ok(roles)
}

fn account(person: Option<&Person>) -> AccountWord {
    let Some(account) = person.and_then(|person| person.account.as_ref()) else {
        return AccountWord::None;
    };
    if account.deleted.is_some() {
        AccountWord::Deleted
    } else if !account.enabled {
        AccountWord::Blocked
    } else if account.state == Some(ExternalState::PendingAcceptance) {
        AccountWord::Invited
    } else {
        AccountWord::Active
    }
}
