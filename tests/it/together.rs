//! Applies at once, one that is asked to stop, and one that comes back too late: never a store that nobody declared.
//!
//! `TOGETHER` says how many applies start at once; 64 without it.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use guestlist::model::{Bodies, Selection};
use guestlist::store::{OpenMode, Store, open};
use rusqlite::{Connection, OpenFlags};

use crate::support::Sandbox;
use crate::support::estate::{self, Picture};

const APPLY: &[&str] = &[
    "apply",
    "--auto-approve",
    "--allow-deletes",
    "999",
    "--allow-widening",
];
const CONFLICT: i32 = 5;
const INTERRUPTED: i32 = 130;

fn start(sandbox: &Sandbox) -> Child {
    started(sandbox, APPLY)
}

fn started(sandbox: &Sandbox, arguments: &[&str]) -> Child {
    sandbox
        .command(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started")
}

/// Waits for an apply, and returns true where it did its work, false where somebody else was at it.
fn finished(child: Child) -> bool {
    let output = child.wait_with_output().expect("the program ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.code() {
        Some(0) => true,
        Some(CONFLICT) => {
            let named = said.contains("is being changed by") && said.contains("process");
            let at_it = said.contains("is being written by another process");
            assert!(named || at_it, "the holder is not named: {said}");
            false
        }
        other => panic!("ended with {other:?}: {said}"),
    }
}

/// A project whose store lies in another's folder.
fn sharing(store: &Sandbox, tree: String) -> Sandbox {
    let file = store.path("guestlist.db");
    let settings = format!(
        "project = \"contoso\"\n[tenant]\nname = \"Contoso\"\ndomains = [\"contoso.com\"]\n[store]\nurl = \"sqlite:{}\"\n",
        file.display()
    );
    Sandbox::new()
        .write("guestlist.toml", settings)
        .write("tree.yaml", tree)
}

fn applied(tree: String) -> Picture {
    let sandbox = Sandbox::project().write("tree.yaml", tree);
    let _ = sandbox.run(APPLY.iter().copied()).exits(0);
    Picture::of(sandbox.root())
}

#[test]
fn two_applies_of_one_tree_at_once_apply_it_once() {
    let expected = applied(estate::first());
    for _ in 0..3 {
        let sandbox = Sandbox::project().write("tree.yaml", estate::first());
        let (one, two) = (start(&sandbox), start(&sandbox));
        let (one, two) = (finished(one), finished(two));
        assert!(one || two, "nobody applied");
        assert_eq!(Picture::of(sandbox.root()), expected);
    }
}

#[test]
fn two_applies_of_different_trees_at_once_leave_one_of_them() {
    let (first, second) = (applied(estate::first()), applied(estate::second()));
    for round in 0..6 {
        let store = Sandbox::new();
        let one = sharing(&store, estate::first());
        let two = sharing(&store, estate::second());
        let (started, other) = if round % 2 == 0 {
            (&one, &two)
        } else {
            (&two, &one)
        };
        let (started, other) = (start(started), start(other));
        let (started, other) = (finished(started), finished(other));
        let found = Picture::of(store.root());
        let (is_first, is_second) = (
            found.holds_the_same_as(&first),
            found.holds_the_same_as(&second),
        );
        assert!(is_first || is_second, "a mixture of both: {found:?}");
        assert!(started || other, "nobody applied");
    }
}

/// Asks a process to stop, as Ctrl-C does.
fn interrupt(child: &Child) {
    signal(child, "-INT");
}

fn signal(child: &Child, signal: &str) {
    let status = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .expect("`kill` is there");
    // It may have ended by itself meanwhile.
    let _ = status;
}

#[test]
fn an_apply_that_is_interrupted_before_its_commit_changes_nothing() {
    let after = applied(estate::first());
    let before = Picture::of(Sandbox::new().root());
    let mut stopped = 0;
    for round in 0..60_u64 {
        let sandbox = Sandbox::project().write("tree.yaml", estate::first());
        let mut child = start(&sandbox);
        let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
        // The plan is shown once the lease is taken; the changes come next.
        let mut line = String::new();
        while !line.starts_with("Plan:") {
            line.clear();
            let read = out.read_line(&mut line).expect("the output is text");
            assert!(read > 0, "no plan was shown");
        }
        std::thread::sleep(Duration::from_micros(round % 20 * 500));
        interrupt(&child);
        let mut rest = Vec::new();
        out.read_to_end(&mut rest).expect("the output ends");
        let output = child.wait_with_output().expect("the program ends");
        let found = Picture::of(sandbox.root());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.code() {
            Some(INTERRUPTED) => {
                assert_eq!(found, before, "{said}");
                assert!(said.contains("nothing was written"), "{said}");
                stopped += 1;
            }
            // The signal came before anybody listened for it.
            None => assert_eq!(found, before, "{said}"),
            Some(0) => assert_eq!(found, after, "{said}"),
            other => panic!("ended with {other:?}: {said}"),
        }
        if stopped == 5 {
            return;
        }
    }
    assert!(stopped > 0, "no apply could be interrupted");
}

fn together() -> usize {
    let asked = std::env::var("TOGETHER").ok();
    asked.map_or(64, |many| many.parse().expect("TOGETHER is a number"))
}

/// A tree whose every object tells it from others.
fn tree_of(number: usize) -> String {
    let organization = |at| {
        format!(
            "  o{at}:\n    displayName: Organization {at}\n    description: of tree {number}\n    domains: [o{at}.example.com]\n"
        )
    };
    let all: String = (0..8).map(organization).collect();
    format!("version: 1\norganizations:\n{all}")
}

fn store_of(sandbox: &Sandbox) -> Box<dyn Store> {
    open("sqlite:guestlist.db", sandbox.root(), OpenMode::Read).expect("the store can be read")
}

/// Returns which trees the objects of a store are of.
fn trees_in(sandbox: &Sandbox) -> BTreeSet<String> {
    let everything = Selection {
        project: "contoso",
        bodies: Bodies::All,
    };
    let live = store_of(sandbox).read(&everything);
    let live = live.expect("the store can be read");
    let bodies = live.bound().iter().filter_map(|one| one.object.as_ref());
    let told = |text: &serde_json::Value| text.as_str().unwrap_or_default().to_owned();
    let trees = bodies.map(|object| told(&object.body.to_value()["description"]));
    trees.collect()
}

/// Starts many applies of as many trees on one store, and looks at what they leave.
fn many_at_once(store: &Sandbox) {
    let before = store_of(store).head().expect("a head").generation;
    let projects: Vec<Sandbox> = (0..together())
        .map(|number| sharing(store, tree_of(number)))
        .collect();
    let all: Vec<Child> = projects.iter().map(start).collect();
    let applied = all.into_iter().map(finished).filter(|done| *done).count();
    assert!(applied > 0, "nobody applied");
    // Each that said so has its run, nobody else has one, and the last left all of its tree.
    let picture = Picture::of(store.root());
    let after = store_of(store).head().expect("a head").generation;
    assert_eq!(after - before, applied as u64, "{picture:?}");
    assert_eq!(trees_in(store).len(), 1, "a mixture: {picture:?}");
    assert_eq!(picture.len(), 8);
}

#[test]
fn many_applies_at_once_on_a_store_that_is_not_there() {
    for _ in 0..2 {
        many_at_once(&Sandbox::new());
    }
}

#[test]
fn many_applies_at_once_on_a_store_that_is_there() {
    let store = Sandbox::new();
    let first = sharing(&store, tree_of(1_000));
    let _ = first.run(APPLY.iter().copied()).exits(0);
    many_at_once(&store);
}

#[test]
fn those_who_wait_win_in_turn() {
    let store = Sandbox::new();
    let projects: Vec<Sandbox> = (0..4)
        .map(|number| sharing(&store, tree_of(number)))
        .collect();
    let waits = ["apply", "--auto-approve", "--wait", "5m"];
    let all: Vec<Child> = projects.iter().map(|one| started(one, &waits)).collect();
    assert!(all.into_iter().all(finished));
    assert_eq!(store_of(&store).head().expect("a head").generation, 4);
    assert_eq!(trees_in(&store).len(), 1);
}

/// A tree whose plan is far longer than what a pipe and its reader hold.
fn long_tree() -> String {
    let organization = |at| {
        format!("  l{at}:\n    displayName: Organization {at}\n    domains: [l{at}.example.com]\n")
    };
    let all: String = (0..4_000).map(organization).collect();
    format!("version: 1\norganizations:\n{all}")
}

/// An apply that holds the lease and was stopped before it wrote, and a hand on its store.
fn stopped(first: &Sandbox, store: &Sandbox) -> (Child, Connection) {
    for _ in 0..20 {
        let mut child = start(first);
        if let Some(hand) = caught(&mut child, store) {
            return (child, hand);
        }
        let _ = child.wait_with_output();
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(store.path(&format!("guestlist.db{ending}")));
        }
    }
    panic!("no apply could be stopped under its lease");
}

