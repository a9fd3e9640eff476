//! Tests: named once, and naming what is there.

use std::collections::{BTreeMap, BTreeSet};

use super::{Among, Known, Tree, UNKNOWN};
use crate::diag::{Diagnostic, Diagnostics, code, offer};
use crate::model::kinds::Resource;
use crate::model::text::{Domain, Email};
use crate::model::{Address, Declaration, Kind, Name, Project};
use crate::scenario::{
    Deed, Edit, Edits, Mention, Scenario, mentions, named_people, own_people, people,
};
use crate::source::{Place, Route};

pub(super) fn check(
    tree: &Tree<'_, '_>,
    scenarios: &[Scenario],
    project: &Project,
    out: &mut Diagnostics,
) {
    if scenarios.is_empty() {
        return;
    }
    named_once(scenarios, out);
    let known: &Known<'_> = tree;
    let all = known.declarations.iter().chain(tree.salvaged);
    let named = named_people(all.map(|(_, declaration)| declaration.body()));
    for scenario in scenarios {
        let there = people(&scenario.script, &named);
        let is_own = |mail: &Email| {
            let own = project.own_domains.iter();
            own.map(Domain::as_str).any(|own| own == mail.domain())
        };
        let acting = own_people(&scenario.script, is_own);
        let mut told = BTreeSet::new();
        mentions(&scenario.script, &mut |at, mention| {
            let problem = match mention {
                Mention::Actor(mail) | Mention::Expected(mail) if is_own(mail) => {
                    absent(scenario, &there, (mail, "member"), &mut told)
                }
                Mention::Expected(mail) => absent(scenario, &there, (mail, "guest"), &mut told),
                Mention::Person(mail) if acting.contains(mail) => None,
                mention => unknown(tree, scenario, &there, mention, &is_own),
            };
            if let Some(problem) = problem {
                out.push(located(problem, scenario, &at));
            }
        });
        edited(tree, scenario, out);
    }
}

/// A name declared twice is shown at both places.
fn named_once(scenarios: &[Scenario], out: &mut Diagnostics) {
    let mut seen: BTreeMap<&Name, &Scenario> = BTreeMap::new();
    for scenario in scenarios {
        let Some(first) = seen.insert(&scenario.name, scenario) else {
            continue;
        };
        let message = format!("the test `{}` is declared twice", scenario.name);
        let mut problem = located(
            Diagnostic::error(code::DUPLICATE_NAME, message),
            scenario,
            &Route::root(),
        );
        if let Some(place) = first.place(&Route::root()) {
            problem = problem.related(place.clone(), "first declared here");
        }
        out.push(problem.help("give one of them another name"));
    }
}

fn located(problem: Diagnostic, scenario: &Scenario, at: &Route) -> Diagnostic {
    match scenario.place(at) {
        Some(place) => problem.at(Place::clone(place)),
        None => problem,
    }
}

/// Returns what is wrong with something that a test names.
fn unknown(
    tree: &Tree<'_, '_>,
    scenario: &Scenario,
    there: &BTreeSet<Email>,
    mention: Mention<'_>,
    is_own: &dyn Fn(&Email) -> bool,
) -> Option<Diagnostic> {
    let name = &scenario.name;
    let wrong = |message: String| Diagnostic::error(UNKNOWN, message);
    match mention {
        Mention::Person(mail) | Mention::Actor(mail) | Mention::Expected(mail) => {
            let problem = || wrong(format!("nobody in the test `{name}` is {mail}"));
            let word = if is_own(mail) { "member" } else { "visitor" };
            (!there.contains(mail)).then(|| who(problem(), there, mail, word))
        }
        Mention::Package(package) => declared(tree, name, Kind::Package, package),
        Mention::Organization(organization) => {
            declared(tree, name, Kind::Organization, organization)
        }
        Mention::Resource(resource) => declared(tree, name, Kind::Resource, resource),
        Mention::Policy(Some(package), policy) | Mention::Through(Some(package), policy)
            if tree.declares(Kind::Package, package.as_str()) =>
        {
            let address = Address::within(Kind::Policy, package, policy);
            if tree.declares(Kind::Policy, address.name()) {
                return None;
            }
            let mut own = Vec::new();
            for (_, declaration) in tree.of(Kind::Policy) {
                let of = declaration.address.parent();
                if of.is_some_and(|of| of.name() == package.as_str()) {
                    own.push(declaration.address.own_name());
                }
            }
            let all = || match own.as_slice() {
                [] => "it has none".to_owned(),
                own => format!("it has: `{}`", own.join("`, `")),
            };
            let help = offer(policy.as_str(), own.iter().copied()).unwrap_or_else(all);
            let message = format!("package/{package} has no policy `{policy}`");
            Some(match mention {
                // What goes through it, or is expected to, shows when the test is played.
                Mention::Through(..) => Diagnostic::warning(UNKNOWN, message),
                _ => Diagnostic::error(UNKNOWN, message),
            })
            .map(|problem| problem.help(help))
        }
        Mention::Group(group) => {
            let resource = tree.resource(group.as_str())?;
            (!Resource::has_members(resource)).then(|| {
                let message = format!("`{group}` is a resource without members");
                Diagnostic::error(code::WRONG_REFERENCE, message).help("name a group or a team")
            })
        }
        Mention::Policy(..) | Mention::Through(..) => None,
    }
}

