//! A connection: what it must assert before anything is trusted to it, and the adapter of the shared statements.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement};

use super::absent;
use super::quiet::logs;
use crate::planted::{self, Planted};
use crate::store::StoreError;
use crate::store::sql::db::{Cell, Db, Param, Row, See, Step};

/// The oldest SQLite that has the mends of the write-ahead log that durability needs.
const OLDEST: i32 = 3_051_003;
/// How long to wait for another process that writes.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait for another process before there is a lease: whoever holds one is named soon.
const HASTE: Duration = Duration::from_millis(200);
/// Marks a file as ours, in the header of the file: `GLST`.
pub(super) const APPLICATION: i32 = 0x474c_5354;

/// What goes wrong with a connection, before it is said of which store.
#[derive(Debug)]
pub(super) enum Fault {
    /// An error of SQLite.
    Sqlite(rusqlite::Error),
    /// Something is not whole.
    Damaged(String),
    /// Something is not as it must be, though the file may be whole.
    Refused(String),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Fault {
    /// Returns the error to tell.
    pub(super) fn of(self, name: &str, file: &str, doing: &'static str) -> StoreError {
        let name = name.to_owned();
        match self {
            Self::Damaged(cause) => StoreError::Damaged { name, cause },
            Self::Refused(cause) => StoreError::Unavailable { name, doing, cause },
            Self::Sqlite(error) => {
                let cause = format!("{file}: {}", describe(&error));
                match error.sqlite_error_code() {
                    Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                        StoreError::Busy { name }
                    }
                    // None: a value of another type than its column has.
                    None | Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                        StoreError::Damaged { name, cause }
                    }
                    Some(
                        ErrorCode::Unknown
                        | ErrorCode::ConstraintViolation
                        | ErrorCode::TypeMismatch,
                    ) => {
                        // A table or column that is not there, or a row that a constraint refuses.
                        StoreError::Damaged { name, cause }
                    }
                    _ => StoreError::Unavailable { name, doing, cause },
                }
            }
        }
    }
}

fn describe(error: &rusqlite::Error) -> String {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "the disk is full".to_owned(),
        Some(ErrorCode::ReadOnly) => "the file or its folder cannot be written".to_owned(),
        Some(ErrorCode::PermissionDenied) => "permission denied".to_owned(),
        Some(ErrorCode::CannotOpen) => {
            "the file cannot be opened; are the file and its folder accessible?".to_owned()
        }
        _ => error.to_string(),
    }
}

/// A SQLite database.
pub(super) struct Sqlite {
    connection: Connection,
    name: String,
    file: String,
}

impl Sqlite {
    /// Opens a file for writing, which may be empty. Nothing of it changes yet. Until [`Sqlite::settle`] it waits for others
    /// a short while only.
    pub(super) fn write(path: &Path) -> Result<Connection, Fault> {
        recent()?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let connection = Connection::open_with_flags(path, flags)?;
        if connection.is_readonly("main")? {
            // SQLite opens it all the same, and would leave files beside it.
            return Err(Fault::Refused(format!(
                "{}: the file cannot be written",
                path.display()
            )));
        }
        prepare(&connection, HASTE)?;
        Ok(connection)
    }

    /// Makes a connection wait for others that write.
    pub(super) fn settle(connection: &Connection) -> Result<(), Fault> {
        Ok(connection.busy_timeout(PATIENCE)?)
    }

    /// Returns true for a file that carries our mark once everything unfinished is undone.
    pub(super) fn is_marked(connection: &Connection) -> Result<bool, Fault> {
        let found: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        Ok(found == APPLICATION)
    }

