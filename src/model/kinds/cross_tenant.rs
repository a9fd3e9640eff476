//! Cross-tenant access of one organization: what its people may reach here, and ours there.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Attribute, Declared, Kind, Set};

/// Cross-tenant access settings of one organization; what is left out inherits from the tenant's default. Needs the
/// organization's `tenant`. Fact sheet `graph-b2b` §5.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CrossTenant {
    /// Claims of the organization's own tenant that count as ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<Set<TrustedClaim>>,

    /// What people of the organization may reach here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbound: Option<Reaches>,

    /// What our people may reach there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outbound: Option<Reaches>,

    /// Whether people skip the consent page; needs both tenants to agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic_consent: Option<AutomaticConsent>,
}

/// A claim of another tenant.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum TrustedClaim {
    /// Multi-factor authentication.
    Mfa,
    /// A compliant device.
    CompliantDevice,
    /// A hybrid-joined device.
    HybridJoinedDevice,
}

/// Who and what is let through in one direction.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reaches {
    /// The people.
    pub users: Reach,
    /// The applications.
    pub applications: Reach,
}

/// All, none, or a list of ids that is let through or kept out.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Reach {
    /// Everyone or everything.
    All,
    /// No one or nothing.
    None,
    /// These ids only: of users and groups of the other tenant, or of applications.
    Only(Set<crate::model::text::Guid>),
    /// All but these ids.
    Except(Set<crate::model::text::Guid>),
}

/// Whether the consent page is skipped, by direction.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AutomaticConsent {
    /// For their people here.
    #[serde(default)]
    pub inbound: bool,
    /// For our people there.
    #[serde(default)]
    pub outbound: bool,
}

impl Declared for CrossTenant {
    const KIND: Kind = Kind::CrossTenant;
    const ATTRIBUTES: &'static [Attribute] = &[
        Attribute::union("inbound.users"),
        Attribute::union("inbound.applications"),
        Attribute::union("outbound.users"),
        Attribute::union("outbound.applications"),
        Attribute::set("trust"),
        Attribute::set("inbound.users.only"),
        Attribute::set("inbound.users.except"),
        Attribute::set("inbound.applications.only"),
        Attribute::set("inbound.applications.except"),
        Attribute::set("outbound.users.only"),
        Attribute::set("outbound.users.except"),
        Attribute::set("outbound.applications.only"),
        Attribute::set("outbound.applications.except"),
    ];

    fn check(&self, out: &mut Vec<crate::model::Problem>) {
        for (key, reaches) in [("inbound", &self.inbound), ("outbound", &self.outbound)] {
            let Some(Reaches {
                users,
                applications,
            }) = reaches
            else {
                continue;
            };
            if matches!(users, Reach::None) != matches!(applications, Reach::None) {
                out.push(
                    crate::model::Problem::new(
                        crate::diag::code::KEYS_EXCLUDE,
                        crate::source::Route::root().key(key),
                        "people and applications are blocked together or not at all",
                    )
                    .help("write `none` for both, or for neither"),
                );
            }
        }
    }

    fn natural_key(&self) -> Option<String> {
        None
    }
}
