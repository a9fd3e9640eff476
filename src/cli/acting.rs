//! Flags of the engine's commands: who acts, and when.

use clap::Args;
use jiff::Timestamp;

use super::context::Context;
use super::failure::Failure;
use crate::app::governance::{Acting as Actor, Arrival, Engine};
use crate::governance::record::Identity;
use crate::model::text::{Email, Malformed};
use crate::store::OpenMode;

/// Who acts, and when.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Acting {
    /// Act as this person, on a development store
    #[arg(long = "as", value_name = "ADDRESS", value_parser = Email::parse, help_heading = "Acting")]
    acting: Option<Email>,

    /// Act at this instant, on a development store
    #[arg(long, value_name = "INSTANT", value_parser = instant, help_heading = "Acting")]
    at: Option<Timestamp>,
}

/// Reads an instant with its offset.
pub(super) fn instant(text: &str) -> Result<Timestamp, Malformed> {
    text.parse().map_err(|_| {
        Malformed::new("not an instant")
            .help("write one with its offset, as in `2027-03-01T10:00:00Z`")
    })
}

impl Acting {
    /// Opens the engine for one command.
    pub(super) fn engine(
        &self,
        cx: &Context,
        via: &'static str,
        mode: OpenMode,
    ) -> Result<Engine<'static>, Failure> {
        self.open(cx, via, mode, None)
    }

    /// Opens the engine for one command of somebody who may be unknown so far.
    pub(super) fn arriving(
        &self,
        cx: &Context,
        via: &'static str,
        mode: OpenMode,
        identity: Option<&Identity>,
    ) -> Result<Engine<'static>, Failure> {
        let arrival = Arrival {
            identity: identity.cloned(),
        };
        self.open(cx, via, mode, Some(arrival))
    }

    fn open(
        &self,
        cx: &Context,
        via: &'static str,
        mode: OpenMode,
        arrival: Option<Arrival>,
    ) -> Result<Engine<'static>, Failure> {
        let workspace = cx.workspace()?;
        let actor = Actor {
            person: self.acting.clone(),
            at: self.at,
            arrival,
        };
        Ok(Engine::open(&workspace, &cx.world(), &actor, via, mode)?)
    }
}
