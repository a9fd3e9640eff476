//! Whom only a border keeps out: people of domains that are refused, and of organizations that are closed, in words.

use std::collections::{BTreeMap, BTreeSet};

use super::census::Census;
use super::class::Sort;
use super::compare::Difference;
use super::crowd::Crowd;
use super::estate::{Border, Estate};
use super::who::{Who, list};
use crate::model::text::Domain;

/// Which addresses of a domain are meant: its own, and those below it.
#[derive(Debug, Clone, Copy, Default)]
struct Reach {
    at: bool,
    below: bool,
}

const ALL: Reach = Reach {
    at: true,
    below: true,
};

/// Domains, and which of their addresses are meant; in order of labels from the last to the first, so that those below one
/// follow it.
#[derive(Debug, Clone, Default)]
struct Places<'d>(BTreeMap<String, (&'d Domain, Reach)>);

/// Says whom only a border keeps out, on either side.
#[derive(Debug)]
pub(super) struct LetIn<'c, 't> {
    census: &'c Census<'c, 't>,
    sides: [&'c Estate<'t>; 2],
    /// The domains that a side tells apart.
    zones: Places<'c>,
}

impl<'c, 't> LetIn<'c, 't> {
    /// Learns which domains there are.
    pub(super) fn new(census: &'c Census<'c, 't>, sides: [&'c Estate<'t>; 2]) -> Self {
        let mut zones = Places::default();
        for base in census
            .bases()
            .iter()
            .filter(|base| base.account.is_outside())
        {
            let _ = zones.add(&base.zone.sort, &base.zone.witness);
        }
        Self {
            census,
            sides,
            zones,
        }
    }

    /// Returns those of some people whom a border lets in no longer, or only now: those who are not in the directory yet.
    pub(super) fn who(&self, bases: &Crowd, kind: Difference) -> Who {
        let [before, after] = self.sides;
        let (at, shut, open, listed) = match kind {
            Difference::New => (0, before, after, "was not listed"),
            _ => (1, after, before, "is not listed"),
        };
        // Where both sides have a list of what is allowed, only what stands on one of them makes the difference.
        let list_of = |side: &Estate<'_>| side.list().is_some_and(|(_, list)| list.allow.is_some());
        let by_name = list_of(open);
        let mut domains = Places::default();
        let mut organizations: BTreeSet<&str> = BTreeSet::new();
        let mut unlisted = false;
        for (base, traits) in bases.iter().filter_map(|base| self.census.seen_at(base)) {
            let zone = &base.zone;
            match traits.get(at).and_then(|traits| traits.border) {
                None | Some(Border::Own) => {}
                Some(Border::Closed(address)) => {
                    organizations.insert(address.own_name());
                }
                Some(Border::Blocked(_)) => {
                    let _ = domains.add(&zone.sort, &zone.witness);
                }
                Some(Border::NotAllowed) => {
                    unlisted |= !by_name || !domains.add(&zone.sort, &zone.witness);
                }
            }
        }
        let mut places = domains.words(&self.zones);
        if unlisted {
            let blocked = open.list().into_iter().flat_map(|(_, list)| &list.block);
            let blocked = blocked.flatten().map(|rule| &rule.domain);
            let shut_anyway = blocked.filter(|it| shut.unlisted(it).is_some());
            let shut_anyway: Places<'_> = shut_anyway.map(|it| (it, ALL)).collect();
            places.push(format!(
                "a domain that {listed}{}",
                except(shut_anyway.words(&Places::default()))
            ));
        }
        let organizations: Vec<String> = organizations.into_iter().map(str::to_owned).collect();
        let mut words = Vec::new();
        if !organizations.is_empty() {
            words.push(format!("people of {}", list(&organizations)));
        }
        if !places.is_empty() {
            words.push(format!("anyone at {}", list(&places)));
        }
        let mut domains: Vec<String> = domains.0.into_values().map(|it| it.0.to_string()).collect();
        domains.sort();
        Who {
            text: format!("{} (not in the directory yet)", words.join(", ")),
            organizations,
            domains,
            ..Who::default()
        }
    }
}

