//! `guestlist guest block`, `unblock`, `delete`, `restore` and `leave`: one address, one command.

use clap::Args;

use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::persons;
use crate::governance::people::Command;
use crate::model::text::Email;
use crate::store::OpenMode;

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The address of the guest
    #[arg(value_name = "ADDRESS", value_parser = Email::parse)]
    guest: Email,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(
        &self,
        cx: &Context,
        via: &'static str,
        command: fn(Email) -> Command,
    ) -> Result<Exit, Failure> {
        let mut engine = self.acting.engine(cx, via, OpenMode::Write)?;
        let _ = engine.serve(&command(self.guest.clone()).into())?;
        persons::told(cx, &engine, &self.guest)
    }
}
