//! People who may differ for a policy: with the names by which lists know them, and what rules see in them.

use std::collections::BTreeSet;

use crate::governance::record::Person;
use crate::governance::rule::Rule;
use crate::impact::{Account, Base, Estate, Named, Offer, Zone};
use crate::model::invariant::{Terms, Way};
use crate::model::kinds::Incompatible;
use crate::model::kinds::policy::{Policy, Requestors};
use crate::model::text::{Domain, Email, Line, Principal};

use super::people::Kind;
use super::person;
use super::reach::{Reach, Sought};

/// The local part of the address of whoever nothing names.
pub(super) const SOMEONE: &str = "someone";

/// Somebody of a kind, with the names by which lists know them.
#[derive(Debug, Clone)]
pub(super) struct Candidate<'t> {
    pub(super) kind: Kind<'t>,
    pub(super) mail: Email,
    pub(super) named: Vec<Named>,
    pub(super) seen: Vec<(String, String)>,
}

impl<'t> Reach<'_, 't> {
    /// Returns the people of a kind who may differ for a policy: those whom nothing names, and those whom its list names.
    pub(super) fn candidates(&self, kind: &Kind<'t>, sought: Sought<'_, 't>) -> Vec<Candidate<'t>> {
        let mut found = Vec::new();
        let Requestors::People(people) = &sought.rules.requestors else {
            found.extend(self.candidate(kind, None, sought));
            return found;
        };
        for principal in people.iter() {
            match principal {
                Principal::User(mail) => {
                    if let Some(kind) = self.at_home(kind, mail, sought.terms) {
                        found.extend(self.candidate(&kind, Some(principal), sought));
                    }
                }
                Principal::Group(_) => found.extend(self.candidate(kind, Some(principal), sought)),
                _ => {}
            }
        }
        found
    }

    /// Returns a kind as it is with the domain of an address; `None` where they could not have it.
    fn at_home(&self, kind: &Kind<'t>, mail: &Email, terms: &Terms) -> Option<Kind<'t>> {
        let domain = Domain::parse(mail.domain()).ok()?;
        let own = self.estate.own.contains(&domain);
        if own == kind.base.account.is_outside() {
            return None;
        }
        let about = terms.domain.as_ref();
        if about.is_some_and(|domains| !domains.iter().any(|one| one.covers(&domain))) {
            return None;
        }
        let base = Base {
            zone: Zone {
                sort: kind.base.zone.sort.clone(),
                witness: domain,
            },
            ..kind.base.clone()
        };
        let newcomer = Base {
            account: Account::None,
            ..base.clone()
        };
        if !own && self.estate.traits(&newcomer).border.is_some() {
            return None;
        }
        let traits = self.estate.traits(&base);
        // Another organization would be another kind, which is looked at by itself.
        (traits.seen == kind.traits.seen).then_some(Kind {
            base,
            traits,
            claimed: kind.claimed,
            is_natural: kind.is_natural,
        })
    }

    /// Returns somebody of a kind whom a list names, and whom rules put into no group that is not wanted.
    fn candidate(
        &self,
        kind: &Kind<'t>,
        principal: Option<&Principal>,
        sought: Sought<'_, 't>,
    ) -> Option<Candidate<'t>> {
        let named: Vec<Named> = principal
            .and_then(|principal| Named::of(principal, self.estate))
            .into_iter()
            .collect();
        self.settled(kind, &named, &[sought])
    }

    /// Returns somebody of a kind who is named as wanted and in no other group with a rule that would keep them out.
    pub(super) fn settled(
        &self,
        kind: &Kind<'t>,
        named: &[Named],
        sought: &[Sought<'_, 't>],
    ) -> Option<Candidate<'t>> {
        let (mut ruled, mut local) = (Vec::new(), SOMEONE);
        for name in named {
            match name {
                Named::User(mail) => {
                    local = mail.as_str().split('@').next().unwrap_or(SOMEONE);
                }
                Named::Group(group) => {
                    if kind.base.account == Account::None {
                        return None;
                    }
                    let Some(kept) = self.groups.get(group) else {
                        continue;
                    };
                    if kind.is_guest() && !kept.guests {
                        return None;
                    }
                    if let Some(rule) = &kept.rule {
                        ruled.push((rule, true));
                    }
                }
            }
        }
        // Groups with a rule that keep somebody out, or lead to another policy.
        let mut others = BTreeSet::new();
        for sought in sought {
            others.extend(self.seen_groups(sought.offer));
        }
        let mut free = Vec::new();
        for group in others {
            let wanted = named
                .iter()
                .any(|name| *name == Named::Group(group.clone()));
            let kept = self.groups.get(&group);
            let rule = kept.and_then(|kept| kept.rule.as_ref());
            let open = kept.is_some_and(|kept| kept.guests || !kind.is_guest());
            if let Some(rule) = rule.filter(|_| !wanted && open) {
                free.push((group, rule));
            }
        }
        let automatic: Vec<Rule> = sought
            .iter()
            .filter(|sought| sought.way == Way::Automatic)
            .filter_map(|sought| match &sought.rules.requestors {
                Requestors::Automatic(automatic) => Rule::parse(automatic.rule.as_str()).ok(),
                _ => None,
            })
            .collect();
        ruled.extend(automatic.iter().map(|rule| (rule, true)));
        let (account, domain) = (kind.base.account, &kind.base.zone.witness);
        // As few groups as there can be: each more can only keep somebody out.
        for kept in subsets(&free) {
            let mut rules = ruled.clone();
            rules.extend(
                free.iter()
                    .zip(&kept)
                    .map(|((_, rule), inside)| (*rule, *inside)),
            );
            let Some(person) = person::fitting(account, domain, local, &rules) else {
                continue;
            };
            let plain = person::plain(account, domain, local);
            let mut named = named.to_vec();
            named.sort();
            named.dedup();
            let inside = free.iter().zip(&kept).filter(|(_, inside)| **inside);
            named.extend(inside.map(|((group, _), _)| Named::Group(group.clone())));
            return Some(Candidate {
                kind: kind.clone(),
                mail: person.mail.clone(),
                named,
                seen: plain.map_or_else(Vec::new, |plain| seen(&plain, &person)),
            });
        }
        None
    }

    /// Returns the groups that decide about a package, by name in lower case.
    fn seen_groups(&self, offer: &Offer<'_>) -> BTreeSet<String> {
        deciding(self.estate, offer).map(|(name, _)| name).collect()
    }

    /// Returns the groups somebody is put into, as the tree names them.
    pub(super) fn groups_of(&self, named: &[Named]) -> Vec<String> {
        let groups = named.iter().filter_map(|named| match named {
            Named::Group(name) => Some(name),
            Named::User(_) => None,
        });
        let ruled = |name: &&String| {
            self.groups
                .get(*name)
                .is_some_and(|kept| kept.rule.is_some())
        };
        let spelled = |name: &String| match self.spelled.get(name) {
            Some(text) => text.to_string(),
            None => name.clone(),
        };
        groups.filter(|name| !ruled(name)).map(spelled).collect()
    }
}

