//! The sorts of people that trees can tell apart: who they are to the directory, the domain of their address, and how they
//! sign in. [`crate::impact::Census`] lists them.

use crate::governance::record::Identity;
use crate::impact::estate::Estate;
use crate::model::text::{Domain, Email, Guid, Principal};

/// What somebody is to the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Not known to it, from outside.
    None,
    /// A guest, who signs in elsewhere.
    Guest,
    /// A member who signs in elsewhere.
    ExternalMember,
    /// A member of our own.
    Member,
    /// A guest who signs in here.
    InternalGuest,
}

impl Account {
    /// Those who sign in elsewhere.
    pub const OUTSIDE: [Self; 3] = [Self::None, Self::Guest, Self::ExternalMember];
    /// Those who sign in here.
    pub const INSIDE: [Self; 2] = [Self::Member, Self::InternalGuest];

    /// Returns true for somebody who signs in elsewhere.
    #[must_use]
    pub const fn is_outside(self) -> bool {
        matches!(self, Self::None | Self::Guest | Self::ExternalMember)
    }
}

/// The domains of addresses that no side can tell apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Zone {
    /// Which they are.
    pub sort: Sort,
    /// One of them.
    pub witness: Domain,
}

/// Which domains.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// A domain of our own people.
    Own,
    /// A domain that an organization or the tenant's list names.
    Listed,
    /// Those below a listed domain that are not listed themselves.
    Below(Domain),
    /// Those that look like a listed domain or one of our own, and are none.
    LookAlike(Looks),
    /// Every other.
    Other,
}

impl Sort {
    /// Returns true for domains that look like a known one on one side alone. Only people of whom no more than an address is known
    /// are told apart by that: neither members, nor those who prove an organization by its tenant or social provider.
    pub(super) const fn is_of_one_side(&self) -> bool {
        matches!(self, Self::LookAlike(Looks::Before | Looks::After))
    }
}

/// When domains look like one that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Looks {
    /// On every side.
    Always,
    /// Before a plan, and not after it.
    Before,
    /// After a plan, and not before it.
    After,
}

/// How somebody signs in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignIn {
    /// Here.
    Own,
    /// By a one-time passcode.
    Passcode,
    /// With a tenant that an organization names.
    Tenant(Guid),
    /// With a tenant that none names.
    OtherTenant,
    /// With the federation of an issuer that an organization names.
    Federation(String),
    /// With another federation.
    OtherFederation,
    /// With Facebook.
    Facebook,
    /// With Google or a personal Microsoft account, which prove no organization.
    Personal,
}

/// An issuer and a tenant that no tree names.
const STRANGER: (&str, &str) = (
    "https://federation.invalid",
    "00000000-0000-4000-8000-00000000f00d",
);

impl SignIn {
    /// Returns an identity that somebody proves like this.
    #[must_use]
    pub fn identity(&self) -> Identity {
        match self {
            Self::Own => Identity::Own,
            Self::Passcode => Identity::Passcode,
            Self::Tenant(tenant) => Identity::Tenant {
                tenant: tenant.clone(),
            },
            Self::OtherTenant => match Guid::parse(STRANGER.1) {
                Ok(tenant) => Identity::Tenant { tenant },
                Err(_) => Identity::Google,
            },
            Self::Federation(issuer) => Identity::Federation {
                issuer: issuer.clone(),
            },
            Self::OtherFederation => Identity::Federation {
                issuer: STRANGER.0.to_owned(),
            },
            Self::Facebook => Identity::Facebook,
            Self::Personal => Identity::Google,
        }
    }
}

/// A sort of people, apart from what names them and what they hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Base {
    /// What they are to the directory.
    pub account: Account,
    /// The domain of their address.
    pub zone: Zone,
    /// How they sign in.
    pub sign_in: SignIn,
}

/// Somebody whom lists name: a person, the members of a group, the holders of a package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    /// A person, by address.
    User(Email),
    /// The members of a group, by its name in lower case.
    Group(String),
    /// Whoever is in a group after a plan and not before.
    Joining(String),
    /// Whoever is in a group before a plan and not after.
    Leaving(String),
    /// Whoever holds a package, by its name.
    Holder(String),
    /// Whoever loses a package by a plan, by its name.
    Loser(String),
    /// Whoever gets a package by a plan, by its name.
    Getter(String),
    /// Whoever comes to hold a package after a plan, by its name, against whoever came to hold it before.
    Comer(String),
}

impl Named {
    /// Returns whom a principal names; `None` for one that is found from the requestor.
    #[must_use]
    pub fn of(principal: &Principal, estate: &Estate<'_>) -> Option<Self> {
        match principal {
            Principal::User(mail) => Some(Self::User(mail.clone())),
            Principal::Group(name) => Some(Self::Group(estate.group(name))),
            Principal::Manager(_) | Principal::Oneself | Principal::Sponsors(_) => None,
        }
    }
}

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User(mail) => write!(f, "user:{mail}"),
            Self::Group(name) => write!(f, "group:{name}"),
            Self::Joining(name) => write!(f, "whoever joins group:{name}"),
            Self::Leaving(name) => write!(f, "whoever leaves group:{name}"),
            Self::Holder(name) => write!(f, "holders of package/{name}"),
            Self::Loser(name) => write!(f, "whoever loses package/{name}"),
            Self::Getter(name) => write!(f, "whoever gets package/{name}"),
            Self::Comer(name) => write!(f, "whoever comes to hold package/{name}"),
        }
    }
}
