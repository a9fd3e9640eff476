//! Calls of the system that fail while the program runs, each in its turn: `strace` lets them.

use std::fs;
use std::process::{Command, Stdio};

use rayon::prelude::*;

use super::can;
use crate::support::Sandbox;
use crate::support::estate::{self, Picture};

const APPLY: &[&str] = &[
    "apply",
    "--auto-approve",
    "--allow-deletes",
    "999",
    "--allow-widening",
];

fn can_trace() -> bool {
    let mut trial = Command::new("strace");
    trial.args(["-qq", "-o", "/dev/null", "true"]);
    can("`strace` is not here, or may not trace", &mut trial)
}

/// The program under `strace`, with what that is told.
fn traced(sandbox: &Sandbox, options: &[&str], arguments: &[&str]) -> Command {
    let mut command = Command::new("strace");
    command.args(["-f", "-qq"]).args(options);
    command.arg(Sandbox::program()).args(arguments);
    sandbox.settle(command)
}

/// Returns how often each of these calls is made, as far as it is about the store or without a path.
fn calls(sandbox: &Sandbox, names: &[&str], arguments: &[&str], about: &[&str]) -> Vec<usize> {
    let trace = format!("trace={}", names.join(","));
    let mut options = vec!["-o", "calls.txt", "-e", &trace];
    options.extend(about.iter().flat_map(|path| ["-P", path]));
    let status = traced(sandbox, &options, arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(status.is_ok_and(|status| status.success()));
    let log = fs::read_to_string(sandbox.path("calls.txt")).expect("strace wrote its log");
    let count = |name: &&str| log.matches(&format!(" {name}(")).count();
    names.iter().map(count).collect()
}

/// The calls by which a store comes from the disk and onto it, with what each may say.
const CALLS: &[(&str, &[&str])] = &[
    ("pread64", &["EIO"]),
    ("pwrite64", &["EIO", "ENOSPC"]),
    ("fsync", &["EIO", "ENOSPC"]),
    ("ftruncate", &["EIO", "EROFS"]),
    ("openat", &["EIO", "EROFS", "EACCES"]),
    ("unlink", &["EIO", "EROFS"]),
];

/// Which of so many calls fail: the first, the last and some between.
fn spread(made: usize) -> impl Iterator<Item = usize> {
    let step = made.div_ceil(4).max(1);
    (1..=made).filter(move |at| at % step == 0 || *at == 1 || at + 2 > made)
}

#[test]
fn a_call_that_fails_leaves_the_store_whole_and_is_told() {
    if !can_trace() {
        return;
    }
    let before = Sandbox::project().write("tree.yaml", estate::first());
    let _ = before.run(APPLY.iter().copied()).exits(0);
    let old = Picture::of(before.root());
    let scene = || {
        let sandbox = Sandbox::project().write("tree.yaml", estate::second());
        fs::copy(before.path("guestlist.db"), sandbox.path("guestlist.db"))
            .expect("a store can be copied");
        sandbox
    };
    let sandbox = scene();
    let files = |sandbox: &Sandbox| {
        let root = fs::canonicalize(sandbox.root()).expect("there");
        ["guestlist.db", "guestlist.db-wal"].map(|file| root.join(file).display().to_string())
    };
    let about = files(&sandbox);
    let about: Vec<&str> = about.iter().map(String::as_str).collect();
    let names: Vec<&str> = CALLS.iter().map(|(name, _)| *name).collect();
    let made = calls(&sandbox, &names, APPLY, &about);
    let new = Picture::of(sandbox.root());
    let mut faults = Vec::new();
    for ((name, errors), made) in CALLS.iter().zip(made) {
        assert!(made > 0, "`{name}` is not called");
        for error in *errors {
            faults.extend(spread(made).map(|at| (*name, *error, at)));
        }
    }
    let told: usize = faults
        .par_iter()
        .map(|(name, error, at)| {
            let what = format!("{name} {at} {error}");
            let sandbox = scene();
            let about = files(&sandbox);
            let trace = format!("trace={name}");
            let inject = format!("inject={name}:error={error}:when={at}");
            let mut options = vec!["-o", "/dev/null", "-e", &trace, "-e", &inject];
            options.extend(about.iter().flat_map(|path| ["-P", path]));
            let outcome = sandbox.outcome(APPLY, &mut traced(&sandbox, &options, APPLY));
            let found = Picture::of(sandbox.root());
            match outcome.code {
                // What fails after the commit is done by the next command; a look back that fails is told.
                Some(0 | 1) => assert!(found == new, "{what}: it is not done\n{}", outcome.text()),
                Some(7) => {
                    assert!(found == old, "{what}: the old state is lost");
                    assert!(
                        outcome.stderr.contains("guestlist.db: "),
                        "{what}: {}",
                        outcome.stderr
                    );
                }
                _ => panic!("{what}\n{}", outcome.text()),
            }
            let again = sandbox.run(APPLY.iter().copied());
            assert_eq!(again.code, Some(0), "{what}, then\n{}", again.text());
            assert!(Picture::of(sandbox.root()) == new, "{what}: not the same");
            usize::from(outcome.code == Some(7))
        })
        .sum();
    // The others are done by the next command: reads of a file that is open already, and what comes after the commit.
    assert!(told * 3 > faults.len(), "{told} of {} told", faults.len());
}

#[test]
fn a_plan_that_cannot_be_written_leaves_the_old_one() {
    if !can_trace() {
        return;
    }
    let sandbox = Sandbox::project()
        .write("tree.yaml", estate::first())
        .write("out/plan.json", "{\"format\":\"guestlist-plan/1\"}");
    let plan = ["plan", "-q", "--out", "out/plan.json"];
    let names = ["write", "fsync", "renameat"];
    let made = calls(&sandbox, &names, &plan, &[]);
    for (name, made) in names.iter().zip(made) {
        assert!(made > 0, "`{name}` is not called");
        for error in ["EIO", "ENOSPC", "EROFS"] {
            for at in spread(made) {
                fs::write(
                    sandbox.path("out/plan.json"),
                    "{\"format\":\"guestlist-plan/1\"}",
                )
                .expect("it can be written");
                let what = format!("{name} {at} {error}");
                let inject = format!("inject={name}:error={error}:when={at}");
                let trace = format!("trace={name}");
                let options = ["-o", "/dev/null", "-e", &trace, "-e", &inject];
                let outcome = sandbox.outcome(&plan, &mut traced(&sandbox, &options, &plan));
                assert_eq!(outcome.code, Some(7), "{what}\n{}", outcome.text());
                let output = outcome.stderr.contains("standard output");
                let file = outcome.stderr.contains("out/plan.json cannot be written");
                assert!(output || file, "{what}\n{}", outcome.stderr);
                let left: Vec<_> = fs::read_dir(sandbox.path("out")).expect("there").collect();
                assert_eq!(left.len(), 1, "{what}: a temporary file is left");
            }
        }
    }
    let _ = sandbox.run(plan).exits(0);
}
