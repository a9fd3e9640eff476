//! When access ends, and whether it can be extended.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::text::{Duration, When};

/// When access ends: `never`, `on` an instant, or `after` a time.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Expiry {
    /// It does not end.
    Never,
    /// It ends then, for everyone.
    On(When),
    /// It ends so long after it was given: days, or hours for short access.
    After(Duration),
}

impl Default for Expiry {
    /// Returns the default of Entra's portal: 365 days.
    fn default() -> Self {
        Self::After(Duration::days(365))
    }
}

/// Whether access can be extended before it ends.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Extension {
    /// Whether people may ask to keep it longer.
    #[serde(default)]
    pub allowed: bool,

    /// Whether the stages of `approval` decide again.
    #[serde(default)]
    pub approval: bool,
}
