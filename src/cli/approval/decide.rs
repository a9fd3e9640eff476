//! `guestlist approval decide`.

use clap::Args;

use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::requests;
use crate::governance::request::{Ballot, Command};
use crate::store::OpenMode;

/// Approve or deny a request
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The number of the request
    #[arg(value_name = "REQUEST")]
    request: u64,

    /// Say yes
    #[arg(long, required_unless_present = "deny", conflicts_with = "deny")]
    approve: bool,

    /// Say no
    #[arg(long)]
    deny: bool,

    /// Why; the other approvers and who asked see it
    #[arg(long, value_name = "TEXT")]
    justification: Option<String>,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let mut engine = self.acting.engine(cx, "approval decide", OpenMode::Write)?;
        let command = Command::Decide(Ballot {
            request: self.request,
            approve: self.approve,
            justification: self.justification.clone(),
        });
        let decision = engine.serve(&command.into())?;
        requests::told(cx, &engine, &decision)?;
        Ok(Exit::Done)
    }
}
