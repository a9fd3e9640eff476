//! `guestlist init`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use crate::app::{self, Ci};
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

    /// Add a pipeline that plans on pull requests, applies on merge and looks for drift at night
    ///
    /// Its files lie at the root of the git repository. A project that is there already gets the pipeline alone.
    #[arg(long, value_enum, value_name = "HOST")]
    ci: Option<Host>,
}

/// A host of pipelines.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Host {
    /// GitHub Actions.
    Github,
    /// GitLab.
    Gitlab,
    /// Azure Pipelines.
    Azure,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let here = &cx.globals.dir;
        let folder = self
            .folder
            .as_ref()
            .map_or_else(|| here.clone(), |folder| here.join(folder));
        let ci = self.ci.map(|host| match host {
            Host::Github => Ci::Github,
            Host::Gitlab => Ci::Gitlab,
            Host::Azure => Ci::Azure,
        });
        let made = app::init(&folder, self.project.as_ref(), ci)?;
        let is_new = made.files.iter().any(|file| file == app::FILE);
        cx.report(
            |out| {
                let files = made
                    .files
                    .iter()
                    .map(|file| Line::plain(format!("  {file}")));
                let what = if is_new {
                    "A new project"
                } else {
                    "A pipeline for the project"
                };
                let mut lines = vec![Line::plain(format!("{what} in {}:", made.root.display()))];
                lines.extend(files);
                out.block(&Block::Paragraph(lines))?;
                let next = if is_new {
                    "`guestlist plan` shows what the example would create."
                } else {
                    "Its comments say what to set up."
                };
                out.block(&Block::Paragraph(vec![Line::plain(next)]))
            },
            || json::v1::Init::from(made.files.as_slice()),
        )?;
        made.hints.iter().for_each(|hint| cx.say(hint));
        Ok(Exit::Done)
    }
}
