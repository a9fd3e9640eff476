//! What became of a request: told after every command that makes or moves one.

use super::context::Context;
use super::failure::Failure;
use crate::app::governance::{Engine, cards};
use crate::governance::Decision;
use crate::governance::record::{Record, Request};
use crate::render::{json, view};

/// Tells where the request of a decision stands now that what followed outside is done.
pub(super) fn told(cx: &Context, engine: &Engine<'_>, decision: &Decision) -> Result<(), Failure> {
    let moved = decision.writes.iter().find_map(|write| match &write.after {
        Some(Record::Request(request)) => Some(request.number),
        _ => None,
    });
    let Some(number) = moved else {
        return Ok(());
    };
    let request = engine.look(|desk| cards::request(desk, &desk.need::<Request>(number)?))?;
    cx.report(
        |out| view::request(&request, out),
        || json::v1::RequestReport {
            format_version: json::v1::FormatVersion,
            request: request.clone(),
        },
    )
}
