//! Organizations that were seen in a request and that no tree declares: Entra's proposed connected organizations.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Entity, Key, Mark, entity};
use crate::model::text::Guid;

/// An organization that nobody has declared yet. Once a tree declares it, the declared one counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeenOrganization {
    /// The number.
    pub number: u64,
    /// How its people sign in.
    pub sign_in: SignIn,
    /// The domain of the address that was seen first.
    pub domain: String,
    /// When the request that brought it was approved; `None` while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The request that brought it.
    pub request: u64,
}

/// How the people of an organization sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignIn {
    /// With an Entra tenant.
    Tenant(Guid),
    /// By a mail domain.
    Domain,
}

impl Entity for SeenOrganization {
    entity!(SeenOrganization);

    fn marks(&self, see: &mut dyn FnMut(Mark, Key)) {
        see(Mark::SeenOrganization, Key::new().text(&self.domain));
        if let SignIn::Tenant(tenant) = &self.sign_in {
            see(Mark::SeenOrganization, Key::new().text(tenant.as_str()));
        }
    }
}
