//! Invariants against the engine itself: in every small world, an invariant holds if and only if nobody of whom the engine
//! was asked came to have what it forbids.

mod people;
mod play;
mod statements;
mod told;
mod worlds;

use std::collections::{BTreeMap, BTreeSet};

use guestlist::app::AppError;
use guestlist::invariant::decide;
use guestlist::model::text::Domain;
use rayon::prelude::*;

use super::scene::{instant, loaded};
use crate::support::dice::Dice;
use play::{Seen, play};
use worlds::{INVARIANTS, World};

/// How many worlds are played by default: one for some of the pairs of policies that a package can have. `WORLDS` asks for
/// more of them, or for all 54 pairs and then some.
const WORLDS: usize = 6;

#[test]
fn an_invariant_holds_if_and_only_if_the_engine_lets_nobody_break_it() {
    let asked = std::env::var("WORLDS").ok();
    let asked = asked.and_then(|asked| asked.parse().ok()).unwrap_or(WORLDS);
    let pairs = worlds::pairs();
    // One after the other, and yet of every kind among the first few.
    let pair = |at: usize| pairs[at * 7 % pairs.len()];
    let worlds: Vec<World> = (0..asked)
        .map(|at| World::with(pair(at), &mut Dice::new(at as u64)))
        .collect();
    let wrong: Vec<String> = worlds.par_iter().filter_map(compare).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Returns the tree of a larger world.
pub(crate) fn large_tree(dice: &mut Dice) -> String {
    World::large(dice).tree()
}

/// How many larger worlds are played by default.
const LARGE: usize = 1;

#[test]
fn so_it_is_where_policies_overlap() {
    let asked = std::env::var("WORLDS").ok();
    let asked = asked.and_then(|asked| asked.parse().ok()).unwrap_or(LARGE);
    let worlds: Vec<World> = (0..asked)
        .map(|at| World::large(&mut Dice::new(1_000 + at as u64)))
        .collect();
    let wrong: Vec<String> = worlds.par_iter().filter_map(compare).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Returns how the decision differs from what was seen.
fn compare(world: &World) -> Option<String> {
    let tree = world.tree();
    let desired = loaded(&tree, instant("T0"));
    let own = vec![Domain::parse("contoso.com").unwrap()];
    let mut decided: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut more: BTreeMap<String, usize> = BTreeMap::new();
    for verdict in decide(&desired, &own, instant("T0")) {
        let _ = more.insert(verdict.invariant.name.to_string(), verdict.more);
        assert!(verdict.undecided.is_empty(), "small rules are decided");
        let broken = decided
            .entry(verdict.invariant.name.to_string())
            .or_default();
        for breach in &verdict.breaches {
            let policies = breach.access.iter().map(|access| access.policy.to_string());
            match breach.access.len() {
                1 => broken.extend(policies),
                // Of several packages together, any policies will do.
                _ => drop(broken.insert("together".to_owned())),
            }
        }
    }
    let seen = play(world);
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    type Breaks<'b> = Box<dyn Fn(&Seen) -> bool + 'b>;
    let fixed = INVARIANTS.iter().map(|(name, _, breaks)| {
        let breaks: Breaks<'_> = Box::new(|seen| breaks(world, seen));
        (*name, breaks)
    });
    let random = world.said.iter().map(|(name, said)| {
        let breaks: Breaks<'_> = Box::new(|seen| said.is_broken(world, seen));
        (name.as_str(), breaks)
    });
    let all: Vec<(&str, Breaks<'_>)> = fixed.chain(random).collect();
    for (name, breaks) in &all {
        for one in seen.iter().filter(|one| breaks(one)) {
            let policy = policy_of(one);
            let _ = found.entry((*name).to_owned()).or_default().insert(policy);
        }
    }
    let mut wrong = Vec::new();
    for (name, breaks) in &all {
        let none = BTreeSet::new();
        let one = decided.get(*name).unwrap_or(&none);
        let other = found.get(*name).unwrap_or(&none);
        for policy in one.difference(other) {
            wrong.push(format!(
                "{name}: {policy} is said to break it, and nobody did"
            ));
        }
        // Of many policies only some are told by name.
        let untold = more.get(*name).copied().unwrap_or_default();
        if untold > 0 && other.len() == one.len() + untold {
            continue;
        }
        for policy in other.difference(one) {
            let mut those = seen.iter().filter(|one| breaks(one));
            let who = those.find(|one| policy_of(one) == *policy);
            wrong.push(format!("{name}: {policy} is said to keep it: {who:?}"));
        }
    }
    (!wrong.is_empty()).then(|| format!("{}\n{tree}", wrong.join("\n")))
}

/// Returns the policy that something was seen of.
fn policy_of(seen: &Seen) -> String {
    match seen {
        Seen::Together { .. } => "together".to_owned(),
        Seen::Access(access) => format!("policy/{}", access.policy),
    }
}

/// Returns true for an answer of the engine that is a refusal.
fn is_refused<T>(answer: &Result<T, AppError>) -> bool {
    match answer {
        Ok(_) => false,
        Err(AppError::Governance(_)) => true,
        Err(other) => panic!("{other:?}"),
    }
}
