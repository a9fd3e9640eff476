//! Views of mappings: some keys only, all but some keys, or one mapping laid over another.

use serde::de::{self, DeserializeSeed, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::decode::{DecodeError, key};
use super::node::{Entries, Entry, NodeRef};

/// Which keys of a mapping count.
#[derive(Debug, Clone, Copy)]
enum Keys<'t> {
    Only(&'t [&'t str]),
    Except(&'t [&'t str]),
}

impl Keys<'_> {
    fn count(self, key: &str) -> bool {
        match self {
            Self::Only(keys) => keys.contains(&key),
            Self::Except(keys) => !keys.contains(&key),
        }
    }
}

/// A mapping as serde shall see it: the keys of one node that count, and the keys of another that the first lacks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layer<'t> {
    own: NodeRef<'t>,
    keys: Keys<'t>,
    base: Option<(NodeRef<'t>, Keys<'t>)>,
}

impl<'t> Layer<'t> {
    /// Returns a view of these keys.
    #[must_use]
    pub(super) const fn only(own: NodeRef<'t>, keys: &'t [&'t str]) -> Self {
        Self {
            own,
            keys: Keys::Only(keys),
            base: None,
        }
    }

    /// Returns a view of all keys but these.
    #[must_use]
    pub(super) const fn except(own: NodeRef<'t>, keys: &'t [&'t str]) -> Self {
        Self {
            own,
            keys: Keys::Except(keys),
            base: None,
        }
    }

    /// Lays the view over another mapping, whose keys count where this view's own node lacks them; `except` leaves keys
    /// of the other mapping out.
    #[must_use]
    pub(super) const fn over(mut self, base: NodeRef<'t>, except: &'t [&'t str]) -> Self {
        self.base = Some((base, Keys::Except(except)));
        self
    }
}

struct LayerEntries<'t> {
    layer: Layer<'t>,
    own: Entries<'t>,
    base: Option<Entries<'t>>,
}

impl<'t> LayerEntries<'t> {
    fn new(layer: Layer<'t>) -> Self {
        Self {
            layer,
            own: layer.own.entries(),
            base: layer.base.map(|(base, _)| base.entries()),
        }
    }
}

impl<'t> Iterator for LayerEntries<'t> {
    type Item = Entry<'t>;

    fn next(&mut self) -> Option<Entry<'t>> {
        let Layer { own, keys, base } = self.layer;
        if let Some(entry) = self.own.find(|entry| keys.count(entry.key)) {
            return Some(entry);
        }
        let (_, keys) = base?;
        self.base
            .as_mut()?
            .find(|entry| keys.count(entry.key) && own.entry(entry.key).is_none())
    }
}

impl<'de> Deserializer<'de> for Layer<'de> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if !matches!(self.own.kind(), super::NodeKind::Mapping) {
            return self.own.deserialize_any(visitor);
        }
        let reader = LayerReader {
            entries: LayerEntries::new(self),
            value: None,
        };
        visitor
            .visit_map(reader)
            .map_err(|error| error.within(self.own.head()))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

struct LayerReader<'de> {
    entries: LayerEntries<'de>,
    value: Option<NodeRef<'de>>,
}

impl<'de> de::MapAccess<'de> for LayerReader<'de> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, DecodeError> {
        let Some(entry) = self.entries.next() else {
            return Ok(None);
        };
        self.value = Some(entry.value);
        key(seed, entry.key, entry.key_span).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, DecodeError> {
        let value = self.value.take();
        let value = value.ok_or_else(|| de::Error::custom("a value was read before its key"))?;
        seed.deserialize(value)
            .map_err(|error| error.within(value.head()))
    }
}
