//! Names: what a rename takes along, and what it leaves alone.

use serde_json::{Value, json};

use super::{but, short, step, whole};
use crate::plan::world::{Store, at, organization, tree, with};
use crate::plan::{Action, Asks, Clash, Plan, build};

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
    let renamed = with(organization("b"), &json!({ "formerly": "a" }));
    let anew = tree(&[
        ("organization/a", organization("a")),
        ("organization/b", renamed.clone()),
    ]);
    let after = tree(&[("organization/b", renamed)]);
    let store = Store::of(&[
        &tree(&[("organization/a", organization("b"))]),
        &after,
        &anew,
    ]);
    let plan = store.plan(&after);
    assert!(plan.conflicts.is_empty());
    assert_eq!(short(&plan), ["- organization/a Undeclared"]);
}

#[test]
fn no_object_is_renamed_onto_another_that_would_have_to_go() {
    let before = tree(&[
        ("organization/a", organization("a")),
        ("organization/b", organization("b")),
    ]);
    let mut store = Store::of(&[&before]);
    let from = at("organization/a");
    let refused = |plan: &Plan| {
        let [conflict] = &plan.conflicts[..] else {
            panic!("{:?}", plan.conflicts);
        };
        assert_eq!(conflict.address, at("organization/b"));
        assert_eq!(conflict.clash, Clash::Occupied { from: from.clone() });
    };
    // Whether it is declared as the one or as the other.
    let as_other = with(organization("a"), &json!({ "formerly": "a" }));
    let as_other = tree(&[("organization/b", as_other)]);
    let itself = with(organization("b"), &json!({ "formerly": "a" }));
    refused(&store.plan(&as_other));
    refused(&store.plan(&tree(&[("organization/b", itself)])));
    // In two steps it works, and the object is the same.
    let id = store.id(&at("organization/a"));
    let _ = store.reconcile(&tree(&[("organization/a", organization("a"))]));
    let _ = store.reconcile(&as_other);
    assert_eq!(store.id(&at("organization/b")), id);
    assert!(store.plan(&as_other).is_empty());
}

#[test]
fn a_policy_is_new_in_the_package_that_has_taken_a_name() {
    let package = |name: &str| json!({ "catalog": "c", "displayName": name });
    let before = tree(&[
        ("catalog/c", json!({ "displayName": "C" })),
        ("package/a", package("A")),
        ("package/b", package("B")),
    ]);
    let formerly = |name: &str| json!({ "formerly": name });
    let last = with(formerly("a"), &json!({ "incompatibleWith": ["package/z"] }));
    let exchanged = tree(&[
        ("catalog/c", json!({ "displayName": "C" })),
        ("catalog/z", json!({ "displayName": "Z" })),
        ("package/a", with(package("B"), &formerly("b"))),
        ("package/b", with(package("A"), &last)),
        ("package/z", with(package("Z"), &json!({ "catalog": "z" }))),
        ("policy/a/x", json!({ "requestors": "members" })),
    ]);
    let mut store = Store::of(&[&before]);
    let held = store.id(&at("package/b"));
    assert_eq!(
        short(&store.reconcile(&exchanged)),
        [
            "+ catalog/z Declared",
            "~ package/a from package/b Renamed",
            "+ package/z Declared",
            "+ policy/a/x Declared",
            "~ package/b from package/a Renamed",
        ]
    );
    assert_eq!(store.id(&at("package/a")), held);
    assert!(store.plan(&exchanged).is_empty());
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
fn a_rename_may_take_a_name_of_the_directory_that_stands_beside_its_own() {
    let all = |resources: &[(&'static str, Value)]| {
        let policy = json!({
            "requestors": "members",
            "approval": { "stages": [{ "approvers": ["group:board", "group:leads"] }] },
        });
        let mut objects = vec![
            ("catalog/c", json!({ "displayName": "C" })),
            ("package/p", json!({ "catalog": "c", "displayName": "P" })),
            ("policy/p/x", policy),
        ];
        objects.extend(resources.iter().cloned());
        tree(&objects)
    };
    let mut store = Store::of(&[&all(&[("resource/leads", json!({ "group": "Leads" }))])]);
    let after = all(&[
        (
            "resource/board",
            json!({ "group": "Leads", "formerly": "leads" }),
        ),
        ("resource/leads", json!({ "group": "New leads" })),
    ]);
    let plan = store.reconcile(&after);
    assert_eq!(
        short(&plan),
        [
            "~ resource/board from resource/leads Renamed",
            "+ resource/leads Declared",
            "~ policy/p/x Differs",
        ]
    );
    assert_eq!(
        store.live("policy/p/x")["approval"]["stages"][0]["approvers"],
        json!(["group:board", "group:leads"])
    );
    assert!(store.plan(&after).is_empty());
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
