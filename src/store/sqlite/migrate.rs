//! Formats of the file: one list of steps, each embedded, with a checksum that tells a changed step from the one applied.

use rusqlite::Connection;
use uuid::Builder;

use super::connection::Fault;
use crate::model::Digest;

/// One step from a format to the next.
struct Migration {
    name: &'static str,
    sql: &'static str,
}

/// The steps, in order; the number of a step, counted from 1, is the format that it leads to. Never change one.
const STEPS: &[Migration] = &[
    Migration {
        name: "objects, runs, lease, audit",
        sql: include_str!("migrations/0001.sql"),
    },
    Migration {
        name: "purposes of runs",
        sql: include_str!("migrations/0002.sql"),
    },
    Migration {
        name: "guards lifted",
        sql: include_str!("migrations/0003.sql"),
    },
    Migration {
        name: "ledger of the engine",
        sql: include_str!("migrations/0004.sql"),
    },
    Migration {
        name: "people apart from the audit log",
        sql: include_str!("migrations/0005.sql"),
    },
    Migration {
        name: "domains of our own people",
        sql: include_str!("migrations/0006.sql"),
    },
];

/// The newest format that this program knows.
pub(super) fn newest() -> u64 {
    STEPS.len() as u64
}

/// Brings a file to the newest format, in one transaction.
pub(super) fn migrate(connection: &Connection) -> Result<(), Fault> {
    if format(connection)? == newest() {
        return verify(connection);
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let result = steps(connection).and_then(|()| Ok(connection.execute_batch("COMMIT")?));
    if result.is_err() {
        // The first error is the one to tell.
        let _ = connection.execute_batch("ROLLBACK");
    }
    result
}

fn steps(connection: &Connection) -> Result<(), Fault> {
    // Another process may have been faster: look again, now that nobody else can write.
    let found = format(connection)?;
    if found == 0 {
        connection.execute_batch(
            "CREATE TABLE migration (step INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT",
        )?;
    }
    for (step, migration) in (1_u64..).zip(STEPS) {
        if step > found {
            connection.execute_batch(migration.sql)?;
            connection.execute(
                "INSERT INTO migration (step, name, checksum) VALUES (?1, ?2, ?3)",
                (
                    i64::try_from(step).unwrap_or(i64::MAX),
                    migration.name,
                    checksum(migration),
                ),
            )?;
        }
    }
    if found == 0 {
        let random: [u8; 16] =
            connection.query_row("SELECT randomblob(16)", [], |row| row.get(0))?;
        let lineage = Builder::from_random_bytes(random).into_uuid();
        connection.execute(
            "INSERT INTO meta (key, value) VALUES ('lineage', ?1)",
            [lineage.hyphenated().to_string()],
        )?;
    }
    let format = i64::try_from(newest()).unwrap_or(i64::MAX);
    connection.pragma_update(None, "user_version", format)?;
    verify(connection)
}

/// Returns the format of a file; 0 for one that has no tables yet.
pub(super) fn format(connection: &Connection) -> Result<u64, Fault> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    u64::try_from(found).map_err(|_| Fault::Damaged(format!("its format is {found}")))
}

/// Checks that the steps applied are the steps known.
pub(super) fn verify(connection: &Connection) -> Result<(), Fault> {
    let mut statement =
        connection.prepare("SELECT step, name, checksum FROM migration ORDER BY step")?;
    let mut rows = statement.query([])?;
    let mut applied = 0;
    while let Some(row) = rows.next()? {
        let (step, name, found): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let known = STEPS.get(applied);
        applied += 1;
        let same = i64::try_from(applied) == Ok(step)
            && known.is_some_and(|known| known.name == name && checksum(known) == found);
        if !same {
            return Err(Fault::Damaged(format!(
                "its format {step} (`{name}`) was made by another program"
            )));
        }
    }
    if applied != STEPS.len() {
        return Err(Fault::Damaged(
            "the list of its formats is not complete".to_owned(),
        ));
    }
    Ok(())
}

fn checksum(migration: &Migration) -> String {
    Digest::of(migration.sql.as_bytes()).to_string()
}
