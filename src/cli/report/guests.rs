//! `guestlist report guests`.

use clap::Args;

use super::by::{first, grouping};
use super::written::{About, written};
use crate::app::report::{Guests, GuestsBy};
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::model::text::Domain;
use crate::store::OpenMode;

/// Report guests by organization, domain, company, sponsor, package, age or last sign-in
///
/// Guests are people from outside with an account here that is not deleted, external members and internal guests included.
/// Administrators, Global Readers and who looks after organizations may see it.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Count by this
    #[arg(long, value_name = "WHAT", value_parser = grouping::<GuestsBy>(), default_value = first::<GuestsBy>())]
    by: GuestsBy,

    /// Only those of this mail domain
    #[arg(long, value_name = "DOMAIN", value_parser = Domain::parse)]
    domain: Option<Domain>,

    /// Show the counts alone
    #[arg(long)]
    counts: bool,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        cx.globals.format.demand_table("report guests")?;
        let engine = self.acting.engine(cx, "report guests", OpenMode::Read)?;
        let mut guests = Guests::new(&engine, self.by, self.domain.clone())?;
        let about = About::of(&engine, "guests", "Guests", ("guest", "guests"))?
            .counted("Guests", self.by)
            .only_counts(self.counts);
        written(cx, about, &mut guests)
    }
}
