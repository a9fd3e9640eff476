//! Invariants from the command line: what breaks one is told as a test, and that test holds.

use serde_json::Value;

use crate::support::{Sandbox, files_below, repository};

/// Returns what `validate` tells of the tree: the tests that show broken invariants, as a file of the language.
fn told(sandbox: &Sandbox) -> (usize, String) {
    let outcome = sandbox.run(["validate", "--format", "json"]);
    let report: Value = serde_json::from_str(&outcome.stdout).expect("a report");
    let all = report["diagnostics"].as_array().expect("diagnostics");
    let broken = all.iter().filter(|one| one["code"] == "GL0511");
    let mut file = String::from("version: 1\ntests:\n");
    let mut count = 0;
    for example in broken.filter_map(|one| one["example"].as_str()) {
        count += 1;
        for line in example.lines() {
            file.push_str("  ");
            file.push_str(line);
            file.push('\n');
        }
    }
    (count, file)
}

fn put(sandbox: &Sandbox, path: &str, text: &str) {
    std::fs::write(sandbox.path(path), text).expect("a file can be written");
}

/// Puts what was told under `tests:`, and plays it.
fn plays(sandbox: &Sandbox, least: usize) {
    let (count, file) = told(sandbox);
    assert!(count >= least, "only {count}: {file}");
    put(sandbox, "told.yaml", &file);
    let outcome = sandbox.run(["test", "*-broken*"]).exits(0);
    assert!(
        outcome.text().contains(&format!("All {count} tests hold")) || count == 1,
        "{}\n{file}",
        outcome.text()
    );
}

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

#[test]
fn plan_and_apply_refuse_a_tree_whose_invariants_do_not_hold() {
    let sandbox = Sandbox::project().write(
        "tree.yaml",
        "version: 1
resources: { site: { site: 'https://contoso.sharepoint.com/sites/a' } }
catalogs: { open: { displayName: Open, resources: [site] } }
packages:
  a:
    catalog: open
    displayName: A
    grants: { site: Members }
    policies: { all: { requestors: anyExternal } }
invariants: { approved: { always: { requestors: external, approvals: '>=1' } } }
",
    );
    for command in [
        &["plan"][..],
        &["apply", "--auto-approve"],
        &["test"],
        &["validate"],
    ] {
        let outcome = sandbox.run(command.iter().copied()).exits(3);
        assert!(outcome.text().contains("GL0511"), "{}", outcome.text());
    }
    assert!(!sandbox.path("guestlist.db").exists());
    // Who looks at what is there is not kept from it.
    let _ = sandbox.run(["list"]).exits(0);
    let _ = sandbox.run(["graph"]).exits(0);
}
