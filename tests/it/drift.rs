//! Drift: a hand in the store's file, and what the program says of it.

use rusqlite::Connection;
use serde_json::Value;

use crate::formats;
use crate::support::{Golden, Sandbox, repository};

const TREE: &str = "\
version: 1
organizations:
  fabrikam:
    displayName: Fabrikam
    description: Design agency
    domains: [fabrikam.com]
  litware: { displayName: Litware, domains: [litware.com] }
catalogs:
  marketing: { displayName: Marketing }
collaboration: { guestAccess: restricted }
";

fn applied() -> Sandbox {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let _ = sandbox.run(["drift"]).exits(0).says("No drift.");
    sandbox
}

fn hand(sandbox: &Sandbox) -> Connection {
    Connection::open(sandbox.path("guestlist.db")).expect("the store is there")
}

/// Gives an object another version, as a program beside this one would: with a run of its own, or without.
pub(crate) fn edit(sandbox: &Sandbox, address: &str, key: &str, value: &str, known: bool) {
    let hand = hand(sandbox);
    let run: i64 = if known {
        hand.execute(
            "INSERT INTO run (id, name, project, generation, actor, host, tree, plan, started, finished, counts, first, last) \
             SELECT max(id) + 1, 'portal-1', 'portal', 900000, 'bo', 'server', tree, plan, '2026-03-01T10:00:00Z', \
             '2026-03-01T10:00:00Z', '{}', max(last) + 1, max(last) + 1 FROM run",
            [],
        )
        .expect("a run");
        hand.last_insert_rowid()
    } else {
        1
    };
    hand.execute(
        "INSERT INTO version (id, object, run, action, address, before, body) \
         SELECT (SELECT max(id) FROM version) + 1, o.id, ?2, 'update', o.address, o.version, json_set(v.body, ?3, ?4) \
         FROM object o JOIN version v ON v.id = o.version WHERE o.address = ?1",
        (address, run, format!("$.{key}"), value),
    )
    .expect("a version");
    let version = hand.last_insert_rowid();
    let changed = hand
        .execute(
            "UPDATE object SET version = ?2 WHERE address = ?1",
            (address, version),
        )
        .expect("a pointer");
    assert_eq!(changed, 1);
}

#[test]
fn shows_key_by_key_what_somebody_changed() {
    let sandbox = applied();
    edit(
        &sandbox,
        "organization/fabrikam",
        "description",
        "Something else",
        true,
    );
    let _ = sandbox
        .run(["drift"])
        .exits(2)
        .says("changed by bo, 2026-03-01 10:00:00Z, run portal-1 of portal")
        .says("description")
        .says("Drift: 1 object was changed since the last apply.");
    let json = sandbox.run(["drift", "--format", "json"]).exits(2);
    let report: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(report["drifted"][0]["what"], "changed", "{report}");
    assert_eq!(report["drifted"][0]["by"]["actor"], "bo", "{report}");
    assert_eq!(
        report["drifted"][0]["edits"][0]["after"], "Something else",
        "{report}"
    );
}

#[test]
fn a_plan_keeps_drift_apart_from_intent() {
    let sandbox = applied();
    edit(
        &sandbox,
        "organization/fabrikam",
        "description",
        "Something else",
        false,
    );
    let _ = sandbox
        .run(["drift"])
        .exits(2)
        .says("changed by an unknown hand");
    let sandbox = sandbox.write(
        "tree.yaml",
        TREE.replace("displayName: Fabrikam", "displayName: Fabrikam Inc"),
    );
    let plan = sandbox.run(["plan"]).exits(0).says("Plan: 1 to update.");
    let line = |key: &str| {
        let line = plan
            .stdout
            .lines()
            .find(|line| line.trim().starts_with(key));
        line.expect(key).to_owned()
    };
    assert!(line("description").ends_with("(drift)"), "{}", plan.stdout);
    assert!(!line("displayName").contains("drift"), "{}", plan.stdout);
    let json = sandbox.run(["plan", "--format", "json"]).exits(0);
    let report: Value = serde_json::from_str(&json.stdout).expect("JSON");
    let edits = report["changes"][0]["edits"].as_array().expect("edits");
    let drift: Vec<_> = edits
        .iter()
        .map(|edit| (edit["at"].as_str(), &edit["drift"]))
        .collect();
    assert_eq!(
        drift,
        [
            (Some("description"), &Value::Bool(true)),
            (Some("displayName"), &Value::Null)
        ]
    );
    // An apply puts it back, and then there is none.
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let _ = sandbox.run(["drift"]).exits(0);
}

