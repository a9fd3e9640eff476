//! `guestlist assignment show`.

use clap::Args;

use crate::app::governance::{Engine, assignments};
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::render::{json, view};
use crate::store::OpenMode;

/// Show an assignment with its roles
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
        let engine = self.acting.engine(cx, "assignment show", OpenMode::Read)?;
        told(cx, &engine, &[self.number])?;
        Ok(Exit::Done)
    }
}

/// Tells where assignments stand now.
pub(super) fn told(cx: &Context, engine: &Engine<'_>, numbers: &[u64]) -> Result<(), Failure> {
    let mut found = Vec::new();
    for number in numbers {
        found.push(assignments::one(engine, *number)?);
    }
    cx.report(
        |out| {
            found
                .iter()
                .try_for_each(|assignment| view::assignment(assignment, out))
        },
        || json::v1::Assignments {
            format_version: json::v1::FormatVersion,
            assignments: found.clone(),
            next_after: None,
        },
    )
}
