//! `guestlist assignment`.

mod grant;
mod list;
mod reprocess;
mod revoke;
mod show;
mod table;

use clap::{Args, Subcommand};

use super::Exit;
use super::context::Context;
use super::failure::Failure;

/// Assign packages directly, take them away, see who has them
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Grant(grant::Arguments),
    List(list::Arguments),
    Show(show::Arguments),
    Revoke(revoke::Arguments),
    Reprocess(reprocess::Arguments),
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        match &self.command {
            Command::Grant(arguments) => arguments.run(cx),
            Command::List(arguments) => arguments.run(cx),
            Command::Show(arguments) => arguments.run(cx),
            Command::Revoke(arguments) => arguments.run(cx),
            Command::Reprocess(arguments) => arguments.run(cx),
        }
    }
}