#[test]
fn what_was_lost_is_shown_and_created_anew() {
    let sandbox = applied();
    let hand = hand(&sandbox);
    let run = |sql| assert_eq!(hand.execute(sql, []).expect(sql), 1);
    run("DELETE FROM object WHERE address = 'organization/litware'");
    run(
        "UPDATE object SET project = 'portal', address = 'organization/f' WHERE address = 'organization/fabrikam'",
    );
    run(
        "UPDATE object SET project = NULL, address = NULL, declared = NULL, applied = NULL WHERE address = 'catalog/marketing'",
    );
    let _ = sandbox
        .run(["drift"])
        .exits(2)
        .says("deleted by an unknown hand")
        .says("taken by project portal by an unknown hand")
        .says("made nobody's by an unknown hand")
        .says("Drift: 3 objects were changed");
    let _ = sandbox
        .run(["plan"])
        .says("organization/litware")
        .says("somebody took it away");
}

/// A store in which everything happened that may happen to an object.
fn strayed() -> Sandbox {
    let sandbox = Sandbox::project().write(
        "tree.yaml",
        TREE.replace(
            "catalogs:\n",
            "  tailspin: { displayName: Tailspin, domains: [tailspin.example] }\n  wingtip: { displayName: Wingtip, domains: [wingtip.example] }\ncatalogs:\n",
        ),
    );
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let address = "organization/fabrikam";
    edit(&sandbox, address, "description", FOREIGN, true);
    edit(
        &sandbox,
        "settings/collaboration",
        "guestAccess",
        "members",
        false,
    );
    let hand = hand(&sandbox);
    for sql in [
        "DELETE FROM object WHERE address = 'organization/litware'",
        "UPDATE object SET project = 'portal', address = 'organization/t' WHERE address = 'organization/tailspin'",
        "UPDATE object SET project = NULL, address = NULL, declared = NULL, applied = NULL WHERE address = 'catalog/marketing'",
        "UPDATE object SET address = 'organization/moved' WHERE address = 'organization/wingtip'",
    ] {
        assert_eq!(hand.execute(sql, []).expect(sql), 1);
    }
    drop(hand);
    // What is no longer declared has no line of its own.
    let left = "  wingtip: { displayName: Wingtip, domains: [wingtip.example] }\n";
    let tree = std::fs::read_to_string(sandbox.path("tree.yaml")).expect("the tree");
    sandbox.write("tree.yaml", tree.replace(left, ""))
}

/// A description that no format may take for anything but text.
const FOREIGN: &str = "::error::@team <b>`x`</b> ##vso[task.complete] [a](https://b.example) jane@fabrikam.com \u{202e}x \u{1b}[2J";

const FORMATS: &[(&str, &str)] = &[
    ("text", "txt"),
    ("json", "json"),
    ("markdown", "md"),
    ("html", "html"),
    ("junit", "xml"),
    ("sarif", "sarif"),
    ("github", "github"),
    ("gitlab", "gitlab"),
    ("azure", "azure"),
];

#[test]
fn drift_is_told_in_every_format_where_its_object_is_declared() {
    let none = applied();
    let much = strayed();
    let mut golden = Golden::default();
    for (name, sandbox, code) in [("none", none, 0), ("much", much, 2)] {
        for (format, ending) in FORMATS {
            let drift = sandbox.run(["drift", "--format", format]).exits(code);
            let file = repository(&format!("tests/kept/drift/{name}.{ending}"));
            formats::compare(&file, &drift.stdout, &mut golden);
        }
        let drift = sandbox.run(["drift", "--format", "json"]);
        let plan = sandbox.run(["plan", "--refresh-only", "--format", "json"]);
        assert_eq!(plan.exits(0).stdout, drift.stdout);
    }
    golden.finish();
}

