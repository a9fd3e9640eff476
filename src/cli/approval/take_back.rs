//! `guestlist approval take-back`.

use clap::Args;

use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::requests;
use crate::governance::request::Command;
use crate::store::OpenMode;

/// Take an approval back that you gave; the access that came by it ends
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The number of the request
    #[arg(value_name = "REQUEST")]
    request: u64,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let mut engine = self
            .acting
            .engine(cx, "approval take-back", OpenMode::Write)?;
        let decision = engine.serve(&Command::TakeBack(self.request).into())?;
        requests::told(cx, &engine, &decision)?;
        Ok(Exit::Done)
    }
}
