//! Laws of planning and applying whole trees, on every store.

use std::collections::BTreeMap;

use guestlist::diag::Diagnostics;
use guestlist::guard::{Allowances, Circumstances, judge};
use guestlist::impact::Impact;
use guestlist::model::{Address, Bodies, Body, Desired, Digest, Kind, Live, RemoteId, Selection};
use guestlist::plan::{Asks, Delta, Plan, build};
use guestlist::render::{Text, json, report, view};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{cases, desired};
use crate::support::layout::print;
use crate::support::store::{PROJECT, Place, update};
use crate::support::trees::{self, Tree, Wanted};

const OTHERS: &str = "elsewhere";

/// Plans as an apply does, reading only what differs; and again from everything, which must come to the same.
fn plan_of(place: &Place, project: &str, desired: &Desired) -> Plan {
    let mut needed: Vec<Address> = Vec::new();
    let quick = loop {
        let declared = |address: &Address| -> Option<Digest> {
            let declaration = desired.get(address).filter(|_| !needed.contains(address));
            declaration.map(|declaration| declaration.digest)
        };
        let bodies = Bodies::Differing(&declared);
        let live = place
            .store
            .read(&Selection { project, bodies })
            .expect("a read");
        let plan = build(desired, &live, &Asks::default());
        if plan.unread.is_empty() {
            break plan;
        }
        let before = needed.len();
        needed.extend(plan.unread.iter().cloned());
        assert!(needed.len() > before, "the plan never has enough");
    };
    let whole = build(desired, &place.read_as(project), &Asks::default());
    assert_eq!(
        quick.digest(),
        whole.digest(),
        "reading less plans other changes"
    );
    quick
}

/// Everything may be deleted: the trees here are not about that.
fn lax() -> Circumstances {
    Circumstances {
        allowances: Allowances {
            widening: false,
            deletes: Some(u64::MAX),
            people: None,
            everything: Kind::ALL.iter().copied().collect(),
        },
        ..Circumstances::default()
    }
}

/// Plans and applies, and returns the plan.
pub(super) fn reconcile(place: &mut Place, project: &str, desired: &Desired) -> Plan {
    let plan = plan_of(place, project, desired);
    let verdict = judge(&plan, &lax());
    assert!(verdict.is_allowed(), "{:?}", verdict.refusals);
    if !plan.is_empty() || !plan.settled.is_empty() {
        let _ = place
            .try_plan(project, &plan)
            .unwrap_or_else(|error| panic!("{error}\n{:#?}", plan.changes));
    }
    plan
}

type Objects = BTreeMap<Address, (RemoteId, Body)>;

pub(super) fn objects(live: &Live) -> Objects {
    let bound = live.bound().iter().map(|bound| {
        let object = bound.object.as_ref().expect("everything was read");
        (
            bound.address.clone(),
            (object.id.clone(), object.body.clone()),
        )
    });
    bound.collect()
}

/// The bodies that objects had before a plan, by their addresses after it. An object keeps its id, unless it is replaced.
fn earlier(plan: &Plan, before: &Objects, after: &Objects) -> BTreeMap<Address, Body> {
    let changed: BTreeMap<&Address, &Delta> = plan
        .changes
        .iter()
        .map(|change| (&change.address, &change.delta))
        .collect();
    let mut bodies = BTreeMap::new();
    for (address, (id, _)) in after {
        let same = before.values().find(|(other, _)| other == id);
        let body = match changed.get(address) {
            Some(Delta::Replace { before, .. }) => {
                assert_ne!(before.id, *id, "{address} is still the old one");
                Some(&before.body)
            }
            _ => same.map(|(_, body)| body),
        };
        bodies.extend(body.map(|body| (address.clone(), body.clone())));
    }
    bodies
}

/// Every declared key is live as declared, and nothing else is there but what is left alone.
fn holds(
    found: &Objects,
    tree: &Tree,
    before: &BTreeMap<Address, Body>,
) -> Result<(), TestCaseError> {
    let expected = tree.expected();
    let left_alone = tree.unmanaged();
    let addresses: Vec<&Address> = found.keys().collect();
    prop_assert_eq!(addresses, expected.keys().collect::<Vec<_>>());
    for (address, declared) in &expected {
        let (_, live) = &found[address];
        let earlier = before.get(address);
        let Some(alone) = left_alone.get(address) else {
            if !address.kind().is_settings() {
                prop_assert_eq!(live, declared, "{}", address);
            }
            continue_settings(address, live, declared)?;
            continue;
        };
        let (live, declared) = (live.to_value(), declared.to_value());
        let keys = |value: &Value| value.as_object().cloned().unwrap_or_default();
        for key in keys(&live).keys().chain(keys(&declared).keys()) {
            let kept = match earlier {
                Some(earlier) if alone.contains(key) => earlier.to_value().get(key).cloned(),
                _ => declared.get(key).cloned(),
            };
            prop_assert_eq!(live.get(key).cloned(), kept, "{} {}", address, key);
        }
    }
    Ok(())
}

