//! One tree against another says what a plan says over a store that holds the one.

use std::collections::BTreeMap;

use guestlist::model::{Body, Digest};
use guestlist::plan::{Asks, Change, Edit, Plan, Reason, between, build};
use proptest::prelude::*;

use super::applying::{KEPT, RENAMED, loaded, reconcile};
use super::cases;
use crate::support::store::{PROJECT, Place};
use crate::support::trees::{self, Tree};

type Told = (
    &'static str,
    Reason,
    Option<String>,
    Option<Body>,
    Option<Body>,
    Vec<Edit>,
    Option<String>,
    Option<Digest>,
    Vec<String>,
);

/// All that a change says, but for the ids of the store.
fn told(change: &Change) -> Told {
    let before = change.delta.before();
    let was = before.and_then(|before| before.address.as_ref());
    (
        change.delta.action().as_str(),
        change.reason,
        was.map(ToString::to_string),
        before.map(|before| before.body.clone()),
        change.delta.after().cloned(),
        change.delta.edits().to_vec(),
        change.origin.as_ref().map(ToString::to_string),
        change.declared,
        change.after.iter().map(ToString::to_string).collect(),
    )
}

fn changes(plan: &Plan) -> BTreeMap<String, Told> {
    let all = plan.changes.iter();
    all.map(|change| (change.address.to_string(), told(change)))
        .collect()
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn a_tree_differs_from_itself_in_nothing(bytes in trees::bytes()) {
        let tree = loaded(&Tree::of(bytes, KEPT));
        let plan = between(&tree, &tree);
        prop_assert!(plan.is_empty() && plan.conflicts.is_empty(), "{:#?}", plan.changes);
        prop_assert_eq!(plan.unchanged, tree.objects().len());
    }

    #[test]
    fn what_differs_is_what_a_plan_says_where_the_first_is_applied((first, second) in trees::pairs()) {
        let (first, second) = (Tree::of(first, KEPT), Tree::of(second, RENAMED));
        let (first, second) = (loaded(&first), loaded(&second));
        let mut place = Place::memory();
        let _ = reconcile(&mut place, PROJECT, &first);
        let plan = build(&second, &place.read(), &Asks::default());
        let found = between(&first, &second);
        prop_assert_eq!(changes(&found), changes(&plan));
        let order = |plan: &Plan| -> Vec<String> {
            plan.changes.iter().map(|change| change.address.to_string()).collect()
        };
        prop_assert_eq!(order(&found), order(&plan));
        prop_assert_eq!(found.unchanged, plan.unchanged);
        prop_assert_eq!(&found.conflicts, &plan.conflicts);
    }
}
