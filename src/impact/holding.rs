//! Packages of which a plan decides otherwise than before what groups their holders are in, or who holds them: packages that
//! grant other groups, or come or go, and those that a rule gives to others.
//!
//! Whoever holds a package is a member of the groups that it grants a role of, whichever role that is: policies that name such
//! a group cover them, and packages that exclude it are closed to them. A plan looks one step far: what somebody could ask for
//! once they have asked for something else is not theirs yet.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::access::has_ended;
use super::people::class::Named;
use super::sides::Sides;
use crate::governance::rule::{Rule, is_possible};
use crate::model::kinds::policy::{Automatic, Requestors};
use crate::model::kinds::{Incompatible, Origin, Package, Policy, Resource};
use crate::model::{Address, Kind, Name, Object};
use crate::plan::{Action, Plan};

/// A package and what a plan does to whoever holds it.
#[derive(Debug)]
pub(super) struct Holding {
    /// The groups that its holders are in by it, in lower case, before and after: guests, and members of the directory.
    groups: [[BTreeSet<String>; 2]; 2],
    /// The groups of guests who come to hold it only after, where they are fewer than those of guests who held it before.
    fewer: Option<BTreeSet<String>>,
    /// The changes by which its holders are in other groups.
    because: BTreeSet<Address>,
    /// Those who lose it by the apply itself.
    lost: Option<Turn>,
    /// Those who get it by the apply itself.
    got: Option<Turn>,
}

/// People of a package who are others after a plan.
#[derive(Debug)]
struct Turn {
    /// The rules that tell who they are, and whether they match.
    rules: Vec<(Rule, bool)>,
    because: BTreeSet<Address>,
    /// Whether it is for them whatever they have.
    is_plain: bool,
    /// What they have besides, before as after: it kept them from the package.
    besides: Option<Besides>,
}

/// What kept somebody from a package and no longer does.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Besides {
    /// A group that they are in, in lower case.
    Group(String),
    /// A package that they hold, by name.
    Package(String),
}

/// How somebody comes to have a package, from before a plan to after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Course {
    /// They have it as far as there is such a package.
    Holds,
    /// They have it before, and lose it.
    Loses,
    /// They get it by the apply.
    Gets,
    /// They come to hold it, before as after: guests who are in other groups by it than those who held it already.
    Comes,
}

impl Course {
    /// Returns whoever takes the course with a package.
    pub(super) fn named(self, package: &str) -> Named {
        let package = package.to_owned();
        match self {
            Self::Holds => Named::Holder(package),
            Self::Loses => Named::Loser(package),
            Self::Gets => Named::Getter(package),
            Self::Comes => Named::Comer(package),
        }
    }

    /// Returns true for people who have the package on a side.
    pub(super) const fn has(self, at: usize) -> bool {
        match self {
            Self::Holds | Self::Comes => true,
            Self::Loses => at == 0,
            Self::Gets => at > 0,
        }
    }
}

impl Holding {
    /// Returns the courses that people of the package take.
    pub(super) fn courses(&self) -> impl Iterator<Item = Course> {
        let turns = [
            (Course::Loses, self.lost.is_some()),
            (Course::Gets, self.got.is_some()),
            (Course::Comes, self.fewer.is_some()),
        ];
        let turns = turns.into_iter().filter(|(_, is_there)| *is_there);
        std::iter::once(Course::Holds).chain(turns.map(|(course, _)| course))
    }

    /// Returns the groups that people of the package are in by it, on one side.
    pub(super) fn groups(
        &self,
        course: Course,
        at: usize,
        is_member: bool,
    ) -> impl Iterator<Item = &String> {
        let side = self.groups.get(at).filter(|_| course.has(at));
        let groups = match &self.fewer {
            Some(fewer) if course == Course::Comes && at > 0 && !is_member => Some(fewer),
            _ => side.and_then(|side| side.get(usize::from(is_member))),
        };
        let besides = match self.besides(course) {
            Some(Besides::Group(group)) => Some(group),
            _ => None,
        };
        groups.into_iter().flatten().chain(besides)
    }

