//! Requests as reports: lists, what is offered, what waits, and why.

use super::{Engine, cards};
use crate::app::AppError;
use crate::governance::record::{Key, Mark, PersonId, Request};
use crate::governance::request::{
    self, Asker, Explanation, Finding, Offered, Opened, Verdict, Visitor, Way,
};
use crate::governance::{Actor, Desk, Ground, Refusal, Stop, Unread};
use crate::model::text::Email;
use crate::model::{Address, Kind, Name};
use crate::render::json::v1;

/// How many requests are looked at for one list, so that a filter that fits little does not read everything.
const LOOKED_AT: u64 = 10_000;

/// Which requests are listed.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only those for this person.
    pub person: Option<Email>,
    /// Only open ones for this package.
    pub package: Option<Name>,
    /// Only open ones.
    pub open: bool,
    /// Only those before this number.
    pub before: Option<u64>,
    /// At most so many.
    pub most: usize,
}

/// Lists requests that the acting person may see, the latest first: their own, or those of a person or package.
///
/// # Errors
///
/// For a person or package that there is not, and those of reading.
pub fn list(engine: &Engine<'_>, wanted: &Wanted) -> Result<v1::RequestList, AppError> {
    engine.ask(|desk| {
        let found = match (&wanted.package, &wanted.person, &desk.moment.actor) {
            (Some(package), ..) => of_package(desk, package)?,
            (None, Some(mail), _) => of_person(desk, known(desk, mail)?)?,
            (None, None, Actor::Person(id)) => of_person(desk, *id)?,
            (None, None, Actor::Operator(_) | Actor::Engine) => return Ok(latest(desk, wanted)?),
        };
        let mut fitting = Vec::new();
        for request in found.into_iter().rev() {
            if fits(desk, wanted, &request)? {
                fitting.push(request);
            }
        }
        let more = fitting.len() > wanted.most;
        fitting.truncate(wanted.most);
        let before = fitting.last().filter(|_| more).map(|last| last.number);
        Ok(report(desk, &fitting, before)?)
    })
}

fn known(desk: &Desk<'_>, mail: &Email) -> Result<PersonId, Stop> {
    match desk.by_mail(mail)? {
        Some(person) => Ok(person.id()),
        None => desk.refuse(Refusal::new(
            Ground::Unknown,
            format!("nobody is known as {mail}"),
        )),
    }
}

fn of_person(desk: &Desk<'_>, person: PersonId) -> Result<Vec<Request>, Unread> {
    desk.find(Mark::RequestPerson, &Key::new().person(person))
}

fn of_package(desk: &Desk<'_>, name: &Name) -> Result<Vec<Request>, Stop> {
    let Some(package) = desk.at(&Address::new(Kind::Package, name))? else {
        let refusal = Refusal::new(Ground::Unknown, format!("there is no package `{name}`"));
        return desk.refuse(refusal.help("`guestlist list package` shows all"));
    };
    Ok(desk.find(Mark::RequestPackage, &Key::new().object(package.id))?)
}

fn fits(desk: &Desk<'_>, wanted: &Wanted, request: &Request) -> Result<bool, Unread> {
    let person = match &wanted.person {
        Some(mail) => desk
            .by_mail(mail)?
            .is_some_and(|person| person.id() == request.person),
        None => true,
    };
    Ok(person
        && (!wanted.open || request.state.is_open())
        && wanted.before.is_none_or(|before| request.number < before)
        && request::is_visible(desk, request)?)
}

/// Lists all requests, page by page.
fn latest(desk: &Desk<'_>, wanted: &Wanted) -> Result<v1::RequestList, Unread> {
    let last = desk
        .world()
        .last(crate::governance::record::RecordKind::Request)?;
    let first = wanted
        .before
        .map_or(last, |before| last.min(before.saturating_sub(1)));
    let stop = first.saturating_sub(LOOKED_AT);
    let mut fitting = Vec::new();
    let mut before = (stop > 0).then_some(stop + 1);
    for number in (stop + 1..=first).rev() {
        if fitting.len() == wanted.most {
            before = Some(number + 1);
            break;
        }
        if let Some(request) = desk.get::<Request>(number)?
            && fits(desk, wanted, &request)?
        {
            fitting.push(request);
        }
    }
    report(desk, &fitting, before)
}

fn report(
    desk: &Desk<'_>,
    requests: &[Request],
    before: Option<u64>,
) -> Result<v1::RequestList, Unread> {
    let requests = requests.iter().map(|request| cards::request(desk, request));
    Ok(v1::RequestList {
        format_version: v1::FormatVersion,
        requests: requests.collect::<Result<_, _>>()?,
        before,
    })
}

/// Lists the requests that wait for the acting person's decision.
///
/// # Errors
///
/// For the operator, who decides nothing; and those of reading.
pub fn waiting(engine: &Engine<'_>) -> Result<v1::RequestList, AppError> {
    engine.ask(|desk| {
        let person = acting(desk)?;
        let waiting = request::waiting(desk, person)?;
        Ok(report(desk, &waiting, None)?)
    })
}

