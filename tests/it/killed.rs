//! A killed apply: whatever the moment, the store is as before or as after, and the next command goes on at once.
//!
//! `KILLS` says how many times the program is killed; 24 without it. With `KILLS=all` it is killed at every call by which
//! something comes onto the disk.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::support::Sandbox;
use crate::support::dice::Dice;
use crate::support::estate::{self, Picture};

const APPLY: &[&str] = &[
    "apply",
    "--auto-approve",
    "--allow-deletes",
    "999",
    "--allow-widening",
];

/// An apply to kill, and the store on both sides of it.
struct Scene {
    tree: String,
    /// The folder whose store it starts from; `None` for no store at all.
    from: Option<Sandbox>,
    before: Option<Picture>,
    after: Picture,
    lasts: Duration,
}

impl Scene {
    fn new(tree: String, from: Option<Sandbox>) -> Self {
        let before = from.as_ref().map(|from| Picture::of(from.root()));
        let mut scene = Self {
            after: Picture::of(Sandbox::new().root()),
            tree,
            from,
            before,
            lasts: Duration::ZERO,
        };
        let sandbox = scene.sandbox();
        let started = Instant::now();
        let _ = sandbox.run(APPLY.iter().copied()).exits(0);
        scene.lasts = started.elapsed();
        scene.after = Picture::of(sandbox.root());
        assert!(scene.after.len() > 250);
        scene
    }

    /// A first apply: there is no store before it.
    fn first() -> Self {
        Self::new(estate::first(), None)
    }

    /// An apply of many changes over another.
    fn second() -> Self {
        let from = Sandbox::project().write("tree.yaml", estate::first());
        let _ = from.run(APPLY.iter().copied()).exits(0);
        Self::new(estate::second(), Some(from))
    }

    /// Returns a folder in which the apply is about to run.
    fn sandbox(&self) -> Sandbox {
        let sandbox = Sandbox::project().write("tree.yaml", &self.tree);
        if let Some(from) = &self.from {
            copy_store(from.root(), sandbox.root());
        }
        sandbox
    }

    /// Looks at what a killed apply left, and goes on. Returns true where the kill came too late to matter.
    fn look(&self, sandbox: &Sandbox, kill: &str) -> bool {
        let found = Picture::of(sandbox.root());
        let untouched = || Picture::of(Sandbox::new().root());
        let is_before = match &self.before {
            Some(before) => found == *before,
            None => found == untouched(),
        };
        let is_after = found == self.after;
        assert!(
            is_before || is_after,
            "{kill}: the store is neither before nor after: {found:?}"
        );
        let again = sandbox.run(APPLY.iter().copied());
        assert_eq!(
            again.code,
            Some(0),
            "{kill}: cannot go on\n{}",
            again.text()
        );
        let left = sandbox.run(["plan", "--detailed-exitcode"]);
        assert_eq!(
            left.code,
            Some(0),
            "{kill}: something is left to do\n{}",
            left.text()
        );
        assert_eq!(
            Picture::of(sandbox.root()),
            self.after,
            "{kill}: the second apply ends elsewhere"
        );
        is_after
    }
}

fn copy_store(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a sandbox can be listed") {
        let entry = entry.expect("an entry can be read");
        if entry.file_name().to_string_lossy().contains(".db") {
            std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a store can be copied");
        }
    }
}

fn kills() -> usize {
    let asked = std::env::var("KILLS").ok();
    match asked.as_deref() {
        None => 24,
        Some("all") => usize::MAX,
        Some(kills) => kills.parse().expect("KILLS is a number, or `all`"),
    }
}

/// Kills an apply at moments spread over the time that it takes.
fn at_random_moments(scene: &Scene, seed: u64) {
    let count = kills().min(600).div_ceil(2);
    let late: usize = (0..count)
        .into_par_iter()
        .map(|number| {
            let mut dice = Dice::new(seed + number as u64);
            let sandbox = scene.sandbox();
            // Each kill has a slice of the run to itself, and some come when it is over.
            let slice = scene.lasts.mul_f64(1.2).as_nanos() as usize / count;
            let moment = slice * number + dice.below(slice);
            let mut child = sandbox
                .command(APPLY)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("the program can be started");
            sleep(Duration::from_nanos(moment as u64));
            child.kill().expect("the program can be killed");
            let _ = child.wait().expect("the program ends");
            usize::from(scene.look(&sandbox, &format!("kill {number} after {moment} ns")))
        })
        .sum();
    assert!(
        count < 10 || late < count,
        "every kill came too late: nothing was tested"
    );
}

