//! What is told of a broken invariant, played: in every case, in stories of every sort, and in random trees.

use rayon::prelude::*;

use super::{chains, plays, put, told, trees, untold};
use crate::governance::invariants::large_tree;
use crate::support::dice::Dice;
use crate::support::{Sandbox, files_below, repository};

#[test]
fn what_is_told_of_a_broken_invariant_holds_as_a_test() {
    let mut cases = 0;
    for file in files_below(&repository("tests/cases")) {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        if file.file_name().is_none_or(|name| name != "validate.txt") || !text.contains("GL0511") {
            continue;
        }
        cases += 1;
        let folder = file.parent().and_then(|expected| expected.parent());
        let sandbox = Sandbox::new();
        sandbox.holds(&folder.expect("the folder of a case").join("desired"));
        plays(&sandbox, 1);
    }
    assert!(cases >= 2, "only {cases} cases");
}

#[test]
fn every_sort_of_story_can_be_played() {
    let sandbox = Sandbox::new();
    sandbox.holds(&repository("policies"));
    put(
        &sandbox,
        "broken.yaml",
        "version: 1
invariants:
  competitors: { never: { domain: competitor.example, holds: package/* } }
  tenants: { never: { organization: [litware, city-power, street-artists] } }
  outside: { always: { requestors: external, approvals: \">=1\", expires: \"<=365d\" } }
  short: { always: { requestors: external, expires: \"<=100d\" } }
  ends: { never: { expires: never } }
  inside: { always: { requestors: internal, review: monthly } }
  duties: { never: { holds: [package/payment-preparer, package/payment-approver] } }
  partners: { never: { holds: [package/annual-audit, package/campaign-partner, package/lab-visitor] } }
  by-hand: { never: { domain: competitor.example, through: direct } }
  by-rule: { never: { through: automatic } }
  asks: { never: { requestors: unlisted, asks: package/* } }
  named: { never: { domain: contoso.com, resource: ledger } }
",
    );
    plays(&sandbox, 20);
}

/// How many random trees are looked at by default; `TREES` asks for more.
const TREES: u64 = 4;

/// Plays what is told of random trees, and returns how much that is. Every breach is told.
fn played(tree: impl Fn(&mut Dice) -> String + Sync) -> (usize, usize) {
    let asked = std::env::var("TREES").ok();
    let asked = asked.and_then(|asked| asked.parse().ok()).unwrap_or(TREES);
    let told = (0..asked)
        .into_par_iter()
        .map(|seed| {
            let tree = tree(&mut Dice::new(seed));
            let sandbox = Sandbox::project().write("tree.yaml", &tree);
            assert_eq!(
                untold(&sandbox),
                Vec::<String>::new(),
                "seed {seed}\n{tree}"
            );
            let (count, file) = told(&sandbox);
            assert!(count > 0, "seed {seed}\n{tree}");
            put(&sandbox, "told.yaml", &file);
            let outcome = sandbox.run(["test", "*-broken*"]);
            assert_eq!(
                outcome.code,
                Some(0),
                "seed {seed}\n{}\n{tree}",
                outcome.text()
            );
            count
        })
        .sum();
    (told, asked as usize)
}

#[test]
fn every_counterexample_of_a_random_tree_can_be_played() {
    let (told, trees) = played(trees::tree);
    assert!(told > 10 * trees, "only {told} counterexamples");
}

#[test]
fn so_can_those_where_rules_give_what_excludes_each_other() {
    let (told, trees) = played(chains::tree);
    assert!(told > 10 * trees, "only {told} counterexamples");
}

#[test]
fn so_can_those_of_the_worlds_that_are_held_against_the_engine() {
    let (told, trees) = played(large_tree);
    assert!(told > 10 * trees, "only {told} counterexamples");
}
