//! Drift: how what is live departs from what was last applied.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::diff::differences;
use super::{Change, Delta, Edit, Reason};
use crate::model::{
    Address, Body, Declaration, Desired, Fate, Kind, Live, LiveObject, Origin, RemoteId, Touch,
};
use crate::source::Step;

/// Why a value is another than the tree declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The tree changed: the live value is the one that was last applied.
    Tree,
    /// The store changed: the live value is not the one that was last applied.
    Drift,
}

/// An object that somebody changed since it was last applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Drifted {
    /// The address that it was applied at.
    pub address: Address,
    /// The store's own id.
    pub id: RemoteId,
    /// Where the tree declares it; `None` for what the tree no longer declares.
    pub origin: Option<Origin>,
    /// What happened to it.
    pub what: Strayed,
    /// Who did it, where the store knows.
    pub by: Option<Touch>,
}

/// What happened to an object behind its project's back.
#[derive(Debug, Clone, PartialEq)]
pub enum Strayed {
    /// Keys were changed.
    Changed {
        /// The object as it is.
        live: Box<LiveObject>,
        /// The differences in managed keys, from what was applied to what is live.
        edits: Vec<Edit>,
    },
    /// It is no longer where it was.
    Lost {
        /// The body as it was applied.
        applied: Body,
        /// What became of it.
        fate: Fate,
    },
}

/// Returns what was changed since the last apply, in order of addresses. Keys that the tree leaves alone do not count.
#[must_use]
pub fn drift(desired: &Desired, live: &Live) -> Vec<Drifted> {
    let changed = live.bound().iter().filter_map(|bound| {
        let object = bound.object.as_ref()?;
        let departure = object.drift.as_deref()?;
        let declaration = desired.get(&bound.address);
        let edits = differences(
            object.kind,
            &managed(declaration, object.kind, &departure.applied),
            &managed(declaration, object.kind, &object.body),
        );
        (!edits.is_empty()).then(|| Drifted {
            address: bound.address.clone(),
            id: object.id.clone(),
            origin: declaration.map(|declaration| declaration.origin.clone()),
            by: departure.by.clone(),
            what: Strayed::Changed {
                live: Box::new(object.clone()),
                edits,
            },
        })
    });
    let lost = live.lost.iter().map(|lost| Drifted {
        address: lost.address.clone(),
        id: lost.id.clone(),
        origin: desired
            .get(&lost.address)
            .map(|declaration| declaration.origin.clone()),
        by: lost.by.clone(),
        what: Strayed::Lost {
            applied: lost.applied.clone(),
            fate: lost.fate.clone(),
        },
    });
    let mut all: Vec<Drifted> = changed.chain(lost).collect();
    all.sort_by(|a, b| (&a.address, &a.id).cmp(&(&b.address, &b.id)));
    all
}

/// Returns what of a body the tree manages; all of it for an object that the tree does not declare.
fn managed(declaration: Option<&Declaration>, kind: Kind, body: &Body) -> Value {
    let mut value = body.to_value();
    if let (Some(declaration), Some(keys)) = (declaration, value.as_object_mut()) {
        keys.retain(|key, _| !declaration.unmanaged().iter().any(|left| left == key));
        if kind.is_settings() {
            let declared: Map<String, Value> = match declaration.body().to_value() {
                Value::Object(declared) => declared,
                _ => Map::new(),
            };
            keys.retain(|key, _| declared.contains_key(key));
        }
    }
    value
}

/// Returns the changes that make what is live the record of what was applied, where objects are where they were. They
/// change no object; what was lost has none.
#[must_use]
pub fn acceptance(drifted: &[Drifted]) -> Vec<Change> {
    let changes = drifted.iter().filter_map(|one| match &one.what {
        Strayed::Changed { live, .. } => Some(accepted(&one.address, live)),
        Strayed::Lost { .. } => None,
    });
    changes.collect()
}

/// Returns the change that records a live object as applied, as it is.
#[must_use]
pub fn accepted(address: &Address, live: &LiveObject) -> Change {
    Change {
        address: address.clone(),
        delta: Delta::Update {
            before: live.clone(),
            after: live.body.clone(),
            edits: Vec::new(),
        },
        reason: Reason::DriftAccepted,
        origin: None,
        declared: None,
        after: BTreeSet::new(),
    }
}

