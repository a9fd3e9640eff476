//! `guestlist guest sponsor`.

use clap::{Args, Subcommand};

use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::persons;
use crate::governance::people::Command as People;
use crate::model::text::{Email, Principal};
use crate::store::OpenMode;

/// Say who answers for a guest
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add a sponsor; a guest has at most five
    Add(One),
    /// Take a sponsor away
    Remove(One),
}

#[derive(Debug, Args)]
struct One {
    /// The address of the guest
    #[arg(value_name = "ADDRESS", value_parser = Email::parse)]
    guest: Email,

    /// The sponsor
    #[arg(value_name = "user:ADDRESS|group:NAME", value_parser = Principal::parse)]
    sponsor: Principal,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        match &self.command {
            Command::Add(one) => one.run(cx, "guest sponsor add", People::AddSponsor),
            Command::Remove(one) => one.run(cx, "guest sponsor remove", People::RemoveSponsor),
        }
    }
}

impl One {
    fn run(
        &self,
        cx: &Context,
        via: &'static str,
        command: fn(Email, Principal) -> People,
    ) -> Result<Exit, Failure> {
        let mut engine = self.acting.engine(cx, via, OpenMode::Write)?;
        let command = command(self.guest.clone(), self.sponsor.clone());
        let _ = engine.serve(&command.into())?;
        persons::told(cx, &engine, &self.guest)
    }
}
