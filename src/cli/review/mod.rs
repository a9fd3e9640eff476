//! `guestlist review`.

mod decide;
mod list;
mod show;

use clap::{Args, Subcommand};

use super::Exit;
use super::context::Context;
use super::failure::Failure;

/// See what waits for a review, and decide
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Decide(decide::Arguments),
    List(list::Arguments),
    Show(show::Arguments),
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        match &self.command {
            Command::Decide(arguments) => arguments.run(cx),
            Command::List(arguments) => arguments.run(cx),
            Command::Show(arguments) => arguments.run(cx),
        }
    }
}
