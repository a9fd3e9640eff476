//! What every store promises of objects.

use guestlist::model::{Address, Bodies, Body, Digest, Presence, Selection};
use guestlist::plan::Action;
use guestlist::store::{Store, StoreError};
use serde_json::{Value, json};

use super::small::{catalog, organization, package, policy, small};
use crate::support::store::*;

fn addresses(store: &dyn Store) -> Vec<String> {
    let live = store
        .read(&Selection {
            project: PROJECT,
            bodies: Bodies::Of(&[]),
        })
        .unwrap();
    assert!(live.bound().iter().all(|bound| bound.object.is_none()));
    let all = live.bound().iter();
    all.map(|bound| bound.address.to_string()).collect()
}

#[test]
fn a_fresh_store_is_empty() {
    for place in Place::every() {
        let live = place.read();
        assert_eq!((live.generation, live.foreign), (0, 0));
        assert!(live.bound().is_empty() && live.unmanaged.is_empty());
        assert!(!live.lineage.is_empty());
        assert!(place.store.runs(10).unwrap().is_empty());
        assert!(place.store.audit(0, 10).unwrap().is_empty());
        assert_eq!(place.store.run("x").unwrap(), None);
    }
}

#[test]
fn what_is_created_can_be_read() {
    for mut place in Place::every() {
        small(&mut place);
        let live = place.read();
        assert_eq!(live.generation, 1);
        assert_eq!(
            addresses(&*place.store),
            [
                "resource/crm",
                "organization/fabrikam",
                "catalog/marketing",
                "package/partner",
                "policy/partner/outside"
            ]
        );
        let found = object(&live, "catalog/marketing");
        assert_eq!(found.body, body(found.kind, &catalog(&["crm"])));
        assert_eq!(found.address, Some(at("catalog/marketing")));
    }
}

#[test]
fn an_address_has_one_object() {
    for mut place in Place::every() {
        small(&mut place);
        let again = vec![create("catalog/marketing", catalog(&[]))];
        let error = store_error(place.try_apply(PROJECT, again));
        assert!(matches!(error, StoreError::Unfit { .. }), "{error}");
        assert_eq!(place.read().generation, 1);
    }
}

#[test]
fn fetches_only_what_differs() {
    for mut place in Place::every() {
        small(&mut place);
        let all = place.read();
        let declared = |address: &Address| match address.to_string().as_str() {
            "catalog/marketing" => Some(Digest::of(b"something else")),
            "package/partner" => None,
            known => Some(object(&all, known).body.digest()),
        };
        let live = place
            .store
            .read(&Selection {
                project: PROJECT,
                bodies: Bodies::Differing(&declared),
            })
            .unwrap();
        let fetched: Vec<String> = live
            .bound()
            .iter()
            .filter(|bound| bound.object.is_some())
            .map(|bound| bound.address.to_string())
            .collect();
        assert_eq!(fetched, ["catalog/marketing", "package/partner"]);
        assert_eq!(live.get(&at("resource/crm")), Presence::Same);
        assert_eq!(live.get(&at("resource/other")), Presence::Absent);
    }
}

#[test]
fn an_update_changes_the_body_and_keeps_the_id() {
    for mut place in Place::every() {
        small(&mut place);
        let before = place.object("organization/fabrikam");
        let mut after = organization("Fabrikam");
        after["description"] = json!("Design agency");
        place.apply(vec![update(
            &before,
            "organization/fabrikam",
            after.clone(),
        )]);
        let found = place.object("organization/fabrikam");
        assert_eq!(found.id, before.id);
        assert_eq!(found.body, body(found.kind, &after));

        // The same plan again no longer fits.
        let error = store_error(place.try_apply(
            PROJECT,
            vec![update(&before, "organization/fabrikam", organization("X"))],
        ));
        assert!(matches!(error, StoreError::Unfit { .. }), "{error}");
    }
}

