//! `guestlist assignment reprocess`.

use clap::Args;

use super::show;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::governance::assignment::Command;
use crate::store::OpenMode;

/// Deliver once more what an assignment lacks
///
/// Roles that failed, for 14 days after that; roles that somebody took away in the directory, at any time; and roles of an
/// ended assignment that could not be taken away.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The assignment
    #[arg(value_name = "NUMBER")]
    number: u64,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let mut engine = self
            .acting
            .engine(cx, "assignment reprocess", OpenMode::Write)?;
        let decision = engine.serve(&Command::Reprocess(self.number).into())?;
        if decision.is_empty() {
            cx.say("Nothing is missing.");
        }
        show::told(cx, &engine, &[self.number])?;
        Ok(Exit::Done)
    }
}
