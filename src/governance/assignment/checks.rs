//! What must hold before a package is assigned directly or by rule: the policy covers the person, nothing excludes the
//! package, and its questions are answered.

use super::of;
use crate::governance::directory::{group, is_member, names};
use crate::governance::record::{Answer, Identity, Key, Mark, Person};
use crate::governance::{Desk, Ground, Refusal, Stop, Thing, Unread};
use crate::model::kinds::policy::{Question, Requestors};
use crate::model::kinds::{Incompatible, Organization, OrganizationState, Package, Policy};
use crate::model::text::Domain;
use crate::model::{Address, Kind};

/// Returns true when a policy may be used for somebody directly: it covers them, or is for direct assignment alone.
pub(super) fn admits(desk: &Desk<'_>, policy: &Policy, person: &Person) -> Result<bool, Unread> {
    match &policy.requestors {
        Requestors::Nobody => Ok(policy.requests.enabled),
        Requestors::Members => Ok(person.is_member()),
        Requestors::MembersAndGuests => Ok(person.living().is_some()),
        Requestors::People(people) => names(desk, people.iter(), person),
        Requestors::AnyExternal => Ok(person.is_outside()),
        Requestors::Organizations(organizations) => {
            for name in organizations {
                let thing = desk.at(&Address::new(Kind::Organization, name))?;
                let found = thing.as_ref().and_then(|thing| thing.organization());
                if found.is_some_and(|organization| comes_from(person, organization)) {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Requestors::ConfiguredOrganizations => {
            let things = desk.things(Kind::Organization, None)?;
            let configured = things.iter().filter_map(|thing| thing.organization());
            let mut configured = configured
                .filter(|organization| organization.state == OrganizationState::Configured);
            Ok(configured.any(|organization| comes_from(person, organization)))
        }
        Requestors::Automatic(_)
        | Requestors::AllServicePrincipals
        | Requestors::AllAgentIdentities
        | Requestors::ServicePrincipals(_) => Ok(false),
    }
}

/// Returns true for somebody from outside whose tenant or mail domain is an organization's.
fn comes_from(person: &Person, organization: &Organization) -> bool {
    let tenant = |identity: &Identity| match identity {
        Identity::Tenant { tenant } => organization.tenant.as_ref() == Some(tenant),
        _ => false,
    };
    let Ok(domain) = Domain::parse(person.mail.domain()) else {
        return false;
    };
    let mut domains = organization.domains.iter();
    let is = |rule: &crate::model::text::DomainRule| {
        rule.domain == domain || rule.subdomains && rule.domain.covers(&domain)
    };
    person.is_outside() && (person.identities.iter().any(tenant) || domains.any(is))
}

/// Returns what somebody holds that excludes a package, in plain words. The package itself lists what excludes it; what
/// lists this package does not count.
pub(super) fn excluded_by(
    desk: &Desk<'_>,
    package: &Package,
    person: &Person,
) -> Result<Option<String>, Unread> {
    for other in &package.incompatible_with {
        match other {
            Incompatible::Package(name) => {
                let thing = desk.at(&Address::new(Kind::Package, name))?;
                if let Some(thing) = thing
                    && let Some(has) = of(desk, person.id(), thing.id)?
                {
                    return Ok(Some(format!("package/{name} (assignment {})", has.number)));
                }
            }
            Incompatible::Group(name) => {
                if is_member(desk, &group(desk, name)?, person.id())? {
                    return Ok(Some(format!("the membership of group:{name}")));
                }
            }
        }
    }
    Ok(None)
}

/// Refuses somebody who holds something that excludes a package.
pub(super) fn compatible(desk: &Desk<'_>, thing: &Thing, person: &Person) -> Result<(), Stop> {
    let Some(package) = thing.package() else {
        return Ok(());
    };
    match excluded_by(desk, package, person)? {
        None => Ok(()),
        Some(what) => {
            let message = format!(
                "{} has {what}, which excludes {}",
                person.mail, thing.address
            );
            desk.refuse(
                Refusal::new(Ground::Incompatible, message)
                    .help("take that away first, or take it out of `incompatibleWith`"),
            )
        }
    }
}

/// Refuses answers that do not fit the questions of a policy.
pub(super) fn answered(desk: &Desk<'_>, policy: &Policy, answers: &[Answer]) -> Result<(), Stop> {
    let asks = |answer: &Answer| {
        let mut questions = policy.questions.iter();
        questions.any(|question| question.ask.as_str() == answer.question)
    };
    if let Some(idle) = answers.iter().find(|answer| !asks(answer)) {
        let message = format!("the policy asks no question `{}`", idle.question);
        return desk.refuse(Refusal::new(Ground::Answers, message));
    }
    for question in &policy.questions {
        let mut given = answers.iter();
        let answer = given.find(|answer| answer.question == question.ask.as_str());
        if let Some(wrong) = misfit(question, answer) {
            let message = format!("`{}`: {wrong}", question.ask);
            return desk.refuse(Refusal::new(Ground::Answers, message).help(
                "give answers with `--answer \"<question>=<answer>\"`, once for each question",
            ));
        }
    }
    Ok(())
}

/// Returns what is wrong with an answer.
fn misfit(question: &Question, answer: Option<&Answer>) -> Option<String> {
    let values = answer.map_or(&[][..], |answer| &answer.values);
    if values.iter().all(|value| value.trim().is_empty()) {
        return question
            .required
            .then(|| "an answer is required".to_owned());
    }
    if !question.choices.is_empty() {
        let offered = |value: &String| {
            let mut choices = question.choices.iter();
            choices.any(|choice| choice.value.as_str() == value)
        };
        if values.len() > 1 && !question.multiple {
            return Some("only one may be chosen".to_owned());
        }
        let stranger = values.iter().find(|value| !offered(value))?;
        return Some(format!("`{stranger}` is none of the choices"));
    }
    if values.len() > 1 {
        return Some("it has one answer".to_owned());
    }
    let pattern = question.pattern.as_ref()?;
    let whole = regex::Regex::new(&format!("^(?:{})$", pattern.as_str())).ok()?;
    let fits = values.iter().all(|value| whole.is_match(value));
    (!fits).then(|| format!("the answer must match `{}`", pattern.as_str()))
}

/// Returns the one policy of a package that may be used for somebody directly.
pub(super) fn only_policy(
    desk: &Desk<'_>,
    package: &Thing,
    person: &Person,
) -> Result<std::rc::Rc<Thing>, Stop> {
    let mut fitting = Vec::new();
    for thing in desk.things(Kind::Policy, Some(&package.address))? {
        let admitted = match thing.policy() {
            Some(policy) => admits(desk, policy, person)?,
            None => false,
        };
        if admitted {
            fitting.push(thing);
        }
    }
    match &fitting[..] {
        [one] => Ok(std::rc::Rc::clone(one)),
        [] => desk.refuse(
            Refusal::new(
                Ground::NoPolicy,
                format!("no policy of {} covers {}", package.address, person.mail),
            )
            .help("a policy with `requestors: nobody` is for direct assignment, of anybody"),
        ),
        several => {
            let names: Vec<&str> = several
                .iter()
                .map(|thing| thing.address.own_name())
                .collect();
            let message = format!(
                "several policies of {} cover {}: {}",
                package.address,
                person.mail,
                names.join(", ")
            );
            desk.refuse(
                Refusal::new(Ground::ChoosePolicy, message).help("name one with `--policy`"),
            )
        }
    }
}

/// Returns true while somebody has an open request for a package.
pub(super) fn has_asked(
    desk: &Desk<'_>,
    person: &Person,
    package: &Thing,
) -> Result<Option<u64>, Unread> {
    let key = Key::new().person(person.id()).object(package.id);
    let open = desk.first::<crate::governance::record::Request>(Mark::RequestOpen, &key)?;
    Ok(open.map(|request| request.number))
}
