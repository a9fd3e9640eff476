//! `guestlist version`.

use clap::Args;

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use crate::render::{Block, Line, json, report};

/// Print the version of the program and of the language it reads
#[derive(Debug, Args)]
pub(super) struct Arguments {}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let version = report::Version {
            version: env!("CARGO_PKG_VERSION"),
            language: 1,
        };
        cx.report(
            |out| {
                let line = format!(
                    "guestlist {}, language {}",
                    version.version, version.language
                );
                out.block(&Block::Paragraph(vec![Line::plain(line)]))
            },
            || json::v1::Version::from(&version),
        )?;
        Ok(Exit::Done)
    }
}
