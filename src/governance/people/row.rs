//! Rows of an import: what a file says about a person, a group, a membership. What it does not say stays as it is.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::governance::record::{
    Creation, DirectoryRole, ExternalState, Governed, Identity, PersonId, UserType,
};
use crate::model::text::{Email, Line, Principal};

/// What files say, taken together.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    /// People.
    pub people: Vec<PersonRow>,
    /// Groups.
    pub groups: Vec<GroupRow>,
    /// Memberships.
    pub memberships: Vec<MembershipRow>,
}

/// One row, to be decided.
#[derive(Debug, Clone)]
pub enum Row {
    /// A person.
    Person(Box<PersonRow>),
    /// A group.
    Group(GroupRow),
    /// A membership.
    Membership(MembershipRow),
    /// Somebody of our own has left: the complete list does not name them any more.
    Left(PersonId),
    /// A membership has ended: by its number.
    Ended(u64),
}

/// What is said about a person. `None` leaves what is there; `Some(None)` takes it away.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonRow {
    /// The address: it says who it is.
    pub mail: Email,
    /// The name that people read.
    pub name: Option<String>,
    /// Further addresses.
    pub other_mails: Option<Vec<Email>>,
    /// The user principal name.
    pub upn: Option<String>,
    /// Member or guest.
    pub user_type: Option<UserType>,
    /// Whether they sign in elsewhere.
    pub external: Option<bool>,
    /// How the account came to be.
    pub creation: Option<Creation>,
    /// Where the invitation stands.
    pub state: Option<Option<ExternalState>>,
    /// When that changed.
    pub state_changed: Option<Option<Timestamp>>,
    /// When the account was made.
    pub created: Option<Timestamp>,
    /// How they sign in.
    pub identities: Option<Vec<Identity>>,
    /// Whether they may sign in.
    pub enabled: Option<bool>,
    /// The company.
    pub company: Option<Option<String>>,
    /// Who manages them.
    pub manager: Option<Option<Email>>,
    /// Their sponsors.
    pub sponsors: Option<Vec<Principal>>,
    /// Directory roles.
    pub roles: Option<Vec<DirectoryRole>>,
    /// When they last signed in.
    pub last_sign_in: Option<Timestamp>,
    /// Whether the lifecycle of external users applies to them.
    pub governed: Option<Governed>,
    /// Further attributes.
    pub attributes: BTreeMap<String, Option<String>>,
}

impl PersonRow {
    /// Returns a row that says nothing but who it is.
    #[must_use]
    pub const fn new(mail: Email) -> Self {
        Self {
            mail,
            name: None,
            other_mails: None,
            upn: None,
            user_type: None,
            external: None,
            creation: None,
            state: None,
            state_changed: None,
            created: None,
            identities: None,
            enabled: None,
            company: None,
            manager: None,
            sponsors: None,
            roles: None,
            last_sign_in: None,
            governed: None,
            attributes: BTreeMap::new(),
        }
    }
}

/// What is said about a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    /// The display name: it says which group it is.
    pub name: Line,
    /// Its mail address.
    pub mail: Option<Option<Email>>,
    /// The rule of a dynamic group.
    pub rule: Option<Option<String>>,
    /// Whether guests may be members.
    pub guests: Option<bool>,
    /// Who owns it.
    pub owners: Option<Vec<Email>>,
}

/// What is said about a membership.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MembershipRow {
    /// The group.
    pub group: Line,
    /// The member.
    pub member: Email,
    /// The role: `Member` or `Owner`.
    pub role: String,
}
