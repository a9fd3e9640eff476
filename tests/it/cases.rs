//! Cases are folders: a tree, at will one that was applied before it, and what the program says.
//!
//! `desired/` is the tree; `before/`, where there is one, is applied first, so that a plan shows updates, renames and
//! prunes; `hand.sql` is what somebody did to the store since. `expected/validate.txt`, `plan.txt` and `plan.json` are the exact outputs; a case may expect other formats too,
//! each in the file that [`FORMATS`] names, what lints find, and what its tests come to. A tree that `validate` refuses has
//! only the first: every other command must refuse it too and leave no store behind. A plan that can be carried out is,
//! and then nothing is left to do. `UPDATE=1` rewrites the expected files.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rusqlite::Connection;

use crate::formats;
use crate::support::{Golden, Outcome, Sandbox, repository};

/// Fewer folders than this means that some were lost.
const AT_LEAST: usize = 64;

const INVALID: i32 = 3;

/// The files of other formats, with what writes them. Nothing is written where a format has nothing to say.
const FORMATS: &[(&str, &[&str])] = &[
    ("plan.md", &["plan", "--format", "markdown"]),
    ("plan.html", &["plan", "--format", "html"]),
    ("plan.sarif", &["plan", "--format", "sarif"]),
    ("plan.xml", &["plan", "--format", "junit"]),
    ("plan.github", &["plan", "--format", "github"]),
    ("plan.azure", &["plan", "--format", "azure"]),
    ("plan.gitlab", &["plan", "--format", "gitlab"]),
    ("plan.widget", &["plan", "--format", "gitlab-terraform"]),
    ("validate.md", &["validate", "--format", "markdown"]),
    ("validate.html", &["validate", "--format", "html"]),
    ("validate.sarif", &["validate", "--format", "sarif"]),
    ("validate.xml", &["validate", "--format", "junit"]),
    ("validate.github", &["validate", "--format", "github"]),
    ("validate.azure", &["validate", "--format", "azure"]),
    ("validate.gitlab", &["validate", "--format", "gitlab"]),
    ("lint.json", &["lint", "--format", "json"]),
    ("lint.md", &["lint", "--format", "markdown"]),
    ("lint.html", &["lint", "--format", "html"]),
    ("lint.sarif", &["lint", "--format", "sarif"]),
    ("lint.xml", &["lint", "--format", "junit"]),
    ("lint.github", &["lint", "--format", "github"]),
    ("lint.azure", &["lint", "--format", "azure"]),
    ("lint.gitlab", &["lint", "--format", "gitlab"]),
    ("drift.txt", &["drift"]),
    ("drift.json", &["drift", "--format", "json"]),
    ("drift.md", &["drift", "--format", "markdown"]),
    ("drift.html", &["drift", "--format", "html"]),
    ("drift.sarif", &["drift", "--format", "sarif"]),
    ("drift.xml", &["drift", "--format", "junit"]),
    ("drift.github", &["drift", "--format", "github"]),
    ("drift.azure", &["drift", "--format", "azure"]),
    ("drift.gitlab", &["drift", "--format", "gitlab"]),
    ("test.json", &["test", "--format", "json"]),
    ("test.md", &["test", "--format", "markdown"]),
    ("test.html", &["test", "--format", "html"]),
    ("test.sarif", &["test", "--format", "sarif"]),
    ("test.xml", &["test", "--format", "junit"]),
    ("test.github", &["test", "--format", "github"]),
    ("test.azure", &["test", "--format", "azure"]),
    ("test.gitlab", &["test", "--format", "gitlab"]),
];

/// The plan of every case that has one.
const PLAN: (&str, &[&str]) = ("plan.json", &["plan", "--format", "json"]);

/// How many cases show each format at least.
const SHOW_A_FORMAT: usize = 25;

#[test]
fn every_case_says_what_is_expected() {
    let cases = folders();
    assert!(cases.len() >= AT_LEAST, "only {} cases", cases.len());
    let mut golden = Golden::default();
    let results: Vec<Golden> = cases.par_iter().map(|case| run(case)).collect();
    for result in results {
        golden.extend(result);
    }
    golden.finish();
}

#[test]
fn enough_cases_show_the_plan_in_every_format() {
    let cases = folders();
    let plans = FORMATS.iter().filter(|(file, _)| file.starts_with("plan."));
    for (file, _) in plans.chain(&[PLAN, ("plan.txt", &["plan"])]) {
        let has = |case: &&PathBuf| case.join("expected").join(file).exists();
        let shown = cases.iter().filter(has).count();
        assert!(shown >= SHOW_A_FORMAT, "{file}: {shown}");
    }
}

