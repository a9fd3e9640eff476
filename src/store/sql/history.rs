//! What happened: runs with their changes.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, Unit};
use serde_json::Value;

use super::db::{Cell, Db, Param, Row};
use super::identity::Identity;
use super::meta::Meta;
use super::names::{Names, Span};
use super::people;
use super::read;
use crate::model::text::Domain;
use crate::model::{Address, Body, Digest, Kind, canonical};
use crate::plan::Action;
use crate::plan::{OwnDomains, Purpose, RecordedChange, RunRecord};
use crate::store::{StoreError, own};

/// What is read of a run, in the order of [`found`]; at last the domains of our own people before it.
macro_rules! read_run {
    ($rest:literal) => {
        concat!(
            "SELECT name, project, generation, actor, host, revision, tree, plan, started, finished, counts, id, first, last, ",
            "purpose, lifted, own, (SELECT e.own FROM run e WHERE e.project = run.project AND e.id < run.id ",
            "AND e.own IS NOT NULL ORDER BY e.id DESC LIMIT 1) FROM run ",
            $rest
        )
    };
}

const RUNS: &str = read_run!("ORDER BY id DESC LIMIT ?1");
const NAMED: &str = read_run!("WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name LIMIT 2");
const RECORD: &str = "SELECT name, project, generation, actor, host, revision, hex(tree), hex(plan), started, finished, counts, \
    purpose, lifted, first, last, own FROM run WHERE name = ?1";
const OWN: &str =
    "SELECT own FROM run WHERE project = ?1 AND own IS NOT NULL ORDER BY id DESC LIMIT 1";
const CHANGED: &str = "SELECT id, object, run, action, address, renamed, before FROM version WHERE id BETWEEN ?1 AND ?2 ORDER BY id";
const CHANGES: &str = "SELECT v.object, v.action, v.address, v.renamed, v.body, b.id, b.body, b.run, r.project \
    FROM version v LEFT JOIN version b ON b.id = v.before LEFT JOIN run r ON r.id = b.run \
    WHERE v.id BETWEEN ?1 AND ?2 ORDER BY v.id";

const DELETED: &str = "SELECT r.finished, v.address FROM run r JOIN version v ON v.id BETWEEN r.first AND r.last \
    WHERE r.project = ?1 AND r.finished >= ?2 AND v.action IN ('prune', 'replace')";

/// A run, and where its changes are.
struct Found {
    record: RunRecord,
    number: i64,
    first: i64,
    last: i64,
}

pub(super) fn runs(db: &impl Db, most: usize) -> Result<Vec<RunRecord>, StoreError> {
    let mut records = Vec::new();
    db.query(RUNS, &[limit(most)], &mut |row| {
        records.push(found(row)?.record);
        Ok(())
    })?;
    let mut names = people::Names::default();
    for record in &mut records {
        reveal(db, &mut names, record)?;
    }
    Ok(records)
}

/// Reads every run, and says of the first one that cannot be read why.
pub(super) fn check(db: &impl Db) -> Result<(), StoreError> {
    db.query(RUNS, &[limit(usize::MAX)], &mut |row| found(row).map(drop))
}

pub(super) fn run(
    db: &impl Db,
    id: &str,
) -> Result<Option<(RunRecord, Vec<RecordedChange>)>, StoreError> {
    if id.is_empty() {
        return Ok(None);
    }
    let mut matches = Vec::new();
    db.query(NAMED, &[Param::Text(id)], &mut |row| {
        matches.push(found(row)?);
        Ok(())
    })?;
    // In order of names, the shortest and thus the exact one is first.
    let unambiguous = matches.len() == 1 || matches.first().is_some_and(|run| run.record.id == id);
    if !unambiguous {
        return Ok(None);
    }
    let Some(mut run) = matches.into_iter().next() else {
        return Ok(None);
    };
    reveal(db, &mut people::Names::default(), &mut run.record)?;
    let changes = changes(db, &run)?;
    Ok(Some((run.record, changes)))
}

