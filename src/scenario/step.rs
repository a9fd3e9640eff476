//! What happens in a test: one deed a step, by somebody or by time.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expect::Expect;
use super::given::Edits;
use super::words::{ConvertWord, InviteWord, ReviewWord};
use crate::model::text::{Duration, Email, Line, Principal, Prose, SignIn, When};
use crate::model::{Name, OneOrMore, Set};

/// Answers to a policy's questions, each by the question or by its number, counted from 1.
pub type Answers = BTreeMap<String, OneOrMore<Line>>;

pub(super) fn no_answers(answers: &Answers) -> bool {
    answers.is_empty()
}

/// Declares the deeds: as a step is written, with one key for each, and as it is meant, with exactly one.
macro_rules! deeds {
    ($($(#[doc = $doc:literal])* $variant:ident($field:ident, $word:literal): $type:ty,)*) => {
        /// What happens in a step.
        #[derive(Debug, Clone)]
        pub enum Deed { $($(#[doc = $doc])* $variant($type),)* }

        impl Deed {
            /// Every deed, as a step names it.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// Returns the key of the step.
            #[must_use]
            pub const fn word(&self) -> &'static str {
                match self { $(Self::$variant(_) => $word),* }
            }
        }

        /// A step as it is written: what happens, and what is expected afterwards.
        #[derive(Default, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields, default)]
        #[schemars(rename = "TestStep")]
        struct Written {
            $($(#[doc = $doc])* #[serde(rename = $word, skip_serializing_if = "Option::is_none")] $field: Option<$type>,)*
            /// What is expected after the step. Without a deed, what is expected of how things are.
            #[serde(skip_serializing_if = "Option::is_none")]
            expect: Option<Expect>,
        }

        impl TryFrom<Written> for Step {
            type Error = String;

            fn try_from(written: Written) -> Result<Self, String> {
                let mut deeds = Vec::new();
                $(deeds.extend(written.$field.map(Deed::$variant));)*
                let several: Vec<String> = deeds.iter().map(|deed| format!("`{}`", deed.word())).collect();
                let deed = deeds.pop();
                if !deeds.is_empty() {
                    return Err(format!("a step does one thing, and this one has {}", several.join(" and ")));
                }
                let expects = written.expect.as_ref().is_some_and(Expect::says_something);
                if deed.is_none() && !expects {
                    return Err("a step in which nothing happens and nothing is expected".to_owned());
                }
                Ok(Self { deed, expect: written.expect })
            }
        }

        impl From<Step> for Written {
            fn from(step: Step) -> Self {
                let mut written = Self { expect: step.expect, ..Self::default() };
                match step.deed {
                    $(Some(Deed::$variant(deed)) => written.$field = Some(deed),)*
                    None => {}
                }
                written
            }
        }
    };
}

deeds! {
    /// Somebody asks for a package.
    Ask(ask, "ask"): Ask,
    /// Somebody asks to keep a package longer.
    Extend(extend, "extend"): Extend,
    /// Somebody gives a package back.
    Remove(remove, "remove"): Remove,
    /// An approver says yes to a request.
    Approve(approve, "approve"): Ballot,
    /// An approver says no to a request.
    Deny(deny, "deny"): Ballot,
    /// An approver takes an approval back.
    TakeBack(take_back, "takeBack"): Ballot,
    /// Somebody takes their request back, or an administrator stops it.
    Cancel(cancel, "cancel"): Cancel,
    /// An administrator assigns a package directly.
    Assign(assign, "assign"): Assign,
    /// An administrator takes a package away.
    Revoke(revoke, "revoke"): OfAssignment,
    /// An administrator lets roles be delivered again that an assignment lacks.
    Reprocess(reprocess, "reprocess"): OfAssignment,
    /// Somebody is invited.
    Invite(invite, "invite"): Invite,
    /// Somebody redeems their invitation.
    Redeem(redeem, "redeem"): Redeem,
    /// Somebody's invitation is taken back, so that they redeem anew.
    Reset(reset, "reset"): OfPerson,
    /// Somebody signs in.
    SignIn(sign_in, "signIn"): Arrive,
    /// A reviewer decides about somebody's access.
    Review(review, "review"): Review,
    /// A guest leaves by themselves.
    Leave(leave, "leave"): Sole,
    /// Sign-in of somebody from outside is blocked.
    Block(block, "block"): OfPerson,
    /// A block is lifted.
    Unblock(unblock, "unblock"): OfPerson,
    /// The account of somebody from outside is deleted.
    Delete(delete, "delete"): OfPerson,
    /// A deleted account is restored.
    Restore(restore, "restore"): OfPerson,
    /// A deleted account is deleted for good.
    Purge(purge, "purge"): OfPerson,
    /// Somebody from outside is put under the lifecycle of external users, or taken out of it.
    Convert(convert, "convert"): Convert,
    /// Somebody answers for a guest from now on.
    AddSponsor(add_sponsor, "addSponsor"): Sponsoring,
    /// Somebody answers for a guest no longer.
    RemoveSponsor(remove_sponsor, "removeSponsor"): Sponsoring,
    /// Everything is taken back that somebody from outside has.
    Offboard(offboard, "offboard"): Offboard,
    /// Everything is taken back that the people of an organization have.
    OffboardOrganization(offboard_organization, "offboardOrganization"): OffboardOrganization,
    /// The directory says something else of somebody: attributes, groups, who manages them.
    Change(change, "change"): DirectoryChange,
    /// Time passes.
    Wait(wait, "wait"): Duration,
    /// Time passes until an instant; a date alone means through the end of that day.
    Until(until, "until"): When,
    /// The tree is applied: `{}` as it is, or as the step `apply` before it left it, with objects that are declared otherwise.
    /// Guards that somebody can answer for are lifted; what is protected is not deleted.
    Apply(apply, "apply"): Edits,
}

/// A step: what happens, and what is expected afterwards.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Step {
    /// What happens; `None` where only something is expected of how things are.
    pub deed: Option<Deed>,
    /// What is expected afterwards.
    pub expect: Option<Expect>,
}

impl JsonSchema for Step {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Written::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Written::json_schema(generator)
    }
}

/// Somebody asks for a package.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ask {
    /// Who asks.
    #[serde(rename = "as")]
    pub by: Email,
    /// The package.
    pub package: Name,
    /// The policy, where several cover them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Name>,
    /// Whom it is for, where it is somebody else.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub person: Option<Email>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<Prose>,
    /// Answers to the policy's questions, each by the question or by its number, counted from 1.
    #[serde(default, skip_serializing_if = "no_answers")]
    pub answers: Answers,
    /// When access starts; without it, at once. A date alone means the beginning of that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<When>,
    /// When it ends; without it, when the policy says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<When>,
    /// How they sign in this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<SignIn>,
    /// The terms of use that they accept on the way; without it, all that are asked of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<Set<Name>>,
}

/// Somebody asks to keep a package longer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Extend {
    /// Who asks.
    #[serde(rename = "as")]
    pub by: Email,
    /// The package.
    pub package: Name,
    /// Whose it is, where it is somebody else's.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub person: Option<Email>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<Prose>,
    /// The new end; without it, what the policy says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<When>,
}

/// Somebody gives a package back.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Remove {
    /// Who gives it back.
    #[serde(rename = "as")]
    pub by: Email,
    /// The package.
    pub package: Name,
    /// Whose it is, where it is somebody else's.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub person: Option<Email>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<Prose>,
}

/// An approver decides: about the last request, or the last one for somebody, or for a package.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ballot {
    /// Who decides; without it, the first of those who may decide now, in order of addresses; of an approval that is taken
    /// back, whoever gave it.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub by: Option<Email>,
    /// Whose request.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub person: Option<Email>,
    /// For which package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<Name>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<Prose>,
}

