//! `guestlist audit key`.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Context, Exit, Failure};
use crate::app;
use crate::render::{Block, Line, json};

/// Make the key that signs where the audit log is
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(New),
}

/// Write a new key to a file for its owner only, and print its public key
///
/// A file that is there already stays as it is. Put the public key under `public-keys` of `[audit]`, so that only heads count
/// that the key signed. In a pipeline, give the key in GUESTLIST_AUDIT_KEY instead of a file: with `-` the key goes to standard
/// output, for the program that keeps the pipeline's secrets, and the public key to standard error.
#[derive(Debug, Args)]
struct New {
    /// The file, or `-`; without it the `key-file` of `[audit]` in guestlist.toml
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let Command::New(new) = &self.command;
        if new
            .file
            .as_deref()
            .is_some_and(|file| file.as_os_str() == "-")
        {
            return hand_over(cx);
        }
        let path = match &new.file {
            Some(file) => cx.path(file),
            None => cx.workspace()?.key_file().ok_or_else(|| {
                Failure::new(Exit::Usage, "it is not said where the key belongs").help(
                    "name a file, or write `key-file = \"…\"` under `[audit]` of guestlist.toml",
                )
            })?,
        };
        let public_key = app::new_key(&path)?.to_string();
        cx.report(
            |out| out.block(&Block::Paragraph(vec![Line::plain(public_key.as_str())])),
            || json::v1::AuditKey {
                format_version: json::v1::FormatVersion,
                path: path.display().to_string(),
                public_key: public_key.clone(),
            },
        )?;
        cx.say(&format!(
            "The key is in {}. Keep it secret; the line above is for everybody.",
            path.display()
        ));
        Ok(Exit::Done)
    }
}

/// Gives a new key to the program that reads standard output, and to nobody else.
fn hand_over(cx: &Context) -> Result<Exit, Failure> {
    let refused = |why: &str| {
        Failure::new(Exit::Usage, why)
            .help("name a file, or pipe it to what keeps secrets: `guestlist audit key new - | …`")
    };
    if io::stdout().is_terminal() {
        return Err(refused("a key is not shown on a terminal"));
    }
    if cx.tells_once() {
        return Err(refused(
            "a key that is handed over has no format: leave out `--format`",
        ));
    }
    let key = app::loose_key()?;
    let text = key.to_text() + "\n";
    cx.write(|out| out.write_all(text.as_bytes()))?;
    cx.say(&format!("Its public key: {}", key.public()));
    Ok(Exit::Done)
}
