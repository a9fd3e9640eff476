//! The schema validator reads nodes as JSON values.

use std::borrow::Cow;

use jsonschema::JsonType;
use jsonschema::json::{Array, Json, JsonNumber, Node, NodeIdentity, Object, unique};
use serde_json::{Number, Value};

use super::node::{Data, Entries, Items, NodeKind, NodeRef, Tree};

/// The tree of a YAML file as a representation of JSON, for `jsonschema::options_for::<Yaml>()`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Yaml;

/// Lists up to this length are compared item by item for repeats.
const SHORT_LIST: usize = 16;

impl Json for Yaml {
    type Node<'a> = NodeRef<'a>;
    type PreparedKey = Box<str>;
    type StringBuffer = Tree<'static>;

    // A lookup walks the keys, so one walk for all wanted keys is cheaper.
    const KEYS_PER_LOOKUP: usize = 4;

    fn prepare_key(key: &str) -> Box<str> {
        key.into()
    }

    fn with_string_node<T>(
        buffer: &mut Tree<'static>,
        string: &str,
        f: impl FnOnce(NodeRef<'_>) -> T,
    ) -> T {
        buffer.owned.clear();
        buffer.owned.push(string.into());
        buffer.nodes.clear();
        buffer.nodes.push(super::node::Node {
            data: Data::Owned(0),
            start: 0,
            end: 0,
            next: 1,
        });
        f(buffer.root())
    }
}

/// A whole number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole(u64);

impl JsonNumber for Whole {
    fn as_u64(&self) -> Option<u64> {
        Some(self.0)
    }

    fn as_i64(&self) -> Option<i64> {
        i64::try_from(self.0).ok()
    }

    fn as_f64(&self) -> Option<f64> {
        Some(self.0 as f64)
    }

    fn as_str(&self) -> Cow<'_, str> {
        self.0.to_string().into()
    }

    fn to_number(&self) -> Cow<'_, Number> {
        Cow::Owned(Number::from(self.0))
    }

    fn is_integer(&self) -> bool {
        true
    }
}

/// A mapping.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mapping<'a>(NodeRef<'a>);

/// A list.
#[derive(Debug, Clone, Copy)]
pub(super) struct List<'a>(NodeRef<'a>);

impl<'a> Node<'a, Yaml> for NodeRef<'a> {
    type Object = Mapping<'a>;
    type Array = List<'a>;
    type Number = Whole;

    fn as_object(&self) -> Option<Mapping<'a>> {
        matches!(self.node().data, Data::Mapping(_)).then_some(Mapping(*self))
    }

    fn as_array(&self) -> Option<List<'a>> {
        matches!(self.node().data, Data::List(_)).then_some(List(*self))
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        self.as_text().map(Cow::Borrowed)
    }

    fn as_number(&self) -> Option<Whole> {
        self.as_integer().map(Whole)
    }

    fn as_boolean(&self) -> Option<bool> {
        NodeRef::as_boolean(*self)
    }

    fn is_null(&self) -> bool {
        matches!(self.node().data, Data::Hole)
    }

    fn json_type(&self) -> JsonType {
        match self.kind() {
            NodeKind::Mapping => JsonType::Object,
            NodeKind::List => JsonType::Array,
            NodeKind::Text => JsonType::String,
            NodeKind::Integer => JsonType::Number,
            NodeKind::Boolean => JsonType::Boolean,
            NodeKind::Hole => JsonType::Null,
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match (self.node().data, expected) {
            (Data::Text(text), Value::String(expected)) => text == expected,
            (Data::Owned(at), Value::String(expected)) => {
                *self.tree.owned[at as usize] == **expected
            }
            (Data::Boolean(boolean), Value::Bool(expected)) => boolean == *expected,
            (Data::Integer(_), Value::Number(_))
            | (Data::Mapping(_), Value::Object(_))
            | (Data::List(_), Value::Array(_)) => {
                jsonschema::json::cmp::equal(&self.to_value(), expected)
            }
            (Data::Hole, Value::Null) => true,
            _ => false,
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        let value = |node: NodeRef<'a>| Node::to_value(&node).into_owned();
        Cow::Owned(match self.kind() {
            NodeKind::Mapping => self
                .entries()
                .map(|entry| (entry.key.to_owned(), value(entry.value)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            NodeKind::List => self.items().map(value).collect::<Vec<_>>().into(),
            NodeKind::Text => self.as_text().into(),
            NodeKind::Integer => self.as_integer().into(),
            NodeKind::Boolean => NodeRef::as_boolean(*self).into(),
            NodeKind::Hole => Value::Null,
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        let tree = std::ptr::from_ref(self.tree).addr();
        Some(NodeIdentity::tagged(tree, self.index))
    }
}

impl<'a> Object<'a, Yaml> for Mapping<'a> {
    type Node = NodeRef<'a>;
    type MemberName = &'a str;
    type MembersIter = Members<'a>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, key: &Box<str>) -> Option<NodeRef<'a>> {
        self.0.get(key)
    }

    fn members(&self) -> Members<'a> {
        Members(self.0.entries())
    }
}

/// The keys and values of a mapping.
#[derive(Debug)]
pub(super) struct Members<'a>(Entries<'a>);

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, NodeRef<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|entry| (entry.key, entry.value))
    }
}

impl<'a> Array<'a, Yaml> for List<'a> {
    type Node = NodeRef<'a>;
    type ElementsIter = Items<'a>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn elements(&self) -> Items<'a> {
        self.0.items()
    }

    fn is_unique(&self) -> bool {
        let texts: Option<Vec<&str>> = self.0.items().map(NodeRef::as_text).collect();
        match texts {
            Some(texts) if texts.len() <= SHORT_LIST => {
                let mut rest = texts.as_slice();
                while let [first, others @ ..] = rest {
                    if others.contains(first) {
                        return false;
                    }
                    rest = others;
                }
                true
            }
            Some(mut texts) => {
                texts.sort_unstable();
                texts.windows(2).all(|pair| pair[0] != pair[1])
            }
            None => {
                let values: Vec<Cow<'a, Value>> =
                    self.0.items().map(|item| Node::to_value(&item)).collect();
                unique::is_unique(&values)
            }
        }
    }
}

#[cfg(test)]
mod tests;
