//! Requests as reports: lists, what is offered, what waits, and why.

use super::{Engine, cards, unseen};
use crate::app::AppError;
use crate::governance::record::{Assignment, Key, Mark, Person, PersonId, RecordKind, Request};
use crate::governance::request::{
    self, Asker, Explanation, Finding, Matching, Offered, Opened, Verdict, Visitor, Way,
};
use crate::governance::{
    Actor, Desk, Ground, Range, Refusal, Sight, Stop, Unread, may_see, sees_own_only,
};
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
        let person = match &wanted.person {
            None => None,
            Some(mail) => match desk.by_mail(mail)? {
                Some(person) => Some(person),
                None => return desk.refuse(unseen(mail)),
            },
        };
        let (mark, key) = match (&wanted.package, &person, &desk.moment.actor) {
            (Some(package), ..) => (Mark::RequestPackage, of_package(desk, package)?),
            (None, Some(person), _) => (Mark::RequestPerson, Key::new().person(person.id())),
            (None, None, Actor::Person(id)) if sees_own_only(desk)? => {
                (Mark::RequestPerson, Key::new().person(*id))
            }
            _ => return Ok(latest(desk, wanted)?),
        };
        let found = desk.world().marked(&Range::of(mark, key))?;
        let mut numbers: Vec<u64> = found.iter().map(|(_, id)| id.number).collect();
        numbers.sort_unstable();
        let shown = page(
            desk,
            wanted,
            person.as_ref(),
            numbers.into_iter().rev(),
            None,
        )?;
        // Who may not see somebody must not learn that they are known.
        if let Some(person) = person.filter(|_| shown.requests.is_empty())
            && !may_see(desk, Sight::Person(&person))?
        {
            return desk.refuse(unseen(&person.mail));
        }
        Ok(shown)
    })
}

/// Returns the key of the open requests for a package.
fn of_package(desk: &Desk<'_>, name: &Name) -> Result<Key, Stop> {
    let Some(package) = desk.at(&Address::new(Kind::Package, name))? else {
        let refusal = Refusal::new(Ground::Unknown, format!("there is no package `{name}`"));
        return desk.refuse(refusal.help("`guestlist list package` shows all"));
    };
    Ok(Key::new().object(package.id))
}

/// Lists all requests, page by page.
fn latest(desk: &Desk<'_>, wanted: &Wanted) -> Result<v1::RequestList, Unread> {
    let last = desk.world().last(RecordKind::Request)?;
    let first = wanted
        .before
        .map_or(last, |before| last.min(before.saturating_sub(1)));
    let stop = first.saturating_sub(LOOKED_AT);
    let rest = (stop > 0).then_some(stop + 1);
    page(desk, wanted, None, (stop + 1..=first).rev(), rest)
}

/// Reads requests in an order until the page is full. `rest` is where to go on after the last of them.
fn page(
    desk: &Desk<'_>,
    wanted: &Wanted,
    person: Option<&Person>,
    numbers: impl Iterator<Item = u64>,
    rest: Option<u64>,
) -> Result<v1::RequestList, Unread> {
    let mut fitting: Vec<Request> = Vec::new();
    for number in numbers {
        if wanted.before.is_some_and(|before| number >= before) {
            continue;
        }
        let Some(request) = desk.get::<Request>(number)? else {
            continue;
        };
        let fits = person.is_none_or(|person| person.id() == request.person)
            && (!wanted.open || request.state.is_open());
        if !fits || !may_see(desk, Sight::Request(&request))? {
            continue;
        }
        if fitting.len() == wanted.most {
            let before = fitting.last().map(|last| last.number);
            return report(desk, &fitting, before);
        }
        fitting.push(request);
    }
    report(desk, &fitting, rest)
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
        has,
        rules,
        fruitless,
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
        fruitless: fruitless.as_ref().map(|why| why.message.clone()),
        help: refusal
            .or(fruitless.as_ref())
            .and_then(|refusal| refusal.help.clone()),
        warning: examined.warning.clone(),
        conditions: examined.findings.iter().map(condition).collect(),
        ways: ways.collect::<Result<_, _>>()?,
        assignment: has.as_ref().map(|has| assigned(desk, has)).transpose()?,
        rules: rules.iter().map(by_rule).collect(),
    })
}

fn assigned(desk: &Desk<'_>, has: &Assignment) -> Result<v1::ExplainedAssignment, Unread> {
    let policy = desk.object(has.policy)?;
    Ok(v1::ExplainedAssignment {
        number: has.number,
        policy: policy.map(|policy| policy.address.to_string()),
        end: has.ends(),
        automatic: has.automatic,
    })
}

fn by_rule(rule: &Matching) -> v1::ExplainedRule {
    v1::ExplainedRule {
        policy: rule.policy.address.to_string(),
        rule: rule.rule.clone(),
        matches: rule.matches,
    }
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
