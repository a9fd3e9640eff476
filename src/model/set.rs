//! Lists as people write them: sets whose order means nothing, and values that may be one or several.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A list whose order means nothing: kept as written, so that messages find the item; sorted and without repeats in the
/// canonical document.
#[derive(Debug, Clone)]
pub struct Set<T>(Vec<T>);

impl<T> Set<T> {
    /// Returns the items as written.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// Returns the items as written, to be changed.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.0.iter_mut()
    }

    /// Returns how many items are written.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns true for none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<'a, T> IntoIterator for &'a Set<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Serialize + Ord> Serialize for Set<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.windows(2).all(|pair| pair[0] < pair[1]) {
            return serializer.collect_seq(&self.0);
        }
        let mut sorted: Vec<&T> = self.0.iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        serializer.collect_seq(sorted)
    }
}

/// Lists up to this length are compared item by item for repeats.
const FEW: usize = 16;

/// Returns an item that is equal to another: a schema compares texts as they are written, and misses what only means the
/// same, such as a mail address in capitals.
fn repeated<T: Ord>(items: &[T]) -> Option<&T> {
    if items.len() <= FEW {
        let mut all = items.iter().enumerate();
        return all.find_map(|(at, item)| items[..at].contains(item).then_some(item));
    }
    let mut seen = std::collections::BTreeSet::new();
    items.iter().find(|item| !seen.insert(*item))
}

impl<'de, T: Deserialize<'de> + Serialize + Ord> Deserialize<'de> for Set<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = Vec::deserialize(deserializer)?;
        match repeated(&items) {
            None => Ok(Self(items)),
            Some(item) => {
                let item = serde_json::to_string(item).unwrap_or_default();
                let item = item.trim_matches('"');
                let message = format_args!("`{item}` stands twice, in another spelling");
                Err(serde::de::Error::custom(message))
            }
        }
    }
}

impl<T: JsonSchema> JsonSchema for Set<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Set_of_{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "array",
            "items": generator.subschema_for::<T>(),
            "uniqueItems": true,
        })
    }
}

/// One value, or a list of at least one: `Members`, or `[Members, Visitors]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneOrMore<T>(Vec<T>);

impl<T> OneOrMore<T> {
    /// Returns the values as written.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }
}

impl<T: Serialize + Ord> Serialize for OneOrMore<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sorted: Vec<&T> = self.0.iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        match sorted.as_slice() {
            [one] => one.serialize(serializer),
            more => serializer.collect_seq(more),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMore<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for Either<T> {
            type Value = OneOrMore<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<OneOrMore<T>, E> {
                let one = T::deserialize(serde::de::value::StrDeserializer::new(text))?;
                Ok(OneOrMore(vec![one]))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                seq: A,
            ) -> Result<OneOrMore<T>, A::Error> {
                let items = Vec::deserialize(serde::de::value::SeqAccessDeserializer::new(seq))?;
                if items.is_empty() {
                    return Err(serde::de::Error::invalid_length(0, &self));
                }
                Ok(OneOrMore(items))
            }
        }
        deserializer.deserialize_any(Either(std::marker::PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMore<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("OneOrMore_{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one = generator.subschema_for::<T>();
        schemars::json_schema!({
            "anyOf": [one, { "type": "array", "items": one, "minItems": 1, "uniqueItems": true }],
        })
    }
}
