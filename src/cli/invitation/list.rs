//! `guestlist invitation list`.

use clap::Args;

use super::told;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::model::text::Email;
use crate::store::OpenMode;

/// List invitations
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Only those to this address
    #[arg(value_name = "ADDRESS", value_parser = Email::parse)]
    address: Option<Email>,

    /// Only those that wait to be redeemed
    #[arg(long)]
    pending: bool,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let engine = self.acting.engine(cx, "invitation list", OpenMode::Read)?;
        let mut invitations = engine.invitations(self.address.as_ref())?;
        invitations.retain(|one| !self.pending || one.status == "PendingAcceptance");
        told::all(cx, invitations)
    }
}
