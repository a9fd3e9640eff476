//! Respelling: one body under other names of the objects that it refers to.
//!
//! Planning compares a live body with a declared one as if the renames of the plan had been carried out, and a store turns
//! ids into names. Both need every mention, and only mentions, put under another name.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Kind;
use super::document::Body;
use crate::source::{Route, Step};

/// Returns a body with the objects that it names under other names, all at once: two names may be exchanged.
///
/// `renamed` is asked for each mention, with the kind and the present name below the kind, and answers with the new one or
/// with `None` to keep it. A body in which nothing is renamed comes back as it is, to the byte; any other in canonical
/// form, sets in order. Items of a set that come to have one name are one.
///
/// # Errors
///
/// Returns the decoder's error for a body that is not of this kind, or that would no longer be under the new names.
pub fn respell(
    kind: Kind,
    body: &Body,
    renamed: &dyn Fn(Kind, &str) -> Option<String>,
) -> Result<Body, serde_json::Error> {
    let mut read = serde_json::Deserializer::from_str(body.as_str());
    let object = kind.decode(&mut read)?;
    let mut moves: Vec<(Route, &str, String)> = Vec::new();
    object.references(&mut |mention| {
        if let Some(new) = renamed(mention.kind, mention.name)
            && new != mention.name
        {
            moves.push((mention.route(), mention.name, new));
        }
    });
    if moves.is_empty() {
        return Ok(body.clone());
    }
    let mut value = body.to_value();
    // Values first, while every key still stands where the routes say.
    let (keys, values): (Vec<_>, Vec<_>) = moves
        .into_iter()
        .partition(|(at, old, _)| stands_as_key(&value, at, old));
    let mut lists = BTreeSet::new();
    for (mut at, old, new) in values {
        if let Some(Value::String(text)) = follow(&mut value, at.steps()) {
            // The name stands last: `fabrikam`, `package/finance-auditor`, `group:design-guests`.
            text.truncate(text.len().saturating_sub(old.len()));
            text.push_str(&new);
        }
        if let Some(Step::Index(_)) = at.pop() {
            lists.insert(at);
        }
    }
    rename_keys(&mut value, keys);
    for list in lists {
        merge(&mut value, &list);
    }
    let object = kind.decode(&value)?;
    Ok(Body::of(&object))
}

/// Returns true for a name that stands as the key of a mapping, as in `grants`. The keys of the object itself are its
/// attributes, never names.
fn stands_as_key(value: &Value, at: &Route, name: &str) -> bool {
    match at.steps() {
        [_, .., Step::Key(key)] if **key == *name => value
            .pointer(&at.to_pointer())
            .is_some_and(|found| !found.is_null()),
        _ => false,
    }
}

/// Renames keys all at once: every old entry goes before a new one comes, so two may be exchanged.
fn rename_keys(value: &mut Value, keys: Vec<(Route, &str, String)>) {
    let mut arriving = Vec::with_capacity(keys.len());
    for (mut at, _, new) in keys {
        let Some(Step::Key(old)) = at.pop() else {
            continue;
        };
        if let Some(Value::Object(map)) = follow(value, at.steps())
            && let Some(entry) = map.remove(&*old)
        {
            arriving.push((at, new, entry));
        }
    }
    for (at, new, entry) in arriving {
        if let Some(Value::Object(map)) = follow(value, at.steps()) {
            map.insert(new, entry);
        }
    }
}

/// Leaves one of each items that are the same: a group of the directory had the name that another takes.
fn merge(value: &mut Value, list: &Route) {
    let Some(Value::Array(items)) = follow(value, list.steps()) else {
        return;
    };
    let mut seen = BTreeSet::new();
    items.retain(|item| seen.insert(item.to_string()));
}

fn follow<'v>(value: &'v mut Value, steps: &[Step]) -> Option<&'v mut Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.as_object_mut()?.get_mut(&**key),
        Step::Index(index) => value.as_array_mut()?.get_mut(*index),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body(kind: Kind, value: &Value) -> Body {
        Body::of(&kind.decode(value).expect("of the kind"))
    }

    fn respelled(kind: Kind, value: &Value, names: &[(Kind, &str, &str)]) -> Value {
        let renamed = |kind: Kind, name: &str| {
            names
                .iter()
                .find(|(of, old, _)| *of == kind && *old == name)
                .map(|(.., new)| (*new).to_owned())
        };
        let after = respell(kind, &body(kind, value), &renamed).expect("respells");
        let again = Body::of(&kind.decode(after.to_value()).expect("of the kind"));
        assert_eq!(again, after, "not canonical");
        after.to_value()
    }

    #[test]
    fn values_keys_and_prefixed_names_change_at_once() {
        let package = json!({
            "catalog": "catalog",
            "displayName": "catalog",
            "grants": { "a": "a", "b": ["x", "y"], "c": "Member" },
            "incompatibleWith": ["group:a", "group:directory", "package/z"],
        });
        let after = respelled(
            Kind::Package,
            &package,
            &[
                (Kind::Catalog, "catalog", "marketing"),
                (Kind::Resource, "a", "b"),
                (Kind::Resource, "b", "a"),
                (Kind::Package, "z", "a"),
                (Kind::Organization, "c", "d"),
            ],
        );
        assert_eq!(after["catalog"], "marketing");
        assert_eq!(after["displayName"], "catalog");
        assert_eq!(
            after["grants"],
            json!({ "b": "a", "a": ["x", "y"], "c": "Member" })
        );
        assert_eq!(
            after["incompatibleWith"],
            json!(["group:b", "group:directory", "package/a"])
        );
    }

    #[test]
    fn sets_stay_in_order() {
        let policy = json!({
            "requestors": { "organizations": ["a", "m", "z"] },
            "approval": { "stages": [{ "approvers": ["user:jo@contoso.com", "group:leads"] }] },
        });
        let after = respelled(
            Kind::Policy,
            &policy,
            &[
                (Kind::Organization, "a", "n"),
                (Kind::Resource, "leads", "zebra"),
            ],
        );
        assert_eq!(after["requestors"]["organizations"], json!(["m", "n", "z"]));
        assert_eq!(
            after["approval"]["stages"][0]["approvers"],
            json!(["user:jo@contoso.com", "group:zebra"])
        );
    }

    #[test]
    fn items_that_come_to_have_one_name_are_one() {
        let policy = json!({
            "requestors": "members",
            "approval": { "stages": [{ "approvers": ["group:board", "group:leads", "user:jo@contoso.com"] }] },
        });
        let after = respelled(Kind::Policy, &policy, &[(Kind::Resource, "leads", "board")]);
        assert_eq!(
            after["approval"]["stages"][0]["approvers"],
            json!(["user:jo@contoso.com", "group:board"])
        );
    }

    #[test]
    fn nothing_renamed_comes_back_to_the_byte() {
        let body = Body::from_canonical(r#"{"displayName":"A",  "description":""}"#).expect("JSON");
        let same = respell(Kind::Catalog, &body, &|_, _| None).expect("respells");
        assert_eq!(same.as_str(), body.as_str());
    }

    #[test]
    fn a_body_of_another_kind_is_an_error() {
        let body = Body::from_canonical(r#"{"colour":"red"}"#).expect("JSON");
        assert!(respell(Kind::Catalog, &body, &|_, _| None).is_err());
    }
}
