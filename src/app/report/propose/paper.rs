//! What a proposal is made on, and what stands on it so far.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::guest::Guest;
use crate::load::print::Printable;
use crate::model::text::{Domain, Principal};
use crate::model::{Address, Body, Desired, Kind, Name};

/// How many reviewers a policy takes.
const REVIEWERS: usize = 20;

/// The groups that a package cannot make a guest a member of, by name in lower case, each with the reason.
pub(super) type Closed = BTreeMap<String, &'static str>;

/// What a proposal is made on.
#[derive(Debug)]
pub(super) struct Ground<'g> {
    /// What the tree declares.
    pub(super) desired: Option<&'g Desired>,
    /// The addresses that are taken.
    pub(super) taken: BTreeSet<Address>,
    /// The groups that take no guests from packages.
    pub(super) closed: Closed,
    /// The domains of our own people.
    pub(super) own: &'g [Domain],
    /// The instant.
    pub(super) at: Timestamp,
}

/// What a proposal declares so far.
pub(super) struct Paper<'g> {
    pub(super) ground: &'g Ground<'g>,
    taken: BTreeSet<Address>,
    pub(super) objects: Vec<Printable>,
}

impl<'g> Paper<'g> {
    pub(super) fn new(ground: &'g Ground<'g>) -> Self {
        Self {
            ground,
            taken: ground.taken.clone(),
            objects: Vec::new(),
        }
    }

    pub(super) fn is_taken(&self, kind: Kind, name: &Name) -> bool {
        self.taken.contains(&Address::new(kind, name))
    }

    /// Makes an address that nothing has.
    pub(super) fn fresh(&mut self, kind: Kind, stem: &str) -> Name {
        let stem: String = stem.chars().take(56).collect();
        let stem = stem.trim_end_matches('-');
        let mut number = 1_u64;
        loop {
            let text = match number {
                1 => stem.to_owned(),
                _ => format!("{stem}-{number}"),
            };
            let name = Name::parse(&text).or_else(|_| Name::parse(&format!("{kind}-{number}")));
            if let Ok(name) = name
                && self.taken.insert(Address::new(kind, &name))
            {
                return name;
            }
            number += 1;
        }
    }

    /// Keeps an object; one that its kind does not take is our bug, and the load of the proposal would tell.
    pub(super) fn declare(&mut self, address: Address, body: Value) {
        if let Ok(object) = address.kind().decode(body) {
            self.objects.push(Printable {
                body: Body::of(&object),
                address,
                adopt: None,
            });
        }
    }

    pub(super) fn is_own(&self, domain: &Domain) -> bool {
        self.ground.own.iter().any(|own| own == domain)
    }

    pub(super) fn found(&self) -> String {
        let day = self.ground.at.strftime("%Y-%m-%d");
        format!("Made of guests who were here without a package on {day}.")
    }

    /// Returns our own people who answer for these guests, those who answer for the most first.
    pub(super) fn sponsors(&self, people: &[&Guest]) -> Vec<String> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for sponsor in people.iter().flat_map(|guest| &guest.sponsors) {
            let own = match sponsor {
                Principal::User(mail) => {
                    Domain::parse(mail.domain()).is_ok_and(|domain| self.is_own(&domain))
                }
                _ => false,
            };
            if own {
                *counts.entry(sponsor.to_string()).or_default() += 1;
            }
        }
        let mut sponsors: Vec<(usize, String)> = counts
            .into_iter()
            .map(|(name, count)| (count, name))
            .collect();
        sponsors.sort_by(|one, other| (other.0, &one.1).cmp(&(one.0, &other.1)));
        let names = sponsors.into_iter().map(|(_, name)| name);
        names.take(REVIEWERS).collect()
    }
}
