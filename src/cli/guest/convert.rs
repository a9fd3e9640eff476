//! `guestlist guest convert`.

use clap::Args;

use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::persons;
use crate::governance::people::{Command, Convert};
use crate::model::text::Email;
use crate::store::OpenMode;

/// Put a guest under the lifecycle of external users, or take them out of it
///
/// A governed guest is blocked and deleted after the last assignment, as the tenant's settings say; another one never is.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The address of the guest
    #[arg(value_name = "ADDRESS", value_parser = Email::parse)]
    guest: Email,

    /// The lifecycle applies to them from now on
    #[arg(
        long,
        conflicts_with = "not_governed",
        required_unless_present = "not_governed"
    )]
    governed: bool,

    /// It does not; a block and a deletion that it has begun are called off
    #[arg(long)]
    not_governed: bool,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let mut engine = self.acting.engine(cx, "guest convert", OpenMode::Write)?;
        let to = if self.governed {
            Convert::Governed
        } else {
            Convert::NotGoverned
        };
        let _ = engine.serve(&Command::Convert(self.guest.clone(), to).into())?;
        persons::told(cx, &engine, &self.guest)
    }
}
