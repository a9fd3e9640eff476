//! Tests: named once, and naming what is there.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::edits::Created;
use super::{Among, Known, Tree, UNKNOWN, cast, directory, edits};
use crate::diag::{Diagnostic, Diagnostics, code, nearest, offer};
use crate::model::kinds::{Origin, Policy, Resource};
use crate::model::text::{Domain, Email, Line};
use crate::model::{Address, Bond, Declaration, Kind, Name, Project};
use crate::scenario::{Mention, Scenario, mentions, named_people, own_people, people};
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
    let groups = OnceCell::new();
    let ruled = cast::ruled(tree);
    let mut whole = edits::Whole::new(project, scenarios, out);
    for scenario in scenarios {
        let there = people(&scenario.script, &named);
        let is_own = |mail: &Email| {
            let own = project.own_domains.iter();
            own.map(Domain::as_str).any(|own| own == mail.domain())
        };
        let acting = own_people(&scenario.script, is_own);
        let created = Created::of(scenario);
        let ground = Ground {
            tree,
            scenario,
            created: &created,
            there: &there,
            groups: &groups,
        };
        let mut told = BTreeSet::new();
        mentions(&scenario.script, &mut |at, mention| {
            let problem = match mention {
                Mention::Actor(mail) | Mention::Expected(mail) if is_own(mail) => {
                    absent(scenario, &there, (mail, "member"), &mut told)
                }
                Mention::Expected(mail) => absent(scenario, &there, (mail, "guest"), &mut told),
                Mention::Person(mail) if acting.contains(mail) => None,
                mention => ground.unknown(&at, mention, &is_own),
            };
            if let Some(problem) = problem {
                out.push(located(problem, scenario, &at));
            }
        });
        edits::check(tree, scenario, &created, &mut whole, out);
        cast::check(tree, &ruled, scenario, project, out);
        let everybody = there.union(&acting).cloned().collect();
        directory::check(scenario, &everybody, project, out);
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

pub(super) fn located(problem: Diagnostic, scenario: &Scenario, at: &Route) -> Diagnostic {
    match scenario.place(at) {
        Some(place) => problem.at(Place::clone(place)),
        None => problem,
    }
}

/// What a test finds there.
struct Ground<'g, 't, 's> {
    tree: &'g Tree<'t, 's>,
    scenario: &'g Scenario,
    created: &'g Created<'g>,
    /// Everybody who is there.
    there: &'g BTreeSet<Email>,
    /// The groups that the tree names, once somebody asks.
    groups: &'g OnceCell<BTreeSet<&'t str>>,
}

impl<'t> Ground<'_, 't, '_> {
    /// Returns what is wrong with something that a test names.
    fn unknown(
        &self,
        at: &Route,
        mention: Mention<'_>,
        is_own: &dyn Fn(&Email) -> bool,
    ) -> Option<Diagnostic> {
        match mention {
            Mention::Person(mail) | Mention::Actor(mail) | Mention::Expected(mail) => {
                let name = &self.scenario.name;
                let message = format!("nobody in the test `{name}` is {mail}");
                let problem = || Diagnostic::error(UNKNOWN, message);
                let word = if is_own(mail) { "member" } else { "visitor" };
                let absent = !self.there.contains(mail);
                absent.then(|| who(problem(), self.there, mail, word))
            }
            Mention::Package(package) => self.declared(at, Kind::Package, package),
            Mention::Organization(organization) => {
                self.declared(at, Kind::Organization, organization)
            }
            Mention::Resource(resource) => self.declared(at, Kind::Resource, resource),
            Mention::Terms(terms) => self.declared(at, Kind::TermsOfUse, terms),
            Mention::Policy(Some(package), policy) => {
                let wrong = |message| Diagnostic::error(UNKNOWN, message);
                self.policy(at, package, policy, wrong)
            }
            // What goes through it, or is expected to, shows when the test is played.
            Mention::Through(Some(package), policy) => {
                let wrong = |message| Diagnostic::warning(UNKNOWN, message);
                self.policy(at, package, policy, wrong)
            }
            Mention::Question(package, question) => self.question(package, question),
            Mention::Group(group) => self.group(group),
            Mention::Policy(..) | Mention::Through(..) => None,
        }
    }

    fn declared(&self, at: &Route, kind: Kind, name: &Name) -> Option<Diagnostic> {
        let tree = self.tree;
        if tree.declares(kind, name.as_str()) || self.created.knows(&Address::new(kind, name), at) {
            return None;
        }
        let test = &self.scenario.name;
        let message = format!("the test `{test}` names the {kind} `{name}`, which is not declared");
        let near = tree.near(Among::All(kind), name.as_str());
        let near = near.map(|near| format!("did you mean `{near}`?"));
        Some(Diagnostic::error(UNKNOWN, message).help_opt(near))
    }

