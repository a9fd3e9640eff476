//! `guestlist guest show`.

use clap::Args;

use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::persons;
use crate::model::text::Email;
use crate::store::OpenMode;

/// Show a guest: account, identity, sponsors, access
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The address of the guest
    #[arg(value_name = "ADDRESS", value_parser = Email::parse)]
    guest: Email,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let engine = self.acting.engine(cx, "guest show", OpenMode::Read)?;
        persons::tell(cx, engine.see_person(&self.guest)?)
    }
}
