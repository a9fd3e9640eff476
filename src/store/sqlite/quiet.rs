//! Reading where nothing may be written: a file in a read-only folder is read without locks, and a read counts only if
//! the file stayed as it was.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::store::StoreError;

/// A file as it was when it was opened.
#[derive(Debug)]
pub(super) struct Quiet {
    path: PathBuf,
    was: Mark,
}

#[derive(Debug, PartialEq, Eq)]
struct Mark {
    length: u64,
    modified: SystemTime,
}

impl Mark {
    fn of(path: &Path) -> Option<Self> {
        let meta = fs::metadata(path).ok()?;
        Some(Self {
            length: meta.len(),
            modified: meta.modified().ok()?,
        })
    }
}

/// Returns the file of the write-ahead log beside a file.
pub(super) fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

impl Quiet {
    /// Returns the mark of a file whose every commit is in the file itself; `None` where some may be in a log beside it.
    pub(super) fn at(path: &Path) -> Option<Self> {
        let logged = fs::metadata(log_of(path)).is_ok_and(|log| log.len() > 0);
        let was = Mark::of(path).filter(|_| !logged)?;
        Some(Self {
            path: path.to_owned(),
            was,
        })
    }

    /// Checks that nobody has written since.
    pub(super) fn check(&self, name: &str) -> Result<(), StoreError> {
        let now = Self::at(&self.path);
        if now.is_some_and(|now| now.was == self.was) {
            return Ok(());
        }
        Err(StoreError::Unavailable {
            name: name.to_owned(),
            doing: "read",
            cause: "another process wrote to the file meanwhile".to_owned(),
        })
    }
}
