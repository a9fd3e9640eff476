//! People: our own, guests, and those who have only asked so far.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Entity, Key, Mark, ObjectId, PersonId, entity};
use crate::model::text::{Email, Guid, Principal};

/// Somebody the directory or the engine knows. Entra's facts on users and on B2B kinds.
///
/// Without an [`Account`] it is somebody from outside who has asked, or is about to be invited, and whom the directory does
/// not know yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The number.
    pub number: u64,
    /// The address that they are known by.
    pub mail: Email,
    /// Further addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_mails: Vec<Email>,
    /// The name that people read.
    pub name: String,
    /// How they sign in: the proof of who they are. A mail address alone proves nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identities: Vec<Identity>,
    /// The account in our directory, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// The company, as the directory has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Further attributes, by the names of the directory's user object: `department`, `jobTitle`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// Who manages them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<PersonId>,
    /// Their own sponsors, at most five: `user:<address>` and `group:<name>`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sponsors: Vec<Principal>,
    /// When they last signed in, as far as is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_sign_in: Option<Timestamp>,
    /// Whether the lifecycle of external users applies to them.
    #[serde(default)]
    pub governed: Governed,
    /// What goes on since they lost their last assignment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    /// Whether what is due for them waits until the clock is trusted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
    /// How often they have lost their last assignment; a wait belongs to one of these times only.
    #[serde(default)]
    pub epoch: u64,
    /// Terms of use that they accepted last, each by the object that declares them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub terms: BTreeMap<ObjectId, Acceptance>,
}

/// That somebody accepted terms of use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Acceptance {
    /// In which version.
    pub version: String,
    /// When.
    pub at: Timestamp,
}

/// How somebody signs in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Identity {
    /// Another Entra tenant.
    Tenant {
        /// The tenant's id.
        tenant: Guid,
    },
    /// A personal Microsoft account.
    MicrosoftAccount,
    /// Google.
    Google,
    /// Facebook.
    Facebook,
    /// A one-time passcode sent to the address.
    Passcode,
    /// SAML or WS-Federation.
    Federation {
        /// The issuer's URI.
        issuer: String,
    },
    /// Our own tenant: our people, internal guests, and guests who have not redeemed yet.
    Own,
}

impl Identity {
    /// Returns the key that people who sign in like this are found by.
    #[must_use]
    pub fn key(&self) -> Key {
        let key = Key::new();
        match self {
            Self::Tenant { tenant } => key.text("tenant").text(tenant.as_str()),
            Self::MicrosoftAccount => key.text("microsoftAccount"),
            Self::Google => key.text("google"),
            Self::Facebook => key.text("facebook"),
            Self::Passcode => key.text("passcode"),
            Self::Federation { issuer } => key.text("federation").text(issuer),
            Self::Own => key.text("own"),
        }
    }
}

/// An account in our directory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The user principal name.
    pub upn: String,
    /// Member or guest.
    pub user_type: UserType,
    /// Whether they sign in elsewhere: an external user. Independent of the user type.
    pub external: bool,
    /// Where the invitation stands; `None` for somebody who was not invited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ExternalState>,
    /// When that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_changed: Option<Timestamp>,
    /// How the account came to be.
    #[serde(default)]
    pub creation: Creation,
    /// Whether they may sign in.
    pub enabled: bool,
    /// When the account was made.
    pub created: Timestamp,
    /// When it was deleted; it can be restored for 30 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Timestamp>,
    /// The directory roles that count here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<DirectoryRole>,
}

/// Member or guest of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UserType {
    /// A member.
    Member,
    /// A guest.
    Guest,
}

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ExternalState {
    /// Not yet redeemed.
    PendingAcceptance,
    /// Redeemed.
    Accepted,
}

/// How an account came to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Creation {
    /// As accounts of one's own people do.
    #[default]
    Ordinary,
    /// By an invitation.
    Invitation,
    /// As a local account.
    LocalAccount,
    /// By proving a mail address.
    EmailVerified,
    /// Through a user flow.
    SelfServiceSignUp,
}

/// A directory role that decides what somebody may do here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DirectoryRole {
    /// May do everything.
    GlobalAdministrator,
    /// May do everything in entitlement management.
    IdentityGovernanceAdministrator,
    /// Manages connected organizations.
    ConnectedOrganizationAdministrator,
    /// Makes catalogs.
    CatalogCreator,
    /// Manages users; has no rights in entitlement management.
    UserAdministrator,
    /// Invites guests.
    GuestInviter,
    /// Sees everything and changes nothing: an auditor.
    GlobalReader,
}

/// Whether the lifecycle of external users applies to somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Governed {
    /// They came through a package, or were converted.
    Governed,
    /// They were here before, or were converted back.
    NotGoverned,
    /// Nobody said.
    #[default]
    NotDefined,
}

