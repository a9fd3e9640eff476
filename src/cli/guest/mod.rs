//! `guestlist guest`.

mod act;
mod convert;
mod list;
mod offboard;
mod purge;
mod show;
mod sponsor;

use clap::{Args, Subcommand};

use super::Exit;
use super::context::Context;
use super::failure::Failure;

/// See guests, change their accounts, and part with them
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::Arguments),
    Show(show::Arguments),
    /// Block a guest from sign-in
    Block(act::Arguments),
    /// Lift a block
    Unblock(act::Arguments),
    /// Delete the account of a guest; it can be restored for 30 days
    Delete(act::Arguments),
    /// Restore the account of a guest that was deleted less than 30 days ago
    Restore(act::Arguments),
    /// Leave, as a guest does by themselves
    Leave(act::Arguments),
    Purge(purge::Arguments),
    Convert(convert::Arguments),
    Sponsor(sponsor::Arguments),
    Offboard(offboard::Arguments),
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        use crate::governance::people::Command as People;
        match &self.command {
            Command::List(arguments) => arguments.run(cx),
            Command::Show(arguments) => arguments.run(cx),
            Command::Block(arguments) => arguments.run(cx, "guest block", People::Block),
            Command::Unblock(arguments) => arguments.run(cx, "guest unblock", People::Unblock),
            Command::Delete(arguments) => arguments.run(cx, "guest delete", People::Delete),
            Command::Restore(arguments) => arguments.run(cx, "guest restore", People::Restore),
            Command::Leave(arguments) => arguments.run(cx, "guest leave", People::Leave),
            Command::Purge(arguments) => arguments.run(cx),
            Command::Convert(arguments) => arguments.run(cx),
            Command::Sponsor(arguments) => arguments.run(cx),
            Command::Offboard(arguments) => arguments.run(cx),
        }
    }
}
