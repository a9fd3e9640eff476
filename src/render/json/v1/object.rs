//! Objects: one, or a list.

use schemars::JsonSchema;
use serde::Serialize;

use super::{FormatVersion, Keys, Origin, keys};
use crate::render::report;

/// One object, as declared and as it is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Show {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The address.
    pub address: String,
    /// The kind.
    pub kind: &'static str,
    /// The store's id; absent while it does not exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The object as declared, defaults included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desired: Option<Keys>,
    /// The object as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<Keys>,
}

impl From<&report::Shown> for Show {
    fn from(shown: &report::Shown) -> Self {
        Self {
            format_version: FormatVersion,
            address: shown.address.to_string(),
            kind: shown.address.kind().as_str(),
            id: shown.id.as_ref().map(ToString::to_string),
            origin: shown.origin.as_ref().map(Origin::from),
            desired: shown.desired.as_ref().map(keys),
            live: shown.live.as_ref().map(keys),
        }
    }
}

/// A list of objects.
#[derive(Debug, Serialize, JsonSchema)]
pub struct List {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The objects, in order.
    pub objects: Vec<Listed>,
}

impl From<&[report::Listed]> for List {
    fn from(objects: &[report::Listed]) -> Self {
        Self {
            format_version: FormatVersion,
            objects: objects.iter().map(Listed::from).collect(),
        }
    }
}

/// One object of a list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Listed {
    /// The kind.
    pub kind: &'static str,
    /// The address; absent for an object that nobody owns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The display name, where the kind has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The store's id; absent while it does not exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it is declared; absent for what the tree does not declare.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

impl From<&report::Listed> for Listed {
    fn from(object: &report::Listed) -> Self {
        Self {
            kind: object.kind.as_str(),
            address: object.address.as_ref().map(ToString::to_string),
            name: object.name.clone(),
            id: object.id.as_ref().map(ToString::to_string),
            origin: object.origin.as_ref().map(Origin::from),
        }
    }
}
