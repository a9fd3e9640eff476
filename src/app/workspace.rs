//! A project as it lies on disk: its root, its settings, the environment chosen, the store meant.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::audit::{self, HeadsFile};
use super::settings::{DEFAULT_STORE, Environment, FILE, MailSettings, Settings, find_root};
use super::{AppError, tree};
use crate::audit::PublicKey;
use crate::diag::Diagnostics;
use crate::guard::Thresholds;
use crate::lint::Levels;
use crate::model::text::Domain;
use crate::source::SourceFile;
use crate::store::{OpenMode, Store, StoreError, open};

/// Settings from the command line and the environment; they win over the file.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The store.
    pub store: Option<String>,
    /// The heads file; `none` for none.
    pub heads: Option<String>,
    /// The file that holds the key that signs heads.
    pub key_file: Option<String>,
}

/// In the place of a heads file: none. A copy of a store, far from its heads, is planned against without them.
const NO_HEADS: &str = "none";

/// A project as it lies on disk.
#[derive(Debug)]
pub struct Workspace {
    /// The folder that holds the settings.
    pub root: PathBuf,
    /// The settings.
    pub settings: Settings,
    /// The file that they stand in.
    pub file: SourceFile,
    /// The environment chosen.
    pub environment: Environment,
    /// The store's URL.
    pub store_url: String,
    /// Settings from the command line and the environment.
    pub overrides: Overrides,
    /// Whether a store that was put back from an older copy is gone on with.
    pub accept_restore: bool,
}

/// What is set about the audit log, in the environment chosen.
#[derive(Debug, Clone)]
pub(super) struct Audit {
    /// The heads file.
    pub(super) heads: Option<HeadsFile>,
    /// The file that holds the key.
    pub(super) key_file: Option<PathBuf>,
    /// The keys that count; any, where there is none.
    pub(super) trusted: Vec<PublicKey>,
}

/// Finds the project that a folder is in.
///
/// # Errors
///
/// When there is none, or its settings cannot be used.
pub fn workspace(
    from: &Path,
    environment: Option<&str>,
    overrides: &Overrides,
) -> Result<Workspace, AppError> {
    let unread = |path: &Path| {
        let path = path.to_owned();
        move |source| AppError::File {
            path,
            doing: "read",
            source,
        }
    };
    let from = fs::canonicalize(from).map_err(unread(from))?;
    let root = find_root(&from)
        .ok_or_else(|| AppError::NoProject { from: from.clone() })?
        .to_owned();
    let file = tree::read_one(&root, FILE).map_err(|problem| {
        let mut problems = Diagnostics::new();
        problems.push(problem);
        AppError::Settings(problems)
    })?;
    let settings = Settings::read(&file).map_err(AppError::Settings)?;
    let environment = settings.environment(environment).map_err(|problem| {
        let mut problems = Diagnostics::new();
        problems.push(problem);
        AppError::Settings(problems)
    })?;
    let chosen = overrides
        .store
        .as_ref()
        .or(environment.store.url.as_ref())
        .or(settings.store.url.as_ref());
    let store_url = chosen.map_or(DEFAULT_STORE, String::as_str).to_owned();
    Ok(Workspace {
        root,
        settings,
        file,
        environment,
        store_url,
        overrides: overrides.clone(),
        accept_restore: false,
    })
}

impl Workspace {
    /// Goes on with a store that was put back from an older copy, if it was.
    #[must_use]
    pub fn accepting_restore(mut self, accept: bool) -> Self {
        self.accept_restore = accept;
        self
    }

    /// Opens the store, and refuses one that disagrees with the signed heads that are known of it.
    pub(super) fn open(&self, mode: OpenMode) -> Result<Box<dyn Store>, AppError> {
        let Some(heads) = self.audit().heads else {
            return Ok(self.open_anyway(mode)?);
        };
        // First what is known, then what is there: who adds to both meanwhile raises no alarm.
        let length = heads.length()?;
        if mode != OpenMode::Read {
            // Opening to write makes a store that is not there: looked at before.
            match self.open_anyway(OpenMode::Read) {
                Ok(store) => audit::hold(self, &heads, length, &*store)?,
                Err(StoreError::Older { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let store = self.open_anyway(mode)?;
        audit::hold(self, &heads, length, &*store)?;
        Ok(store)
    }

    /// Opens the store, whatever is known of it.
    pub(super) fn open_anyway(&self, mode: OpenMode) -> Result<Box<dyn Store>, StoreError> {
        open(&self.store_url, &self.root, mode)
    }

    /// Returns what is set about the audit log, in the environment chosen.
    pub(super) fn audit(&self) -> Audit {
        let (own, all) = (&self.environment.audit, &self.settings.audit);
        let given = &self.overrides;
        let file = |a: &Option<String>, b: &Option<String>, c: &Option<String>| {
            let name = a.as_ref().or(b.as_ref()).or(c.as_ref());
            name.map(|name| self.root.join(name))
        };
        let keys = if own.public_keys.is_empty() {
            &all.public_keys
        } else {
            &own.public_keys
        };
        let heads = match given.heads.as_deref() {
            Some(NO_HEADS) => None,
            _ => file(&given.heads, &own.heads, &all.heads),
        };
        Audit {
            heads: heads.map(HeadsFile::new),
            key_file: file(&given.key_file, &own.key_file, &all.key_file),
            trusted: keys.iter().flat_map(|key| key.parse()).collect(),
        }
    }

    /// Returns where a new key belongs: the file that the settings name.
    #[must_use]
    pub fn key_file(&self) -> Option<PathBuf> {
        self.audit().key_file
    }

    /// Returns the zone of dates without a time.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        let vars = std::collections::BTreeMap::new();
        self.settings.project(&self.environment, &vars).zone
    }

    /// Returns how many deletes need no word, in the environment chosen.
    #[must_use]
    pub fn thresholds(&self) -> Thresholds {
        let environment = self.environment.guard.thresholds();
        self.settings.guard.thresholds().and(environment)
    }

    /// Returns how bad the findings of lints are, in the environment chosen.
    #[must_use]
    pub fn levels(&self) -> Levels {
        self.environment.lint.or(&self.settings.lint)
    }

    /// Returns true for a store to try things in, where commands may act as anybody and at any time.
    #[must_use]
    pub fn is_development(&self) -> bool {
        let chosen = self.environment.store.development;
        let chosen = chosen.or(self.settings.store.development);
        chosen.unwrap_or_else(|| self.store_url.starts_with("sqlite:"))
    }

    /// Returns how mails leave, in the environment chosen.
    #[must_use]
    pub fn mail(&self) -> MailSettings {
        self.environment.mail.clone().or(&self.settings.mail)
    }

    /// Returns the verified domains of our own people.
    #[must_use]
    pub fn own_domains(&self) -> &[Domain] {
        &self.settings.tenant.domains
    }

    /// Returns the line of the settings that says them.
    pub(super) fn own_line(&self) -> Option<u32> {
        self.settings.own_line
    }

    /// Returns the project's name.
    #[must_use]
    pub fn project(&self) -> &str {
        self.settings.project.as_str()
    }
}
