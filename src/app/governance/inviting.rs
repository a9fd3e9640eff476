//! Many invitations from one file, in the form of Entra's bulk invitations: all of them, or none and every problem.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::csv::{self, Cell, Record};
use super::{Engine, roster};
use crate::app::AppError;
use crate::diag::{Diagnostic, Diagnostics, code, offer};
use crate::governance::invitation::{self, Command, Send};
use crate::governance::people::PIECE;
use crate::governance::record::UserType;
use crate::governance::{Decision, Stop};
use crate::model::text::{Malformed, Principal, Prose};
use crate::source::SourceFile;

/// The first line.
const VERSION: &str = "version:v1.0";

/// The second line.
const HEADER: &str = "Email address to invite [inviteeEmail] Required,Redirection url [inviteRedirectURL] Required,Send invitation message (true or false) [sendEmail],Customized invitation message [customizedMessageBody]";

/// The names of the columns, as they stand in brackets.
const COLUMNS: [&str; 4] = [
    "inviteeEmail",
    "inviteRedirectURL",
    "sendEmail",
    "customizedMessageBody",
];

/// Invites everybody in a file.
///
/// # Errors
///
/// Every problem of the file, as diagnostics, with what the engine would refuse; then nobody is invited. Those of the store.
pub fn send(
    engine: &mut Engine<'_>,
    path: &Path,
    user_type: UserType,
    sponsors: &[Principal],
) -> Result<Vec<Decision>, AppError> {
    let bytes = fs::read(path).map_err(|source| AppError::File {
        path: path.to_owned(),
        doing: "read",
        source,
    })?;
    let mut problems = Diagnostics::new();
    let mut sends = Vec::new();
    match roster::text(&path.display().to_string(), bytes) {
        Err(diagnostic) => problems.push(diagnostic),
        Ok(file) => {
            let mut rows = rows(&file, &mut problems);
            for (send, _) in &mut rows {
                send.user_type = user_type;
                send.sponsors = sponsors.to_vec();
            }
            for (send, cell) in &rows {
                let checked = engine.look(|desk| match invitation::check(desk, send) {
                    Ok(()) => Ok(None),
                    Err(Stop::Refused(refusal)) => Ok(Some(refusal)),
                    Err(Stop::Unread(unread)) => Err(unread),
                })?;
                if let Some(refusal) = checked {
                    problems.push(
                        Diagnostic::error(code::NOT_ADMITTED, refusal.message.clone())
                            .at(file.place(cell.start, cell.end))
                            .help_opt(refusal.help.clone()),
                    );
                }
            }
            sends = rows.into_iter().map(|(send, _)| send).collect();
        }
    }
    if problems.has_errors() {
        problems.sort();
        return Err(AppError::Invalid(problems));
    }
    let mut decisions = Vec::new();
    for piece in sends.chunks(PIECE) {
        let commands = piece.iter().cloned().map(Box::new).map(Command::Send);
        let commands: Vec<_> = commands.map(Into::into).collect();
        decisions.push(engine.decide_all(&commands)?);
        engine.drain()?;
    }
    Ok(decisions)
}

/// Reads the invitations of a file, each with the cell of its address.
fn rows(file: &SourceFile, out: &mut Diagnostics) -> Vec<(Send, Cell)> {
    let first = file.text().lines().next().unwrap_or_default();
    if first.trim_end_matches(',').trim() != VERSION {
        out.push(
            Diagnostic::error(
                code::BAD_VERSION,
                "the first line is not the version of the form",
            )
            .at(file.place(0, first.len() as u32))
            .help(format!(
                "write `{VERSION}` on the first line, and the columns on the second"
            )),
        );
        return Vec::new();
    }
    let after = file
        .text()
        .find('\n')
        .map_or(file.text().len(), |at| at + 1);
    let records = match csv::records(file, after) {
        Ok(records) => records,
        Err(diagnostic) => {
            out.push(diagnostic);
            return Vec::new();
        }
    };
    let mut records = records.into_iter();
    let Some(header) = records.next() else {
        out.push(
            Diagnostic::error(code::NO_TABLE, "no line names the columns")
                .at(file.place(after as u32, after as u32))
                .help(format!("write `{HEADER}` on the second line")),
        );
        return Vec::new();
    };
    let Some(columns) = columns(file, &header, out) else {
        return Vec::new();
    };
    let mut seen = BTreeMap::new();
    let mut rows = Vec::new();
    for record in records {
        let Some((send, cell)) = row(file, &columns, &record, out) else {
            continue;
        };
        if let Some(first) = seen.insert(send.address.to_lowercase(), file.line(cell.start)) {
            out.push(
                Diagnostic::error(
                    code::DUPLICATE_NAME,
                    format!("{} stands twice", send.address),
                )
                .at(file.place(cell.start, cell.end))
                .help(format!("keep one line; the other is line {first}")),
            );
        }
        rows.push((send, cell));
    }
    rows
}

