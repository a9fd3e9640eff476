//! Waivers: what is silenced, by whom, until when.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::render::row::{Row, second};

/// A finding or guard that is silenced for an address.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WaiverRow {
    /// The rule or guard.
    pub rule: String,
    /// The address.
    pub address: String,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub by: String,
    /// When it ends.
    #[schemars(with = "String")]
    pub until: Timestamp,
    /// How many whole days are left.
    pub days_left: u64,
    /// The file that declares it, below the project's root.
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
}

impl Row for WaiverRow {
    const HEADINGS: &'static [&'static str] =
        &["RULE", "ADDRESS", "UNTIL", "BY", "REASON", "DECLARED"];
    const COLUMNS: &'static [&'static str] = &[
        "rule", "address", "reason", "by", "until", "daysLeft", "path", "line",
    ];

    fn shown(&self) -> Vec<Cow<'_, str>> {
        vec![
            self.rule.as_str().into(),
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
            self.address.as_str().into(),
            self.reason.as_str().into(),
            self.by.as_str().into(),
            self.until.to_string().into(),
            self.days_left.to_string().into(),
            self.path.as_str().into(),
            self.line.to_string().into(),
        ]
    }
}
