//! `guestlist directory export`.

use clap::{Args, ValueEnum};

use crate::app::governance::roster::{self, Form};
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::governance::people::List;
use crate::store::OpenMode;

/// Write people, groups and memberships as an import reads them
///
/// Everything as JSON, or one list as a table with commas. An import of what was written changes nothing.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Write this list as a table with commas
    #[arg(long, value_enum, value_name = "LIST")]
    csv: Option<What>,

    #[command(flatten)]
    acting: Acting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// People with an account.
    People,
    /// Groups.
    Groups,
    /// Memberships given in the directory itself.
    Memberships,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let engine = self.acting.engine(cx, "directory export", OpenMode::Read)?;
        let form = match self.csv {
            None => Form::Json,
            Some(What::People) => Form::Table(List::People),
            Some(What::Groups) => Form::Table(List::Groups),
            Some(What::Memberships) => Form::Table(List::Memberships),
        };
        let text = roster::export(&engine, form)?;
        cx.write(|out| out.write_all(text.as_bytes()))?;
        Ok(Exit::Done)
    }
}
