//! `guestlist invitation reset`.

use clap::Args;

use super::told;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::governance::invitation::{Command, Reset};
use crate::model::text::{Email, Prose};
use crate::store::OpenMode;

/// Let a guest redeem anew, with another identity
///
/// The account, its memberships and its user principal name stay. Links sent before stop working.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The address of the guest
    #[arg(value_name = "ADDRESS", value_parser = Email::parse)]
    guest: Email,

    /// Write this in the mail, as plain text
    #[arg(long, value_name = "TEXT", value_parser = Prose::parse)]
    message: Option<Prose>,

    /// Send no mail: the link is shown here once, to be handed over
    #[arg(long)]
    no_mail: bool,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let mut engine = self
            .acting
            .engine(cx, "invitation reset", OpenMode::Write)?;
        let reset = Reset {
            mail: self.guest.clone(),
            mailed: !self.no_mail,
            message: self.message.as_ref().map(ToString::to_string),
        };
        let decision = engine.serve(&Command::Reset(reset).into())?;
        told::one(cx, &engine, &decision)
    }
}
