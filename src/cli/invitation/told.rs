//! What became of an invitation: told after every command that sends one.

use crate::app::governance::{Engine, persons};
use crate::cli::Exit;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::governance::Decision;
use crate::governance::record::{Invitation, RecordKind};
use crate::render::{json, view};

/// Returns the invitations that a decision made, with the links that are told once.
pub(super) fn made(
    engine: &Engine<'_>,
    decision: &Decision,
) -> Result<Vec<json::v1::Invitation>, Failure> {
    let new = decision
        .writes
        .iter()
        .filter(|write| write.id.kind == RecordKind::Invitation && write.before.is_none());
    let mut made = Vec::new();
    for write in new {
        let number = write.id.number;
        let mut report =
            engine.look(|desk| persons::invitation(desk, &desk.need::<Invitation>(number)?))?;
        let told = decision.told.iter().find(|told| told.about == write.id);
        report.invite_redeem_url = told.map(|told| told.text.clone());
        made.push(report);
    }
    Ok(made)
}

/// Tells the invitation that a decision made.
pub(super) fn one(cx: &Context, engine: &Engine<'_>, decision: &Decision) -> Result<Exit, Failure> {
    if let Some(invitation) = made(engine, decision)?.into_iter().next_back() {
        tell(cx, invitation)?;
    }
    Ok(Exit::Done)
}

/// Tells one invitation.
pub(super) fn tell(cx: &Context, invitation: json::v1::Invitation) -> Result<(), Failure> {
    let report = json::v1::InvitationReport {
        format_version: json::v1::FormatVersion,
        invitation,
    };
    cx.report(|out| view::invitation(&report.invitation, out), || &report)
}

/// Tells several invitations.
pub(super) fn all(cx: &Context, invitations: Vec<json::v1::Invitation>) -> Result<Exit, Failure> {
    let report = json::v1::Invitations {
        format_version: json::v1::FormatVersion,
        invitations,
    };
    cx.report(
        |out| view::invitations(&report.invitations, out),
        || &report,
    )?;
    Ok(Exit::Done)
}
