//! Guests, and those among them whom no package governs.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::render::row::{Row, day, instant, second, text};

/// Somebody from outside with an account here.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct GuestRow {
    /// The number of the person.
    pub number: u64,
    /// The mail address.
    pub mail: String,
    /// The name that people read.
    pub display_name: String,
    /// `external guest`, `external member` or `internal guest`.
    pub kind: &'static str,
    /// The organization, by its declared name, or by the domain that was seen in a request; absent for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The domain of the mail address.
    pub domain: String,
    /// The company, as the directory has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Who answers for them.
    pub sponsors: Vec<String>,
    /// `pending`, `accepted`, `blocked` or `present` for somebody who was never invited.
    pub state: &'static str,
    /// Whether the lifecycle of external users applies: `governed`, `notGoverned`, `notDefined`.
    pub lifecycle: &'static str,
    /// When the account was made.
    #[schemars(with = "String")]
    pub created: Timestamp,
    /// For how many whole days it has been there.
    pub age_days: u64,
    /// When they last signed in; absent where nothing is known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub last_sign_in: Option<Timestamp>,
    /// How many packages they have.
    pub packages: u64,
}

impl Row for GuestRow {
    const HEADINGS: &'static [&'static str] = &[
        "GUEST",
        "NAME",
        "ORGANIZATION",
        "SPONSORS",
        "STATE",
        "SINCE",
        "LAST SIGN-IN",
        "PACKAGES",
    ];
    const COLUMNS: &'static [&'static str] = &[
        "number",
        "mail",
        "displayName",
        "kind",
        "organization",
        "domain",
        "company",
        "sponsors",
        "state",
        "lifecycle",
        "created",
        "ageDays",
        "lastSignIn",
        "packages",
    ];

    fn shown(&self) -> Vec<Cow<'_, str>> {
        vec![
            self.mail.as_str().into(),
            self.display_name.as_str().into(),
            text(self.organization.as_ref()),
            self.sponsors.join(", ").into(),
            self.state.into(),
            day(Some(self.created), ""),
            day(self.last_sign_in, "not known"),
            self.packages.to_string().into(),
        ]
    }

    fn cells(&self) -> Vec<Cow<'_, str>> {
        vec![
            self.number.to_string().into(),
            self.mail.as_str().into(),
            self.display_name.as_str().into(),
            self.kind.into(),
            text(self.organization.as_ref()),
            self.domain.as_str().into(),
            text(self.company.as_ref()),
            self.sponsors.join(";").into(),
            self.state.into(),
            self.lifecycle.into(),
            second(self.created).into(),
            self.age_days.to_string().into(),
            instant(self.last_sign_in),
            self.packages.to_string().into(),
        ]
    }
}

/// A guest without any package: no policy says why they are here, until when, and who looks again.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UngovernedRow {
    /// The number of the person.
    pub number: u64,
    /// The mail address.
    pub mail: String,
    /// The name that people read.
    pub display_name: String,
    /// The organization, by its declared name, or by the domain that was seen in a request; absent for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The domain of the mail address.
    pub domain: String,
    /// The company, as the directory has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Who answers for them.
    pub sponsors: Vec<String>,
    /// `pending`, `accepted`, `blocked` or `present` for somebody who was never invited.
    pub state: &'static str,
    /// Whether the lifecycle of external users applies: `governed`, `notGoverned`, `notDefined`.
    pub lifecycle: &'static str,
    /// When the account was made.
    #[schemars(with = "String")]
    pub created: Timestamp,
    /// For how many whole days it has been there.
    pub age_days: u64,
    /// When they last signed in; absent where nothing is known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub last_sign_in: Option<Timestamp>,
    /// What they hold all the same: `group Design guests: Member`.
    pub holds: Vec<String>,
}

impl Row for UngovernedRow {
    const HEADINGS: &'static [&'static str] = &[
        "GUEST",
        "NAME",
        "ORGANIZATION",
        "SPONSORS",
        "STATE",
        "SINCE",
        "LAST SIGN-IN",
        "HOLDS",
    ];
    const COLUMNS: &'static [&'static str] = &[
        "number",
        "mail",
        "displayName",
        "organization",
        "domain",
        "company",
        "sponsors",
        "state",
        "lifecycle",
        "created",
        "ageDays",
        "lastSignIn",
        "holds",
    ];

    fn shown(&self) -> Vec<Cow<'_, str>> {
        vec![
            self.mail.as_str().into(),
            self.display_name.as_str().into(),
            text(self.organization.as_ref()),
            self.sponsors.join(", ").into(),
            self.state.into(),
            day(Some(self.created), ""),
            day(self.last_sign_in, "not known"),
            match self.holds.is_empty() {
                true => "nothing".into(),
                false => self.holds.join(", ").into(),
            },
        ]
    }

    fn cells(&self) -> Vec<Cow<'_, str>> {
        vec![
            self.number.to_string().into(),
            self.mail.as_str().into(),
            self.display_name.as_str().into(),
            text(self.organization.as_ref()),
            self.domain.as_str().into(),
            text(self.company.as_ref()),
            self.sponsors.join(";").into(),
            self.state.into(),
            self.lifecycle.into(),
            second(self.created).into(),
            self.age_days.to_string().into(),
            instant(self.last_sign_in),
            self.holds.join(";").into(),
        ]
    }
}