#[test]
fn a_rename_reaches_whoever_names_the_object() {
    for mut place in Place::every() {
        small(&mut place);
        let live = place.read();
        place.apply(vec![
            rename(&object(&live, "organization/fabrikam"), "organization/fab"),
            rename(&object(&live, "resource/crm"), "resource/sales"),
            rename(&object(&live, "catalog/marketing"), "catalog/campaigns"),
            rename(&object(&live, "package/partner"), "package/agency"),
        ]);
        assert_eq!(
            addresses(&*place.store),
            [
                "resource/sales",
                "organization/fab",
                "catalog/campaigns",
                "package/agency",
                "policy/agency/outside"
            ]
        );
        let now = place.read();
        let same = |address: &str, value: Value| {
            let found = object(&now, address);
            assert_eq!(found.body, body(found.kind, &value), "{address}");
        };
        same("catalog/campaigns", catalog(&["crm"]));
        same("policy/agency/outside", policy(&["fab"]));
        // A body that the run writes is written under the new names; this one was not, so it is read under them.
        let found = object(&now, "package/agency").body.to_value();
        assert_eq!(found["catalog"], json!("marketing"));
        assert_eq!(
            object(&now, "organization/fab").id,
            object(&live, "organization/fabrikam").id
        );
    }
}

#[test]
fn two_objects_swap_their_names() {
    for mut place in Place::every() {
        small(&mut place);
        place.apply(vec![
            create("organization/litware", organization("Litware")),
            create("package/other", package("marketing", json!({}))),
            create("policy/other/inside", policy(&["litware"])),
        ]);
        let live = place.read();
        place.apply(vec![
            rename(
                &object(&live, "organization/fabrikam"),
                "organization/litware",
            ),
            rename(
                &object(&live, "organization/litware"),
                "organization/fabrikam",
            ),
            rename(&object(&live, "package/partner"), "package/other"),
            rename(&object(&live, "package/other"), "package/partner"),
        ]);
        let now = place.read();
        let naming = |address: &str| {
            let found = object(&now, address).body.to_value();
            found["requestors"]["organizations"][0].clone()
        };
        assert_eq!(naming("policy/other/outside"), json!("litware"));
        assert_eq!(naming("policy/partner/inside"), json!("fabrikam"));
        assert_eq!(
            object(&now, "organization/litware").body,
            object(&live, "organization/fabrikam").body
        );
    }
}

#[test]
fn names_go_on_through_many_renames() {
    for mut place in Place::every() {
        small(&mut place);
        for (from, to) in [
            ("fabrikam", "a"),
            ("a", "b"),
            ("b", "fabrikam"),
            ("fabrikam", "c"),
        ] {
            let before = place.object(&format!("organization/{from}"));
            place.apply(vec![rename(&before, &format!("organization/{to}"))]);
        }
        // A newcomer under an old name is somebody else.
        place.apply(vec![create("organization/fabrikam", organization("New"))]);
        let found = place.object("policy/partner/outside").body.to_value();
        assert_eq!(found["requestors"]["organizations"], json!(["c"]));
    }
}

#[test]
fn a_rename_onto_a_name_in_use_is_refused() {
    for mut place in Place::every() {
        small(&mut place);
        place.apply(vec![create(
            "organization/litware",
            organization("Litware"),
        )]);
        let before = place.object("organization/fabrikam");
        let error =
            store_error(place.try_apply(PROJECT, vec![rename(&before, "organization/litware")]));
        assert!(matches!(error, StoreError::Unfit { .. }), "{error}");
    }
}

#[test]
fn a_renamed_package_and_its_policy_change_in_one_run() {
    for mut place in Place::every() {
        small(&mut place);
        let live = place.read();
        let policy_before = object(&live, "policy/partner/outside");
        place.apply(vec![
            rename(&object(&live, "package/partner"), "package/agency"),
            update(
                &policy_before,
                "policy/agency/everybody",
                json!({ "requestors": "anyExternal" }),
            ),
        ]);
        let found = place.object("policy/agency/everybody");
        assert_eq!(found.id, policy_before.id);
        assert_eq!(found.body.to_value()["requestors"], json!("anyExternal"));
        let (_, changes) = place.store.run("run-0001").unwrap().unwrap();
        assert_eq!(changes[0].renamed_from.as_deref(), Some("package/partner"));
        assert_eq!(
            changes[1].renamed_from.as_deref(),
            Some("policy/partner/outside")
        );
    }
}

