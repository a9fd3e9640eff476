//! `guestlist report expiries`.

use clap::Args;

use super::until::Until;
use super::written::{About, written};
use crate::app::report::Expiries;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::store::OpenMode;

/// Report whose access ends until a date
///
/// The earliest first, with whether it can be extended, and whether nothing is left of the person then.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    until: Until,

    /// Show the counts alone
    #[arg(long)]
    counts: bool,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        cx.globals.format.demand_table("report expiries")?;
        let engine = self.acting.engine(cx, "report expiries", OpenMode::Read)?;
        let until = self.until.instant(&engine)?;
        let mut expiries = Expiries::new(&engine, until)?;
        let noun = ("assignment ends", "assignments end");
        let about = About::of(&engine, "expiries", "Access that ends", noun)?
            .ahead("package", Some(until))
            .only_counts(self.counts);
        written(cx, about, &mut expiries)
    }
}
