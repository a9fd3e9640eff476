//! `guestlist report waivers`.

use clap::Args;

use super::written::{About, written};
use crate::app::report;
use crate::cli::Exit;
use crate::cli::context::Context;
use crate::cli::failure::Failure;

/// Report what the tree silences, why, who answers for it, and until when
///
/// The waiver that ends first stands first. No store is needed.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Show the counts alone
    #[arg(long)]
    counts: bool,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        cx.globals.format.demand_table("report waivers")?;
        let workspace = cx.workspace()?;
        let mut waivers = report::waivers(&workspace, &cx.world())?;
        let about = About::new("waivers", "Waivers", ("waiver", "waivers"), waivers.at)
            .ahead("rule", None)
            .only_counts(self.counts);
        written(cx, about, &mut waivers)
    }
}
