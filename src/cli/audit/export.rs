//! `guestlist audit export`.

use std::path::PathBuf;

use clap::Args;

use super::{Context, Exit, Failure};
use crate::app::{self, Destination};
use crate::render::json;

/// Write the whole audit log as lines of JSON
///
/// The oldest entry comes first. People stay ids unless names are asked for.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Write to this file instead of standard output; it is for its owner only
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Say in each line who is behind its ids, as far as that is kept
    #[arg(long)]
    names: bool,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let workspace = cx.workspace()?;
        let Some(path) = &self.out else {
            let mut exported = None;
            cx.write(|out| {
                exported = Some(app::audit_export(
                    &workspace,
                    self.names,
                    Destination::Stream(out),
                ));
                Ok(())
            })?;
            exported.transpose()?;
            return Ok(Exit::Done);
        };
        let path = cx.path(path);
        let entries = app::audit_export(&workspace, self.names, Destination::File(&path))?;
        if cx.is_json() {
            let report = json::v1::AuditExport {
                format_version: json::v1::FormatVersion,
                path: path.display().to_string(),
                entries,
            };
            cx.write(|out| json::write(out, &report))?;
        } else {
            cx.say(&format!("Wrote {entries} entries to {}.", path.display()));
        }
        Ok(Exit::Done)
    }
}
