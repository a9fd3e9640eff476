//! Use cases: what the program does, without how it is asked and how it is shown.
//!
//! Uses everything but `cli`. The one idea to know: here the outside is read (files, settings, the store, and through
//! [`World`] the clock) and given to the pure core; the answer is a report that a face renders.

mod apply;
mod ask;
mod audit;
mod check;
mod clock;
mod diff;
mod drift;
mod error;
pub mod governance;
mod hold;
mod import;
mod init;
mod inspect;
mod invariants;
mod lease;
mod lint;
mod manifest;
mod output;
mod picture;
mod plan;
pub mod report;
pub mod repository;
mod rollback;
mod saved;
mod scenario;
#[cfg(test)]
mod scene;
mod schemas;
mod settings;
mod terms;
mod tree;
mod waivers;
mod workspace;

use std::collections::BTreeMap;

use crate::ports::{Clock, Holder, Ids, Secret, Timer};

pub use crate::guard::Ask;
pub use apply::{Applied, Approval, Outcome, apply};
pub use audit::{
    AuditQuery, Destination, Forgotten, Listed, export as audit_export, forget as audit_forget,
    list as audit_list, loose_key, new_key, since as audit_since, verify as audit_verify,
};
pub use check::{Checked, check, check_invariants, validate};
pub use diff::{DiffError, compared_folder, diff};
pub use drift::{drift, refresh};
pub use error::{AppError, Since};
pub use hold::{Patience, Tell, wait_for_lease};
pub use import::import;
pub use init::{Ci, Initialised, init};
pub use inspect::{history, history_run, list, show};
pub use lease::{break_lease, lease_of, lease_status};
pub use lint::{Linted, lint};
pub use output::{write_junit, write_schemas};
pub use picture::{Shows, picture};
pub use plan::{Planned, plan};
pub use rollback::{Rollback, Target, roll_back, rollback};
pub use saved::{Saving, answered, save, saved};
pub use scenario::{Tested, test};
pub use schemas::schemas;
pub use settings::{
    DEFAULT_STORE, FILE, MailSettings, Server, Settings, schema as settings_schema,
};
pub use workspace::{Overrides, Workspace, workspace};

/// What a use case needs from outside besides files and stores.
pub struct World<'w> {
    /// Tells the time.
    pub clock: &'w dyn Clock,
    /// Makes ids.
    pub ids: &'w dyn Ids,
    /// Measures time as it passes, and lets it pass.
    pub timer: &'w dyn Timer,
    /// How long to wait for whoever is writing.
    pub patience: Patience<'w>,
    /// Knows whether a process has certainly ended.
    pub is_gone: fn(&Holder) -> bool,
    /// This process.
    pub holder: Holder,
    /// Who runs it, for the history and the audit log.
    pub actor: String,
    /// The git commit of the tree, where it has one.
    pub commit: Option<String>,
    /// The key that signs heads of the audit log, where the environment has one.
    pub audit_key: Option<Secret>,
    /// The password of the mail server, where the environment has it.
    pub smtp_password: Option<Secret>,
    /// Variables from the environment, by name.
    pub vars: BTreeMap<String, String>,
}

impl std::fmt::Debug for World<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World")
            .field("holder", &self.holder)
            .field("actor", &self.actor)
            .finish_non_exhaustive()
    }
}
