//! Groups of which a plan decides otherwise than before who is in them: managed groups whose rule or guests change, that come
//! or go.
//!
//! Whoever is in such a group may join it, leave it or stay, as far as the rules of both sides let somebody do so. A group
//! without a rule is kept by hand: anybody may be in it, and no plan adds to it.
//!
//! With the packages whose holders are made others ([`holding`](super::holding)) they are the [`Moves`] of a plan.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::holding::{Course, Holding, Holdings};
use super::people::class::Named;
use crate::governance::rule::{Rule, is_possible};
use crate::model::kinds::{Origin, Resource};
use crate::model::rule::{Operator, Test, Value};
use crate::model::{Address, Object};

/// A group and its members, before and after.
#[derive(Debug)]
pub(super) struct Moving {
    /// The resource that keeps the group.
    address: Address,
    members: [Members; 2],
}

/// Who is in a group.
#[derive(Debug, Clone)]
enum Members {
    ByHand,
    ByRule { rule: Rule, guests: bool },
    Nobody,
}

impl Moving {
    /// Returns the group that a change of a resource is about, in lower case, and what becomes of its members; `None` where
    /// they stay.
    pub(super) fn of(
        address: &Address,
        [before, after]: [Option<&Object>; 2],
        is_let_go: bool,
    ) -> Option<(String, Self)> {
        let (old, new) = (managed(before), managed(after));
        let (name, members) = match (old, new) {
            (Some((one, old)), Some((two, new))) => {
                let is_same = old.membership_rule.as_ref().map(ToString::to_string)
                    == new.membership_rule.as_ref().map(ToString::to_string)
                    && (old.membership_rule.is_none() || old.guests == new.guests);
                // A group under another name is another group.
                if is_same || one != two {
                    return None;
                }
                (one, [members(old), members(new)])
            }
            (Some((name, old)), None) if !is_let_go => (name, [members(old), Members::Nobody]),
            (None, Some((name, new))) if new.membership_rule.is_some() => {
                (name, [Members::ByHand, members(new)])
            }
            _ => return None,
        };
        let address = address.clone();
        Some((name, Self { address, members }))
    }

    /// Returns the group that a resource keeps by a rule, in lower case, with its members; `None` for any other.
    pub(super) fn ruled(address: &Address, object: &Object) -> Option<(String, Self)> {
        let (name, resource) = managed(Some(object))?;
        let members = members(resource);
        let Members::ByRule { .. } = members else {
            return None;
        };
        let address = address.clone();
        let members = [members.clone(), members];
        Some((name, Self { address, members }))
    }
}

/// Returns a group that the tree keeps, by its name in lower case.
pub(super) fn managed(side: Option<&Object>) -> Option<(String, &Resource)> {
    match side {
        Some(Object::Resource(resource)) if resource.managed => match resource.origin() {
            Some((Origin::Group, name)) => Some((name.to_lowercase(), resource)),
            _ => None,
        },
        _ => None,
    }
}

fn members(resource: &Resource) -> Members {
    let rule = resource.membership_rule.as_ref();
    match rule.and_then(|rule| Rule::parse(rule.as_str()).ok()) {
        Some(rule) => Members::ByRule {
            rule,
            guests: resource.guests,
        },
        None => Members::ByHand,
    }
}

impl Members {
    /// Adds what it says of somebody that they are in the group, or are not; `None` where that cannot be.
    fn says<'r>(
        &'r self,
        is_in: bool,
        is_member: bool,
        rules: &mut Vec<(Cow<'r, Rule>, bool)>,
    ) -> Option<()> {
        match self {
            Self::Nobody if is_in => return None,
            // Nobody is added to these by a plan.
            Self::ByHand | Self::Nobody => {}
            Self::ByRule { guests, .. } if !is_member && !guests => {
                return (!is_in).then_some(());
            }
            Self::ByRule { rule, .. } => rules.push((Cow::Borrowed(rule), is_in)),
        }
        Some(())
    }
}

