//! Whom the policies and exclusions of a package name, those of one standing together.

use std::collections::{BTreeMap, BTreeSet};

use super::census::Census;
use super::class::Named;
use crate::impact::offer::Offer;
use crate::model::kinds::Incompatible;
use crate::model::kinds::policy::Requestors;

/// Where lists name somebody: a side, a policy of it, and whether that is so for members or for guests.
type Standing = BTreeSet<(usize, usize, bool)>;

/// The list of what excludes a package: the last of all policies.
const EXCLUDED: usize = usize::MAX;

/// The people, groups and holders of packages that the sides of a package name.
pub(super) struct Names {
    /// Groups and holders, one standing or two of them together.
    pub(super) groups: Vec<Vec<Vec<Named>>>,
    /// Groups and holders, one standing each.
    pub(super) single: Vec<Vec<Named>>,
    /// People of one standing and one domain, of whom the same is known.
    pub(super) users: Vec<Vec<Named>>,
    /// The names of which rules say whose they are: groups with a rule, and whoever gets a package that nothing excludes.
    pub(super) told: Vec<Named>,
}

/// Each of those whom lists name, with their standing.
type Listed = BTreeMap<Named, Standing>;

impl Names {
    /// Returns whom the sides of a package name.
    pub(super) fn of(census: &Census<'_, '_>, offers: &[Option<&Offer<'_>>]) -> Self {
        let listed = listed(census, offers);
        let moved = moved(census, &listed);
        let told = census.moves.into_iter().flat_map(|moves| {
            let ways = moved.values().flatten().map(|(named, _)| named);
            let all = listed.keys().chain(ways);
            all.filter(move |named| moves.is_told(named)).cloned()
        });
        let told = told.collect();
        let mut groups: BTreeMap<Standing, Vec<Named>> = BTreeMap::new();
        // Of each group, or of those of one standing: the ways of being in it.
        let mut units: Vec<Vec<Vec<Named>>> = Vec::new();
        let mut users: BTreeMap<(Standing, String), Vec<Named>> = BTreeMap::new();
        let is_moving = |name: &String| {
            census
                .moves
                .is_some_and(|moves| moves.groups.contains_key(name))
        };
        let mut granted: Vec<(Standing, Named)> = Vec::new();
        for (named, standing) in &listed {
            match named {
                Named::User(mail) => {
                    let key = (standing.clone(), mail.domain().to_owned());
                    users.entry(key).or_default().push(named.clone());
                }
                Named::Group(name) if is_moving(name) => {
                    let ways = [Named::Group, Named::Joining, Named::Leaving];
                    units.push(ways.map(|way| vec![way(name.clone())]).into());
                }
                // Told with its groups.
                Named::Holder(name) if moved.contains_key(name) => {}
                named => groups
                    .entry(standing.clone())
                    .or_default()
                    .push(named.clone()),
            }
        }
        for ways in moved.into_values() {
            match ways.as_slice() {
                [(named, standing)] => granted.push((standing.clone(), named.clone())),
                // Nobody takes two courses with one package.
                _ => units.push(ways.into_iter().map(|(named, _)| vec![named]).collect()),
            }
        }
        let mut comers: BTreeMap<Standing, Vec<Named>> = BTreeMap::new();
        for (standing, named) in granted {
            let moves = census.moves;
            if moves.is_some_and(|moves| !moves.because(&named).is_empty()) {
                // They come into a group or leave it only now, for a reason of their own.
                comers.entry(standing).or_default().push(named);
                continue;
            }
            // Whoever is in a group by a package is in that group: nothing more is to be told of them.
            let is_listed = listed.contains_key(&named);
            if is_listed
                || !groups
                    .get(&standing)
                    .is_some_and(|alike| holds_group(alike))
            {
                groups.entry(standing).or_default().push(named);
            }
        }
        units.extend(comers.into_values().map(|alike| vec![alike]));
        units.extend(groups.into_values().map(|alike| vec![alike]));
        let single: Vec<Vec<Named>> = units.iter().flatten().cloned().collect();
        let mut all: Vec<Vec<Vec<Named>>> = single.iter().map(|one| vec![one.clone()]).collect();
        for (at, unit) in units.iter().enumerate() {
            for other in units.iter().skip(at + 1).flatten() {
                all.extend(unit.iter().map(|one| {
                    let mut both = vec![one.clone(), other.clone()];
                    both.sort();
                    both
                }));
            }
        }
        Self {
            groups: all,
            single,
            users: users
                .into_values()
                .flat_map(|alike| census.by_directory(alike))
                .collect(),
            told,
        }
    }
}

fn holds_group(alike: &[Named]) -> bool {
    alike.iter().any(|named| matches!(named, Named::Group(_)))
}

/// Returns whom policies and exclusions name themselves.
fn listed(census: &Census<'_, '_>, offers: &[Option<&Offer<'_>>]) -> Listed {
    let mut listed = Listed::new();
    let mut add = |named: Named, at: usize, list: usize| {
        let of = listed.entry(named).or_default();
        of.extend([(at, list, false), (at, list, true)]);
    };
    for (at, (side, offer)) in census.sides.iter().zip(offers).enumerate() {
        let Some(offer) = offer else { continue };
        for (policy, (_, rules)) in offer.policies.iter().enumerate() {
            if let Requestors::People(people) = &rules.requestors {
                let named = people.iter().filter_map(|it| Named::of(it, side));
                named.for_each(|named| add(named, at, policy));
            }
        }
        for other in &offer.package.incompatible_with {
            match other {
                Incompatible::Group(name) => add(Named::Group(side.group(name)), at, EXCLUDED),
                Incompatible::Package(name) if side.offer(name.as_str()).is_some() => {
                    add(Named::Holder(name.to_string()), at, EXCLUDED);
                }
                Incompatible::Package(_) => {}
            }
        }
    }
    listed
}

/// Returns the packages that a plan is about and that make somebody be meant: for each the courses that people take with it,
/// and their standing.
fn moved(census: &Census<'_, '_>, listed: &Listed) -> BTreeMap<String, Vec<(Named, Standing)>> {
    let Some(moves) = census.moves.filter(|moves| !moves.holdings.is_nothing()) else {
        return BTreeMap::new();
    };
    let mut packages: BTreeSet<&String> = BTreeSet::new();
    for named in listed.keys() {
        match named {
            Named::Group(name) => packages.extend(moves.holdings.granting(name)),
            Named::Holder(name) if moves.holdings.get(name).is_some() => {
                let _ = packages.insert(name);
            }
            _ => {}
        }
    }
    let mut found = BTreeMap::new();
    for package in packages {
        let Some(holding) = moves.holdings.get(package) else {
            continue;
        };
        let excluded = listed.get(&Named::Holder(package.clone()));
        let ways = holding.courses().filter_map(|course| {
            let excluded = excluded.into_iter().flatten();
            let excluded = excluded.filter(|(at, ..)| course.has(*at));
            let mut standing: Standing = excluded.copied().collect();
            if let Some(other) = holding.holds_besides(course) {
                let other = listed.get(&Named::Holder(other.clone()));
                standing.extend(other.into_iter().flatten().copied());
            }
            for (at, is_member) in [(0, false), (0, true), (1, false), (1, true)] {
                for group in holding.groups(course, at, is_member) {
                    let of = listed.get(&Named::Group(group.clone()));
                    let of = of.into_iter().flatten();
                    standing.extend(of.filter(|it| (it.0, it.2) == (at, is_member)));
                }
            }
            let named = course.named(package);
            (!standing.is_empty()).then_some((named, standing))
        });
        let ways: Vec<(Named, Standing)> = ways.collect();
        if !ways.is_empty() {
            found.insert(package.clone(), ways);
        }
    }
    found
}