/// Of settings every key that is declared is live; others may be, too.
fn continue_settings(address: &Address, live: &Body, declared: &Body) -> Result<(), TestCaseError> {
    let live = live.to_value();
    for (key, value) in declared.to_value().as_object().into_iter().flatten() {
        prop_assert_eq!(live.get(key), Some(value), "{} {}", address, key);
    }
    Ok(())
}

pub(super) fn loaded(tree: &Tree) -> Desired {
    desired(&print(tree, Vec::new()))
}

/// Somebody writes into keys that are left alone.
fn touch(place: &mut Place, tree: &Tree) {
    let live = objects(&place.read());
    let mut changes = Vec::new();
    for (address, keys) in tree.unmanaged() {
        let (id, body) = &live[&address];
        let mut value = body.to_value();
        for key in keys {
            value[key] = json!("written by hand");
        }
        let object = guestlist::model::LiveObject {
            id: id.clone(),
            kind: address.kind(),
            address: Some(address.clone()),
            body: body.clone(),
            drift: None,
            last: None,
        };
        changes.push(update(&object, &address.to_string(), value));
    }
    if !changes.is_empty() {
        place.apply(changes);
    }
}

pub(super) const KEPT: Wanted = Wanted {
    renames: false,
    unmanaged: true,
    protection: false,
};
pub(super) const RENAMED: Wanted = Wanted {
    renames: true,
    ..KEPT
};

/// One step from a tree to another, beside the objects of another project.
fn steps(
    place: &mut Place,
    first: &Tree,
    second: &Tree,
    others: &Tree,
) -> Result<(), TestCaseError> {
    let _ = reconcile(place, OTHERS, &loaded(others));
    let foreign = objects(&place.read_as(OTHERS));

    let desired = loaded(first);
    let _ = reconcile(place, PROJECT, &desired);
    holds(&objects(&place.read()), first, &BTreeMap::new())?;
    let again = plan_of(place, PROJECT, &desired);
    prop_assert!(again.is_empty() && again.settled.is_empty(), "{:#?}", again);

    touch(place, first);
    let again = plan_of(place, PROJECT, &desired);
    prop_assert!(
        again.is_empty(),
        "what is left alone counts: {:#?}",
        again.changes
    );

    let before = objects(&place.read());
    let desired = loaded(second);
    let plan = reconcile(place, PROJECT, &desired);
    let after = objects(&place.read());
    holds(&after, second, &earlier(&plan, &before, &after))?;
    let again = plan_of(place, PROJECT, &desired);
    prop_assert!(again.is_empty() && again.settled.is_empty(), "{:#?}", again);
    prop_assert_eq!(
        objects(&place.read_as(OTHERS)),
        foreign,
        "objects of another project"
    );
    Ok(())
}

/// A plan as text and as JSON.
fn rendered(plan: &Plan) -> (Vec<u8>, String) {
    let warnings = Diagnostics::new();
    let report = report::Planned {
        project: PROJECT,
        store: "memory",
        plan,
        impact: &Impact::default(),
        refusals: &[],
        lifted: &[],
        warnings: &warnings,
    };
    let mut text = Vec::new();
    view::planned(&report, &mut Text::new(&mut text, false)).expect("it can be written");
    let json = serde_json::to_string(&json::v1::Plan::from(&report)).expect("it is JSON");
    (text, json)
}

fn turned<T: Clone>(list: &[T], turn: usize) -> Vec<T> {
    let mut turned = list.to_vec();
    turned.rotate_left(turn % list.len().max(1));
    turned.reverse();
    turned
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn an_apply_reaches_what_is_declared_in_memory((first, second) in trees::pairs(), others in trees::bytes()) {
        let others = Tree::of(others, Wanted::default());
        let (first, second) = (Tree::of(first, KEPT), Tree::of(second, RENAMED));
        steps(&mut Place::memory(), &first, &second, &others)?;
    }

    #[test]
    fn the_order_of_files_and_of_objects_changes_no_byte((first, second) in trees::pairs(), layout in prop::collection::vec(any::<u8>(), 0..300), turn in any::<usize>()) {
        let (first, second) = (Tree::of(first, KEPT), Tree::of(second, RENAMED));
        let mut place = Place::memory();
        let _ = reconcile(&mut place, PROJECT, &loaded(&first));
        let live = place.read();
        let files = print(&second, layout);
        let plan = build(&desired(&files), &live, &Asks::default());
        let bound = turned(live.bound(), turn);
        let unmanaged = turned(&live.unmanaged, turn);
        let other = Live::new(live.lineage.clone(), live.generation, bound, unmanaged, live.foreign);
        let again = build(&desired(&turned(&files, turn)), &other, &Asks::default());
        prop_assert_eq!(rendered(&plan), rendered(&again));
        prop_assert_eq!(plan, again);
    }
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn an_apply_reaches_what_is_declared_in_a_file((first, second) in trees::pairs(), others in trees::bytes()) {
        let others = Tree::of(others, Wanted::default());
        let (first, second) = (Tree::of(first, KEPT), Tree::of(second, RENAMED));
        steps(&mut Place::sqlite(), &first, &second, &others)?;
    }
}
