//! Hand-made reports for the tests of views and JSON.

use std::sync::Arc;

use serde_json::{Value, json};

use super::doc::Writer;
use super::text::Text;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::model::{Address, Body, Digest, LiveObject, Origin, RemoteId};
use crate::plan::{Change, Delta, Edit, Plan, Reason, Words};
use crate::source::{Route, SourceFile};

/// Returns what a view writes, without colours.
pub(super) fn text(view: impl FnOnce(&mut dyn Writer) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    view(&mut Text::new(&mut out, false)).expect("memory takes all");
    String::from_utf8(out).expect("text")
}

pub(super) fn address(text: &str) -> Address {
    text.parse().expect(text)
}

fn route(text: &str) -> Route {
    Route::parse(text).expect(text)
}

pub(super) fn live(text: &str, body: &Value) -> LiveObject {
    let address = address(text);
    LiveObject {
        id: RemoteId("5f1c7c1e-0000-4000-8000-000000000001".to_owned()),
        kind: address.kind(),
        address: Some(address),
        body: Body::of(body),
        drift: None,
        last: None,
    }
}

pub(super) fn origin(path: &str, line: u32) -> Origin {
    Origin {
        path: Arc::from(path),
        line,
    }
}

pub(super) fn change(text: &str, delta: Delta, reason: Reason, at: Option<Origin>) -> Change {
    Change {
        address: address(text),
        delta,
        reason,
        declared: at.is_some().then(|| Digest::of(b"declared")),
        origin: at,
        after: [].into(),
    }
}

pub(super) fn plan(changes: Vec<Change>) -> Plan {
    Plan {
        lineage: "0199f0c0".to_owned(),
        generation: 3,
        tree: Digest::from_bytes([0x4f; 16]),
        changes,
        own: None,
        settled: Vec::new(),
        owned: [].into(),
        destroy: false,
        partial: None,
        unchanged: 7,
        unmanaged: 0,
        foreign: 0,
        conflicts: Vec::new(),
        unread: Vec::new(),
    }
}

/// Returns a plan with a change of every action and an edit of every sort.
pub(super) fn everything() -> Plan {
    let body = json!({ "displayName": "Fabrikam" });
    let same = || Body::of(&body);
    let mut plan = plan(vec![
        change(
            "policy/campaign-partner/partners",
            Delta::Update {
                before: live("policy/campaign-partner/partners", &body),
                after: same(),
                edits: vec![
                    Edit::Value {
                        at: route("approval.stages[1]"),
                        before: Some(json!({ "approvers": ["user:legal@contoso.com"] })),
                        after: None,
                    },
                    Edit::Value {
                        at: route("expires"),
                        before: Some(json!({ "after": "180d" })),
                        after: Some(json!("never")),
                    },
                    Edit::Items {
                        at: route("requestors.organizations"),
                        removed: vec![json!("litware")],
                        added: vec![json!("fabrikam"), json!("tailspin")],
                    },
                    Edit::Text {
                        at: route("description"),
                        words: vec![
                            Words::Same("Everything an ".to_owned()),
                            Words::Removed("agency".to_owned()),
                            Words::Added("auditor".to_owned()),
                            Words::Same(" needs".to_owned()),
                        ],
                    },
                    Edit::Moved {
                        from: 2,
                        at: route("questions[0]"),
                    },
                ],
            },
            Reason::Differs,
            Some(origin("policies/marketing.yaml", 41)),
        ),
        change(
            "organization/fabrikam",
            Delta::Update {
                before: live("organization/fabrikam-old", &body),
                after: same(),
                edits: Vec::new(),
            },
            Reason::Renamed,
            Some(origin("policies/partners/fabrikam.yaml", 4)),
        ),
        change(
            "organization/litware",
            Delta::Create {
                after: Body::of(&json!({
                    "displayName": "Litware", "description": null, "domains": ["litware.example"],
                    "sponsors": { "internal": ["user:ana@contoso.com"], "external": [] }, "state": "configured",
                })),
            },
            Reason::Declared,
            Some(origin("policies/partners/litware.yaml", 4)),
        ),
        change(
            "resource/crm",
            Delta::Replace {
                before: live("resource/crm", &json!({ "application": "Sales" })),
                after: Body::of(&json!({ "application": "Salesforce" })),
                edits: vec![Edit::Value {
                    at: route("application"),
                    before: Some(json!("Sales")),
                    after: Some(json!("Salesforce")),
                }],
                because: vec![route("application")],
            },
            Reason::ReplaceAllowed,
            Some(origin("policies/resources.yaml", 9)),
        ),
        change(
            "catalog/marketing",
            Delta::Adopt {
                before: live("catalog/marketing", &body),
                after: same(),
                edits: vec![Edit::Value {
                    at: route("published"),
                    before: Some(json!(false)),
                    after: Some(json!(true)),
                }],
            },
            Reason::AdoptAsked,
            Some(origin("policies/marketing.yaml", 2)),
        ),
        change(
            "policy/old/all",
            Delta::Prune {
                before: live("policy/old/all", &body),
            },
            Reason::ParentPruned,
            None,
        ),
        change(
            "catalog/old",
            Delta::Prune {
                before: live("catalog/old", &body),
            },
            Reason::Undeclared,
            None,
        ),
        change(
            "package/lent",
            Delta::Forget {
                before: live("package/lent", &body),
            },
            Reason::ForgetAsked,
            None,
        ),
    ]);
    plan.unmanaged = 2;
    plan.foreign = 5;
    plan
}

/// Returns an error with two places and a warning with none.
pub(super) fn diagnostics() -> Diagnostics {
    let file = SourceFile::new(
        "policies/packages/onboarding.yaml",
        "packages:\n  onboarding:\n    catalog: partnres\n",
    );
    let start = file.text().find("partnres").expect("in the text") as u32;
    let first = file.text().find("onboarding").expect("in the text") as u32;
    let mut list = Diagnostics::new();
    list.push(
        Diagnostic::error(
            code::UNKNOWN_REFERENCE,
            "package `onboarding` names a catalog that is not declared",
        )
        .at(file.place(start, start + 8))
        .related(
            file.place(first, first + 10),
            "the package is declared here",
        )
        .help("did you mean `partners`?"),
    );
    list.push(Diagnostic::warning(
        code::WAIVER_EXPIRED,
        "a waiver ends today",
    ));
    list
}
