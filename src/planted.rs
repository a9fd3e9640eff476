//! Bugs to plant: defences that a build for tests can take away one at a time, to see that the tests notice.
//!
//! Only the feature `planted` makes them, and no release build has it: without it [`is`] is false at compile time, and
//! nothing is left of a bug. With it one bug can be planted, by whoever starts the process: nothing here reads the
//! environment, so the core stays pure. `cargo test --features planted --test planted` plants each in turn.

#[cfg(all(feature = "planted", not(debug_assertions)))]
compile_error!("the feature `planted` takes defences away: it is for tests only");

macro_rules! bugs {
    ($($(#[$doc:meta])* $bug:ident,)*) => {
        /// A defence that is taken away.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Planted {
            $($(#[$doc])* $bug,)*
        }

        /// Every bug by its name.
        #[cfg(feature = "planted")]
        pub const BUGS: &[(&str, Planted)] = &[$((stringify!($bug), Planted::$bug),)*];
    };
}

bugs! {
    /// A run starts with a token that is no longer the one that counts.
    TokenUnchecked,
    /// A run starts on another generation than it was planned on.
    GenerationUnchecked,
    /// A saved plan is applied although other actions come out.
    CommitmentUnchecked,
    /// A saved plan is applied although it was edited.
    EditedPlanAccepted,
    /// A saved plan is applied although its time is over.
    ExpiredPlanAccepted,
    /// A saved plan is applied to another store than it was made on.
    OtherStoreAccepted,
    /// A tree that declares nothing is taken at its word.
    EmptyTreePrunes,
    /// A file that the settings list may be missing.
    MissingFileIgnored,
    /// What is protected is deleted.
    ProtectionIgnored,
    /// Deletes of earlier runs do not count.
    EarlierDeletesForgotten,
    /// The last of a kind is deleted without a word.
    EverythingDeleted,
    /// What another project owns is created a second time.
    ForeignDoubled,
    /// What another project owns is changed.
    ForeignTouched,
    /// An object under a new name is another object.
    RenameIsNew,
    /// A waiver lifts a guard after its end.
    EndedWaiverHonoured,
    /// Every change of a run is committed by itself.
    ChangesCommitAlone,
    /// An entry of the audit log does not cover the one before.
    ChainCut,
    /// The audit log does not tell what was lifted.
    LiftingUntold,
    /// A damaged store is written.
    StoreUnproven,
    /// The database of another program is taken for a store.
    OthersFileTaken,
    /// A commit does not wait for the disk.
    CommitUnsynced,
    /// What something else needs is deleted.
    NeededPruned,
    /// An object that changed since the plan was made is overwritten.
    ChangeOverwritten,
}

/// Returns true where this bug is planted.
#[cfg(not(feature = "planted"))]
pub(crate) const fn is(_: Planted) -> bool {
    false
}

#[cfg(feature = "planted")]
pub use chosen::{is, plant};

#[cfg(feature = "planted")]
mod chosen {
    use std::sync::OnceLock;

    use super::{BUGS, Planted};

    static CHOSEN: OnceLock<Planted> = OnceLock::new();

    /// Returns true where this bug is planted.
    pub fn is(bug: Planted) -> bool {
        CHOSEN.get() == Some(&bug)
    }

    /// Plants the bug of this name for the rest of the process.
    ///
    /// # Panics
    ///
    /// For a name that no bug has.
    pub fn plant(name: &str) {
        let found = BUGS.iter().find(|(known, _)| *known == name);
        let (_, bug) = found.unwrap_or_else(|| panic!("there is no bug `{name}` to plant"));
        CHOSEN.get_or_init(|| *bug);
    }
}
