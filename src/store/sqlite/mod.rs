//! The embedded store: one file, opened with care. A file that is not ours is never touched, and a read writes nothing.

mod absent;
mod connection;
mod migrate;
mod quiet;

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode};

use super::open::OpenMode;
use super::sql::SqlStore;
use super::{Store, StoreError};
use connection::{APPLICATION, Fault, Sqlite};
use quiet::Quiet;

/// A place for a store.
struct Place<'p> {
    name: &'p str,
    path: PathBuf,
}

/// Opens the store in a file.
pub(super) fn open(name: &str, path: &Path, mode: OpenMode) -> Result<Box<dyn Store>, StoreError> {
    let place = Place {
        name,
        path: path.to_owned(),
    };
    let (connection, quiet) = match mode {
        OpenMode::Read => place.read()?,
        OpenMode::Write => (place.write()?, None),
    };
    let file = place.path.display().to_string();
    Ok(Box::new(SqlStore::new(Sqlite::new(
        connection, name, &file, quiet,
    ))))
}

/// What stands in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    Empty,
    Ours,
}

impl Place<'_> {
    fn unavailable(&self, cause: impl std::fmt::Display) -> StoreError {
        StoreError::Unavailable {
            name: self.name.to_owned(),
            doing: "opened",
            cause: format!("{}: {cause}", self.path.display()),
        }
    }

    fn fault(&self, fault: Fault) -> StoreError {
        fault.of(self.name, &self.path.display().to_string(), "opened")
    }

    /// Returns the path with its folder resolved, so that the file itself can be refused to be a link.
    fn exact(&self) -> Result<PathBuf, StoreError> {
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let folder = fs::canonicalize(folder).map_err(|error| self.io(&error))?;
        let file = self
            .path
            .file_name()
            .ok_or_else(|| self.unavailable("it names no file"))?;
        Ok(folder.join(file))
    }

    fn io(&self, error: &std::io::Error) -> StoreError {
        match error.kind() {
            ErrorKind::NotFound => self.unavailable("there is no such folder"),
            ErrorKind::PermissionDenied => self.unavailable("permission denied"),
            _ => self.unavailable(error),
        }
    }

    /// Looks at what is there without giving it to SQLite, which might tidy up what is not ours.
    fn look(&self) -> Result<Found, StoreError> {
        let meta = match fs::symlink_metadata(&self.path) {
            Ok(meta) => meta,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
            Err(error) => return Err(self.io(&error)),
        };
        if meta.is_symlink() {
            return Err(self.unavailable("it is a symbolic link; name the file itself"));
        }
        if !meta.is_file() {
            return Err(self.unavailable("it is not a regular file"));
        }
        let mut header = Vec::with_capacity(100);
        File::open(&self.path)
            .and_then(|file| file.take(100).read_to_end(&mut header))
            .map_err(|error| self.io(&error))?;
        if header.is_empty() {
            return Ok(Found::Empty);
        }
        let damaged = |cause: &str| StoreError::Damaged {
            name: self.name.to_owned(),
            cause: format!("{} {cause}", self.path.display()),
        };
        if header.len() < 100 || !header.starts_with(b"SQLite format 3\0") {
            return Err(damaged("is no SQLite database; it was not touched"));
        }
        if header[68..72] != APPLICATION.to_be_bytes() {
            return Err(damaged(
                "is the database of another program; it was not touched",
            ));
        }
        Ok(Found::Ours)
    }

    fn create(&self) -> Result<(), StoreError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&self.path) {
            // The name must outlive a loss of power as well as what is written under it.
            Ok(file) => file
                .sync_all()
                .and_then(|()| sync_folder(&self.path))
                .map_err(|error| self.io(&error)),
            // Another process was faster; what it made is looked at like any other file.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(self.io(&error)),
        }
    }

    fn write(&self) -> Result<Connection, StoreError> {
        if self.look()? == Found::Nothing {
            self.create()?;
        }
        self.look()?;
        let path = self.exact()?;
        let opened = Sqlite::write(&path).map_err(|fault| self.fault(fault))?;
        self.known(&opened)?;
        // A process that ended while it marked the file leaves a journal, and opening has just taken the mark back.
        Sqlite::is_marked(&opened)
            .and_then(|marked| Sqlite::harden(&opened, !marked))
            .and_then(|()| migrate::migrate(&opened))
            .map_err(|fault| self.fault(fault))?;
        Ok(opened)
    }

    fn read(&self) -> Result<(Connection, Option<Quiet>), StoreError> {
        let absent = || Sqlite::absent().map_err(|fault| self.fault(fault));
        if self.look()? != Found::Ours {
            return Ok((absent()?, None));
        }
        let path = self.exact()?;
        let (opened, quiet) = self.reader(&path).map_err(|fault| self.fault(fault))?;
        match self.known(&opened)? {
            0 => Ok((absent()?, None)), // Made and left before it had tables.
            format if format == migrate::newest() => {
                migrate::verify(&opened).map_err(|fault| self.fault(fault))?;
                Ok((opened, quiet))
            }
            format => Err(self.unavailable(format!(
                "it has the old format {format}; `guestlist apply` brings it to format {}",
                migrate::newest()
            ))),
        }
    }

    /// Opens for reading, without locks where the folder allows none.
    fn reader(&self, path: &Path) -> Result<(Connection, Option<Quiet>), Fault> {
        let first = Sqlite::read(path).and_then(|opened| {
            migrate::format(&opened)?; // The first read is what finds out.
            Ok(opened)
        });
        match first {
            Err(Fault::Sqlite(error)) if is_locked_out(&error) => match Quiet::at(path) {
                Some(quiet) => Ok((Sqlite::read_quiet(path)?, Some(quiet))),
                None => Err(Fault::Sqlite(error)),
            },
            other => other.map(|opened| (opened, None)),
        }
    }

    /// Returns the format of a file, if this program can know it.
    fn known(&self, opened: &Connection) -> Result<u64, StoreError> {
        let found = migrate::format(opened).map_err(|fault| self.fault(fault))?;
        if found > migrate::newest() {
            return Err(StoreError::Newer {
                name: self.name.to_owned(),
                found,
                known: migrate::newest(),
            });
        }
        Ok(found)
    }
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Returns true for the errors of a reader that may not make the files that readers share.
fn is_locked_out(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Bodies, Live, Selection};

    fn read(store: &dyn Store) -> Result<Live, StoreError> {
        store.read(&Selection {
            project: "p",
            bodies: Bodies::All,
        })
    }

    /// A folder that may not be written cannot be had where tests run as the superuser, so its reader is tried directly.
    #[test]
    fn a_reader_without_locks_notices_a_writer() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let path = folder.path().join("test.db");
        drop(open("sqlite:test.db", &path, OpenMode::Write).expect("a new store"));
        let quiet = || {
            let quiet = Quiet::at(&path).expect("no log is left behind");
            let connection = Sqlite::read_quiet(&path).expect("opens");
            SqlStore::new(Sqlite::new(
                connection,
                "sqlite:test.db",
                "test.db",
                Some(quiet),
            ))
        };
        let reader = quiet();
        assert_eq!(read(&reader).expect("reads").generation, 0);
        assert_eq!(fs::read_dir(folder.path()).expect("lists").count(), 1);

        let mut writer = open("sqlite:test.db", &path, OpenMode::Write).expect("opens");
        let lease = writer.lease(&crate::store::LeaseAsk {
            holder: crate::ports::Holder {
                user: "ana".to_owned(),
                host: "laptop".to_owned(),
                pid: 1,
                born: "1".to_owned(),
            },
            operation: "apply".to_owned(),
            now: jiff::Timestamp::UNIX_EPOCH,
            holder_is_gone: |_| false,
        });
        let _ = lease.expect("a lease");
        let error = read(&reader).expect_err("there is a log now");
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
        drop(writer);
        // What was in the log is in the file now, so the file is another one.
        assert!(read(&reader).is_err());
        assert_eq!(read(&quiet()).expect("reads").generation, 0);
    }
}