/// What goes on since somebody lost their last assignment: the settings of that day, whatever they are today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wait {
    /// Which loss it belongs to.
    pub epoch: u64,
    /// When the last assignment was lost.
    pub since: Timestamp,
    /// Whether sign-in was blocked for it, so that a new assignment lifts the block and no other.
    pub blocked: bool,
    /// When the account is deleted, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete_at: Option<Timestamp>,
    /// When sign-in is to be blocked, while it is not: the clock was not to be trusted when the assignment was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_at: Option<Timestamp>,
    /// Whether an administrator asked for it, so that it stands for people who are not governed, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ordered: bool,
    /// The day before which it is not deleted, because that day's deletions were used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
}

impl Wait {
    /// Returns the instant at which time makes something due.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        let delete = self
            .delete_at
            .max(self.not_before.filter(|_| self.delete_at.is_some()));
        [self.block_at, delete].into_iter().flatten().min()
    }
}

impl Person {
    /// Returns somebody from outside whom the directory does not know.
    #[must_use]
    pub fn applicant(number: u64, mail: Email, name: String) -> Self {
        Self {
            number,
            mail,
            other_mails: Vec::new(),
            name,
            identities: Vec::new(),
            account: None,
            company: None,
            attributes: BTreeMap::new(),
            manager: None,
            sponsors: Vec::new(),
            last_sign_in: None,
            governed: Governed::NotDefined,
            wait: None,
            held: false,
            epoch: 0,
            terms: BTreeMap::new(),
        }
    }

    /// Returns which person it is.
    #[must_use]
    pub const fn id(&self) -> PersonId {
        PersonId(self.number)
    }

    /// Returns the account, if there is one that is not deleted.
    #[must_use]
    pub fn living(&self) -> Option<&Account> {
        self.account
            .as_ref()
            .filter(|account| account.deleted.is_none())
    }

    /// Returns true for a guest or external member of the directory, and for somebody whom the directory does not know.
    #[must_use]
    pub fn is_outside(&self) -> bool {
        self.living().is_none_or(|account| account.external)
    }

    /// Returns true for somebody in the directory as a guest.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        self.living()
            .is_some_and(|account| account.user_type == UserType::Guest)
    }

    /// Returns true for somebody in the directory as a member.
    #[must_use]
    pub fn is_member(&self) -> bool {
        self.living()
            .is_some_and(|account| account.user_type == UserType::Member)
    }

    /// Returns true when the account is there and sign-in to it is blocked.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.living().is_some_and(|account| !account.enabled)
    }

    /// Returns until when a deleted account can be restored.
    #[must_use]
    pub fn restorable_until(&self) -> Option<Timestamp> {
        let deleted = self.account.as_ref()?.deleted?;
        deleted.checked_add(RESTORABLE).ok()
    }

    /// Returns the instant at which time makes something due.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        if self.held {
            return None;
        }
        let account = self.account.as_ref()?;
        match account.deleted {
            Some(at) => at.checked_add(RESTORABLE).ok(),
            None => self.wait.as_ref().and_then(Wait::due),
        }
    }
}

/// How long a deleted account can be restored.
pub const RESTORABLE: jiff::SignedDuration = jiff::SignedDuration::from_hours(30 * 24);

impl Entity for Person {
    entity!(Person);

    fn person(&self) -> Option<PersonId> {
        Some(self.id())
    }

    fn principals(&mut self, see: &mut dyn FnMut(&mut Principal)) {
        self.sponsors.iter_mut().for_each(see);
    }

    fn marks(&self, see: &mut dyn FnMut(Mark, Key)) {
        for mail in std::iter::once(&self.mail).chain(&self.other_mails) {
            see(Mark::PersonMail, Key::new().text(mail.as_str()));
        }
        let domain = self.mail.domain();
        see(Mark::PersonDomain, Key::new().text(domain));
        for (dot, _) in domain.match_indices('.') {
            let above = domain.get(dot + 1..).unwrap_or_default();
            see(Mark::PersonZone, Key::new().text(above));
        }
        for identity in &self.identities {
            see(Mark::PersonIdentity, identity.key());
        }
        if self.held {
            see(Mark::PersonHeld, Key::new());
        }
        if self.governed == Governed::Governed && self.living().is_some() {
            see(Mark::PersonGoverned, Key::new());
        }
        if let Some(account) = &self.account {
            see(Mark::PersonUpn, Key::new().text(&account.upn));
            for role in &account.roles {
                see(Mark::PersonRole, Key::new().number(*role as u64));
            }
        }
        if let Some(manager) = self.manager {
            see(Mark::PersonManager, Key::new().person(manager));
        }
        for sponsor in &self.sponsors {
            see(Mark::PersonSponsor, Key::new().text(&sponsor.to_string()));
        }
        if let Some(due) = self.due() {
            see(Mark::Due, Key::new().instant(due));
        }
    }
}
