//! `guestlist guest list`.

use clap::{Args, ValueEnum};

use crate::app::governance::persons::{Chosen, Standing};
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::model::text::{Domain, Principal};
use crate::render::{json, view};
use crate::store::OpenMode;

/// List guests and external members
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Only those of this mail domain
    #[arg(long, value_name = "DOMAIN", value_parser = Domain::parse)]
    domain: Option<Domain>,

    /// Only those whom this person or group answers for
    #[arg(long, value_name = "user:ADDRESS|group:NAME", value_parser = Principal::parse)]
    sponsor: Option<Principal>,

    /// Only those in this state
    #[arg(long, value_enum, value_name = "STATE")]
    state: Option<State>,

    /// Only those whom the lifecycle of external users does not reach
    #[arg(long)]
    ungoverned: bool,

    /// Only those who have terms of use to accept
    #[arg(long)]
    terms_due: bool,

    #[command(flatten)]
    acting: Acting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum State {
    /// Invited, not yet redeemed.
    Pending,
    /// Redeemed.
    Accepted,
    /// Blocked from sign-in.
    Blocked,
    /// Deleted, and can be restored.
    Deleted,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let engine = self.acting.engine(cx, "guest list", OpenMode::Read)?;
        let chosen = Chosen {
            outside: true,
            domain: self.domain.clone(),
            sponsor: self.sponsor.clone(),
            standing: self.state.map(|state| match state {
                State::Pending => Standing::Pending,
                State::Accepted => Standing::Accepted,
                State::Blocked => Standing::Blocked,
                State::Deleted => Standing::Deleted,
            }),
            ungoverned: self.ungoverned,
            terms_due: self.terms_due,
        };
        let people = json::v1::People {
            format_version: json::v1::FormatVersion,
            people: engine.people(&chosen)?,
        };
        cx.report(|out| view::people(&people.people, out), || &people)?;
        Ok(Exit::Done)
    }
}
