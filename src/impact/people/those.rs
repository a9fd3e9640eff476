//! Some people whom a store knows, as both sides of a plan see them.

use std::collections::{BTreeSet, HashSet};

use super::census::Census;
use super::crowd::Crowd;
use crate::governance::record::Person;
use crate::impact::estate::{Estate, Traits};
use crate::model::text::Email;

/// Some people whom a store knows.
#[derive(Debug, Default)]
pub(super) struct Those<'t> {
    mails: BTreeSet<Email>,
    /// What both sides see in them.
    traits: HashSet<Vec<Traits<'t>>>,
}

impl<'t> Those<'t> {
    /// Adds somebody.
    pub(super) fn add(&mut self, person: &Person, estates: [&Estate<'t>; 2]) {
        let mails = std::iter::once(&person.mail).chain(&person.other_mails);
        self.mails.extend(mails.cloned());
        let traits = estates.map(|estate| estate.person(person));
        let _ = self.traits.insert(traits.into());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.traits.is_empty()
    }

    /// Returns true for the address of one of them.
    pub(super) fn has(&self, mail: &Email) -> bool {
        self.mails.contains(mail)
    }

    /// Returns the sorts of people that they are of; whoever is of none that is known may be of any.
    pub(super) fn crowd(&self, census: &Census<'_, 't>) -> Crowd {
        let mut crowd = Crowd::default();
        let mut known: HashSet<&[Traits<'t>]> = HashSet::new();
        for (at, traits) in census.seen().filter(|(_, it)| self.traits.contains(*it)) {
            let _ = known.insert(traits);
            crowd.insert(at);
        }
        if known.len() < self.traits.len() {
            crowd.add(&census.living());
        }
        crowd
    }
}
