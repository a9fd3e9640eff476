//! What rules give people. Whoever has an account has it without asking; it ends as any access does, and comes again when the
//! directory says something new of them.

use std::collections::{BTreeMap, HashMap};

use crate::governance::record::Person;
use crate::governance::rule::matches;
use crate::impact::{Account, Named, Offer};
use crate::model::Address;
use crate::model::kinds::policy::{Policy, Requestors};
use crate::model::kinds::{Incompatible, Origin, Package};

use super::candidate::{Candidate, deciding};
use super::people::Kind;
use super::person::Sketch;
use super::reach::{Reach, Sought, has_ended};

/// How many packages that rules give are looked at for one counterexample.
const MOST: usize = 64;

/// A package that a rule gives to whoever matches it.
#[derive(Debug, Clone, Copy)]
pub(super) struct ByRule<'t> {
    /// The package.
    pub(super) address: &'t Address,
    pub(super) package: &'t Package,
    /// The automatic policy.
    pub(super) policy: &'t Address,
    pub(super) rules: &'t Policy,
    /// The rule, by its place in [`Reach::rules`].
    pub(super) rule: usize,
}

/// The packages that rules give.
#[derive(Debug, Default)]
pub(super) struct Given<'t> {
    /// By name.
    packages: HashMap<&'t str, ByRule<'t>>,
    /// By the groups that they put people into, by name in lower case.
    groups: HashMap<String, Vec<ByRule<'t>>>,
}

