//! `guestlist directory show`.

use clap::Args;

use crate::cli::Exit;
use crate::cli::acting::Acting;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::model::text::{Email, Malformed};
use crate::render::{json, view};
use crate::store::OpenMode;

/// Show a person, or a group with its members
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// The address of a person, or `group:` and the name of a group
    #[arg(value_name = "ADDRESS|group:NAME", value_parser = what)]
    what: What,

    #[command(flatten)]
    acting: Acting,
}

#[derive(Debug, Clone)]
enum What {
    Person(Email),
    Group(String),
}

fn what(text: &str) -> Result<What, Malformed> {
    match text.strip_prefix("group:") {
        Some(name) => Ok(What::Group(name.to_owned())),
        None => Email::parse(text).map(What::Person),
    }
}

impl Arguments {
    pub(in crate::cli) fn run(&self, cx: &Context) -> Result<Exit, Failure> {
        let engine = self.acting.engine(cx, "directory show", OpenMode::Read)?;
        match &self.what {
            What::Person(mail) => {
                let report = json::v1::PersonReport {
                    format_version: json::v1::FormatVersion,
                    person: engine.see_person(mail)?,
                };
                cx.report(|out| view::person(&report.person, out), || &report)?;
            }
            What::Group(name) => {
                let report = json::v1::GroupReport {
                    format_version: json::v1::FormatVersion,
                    group: engine.show_group(name)?,
                };
                cx.report(|out| view::group(&report.group, out), || &report)?;
            }
        }
        Ok(Exit::Done)
    }
}
