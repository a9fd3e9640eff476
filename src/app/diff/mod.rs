//! Two trees, without a store: what would change where the one is applied and the other comes.
//!
//! A side is a revision of a git repository, a folder, or the project as it lies here. Each is read with its own settings.

mod error;
mod git;
mod side;

use std::path::Path;

pub use error::DiffError;

use super::{AppError, World};
use crate::diag::Diagnostics;
use crate::guard::{Allowances, Circumstances, judge};
use crate::impact::{Sides, impact};
use crate::model::Kind;
use crate::plan::{self, OwnDomains};
use crate::render::report::Compared;
use side::{Side, Sort};

/// Returns where the project that two trees are compared for lies below the root of the repository, with `/` between folders: the
/// one after, by its name alone.
#[must_use]
pub fn compared_folder(folder: &Path, after: Option<&str>) -> String {
    side::folder_of(folder, after)
}

/// Compares two trees.
///
/// A side is named as a revision or a folder, seen from `folder`; without `after` it is the project that `folder` lies in.
/// Nothing is written, and nothing is checked out.
///
/// # Errors
///
/// For names that mean nothing or two things, for git where it fails, and for trees with errors, those of both at once.
pub fn diff(
    folder: &Path,
    environment: Option<&str>,
    before: &str,
    after: Option<&str>,
    world: &World<'_>,
) -> Result<Compared, AppError> {
    let read = |sort: Sort| Side::read(folder, sort, environment, world);
    let sorts = (
        Sort::of(folder, before)?,
        after.map_or(Ok(Sort::Here), |after| Sort::of(folder, after))?,
    );
    let (before, after) = (read(sorts.0)?, read(sorts.1)?);
    let warnings = after.told();
    let (old, new) = match (&before.desired, &after.desired) {
        (Some(old), Some(new)) => (old, new),
        (old, _) => {
            let (mut told, mut placed) = (Diagnostics::new(), Diagnostics::new());
            // The warnings of a tree that can be used are nobody's business here.
            if old.is_none() {
                told.extend(before.told());
                placed.extend(before.placed());
            }
            told.extend(warnings);
            placed.extend(after.placed());
            return Err(AppError::Incomparable { told, placed });
        }
    };
    let (was, own) = (&before.named.own, &after.named.own);
    let mut plan = plan::between(old, new);
    plan.own = OwnDomains::planned(was, own);
    let sides = Sides::between(&plan, old);
    let now = world.clock.now();
    // No store is asked, so none can fail to tell.
    let mut impact = impact(&plan, &sides, [was, own], now, None).unwrap_or_default();
    impact.place_settings(after.named.own_line);
    // Of the guards those that need no store: how many deletes are too many, and who has what, it alone knows.
    let known = Circumstances {
        waivers: new.waivers.clone(),
        allowances: Allowances {
            deletes: Some(u64::MAX),
            people: None,
            widening: false,
            everything: Kind::ALL.iter().copied().collect(),
        },
        impact,
        ..Circumstances::default()
    };
    let refusals = judge(&plan, &known).refusals;
    let gone = plan.changes.iter().filter(|change| change.origin.is_none());
    let gone = gone.filter_map(|change| {
        let was = change.delta.before()?.address.as_ref()?;
        Some((change.address.clone(), old.get(was)?.origin.clone()))
    });
    let gone = gone.collect();
    Ok(Compared {
        before: before.named,
        after: after.named,
        placed: after.problems,
        gone,
        refusals,
        plan,
        impact: known.impact,
        warnings,
    })
}
