//! Going back: from what was applied last to what it was before a run, one run after the other.

use std::collections::BTreeMap;

use super::{Action, RecordedChange};
use crate::model::{Address, Body, Kind, RemoteId, respell};

/// An object as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Was {
    /// The store's own id.
    pub id: RemoteId,
    /// The keys and values; others are named by the addresses that they had.
    pub body: Body,
}

/// What a project owned, by address.
pub type Owned = BTreeMap<Address, Was>;

/// Why a run cannot be undone.
#[derive(Debug, thiserror::Error)]
#[error("the record of {address} cannot be read: {cause}")]
pub struct Unreadable {
    /// The address.
    pub address: String,
    /// What is wrong with it.
    pub cause: String,
}

/// Returns what a project owned before a run, given what it owned after it and what the run changed.
///
/// # Errors
///
/// For a record that cannot be read.
pub fn undo(after: Owned, changes: &[RecordedChange]) -> Result<Owned, Unreadable> {
    let mut after = after;
    let mut renames: BTreeMap<Address, Address> = BTreeMap::new();
    let mut restored: Vec<(Address, Was)> = Vec::new();
    for change in changes {
        let address = read(&change.address)?;
        let earlier = match &change.renamed_from {
            Some(from) => read(from)?,
            None => address.clone(),
        };
        // The object of this address at the end of the run; deleted and forgotten ones have none, unless another took
        // the address, and that has a change of its own.
        let ends = !matches!(change.action, Action::Prune | Action::Forget);
        if ends {
            after.remove(&address);
            if earlier != address {
                renames.insert(address.clone(), earlier.clone());
            }
        }
        if matches!(change.action, Action::Create | Action::Adopt) {
            continue;
        }
        if let Some(body) = &change.before {
            let id = match change.action {
                // Its id went with it; the one in the record is that of the new object.
                Action::Replace => RemoteId(String::new()),
                _ => change.id.clone(),
            };
            let body = body.clone();
            restored.push((earlier, Was { id, body }));
        }
    }
    let mut before = Owned::new();
    for (address, was) in after {
        let earlier = match renames.get(&address) {
            Some(earlier) => earlier.clone(),
            None => inside(&address, &renames).unwrap_or_else(|| address.clone()),
        };
        let named = |kind: Kind, name: &str| {
            let named: Address = format!("{kind}/{name}").parse().ok()?;
            Some(renames.get(&named)?.name().to_owned())
        };
        let body = if renames.is_empty() {
            was.body
        } else {
            respell(address.kind(), &was.body, &named).map_err(|error| Unreadable {
                address: address.to_string(),
                cause: error.to_string(),
            })?
        };
        before.insert(earlier, Was { id: was.id, body });
    }
    before.extend(restored);
    Ok(before)
}

/// Returns where an object was whose holder is renamed.
fn inside(address: &Address, renames: &BTreeMap<Address, Address>) -> Option<Address> {
    let holder = address.parent()?;
    address.moved(&holder, renames.get(&holder)?)
}

fn read(address: &str) -> Result<Address, Unreadable> {
    address.parse().map_err(|_| Unreadable {
        address: address.to_owned(),
        cause: "it is no address".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn body(address: &str, value: &Value) -> Body {
        let address: Address = address.parse().expect(address);
        Body::of(&address.kind().decode(value).expect("an object"))
    }

    fn owned(objects: &[(&str, &str, Value)]) -> Owned {
        objects
            .iter()
            .map(|(address, id, value)| {
                let was = Was {
                    id: RemoteId((*id).to_owned()),
                    body: body(address, value),
                };
                (address.parse().expect("an address"), was)
            })
            .collect()
    }

    fn change(
        action: Action,
        address: &str,
        from: Option<&str>,
        id: &str,
        before: Option<Body>,
    ) -> RecordedChange {
        RecordedChange {
            address: address.to_owned(),
            renamed_from: from.map(str::to_owned),
            action,
            id: RemoteId(id.to_owned()),
            before,
            after: None,
        }
    }

    #[test]
    fn undoes_every_action() {
        let named = |name: &str| json!({ "displayName": name });
        let after = owned(&[
            ("catalog/new", "1", named("New")),
            ("catalog/kept", "2", named("Kept")),
            ("catalog/changed", "3", named("After")),
            ("catalog/taken", "4", named("Taken")),
        ]);
        let before = |name: &str| Some(body("catalog/x", &named(name)));
        let changes = [
            change(Action::Create, "catalog/new", None, "1", None),
            change(
                Action::Update,
                "catalog/changed",
                None,
                "3",
                before("Before"),
            ),
            change(Action::Adopt, "catalog/taken", None, "4", before("Lent")),
            change(Action::Prune, "catalog/gone", None, "5", before("Gone")),
            change(Action::Forget, "catalog/lent", None, "6", before("Lent")),
        ];
        let expected = owned(&[
            ("catalog/kept", "2", named("Kept")),
            ("catalog/changed", "3", named("Before")),
            ("catalog/gone", "5", named("Gone")),
            ("catalog/lent", "6", named("Lent")),
        ]);
        assert_eq!(undo(after, &changes).expect("undone"), expected);
    }

    #[test]
    fn names_go_back_where_they_are_mentioned_and_inside() {
        let after = owned(&[
            ("catalog/b", "1", json!({ "displayName": "A" })),
            (
                "package/q",
                "2",
                json!({ "displayName": "P", "catalog": "b" }),
            ),
            ("policy/q/x", "3", json!({})),
        ]);
        let package = body("package/p", &json!({ "displayName": "P", "catalog": "a" }));
        let changes = [
            change(
                Action::Update,
                "catalog/b",
                Some("catalog/a"),
                "1",
                Some(body("catalog/a", &json!({ "displayName": "A" }))),
            ),
            change(
                Action::Update,
                "package/q",
                Some("package/p"),
                "2",
                Some(package),
            ),
        ];
        let expected = owned(&[
            ("catalog/a", "1", json!({ "displayName": "A" })),
            (
                "package/p",
                "2",
                json!({ "displayName": "P", "catalog": "a" }),
            ),
            ("policy/p/x", "3", json!({})),
        ]);
        assert_eq!(undo(after, &changes).expect("undone"), expected);
    }

    #[test]
    fn exchanged_names_are_exchanged_back() {
        let after = owned(&[
            ("catalog/a", "2", json!({ "displayName": "B" })),
            ("catalog/b", "1", json!({ "displayName": "A" })),
            (
                "package/p",
                "3",
                json!({ "displayName": "P", "catalog": "b" }),
            ),
        ]);
        let old = |name: &str| Some(body("catalog/x", &json!({ "displayName": name })));
        let changes = [
            change(
                Action::Update,
                "catalog/a",
                Some("catalog/b"),
                "2",
                old("B"),
            ),
            change(
                Action::Update,
                "catalog/b",
                Some("catalog/a"),
                "1",
                old("A"),
            ),
        ];
        let expected = owned(&[
            ("catalog/a", "1", json!({ "displayName": "A" })),
            ("catalog/b", "2", json!({ "displayName": "B" })),
            (
                "package/p",
                "3",
                json!({ "displayName": "P", "catalog": "a" }),
            ),
        ]);
        assert_eq!(undo(after, &changes).expect("undone"), expected);
    }
}
