//! The lease as people see it, through the program.

use rusqlite::Connection;
use serde_json::Value;

use crate::support::Sandbox;

const TREE: &str = "version: 1\norganizations:\n  a: { displayName: A, domains: [a.example] }\n";

/// Returns a project whose store has been applied to once.
fn applied() -> Sandbox {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    sandbox
}

/// Gives the lease of a store to somebody on another machine, until an instant.
fn held(sandbox: &Sandbox, until: &str) -> Connection {
    let hand = Connection::open(sandbox.path("guestlist.db")).expect("the store opens");
    let holder = r#"{"user":"ana","host":"elsewhere","pid":4711,"born":"x"}"#;
    let taken = "UPDATE lease SET token = 7, holder = ?1, operation = 'apply', \
        acquired = '2026-03-01T10:00:00.5Z', expires = ?2";
    hand.execute(taken, [holder, until]).expect("it is taken");
    hand
}

const FAR: &str = "2999-01-01T00:00:00Z";

#[test]
fn status_says_plainly_when_nobody_holds_it() {
    for sandbox in [Sandbox::project().write("tree.yaml", TREE), applied()] {
        let _ = sandbox
            .run(["lease", "status"])
            .exits(0)
            .says("Nobody holds the lease of sqlite:guestlist.db.");
        let status = sandbox.exactly(["lease", "status", "--format", "json"]);
        let status: Value = serde_json::from_str(&status).expect("JSON");
        assert_eq!(status["store"], "sqlite:guestlist.db");
        assert!(status["lease"].is_null());
    }
    let absent = Sandbox::project();
    let _ = absent.run(["lease", "status"]).exits(0);
    assert!(!absent.path("guestlist.db").exists());
}

#[test]
fn status_says_who_holds_it() {
    let sandbox = applied();
    let hand = held(&sandbox, FAR);
    let _ = sandbox
        .run(["lease", "status"])
        .exits(0)
        .says("Lease 7 of sqlite:guestlist.db")
        .says("holder      ana on elsewhere (process 4711)")
        .says("since       2026-03-01T10:00:00Z")
        .says("`guestlist lease break 7`");
    let status = sandbox.exactly(["lease", "status", "--format", "json"]);
    let status: Value = serde_json::from_str(&status).expect("JSON");
    let lease = &status["lease"];
    assert_eq!(
        (&lease["token"], &lease["user"], &lease["host"]),
        (&7.into(), &"ana".into(), &"elsewhere".into())
    );
    assert_eq!(lease["until"], FAR);
    assert_eq!(lease["state"], "held");

    hand.execute("UPDATE lease SET expires = '2026-03-01T10:01:00Z'", [])
        .expect("it ended");
    let _ = sandbox
        .run(["lease", "status"])
        .exits(0)
        .says("Its time is over");
}

#[test]
fn whoever_writes_is_told_who_holds_it() {
    let sandbox = applied();
    let run = sandbox.exactly(["history", "--format", "json"]);
    let run: Value = serde_json::from_str(&run).expect("JSON");
    let run = run["runs"][0]["id"].as_str().expect("an id").to_owned();
    let hand = held(&sandbox, FAR);
    let everything: &[&[&str]] = &[
        &["apply", "--auto-approve"],
        &["apply", "--refresh-only", "--auto-approve"],
        &[
            "rollback",
            &run,
            "--auto-approve",
            "--allow-delete-all",
            "organization",
        ],
    ];
    // Also while the holder is in the middle of a write.
    for middle in ["SELECT 1", "BEGIN IMMEDIATE"] {
        hand.execute_batch(middle).expect("the hand is free");
        for command in everything {
            let _ = sandbox
                .run(command.iter().copied())
                .exits(5)
                .says("ana on elsewhere (process 4711), apply since 2026-03-01T10:00:01Z, until 2999-01-01T00:00:00Z")
                .says("--wait 5m");
        }
    }
    let _ = sandbox
        .run(["lease", "break", "7", "--auto-approve"])
        .exits(5)
        .says("cannot be broken while its holder is in the middle of a write")
        .says("end process 4711 on elsewhere");
}

#[test]
fn only_the_exact_number_breaks_it() {
    let sandbox = applied();
    let hand = held(&sandbox, FAR);
    let _ = sandbox.run(["lease", "break"]).exits(64);
    let _ = sandbox.run(["lease", "break", "seven"]).exits(64);
    let _ = sandbox
        .run(["lease", "break", "7"])
        .exits(64)
        .says("no terminal")
        .says("--auto-approve");
    let _ = sandbox
        .run(["lease", "break", "6", "--auto-approve"])
        .exits(5)
        .says("lease 6 is not the present one: lease 7 is held by ana on elsewhere");
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(5);

    let broken = sandbox
        .command(&["lease", "break", "7", "--auto-approve", "--format", "json"])
        .env("GUESTLIST_ACTOR", "ben")
        .output()
        .expect("the program can be started");
    assert!(broken.status.success());
    let broken: Value = serde_json::from_slice(&broken.stdout).expect("JSON");
    assert_eq!(broken["broken_by"], "ben");
    assert_eq!(broken["lease"]["user"], "ana");
    let entry: String = hand
        .query_row(
            "SELECT entry FROM audit ORDER BY seq DESC LIMIT 1",
            [],
            |row| row.get(0),
        )
        .expect("an entry");
    let entry: Value = serde_json::from_str(&entry).expect("JSON");
    assert_eq!(entry["action"], "break-lease");
    let list = sandbox.run(["audit", "list", "--limit", "1", "--actor", "ben"]);
    let list = list.exits(0).says("break-lease");
    assert!(
        list.stdout.contains("held by ana@elsewhere"),
        "{}",
        list.stdout
    );
    let _ = sandbox
        .run(["lease", "break", "7", "--auto-approve"])
        .exits(5)
        .says("nobody holds the lease");
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
}

#[test]
fn a_store_that_is_not_there_has_no_lease_and_is_not_made() {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let _ = sandbox
        .run(["lease", "break", "1", "--auto-approve"])
        .exits(5)
        .says("nobody holds the lease");
    assert!(!sandbox.path("guestlist.db").exists());
}

#[test]
fn a_time_to_wait_has_a_unit() {
    let sandbox = applied();
    let _ = sandbox
        .run(["apply", "--auto-approve", "--wait", "5"])
        .exits(64)
        .says("`30s`, `5m` or `1h`");
    let _ = sandbox
        .run(["apply", "--auto-approve", "--wait", "30s"])
        .exits(0);
}
