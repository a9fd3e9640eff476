//! What a project owns: keys and settings left alone, objects let go, taken over or replaced.

use serde_json::{Value, json};

use super::{but, example, short, step, whole};
use crate::plan::world::{Store, at, forgetting, organization, tree, with};
use crate::plan::{Action, Asks, Clash, Conflict, Delta, Edit, Reason, build};

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
fn a_key_that_is_managed_again_is_as_declared() {
    let mut store = Store::of(&[&tree(&example())]);
    let described = json!({ "displayName": "Sales", "description": "first" });
    let _ = store.reconcile(&but(&[("catalog/sales", described.clone())]));
    let left = json!({ "displayName": "Sales 2", "unmanaged": ["description"] });
    let _ = store.reconcile(&but(&[("catalog/sales", left)]));
    assert_eq!(store.live("catalog/sales")["description"], "first");
    // The bodies that the two trees speak of are the same, and yet not as much of them is managed.
    let whole = but(&[("catalog/sales", json!({ "displayName": "Sales 2" }))]);
    let plan = store.reconcile(&whole);
    assert_eq!(short(&plan), ["~ catalog/sales Differs"]);
    assert!(store.live("catalog/sales").get("description").is_none());
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
        ..Asks::default()
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
        [Conflict {
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
        ..Asks::default()
    };
    let nowhere = store.plan_with(&desired, &asks("package/none"));
    assert!(matches!(
        nowhere.conflicts[..],
        [Conflict {
            clash: Clash::NotDeclared,
            ..
        }]
    ));
    let _ = store.reconcile(&but(&[("policy/partner/all", Value::Null)]));
    let none = store.plan_with(&desired, &asks("policy/partner/all"));
    assert!(matches!(
        none.conflicts[..],
        [Conflict {
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