/// Returns true where a member, or a guest, of the directory may be in a group, or may not be.
fn is_said(members: &Members, is_in: bool, is_member: bool) -> bool {
    let mut rules = vec![(Cow::Owned(kind(is_member)), true)];
    if members.says(is_in, is_member, &mut rules).is_none() {
        return false;
    }
    let all: Vec<(&Rule, bool)> = rules.iter().map(|(rule, is)| (&**rule, *is)).collect();
    is_possible(&all)
}

/// Returns the rule that somebody is a member, or a guest.
fn kind(is_member: bool) -> Rule {
    equal("userType", if is_member { "member" } else { "guest" })
}

/// What of groups and of packages a plan makes other: who is in the ones, and who holds the others and is in groups by that.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moves<'m> {
    /// Groups that have other members than before, by name in lower case.
    pub(super) groups: &'m BTreeMap<String, Moving>,
    /// Groups with a rule that have the same members as before, by name in lower case.
    pub(super) ruled: &'m BTreeMap<String, Moving>,
    /// Packages whose holders are others, or in other groups.
    pub(super) holdings: &'m Holdings,
}

impl<'m> Moves<'m> {
    /// Returns what rules say of somebody who is named so, and by none of some other names: whether each matches. `None` where
    /// nobody is a member, or a guest, of the directory and named so.
    pub(super) fn rules(
        self,
        named: &[Named],
        apart: &[Named],
        is_member: bool,
    ) -> Option<Vec<(Cow<'m, Rule>, bool)>> {
        let mut rules = vec![(Cow::Owned(kind(is_member)), true)];
        let mut held = BTreeSet::new();
        // What somebody is named by may tell of a group that they are in besides.
        let besides = named
            .iter()
            .flat_map(|named| self.besides(named, is_member));
        let besides: Vec<Named> = besides.collect();
        for named in named.iter().chain(&besides) {
            let (name, is_in) = match named {
                Named::User(mail) => {
                    rules.push((Cow::Owned(equal("mail", mail.as_str())), true));
                    continue;
                }
                Named::Group(name) => (name, [true, true]),
                Named::Joining(name) => (name, [false, true]),
                Named::Leaving(name) => (name, [true, false]),
                Named::Holder(package)
                | Named::Loser(package)
                | Named::Getter(package)
                | Named::Comer(package) => {
                    // Nobody takes two courses with one package.
                    if !held.insert(package) {
                        return None;
                    }
                    let course = named.course().map(|(_, course)| course);
                    if let (Some(holding), Some(course)) = (self.holdings.get(package), course) {
                        let told = holding.rules(course).iter();
                        rules.extend(told.map(|(rule, is)| (Cow::Borrowed(rule), *is)));
                    }
                    continue;
                }
            };
            let Some(moving) = self.group(name) else {
                continue;
            };
            for (members, is_in) in moving.members.iter().zip(is_in) {
                members.says(is_in, is_member, &mut rules)?;
            }
            let adds = matches!(moving.members[1], Members::ByRule { .. });
            if !adds && is_in == [false, true] {
                return None;
            }
        }
        for named in apart {
            let moving = named.group().and_then(|name| self.group(name));
            for members in moving.into_iter().flat_map(|it| &it.members) {
                members.says(false, is_member, &mut rules)?;
            }
            // Whoever does not get a package is not whom its rule gives it to.
            if let Some((package, course)) = named.course()
                && let Some(holding) = self.holdings.get(package)
            {
                let told = holding.rules(course).iter().cloned();
                let told = told.map(|(rule, is)| if is { rule } else { Rule::Not(Box::new(rule)) });
                rules.push((Cow::Owned(Rule::And(told.collect())), false));
            }
        }
        let all: Vec<(&Rule, bool)> = rules.iter().map(|(rule, is)| (&**rule, *is)).collect();
        is_possible(&all).then_some(rules)
    }

