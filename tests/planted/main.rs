//! Plants one bug after the other and runs the tests that must notice it: `cargo test --features planted --test planted`.
//!
//! A defence that no test misses is none: a bug that nobody notices fails the command. Names of bugs after `--` choose some.

#![expect(clippy::print_stdout, reason = "it tells who noticed what")]

mod noticed;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::OnceLock;

use guestlist::planted::BUGS;
use rayon::prelude::*;

use noticed::NOTICED;

fn main() -> ExitCode {
    let chosen: Vec<String> = std::env::args().skip(1).collect();
    let program = tests();
    let mut wrong: Vec<String> = unlisted();
    let all: BTreeSet<&str> = NOTICED
        .iter()
        .flat_map(|(_, tests)| *tests)
        .copied()
        .collect();
    let (all, skipped): (Vec<&str>, Vec<&str>) = all.into_iter().partition(|test| runs(test));
    for test in &skipped {
        println!("skipped: {test}: `strace` is not here, or may not trace");
    }
    let amiss: Vec<String> = all
        .par_iter()
        .filter(|test| !passes(&program, test, None))
        .map(|test| format!("`{test}` does not pass without a bug, or is not there"))
        .collect();
    wrong.extend(amiss);
    let is_chosen = |bug: &str| chosen.is_empty() || chosen.iter().any(|name| name == bug);
    for (bug, tests) in NOTICED.iter().filter(|(bug, _)| is_chosen(bug)) {
        let blind: Vec<&&str> = tests
            .par_iter()
            .filter(|test| all.contains(*test) && passes(&program, test, Some(bug)))
            .collect();
        for test in tests
            .iter()
            .filter(|test| all.contains(*test) && !blind.contains(test))
        {
            println!("{bug:<24} noticed by {test}");
        }
        let blind = blind.into_iter();
        wrong.extend(blind.map(|test| format!("{bug}: `{test}` does not notice it")));
    }
    for line in &wrong {
        println!("error: {line}");
    }
    ExitCode::from(u8::from(!wrong.is_empty()))
}

/// Returns false for a test that would do nothing here.
fn runs(test: &str) -> bool {
    static TRACES: OnceLock<bool> = OnceLock::new();
    let traces = || {
        let mut trial = Command::new("strace");
        trial.args(["-qq", "-o", "/dev/null", "true"]);
        trial.output().is_ok_and(|output| output.status.success())
    };
    !test.starts_with("killed::") || *TRACES.get_or_init(traces)
}

/// Builds the tests with the bugs in them and returns their program.
fn tests() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let built = Command::new(env!("CARGO"))
        .args(["test", "--features", "planted", "--test", "it", "--no-run"])
        .args(["--quiet", "--message-format", "json"])
        .current_dir(root)
        .output()
        .expect("cargo can be started");
    let told = String::from_utf8_lossy(&built.stdout);
    let found = told.lines().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let path = message["executable"].as_str()?;
        (message["target"]["name"] == "it").then(|| PathBuf::from(path))
    });
    found.unwrap_or_else(|| {
        panic!(
            "the tests cannot be built: {}",
            String::from_utf8_lossy(&built.stderr)
        )
    })
}

/// Returns true where a test passes with a bug, or with none.
fn passes(program: &Path, test: &str, bug: Option<&str>) -> bool {
    let mut command = Command::new(program);
    command.args(["--exact", test]).env("RUST_BACKTRACE", "0");
    command.env_remove("GUESTLIST_PLANTED").env("KILLS", "20");
    command.envs(bug.map(|bug| ("GUESTLIST_PLANTED", bug)));
    let output = command.output().expect("the tests can be started");
    let told = String::from_utf8_lossy(&output.stdout);
    output.status.success() && told.contains("1 passed")
}

/// Returns what is wrong with the list: a bug that nobody is named for, a name that no bug has.
fn unlisted() -> Vec<String> {
    let listed = |bug: &str| {
        NOTICED
            .iter()
            .any(|(name, tests)| *name == bug && !tests.is_empty())
    };
    let known = |bug: &str| BUGS.iter().any(|(name, _)| *name == bug);
    let silent = BUGS.iter().filter(|(bug, _)| !listed(bug));
    let strange = NOTICED.iter().filter(|(bug, _)| !known(bug));
    silent
        .map(|(bug, _)| format!("{bug}: nobody is named who notices it"))
        .chain(strange.map(|(bug, _)| format!("{bug}: there is no such bug")))
        .collect()
}
