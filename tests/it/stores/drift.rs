//! What stores say of objects that a hand changed behind their project's back, the same in memory and in a file.

use guestlist::model::{Bodies, Body, Fate, Live, Selection};
use guestlist::store::Store;
use guestlist::store::memory::{Meddling, Memory};
use serde_json::json;

use crate::support::store::*;

const CATALOG: &str = "catalog/a";

fn read(store: &dyn Store) -> Live {
    store
        .read(&Selection {
            project: PROJECT,
            bodies: Bodies::Drifted,
        })
        .unwrap()
}

fn drifted(live: &Live, address: &str) -> Option<(String, String)> {
    let bound = live
        .bound()
        .iter()
        .find(|bound| bound.address == at(address))?;
    let object = bound.object.as_ref()?;
    let drift = object.drift.as_deref()?;
    Some((
        drift.applied.as_str().to_owned(),
        object.body.as_str().to_owned(),
    ))
}

/// Puts objects into both kinds of store, lets a hand do the same to each, and returns both.
fn both(meddling: &Meddling, sql: &str) -> [Place; 2] {
    let changes = || {
        vec![
            create(CATALOG, json!({ "displayName": "A" })),
            create("package/p", json!({ "catalog": "a", "displayName": "P" })),
        ]
    };
    let mut file = Place::sqlite();
    file.apply(changes());
    file.hand().execute_batch(sql).unwrap();
    let mut memory = Memory::new("memory");
    let plan = plan(&memory, changes());
    let lease = memory.lease(&ask("ana", now())).unwrap();
    let new = new_run(&memory, PROJECT);
    let _ = guestlist::apply::apply(&mut memory, &plan, &lease, new, &|| false, &mut |_, _| {})
        .unwrap();
    memory.release(lease).unwrap();
    memory
        .meddle(PROJECT, &at(CATALOG), meddling.clone())
        .unwrap();
    [file, Place::of(Box::new(memory))]
}

fn body(name: &str) -> Body {
    let kind = at(CATALOG).kind();
    Body::of(&kind.decode(json!({ "displayName": name })).unwrap())
}

const EDIT: &str = "
    INSERT INTO version (id, object, run, action, address, before, body)
        SELECT 100, o.id, 1, 'update', o.address, o.version, json_set(v.body, '$.displayName', 'B')
        FROM object o JOIN version v ON v.id = o.version WHERE o.address = 'catalog/a';
    UPDATE object SET version = 100 WHERE address = 'catalog/a';";

#[test]
fn an_edit_is_told_from_what_was_applied() {
    for mut place in both(&Meddling::Edit(body("B")), EDIT) {
        let live = read(&*place.store);
        let expected = (body("A").as_str().to_owned(), body("B").as_str().to_owned());
        assert_eq!(drifted(&live, CATALOG), Some(expected));
        assert_eq!(drifted(&live, "package/p"), None);
        // Another run by the owner makes it applied again.
        let object = place.object(CATALOG);
        place.apply(vec![update(
            &object,
            CATALOG,
            json!({ "displayName": "C" }),
        )]);
        assert_eq!(drifted(&read(&*place.store), CATALOG), None);
    }
}

#[test]
fn a_rename_is_no_drift_of_those_that_mention_the_name() {
    for mut place in both(&Meddling::Edit(body("B")), EDIT) {
        let object = place.object(CATALOG);
        place.apply(vec![rename(&object, "catalog/z")]);
        let live = read(&*place.store);
        assert_eq!(drifted(&live, "catalog/z"), None);
        assert_eq!(drifted(&live, "package/p"), None);
        assert_eq!(live.lost, []);
    }
}

#[test]
fn what_was_lost_is_known_until_it_is_accepted() {
    let to = at("catalog/b");
    let fates = [
        (
            Fate::Deleted,
            "DELETE FROM object WHERE address = 'catalog/a'",
        ),
        (
            Fate::Unbound,
            "UPDATE object SET project = NULL, address = NULL, declared = NULL, applied = NULL WHERE address = 'catalog/a'",
        ),
        (
            Fate::Taken {
                project: "other".to_owned(),
            },
            "UPDATE object SET project = 'other' WHERE address = 'catalog/a'",
        ),
        (
            Fate::Rebound { to: to.clone() },
            "UPDATE object SET address = 'catalog/b' WHERE address = 'catalog/a'",
        ),
    ];
    for (fate, sql) in fates {
        for mut place in both(&Meddling::Lose(fate.clone()), sql) {
            let live = read(&*place.store);
            let lost = &live.lost[..];
            assert_eq!(lost.len(), 1, "{fate:?}");
            assert_eq!((&lost[0].address, &lost[0].fate), (&at(CATALOG), &fate));
            assert_eq!(lost[0].applied, body("A"));
            assert_eq!(lost[0].by, None);
            // Other projects have lost nothing.
            let other = place
                .store
                .read(&Selection {
                    project: "other",
                    bodies: Bodies::Drifted,
                })
                .unwrap();
            assert_eq!(other.lost, []);
            let lease = place.store.lease(&ask("ana", now())).unwrap();
            let new = new_run(&*place.store, PROJECT);
            let moved = matches!(fate, Fate::Rebound { .. }).then(|| place.object("catalog/b"));
            let mut run = place.store.begin(&lease, new).unwrap();
            run.accept(&lost[0]).unwrap();
            if let Some(object) = moved {
                run.apply(&guestlist::plan::accepted(&to, &object)).unwrap();
            }
            let _ = run.commit().unwrap();
            place.store.release(lease).unwrap();
            assert_eq!(read(&*place.store).lost, [], "{fate:?}");
        }
    }
}

#[test]
fn what_is_replaced_pruned_or_let_go_is_not_lost() {
    for mut place in Place::every() {
        place.apply(vec![
            create("catalog/a", json!({ "displayName": "A" })),
            create("catalog/b", json!({ "displayName": "B" })),
            create("catalog/c", json!({ "displayName": "C" })),
        ]);
        let (a, b, c) = (
            place.object("catalog/a"),
            place.object("catalog/b"),
            place.object("catalog/c"),
        );
        place.apply(vec![
            replace(&a, "catalog/a", json!({ "displayName": "A2" })),
            forget(&b),
            prune(&c),
        ]);
        assert_eq!(read(&*place.store).lost, []);
    }
}
