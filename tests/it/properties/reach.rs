//! The laws are worth as much as the trees they are tried on: every key of the language stands in some, and steps from one
//! to another do everything that a plan can do.

use std::collections::BTreeSet;

use guestlist::model::Kind;
use guestlist::plan::{Action, Delta};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use super::applying::{KEPT, RENAMED, loaded, reconcile};
use crate::support::schema;
use crate::support::store::{PROJECT, Place};
use crate::support::trees::{self, Tree, Wanted};

fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            found.extend(map.keys().cloned());
            map.values().for_each(|value| keys(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        _ => {}
    }
}

#[test]
fn generated_trees_use_every_key_of_the_language() {
    let mut runner = TestRunner::deterministic();
    let (mut found, mut kinds) = (BTreeSet::new(), BTreeSet::new());
    let wanted = Wanted {
        protection: true,
        ..RENAMED
    };
    for _ in 0..300 {
        let bytes = trees::bytes()
            .new_tree(&mut runner)
            .expect("bytes")
            .current();
        let tree = Tree::of(bytes, wanted);
        keys(&Value::Object(tree.0.clone()), &mut found);
        kinds.extend(tree.expected().keys().map(guestlist::model::Address::kind));
    }
    // To adopt takes an id that a store gave.
    let missing: Vec<String> = schema::keys()
        .into_iter()
        .filter(|key| !found.contains(key) && key != "adopt")
        .collect();
    assert_eq!(missing, Vec::<String>::new());
    assert_eq!(kinds.len(), Kind::ALL.len());
}

#[test]
fn steps_from_tree_to_tree_do_everything() {
    let mut runner = TestRunner::deterministic();
    let mut actions = BTreeSet::new();
    let mut renames = 0;
    for _ in 0..40 {
        let (first, second) = trees::pairs()
            .new_tree(&mut runner)
            .expect("bytes")
            .current();
        let mut place = Place::memory();
        let _ = reconcile(&mut place, PROJECT, &loaded(&Tree::of(first, KEPT)));
        let plan = reconcile(&mut place, PROJECT, &loaded(&Tree::of(second, RENAMED)));
        for change in &plan.changes {
            actions.insert(change.delta.action().as_str());
            if let Delta::Update { before, .. } = &change.delta {
                renames += usize::from(before.address.as_ref() != Some(&change.address));
            }
        }
    }
    for action in [
        Action::Create,
        Action::Update,
        Action::Replace,
        Action::Prune,
        Action::Forget,
    ] {
        assert!(
            actions.contains(action.as_str()),
            "no {action:?}: {actions:?}"
        );
    }
    assert!(renames > 5, "{renames} renames");
}