    /// Returns the groups that somebody who is named so is in before as after, and is not in by a package that they hold.
    fn besides(self, named: &Named, is_member: bool) -> Vec<Named> {
        match named {
            Named::Getter(_) => self.granted(named, 0, is_member).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns a group of which rules say who is in it.
    fn group(self, name: &str) -> Option<&'m Moving> {
        self.groups.get(name).or_else(|| self.ruled.get(name))
    }

    /// Returns true for a group of which rules say who is in it, and for whoever gets a package by a rule and by that alone.
    pub(super) fn is_told(&self, named: &Named) -> bool {
        match named {
            Named::Group(name) => self.group(name).is_some(),
            Named::Getter(package) => {
                let holding = self.holdings.get(package);
                holding.is_some_and(Holding::is_got_by_rule_alone)
            }
            _ => false,
        }
    }

    /// Returns true for a group with a rule that has the same members as before.
    pub(super) fn is_ruled(&self, named: &Named) -> bool {
        matches!(named, Named::Group(name) if self.ruled.contains_key(name))
    }

    /// Returns true for a group that every member, or every guest, of the directory is in on one side.
    pub(super) fn is_made_of(&self, group: &str, at: usize, is_member: bool) -> bool {
        let members = self.group(group).and_then(|moving| moving.members.get(at));
        let says = |members: &Members| is_said(members, false, is_member);
        matches!(members, Some(it @ Members::ByRule { .. }) if !says(it))
    }

    /// Returns true for a group that a member, or a guest, of the directory may be in on one side.
    pub(super) fn may_be_in(&self, group: &str, at: usize, is_member: bool) -> bool {
        let members = self.group(group).and_then(|moving| moving.members.get(at));
        members.is_none_or(|members| is_said(members, true, is_member))
    }

    /// Returns true when a plan puts nobody into a group, and takes nobody out.
    pub(super) fn is_still(&self) -> bool {
        self.groups.is_empty() && !self.holdings.is_granting()
    }

    /// Returns who is in a group on one side and not on the other, because of what they hold or of the rule of the group.
    pub(super) fn only_on(&self, at: usize, group: &str) -> Vec<Named> {
        let mut found = Vec::new();
        for name in self.holdings.granting(group) {
            let Some(holding) = self.holdings.get(name) else {
                continue;
            };
            for course in holding.courses() {
                if holding.is_in(course, at, group) && !holding.is_in(course, 1 - at, group) {
                    found.push(course.named(name));
                }
            }
        }
        if self.groups.contains_key(group) {
            let group = group.to_owned();
            let ruled = match at {
                0 => Named::Leaving(group),
                _ => Named::Joining(group),
            };
            let mut both = [false, true].into_iter();
            if both.any(|is_member| {
                self.rules(std::slice::from_ref(&ruled), &[], is_member)
                    .is_some()
            }) {
                found.push(ruled);
            }
        }
        found
    }

    /// Returns the changes by which somebody who is named so is in other groups, or holds other packages.
    pub(super) fn because(&self, named: &Named) -> BTreeSet<Address> {
        match named {
            Named::User(_) | Named::Group(_) => BTreeSet::new(),
            Named::Joining(name) | Named::Leaving(name) => {
                let moving = self.groups.get(name).into_iter();
                moving.map(|moving| moving.address.clone()).collect()
            }
            Named::Holder(_) | Named::Loser(_) | Named::Getter(_) | Named::Comer(_) => {
                let course = named.course();
                let because = course.and_then(|(package, course)| {
                    let holding = self.holdings.get(package)?;
                    Some(holding.because(course).clone())
                });
                because.unwrap_or_default()
            }
        }
    }

    /// Returns the groups that somebody who is named so is in by packages that they hold, on one side.
    fn granted(self, named: &Named, at: usize, is_member: bool) -> impl Iterator<Item = Named> {
        let course = named.course();
        let groups = course.and_then(|(package, course)| {
            let holding = self.holdings.get(package)?;
            Some(holding.groups(course, at, is_member))
        });
        groups.into_iter().flatten().cloned().map(Named::Group)
    }

    /// Returns the package that somebody who is named so holds besides, on both sides.
    fn held_besides(self, named: &Named) -> Option<&'m String> {
        let (package, course) = named.course()?;
        self.holdings.get(package)?.holds_besides(course)
    }
}

