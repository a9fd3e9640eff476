//! A collection that is being read, and the keys that it has so far.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::node::{Data, Node};

/// How many keys of a mapping are compared one by one before they are hashed.
const FEW: usize = 16;

/// A collection that is open.
pub(super) struct Frame<'s> {
    pub(super) node: u32,
    pub(super) is_mapping: bool,
    pub(super) count: u32,
    /// Whether the next node of a mapping is a key.
    pub(super) at_key: bool,
    /// The last key of a mapping.
    pub(super) key: u32,
    /// Where the nodes of an entry begin that is left out.
    pub(super) drop_from: Option<u32>,
    /// Where the keys of the mapping begin in the reader's list.
    pub(super) keys_from: usize,
    /// The keys of a large mapping.
    seen: HashMap<Cow<'s, str>, u32, foldhash::fast::RandomState>,
}

impl<'s> Frame<'s> {
    /// Returns a collection that begins at a node, with nothing in it.
    pub(super) fn new(node: u32, is_mapping: bool, keys_from: usize) -> Self {
        Self {
            node,
            is_mapping,
            count: 0,
            at_key: is_mapping,
            key: 0,
            drop_from: None,
            keys_from,
            seen: HashMap::default(),
        }
    }

    /// Returns the first of this mapping's keys that is equal to a text, or remembers the text as the next node's.
    pub(super) fn first_equal(
        &mut self,
        text: Cow<'s, str>,
        keys: &[u32],
        nodes: &[Node<'s>],
        owned: &[Box<str>],
    ) -> Option<u32> {
        if keys.len() <= FEW {
            let same = |index: &u32| match nodes[*index as usize].data {
                Data::Text(key) => *key == *text,
                Data::Owned(at) => *owned[at as usize] == *text,
                _ => false,
            };
            return keys.iter().copied().find(same);
        }
        if self.seen.is_empty() {
            let key = |index: u32| match nodes[index as usize].data {
                Data::Text(text) => Cow::Borrowed(text),
                Data::Owned(at) => Cow::Owned(owned[at as usize].to_string()),
                _ => Cow::Borrowed(""),
            };
            self.seen
                .extend(keys.iter().map(|index| (key(*index), *index)));
        }
        match self.seen.entry(text) {
            Entry::Occupied(first) => Some(*first.get()),
            Entry::Vacant(free) => {
                free.insert(nodes.len() as u32);
                None
            }
        }
    }
}
