//! Waivers: what is silenced, by whom, until when.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::lint::by_name;
use crate::model::Waiver;
use crate::render::row::{Row, second};

/// What a waiver silences.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Silences {
    /// A lint.
    Lint,
    /// A guard.
    Guard,
    /// Nothing: there is neither a lint nor a guard of the name.
    Nothing,
}

impl Silences {
    /// Returns what a waiver of a rule silences.
    #[must_use]
    pub fn of(rule: &str) -> Self {
        match () {
            () if by_name(rule).is_some() => Self::Lint,
            () if Waiver::GUARDS.contains(&rule) => Self::Guard,
            () => Self::Nothing,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Lint => "lint",
            Self::Guard => "guard",
            Self::Nothing => "nothing",
        }
    }
}

/// A finding or guard that is silenced for an address.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WaiverRow {
    /// The lint or guard.
    pub rule: String,
    /// Which of the two it is.
    pub silences: Silences,
    /// The address.
    pub address: String,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub by: String,
    /// When it ends.
    #[schemars(with = "String")]
    pub until: Timestamp,
    /// How many whole days are left; 0 for one that has ended.
    pub days_left: u64,
    /// The file that declares it, below the project's root.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
}

impl Row for WaiverRow {
    const HEADINGS: &'static [&'static str] = &[
        "RULE", "SILENCES", "ADDRESS", "UNTIL", "BY", "REASON", "DECLARED",
    ];
    const COLUMNS: &'static [&'static str] = &[
        "rule", "silences", "address", "reason", "by", "until", "daysLeft", "path", "line",
    ];

    fn shown(&self) -> Vec<Cow<'_, str>> {
        vec![
            self.rule.as_str().into(),
            self.silences.as_str().into(),
            self.address.as_str().into(),
            second(self.until).into(),
            self.by.as_str().into(),
            self.reason.as_str().into(),
            format!("{}:{}", self.path, self.line).into(),
        ]
    }

    fn cells(&self) -> Vec<Cow<'_, str>> {
        vec![
            self.rule.as_str().into(),
            self.silences.as_str().into(),
            self.address.as_str().into(),
            self.reason.as_str().into(),
            self.by.as_str().into(),
            second(self.until).into(),
            self.days_left.to_string().into(),
            self.path.as_str().into(),
            self.line.to_string().into(),
        ]
    }
}
