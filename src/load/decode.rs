//! serde reads typed objects from nodes: types never convert, and an error knows its bytes.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::node::{Entries, Items, NodeKind, NodeRef};

/// A node that is not what a type expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DecodeError {
    /// What is wrong.
    pub(super) message: String,
    /// The bytes of the innermost node where it went wrong; `None` only where no node was read.
    pub(super) span: Option<(u32, u32)>,
}

impl DecodeError {
    /// Returns the error with a place, if it has none yet.
    pub(super) fn within(mut self, span: (u32, u32)) -> Self {
        self.span.get_or_insert(span);
        self
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DecodeError {}

impl de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            message: message.to_string(),
            span: None,
        }
    }

    fn invalid_type(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let found = match found {
            de::Unexpected::Map => NodeKind::Mapping.as_str(),
            de::Unexpected::Seq => NodeKind::List.as_str(),
            de::Unexpected::Str(_) => NodeKind::Text.as_str(),
            de::Unexpected::Unsigned(_) => NodeKind::Integer.as_str(),
            de::Unexpected::Bool(_) => NodeKind::Boolean.as_str(),
            _ => "something else",
        };
        Self::custom(format_args!("{found} where {expected} belongs"))
    }

    fn unknown_variant(variant: &str, _: &'static [&'static str]) -> Self {
        Self::custom(format_args!("`{variant}` is none of the choices"))
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self::custom(format_args!("unknown key `{field}`"))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::custom(format_args!("the key `{field}` is missing"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::custom(format_args!("the key `{field}` stands twice"))
    }
}

impl<'de> Deserializer<'de> for NodeRef<'de> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let result = match self.kind() {
            NodeKind::Mapping => visitor.visit_map(MapReader {
                entries: self.entries(),
                value: None,
            }),
            NodeKind::List => visitor.visit_seq(ListReader(self.items())),
            NodeKind::Text => visitor.visit_borrowed_str(self.as_text().unwrap_or_default()),
            NodeKind::Integer => visitor.visit_u64(self.as_integer().unwrap_or_default()),
            NodeKind::Boolean => visitor.visit_bool(self.as_boolean().unwrap_or_default()),
            NodeKind::Hole => Err(de::Error::custom("a value is missing")),
        };
        result.map_err(|error| error.within(self.head()))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor
            .visit_newtype_struct(self)
            .map_err(|error| error.within(self.head()))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let mut entries = self.entries();
        let result = match (self.as_text(), entries.next()) {
            (Some(word), _) => visitor.visit_enum(StrDeserializer::<DecodeError>::new(word)),
            (None, Some(entry)) if entries.next().is_none() => visitor.visit_enum(Choice {
                word: entry.key,
                word_span: entry.key_span,
                value: entry.value,
            }),
            (None, _) => Err(de::Error::custom(format_args!(
                "{} where a word, or a mapping with one key, belongs",
                self.kind().as_str()
            ))),
        };
        result.map_err(|error| error.within(self.head()))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

impl<'de> IntoDeserializer<'de, DecodeError> for NodeRef<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A key, which knows its bytes when it is refused.
pub(super) fn key<'de, K: DeserializeSeed<'de>>(
    seed: K,
    key: &'de str,
    span: (u32, u32),
) -> Result<K::Value, DecodeError> {
    seed.deserialize(de::value::BorrowedStrDeserializer::new(key))
        .map_err(|error: DecodeError| error.within(span))
}

struct MapReader<'de> {
    entries: Entries<'de>,
    value: Option<NodeRef<'de>>,
}

impl<'de> de::MapAccess<'de> for MapReader<'de> {
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

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

struct ListReader<'de>(Items<'de>);

impl<'de> de::SeqAccess<'de> for ListReader<'de> {
    type Error = DecodeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeError> {
        let Some(item) = self.0.next() else {
            return Ok(None);
        };
        seed.deserialize(item)
            .map(Some)
            .map_err(|error| error.within(item.head()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// A choice that carries data: `after: 180d`.
struct Choice<'de> {
    word: &'de str,
    word_span: (u32, u32),
    value: NodeRef<'de>,
}

impl<'de> de::EnumAccess<'de> for Choice<'de> {
    type Error = DecodeError;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self), DecodeError> {
        let word = key(seed, self.word, self.word_span)?;
        Ok((word, self))
    }
}

impl<'de> de::VariantAccess<'de> for Choice<'de> {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        let message = format!("`{}` stands alone, without a value", self.word);
        Err(<DecodeError as de::Error>::custom(message).within(self.word_span))
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<S::Value, DecodeError> {
        seed.deserialize(self.value)
            .map_err(|error| error.within(self.value.head()))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, DecodeError> {
        self.value.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.value.deserialize_any(visitor)
    }
}

#[cfg(test)]
mod tests;
