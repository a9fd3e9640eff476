//! One declared object against the live one: what of it is managed, the body as it will be, and what differs.

use serde_json::{Map, Value};

use super::Edit;
use super::diff::differences;
use super::renames::Seats;
use crate::model::{Body, Declaration, Kind, Rule, respell};
use crate::source::Route;

/// What comes of a comparison.
pub(super) struct Compared {
    /// The whole body as it will be.
    pub(super) after: Body,
    /// The differences in managed keys.
    pub(super) edits: Vec<Edit>,
    /// The keys that differ and cannot change in place.
    pub(super) because: Vec<Route>,
}

/// Compares a declared object with a live body.
///
/// Keys that are not managed keep their live value: those that the tree leaves alone, and for settings of the tenant those
/// that it does not write.
pub(super) fn compare(declaration: &Declaration, live: &Body, seats: &Seats<'_>) -> Compared {
    let kind = declaration.address.kind();
    let live = respelled(kind, live, seats);
    // What an older program stored may lack keys that have a default: read and written again, it has them.
    let spelled = normal(kind, &live).unwrap_or_else(|| live.clone());
    let (live, mut before) = (keys(&live), keys(&spelled));
    let mut after = keys(&declaration.body());
    let kept = |key: &str, declared: &Map<String, Value>| {
        declaration
            .unmanaged()
            .iter()
            .any(|unmanaged| unmanaged == key)
            || kind.is_settings() && !declared.contains_key(key) && !displaced(kind, key, declared)
    };
    let declared = after.clone();
    after.retain(|key, _| !kept(key, &declared));
    before.retain(|key, _| !kept(key, &declared));
    for (key, value) in live {
        if kept(&key, &declared) {
            before.insert(key.clone(), value.clone());
            after.insert(key, value);
        }
    }
    let because = |edits: &[Edit]| immutable(kind, edits, &after);
    let edits = differences(kind, &Value::Object(before), &Value::Object(after.clone()));
    Compared {
        because: because(&edits),
        edits,
        after: Body::of(&after),
    }
}

/// Returns true for a key that cannot stand beside a declared one.
fn displaced(kind: Kind, key: &str, declared: &Map<String, Value>) -> bool {
    kind.attributes().iter().any(|attribute| {
        matches!(attribute.rule, Rule::Displaces(other) if other == key)
            && declared.contains_key(attribute.at)
    })
}

/// Returns a live body under the names that objects will have after the plan.
pub(super) fn respelled(kind: Kind, body: &Body, seats: &Seats<'_>) -> Body {
    if seats.is_empty() {
        return body.clone();
    }
    // A body that this program cannot read is compared as it is: every difference is shown, and nothing is lost.
    respell(kind, body, &|kind, name| seats.renamed(kind, name)).unwrap_or_else(|_| body.clone())
}

fn normal(kind: Kind, body: &Body) -> Option<Body> {
    let mut read = serde_json::Deserializer::from_str(body.as_str());
    kind.decode(&mut read).ok().map(|object| Body::of(&object))
}

fn keys(body: &Body) -> Map<String, Value> {
    match body.to_value() {
        Value::Object(keys) => keys,
        _ => Map::new(),
    }
}

/// Returns the places of the edits that cannot be made in place.
fn immutable(kind: Kind, edits: &[Edit], after: &Map<String, Value>) -> Vec<Route> {
    let mut because: Vec<Route> = Vec::new();
    for edit in edits {
        let steps = edit.at().steps();
        for attribute in kind.attributes() {
            let Rule::Immutable { unless } = attribute.rule else {
                continue;
            };
            if unless.is_some_and(|key| after.contains_key(key)) {
                continue;
            }
            because.extend(
                (1..=steps.len())
                    .filter(|length| attribute.names(&steps[..*length]))
                    .map(|length| steps[..length].iter().cloned().collect()),
            );
        }
    }
    because.sort();
    because.dedup();
    because
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_attributes_are_immutable() {
        // An edit above an immutable place would not be noticed.
        for kind in Kind::ALL {
            for attribute in kind.attributes() {
                let whole = !attribute.at.contains(['.', '[', '*']);
                assert!(whole || !matches!(attribute.rule, Rule::Immutable { .. }));
            }
        }
    }
}
