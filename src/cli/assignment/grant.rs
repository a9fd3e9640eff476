//! `guestlist assignment grant`.

use clap::Args;
use jiff::Timestamp;

use crate::cli::Exit;
use crate::cli::acting::{Acting, instant};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::requests;
use crate::governance::assignment::{Command, Direct};
use crate::model::text::Email;
use crate::model::{Address, Kind, Name};
use crate::store::OpenMode;

/// Assign a package to somebody directly
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The address of the person
    #[arg(value_name = "PERSON", value_parser = Email::parse)]
    person: Email,

    /// The package
    #[arg(value_name = "PACKAGE", value_parser = Name::parse)]
    package: Name,

    /// The policy of the package that the assignment is made through
    #[arg(long, value_name = "POLICY", value_parser = Name::parse)]
    policy: Name,

    /// The name of somebody whom the directory does not know yet
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Start then, not now
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    start: Option<Timestamp>,

    /// End then, where the policy allows as much
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    end: Option<Timestamp>,

    /// Why
    #[arg(long, value_name = "TEXT")]
    justification: Option<String>,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let mut engine = self
            .acting
            .engine(cx, "assignment grant", OpenMode::Write)?;
        let command = Command::Grant(Direct {
            person: self.person.clone(),
            name: self.name.clone(),
            policy: Address::within(Kind::Policy, &self.package, &self.policy),
            start: self.start,
            end: self.end,
            justification: self.justification.clone(),
        });
        let decision = engine.serve(&command.into())?;
        requests::told(cx, &engine, &decision)?;
        Ok(Exit::Done)
    }
}
