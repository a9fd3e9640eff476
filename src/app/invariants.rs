//! The invariants of the tree: those that do not hold, with their places, and a test that shows each; and those that are
//! about nothing.

use jiff::Timestamp;

use crate::diag::{Diagnostic, Diagnostics, code};
use crate::impact::Account;
use crate::invariant::{Access, Before, Breach, Idle, Verdict, decide, name, story};
use crate::load::{self, print};
use crate::model::OneOrMore;
use crate::model::invariant::{Glob, Statement, Terms, Way, Who};
use crate::model::kinds::policy::Expiry;
use crate::model::{Declaration, Desired, Kind, Project};
use crate::source::{Place, Route, Sources};

/// What is said of a test that shows how an invariant is broken.
const SHOWS: &str = "a test that shows it, to be put under `tests:`";

/// Returns the lines of a section as they stand in it, without its name.
fn beneath(section: &str) -> String {
    let lines = section.lines().skip(1);
    let lines = lines.map(|line| line.strip_prefix("  ").unwrap_or(line));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

/// What is said of the invariants of a tree.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// Errors: those that do not hold, or cannot be decided.
    pub(super) broken: Diagnostics,
    /// Warnings: those that are about nothing.
    pub(super) idle: Diagnostics,
}

/// Says which invariants of a tree do not hold, or are about nothing.
pub(super) fn judge(
    desired: &Desired,
    sources: &Sources,
    project: &Project,
    now: Timestamp,
) -> Judged {
    let (mut out, mut nothing) = (Diagnostics::new(), Diagnostics::new());
    let verdicts = decide(desired, &project.own_domains, now);
    let parts = verdicts.iter().flat_map(|verdict| parts(desired, verdict));
    let parts: Vec<_> = parts.collect();
    // Files are read once for all that is wrong.
    let mut places = load::places(sources, project, &parts).into_iter();
    for verdict in verdicts {
        let mut found = Vec::new();
        for breach in &verdict.breaches {
            let mut broken = broken(&verdict, breach);
            for access in &breach.access {
                if let Some(place) = places.next() {
                    broken = broken.related(place, note(access, breach));
                }
            }
            if depends_on_today(breach) {
                let today = now.strftime("%F");
                broken = broken.help(format!(
                    "decided for {today}: how long it is until a date depends on the day"
                ));
            }
            if let Some(reason) = &verdict.invariant.reason {
                broken = broken.help(format!("what it is for: {reason}"));
            }
            found.push((broken, breach));
        }
        // In the order in which they are read.
        found.sort_by(|(one, _), (other, _)| {
            (&one.primary, &one.message).cmp(&(&other.primary, &other.message))
        });
        for (nth, (broken, breach)) in found.into_iter().enumerate() {
            let invariant = verdict.invariant;
            let told = story(&invariant.statement, breach, &project.own_domains, now);
            out.push(match told.zip(name(&invariant.name, nth)) {
                Some((script, name)) => {
                    broken.example(SHOWS, beneath(&print::test(&name, &script)))
                }
                None => broken,
            });
        }
        for policy in &verdict.undecided {
            let message = format!(
                "the invariant `{}` cannot be decided for {policy}: rules over people are too large there",
                verdict.invariant.name
            );
            let mut undecided = Diagnostic::error(code::UNDECIDED_INVARIANT, message)
                .at(place(&verdict, &[]).clone())
                .help("shorten the rule or the pattern, or split it: until then nobody knows who fits it");
            if let Some(place) = places.next() {
                undecided = undecided.related(place, "through this policy".to_owned());
            }
            out.push(undecided);
        }
        if let Some(idle) = &verdict.idle {
            nothing.push(about_nothing(desired, &verdict, idle));
        }
        if verdict.more > 0 {
            let message = format!(
                "the invariant `{}` is broken by {} more {}",
                verdict.invariant.name,
                verdict.more,
                if verdict.more == 1 {
                    "policy"
                } else {
                    "policies"
                }
            );
            let last = verdict.breaches.last();
            let place = last.map(|last| place(&verdict, &last.failed));
            let place = place.unwrap_or(&verdict.invariant.stands.name);
            out.push(
                Diagnostic::error(code::BROKEN_INVARIANT, message)
                    .at(place.clone())
                    .help("mend those above first; the next run shows the others"),
            );
        }
    }
    out.sort();
    Judged {
        broken: out,
        idle: nothing,
    }
}

