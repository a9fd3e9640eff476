//! One key changes, and exactly that is planned, shown and applied: no key is forgotten.

use std::collections::{BTreeMap, BTreeSet};

use guestlist::model::Address;
use guestlist::plan::Delta;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::applying::{loaded, objects, reconcile};
use super::cases;
use crate::support::dice::Dice;
use crate::support::store::{PROJECT, Place};
use crate::support::trees::{self, Tree, Wanted};

/// Keys that others hang on.
const TIED: &[&str] = &["managed", "allowed", "approval", "protect", "subdomains"];
/// Keys that may go at any time.
const LOOSE: &[&str] = &[
    "description",
    "hidden",
    "review",
    "questions",
    "justification",
    "localized",
    "showApprovers",
    "escalation",
    "attributes",
    "starts",
    "onBehalf",
    "requests",
    "notifications",
    "published",
    "externallyVisible",
    "guests",
    "incompatibleWith",
    "onNoResponse",
    "recommendations",
    "grants",
];

/// Calls back with every mapping that changes could be made in.
fn each_mapping<'v>(value: &'v mut Value, see: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            see(map);
            map.values_mut().for_each(|value| each_mapping(value, see));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_mapping(item, see)),
        _ => {}
    }
}

/// Makes change number `at` of a tree, and returns how many changes there are.
fn nudge(tree: &mut Tree, at: usize) -> usize {
    let mut count = 0;
    for section in [
        "resources",
        "organizations",
        "catalogs",
        "packages",
        "collaboration",
    ] {
        let Some(section) = tree.0.get_mut(section) else {
            continue;
        };
        each_mapping(section, &mut |map| {
            for key in map.keys().cloned().collect::<Vec<_>>() {
                let value = &mut map[&key];
                if TIED.contains(&key.as_str()) {
                    continue;
                }
                let is_text = ["displayName", "description", "ask"].contains(&key.as_str());
                if value.is_boolean() || (is_text && value.is_string()) {
                    if count == at {
                        *value = match value {
                            Value::Bool(is) => json!(!*is),
                            _ => json!(format!("Nudged {at}")),
                        };
                    }
                    count += 1;
                }
                if LOOSE.contains(&key.as_str()) {
                    if count == at {
                        map.remove(&key);
                    }
                    count += 1;
                }
            }
        });
    }
    count
}

type Keys = BTreeMap<Address, BTreeSet<String>>;

/// The keys that differ between what two trees declare.
fn differences(first: &Tree, second: &Tree) -> Keys {
    let (first, second) = (first.expected(), second.expected());
    let mut found = Keys::new();
    for (address, after) in &second {
        let (before, after) = (first[address].to_value(), after.to_value());
        let empty = Map::new();
        let (before, after) = (
            before.as_object().unwrap_or(&empty),
            after.as_object().unwrap_or(&empty),
        );
        let keys = before.keys().chain(after.keys());
        let differing: BTreeSet<String> = keys
            .filter(|key| before.get(*key) != after.get(*key))
            .cloned()
            .collect();
        if !differing.is_empty() {
            found.insert(address.clone(), differing);
        }
    }
    found
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn exactly_what_changes_is_planned_and_applied(bytes in trees::bytes(), seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let mut place = Place::memory();
        let mut tree = Tree::of(bytes, Wanted::default());
        let _ = reconcile(&mut place, PROJECT, &loaded(&tree));
        for _ in 0..12 {
            let mut next = tree.clone();
            let count = nudge(&mut next.clone(), usize::MAX);
            let _ = nudge(&mut next, dice.below(count));
            let expected = differences(&tree, &next);
            let plan = reconcile(&mut place, PROJECT, &loaded(&next));
            let mut planned = Keys::new();
            for change in &plan.changes {
                let Delta::Update { edits, .. } = &change.delta else {
                    // A setting whose last key is gone is let go.
                    prop_assert!(change.address.kind().is_settings(), "{:?}", change);
                    continue;
                };
                let keys = edits.iter().filter_map(|edit| edit.at().attribute().map(str::to_owned));
                planned.insert(change.address.clone(), keys.collect());
            }
            prop_assert_eq!(planned, expected);
            let live = objects(&place.read());
            for (address, body) in next.expected() {
                if !address.kind().is_settings() {
                    prop_assert_eq!(&live[&address].1, &body, "{}", address);
                }
            }
            tree = next;
        }
    }
}
