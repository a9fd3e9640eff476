//! Assignments: one, a list, and what became of a file of them.

use std::borrow::Cow;
use std::io;

use super::card::Card;
use crate::render::doc::{Block, Line, Role, Table, Writer};
use crate::render::json::v1::{Assignment, Assignments, Bulk};
use crate::render::row::second;
use crate::render::view::count;

/// Lowers one assignment.
///
/// # Errors
///
/// Those of the writer.
pub fn assignment(assignment: &Assignment, out: &mut dyn Writer) -> io::Result<()> {
    let instant = |at: Option<jiff::Timestamp>| at.map(second);
    let end = instant(assignment.end).unwrap_or_else(|| "never".to_owned());
    let how = assignment.automatic.then(|| "by rule".to_owned());
    Card::new(
        format!("assignment {}", assignment.number),
        assignment.state,
    )
    .fact("of", assignment.person.clone())
    .fact("package", assignment.package.clone())
    .fact("policy", assignment.policy.clone())
    .fact("request", assignment.request.to_string())
    .fact("came", how)
    .fact("starts", second(assignment.start))
    .fact("ends", end)
    .fact("leaves", instant(assignment.grace_until))
    .fact("ended", instant(assignment.ended))
    .fact("why", assignment.why.map(str::to_owned))
    .write(out)?;
    if assignment.roles.is_empty() {
        return Ok(());
    }
    let rows = assignment.roles.iter().map(|role| {
        vec![
            Cow::from(format!("{} {}", role.kind, role.place)),
            role.role.as_str().into(),
            role.state.into(),
            role.trouble.as_deref().unwrap_or_default().into(),
        ]
    });
    out.block(&Block::Table(Table {
        columns: &["WHERE", "ROLE", "STATE", "TROUBLE"],
        rows: rows.collect(),
    }))
}

/// Lowers a list of assignments.
///
/// # Errors
///
/// Those of the writer.
pub fn assignments(list: &Assignments, out: &mut dyn Writer) -> io::Result<()> {
    if !list.assignments.is_empty() {
        let rows = list.assignments.iter().map(|assignment| {
            let package = assignment.package.as_deref().unwrap_or("gone");
            let end = match (assignment.ended, assignment.end) {
                (Some(ended), _) => second(ended),
                (None, Some(end)) => second(end),
                (None, None) => "never".to_owned(),
            };
            vec![
                Cow::from(assignment.number.to_string()),
                assignment.person.as_str().into(),
                package.strip_prefix("package/").unwrap_or(package).into(),
                assignment.state.into(),
                end.into(),
            ]
        });
        out.block(&Block::Table(Table {
            columns: &["NUMBER", "PERSON", "PACKAGE", "STATE", "ENDS"],
            rows: rows.collect(),
        }))?;
    }
    let sum = count(list.assignments.len(), "assignment", "assignments");
    let sum = match list.next_after {
        None => format!("{sum}."),
        Some(last) => format!("{sum} shown; `--after {last}` shows more."),
    };
    out.block(&Block::Paragraph(vec![Line::new().and(Role::Strong, sum)]))
}

/// Lowers what became of a file.
///
/// # Errors
///
/// Those of the writer.
pub fn bulk(bulk: &Bulk, out: &mut dyn Writer) -> io::Result<()> {
    let mut lines = Vec::new();
    for problem in &bulk.problems {
        lines.push(Line::plain(format!(
            "line {}: {}: {}",
            problem.line, problem.what, problem.message
        )));
        if let Some(help) = &problem.help {
            lines.push(Line::new().and(Role::Faint, format!("  help: {help}")));
        }
    }
    if !lines.is_empty() {
        out.block(&Block::Paragraph(lines))?;
    }
    let done = usize::try_from(bulk.done).unwrap_or(usize::MAX);
    let sum = match (bulk.done, bulk.problems.len()) {
        (0, problems) if problems > 0 => format!(
            "Nothing was done: {}.",
            count(problems, "line has a problem", "lines have problems")
        ),
        (_, 0) => format!("{} done.", count(done, "line", "lines")),
        (_, problems) => format!(
            "{} done, {} not.",
            count(done, "line", "lines"),
            count(problems, "line", "lines")
        ),
    };
    out.block(&Block::Paragraph(vec![Line::new().and(Role::Strong, sum)]))
}
