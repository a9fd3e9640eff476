//! Bytes of the store that changed by themselves. Whatever they are, nothing is built on them.

use std::fs;

use rayon::prelude::*;

use super::{TREE, applied, changing, refused_as_damaged, store_files};
use crate::support::Sandbox;
use crate::support::dice::Dice;
use crate::support::estate::{self, Picture};

const APPLY: &[&str] = &["apply", "--auto-approve"];

/// Where the first page of a table or index begins, and how long it is.
fn page(sandbox: &Sandbox, name: &str) -> (usize, usize) {
    let store = rusqlite::Connection::open(sandbox.path("guestlist.db")).expect("opens");
    let number = |sql: &str, params: &[&str]| -> usize {
        let found = store.query_row(sql, rusqlite::params_from_iter(params), |row| {
            row.get::<_, i64>(0)
        });
        usize::try_from(found.expect("a number")).expect("not negative")
    };
    let size = number("PRAGMA page_size", &[]);
    let root = number(
        "SELECT rootpage FROM sqlite_schema WHERE name = ?1",
        &[name],
    );
    ((root - 1) * size, size)
}

/// Changes one byte of the store.
fn flip(sandbox: &Sandbox, at: usize, by: u8) {
    let path = sandbox.path("guestlist.db");
    let mut bytes = fs::read(&path).expect("the store can be read");
    bytes[at] ^= by;
    fs::write(&path, bytes).expect("the store can be written");
}

/// Changes the last byte of a text on the first page of a table or index.
fn flip_text(sandbox: &Sandbox, table: &str, text: &str) {
    let (start, size) = page(sandbox, table);
    let bytes = fs::read(sandbox.path("guestlist.db")).expect("the store can be read");
    let page = &bytes[start..start + size];
    let found = page
        .windows(text.len())
        .position(|window| window == text.as_bytes());
    let found = found.unwrap_or_else(|| panic!("`{text}` is not in {table}"));
    flip(sandbox, start + found + text.len() - 1, 1);
}

fn unreadable(sandbox: &Sandbox, what: &str) {
    let _ = refused_as_damaged(sandbox, APPLY, what);
    // A saved plan is compared first, and whoever looks may see what can be read; neither changes anything.
    for command in [
        &["apply", "plan.json"][..],
        &["plan"],
        &["list"],
        &["history"],
        &["drift"],
    ] {
        let before = store_files(sandbox);
        let looked = sandbox.run(command.iter().copied());
        assert!(
            matches!(looked.code, Some(0 | 4 | 5 | 9)),
            "{what}: {command:?}\n{}",
            looked.text()
        );
        assert!(store_files(sandbox) == before, "{what}: {command:?}");
    }
}

#[test]
fn a_page_that_is_torn_is_never_written_over() {
    for table in [
        "object",
        "version",
        "run",
        "audit",
        "meta",
        "lease",
        "migration",
        "object_binding",
        "sqlite_autoindex_run_1",
    ] {
        let sandbox = changing();
        let _ = sandbox.run(["plan", "--out", "plan.json"]).exits(0);
        let (start, _) = page(&sandbox, table);
        flip(&sandbox, start, 0xff);
        unreadable(&sandbox, table);
    }
}

#[test]
fn a_text_that_is_not_as_it_was_written_is_never_built_on() {
    for (table, text) in [
        // The body of an object that the tree declares as it was: a plan does not read it.
        ("version", "fabrikam.com"),
        ("version", "organization/fabrikam"),
        ("object", "organization/fabrikam"),
        ("object_binding", "organization/fabrikam"),
        ("audit", "\"create\""),
        ("audit", "generation 1"),
        ("meta", "lineage"),
        ("meta", "audit_hash"),
    ] {
        let sandbox = applied();
        let _ = sandbox.run(["plan", "--out", "plan.json"]).exits(0);
        flip_text(&sandbox, table, text);
        unreadable(&sandbox, &format!("{text} in {table}"));
    }
}

#[test]
fn a_body_that_a_plan_does_not_read_is_named_all_the_same() {
    let sandbox = applied();
    flip_text(&sandbox, "version", "fabrikam.com");
    let _ = refused_as_damaged(&sandbox, &["plan"], "a body").says("has changed since");
    let _ = refused_as_damaged(&sandbox, &["drift"], "a body").says("has changed since");
    let _ = refused_as_damaged(&sandbox, APPLY, "a body")
        .says("what run")
        .says("restore a backup beside it");
}