    /// Returns the other package that people of the package hold on both sides.
    pub(super) fn holds_besides(&self, course: Course) -> Option<&String> {
        match self.besides(course) {
            Some(Besides::Package(name)) => Some(name),
            _ => None,
        }
    }

    fn besides(&self, course: Course) -> Option<&Besides> {
        self.turn(course)?.besides.as_ref()
    }

    /// Returns true where people of the package, guests or members, are in a group by it, on one side.
    pub(super) fn is_in(&self, course: Course, at: usize, group: &str) -> bool {
        let mut both = [false, true].into_iter();
        both.any(|is_member| {
            let mut groups = self.groups(course, at, is_member);
            groups.any(|other| other == group)
        })
    }

    /// Returns the rules that tell who takes a course, and whether they match.
    pub(super) fn rules(&self, course: Course) -> &[(Rule, bool)] {
        self.turn(course).map_or(&[], |turn| &turn.rules)
    }

    /// Returns true where everybody gets the package whom its rule matches: nothing excludes it.
    pub(super) fn is_got_by_rule_alone(&self) -> bool {
        self.got.as_ref().is_some_and(|turn| turn.is_plain)
    }

    /// Returns the changes that make somebody of that course another than before.
    pub(super) fn because(&self, course: Course) -> &BTreeSet<Address> {
        self.turn(course)
            .map_or(&self.because, |turn| &turn.because)
    }

    const fn turn(&self, course: Course) -> Option<&Turn> {
        match course {
            Course::Holds | Course::Comes => None,
            Course::Loses => self.lost.as_ref(),
            Course::Gets => self.got.as_ref(),
        }
    }

    fn is_nothing(&self) -> bool {
        let is_turned = self.lost.is_some() || self.got.is_some() || self.fewer.is_some();
        self.groups[0] == self.groups[1] && !is_turned
    }

    /// Returns every group of which the package makes somebody a member on either side.
    fn every_group(&self) -> BTreeSet<&String> {
        self.groups.iter().flatten().flatten().collect()
    }
}

/// The packages whose holders are to be known, and the groups by which those are found that a plan makes others.
#[derive(Debug, Default)]
pub(super) struct Holdings {
    of: BTreeMap<String, Holding>,
    by_group: BTreeMap<String, BTreeSet<String>>,
}

