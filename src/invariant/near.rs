//! Domains of people at whose address rules look.
//!
//! Nothing else tells two domains apart that no list names and no organization claims, so people are looked for with one of
//! them. A rule that looks at addresses does, and so does one between the domains of an organization: for it, people are
//! looked for with every domain that others of their kind have.

use std::collections::BTreeSet;

use super::naming::Naming;
use super::people::Kind;
use super::person::{self, Sketch};
use super::reach::Reach;
use crate::governance::rule::Rule;
use crate::governance::rule::language::Demand;
use crate::impact::{Account, Offer};
use crate::model::invariant::Terms;
use crate::model::kinds::Organization;
use crate::model::text::{Domain, DomainRule, Email};

/// Which domains an address may have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Near {
    /// One of each of these.
    within: Vec<Vec<DomainRule>>,
    /// None of these.
    but: Vec<DomainRule>,
}

impl Near {
    /// Any domain that some terms are about.
    pub(super) fn any(terms: &Terms) -> Self {
        let about = terms.domain.iter().map(|domains| {
            let domains = domains.iter().cloned();
            let domains = domains.map(|domain| DomainRule {
                domain,
                subdomains: true,
            });
            domains.collect()
        });
        Self {
            within: about.collect(),
            but: Vec::new(),
        }
    }

    /// Returns what an address with such a domain is.
    pub(super) fn demands(&self) -> Option<Vec<Demand>> {
        let within = self.within.iter().map(|rules| (rules, true));
        let but = Some((&self.but, false)).filter(|_| !self.but.is_empty());
        let all = within.chain(but);
        all.map(|(rules, wanted)| Demand::matches(&pattern(rules), wanted))
            .collect()
    }
}

/// Returns a pattern for addresses with some domains.
fn pattern(rules: &[DomainRule]) -> String {
    let each = rules.iter().map(|rule| {
        let below = if rule.subdomains { r"(?:[^@]*\.)?" } else { "" };
        format!("{below}{}", regex_syntax::escape(rule.domain.as_str()))
    });
    format!("@(?:{})$", each.collect::<Vec<_>>().join("|"))
}

impl<'t> Naming<'t> {
    /// Returns the rule by which an organization names a domain, or the domain alone.
    fn rule(&self, domain: Domain) -> DomainRule {
        let named = self.of(&domain);
        let rules = named.iter().flat_map(|(_, it)| it.domains.iter());
        let mut rules = rules.filter(|rule| rule.names(&domain));
        rules.next().cloned().unwrap_or(DomainRule {
            domain,
            subdomains: false,
        })
    }
}

impl<'t> Reach<'_, 't> {
    /// Returns the names of organizations that the policies of a package tell apart: those that they name, by their people or
    /// by themselves, and those that rules over addresses do.
    pub(super) fn apart(&self, offer: &Offer<'t>) -> BTreeSet<&'t str> {
        let mut all = self.naming.apart(offer);
        let automatic = offer.policies.iter();
        let automatic = automatic.filter_map(|(policy, _)| self.automatic.get(*policy));
        let groups = self.ruled.get(offer.address).into_iter().flatten();
        let groups = groups.filter_map(|group| self.groups.get(group)?.rule.as_ref());
        for at in automatic.chain(groups) {
            all.extend(self.told_apart(*at));
        }
        all
    }

    /// Returns the names of organizations whose people a rule may tell from others by their addresses.
    fn told_apart(&self, at: usize) -> BTreeSet<&'t str> {
        if let Some(known) = self
            .by_address
            .read()
            .ok()
            .as_ref()
            .and_then(|it| it.get(&at))
        {
            return known.clone();
        }
        let mut found = BTreeSet::new();
        if let Some(rule) = self.rules.get(at).filter(|rule| reads_addresses(rule)) {
            let all: Vec<(&'t str, &'t Domain)> = self
                .estate
                .organizations()
                .flat_map(|(address, it)| domains(it).map(|domain| (address.own_name(), domain)))
                .collect();
            let only: Vec<&Domain> = all.iter().map(|(_, domain)| *domain).collect();
            for wanted in [true, false] {
                let fits = person::domains(rule, wanted, &only);
                found.extend(
                    fits.into_iter()
                        .filter_map(|at| all.get(at))
                        .map(|(name, _)| *name),
                );
            }
        }
        if let Ok(mut known) = self.by_address.write() {
            known.insert(at, found.clone());
        }
        found
    }

    /// Returns the domains that others like somebody of a kind may have, a few together; none where rules look at no address.
    pub(super) fn around(
        &self,
        kind: &Kind<'t>,
        sketch: &Sketch,
        rules: &[(usize, bool)],
        terms: &Terms,
    ) -> Vec<Near> {
        let is_guest = matches!(sketch.account, Account::Guest | Account::ExternalMember);
        let mut rules = rules.iter().filter_map(|(at, _)| self.rules.get(*at));
        if !is_guest || sketch.local.is_some() || !rules.any(reads_addresses) {
            return Vec::new();
        }
        let any = Near::any(terms);
        let Some((name, _)) = kind.claimed else {
            return vec![any];
        };
        let claimed = self.organizations.get(name);
        let domains = claimed.into_iter().flat_map(|it| it.domains.iter());
        let each = domains.map(|rule| {
            let mut near = any.clone();
            near.within.push(vec![rule.clone()]);
            near
        });
        each.collect()
    }

    /// Leaves out the domain of an address, and others like it.
    pub(super) fn leave_out(&self, near: &mut Near, mail: &Email) -> Option<()> {
        let domain = Domain::parse(mail.domain()).ok()?;
        near.but.push(self.naming.rule(domain));
        Some(())
    }
}

fn domains(organization: &Organization) -> impl Iterator<Item = &Domain> {
    organization.domains.iter().map(|rule| &rule.domain)
}

/// Returns true for a rule that looks at addresses.
fn reads_addresses(rule: &Rule) -> bool {
    person::properties([rule]).contains(&"mail")
}
