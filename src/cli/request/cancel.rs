//! `guestlist request cancel`.

use clap::Args;

use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::requests;
use crate::governance::request::Command;
use crate::store::OpenMode;

/// Stop a request, as an administrator
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The number of the request
    #[arg(value_name = "NUMBER")]
    number: u64,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let mut engine = self.acting.engine(cx, "request cancel", OpenMode::Write)?;
        let decision = engine.serve(&Command::Cancel(self.number).into())?;
        requests::told(cx, &engine, &decision)?;
        Ok(Exit::Done)
    }
}