/// Keeps an apply from writing as soon as it has the lease, and stops it there.
fn caught(child: &mut Child, store: &Sandbox) -> Option<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    while child.try_wait().expect("it can be asked").is_none() {
        let Ok(hand) = Connection::open_with_flags(store.path("guestlist.db"), flags) else {
            continue;
        };
        // Opened in the moment in which the file is made, it is for reading alone.
        if hand.is_readonly("main").unwrap_or(true) {
            continue;
        }
        let is_held = "SELECT holder IS NOT NULL FROM lease \
            WHERE (SELECT value FROM meta WHERE key = 'generation') = '0'";
        while child.try_wait().expect("it can be asked").is_none() {
            if hand.execute_batch("BEGIN IMMEDIATE").is_err() {
                continue;
            }
            if let Ok(true) = hand.query_row(is_held, [], |row| row.get(0)) {
                signal(child, "-STOP");
                hand.execute_batch("ROLLBACK").expect("it was begun");
                return Some(hand);
            }
            hand.execute_batch("ROLLBACK").expect("it was begun");
        }
    }
    None
}

/// Lets an apply that was stopped go on to its end.
fn woken(child: Child) -> (Option<i32>, String) {
    signal(&child, "-CONT");
    let output = child.wait_with_output().expect("the program ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

fn token(sandbox: &Sandbox) -> String {
    let status = sandbox.exactly(["lease", "status", "--format", "json"]);
    let status: serde_json::Value = serde_json::from_str(&status).expect("JSON");
    assert_eq!(status["lease"]["state"], "held", "{status}");
    assert_eq!(status["lease"]["operation"], "apply", "{status}");
    status["lease"]["token"].to_string()
}

#[test]
fn a_holder_that_comes_back_after_its_lease_was_broken_writes_nothing() {
    let store = Sandbox::new();
    let first = sharing(&store, long_tree());
    let other = sharing(&store, tree_of(1));
    let (child, _) = stopped(&first, &store);
    let _ = other
        .run(APPLY.iter().copied())
        .exits(CONFLICT)
        .says(&format!("(process {}), apply since", child.id()));
    let token = token(&other);
    let _ = other
        .run(["lease", "break", &token, "--auto-approve"])
        .exits(0)
        .says("is broken");
    let _ = other.run(APPLY.iter().copied()).exits(0);
    let applied = Picture::of(store.root());

    let (code, said) = woken(child);
    assert_eq!(code, Some(CONFLICT), "{said}");
    assert!(said.contains("nothing was written"), "{said}");
    assert_eq!(Picture::of(store.root()), applied);
    assert_eq!(applied.len(), 8);
    let _ = other.run(["lease", "status"]).exits(0).says("Nobody");
}

#[test]
fn a_holder_that_was_stopped_past_its_lease_writes_nothing_when_it_wakes_up() {
    for is_taken in [false, true] {
        let store = Sandbox::new();
        let first = sharing(&store, long_tree());
        let other = sharing(&store, tree_of(1));
        let (child, hand) = stopped(&first, &store);
        let ended = "UPDATE lease SET expires = '2020-01-01T00:00:00Z'";
        assert_eq!(hand.execute(ended, []).expect("its time can pass"), 1);
        drop(hand);
        if is_taken {
            let _ = other.run(APPLY.iter().copied()).exits(0);
        }
        let before = Picture::of(store.root());
        let (code, said) = woken(child);
        assert_eq!(code, Some(CONFLICT), "{said}");
        assert!(said.contains("was written"), "{said}");
        assert_eq!(Picture::of(store.root()), before);
        assert_eq!(before.len(), if is_taken { 8 } else { 0 });
        let _ = other.run(["lease", "status"]).exits(0).says("Nobody");
        let _ = other.run(APPLY.iter().copied()).exits(0);
    }
}

#[test]
fn nobody_waits_for_whoever_does_not_read_what_an_apply_shows() {
    for arguments in [&[][..], &["--format", "json"]] {
        let store = Sandbox::new();
        let first = sharing(&store, long_tree());
        let other = sharing(&store, tree_of(1));
        let child = started(&first, &[APPLY, arguments].concat());
        // Nobody reads; far more than a pipe holds is shown.
        let is_done = || {
            let Ok(store) = open("sqlite:guestlist.db", store.root(), OpenMode::Read) else {
                return false;
            };
            store.head().is_ok_and(|head| head.generation == 1) && matches!(store.held(), Ok(None))
        };
        assert!((0..50_000).any(|_| is_done()), "it waits for its reader");
        let _ = other.run(APPLY.iter().copied()).exits(4);
        let output = child.wait_with_output().expect("the program ends");
        assert_eq!(output.status.code(), Some(0));
        let shown = [output.stdout, output.stderr].concat();
        let shown = String::from_utf8(shown).expect("text");
        let planned = shown.find("Plan: 4000 to create.").expect("the plan");
        if arguments.is_empty() {
            let applied = shown.find("Applied: 4000 created").expect("the result");
            assert!(planned < applied);
        }
    }
}

#[test]
fn who_waits_goes_on_once_the_lease_is_given_back() {
    let store = Sandbox::new();
    let first = sharing(&store, long_tree());
    let other = sharing(&store, tree_of(1));
    let (child, _) = stopped(&first, &store);
    let waits = [APPLY, &["--wait", "5m"]].concat();
    let mut waiting = other.command(&waits);
    let mut waiting = waiting
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    let mut said = BufReader::new(waiting.stderr.take().expect("it is piped"));
    let mut line = String::new();
    said.read_line(&mut line).expect("the output is text");
    let waits = "Waiting for up to 5m: the store is being changed by ";
    assert!(line.starts_with(waits), "{line}");
    assert!(
        line.contains(&format!("(process {})", child.id())),
        "{line}"
    );

    let (code, told) = woken(child);
    assert_eq!(code, Some(0), "{told}");
    let mut rest = String::new();
    said.read_to_string(&mut rest).expect("the output is text");
    let status = waiting.wait().expect("the program ends");
    // It planned on what the first left: 4,000 deletes are too many.
    assert_eq!(status.code(), Some(4), "{rest}");
    assert!(!rest.contains("Waiting"), "{rest}");
}
