//! The tree against the store: what would change.

use std::collections::BTreeSet;

use super::ask::{check_choice, circumstances};
use super::{AppError, Ask, Workspace, World, audit, check, clock, waivers};
use crate::diag::Diagnostics;
use crate::guard::{Verdict, judge};
use crate::impact::Impact;
use crate::model::{Address, Bodies, Desired, Live, Selection};
use crate::plan::{self, Action, Asks, Plan, Reason};
use crate::store::{OpenMode, Store, StoreError};

/// A plan with everything that a face shows of it.
#[derive(Debug)]
pub struct Planned {
    /// The project.
    pub project: String,
    /// The store, as people know it.
    pub store: String,
    /// What the tree declares.
    pub desired: Desired,
    /// What would change.
    pub plan: Plan,
    /// Who gains and who loses access.
    pub impact: Impact,
    /// Whether the safety rules let it pass.
    pub verdict: Verdict,
    /// What the tree is warned of.
    pub warnings: Diagnostics,
}

/// Plans. Nothing is written to a store.
///
/// # Errors
///
/// For a tree with errors, a choice of addresses that means nothing, and a store that cannot be read completely.
pub fn plan(workspace: &Workspace, world: &World<'_>, ask: &Ask) -> Result<Planned, AppError> {
    let (desired, mut warnings) = check::proposed(workspace, world)?;
    let store = workspace.open(OpenMode::Read)?;
    // What does not differ is not read otherwise: nobody is told that nothing changes in a store that was changed by hand.
    store.prove_at_once()?;
    clock::check(&*store, world.clock.now(), &mut warnings)?;
    audit::warn(workspace, &*store, &mut warnings)?;
    let (plan, impact, verdict) = judged(&*store, workspace, world, &desired, ask, &mut warnings)?;
    Ok(Planned {
        project: workspace.project().to_owned(),
        store: store.name().to_owned(),
        desired,
        plan,
        impact,
        verdict,
        warnings,
    })
}

/// Plans a tree against an open store, asks the guards, and warns of waivers that lift none.
pub(super) fn judged(
    store: &dyn Store,
    workspace: &Workspace,
    world: &World<'_>,
    desired: &Desired,
    ask: &Ask,
    warnings: &mut Diagnostics,
) -> Result<(Plan, Impact, Verdict), AppError> {
    let asks = ask.asks()?;
    let (plan, live) = read_and_build(store, workspace.project(), desired, &asks)?;
    check_choice(&asks.choice, &plan, desired, &live)?;
    let now = world.clock.now();
    let known = circumstances(ask, workspace, store, now, desired, &plan, &live)?;
    let verdict = judge(&plan, &known);
    waivers::idle(desired, &live, &plan, &verdict, warnings);
    Ok((plan, known.impact, verdict))
}

/// Plans a tree against an open store.
pub(super) fn against(
    store: &dyn Store,
    project: &str,
    desired: &Desired,
    asks: &Asks,
) -> Result<Plan, StoreError> {
    read_and_build(store, project, desired, asks).map(|(plan, _)| plan)
}

/// Plans a tree against an open store, and returns what was read for it.
///
/// Reads the bodies of what differs; where the plan turns out to need others too, such as the unchanged policies of a
/// package that is replaced, it reads those as well and plans again.
pub(super) fn read_and_build(
    store: &dyn Store,
    project: &str,
    desired: &Desired,
    asks: &Asks,
) -> Result<(Plan, Live), StoreError> {
    let emptied = asks.destroy.then(|| desired.emptied());
    let desired = emptied.as_ref().unwrap_or(desired);
    let mut needed: BTreeSet<Address> = BTreeSet::new();
    loop {
        let declared = |address: &Address| {
            let declaration = desired.get(address).filter(|_| !needed.contains(address));
            declaration.map(|declaration| declaration.digest)
        };
        let bodies = Bodies::Differing(&declared);
        let live = store.read(&Selection { project, bodies })?;
        let plan = plan::build(desired, &live, asks);
        let before = needed.len();
        needed.extend(plan.unread.iter().cloned());
        if needed.len() == before {
            return Ok((vanished(store, project, plan)?, live));
        }
    }
}

/// Tells what is created anew because somebody took it away from what never was there.
fn vanished(store: &dyn Store, project: &str, mut plan: Plan) -> Result<Plan, StoreError> {
    if plan.generation == 0 || plan.count(Action::Create) == 0 {
        return Ok(plan);
    }
    let bodies = Bodies::Drifted;
    let live = store.read(&Selection { project, bodies })?;
    for change in &mut plan.changes {
        let lost = live.lost.iter().any(|lost| lost.address == change.address);
        if lost && change.reason == Reason::Declared {
            change.reason = Reason::Vanished;
        }
    }
    Ok(plan)
}
