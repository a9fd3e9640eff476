//! The objects of a store in memory, found by number and by address. Copies share what neither of them changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::Object;
use crate::model::{Address, Kind};

/// Objects by number, and their numbers by address.
#[derive(Debug, Clone, Default)]
pub(super) struct Objects {
    rows: Arc<BTreeMap<i64, Object>>,
    /// Several projects, and a rename on its way, have one address more than once.
    at: Arc<BTreeMap<Kind, BTreeMap<Address, BTreeSet<i64>>>>,
}

impl Objects {
    pub(super) fn get(&self, number: i64) -> Option<&Object> {
        self.rows.get(&number)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, &Object)> {
        self.rows.iter().map(|(number, object)| (*number, object))
    }

    /// Returns the objects that have an address, in order of numbers.
    pub(super) fn at(&self, address: &Address) -> impl Iterator<Item = (i64, &Object)> {
        let numbers = self.at.get(&address.kind()).and_then(|of| of.get(address));
        let numbers = numbers.into_iter().flatten();
        numbers.filter_map(|number| Some((*number, self.get(*number)?)))
    }

    /// Returns the objects of a kind that have an address, in order of addresses.
    pub(super) fn of(&self, kind: Kind) -> impl Iterator<Item = (&Address, i64, &Object)> {
        let all = self.at.get(&kind).into_iter().flatten();
        let numbered =
            all.flat_map(|(address, numbers)| numbers.iter().map(move |it| (address, it)));
        numbered.filter_map(|(address, number)| Some((address, *number, self.get(*number)?)))
    }

    pub(super) fn insert(&mut self, number: i64, object: Object) {
        let _ = self.remove(number);
        self.note(number, object.address.as_ref());
        Arc::make_mut(&mut self.rows).insert(number, object);
    }

    pub(super) fn remove(&mut self, number: i64) -> Option<Object> {
        let gone = self.rows.contains_key(&number);
        let gone = gone.then(|| Arc::make_mut(&mut self.rows).remove(&number))??;
        self.drop(number, gone.address.as_ref());
        Some(gone)
    }

    /// Changes an object; `None` where there is none.
    pub(super) fn change<T>(
        &mut self,
        number: i64,
        change: impl FnOnce(&mut Object) -> T,
    ) -> Option<T> {
        let before = self.get(number)?.address.clone();
        let object = Arc::make_mut(&mut self.rows).get_mut(&number)?;
        let changed = change(object);
        object.read = OnceLock::new();
        if object.address != before {
            let after = object.address.clone();
            self.drop(number, before.as_ref());
            self.note(number, after.as_ref());
        }
        Some(changed)
    }

    fn note(&mut self, number: i64, address: Option<&Address>) {
        if let Some(address) = address {
            let of = Arc::make_mut(&mut self.at)
                .entry(address.kind())
                .or_default();
            of.entry(address.clone()).or_default().insert(number);
        }
    }

    fn drop(&mut self, number: i64, address: Option<&Address>) {
        let Some(address) = address else { return };
        let of = Arc::make_mut(&mut self.at)
            .entry(address.kind())
            .or_default();
        if let Some(numbers) = of.get_mut(address) {
            numbers.remove(&number);
            if numbers.is_empty() {
                of.remove(address);
            }
        }
    }
}
