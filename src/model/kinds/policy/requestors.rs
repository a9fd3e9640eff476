//! Who may have a package, and what they may do by themselves.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::text::{Duration, Line, Principal, Words};
use crate::model::{Name, Set};

/// Who may have a package: a word, or a mapping with one key.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Requestors {
    /// Nobody asks; administrators assign directly.
    #[default]
    Nobody,
    /// All members of the tenant, no guests.
    Members,
    /// All members and guests of the tenant.
    MembersAndGuests,
    /// People of every configured organization.
    ConfiguredOrganizations,
    /// Anybody from outside; unknown organizations become proposed ones.
    AnyExternal,
    /// All service principals of the tenant.
    AllServicePrincipals,
    /// All agent identities of the tenant.
    AllAgentIdentities,
    /// People of these organizations.
    #[schemars(with = "Organizations")]
    Organizations(Set<Name>),
    /// These people, and the members of these groups, guests included.
    #[schemars(with = "People")]
    People(Set<Principal>),
    /// These service principals, by display name.
    #[schemars(with = "ServicePrincipals")]
    ServicePrincipals(Set<Line>),
    /// Whoever matches a rule gets the package without asking, and loses it after leaving the rule.
    Automatic(Automatic),
}

/// A package's policy names at most 1,000 organizations and 500 people and groups.
#[derive(JsonSchema)]
#[schemars(inline)]
#[expect(dead_code, reason = "carries the limits into the schema")]
struct Organizations(#[schemars(length(min = 1, max = 1000))] Set<Name>);

#[derive(JsonSchema)]
#[schemars(inline)]
#[expect(dead_code, reason = "carries the limits into the schema")]
struct People(#[schemars(length(min = 1, max = 500))] Set<Principal>);

#[derive(JsonSchema)]
#[schemars(inline)]
#[expect(dead_code, reason = "carries the limits into the schema")]
struct ServicePrincipals(#[schemars(length(min = 1, max = 500))] Set<Line>);

/// Assignment by rule. A package has at most one such policy.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Automatic {
    /// The rule, in the syntax of dynamic groups: `(user.department -eq "Sales")`.
    pub rule: Words,

    /// Whether people who match are given the package.
    #[serde(default = "yes")]
    pub assign: bool,

    /// Whether people who no longer match lose it.
    #[serde(default = "yes")]
    pub remove: bool,

    /// How long people who no longer match keep it; without it, not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_period: Option<Duration>,
}

fn yes() -> bool {
    true
}

/// What requestors may do by themselves.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Requests {
    /// Ask for the package. Switched off, nobody new comes in through this policy.
    #[serde(default = "yes")]
    pub enabled: bool,

    /// Give it back before its end.
    #[serde(default = "yes")]
    pub removal: bool,

    /// Ask for a start and an end of their own, within those of the policy.
    #[serde(default)]
    pub custom_schedule: bool,
}

impl Default for Requests {
    fn default() -> Self {
        Self {
            enabled: true,
            removal: true,
            custom_schedule: false,
        }
    }
}

/// Who may ask for others: managers for their reports.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OnBehalf {
    /// Who asks: `manager`, up to `manager:4`, or people by name.
    #[schemars(length(min = 1, max = 20))]
    pub requestors: Set<Principal>,

    /// Whether they may ask for the package.
    #[serde(default = "yes")]
    pub add: bool,

    /// Whether they may change or extend it.
    #[serde(default)]
    pub update: bool,

    /// Whether they may give it back.
    #[serde(default)]
    pub remove: bool,
}

impl Requestors {
    /// Returns true when only people from outside are meant.
    #[must_use]
    pub const fn is_outside(&self) -> bool {
        matches!(
            self,
            Self::Organizations(_) | Self::ConfiguredOrganizations | Self::AnyExternal
        )
    }

    /// Returns true when programs are meant, not people.
    #[must_use]
    pub const fn is_programs(&self) -> bool {
        matches!(
            self,
            Self::ServicePrincipals(_) | Self::AllServicePrincipals | Self::AllAgentIdentities
        )
    }
}
