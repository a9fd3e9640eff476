//! Whom only a border keeps out: people of domains that are refused, and of organizations that are closed, in words.

use std::collections::{BTreeMap, BTreeSet};

use super::class::{Base, Sort};
use super::compare::Difference;
use super::estate::{Border, Estate};
use super::who::{Who, list};
use crate::model::text::Domain;

/// Which addresses of a domain are meant: its own, and those below it.
#[derive(Debug, Clone, Copy, Default)]
struct Reach {
    at: bool,
    below: bool,
}

/// Domains, and which of their addresses are meant.
type Places<'d> = BTreeMap<&'d Domain, Reach>;

/// Returns those of some people whom a border lets in no longer, or only now: those who are not in the directory yet. `zones`
/// are the domains that a side tells apart.
pub(super) fn let_in<'b>(
    [before, after]: [&Estate<'_>; 2],
    zones: impl Iterator<Item = (&'b Sort, &'b Domain)>,
    bases: impl Iterator<Item = &'b Base>,
    kind: Difference,
) -> Who {
    let (shut, open, listed) = match kind {
        Difference::New => (before, after, "was not listed"),
        _ => (after, before, "is not listed"),
    };
    // Where both sides have a list of what is allowed, only what stands on one of them makes the difference.
    let is_list = |side: &Estate<'_>| side.list().is_some_and(|(_, list)| list.allow.is_some());
    let by_name = is_list(open);
    let mut domains = Places::new();
    let mut organizations: BTreeSet<&str> = BTreeSet::new();
    let mut unlisted = false;
    for base in bases {
        let zone = &base.zone;
        match shut.traits(base).border {
            None | Some(Border::Own) => {}
            Some(Border::Closed(address)) => {
                organizations.insert(address.own_name());
            }
            Some(Border::Blocked(_)) => {
                let _ = add(&mut domains, &zone.sort, &zone.witness);
            }
            Some(Border::NotAllowed) => {
                unlisted |= !by_name || !add(&mut domains, &zone.sort, &zone.witness);
            }
        }
    }
    let mut others = Places::new();
    for (sort, witness) in zones {
        let _ = add(&mut others, sort, witness);
    }
    for (domain, meant) in &domains {
        if let Some(other) = others.get_mut(domain) {
            other.at &= !meant.at;
            other.below &= !meant.below;
        }
    }
    let mut places = places(&domains, &others);
    if unlisted {
        let blocked = open.list().into_iter().flat_map(|(_, list)| &list.block);
        let blocked = blocked.flatten().map(|rule| &rule.domain);
        let shut_anyway = blocked.filter(|it| shut.unlisted(it).is_some());
        let all = Reach {
            at: true,
            below: true,
        };
        let shut_anyway: Places<'_> = shut_anyway.map(|it| (it, all)).collect();
        places.push(format!(
            "a domain that {listed}{}",
            except(self::places(&shut_anyway, &Places::new()))
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
    Who {
        text: format!("{} (not in the directory yet)", words.join(", ")),
        organizations,
        domains: domains.into_keys().map(ToString::to_string).collect(),
        ..Who::default()
    }
}

/// Adds a domain, or those below it; false for domains that have no name.
fn add<'d>(places: &mut Places<'d>, sort: &'d Sort, witness: &'d Domain) -> bool {
    match sort {
        Sort::Listed => places.entry(witness).or_default().at = true,
        Sort::Below(domain) => places.entry(domain).or_default().below = true,
        Sort::Own | Sort::LookAlike | Sort::Other => return false,
    }
    true
}

/// Returns domains in words, those within another with it; of `others` what lies within them is excepted.
fn places(domains: &Places<'_>, others: &Places<'_>) -> Vec<String> {
    let is_within = |domain: &Domain, above: &Domain| above != domain && above.covers(domain);
    // The others that lie within a domain, those within another of them with it.
    let others_of = |above: &Domain| -> Places<'_> {
        let within = others
            .iter()
            .filter(|(domain, reach)| (reach.at || reach.below) && is_within(domain, above));
        within.map(|(domain, reach)| (*domain, *reach)).collect()
    };
    let is_told_above = |domain: &Domain| {
        let mut above = domains.iter();
        above.any(|(above, reach)| {
            reach.below
                && is_within(domain, above)
                && !others_of(above).keys().any(|other| other.covers(domain))
        })
    };
    let told = domains.iter().filter(|(domain, _)| !is_told_above(domain));
    let words = told.map(|(domain, reach)| {
        let except = match reach.below {
            true => except(places(&others_of(domain), &Places::new())),
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

/// Returns what is excepted, in words.
fn except(places: Vec<String>) -> String {
    match places.is_empty() {
        true => String::new(),
        false => format!(" (but not {})", list(&places)),
    }
}
