//! `guestlist init`.

use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use crate::app;
use crate::model::Name;
use crate::render::{Block, Line, json};

/// Make a new project with a commented example
///
/// Nothing that exists is overwritten; a `.gitignore` gets the lines that it lacks.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The folder, which is made where it is missing; the working folder without it
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,

    /// The project's name; the folder's without it
    #[arg(long, value_name = "NAME", value_parser = Name::parse)]
    project: Option<Name>,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let here = &cx.globals.dir;
        let folder = self
            .folder
            .as_ref()
            .map_or_else(|| here.clone(), |folder| here.join(folder));
        let made = app::init(&folder, self.project.as_ref())?;
        cx.report(
            |out| {
                let files = made
                    .files
                    .iter()
                    .map(|file| Line::plain(format!("  {file}")));
                let mut lines = vec![Line::plain(format!(
                    "A new project in {}:",
                    made.root.display()
                ))];
                lines.extend(files);
                out.block(&Block::Paragraph(lines))?;
                out.block(&Block::Paragraph(vec![Line::plain(
                    "`guestlist plan` shows what the example would create.",
                )]))
            },
            || json::v1::Init::from(made.files.as_slice()),
        )?;
        Ok(Exit::Done)
    }
}
