//! People: who an id in the audit log stands for, kept apart so that it can be erased.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use crate::audit::{ERASED, Person, Salt, canonical, seal_text};
use crate::plan::RunRecord;
use crate::store::sql::people::fresh;
use crate::store::{Known, StoreError};

/// Everybody known, by canonical value, with id and salt.
#[derive(Debug, Clone, Default)]
pub(super) struct People(BTreeMap<String, (String, Salt)>);

impl People {
    /// Returns the person of a canonical value, who is made known if nobody is yet.
    pub(super) fn look(&mut self, value: &str) -> Result<Person, StoreError> {
        let (id, salt) = match self.0.get(value) {
            Some(known) => known.clone(),
            None => {
                let known = fresh("memory")?;
                self.0.insert(value.to_owned(), known.clone());
                known
            }
        };
        Ok(Person::new(id, &salt, value))
    }

    pub(super) fn known(&self, ids: &BTreeSet<String>) -> BTreeMap<String, Known> {
        let people = self.0.iter().filter(|(_, (id, _))| ids.contains(id));
        let known = people.map(|(value, (id, salt))| {
            let mac = salt.mac(value);
            let value = value.clone();
            (id.clone(), Known { value, mac })
        });
        known.collect()
    }

    pub(super) fn id(&self, value: &str) -> Option<String> {
        self.0.get(value).map(|(id, _)| id.clone())
    }

    pub(super) fn erase(&mut self, value: &str) {
        self.0.remove(value);
    }
}

/// Puts people into a run in their canonical form, as a store that keeps them apart gives them back.
pub(super) fn spell(record: &mut RunRecord) {
    rename(record, &canonical);
}

/// Takes a person out of a run.
pub(super) fn erase_from(record: &mut RunRecord, value: &str) {
    rename(record, &|who| match canonical(who) {
        same if same == value => ERASED.to_owned(),
        other => other,
    });
}

fn rename(record: &mut RunRecord, name: &dyn Fn(&str) -> String) {
    record.actor = name(&record.actor);
    for lifted in &mut record.lifted {
        let named = seal_text(&lifted.by, &mut |who| Ok::<_, Infallible>(name(who)));
        let Ok(named) = named.map(std::borrow::Cow::into_owned);
        lifted.by = named;
    }
}
