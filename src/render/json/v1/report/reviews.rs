//! Rounds of access reviews: past, present, and the next ones.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::render::row::{Row, name, second, text};

/// A round of a review.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReviewRow {
    /// The number; absent for a round that is still to open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<u64>,
    /// The package; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The policy; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Which round of the policy, counted from 1.
    pub round: u64,
    /// Where it stands, as Graph says it; `scheduled` for one that is still to open.
    pub state: &'static str,
    /// When it opens or opened.
    #[schemars(with = "String")]
    pub opens: Timestamp,
    /// When it closes or closed.
    #[schemars(with = "String")]
    pub closes: Timestamp,
    /// How many assignments are reviewed.
    pub items: u64,
    /// How many are to stay.
    pub kept: u64,
    /// How many are to go.
    pub removed: u64,
    /// How many nobody has decided on.
    pub undecided: u64,
    /// Who reviews.
    pub reviewers: Vec<String>,
}

impl Row for ReviewRow {
    const HEADINGS: &'static [&'static str] = &[
        "REVIEW",
        "POLICY",
        "ROUND",
        "STATE",
        "OPENS",
        "CLOSES",
        "KEPT",
        "REMOVED",
        "UNDECIDED",
    ];
    const COLUMNS: &'static [&'static str] = &[
        "review",
        "package",
        "policy",
        "round",
        "state",
        "opens",
        "closes",
        "items",
        "kept",
        "removed",
        "undecided",
        "reviewers",
    ];

    fn shown(&self) -> Vec<Cow<'_, str>> {
        // A round that is still to open has nothing to count.
        let counted = |count: u64| -> Cow<'_, str> {
            let count = self.review.map(|_| count.to_string());
            count.unwrap_or_default().into()
        };
        let number = self.review.map(|number| number.to_string());
        vec![
            number.unwrap_or_default().into(),
            name(self.policy.as_ref()),
            self.round.to_string().into(),
            self.state.into(),
            second(self.opens).into(),
            second(self.closes).into(),
            counted(self.kept),
            counted(self.removed),
            counted(self.undecided),
        ]
    }

    fn cells(&self) -> Vec<Cow<'_, str>> {
        let number = self.review.map(|number| number.to_string());
        vec![
            number.unwrap_or_default().into(),
            text(self.package.as_ref()),
            text(self.policy.as_ref()),
            self.round.to_string().into(),
            self.state.into(),
            second(self.opens).into(),
            second(self.closes).into(),
            self.items.to_string().into(),
            self.kept.to_string().into(),
            self.removed.to_string().into(),
            self.undecided.to_string().into(),
            self.reviewers.join(";").into(),
        ]
    }
}