impl<'t> Reach<'_, 't> {
    /// Lists the packages that rules give.
    pub(super) fn given(&self) -> Given<'t> {
        let mut given = Given::default();
        for offer in self.estate.offers() {
            let Some(one) = self.by_rule(offer) else {
                continue;
            };
            given.packages.insert(offer.address.own_name(), one);
            for name in offer.package.grants.keys() {
                let resource = self.resources.get(name.as_str());
                let origin = resource.and_then(|resource| resource.origin());
                if let Some((Origin::Group | Origin::Team, group)) = origin {
                    let giving = given.groups.entry(group.to_lowercase()).or_default();
                    giving.push(one);
                }
            }
        }
        given
    }

    fn by_rule(&self, offer: &Offer<'t>) -> Option<ByRule<'t>> {
        offer.policies.iter().find_map(|(policy, rules)| {
            let assigns = matches!(&rules.requestors, Requestors::Automatic(it) if it.assign)
                && !has_ended(&rules.expires, self.estate.now);
            let rule = self.automatic.get(*policy).filter(|_| assigns)?;
            Some(ByRule {
                address: offer.address,
                package: offer.package,
                policy,
                rules,
                rule: *rule,
            })
        })
    }

    /// Returns the packages that rules give and that exclude one, by themselves or by a group that they put people into.
    pub(super) fn rivals(&self, package: &Package) -> Vec<ByRule<'t>> {
        let others = package.incompatible_with.iter();
        let given = others.flat_map(|other| match other {
            Incompatible::Package(name) => {
                let one = self.given.packages.get(name.as_str());
                one.copied().into_iter().collect()
            }
            Incompatible::Group(name) => {
                let giving = self.given.groups.get(&self.estate.group(name));
                giving.cloned().unwrap_or_default()
            }
        });
        given.collect()
    }

    /// Returns the packages that rules give and whose holders may not ask for one as they could without: itself, those that
    /// exclude it, and those that put them into a group that a policy of it is for.
    pub(super) fn in_the_way(&self, offer: &Offer<'t>) -> Vec<ByRule<'t>> {
        if self.given.packages.is_empty() {
            return Vec::new();
        }
        let own = self.given.packages.get(offer.address.own_name());
        let mut all: Vec<ByRule<'t>> = own.copied().into_iter().collect();
        all.extend(self.rivals(offer.package));
        for (group, _) in deciding(self.estate, offer) {
            all.extend(self.given.groups.get(&group).into_iter().flatten());
        }
        all
    }

    /// Returns what rules give somebody of some packages, and of all that could keep them from it: what excludes something,
    /// and what excludes that. What they cannot be given in the end is among it: it is in the way for a moment. `None` where
    /// that is too much.
    pub(super) fn given_to(
        &self,
        candidate: &Candidate<'t>,
        begin: impl IntoIterator<Item = ByRule<'t>>,
    ) -> Option<Vec<ByRule<'t>>> {
        let person = candidate.person();
        let mut open: Vec<ByRule<'t>> = begin.into_iter().collect();
        let mut seen: BTreeMap<&'t Address, Option<ByRule<'t>>> = BTreeMap::new();
        while let Some(one) = open.pop() {
            if seen.contains_key(one.policy) {
                continue;
            }
            let rule = self.rules.get(one.rule);
            let has = rule.is_some_and(|rule| matches(rule, &person))
                && !self.shut_out(one.package, candidate, &person);
            seen.insert(one.policy, has.then_some(one));
            if has {
                open.extend(self.rivals(one.package));
            }
            if seen.len() > MOST {
                return None;
            }
        }
        Some(seen.into_values().flatten().collect())
    }

    /// Returns true for somebody who is in a group that excludes a package, and not by what they are given.
    fn shut_out(&self, package: &Package, candidate: &Candidate<'_>, person: &Person) -> bool {
        let mut others = package.incompatible_with.iter();
        others.any(|other| match other {
            Incompatible::Package(_) => false,
            Incompatible::Group(name) => {
                let group = self.estate.group(name);
                let by_rule = self.is_by_rule(&group, &candidate.kind, person);
                by_rule || candidate.named.contains(&Named::Group(group))
            }
        })
    }

    /// Returns true for a group whose rule makes somebody a member.
    fn is_by_rule(&self, group: &str, kind: &Kind<'_>, person: &Person) -> bool {
        let Some(kept) = self.groups.get(group) else {
            return false;
        };
        let rule = kept.rule.and_then(|rule| self.rules.get(rule));
        (kept.guests || !kind.is_guest()) && rule.is_some_and(|rule| matches(rule, person))
    }

    /// Returns somebody who had no account as the guest that the first package makes of them.
    pub(super) fn as_guest(&self, candidate: &Candidate<'t>, offer: &Offer<'_>) -> Candidate<'t> {
        let mut guest = candidate.clone();
        guest.kind.base.account = Account::Guest;
        guest.kind.traits = self.estate.traits(&guest.kind.base);
        guest.sketch.account = Account::Guest;
        let person = guest.person();
        let groups = self.ruled.get(offer.address).into_iter().flatten();
        let joined = groups.filter(|group| self.is_by_rule(group, &guest.kind, &person));
        guest.named.extend(joined.cloned().map(Named::Group));
        guest
    }

    /// Returns true for somebody who may still ask through a policy when they hold another package: whom it puts into a group,
    /// a policy for the group may be for instead.
    pub(super) fn may_still(
        &self,
        candidate: &Candidate<'t>,
        sought: Sought<'_, 't>,
        held: &Package,
    ) -> bool {
        let groups = deciding(self.estate, sought.offer).map(|(name, _)| name);
        let joined = groups.filter(|group| self.puts_into(held, &candidate.kind, group));
        let mut inside = candidate.clone();
        inside.named.extend(joined.map(Named::Group));
        inside.named.len() == candidate.named.len() || self.access(&inside, sought).is_some()
    }

    /// Returns the groups of somebody that a package puts them into as well, as the tree names them: what ends takes them out.
    pub(super) fn shared_groups(&self, candidate: &Candidate<'_>, held: &Package) -> Vec<String> {
        let named = candidate.named.iter().filter(|named| match named {
            Named::Group(group) => self.puts_into(held, &candidate.kind, group),
            _ => false,
        });
        self.groups_of(&named.cloned().collect::<Vec<_>>())
    }

    /// Returns true for a package that whoever holds another may not ask for: that excludes it, or a group that it puts them
    /// into.
    pub(super) fn excludes(
        &self,
        package: &Package,
        (held, given): (&Address, &Package),
        kind: &Kind<'_>,
    ) -> bool {
        let mut others = package.incompatible_with.iter();
        others.any(|other| match other {
            Incompatible::Package(name) => name.as_str() == held.own_name(),
            Incompatible::Group(name) => self.puts_into(given, kind, &self.estate.group(name)),
        })
    }
}

impl Candidate<'_> {
    /// Returns them as rules see them.
    pub(super) fn person(&self) -> Person {
        let account = match self.kind.base.account {
            // The account that the first package brings.
            Account::None => Account::Guest,
            account => account,
        };
        let sketch = Sketch {
            account,
            ..self.sketch.clone()
        };
        sketch.seen_with(&self.mail, &self.seen)
    }
}
