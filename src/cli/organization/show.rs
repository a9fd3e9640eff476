//! `guestlist organization show`.

use clap::Args;

use crate::app::governance::{partings, partners};
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::render::{json, view};
use crate::store::OpenMode;

/// Show an organization and its people
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The name in the tree, or the domain that was seen in a request
    #[arg(value_name = "NAME")]
    name: String,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let via = "organization show";
        let engine = self.acting.engine(cx, via, OpenMode::Read)?;
        engine.may_see_people()?;
        let partner = partings::organization(&engine, &self.name)?;
        let (organization, people) = partners::partner(&engine, &partner)?;
        let show = json::v1::PartnerShow {
            format_version: json::v1::FormatVersion,
            organization,
            people,
        };
        cx.report(|out| view::partner(&show, out), || &show)?;
        Ok(Exit::Done)
    }
}
