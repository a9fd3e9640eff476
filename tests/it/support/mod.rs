//! What the tests of the program share: a sandbox to run it in, and files that remember what it said.

mod golden;
mod sandbox;

pub(crate) mod access;
pub(crate) mod dice;
pub(crate) mod estate;
pub(crate) mod layout;
pub(crate) mod photos;
pub(crate) mod rust;
pub(crate) mod schema;
pub(crate) mod store;
pub(crate) mod trees;

pub(crate) use golden::Golden;
pub(crate) use sandbox::{Outcome, Sandbox};

use std::path::{Path, PathBuf};

/// Returns the bug that is planted, and plants it in this process too.
#[cfg(feature = "planted")]
pub(crate) fn planted() -> Option<String> {
    let bug = std::env::var("GUESTLIST_PLANTED").ok()?;
    guestlist::planted::plant(&bug);
    Some(bug)
}

/// Returns a path below the root of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Returns every file below a folder, sorted by path.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{} can be listed: {error}", folder.display()));
        for entry in entries {
            let path = entry.expect("an entry of a folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
