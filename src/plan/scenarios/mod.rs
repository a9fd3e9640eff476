//! Behaviours of planning, one by one.

mod identity;
mod order;
mod ownership;
mod renames;

use serde_json::{Value, json};

use crate::model::Desired;
use crate::plan::Plan;
use crate::plan::world::{Store, organization, tree};

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