impl Delta {
    /// Returns why each of the differences is there, in their order.
    #[must_use]
    pub fn causes(&self) -> Vec<Cause> {
        let edits = self.edits();
        let departure = self.before().and_then(|before| {
            let drift = before.drift.as_deref()?;
            Some((before, drift))
        });
        let Some((before, drift)) = departure else {
            return vec![Cause::Tree; edits.len()];
        };
        let strayed = differences(
            before.kind,
            &drift.applied.to_value(),
            &before.body.to_value(),
        );
        let meet = |edit: &Edit, other: &Edit| {
            let (a, b) = (trunk(edit), trunk(other));
            a.starts_with(b) || b.starts_with(a)
        };
        edits
            .iter()
            .map(|edit| {
                if strayed.iter().any(|other| meet(edit, other)) {
                    Cause::Drift
                } else {
                    Cause::Tree
                }
            })
            .collect()
    }
}

/// Returns the way to an edit, up to the first list: positions in it are not the same before and after.
fn trunk(edit: &Edit) -> &[Step] {
    let steps = edit.at().steps();
    let list = steps.iter().position(|step| matches!(step, Step::Index(_)));
    &steps[..list.unwrap_or(steps.len())]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{Bound, Departure, Digest, Lifecycle, Lost};
    use crate::plan::{Asks, build, world};

    fn strayed(address: &str, applied: &Value, live: &Value) -> Bound {
        let address = world::at(address);
        let body = |value: &Value| Body::of(&address.kind().decode(value).expect("an object"));
        Bound {
            object: Some(LiveObject {
                id: RemoteId("1".to_owned()),
                kind: address.kind(),
                address: Some(address.clone()),
                body: body(live),
                drift: Some(Box::new(Departure {
                    applied: body(applied),
                    by: None,
                })),
                last: None,
            }),
            address,
            declared: None,
        }
    }

    fn live(bound: Vec<Bound>) -> Live {
        Live::new("lineage".to_owned(), 1, bound, Vec::new(), 0)
    }

    fn tree(objects: Vec<Declaration>) -> Desired {
        Desired::new(objects, Vec::new(), Vec::new(), Digest::of(b""))
    }

    const POLICY: &str = "policy/p/q";

    #[test]
    fn an_edit_is_drift_where_the_live_value_is_not_the_applied_one() {
        let applied = json!({ "description": "a", "expires": { "after": "90d" } });
        let live = live(vec![strayed(
            POLICY,
            &applied,
            &json!({ "description": "changed", "expires": { "after": "90d" } }),
        )]);
        let wanted = json!({ "description": "a", "expires": { "after": "60d" } });
        let desired = tree(vec![world::declaration(POLICY, &wanted)]);
        let plan = build(&desired, &live, &Asks::default());
        let delta = &plan.changes[0].delta;
        let shown: Vec<_> = delta
            .edits()
            .iter()
            .map(|edit| edit.at().to_string())
            .zip(delta.causes())
            .collect();
        let expected = [
            ("description", Cause::Drift),
            ("expires.after", Cause::Tree),
        ];
        assert_eq!(shown, expected.map(|(at, cause)| (at.to_owned(), cause)));
    }

    #[test]
    fn keys_that_are_left_alone_do_not_drift() {
        let bound = strayed(
            POLICY,
            &json!({ "description": "a" }),
            &json!({ "description": "b" }),
        );
        let live = live(vec![bound]);
        let managed = tree(vec![world::declaration(POLICY, &json!({}))]);
        assert_eq!(drift(&managed, &live).len(), 1);
        let declaration = world::declaration(POLICY, &json!({}));
        let lifecycle = Lifecycle {
            unmanaged: vec!["description".to_owned()],
            ..Lifecycle::default()
        };
        let left = Declaration::new(
            declaration.address.clone(),
            (*declaration.object).clone(),
            lifecycle,
            declaration.origin,
        );
        assert_eq!(drift(&tree(vec![left]), &live), []);
    }

    #[test]
    fn settings_drift_in_the_keys_that_are_written() {
        let live = live(vec![strayed(
            "settings/collaboration",
            &json!({ "guestAccess": "restricted" }),
            &json!({ "guestAccess": "members", "guestsMayLeave": true }),
        )]);
        let value = json!({ "guestAccess": "restricted" });
        let desired = tree(vec![world::declaration("settings/collaboration", &value)]);
        let found = drift(&desired, &live);
        let Strayed::Changed { edits, .. } = &found[0].what else {
            panic!("{found:?}");
        };
        assert_eq!(edits.len(), 1);
        assert_eq!(edits[0].at().to_string(), "guestAccess");
    }

    #[test]
    fn what_is_lost_is_drift() {
        let lost = Lost {
            address: world::at("catalog/c"),
            id: RemoteId("1".to_owned()),
            applied: Body::of(&json!({ "displayName": "C" })),
            fate: Fate::Deleted,
            by: None,
        };
        let live = live(Vec::new()).with_lost(vec![lost]);
        let found = drift(&tree(Vec::new()), &live);
        assert_eq!(found.len(), 1);
        assert_eq!(acceptance(&found), []);
    }
}
