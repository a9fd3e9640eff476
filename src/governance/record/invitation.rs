//! Invitations to the directory, and the one-time passcodes that prove a mail address.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Entity, Key, Mark, PersonId, UserType, entity};
use crate::model::text::Email;

/// An invitation. It never expires by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// The number.
    pub number: u64,
    /// The address invited.
    pub mail: Email,
    /// The account that waits.
    pub person: PersonId,
    /// Who invited: a person, or nobody for the engine and for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    /// As what.
    pub user_type: UserType,
    /// Where they land after redeeming.
    pub redirect: String,
    /// Whether a mail was asked for.
    pub mailed: bool,
    /// The message in the mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The language of the mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Who gets a copy; at most one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_to: Option<Email>,
    /// The hash of the ticket in the mail's link, in hexadecimal digits. The ticket itself is kept nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Where it stands.
    pub state: InvitationState,
}

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InvitationState {
    /// Not yet redeemed.
    PendingAcceptance,
    /// Redeemed.
    Completed,
    /// Replaced by a later one.
    Superseded,
    /// The account is gone, or the address is refused now.
    Error,
}

impl Entity for Invitation {
    entity!(Invitation);

    fn person(&self) -> Option<PersonId> {
        Some(self.person)
    }

    fn marks(&self, see: &mut dyn FnMut(Mark, Key)) {
        see(Mark::InvitationMail, Key::new().text(self.mail.as_str()));
        if let Some(ticket) = &self.ticket {
            see(Mark::InvitationTicket, Key::new().text(ticket));
        }
    }
}

/// A one-time passcode: 30 minutes, one use, few attempts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Passcode {
    /// The number.
    pub number: u64,
    /// The address it was sent to.
    pub mail: Email,
    /// The salted hash of the code, in hexadecimal digits.
    pub hash: String,
    /// What the hash is salted with, in hexadecimal digits.
    pub salt: String,
    /// When it was sent.
    pub sent: Timestamp,
    /// When it stops working.
    pub until: Timestamp,
    /// How many wrong codes were tried.
    #[serde(default)]
    pub attempts: u8,
    /// When it was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Timestamp>,
}

impl Entity for Passcode {
    entity!(Passcode);

    fn marks(&self, see: &mut dyn FnMut(Mark, Key)) {
        see(Mark::PasscodeMail, Key::new().text(self.mail.as_str()));
    }
}
