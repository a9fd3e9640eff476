//! An import: judged as a whole, then taken in pieces. The same files again change nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use super::Read;
use crate::app::AppError;
use crate::app::governance::Engine;
use crate::diag::{Diagnostic, Diagnostics, code};
use crate::governance::people::{self, Fault, PIECE, PersonRow, Row, What};
use crate::governance::record::{Hold, Mark, PersonId, Place, RecordKind, Source};
use crate::governance::{Decision, Ground, Refusal, Write};
use crate::model::text::Email;
use crate::render::json::v1;

/// What becomes of those whom the files do not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departures {
    /// Nothing: the files are a part of the directory.
    Stay,
    /// They have left: the files are the complete list. At most so many people may leave at once; `None` for the tenth of our
    /// own people, and ten.
    Leave(Option<usize>),
}

/// Imports people, groups and memberships.
///
/// # Errors
///
/// Every problem of the files, as diagnostics, and nothing is written; a refusal when more people would leave than may;
/// those of the store.
pub fn import(
    engine: &mut Engine<'_>,
    paths: &[PathBuf],
    departures: Departures,
) -> Result<v1::DirectoryImport, AppError> {
    let mut problems = Diagnostics::new();
    let mut files = Vec::new();
    for path in paths {
        let bytes = fs::read(path).map_err(|source| AppError::File {
            path: path.clone(),
            doing: "read",
            source,
        })?;
        match super::text(&path.display().to_string(), bytes) {
            Ok(file) => files.push(file),
            Err(diagnostic) => problems.push(diagnostic),
        }
    }
    let read = super::read(files, &mut problems);
    let faults = engine.look(|desk| people::check(desk, &read.roster))?;
    for fault in &faults {
        problems.push(told(&read, fault));
    }
    if problems.has_errors() {
        problems.sort();
        return Err(AppError::Invalid(problems));
    }
    let rows = rows(engine, &read, departures)?;
    let mut done = v1::DirectoryImport {
        format_version: v1::FormatVersion,
        added: 0,
        updated: 0,
        left: 0,
        groups: 0,
        members_added: 0,
        members_removed: 0,
        unchanged: rows.len() as u64,
    };
    for piece in rows.chunks(PIECE) {
        let decision = engine.serve(&people::Command::Import(piece.to_vec()).into())?;
        count(&decision, &mut done);
    }
    let changed = done.added + done.updated + done.left + done.groups;
    let changed = changed + done.members_added + done.members_removed;
    done.unchanged = done.unchanged.saturating_sub(changed);
    Ok(done)
}

/// Returns a fault as a diagnostic at its place.
fn told(read: &Read, fault: &Fault) -> Diagnostic {
    let code = match fault.what {
        What::Taken => code::DUPLICATE_NAME,
        What::Unknown => code::UNKNOWN_REFERENCE,
        What::Circle => code::MANAGER_CIRCLE,
        What::Limit => code::OUT_OF_LIMITS,
        What::State => code::NO_FIT,
    };
    let diagnostic = Diagnostic::error(code, fault.message.clone()).help_opt(fault.help.clone());
    match read.place(fault.list, fault.row, fault.field) {
        Some(place) => diagnostic.at(place),
        None => diagnostic,
    }
}

/// Returns the rows in the order in which they are taken: managers before those they manage, people before groups, groups
/// before memberships, and who has left at the end.
fn rows(engine: &Engine<'_>, read: &Read, departures: Departures) -> Result<Vec<Row>, AppError> {
    let roster = &read.roster;
    let people = ordered(&roster.people);
    let mut rows: Vec<Row> = people
        .map(|person| Row::Person(Box::new(person.clone())))
        .collect();
    rows.extend(roster.groups.iter().cloned().map(Row::Group));
    rows.extend(roster.memberships.iter().cloned().map(Row::Membership));
    if let Departures::Leave(most) = departures {
        rows.extend(ended(engine, read)?.into_iter().map(Row::Ended));
        if !roster.people.is_empty() {
            rows.extend(left(engine, read, most)?.into_iter().map(Row::Left));
        }
    }
    Ok(rows)
}

/// Returns people so that nobody comes before their manager.
fn ordered(people: &[PersonRow]) -> impl Iterator<Item = &PersonRow> {
    let by_mail: BTreeMap<&Email, usize> = people
        .iter()
        .enumerate()
        .map(|(at, person)| (&person.mail, at))
        .collect();
    let mut order = Vec::with_capacity(people.len());
    let mut seen = vec![false; people.len()];
    for start in 0..people.len() {
        let mut chain = Vec::new();
        let mut at = Some(start);
        while let Some(index) = at.filter(|index| seen.get(*index) == Some(&false)) {
            if let Some(seen) = seen.get_mut(index) {
                *seen = true;
            }
            chain.push(index);
            let manager = people
                .get(index)
                .and_then(|it| it.manager.as_ref()?.as_ref());
            at = manager.and_then(|manager| by_mail.get(manager).copied());
        }
        order.extend(chain.into_iter().rev());
    }
    order.into_iter().filter_map(|index| people.get(index))
}

/// Returns the people of our own whom the complete list does not name, unless they are too many.
fn left(engine: &Engine<'_>, read: &Read, most: Option<usize>) -> Result<Vec<PersonId>, AppError> {
    let named: BTreeSet<Email> = read
        .roster
        .people
        .iter()
        .map(|person| person.mail.clone())
        .collect();
    let (missing, own) = engine.missing(&named)?;
    let most = most.unwrap_or_else(|| (own / 10).max(10));
    if missing.len() > most {
        let refusal = Refusal::new(
            Ground::Limit,
            format!(
                "{} of {own} people of our own are not on the list, and at most {most} may leave at once",
                missing.len()
            ),
        )
        .help(format!(
            "look whether the list is complete; if so, `--max-departures {}` lets them go",
            missing.len()
        ));
        return Err(AppError::Governance(Box::new(refusal)));
    }
    Ok(missing)
}

/// Returns the memberships, given in the directory itself, that the complete lists of the files' groups do not name.
fn ended(engine: &Engine<'_>, read: &Read) -> Result<Vec<u64>, AppError> {
    let mut listed: BTreeMap<String, BTreeSet<(&Email, &str)>> = BTreeMap::new();
    for row in &read.roster.memberships {
        let members = listed.entry(row.group.to_string()).or_default();
        members.insert((&row.member, &row.role));
    }
    engine.look(|desk| {
        let mut ended = Vec::new();
        for (group, members) in &listed {
            for hold in desk.find::<Hold>(Mark::HoldPlace, &Place::group(group).key())? {
                let member = desk.person(hold.person)?;
                let stays = members.contains(&(&member.mail, hold.role.as_str()));
                if hold.source == Source::Direct && !stays {
                    ended.push(hold.number);
                }
            }
        }
        Ok(ended)
    })
}

/// Adds what a decision changed.
fn count(decision: &Decision, done: &mut v1::DirectoryImport) {
    for write in &decision.writes {
        let Write { id, before, after } = write;
        match (id.kind, before.is_some(), after) {
            (RecordKind::Person, false, _) => done.added += 1,
            (RecordKind::Person, true, Some(crate::governance::record::Record::Person(person))) => {
                if person.living().is_some() {
                    done.updated += 1;
                } else {
                    done.left += 1;
                }
            }
            (RecordKind::Group, _, _) => done.groups += 1,
            (RecordKind::Hold, false, _) => done.members_added += 1,
            (RecordKind::Hold, true, None) => done.members_removed += 1,
            _ => {}
        }
    }
}
