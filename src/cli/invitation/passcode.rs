//! `guestlist invitation passcode`.

use clap::Args;

use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::persons;
use crate::governance::invitation::Command;
use crate::model::text::Email;
use crate::store::OpenMode;

/// Mail somebody a one-time passcode
///
/// It works for 30 minutes, once, and ends the one before. Five wrong ones end it as well.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The address
    #[arg(value_name = "ADDRESS", value_parser = Email::parse)]
    address: Email,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let mut engine = self
            .acting
            .engine(cx, "invitation passcode", OpenMode::Write)?;
        let _ = engine.serve(&Command::Passcode(self.address.clone()).into())?;
        cx.say(&format!("A passcode was sent to {}.", self.address));
        persons::told(cx, &engine, &self.address)
    }
}
