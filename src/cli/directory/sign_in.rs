//! `guestlist directory sign-in`.

use clap::Args;

use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::persons;
use crate::governance::people::Command;
use crate::model::Name;
use crate::model::text::Email;
use crate::store::OpenMode;

/// Let somebody sign in, on a development store
///
/// On a store that counts, sign-ins come with an import: `lastSignInDateTime`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The address
    #[arg(value_name = "ADDRESS", value_parser = Email::parse)]
    person: Email,

    /// They have read these terms of use and accept them; give it once for each
    #[arg(long, value_name = "NAME", value_parser = Name::parse)]
    accept_terms: Vec<Name>,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        if !cx.workspace()?.is_development() {
            return Err(Failure::new(
                Exit::Denied,
                "`directory sign-in` is for development stores",
            )
            .help("import the column `lastSignInDateTime`; `[store] development = true` makes a store one to try things in"));
        }
        let mut engine = self
            .acting
            .engine(cx, "directory sign-in", OpenMode::Write)?;
        let _ = engine
            .serve(&Command::SignIn(self.person.clone(), self.accept_terms.clone()).into())?;
        persons::told(cx, &engine, &self.person)
    }
}
