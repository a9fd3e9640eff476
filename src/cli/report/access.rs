//! `guestlist report access`.

use clap::Args;

use super::by::{first, grouping};
use super::written::{About, written};
use crate::app::report::{Access, AccessBy};
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::named::package;
use crate::model::Name;
use crate::store::OpenMode;

/// Report who reaches what: by which package and policy, until when, approved by whom
///
/// Each package that somebody has is a row, with the roles that it gives; so is each role that somebody holds without a
/// package, given in the directory itself or by the rule of a dynamic group. Administrators and Global Readers may see it; with
/// `--package` also who looks after its catalog.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Count by this
    #[arg(long, value_name = "WHAT", value_parser = grouping::<AccessBy>(), default_value = first::<AccessBy>())]
    by: AccessBy,

    /// Only who has this package
    #[arg(long, value_name = "NAME", value_parser = package)]
    package: Option<Name>,

    /// Report on our own people, too
    #[arg(long)]
    everybody: bool,

    /// Show the counts alone
    #[arg(long)]
    counts: bool,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        cx.globals.format.demand_table("report access")?;
        let engine = self.acting.engine(cx, "report access", OpenMode::Read)?;
        let mut access = Access::new(&engine, self.by, self.everybody, self.package.as_ref())?;
        let about = About::of(&engine, "access", "Access", ("way in", "ways in"))?
            .counted("Access", self.by)
            .only_counts(self.counts);
        let about = match (self.everybody, access.of_our_own()?) {
            (true, _) | (_, 0) => about,
            (false, 1) => {
                about.note("1 of our own people has it besides: `--everybody` shows them.")
            }
            (false, own) => about.note(&format!(
                "{own} of our own people have it besides: `--everybody` shows them."
            )),
        };
        written(cx, about, &mut access)
    }
}