/// Returns the digest of all that is kept of a run and of its changes, apart from the bodies: the commit in the audit log holds
/// it, so that nobody changes who did what when unseen.
pub(super) fn record(db: &impl Db, id: &str) -> Result<Digest, StoreError> {
    let mut lines = String::new();
    let mut range = (0, -1);
    db.query(RECORD, &[Param::Text(id)], &mut |row| {
        // Runs of the formats before have nothing there, and their digests are of what they have.
        let width = if matches!(row.cell(15), Cell::Null) {
            15
        } else {
            16
        };
        line(row, width, &mut lines)?;
        range = (
            row.int(13, "the first change of a run")?,
            row.int(14, "the last change of a run")?,
        );
        Ok(())
    })?;
    let range = [Param::Int(range.0), Param::Int(range.1)];
    db.query(CHANGED, &range, &mut |row| line(row, 7, &mut lines))?;
    Ok(Digest::of(lines.as_bytes()))
}

/// Returns the domains of our own people that a project was last applied with; `None` for one that never was.
pub(super) fn own(db: &impl Db, project: &str) -> Result<Option<Vec<Domain>>, StoreError> {
    let mut found = None;
    db.query(OWN, &[Param::Text(project)], &mut |row| {
        found = domains(row, 0)?;
        Ok(())
    })?;
    Ok(found)
}

/// Reads domains of our own people.
fn domains(row: &dyn Row, at: usize) -> Result<Option<Vec<Domain>>, StoreError> {
    let Some(text) = row.maybe_text(at, "the domains of our own people")? else {
        return Ok(None);
    };
    let domains = own::from_text(text).map_err(|error| {
        row.damaged(format!(
            "the domains of our own people are unreadable: {error}"
        ))
    });
    domains.map(Some)
}

/// Adds a row as a line of canonical JSON.
fn line(row: &dyn Row, width: usize, lines: &mut String) -> Result<(), StoreError> {
    let cell = |at| match row.cell(at) {
        Cell::Null => Ok(Value::Null),
        Cell::Int(number) => Ok(Value::from(number)),
        Cell::Text(text) => Ok(Value::from(text)),
        Cell::Blob(_) | Cell::Alien => {
            Err(row.damaged("what is kept of a run is no text".to_owned()))
        }
    };
    let cells: Vec<Value> = (0..width).map(cell).collect::<Result<_, _>>()?;
    *lines += &canonical(&cells);
    lines.push('\n');
    Ok(())
}

/// Counts the objects that runs of a project deleted or replaced since an instant, by kind. When a run ended can be believed
/// because whoever plans or writes has the store proven first, and the audit log covers it.
pub(super) fn deleted(
    db: &impl Db,
    project: &str,
    since: Timestamp,
) -> Result<BTreeMap<Kind, u64>, StoreError> {
    // Instants are kept as text, whose order is that of time only to the second.
    let second = since
        .round(Unit::Second)
        .and_then(|since| since.checked_sub(SignedDuration::from_secs(2)))
        .unwrap_or(since)
        .to_string();
    let mut deleted = BTreeMap::new();
    let params = [Param::Text(project), Param::Text(&second)];
    db.query(DELETED, &params, &mut |row| {
        let finished: Timestamp = row.parse(0, "the end of a run")?;
        let address: Address = row.parse(1, "the address of a change")?;
        if finished >= since {
            *deleted.entry(address.kind()).or_default() += 1;
        }
        Ok(())
    })?;
    Ok(deleted)
}

/// Puts names into a run.
fn reveal(
    db: &impl Db,
    names: &mut people::Names,
    record: &mut RunRecord,
) -> Result<(), StoreError> {
    record.actor = names.of(db, &record.actor)?;
    names.reveal(db, &mut record.lifted)
}