fn acting(desk: &Desk<'_>) -> Result<PersonId, Stop> {
    match &desk.moment.actor {
        Actor::Person(id) => Ok(*id),
        Actor::Operator(_) | Actor::Engine => desk.refuse(
            Refusal::new(Ground::NotAllowed, "nobody is named whose list it is")
                .help("name somebody with `--as ADDRESS` on a development store"),
        ),
    }
}

/// Lists what the acting person may ask for when browsing.
///
/// # Errors
///
/// For the operator, who asks for nothing; and those of reading.
pub fn offered(engine: &Engine<'_>) -> Result<v1::OfferedList, AppError> {
    engine.ask(|desk| {
        let person = match engine.visitor() {
            Some(visitor) => request::as_visitor(desk.by_mail(&visitor.mail)?, visitor)?,
            None => desk.person(acting(desk)?)?,
        };
        let asker = Asker { person, by: None };
        let offered = request::offered(desk, &asker)?;
        Ok(v1::OfferedList {
            format_version: v1::FormatVersion,
            person: asker.person.mail.to_string(),
            packages: offered.iter().map(offer).collect(),
        })
    })
}

fn offer(offered: &Offered) -> v1::Offered {
    let Offered { package, examined } = offered;
    let shown = package.package();
    let policies = examined.policies.iter();
    v1::Offered {
        package: package.address.to_string(),
        name: shown.map_or_else(String::new, |package| package.display_name.to_string()),
        description: shown.map_or_else(String::new, |package| package.description.to_string()),
        policies: policies
            .map(|policy| policy.address.own_name().to_owned())
            .collect(),
        may_ask: examined.refusal().is_none(),
        obstacle: examined.refusal().map(|refusal| refusal.message.clone()),
    }
}

/// Explains whether somebody may have a package, who would approve, and until when.
///
/// # Errors
///
/// For a package that there is not, a person whom the acting one may not look at, and those of reading.
pub fn explain(
    engine: &Engine<'_>,
    visitor: &Visitor,
    package: &Name,
) -> Result<v1::Explanation, AppError> {
    engine.ask(|desk| {
        let explained = request::explain(desk, visitor, package)?;
        Ok(explanation(desk, &explained)?)
    })
}

fn explanation(desk: &Desk<'_>, explained: &Explanation) -> Result<v1::Explanation, Unread> {
    let Explanation {
        person,
        known,
        package,
        examined,
        ways,
    } = explained;
    let refusal = examined.refusal();
    let ways = ways.iter().map(|found| way(desk, found));
    Ok(v1::Explanation {
        format_version: v1::FormatVersion,
        person: person.mail.to_string(),
        known: *known,
        organization: examined
            .organization
            .as_ref()
            .map(|thing| thing.address.to_string()),
        package: package.address.to_string(),
        hidden: package.package().is_some_and(|package| package.hidden),
        may_ask: refusal.is_none(),
        ground: refusal.map(|refusal| refusal.ground.as_str()),
        obstacle: refusal.map(|refusal| refusal.message.clone()),
        help: refusal.and_then(|refusal| refusal.help.clone()),
        warning: examined.warning.clone(),
        conditions: examined.findings.iter().map(condition).collect(),
        ways: ways.collect::<Result<_, _>>()?,
    })
}

fn condition(finding: &Finding) -> v1::ExplainedCondition {
    let (holds, note) = match &finding.verdict {
        Verdict::Holds => (Some(true), None),
        Verdict::Fails(refusal) => (Some(false), Some(refusal.message.clone())),
        Verdict::Untold(note) => (None, Some(note.clone())),
    };
    v1::ExplainedCondition {
        condition: finding.condition.as_str(),
        words: finding.condition.words(),
        holds,
        note,
    }
}

fn way(desk: &Desk<'_>, way: &Way) -> Result<v1::ExplainedWay, Unread> {
    let stages = way.stages.iter().map(|opened| stage(desk, opened));
    Ok(v1::ExplainedWay {
        policy: way.policy.address.to_string(),
        stages: stages.collect::<Result<_, _>>()?,
        end: way.end,
    })
}

fn stage(desk: &Desk<'_>, opened: &Opened) -> Result<v1::ExplainedStage, Unread> {
    let mails = |people: &[PersonId]| {
        let mails = people.iter().map(|person| cards::mail(desk, *person));
        mails.collect::<Result<Vec<_>, _>>()
    };
    let (after, alternates) = match &opened.escalation {
        Some((after, people)) => (Some(after.to_string()), mails(people)?),
        None => (None, Vec::new()),
    };
    Ok(v1::ExplainedStage {
        approvers: mails(&opened.approvers)?,
        by_fallback: opened.fell_back,
        decide_within: opened.decide_within.to_string(),
        escalate_after: after,
        alternates,
    })
}
