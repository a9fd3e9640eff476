//! What a plan touches of that which decides about access, so that only this is compared.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::Timestamp;

use super::estate::Estate;
use super::holding::Holdings;
use super::moving::{Moves, Moving};
use super::offer::Offer;
use super::sides::Sides;
use crate::governance::people::is_closed;
use crate::model::kinds::policy::Requestors;
use crate::model::kinds::{Incompatible, Organization, Origin, Resource};
use crate::model::text::{Domain, Line, Principal};
use crate::model::{Address, Kind, Name, Object, canonical};
use crate::plan::{Delta, Plan};

/// What a plan touches.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// Packages of which something changes, by name.
    pub(super) packages: BTreeSet<String>,
    /// Whether something changes that tells people from outside apart.
    pub(super) outside: bool,
    /// Whether the domains of our own people are others.
    pub(super) own: bool,
    /// Groups that have other members than before, by name in lower case.
    pub(super) moving: BTreeMap<String, Moving>,
    /// Groups with a rule that have the same members as before, by name in lower case.
    pub(super) ruled: BTreeMap<String, Moving>,
    /// Packages whose holders are others, or in other groups.
    pub(super) holdings: Holdings,
    /// Resources that stand for another group: the group that a list means by its name before, and after, in lower case.
    pub(super) regrouped: Vec<(Address, [String; 2])>,
    /// Resources that are something else than before, by name, with what they are in words.
    pub(super) replaced: BTreeMap<String, (Address, String)>,
    /// Resources that take guests and took none, or the other way round, by name.
    pub(super) opened: BTreeSet<String>,
    /// Every change that decides about access.
    pub(super) decisive: HashSet<Address>,
}

impl Touched {
    /// Returns what a plan touches; `own` are the domains of our own people, before and after; `now` is when somebody would ask.
    pub(super) fn by(plan: &Plan, sides: &Sides<'_>, own: [&[Domain]; 2], now: Timestamp) -> Self {
        let mut touched = Self {
            outside: own[0] != own[1],
            own: own[0] != own[1],
            ..Self::default()
        };
        let (mut catalogs, mut groups) = (BTreeSet::new(), BTreeSet::new());
        let mut resources = BTreeSet::new();
        for change in &plan.changes {
            let address = &change.address;
            let (before, after) = sides.both(address);
            let decides = match before.or(after) {
                None => false,
                Some(Object::Package(_)) => {
                    let _ = touched.packages.insert(address.own_name().to_owned());
                    true
                }
                Some(Object::Policy(_)) => {
                    let package = address.name().split('/').next().unwrap_or_default();
                    let _ = touched.packages.insert(package.to_owned());
                    true
                }
                Some(Object::Catalog(_)) => {
                    let differs = open(before) != open(after);
                    if differs {
                        let _ = catalogs.insert(address.own_name().to_owned());
                    }
                    differs
                }
                Some(Object::Resource(_)) => {
                    let is_let_go = matches!(change.delta, Delta::Forget { .. });
                    let moving = Moving::of(address, [before, after], is_let_go);
                    let stands = |side: Option<&Object>| (group(side), takes_guests(side));
                    let is_same = stands(before) == stands(after);
                    if !is_same {
                        let _ = resources.insert(address.own_name().to_owned());
                    }
                    if let Some(words) = another([before, after]) {
                        let name = address.own_name().to_owned();
                        let _ = touched.replaced.insert(name, (address.clone(), words));
                    }
                    let own = address.own_name().to_lowercase();
                    let meant = [before, after].map(|it| group(it).unwrap_or_else(|| own.clone()));
                    if meant[0] != meant[1] {
                        touched.regrouped.push((address.clone(), meant));
                    }
                    let open = |side: Option<&Object>| matches!(side, Some(Object::Resource(it)) if it.guests);
                    let is_opened =
                        before.is_some() && after.is_some() && open(before) != open(after);
                    if is_opened {
                        let _ = touched.opened.insert(address.own_name().to_owned());
                    }
                    let differs = !is_same || moving.is_some();
                    if differs {
                        let _ = groups.insert(own);
                        // Lists may name the directory's group itself.
                        groups.extend([before, after].into_iter().filter_map(group));
                    }
                    touched.moving.extend(moving);
                    differs || is_opened
                }
                Some(Object::Organization(_)) => {
                    let differs = told(before) != told(after);
                    touched.outside |= differs;
                    differs
                }
                Some(Object::CrossTenant(_)) => {
                    let closed = |side: Option<&Object>| matches!(side, Some(Object::CrossTenant(it)) if is_closed(it));
                    let differs = closed(before) != closed(after);
                    touched.outside |= differs;
                    differs
                }
                Some(Object::Domains(_)) => {
                    let list = |side: Option<&Object>| match side {
                        Some(Object::Domains(list)) => canonical(list),
                        _ => String::new(),
                    };
                    let differs = list(before) != list(after);
                    touched.outside |= differs;
                    differs
                }
                Some(Object::Collaboration(_)) => {
                    let sends = |side: Option<&Object>| !matches!(side, Some(Object::Collaboration(it)) if it.one_time_passcode == Some(false));
                    let differs = sends(before) != sends(after);
                    touched.outside |= differs;
                    differs
                }
                Some(
                    Object::ExternalUsers(_) | Object::TermsOfUse(_) | Object::Administrators(_),
                ) => false,
            };
            if decides {
                let _ = touched.decisive.insert(address.clone());
            }
        }
        touched.holdings = Holdings::by(plan, sides, &resources, now);
        let along = !touched.replaced.is_empty()
            || !touched.opened.is_empty()
            || !touched.holdings.is_nothing();
        if along || !catalogs.is_empty() || !groups.is_empty() {
            touched.along(sides, &catalogs, &groups);
        }
        touched.learn_excluding(sides);
        touched.learn_rules(sides);
        touched
    }

