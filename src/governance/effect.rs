//! Effects: what a decision does outside its own rows. Each starts from a row of the outbox.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::record::{PersonId, Place};
use crate::model::text::Email;

/// Something done outside the rows of the engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Effect {
    /// A mail.
    Mail(Box<Mail>),
    /// A role for a person, by an assignment.
    Grant(Role),
    /// A role taken from a person.
    Revoke(Role),
    /// An account for somebody whom the directory does not know, because a request of theirs is delivered.
    CreateGuest {
        /// Who.
        person: PersonId,
        /// The assignment that waits for it.
        assignment: u64,
    },
}

impl Effect {
    /// Forgets what a mail told, once it is sent; of one that was given up, the passcode or the ticket, which are kept nowhere.
    pub fn forget(&mut self, sent: bool) {
        if let Self::Mail(mail) = self {
            match mail.template {
                _ if sent => mail.facts = Facts::default(),
                Template::Passcode => mail.facts.message.clear(),
                Template::Invitation => mail.facts.link.clear(),
                _ => {}
            }
        }
    }
}

/// A role of one person, as the directory is asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Role {
    /// Who.
    pub person: PersonId,
    /// Where.
    pub place: Place,
    /// Which role.
    pub role: String,
    /// For which assignment.
    pub assignment: u64,
}

/// A mail to one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// Which mail.
    pub template: Template,
    /// To whom.
    pub to: Email,
    /// Who gets a copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_to: Option<Email>,
    /// The language that the person prefers, as a tag: `nl`, `de-DE`; `None` for the tenant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What the text speaks of.
    pub facts: Facts,
}

/// What the text of a mail speaks of. A template uses what it needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Facts {
    /// The name of who gets it.
    pub to_name: String,
    /// The name and address of the person concerned: who asked, who is reviewed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub person: String,
    /// The organization of the person concerned.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub organization: String,
    /// The display name of the package.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub package: String,
    /// The number of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<u64>,
    /// Why it was asked for, in the words of who asked.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub justification: String,
    /// When it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<Timestamp>,
    /// When access starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Timestamp>,
    /// When access ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Timestamp>,
    /// By when somebody must act.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Where to go.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub link: String,
    /// The words of who decided, who invited, or what a review came to; in the mail of a passcode, the passcode.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// Declares the mails, with the number that the fact sheet gives them.
macro_rules! templates {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        /// Which mail. Entra numbers its mails 1 to 20; the others are those of invitations, passcodes and reviews.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub enum Template { $($(#[$doc])* $name,)* }

        impl Template {
            /// Every mail.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns the name of its text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }
        }
    };
}

templates! {
    /// Mails 1 and 15: a stage was escalated to you.
    Escalated = "escalated";
    /// Mails 2 and 11: approve or deny, no escalation follows.
    Decide = "decide";
    /// Mails 3 and 12: the same, and nobody has decided yet.
    DecideReminder = "decide-reminder";
    /// Mails 4 and 13: approve or deny, others are asked later.
    DecideBeforeEscalation = "decide-before-escalation";
    /// Mails 5 and 14: the same, and nobody has decided yet.
    DecideBeforeEscalationReminder = "decide-before-escalation-reminder";
    /// Mails 6 and 17: nobody decided in time; to approvers and alternates.
    ApprovalExpired = "approval-expired";
    /// Mails 7 and 16: the request is approved; to approvers and alternates.
    Approved = "approved";
    /// Mail 8: the first of several stages is approved; to its approvers.
    StageApproved = "stage-approved";
    /// Mail 9: the request is denied; to who asked.
    Denied = "denied";
    /// Mail 10: nobody decided in time; to who asked.
    RequestExpired = "request-expired";
    /// Mail 18: you have access now.
    AccessGranted = "access-granted";
    /// Mail 19: your access ends soon; extend it.
    AccessEnding = "access-ending";
    /// Mail 20: your access has ended.
    AccessEnded = "access-ended";
    /// You are invited.
    Invitation = "invitation";
    /// Your passcode.
    Passcode = "passcode";
    /// Review the access of others.
    ReviewStarted = "review-started";
    /// The same, half way.
    ReviewReminder = "review-reminder";
    /// A review has ended.
    ReviewEnded = "review-ended";
}

/// What became of an effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// It is done.
    Done,
    /// It cannot be done, for a reason that trying again does not mend.
    Failed(String),
    /// It was not done, and may be later: a server that is not there.
    Later(String),
    /// Nobody knows whether it was done.
    Unknown(String),
}