fn found(row: &dyn Row) -> Result<Found, StoreError> {
    let digest = |at, what: &str| row.bytes(at, what).map(Digest::from_bytes);
    let counts: BTreeMap<String, u64> = serde_json::from_str(row.text(10, "the counts of a run")?)
        .map_err(|error| row.damaged(format!("the counts of a run are unreadable: {error}")))?;
    let counts = Action::ALL.iter().filter_map(|action| {
        let count = counts.get(action.as_str()).copied()?;
        Some((*action, count))
    });
    Ok(Found {
        record: RunRecord {
            id: row.text(0, "the id of a run")?.to_owned(),
            purpose: {
                let purpose = row.text(14, "the purpose of a run")?;
                Purpose::from_text(purpose).ok_or_else(|| {
                    row.damaged(format!(
                        "the purpose of a run is `{}`",
                        purpose.escape_debug()
                    ))
                })?
            },
            project: row.text(1, "the project of a run")?.to_owned(),
            generation: row.count(2, "the generation of a run")?,
            actor: row.text(3, "the actor of a run")?.to_owned(),
            host: row.text(4, "the host of a run")?.to_owned(),
            commit: row.maybe_text(5, "the commit of a run")?.map(str::to_owned),
            tree: digest(6, "the tree of a run")?,
            plan: digest(7, "the plan of a run")?,
            started: row.parse(8, "the start of a run")?,
            finished: row.parse(9, "the end of a run")?,
            counts: counts.collect(),
            lifted: serde_json::from_str(row.text(15, "what a run lifted")?).map_err(|error| {
                row.damaged(format!("what a run lifted is unreadable: {error}"))
            })?,
            own: match (domains(row, 17)?, domains(row, 16)?) {
                (Some(before), Some(after)) => OwnDomains::between(&before, &after),
                _ => None,
            },
        },
        number: row.int(11, "the number of a run")?,
        first: row.int(12, "the first change of a run")?,
        last: row.int(13, "the last change of a run")?,
    })
}

fn changes(db: &impl Db, run: &Found) -> Result<Vec<RecordedChange>, StoreError> {
    let identity = Identity::new(&Meta::read(db)?.lineage);
    let names = Names::read(db)?;
    let mut changes = Vec::new();
    let range = [Param::Int(run.first), Param::Int(run.last)];
    db.query(CHANGES, &range, &mut |row| {
        let address: Address = row.parse(2, "the address of a change")?;
        let word = row.text(1, "the action of a change")?;
        let action = Action::ALL.iter().find(|action| action.as_str() == word);
        let action = action.ok_or_else(|| {
            row.damaged(format!(
                "a change of {address} has the unknown action `{word}`"
            ))
        })?;
        let after = row.maybe_text(4, "a body")?.is_some();
        let after = after.then(|| read::body(row, 4, &address)).transpose()?;
        changes.push(RecordedChange {
            renamed_from: row
                .maybe_text(3, "the address before a rename")?
                .map(str::to_owned),
            action: *action,
            id: identity.id(row.int(0, "the object of a change")?),
            before: before(row, &names, run.number, &address)?,
            after,
            address: address.to_string(),
        });
        Ok(())
    })?;
    Ok(changes)
}

/// Returns the body before a change, with the names of that time.
fn before(
    row: &dyn Row,
    names: &Names,
    run: i64,
    address: &Address,
) -> Result<Option<Body>, StoreError> {
    let Some(project) = row.maybe_text(8, "the project of a run")? else {
        return Ok(None);
    };
    let span = Span {
        since: row.int(7, "the run of a version")?,
        until: run - 1,
    };
    let body = read::body(row, 6, address)?;
    names
        .spell(project, address.kind(), body, span)
        .map(Some)
        .map_err(|error| row.damaged(format!("the body of {address} is not of its kind: {error}")))
}

/// Returns a count as the most rows of a query.
pub(super) fn limit(most: usize) -> Param<'static> {
    Param::Int(i64::try_from(most).unwrap_or(i64::MAX))
}
