//! The embedded store: one file, opened with care. A file that is not ours is never touched, and a read writes nothing.

mod absent;
mod connection;
mod migrate;
mod quiet;
mod reader;

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::open::OpenMode;
use super::sql::SqlStore;
use super::{Store, StoreError};
use crate::planted::{self, Planted};
use connection::{APPLICATION, Fault, Sqlite};
use quiet::Quiet;
use reader::Reader;

/// How often a read that somebody wrote into is made again. Whoever writes on leaves a log, and then the read is a locked one.
const ATTEMPTS: usize = 5;

/// A place for a store.
#[derive(Debug, Clone)]
struct Place {
    name: String,
    path: PathBuf,
}

/// Opens the store in a file.
pub(super) fn open(name: &str, path: &Path, mode: OpenMode) -> Result<Box<dyn Store>, StoreError> {
    let place = Place {
        name: name.to_owned(),
        path: path.to_owned(),
    };
    Ok(match mode {
        OpenMode::Read => Box::new(Reader::open(place)?),
        OpenMode::Write | OpenMode::Existing => Box::new(place.store(place.write(mode)?)),
    })
}

/// What stands in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    Empty,
    Ours,
}

impl Place {
    fn store(&self, connection: Connection) -> SqlStore<Sqlite> {
        let file = self.path.display().to_string();
        SqlStore::new(Sqlite::new(connection, &self.name, &file))
    }

    fn unavailable(&self, cause: impl std::fmt::Display) -> StoreError {
        StoreError::Unavailable {
            name: self.name.clone(),
            doing: "opened",
            cause: format!("{}: {cause}", self.path.display()),
        }
    }

    fn fault(&self, fault: Fault) -> StoreError {
        fault.of(&self.name, &self.path.display().to_string(), "opened")
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

    /// Refuses a log that lies beside a file with nothing in it: it holds what was committed, and a new file would end it.
    fn no_log(&self) -> Result<(), StoreError> {
        if quiet::logs(&self.path) {
            return Err(StoreError::Damaged {
                name: self.name.clone(),
                cause: format!(
                    "{} is missing or empty, and {} holds some of it",
                    self.path.display(),
                    quiet::log_of(&self.path).display()
                ),
            });
        }
        Ok(())
    }

    /// Looks at what is there without giving it to SQLite, which might tidy up what is not ours.
    fn look(&self) -> Result<Found, StoreError> {
        let meta = match fs::symlink_metadata(&self.path) {
            Ok(meta) => meta,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // A folder that is missing, such as one that is not mounted, says nothing of the store in it.
                self.exact()?;
                self.no_log()?;
                return Ok(Found::Nothing);
            }
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
            self.no_log()?;
            return Ok(Found::Empty);
        }
        let damaged = |cause: &str| StoreError::Damaged {
            name: self.name.clone(),
            cause: format!("{} {cause}", self.path.display()),
        };
        if header.len() < 100 || !header.starts_with(b"SQLite format 3\0") {
            return Err(damaged("is no SQLite database; it was not touched"));
        }
        // The versions of the format to write and to read.
        if header[18..20]
            .iter()
            .any(|version| !matches!(version, 1 | 2))
        {
            return Err(damaged("is of no known format of SQLite"));
        }
        let is_ours = header[68..72] == APPLICATION.to_be_bytes();
        if !is_ours && !planted::is(Planted::OthersFileTaken) {
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
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, PRIVATE);
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

    fn write(&self, mode: OpenMode) -> Result<Connection, StoreError> {
        if mode == OpenMode::Existing && self.look()? != Found::Ours {
            return Err(
                self.unavailable("it was there a moment ago, and is gone; nothing was made")
            );
        }
        if self.look()? == Found::Nothing {
            self.create()?;
        }
        let fresh = self.look()? != Found::Ours;
        let path = self.exact()?;
        if fresh {
            private(&path).map_err(|error| self.io(&error))?;
        }
        let opened = Sqlite::write(&path).map_err(|fault| self.fault(fault))?;
        match self.ready(&opened) {
            Ok(()) => Ok(opened),
            Err(error) => {
                Sqlite::keep(&opened, &path);
                Err(error)
            }
        }
    }

    /// Makes a file that was opened for writing durable and of the newest format.
    fn ready(&self, opened: &Connection) -> Result<(), StoreError> {
        let format = self.known(opened)?;
        if format != 0 && format != migrate::newest() {
            // What is about to be brought to another format; the present one is proven by whoever takes the lease.
            Sqlite::sound(opened).map_err(|fault| self.fault(fault))?;
        }
        // A process that ended while it marked the file leaves a journal, and opening has just taken the mark back.
        Sqlite::is_marked(opened)
            .and_then(|marked| Sqlite::harden(opened, !marked))
            .and_then(|()| migrate::migrate(opened))
            .and_then(|()| Sqlite::settle(opened))
            .map_err(|fault| self.fault(fault))
    }

    /// Opens for reading: without a lock where the file holds every commit, so that nothing is made beside it.
    fn read(&self) -> Result<(Connection, Option<Quiet>), StoreError> {
        if self.look()? != Found::Ours {
            return Ok((self.absent()?, None));
        }
        let path = self.exact()?;
        for _ in 0..ATTEMPTS {
            let Some(quiet) = Quiet::at(&path) else {
                break;
            };
            let opened = Sqlite::read_quiet(&path);
            let opened = opened.map_err(|fault| self.fault(fault));
            let opened = opened.and_then(|opened| self.readable(opened));
            // Even an error says nothing of a file that changed under the read.
            if quiet.holds() {
                return Ok((opened?, Some(quiet)));
            }
        }
        let opened = Sqlite::read(&path).map_err(|fault| self.fault(fault))?;
        Ok((self.readable(opened)?, None))
    }

    /// Checks that a file has the tables to read.
    fn readable(&self, opened: Connection) -> Result<Connection, StoreError> {
        match self.known(&opened)? {
            0 if Sqlite::is_bare(&opened).map_err(|fault| self.fault(fault))? => self.absent(),
            0 => Err(self.fault(Fault::Damaged("it has tables and no format".to_owned()))),
            format if format == migrate::newest() => {
                migrate::verify(&opened).map_err(|fault| self.fault(fault))?;
                Ok(opened)
            }
            format => Err(StoreError::Older {
                name: self.name.clone(),
                found: format,
                needed: migrate::newest(),
            }),
        }
    }

    fn absent(&self) -> Result<Connection, StoreError> {
        Sqlite::absent().map_err(|fault| self.fault(fault))
    }

    /// Returns the format of a file, if this program can know it.
    fn known(&self, opened: &Connection) -> Result<u64, StoreError> {
        let found = migrate::format(opened).map_err(|fault| self.fault(fault))?;
        if found > migrate::newest() {
            return Err(StoreError::Newer {
                name: self.name.clone(),
                found,
                known: migrate::newest(),
            });
        }
        Ok(found)
    }
}

/// For its owner only.
#[cfg(unix)]
const PRIVATE: u32 = 0o600;

/// Makes a file that is about to hold a store one for its owner only; SQLite gives what it makes beside it the same mode.
#[cfg(unix)]
fn private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(PRIVATE))
}

