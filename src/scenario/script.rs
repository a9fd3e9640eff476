//! One test: what is given, what happens, and where all of it stands.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::given::Given;
use super::step::Step;
use crate::model::Name;
use crate::model::text::Prose;
use crate::source::{Place, Route};

/// A life that is played through in the engine, and what is expected of it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Test")]
pub struct Script {
    /// What the test shows, for people who read it.
    #[serde(default, skip_serializing_if = "Prose::is_empty")]
    pub description: Prose,

    /// The day on which it begins, who is there, and what they have.
    pub given: Given,

    /// What happens, one step after the other, and what is expected after each.
    #[schemars(length(min = 1, max = 500))]
    pub steps: Vec<Step>,
}

/// A test of the tree, by its name and with its places.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The name.
    pub name: Name,
    /// What it says.
    pub script: Script,
    /// Where its parts stand, by their routes below the test; the test itself at the empty route.
    pub places: BTreeMap<Route, Place>,
}

impl Scenario {
    /// Returns the place of a part, or of the nearest part around it.
    #[must_use]
    pub fn place(&self, at: &Route) -> Option<&Place> {
        let mut at = at.clone();
        loop {
            if let Some(place) = self.places.get(&at) {
                return Some(place);
            }
            at.pop()?;
        }
    }
}
