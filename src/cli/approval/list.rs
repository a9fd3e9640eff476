//! `guestlist approval list`.

use clap::Args;

use crate::app::governance::requests;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::render::view;
use crate::store::OpenMode;

/// List the requests that wait for your decision, the most urgent first
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    acting: Acting,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let engine = self.acting.engine(cx, "approval list", OpenMode::Read)?;
        let list = requests::waiting(&engine)?;
        cx.report(|out| view::requests(&list, out), || &list)?;
        Ok(Exit::Done)
    }
}
