//! Everything that can be known of a tree without a store.

use super::governance::mail;
use super::{AppError, Workspace, World, tree};
use crate::diag::Diagnostics;
use crate::load::{Loaded, load};
use crate::model::Desired;
use crate::scenario::Scenario;

/// A tree, checked.
#[derive(Debug)]
pub struct Checked {
    /// Everything there is to say, sorted.
    pub diagnostics: Diagnostics,
    /// What the tree declares; `None` when there is an error.
    pub desired: Option<Desired>,
    /// Its tests, in order of names.
    pub scenarios: Vec<Scenario>,
    /// How many files were read.
    pub files: usize,
}

/// Reads and checks the tree.
///
/// # Errors
///
/// None at present for a tree that is merely wrong: that is what the diagnostics say.
pub fn check(workspace: &Workspace, world: &World<'_>) -> Result<Checked, AppError> {
    let sources = match tree::read(&workspace.root, &must(workspace)) {
        Ok(sources) => sources,
        Err(diagnostics) => {
            return Ok(Checked {
                diagnostics,
                desired: None,
                scenarios: Vec::new(),
                files: 0,
            });
        }
    };
    let project = workspace
        .settings
        .project(&workspace.environment, &world.vars);
    let Loaded {
        desired,
        scenarios,
        diagnostics,
    } = load(&sources, &project, world.clock.now());
    Ok(Checked {
        diagnostics,
        desired,
        scenarios,
        files: sources.len(),
    })
}

/// Reads and checks the tree, and the project's own texts of mails.
///
/// # Errors
///
/// As for [`check`].
pub fn validate(workspace: &Workspace, world: &World<'_>) -> Result<Checked, AppError> {
    let mut checked = check(workspace, world)?;
    if let Err(wrong) = mail::texts(workspace) {
        checked.desired = None;
        checked.diagnostics.extend(wrong);
        checked.diagnostics.sort();
    }
    Ok(checked)
}

/// Returns what the tree must hold, as the settings say.
pub(super) fn must(workspace: &Workspace) -> tree::Must<'_> {
    tree::Must {
        files: &workspace.settings.tree.files,
        settings: &workspace.file,
    }
}

/// Reads the tree, or says what is wrong with it.
pub(super) fn desired(
    workspace: &Workspace,
    world: &World<'_>,
) -> Result<(Desired, Diagnostics), AppError> {
    let Checked {
        diagnostics,
        desired,
        ..
    } = check(workspace, world)?;
    match desired {
        Some(desired) => Ok((desired, diagnostics)),
        None => Err(AppError::Invalid(diagnostics)),
    }
}
