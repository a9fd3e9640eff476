//! Mappings by people: two spellings of one address are one person, who stands there once.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::model::text::Email;

/// Reads a mapping by people.
///
/// # Errors
///
/// Those of keys and values, and for somebody who stands there already.
pub(super) fn once<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<Email, T>, D::Error> {
    deserializer.deserialize_map(People(PhantomData))
}

/// As [`once`], for a key that may be left out.
///
/// # Errors
///
/// Those of [`once`].
pub(super) fn some_once<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<BTreeMap<Email, T>>, D::Error> {
    once(deserializer).map(Some)
}

struct People<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for People<T> {
    type Value = BTreeMap<Email, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping by mail addresses")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut people = BTreeMap::new();
        while let Some(mail) = map.next_key_seed(Next(&people))? {
            people.insert(mail, map.next_value()?);
        }
        Ok(people)
    }
}

/// The address of somebody who does not stand among these yet.
struct Next<'p, T>(&'p BTreeMap<Email, T>);

impl<'de, T> DeserializeSeed<'de> for Next<'_, T> {
    type Value = Email;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Email, D::Error> {
        let mail = Email::deserialize(deserializer)?;
        match self.0.contains_key(&mail) {
            true => Err(D::Error::custom(format_args!("{mail} stands here twice"))),
            false => Ok(mail),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::scenario::Given;

    #[test]
    fn two_spellings_of_an_address_are_one_person() {
        let people = |people| json!({ "date": "2028-01-01", "people": people });
        let two =
            people(json!({ "Sam@wingtip.example": "visitor", "sam@wingtip.example": "guest" }));
        let refused = serde_json::from_value::<Given>(two).expect_err("one person twice");
        assert_eq!(refused.to_string(), "sam@wingtip.example stands here twice");
        let one =
            people(json!({ "Sam@wingtip.example": "visitor", "ana@wingtip.example": "guest" }));
        let given: Given = serde_json::from_value(one).expect("two people");
        assert_eq!(given.people.len(), 2);
    }
}