/// Returns what is to be said, once in a test, of somebody who may act or be expected without being there: the tree names
/// them no more, or never did.
fn absent<'s>(
    scenario: &Scenario,
    there: &BTreeSet<Email>,
    (mail, word): (&'s Email, &str),
    told: &mut BTreeSet<&'s Email>,
) -> Option<Diagnostic> {
    if there.contains(mail) || !told.insert(mail) {
        return None;
    }
    let message = format!(
        "nothing in the tree names {mail}, and the test `{}` does not list them",
        scenario.name
    );
    let problem = Diagnostic::warning(UNKNOWN, message);
    Some(who(problem, there, mail, word))
}

/// Adds who was probably meant, and how to say that it is somebody else.
fn who(problem: Diagnostic, there: &BTreeSet<Email>, mail: &Email, word: &str) -> Diagnostic {
    let near = offer(mail.as_str(), there.iter().map(Email::as_str));
    let list = format!("list them under `given.people`: `{mail}: {word}`");
    let list = match near {
        Some(_) => format!("or {list}"),
        None => list,
    };
    problem.help_opt(near).help(list)
}

fn declared(tree: &Tree<'_, '_>, test: &Name, kind: Kind, name: &Name) -> Option<Diagnostic> {
    if tree.declares(kind, name.as_str()) {
        return None;
    }
    let message = format!("the test `{test}` names the {kind} `{name}`, which is not declared");
    let near = tree.near(Among::All(kind), name.as_str());
    let near = near.map(|near| format!("did you mean `{near}`?"));
    Some(Diagnostic::error(UNKNOWN, message).help_opt(near))
}

/// Objects that a test declares otherwise are sound objects.
fn edited(tree: &Tree<'_, '_>, scenario: &Scenario, out: &mut Diagnostics) {
    let before = Route::root().key("given").key("before");
    edits(tree, scenario, &scenario.script.given.before, &before, out);
    for (index, step) in scenario.script.steps.iter().enumerate() {
        if let Some(Deed::Apply(changes)) = &step.deed {
            let at = Route::root().key("steps").index(index).key("apply");
            edits(tree, scenario, changes, &at, out);
        }
    }
}

fn edits(
    tree: &Tree<'_, '_>,
    scenario: &Scenario,
    edits: &Edits,
    at: &Route,
    out: &mut Diagnostics,
) {
    for (address, edit) in edits {
        let at = at.clone().key(&address.to_string());
        let declared = tree.get(address.kind(), address.name());
        let problem = match (edit, declared) {
            (Edit::Gone, None) if !tree.declares(address.kind(), address.name()) => {
                let message = format!("{address} cannot go: it is not declared");
                Some(Diagnostic::error(UNKNOWN, message))
            }
            (Edit::Gone, _) => None,
            (Edit::Keys(_), None) if tree.declares(address.kind(), address.name()) => None,
            (Edit::Keys(_), declared) => {
                let base = declared.map(|(_, declaration)| declaration);
                unsound(base, address, edit)
            }
        };
        if let Some(problem) = problem {
            out.push(located(problem, scenario, &at));
        }
    }
}

/// Returns why an object with other keys is none.
fn unsound(base: Option<&Declaration>, address: &Address, edit: &Edit) -> Option<Diagnostic> {
    match edit.on(base, address) {
        Err(message) => {
            let message = format!("{address} cannot be declared like this: {message}");
            Some(Diagnostic::error(code::BAD_FORMAT, message))
        }
        Ok(None) => None,
        Ok(Some(object)) => {
            let mut problems = Vec::new();
            object.check(&mut problems);
            let problem = problems.into_iter().next()?;
            let message = format!(
                "{address} cannot be declared like this: {}",
                problem.message
            );
            Some(Diagnostic::error(problem.code, message).help_opt(problem.help))
        }
    }
}
