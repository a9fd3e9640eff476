//! Invitations: sent, sent again, reset, redeemed; and the one-time passcodes that prove a mail address.
//!
//! The one idea to know: an invitation makes an account that waits, and it never expires. What proves who redeems is the
//! way they sign in, not the link. Entra's facts on invitations and on redemption.

mod address;
mod convert;
mod passcode;
mod provider;
mod redeem;
mod reset;
mod secret;
mod send;

pub use address::invitable;
pub use provider::{Provider, passcode_is_on, providers};
pub use redeem::{Door, Redeem};
pub use send::{Send, check};

use super::{Desk, Stop};
use crate::model::text::Email;

/// What can be done with invitations.
#[derive(Debug, Clone)]
pub enum Command {
    /// Invites somebody, or invites them again.
    Send(Box<Send>),
    /// Lets somebody redeem anew: their account, memberships and user principal name stay.
    Reset(Reset),
    /// Redeems an invitation.
    Redeem(Box<Redeem>),
    /// Mails a one-time passcode.
    Passcode(Email),
}

/// Lets somebody redeem anew.
#[derive(Debug, Clone)]
pub struct Reset {
    /// Who.
    pub mail: Email,
    /// Whether they are mailed a new link.
    pub mailed: bool,
    /// A message in the mail.
    pub message: Option<String>,
}

pub(super) fn decide(desk: &mut Desk<'_>, command: &Command) -> Result<(), Stop> {
    match command {
        Command::Send(send) => send::send(desk, send),
        Command::Reset(reset) => reset::reset(desk, reset),
        Command::Redeem(redeem) => redeem::redeem(desk, redeem),
        Command::Passcode(mail) => passcode::send(desk, mail),
    }
}