    /// Returns true for a file that was made and left before it had tables.
    pub(super) fn is_bare(connection: &Connection) -> Result<bool, Fault> {
        let sql = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)";
        Ok(connection.query_row(sql, [], |row| row.get(0))?)
    }

    /// Makes a file ours and durable: a new one is marked, and every one has a write-ahead log that is synced.
    pub(super) fn harden(connection: &Connection, fresh: bool) -> Result<(), Fault> {
        if fresh {
            // The mark goes into the file itself before there is a write-ahead log, so that a header always tells.
            connection.pragma_update(None, "page_size", 8192)?;
            connection.pragma_update(None, "application_id", APPLICATION)?;
        }
        let mode: String =
            connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            return Err(Fault::Refused(format!(
                "the file cannot have a write-ahead log (its journal is `{mode}`); is it on a network file system?"
            )));
        }
        let wait = if planted::is(Planted::CommitUnsynced) {
            0
        } else {
            2
        };
        set(connection, "synchronous", wait)?;
        // What is erased is overwritten: a name must not linger in a free page.
        set(connection, "secure_delete", 1)?;
        set(connection, "foreign_keys", 1)
    }

    /// Checks every page, index and constraint of a file.
    pub(super) fn sound(connection: &Connection) -> Result<(), Fault> {
        let found: String =
            connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        match &*found {
            "ok" => Ok(()),
            _ => Err(unsound(&found)),
        }
    }

    /// Keeps the log beside a file when the connection is closed, which takes it into the file otherwise. One with nothing
    /// in it goes.
    pub(super) fn keep(connection: &Connection, path: &Path) {
        if logs(path) {
            let keep = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
            // What is wrong with the file is what is told.
            let _ = connection.set_db_config(keep, true);
        }
    }

    /// Opens a file for reading.
    pub(super) fn read(path: &Path) -> Result<Connection, Fault> {
        recent()?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let connection = Connection::open_with_flags(path, flags)?;
        prepare(&connection, PATIENCE)?;
        Ok(connection)
    }

    /// Opens a file for reading that nobody writes, without a lock and without a file beside it.
    pub(super) fn read_quiet(path: &Path) -> Result<Connection, Fault> {
        recent()?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_NOFOLLOW
            | OpenFlags::SQLITE_OPEN_URI;
        let connection = Connection::open_with_flags(immutable(path)?, flags)?;
        prepare(&connection, PATIENCE)?;
        Ok(connection)
    }

    /// Makes an empty store in memory, for reading one that is not there yet.
    pub(super) fn absent() -> Result<Connection, Fault> {
        let connection = Connection::open_in_memory()?;
        prepare(&connection, PATIENCE)?;
        absent::fill(&connection)?;
        connection.pragma_update(None, "query_only", 1)?;
        Ok(connection)
    }

    pub(super) fn new(connection: Connection, name: &str, file: &str) -> Self {
        connection.set_prepared_statement_cache_capacity(64);
        Self {
            connection,
            name: name.to_owned(),
            file: file.to_owned(),
        }
    }

    fn fault(&self, doing: &'static str) -> impl Fn(rusqlite::Error) -> StoreError + '_ {
        move |error| Fault::Sqlite(error).of(&self.name, &self.file, doing)
    }
}

/// Returns what is wrong with a file of which SQLite says this.
fn unsound(said: &str) -> Fault {
    // A page that the disk does not give says nothing of what is on it.
    let code = said
        .rsplit_once("error code=")
        .and_then(|(_, code)| code.trim().parse().ok())
        .map(rusqlite::ffi::Error::new)
        .filter(|error| error.code == ErrorCode::SystemIoFailure);
    match code {
        Some(error) => Fault::Sqlite(rusqlite::Error::SqliteFailure(error, None)),
        None => Fault::Damaged(said.trim().replace('\n', ": ")),
    }
}

/// Returns the URI of a file that does not change while it is read.
fn immutable(path: &Path) -> Result<String, Fault> {
    let text = path
        .to_str()
        .ok_or_else(|| Fault::Refused("its path is not UTF-8".to_owned()))?;
    let mut uri = "file:".to_owned();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02x}"));
        }
    }
    Ok(uri + "?immutable=1")
}

fn recent() -> Result<(), Fault> {
    if rusqlite::version_number() < OLDEST {
        return Err(Fault::Refused(format!(
            "SQLite {} is too old: 3.51.3 is needed",
            rusqlite::version()
        )));
    }
    Ok(())
}

