//! Who looks after what from now on: roles of the tenant and of catalogs that people and groups get or lose.
//!
//! Whoever has such a role may be able to give access, and has none by it: that is *other*, never wider.

use std::collections::BTreeSet;

use super::deciding::{Meant, VERBS, because, meant_only_on};
use super::row::{Because, Difference, Row};
use crate::impact::estate::Estate;
use crate::impact::people::called;
use crate::impact::people::said::Said;
use crate::impact::people::who::Who;
use crate::impact::sides::Sides;
use crate::impact::spelling::Spelling;
use crate::impact::touched::Touched;
use crate::model::kinds::{Administrators, Catalog, Inviters};
use crate::model::text::{Line, Principal};
use crate::model::{Address, Kind, Object};
use crate::plan::{Change, Plan};

/// A role and those who have it.
type Office<'o> = (&'static str, BTreeSet<&'o Principal>);

/// Returns a row for whoever comes into a group that has a role, or leaves one: holders of a package, whom the rule of the
/// group makes others, and everybody in it where the list means another group.
pub(super) fn by_group(
    plan: &Plan,
    sides: &Sides<'_>,
    estates: [&Estate<'_>; 2],
    touched: &Touched,
) -> Vec<Row> {
    let mut offices: BTreeSet<Address> = BTreeSet::new();
    if !touched.is_meaning_the_same() {
        sides.each(&mut |address, object| {
            if matches!(object, Object::Administrators(_) | Object::Catalog(_)) {
                let _ = offices.insert(address.clone());
            }
        });
    }
    let mut rows = Vec::new();
    for address in &offices {
        let (before, after) = sides.both(address);
        let found = [before, after].map(self::offices);
        let groups = |at: usize, key: &str| -> BTreeSet<&Line> {
            let people = found[at].iter().filter(|(other, _)| *other == key);
            let people = people.flat_map(|(_, people)| people);
            let groups = people.filter_map(|it| match it {
                Principal::Group(name) => Some(name),
                _ => None,
            });
            groups.collect()
        };
        let meant = |at: usize, key: &str| -> BTreeSet<Meant> {
            let others = groups(1 - at, key);
            let names = groups(at, key).into_iter();
            let named = names.flat_map(|name| {
                let stays = others.contains(name);
                meant_only_on(at, (name, stays), estates, touched)
            });
            named.collect()
        };
        for at in [1, 0] {
            for (key, _) in &found[at] {
                for meant in &meant(at, key) - &meant(1 - at, key) {
                    let changes = because(at, &meant.named, plan, touched);
                    let of = words(key, address);
                    rows.push(row(changes, vec![meant.words], VERBS[at], &of));
                }
            }
        }
    }
    rows
}

/// Returns a row for people who may invite guests by a plan because the tenant lets them, and for those who may no longer.
pub(super) fn inviting(plan: &Plan, sides: &Sides<'_>) -> Vec<Row> {
    // What the tenant's setting was before there was a project is not known.
    let changes = plan.changes.iter().filter(|_| !sides.is_first);
    let rows = changes.filter(|change| change.address.kind() == Kind::Collaboration);
    let rows = rows.flat_map(|change| {
        let [was, is] = inviters(sides).map(Option::unwrap_or_default);
        let whom = |some: Inviters, others: Inviters| -> Vec<String> {
            let all = INVITED
                .iter()
                .filter(|(setting, _)| some <= *setting && *setting < others);
            all.map(|(_, words)| (*words).to_owned()).collect()
        };
        let more = [(VERBS[1], whom(is, was)), (VERBS[0], whom(was, is))].into_iter();
        let more = more.filter(|(_, people)| !people.is_empty());
        more.map(move |(verb, people)| {
            // Words of ours, and no names.
            let said: Vec<Said> = people.iter().map(|it| it.as_str().into()).collect();
            told(std::iter::once(change), people, &said, verb, INVITE)
        })
    });
    rows.collect()
}

/// Who may invite by a setting, beside those who may by the settings after it.
const INVITED: [(Inviters, &str); 3] = [
    (Inviters::Everyone, "guests"),
    (Inviters::Members, "members"),
    (Inviters::Inviters, "administrators and guest inviters"),
];

const INVITE: &str = "invite guests";

/// Returns who may invite guests, on both sides; `None` where no tree says so.
fn inviters(sides: &Sides<'_>) -> [Option<Inviters>; 2] {
    let (old, new) = sides.both(&Address::singleton(Kind::Collaboration));
    [old, new].map(|side| match side {
        Some(Object::Collaboration(settings)) => settings.invitations,
        _ => None,
    })
}

/// Returns false for a role that lets somebody do no more than everyone may, or than nobody may.
fn is_a_right(key: &str, setting: Option<Inviters>) -> bool {
    key != "inviters" || !matches!(setting, Some(Inviters::Everyone | Inviters::Nobody))
}

/// Returns a row for everybody who gets a role by a plan, and for everybody who loses one.
pub(super) fn rows(plan: &Plan, sides: &Sides<'_>, estates: [&Estate<'_>; 2]) -> Vec<Row> {
    let mut rows = Vec::new();
    let settings = inviters(sides);
    let is_told = |key: &str| settings.iter().all(|setting| is_a_right(key, *setting));
    for change in &plan.changes {
        let (before, after) = sides.both(&change.address);
        let (was, is) = (offices(before), offices(after));
        let names = was.iter().chain(&is).map(|(key, _)| *key);
        let mut seen = BTreeSet::new();
        for key in names.filter(|key| seen.insert(*key) && is_told(key)) {
            let of = |side: &[Office<'_>]| -> BTreeSet<Principal> {
                let people = side.iter().filter(|(other, _)| *other == key);
                people
                    .flat_map(|(_, people)| people)
                    .map(|it| (*it).clone())
                    .collect()
            };
            let (was, is) = (of(&was), of(&is));
            let spelling = Spelling::between(estates, &was, &is);
            let [was, is] = [was, is].map(|side| side.into_iter());
            let was: BTreeSet<Principal> = was.map(|it| spelling[0].written(&it)).collect();
            let is: BTreeSet<Principal> = is.map(|it| spelling[1].written(&it)).collect();
            let office = words(key, &change.address);
            for (verb, people) in [
                (VERBS[1], is.difference(&was)),
                (VERBS[0], was.difference(&is)),
            ] {
                let people: Vec<String> = people.map(ToString::to_string).collect();
                if !people.is_empty() {
                    rows.push(row(std::iter::once(change), people, verb, &office));
                }
            }
        }
    }
    rows
}

