//! Reading without taking part in the locks of a file, so that nothing is made beside it: a read counts only if the file
//! stayed as it was.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

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

/// Returns true for a file with something in the log beside it.
pub(super) fn logs(path: &Path) -> bool {
    fs::metadata(log_of(path)).is_ok_and(|log| log.len() > 0)
}

impl Quiet {
    /// Returns the mark of a file whose every commit is in the file itself; `None` where some may be in a log beside it.
    pub(super) fn at(path: &Path) -> Option<Self> {
        let was = Mark::of(path).filter(|_| !logs(path))?;
        Some(Self {
            path: path.to_owned(),
            was,
        })
    }

    /// Returns true while nobody has written since.
    pub(super) fn holds(&self) -> bool {
        Self::at(&self.path).is_some_and(|now| now.was == self.was)
    }
}
