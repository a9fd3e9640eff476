//! `guestlist guest offboard`.

use clap::Args;

use crate::app::governance::partings;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::offboarding::Offboarding;
use crate::governance::lifecycle::Command;
use crate::model::text::Email;
use crate::render::{json, view};
use crate::store::OpenMode;

/// Take back everything that somebody from outside has here
///
/// Every assignment ends, open requests are taken back, pending invitations can no longer be redeemed, and sign-in is
/// blocked. The account is deleted when the settings for external users say so, or at once with `--delete`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The address of the person
    #[arg(value_name = "ADDRESS", value_parser = Email::parse)]
    person: Email,

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
        let mut engine = self.acting.engine(cx, "guest offboard", mode)?;
        engine.may_see_people()?;
        let removal = self.offboarding.removal();
        let departure = partings::of_person(&engine, &self.person, removal)?;
        let mut report = json::v1::Offboarding {
            format_version: json::v1::FormatVersion,
            drill: true,
            departure,
        };
        if asks {
            cx.aside(|out| view::offboarding(&report, out));
            if !self.offboarding.is_wanted(self.person.as_str()) {
                cx.say("Nothing was done.");
                return Ok(Exit::Error);
            }
        }
        if !drill {
            let _ = engine.serve(&Command::Offboard(self.person.clone(), removal).into())?;
            report.drill = false;
            partings::settled(&engine, &self.person, &mut report.departure)?;
        }
        cx.report(|out| view::offboarding(&report, out), || &report)?;
        Ok(Exit::Done)
    }
}