impl Holdings {
    /// Finds the packages whose holders a plan makes others. `resources` are those that stand for another group, or take
    /// other people, by name.
    pub(super) fn by(
        plan: &Plan,
        sides: &Sides<'_>,
        resources: &BTreeSet<String>,
        now: Timestamp,
    ) -> Self {
        let mut found = Self::default();
        // What comes where nothing was makes nobody another.
        if sides.is_first {
            return found;
        }
        let mut actions: BTreeMap<&Address, Action> = BTreeMap::new();
        let mut concerned: BTreeSet<Address> = BTreeSet::new();
        for change in &plan.changes {
            let _ = actions.insert(&change.address, change.delta.action());
            match change.address.kind() {
                Kind::Package => drop(concerned.insert(change.address.clone())),
                Kind::Policy => concerned.extend(change.address.parent()),
                _ => {}
            }
        }
        if !resources.is_empty() {
            sides.each(&mut |address, object| {
                if let Object::Package(package) = object
                    && package
                        .grants
                        .keys()
                        .any(|name| resources.contains(name.as_str()))
                {
                    let _ = concerned.insert(address.clone());
                }
            });
        }
        let mut lost: BTreeMap<Address, Turn> = BTreeMap::new();
        let mut got: BTreeMap<Address, Turn> = BTreeMap::new();
        for change in &plan.changes {
            let Some(package) = change
                .address
                .parent()
                .filter(|it| it.kind() == Kind::Package)
            else {
                continue;
            };
            let (old, new) = sides.both(&change.address);
            let (old, new) = (policy(old), policy(new));
            let action = change.delta.action();
            let because = || BTreeSet::from([change.address.clone()]);
            if let Some(rules) = loses(old, new, action) {
                let because = because();
                let turn = Turn {
                    rules,
                    because,
                    is_plain: false,
                    besides: None,
                };
                widest(&mut lost, &package, turn);
            }
            if let Some(rules) = gets(old, new, action, now) {
                let because = because();
                let is_plain = match sides.both(&package) {
                    (_, Some(Object::Package(package))) => package.incompatible_with.is_empty(),
                    _ => false,
                };
                let turn = Turn {
                    rules,
                    because,
                    is_plain,
                    besides: None,
                };
                widest(&mut got, &package, turn);
            }
        }
        for (package, turn) in no_longer_excluded(plan, sides, now) {
            widest(&mut got, &package, turn);
        }
        for address in concerned {
            let action = actions.get(&address).copied();
            let (old, new) = sides.both(&address);
            let (old, new) = (package(old), package(new));
            let is_let_go = action == Some(Action::Forget);
            let before = old.map(|it| groups(sides, it, 0)).unwrap_or_default();
            let mut after = match new {
                None if is_let_go => before.clone(),
                new => new.map(|it| groups(sides, it, 1)).unwrap_or_default(),
            };
            // Nobody is taken out of a group because it takes no guests any more.
            let kept = before[0].intersection(&after[1]);
            let kept: Vec<String> = kept.filter(|it| !after[0].contains(*it)).cloned().collect();
            let fewer = (!kept.is_empty()).then(|| after[0].clone());
            after[0].extend(kept);
            let because = causes(sides, &address, [old, new], action.is_some(), resources);
            let (mut lost, got) = (lost.remove(&address), got.remove(&address));
            if action == Some(Action::Replace) {
                let because = BTreeSet::from([address.clone()]);
                lost = Some(Turn {
                    rules: Vec::new(),
                    because,
                    is_plain: false,
                    besides: None,
                });
            }
            let holding = Holding {
                groups: [before, after],
                fewer,
                because,
                // Whose package goes loses it, and is told of as one who holds it.
                lost: lost.filter(|_| new.is_some()),
                got: got.filter(|_| new.is_some()),
            };
            if !holding.is_nothing() {
                let name = address.own_name().to_owned();
                for group in holding.every_group() {
                    let of = found.by_group.entry(group.clone()).or_default();
                    let _ = of.insert(name.clone());
                }
                let _ = found.of.insert(name, holding);
            }
        }
        found
    }

    /// Adds packages of which nothing is another: whoever may hold one of them is to be known, and in which groups they are by that
    /// on both sides.
    pub(super) fn add(&mut self, sides: &Sides<'_>, packages: BTreeSet<Address>) {
        for address in packages {
            let (Some(Object::Package(package)), _) = sides.both(&address) else {
                continue;
            };
            let groups = groups(sides, package, 0);
            if self.of.contains_key(address.own_name()) {
                continue;
            }
            let holding = Holding {
                groups: [groups.clone(), groups],
                fewer: None,
                because: BTreeSet::new(),
                lost: None,
                got: None,
            };
            let _ = self.of.insert(address.own_name().to_owned(), holding);
        }
    }

    /// Returns a package by name, where somebody is another by it or is to be known as its holder.
    pub(super) fn get(&self, package: &str) -> Option<&Holding> {
        self.of.get(package)
    }

    /// Returns the packages whose holders are to be known, by name.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.of.keys().map(String::as_str)
    }

    /// Returns true when no holder is another than before.
    pub(super) fn is_nothing(&self) -> bool {
        self.of.is_empty()
    }

    /// Returns true for a group that some of these packages grants, by name in lower case.
    pub(super) fn is_granted(&self, group: &str) -> bool {
        self.by_group.contains_key(group)
    }

    /// Returns true when some of these packages grants a group.
    pub(super) fn is_granting(&self) -> bool {
        !self.by_group.is_empty()
    }

    /// Returns a change by which holders of these packages are in a group, or others are.
    pub(super) fn cause(&self, group: &str) -> Option<&Address> {
        let mut all = self.granting(group).filter_map(|name| self.of.get(name));
        all.find_map(|holding| {
            let mut courses = holding.courses();
            courses.find_map(|course| holding.because(course).first())
        })
    }

    /// Returns true for a package whose holders are in a group by it on one side: members, or guests, of the directory.
    pub(super) fn is_in(&self, package: &str, group: &str, at: usize, is_member: bool) -> bool {
        let holding = self.of.get(package);
        holding.is_some_and(|it| {
            let mut groups = it.groups(Course::Holds, at, is_member);
            groups.any(|other| other == group)
        })
    }

    /// Returns those of the packages that grant a group.
    pub(super) fn granting(&self, group: &str) -> impl Iterator<Item = &String> {
        self.by_group.get(group).into_iter().flatten()
    }
}

