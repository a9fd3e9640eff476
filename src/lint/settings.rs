//! `[lint]` of `guestlist.toml`: how bad the findings of each lint are, or that it is off.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use super::{Info, LINTS, by_name};
use crate::diag::Severity;

/// What is set for a lint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// A finding is an error: the command ends with 3.
    Error,
    /// Somebody should look.
    Warning,
    /// Somebody should know.
    Note,
    /// The lint is not asked.
    Off,
}

impl Level {
    const ALL: [Self; 4] = [Self::Error, Self::Warning, Self::Note, Self::Off];

    /// Returns the word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
            Self::Off => "off",
        }
    }

    const fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Note => Some(Severity::Note),
            Self::Off => None,
        }
    }
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
            Severity::Note => Self::Note,
        }
    }
}

/// The levels that are set, by the names of lints; every other lint has its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels(BTreeMap<String, Level>);

impl<'de> Deserialize<'de> for Levels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let levels = BTreeMap::<String, Level>::deserialize(deserializer)?;
        match levels.keys().find(|name| by_name(name).is_none()) {
            Some(name) => Err(D::Error::custom(format_args!("there is no lint `{name}`"))),
            None => Ok(Self(levels)),
        }
    }
}

impl Levels {
    /// Returns the level of a lint.
    #[must_use]
    pub fn level(&self, of: &Info) -> Level {
        let set = self.0.get(of.code.id).copied();
        set.unwrap_or_else(|| of.severity.into())
    }

    /// Returns how bad a finding of a lint is; `None` where it is off.
    #[must_use]
    pub fn severity(&self, of: &Info) -> Option<Severity> {
        self.level(of).severity()
    }

    /// Returns these levels with those of another list for what is not set here.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let mut all = other.0.clone();
        all.extend(self.0.clone());
        Self(all)
    }
}

/// Every lint is a key, so that editors offer them, and a misspelt one is told like any other key.
impl JsonSchema for Levels {
    fn schema_name() -> Cow<'static, str> {
        "Levels".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words = Level::ALL.map(Level::as_str);
        let keys: Map<String, Value> = LINTS
            .iter()
            .map(|lint| {
                let Info { code, severity, .. } = lint.info();
                let level = json!({
                    "description": format!("What it finds: {}.", code.title),
                    "enum": words,
                    "default": severity.as_str(),
                });
                (code.id.to_owned(), level)
            })
            .collect();
        json_schema!({
            "type": "object",
            "properties": keys,
            "additionalProperties": false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_is_as_the_lint_says() {
        let levels = |text: &str| toml::from_str::<Levels>(text).expect(text);
        let info = LINTS[0].info();
        let name = info.code.id;
        assert_eq!(Levels::default().severity(info), Some(info.severity));
        let off = levels(&format!("{name} = \"off\""));
        let note = levels(&format!("{name} = \"note\""));
        assert_eq!(off.severity(info), None);
        assert_eq!(note.or(&off).severity(info), Some(Severity::Note));
        assert_eq!(Levels::default().or(&off).severity(info), None);
    }
}
