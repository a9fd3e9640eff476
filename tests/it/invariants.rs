//! Invariants from the command line: what breaks one is told as a test, and that test holds.

mod about;
mod by_rule;
mod chains;
mod keys;
mod played;
mod stories;
pub(crate) mod trees;
mod undecided;
mod whom;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::Sandbox;
use keys::SMALL;

/// Returns what `validate` tells of the tree: the tests that show broken invariants, as a file of the language.
fn told(sandbox: &Sandbox) -> (usize, String) {
    // With the ids that the tree does not name.
    let report = sandbox.exactly(["validate", "--format", "json"]);
    let report: Value = serde_json::from_str(&report).expect("a report");
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

/// Returns the broken invariants of which no test is told.
fn untold(sandbox: &Sandbox) -> Vec<String> {
    let report = sandbox.exactly(["validate", "--format", "json"]);
    let report: Value = serde_json::from_str(&report).expect("a report");
    let all = report["diagnostics"].as_array().expect("diagnostics");
    let silent = all
        .iter()
        .filter(|one| one["code"] == "GL0511" && one["example"].is_null());
    let messages = silent.filter_map(|one| one["message"].as_str());
    // Of many policies the first few are told.
    let messages = messages.filter(|message| !message.contains(" more polic"));
    messages.map(str::to_owned).collect()
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

/// Returns the names of the invariants that `validate` says something about, by code.
fn broken(sandbox: &Sandbox, code: &str) -> BTreeSet<String> {
    let outcome = sandbox.run(["validate", "--format", "json"]);
    let report: Value = serde_json::from_str(&outcome.stdout).expect("a report");
    let all = report["diagnostics"].as_array().expect("diagnostics");
    let about = all.iter().filter(|one| one["code"] == code);
    let names = about.filter_map(|one| one["message"].as_str()?.split('`').nth(1));
    names.map(str::to_owned).collect()
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

#[test]
fn hostile_invariants_are_answered() {
    // Contradictions, names of nothing, markup: each is told, and none stops the others.
    let tree = format!(
        "{SMALL}invariants:
  contradiction: {{ never: {{ requestors: internal, organization: fabrikam }} }}
  nowhere: {{ never: {{ organization: fabrikan, holds: package/z* }} }}
  markup: {{ never: {{ requestors: external, role: '<script>alert(1)</script>' }}, reason: '::error::pwned @everyone <b>' }}
  real: {{ never: {{ requestors: external, holds: package/a }}, reason: '::error::pwned @everyone <script>alert(1)</script>' }}
"
    );
    let sandbox = Sandbox::project().write("tree.yaml", tree);
    assert_eq!(
        broken(&sandbox, "GL0511"),
        BTreeSet::from(["real".to_owned()])
    );
    assert!(broken(&sandbox, "GL0512").len() >= 2);
    for format in [
        "text", "github", "azure", "html", "markdown", "junit", "sarif",
    ] {
        let outcome = sandbox.run(["validate", "--format", format]);
        if format == "html" || format == "junit" {
            assert!(!outcome.stdout.contains("<script>alert"), "{format}");
        }
        for line in outcome.stdout.lines().filter(|_| format == "github") {
            assert!(!line.starts_with("::error::"), "{line}");
        }
    }
}

#[test]
fn a_thousand_invariants_are_decided() {
    let mut tree = format!("{SMALL}invariants:\n");
    for at in 0..1_000 {
        let who = ["external", "guests", "members", "anyone"][at % 4];
        tree.push_str(&format!(
            "  i-{at}: {{ never: {{ requestors: {who}, holds: package/a, approvals: '{}' }} }}\n",
            at % 3
        ));
    }
    let sandbox = Sandbox::project().write("tree.yaml", tree);
    let names = broken(&sandbox, "GL0511");
    assert!(!names.is_empty() && names.iter().all(|name| name.starts_with("i-")));
}
