//! `guestlist organization`.

mod list;
mod offboard;
mod show;

use clap::{Args, Subcommand};

use super::Exit;
use super::context::Context;
use super::failure::Failure;

/// See partner organizations and their people, and part with them
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::Arguments),
    Offboard(offboard::Arguments),
    Show(show::Arguments),
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        match &self.command {
            Command::List(arguments) => arguments.run(cx),
            Command::Offboard(arguments) => arguments.run(cx),
            Command::Show(arguments) => arguments.run(cx),
        }
    }
}
