//! A project as it lies on disk: its root, its settings, the environment chosen, the store meant.

use std::fs;
use std::path::{Path, PathBuf};

use super::settings::{DEFAULT_STORE, Environment, FILE, Settings, find_root};
use super::{AppError, tree};
use crate::diag::Diagnostics;
use crate::guard::Thresholds;
use crate::source::SourceFile;
use crate::store::{OpenMode, Store, StoreError, open};

/// Settings from the command line and the environment; they win over the file.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The store.
    pub store: Option<String>,
}

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
    })
}

impl Workspace {
    /// Opens the store.
    pub(super) fn open(&self, mode: OpenMode) -> Result<Box<dyn Store>, StoreError> {
        open(&self.store_url, &self.root, mode)
    }

    /// Returns how many deletes need no word, in the environment chosen.
    #[must_use]
    pub fn thresholds(&self) -> Thresholds {
        let environment = self.environment.guard.thresholds();
        self.settings.guard.thresholds().and(environment)
    }

    /// Returns true for a store to try things in, where commands may act as anybody and at any time.
    #[must_use]
    pub fn is_development(&self) -> bool {
        let chosen = self.environment.store.development;
        let chosen = chosen.or(self.settings.store.development);
        chosen.unwrap_or_else(|| self.store_url.starts_with("sqlite:"))
    }

    /// Returns the project's name.
    #[must_use]
    pub fn project(&self) -> &str {
        self.settings.project.as_str()
    }
}
