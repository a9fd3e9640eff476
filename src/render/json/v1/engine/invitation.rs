//! Invitations.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::render::json::v1::FormatVersion;

/// One invitation.
#[derive(Debug, Serialize, JsonSchema)]
pub struct InvitationReport {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The invitation.
    pub invitation: Invitation,
}

/// Invitations.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Invitations {
    /// The version of this format.
    pub format_version: FormatVersion,
    /// The invitations, in the order in which they were sent.
    pub invitations: Vec<Invitation>,
}

/// An invitation.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// The number.
    pub number: u64,
    /// The address invited.
    pub invited_user_email_address: String,
    /// The number of the person.
    pub person: u64,
    /// `Guest` or `Member`.
    pub invited_user_type: &'static str,
    /// `PendingAcceptance`, `Completed`, `Superseded` or `Error`.
    pub status: &'static str,
    /// Who invited; absent for whoever runs the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invited_by: Option<String>,
    /// When.
    #[schemars(with = "String")]
    pub sent: Timestamp,
    /// Whether a mail was asked for.
    pub send_invitation_message: bool,
    /// Who gets a copy of the mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_to: Option<String>,
    /// Where they land after redeeming.
    pub invite_redirect_url: String,
    /// The link to redeem by, told once to whoever sends no mail. It is kept nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite_redeem_url: Option<String>,
}
