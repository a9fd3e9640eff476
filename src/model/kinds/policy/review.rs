//! Access reviews of a policy's assignments.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Justification;
use crate::model::Set;
use crate::model::text::{Duration, Principal, When};

/// A recurring review of everybody who has the package through this policy.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Review {
    /// Whether reviews take place.
    #[serde(default = "yes")]
    pub enabled: bool,

    /// How often.
    pub every: Frequency,

    /// When the first one starts; by default when the policy is applied. A date means its first instant in the
    /// project's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<When>,

    /// How long reviewers have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decide_within: Option<Duration>,

    /// Who reviews: people and groups, `manager`, or `self` alone.
    #[schemars(length(min = 1, max = 20))]
    pub reviewers: Set<Principal>,

    /// Who reviews when a manager cannot be found.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    #[schemars(length(max = 20))]
    pub fallback: Set<Principal>,

    /// What happens to access that nobody decided on.
    #[serde(default)]
    pub on_no_response: OnNoResponse,

    /// Whether reviewers are shown a recommendation, from the last sign-in.
    #[serde(default = "yes")]
    pub recommendations: bool,

    /// Whether reviewers must say why.
    #[serde(default = "required")]
    pub justification: Justification,
}

fn yes() -> bool {
    true
}

fn required() -> Justification {
    Justification::Required
}

/// How often a review takes place.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Frequency {
    /// Every week.
    Weekly,
    /// Every month.
    Monthly,
    /// Every three months.
    Quarterly,
    /// Every six months.
    HalfYearly,
    /// Every twelve months.
    Yearly,
}

impl Frequency {
    /// Returns the word of the language.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
            Self::HalfYearly => "halfYearly",
            Self::Yearly => "yearly",
        }
    }

    /// Returns the word of a sentence.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::HalfYearly => "half-yearly",
            other => other.as_str(),
        }
    }

    /// Returns the shortest time from one review to the next, in days.
    #[must_use]
    pub const fn shortest_days(self) -> u64 {
        match self {
            Self::Weekly => 7,
            Self::Monthly => 28,
            Self::Quarterly => 89,
            Self::HalfYearly => 181,
            Self::Yearly => 365,
        }
    }

    /// Returns the longest time from one review to the next, in days.
    #[must_use]
    pub const fn longest_days(self) -> u64 {
        match self {
            Self::Weekly => 7,
            Self::Monthly => 31,
            Self::Quarterly => 92,
            Self::HalfYearly => 184,
            Self::Yearly => 366,
        }
    }
}

/// What happens to access that nobody decided on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum OnNoResponse {
    /// It stays.
    Keep,
    /// It ends.
    #[default]
    Remove,
    /// The recommendation counts.
    Recommendation,
}
