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
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 12] = [
        Self::Done,
        Self::Error,
        Self::Differences,
        Self::Findings,
        Self::Refused,
        Self::Conflict,
        Self::Incomplete,
        Self::Unavailable,
        Self::Denied,
        Self::Integrity,
        Self::Usage,
        Self::Interrupted,
    ];

    /// Returns what it means, in a few words.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Done => "done, or no difference",
            Self::Error => {
                "an error; a file that is named, such as a saved plan, is not there, or is none that a result may take the place of"
            }
            Self::Differences => {
                "there are differences: with `--detailed-exitcode`, `drift` and `diff`"
            }
            Self::Findings => "the tree is invalid, a lint finds an error, or a test does not hold",
            Self::Refused => "refused by a guard, or by the engine",
            Self::Conflict => {
                "conflict: somebody else is writing; a saved plan is out of date, was applied already, is of another store, or is not as it was saved; a request was decided already"
            }
            Self::Incomplete => {
                "done in part: some rows of a list were refused, or an apply stopped halfway and can be resumed"
            }
            Self::Unavailable => "the store, a plan or a result cannot be reached, read or written",
            Self::Denied => {
                "whoever acts may not do that, or the key that signs heads and plans is missing or cannot be used"
            }
            Self::Integrity => {
                "the store or its audit log is damaged, put back, or not the one expected; a signature is missing or does not hold"
            }
            Self::Usage => "the command line is wrong",
            Self::Interrupted => "interrupted",
        }
    }

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

/// Returns all exit codes with their words, on one line.
pub(super) fn listed() -> String {
    let all = Exit::ALL.map(|exit| format!("{} {}", exit.code(), exit.as_str()));
    format!("Exit codes: {}.", all.join(", "))
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