/// Sets what holds for every connection. Nothing here touches the file.
fn prepare(connection: &Connection, patience: Duration) -> Result<(), Fault> {
    connection.busy_timeout(patience)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.pragma_update(None, "cache_size", -32_768)?;
    Ok(())
}

/// Sets a pragma and reads it back.
fn set(connection: &Connection, pragma: &str, value: i64) -> Result<(), Fault> {
    connection.pragma_update(None, pragma, value)?;
    let found: i64 = connection.pragma_query_value(None, pragma, |row| row.get(0))?;
    if found != value {
        return Err(Fault::Refused(format!(
            "SQLite keeps `{pragma}` at {found}, and {value} is needed"
        )));
    }
    Ok(())
}

impl Db for Sqlite {
    fn name(&self) -> &str {
        &self.name
    }

    fn leave(&self) {
        Self::keep(&self.connection, Path::new(&self.file));
    }

    fn sound(&self) -> Result<(), StoreError> {
        Self::sound(&self.connection).map_err(|fault| fault.of(&self.name, &self.file, "read"))
    }

    fn transact(&self, step: Step) -> Result<(), StoreError> {
        let (sql, doing) = match step {
            Step::Read => ("BEGIN", "read"),
            Step::Write | Step::Claim => ("BEGIN IMMEDIATE", "written"),
            Step::Commit => ("COMMIT", "written"),
            Step::Rollback => ("ROLLBACK", "read"),
        };
        if step == Step::Rollback && self.connection.is_autocommit() {
            return Ok(()); // SQLite has rolled back by itself, as after a full disk.
        }
        let run = || {
            if step != Step::Claim {
                return self.connection.execute_batch(sql);
            }
            self.connection.busy_timeout(HASTE)?;
            let claimed = self.connection.execute_batch(sql);
            self.connection.busy_timeout(PATIENCE).and(claimed)
        };
        run().map_err(self.fault(doing))
    }

    fn execute(&self, sql: &'static str, params: &[Param<'_>]) -> Result<usize, StoreError> {
        let run = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            bind(&mut statement, params)?;
            statement.raw_execute()
        };
        run().map_err(self.fault("written"))
    }

    fn query(
        &self,
        sql: &'static str,
        params: &[Param<'_>],
        see: See<'_>,
    ) -> Result<(), StoreError> {
        let fault = self.fault("read");
        let mut statement = self.connection.prepare_cached(sql).map_err(&fault)?;
        bind(&mut statement, params).map_err(&fault)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(&fault)? {
            see(&Line {
                row,
                name: &self.name,
            })?;
        }
        Ok(())
    }
}

fn bind(statement: &mut Statement<'_>, params: &[Param<'_>]) -> rusqlite::Result<()> {
    for (at, param) in (1..).zip(params) {
        match param {
            Param::Null => statement.raw_bind_parameter(at, rusqlite::types::Null)?,
            Param::Int(value) => statement.raw_bind_parameter(at, value)?,
            Param::Text(text) => statement.raw_bind_parameter(at, text)?,
            Param::Blob(bytes) => statement.raw_bind_parameter(at, bytes)?,
        }
    }
    Ok(())
}

/// A row, with the name of its store for messages.
struct Line<'r> {
    row: &'r rusqlite::Row<'r>,
    name: &'r str,
}

impl Row for Line<'_> {
    fn cell(&self, at: usize) -> Cell<'_> {
        match self.row.get_ref(at) {
            Ok(ValueRef::Null) => Cell::Null,
            Ok(ValueRef::Integer(value)) => Cell::Int(value),
            Ok(ValueRef::Text(bytes)) => std::str::from_utf8(bytes).map_or(Cell::Alien, Cell::Text),
            Ok(ValueRef::Blob(bytes)) => Cell::Blob(bytes),
            Ok(ValueRef::Real(_)) | Err(_) => Cell::Alien,
        }
    }

    fn damaged(&self, cause: String) -> StoreError {
        StoreError::Damaged {
            name: self.name.to_owned(),
            cause,
        }
    }
}
