//! Real faults around a real program: every one ends with the exit code of its class, with words that name what to look
//! at, with the old state whole, and with a next command that goes on.

mod around;
mod damage;
mod disk;
mod files;
mod hands;
mod injected;

use std::fs;
use std::process::Command;

use crate::support::{Outcome, Sandbox};

const TREE: &str = "version: 1\norganizations:\n  fabrikam:\n    displayName: Fabrikam\n    domains: [fabrikam.com]\n";

/// A project whose store holds one organization.
fn applied() -> Sandbox {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    sandbox
}

/// The same with a tree that wants a change.
fn changing() -> Sandbox {
    applied().write("tree.yaml", TREE.replace("Fabrikam", "Fabrikam AG"))
}

/// Changes the store behind the program's back.
fn hand(sandbox: &Sandbox, sql: &str) {
    let store = rusqlite::Connection::open(sandbox.path("guestlist.db"));
    let done = store.and_then(|store| store.execute_batch(sql));
    done.expect("the store takes the change");
}

/// Returns the files of the store, each with its bytes.
fn store_files(sandbox: &Sandbox) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(sandbox.root())
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().contains(".db"))
        // An index of the log in shared memory; it holds nothing of its own.
        .filter(|path| !path.to_string_lossy().ends_with("-shm"))
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let bytes = fs::read(&path).expect("a file of the store can be read");
            (name.into_owned(), bytes)
        })
        .collect();
    files.sort();
    files
}

/// Returns true where a program can be used as it is used here, and says so where not.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn can(what: &str, command: &mut Command) -> bool {
    let can = command.output().is_ok_and(|output| output.status.success());
    if !can {
        eprintln!("skipped: {what}");
    }
    can
}

/// Fails unless a command refused a damaged store and left its files alone.
#[track_caller]
fn refused_as_damaged(sandbox: &Sandbox, arguments: &[&str], what: &str) -> Outcome {
    let before = store_files(sandbox);
    let outcome = sandbox.run(arguments.iter().copied());
    assert_eq!(
        outcome.code,
        Some(9),
        "{what}: {arguments:?}\n{}",
        outcome.text()
    );
    assert!(
        store_files(sandbox) == before,
        "{what}: {arguments:?} wrote to a damaged store"
    );
    outcome
}
