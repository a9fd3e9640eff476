//! Who decides from now on, and did not: sponsors of an organization that names others, whoever may ask for others, and whoever
//! comes into a group that is asked, or leaves one: approvers, reviewers, sponsors, and again whoever may ask for others.
//!
//! Whom a policy itself asks is told with its terms. Whoever decides about access has none by that, so it is *other*.

use std::collections::{BTreeMap, BTreeSet};

use super::delegated::row;
use super::row::Row;
use crate::impact::estate::Estate;
use crate::impact::people::class::Named;
use crate::impact::people::who::list;
use crate::impact::sides::Sides;
use crate::impact::spelling::Spelling;
use crate::impact::touched::Touched;
use crate::model::kinds::{Organization, Policy};
use crate::model::text::{Line, Principal};
use crate::model::{Address, Object};
use crate::plan::{Change, Plan};

/// What somebody may do about access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    Approve,
    Review,
    InternalSponsor,
    ExternalSponsor,
    AskForOthers,
    KeepForOthers,
    ReturnForOthers,
}

impl Deed {
    fn words(self, of: &[String]) -> String {
        let of = list(of);
        match self {
            Self::Approve => format!("approve requests for {of}"),
            Self::Review => format!("review who has {of}"),
            Self::InternalSponsor => format!("approve as internal sponsors of {of}"),
            Self::ExternalSponsor => format!("approve as external sponsors of {of}"),
            Self::AskForOthers => format!("ask for {of} for others"),
            Self::KeepForOthers => format!("keep {of} longer for others"),
            Self::ReturnForOthers => format!("give {of} back for others"),
        }
    }
}

/// What a row says before the deed: of the side before, and of the side after.
pub(super) const VERBS: [&str; 2] = ["may no longer", "may"];

/// Returns a row for whoever comes to decide something by a plan, and whoever no longer does.
pub(super) fn rows(
    plan: &Plan,
    sides: &Sides<'_>,
    estates: [&Estate<'_>; 2],
    touched: &Touched,
) -> Vec<Row> {
    let mut rows = named(plan, sides, estates);
    if touched.is_meaning_the_same() {
        return rows;
    }
    let mut asking: BTreeSet<Address> = BTreeSet::new();
    sides.each(&mut |address, object| {
        if matches!(object, Object::Policy(_) | Object::Organization(_)) {
            let _ = asking.insert(address.clone());
        }
    });
    let mut found: [BTreeMap<(Meant, Deed), BTreeSet<String>>; 2] = Default::default();
    for address in &asking {
        let (before, after) = sides.both(address);
        let of = address.parent();
        let of = of.as_ref().unwrap_or(address).to_string();
        let lists = [before, after].map(groups);
        for at in 0..VERBS.len() {
            for (deed, name) in &lists[at] {
                let stays = lists[1 - at].contains(&(*deed, *name));
                for meant in meant_only_on(at, (name, stays), estates, touched) {
                    let all = found[at].entry((meant, *deed)).or_default();
                    let _ = all.insert(of.clone());
                }
            }
        }
    }
    for (at, verb) in VERBS.into_iter().enumerate() {
        for ((meant, deed), of) in &found[at] {
            // Whoever decides by one group before and by another after decides as before.
            let other = found[1 - at].get(&(meant.clone(), *deed));
            let of = of
                .iter()
                .filter(|it| !other.is_some_and(|other| other.contains(*it)));
            let of: Vec<String> = of.cloned().collect();
            if !of.is_empty() {
                let changes = because(at, &meant.named, plan, touched);
                let named = vec![meant.words.clone()];
                rows.push(row(changes, named, verb, &deed.words(&of)));
            }
        }
    }
    rows
}

/// Somebody whom a list means by a group that it names, and how the directory writes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Meant {
    pub(super) named: Named,
    pub(super) words: String,
}

/// Returns who is meant by a group in a list on one side and not by it on the other: whoever comes into it or leaves it, and
/// everybody in it where a list that goes on naming it means another group then.
pub(super) fn meant_only_on(
    at: usize,
    (name, stays): (&Line, bool),
    estates: [&Estate<'_>; 2],
    touched: &Touched,
) -> Vec<Meant> {
    let called = estates.map(|side| side.called(name));
    let groups = called.map(str::to_lowercase);
    let mut found = touched.moves().only_on(at, &groups[at]);
    if stays && groups[0] != groups[1] {
        found.push(Named::Group(groups[at].clone()));
    }
    let found = found.into_iter().map(|named| Meant {
        words: named.spelled(called[at]).to_string(),
        named,
    });
    found.collect()
}

/// Returns the changes that make somebody be meant by a group on one side only.
pub(super) fn because<'p>(
    at: usize,
    named: &Named,
    plan: &'p Plan,
    touched: &Touched,
) -> impl Iterator<Item = &'p Change> {
    let mut because = touched.moves().because(named);
    if let Named::Group(name) = named {
        let other = touched.regrouped.iter();
        let other = other.filter(|(_, groups)| groups.get(at) == Some(name));
        because.extend(other.map(|(address, _)| address.clone()));
    }
    let changes = plan.changes.iter();
    changes.filter(move |change| because.contains(&change.address))
}

