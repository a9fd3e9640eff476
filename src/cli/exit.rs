//! Exit codes: the one list of what they mean.

use std::process::ExitCode;

/// How the program ends. Scripts rely on the numbers; they never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "the program ends with it"]
pub enum Exit {
    /// Done; no difference.
    Done = 0,
    /// An error of no other class; a bug says that it is one.
    Error = 1,
    /// There are differences, and the command was asked to tell.
    Differences = 2,
    /// The tree, the settings or a checked file is not as it should be.
    Findings = 3,
    /// A safety rule refuses.
    Refused = 4,
    /// Somebody else is writing, or the store has moved on.
    Conflict = 5,
    /// An apply stopped halfway and can be resumed.
    Incomplete = 6,
    /// The store cannot be reached, or not be read completely; a file beside it cannot be read or written either.
    Unavailable = 7,
    /// Not authenticated, or not allowed.
    Denied = 8,
    /// Something that must fit together does not: store, audit log, signature.
    Integrity = 9,
    /// The command line is wrong.
    Usage = 64,
    /// Stopped by a signal; nothing was written.
    Interrupted = 130,
}

impl Exit {
    /// Returns the number.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Returns the stable word that JSON errors carry.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Error => "error",
            Self::Differences => "differences",
            Self::Findings => "invalid",
            Self::Refused => "refused",
            Self::Conflict => "conflict",
            Self::Incomplete => "incomplete",
            Self::Unavailable => "unavailable",
            Self::Denied => "denied",
            Self::Integrity => "integrity",
            Self::Usage => "usage",
            Self::Interrupted => "interrupted",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
