//! `guestlist invitation show`.

use clap::Args;

use super::told;
use crate::app::governance::persons;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::governance::record::Invitation;
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
        let found = engine.look(|desk| match desk.get::<Invitation>(self.number)? {
            Some(found) => Ok(Some(persons::invitation(desk, &found)?)),
            None => Ok(None),
        })?;
        let Some(invitation) = found else {
            return Err(Failure::new(
                Exit::Error,
                format!("there is no invitation {}", self.number),
            )
            .help("`guestlist invitation list` shows all"));
        };
        told::tell(cx, invitation)?;
        Ok(Exit::Done)
    }
}