    fn policy(
        &self,
        at: &Route,
        package: &Name,
        policy: &Name,
        wrong: impl FnOnce(String) -> Diagnostic,
    ) -> Option<Diagnostic> {
        let (tree, address) = (self.tree, Address::within(Kind::Policy, package, policy));
        if !tree.declares(Kind::Package, package.as_str())
            || tree.declares(Kind::Policy, address.name())
            || self.created.knows(&address, at)
        {
            return None;
        }
        let own: Vec<&str> = policies(tree, package)
            .map(|(declared, _)| declared.address.own_name())
            .collect();
        let all = || match own.as_slice() {
            [] => "it has none".to_owned(),
            own => format!("it has: `{}`", own.join("`, `")),
        };
        let help = offer(policy.as_str(), own.iter().copied()).unwrap_or_else(all);
        let message = format!("package/{package} has no policy `{policy}`");
        Some(wrong(message).help(help))
    }

    /// Returns what is wrong with an answer: no policy of the package asks that, as far as the test leaves them as they are.
    fn question(&self, package: &Name, question: &str) -> Option<Diagnostic> {
        let address = Address::new(Kind::Package, package);
        let edited =
            |edited: &Address| *edited == address || edited.parent().as_ref() == Some(&address);
        if self.created.addresses().any(edited)
            || !self.tree.declares(Kind::Package, package.as_str())
        {
            return None;
        }
        let mut asked = Vec::new();
        let mut most = 0;
        for (_, policy) in policies(self.tree, package) {
            most = most.max(policy.questions.len());
            asked.extend(policy.questions.iter().map(|one| one.ask.as_str()));
        }
        let is_number = question
            .parse()
            .is_ok_and(|number: usize| (1..=most).contains(&number));
        let is_asked = asked.iter().any(|one| one.eq_ignore_ascii_case(question));
        if is_number || is_asked {
            return None;
        }
        let message = format!("no policy of package/{package} asks `{question}`");
        let all = || match asked.as_slice() {
            [] => "they ask nothing".to_owned(),
            asked => format!("they ask: `{}`", asked.join("`, `")),
        };
        let help = offer(question, asked.iter().copied()).unwrap_or_else(all);
        Some(Diagnostic::error(UNKNOWN, message).help(help))
    }

    fn group(&self, group: &Line) -> Option<Diagnostic> {
        if let Some(resource) = self.tree.resource(group.as_str()) {
            return (!Resource::has_members(resource)).then(|| {
                let message = format!("`{group}` is a resource without members");
                Diagnostic::error(code::WRONG_REFERENCE, message).help("name a group or a team")
            });
        }
        let groups = self.groups.get_or_init(|| groups(self.tree));
        // What could not be read as a whole may name it.
        let is_whole = self.tree.salvaged.is_empty();
        if !is_whole || groups.contains(group.as_str()) || self.created.names(group.as_str()) {
            return None;
        }
        let message =
            format!("nothing in the tree names the group `{group}`, so it changes nothing");
        let help = offer(group.as_str(), groups.iter().copied());
        Some(Diagnostic::warning(UNKNOWN, message).help_opt(help))
    }
}

/// Returns the policies of a package that could be read.
fn policies<'t>(
    tree: &Tree<'t, '_>,
    package: &Name,
) -> impl Iterator<Item = (&'t Declaration, &'t Policy)> {
    let policies = tree.policies();
    policies.filter_map(move |((_, declared), policy)| {
        let of = declared.address.parent()?;
        (of.name() == package.as_str()).then_some((declared, policy))
    })
}

/// Returns the groups that the tree names: those that it declares, by either name, and those of the directory.
fn groups<'t>(tree: &Tree<'t, '_>) -> BTreeSet<&'t str> {
    let mut groups = BTreeSet::new();
    for ((_, declared), resource) in tree.resources() {
        if let Some((Origin::Group | Origin::Team, display)) = resource.origin() {
            groups.extend([declared.address.name(), display]);
        }
    }
    let known: &Known<'t> = tree;
    for (_, declared) in known.declarations {
        declared.object.references(&mut |mention| {
            if mention.bond == Bond::Perhaps {
                groups.insert(mention.name);
            }
        });
    }
    groups
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
    let near = near(mail, there).map(|near| format!("did you mean `{near}`?"));
    let list = format!("list them under `given.people`: `{mail}: {word}`");
    let list = match near {
        Some(_) => format!("or {list}"),
        None => list,
    };
    problem.help_opt(near).help(list)
}

/// Returns the address that was probably meant: one of the same domain, or with the same name before the `@`.
fn near<'p>(mail: &Email, there: &'p BTreeSet<Email>) -> Option<&'p Email> {
    let of_domain = || there.iter().filter(|one| one.domain() == mail.domain());
    let of_name = || there.iter().filter(|one| local(one) == local(mail));
    let name = nearest(local(mail), of_domain().map(local));
    let domain = || nearest(mail.domain(), of_name().map(Email::domain));
    match name {
        Some(name) => of_domain().find(|one| local(one) == name),
        None => domain().and_then(|domain| of_name().find(|one| one.domain() == domain)),
    }
}

fn local(mail: &Email) -> &str {
    mail.as_str().split('@').next().unwrap_or_default()
}
