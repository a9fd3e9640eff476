//! Behaviours of planning, one by one.

use serde_json::{Value, json};

use super::world::{Store, at, forgetting, organization, tree, with};
use super::{Action, Asks, Clash, Delta, Edit, Plan, Reason, build};
use crate::model::{Body, Desired};

/// Returns a plan in short: sign, address, address before where another, reason.
fn short(plan: &Plan) -> Vec<String> {
    let line = |change: &super::Change| {
        let before = change
            .delta
            .before()
            .and_then(|before| before.address.as_ref());
        let from = before
            .filter(|before| **before != change.address)
            .map(|before| format!(" from {before}"));
        let sign = change.delta.action().sign();
        format!(
            "{sign} {}{} {:?}",
            change.address,
            from.unwrap_or_default(),
            change.reason
        )
    };
    plan.changes.iter().map(line).collect()
}

fn example() -> Vec<(&'static str, Value)> {
    vec![
        ("organization/fabrikam", organization("fabrikam")),
        ("resource/crm", json!({ "application": "CRM" })),
        ("resource/leads", json!({ "group": "Leads" })),
        (
            "catalog/sales",
            json!({ "displayName": "Sales", "resources": ["crm"] }),
        ),
        (
            "package/partner",
            json!({ "catalog": "sales", "displayName": "Partner", "grants": { "crm": "Default Access" } }),
        ),
        (
            "policy/partner/all",
            json!({
                "requestors": { "organizations": ["fabrikam"] },
                "approval": { "stages": [{ "approvers": ["group:leads"] }] },
            }),
        ),
    ]
}

