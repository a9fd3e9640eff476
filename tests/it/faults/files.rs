//! A store's file that is not there, not ours, not readable, not writable, or of another time.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::{TREE, applied, can, changing, hand, refused_as_damaged, store_files};
use crate::support::{Outcome, Sandbox};

#[test]
fn a_newer_format_asks_for_a_newer_program() {
    let sandbox = applied();
    hand(&sandbox, "PRAGMA user_version = 9");
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let _ = sandbox
            .run(command.iter().copied())
            .exits(3)
            .says("a newer version of guestlist is needed");
    }
}

#[test]
fn a_folder_that_is_missing_is_no_empty_store() {
    let sandbox = applied();
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let arguments = ["--store", "sqlite:unmounted/guestlist.db"];
        let _ = sandbox
            .run(arguments.iter().chain(command).copied())
            .exits(7)
            .says("there is no such folder");
    }
}

#[test]
fn what_is_no_store_is_refused_and_left_as_it_is() {
    let text = Sandbox::project()
        .write("tree.yaml", TREE)
        .write("guestlist.db", "hello\n".repeat(100));
    let other = Sandbox::project().write("tree.yaml", TREE);
    hand(&other, "CREATE TABLE album (title TEXT)");
    for sandbox in [text, other] {
        for command in [&["plan"][..], &["apply", "--auto-approve"]] {
            let _ = refused_as_damaged(&sandbox, command, "no store").says("it was not touched");
        }
    }
    let folder = Sandbox::project().write("tree.yaml", TREE);
    fs::create_dir(folder.path("guestlist.db")).expect("a folder can be made");
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let _ = folder
            .run(command.iter().copied())
            .exits(7)
            .says("it is not a regular file");
    }
}

#[test]
fn a_store_that_is_gone_is_another_store_and_not_a_store_without_objects() {
    let sandbox = changing();
    let _ = sandbox.run(["plan", "--out", "plan.json"]).exits(0);
    fs::remove_file(sandbox.path("guestlist.db")).expect("the store can be lost");
    let _ = sandbox
        .run(["apply", "plan.json"])
        .exits(5)
        .says("another store");
    let _ = sandbox.run(["plan"]).exits(0).says("1 to create");
    let _ = sandbox.run(["drift"]).exits(0);
    assert!(
        !sandbox.path("guestlist.db").exists(),
        "looking made a store"
    );
}

/// What is in the log beside a file that is gone was committed, and a new file would throw it away.
#[test]
fn a_log_without_its_file_is_not_thrown_away() {
    let sandbox = applied();
    let reader = rusqlite::Connection::open(sandbox.path("guestlist.db")).expect("opens");
    // Whoever has the file open keeps its log alive.
    let count = reader.query_row("SELECT count(*) FROM object", [], |row| {
        row.get::<_, i64>(0)
    });
    assert_eq!(count, Ok(1));
    let sandbox = sandbox.write("tree.yaml", TREE.replace("Fabrikam", "Fabrikam AG"));
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    for left in ["", "nothing"] {
        let lost = Sandbox::project().write("tree.yaml", TREE);
        fs::copy(
            sandbox.path("guestlist.db-wal"),
            lost.path("guestlist.db-wal"),
        )
        .expect("the log can be copied");
        if left == "nothing" {
            fs::write(lost.path("guestlist.db"), "").expect("a file can be emptied");
        }
        for command in [&["plan"][..], &["apply", "--auto-approve"], &["drift"]] {
            let _ = refused_as_damaged(&lost, command, "a log alone").says("guestlist.db-wal");
        }
    }
    drop(reader);
}

/// Somebody whom permissions bind: ourselves, or for the superuser somebody else.
struct Plain {
    uid: Option<u32>,
}

impl Plain {
    const NOBODY: u32 = 65_534;

    /// Returns nobody where the program cannot be run by anybody else.
    fn user() -> Option<Self> {
        let superuser = fs::metadata("/proc/self").is_ok_and(|meta| {
            use std::os::unix::fs::MetadataExt;
            meta.uid() == 0
        });
        let uid = superuser.then_some(Self::NOBODY);
        let mut trial = Command::new(Sandbox::program());
        trial.arg("--version").current_dir("/");
        if let Some(uid) = uid {
            trial.uid(uid).gid(uid);
        }
        can("the program cannot be run by another user", &mut trial).then_some(Self { uid })
    }

    /// Gives everything in a folder to the user.
    fn owns(&self, sandbox: &Sandbox) {
        if let Some(uid) = self.uid {
            let below = crate::support::files_below(sandbox.root());
            for path in below.iter().map(|path| &**path).chain([sandbox.root()]) {
                chown(path, Some(uid), Some(uid)).expect("the superuser may give files away");
            }
        }
    }

    fn run(&self, sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
        let mut command = sandbox.command(arguments);
        if let Some(uid) = self.uid {
            command.uid(uid).gid(uid);
        }
        sandbox.outcome(arguments, &mut command)
    }
}

fn mode(sandbox: &Sandbox, path: &str, mode: u32) {
    let path = match path {
        "" => sandbox.root().to_owned(),
        path => sandbox.path(path),
    };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode can be set");
}

#[test]
fn a_store_that_may_not_be_written_can_be_read_and_stays_as_it_is() {
    let Some(user) = Plain::user() else { return };
    for (path, closed, open) in [("guestlist.db", 0o400, 0o600), ("", 0o500, 0o700)] {
        let sandbox = changing();
        user.owns(&sandbox);
        let before = store_files(&sandbox);
        mode(&sandbox, path, closed);
        let _ = user
            .run(&sandbox, &["plan", "--detailed-exitcode"])
            .exits(2);
        let _ = user
            .run(&sandbox, &["apply", "--auto-approve"])
            .exits(7)
            .says("guestlist.db")
            .says("cannot be written");
        assert!(store_files(&sandbox) == before, "{path} {closed:o}");
        mode(&sandbox, path, open);
        let _ = user.run(&sandbox, &["apply", "--auto-approve"]).exits(0);
    }
}

#[test]
fn a_store_that_may_not_be_read_is_not_an_empty_one() {
    let Some(user) = Plain::user() else { return };
    let sandbox = changing();
    user.owns(&sandbox);
    mode(&sandbox, "guestlist.db", 0);
    for command in [&["plan"][..], &["drift"], &["apply", "--auto-approve"]] {
        let _ = user
            .run(&sandbox, command)
            .exits(7)
            .says("guestlist.db")
            .says("permission denied");
    }
    mode(&sandbox, "guestlist.db", 0o600);
    let _ = user.run(&sandbox, &["apply", "--auto-approve"]).exits(0);
}

#[test]
fn a_folder_that_may_not_be_written_gets_no_plan() {
    let Some(user) = Plain::user() else { return };
    let sandbox = changing().write("out/old.json", "{\"format\":\"guestlist-plan/1\"}");
    user.owns(&sandbox);
    chown(sandbox.path("out"), user.uid, user.uid).expect("the superuser may give files away");
    mode(&sandbox, "out", 0o500);
    let _ = user
        .run(&sandbox, &["plan", "--out", "out/old.json"])
        .exits(7)
        .says("out/old.json cannot be written");
    mode(&sandbox, "out", 0o700);
    let old = fs::read_to_string(sandbox.path("out/old.json")).expect("it is there");
    assert_eq!(old, "{\"format\":\"guestlist-plan/1\"}");
    let _ = user
        .run(&sandbox, &["plan", "--out", "out/old.json"])
        .exits(0);
}
