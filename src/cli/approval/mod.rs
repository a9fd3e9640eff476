//! `guestlist approval`.

mod decide;
mod list;
mod take_back;

use clap::{Args, Subcommand};

use super::Exit;
use super::context::Context;
use super::failure::Failure;

/// Decide requests that wait for you
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::Arguments),
    Decide(decide::Arguments),
    TakeBack(take_back::Arguments),
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        match &self.command {
            Command::List(arguments) => arguments.run(cx),
            Command::Decide(arguments) => arguments.run(cx),
            Command::TakeBack(arguments) => arguments.run(cx),
        }
    }
}