#[test]
fn what_is_pruned_is_gone() {
    for mut place in Place::every() {
        small(&mut place);
        let live = place.read();
        place.apply(vec![
            prune(&object(&live, "policy/partner/outside")),
            prune(&object(&live, "package/partner")),
        ]);
        assert_eq!(addresses(&*place.store).len(), 3);
        assert!(place.read().unmanaged.is_empty());
    }
}

#[test]
fn what_is_needed_cannot_be_pruned() {
    for mut place in Place::every() {
        small(&mut place);
        let live = place.read();
        for needed in [
            "organization/fabrikam",
            "resource/crm",
            "catalog/marketing",
            "package/partner",
        ] {
            let error = store_error(place.try_apply(PROJECT, vec![prune(&object(&live, needed))]));
            let StoreError::Unfit { address, .. } = &error else {
                panic!("{error}");
            };
            assert_eq!(address, needed);
        }
        assert_eq!(place.read().generation, 1);
    }
}

#[test]
fn what_is_needed_under_its_new_name_cannot_be_pruned() {
    for mut place in Place::every() {
        small(&mut place);
        let before = place.object("organization/fabrikam");
        place.apply(vec![rename(&before, "organization/fab")]);
        let before = place.object("organization/fab");
        let error = store_error(place.try_apply(PROJECT, vec![prune(&before)]));
        assert!(matches!(error, StoreError::Unfit { .. }), "{error}");
    }
}

#[test]
fn what_is_forgotten_stays_and_can_be_adopted() {
    for mut place in Place::every() {
        small(&mut place);
        let before = place.object("organization/fabrikam");
        place.apply(vec![forget(&before)]);
        let live = place.read();
        assert_eq!(live.unmanaged.len(), 1);
        assert_eq!(live.unmanaged[0].id, before.id);
        assert_eq!(live.unmanaged[0].body, before.body);
        assert_eq!(live.unmanaged[0].address, None);
        assert_eq!(live.get(&at("organization/fabrikam")), Presence::Absent);

        let mut after = organization("Fabrikam");
        after["state"] = json!("proposed");
        place.apply(vec![adopt(
            &live.unmanaged[0],
            "organization/fab",
            after.clone(),
        )]);
        let found = place.object("organization/fab");
        assert_eq!(found.id, before.id);
        assert_eq!(found.body, body(found.kind, &after));
        assert!(place.read().unmanaged.is_empty());

        // It is somebody's now.
        let again = store_error(place.try_apply(
            PROJECT,
            vec![adopt(&live.unmanaged[0], "organization/x", after)],
        ));
        assert!(matches!(again, StoreError::Unfit { .. }), "{again}");
    }
}

#[test]
fn what_is_forgotten_is_still_respelled_in_the_run_that_forgets_it() {
    for mut place in Place::every() {
        small(&mut place);
        let live = place.read();
        place.apply(vec![
            forget(&object(&live, "policy/partner/outside")),
            rename(&object(&live, "organization/fabrikam"), "organization/fab"),
        ]);
        let found = place.read().unmanaged[0].body.to_value();
        assert_eq!(found["requestors"]["organizations"], json!(["fab"]));
    }
}