#[test]
fn a_header_that_is_not_whole_is_told() {
    // The magic, the size of a page, the versions to read and write, the count of pages, the encoding, the mark.
    for at in [0, 16, 17, 18, 19, 21, 28, 31, 47, 59, 68, 71] {
        let sandbox = changing();
        flip(&sandbox, at, 0xff);
        unreadable_or_right(&sandbox, &format!("byte {at}"));
    }
}

#[test]
fn a_file_that_was_cut_is_told() {
    let whole = fs::metadata(changing().path("guestlist.db")).expect("there");
    for length in [1, 99, 100, 4096, 8192, 8193, 20_000, whole.len() - 8193] {
        let sandbox = changing();
        let file = fs::OpenOptions::new()
            .write(true)
            .open(sandbox.path("guestlist.db"))
            .expect("opens");
        file.set_len(length).expect("a file can be cut");
        let what = format!("cut to {length}");
        let _ = refused_as_damaged(&sandbox, APPLY, &what);
        let _ = refused_as_damaged(&sandbox, &["drift"], &what);
    }
}

/// The store is refused and stays as it is, or the byte meant nothing and the outcome is right.
fn unreadable_or_right(sandbox: &Sandbox, what: &str) {
    let before = store_files(sandbox);
    let outcome = sandbox.run(APPLY.iter().copied());
    match outcome.code {
        Some(9) => assert!(store_files(sandbox) == before, "{what}: it was written"),
        Some(3) => {
            let _ = outcome.says("a newer version of guestlist is needed");
            assert!(store_files(sandbox) == before, "{what}: it was written");
        }
        Some(0) => {
            let right = changing();
            let _ = right.run(APPLY.iter().copied()).exits(0);
            assert!(
                Picture::of(sandbox.root()) == Picture::of(right.root()),
                "{what}: another store came out"
            );
        }
        _ => panic!("{what}\n{}", outcome.text()),
    }
}

/// `FLIPS` says how many bytes are tried; 40 without it.
#[test]
fn any_byte_that_changes_is_told_or_means_nothing() {
    let flips = std::env::var("FLIPS").ok();
    let flips = flips.map_or(40, |flips: String| {
        flips.parse().expect("FLIPS is a number")
    });
    (0..flips).into_par_iter().for_each(|number: u64| {
        let mut dice = Dice::new(number);
        let sandbox = changing();
        let bytes = fs::read(sandbox.path("guestlist.db")).expect("the store can be read");
        // What is zero is mostly unused, and the first page holds the names of the tables.
        let (_, size) = page(&sandbox, "meta");
        let used: Vec<usize> = (size..bytes.len()).filter(|at| bytes[*at] != 0).collect();
        let (at, bit) = (used[dice.below(used.len())], dice.below(8));
        flip(&sandbox, at, 1 << bit);
        unreadable_or_right(&sandbox, &format!("bit {bit} of byte {at}"));
    });
}

/// A file from a backup, and beside it the log of the file that it took the place of.
#[test]
fn an_old_file_beside_a_new_log_is_no_store() {
    let sandbox = applied();
    let old = fs::read(sandbox.path("guestlist.db")).expect("the store can be read");
    let sandbox = sandbox.write("tree.yaml", estate::first());
    let apply = [
        "apply",
        "--auto-approve",
        "--allow-widening",
        "--allow-delete-all",
        "organization",
    ];
    let _ = sandbox.run(apply).exits(0);
    let reader = rusqlite::Connection::open(sandbox.path("guestlist.db")).expect("opens");
    let count = reader.query_row("SELECT count(*) FROM object", [], |row| {
        row.get::<_, i64>(0)
    });
    assert!(count.is_ok());
    let sandbox = sandbox.write("tree.yaml", estate::first().replace("Everything", "All"));
    let _ = sandbox.run(apply).exits(0);
    let log = fs::read(sandbox.path("guestlist.db-wal")).expect("somebody has the file open");
    drop(reader);
    let restored = Sandbox::project().write("tree.yaml", TREE);
    fs::write(restored.path("guestlist.db"), old).expect("a backup can be restored");
    fs::write(restored.path("guestlist.db-wal"), log).expect("a log can be left");
    for command in [APPLY, &["plan"], &["drift"]] {
        let _ = refused_as_damaged(&restored, command, "half a restore");
    }
}