    /// Returns whom the plan makes others.
    pub(super) const fn moves(&self) -> Moves<'_> {
        Moves {
            groups: &self.moving,
            ruled: &self.ruled,
            holdings: &self.holdings,
        }
    }

    /// Returns true when nothing decides otherwise than before.
    pub(super) fn is_nothing(&self) -> bool {
        self.packages.is_empty() && !self.outside
    }

    /// Returns the packages of which answers may differ, in order of names, and whether something of each itself changes.
    pub(super) fn compared<'t>(&self, sides: [&Estate<'t>; 2]) -> Vec<(&'t str, bool)> {
        let offers = sides.iter().flat_map(|side| side.offers());
        let names: BTreeSet<&str> = offers.map(|offer| offer.address.own_name()).collect();
        // Whom settings shut out cannot ask for what is offered in the directory either.
        let shuts = sides.iter().any(|side| side.shuts());
        // Neither can whoever is at a domain that looks like a known one, where nobody approves.
        let [before, after] = &sides;
        let resembles = !before.is_known_to(after) || !after.is_known_to(before);
        let is_concerned = |offer: &Offer<'_>| {
            let within = shuts || resembles && offer.is_given_unasked();
            offer.is_outside() || within && offer.is_asked_within()
        };
        let found = names.into_iter().filter_map(|name| {
            let own = self.packages.contains(name);
            let mut offers = sides.iter().filter_map(|side| side.offer(name));
            (own || self.outside && offers.any(is_concerned)).then_some((name, own))
        });
        found.collect()
    }

    /// Returns true where every group in a list means the same people as before.
    pub(super) fn is_meaning_the_same(&self) -> bool {
        self.moves().is_still() && self.regrouped.is_empty()
    }

    /// Learns what groups people are in who hold what excludes a package that is touched.
    fn learn_excluding(&mut self, sides: &Sides<'_>) {
        if sides.is_first {
            return;
        }
        let mut excluding = BTreeSet::new();
        for name in self
            .packages
            .iter()
            .filter_map(|name| Name::parse(name).ok())
        {
            let (old, new) = sides.both(&Address::new(Kind::Package, &name));
            for side in [old, new].into_iter().flatten() {
                let Object::Package(package) = side else {
                    continue;
                };
                let others = package.incompatible_with.iter();
                excluding.extend(others.filter_map(|other| match other {
                    Incompatible::Package(name) => Some(Address::new(Kind::Package, name)),
                    Incompatible::Group(_) => None,
                }));
            }
        }
        self.holdings.add(sides, excluding);
    }

    /// Learns who is in the groups with a rule that stays.
    fn learn_rules(&mut self, sides: &Sides<'_>) {
        sides.each(&mut |address, object| {
            let is_there = |name: &String| {
                let (old, new) = sides.both(address);
                let mut both = [old, new].into_iter();
                both.all(|side| {
                    let ruled = side.and_then(|object| Moving::ruled(address, object));
                    ruled.is_some_and(|(other, _)| other == *name)
                })
            };
            if let Some((name, members)) = Moving::ruled(address, object)
                && !self.moving.contains_key(&name)
                && is_there(&name)
            {
                let _ = self.ruled.insert(name, members);
            }
        });
    }

    /// Adds the packages of catalogs, those whose policies name groups, and those that grant resources.
    fn along(&mut self, sides: &Sides<'_>, catalogs: &BTreeSet<String>, groups: &BTreeSet<String>) {
        // By the resource that it is, or by its own name.
        let group_of = |name: &Line| {
            let resource = Name::parse(name.as_str()).ok();
            let resource = resource.map(|name| Address::new(Kind::Resource, &name));
            let both = resource.map(|address| sides.both(&address));
            both.map(|(old, new)| [old, new].map(group))
        };
        let (holdings, replaced, opened) = (&self.holdings, &self.replaced, &self.opened);
        let is_touched = |name: &Line| {
            let own = name.as_str().to_lowercase();
            let of = group_of(name).into_iter().flatten().flatten();
            let mut granted = of.chain([own.clone()]);
            groups.contains(&own) || granted.any(|group| holdings.is_granted(&group))
        };
        let mut packages = BTreeSet::new();
        let names =
            |principal: &Principal| matches!(principal, Principal::Group(name) if is_touched(name));
        sides.each(&mut |address, object| match object {
            Object::Package(package) => {
                let excluded = package.incompatible_with.iter().any(|other| match other {
                    Incompatible::Group(name) => is_touched(name),
                    Incompatible::Package(name) => holdings.get(name.as_str()).is_some(),
                });
                let mut granted = package.grants.keys();
                let grants = granted.any(|name| {
                    replaced.contains_key(name.as_str()) || opened.contains(name.as_str())
                });
                if excluded || grants || catalogs.contains(package.catalog.as_str()) {
                    let _ = packages.insert(address.own_name().to_owned());
                }
            }
            Object::Policy(policy) => {
                if let Requestors::People(people) = &policy.requestors
                    && people.iter().any(names)
                {
                    let package = address.name().split('/').next().unwrap_or_default();
                    let _ = packages.insert(package.to_owned());
                }
            }
            _ => {}
        });
        self.packages.append(&mut packages);
    }
}

