//! What tests say of people is what a directory can hold: attributes that there are, and addresses of one person each.

use std::collections::{BTreeMap, BTreeSet};

use super::UNKNOWN;
use super::scenarios::located;
use crate::diag::{Diagnostic, Diagnostics, code, offer};
use crate::model::text::{Domain, Email};
use crate::model::{Project, USER_ATTRIBUTES};
use crate::scenario::{Deed, Ground, Person, PersonKind, Scenario};
use crate::source::Route;

/// Adds attributes that nobody has, and addresses that belong to somebody else who is there.
pub(super) fn check(
    scenario: &Scenario,
    there: &BTreeSet<Email>,
    project: &Project,
    out: &mut Diagnostics,
) {
    let given = Route::root().key("given").key("people");
    let people = &scenario.script.given.people;
    let mut say = |problem: Diagnostic, at: &Route| out.push(located(problem, scenario, at));
    for (mail, person) in people {
        for name in person.0.attributes.keys() {
            let at = given.clone().key(mail.as_str()).key("attributes").key(name);
            unknown(name, &at, &mut say);
        }
    }
    for (index, step) in scenario.script.steps.iter().enumerate() {
        let Some(Deed::Change(change)) = &step.deed else {
            continue;
        };
        if step.expect.as_ref().and_then(|it| it.refused) == Some(Ground::Unknown) {
            continue;
        }
        let at = Route::root().key("steps").index(index).key("change");
        for name in change.attributes.keys() {
            unknown(name, &at.clone().key("attributes").key(name), &mut say);
        }
        for (index, name) in change.without.iter().enumerate() {
            let at = at.clone().key("without").index(index);
            unknown(name.as_str(), &at, &mut say);
        }
    }
    let known = |mail: &Email, person: &Person| !is_visitor(mail, person, project);
    let mut owners: BTreeMap<&Email, &Email> = there
        .iter()
        .filter(|mail| people.get(mail).is_none_or(|it| known(mail, &it.0)))
        .map(|mail| (mail, mail))
        .collect();
    let is_named = |mail: &Email| {
        let person = people.get(mail).map(|it| &it.0);
        person.is_some_and(|person| person.user_principal_name.is_some())
    };
    let signs_in_here = |mail: &Email| {
        let kind = people.get(mail).and_then(|it| it.0.kind);
        match kind {
            Some(kind) => matches!(kind, PersonKind::Member | PersonKind::InternalGuest),
            None => is_own(mail, project),
        }
    };
    // Whoever signs in here does so with their address, unless another name is said.
    let own = there
        .iter()
        .filter(|mail| signs_in_here(mail) && !is_named(mail));
    let mut names: BTreeMap<String, &Email> = own
        .map(|mail| (mail.as_str().to_lowercase(), mail))
        .collect();
    for (mail, person) in people.iter().filter(|(mail, it)| known(mail, &it.0)) {
        let at = given.clone().key(mail.as_str());
        for (index, other) in person.0.other_mails.iter().enumerate() {
            let at = at.clone().key("otherMails").index(index);
            if let Some(owner) = owners.insert(other, mail) {
                say(taken(&format!("{other}"), owner), &at);
            }
        }
        if let Some(name) = &person.0.user_principal_name
            && let Some(owner) = names.insert(name.as_str().to_lowercase(), mail)
        {
            let what = format!("the user principal name `{name}`");
            say(taken(&what, owner), &at.key("userPrincipalName"));
        }
    }
}

/// Returns true for somebody whom the directory does not know before the first step.
fn is_visitor(mail: &Email, person: &Person, project: &Project) -> bool {
    match person.kind {
        Some(kind) => kind == PersonKind::Visitor,
        None => !is_own(mail, project),
    }
}

fn is_own(mail: &Email, project: &Project) -> bool {
    let mut own = project.own_domains.iter().map(Domain::as_str);
    own.any(|own| own == mail.domain())
}

fn taken(what: &str, owner: &Email) -> Diagnostic {
    let message = format!("{what} belongs to {owner} already");
    Diagnostic::error(code::DUPLICATE_IDENTITY, message).help("an address belongs to one person")
}

fn unknown(name: &str, at: &Route, say: &mut dyn FnMut(Diagnostic, &Route)) {
    if USER_ATTRIBUTES.contains(&name) {
        return;
    }
    let message = format!("`{name}` is no attribute that the directory has of people");
    let all = || format!("there are: `{}`", USER_ATTRIBUTES.join("`, `"));
    let help = offer(name, USER_ATTRIBUTES.iter().copied()).unwrap_or_else(all);
    say(Diagnostic::error(UNKNOWN, message).help(help), at);
}