/// The example, with some objects declared otherwise; `null` for not at all.
fn but(changes: &[(&'static str, Value)]) -> Desired {
    let mut objects = example();
    for (address, value) in changes {
        objects.retain(|(other, _)| other != address);
        if !value.is_null() {
            objects.push((address, value.clone()));
        }
    }
    tree(&objects)
}

fn whole(address: &str) -> Value {
    let objects = example();
    let (_, value) = objects
        .iter()
        .find(|(other, _)| *other == address)
        .expect(address);
    value.clone()
}

/// Applies the example, then plans this tree, applies it and checks that nothing is left to do.
fn step(desired: &Desired) -> (Plan, Store) {
    let mut store = Store::of(&[&tree(&example())]);
    let plan = store.plan(desired);
    assert_eq!(plan.conflicts, []);
    store.apply(&plan);
    let next = store.plan(desired);
    assert_eq!(
        short(&next),
        Vec::<String>::new(),
        "after {:?}",
        short(&plan)
    );
    (plan, store)
}

#[test]
fn what_others_refer_to_is_created_first() {
    let plan = Store::default().plan(&tree(&example()));
    assert_eq!(
        short(&plan),
        [
            "+ resource/crm Declared",
            "+ resource/leads Declared",
            "+ organization/fabrikam Declared",
            "+ catalog/sales Declared",
            "+ package/partner Declared",
            "+ policy/partner/all Declared",
        ]
    );
    let policy = &plan.changes[5];
    assert_eq!(
        policy
            .after
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        ["resource/leads", "organization/fabrikam", "package/partner"]
    );
    assert_eq!(
        policy.origin.as_ref().map(ToString::to_string).as_deref(),
        Some("tree.yaml:1")
    );
}

#[test]
fn an_applied_tree_plans_empty_without_reading_a_body() {
    let desired = tree(&example());
    let store = Store::of(&[&desired]);
    let plan = build(&desired, &store.read(Some(&desired)), &Asks::default());
    assert!(plan.is_empty());
    assert_eq!((plan.unchanged, plan.settled.len()), (6, 0));
    let plan = build(&desired, &store.read(None), &Asks::default());
    assert!(plan.is_empty());
    assert_eq!((plan.unchanged, plan.settled.len()), (6, 6));
}

#[test]
fn deletes_run_the_other_way() {
    let (plan, _) = step(&tree(&[]));
    assert_eq!(
        short(&plan),
        [
            "- policy/partner/all ParentPruned",
            "- resource/leads Undeclared",
            "- organization/fabrikam Undeclared",
            "- package/partner Undeclared",
            "- catalog/sales Undeclared",
            "- resource/crm Undeclared",
        ]
    );
}

#[test]
fn a_prune_waits_for_the_update_that_drops_the_reference() {
    let (plan, _) = step(&but(&[
        ("organization/fabrikam", Value::Null),
        (
            "policy/partner/all",
            with(
                whole("policy/partner/all"),
                &json!({ "requestors": "members" }),
            ),
        ),
    ]));
    assert_eq!(
        short(&plan),
        [
            "~ policy/partner/all Differs",
            "- organization/fabrikam Undeclared"
        ]
    );
    assert!(plan.changes[1].after.contains(&at("policy/partner/all")));
}

#[test]
fn a_rename_touches_nothing_that_names_the_object() {
    let (plan, store) = step(&but(&[
        ("organization/fabrikam", Value::Null),
        (
            "organization/fabrikam-eu",
            with(organization("fabrikam"), &json!({ "formerly": "fabrikam" })),
        ),
        ("resource/leads", Value::Null),
        (
            "resource/sales-leads",
            json!({ "group": "Leads", "formerly": ["leads", "chiefs"] }),
        ),
        (
            "policy/partner/all",
            json!({
                "requestors": { "organizations": ["fabrikam-eu"] },
                "approval": { "stages": [{ "approvers": ["group:sales-leads"] }] },
            }),
        ),
    ]));
    assert_eq!(
        short(&plan),
        [
            "~ resource/sales-leads from resource/leads Renamed",
            "~ organization/fabrikam-eu from organization/fabrikam Renamed",
        ]
    );
    assert!(
        plan.changes
            .iter()
            .all(|change| change.delta.edits().is_empty())
    );
    assert_eq!(plan.settled.len(), 1);
    assert_eq!(
        store.live("policy/partner/all")["requestors"],
        json!({ "organizations": ["fabrikam-eu"] })
    );
}

#[test]
fn policies_move_with_their_package() {
    let moved = with(whole("package/partner"), &json!({ "formerly": "partner" }));
    let (plan, _) = step(&but(&[
        ("package/partner", Value::Null),
        ("package/agency", moved.clone()),
        ("policy/partner/all", Value::Null),
        ("policy/agency/all", whole("policy/partner/all")),
    ]));
    assert_eq!(
        short(&plan),
        ["~ package/agency from package/partner Renamed"]
    );

    let (plan, _) = step(&but(&[
        ("package/partner", Value::Null),
        ("package/agency", moved.clone()),
        ("policy/partner/all", Value::Null),
        (
            "policy/agency/some",
            with(
                whole("policy/partner/all"),
                &json!({ "formerly": "all", "expires": "never" }),
            ),
        ),
    ]));
    assert_eq!(
        short(&plan),
        [
            "~ package/agency from package/partner Renamed",
            "~ policy/agency/some from policy/partner/all Renamed",
        ]
    );

    let (plan, _) = step(&but(&[
        ("package/partner", Value::Null),
        ("package/agency", moved),
        ("policy/partner/all", Value::Null),
    ]));
    assert_eq!(
        short(&plan),
        [
            "~ package/agency from package/partner Renamed",
            "- policy/agency/all from policy/partner/all Undeclared",
        ]
    );
}

#[test]
fn names_move_along_a_chain() {
    let before = tree(&[
        ("organization/a", organization("a")),
        ("organization/b", organization("b")),
    ]);
    let after = tree(&[
        (
            "organization/b",
            with(organization("a"), &json!({ "formerly": "a" })),
        ),
        (
            "organization/c",
            with(organization("b"), &json!({ "formerly": "b" })),
        ),
    ]);
    let mut store = Store::of(&[&before]);
    let plan = store.reconcile(&after);
    assert_eq!(
        short(&plan),
        [
            "~ organization/c from organization/b Renamed",
            "~ organization/b from organization/a Renamed",
        ]
    );
    assert!(store.plan(&after).is_empty());
}

#[test]
fn names_are_exchanged_once() {
    let before = tree(&[
        ("organization/a", organization("a")),
        ("organization/b", organization("b")),
    ]);
    let after = tree(&[
        (
            "organization/a",
            with(organization("b"), &json!({ "formerly": "b" })),
        ),
        (
            "organization/b",
            with(organization("a"), &json!({ "formerly": "a" })),
        ),
    ]);
    let mut store = Store::of(&[&before]);
    let plan = store.reconcile(&after);
    assert_eq!(
        short(&plan),
        [
            "~ organization/a from organization/b Renamed",
            "~ organization/b from organization/a Renamed",
        ]
    );
    assert!(
        plan.changes
            .iter()
            .all(|change| change.delta.edits().is_empty())
    );
    assert!(store.plan(&after).is_empty());
    // Read in full it stays so, and one name left in the tree does nothing.
    assert!(build(&after, &store.read(None), &Asks::default()).is_empty());
}

#[test]
fn packages_that_exchange_names_keep_their_policies() {
    let tree = |a: &Value, b: &Value| {
        tree(&[
            ("catalog/sales", json!({ "displayName": "Sales" })),
            ("package/a", a.clone()),
            ("package/b", b.clone()),
            ("policy/a/x", json!({ "description": a["displayName"] })),
            ("policy/b/x", json!({ "description": b["displayName"] })),
        ])
    };
    let package = |name: &str, other: &str| json!({ "catalog": "sales", "displayName": name, "incompatibleWith": [format!("package/{other}")] });
    let mut store = Store::of(&[&tree(&package("A", "b"), &package("B", "a"))]);
    let id = store.id(&at("policy/a/x"));
    let exchanged = tree(
        &with(package("B", "b"), &json!({ "formerly": "b" })),
        &with(package("A", "a"), &json!({ "formerly": "a" })),
    );
    let plan = store.reconcile(&exchanged);
    assert_eq!(
        short(&plan),
        [
            "~ package/a from package/b Renamed",
            "~ package/b from package/a Renamed",
        ]
    );
    assert_eq!(store.id(&at("policy/b/x")), id);
    assert!(store.plan(&exchanged).is_empty());
}

#[test]
fn a_name_that_is_spent_does_nothing() {
    let before = tree(&[
        ("organization/a", organization("a")),
        ("organization/b", organization("b")),
    ]);
    let after = tree(&[(
        "organization/b",
        with(organization("b"), &json!({ "formerly": "a" })),
    )]);
    let plan = Store::of(&[&before]).plan(&after);
    assert_eq!(short(&plan), ["- organization/a Undeclared"]);
}

#[test]
fn who_names_an_exchanged_name_means_the_other_object() {
    let all = |a: Value, b: Value| {
        tree(&[
            ("organization/a", a),
            ("organization/b", b),
            ("catalog/c", json!({ "displayName": "C" })),
            ("package/p", json!({ "catalog": "c", "displayName": "P" })),
            (
                "policy/p/x",
                json!({ "requestors": { "organizations": ["a"] } }),
            ),
        ])
    };
    let mut store = Store::of(&[&all(organization("a"), organization("b"))]);
    let exchanged = all(
        with(organization("b"), &json!({ "formerly": "b" })),
        with(organization("a"), &json!({ "formerly": "a" })),
    );
    let quick = build(&exchanged, &store.read(Some(&exchanged)), &Asks::default());
    assert_eq!(quick.unread, [at("policy/p/x")]);
    let plan = store.reconcile(&exchanged);
    assert_eq!(plan.count(Action::Update), 3);
    assert_eq!(
        store.live("policy/p/x")["requestors"],
        json!({ "organizations": ["a"] })
    );
    assert!(store.plan(&exchanged).is_empty());
}

#[test]
fn a_name_is_taken_once() {
    let before = tree(&[
        ("organization/a", organization("a")),
        ("organization/b", organization("b")),
    ]);
    let store = Store::of(&[&before]);
    let both = with(organization("c"), &json!({ "formerly": ["a", "b"] }));
    let plan = store.plan(&tree(&[("organization/c", both)]));
    let from = vec![at("organization/a"), at("organization/b")];
    assert_eq!(plan.conflicts[0].clash, Clash::SeveralNames { from });
    let formerly = |name: &str| with(organization(name), &json!({ "formerly": "a" }));
    let plan = store.plan(&tree(&[
        ("organization/b", organization("b")),
        ("organization/c", formerly("a")),
        ("organization/d", formerly("d")),
    ]));
    assert_eq!(plan.conflicts[0].address, at("organization/d"));
    let (from, by) = (at("organization/a"), at("organization/c"));
    assert_eq!(plan.conflicts[0].clash, Clash::RenamedTwice { from, by });
}

#[test]
fn settings_of_an_organization_follow_its_name() {
    let before = tree(&[
        ("organization/a", organization("a")),
        ("cross-tenant/a", json!({ "trust": ["mfa"] })),
    ]);
    let after = tree(&[
        (
            "organization/b",
            with(organization("a"), &json!({ "formerly": "a" })),
        ),
        ("cross-tenant/b", json!({ "trust": ["mfa"] })),
    ]);
    let mut store = Store::of(&[&before]);
    let plan = store.reconcile(&after);
    assert_eq!(
        short(&plan),
        [
            "~ organization/b from organization/a Renamed",
            "~ cross-tenant/b from cross-tenant/a Renamed",
        ]
    );
    assert!(store.plan(&after).is_empty());
}

#[test]
fn keys_that_are_not_managed_stay() {
    let mut store = Store::of(&[&tree(&example())]);
    store.edit("catalog/sales", |body| {
        body["description"] = json!("written by hand");
    });
    let desired = but(&[(
        "catalog/sales",
        with(
            whole("catalog/sales"),
            &json!({ "unmanaged": ["description"], "description": "never seen", "published": false }),
        ),
    )]);
    let plan = store.reconcile(&desired);
    assert_eq!(short(&plan), ["~ catalog/sales Differs"]);
    assert_eq!(plan.changes[0].delta.edits().len(), 1);
    assert_eq!(
        store.live("catalog/sales")["description"],
        "written by hand"
    );
    assert!(store.plan(&desired).is_empty());
    let created = Store::of(&[&desired]);
    assert_eq!(created.live("catalog/sales")["description"], "never seen");
}

#[test]
fn settings_are_managed_key_by_key_and_let_go() {
    let address = "settings/collaboration";
    let mut store = Store::of(&[&tree(&[(address, json!({ "guestAccess": "limited" }))])]);
    store.edit(address, |body| body["guestsMayLeave"] = json!(false));
    let desired = tree(&[(address, json!({ "guestAccess": "restricted" }))]);
    let plan = store.reconcile(&desired);
    assert_eq!(plan.changes[0].delta.edits().len(), 1);
    assert_eq!(
        store.live(address),
        json!({ "guestAccess": "restricted", "guestsMayLeave": false })
    );
    assert_eq!(
        short(&store.plan(&tree(&[]))),
        ["x settings/collaboration SettingsUndeclared"]
    );
}

#[test]
fn what_is_forgotten_stays() {
    let desired = but(&[
        ("package/partner", Value::Null),
        ("policy/partner/all", Value::Null),
    ]);
    let (plan, _) = step(&forgetting(&desired, &["package/partner"]));
    assert_eq!(
        short(&plan),
        [
            "x policy/partner/all ForgetAsked",
            "x package/partner ForgetAsked"
        ]
    );
}

#[test]
fn a_replaced_package_takes_its_policies_along() {
    let desired = but(&[
        (
            "catalog/other",
            json!({ "displayName": "Other", "resources": ["crm"] }),
        ),
        (
            "package/partner",
            with(
                whole("package/partner"),
                &json!({ "catalog": "other", "replace": "allowed" }),
            ),
        ),
    ]);
    let store = Store::of(&[&tree(&example())]);
    let first = build(&desired, &store.read(Some(&desired)), &Asks::default());
    assert_eq!(first.unread, [at("policy/partner/all")]);
    let (plan, after) = step(&desired);
    assert_eq!(
        short(&plan),
        [
            "+ catalog/other Declared",
            "-/+ package/partner ReplaceAllowed",
            "-/+ policy/partner/all ParentReplaced",
        ]
    );
    assert_ne!(
        store.id(&at("policy/partner/all")),
        after.id(&at("policy/partner/all"))
    );
}

#[test]
fn a_replacement_needs_a_word_and_a_tenant_lifts_it() {
    let store = Store::of(&[&tree(&example())]);
    let moved = json!({ "displayName": "fabrikam", "domains": ["fabrikam.eu"] });
    let plan = store.plan(&but(&[("organization/fabrikam", moved.clone())]));
    assert_eq!(plan.changes[0].reason, Reason::ReplaceRefused);
    let tenant = json!({ "tenant": "3d0f5dec-0000-4000-8000-000000000001" });
    let before = but(&[(
        "organization/fabrikam",
        with(organization("fabrikam"), &tenant),
    )]);
    let store = Store::of(&[&before]);
    let plan = store.plan(&but(&[("organization/fabrikam", with(moved, &tenant))]));
    assert_eq!(short(&plan), ["~ organization/fabrikam Differs"]);
    assert!(matches!(
        plan.changes[0].delta.edits(),
        [Edit::Items { .. }]
    ));
}

#[test]
fn what_exists_is_adopted_on_request_only() {
    let desired = tree(&example());
    let mut store = Store::of(&[&desired]);
    let id = store.disown("organization/fabrikam");
    let twin = store.plan(&desired);
    assert_eq!(twin.conflicts.len(), 1);
    assert_eq!(twin.conflicts[0].clash, Clash::Exists { ids: vec![id] });

    let asks = Asks {
        adopt: vec![at("organization/fabrikam")],
    };
    let plan = store.plan_with(&desired, &asks);
    assert_eq!(plan.conflicts, []);
    assert_eq!((plan.count(Action::Adopt), plan.unmanaged), (1, 0));
    store.apply(&plan);
    let next = store.plan_with(&desired, &asks);
    assert!(next.is_empty() && next.conflicts.is_empty());
}

#[test]
fn an_object_is_adopted_by_its_id() {
    let mut store = Store::of(&[&tree(&example())]);
    let id = store.disown("organization/fabrikam");
    let adopting = |id: &str| {
        let more = json!({ "adopt": { "id": id }, "description": "ours now" });
        but(&[(
            "organization/fabrikam",
            with(organization("fabrikam"), &more),
        )])
    };
    let desired = adopting(&id.0);
    let plan = store.plan(&desired);
    assert!(matches!(&plan.changes[0].delta, Delta::Adopt { edits, .. } if edits.len() == 1));
    let missing = store.plan(&adopting("00000000-0000-4000-8000-00000000ffff"));
    assert!(matches!(
        missing.conflicts[..],
        [super::Conflict {
            clash: Clash::NoSuchObject { .. },
            ..
        }]
    ));
    let crm = store.disown("resource/crm");
    let other = store.plan(&adopting(&crm.0));
    assert!(
        other
            .conflicts
            .iter()
            .any(|conflict| matches!(conflict.clash, Clash::OtherKind { .. }))
    );
    let _ = store.reconcile(&desired);
    assert!(
        store
            .plan(&desired)
            .changes
            .iter()
            .all(|change| change.address != at("organization/fabrikam"))
    );
}

#[test]
fn adoption_by_likeness_says_what_it_lacks() {
    let desired = tree(&example());
    let mut store = Store::of(&[&desired]);
    let asks = |address: &str| Asks {
        adopt: vec![at(address)],
    };
    let nowhere = store.plan_with(&desired, &asks("package/none"));
    assert!(matches!(
        nowhere.conflicts[..],
        [super::Conflict {
            clash: Clash::NotDeclared,
            ..
        }]
    ));
    let _ = store.reconcile(&but(&[("policy/partner/all", Value::Null)]));
    let none = store.plan_with(&desired, &asks("policy/partner/all"));
    assert!(matches!(
        none.conflicts[..],
        [super::Conflict {
            clash: Clash::NoLikeness,
            ..
        }]
    ));
}

#[test]
fn an_older_body_is_as_declared() {
    let mut store = Store::of(&[&tree(&example())]);
    store.edit("catalog/sales", |body| {
        body.as_object_mut().expect("a mapping").remove("published");
    });
    let plan = store.plan(&tree(&example()));
    assert!(plan.is_empty());
    assert_eq!(plan.settled.len(), 1);
}

#[test]
fn what_goes_makes_room_for_what_comes() {
    let (plan, _) = step(&but(&[
        ("resource/leads", Value::Null),
        ("resource/chiefs", json!({ "group": "Leads" })),
        (
            "policy/partner/all",
            with(
                whole("policy/partner/all"),
                &json!({ "approval": { "stages": [{ "approvers": ["user:ana@contoso.com"] }] } }),
            ),
        ),
    ]));
    assert_eq!(
        short(&plan),
        [
            "~ policy/partner/all Differs",
            "- resource/leads Undeclared",
            "+ resource/chiefs Declared",
        ]
    );
}

#[test]
fn packages_may_exclude_each_other() {
    let package = |other: &str| json!({ "catalog": "sales", "displayName": other, "incompatibleWith": [format!("package/{other}")] });
    let desired = but(&[("package/a", package("b")), ("package/b", package("a"))]);
    let (plan, mut store) = step(&desired);
    assert_eq!(plan.count(Action::Create), 2);
    assert_eq!(store.reconcile(&tree(&example())).count(Action::Prune), 2);
}

#[test]
fn the_digest_tells_plans_apart() {
    let store = Store::of(&[&tree(&example())]);
    let plan = |more: &Value| {
        let value = with(whole("catalog/sales"), more);
        store.plan(&but(&[("catalog/sales", value)])).digest()
    };
    assert_eq!(
        plan(&json!({ "published": false })),
        plan(&json!({ "published": false }))
    );
    assert_ne!(
        plan(&json!({ "published": false })),
        plan(&json!({ "description": "x" }))
    );
}

#[test]
fn a_live_body_that_cannot_be_read_is_shown_not_lost() {
    let desired = tree(&example());
    let store = Store::of(&[&desired]);
    let mut live = store.read(None);
    let bound = live
        .bound()
        .iter()
        .cloned()
        .map(|mut bound| {
            if let Some(object) = bound
                .object
                .as_mut()
                .filter(|object| object.address == Some(at("catalog/sales")))
            {
                object.body = Body::from_canonical(
                    r#"{"displayName":"Sales","later":1,"resources":["crm"]}"#,
                )
                .expect("JSON");
            }
            bound
        })
        .collect();
    live = crate::model::Live::new(live.lineage, 1, bound, vec![], 0);
    let plan = build(&desired, &live, &Asks::default());
    assert_eq!(short(&plan), ["~ catalog/sales Differs"]);
    let places: Vec<String> = plan.changes[0]
        .delta
        .edits()
        .iter()
        .map(|edit| edit.at().to_string())
        .collect();
    assert!(places.contains(&"later".to_owned()), "{places:?}");
}
