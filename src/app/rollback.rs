//! Going back: the plan that leads from what is live to where the store was, and its apply.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::apply::{Aim, Approval, Outcome, toward};
use super::ask::circumstances;
use super::plan::{Planned, read_and_build};
use super::{AppError, Ask, Workspace, World, audit, check, clock, inspect};
use crate::diag::Diagnostics;
use crate::guard::{Back as SavedBack, judge};
use crate::model::{
    Address, Bodies, Body, Declaration, Desired, Digest, Lifecycle, Live, Origin, Selection,
};
use crate::plan::{Asks, Delta, Owned, Plan, Purpose, Reason, RunRecord, Was, undo};
use crate::store::{OpenMode, Store, StoreError};

/// Where to go back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// A run, by its id or the beginning of it; the whole id once it was looked up.
    pub run: String,
    /// Whether to its end instead of its beginning.
    pub end: bool,
}

impl Target {
    /// Returns where a saved plan goes back to.
    pub(super) fn of(back: &SavedBack) -> Self {
        Self {
            run: back.run.clone(),
            end: back.end,
        }
    }

    pub(super) fn purpose(&self) -> Purpose {
        Purpose::Rollback {
            of: self.run.clone(),
            to: self.end,
        }
    }
}

/// A plan that goes back, and what it does not bring back.
#[derive(Debug)]
pub struct Rollback {
    /// Where to, with the whole id.
    pub target: Target,
    /// The runs that are undone, newest first.
    pub undone: Vec<RunRecord>,
    /// The plan.
    pub planned: Planned,
    /// What cannot be undone, by address.
    pub lasting: Vec<(Address, String)>,
    /// Whether the run that was to be undone changed no object, because it took as applied what somebody had changed: then
    /// it stays, and the way leads to its end.
    pub accepted_only: bool,
}

/// Plans to go back. Nothing is written.
///
/// # Errors
///
/// When there is no such run of this project, and for a store that cannot be read.
pub fn rollback(
    workspace: &Workspace,
    world: &World<'_>,
    target: &Target,
    ask: &Ask,
) -> Result<Rollback, AppError> {
    let store = workspace.open(OpenMode::Read)?;
    store.prove_at_once()?;
    let mut warnings = Diagnostics::new();
    clock::check(&*store, world.clock.now(), &mut warnings)?;
    audit::warn(workspace, &*store, &mut warnings)?;
    let back = back(&*store, workspace, world, target)?;
    let (target, undone, was) = (back.target.clone(), back.undone.clone(), back.was.clone());
    let (lasting, accepted_only) = (back.lasting.clone(), back.accepted_only);
    let (desired, plan, live) = back.planned(&*store)?;
    let lasting = settings_that_stay(&was, &plan, lasting);
    let now = world.clock.now();
    let known = circumstances(ask, workspace, &*store, now, &desired, &plan, &live)?;
    let verdict = judge(&plan, &known);
    Ok(Rollback {
        target,
        undone,
        planned: Planned {
            project: workspace.project().to_owned(),
            store: store.name().to_owned(),
            desired,
            plan,
            impact: known.impact,
            verdict,
            warnings,
        },
        lasting,
        accepted_only,
    })
}

