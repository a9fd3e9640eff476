//! Many commands from a file: all problems first, each with its line, and nothing done while there is one.

use std::collections::BTreeMap;

use super::{AppError, Engine};
use crate::governance::{Command, Desk, Refusal, Stop, decide};
use crate::render::json::v1;

/// A line of a file, and the command that it stands for.
#[derive(Debug, Clone)]
pub struct Row {
    /// The line, counted from 1; the first is that of the names of the columns.
    pub line: u64,
    /// Whom or what it is about, as the file says it.
    pub what: String,
    /// The command.
    pub command: Command,
}

/// How many lines are decided as one.
const BATCH: usize = 50;

/// Returns the problem of a line.
#[must_use]
pub fn problem(line: u64, what: &str, message: String, help: Option<String>) -> v1::BulkProblem {
    v1::BulkProblem {
        line,
        what: what.to_owned(),
        message,
        help,
    }
}

/// Returns what stands against each line as the store is now, in order of lines.
///
/// # Errors
///
/// Those of reading.
pub fn check(engine: &Engine<'_>, rows: &[Row]) -> Result<Vec<v1::BulkProblem>, AppError> {
    let mut problems = Vec::new();
    let mut first: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows {
        let known = *first.entry(row.what.to_lowercase()).or_insert(row.line);
        if known != row.line {
            let message = format!("stands on line {known} already");
            problems.push(problem(row.line, &row.what, message, None));
        }
    }
    let refused = engine.look(|desk| {
        let mut refused = Vec::new();
        for row in rows {
            if let Some(refusal) = refusal(desk, &row.command)? {
                refused.push(problem(row.line, &row.what, refusal.message, refusal.help));
            }
        }
        Ok(refused)
    })?;
    problems.extend(refused);
    problems.sort_by_key(|problem| problem.line);
    Ok(problems)
}

/// Returns why a command would be refused.
fn refusal(
    desk: &Desk<'_>,
    command: &Command,
) -> Result<Option<Refusal>, crate::governance::Unread> {
    match decide(desk.world(), command, desk.moment) {
        Ok(_) => Ok(None),
        Err(Stop::Refused(refusal)) => Ok(Some(*refusal)),
        Err(Stop::Unread(unread)) => Err(unread),
    }
}

/// Carries the lines out, in pieces. A line that is refused after all is told; the others are done. What follows outside is
/// done at the end, or by ticks.
///
/// # Errors
///
/// Those of the store. What was done is kept.
pub fn carry_out(
    engine: &mut Engine<'_>,
    rows: &[Row],
) -> Result<(u64, Vec<v1::BulkProblem>), AppError> {
    let (mut done, mut problems) = (0, Vec::new());
    for piece in rows.chunks(BATCH) {
        let commands: Vec<Command> = piece.iter().map(|row| row.command.clone()).collect();
        match engine.decide_all(&commands) {
            Ok(_) => done += piece.len() as u64,
            Err(AppError::Governance(_)) => {
                // One of them: each by itself tells which.
                for row in piece {
                    match engine.decide(&row.command) {
                        Ok(_) => done += 1,
                        Err(AppError::Governance(refusal)) => problems.push(problem(
                            row.line,
                            &row.what,
                            refusal.message,
                            refusal.help,
                        )),
                        Err(error) => return Err(error),
                    }
                }
            }
            Err(error) => return Err(error),
        }
        engine.drain()?;
    }
    Ok((done, problems))
}
