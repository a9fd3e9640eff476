//! People and groups of the directory.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::render::json::v1::FormatVersion;

/// One person.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PersonReport {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The person.
    pub person: Person,
}

/// People.
#[derive(Debug, Serialize, JsonSchema)]
pub struct People {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The people, in the order in which they became known.
    pub people: Vec<Person>,
}

/// A person, as Graph names what is known of a user.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The number.
    pub number: u64,
    /// The address.
    pub mail: String,
    /// Further addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_mails: Vec<String>,
    /// The name that people read.
    pub display_name: String,
    /// What they are here: `external guest`, `external member`, `internal guest`, `internal member`, or `applicant` for
    /// somebody without an account.
    pub kind: &'static str,
    /// The user principal name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_principal_name: Option<String>,
    /// `Member` or `Guest`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_type: Option<&'static str>,
    /// `PendingAcceptance` or `Accepted`; absent for somebody who was not invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_user_state: Option<&'static str>,
    /// When that changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub external_user_state_change_date_time: Option<Timestamp>,
    /// When the account was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub created_date_time: Option<Timestamp>,
    /// How the account came to be; absent for an ordinary one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation_type: Option<&'static str>,
    /// Who vouches for them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub identities: Vec<Identity>,
    /// Whether they may sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_enabled: Option<bool>,
    /// When the account was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub deleted_date_time: Option<Timestamp>,
    /// Until when it can be restored.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub restorable_until: Option<Timestamp>,
    /// The company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_name: Option<String>,
    /// The address of the manager.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
    /// Who answers for them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sponsors: Vec<String>,
    /// Directory roles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<&'static str>,
    /// When they last signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub last_sign_in_date_time: Option<Timestamp>,
    /// `governed`, `notGoverned` or `notDefined`.
    pub subject_lifecycle: &'static str,
    /// When the account is deleted because the last assignment was lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub delete_at: Option<Timestamp>,
    /// Further attributes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// Terms of use that are required of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub terms_of_use: Vec<RequiredTerms>,
    /// The roles held, as `group Design guests: Member`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<String>,
}

/// Terms of use that are required of somebody, and whether they accepted them.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequiredTerms {
    /// The address of the terms.
    pub terms: String,
    /// The name that people read.
    pub display_name: String,
    /// Which version is required.
    pub version: String,
    /// Which version they accepted last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_version: Option<String>,
    /// When they did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub recorded_date_time: Option<Timestamp>,
    /// Until when that holds; absent for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub expiration_date_time: Option<Timestamp>,
    /// Whether they must accept at the next sign-in.
    pub is_due: bool,
}

/// Who vouches for somebody.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// The issuer, as Graph names it: `ExternalAzureAD`, `MicrosoftAccount`, `google.com`, `facebook.com`, `mail`, the URI of a
    /// federation, or our own domain.
    pub issuer: String,
    /// The tenant, for another Entra tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
}

/// One group.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GroupReport {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The group.
    pub group: Group,
}

/// Groups.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Groups {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The groups, by name.
    pub groups: Vec<Group>,
}

/// A group.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The display name.
    pub group: String,
    /// Its mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// The rule that its members follow from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Whether guests may be members.
    pub guests: bool,
    /// The addresses of its owners.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<String>,
    /// The resource of the tree that keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed: Option<String>,
    /// How many members it has.
    pub count: u64,
    /// Its members, where one group is shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
}

/// A member of a group.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Member {
    /// The address.
    pub member: String,
    /// The role.
    pub role: String,
    /// How the membership came to be: `direct`, `package` or `rule`.
    pub source: &'static str,
}

/// What became of a guest who was to be deleted for good.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct GuestPurge {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// Whether they were deleted; false when the question was not answered with `yes`.
    pub purged: bool,
}

/// What an import of the directory did.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DirectoryImport {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// People who are new.
    pub added: u64,
    /// People who changed, or came back.
    pub updated: u64,
    /// People of our own who have left.
    pub left: u64,
    /// Groups that are new or changed.
    pub groups: u64,
    /// Memberships that are new.
    pub members_added: u64,
    /// Memberships that ended.
    pub members_removed: u64,
    /// Rows that say what was there already.
    pub unchanged: u64,
}
