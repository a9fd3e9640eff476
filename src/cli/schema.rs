//! `guestlist schema`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use crate::app;
use crate::diag::offer;
use crate::render::{Block, Line, json};

/// How the files of schemas end.
const ENDING: &str = ".schema.json";

/// Print the JSON Schemas of policy files, settings and results
///
/// Without a name, lists them.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The schema to print, as in `policy`
    #[arg(value_name = "NAME", conflicts_with_all = ["write", "check"])]
    name: Option<String>,

    /// Write all of them into this folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "check")]
    write: Option<PathBuf>,

    /// Exit with 3 unless this folder holds exactly these schemas
    #[arg(long, value_name = "FOLDER")]
    check: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let schemas = app::schemas();
        if let Some(folder) = &self.write {
            let folder = cx.path(folder);
            app::write_schemas(&folder, &schemas)?;
            return Ok(Exit::Done);
        }
        if let Some(folder) = &self.check {
            let stale = stale(&cx.path(folder), &schemas);
            names(cx, &stale)?;
            return Ok(if stale.is_empty() {
                Exit::Done
            } else {
                Exit::Findings
            });
        }
        let Some(name) = &self.name else {
            let all: Vec<_> = schemas
                .iter()
                .map(|(file, _)| short(file).to_owned())
                .collect();
            return names(cx, &all).map(|()| Exit::Done);
        };
        let wanted = short(name);
        let Some((_, text)) = schemas.iter().find(|(file, _)| short(file) == wanted) else {
            let known = schemas.iter().map(|(file, _)| short(file));
            let help =
                offer(wanted, known).unwrap_or_else(|| "`guestlist schema` lists them".to_owned());
            return Err(
                Failure::new(Exit::Usage, format!("there is no schema `{name}`")).help(help),
            );
        };
        cx.write(|out| out.write_all(text.as_bytes()))?;
        Ok(Exit::Done)
    }
}

fn short(file: &str) -> &str {
    file.strip_suffix(ENDING).unwrap_or(file)
}

fn names(cx: &Context, names: &[String]) -> Result<(), Failure> {
    cx.report(
        |out| {
            if names.is_empty() {
                return Ok(());
            }
            let lines = names
                .iter()
                .map(|name| Line::plain(name.as_str()))
                .collect();
            out.block(&Block::Paragraph(lines))
        },
        || json::v1::Names::from(names),
    )
}

/// Returns the files that are missing, different, or no schema of ours.
fn stale(folder: &Path, schemas: &[(String, String)]) -> Vec<String> {
    let mut stale: BTreeSet<String> = schemas
        .iter()
        .filter(|(file, text)| fs::read_to_string(folder.join(file)).ok().as_ref() != Some(text))
        .map(|(file, _)| file.clone())
        .collect();
    let present = fs::read_dir(folder).into_iter().flatten().flatten();
    stale.extend(
        present
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|file| {
                file.ends_with(ENDING) && schemas.iter().all(|(known, _)| known != file)
            }),
    );
    stale.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_missing_stale_or_left_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let schemas = ["a", "b"].map(|name| (format!("{name}{ENDING}"), "{}\n".to_owned()));
        app::write_schemas(folder.path(), &schemas).expect("written");
        assert_eq!(stale(folder.path(), &schemas), [""; 0]);
        fs::write(folder.path().join("a.schema.json"), "{ }\n").expect("written");
        fs::remove_file(folder.path().join("b.schema.json")).expect("removed");
        fs::write(folder.path().join("old.schema.json"), "{}\n").expect("written");
        fs::write(folder.path().join("README.md"), "").expect("written");
        assert_eq!(
            stale(folder.path(), &schemas),
            ["a.schema.json", "b.schema.json", "old.schema.json"]
        );
    }
}
