//! `guestlist report`.

mod access;
mod by;
mod expiries;
mod guests;
mod reviews;
mod ungoverned;
mod until;
mod upcoming;
mod waivers;
mod written;

use clap::{Args, Subcommand};

use super::Exit;
use super::context::Context;
use super::failure::Failure;

/// Report who is here, who reaches what, who nobody governs, and what comes
///
/// Every report is text, `--format json`, `csv`, `markdown` or `html`: one page with charts that needs nothing from elsewhere.
/// What is to come is also a calendar: `--format ics`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Guests(guests::Arguments),
    Access(access::Arguments),
    Ungoverned(ungoverned::Arguments),
    Upcoming(upcoming::Arguments),
    Expiries(expiries::Arguments),
    Reviews(reviews::Arguments),
    Waivers(waivers::Arguments),
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        match &self.command {
            Command::Guests(arguments) => arguments.run(cx),
            Command::Access(arguments) => arguments.run(cx),
            Command::Ungoverned(arguments) => arguments.run(cx),
            Command::Upcoming(arguments) => arguments.run(cx),
            Command::Expiries(arguments) => arguments.run(cx),
            Command::Reviews(arguments) => arguments.run(cx),
            Command::Waivers(arguments) => arguments.run(cx),
        }
    }
}
