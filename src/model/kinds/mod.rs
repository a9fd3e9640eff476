//! The kinds of object, one file each, and their one list.
//!
//! Fact sheets: `graph-entitlement` for organizations to policies, `graph-b2b` for settings of the tenant.

mod administrators;
mod catalog;
mod collaboration;
mod cross_tenant;
mod domains;
mod external_users;
mod organization;
mod package;
pub mod policy;
mod resource;
mod terms_of_use;

pub use administrators::Administrators;
pub use catalog::{Catalog, CatalogRoles, CustomExtension, LogicApp};
pub use collaboration::{Collaboration, GuestAccess, Inviters};
pub use cross_tenant::{CrossTenant, Reach, TrustedClaim};
pub use domains::Domains;
pub use external_users::{AfterLastAssignment, ExternalUsers, Waiting};
pub use organization::{
    Cloud, Organization, OrganizationSponsors, OrganizationState, SocialProvider,
};
pub use package::{Incompatible, Package};
pub use policy::Policy;
pub use resource::{Origin, Resource};
pub use terms_of_use::{RequiredFor, TermsDocument, TermsExpiry, TermsOfUse};

use super::registry::kinds;

kinds! {
    /// Something that access is given to.
    Resource = "resource", "resources": Resource;
    /// A partner organization.
    Organization = "organization", "organizations": Organization;
    /// Cross-tenant access of one organization; managed key by key.
    CrossTenant = "cross-tenant", "crossTenant": CrossTenant;
    /// A set of resources with the packages made of them.
    Catalog = "catalog", "catalogs": Catalog;
    /// What is given: roles of resources.
    Package = "package", "packages": Package;
    /// Who may ask for a package, who approves, for how long.
    Policy = "policy" in Package, "policies": Policy;
    /// What people from outside must accept.
    TermsOfUse = "terms-of-use", "termsOfUse": TermsOfUse;
    /// Who looks after the whole tenant; managed key by key.
    Administrators = "settings/administrators", "administrators": Administrators;
    /// What guests see and who invites them; managed key by key.
    Collaboration = "settings/collaboration", "collaboration": Collaboration;
    /// The domains that may, or may not, be invited; managed key by key.
    Domains = "settings/domains", "domains": Domains;
    /// What happens to a guest after the last assignment; managed key by key.
    ExternalUsers = "settings/external-users", "externalUsers": ExternalUsers;
}

impl Kind {
    /// Returns true for a kind that has one object, without a name.
    #[must_use]
    pub const fn is_singleton(self) -> bool {
        matches!(
            self,
            Self::Administrators | Self::Collaboration | Self::Domains | Self::ExternalUsers
        )
    }

    /// Returns true for settings of the tenant: only the keys that are written are managed, and what is no longer
    /// written is let go, never deleted.
    #[must_use]
    pub const fn is_settings(self) -> bool {
        self.is_singleton() || matches!(self, Self::CrossTenant)
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Mentions the group resource that a principal may mean.
fn group<'a>(
    principal: &'a super::text::Principal,
    at: &[super::Part<'a>],
    see: &mut dyn FnMut(super::Mention<'a>),
) {
    if let super::text::Principal::Group(name) = principal {
        see(super::Mention::new(
            super::Bond::Perhaps,
            Kind::Resource,
            name.as_str(),
            at,
        ));
    }
}
