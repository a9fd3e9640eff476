//! What changes by itself, and the ends of assignments among it.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::render::row::{Row, name, second, text};

/// Something that happens by itself unless somebody does something before.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UpcomingRow {
    /// When. An instant that is past happens at the next tick.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// What: `accessStarts`, `accessEnds`, `requestEscalates`, `requestEnds`, `reviewOpens`, `reviewCloses`, `signInBlocked`,
    /// `signInAllowed`, `accountDeleted`, `accountGone`, `waiverEnds`.
    pub what: &'static str,
    /// Of which record or address: `assignment 12`.
    pub of: String,
    /// Whom it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Which package it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// Which policy it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The number of the last assignment of the person, when it follows from its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<u64>,
    /// The number of the review by whose end access ends, unless a reviewer decides otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<u64>,
    /// Which round of the policy's review opens or closes, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<u64>,
}

impl UpcomingRow {
    /// Returns what happens, in words.
    #[must_use]
    pub fn words(&self) -> &'static str {
        match self.what {
            "accessStarts" => "access starts",
            "accessEnds" => "access ends",
            "requestEscalates" => "request is escalated",
            "requestEnds" => "request times out",
            "reviewOpens" => "review opens",
            "reviewCloses" => "review closes",
            "signInBlocked" => "sign-in is blocked",
            "signInAllowed" => "sign-in is allowed again",
            "accountDeleted" => "account is deleted",
            "accountGone" => "deleted account is gone for good",
            "waiverEnds" => "waiver ends",
            other => other,
        }
    }

    /// Returns what it is about, in one line.
    #[must_use]
    pub fn about(&self) -> String {
        let package = self.package.as_ref();
        match (&self.person, package) {
            (Some(person), Some(_)) => format!("{person}, {}", name(package)),
            (Some(person), None) => person.clone(),
            (None, Some(_)) => name(self.policy.as_ref().or(package)).into_owned(),
            (None, None) => String::new(),
        }
    }
}

impl Row for UpcomingRow {
    const HEADINGS: &'static [&'static str] = &["WHEN", "WHAT", "PERSON", "PACKAGE", "OF"];
    const COLUMNS: &'static [&'static str] = &[
        "at", "what", "of", "person", "package", "policy", "follows", "review", "round",
    ];

    fn shown(&self) -> Vec<Cow<'_, str>> {
        let of = match (self.follows, self.review, self.round) {
            (Some(last), _, _) => format!("{}, after assignment {last}", self.of),
            (None, Some(review), _) => format!("{}, by review {review}", self.of),
            (None, None, Some(round)) => format!("{}, round {round}", self.of),
            (None, None, None) => self.of.clone(),
        };
        let package = self.package.as_ref();
        vec![
            second(self.at).into(),
            self.words().into(),
            text(self.person.as_ref()),
            package.map_or_else(|| Cow::from(""), |_| name(package)),
            of.into(),
        ]
    }

    fn cells(&self) -> Vec<Cow<'_, str>> {
        let number = |number: Option<u64>| number.map(|it| it.to_string()).unwrap_or_default();
        vec![
            second(self.at).into(),
            self.what.into(),
            self.of.as_str().into(),
            text(self.person.as_ref()),
            text(self.package.as_ref()),
            text(self.policy.as_ref()),
            number(self.follows).into(),
            number(self.review).into(),
            number(self.round).into(),
        ]
    }
}

/// An assignment that ends.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExpiryRow {
    /// When.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// The assignment.
    pub assignment: u64,
    /// Whose it is.
    pub person: String,
    /// The package; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The policy; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Whether the person can ask to keep it longer.
    pub extendable: bool,
    /// Whether nothing else is left of them then: what happens after the last assignment happens.
    pub last: bool,
}

impl Row for ExpiryRow {
    const HEADINGS: &'static [&'static str] = &[
        "ENDS",
        "PERSON",
        "PACKAGE",
        "ASSIGNMENT",
        "CAN BE EXTENDED",
        "LAST",
    ];
    const COLUMNS: &'static [&'static str] = &[
        "at",
        "assignment",
        "person",
        "package",
        "policy",
        "extendable",
        "last",
    ];

    fn shown(&self) -> Vec<Cow<'_, str>> {
        let yes = |is: bool| Cow::from(if is { "yes" } else { "no" });
        vec![
            second(self.at).into(),
            self.person.as_str().into(),
            name(self.package.as_ref()),
            self.assignment.to_string().into(),
            yes(self.extendable),
            yes(self.last),
        ]
    }

    fn cells(&self) -> Vec<Cow<'_, str>> {
        vec![
            second(self.at).into(),
            self.assignment.to_string().into(),
            self.person.as_str().into(),
            text(self.package.as_ref()),
            text(self.policy.as_ref()),
            self.extendable.to_string().into(),
            self.last.to_string().into(),
        ]
    }
}