/// Returns the parts of policies that a verdict speaks of, in its order.
fn parts<'d>(desired: &'d Desired, verdict: &Verdict<'_>) -> Vec<(&'d Declaration, Route)> {
    let broken = verdict.breaches.iter().flat_map(|breach| {
        let access = breach.access.iter();
        access.map(|access| (access.policy, at_fault(breach)))
    });
    let undecided = verdict.undecided.iter();
    let undecided = undecided.map(|policy| (*policy, Route::root().key("requestors")));
    let all = broken.chain(undecided);
    all.filter_map(|(policy, key)| Some((desired.get(policy)?, key)))
        .collect()
}

/// Returns the part of a policy that lets an invariant be broken.
fn at_fault(breach: &Breach<'_>) -> Route {
    let root = Route::root();
    match breach.failed.first() {
        Some(&"approvals") => root.key("approval"),
        Some(&"expires") => match breach.access.first() {
            Some(Access {
                longest: None,
                rules,
                ..
            }) if matches!(rules.expires, Expiry::After(_)) => root.key("extension"),
            _ => root.key("expires"),
        },
        Some(&"review") => root.key("review"),
        _ => root.key("requestors"),
    }
}

/// Returns the place of what is not kept: of the keys that are broken, or else of what the invariant is about.
fn place<'v>(verdict: &Verdict<'v>, failed: &[&'static str]) -> &'v Place {
    let invariant = verdict.invariant;
    let keys = ["holds", "asks", "role", "resource", "catalog"];
    let mut keys = failed.iter().copied().chain(keys);
    let key = keys.find(|key| {
        invariant
            .stands
            .keys
            .iter()
            .any(|(known, _)| &**known == *key)
    });
    let first = invariant.stands.keys.first().map(|(_, place)| place);
    match key {
        Some(key) => invariant.place(key),
        None => first.unwrap_or(&invariant.stands.name),
    }
}

fn broken(verdict: &Verdict<'_>, breach: &Breach<'_>) -> Diagnostic {
    let invariant = verdict.invariant;
    let packages: Vec<String> = breach
        .access
        .iter()
        .map(|it| it.package.to_string())
        .collect();
    let message = format!(
        "the invariant `{}` does not hold for {}: {}",
        invariant.name,
        packages.join(" and "),
        happens(&invariant.statement, breach)
    );
    Diagnostic::error(code::BROKEN_INVARIANT, message).at(place(verdict, &breach.failed).clone())
}

/// Says in a few words what happens.
fn happens(statement: &Statement, breach: &Breach<'_>) -> String {
    let Some(first) = breach.access.first() else {
        return String::new();
    };
    let who = who(first);
    let (Statement::Never(terms) | Statement::Always(terms)) = statement;
    let gets = match first.way {
        _ if terms.asks.is_some() => format!("{who} can ask for it"),
        _ if breach.access.len() > 1 => format!("{who} can have them together"),
        Way::Request => format!("{who} can have it"),
        Way::Automatic => format!("{who} is given it by rule"),
        Way::Direct => format!("{who} can be given it by hand"),
    };
    let mut how: Vec<String> = breach
        .failed
        .iter()
        .map(|key| failing(key, first))
        .collect();
    if let Statement::Never(terms) = statement {
        for (key, said) in [
            ("approvals", terms.approvals.is_some()),
            ("expires", terms.expires.is_some()),
            ("review", terms.review.is_some()),
        ] {
            how.extend(said.then(|| failing(key, first)));
        }
    }
    if how.is_empty() {
        return gets;
    }
    format!("{gets} {}", how.join(", "))
}

fn who(access: &Access<'_>) -> String {
    let witness = &access.who;
    let mail = &witness.mail;
    let mut more: Vec<String> = Vec::new();
    match witness.base.account {
        Account::None => {}
        Account::Guest => more.push("a guest".to_owned()),
        Account::ExternalMember => more.push("an external member".to_owned()),
        Account::Member => more.push("a member".to_owned()),
        Account::InternalGuest => more.push("a guest with a local account".to_owned()),
    }
    if let Some(name) = &witness.organization {
        more.push(format!("of organization/{name}"));
    }
    for group in &witness.groups {
        more.push(format!("in group:{group}"));
    }
    match &witness.before {
        None => {}
        Some(Before::Refused(domain)) => {
            more.push(format!("who was here before {domain} was refused"));
        }
        Some(Before::Closed(name)) => more.push(format!(
            "who was here before the settings of organization/{name} let nobody in"
        )),
    }
    match more.is_empty() {
        true => mail.to_string(),
        false => format!("{mail}, {},", more.join(" ")),
    }
}

/// Says what access is like, in what an invariant is about.
fn failing(key: &str, access: &Access<'_>) -> String {
    match key {
        "approvals" => match access.approvals() {
            0 => "without approval".to_owned(),
            1 => "with one approval".to_owned(),
            many => format!("with {many} approvals"),
        },
        "expires" => match (&access.rules.expires, access.longest) {
            (Expiry::Never, _) => "without an end".to_owned(),
            (Expiry::On(when), _) => format!("until {when}"),
            (Expiry::After(length), None) => {
                format!("for {length} again and again, for extensions need no approval")
            }
            (Expiry::After(length), Some(_)) => format!("for {length}"),
        },
        _ => match access.review() {
            Some(every) => {
                let every = every.in_words();
                match access.first_review {
                    Some(when) => format!("with a {every} review that begins on {when}"),
                    None => format!("with a {every} review"),
                }
            }
            None => "without a review".to_owned(),
        },
    }
}

/// Returns true where what is not kept is how long it is until a date.
fn depends_on_today(breach: &Breach<'_>) -> bool {
    let dated = |access: &Access<'_>| {
        let failed = |key| breach.failed.contains(&key);
        let ends = matches!(access.rules.expires, Expiry::On(_));
        failed("expires") && ends || failed("review") && access.first_review.is_some()
    };
    breach.access.iter().any(dated)
}

