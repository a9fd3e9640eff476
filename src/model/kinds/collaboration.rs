//! Collaboration settings of the tenant: what guests see, who invites them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Declared, Kind};

/// Collaboration settings of the tenant. Only the keys that are written are managed. Fact sheet `graph-b2b` §§3, 6.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Collaboration {
    /// What guests see of the directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guest_access: Option<GuestAccess>,

    /// Who may invite guests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitations: Option<Inviters>,

    /// Whether people may sign up by themselves through user flows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_service_sign_up: Option<bool>,

    /// Whether people who proved a mail address may join the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_verified_join: Option<bool>,

    /// Whether people without another sign-in get a one-time passcode by mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_time_passcode: Option<bool>,

    /// Whether guests may leave by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guests_may_leave: Option<bool>,
}

/// What guests see of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum GuestAccess {
    /// As much as members.
    Members,
    /// Properties and memberships of others in part.
    Limited,
    /// Only themselves.
    Restricted,
}

/// Who may invite guests, the most people first.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Inviters {
    /// Everyone, guests included; so it is without the setting.
    #[default]
    Everyone,
    /// Administrators, guest inviters and all members.
    Members,
    /// Administrators and guest inviters.
    Inviters,
    /// No one.
    Nobody,
}

impl Declared for Collaboration {
    const KIND: Kind = Kind::Collaboration;

    fn natural_key(&self) -> Option<String> {
        Some(String::new())
    }
}