/// Keeps, of two turns of a package, the one that takes more people; both have made it.
fn widest(turns: &mut BTreeMap<Address, Turn>, package: &Address, mut turn: Turn) {
    if let Some(known) = turns.remove(package) {
        turn.because.extend(known.because);
        turn.is_plain &= known.is_plain;
        turn.besides = turn.besides.filter(|it| known.besides.as_ref() == Some(it));
        if known.rules.len() < turn.rules.len() {
            turn.rules = known.rules;
        }
    }
    let _ = turns.insert(package.clone(), turn);
}

/// Returns the rules of whoever loses a package because a policy changes; `None` where nobody does.
fn loses(old: Option<&Policy>, new: Option<&Policy>, action: Action) -> Option<Vec<(Rule, bool)>> {
    let old = old?;
    let was = automatic(old);
    let former = was.filter(|was| was.remove).and_then(rule);
    let mut rules: Vec<(Rule, bool)> = former.into_iter().map(|rule| (rule, true)).collect();
    match (action, new) {
        (Action::Prune | Action::Replace, _) => {}
        (_, Some(new)) => {
            let now = automatic(new).filter(|now| now.remove)?;
            let _ = was?;
            rules.push((rule(now)?, false));
        }
        _ => return None,
    }
    is_there(rules)
}

/// Returns the rules of whoever gets a package because a policy changes; `None` where nobody does.
fn gets(
    old: Option<&Policy>,
    new: Option<&Policy>,
    action: Action,
    at: Timestamp,
) -> Option<Vec<(Rule, bool)>> {
    // What has ended for everyone is given to nobody.
    let gives = |policy: &&Policy| !has_ended(&policy.expires, at);
    let now = automatic(new.filter(gives)?).filter(|now| now.assign)?;
    let mut rules = vec![(rule(now)?, true)];
    let was = old
        .filter(|_| action != Action::Replace)
        .filter(gives)
        .and_then(automatic);
    if let Some(was) = was.filter(|was| was.assign) {
        rules.push((rule(was)?, false));
    }
    is_there(rules)
}

/// Returns whoever a rule gives a package that something kept them from: it excludes that no longer.
fn no_longer_excluded(plan: &Plan, sides: &Sides<'_>, now: Timestamp) -> Vec<(Address, Turn)> {
    let mut freed: BTreeMap<Address, Vec<Besides>> = BTreeMap::new();
    for change in &plan.changes {
        let (Some(Object::Package(old)), Some(Object::Package(new))) = sides.both(&change.address)
        else {
            continue;
        };
        let [was, is] = [(old, 0), (new, 1)].map(|(package, at)| excluding(sides, package, at));
        let gone = was.into_iter().filter(|it| !is.contains(it));
        let gone: Vec<Besides> = gone.collect();
        if !gone.is_empty() {
            let _ = freed.insert(change.address.clone(), gone);
        }
    }
    let mut found = Vec::new();
    if freed.is_empty() {
        return found;
    }
    sides.each(&mut |address, _| {
        let package = address.parent().filter(|it| it.kind() == Kind::Package);
        let Some((package, gone)) = package.and_then(|it| freed.get_key_value(&it)) else {
            return;
        };
        let new = policy(sides.both(address).1);
        // Those of another rule are told of by that; whoever it matches now may have been kept from it.
        let rules = new.and_then(|new| gets(None, Some(new), Action::Update, now));
        if let Some(rules) = rules {
            let besides = match gone.as_slice() {
                [one] => Some(one.clone()),
                _ => None,
            };
            let turn = Turn {
                rules,
                because: BTreeSet::from([package.clone()]),
                is_plain: false,
                besides,
            };
            found.push((package.clone(), turn));
        }
    });
    found
}