#[cfg(not(unix))]
fn private(_: &Path) -> std::io::Result<()> {
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_writes_waits_for_the_disk() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let place = Place {
            name: "sqlite:test.db".to_owned(),
            path: folder.path().join("test.db"),
        };
        // Once for a new file, once for one that is there.
        for _ in 0..2 {
            let writer = place.write(OpenMode::Write).expect("opens");
            let get = |pragma: &str| -> i64 {
                let found = writer.pragma_query_value(None, pragma, |row| row.get(0));
                found.expect("a number")
            };
            assert_eq!(get("synchronous"), 2);
            assert_eq!(get("foreign_keys"), 1);
            assert_eq!(get("busy_timeout"), 5000);
            assert_eq!(get("trusted_schema"), 0);
            assert_eq!(get("secure_delete"), 1);
            let mode =
                writer.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0));
            assert_eq!(mode.as_deref(), Ok("wal"));
        }
    }

    #[test]
    fn a_log_that_was_left_behind_is_read() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let of = |name: &str| Place {
            name: format!("sqlite:{name}"),
            path: folder.path().join(name),
        };
        let writer = of("test.db").write(OpenMode::Write).expect("opens");
        let set = "UPDATE meta SET value = '7' WHERE key = 'generation'";
        writer.execute_batch(set).expect("writes");
        // As after a loss of power: the file and its log, and nobody who holds them.
        for name in ["", "-wal"] {
            let from = folder.path().join(format!("test.db{name}"));
            fs::copy(from, folder.path().join(format!("copy.db{name}"))).expect("copies");
        }
        let reader = Reader::open(of("copy.db")).expect("opens");
        assert_eq!(reader.head().expect("reads").generation, 7);
    }
}
