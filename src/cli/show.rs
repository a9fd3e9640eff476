//! `guestlist show`.

use clap::Args;

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use crate::app;
use crate::model::Address;
use crate::render::{json, view};

/// Show one object, as declared and as it is
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The object, as in `package/campaign-partner`
    #[arg(value_name = "ADDRESS")]
    address: Address,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let workspace = cx.workspace()?;
        let shown = app::show(&workspace, &cx.world(), &self.address)?;
        cx.report(
            |out| view::shown(&shown, out),
            || json::v1::Show::from(&shown),
        )?;
        Ok(Exit::Done)
    }
}