/// Returns a row for those whom organizations and policies that stay name from now on, and for those whom they name no longer:
/// sponsors, and whoever may ask for others.
fn named(plan: &Plan, sides: &Sides<'_>, estates: [&Estate<'_>; 2]) -> Vec<Row> {
    type Of<'p> = (Vec<&'p Change>, Vec<String>);
    let mut found: BTreeMap<(usize, Deed, Vec<String>), Of<'_>> = BTreeMap::new();
    for change in &plan.changes {
        let (Some(old), Some(new)) = sides.both(&change.address) else {
            continue;
        };
        let mut lists = [old, new].map(|side| {
            let mut lists: BTreeMap<Deed, BTreeSet<Principal>> = BTreeMap::new();
            each(Some(side), &mut |deed, principal| {
                if !matches!(deed, Deed::Approve | Deed::Review) {
                    let _ = lists.entry(deed).or_default().insert(principal.clone());
                }
            });
            lists
        });
        let everybody =
            |at: usize| -> BTreeSet<Principal> { lists[at].values().flatten().cloned().collect() };
        let spelling = Spelling::between(estates, &everybody(0), &everybody(1));
        for (side, spelling) in lists.iter_mut().zip(&spelling) {
            for people in side.values_mut() {
                *people = people.iter().map(|it| spelling.written(it)).collect();
            }
        }
        let parent = change.address.parent();
        let address = parent.as_ref().unwrap_or(&change.address).to_string();
        for at in 0..VERBS.len() {
            for (deed, people) in &lists[at] {
                let other = lists[1 - at].get(deed);
                let people = people
                    .iter()
                    .filter(|it| !other.is_some_and(|other| other.contains(*it)));
                let people: Vec<String> = people.map(ToString::to_string).collect();
                if !people.is_empty() {
                    let of = found.entry((at, *deed, people)).or_default();
                    of.0.push(change);
                    of.1.push(address.clone());
                }
            }
        }
    }
    let rows = found
        .into_iter()
        .map(|((at, deed, people), (changes, of))| {
            row(changes.into_iter(), people, VERBS[at], &deed.words(&of))
        });
    rows.collect()
}

/// Returns the groups that decide something by an object.
fn groups(side: Option<&Object>) -> BTreeSet<(Deed, &Line)> {
    let mut found = BTreeSet::new();
    each(side, &mut |deed, principal| {
        if let Principal::Group(name) = principal {
            let _ = found.insert((deed, name));
        }
    });
    found
}

/// Shows everybody who decides something by an object.
fn each<'o>(side: Option<&'o Object>, see: &mut dyn FnMut(Deed, &'o Principal)) {
    match side {
        Some(Object::Policy(policy)) => by_policy(policy, see),
        Some(Object::Organization(organization)) => sponsors(organization, see),
        _ => {}
    }
}

fn by_policy<'o>(policy: &'o Policy, see: &mut dyn FnMut(Deed, &'o Principal)) {
    for stage in &policy.approval.stages {
        let mut lists = vec![&stage.approvers, &stage.fallback];
        if let Some(escalation) = &stage.escalation {
            lists.extend([&escalation.approvers, &escalation.fallback]);
        }
        for principal in lists.into_iter().flat_map(|list| list.iter()) {
            see(Deed::Approve, principal);
        }
    }
    if let Some(review) = &policy.review {
        for principal in review.reviewers.iter().chain(review.fallback.iter()) {
            see(Deed::Review, principal);
        }
    }
    if let Some(on_behalf) = &policy.on_behalf {
        for (deed, may) in [
            (Deed::AskForOthers, on_behalf.add && policy.requests.enabled),
            (
                Deed::KeepForOthers,
                on_behalf.update && policy.extension.allowed,
            ),
            (Deed::ReturnForOthers, on_behalf.remove),
        ] {
            let people = on_behalf.requestors.iter().filter(|_| may);
            people.for_each(|principal| see(deed, principal));
        }
    }
}

fn sponsors<'o>(organization: &'o Organization, see: &mut dyn FnMut(Deed, &'o Principal)) {
    let sponsors = &organization.sponsors;
    for (deed, people) in [
        (Deed::InternalSponsor, &sponsors.internal),
        (Deed::ExternalSponsor, &sponsors.external),
    ] {
        people.iter().for_each(|principal| see(deed, principal));
    }
}