/// Says why an invariant is about nothing.
fn about_nothing(desired: &Desired, verdict: &Verdict<'_>, idle: &Idle) -> Diagnostic {
    let invariant = verdict.invariant;
    let terms = invariant.terms();
    let packages = || match &terms.holds {
        Some(packages) => {
            let names = packages.iter().map(ToString::to_string);
            names.collect::<Vec<_>>().join(" and ")
        }
        None => match &terms.asks {
            Some(package) => package.to_string(),
            None => "what it is about".to_owned(),
        },
    };
    let (why, keys) = match idle {
        Idle::Nobody(keys) => (
            format!("nobody, for {}", nobody(desired, terms, keys)),
            keys.clone(),
        ),
        Idle::Programs(some) => {
            let packages = match &some[..] {
                [] => packages(),
                some => some.join(" and "),
            };
            (
                format!("nobody, for only programs have {packages}"),
                vec!["holds", "asks", "catalog", "resource"],
            )
        }
        Idle::Visitors => (
            "nobody, for rules give nothing to people without an account".to_owned(),
            vec!["requestors", "through"],
        ),
        Idle::Ways => {
            let through = match terms.ways()[..] {
                [Way::Automatic] => "gives it by rule",
                [Way::Direct] => "lets anybody assign it by hand",
                [Way::Request] => "lets anybody ask for it",
                _ => "gives it in such a way",
            };
            let why = format!("nothing, for no policy of {} {through}", packages());
            (why, vec!["through", "holds", "asks"])
        }
        Idle::Others => (
            format!("nothing, for the policies of {} are for others", packages()),
            vec!["requestors", "domain", "organization"],
        ),
        Idle::Ended => (
            format!(
                "nothing, for what the policies of {} give has ended",
                packages()
            ),
            vec!["holds", "asks", "catalog", "resource"],
        ),
        Idle::Bound(key) => {
            let why = match (&invariant.statement, *key, &terms.ways()[..]) {
                (_, "approvals", [Way::Automatic]) => {
                    "nothing, for what a rule gives has no approvals"
                }
                (Statement::Never(_), "approvals", _) => {
                    "nothing, for no policy has so many approvals"
                }
                (Statement::Never(_), ..) => "nothing, for no access is as short or as long",
                (Statement::Always(_), "approvals", _) => {
                    "nothing, for every policy has so many approvals"
                }
                (Statement::Always(_), ..) => "nothing, for all access is as short or as long",
            };
            (why.to_owned(), vec![*key])
        }
    };
    let message = format!("the invariant `{}` is about {why}", invariant.name);
    let mut written = invariant.stands.keys.iter();
    let place = written.find(|(key, _)| keys.contains(&&**key));
    let place = place.map_or(&invariant.stands.name, |(_, place)| place);
    Diagnostic::warning(code::IDLE_INVARIANT, message)
        .at(place.clone())
        .help("it holds whatever the tree says: take it out, or say what it is for")
}

