//! `guestlist directory list`.

use clap::{Args, ValueEnum};

use crate::app::governance::persons::Chosen;
use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::render::{json, view};
use crate::store::OpenMode;

/// List people, or groups
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// What to list
    #[arg(value_enum, default_value_t = What::People)]
    what: What,

    #[command(flatten)]
    acting: Acting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Everybody who is known.
    People,
    /// Groups.
    Groups,
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let engine = self.acting.engine(cx, "directory list", OpenMode::Read)?;
        match self.what {
            What::People => {
                let people = json::v1::People {
                    format_version: json::v1::FormatVersion,
                    people: engine.people(&Chosen::default())?,
                };
                cx.report(|out| view::people(&people.people, out), || &people)?;
            }
            What::Groups => {
                let groups = json::v1::Groups {
                    format_version: json::v1::FormatVersion,
                    groups: engine.groups()?,
                };
                cx.report(|out| view::groups(&groups.groups, out), || &groups)?;
            }
        }
        Ok(Exit::Done)
    }
}