/// Somebody takes their request back, or an administrator stops it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cancel {
    /// Who; without it, an administrator.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub by: Option<Email>,
    /// Whose request; without it, the last one.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub person: Option<Email>,
    /// For which package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<Name>,
}

/// An administrator assigns a package directly.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Assign {
    /// Who assigns; without it, one who may do everything.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub by: Option<Email>,
    /// Who gets it; of a list everybody, or nobody where it is refused for one of them.
    #[serde(rename = "for")]
    pub people: OneOrMore<Email>,
    /// The package.
    pub package: Name,
    /// The policy of it; needed where several cover the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Name>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<Prose>,
    /// Answers to the policy's questions, each by the question or by its number, counted from 1.
    #[serde(default, skip_serializing_if = "no_answers")]
    pub answers: Answers,
    /// When access starts; without it, at once. A date alone means the beginning of that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<When>,
    /// When it ends; without it, when the policy says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<When>,
}

/// An administrator does something with an assignment.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OfAssignment {
    /// Who does it; without it, one who may do everything.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub by: Option<Email>,
    /// Whose it is.
    #[serde(rename = "for")]
    pub person: Email,
    /// The package.
    pub package: Name,
}

/// Somebody is invited.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Invite {
    /// Who invites; without it, one who may do everything.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub by: Option<Email>,
    /// Who is invited.
    #[serde(rename = "for")]
    pub person: Email,
    /// As what; without it, as a guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<InviteWord>,
    /// Who sponsors them; without it, who invites.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    pub sponsors: Set<Principal>,
    /// Whether it is a guest with an account of our own, who shall sign in elsewhere from now on and keeps what they have.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub internal: bool,
}

