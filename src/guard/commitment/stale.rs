//! Why a saved plan cannot be applied.

use jiff::Timestamp;

use super::{Difference, FORMAT};

/// Why a saved plan is not what it should be. Each keeps the plan from being applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stale {
    /// The file is none of ours, or not whole.
    #[error("the file is no saved plan: {cause}")]
    Unreadable {
        /// What is wrong.
        cause: String,
    },
    /// Another version of the program wrote it.
    #[error("the plan is of the format `{found}`, and this program reads `{FORMAT}`")]
    OtherFormat {
        /// The format found.
        found: String,
    },
    /// The file was changed since it was written.
    #[error("the plan was edited since it was saved: its digest does not fit")]
    Edited,
    /// It is too old.
    #[error("the plan could be applied until {expires}, and it is {now}")]
    Expired {
        /// When it ended.
        expires: Timestamp,
        /// The present instant.
        now: Timestamp,
    },
    /// It was made in the future: the clock of the machine that made it, or of this one, is wrong.
    #[error("the plan was made on {created}, and here it is {now}: one of the two clocks is wrong")]
    FromTheFuture {
        /// When it was made, by the clock of that machine.
        created: Timestamp,
        /// The present instant.
        now: Timestamp,
    },
    /// It was made for another project.
    #[error("the plan is of project `{planned}`, and this is `{found}`")]
    OtherProject {
        /// The project of the plan.
        planned: String,
        /// The project here.
        found: String,
    },
    /// It was made on another store.
    #[error("the plan was made on another store than {store}")]
    OtherStore {
        /// The store here.
        store: String,
    },
    /// It was made before the store existed.
    #[error("the plan was made before {store} existed, and it has changed since")]
    NoLongerFresh {
        /// The store here.
        store: String,
    },
    /// It was applied already.
    #[error("the plan was applied already, by run {run}")]
    Applied {
        /// The run.
        run: String,
    },
    /// Other actions come out now.
    #[error("other changes come out now than those that were planned")]
    Differs {
        /// What differs, in order of addresses.
        differences: Vec<Difference>,
    },
}
