//! `guestlist organization offboard`.

use clap::Args;

use crate::app::governance::partings;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::offboarding::Offboarding;
use crate::governance::organization::Command;
use crate::render::{json, view};
use crate::store::OpenMode;

/// Take back everything that the people of an organization have here
///
/// Done for each of them as `guestlist guest offboard` does it, in pieces: stopped in between, `guestlist tick` goes on. The
/// organization itself stays in the tree until it is taken out of it.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The name in the tree, or the domain that was seen in a request
    #[arg(value_name = "NAME")]
    name: String,

    #[command(flatten)]
    offboarding: Offboarding,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let drill = self.offboarding.drill;
        let asks = !drill && self.offboarding.asks()?;
        let mode = if drill {
            OpenMode::Read
        } else {
            OpenMode::Write
        };
        let mut engine = self.acting.engine(cx, "organization offboard", mode)?;
        engine.may_see_people()?;
        let removal = self.offboarding.removal();
        let partner = partings::organization(&engine, &self.name)?;
        let mut report = json::v1::Offboardings {
            format_version: json::v1::FormatVersion,
            drill: true,
            organization: partner.name.clone(),
            departures: Vec::new(),
            taken: json::v1::Taken::default(),
        };
        if drill || asks {
            (report.departures, report.taken) =
                partings::of_organization(&engine, &partner, removal)?;
        }
        if asks {
            cx.aside(|out| view::offboardings(&report, out));
            if !self.offboarding.is_wanted(&partner.name) {
                cx.say("Nothing was done.");
                return Ok(Exit::Error);
            }
        }
        if !drill {
            let begun = engine.serve(&Command::Offboard(partner.name, removal).into())?;
            if let Some(number) = partings::begun(&begun) {
                engine.finish(&Command::Continue(number).into())?;
                report.taken = partings::done(&engine, number)?;
            }
            report.drill = false;
            report.departures.clear();
        }
        cx.report(|out| view::offboardings(&report, out), || &report)?;
        Ok(Exit::Done)
    }
}
