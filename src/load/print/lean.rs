//! An object without what is as by default, its keys in the order of the schema.

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::{Body, Kind, Object};

/// A value whose keys keep their order.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    Boolean(bool),
    Integer(u64),
    Text(String),
    List(Vec<Self>),
    Mapping(Vec<(String, Self)>),
}

/// Returns an object as a person would write it; `None` for one that cannot be read back from what it says.
pub(super) fn lean(object: &Object, body: &Body) -> Option<Item> {
    let text = serde_json::to_string(object).ok()?;
    let mut item: Item = serde_json::from_str(&text).ok()?;
    let kind = object.kind();
    if !says(kind, &item, body) {
        return None;
    }
    let mut at = Vec::new();
    drop_defaults(kind, &mut item, &mut at, body);
    Some(item)
}

/// Returns settings without the keys that do not go with the others: live ones may be of several origins, and what is not
/// written stays as it is.
pub(super) fn sound(kind: Kind, mut item: Item) -> Item {
    while kind.is_settings() {
        let value = serde_json::to_value(&item).ok();
        let Some(object) = value.and_then(|value| kind.decode(value).ok()) else {
            break;
        };
        let mut problems = Vec::new();
        object.check(&mut problems);
        let wrong = problems.iter().find_map(|problem| problem.at.attribute());
        let (Some(wrong), Item::Mapping(keys)) = (wrong, &mut item) else {
            break;
        };
        let before = keys.len();
        keys.retain(|(key, _)| key != wrong);
        if keys.len() == before {
            break;
        }
    }
    item
}

/// Returns true for an item that is read as this body.
fn says(kind: Kind, item: &Item, body: &Body) -> bool {
    let value = serde_json::to_value(item).ok();
    let object = value.and_then(|value| kind.decode(value).ok());
    object.is_some_and(|object| Body::of(&object) == *body)
}

/// Drops every key without which the object reads the same, from the outside in: what is left out needs no look inside.
fn drop_defaults(kind: Kind, root: &mut Item, at: &mut Vec<usize>, body: &Body) {
    let mut next = 0;
    loop {
        let whole = at.is_empty();
        match root.inner(at) {
            Some(Item::Mapping(keys)) if next < keys.len() => {
                // The last key stays: a mapping with nothing in it says nothing.
                if whole || keys.len() > 1 {
                    let dropped = keys.remove(next);
                    if says(kind, root, body) {
                        continue;
                    }
                    if let Some(Item::Mapping(keys)) = root.inner(at) {
                        keys.insert(next, dropped);
                    }
                }
            }
            Some(Item::List(items)) if next < items.len() => {}
            _ => return,
        }
        at.push(next);
        drop_defaults(kind, root, at, body);
        at.pop();
        next += 1;
    }
}

impl Item {
    /// Returns the item at a position: of keys and of items of lists, from the outside in.
    fn inner(&mut self, at: &[usize]) -> Option<&mut Self> {
        let mut item = self;
        for step in at {
            item = match item {
                Self::Mapping(keys) => keys.get_mut(*step).map(|(_, item)| item)?,
                Self::List(items) => items.get_mut(*step)?,
                _ => return None,
            };
        }
        Some(item)
    }

    /// Returns true for a mapping without keys.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Mapping(keys) if keys.is_empty())
    }

    /// Puts a key before all others.
    pub(super) fn put_first(&mut self, key: &str, item: Self) {
        if let Self::Mapping(keys) = self {
            keys.insert(0, (key.to_owned(), item));
        }
    }

    /// Puts a key after all others.
    pub(super) fn put_last(&mut self, key: &str, item: Self) {
        if let Self::Mapping(keys) = self {
            keys.push((key.to_owned(), item));
        }
    }

    /// Puts a key after all others of the mapping at a key, which is made where it is missing.
    pub(super) fn put_inside(&mut self, outer: &str, key: &str, item: Self) {
        let Self::Mapping(keys) = self else { return };
        if keys.last().is_none_or(|(last, _)| last != outer) {
            keys.push((outer.to_owned(), Self::Mapping(Vec::new())));
        }
        if let Some((_, inner)) = keys.last_mut() {
            inner.put_last(key, item);
        }
    }

    /// Returns true when some text in it holds these characters.
    pub(super) fn holds(&self, needle: &str) -> bool {
        match self {
            Self::Boolean(_) | Self::Integer(_) => false,
            Self::Text(text) => text.contains(needle),
            Self::List(items) => items.iter().any(|item| item.holds(needle)),
            Self::Mapping(keys) => keys
                .iter()
                .any(|(key, item)| key.contains(needle) || item.holds(needle)),
        }
    }
}

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_u64(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Mapping(keys) => {
                let mut map = serializer.serialize_map(Some(keys.len()))?;
                for (key, item) in keys {
                    map.serialize_entry(key, item)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Item;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value that a policy file can hold")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Item, E> {
                Ok(Item::Boolean(value))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Item, E> {
                Ok(Item::Integer(value))
            }

            fn visit_str<E>(self, text: &str) -> Result<Item, E> {
                Ok(Item::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Item, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(Item::List(items))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Item, A::Error> {
                let mut keys = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    keys.push(entry);
                }
                Ok(Item::Mapping(keys))
            }
        }

        deserializer.deserialize_any(Any)
    }
}
