//! Which changes a plan has, and in which order.

use serde_json::{Value, json};

use super::{but, example, short, step, whole};
use crate::model::Body;
use crate::plan::world::{Store, at, tree, with};
use crate::plan::{Action, Asks, build};

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