/// Returns whether a catalog is published, and open to people from outside.
fn open(side: Option<&Object>) -> Option<(bool, bool)> {
    match side {
        Some(Object::Catalog(catalog)) => Some((catalog.published, catalog.externally_visible)),
        _ => None,
    }
}

/// Returns the group of the directory that a resource is.
fn group(side: Option<&Object>) -> Option<String> {
    match side {
        Some(Object::Resource(resource)) => match resource.origin() {
            Some((Origin::Group | Origin::Team, name)) => Some(name.to_lowercase()),
            _ => None,
        },
        _ => None,
    }
}

/// Returns whether guests are let into the group that a resource is.
fn takes_guests(side: Option<&Object>) -> Option<bool> {
    match side {
        Some(Object::Resource(resource)) if resource.has_members() => Some(resource.guests),
        _ => None,
    }
}

/// Returns what a resource is and was, in words, where it was something else.
fn another([before, after]: [Option<&Object>; 2]) -> Option<String> {
    let (Some(Object::Resource(old)), Some(Object::Resource(new))) = (before, after) else {
        return None;
    };
    let (was, is) = (old.origin()?, new.origin()?);
    let words = |(origin, name): (Origin, &str)| format!("{} {name}", origin.key());
    // A group that is called a team is the same group.
    let is_group = group(before).is_some() && group(before) == group(after);
    if was != is && !is_group {
        return Some(format!("{} instead of {}", words(is), words(was)));
    }
    let id = |resource: &Resource| resource.id.as_ref().map(ToString::to_string);
    (id(old) != id(new)).then(|| format!("{}, by another id", words(is)))
}

/// Returns what an organization is told by.
fn told(side: Option<&Object>) -> Option<String> {
    let Some(Object::Organization(organization)) = side else {
        return None;
    };
    let Organization {
        state,
        tenant,
        domains,
        federation,
        social,
        ..
    } = organization;
    Some(canonical(&(state, tenant, domains, federation, social)))
}
