//! `guestlist audit`.

mod export;
mod forget;
mod key;
mod list;
mod verify;

use clap::{Args, Subcommand};

use super::Exit;
use super::context::Context;
use super::failure::Failure;

/// Look at the audit log, check it, export it, and erase people from it
///
/// Every change of the store is an entry in a chain of hashes. People stand in it as ids; who that is lies apart and can be
/// erased. With a key, every apply signs where the log is, so that a store that was put back or written anew is found out.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::Arguments),
    Export(export::Arguments),
    Verify(verify::Arguments),
    Forget(forget::Arguments),
    Key(key::Arguments),
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        match &self.command {
            Command::List(arguments) => arguments.run(cx),
            Command::Export(arguments) => arguments.run(cx),
            Command::Verify(arguments) => arguments.run(cx),
            Command::Forget(arguments) => arguments.run(cx),
            Command::Key(arguments) => arguments.run(cx),
        }
    }
}
