//! `guestlist invitation`.

mod list;
mod passcode;
mod redeem;
mod reset;
mod send;
mod show;
mod told;

use clap::{Args, Subcommand};

use super::Exit;
use super::context::Context;
use super::failure::Failure;

/// Invite people, and redeem invitations
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Send(Box<send::Arguments>),
    List(list::Arguments),
    Show(show::Arguments),
    Redeem(redeem::Arguments),
    Passcode(passcode::Arguments),
    Reset(reset::Arguments),
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        match &self.command {
            Command::Send(arguments) => arguments.run(cx),
            Command::List(arguments) => arguments.run(cx),
            Command::Show(arguments) => arguments.run(cx),
            Command::Redeem(arguments) => arguments.run(cx),
            Command::Passcode(arguments) => arguments.run(cx),
            Command::Reset(arguments) => arguments.run(cx),
        }
    }
}
