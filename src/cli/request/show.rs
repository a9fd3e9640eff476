//! `guestlist request show`.

use clap::Args;

use crate::app::governance::cards;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::governance::request::see;
use crate::render::{json, view};
use crate::store::OpenMode;

/// Show a request: where it stands, who decides, what was answered
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The number of the request
    #[arg(value_name = "NUMBER")]
    number: u64,

    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let engine = self.acting.engine(cx, "request show", OpenMode::Read)?;
        let request = engine.ask(|desk| Ok(cards::request(desk, &see(desk, self.number)?)?))?;
        cx.report(
            |out| view::request(&request, out),
            || json::v1::RequestReport {
                format_version: json::v1::FormatVersion,
                request: request.clone(),
            },
        )?;
        Ok(Exit::Done)
    }
}
