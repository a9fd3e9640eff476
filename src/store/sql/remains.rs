//! What remains of a project after deletes: nothing that is left may need something that is gone.

use std::collections::BTreeSet;

use super::db::{Db, Param};
use super::names::{Names, Span};
use super::read;
use crate::model::{Address, Body, Bond, Kind};
use crate::store::StoreError;

const BOUND: &str = "SELECT 1 FROM object WHERE project = ?1 AND address = ?2";
const LEFT: &str = "SELECT o.id, o.kind, o.address, v.body, v.run FROM object o JOIN version v ON v.id = o.version \
    JOIN run r ON r.id = v.run WHERE o.project = ?1 OR (o.project IS NULL AND r.project = ?1)";

/// Refuses if an object that is left needs one of those that were pruned.
pub(super) fn check(
    db: &impl Db,
    project: &str,
    names: &Names,
    pruned: Vec<Address>,
) -> Result<(), StoreError> {
    let mut gone = BTreeSet::new();
    for address in pruned {
        let mut again = false;
        let text = address.to_string();
        let params = [Param::Text(project), Param::Text(&text)];
        db.query(BOUND, &params, &mut |_| {
            again = true;
            Ok(())
        })?;
        if !again {
            gone.insert(address);
        }
    }
    if gone.is_empty() {
        return Ok(());
    }
    db.query(LEFT, &[Param::Text(project)], &mut |row| {
        let object = row.int(0, "the number of an object")?;
        let kind = read::kind(row, 1, object)?;
        let address: Option<Address> = match row.maybe_text(2, "the address of an object")? {
            Some(_) => Some(row.parse(2, "the address of an object")?),
            None => None,
        };
        let written = Span::since(row.int(4, "the run of a version")?);
        let body = read::body(row, 3, format_args!("object {object}"))?;
        let missing = missing(kind, address.as_ref(), &body, &gone, &|named| {
            names.today(project, named, written)
        })
        .map_err(|error| {
            row.damaged(format!(
                "the body of object {object} is not of its kind: {error}"
            ))
        })?;
        let Some(missing) = missing else {
            return Ok(());
        };
        let left = address.map_or_else(
            || format!("a {kind} that nobody owns"),
            |address| address.to_string(),
        );
        Err(StoreError::Unfit {
            address: missing.to_string(),
            cause: format!("{left} still needs it"),
        })
    })
}

/// Returns the first object that this one needs and that is gone.
pub(crate) fn missing(
    kind: Kind,
    address: Option<&Address>,
    body: &Body,
    gone: &BTreeSet<Address>,
    today: &dyn Fn(&Address) -> Option<Address>,
) -> Result<Option<Address>, serde_json::Error> {
    if let Some(parent) = address.and_then(Address::parent)
        && gone.contains(&parent)
    {
        return Ok(Some(parent));
    }
    let object = kind.decode(&mut serde_json::Deserializer::from_str(body.as_str()))?;
    let mut missing = None;
    object.references(&mut |mention| {
        if missing.is_some() || mention.bond == Bond::Perhaps {
            return;
        }
        let named = format!("{}/{}", mention.kind, mention.name);
        if let Ok(named) = named.parse::<Address>() {
            let named = today(&named).unwrap_or(named);
            if gone.contains(&named) {
                missing = Some(named);
            }
        }
    });
    Ok(missing)
}
