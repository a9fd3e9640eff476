//! What a test begins with: the day, the people, what they have, and what the tree was before.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::once::once;
use super::person::Somebody;
use crate::model::text::{Email, When};
use crate::model::{Address, Declaration, Name, Object};

/// What a test begins with.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Given {
    /// The instant of the first step; a date alone means the beginning of that day in the project's time zone.
    pub date: When,

    /// Who is there, by address. Whom the tree names by address is there anyway, and so are those of our own people who act.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "once"
    )]
    pub people: BTreeMap<Email, Somebody>,

    /// Who has which package already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 500))]
    pub assignments: Vec<GivenAssignment>,

    /// Objects that were declared otherwise before: whole keys, each in place of the tree's own. A step `apply: {}` brings
    /// the tree as it is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub before: Edits,
}

/// A package that somebody has from before the first step: as if an administrator had assigned it, and all approvers had
/// said yes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GivenAssignment {
    /// Who.
    pub person: Email,
    /// The package.
    pub package: Name,
    /// The policy of it; needed where several cover the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Name>,
    /// Since when; without it, since the first step. A date alone means the beginning of that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<When>,
    /// Until when; without it, as long as the policy says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<When>,
    /// Answers to the policy's questions, each by the question or by its number, counted from 1.
    #[serde(default, skip_serializing_if = "super::step::no_answers")]
    pub answers: super::step::Answers,
}

/// Objects that are declared otherwise, by address.
pub type Edits = BTreeMap<Address, Edit>;

/// How an object is declared otherwise.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// It is not declared.
    Gone,
    /// These keys of it are in place of the tree's own; those that [`WITHOUT`] lists are left out.
    Keys(Map<String, Value>),
}

/// The word for an object that is not declared.
pub const GONE: &str = "gone";
/// The key that lists keys of the tree's own to be left out. No object has such a key.
pub const WITHOUT: &str = "without";

impl Edit {
    /// Returns an object as it is with this edit; `None` for one that is gone. Where the tree does not declare it, the keys
    /// are all of it.
    ///
    /// # Errors
    ///
    /// Says why no object has these keys.
    pub fn on(
        &self,
        declared: Option<&Declaration>,
        address: &Address,
    ) -> Result<Option<Object>, String> {
        let Self::Keys(keys) = self else {
            return Ok(None);
        };
        let mut whole = match declared.map(|declaration| declaration.body().to_value()) {
            Some(Value::Object(body)) => body,
            _ => Map::new(),
        };
        for (key, value) in keys {
            if key != WITHOUT {
                whole.insert(key.clone(), value.clone());
                continue;
            }
            let left_out = value.as_array().into_iter().flatten();
            for key in left_out {
                let declared = key.as_str().and_then(|key| whole.remove(key));
                if declared.is_none() {
                    return Err(format!("`{WITHOUT}` lists {key}, which is no key of it"));
                }
            }
        }
        let object = address.kind().decode(Value::Object(whole));
        object.map(Some).map_err(|error| {
            let told = error.to_string();
            match told.strip_prefix("missing field ") {
                Some(key) => format!("the key {key} is missing"),
                None => told,
            }
        })
    }
}

impl Serialize for Edit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Gone => serializer.serialize_str(GONE),
            Self::Keys(keys) => keys.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Edit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> serde::de::Visitor<'de> for Either {
            type Value = Edit;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("keys of the object, or `gone`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Edit, E> {
                match text {
                    GONE => Ok(Edit::Gone),
                    _ => Err(E::custom(format_args!(
                        "`{text}` is neither keys nor `gone`"
                    ))),
                }
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Edit, A::Error> {
                let map = serde::de::value::MapAccessDeserializer::new(map);
                Map::deserialize(map).map(Edit::Keys)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Edit {
    fn schema_name() -> Cow<'static, str> {
        "Edit".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "Keys of the object in place of the tree's own, `without: […]` those that it shall not have; or `gone`.",
            "anyOf": [{ "type": "string", "enum": [GONE] }, { "type": "object", "properties": {
                WITHOUT: { "type": "array", "items": { "type": "string" }, "minItems": 1 },
            } }],
        })
    }
}
