//! Who is there in a test: what is said of each of them fits what they are, and the day.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Known;
use super::scenarios::located;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::model::kinds::Resource;
use crate::model::text::{Domain, Email, Line, When};
use crate::model::{Address, Project};
use crate::scenario::{Edit, Edits, Person, PersonKind, Scenario, WITHOUT};
use crate::source::Route;

/// Adds what does not fit what somebody is, and what is later than the day on which the test begins.
pub(super) fn check(
    tree: &Known<'_>,
    ruled: &Ruled<'_>,
    scenario: &Scenario,
    project: &Project,
    out: &mut Diagnostics,
) {
    let given = &scenario.script.given;
    let day = given.date.start(&project.zone);
    let late = |when: Option<When>| when.is_some_and(|when| when.start(&project.zone) > day);
    for (mail, person) in &given.people {
        let person = &person.0;
        groups(tree, ruled, scenario, (mail, person), out);
        let kind = kind(mail, person, project);
        let mut say = |key: &str, message: String, help: &str| {
            let at = Route::root().key("given").key("people");
            let at = at.key(mail.as_str()).key(key);
            let problem = Diagnostic::error(code::KEYS_EXCLUDE, message).help(help);
            out.push(located(problem, scenario, &at));
        };
        let unfit = unfit(kind, person);
        for key in &unfit {
            let (what, help) = reason(kind);
            say(key, format!("`{key}` does not fit {mail}: {what}"), help);
        }
        let said = (person.organization.as_ref(), person.sign_in.as_ref());
        if let (true, (Some(organization), Some(_))) = (unfit.is_empty(), said) {
            let message = format!(
                "{mail} signs in as people of `{organization}` do, and otherwise at the same time"
            );
            let help = "take out one of `organization` and `signIn`";
            say("signIn", message, help);
        }
        if person.invited && person.last_sign_in.is_some() {
            let message = format!("{mail} has not redeemed yet, so they never signed in");
            say(
                "lastSignIn",
                message,
                "take out one of `invited` and `lastSignIn`",
            );
        }
        if late(person.last_sign_in) {
            let message = format!("{mail} signed in after the day on which the test begins");
            say("lastSignIn", message, "write an instant before `date`");
        }
    }
    for (index, held) in given.assignments.iter().enumerate() {
        if late(held.since) {
            let at = Route::root().key("given").key("assignments");
            let at = at.index(index).key("since");
            let message = format!(
                "{} has {} only after the day on which the test begins",
                held.person, held.package
            );
            let problem = Diagnostic::error(code::KEYS_EXCLUDE, message)
                .help("write an instant before `date`, or a step `assign` after an `until`");
            out.push(located(problem, scenario, &at));
        }
    }
}

/// The groups whose members follow from a rule, by their names in the directory in lower case: with their resources.
pub(super) type Ruled<'t> = BTreeMap<String, &'t Address>;

/// Lists the groups of a tree whose members follow from a rule.
pub(super) fn ruled<'t>(tree: &Known<'t>) -> Ruled<'t> {
    let all = tree.resources().filter_map(|((_, declaration), resource)| {
        let _ = resource.membership_rule.as_ref()?;
        let (_, group) = resource.origin()?;
        Some((group.to_lowercase(), &declaration.address))
    });
    all.collect()
}

/// Returns false for a group of the tree that a test declares otherwise: without a rule, or not at all.
fn has_rule(resource: &Address, before: &Edits) -> bool {
    const RULE: &str = "membershipRule";
    match before.get(resource) {
        None => true,
        Some(Edit::Gone) => false,
        Some(Edit::Keys(keys)) => {
            let left_out = keys.get(WITHOUT).and_then(Value::as_array);
            !left_out.is_some_and(|keys| keys.iter().any(|key| key == RULE))
        }
    }
}

/// A group is one group, by the name of its resource and by its own, and nobody joins one whose members follow from a rule.
fn groups(
    tree: &Known<'_>,
    ruled: &Ruled<'_>,
    scenario: &Scenario,
    (mail, person): (&Email, &Person),
    out: &mut Diagnostics,
) {
    let mut named: BTreeMap<String, &Line> = BTreeMap::new();
    for (index, group) in person.groups.iter().enumerate() {
        let origin = tree.resource(group.as_str()).and_then(Resource::origin);
        let own = origin.map_or(group.as_str(), |(_, name)| name);
        let at = Route::root().key("given").key("people").key(mail.as_str());
        let at = at.key("groups").index(index);
        let own = own.to_lowercase();
        let rule = ruled.get(&own);
        if rule.is_some_and(|resource| has_rule(resource, &scenario.script.given.before)) {
            let message = format!("the members of `{group}` follow from its rule");
            let problem = Diagnostic::error(code::KEYS_EXCLUDE, message).help(
                "give them `attributes` that match the rule, and take the group out of `groups`",
            );
            out.push(located(problem, scenario, &at));
        }
        let Some(first) = named.insert(own, group) else {
            continue;
        };
        let message = format!("`{first}` and `{group}` are the same group");
        let problem = Diagnostic::error(code::DUPLICATE_IDENTITY, message).help("name it once");
        out.push(located(problem, scenario, &at));
    }
}

/// Returns what somebody is before the first step, as whoever plays the test takes it.
fn kind(mail: &Email, person: &Person, project: &Project) -> PersonKind {
    let own = project.own_domains.iter();
    let is_own = own.map(Domain::as_str).any(|own| own == mail.domain());
    person.kind.unwrap_or(match is_own {
        true => PersonKind::Member,
        false => PersonKind::Visitor,
    })
}

/// Returns the keys that say something that cannot be of somebody of a kind.
fn unfit(kind: PersonKind, person: &Person) -> Vec<&'static str> {
    let Person {
        kind: _,
        name: _,
        organization,
        sign_in,
        manager,
        groups,
        sponsors,
        roles,
        governed,
        invited,
        blocked,
        last_sign_in,
        company,
        user_principal_name,
        other_mails,
        attributes,
    } = person;
    let of_directory = [
        ("manager", manager.is_some()),
        ("groups", !groups.is_empty()),
        ("sponsors", !sponsors.is_empty()),
        ("roles", !roles.is_empty()),
        ("governed", *governed),
        ("invited", *invited),
        ("blocked", *blocked),
        ("lastSignIn", last_sign_in.is_some()),
        ("company", company.is_some()),
        ("userPrincipalName", user_principal_name.is_some()),
        ("otherMails", !other_mails.is_empty()),
        ("attributes", !attributes.is_empty()),
    ];
    let of_outside = [
        ("organization", organization.is_some()),
        ("signIn", sign_in.is_some()),
        ("invited", *invited),
        // The lifecycle of external users reaches nobody else.
        ("governed", *governed),
    ];
    let said = |keys: &[(&'static str, bool)]| {
        let said = keys.iter().filter(|(_, is_said)| *is_said);
        said.map(|(key, _)| *key).collect()
    };
    match kind {
        PersonKind::Visitor => said(&of_directory),
        PersonKind::Member | PersonKind::InternalGuest => said(&of_outside),
        PersonKind::Guest | PersonKind::ExternalMember => Vec::new(),
    }
}

const fn reason(kind: PersonKind) -> (&'static str, &'static str) {
    match kind {
        PersonKind::Visitor => (
            "the directory does not know a visitor",
            "write `kind: guest` where the directory knows them, or take the key out",
        ),
        _ => (
            "they sign in with an account of our own",
            "write `kind: guest` where they sign in elsewhere, or take the key out",
        ),
    }
}
