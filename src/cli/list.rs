//! `guestlist list`.

use clap::Args;

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use crate::app;
use crate::diag::offer;
use crate::model::Kind;
use crate::model::text::Malformed;
use crate::render::{json, view};

/// List objects: what the tree declares and what is live
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Only objects of this kind, as in `package`
    #[arg(value_name = "KIND", value_parser = kind)]
    kind: Option<Kind>,

    /// List live objects that no project owns instead
    #[arg(long)]
    unmanaged: bool,
}

/// Reads a kind: the word that addresses start with, or the section that declares it.
fn kind(text: &str) -> Result<Kind, Malformed> {
    let known = Kind::ALL.iter().copied();
    known
        .clone()
        .find(|kind| kind.as_str() == text || kind.section() == text)
        .ok_or_else(|| {
            let words = known.map(Kind::as_str);
            let all = || {
                format!(
                    "the kinds are {}",
                    words.clone().collect::<Vec<_>>().join(", ")
                )
            };
            Malformed::new("there is no such kind")
                .help(offer(text, words.clone()).unwrap_or_else(all))
        })
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let workspace = cx.workspace()?;
        let objects = app::list(&workspace, &cx.world(), self.kind, self.unmanaged)?;
        cx.report(
            |out| view::list(&objects, out),
            || json::v1::List::from(objects.as_slice()),
        )?;
        Ok(Exit::Done)
    }
}
