//! Two applies at once, and one that is asked to stop: never a store that nobody declared.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::Sandbox;
use crate::support::estate::{self, Picture};

const APPLY: &[&str] = &["apply", "--auto-approve", "--allow-deletes", "999"];
const CONFLICT: i32 = 5;
const INTERRUPTED: i32 = 130;

fn start(sandbox: &Sandbox) -> Child {
    sandbox
        .command(APPLY)
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
    let status = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
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
