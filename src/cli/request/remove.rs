//! `guestlist request remove`.

use clap::Args;

use super::held;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::requests;
use crate::governance::request::{Change, Command, Held};
use crate::model::text::Email;
use crate::store::OpenMode;

/// Give a package back
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The number of the assignment, or the package
    #[arg(value_name = "ASSIGNMENT|PACKAGE", value_parser = held)]
    of: Held,

    /// Why
    #[arg(long, value_name = "TEXT")]
    justification: Option<String>,

    /// Do it for this person, as their manager or as the policy allows
    #[arg(long = "for", value_name = "ADDRESS", value_parser = Email::parse)]
    person: Option<Email>,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let mut engine = self.acting.engine(cx, "request remove", OpenMode::Write)?;
        let command = Command::Remove(Change {
            of: self.of.clone(),
            person: self.person.clone(),
            justification: self.justification.clone(),
            end: None,
        });
        let decision = engine.serve(&command.into())?;
        requests::told(cx, &engine, &decision)?;
        Ok(Exit::Done)
    }
}
