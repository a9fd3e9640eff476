//! Whom only a border keeps out: people of domains that are refused, and of organizations that are closed, in words.

use std::collections::{BTreeMap, BTreeSet};

use super::class::{Base, Sort};
use super::compare::Difference;
use super::estate::{Border, Estate};
use super::who::{Who, list};
use crate::model::text::Domain;

/// Which addresses of a domain are meant: its own, and those below it.
#[derive(Default)]
struct Reach {
    at: bool,
    below: bool,
}

/// Returns those of some people whom a border lets in no longer, or only now: those who are not in the directory yet.
pub(super) fn let_in<'b>(
    [before, after]: [&Estate<'_>; 2],
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
    let mut domains: BTreeMap<&Domain, Reach> = BTreeMap::new();
    let mut organizations: BTreeSet<&str> = BTreeSet::new();
    let mut unlisted = false;
    for base in bases {
        match (shut.traits(base).border, &base.zone.sort) {
            (None | Some(Border::Own), _) => {}
            (Some(Border::Blocked(rule)), _) => {
                let all = Reach {
                    at: true,
                    below: true,
                };
                domains.insert(&rule.domain, all);
            }
            (Some(Border::NotAllowed), Sort::Listed) if by_name => {
                domains.entry(&base.zone.witness).or_default().at = true;
            }
            (Some(Border::NotAllowed), Sort::Below(domain)) if by_name => {
                domains.entry(domain).or_default().below = true;
            }
            (Some(Border::NotAllowed), _) => unlisted = true,
            (Some(Border::Closed(address)), _) => {
                organizations.insert(address.own_name());
            }
        }
    }
    let places = domains.iter().map(|(domain, reach)| match reach {
        Reach { at: false, .. } => format!("any domain below {domain}"),
        Reach { below: true, .. } => format!("{domain} or below"),
        Reach { below: false, .. } => domain.to_string(),
    });
    let mut places: Vec<String> = places.collect();
    if unlisted {
        places.push(format!("a domain that {listed}"));
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
