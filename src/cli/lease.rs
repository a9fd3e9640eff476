//! `guestlist lease`.

use clap::{Args, Subcommand};

use super::Exit;
use super::apply::is_yes;
use super::context::Context;
use super::failure::Failure;
use super::waiting::Waiting;
use crate::app;
use crate::render::{json, view};

/// Show who may write to the store now, or take that right away
///
/// Whoever writes holds the lease of the store for as long. It ends by itself a minute after its holder is gone.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Status(Status),
    Break(Break),
}

/// Show who holds the lease
///
/// Says so, too, when nobody does. Nothing is written.
#[derive(Debug, Args)]
struct Status {}

/// Take the lease away from a holder who does not come back
///
/// Shows the holder and asks. Whatever the holder has not written yet is refused from then on. The audit log keeps who broke
/// the lease, and whose it was.
#[derive(Debug, Args)]
struct Break {
    /// The number of the present lease, as `guestlist lease status` shows it
    #[arg(value_name = "TOKEN")]
    token: u64,

    /// Break it without asking
    #[arg(long)]
    auto_approve: bool,

    #[command(flatten)]
    waiting: Waiting,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        match &self.command {
            Command::Status(status) => status.run(cx),
            Command::Break(breaking) => breaking.run(cx),
        }
    }
}

impl Status {
    fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let Self {} = self;
        let status = app::lease_status(&cx.workspace()?, &cx.world())?;
        cx.report(
            |out| view::lease(&status, out),
            || json::v1::Lease::from(&status),
        )?;
        Ok(Exit::Done)
    }
}

impl Break {
    fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let can_ask = Context::can_ask();
        if !self.auto_approve && !can_ask {
            return Err(Failure::new(
                Exit::Usage,
                "there is no terminal to ask on; nothing was done",
            )
            .help("look at `guestlist lease status`, then give `--auto-approve`"));
        }
        let workspace = cx.workspace()?;
        let world = self.waiting.world(cx);
        if !self.auto_approve {
            let lease = app::lease_of(&workspace, &world, self.token)?;
            cx.aside(|out| view::lease_to_break(&lease, out));
            if !is_yes("Break this lease?") {
                cx.say("The lease was not broken.");
                return Ok(Exit::Error);
            }
        }
        let broken = app::break_lease(&workspace, &world, self.token)?;
        cx.report(
            |out| view::broken_lease(&broken, out),
            || json::v1::LeaseBroken::from(&broken),
        )?;
        Ok(Exit::Done)
    }
}
