//! The section `tests:` of a file: each test with the places of all its parts, so that one that does not hold can be shown
//! where it stands long after the file was read.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::decode::DecodeError;
use super::node::{NodeKind, NodeRef};
use crate::model::Name;
use crate::scenario::{self, Deed, Scenario, Script};
use crate::source::{Place, Route, SourceFile, Step};

/// The section.
pub(super) const SECTION: &str = "tests";

/// The keys under which objects are declared otherwise.
const EDITS: [&str; 2] = ["before", "apply"];

/// What a file has under `tests:`.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Tests that could be read, and from which byte to which each of them stands.
    pub(super) scenarios: Vec<(Scenario, (u32, u32))>,
    /// Why others could not be, and from which byte to which each of them stands.
    pub(super) misread: Vec<(DecodeError, (u32, u32))>,
    /// Whether a name is none.
    pub(super) misnamed: bool,
    /// Whether objects are declared otherwise, of which the quick look at a file says little.
    pub(super) edits: bool,
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
        let whole = (entry.key_span.0, entry.value.span().1);
        match Script::deserialize(entry.value) {
            Ok(script) => {
                let (start, end) = entry.key_span;
                let mut places = BTreeMap::from([(Route::root(), file.place(start, end))]);
                mark(entry.value, &Route::root(), file, &mut places);
                found.edits |= !script.given.before.is_empty();
                let applies = |step: &scenario::Step| matches!(&step.deed, Some(Deed::Apply(edits)) if !edits.is_empty());
                found.edits |= script.steps.iter().any(applies);
                let read = Scenario {
                    name,
                    script,
                    places,
                };
                found.scenarios.push((read, whole));
            }
            Err(error) => {
                let error = error.within(entry.value.head());
                found.misread.push((error, whole));
            }
        }
    }
    found
}

/// Notes where everything below a node stands: a scalar itself, the key of a collection; of an object that is declared
/// otherwise a scalar with its key, for either may be what is wrong.
fn mark(node: NodeRef<'_>, at: &Route, file: &SourceFile, places: &mut BTreeMap<Route, Place>) {
    for entry in node.entries() {
        let at = at.clone().key(entry.key);
        let scalar = matches!(
            entry.value.kind(),
            NodeKind::Text | NodeKind::Integer | NodeKind::Boolean
        );
        let steps = at.steps();
        let is_edit = steps
            .iter()
            .any(|step| matches!(step, Step::Key(key) if EDITS.contains(&&**key)));
        let (start, end) = match scalar {
            true if is_edit => (entry.key_span.0, entry.value.span().1),
            true => entry.value.span(),
            false => entry.key_span,
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
