//! Everything that can be known of a tree without a store.

use super::governance::mail;
use super::{AppError, Workspace, World, invariants, lint, terms, tree};
use crate::diag::Diagnostics;
use crate::load::{Loaded, load, load_part};
use crate::model::{Desired, Project};
use crate::scenario::Scenario;
use crate::source::Sources;
use jiff::Timestamp;

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

/// Reads and checks the tree, without its invariants.
///
/// # Errors
///
/// None at present for a tree that is merely wrong: that is what the diagnostics say.
pub fn check(workspace: &Workspace, world: &World<'_>) -> Result<Checked, AppError> {
    look(workspace, world, |_| Diagnostics::new()).map(|(checked, _)| checked)
}

/// No waiver has ended by then.
pub(super) const NEVER: Timestamp = Timestamp::MIN;

/// What was read of a tree without errors.
pub(super) struct Read<'r> {
    /// What it declares.
    pub(super) desired: &'r Desired,
    /// Its files.
    pub(super) sources: &'r Sources,
    /// What it was read with.
    pub(super) project: &'r Project,
    /// The instant of it.
    pub(super) now: Timestamp,
}

/// Reads and checks the tree, also for invariants that are about nothing, and tells apart from that which of them do not hold;
/// nothing of these where the tree has errors.
///
/// # Errors
///
/// As for [`check`].
pub fn check_invariants(
    workspace: &Workspace,
    world: &World<'_>,
) -> Result<(Checked, Diagnostics), AppError> {
    let (mut checked, judged) = look(workspace, world, |read| {
        invariants::judge(read.desired, read.sources, read.project, read.now)
    })?;
    if !judged.idle.is_empty() {
        checked.diagnostics.extend(judged.idle);
        checked.diagnostics.sort();
    }
    Ok((checked, judged.broken))
}

/// Reads and checks the tree, and returns what is said of it while its files are at hand; nothing of a tree with errors.
///
/// # Errors
///
/// As for [`check`].
pub(super) fn look<T: Default>(
    workspace: &Workspace,
    world: &World<'_>,
    judge: impl FnOnce(&Read<'_>) -> T,
) -> Result<(Checked, T), AppError> {
    read(workspace, world, world.clock.now(), judge)
}

/// Reads and checks the tree, where a waiver is wrong that has ended by some instant.
fn read<T: Default>(
    workspace: &Workspace,
    world: &World<'_>,
    ended: Timestamp,
    judge: impl FnOnce(&Read<'_>) -> T,
) -> Result<(Checked, T), AppError> {
    let sources = match tree::read(&workspace.root, &must(workspace)) {
        Ok(sources) => sources,
        Err(mut diagnostics) => {
            let project = workspace
                .settings
                .project(&workspace.environment, &world.vars);
            let rest = tree::readable(&workspace.root);
            diagnostics.extend(load_part(&rest, &project, ended));
            diagnostics.sort();
            let checked = Checked {
                diagnostics,
                desired: None,
                scenarios: Vec::new(),
                files: 0,
            };
            return Ok((checked, T::default()));
        }
    };
    let project = workspace
        .settings
        .project(&workspace.environment, &world.vars);
    let Loaded {
        mut desired,
        scenarios,
        mut diagnostics,
    } = load(&sources, &project, ended);
    if let Some(declared) = &desired {
        let missing = terms::files(declared, &sources, &workspace.root);
        if missing.has_errors() {
            desired = None;
            diagnostics.extend(missing);
            diagnostics.sort();
        }
    }
    if let Some(declared) = &desired {
        let misnamed = lint::misnamed(declared, &sources, &project);
        if !misnamed.is_empty() {
            diagnostics.extend(misnamed);
            diagnostics.sort();
        }
    }
    let said = match &desired {
        Some(desired) => judge(&Read {
            desired,
            sources: &sources,
            project: &project,
            now: world.clock.now(),
        }),
        None => T::default(),
    };
    let checked = Checked {
        diagnostics,
        desired,
        scenarios,
        files: sources.len(),
    };
    Ok((checked, said))
}

/// Reads and checks the tree, its invariants, and the project's own texts of mails.
///
/// # Errors
///
/// As for [`check`].
pub fn validate(workspace: &Workspace, world: &World<'_>) -> Result<Checked, AppError> {
    let (mut checked, broken) = check_invariants(workspace, world)?;
    let mut wrong = mail::texts(workspace).err().unwrap_or_default();
    wrong.extend(broken);
    if !wrong.is_empty() {
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

/// Reads the tree to bring it to a store, or says what is wrong with it: an invariant that does not hold is as wrong as any
/// other error.
pub(super) fn proposed(
    workspace: &Workspace,
    world: &World<'_>,
) -> Result<(Desired, Diagnostics), AppError> {
    let (checked, broken) = check_invariants(workspace, world)?;
    let mut diagnostics = checked.diagnostics;
    match checked.desired {
        Some(desired) if broken.is_empty() => Ok((desired, diagnostics)),
        _ => {
            diagnostics.extend(broken);
            diagnostics.sort();
            Err(AppError::Invalid(diagnostics))
        }
    }
}

/// Reads the tree to look at it, or says what is wrong with it. Its invariants are not looked at, and nobody is kept from
/// looking by a waiver that has ended.
pub(super) fn desired(
    workspace: &Workspace,
    world: &World<'_>,
) -> Result<(Desired, Diagnostics), AppError> {
    let Checked {
        diagnostics,
        desired,
        ..
    } = read(workspace, world, NEVER, |_| ())?.0;
    match desired {
        Some(desired) => Ok((desired, diagnostics)),
        None => Err(AppError::Invalid(diagnostics)),
    }
}
