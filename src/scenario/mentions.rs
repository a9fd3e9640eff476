//! Everything that a test names and that has to be there.

use super::expect::Expect;
use super::script::Script;
use super::step::{Answers, Deed, Step};
use super::words::Ground;
use crate::model::text::{Email, Line, Principal};
use crate::model::{Name, Set};
use crate::source::Route;

/// Something that a test names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mention<'s> {
    /// Somebody who has to be there.
    Person(&'s Email),
    /// Somebody who acts: one of our own people may, whether anything else names them or not.
    Actor(&'s Email),
    /// Somebody who decides, or of whom something is expected that is only so while they are there: where they are not, the
    /// test does not hold.
    Expected(&'s Email),
    /// A package of the tree.
    Package(&'s Name),
    /// A policy of a package of the tree that has to be there; of any package where none is named.
    Policy(Option<&'s Name>, &'s Name),
    /// A policy that something goes through, or is expected to: where it is not there, the test does not hold.
    Through(Option<&'s Name>, &'s Name),
    /// An organization of the tree.
    Organization(&'s Name),
    /// A resource of the tree.
    Resource(&'s Name),
    /// A group: a resource of the tree, or one of the directory.
    Group(&'s Line),
    /// Terms of use of the tree.
    Terms(&'s Name),
    /// A question of a policy of a package, by its words or its number.
    Question(&'s Name, &'s str),
}

/// Hands over everything that a test names, each with its route below the test.
pub fn mentions<'s>(script: &'s Script, see: &mut dyn FnMut(Route, Mention<'s>)) {
    let given = Route::root().key("given");
    for (mail, person) in &script.given.people {
        let at = |key: &str| given.clone().key("people").key(mail.as_str()).key(key);
        if let Some(name) = &person.0.organization {
            see(at("organization"), Mention::Organization(name));
        }
        if let Some(manager) = &person.0.manager {
            see(at("manager"), Mention::Person(manager));
        }
        for (index, group) in person.0.groups.iter().enumerate() {
            see(at("groups").index(index), Mention::Group(group));
        }
        sponsors(person.0.sponsors.iter(), &at("sponsors"), see);
    }
    for (index, held) in script.given.assignments.iter().enumerate() {
        let at = given.clone().key("assignments").index(index);
        see(at.clone().key("person"), Mention::Person(&held.person));
        see(at.clone().key("package"), Mention::Package(&held.package));
        if let Some(policy) = &held.policy {
            let of = Some(&held.package);
            see(at.clone().key("policy"), Mention::Policy(of, policy));
        }
        questions(&held.package, &held.answers, &at, see);
    }
    for (index, step) in script.steps.iter().enumerate() {
        of_step(step, &Route::root().key("steps").index(index), see);
    }
}

fn sponsors<'s>(
    list: impl Iterator<Item = &'s Principal>,
    at: &Route,
    see: &mut dyn FnMut(Route, Mention<'s>),
) {
    for (index, sponsor) in list.enumerate() {
        let at = at.clone().index(index);
        match sponsor {
            Principal::User(mail) => see(at, Mention::Person(mail)),
            Principal::Group(name) => see(at, Mention::Group(name)),
            Principal::Manager(_) | Principal::Oneself | Principal::Sponsors(_) => {}
        }
    }
}

fn questions<'s>(
    package: &'s Name,
    answers: &'s Answers,
    at: &Route,
    see: &mut dyn FnMut(Route, Mention<'s>),
) {
    for question in answers.keys() {
        let at = at.clone().key("answers").key(question);
        see(at, Mention::Question(package, question));
    }
}

fn terms<'s>(accepted: Option<&'s Set<Name>>, at: &Route, see: &mut dyn FnMut(Route, Mention<'s>)) {
    for (index, terms) in accepted.into_iter().flatten().enumerate() {
        see(at.clone().key("accept").index(index), Mention::Terms(terms));
    }
}

fn through<'s>(
    name: Option<&'s Name>,
    of: Option<&'s Name>,
    at: &Route,
    see: &mut dyn FnMut(Route, Mention<'s>),
) {
    if let Some(name) = name {
        see(at.clone().key("policy"), Mention::Through(of, name));
    }
}

fn of_step<'s>(step: &'s Step, at: &Route, see: &mut dyn FnMut(Route, Mention<'s>)) {
    if let Some(deed) = &step.deed {
        let at = at.clone().key(deed.word());
        let (by, person, package) = roles(deed);
        if let Some(by) = by {
            let mention = match deed {
                Deed::Approve(_) | Deed::Deny(_) | Deed::TakeBack(_) | Deed::Review(_) => {
                    Mention::Expected(by)
                }
                _ => Mention::Actor(by),
            };
            see(at.clone().key("as"), mention);
        }
        if let Some(person) = person {
            see(at.clone().key("for"), Mention::Person(person));
        }
        if let Some(package) = package {
            see(at.clone().key("package"), Mention::Package(package));
        }
        of_deed(deed, &at, see);
        let refused = step.expect.as_ref().and_then(|expect| expect.refused);
        if refused != Some(Ground::Answers) {
            answered(deed, &at, see);
        }
        if refused != Some(Ground::Unknown) {
            accepted(deed, &at, see);
        }
    }
    if let Some(expect) = &step.expect {
        let at = at.clone().key("expect");
        let package = step.deed.as_ref().and_then(|deed| roles(deed).2);
        of_expectation(expect, package, &at, see);
    }
}

/// Hands over the terms of use that somebody accepts on the way.
fn accepted<'s>(deed: &'s Deed, at: &Route, see: &mut dyn FnMut(Route, Mention<'s>)) {
    match deed {
        Deed::Ask(ask) => terms(ask.accept.as_ref(), at, see),
        Deed::Redeem(redeem) => terms(redeem.accept.as_ref(), at, see),
        Deed::SignIn(arrive) => terms(arrive.accept.as_ref(), at, see),
        _ => {}
    }
}

/// Hands over the questions that a deed answers.
fn answered<'s>(deed: &'s Deed, at: &Route, see: &mut dyn FnMut(Route, Mention<'s>)) {
    match deed {
        Deed::Ask(ask) => questions(&ask.package, &ask.answers, at, see),
        Deed::Assign(assign) => questions(&assign.package, &assign.answers, at, see),
        _ => {}
    }
}

/// Returns who does a deed, for whom, and which package it is about.
fn roles(deed: &Deed) -> (Option<&Email>, Option<&Email>, Option<&Name>) {
    match deed {
        Deed::Ask(it) => (Some(&it.by), it.person.as_ref(), Some(&it.package)),
        Deed::Extend(it) => (Some(&it.by), it.person.as_ref(), Some(&it.package)),
        Deed::Remove(it) => (Some(&it.by), it.person.as_ref(), Some(&it.package)),
        Deed::Approve(it) | Deed::Deny(it) | Deed::TakeBack(it) => {
            (it.by.as_ref(), it.person.as_ref(), it.package.as_ref())
        }
        Deed::Cancel(it) => (it.by.as_ref(), it.person.as_ref(), it.package.as_ref()),
        Deed::Assign(it) => (it.by.as_ref(), None, Some(&it.package)),
        Deed::Revoke(it) | Deed::Reprocess(it) => {
            (it.by.as_ref(), Some(&it.person), Some(&it.package))
        }
        Deed::Invite(it) => (it.by.as_ref(), Some(&it.person), None),
        Deed::Redeem(it) => (Some(&it.by), None, None),
        Deed::SignIn(it) => (Some(&it.by), None, None),
        Deed::Leave(it) => (Some(&it.by), None, None),
        Deed::Review(it) => (Some(&it.by), it.person.as_ref(), Some(&it.package)),
        Deed::Block(it)
        | Deed::Unblock(it)
        | Deed::Delete(it)
        | Deed::Restore(it)
        | Deed::Purge(it)
        | Deed::Reset(it) => (it.by.as_ref(), Some(&it.person), None),
        Deed::Convert(it) => (it.by.as_ref(), Some(&it.person), None),
        Deed::AddSponsor(it) | Deed::RemoveSponsor(it) => (it.by.as_ref(), Some(&it.person), None),
        Deed::Offboard(it) => (it.by.as_ref(), Some(&it.person), None),
        Deed::OffboardOrganization(it) => (it.by.as_ref(), None, None),
        Deed::Change(it) => (None, Some(&it.person), None),
        Deed::Wait(_) | Deed::Until(_) | Deed::Apply(_) => (None, None, None),
    }
}

/// Hands over what deeds of one sort name beside that.
fn of_deed<'s>(deed: &'s Deed, at: &Route, see: &mut dyn FnMut(Route, Mention<'s>)) {
    let mut groups = |key: &str, list: &'s Set<Line>| {
        for (index, group) in list.iter().enumerate() {
            see(at.clone().key(key).index(index), Mention::Group(group));
        }
    };
    match deed {
        Deed::Change(change) => {
            groups("joins", &change.joins);
            groups("leaves", &change.leaves);
            if let Some(manager) = &change.manager {
                see(at.clone().key("manager"), Mention::Person(manager));
            }
        }
        Deed::Ask(ask) => through(ask.policy.as_ref(), Some(&ask.package), at, see),
        Deed::Assign(assign) => {
            through(assign.policy.as_ref(), Some(&assign.package), at, see);
            let several = assign.people.iter().len() > 1;
            for (index, person) in assign.people.iter().enumerate() {
                let at = at.clone().key("for");
                let at = if several { at.index(index) } else { at };
                see(at, Mention::Person(person));
            }
        }
        Deed::Invite(invite) => {
            sponsors(invite.sponsors.iter(), &at.clone().key("sponsors"), see);
        }
        Deed::AddSponsor(it) | Deed::RemoveSponsor(it) => match &it.sponsor {
            Principal::User(mail) => see(at.clone().key("sponsor"), Mention::Person(mail)),
            Principal::Group(name) => see(at.clone().key("sponsor"), Mention::Group(name)),
            Principal::Manager(_) | Principal::Oneself | Principal::Sponsors(_) => {}
        },
        Deed::OffboardOrganization(it) => {
            let at = at.clone().key("organization");
            see(at, Mention::Organization(&it.organization));
        }
        _ => {}
    }
}

fn of_expectation<'s>(
    expect: &'s Expect,
    package: Option<&'s Name>,
    at: &Route,
    see: &mut dyn FnMut(Route, Mention<'s>),
) {
    let key = |key: &str| at.clone().key(key);
    if let Some(person) = &expect.person {
        see(key("for"), Mention::Person(person));
    }
    if let Some(package) = &expect.package {
        see(key("package"), Mention::Package(package));
    }
    through(
        expect.policy.as_ref(),
        expect.package.as_ref().or(package),
        at,
        see,
    );
    for (index, approver) in expect.approvers.iter().flatten().enumerate() {
        see(key("approvers").index(index), Mention::Expected(approver));
    }
    for (mail, packages) in expect.access.iter().flatten() {
        let at = key("access").key(mail.as_str());
        see(at.clone(), holding(mail, packages.iter().next().is_none()));
        for (index, package) in packages.iter().enumerate() {
            see(at.clone().index(index), Mention::Package(package));
        }
    }
    for (mail, resources) in expect.roles.iter().flatten() {
        let at = key("roles").key(mail.as_str());
        see(at.clone(), holding(mail, resources.is_empty()));
        for resource in resources.keys() {
            see(
                at.clone().key(resource.as_str()),
                Mention::Resource(resource),
            );
        }
    }
    for mail in expect.accounts.iter().flatten().map(|(mail, _)| mail) {
        see(key("accounts").key(mail.as_str()), Mention::Person(mail));
    }
    for (template, mails) in expect.mails.iter().flatten() {
        for (index, mail) in mails.iter().enumerate() {
            see(
                key("mails").key(template.as_str()).index(index),
                Mention::Expected(mail),
            );
        }
    }
}

/// Returns how somebody is named who is expected to have something, or nothing at all: that is so of whoever is not there.
const fn holding(mail: &Email, nothing: bool) -> Mention<'_> {
    match nothing {
        true => Mention::Person(mail),
        false => Mention::Expected(mail),
    }
}