/// Says why nobody fits some keys.
fn nobody(desired: &Desired, terms: &Terms, keys: &[&str]) -> String {
    let who: Vec<Who> = terms
        .requestors
        .iter()
        .flat_map(OneOrMore::iter)
        .copied()
        .collect();
    let only = |these: &[Who]| !who.is_empty() && who.iter().all(|one| these.contains(one));
    let said = |key: &str| keys.contains(&key);
    // Of what is not declared the reader was told already.
    let is_there = |glob: &&Glob| {
        let mut all = desired.objects().iter();
        all.any(|one| {
            one.address.kind() == Kind::Organization && glob.matches(one.address.own_name())
        })
    };
    let organizations = || {
        let globs = terms.organization.iter().flat_map(OneOrMore::iter);
        let names = globs
            .filter(is_there)
            .map(|glob| format!("organization/{glob}"));
        names.collect::<Vec<_>>()
    };
    let organization = || organizations().join(" or ");
    let are = |state: &str| {
        let names = organizations();
        let are = if names.len() == 1 { "is" } else { "are" };
        format!("{} {are} {state}", names.join(" and "))
    };
    match (said("requestors"), said("domain"), said("organization")) {
        (true, false, true) if only(&[Who::Internal]) => {
            "our own people are of no organization".to_owned()
        }
        (true, false, true) if only(&[Who::Unlisted]) => {
            "`unlisted` people are of no organization that is declared".to_owned()
        }
        (true, false, true) if only(&[Who::ProposedOrganizations]) => {
            are("configured, not proposed")
        }
        (true, false, true) if only(&[Who::ConfiguredOrganizations]) => {
            are("proposed, not configured")
        }
        (true, false, false) => "no organization of the tree is in that state".to_owned(),
        (false, false, true) => format!("nobody can prove to be of {}", organization()),
        (false, true, true) => {
            format!(
                "nobody with such an address can prove to be of {}",
                organization()
            )
        }
        _ => "no sort of people is all of that".to_owned(),
    }
}

/// Says what stands at the place of a policy.
fn note(access: &Access<'_>, breach: &Breach<'_>) -> String {
    match breach.failed.first() {
        Some(key) => format!("{} gives it {}", access.policy, failing(key, access)),
        None => format!("through {}", access.policy),
    }
}
