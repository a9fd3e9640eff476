//! Choices made by bytes, and the words that are chosen from.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Choices, made by bytes.
#[derive(Debug, Clone)]
pub(crate) struct Choices(std::vec::IntoIter<u8>);

impl Choices {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes.into_iter())
    }

    /// A number from 0 up to, and without, `most`.
    pub(crate) fn of(&mut self, most: usize) -> usize {
        self.0.next().map_or(0, |byte| usize::from(byte) % most)
    }

    /// True once in so many times, never when the bytes have run out.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.of(times) == times - 1
    }

    pub(crate) fn one<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.of(from.len())]
    }

    /// Some of a list, in its order.
    pub(crate) fn some<T: Clone>(&mut self, from: &[T]) -> Vec<T> {
        from.iter().filter(|_| self.once_in(2)).cloned().collect()
    }

    /// At least one of a list, at most so many.
    pub(crate) fn few<T: Clone>(&mut self, from: &[T], most: usize) -> Vec<T> {
        let mut found = self.some(from);
        found.truncate(most);
        if found.is_empty() {
            found.push(from[self.of(from.len())].clone());
        }
        found
    }

    /// Adds a key now and then.
    pub(crate) fn perhaps(
        &mut self,
        object: &mut Map<String, Value>,
        key: &str,
        value: impl FnOnce(&mut Self) -> Value,
    ) {
        if self.once_in(3) {
            let value = value(self);
            object.insert(key.to_owned(), value);
        }
    }
}

/// Texts that a reader of YAML may take for something else.
pub(crate) const LINES: &[&str] = &[
    "Fabrikam",
    "no",
    "12:30",
    "2027-01-01",
    "true",
    "null",
    "~",
    "5",
    "012",
    "1e3",
    "0x1f",
    ".inf",
    "# not a comment",
    "a # b",
    "a: b",
    "ends with:",
    "- dash",
    "? question",
    "it's",
    "say \"hello\"",
    "back\\slash",
    "{braces}",
    "[brackets], commas",
    "*star",
    "&and",
    "!bang",
    "%percent",
    "@at",
    "`tick`",
    "| pipe",
    "> fold",
    "--- dashes",
    "Überseeß · naïve",
    "日本の組織",
    "a $ sign { and } more",
    "two  spaces",
];

const PROSE: &[&str] = &[
    "Design agency",
    "first\nsecond",
    "ends with a line\n",
    "\n  indented\n\nand more\n\n",
    "tabs\tinside",
    " white at both ends ",
    "a very long text that goes on and on, well beyond the eighty columns that people like to see, to no end at all",
    "# no comment\n- no list\nkey: no mapping",
    "${var.team} and ${var.site}",
];

pub(crate) fn line(choose: &mut Choices) -> Value {
    json!(choose.one(LINES))
}

pub(crate) fn prose(choose: &mut Choices) -> Value {
    json!(choose.one(PROSE))
}

pub(crate) fn person(choose: &mut Choices) -> String {
    let people = ["ana", "omar", "jane.o", "li-x"];
    format!("user:{}@contoso.com", choose.one(&people))
}

/// Bytes for a tree.
pub(crate) fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..60),
        prop::collection::vec(any::<u8>(), 60..700),
    ]
}

/// Bytes for two trees: alike, or not at all.
pub(crate) fn pairs() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12);
    let alike = (bytes(), edits).prop_map(|(first, edits)| {
        let mut second = first.clone();
        for (at, byte) in edits {
            if !second.is_empty() {
                let at = at.index(second.len());
                second[at] = byte;
            }
        }
        (first, second)
    });
    prop_oneof![3 => alike, 1 => (bytes(), bytes())]
}
