//! `guestlist organization list`.

use clap::Args;

use crate::app::governance::partners;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::render::{json, view};
use crate::store::OpenMode;

/// List every organization, declared or only seen in a request, with its numbers
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let engine = self
            .acting
            .engine(cx, "organization list", OpenMode::Read)?;
        engine.may_see_people()?;
        let list = json::v1::PartnerList {
            format_version: json::v1::FormatVersion,
            organizations: partners::all(&engine)?,
        };
        cx.report(|out| view::partners(&list, out), || &list)?;
        Ok(Exit::Done)
    }
}
