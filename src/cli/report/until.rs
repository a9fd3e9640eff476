//! The date up to which a report looks.

use clap::Args;
use jiff::Timestamp;

use crate::app::governance::Engine;
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::model::text::When;

/// How many days a report looks ahead where nobody says.
const DAYS: i64 = 90;

/// The date up to which a report looks.
#[derive(Debug, Args)]
pub(super) struct Until {
    /// Look up to the end of this day, or up to this instant; 90 days ahead unless told otherwise
    #[arg(long, value_name = "DATE", value_parser = When::parse)]
    until: Option<When>,
}

impl Until {
    /// Returns the instant, if it is to come.
    pub(super) fn instant(&self, engine: &Engine<'_>) -> Result<Timestamp, Failure> {
        let now = engine.now();
        let ahead = jiff::SignedDuration::from_hours(24 * DAYS);
        let until = match &self.until {
            Some(when) => when.resolve(engine.zone()),
            None => now.checked_add(ahead).unwrap_or(Timestamp::MAX),
        };
        if until < now {
            let message = format!("{until} is past, and the report is on what is to come");
            return Err(Failure::new(Exit::Usage, message)
                .help("give `--until` a later day, such as `2027-12-31`"));
        }
        Ok(until)
    }
}
