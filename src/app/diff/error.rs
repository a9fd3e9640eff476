//! What can be wrong with the sides of a comparison.

use std::io;
use std::path::PathBuf;

/// What can be wrong with the sides of a comparison, before their trees are read.
#[derive(Debug, thiserror::Error)]
pub enum DiffError {
    /// A name that no revision can have, and no folder has.
    #[error("`{name}` is no revision: {why}")]
    BadName {
        /// The name.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A name that a folder and a revision have.
    #[error("`{name}` is a folder and a revision")]
    Ambiguous {
        /// The name.
        name: String,
    },
    /// A name that nothing has.
    #[error("`{name}` is neither a folder nor a revision of this repository")]
    Unknown {
        /// The name.
        name: String,
    },
    /// A revision is asked for, and there is no repository.
    #[error("`{name}` is no folder, and {} lies in no git repository", folder.display())]
    NoRepository {
        /// The name.
        name: String,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// A side that holds no project.
    #[error("{place} holds no guestlist.toml")]
    NoProject {
        /// The side.
        place: String,
        /// Where the revision has one instead, as one may write it.
        instead: Vec<String>,
    },
    /// A revision is asked for, and git cannot be started.
    #[error("git cannot be started")]
    NoGit {
        /// Why.
        source: io::Error,
    },
    /// Git failed, or answered in a way that it never should.
    #[error("git failed: {cause}")]
    Git {
        /// What it said.
        cause: String,
    },
}