/// Returns the groups that decide about a package: by name in lower case, and as the tree names them.
pub(super) fn deciding<'o, 't>(
    estate: &'o Estate<'t>,
    offer: &'o Offer<'t>,
) -> impl Iterator<Item = (String, &'t Line)> {
    let lists = offer
        .policies
        .iter()
        .filter_map(|(_, policy)| match &policy.requestors {
            Requestors::People(people) => Some(people),
            _ => None,
        });
    let asked = lists.flatten().filter_map(|principal| match principal {
        Principal::Group(name) => Some(name),
        _ => None,
    });
    let excluded = offer.package.incompatible_with.iter();
    let excluded = excluded.filter_map(|other| match other {
        Incompatible::Group(name) => Some(name),
        Incompatible::Package(_) => None,
    });
    asked.chain(excluded).map(|name| (estate.group(name), name))
}

/// Returns how much has to be explained of people before they can ask through a policy.
pub(super) fn oddity(kind: &Kind<'_>, rules: &Policy) -> (bool, usize) {
    let usual = match rules.requestors.is_outside() {
        true => [
            Account::None,
            Account::Guest,
            Account::ExternalMember,
            Account::Member,
        ],
        false => [
            Account::Member,
            Account::Guest,
            Account::None,
            Account::InternalGuest,
        ],
    };
    let account = kind.base.account;
    let place = usual.iter().position(|usual| *usual == account);
    (!kind.is_natural, place.unwrap_or(usual.len()))
}

/// Returns every choice of being in groups or not, those with few groups first.
fn subsets<T>(groups: &[T]) -> Vec<Vec<bool>> {
    // More groups with rules than this about one package are looked at all outside, then each alone.
    const MOST: usize = 6;
    let count = groups.len();
    if count > MOST {
        let alone = (0..count).map(|at| (0..count).map(|other| other == at).collect());
        return std::iter::once(vec![false; count]).chain(alone).collect();
    }
    let mut all: Vec<Vec<bool>> = (0..1_usize << count)
        .map(|bits| (0..count).map(|at| bits >> at & 1 == 1).collect())
        .collect();
    all.sort_by_key(|choice: &Vec<bool>| choice.iter().filter(|inside| **inside).count());
    all
}

/// Returns what somebody was given for rules, by the names of the directory.
fn seen(plain: &Person, person: &Person) -> Vec<(String, String)> {
    let mut seen: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, value: String| seen.push((name.to_owned(), value));
    if person.name != plain.name {
        add("displayName", person.name.clone());
    }
    if let Some(company) = &person.company {
        add("companyName", company.clone());
    }
    for (name, value) in &person.attributes {
        add(name, value.clone());
    }
    seen
}
