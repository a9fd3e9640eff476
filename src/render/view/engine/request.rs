//! One request.

use std::borrow::Cow;
use std::io;

use super::card::Card;
use crate::render::doc::{Block, Line, Role, Table, Writer};
use crate::render::json::v1::{Answer, Decision, Request, RequestList};
use crate::render::row::second;
use crate::render::view::count;

/// Lowers one request.
///
/// # Errors
///
/// Those of the writer.
pub fn request(request: &Request, out: &mut dyn Writer) -> io::Result<()> {
    let instant = |at: Option<jiff::Timestamp>| at.map(second);
    Card::new(format!("request {}", request.number), request.state)
        .fact("for", request.person.clone())
        .fact("asked by", request.by.clone())
        .fact("package", request.package.clone())
        .fact("policy", request.policy.clone())
        .fact("status", request.status.clone())
        .fact("approvers", request.approvers.join(", "))
        .fact("decide by", instant(request.decide_by))
        .fact("starts", instant(request.start))
        .fact("ends", instant(request.end))
        .fact("why", request.justification.clone())
        .fact("answers", joined(request.answers.iter().map(answered)))
        .fact("decisions", joined(request.decisions.iter().map(decided)))
        .fact(
            "assignment",
            request.assignment.map(|number| number.to_string()),
        )
        .write(out)
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("; ")
}

fn answered(answer: &Answer) -> String {
    format!("{} {}", answer.question, answer.values.join(", "))
}

fn decided(decision: &Decision) -> String {
    let Decision {
        stage,
        by,
        at,
        approved,
        justification,
    } = decision;
    let what = if *approved { "approved" } else { "denied" };
    let by = by.as_deref().unwrap_or("an approver");
    let why = justification.as_ref().map(|why| format!(": {why}"));
    let why = why.unwrap_or_default();
    let at = second(*at);
    format!("stage {stage} {what} by {by} at {at}{why}")
}

/// Lowers a list of requests.
///
/// # Errors
///
/// Those of the writer.
pub fn requests(list: &RequestList, out: &mut dyn Writer) -> io::Result<()> {
    if !list.requests.is_empty() {
        out.block(&Block::Table(Table {
            columns: &["NUMBER", "STATE", "FOR", "PACKAGE", "DECIDE BY"],
            rows: list.requests.iter().map(row).collect(),
        }))?;
    }
    let number = list.requests.len();
    let mut line = Line::new().and(Role::Strong, count(number, "request", "requests"));
    if let Some(before) = list.before {
        line = line.and(
            Role::Plain,
            format!("; there may be earlier ones: `--before {before}`"),
        );
    }
    out.block(&Block::Paragraph(vec![line]))
}

fn row(request: &Request) -> Vec<Cow<'_, str>> {
    let decide_by = request.decide_by.map(second);
    let package = request.package.as_deref().unwrap_or("gone");
    vec![
        request.number.to_string().into(),
        request.state.into(),
        request.person.as_str().into(),
        package.into(),
        decide_by.unwrap_or_default().into(),
    ]
}
