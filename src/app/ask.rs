//! What a command asks for, held against what there is: the guards' circumstances, and a choice of addresses that means something.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{AppError, Workspace};
use crate::diag::nearest;
use crate::guard::{Ask, Circumstances, foreign_kinds};
use crate::impact::{Asked, Sides, impact};
use crate::model::{Address, Desired, Live};
use crate::plan::{Action, Choice, OwnDomains, Plan};
use crate::store::{Store, StoreError};

/// How long a delete counts.
const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// Finds out what the guards need to know of a plan.
pub(super) fn circumstances(
    ask: &Ask,
    workspace: &Workspace,
    store: &dyn Store,
    now: Timestamp,
    desired: &Desired,
    plan: &Plan,
    live: &Live,
) -> Result<Circumstances, StoreError> {
    let mut circumstances = Circumstances {
        thresholds: workspace.thresholds(),
        allowances: ask.allowances.clone(),
        waivers: desired.waivers.clone(),
        ..Circumstances::default()
    };
    if plan.count(Action::Prune) + plan.count(Action::Replace) > 0 {
        let since = now.checked_sub(WINDOW).unwrap_or(Timestamp::MIN);
        circumstances.deleted = store.deleted(workspace.project(), since)?;
    }
    let sides = Sides::of(plan, desired, live);
    // What a plan leaves as it is, is as it was last applied, whatever the settings say by now.
    let applied = live.own.as_deref().unwrap_or(workspace.own_domains());
    let own = match &plan.own {
        Some(own) => [own.before.as_slice(), &own.after],
        None => [applied, applied],
    };
    let zone = workspace.zone();
    store.look(workspace.project(), &mut |world| {
        let asked = Asked {
            world,
            named: ask.names,
            zone: &zone,
        };
        circumstances.impact = impact(plan, &sides, own, now, Some(asked))?;
        // Whoever goes back does not go where the settings say.
        let is_said =
            |own: &OwnDomains| OwnDomains::planned(&own.after, workspace.own_domains()).is_none();
        match plan.own.as_ref().is_none_or(is_said) {
            true => circumstances.impact.place_settings(workspace.own_line()),
            false => circumstances.impact.leave_settings(),
        }
        Ok(())
    })?;
    let kinds = foreign_kinds(plan);
    if plan.foreign > 0 && !kinds.is_empty() {
        circumstances.foreign = store.foreign(workspace.project(), &kinds)?;
    }
    Ok(circumstances)
}

/// Refuses a choice that says something else than was meant: a pattern that matches nothing, and a target that needs what is
/// excluded.
pub(super) fn check_choice(
    choice: &Choice,
    plan: &Plan,
    desired: &Desired,
    live: &Live,
) -> Result<(), AppError> {
    if choice.is_everything() {
        return Ok(());
    }
    let declared = desired.objects().iter().map(|object| &object.address);
    let bound = live.bound().iter().map(|bound| &bound.address);
    let changed = plan.changes.iter().map(|change| &change.address);
    let known: BTreeSet<&Address> = declared.chain(bound).chain(changed).collect();
    if let Some(pattern) = choice.idle(known.iter().copied()).next() {
        let texts: Vec<String> = known.iter().map(ToString::to_string).collect();
        return Err(AppError::NoMatch {
            pattern: pattern.to_owned(),
            help: nearest(pattern, texts.iter().map(String::as_str)).map(str::to_owned),
        });
    }
    match plan.partial.iter().flat_map(|partial| &partial.torn).next() {
        Some(torn) => Err(AppError::Torn {
            excluded: torn.address.clone(),
            needed_by: torn.because.clone(),
        }),
        None => Ok(()),
    }
}