/// Goes back, on the same way and past the same guards as an apply of a tree.
///
/// # Errors
///
/// Those of [`super::apply`], and when there is no such run of this project.
pub fn roll_back(
    workspace: &Workspace,
    world: &World<'_>,
    target: &Target,
    ask: &Ask,
    approval: Approval<'_>,
    stop: &dyn Fn() -> bool,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Outcome, AppError> {
    toward(
        &Aim::Back(target, ask),
        workspace,
        world,
        approval,
        stop,
        progress,
    )
}

/// Returns what stands for a tree until the store is read.
pub(super) fn nothing() -> Desired {
    Desired::new(Vec::new(), Vec::new(), Vec::new(), Digest::of(&[]))
}

/// What a project owned, as a tree would declare it.
pub(super) struct Back {
    project: String,
    target: Target,
    undone: Vec<RunRecord>,
    was: Owned,
    desired: Desired,
    lasting: Vec<(Address, String)>,
    accepted_only: bool,
}

impl Back {
    /// Returns the tree, the plan that leads to it, and what is live now.
    pub(super) fn planned(self, store: &dyn Store) -> Result<(Desired, Plan, Live), StoreError> {
        let literal = Asks {
            literal: true,
            ..Asks::default()
        };
        let (mut plan, live) = read_and_build(store, &self.project, &self.desired, &literal)?;
        // No file says so.
        for change in &mut plan.changes {
            change.origin = None;
            if change.reason == Reason::Undeclared {
                change.reason = Reason::NotThen;
            }
        }
        Ok((self.desired, plan, live))
    }
}

/// Finds out what a project owned.
pub(super) fn back(
    store: &dyn Store,
    workspace: &Workspace,
    world: &World<'_>,
    target: &Target,
) -> Result<Back, AppError> {
    let project = workspace.project();
    let live = store.read(&Selection {
        project,
        bodies: Bodies::All,
    })?;
    let no_run = || AppError::NoSuchRun {
        id: target.run.clone(),
    };
    let (of, _) = match store.run(&target.run)? {
        Some(run) => run,
        None => return Err(inspect::no_run(store, &target.run)?),
    };
    if of.project != project {
        return Err(no_run());
    }
    let ours = store.runs(usize::MAX)?;
    let ours: Vec<RunRecord> = ours
        .into_iter()
        .filter(|run| run.project == project)
        .collect();
    // What was taken as applied had happened before: to undo that would make anew what somebody took away.
    let accepted_only = !target.end && of.purpose == Purpose::Refresh;
    let end = target.end || accepted_only;
    let keep = |run: &&RunRecord| run.generation > of.generation || (!end && run.id == of.id);
    let undone: Vec<RunRecord> = ours.iter().filter(keep).cloned().collect();
    let tree = ours
        .iter()
        .find(|run| !keep(run))
        .map_or_else(|| Digest::of(&[]), |run| run.tree);
    let mut was = applied(&live);
    let mut own = live.own.clone();
    for run in &undone {
        if let Some(change) = &run.own {
            own = Some(change.before.clone());
        }
        let (_, changes) = store.run(&run.id)?.ok_or_else(no_run)?;
        was = undo(was, &changes).map_err(|error| {
            AppError::Store(StoreError::Damaged {
                name: store.name().to_owned(),
                cause: error.to_string(),
            })
        })?;
    }
    // The tree is asked for what only it knows; a broken one must not stand in the way back.
    let declared = check::desired(workspace, world).ok().map(|(tree, _)| tree);
    let mut lasting = Vec::new();
    let mut objects = Vec::new();
    for (address, object) in &was {
        match declaration(address, object, &live, declared.as_ref(), &mut lasting) {
            Ok(declaration) => objects.push(declaration),
            Err(cause) => {
                return Err(AppError::Store(StoreError::Damaged {
                    name: store.name().to_owned(),
                    cause: format!("the record of {address} cannot be read: {cause}"),
                }));
            }
        }
    }
    let forget = taken_over(store, &undone, &was, &live)?;
    let mut desired = Desired::new(objects, forget, Vec::new(), tree);
    desired.own = own;
    Ok(Back {
        project: project.to_owned(),
        target: Target { run: of.id, end },
        undone,
        was,
        desired,
        lasting,
        accepted_only,
    })
}

/// Returns what the project owns as it last applied it: what somebody changed since is put back as well.
fn applied(live: &Live) -> Owned {
    let objects = live.bound().iter().filter_map(|bound| {
        let object = bound.object.as_ref()?;
        let body = match &object.drift {
            Some(drift) => drift.applied.clone(),
            None => object.body.clone(),
        };
        let id = object.id.clone();
        Some((bound.address.clone(), Was { id, body }))
    });
    objects.collect()
}

/// Returns what was taken over meanwhile and is let go again, under its present address.
fn taken_over(
    store: &dyn Store,
    undone: &[RunRecord],
    was: &Owned,
    live: &Live,
) -> Result<Vec<Address>, StoreError> {
    let mut adopted = BTreeSet::new();
    for run in undone {
        if let Some((_, changes)) = store.run(&run.id)? {
            let of = changes.into_iter();
            adopted.extend(
                of.filter(|change| change.action == crate::plan::Action::Adopt)
                    .map(|change| change.id),
            );
        }
    }
    let ours: BTreeSet<_> = was.values().map(|was| &was.id).collect();
    let objects = live
        .bound()
        .iter()
        .filter_map(|bound| bound.object.as_ref());
    Ok(objects
        .filter(|object| adopted.contains(&object.id) && !ours.contains(&object.id))
        .filter_map(|object| object.address.clone())
        .collect())
}

/// Declares an object as it was, with what leads there: the name that it has now, or the id that it is taken over by.
fn declaration(
    address: &Address,
    was: &Was,
    live: &Live,
    declared: Option<&Desired>,
    lasting: &mut Vec<(Address, String)>,
) -> Result<Declaration, serde_json::Error> {
    let mut read = serde_json::Deserializer::from_str(was.body.as_str());
    let object = address.kind().decode(&mut read)?;
    let mut life: BTreeMap<&str, Value> = BTreeMap::new();
    let bound = live.bound().iter().find(|bound| {
        bound
            .object
            .as_ref()
            .is_some_and(|object| object.id == was.id)
    });
    match bound {
        Some(bound) if bound.address.own_name() != address.own_name() => {
            life.insert("formerly", json!(bound.address.own_name()));
        }
        Some(_) => {}
        None if live.unmanaged.iter().any(|object| object.id == was.id) => {
            life.insert("adopt", json!({ "id": was.id }));
        }
        None => lasting.push((
            address.clone(),
            "was deleted or given away: it is made anew with another id, and nobody who had something through it has it again"
                .to_owned(),
        )),
    }
    let tree = declared.and_then(|tree| tree.get(address));
    if let Some(own) = tree.and_then(|declaration| declaration.lifecycle.as_deref()) {
        if let Some(replace) = own.replace {
            life.insert("replace", serde_json::to_value(replace)?);
        }
        if !own.unmanaged.is_empty() {
            life.insert("unmanaged", json!(own.unmanaged));
        }
    }
    let lifecycle: Lifecycle = serde_json::from_value(json!(life))?;
    let origin = Origin {
        path: Arc::from(""),
        line: 0,
    };
    Ok(Declaration::new(address.clone(), object, lifecycle, origin))
}

/// Adds settings that the plan leaves as they are although they were otherwise, or not ours.
fn settings_that_stay(
    was: &Owned,
    plan: &Plan,
    mut lasting: Vec<(Address, String)>,
) -> Vec<(Address, String)> {
    for change in &plan.changes {
        let address = &change.address;
        match &change.delta {
            Delta::Forget { .. } if address.kind().is_settings() => lasting.push((
                address.clone(),
                "was not ours: the values stay as they are, and nobody manages them".to_owned(),
            )),
            Delta::Update { after, .. } if address.kind().is_settings() => {
                let before = was.get(address).map(|was| &was.body);
                let more = before
                    .map(|before| more_keys(before, after))
                    .unwrap_or_default();
                if !more.is_empty() {
                    let more = more.join("`, `");
                    lasting.push((
                        address.clone(),
                        format!("did not set `{more}`: that stays as it is"),
                    ));
                }
            }
            _ => {}
        }
    }
    lasting.sort();
    lasting.dedup();
    lasting
}

fn more_keys(before: &Body, after: &Body) -> Vec<String> {
    let (before, after) = (before.to_value(), after.to_value());
    let keys = after.as_object().into_iter().flat_map(|keys| keys.keys());
    keys.filter(|key| before.get(key.as_str()).is_none())
        .cloned()
        .collect()
}