#[test]
fn a_first_apply_that_is_killed_leaves_nothing_or_everything() {
    at_random_moments(&Scene::first(), 1);
}

#[test]
fn an_apply_over_another_that_is_killed_leaves_the_old_or_the_new() {
    at_random_moments(&Scene::second(), 2);
}

/// The program under `strace`, with what that is told.
fn traced(sandbox: &Sandbox, options: &[&str]) -> Command {
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq"])
        .args(options)
        .arg(Sandbox::program())
        .args(APPLY)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    sandbox.settle(command)
}

/// Returns true where processes can be traced here.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn can_trace() -> bool {
    static CAN: OnceLock<bool> = OnceLock::new();
    *CAN.get_or_init(|| {
        let plain = Command::new("strace")
            .args(["-qq", "-o", "/dev/null", "true"])
            .output();
        let can = plain.is_ok_and(|output| output.status.success());
        if !can {
            eprintln!("skipped: `strace` is not here, or may not trace");
        }
        can
    })
}

/// The calls by which the store comes onto the disk.
const CALLS: &[&str] = &["pwrite64", "fsync", "ftruncate", "unlink"];

/// Kills an apply as it enters a call of the system.
fn at_calls(scene: &Scene) {
    if !can_trace() {
        return;
    }
    let sandbox = scene.sandbox();
    let log = sandbox.path("calls.txt");
    let status = traced(
        &sandbox,
        &[
            "-o",
            "calls.txt",
            "-e",
            &format!("trace={}", CALLS.join(",")),
        ],
    )
    .status()
    .expect("strace can be started");
    assert!(status.success());
    let log = std::fs::read_to_string(log).expect("strace wrote its log");
    let most = kills().div_ceil(6);
    let moments: Vec<(&str, usize)> = CALLS
        .iter()
        .flat_map(|call| {
            let made = log.matches(&format!(" {call}(")).count();
            assert!(made > 0, "`{call}` is not called: {log}");
            let step = made.div_ceil(most.max(1)).max(1);
            // Always the last ones too: they are the commit.
            (1..=made)
                .filter(move |at| at % step == 0 || *at == 1 || *at + 2 > made)
                .map(move |at| (*call, at))
        })
        .collect();
    assert!(moments.len() > 8, "the store made no calls: {log}");
    let died: usize = moments
        .par_iter()
        .map(|(call, at)| {
            let sandbox = scene.sandbox();
            let trace = format!("trace={call}");
            let inject = format!("inject={call}:signal=SIGKILL:when={at}");
            let options = ["-o", "/dev/null", "-e", &trace, "-e", &inject];
            let status = traced(&sandbox, &options)
                .status()
                .expect("strace can be started");
            let _ = scene.look(&sandbox, &format!("kill at {call} {at}"));
            usize::from(!status.success())
        })
        .sum();
    assert!(
        died * 2 > moments.len(),
        "only {died} of {} were killed",
        moments.len()
    );
}

#[test]
fn a_first_apply_that_is_killed_as_it_writes_leaves_nothing_or_everything() {
    at_calls(&Scene::first());
}

#[test]
fn an_apply_over_another_that_is_killed_as_it_writes_leaves_the_old_or_the_new() {
    at_calls(&Scene::second());
}

/// Loss of power is not loss of a process: what was said to be done must have left the cache of the system before.
#[test]
fn an_apply_is_on_the_disk_before_it_says_so() {
    if !can_trace() {
        return;
    }
    let sandbox = Sandbox::project().write("tree.yaml", estate::first());
    let calls = "trace=pwrite64,fdatasync,fsync,write";
    let status = traced(
        &sandbox,
        &["-y", "-s", "64", "-o", "calls.txt", "-e", calls],
    )
    .status()
    .expect("strace can be started");
    assert!(status.success());
    let log = std::fs::read_to_string(sandbox.path("calls.txt")).expect("strace wrote its log");
    let (mut loose, mut synced, mut told) = (BTreeSet::new(), 0, false);
    for line in log.lines() {
        let path = line.split(['<', '>']).nth(1).unwrap_or_default();
        if line.contains("write(1<") && line.contains("Applied") {
            assert_eq!(loose, BTreeSet::new(), "not synced yet");
            told = true;
        } else if line.contains(" pwrite64(") && (path.ends_with(".db") || path.ends_with("-wal")) {
            loose.insert(path.to_owned());
        } else if line.contains("sync(") && line.ends_with("= 0") && loose.remove(path) {
            synced += 1;
        }
    }
    assert!(told && synced > 1, "told: {told}, synced: {synced}\n{log}");
}
