//! Names of the people in entries, asked for once and then known.

use std::collections::{BTreeSet, HashMap};

use crate::audit::{ERASED, Said, mentioned, reveal};
use crate::store::{Known, Store, StoreError};

/// What is shown for somebody whose kept name is not the one that the entry was written with.
const ALTERED: &str = "[not the name that was recorded]";

/// Who is behind the ids in entries.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<String, Option<Known>>);

impl Names {
    /// Learns everybody in an entry.
    pub(super) fn learn(&mut self, store: &dyn Store, said: &Said) -> Result<(), StoreError> {
        let ids = said.people.keys().map(String::as_str);
        let ids = ids.chain(mentioned(&said.reason));
        let new = ids.filter(|id| !self.0.contains_key(*id));
        let new: BTreeSet<String> = new.map(str::to_owned).collect();
        if new.is_empty() {
            return Ok(());
        }
        let mut people = store.people(&new)?;
        for id in new {
            let known = people.remove(&id);
            self.0.insert(id, known);
        }
        Ok(())
    }

    /// Returns the name of an id in an entry, or what to show in its place.
    pub(super) fn name<'n>(&'n self, said: &Said, id: &str) -> &'n str {
        match self.0.get(id) {
            Some(Some(known)) if said.people.get(id) == Some(&known.mac) => &known.value,
            Some(Some(_)) => ALTERED,
            _ => ERASED,
        }
    }

    /// Returns a text of an entry with names in it.
    pub(super) fn show(&self, said: &Said, text: &str) -> String {
        reveal(text, &|id| self.name(said, id).to_owned()).into_owned()
    }
}
