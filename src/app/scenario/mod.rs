//! Tests of the tree: each is played through on a store in memory, by the engine itself, with a clock of its own.
//!
//! Nothing of the project's store is read or written, and nothing leaves the program: mails are kept and counted. Tests are
//! played on all cores; each has its own store, clock, ids and outbox, so they neither see each other nor depend on the day.

mod deed;
mod ground;
mod people;
mod see;
mod stage;
mod tell;
#[cfg(test)]
mod tests;
mod time;

use rayon::prelude::*;

use super::governance::tenant;
use super::{AppError, Workspace, World, check};
use crate::diag::{Diagnostics, offer};
use crate::plan::Pattern;
use crate::scenario::{Played, Scenario};
use ground::Ground;

/// The tests that were played.
#[derive(Debug)]
pub struct Tested {
    /// What became of each, in order of names.
    pub played: Vec<Played>,
    /// How many tests were not asked for.
    pub others: usize,
    /// What somebody should look at in the tree, and, as errors, which of its invariants do not hold.
    pub warnings: Diagnostics,
}

/// Plays the tests of the tree, all of them, with its invariants, or those whose names are like one of some patterns.
///
/// # Errors
///
/// For a tree with errors, and for a pattern that no test is like. A test that does not hold is no error.
pub fn test(
    workspace: &Workspace,
    world: &World<'_>,
    patterns: &[String],
) -> Result<Tested, AppError> {
    // Who asks for some tests by name wants to know of these alone.
    let (checked, broken) = match patterns {
        [] => check::check_invariants(workspace, world)?,
        _ => (check::check(workspace, world)?, Diagnostics::new()),
    };
    let Some(desired) = checked.desired else {
        return Err(AppError::Invalid(checked.diagnostics));
    };
    let mut warnings = checked.diagnostics;
    warnings.extend(broken);
    warnings.sort();
    let all = checked.scenarios;
    let chosen = chosen(&all, patterns)?;
    let others = all.len() - chosen.len();
    let ground = match chosen.is_empty() {
        true => None,
        false => Some(Ground::new(
            workspace.project(),
            tenant(workspace),
            &desired,
        )?),
    };
    let played: Result<Vec<Played>, AppError> = match &ground {
        None => Ok(Vec::new()),
        Some(ground) => chosen
            .par_iter()
            .map(|one| stage::play(ground, one))
            .collect(),
    };
    Ok(Tested {
        played: played?,
        others,
        warnings,
    })
}

/// Returns the tests whose names are like one of some patterns, in their order; all where there is none.
fn chosen<'s>(all: &'s [Scenario], patterns: &[String]) -> Result<Vec<&'s Scenario>, AppError> {
    let mut chosen = vec![patterns.is_empty(); all.len()];
    for text in patterns {
        let pattern = Pattern::new(text)?;
        let mut fits = false;
        for (one, chosen) in all.iter().zip(&mut chosen) {
            if pattern.matches(one.name.as_str()) {
                (fits, *chosen) = (true, true);
            }
        }
        if !fits {
            return Err(AppError::NoTest {
                pattern: text.clone(),
                near: offer(text, all.iter().map(|one| one.name.as_str())),
            });
        }
    }
    let all = all.iter().zip(chosen);
    Ok(all.filter_map(|(one, is)| is.then_some(one)).collect())
}