#[test]
fn a_replacement_is_another_object_under_the_same_name() {
    for mut place in Place::every() {
        small(&mut place);
        let before = place.object("organization/fabrikam");
        let mut after = organization("Fabrikam");
        after["tenant"] = json!("3d0f5dec-0000-4000-8000-000000000001");
        place.apply(vec![replace(
            &before,
            "organization/fabrikam",
            after.clone(),
        )]);
        let found = place.object("organization/fabrikam");
        assert_ne!(found.id, before.id);
        assert_eq!(found.body, body(found.kind, &after));
        assert!(place.read().unmanaged.is_empty());

        let (record, changes) = place.store.run("run-0001").unwrap().unwrap();
        assert_eq!(record.counts, [(Action::Replace, 1)]);
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].before, Some(before.body));
        assert_eq!(changes[0].after, Some(found.body.clone()));

        // Whoever names it means the new one.
        place.apply(vec![rename(&found, "organization/fab")]);
        let naming = place.object("policy/partner/outside").body.to_value();
        assert_eq!(naming["requestors"]["organizations"], json!(["fab"]));
    }
}

#[test]
fn projects_do_not_see_each_others_names() {
    for mut place in Place::every() {
        small(&mut place);
        let theirs = vec![
            create("organization/fabrikam", organization("Another")),
            create("catalog/hr", catalog(&[])),
            create("package/hr", package("hr", json!({}))),
            create("policy/hr/outside", policy(&["fabrikam"])),
        ];
        let _ = place.try_apply("elsewhere", theirs).unwrap();
        assert_eq!(place.read().foreign, 4);
        assert_eq!(place.read_as("elsewhere").foreign, 5);
        assert_eq!(place.read_as("nobody").foreign, 9);

        let mine = place.object("organization/fabrikam");
        let error = store_error(place.try_apply("elsewhere", vec![prune(&mine)]));
        assert!(matches!(error, StoreError::Unfit { .. }), "{error}");

        place.apply(vec![rename(&mine, "organization/fab")]);
        let naming = |live, address: &str| {
            let found = object(&live, address).body.to_value();
            found["requestors"]["organizations"][0].clone()
        };
        assert_eq!(naming(place.read(), "policy/partner/outside"), json!("fab"));
        assert_eq!(
            naming(place.read_as("elsewhere"), "policy/hr/outside"),
            json!("fabrikam")
        );
    }
}

#[test]
fn settling_records_what_the_tree_says_and_changes_nothing() {
    for mut place in Place::every() {
        small(&mut place);
        let before = place.object("policy/partner/outside");
        let declared = Digest::of(b"another spelling");
        let mut settle = plan(&*place.store, Vec::new());
        settle.settled = vec![settled("policy/partner/outside", &before.id, declared)];
        let _ = place.try_plan(PROJECT, &settle).unwrap();
        let live = place
            .store
            .read(&Selection {
                project: PROJECT,
                bodies: Bodies::Differing(&|_| Some(declared)),
            })
            .unwrap();
        assert_eq!(live.get(&at("policy/partner/outside")), Presence::Same);
        assert_eq!(place.object("policy/partner/outside"), before);
        assert!(place.store.run("run-0001").unwrap().unwrap().1.is_empty());
    }
}

#[test]
fn a_change_of_another_object_than_planned_is_refused() {
    for mut place in Place::every() {
        small(&mut place);
        let real = place.object("organization/fabrikam");
        let mut stranger = real.clone();
        stranger.id.0 = "3d0f5dec-0000-4000-8000-000000000001".to_owned();
        let mut elsewhere = real.clone();
        elsewhere.address = Some(at("organization/elsewhere"));
        let mut altered = real.clone();
        altered.body = Body::of(&json!({}));
        for wrong in [stranger, elsewhere, altered] {
            let change = rename(&wrong, "organization/fab");
            let error = store_error(place.try_apply(PROJECT, vec![change]));
            assert!(matches!(error, StoreError::Unfit { .. }), "{error}");
        }
        let twice = vec![
            rename(&real, "organization/fab"),
            rename(&real, "organization/fabri"),
        ];
        let error = store_error(place.try_apply(PROJECT, twice));
        assert!(matches!(error, StoreError::Unfit { .. }), "{error}");
        assert_eq!(place.object("organization/fabrikam"), real);
    }
}