fn folders() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(repository("tests/cases")).expect("there are cases");
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry of a folder can be read").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

fn run(case: &Path) -> Golden {
    let mut golden = Golden::default();
    let sandbox = Sandbox::new();
    let name = case.file_name().unwrap_or_default().to_string_lossy();
    let before = case.join("before");
    if before.is_dir() {
        sandbox.holds(&before);
        let applied = sandbox.run(["apply", "--auto-approve"]);
        if applied.code != Some(0) {
            golden.fail(format!(
                "{name}: `before` cannot be applied\n{}",
                applied.text()
            ));
            return golden;
        }
    }
    if let Ok(hand) = std::fs::read_to_string(case.join("hand.sql")) {
        let store = Connection::open(sandbox.path("guestlist.db")).expect("the store is there");
        store
            .execute_batch(&hand)
            .expect("somebody changes the store");
    }
    sandbox.holds(&case.join("desired"));
    let expected = case.join("expected");
    let validate = sandbox.run(["validate"]);
    golden.compare(&expected.join("validate.txt"), &validate.text());
    let more = std::fs::read_to_string(case.join("arguments")).unwrap_or_default();
    let more: Vec<&str> = more.split_whitespace().collect();
    other_formats(&sandbox, &more, &expected, &mut golden);
    if validate.code == Some(0) {
        planned(&sandbox, &name, &more, &expected, &mut golden);
    } else {
        golden.absent(&expected.join("plan.txt"));
        golden.absent(&expected.join("plan.json"));
        refused(&sandbox, &name, before.is_dir(), &mut golden);
    }
    golden
}

fn other_formats(sandbox: &Sandbox, more: &[&str], expected: &Path, golden: &mut Golden) {
    for (file, arguments) in FORMATS {
        let file = expected.join(file);
        if !file.exists() {
            continue;
        }
        let plans = arguments.first() == Some(&"plan");
        let more = more.iter().copied().filter(|_| plans);
        let outcome = sandbox.run(arguments.iter().copied().chain(more));
        formats::compare(&file, &outcome.stdout, golden);
    }
    for command in ["lint", "test"] {
        let file = expected.join(format!("{command}.txt"));
        if file.exists() {
            golden.compare(&file, &sandbox.run([command]).text());
        }
    }
}

/// A tree that can be used: its plan, as text and as JSON, and the fixpoint after an apply.
///
/// A case may bring arguments of its own, such as those that lift a guard.
fn planned(sandbox: &Sandbox, name: &str, more: &[&str], expected: &Path, golden: &mut Golden) {
    let with = |arguments: &[&'static str]| {
        let more = more.iter().copied();
        sandbox.run(arguments.iter().copied().chain(more))
    };
    let text = with(&["plan"]);
    let json = with(PLAN.1);
    golden.compare(&expected.join("plan.txt"), &text.text());
    formats::compare(&expected.join(PLAN.0), &json.stdout, golden);
    let mut demand = |holds: bool, what: &str, outcome: &Outcome| {
        if !holds {
            golden.fail(format!("{name}: {what}\n{}", outcome.text()));
        }
    };
    demand(
        json.code == text.code,
        "the exit code depends on the format",
        &json,
    );
    demand(
        json.stdout.is_empty() || serde_json::from_str::<serde_json::Value>(&json.stdout).is_ok(),
        "the plan is not JSON",
        &json,
    );
    let again = with(&["plan"]);
    demand(
        again.text() == text.text(),
        "a second plan says something else",
        &again,
    );
    let applied = with(&["apply", "--auto-approve"]);
    demand(
        applied.code == text.code,
        "the plan and the apply end otherwise",
        &applied,
    );
    if applied.code == Some(0) {
        let left = sandbox.run(["plan", "--detailed-exitcode"]);
        demand(
            left.code == Some(0),
            "something is left to do after an apply",
            &left,
        );
    }
}

/// A tree that cannot be used is used by nobody.
fn refused(sandbox: &Sandbox, name: &str, store: bool, golden: &mut Golden) {
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let outcome = sandbox.run(command.iter().copied());
        if outcome.code != Some(INVALID) {
            golden.fail(format!(
                "{name}: `{}` takes a tree that `validate` refuses\n{}",
                command.join(" "),
                outcome.text()
            ));
        }
    }
    if !store && sandbox.path("guestlist.db").exists() {
        golden.fail(format!("{name}: a refused tree leaves a store behind"));
    }
}
