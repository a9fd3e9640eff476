//! Hands in the store that leave a file which fits together: what the audit log covers is held against it by whoever plans,
//! writes or verifies.

use super::{TREE, refused_as_damaged};
use crate::support::Sandbox;

const APPLY: &[&str] = &["apply", "--auto-approve"];
const VERIFY: &[&str] = &["audit", "verify"];

/// A project without a key, applied twice.
fn applied_twice() -> Sandbox {
    let sandbox = super::applied().write("tree.yaml", TREE.replace("Fabrikam", "Fabrikam AG"));
    let _ = sandbox.run(APPLY.iter().copied()).exits(0);
    sandbox
}

fn open(sandbox: &Sandbox) -> rusqlite::Connection {
    rusqlite::Connection::open(sandbox.path("guestlist.db")).expect("the store is there")
}

fn hand(sandbox: &Sandbox, sql: &str) {
    let done = open(sandbox).execute_batch(sql);
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

#[test]
fn what_the_log_covers_cannot_change_unseen() {
    for (sql, cause) in [
        (
            "UPDATE version SET body = json_set(body, '$.displayName', 'Else') WHERE id = 1",
            "wrote has changed since",
        ),
        ("UPDATE run SET first = 2 WHERE id = 1", "run"),
        (
            "PRAGMA foreign_keys = OFF; DELETE FROM run WHERE id = 2",
            "is missing",
        ),
        (
            "UPDATE meta SET value = '7' WHERE key = 'generation'",
            "it is at generation 7, and its audit log knows 2",
        ),
        (
            "UPDATE meta SET value = '9223372036854775807' WHERE key = 'objects'",
            "its count of objects is wrong",
        ),
        (
            "UPDATE run SET started = '2020-01-01T00:00:00Z'",
            "what is kept of run",
        ),
        (
            "UPDATE run SET finished = '2020-01-01T00:00:00Z' WHERE id = 1",
            "what is kept of run",
        ),
        ("UPDATE run SET host = 'other'", "what is kept of run"),
        ("UPDATE run SET revision = 'abc'", "what is kept of run"),
        ("UPDATE run SET tree = zeroblob(16)", "what is kept of run"),
        (
            "UPDATE run SET actor = lower(hex(randomblob(16)))",
            "what is kept of run",
        ),
        ("UPDATE version SET object = object + 1 WHERE id = 1", ""),
        (
            "UPDATE object SET applied = 77",
            "what was last applied to object",
        ),
        (OTHER_APPLIED, "its audit log does not know what object"),
        (
            "UPDATE object SET version = 1, applied = 1",
            "its audit log does not know what object",
        ),
        (
            "UPDATE lease SET token = 9223372036854775807",
            "the lease has the impossible token",
        ),
    ] {
        let sandbox = applied_twice();
        let _ = sandbox.run(VERIFY.iter().copied()).exits(0);
        hand(&sandbox, sql);
        for command in [VERIFY, &["plan"], APPLY, &["import"]] {
            let _ = refused_as_damaged(&sandbox, command, sql).says(cause);
        }
    }
}

/// Another hand's body, which nobody would see as drift.
const OTHER_APPLIED: &str = "INSERT INTO version (id, object, run, action, address, body) \
     SELECT 100, object, run, action, address, json_set(body, '$.displayName', 'Other') FROM version WHERE id = 1; \
     UPDATE object SET version = 100, applied = 100";

/// What another hand wrote counts as applied once the tree declares it, and the log says so.
#[test]
fn what_was_settled_for_is_in_the_log() {
    let sandbox = applied_twice();
    hand(&sandbox, &OTHER_APPLIED.replace(", applied = 100", ""));
    let more = "  litware:\n    displayName: Litware\n    domains: [litware.com]\n";
    let tree = TREE.replace("Fabrikam", "Other") + more;
    let sandbox = sandbox.write("tree.yaml", tree);
    let _ = sandbox.run(["drift"]).exits(2);
    let _ = sandbox
        .run(APPLY.iter().copied())
        .exits(0)
        .says("Applied: 1 created");
    let _ = sandbox.run(["drift"]).exits(0);
    let listed = sandbox.run(["audit", "list"]).exits(0);
    assert!(listed.stdout.contains("settle"), "{}", listed.stdout);
    let _ = sandbox.run(VERIFY.iter().copied()).exits(0);
    hand(
        &sandbox,
        "UPDATE object SET applied = 2 WHERE applied = 100",
    );
    for command in [VERIFY, &["plan"]] {
        let _ = refused_as_damaged(&sandbox, command, "settled")
            .says("its audit log does not know what object");
    }
}

/// What somebody holds is as the log says, or whoever verifies is told.
#[test]
fn what_somebody_holds_is_in_the_log() {
    let holds = "(SELECT id FROM record WHERE id >> 48 = 3 LIMIT 1)";
    for (sql, cause) in [
        (
            format!(
                "UPDATE record SET body = replace(body, '\"number\":1', '\"number\": 1') WHERE id = {holds}"
            ),
            "is not as its audit log says",
        ),
        (
            format!("DELETE FROM record WHERE id = {holds}"),
            "is missing, which its audit log knows",
        ),
        (
            format!("INSERT INTO record SELECT id + 1000, body FROM record WHERE id = {holds}"),
            "its audit log does not know",
        ),
    ] {
        let sandbox = applied_twice()
            .write(
                "people.csv",
                "mail,displayName,userType\nana@contoso.com,Ana,Member\n",
            )
            .write("groups.csv", "group\nDesign\n")
            .write("members.csv", "group,member\nDesign,ana@contoso.com\n");
        let _ = sandbox
            .run([
                "directory",
                "import",
                "people.csv",
                "groups.csv",
                "members.csv",
            ])
            .exits(0)
            .says("1 membership added");
        let _ = sandbox.run(VERIFY.iter().copied()).exits(0);
        let before: String = open(&sandbox)
            .query_row("SELECT group_concat(id || body) FROM record", [], |row| {
                row.get(0)
            })
            .expect("records");
        hand(&sandbox, &sql);
        let after: String = open(&sandbox)
            .query_row("SELECT group_concat(id || body) FROM record", [], |row| {
                row.get(0)
            })
            .expect("records");
        assert_ne!(before, after, "{sql}");
        let _ = refused_as_damaged(&sandbox, VERIFY, &sql).says(cause);
    }
}

/// The log, its end and the generation go back to the first apply; what the second one wrote stays.
#[test]
fn a_tail_that_was_cut_off_with_its_end_is_told() {
    let sandbox = applied_twice();
    hand(
        &sandbox,
        "DELETE FROM audit WHERE seq > (SELECT min(seq) FROM audit WHERE entry LIKE '%\"action\":\"commit\"%');
         UPDATE meta SET value = '1' WHERE key = 'generation';
         UPDATE meta SET value = (SELECT max(seq) FROM audit) WHERE key = 'audit_size';
         UPDATE meta SET value = (SELECT lower(hex(hash)) FROM audit ORDER BY seq DESC LIMIT 1) WHERE key = 'audit_hash';",
    );
    for command in [VERIFY, &["plan"], APPLY] {
        let _ = refused_as_damaged(&sandbox, command, "a tail").says("does not know run");
    }
}

#[test]
fn somebody_who_is_gone_was_erased_by_somebody_or_it_is_told() {
    let sandbox = applied_twice();
    hand(&sandbox, "DELETE FROM person");
    let _ = refused_as_damaged(&sandbox, VERIFY, "a person")
        .says("from entry 1 on: nothing is kept of person")
        .says("no entry says that they were erased");
}

/// Nobody waits for millions of entries before each plan; whoever verifies reads them all.
#[test]
fn a_log_with_very_many_entries_is_read_by_those_who_verify() {
    let sandbox = applied_twice();
    hand(
        &sandbox,
        "INSERT INTO audit WITH RECURSIVE n(seq) AS (SELECT (SELECT max(seq) FROM audit) + 1 UNION ALL \
             SELECT seq + 1 FROM n WHERE seq < 500001) SELECT seq, '{}', zeroblob(32) FROM n;
         UPDATE meta SET value = '500001' WHERE key = 'audit_size';
         UPDATE meta SET value = lower(hex(zeroblob(32))) WHERE key = 'audit_hash';",
    );
    let _ = sandbox.run(["plan"]).exits(0);
    let _ = refused_as_damaged(&sandbox, VERIFY, "entries");
    hand(&sandbox, "UPDATE object SET applied = 77");
    let _ = refused_as_damaged(&sandbox, &["plan"], "a table").says("what was last applied");
}

/// Lists tell what they find, and say at the end that it is not what was written.
#[test]
fn a_forged_entry_is_listed_and_told() {
    let forged = "INSERT INTO audit SELECT 100, replace(entry, '\"seq\":1,', '\"seq\":100,'), hash FROM audit WHERE seq = 1";
    for (sql, cause) in [
        (forged, "the store knows of no entry with this number"),
        (
            "DELETE FROM audit WHERE seq = 2",
            "from entry 2 on: it is missing",
        ),
        (
            "UPDATE audit SET entry = replace(entry, '\"via\":\"apply\"', '\"via\":\"other\"') WHERE seq = 2",
            "from entry 2 on: its text or its hash was changed",
        ),
        (
            "DELETE FROM audit WHERE seq = 1",
            "from entry 1 on: it is missing",
        ),
        (
            "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
            "it is missing",
        ),
    ] {
        let sandbox = applied_twice();
        let _ = sandbox.run(["audit", "list"]).exits(0);
        let _ = sandbox.run(["audit", "list", "-n", "1"]).exits(0);
        let _ = sandbox.run(["audit", "list", "-n", "2"]).exits(0);
        let _ = sandbox.run(["audit", "export"]).exits(0);
        hand(&sandbox, sql);
        let listed = refused_as_damaged(&sandbox, &["audit", "list"], sql).says(cause);
        assert!(!listed.stdout.is_empty(), "{sql}: nothing was listed");
        let _ = refused_as_damaged(&sandbox, &["audit", "export", "--out", "log"], sql);
        assert!(!sandbox.path("log").exists(), "{sql}: a file was made");
    }
    let sandbox = applied_twice();
    hand(&sandbox, forged);
    let _ = refused_as_damaged(&sandbox, &["audit", "list", "-n", "1"], "one");
    let exported = refused_as_damaged(&sandbox, &["audit", "export"], "all");
    assert!(
        exported.stdout.contains("\"seq\":100"),
        "{}",
        exported.text()
    );
}
