//! Keys that every object may carry and that speak of its life, not of its content.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text::Guid;
use super::{Name, OneOrMore};

/// How an object came to be here and how it may go. None of these keys is stored in the live object.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Lifecycle {
    /// The name, or names, that this object was declared under before. The live object is kept and nothing else changes.
    #[serde(default)]
    pub formerly: Option<OneOrMore<Name>>,

    /// Takes over an object that exists and that no project owns, instead of creating one.
    #[serde(default)]
    pub adopt: Option<Adopt>,

    /// `allowed` lets a change to a key that cannot change in place delete the object and create it anew.
    #[serde(default)]
    pub replace: Option<Replace>,

    /// Keys of this object that are left as they are live.
    #[serde(default)]
    #[schemars(length(max = 50))]
    pub unmanaged: Vec<String>,
}

impl Lifecycle {
    /// The keys, as YAML spells them.
    pub const KEYS: &'static [&'static str] = &["formerly", "adopt", "replace", "unmanaged"];

    /// Returns true when every key has its default.
    #[must_use]
    pub fn is_default(&self) -> bool {
        let Self {
            formerly,
            adopt,
            replace,
            unmanaged,
        } = self;
        formerly.is_none() && adopt.is_none() && replace.is_none() && unmanaged.is_empty()
    }
}

/// The object to take over.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Adopt {
    /// The object's id in the store, as `list --unmanaged` shows it.
    pub id: Guid,
}

/// Whether an object may be deleted and created anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Replace {
    /// It may.
    Allowed,
}
