//! Any sequence of plans leaves memory and file alike.

use std::collections::BTreeMap;

use guestlist::model::{Bodies, Live, LiveObject, Selection};
use guestlist::plan::{Change, Delta};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::store::*;

/// What one step does, by numbers that pick among what is there.
#[derive(Debug, Clone)]
struct Step {
    project: bool,
    moves: Vec<(Move, usize, usize)>,
}

#[derive(Debug, Clone, Copy)]
enum Move {
    Create,
    Update,
    Rename,
    Replace,
    Prune,
    Forget,
    Adopt,
}

const NAMES: &[&str] = &["a", "b", "c", "d"];
const KINDS: &[&str] = &["resource", "organization", "catalog", "package", "policy"];

fn any_step() -> impl Strategy<Value = Step> {
    let action = prop_oneof![
        4 => Just(Move::Create),
        2 => Just(Move::Update),
        4 => Just(Move::Rename),
        1 => Just(Move::Replace),
        1 => Just(Move::Prune),
        1 => Just(Move::Forget),
        1 => Just(Move::Adopt),
    ];
    let moves = prop::collection::vec((action, any::<usize>(), any::<usize>()), 1..6);
    (prop::bool::weighted(0.8), moves).prop_map(|(project, moves)| Step { project, moves })
}

fn address(kind: &str, pick: usize) -> String {
    let name = NAMES[pick % NAMES.len()];
    let parent = NAMES[pick / NAMES.len() % NAMES.len()];
    match kind {
        "policy" => format!("policy/{parent}/{name}"),
        _ => format!("{kind}/{name}"),
    }
}

/// A body that names others freely: whether they are there is the tree's affair, not the store's.
fn value(kind: &str, pick: usize) -> Value {
    let name = NAMES[pick / 3 % NAMES.len()];
    let other = NAMES[pick / 5 % NAMES.len()];
    let text = format!("text {}", pick % 7);
    match kind {
        "resource" => json!({ "group": text, "description": other }),
        "organization" => json!({
            "displayName": text, "domains": [format!("{name}.com")],
            "sponsors": { "internal": [format!("group:{other}")] },
        }),
        "catalog" => json!({ "displayName": text, "resources": [name] }),
        "package" => json!({
            "catalog": other, "displayName": text, "grants": { name: "Member" },
            "incompatibleWith": [format!("package/{other}"), format!("group:{name}")],
        }),
        _ => json!({ "requestors": { "organizations": [name] }, "description": text }),
    }
}

fn kind_of(object: &LiveObject) -> &'static str {
    object.kind.as_str()
}

fn pick<T>(from: &[T], pick: usize) -> Option<&T> {
    from.get(pick % from.len().max(1))
}

/// The changes of a step on what a store holds; the same numbers make the same changes of the same state.
fn changes(step: &Step, live: &Live) -> Vec<Change> {
    let bound: Vec<&LiveObject> = live
        .bound()
        .iter()
        .filter_map(|bound| bound.object.as_ref())
        .collect();
    let mut changes = Vec::new();
    for (action, which, how) in &step.moves {
        let one = pick(&bound, *which).copied();
        let own = |object: &LiveObject| object.address.as_ref().unwrap().to_string();
        let renamed = |object: &LiveObject| {
            let old = own(object);
            match kind_of(object) {
                // A policy stays in its package, unless the package moves.
                "policy" => {
                    let (package, _) = old.rsplit_once('/').unwrap();
                    format!("{package}/{}", NAMES[how % NAMES.len()])
                }
                kind => address(kind, *how),
            }
        };
        changes.extend(match (action, one) {
            (Move::Create, _) => {
                let kind = KINDS[which % KINDS.len()];
                Some(create(&address(kind, *how), value(kind, how / 16)))
            }
            (Move::Update, Some(one)) => Some(update(one, &own(one), value(kind_of(one), *how))),
            (Move::Rename, Some(one)) => Some(rename(one, &renamed(one))),
            (Move::Replace, Some(one)) => {
                Some(replace(one, &renamed(one), value(kind_of(one), *how)))
            }
            (Move::Prune, Some(one)) => Some(prune(one)),
            (Move::Forget, Some(one)) => Some(forget(one)),
            (Move::Adopt, _) => pick(&live.unmanaged, *which).map(|one| {
                adopt(
                    one,
                    &address(kind_of(one), *how),
                    value(kind_of(one), how / 16),
                )
            }),
            _ => None,
        });
    }
    changes
}

/// What can be seen of a store, without its ids.
fn picture(place: &Place, project: &str) -> String {
    let live = place.read_as(project);
    let bound: BTreeMap<_, _> = live
        .bound()
        .iter()
        .map(|bound| {
            (
                bound.address.to_string(),
                bound.object.clone().unwrap().body,
            )
        })
        .collect();
    let unmanaged: Vec<_> = live
        .unmanaged
        .iter()
        .map(|object| (object.kind, object.body.clone()))
        .collect();
    let declared = |address: &guestlist::model::Address| {
        address
            .to_string()
            .len()
            .is_multiple_of(2)
            .then(|| bound[&address.to_string()].digest())
    };
    let differing = place
        .store
        .read(&Selection {
            project,
            bodies: Bodies::Differing(&declared),
        })
        .unwrap();
    let fetched: Vec<bool> = differing
        .bound()
        .iter()
        .map(|bound| bound.object.is_some())
        .collect();
    let runs: Vec<_> = place
        .store
        .runs(100)
        .unwrap()
        .into_iter()
        .map(|mut run| {
            run.finished = run.started;
            let (_, changes) = place.store.run(&run.id).unwrap().unwrap();
            let changes: Vec<_> = changes
                .into_iter()
                .map(|change| {
                    let bodies = (change.before, change.after);
                    (change.action, change.address, change.renamed_from, bodies)
                })
                .collect();
            (run, changes)
        })
        .collect();
    format!(
        "{} {} {bound:#?} {unmanaged:#?} {fetched:?} {runs:#?}",
        live.generation, live.foreign
    )
}

/// Carries out a step, and says whether the store took it.
fn outcome(place: &mut Place, step: &Step) -> bool {
    let project = if step.project { PROJECT } else { "elsewhere" };
    let live = place.read_as(project);
    let changes = changes(step, &live);
    place.try_apply(project, changes).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn memory_and_file_agree(steps in prop::collection::vec(any_step(), 1..14)) {
        let (mut memory, mut file) = (Place::memory(), Place::sqlite());
        for step in &steps {
            let (in_memory, in_file) = (outcome(&mut memory, step), outcome(&mut file, step));
            prop_assert_eq!(in_memory, in_file, "{:?}", step);
            for project in [PROJECT, "elsewhere"] {
                prop_assert_eq!(picture(&memory, project), picture(&file, project), "after {:?}", step);
            }
        }
    }
}

#[test]
fn most_random_steps_are_carried_out() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut place = Place::memory();
    let (mut done, mut renamed) = (0, 0);
    for _ in 0..400 {
        let step = any_step().new_tree(&mut runner).unwrap().current();
        let project = if step.project { PROJECT } else { "elsewhere" };
        let changes = changes(&step, &place.read_as(project));
        let renames = changes
            .iter()
            .filter(|change| {
                let before = match &change.delta {
                    Delta::Update { before, .. } => before.address.clone(),
                    _ => None,
                };
                before.is_some_and(|before| before != change.address)
            })
            .count();
        if place.try_apply(project, changes).is_ok() {
            done += 1;
            renamed += renames;
        }
    }
    assert!(done > 60 && renamed > 40, "{done} steps, {renamed} renames");
}
