//! `guestlist request`.

mod cancel;
mod extend;
mod list;
mod remove;
mod reprocess;
mod show;
mod submit;
mod withdraw;

use clap::{Args, Subcommand};

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use super::named::package;
use crate::governance::request::Held;
use crate::model::text::Malformed;

/// Ask for packages, keep them longer, give them back, see what became of it
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Submit(submit::Arguments),
    List(list::Arguments),
    Show(show::Arguments),
    Withdraw(withdraw::Arguments),
    Cancel(cancel::Arguments),
    Reprocess(reprocess::Arguments),
    Extend(extend::Arguments),
    Remove(remove::Arguments),
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        match &self.command {
            Command::Submit(arguments) => arguments.run(cx),
            Command::List(arguments) => arguments.run(cx),
            Command::Show(arguments) => arguments.run(cx),
            Command::Withdraw(arguments) => arguments.run(cx),
            Command::Cancel(arguments) => arguments.run(cx),
            Command::Reprocess(arguments) => arguments.run(cx),
            Command::Extend(arguments) => arguments.run(cx),
            Command::Remove(arguments) => arguments.run(cx),
        }
    }
}

/// Reads what somebody has: the number of an assignment, or the name of a package.
fn held(text: &str) -> Result<Held, Malformed> {
    match text.parse() {
        Ok(number) => Ok(Held::Assignment(number)),
        Err(_) => package(text).map(Held::Package),
    }
}