/// Returns a row about people who may do something from now on, or no longer.
pub(super) fn row<'p>(
    changes: impl Iterator<Item = &'p Change>,
    named: Vec<String>,
    verb: &str,
    office: &str,
) -> Row {
    let said: Vec<Said> = named.iter().map(|name| called::named(name)).collect();
    told(changes, named, &said, verb, office)
}

/// As [`row`], with how people are called in a sentence.
fn told<'p>(
    changes: impl Iterator<Item = &'p Change>,
    named: Vec<String>,
    said: &[Said],
    verb: &str,
    office: &str,
) -> Row {
    let because = changes.map(|change| Because::of(&change.address, change.origin.as_ref()));
    Row {
        kind: Difference::Other,
        who: Who {
            named,
            ..Who::said(Said::joined(said, "and"))
        },
        packages: Vec::new(),
        text: format!("{verb} {office}"),
        before: Vec::new(),
        after: Vec::new(),
        because: because.collect(),
    }
}

fn offices(side: Option<&Object>) -> Vec<Office<'_>> {
    match side {
        Some(Object::Administrators(roles)) => tenant(roles),
        Some(Object::Catalog(catalog)) => of_catalog(catalog),
        _ => Vec::new(),
    }
}

fn tenant(roles: &Administrators) -> Vec<Office<'_>> {
    let each = roles.each().into_iter();
    each.map(|(key, people)| (key, people.iter().flatten().collect()))
        .collect()
}

fn of_catalog(catalog: &Catalog) -> Vec<Office<'_>> {
    let each = catalog.roles.each().into_iter();
    each.map(|(key, people)| (key, people.iter().collect()))
        .collect()
}

/// Returns what a role lets somebody do.
fn words(key: &str, of: &Address) -> String {
    match key {
        "governance" => "do everything in entitlement management".to_owned(),
        "organizations" => "look after organizations".to_owned(),
        "catalogCreators" => "make catalogs".to_owned(),
        "users" => "manage people from outside and their accounts".to_owned(),
        "inviters" => INVITE.to_owned(),
        "owners" => format!("do everything in {of}, assignments included"),
        "packageManagers" => format!("make packages and policies in {of}"),
        "assignmentManagers" => format!("assign and remove people in {of}"),
        _ if of.kind() == Kind::Catalog => format!("see everything in {of}"),
        _ => "see everything".to_owned(),
    }
}