/// What of somebody's names counts on one side.
#[derive(Debug, Clone, Default)]
pub(super) struct Naming {
    /// The names by which lists name them.
    pub(super) named: Vec<Named>,
    /// The packages that they hold, by name.
    pub(super) holds: Vec<String>,
}

impl Naming {
    /// Adds what counts of other names.
    pub(super) fn add(&mut self, other: Self) {
        self.named.extend(other.named);
        self.holds.extend(other.holds);
    }

    /// Puts whoever is in one group into another, and nobody else.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        let group = |name: &str| Named::Group(name.to_owned());
        let (from, to) = (group(from), group(to));
        self.named.retain(|named| *named != to);
        for named in self.named.iter_mut().filter(|named| **named == from) {
            *named = to.clone();
        }
    }

    /// Returns what counts of names on one side.
    pub(super) fn of(
        named: &[Named],
        at: usize,
        is_member: bool,
        moves: Option<Moves<'_>>,
    ) -> Self {
        let mut naming = Self::default();
        for named in named {
            match named {
                Named::User(_) | Named::Group(_) => naming.named.push(named.clone()),
                Named::Joining(name) if at > 0 => naming.named.push(Named::Group(name.clone())),
                Named::Leaving(name) if at == 0 => naming.named.push(Named::Group(name.clone())),
                Named::Joining(_) | Named::Leaving(_) => {}
                Named::Holder(_) | Named::Loser(_) | Named::Getter(_) | Named::Comer(_) => {
                    if let Some((package, _)) = named.course().filter(|(_, it)| it.has(at)) {
                        naming.holds.push(package.to_owned());
                    }
                    if let Some(moves) = moves {
                        naming.named.extend(moves.granted(named, at, is_member));
                        naming.holds.extend(moves.held_besides(named).cloned());
                    }
                }
            }
        }
        naming
    }
}

impl Named {
    /// Returns the group that makes somebody be meant, in lower case.
    pub(super) fn group(&self) -> Option<&str> {
        match self {
            Self::Group(name) | Self::Joining(name) | Self::Leaving(name) => Some(name),
            Self::User(_) | Self::Holder(_) | Self::Loser(_) | Self::Getter(_) | Self::Comer(_) => {
                None
            }
        }
    }

    /// Returns the same people, their group written otherwise.
    pub(super) fn spelled(&self, group: &str) -> Self {
        let group = group.to_owned();
        match self {
            Self::Group(_) => Self::Group(group),
            Self::Joining(_) => Self::Joining(group),
            Self::Leaving(_) => Self::Leaving(group),
            named => named.clone(),
        }
    }

    /// Returns the package that makes somebody be meant.
    pub(super) fn package(&self) -> Option<&str> {
        self.course().map(|(package, _)| package)
    }

    /// Returns the package that makes somebody be meant, and the course that they take with it.
    pub(super) fn course(&self) -> Option<(&str, Course)> {
        match self {
            Self::User(_) | Self::Group(_) | Self::Joining(_) | Self::Leaving(_) => None,
            Self::Holder(package) => Some((package, Course::Holds)),
            Self::Loser(package) => Some((package, Course::Loses)),
            Self::Getter(package) => Some((package, Course::Gets)),
            Self::Comer(package) => Some((package, Course::Comes)),
        }
    }
}

/// Returns the rule that a property has a value.
pub(super) fn equal(property: &str, value: &str) -> Rule {
    Rule::Test(Test {
        property: property.to_owned(),
        operator: Operator::Equal,
        value: Value::Text(value.to_lowercase()),
    })
}