/// Somebody redeems their invitation.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Redeem {
    /// Who.
    #[serde(rename = "as")]
    pub by: Email,
    /// How they sign in this time. By `passcode`, one is asked for and used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<SignIn>,
    /// Whether they consent to what the tenant reads about them.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub consent: bool,
    /// The terms of use that they accept; without it, all that are asked of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<Set<Name>>,
}

const fn yes() -> bool {
    true
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
const fn is_yes(yes: &bool) -> bool {
    *yes
}

/// A reviewer decides about somebody's access.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Review {
    /// Who decides.
    #[serde(rename = "as")]
    pub by: Email,
    /// Whose access; without it, that of everybody whom they have to decide about.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub person: Option<Email>,
    /// To which package.
    pub package: Name,
    /// What they decide.
    pub decide: ReviewWord,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<Prose>,
}

/// Somebody does something by themselves.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sole {
    /// Who.
    #[serde(rename = "as")]
    pub by: Email,
}

/// An administrator does something with somebody's account.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OfPerson {
    /// Who does it; without it, one who may do everything.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub by: Option<Email>,
    /// Whose account.
    #[serde(rename = "for")]
    pub person: Email,
}

/// Somebody signs in.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Arrive {
    /// Who.
    #[serde(rename = "as")]
    pub by: Email,
    /// The terms of use that they accept; without it, all that are asked of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<Set<Name>>,
}

/// An administrator says whether the lifecycle of external users applies to somebody.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Convert {
    /// Who does it; without it, one who may do everything.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub by: Option<Email>,
    /// Whose account.
    #[serde(rename = "for")]
    pub person: Email,
    /// What they become.
    pub to: ConvertWord,
}

/// Somebody comes to answer for a guest, or does so no longer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Sponsoring {
    /// Who says so; without it, one who may do everything.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub by: Option<Email>,
    /// The guest.
    #[serde(rename = "for")]
    pub person: Email,
    /// The sponsor: `user:…` or `group:…`.
    pub sponsor: Principal,
}

/// Everything is taken back that somebody from outside has.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Offboard {
    /// Who does it; without it, one who may do everything.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub by: Option<Email>,
    /// The person.
    #[serde(rename = "for")]
    pub person: Email,
    /// Whether memberships and roles go, too, that no package gave.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub memberships: bool,
    /// Whether the account is deleted at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub delete: bool,
}

/// Everything is taken back that the people of an organization have.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OffboardOrganization {
    /// Who does it; without it, one who may do everything.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub by: Option<Email>,
    /// The organization.
    pub organization: Name,
    /// Whether memberships and roles go, too, that no package gave.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub memberships: bool,
    /// Whether the accounts are deleted at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub delete: bool,
}

/// What the directory says of somebody from now on. What is not written stays as it is.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DirectoryChange {
    /// Of whom.
    #[serde(rename = "for")]
    pub person: Email,
    /// The name that people read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Line>,
    /// The company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Line>,
    /// Who manages them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<Email>,
    /// Attributes of the user object, such as `department`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Line>,
    /// Attributes that they have no longer.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    pub without: Set<Line>,
    /// Groups that they become members of.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    pub joins: Set<Line>,
    /// Groups that they are members of no longer.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    pub leaves: Set<Line>,
}