/// Returns what excludes a package as it is on one side.
fn excluding(sides: &Sides<'_>, package: &Package, at: usize) -> Vec<Besides> {
    let others = package.incompatible_with.iter();
    let others = others.filter_map(|other| match other {
        Incompatible::Group(name) => {
            let own = || name.as_str().to_lowercase();
            let resource = Name::parse(name.as_str()).ok();
            let resource = resource.and_then(|name| resource_of(sides, &name, at));
            let group = match resource.and_then(Resource::origin) {
                Some((Origin::Group | Origin::Team, place)) => place.to_lowercase(),
                _ => own(),
            };
            Some(Besides::Group(group))
        }
        Incompatible::Package(name) => {
            let (old, new) = sides.both(&Address::new(Kind::Package, name));
            let side = if at == 0 { old } else { new };
            side.map(|_| Besides::Package(name.to_string()))
        }
    });
    others.collect()
}

fn is_there(rules: Vec<(Rule, bool)>) -> Option<Vec<(Rule, bool)>> {
    let all: Vec<(&Rule, bool)> = rules.iter().map(|(rule, is)| (rule, *is)).collect();
    is_possible(&all).then_some(rules)
}

fn automatic(policy: &Policy) -> Option<&Automatic> {
    match &policy.requestors {
        Requestors::Automatic(automatic) => Some(automatic),
        _ => None,
    }
}

fn rule(automatic: &Automatic) -> Option<Rule> {
    Rule::parse(automatic.rule.as_str()).ok()
}

const fn package(side: Option<&Object>) -> Option<&Package> {
    match side {
        Some(Object::Package(package)) => Some(package),
        _ => None,
    }
}

const fn policy(side: Option<&Object>) -> Option<&Policy> {
    match side {
        Some(Object::Policy(policy)) => Some(policy),
        _ => None,
    }
}

/// Returns the groups that guests, and that members, are in who hold a package as it is on one side.
fn groups(sides: &Sides<'_>, package: &Package, at: usize) -> [BTreeSet<String>; 2] {
    let mut groups = [BTreeSet::new(), BTreeSet::new()];
    for name in package.grants.keys() {
        let Some(resource) = resource_of(sides, name, at) else {
            continue;
        };
        if let Some((Origin::Group | Origin::Team, place)) = resource.origin() {
            let place = place.to_lowercase();
            if resource.guests {
                let _ = groups[0].insert(place.clone());
            }
            let _ = groups[1].insert(place);
        }
    }
    groups
}

fn resource_of<'s>(sides: &'s Sides<'_>, name: &Name, at: usize) -> Option<&'s Resource> {
    let (old, new) = sides.both(&Address::new(Kind::Resource, name));
    match if at == 0 { old } else { new } {
        Some(Object::Resource(resource)) => Some(resource),
        _ => None,
    }
}

/// Returns the changes by which holders of a package are in other groups.
fn causes(
    sides: &Sides<'_>,
    address: &Address,
    both: [Option<&Package>; 2],
    changes: bool,
    resources: &BTreeSet<String>,
) -> BTreeSet<Address> {
    let names = |side: Option<&Package>| -> BTreeSet<String> {
        let keys = side.into_iter().flat_map(|it| it.grants.keys());
        keys.map(ToString::to_string).collect()
    };
    let [was, is] = both.map(names);
    let mut found = BTreeSet::new();
    if changes && (was != is || both[0].is_some() != both[1].is_some()) {
        let _ = found.insert(address.clone());
    }
    let moved = was.union(&is).filter(|name| resources.contains(*name));
    let moved = moved.filter_map(|name| Name::parse(name).ok());
    let moved = moved.map(|name| Address::new(Kind::Resource, &name));
    found.extend(moved.filter(|it| {
        let (old, new) = sides.both(it);
        old.is_some() && new.is_some()
    }));
    found
}
