//! Invitations.

use std::borrow::Cow;
use std::io;

use super::card::Card;
use crate::render::doc::{Block, Line, Role, Table, Writer};
use crate::render::json::v1::Invitation;
use crate::render::row::second;
use crate::render::view::count;

/// Returns where an invitation stands, in a plain word.
fn standing(status: &str) -> &'static str {
    match status {
        "PendingAcceptance" => "pending",
        "Completed" => "redeemed",
        "Superseded" => "replaced",
        _ => "void",
    }
}

/// Lowers one invitation.
///
/// # Errors
///
/// Those of the writer.
pub fn invitation(invitation: &Invitation, out: &mut dyn Writer) -> io::Result<()> {
    let title = format!("invitation {}", invitation.number);
    let mailed = match (&invitation.copy_to, invitation.send_invitation_message) {
        (_, false) => "no".to_owned(),
        (None, true) => "yes".to_owned(),
        (Some(copy), true) => format!("yes, with a copy to {copy}"),
    };
    Card::new(title, standing(invitation.status))
        .fact("to", invitation.invited_user_email_address.clone())
        .fact("as", invitation.invited_user_type.to_lowercase())
        .fact("by", invitation.invited_by.clone())
        .fact("sent", second(invitation.sent))
        .fact("mailed", mailed)
        .fact("lands on", invitation.invite_redirect_url.clone())
        .fact("link", invitation.invite_redeem_url.clone())
        .write(out)
}

/// Lowers a list of invitations.
///
/// # Errors
///
/// Those of the writer.
pub fn invitations(invitations: &[Invitation], out: &mut dyn Writer) -> io::Result<()> {
    if !invitations.is_empty() {
        let rows = invitations.iter().map(|one| -> Vec<Cow<'_, str>> {
            vec![
                one.number.to_string().into(),
                one.invited_user_email_address.as_str().into(),
                one.invited_user_type.to_lowercase().into(),
                standing(one.status).into(),
                second(one.sent).into(),
                one.invited_by.as_deref().unwrap_or("").into(),
            ]
        });
        out.block(&Block::Table(Table {
            columns: &["NUMBER", "TO", "AS", "STATE", "SENT", "BY"],
            rows: rows.collect(),
        }))?;
    }
    out.block(&Block::Paragraph(vec![Line::new().and(
        Role::Strong,
        count(invitations.len(), "invitation", "invitations"),
    )]))
}
