//! Looking at what is declared, live and done.

use super::{AppError, Workspace, World, check};
use crate::diag::nearest;
use crate::model::{Address, Bodies, Body, Kind, Live, Presence, Selection};
use crate::plan::{RecordedChange, RunRecord};
use crate::render::report::{Listed, Shown};
use crate::store::{OpenMode, Store, StoreError};

fn read(store: &dyn Store, workspace: &Workspace, bodies: Bodies<'_>) -> Result<Live, AppError> {
    Ok(store.read(&Selection {
        project: workspace.project(),
        bodies,
    })?)
}

/// Shows one object.
///
/// # Errors
///
/// When it is neither declared nor live, for a tree with errors, and for a store that cannot be read.
pub fn show(
    workspace: &Workspace,
    world: &World<'_>,
    address: &Address,
) -> Result<Shown, AppError> {
    let (desired, _) = check::desired(workspace, world)?;
    let store = workspace.open(OpenMode::Read)?;
    let live = read(
        &*store,
        workspace,
        Bodies::Of(std::slice::from_ref(address)),
    )?;
    let declaration = desired.get(address);
    let found = match live.get(address) {
        Presence::Present(object) => Some(object.clone()),
        Presence::Absent | Presence::Same => None,
    };
    if declaration.is_none() && found.is_none() {
        let declared = desired
            .objects()
            .iter()
            .map(|declaration| declaration.address.to_string());
        let known: Vec<String> = declared
            .chain(live.bound().iter().map(|bound| bound.address.to_string()))
            .collect();
        let help =
            nearest(&address.to_string(), known.iter().map(String::as_str)).map(str::to_owned);
        return Err(AppError::NoSuchObject {
            address: address.clone(),
            help,
        });
    }
    Ok(Shown {
        address: address.clone(),
        origin: declaration.map(|declaration| declaration.origin.clone()),
        desired: declaration.map(|declaration| declaration.body()),
        id: found.as_ref().map(|object| object.id.clone()),
        live: found.map(|object| object.body),
    })
}

/// Lists objects: those that the project declares or owns, or, with `unmanaged`, those that nobody owns.
///
/// # Errors
///
/// For a tree with errors, and for a store that cannot be read.
pub fn list(
    workspace: &Workspace,
    world: &World<'_>,
    kind: Option<Kind>,
    unmanaged: bool,
) -> Result<Vec<Listed>, AppError> {
    let (desired, _) = check::desired(workspace, world)?;
    let store = workspace.open(OpenMode::Read)?;
    let live = read(&*store, workspace, Bodies::All)?;
    let wanted = |of: Kind| kind.is_none_or(|kind| kind == of);
    let mut listed = Vec::new();
    if unmanaged {
        for object in live.unmanaged.iter().filter(|object| wanted(object.kind)) {
            listed.push(Listed {
                kind: object.kind,
                address: None,
                name: display_name(&object.body),
                origin: None,
                id: Some(object.id.clone()),
            });
        }
        return Ok(listed);
    }
    for declaration in desired
        .objects()
        .iter()
        .filter(|declaration| wanted(declaration.address.kind()))
    {
        let id = match live.get(&declaration.address) {
            Presence::Present(object) => Some(object.id.clone()),
            Presence::Absent | Presence::Same => None,
        };
        listed.push(Listed {
            kind: declaration.address.kind(),
            address: Some(declaration.address.clone()),
            name: display_name(&declaration.body()),
            origin: Some(declaration.origin.clone()),
            id,
        });
    }
    for bound in live
        .bound()
        .iter()
        .filter(|bound| wanted(bound.address.kind()))
    {
        if desired.get(&bound.address).is_none() {
            listed.push(Listed {
                kind: bound.address.kind(),
                address: Some(bound.address.clone()),
                name: bound
                    .object
                    .as_ref()
                    .and_then(|object| display_name(&object.body)),
                origin: None,
                id: bound.object.as_ref().map(|object| object.id.clone()),
            });
        }
    }
    listed.sort_by(|a, b| a.address.cmp(&b.address));
    Ok(listed)
}

fn display_name(body: &Body) -> Option<String> {
    body.to_value()["displayName"].as_str().map(str::to_owned)
}

/// Returns the runs of the store, newest first, at most so many.
///
/// # Errors
///
/// For a store that cannot be read.
pub fn history(workspace: &Workspace, most: usize) -> Result<Vec<RunRecord>, AppError> {
    Ok(workspace.open(OpenMode::Read)?.runs(most)?)
}

/// Returns one run with its changes, by its id or an unambiguous beginning of it.
///
/// # Errors
///
/// When there is no such run, and for a store that cannot be read.
pub fn history_run(
    workspace: &Workspace,
    id: &str,
) -> Result<(RunRecord, Vec<RecordedChange>), AppError> {
    let store = workspace.open(OpenMode::Read)?;
    match store.run(id)? {
        Some(run) => Ok(run),
        None => Err(no_run(&*store, id)?),
    }
}

/// Says why an id names no run: there is none, or several begin with it.
pub(super) fn no_run(store: &dyn Store, id: &str) -> Result<AppError, StoreError> {
    let runs = store.runs(usize::MAX)?;
    let found: Vec<String> = runs
        .into_iter()
        .map(|run| run.id)
        .filter(|run| !id.is_empty() && run.starts_with(id))
        .collect();
    let id = id.to_owned();
    Ok(if found.len() > 1 {
        AppError::SeveralRuns { id, found }
    } else {
        AppError::NoSuchRun { id }
    })
}
