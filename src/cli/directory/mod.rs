//! `guestlist directory`.

mod export;
mod import;
mod list;
mod show;
mod sign_in;

use clap::{Args, Subcommand};

use super::Exit;
use super::context::Context;
use super::failure::Failure;

/// Make people and groups known, and see who is known
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Import(import::Arguments),
    List(list::Arguments),
    Show(show::Arguments),
    Export(export::Arguments),
    SignIn(sign_in::Arguments),
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        match &self.command {
            Command::Import(arguments) => arguments.run(cx),
            Command::List(arguments) => arguments.run(cx),
            Command::Show(arguments) => arguments.run(cx),
            Command::Export(arguments) => arguments.run(cx),
            Command::SignIn(arguments) => arguments.run(cx),
        }
    }
}
