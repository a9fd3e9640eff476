//! Somebody in a test.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::words::{PersonKind, RoleWord};
use crate::model::text::{Email, Line, Principal, SignIn, When};
use crate::model::{Name, Set};

/// Somebody in a test, as they are before the first step.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schemars(inline)]
pub struct Person {
    /// What they are; without it, an address of our own domains is a member's and any other a visitor's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<PersonKind>,

    /// The name that people read; without it, what stands before the `@`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Line>,

    /// The organization as whose people they sign in; without it, the one of their domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<Name>,

    /// How they sign in, where it is not as their organization does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<SignIn>,

    /// Who manages them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manager: Option<Email>,

    /// The groups that they are members of: resources of the tree by name, others by display name.
    #[serde(skip_serializing_if = "Set::is_empty")]
    pub groups: Set<Line>,

    /// Who sponsors the guest account.
    #[serde(skip_serializing_if = "Set::is_empty")]
    pub sponsors: Set<Principal>,

    /// Directory roles.
    #[serde(skip_serializing_if = "Set::is_empty")]
    pub roles: Set<RoleWord>,

    /// Whether the lifecycle of external users reaches them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub governed: bool,

    /// Whether a guest was invited and has not redeemed yet.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub invited: bool,

    /// Whether they are blocked from sign-in.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub blocked: bool,

    /// When they last signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_sign_in: Option<When>,

    /// The company, as the directory has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<Line>,

    /// The user principal name; without it, what the directory makes of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_principal_name: Option<Line>,

    /// Further addresses.
    #[serde(skip_serializing_if = "Set::is_empty")]
    pub other_mails: Set<Email>,

    /// Further attributes of the user object, such as `department`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Line>,
}

impl Person {
    /// Returns somebody of whom only the kind is said.
    #[must_use]
    pub fn of(kind: PersonKind) -> Self {
        Self {
            kind: Some(kind),
            ..Self::default()
        }
    }
}

/// Somebody as they are written: a word for what they are, or a mapping that says more.
#[derive(Debug, Clone, Default)]
pub struct Somebody(pub Person);

impl Serialize for Somebody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let whole = serde_json::to_value(&self.0).map_err(serde::ser::Error::custom)?;
        match (self.0.kind, whole.as_object().map(serde_json::Map::len)) {
            (Some(kind), Some(1)) => kind.serialize(serializer),
            _ => self.0.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Somebody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> serde::de::Visitor<'de> for Either {
            type Value = Somebody;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word for what somebody is, or a mapping")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Somebody, E> {
                let word = serde::de::value::StrDeserializer::new(text);
                PersonKind::deserialize(word).map(|kind| Somebody(Person::of(kind)))
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Somebody, A::Error> {
                let map = serde::de::value::MapAccessDeserializer::new(map);
                Person::deserialize(map).map(Somebody)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Somebody {
    fn schema_name() -> Cow<'static, str> {
        "TestPerson".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let words: Vec<&str> = PersonKind::ALL.iter().map(|kind| kind.as_str()).collect();
        let long = Person::json_schema(generator);
        schemars::json_schema!({
            "description": "Somebody in a test, as they are before the first step: a word for what they are, or a mapping that says more.",
            "anyOf": [{ "type": "string", "enum": words }, long],
        })
    }
}
