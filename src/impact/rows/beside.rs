//! What differs for those who do not ask as people do: whom administrators assign, programs, and whoever has a package already.
//!
//! An administrator and a program are no class of people who may come to have something: whatever becomes of them is *other*.

use std::collections::{BTreeMap, BTreeSet};

use super::cause::Reason;
use super::choice::{Choice, choice};
use super::package::{Comparing, Outcome};
use super::reasons::Reasons;
use super::row::{Difference, Draft};
use crate::impact::estate::Estate;
use crate::impact::offer::Offer;
use crate::impact::people::said::Said;
use crate::impact::people::who::{Who, list};
use crate::impact::spelling::Spelling;
use crate::impact::terms::Terms;
use crate::model::kinds::policy::{Policy, Requestors};
use crate::model::{Address, Kind, canonical};

/// Policies by the terms that they give.
type Given<'t> = BTreeMap<Terms, &'t Address>;

impl<'t> Comparing<'_, 't> {
    /// Adds what differs for those who do not ask, and for those who have the package already.
    pub(super) fn beside(
        &self,
        offers: [Option<&Offer<'t>>; 2],
        package: &Address,
        rows: &mut Vec<Draft>,
    ) {
        self.assigned(offers, package, rows);
        self.programs(offers, package, rows);
        self.grants(offers, package, rows);
    }

    /// Adds what differs where administrators alone give a package. Through a policy that people can ask through on the other
    /// side they assign there as well: what becomes of that one is told of who may ask.
    fn assigned(&self, offers: [Option<&Offer<'t>>; 2], package: &Address, rows: &mut Vec<Draft>) {
        let asked_for = offers.map(|offer| -> BTreeSet<&Address> {
            let policies = offer.into_iter().flat_map(|offer| {
                let asked = |policy: &Policy| is_asked_for(offer, policy);
                let policies = offer.policies.iter();
                policies.filter(move |(_, policy)| asked(policy))
            });
            policies.map(|(address, _)| *address).collect()
        });
        let meant = |address: &Address, policy: &Policy| {
            is_assigned(policy) && asked_for.iter().all(|others| !others.contains(address))
        };
        let words = ["by direct assignment, ", "by direct assignment no more"];
        let given = self.given(offers, &meant);
        let mut outcome = self.among(given, words, package);
        let [old, new] = offers.map(|offer| -> BTreeMap<&Address, &Policy> {
            let policies = offer.into_iter().flat_map(|offer| &offer.policies);
            let meant = policies.filter(|(address, policy)| meant(address, policy));
            meant.map(|(address, policy)| (*address, *policy)).collect()
        });
        let others = new.iter().filter(|(address, policy)| {
            let was = old.get(*address);
            was.is_some_and(|was| canonical(&was.requestors) != canonical(&policy.requestors))
        });
        let others: Vec<Address> = others.map(|(address, _)| (*address).clone()).collect();
        if !others.is_empty() {
            let text = "may be other people than before";
            match &mut outcome {
                Some(outcome) => outcome.text.push_str(&format!(", and {text}")),
                None => {
                    outcome = Some(Outcome {
                        kind: Difference::Other,
                        text: text.to_owned(),
                        before: Vec::new(),
                        after: Vec::new(),
                        because: self.changed(others),
                        let_in: false,
                    });
                }
            }
        }
        let who = || Who::said("whom administrators assign");
        rows.extend(outcome.map(|outcome| self.row(who(), package, outcome)));
    }

    /// Adds what differs for programs.
    fn programs(&self, offers: [Option<&Offer<'t>>; 2], package: &Address, rows: &mut Vec<Draft>) {
        let words = ["may ask, ", "may no longer ask"];
        let all = |policy: &Policy| match policy.requestors {
            Requestors::AllServicePrincipals => Some("all service principals"),
            Requestors::AllAgentIdentities => Some("all agent identities"),
            _ => None,
        };
        for who in ["all service principals", "all agent identities"] {
            let covers = |_: &Address, policy: &Policy| takes(policy) && all(policy) == Some(who);
            let given = self.given(offers, &covers);
            if let Some(outcome) = self.among(given, words, package) {
                rows.push(self.row(Who::said(who), package, outcome));
            }
        }
        let policies = offers.iter().flatten().flat_map(|offer| &offer.policies);
        let named = policies.filter_map(|(_, policy)| match &policy.requestors {
            Requestors::ServicePrincipals(names) => Some(names),
            _ => None,
        });
        let named: BTreeSet<&str> = named.flatten().map(|name| name.as_str()).collect();
        let mut alike: BTreeMap<Outcome, Vec<String>> = BTreeMap::new();
        for name in named {
            let covers = |_: &Address, policy: &Policy| match &policy.requestors {
                Requestors::ServicePrincipals(names) => {
                    takes(policy) && names.iter().any(|other| other.as_str() == name)
                }
                _ => false,
            };
            let given = self.given(offers, &covers);
            if let Some(outcome) = self.among(given, words, package) {
                alike.entry(outcome).or_default().push(name.to_owned());
            }
        }
        for (outcome, named) in alike {
            let word = match named.len() {
                1 => "service principal",
                _ => "service principals",
            };
            let names: Vec<Said> = named.iter().map(|name| Said::name(name)).collect();
            let names = Said::joined(&names, "and");
            let who = Who {
                named,
                ..Who::said(Said::from(format!("{word} ")).and(names))
            };
            rows.push(self.row(who, package, outcome));
        }
    }

    /// Returns what differs between terms that are given to somebody; `words` say that there are some, and that there are none
    /// any more.
    fn among(
        &self,
        [old, new]: [Given<'t>; 2],
        [some, none]: [&str; 2],
        package: &Address,
    ) -> Option<Outcome> {
        let terms = |side: &Given<'_>| side.keys().cloned().collect::<Vec<_>>();
        let (before, after) = (terms(&old), terms(&new));
        if before == after {
            return None;
        }
        let text = match (before.first(), after.first()) {
            (None, _) => format!("{some}{}", choice(&after)),
            (Some(_), None) => none.to_owned(),
            _ => {
                let terms = Choice {
                    before: &before,
                    after: &after,
                    ruled: false,
                };
                terms.differs(self.now)?.1
            }
        };
        let because = old.into_values().chain(new.into_values()).chain([package]);
        Some(Outcome {
            kind: Difference::Other,
            text,
            before,
            after,
            because: self.changed(because.cloned()),
            let_in: false,
        })
    }

    /// Adds what a package gives more, no longer, or by another resource.
    fn grants(&self, offers: [Option<&Offer<'t>>; 2], package: &Address, rows: &mut Vec<Draft>) {
        let [Some(old), Some(new)] = offers else {
            return;
        };
        let roles = |offer: &Offer<'_>| -> BTreeSet<String> {
            let grants = offer.package.grants.iter();
            grants
                .flat_map(|(resource, roles)| {
                    roles.iter().map(move |role| format!("{resource}: {role}"))
                })
                .collect()
        };
        let (was, is) = (roles(old), roles(new));
        let mut because = BTreeSet::new();
        let sides = [
            ("also gives", is.difference(&was)),
            ("no longer gives", was.difference(&is)),
        ];
        let words = sides.into_iter().filter_map(|(verb, roles)| {
            let roles: Vec<String> = roles.cloned().collect();
            (!roles.is_empty()).then(|| format!("{verb} {}", list(&roles)))
        });
        let mut words: Vec<String> = words.collect();
        if !words.is_empty() {
            let _ = because.insert(package.clone());
        }
        let both = || old.package.grants.keys();
        for name in both().filter(|name| new.package.grants.contains_key(*name)) {
            if let Some((address, what)) = self.touched.replaced.get(name.as_str()) {
                words.push(format!("another resource behind {name}: {what}"));
                let _ = because.insert(address.clone());
            }
        }
        for name in both().filter(|name| self.touched.opened.contains(name.as_str())) {
            if let Some(after) = new.package.grants.get(name) {
                let roles: Vec<String> = after.iter().map(ToString::to_string).collect();
                let to = match self.after.is_guestless(name.as_str()) {
                    true => "no longer to guests",
                    false => "to guests as well",
                };
                words.push(format!("gives {name}: {} {to}", list(&roles)));
                let _ = because.insert(Address::new(Kind::Resource, name));
            }
        }
        if words.is_empty() {
            return;
        }
        let outcome = Outcome {
            kind: Difference::Other,
            text: words.join(", "),
            before: Vec::new(),
            after: Vec::new(),
            because: self.changed(because),
            let_in: false,
        };
        rows.push(self.row(Who::said("whoever has it"), package, outcome));
    }

    /// Returns the terms of those policies of a package that are meant, on each side.
    fn given(
        &self,
        offers: [Option<&Offer<'t>>; 2],
        meant: &dyn Fn(&Address, &Policy) -> bool,
    ) -> [Given<'t>; 2] {
        let spelling = spelling([self.before, self.after], offers);
        std::array::from_fn(|at| {
            let policies = offers[at].into_iter().flat_map(|offer| &offer.policies);
            let meant = policies.filter(|(address, policy)| meant(address, policy));
            let terms = meant.map(|(address, policy)| {
                let terms = Terms::spelled(address.own_name(), policy, &spelling[at]);
                (terms, *address)
            });
            terms.collect()
        })
    }

    pub(super) fn changed(&self, addresses: impl IntoIterator<Item = Address>) -> Reasons {
        let found: BTreeSet<Address> = addresses
            .into_iter()
            .filter(|it| self.origins.contains_key(it))
            .collect();
        found.into_iter().map(Reason::Change).collect()
    }
}

/// Returns true for a policy that takes requests.
const fn takes(policy: &Policy) -> bool {
    policy.requests.enabled
}

/// Returns true for a policy through which administrators assign people.
const fn is_assigned(policy: &Policy) -> bool {
    match &policy.requestors {
        Requestors::Nobody => takes(policy),
        Requestors::Automatic(_) => false,
        people => !people.is_programs(),
    }
}

/// Returns true for a policy through which people may ask.
fn is_asked_for(offer: &Offer<'_>, policy: &Policy) -> bool {
    let is_for_nobody = matches!(policy.requestors, Requestors::Nobody);
    offer.is_open_to(&policy.requestors) && takes(policy) && is_assigned(policy) && !is_for_nobody
}

/// Returns how groups that decide by policies of a package are written alike on both sides.
pub(in crate::impact) fn spelling(
    estates: [&Estate<'_>; 2],
    offers: [Option<&Offer<'_>>; 2],
) -> [Spelling; 2] {
    let deciding = |offer: Option<&Offer<'_>>| {
        let policies = offer.into_iter().flat_map(|offer| &offer.policies);
        let lists = policies.flat_map(|(_, policy)| {
            let stages = policy.approval.stages.iter();
            let stages = stages.flat_map(|stage| [&stage.approvers, &stage.fallback]);
            let review = policy.review.iter();
            stages.chain(review.flat_map(|review| [&review.reviewers, &review.fallback]))
        });
        lists.flatten().cloned().collect::<Vec<_>>()
    };
    let [was, is] = offers.map(deciding);
    Spelling::between(estates, &was, &is)
}
