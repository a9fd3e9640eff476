//! Partner organizations: how their people sign in, and who answers for them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diag::code;
use crate::model::Part::{Index, Key};
use crate::model::text::{DomainRule, Guid, HttpsUrl, Line, Principal, Prose};
use crate::model::{Attribute, Declared, Kind, Mention, Problem, Rule, Set};
use crate::source::Route;

/// A partner organization. Its people are told by exactly one of: an Entra tenant, a federation, a social provider, or,
/// without these, its mail domains.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Organization {
    /// The name that people read.
    pub display_name: Line,

    /// What the organization does for us.
    #[serde(default, skip_serializing_if = "Prose::is_empty")]
    pub description: Prose,

    /// `configured`: part of "all configured organizations". `proposed`: seen, not yet accepted by an administrator.
    #[serde(default)]
    pub state: OrganizationState,

    /// The id of the organization's Entra tenant. Without it, and without `federation` and `social`, the domains are
    /// the identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Guid>,

    /// The Microsoft cloud that the tenant lives in, where it is not our own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud: Option<Cloud>,

    /// The organization's mail domains.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    #[schemars(length(max = 500))]
    pub domains: Set<DomainRule>,

    /// The issuer of a SAML or WS-Federation sign-in for the organization's domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub federation: Option<Federation>,

    /// The social identity provider that the organization's people sign in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub social: Option<SocialProvider>,

    /// Who answers for the organization.
    #[serde(default, skip_serializing_if = "OrganizationSponsors::is_empty")]
    pub sponsors: OrganizationSponsors,

    /// Refuses to delete the object. Kept live: it must be set to `false` by an apply of its own before the object may go.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("default" = false))]
    pub protect: bool,
}

/// Whether an administrator has accepted the organization.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum OrganizationState {
    /// Accepted.
    #[default]
    Configured,
    /// Seen in a request only.
    Proposed,
}

/// A Microsoft cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Cloud {
    /// `microsoftonline.com`
    Global,
    /// `microsoftonline.us`
    UsGovernment,
    /// `partner.microsoftonline.cn`
    China,
}

/// A SAML or WS-Federation issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Federation {
    /// The address that the issuer names itself by.
    pub issuer: HttpsUrl,
}

/// A social identity provider that Entra takes for organizations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum SocialProvider {
    /// Facebook
    Facebook,
}

/// Who answers for an organization: people and groups.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrganizationSponsors {
    /// People of our tenant.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    #[schemars(length(max = 100))]
    pub internal: Set<Principal>,

    /// People of the organization, already guests here.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    #[schemars(length(max = 100))]
    pub external: Set<Principal>,
}

impl OrganizationSponsors {
    /// Returns true for none at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.internal.is_empty() && self.external.is_empty()
    }
}

impl Declared for Organization {
    const KIND: Kind = Kind::Organization;
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::immutable("tenant"),
        Attribute::immutable("cloud"),
        Attribute::immutable("federation"),
        Attribute::immutable("social"),
        Attribute {
            at: "domains",
            rule: Rule::Immutable {
                unless: Some("tenant"),
            },
        },
        Attribute::set("domains"),
        Attribute::set("sponsors.internal"),
        Attribute::set("sponsors.external"),
    ];

    fn references<'a>(&'a self, see: &mut dyn FnMut(Mention<'a>)) {
        let OrganizationSponsors { internal, external } = &self.sponsors;
        for (key, sponsors) in [("internal", internal), ("external", external)] {
            for (at, sponsor) in sponsors.iter().enumerate() {
                super::group(sponsor, &[Key("sponsors"), Key(key), Index(at)], see);
            }
        }
    }

    fn check(&self, out: &mut Vec<Problem>) {
        let at = |key: &str| Route::root().key(key);
        let given = [
            ("tenant", self.tenant.is_some()),
            ("federation", self.federation.is_some()),
            ("social", self.social.is_some()),
        ];
        let given: Vec<&str> = given
            .iter()
            .filter(|(_, is)| *is)
            .map(|(key, _)| *key)
            .collect();
        if let [first, second, ..] = given[..] {
            out.push(
                Problem::new(
                    code::KEYS_EXCLUDE,
                    at(second),
                    format!(
                        "`{first}` and `{second}` both say how people of the organization sign in"
                    ),
                )
                .help("an organization has exactly one identity: leave one out"),
            );
        }
        if given.is_empty() && self.domains.is_empty() {
            out.push(
                Problem::new(
                    code::KEY_NEEDED,
                    Route::root(),
                    "nothing says how people of the organization sign in",
                )
                .help("add `domains: […]` or `tenant: <id>`"),
            );
        }
        if self.federation.is_some() && self.domains.is_empty() {
            out.push(
                Problem::new(
                    code::KEY_NEEDED,
                    at("federation"),
                    "a federation signs in people of a domain, and none is named",
                )
                .help("add `domains: […]`"),
            );
        }
        if self.cloud.is_some() && self.tenant.is_none() {
            out.push(
                Problem::new(
                    code::KEY_NEEDED,
                    at("cloud"),
                    "`cloud` says where a tenant lives, and no tenant is named",
                )
                .help("add `tenant: <id>`, or leave `cloud` out"),
            );
        }
        for (key, sponsors) in [
            ("internal", &self.sponsors.internal),
            ("external", &self.sponsors.external),
        ] {
            for (index, sponsor) in sponsors.iter().enumerate() {
                if !sponsor.is_named() {
                    out.push(
                        Problem::new(
                            code::BAD_APPROVER,
                            at("sponsors").key(key).index(index),
                            format!("`{sponsor}` names nobody by itself"),
                        )
                        .help("name a person or a group: `user:<address>`, `group:<name>`"),
                    );
                }
            }
        }
    }

    fn natural_key(&self) -> Option<String> {
        if let Some(tenant) = &self.tenant {
            return Some(tenant.to_string());
        }
        let mut domains: Vec<&DomainRule> = self.domains.iter().collect();
        domains.sort();
        domains
            .first()
            .map(|rule| rule.domain.to_string())
            .or_else(|| Some(format!("{:?} {}", self.social, self.display_name)))
    }
}
