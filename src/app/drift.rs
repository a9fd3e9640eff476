//! What was changed in the store since the last apply, and taking it as applied.

use std::collections::BTreeSet;

use super::audit::Witness;
use super::error::Since;
use super::hold::{self, Hold};
use super::{AppError, Workspace, World, check};
use crate::apply::ApplyError;
use crate::model::{Address, Bodies, Desired, Digest, Fate, Live, Presence, Selection, canonical};
use crate::plan::{self, Change, Drifted, Purpose, Strayed};
use crate::render::report::{Drift, Refreshed, Signing};
use crate::store::{NewRun, OpenMode, Store, StoreError};

/// Finds what was changed in the store since the last apply. Nothing is written.
///
/// # Errors
///
/// For a tree with errors, and a store that cannot be read completely.
pub fn drift(workspace: &Workspace, world: &World<'_>) -> Result<Drift, AppError> {
    let (desired, _) = check::desired(workspace, world)?;
    let store = workspace.open(OpenMode::Read)?;
    // A body that changed in place is no drift: nobody who changes objects does it so.
    store.prove()?;
    let (drifted, _) = find(&*store, workspace.project(), &desired)?;
    Ok(report(workspace, &*store, drifted))
}

/// Takes what was changed in the store as applied. No object changes, nor does the tree: the next plan shows what the tree
/// wants. `ask` is shown what was found, and nothing is written unless it answers yes; no lease is held meanwhile.
///
/// # Errors
///
/// For a tree with errors, a store that cannot be read or written, and one that changes while the answer is awaited.
pub fn refresh(
    workspace: &Workspace,
    world: &World<'_>,
    ask: &mut dyn FnMut(&Drift) -> bool,
    stop: &dyn Fn() -> bool,
) -> Result<(Drift, Option<Refreshed>), AppError> {
    let (desired, _) = check::desired(workspace, world)?;
    hold::wait_for_lease(workspace, world, stop)?;
    let found = {
        let store = workspace.open(OpenMode::Read)?;
        let (drifted, _) = find(&*store, workspace.project(), &desired)?;
        report(workspace, &*store, drifted)
    };
    if !ask(&found) || found.drifted.is_empty() {
        return Ok((found, None));
    }
    let approved = lines(&found.drifted);
    let witness = Witness::find(workspace, world)?;
    let mut hold = hold::take(workspace, world, OpenMode::Existing, "refresh", stop)?;
    let mut written = write(workspace, world, &mut hold, &desired, approved, stop);
    if let Ok(refreshed) = &mut written {
        refreshed.signing = match hold.store.head() {
            Ok(head) => witness.sign_and_remember(&mut *hold.store, &hold.lease, &head, world),
            Err(error) => Signing::Failed(error.to_string()),
        };
    }
    let (_, released) = hold.release();
    let refreshed = written?;
    released?;
    Ok((found, Some(refreshed)))
}

fn report(workspace: &Workspace, store: &dyn Store, drifted: Vec<Drifted>) -> Drift {
    Drift {
        project: workspace.project().to_owned(),
        store: store.name().to_owned(),
        drifted,
    }
}

fn find(
    store: &dyn Store,
    project: &str,
    desired: &Desired,
) -> Result<(Vec<Drifted>, Live), StoreError> {
    let bodies = Bodies::Drifted;
    let live = store.read(&Selection { project, bodies })?;
    Ok((plan::drift(desired, &live), live))
}

/// An object that was changed: its address, its id, and what it is now.
type Found = (Address, String, String);

/// Returns what tells one finding from another.
fn lines(drifted: &[Drifted]) -> BTreeSet<Found> {
    let line = |one: &Drifted| {
        let what = match &one.what {
            Strayed::Changed { live, .. } => live.body.digest().to_string(),
            Strayed::Lost { fate, .. } => format!("{fate:?}"),
        };
        (one.address.clone(), one.id.to_string(), what)
    };
    drifted.iter().map(line).collect()
}

fn digest(found: &BTreeSet<Found>) -> Digest {
    let lines: Vec<_> = found
        .iter()
        .map(|(address, id, what)| (address.to_string(), id, what))
        .collect();
    Digest::of(canonical(&lines).as_bytes())
}

fn write(
    workspace: &Workspace,
    world: &World<'_>,
    hold: &mut Hold,
    desired: &Desired,
    approved: BTreeSet<Found>,
    stop: &dyn Fn() -> bool,
) -> Result<Refreshed, AppError> {
    let store = &*hold.store;
    let (drifted, live) = find(store, workspace.project(), desired)?;
    let now = lines(&drifted);
    if now != approved {
        let changed = now.symmetric_difference(&approved);
        let mut addresses: Vec<Address> = changed.map(|(address, ..)| address.clone()).collect();
        addresses.dedup();
        return Err(AppError::Changed {
            approved: digest(&approved),
            now: digest(&now),
            since: Since::Drift(addresses),
        });
    }
    let mut changes = plan::acceptance(&drifted);
    changes.extend(rebound(store, workspace.project(), &drifted)?);
    let id = world.ids.fresh().to_string();
    hold.keep(world)?;
    let Hold { store, lease, .. } = hold;
    let mut run = store.begin(
        lease,
        NewRun {
            id: id.clone(),
            purpose: Purpose::Refresh,
            project: workspace.project().to_owned(),
            generation: live.generation,
            actor: world.actor.clone(),
            host: world.holder.host.clone(),
            commit: world.commit.clone(),
            tree: desired.tree,
            plan: digest(&approved),
            started: world.clock.now(),
            lifted: Vec::new(),
            own: None,
        },
    )?;
    for change in &changes {
        run.apply(change)?;
    }
    for lost in &live.lost {
        run.accept(lost)?;
    }
    if stop() {
        return Err(ApplyError::Interrupted.into());
    }
    let head = run.commit()?;
    Ok(Refreshed {
        run: id,
        generation: head.generation,
        audit_size: head.audit_size,
        audit_hash: head.audit_hash,
        signing: Signing::Off,
    })
}

/// Returns the changes that record objects at the addresses to which somebody moved them.
fn rebound(
    store: &dyn Store,
    project: &str,
    drifted: &[Drifted],
) -> Result<Vec<Change>, StoreError> {
    let moved: Vec<Address> = drifted
        .iter()
        .filter_map(|one| match &one.what {
            Strayed::Lost {
                fate: Fate::Rebound { to },
                ..
            } => Some(to.clone()),
            _ => None,
        })
        .filter(|to| drifted.iter().all(|one| one.address != *to))
        .collect();
    if moved.is_empty() {
        return Ok(Vec::new());
    }
    let bodies = Bodies::Of(&moved);
    let live = store.read(&Selection { project, bodies })?;
    let found = moved.iter().filter_map(|address| match live.get(address) {
        Presence::Present(object) => Some(plan::accepted(address, object)),
        Presence::Absent | Presence::Same => None,
    });
    Ok(found.collect())
}
