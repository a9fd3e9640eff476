//! What became of a person: told after every command that changes one.

use super::Exit;
use super::context::Context;
use super::failure::Failure;
use crate::app::governance::Engine;
use crate::model::text::Email;
use crate::render::{json, view};

/// Tells how a person is now.
pub(super) fn told(cx: &Context, engine: &Engine<'_>, mail: &Email) -> Result<Exit, Failure> {
    tell(cx, engine.show_person(mail)?)
}

/// Tells one person.
pub(super) fn tell(cx: &Context, person: json::v1::Person) -> Result<Exit, Failure> {
    let report = json::v1::PersonReport {
        format_version: json::v1::FormatVersion,
        person,
    };
    cx.report(|out| view::person(&report.person, out), || &report)?;
    Ok(Exit::Done)
}
