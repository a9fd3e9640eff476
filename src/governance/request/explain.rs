//! May somebody have a package, and what would follow if they asked now: the same functions that judge a request.

use std::rc::Rc;

use jiff::Timestamp;

use super::approval::{Search, escalates};
use super::conditions::{Condition, Examined};
use super::examine::examine;
use super::fruitless::fruitless;
use super::{Asker, Visitor, asking};
use crate::governance::record::{Assignment, Person, PersonId};
use crate::governance::rule::{Rule, matches};
use crate::governance::{
    Actor, Desk, Ground, Refusal, Scope, Stop, Task, Thing, Unread, assignment, delegation,
};
use crate::model::kinds::policy::{Policy, Requestors};
use crate::model::text::Duration;
use crate::model::{Kind, Name};

/// What would follow if somebody asked for a package now.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The person.
    pub person: Person,
    /// Whether anybody knows them.
    pub known: bool,
    /// The package.
    pub package: Rc<Thing>,
    /// Every condition, and the policies that remain.
    pub examined: Examined,
    /// What follows from each of the policies.
    pub ways: Vec<Way>,
    /// What the person has of the package already, or is about to have.
    pub has: Option<Assignment>,
    /// The policies that assign the package by a rule; none for who asks about themselves.
    pub rules: Vec<Matching>,
    /// Why a request would come to nothing although they may ask.
    pub fruitless: Option<Refusal>,
}

/// A policy that assigns a package by a rule, held against somebody.
#[derive(Debug, Clone)]
pub struct Matching {
    /// The policy.
    pub policy: Rc<Thing>,
    /// The rule.
    pub rule: String,
    /// Whether it matches the person.
    pub matches: bool,
}

/// What follows from one policy.
#[derive(Debug, Clone)]
pub struct Way {
    /// The policy.
    pub policy: Rc<Thing>,
    /// The stages, in order; none where nobody approves.
    pub stages: Vec<Opened>,
    /// When access would end if it started now; `None` for never.
    pub end: Option<Timestamp>,
}

/// A stage as it would open now.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Who would be asked.
    pub approvers: Vec<PersonId>,
    /// Whether the fallback would be needed.
    pub fell_back: bool,
    /// How long the stage lasts.
    pub decide_within: Duration,
    /// Who would be asked in addition, and after how long.
    pub escalation: Option<(Duration, Vec<PersonId>)>,
}

/// What is to be known of whoever has no account so far.
const NO_ACCOUNT: &str = "there is no account yet: the terms of use are accepted with it";

/// Explains a person and a package. It works for an address that nobody knows.
///
/// # Errors
///
/// A refusal for a package that there is not, and for who may not look at other people; what the store could not tell.
pub fn explain(desk: &Desk<'_>, visitor: &Visitor, package: &Name) -> Result<Explanation, Stop> {
    let package = asking::package(desk, package)?;
    let found = desk.by_mail(&visitor.mail)?;
    let own = match (&desk.moment.actor, &found) {
        (Actor::Person(id), Some(person)) => *id == person.id(),
        _ => false,
    };
    if !own {
        delegation::require(desk, Task::SeeAssignments, Scope::Package(package.id))?;
    }
    let known = found.is_some();
    let person = asking::as_visitor(found, visitor)?;
    if !known && desk.moment.tenant.is_own(person.mail.domain()) {
        let message = format!("nobody of our own is known as {}", person.mail);
        return desk.refuse(
            Refusal::new(Ground::Unknown, message)
                .help("an import of the directory makes our own people known"),
        );
    }
    let asker = Asker { person, by: None };
    let mut examined = examine(desk, &asker, &package, None, None)?;
    if asker.person.living().is_none() {
        examined.leave_open(Condition::SignIn, NO_ACCOUNT);
    }
    let mut ways = Vec::new();
    for thing in &examined.policies {
        if let Some(policy) = thing.policy() {
            ways.push(Way {
                policy: Rc::clone(thing),
                stages: stages(desk, &asker.person, policy)?,
                end: assignment::end_of(&policy.expires, desk.now(), None),
            });
        }
    }
    // A rule tells of others, so it is for those who look after the package.
    let rules = match own {
        true => Vec::new(),
        false => rules(desk, &asker.person, &package)?,
    };
    let has = match known {
        true => assignment::of(desk, asker.person.id(), package.id)?,
        false => None,
    };
    let fruitless = match examined.refusal() {
        None => fruitless(desk, &asker.person, &package)?,
        Some(_) => None,
    };
    Ok(Explanation {
        fruitless,
        rules,
        person: asker.person,
        known,
        package,
        examined,
        ways,
        has,
    })
}

/// Returns the policies that assign a package by a rule, held against somebody.
fn rules(desk: &Desk<'_>, person: &Person, package: &Thing) -> Result<Vec<Matching>, Unread> {
    let policies = desk.things(Kind::Policy, Some(&package.address))?;
    let found = policies.into_iter().filter_map(|policy| {
        let Requestors::Automatic(automatic) = &policy.policy()?.requestors else {
            return None;
        };
        let text = automatic.rule.to_string();
        let rule = Rule::parse(&text).ok().filter(|_| automatic.assign)?;
        Some(Matching {
            matches: matches(&rule, person),
            policy,
            rule: text,
        })
    });
    Ok(found.collect())
}

fn stages(desk: &Desk<'_>, person: &Person, policy: &Policy) -> Result<Vec<Opened>, Stop> {
    let mut stages = Vec::new();
    for stage in &policy.approval.stages {
        let search = Search::new(desk, person.clone(), None, false)?;
        let lacking = stage.approvers_from.is_some();
        let found = search.find(desk, stage.approvers.iter(), stage.fallback.iter(), lacking)?;
        let escalation = match escalates(stage) {
            Some(escalation) => {
                let search = search.without(&found.people);
                let (list, fallback) = (&escalation.approvers, &escalation.fallback);
                let others = search.find(desk, list.iter(), fallback.iter(), false)?;
                Some((escalation.after, others.people))
            }
            None => None,
        };
        stages.push(Opened {
            approvers: found.people,
            fell_back: found.fell_back,
            decide_within: stage.decide_within,
            escalation,
        });
    }
    Ok(stages)
}