impl<'d> Places<'d> {
    /// Adds a domain, or those below it; false for domains that have no name.
    fn add(&mut self, sort: &'d Sort, witness: &'d Domain) -> bool {
        let mut reach = |domain: &'d Domain, of: Reach| {
            let (_, known) = self
                .0
                .entry(key(domain))
                .or_insert((domain, Reach::default()));
            known.at |= of.at;
            known.below |= of.below;
        };
        match sort {
            Sort::Listed => reach(
                witness,
                Reach {
                    below: false,
                    ..ALL
                },
            ),
            Sort::Below(domain) => reach(domain, Reach { at: false, ..ALL }),
            Sort::Own | Sort::LookAlike | Sort::Other => return false,
        }
        true
    }

    /// Returns the domains in words, those within another with it; what else lies within them is excepted.
    fn words(&self, zones: &Places<'_>) -> Vec<String> {
        let told = self
            .0
            .iter()
            .filter(|(key, _)| !self.is_told_above(key, zones));
        let mut told: Vec<_> = told.collect();
        told.sort_by_key(|(_, (domain, _))| *domain);
        let words = told.into_iter().map(|(key, (domain, reach))| {
            let except = match reach.below {
                true => except(zones.below(key, self).words(&Places::default())),
                false => String::new(),
            };
            match reach {
                Reach { at: false, .. } => format!("any domain below {domain}{except}"),
                Reach { below: true, .. } => format!("{domain} or below{except}"),
                Reach { below: false, .. } => domain.to_string(),
            }
        });
        words.collect()
    }

    /// Returns true for a domain that one above it includes.
    fn is_told_above(&self, key: &str, zones: &Places<'_>) -> bool {
        above(key).any(|outer| {
            let includes = self.0.get(outer).is_some_and(|(_, reach)| reach.below);
            let mut between = above(key).chain([key]).filter(|it| it.len() > outer.len());
            includes && !between.any(|inner| zones.but(inner, self).is_some())
        })
    }

    /// Returns what lies below a domain apart from what is meant.
    fn below(&self, outer: &str, meant: &Places<'_>) -> Self {
        let from = self.0.range(outer.to_owned()..);
        let inner = from.take_while(|(key, _)| key.starts_with(outer));
        let inner = inner.filter(|(key, _)| *key != outer);
        let left = inner.filter_map(|(key, (domain, _))| Some((*domain, self.but(key, meant)?)));
        left.collect()
    }

    /// Returns what is there of a domain apart from what is meant.
    fn but(&self, key: &str, meant: &Places<'_>) -> Option<Reach> {
        let (_, reach) = self.0.get(key)?;
        let taken = meant.0.get(key).map_or_else(Reach::default, |it| it.1);
        let left = Reach {
            at: reach.at && !taken.at,
            below: reach.below && !taken.below,
        };
        (left.at || left.below).then_some(left)
    }
}

impl<'d> FromIterator<(&'d Domain, Reach)> for Places<'d> {
    fn from_iter<I: IntoIterator<Item = (&'d Domain, Reach)>>(all: I) -> Self {
        let all = all.into_iter();
        Self(all.map(|it| (key(it.0), it)).collect())
    }
}

/// Returns the labels of a domain from the last to the first, each with a dot: `com.fabrikam.`.
fn key(domain: &Domain) -> String {
    let labels = domain.as_str().rsplit('.');
    labels.flat_map(|label| [label, "."]).collect()
}

/// Returns the keys of the domains above one.
fn above(key: &str) -> impl Iterator<Item = &str> {
    let dots = key.match_indices('.').map(|(dot, _)| dot + 1);
    dots.filter(|end| *end < key.len())
        .filter_map(|end| key.get(..end))
}

/// Returns what is excepted, in words.
fn except(places: Vec<String>) -> String {
    match places.is_empty() {
        true => String::new(),
        false => format!(" (but not {})", list(&places)),
    }
}
