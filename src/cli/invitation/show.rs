//! `guestlist invitation show`.

use clap::Args;

use super::told;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::store::OpenMode;

/// Show one invitation
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The number
    #[arg(value_name = "NUMBER")]
    number: u64,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let engine = self.acting.engine(cx, "invitation show", OpenMode::Read)?;
        told::tell(cx, engine.show_invitation(self.number)?)?;
        Ok(Exit::Done)
    }
}