/// Returns what the columns are: by the name in brackets, whatever the words around it.
fn columns(file: &SourceFile, header: &Record, out: &mut Diagnostics) -> Option<Vec<&'static str>> {
    let mut columns = Vec::new();
    let mut sound = true;
    for cell in &header.cells {
        let place = file.place(cell.start, cell.end);
        let name = cell
            .text
            .split_once('[')
            .and_then(|(_, rest)| rest.split_once(']'));
        let name = name.map_or(cell.text.as_str(), |(name, _)| name);
        match COLUMNS.iter().find(|column| **column == name) {
            Some(column) if columns.contains(column) => {
                sound = false;
                let message = format!("the column `{column}` stands twice");
                let twice = Diagnostic::error(code::DUPLICATE_KEY, message);
                out.push(twice.at(place).help("keep one of them"));
            }
            Some(column) => columns.push(*column),
            None => {
                sound = false;
                out.push(
                    Diagnostic::error(
                        code::UNKNOWN_KEY,
                        format!("nothing reads the column `{name}`"),
                    )
                    .at(place)
                    .help(offer(name, COLUMNS).unwrap_or_else(|| format!("write `{HEADER}`"))),
                );
            }
        }
    }
    for needed in ["inviteeEmail", "inviteRedirectURL"] {
        if sound && !columns.contains(&needed) {
            sound = false;
            out.push(
                Diagnostic::error(
                    code::MISSING_KEY,
                    format!("the column `[{needed}]` is missing"),
                )
                .at(file.place(header.start, header.end))
                .help(format!("write `{HEADER}`")),
            );
        }
    }
    sound.then_some(columns)
}

fn row(
    file: &SourceFile,
    columns: &[&'static str],
    record: &Record,
    out: &mut Diagnostics,
) -> Option<(Send, Cell)> {
    let mut sound = true;
    let mut problem = |start: u32, end: u32, code, problem: Malformed| {
        sound = false;
        out.push(
            Diagnostic::error(code, problem.message)
                .at(file.place(start, end))
                .help_opt(problem.help),
        );
    };
    if record.cells.len() > columns.len() {
        problem(
            record.start,
            record.end,
            code::NO_TABLE,
            Malformed::new("the line has more cells than columns")
                .help("a message holds no comma: write another character"),
        );
        return None;
    }
    let cell = |name: &str| {
        let at = columns.iter().position(|column| *column == name)?;
        record.cells.get(at).filter(|cell| !cell.text.is_empty())
    };
    let mut send = Send::to("");
    send.mailed = false;
    for needed in ["inviteeEmail", "inviteRedirectURL"] {
        if cell(needed).is_none() {
            let empty =
                Malformed::new(format!("`{needed}` is empty")).help("fill it, or delete the line");
            problem(record.start, record.end, code::MISSING_KEY, empty);
        }
    }
    send.redirect = cell("inviteRedirectURL").map(|cell| cell.text.clone());
    if let Some(cell) = cell("sendEmail") {
        match cell.text.to_ascii_lowercase().as_str() {
            "true" => send.mailed = true,
            "false" => {}
            other => {
                let message = format!("`{other}` says neither to mail nor not to");
                let wrong = Malformed::new(message).help("write `true` or `false`");
                problem(cell.start, cell.end, code::BAD_FORMAT, wrong);
            }
        }
    }
    if let Some(cell) = cell("customizedMessageBody") {
        if cell.text.contains(',') {
            let comma = Malformed::new("a message holds no comma").help("write another character");
            problem(cell.start, cell.end, code::BAD_FORMAT, comma);
        } else if let Err(wrong) = Prose::parse(&cell.text) {
            problem(cell.start, cell.end, code::BAD_FORMAT, wrong);
        }
        send.message = Some(cell.text.clone());
    }
    let address = cell("inviteeEmail")?;
    send.address.clone_from(&address.text);
    sound.then(|| (send, address.clone()))
}