#[test]
fn an_object_that_was_moved_is_shown_with_its_new_address() {
    let sandbox = applied();
    let moved =
        "UPDATE object SET address = 'organization/moved' WHERE address = 'organization/litware'";
    assert_eq!(hand(&sandbox).execute(moved, []).expect("moves"), 1);
    let _ = sandbox
        .run(["drift"])
        .exits(2)
        .says("moved to organization/moved");
    let _ = sandbox
        .run(["apply", "--refresh-only", "--auto-approve"])
        .exits(0);
    let _ = sandbox.run(["drift"]).exits(0);
    let _ = sandbox
        .run(["plan"])
        .says("organization/moved")
        .says("organization/litware");
}

#[test]
fn keys_that_nobody_manages_do_not_drift() {
    let sandbox = applied();
    let tree = TREE.replace(
        "    domains: [fabrikam.com]\n",
        "    domains: [fabrikam.com]\n    unmanaged: [description]\n",
    );
    let sandbox = sandbox.write("tree.yaml", tree);
    edit(
        &sandbox,
        "organization/fabrikam",
        "description",
        "Something else",
        false,
    );
    edit(
        &sandbox,
        "settings/collaboration",
        "invitations",
        "members",
        false,
    );
    let _ = sandbox.run(["drift"]).exits(0).says("No drift.");
    edit(
        &sandbox,
        "settings/collaboration",
        "guestAccess",
        "members",
        false,
    );
    let _ = sandbox.run(["drift"]).exits(2).says("restricted → members");
}

#[test]
fn refresh_takes_what_is_there_as_applied() {
    let sandbox = applied();
    edit(
        &sandbox,
        "organization/fabrikam",
        "description",
        "Something else",
        false,
    );
    assert_eq!(
        hand(&sandbox)
            .execute(
                "DELETE FROM object WHERE address = 'organization/litware'",
                []
            )
            .expect("deletes"),
        1
    );
    let _ = sandbox
        .run(["plan", "--refresh-only", "--detailed-exitcode"])
        .exits(2)
        .says("Drift: 2 objects");
    let _ = sandbox.run(["plan", "--refresh-only"]).exits(0);
    let _ = sandbox.run(["apply", "--refresh-only"]).exits(64);
    for flag in [
        &["--destroy"][..],
        &["--target", "organization/*"],
        &["--exclude", "organization/*"],
        &["--adopt", "organization/a"],
        &["--allow-deletes", "9"],
        &["--allow-delete-all", "organization"],
        &["--max-people", "9"],
    ] {
        for command in [&["plan"][..], &["apply", "--auto-approve"]] {
            let _ = sandbox
                .run([command, &["--refresh-only"], flag].concat())
                .exits(64)
                .says(&format!("`{}` is about the changes of a plan", flag[0]));
        }
    }
    let _ = sandbox.run(["drift"]).exits(2);
    let _ = sandbox
        .run(["apply", "--refresh-only", "--auto-approve"])
        .exits(0)
        .says("Taken as applied. No object was changed.");
    let _ = sandbox.run(["drift"]).exits(0).says("No drift.");
    let history = sandbox.run(["history", "--format", "json"]).exits(0);
    let report: Value = serde_json::from_str(&history.stdout).expect("JSON");
    assert_eq!(report["runs"][0]["purpose"], "refresh", "{report}");
    // The tree still wants something else, and that is intent now.
    let plan = sandbox
        .run(["plan"])
        .exits(0)
        .says("Plan: 1 to create, 1 to update.");
    assert!(
        !plan.stdout.contains("(drift)") && !plan.stdout.contains("somebody"),
        "{}",
        plan.stdout
    );
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
    let _ = sandbox
        .run(["apply", "--refresh-only", "--auto-approve"])
        .exits(0)
        .says("No drift.");
}
