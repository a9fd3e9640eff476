//! `guestlist outbox`.

mod list;
mod retry;

use clap::{Args, Subcommand};

use super::Exit;
use super::context::Context;
use super::failure::Failure;

/// See mails and roles that wait to be sent or given, and those that failed
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::Arguments),
    Retry(retry::Arguments),
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        match &self.command {
            Command::List(arguments) => arguments.run(cx),
            Command::Retry(arguments) => arguments.run(cx),
        }
    }
}
