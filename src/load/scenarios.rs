//! The section `tests:` of a file: each test with the places of all its parts, so that one that does not hold can be shown
//! where it stands long after the file was read.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::decode::DecodeError;
use super::node::{NodeKind, NodeRef};
use crate::model::Name;
use crate::scenario::{Scenario, Script};
use crate::source::{Place, Route, SourceFile};

/// The section.
pub(super) const SECTION: &str = "tests";

/// What a file has under `tests:`.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Tests that could be read.
    pub(super) scenarios: Vec<Scenario>,
    /// Why others could not be, and from which byte to which each of them stands.
    pub(super) misread: Vec<(DecodeError, (u32, u32))>,
    /// Whether a name is none.
    pub(super) misnamed: bool,
}

/// Reads the tests of a file.
pub(super) fn read(root: NodeRef<'_>, file: &SourceFile) -> Found {
    let mut found = Found::default();
    let Some(section) = root.get(SECTION) else {
        return found;
    };
    for entry in section.entries() {
        let Ok(name) = Name::parse(entry.key) else {
            found.misnamed = true;
            continue;
        };
        match Script::deserialize(entry.value) {
            Ok(script) => {
                let (start, end) = entry.key_span;
                let mut places = BTreeMap::from([(Route::root(), file.place(start, end))]);
                mark(entry.value, &Route::root(), file, &mut places);
                found.scenarios.push(Scenario {
                    name,
                    script,
                    places,
                });
            }
            Err(error) => {
                let error = error.within(entry.value.head());
                let whole = (entry.key_span.0, entry.value.span().1);
                found.misread.push((error, whole));
            }
        }
    }
    found
}

/// Notes where everything below a node stands: a scalar itself, the key of a collection.
fn mark(node: NodeRef<'_>, at: &Route, file: &SourceFile, places: &mut BTreeMap<Route, Place>) {
    for entry in node.entries() {
        let at = at.clone().key(entry.key);
        let scalar = matches!(
            entry.value.kind(),
            NodeKind::Text | NodeKind::Integer | NodeKind::Boolean
        );
        let (start, end) = if scalar {
            entry.value.span()
        } else {
            entry.key_span
        };
        places.insert(at.clone(), file.place(start, end));
        mark(entry.value, &at, file, places);
    }
    for (index, item) in node.items().enumerate() {
        let at = at.clone().index(index);
        let (start, end) = item.head();
        places.insert(at.clone(), file.place(start, end));
        mark(item, &at, file, places);
    }
}
