//! Questions that requestors answer.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::text::{Language, Line, Pattern, Words};

/// A question: answered with text, or, where it has `choices`, by choosing.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Question {
    /// The question.
    pub ask: Words,

    /// The question in other languages.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 100))]
    pub localized: BTreeMap<Language, Words>,

    /// Whether it must be answered.
    #[serde(default)]
    pub required: bool,

    /// Whether the answer can be changed later.
    #[serde(default)]
    pub editable: bool,

    /// Whether the answer may have several lines. For answers in text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("default" = false))]
    pub multiline: bool,

    /// A regular expression that the whole answer matches. For answers in text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Pattern>,

    /// The answers to choose from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub choices: Vec<Choice>,

    /// Whether several may be chosen. For answers by choice.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("default" = false))]
    pub multiple: bool,
}

/// An answer to choose.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Choice {
    /// What is stored.
    pub value: Line,

    /// What people read; by default the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Words>,

    /// What people read, in other languages.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("maxProperties" = 100))]
    pub localized: BTreeMap<Language, Words>,
}
