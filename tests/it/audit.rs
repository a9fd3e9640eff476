//! The audit log through the program: names apart, heads signed and kept outside, hands in the store found.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::{Outcome, Sandbox};

const TREE: &str = "version: 1\norganizations:\n  fabrikam:\n    displayName: Fabrikam\n    domains: [fabrikam.com]\n";

const SETTINGS: &str = "\
project = \"contoso\"

[store]
url = \"sqlite:guestlist.db\"

[audit]
heads = \"heads.jsonl\"
key-file = \"audit.key\"
";

/// A project with a key and a heads file, applied twice.
fn witnessed() -> Sandbox {
    let sandbox = Sandbox::new()
        .write("guestlist.toml", SETTINGS)
        .write("tree.yaml", TREE);
    let _ = sandbox.run(["audit", "key", "new"]).exits(0);
    applied(&sandbox, "ana@contoso.com");
    let sandbox = sandbox.write("tree.yaml", TREE.replace("Fabrikam", "Fabrikam AG"));
    applied(&sandbox, "ben@contoso.com");
    sandbox
}

fn applied(sandbox: &Sandbox, actor: &str) {
    let outcome = as_actor(sandbox, actor, &["apply", "--auto-approve"]);
    assert_eq!(outcome.0, 0, "{}", outcome.1);
    assert!(outcome.1.contains("Signed head: "), "{}", outcome.1);
}

/// Runs as somebody, and returns the exit code and everything said.
fn as_actor(sandbox: &Sandbox, actor: &str, arguments: &[&str]) -> (i32, String) {
    let mut command = sandbox.command(arguments);
    let output = command.env("GUESTLIST_ACTOR", actor).output();
    let output = output.expect("the program can be started");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).expect("the program writes UTF-8");
    (output.status.code().unwrap_or(-1), said)
}

fn hand(sandbox: &Sandbox, sql: &str) {
    let store = rusqlite::Connection::open(sandbox.path("guestlist.db"));
    let done = store.and_then(|store| store.execute_batch(sql));
    done.expect("the store takes the change");
}

fn verify(sandbox: &Sandbox) -> Outcome {
    sandbox.run(["audit", "verify"])
}

fn lines(sandbox: &Sandbox) -> Vec<String> {
    let text = fs::read_to_string(sandbox.path("heads.jsonl")).expect("the heads are there");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn an_apply_is_signed_and_the_head_is_kept() {
    let sandbox = witnessed();
    assert_eq!(lines(&sandbox).len(), 2);
    let outcome = verify(&sandbox)
        .exits(0)
        .says("The audit log holds: 6 entries.")
        .says("2 signed heads fit, the last of 5 entries")
        .says("nobody said that this key counts");
    assert!(!outcome.text().contains("private"), "{}", outcome.text());
    // The same from a file, from standard input, and with the key that counts.
    let key = sandbox.run(["audit", "key", "new", "other.key"]).exits(0);
    let other = key.stdout.trim().to_owned();
    let _ = sandbox
        .run(["audit", "verify", "--head", "heads.jsonl"])
        .exits(0);
    let _ = sandbox
        .run(["audit", "verify", "--key", &other])
        .exits(9)
        .says("which does not count");
    let own = sandbox.exactly(["audit", "verify", "--format", "json"]);
    let own: serde_json::Value = serde_json::from_str(&own).expect("JSON");
    let own = own["newest"]["key"].as_str().expect("a key").to_owned();
    let _ = sandbox.run(["audit", "verify", "--key", &own]).exits(0);
    // What an apply prints in JSON is the same head.
    let sandbox = sandbox.write("tree.yaml", TREE);
    let applied = sandbox.exactly(["apply", "--auto-approve", "--format", "json"]);
    let applied: serde_json::Value = serde_json::from_str(&applied).expect("JSON");
    let kept: serde_json::Value =
        serde_json::from_str(lines(&sandbox).last().expect("a head")).expect("JSON");
    assert_eq!(applied["audit"]["signed"], kept);
}

#[test]
fn a_key_is_private_and_never_overwritten() {
    let sandbox = witnessed();
    let path = sandbox.path("audit.key");
    let mode = fs::metadata(&path).expect("a key").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let _ = sandbox
        .run(["audit", "key", "new"])
        .exits(1)
        .says("never overwritten");
    let before = lines(&sandbox);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
    let sandbox = sandbox.write("tree.yaml", TREE);
    let _ = sandbox
        .run(["apply", "--auto-approve"])
        .exits(8)
        .says("others may read or write it (mode 0640)");
    assert_eq!(lines(&sandbox), before);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(2);
    // The environment wins over the file.
    let mut apply = sandbox.command(&["apply", "--auto-approve"]);
    apply.env("GUESTLIST_AUDIT_KEY", "ed25519-private:hunter2");
    let output = apply.output().expect("the program can be started");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(8), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
    let other = sandbox.run(["audit", "key", "new", "other.key"]).exits(0);
    assert!(other.stdout.starts_with("ed25519:"), "{}", other.stdout);
    let key = fs::read_to_string(sandbox.path("other.key")).expect("a key");
    let mut apply = sandbox.command(&["apply", "--auto-approve"]);
    let output = apply.env("GUESTLIST_AUDIT_KEY", key).output();
    assert_eq!(output.expect("it starts").status.code(), Some(0));
    assert_eq!(lines(&sandbox).len(), before.len() + 1);
}

#[test]
fn without_a_key_no_head_is_made_and_the_apply_says_so() {
    let sandbox = Sandbox::new()
        .write("guestlist.toml", SETTINGS.replace("key-file", "# key-file"))
        .write("tree.yaml", TREE);
    let _ = sandbox
        .run(["apply", "--auto-approve"])
        .exits(0)
        .says("No head was signed: there is no key.");
    assert!(!sandbox.path("heads.jsonl").exists());
    let _ = verify(&sandbox).exits(0).says("There is no signed head");
}

#[test]
fn an_entry_that_was_changed_is_named() {
    let sandbox = witnessed();
    hand(
        &sandbox,
        "UPDATE audit SET entry = replace(entry, 'create', 'adopt') WHERE seq = 1",
    );
    let _ = verify(&sandbox)
        .exits(9)
        .says("from entry 1 on: its text or its hash was changed");
}

#[test]
fn an_entry_that_was_taken_out_is_named() {
    let sandbox = witnessed();
    hand(&sandbox, "DELETE FROM audit WHERE seq = 3");
    let _ = verify(&sandbox)
        .exits(9)
        .says("from entry 3 on: it is missing");
}

#[test]
fn entries_that_changed_places_are_named() {
    let sandbox = witnessed();
    hand(
        &sandbox,
        "UPDATE audit SET seq = 100 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; \
         UPDATE audit SET seq = 3 WHERE seq = 100",
    );
    let _ = verify(&sandbox)
        .exits(9)
        .says("from entry 2 on: entry 3 stands in its place");
}

#[test]
fn an_end_that_was_cut_off_is_named_by_every_command() {
    let sandbox = witnessed();
    let hash: String = rusqlite::Connection::open(sandbox.path("guestlist.db"))
        .and_then(|store| {
            store.query_row(
                "SELECT lower(hex(hash)) FROM audit WHERE seq = 2",
                [],
                |row| row.get(0),
            )
        })
        .expect("a hash");
    hand(
        &sandbox,
        &format!(
            "DELETE FROM audit WHERE seq > 2; UPDATE meta SET value = '2' WHERE key = 'audit_size'; \
             UPDATE meta SET value = '{hash}' WHERE key = 'audit_hash'"
        ),
    );
    let _ = verify(&sandbox)
        .exits(9)
        .says("from entry 3 on: it is missing, and the head signed")
        .says("knows 5 entries");
    for command in [
        &["plan"][..],
        &["apply", "--auto-approve"],
        &["drift"],
        &["list"],
        &["history"],
        &["audit", "list"],
        &["audit", "export"],
        &["audit", "forget", "ana@contoso.com", "--auto-approve"],
    ] {
        let _ = sandbox
            .run(command.iter().copied())
            .exits(9)
            .says("it ends at audit entry 2")
            .says("knows entry 5");
    }
    // Without the heads it shows only because the rest of the store was not put back with it.
    let sandbox = sandbox.write("guestlist.toml", SETTINGS.replace("heads =", "# heads ="));
    let _ = verify(&sandbox)
        .exits(9)
        .says("it is at generation 2, and its audit log knows 1");
}

#[test]
fn a_log_that_was_written_anew_is_named() {
    let sandbox = witnessed();
    let lineage: String = rusqlite::Connection::open(sandbox.path("guestlist.db"))
        .and_then(|store| {
            store.query_row("SELECT value FROM meta WHERE key = 'lineage'", [], |row| {
                row.get(0)
            })
        })
        .expect("a lineage");
    let store = rusqlite::Connection::open(sandbox.path("guestlist.db")).expect("a store");
    let mut chain = guestlist::audit::Chain::new(&lineage);
    for seq in 1..=6_i64 {
        let text: String = store
            .query_row("SELECT entry FROM audit WHERE seq = ?1", [seq], |row| {
                row.get(0)
            })
            .expect("an entry");
        let text = text.replace("\"declared\"", "\"adopt asked\"");
        let hash = chain.append(&text);
        store
            .execute(
                "UPDATE audit SET entry = ?2, hash = ?3 WHERE seq = ?1",
                (seq, text, hash.as_bytes()),
            )
            .expect("written");
    }
    let set = "UPDATE meta SET value = ?1 WHERE key = 'audit_hash'";
    store
        .execute(set, [chain.hash().to_string()])
        .expect("written");
    drop(store);
    let _ = verify(&sandbox)
        .exits(9)
        .says("from entry 2 on: it has hash");
    let _ = sandbox
        .run(["plan"])
        .exits(9)
        .says("its audit entry 5 has hash");
}

#[test]
fn a_name_that_was_exchanged_is_found() {
    let sandbox = witnessed();
    hand(
        &sandbox,
        "UPDATE person SET value = 'eve@contoso.com' WHERE value = 'ana@contoso.com'",
    );
    let _ = verify(&sandbox)
        .exits(9)
        .says("from entry 1 on: the name kept for person");
    let _ = sandbox
        .run(["audit", "list"])
        .exits(0)
        .says("[not the name that was recorded]");
}

/// Keeps the store as it is now, to be put back later.
fn copy(sandbox: &Sandbox) -> Vec<u8> {
    fs::read(sandbox.path("guestlist.db")).expect("a store")
}

#[test]
fn a_store_that_was_put_back_stops_everything_until_it_is_accepted() {
    let sandbox = witnessed();
    let old = copy(&sandbox);
    let sandbox = sandbox.write("tree.yaml", TREE);
    applied(&sandbox, "ana@contoso.com");
    let before = lines(&sandbox);
    let sandbox = sandbox.write("guestlist.db", &old);
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let _ = sandbox
            .run(command.iter().copied())
            .exits(9)
            .says("was put back or written anew: it ends at audit entry 6")
            .says("--accept-restore");
    }
    assert_eq!(copy(&sandbox), old);
    assert_eq!(lines(&sandbox), before);
    // To go on has to be signed.
    let open = sandbox.write("guestlist.toml", SETTINGS.replace("key-file", "# key-file"));
    let _ = open
        .run(["apply", "--auto-approve", "--accept-restore"])
        .exits(8)
        .says("nothing was written");
    let sandbox = open.write("guestlist.toml", SETTINGS);
    let _ = sandbox
        .run(["apply", "--auto-approve", "--accept-restore"])
        .exits(0)
        .says("warning[GL0703]")
        .says("Applied: 1 updated");
    // Recorded, signed, remembered; and from here on everything is as before.
    assert_eq!(lines(&sandbox).len(), before.len() + 2);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
    let _ = verify(&sandbox).exits(0).says("2 signed heads fit");
    let _ = sandbox.run(["audit", "list", "--address", "**"]).exits(0);
    let list = sandbox.run(["audit", "list"]).exits(0);
    assert!(list.stdout.contains("accept restore"), "{}", list.stdout);
    let store = guestlist::store::open(
        "sqlite:guestlist.db",
        sandbox.root(),
        guestlist::store::OpenMode::Read,
    );
    let head = store.and_then(|store| store.head()).expect("a head");
    assert!(head.restored.is_some());
    // The flag does nothing where nothing is wrong.
    let _ = sandbox
        .run(["apply", "--auto-approve", "--accept-restore"])
        .exits(0);
    assert_eq!(lines(&sandbox).len(), before.len() + 2);
}

#[test]
fn going_on_is_recorded_even_where_nothing_else_is_to_do() {
    let sandbox = witnessed();
    let old = copy(&sandbox);
    let sandbox = sandbox.write("tree.yaml", TREE);
    applied(&sandbox, "ana@contoso.com");
    let sandbox = sandbox
        .write("guestlist.db", &old)
        .write("tree.yaml", TREE.replace("Fabrikam", "Fabrikam AG"));
    let _ = sandbox.run(["plan"]).exits(9);
    let _ = sandbox
        .run(["apply", "--auto-approve", "--accept-restore"])
        .exits(0);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
    let _ = verify(&sandbox).exits(0).says("1 signed head fits");
}

#[test]
fn a_store_that_is_gone_or_another_one_is_no_empty_one() {
    let sandbox = witnessed();
    fs::remove_file(sandbox.path("guestlist.db")).expect("removed");
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let _ = sandbox
            .run(command.iter().copied())
            .exits(9)
            .says("it is not there");
        assert!(!sandbox.path("guestlist.db").exists());
    }
    let _ = verify(&sandbox).exits(9);
    let _ = sandbox
        .run(["apply", "--auto-approve", "--accept-restore"])
        .exits(0)
        .says("Applied: 1 created");
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
    // A store of another name is another store.
    let _ = sandbox.run(["plan", "--store", "sqlite:new.db"]).exits(0);
}

#[test]
fn a_heads_file_with_a_torn_end_is_told_and_one_with_a_forged_line_is_refused() {
    let sandbox = witnessed();
    let text = lines(&sandbox).join("\n");
    let sandbox = sandbox.write("heads.jsonl", &text[..text.len() - 30]);
    let _ = sandbox
        .run(["plan"])
        .exits(0)
        .says("warning[GL0702]")
        .says("ends in the middle of a line");
    let forged = text.replace("\"size\":5", "\"size\":3");
    let sandbox = sandbox.write("heads.jsonl", forged);
    let _ = sandbox
        .run(["plan"])
        .exits(9)
        .says("its signature does not hold");
    let sandbox = sandbox.write("heads.jsonl", format!("nonsense\n{text}\n"));
    let _ = sandbox.run(["plan"]).exits(9).says("heads.jsonl:1: ");
}

#[test]
fn entries_are_listed_by_time_address_and_person() {
    let sandbox = witnessed();
    let all = sandbox.run(["audit", "list"]).exits(0).stdout;
    assert_eq!(all.lines().count(), 7, "{all}");
    assert!(all.lines().nth(1).is_some_and(|line| line.starts_with('6')));
    let count = |arguments: &[&str]| {
        let list = ["audit", "list", "--format", "json"];
        let said = sandbox.exactly(list.iter().chain(arguments).copied());
        let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
        said["entries"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(count(&[]), 6);
    assert_eq!(count(&["--limit", "1"]), 1);
    assert_eq!(count(&["--actor", "Ana@contoso.com"]), 3);
    assert_eq!(count(&["--actor", "nobody@contoso.com"]), 0);
    assert_eq!(count(&["--address", "organization/*"]), 2);
    assert_eq!(count(&["--address", "catalog/*"]), 0);
    assert_eq!(count(&["--since", "1h"]), 6);
    assert_eq!(count(&["--since", "2099-01-01"]), 0);
    let _ = sandbox
        .run(["audit", "list", "--since", "yesterday"])
        .exits(64)
        .says("is no time");
    let _ = sandbox.run(["audit", "list", "--address", "[x"]).exits(64);
}

#[test]
fn an_export_can_be_checked_by_anybody_and_tells_names_only_when_asked() {
    let sandbox = witnessed();
    let text = sandbox.exactly(["audit", "export"]);
    assert!(!text.contains("contoso.com"), "{text}");
    let head: serde_json::Value = serde_json::from_str(&lines(&sandbox)[1]).expect("JSON");
    let origin = head["origin"].as_str().expect("an origin");
    let mut chain = guestlist::audit::Chain::new(origin);
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let entry = guestlist::model::canonical(&line["entry"]);
        assert_eq!(chain.append(&entry).to_string(), line["hash"]);
        if head["size"] == chain.size() {
            assert_eq!(chain.hash().to_string(), head["hash"]);
        }
    }
    // The head, and the entry that says that it is kept.
    assert_eq!(head["size"], chain.size() - 1);
    let _ = sandbox
        .run(["audit", "export", "--names", "--out", "log.jsonl"])
        .exits(0)
        .says("Wrote 6 entries");
    let named = fs::read_to_string(sandbox.path("log.jsonl")).expect("an export");
    assert!(named.contains("ana@contoso.com"), "{named}");
    let mode = fs::metadata(sandbox.path("log.jsonl")).expect("an export");
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
}

#[test]
fn whoever_is_forgotten_is_gone_from_every_list_and_the_log_holds() {
    let sandbox = witnessed();
    let _ = sandbox.run(["history"]).exits(0).says("ana@contoso.com@");
    let _ = sandbox
        .run(["audit", "forget", "ana@contoso.com"])
        .exits(64)
        .says("no terminal");
    let _ = sandbox
        .run(["audit", "forget", "Ana@Contoso.com", "--auto-approve"])
        .exits(0)
        .says("Erased from sqlite:guestlist.db");
    let history = sandbox.run(["history"]).exits(0).stdout;
    assert!(
        !history.contains("ana@") && history.contains("[erased]@"),
        "{history}"
    );
    let list = sandbox.run(["audit", "list"]).exits(0).stdout;
    assert!(!list.contains("ana@"), "{list}");
    assert!(
        list.contains("forget person") && list.contains("[erased]"),
        "{list}"
    );
    let _ = verify(&sandbox).exits(0).says("holds: 7 entries");
    let _ = sandbox
        .run(["audit", "forget", "ana@contoso.com", "--auto-approve"])
        .exits(1)
        .says("knows nobody called");
}

#[test]
fn a_key_that_is_no_public_key_is_refused_in_the_settings() {
    let sandbox = Sandbox::new()
        .write(
            "guestlist.toml",
            format!("{SETTINGS}public-keys = [\"ed25519-private:hunter2\"]\n"),
        )
        .write("tree.yaml", TREE);
    let outcome = sandbox.run(["plan"]).exits(3).says("it is no public key");
    assert!(outcome.text().contains("GL0601"), "{}", outcome.text());
    assert!(!outcome.text().contains("hunter2"), "{}", outcome.text());
    let sandbox = sandbox.write("guestlist.toml", SETTINGS.replace("heads", "haeds"));
    let _ = sandbox.run(["plan"]).exits(3).says("did you mean `heads`?");
}

#[test]
fn the_first_command_after_an_hour_signs_a_head_as_well() {
    let tree = "version: 1\nresources:\n  guests: { group: Design guests }\n\
        catalogs:\n  design: { displayName: Design, resources: [guests] }\n\
        packages:\n  team:\n    catalog: design\n    displayName: Team\n    grants: { guests: Member }\n    policies:\n      \
        direct: { requestors: nobody, expires: never }\n";
    let sandbox = Sandbox::new()
        .write(
            "guestlist.toml",
            format!("{SETTINGS}\n[tenant]\ndomains = [\"contoso.com\"]\n"),
        )
        .write("tree.yaml", tree);
    let _ = sandbox.run(["audit", "key", "new"]).exits(0);
    applied(&sandbox, "ana@contoso.com");
    assert_eq!(lines(&sandbox).len(), 1);
    let grant = |person: &str, at: &[&str]| {
        let grant = ["assignment", "grant", person, "team", "--policy", "direct"];
        let name = ["--name", "Bob"];
        let _ = sandbox
            .run(grant.into_iter().chain(name).chain(at.iter().copied()))
            .exits(0);
    };
    grant("bob@fabrikam.com", &[]);
    assert_eq!(lines(&sandbox).len(), 1);
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(2);
    grant("rob@fabrikam.com", &["--at", &later.to_string()]);
    assert_eq!(lines(&sandbox).len(), 2);
    let _ = verify(&sandbox).exits(0).says("2 signed heads fit");
}

#[test]
fn a_heads_file_that_lost_a_head_is_found_out() {
    for loss in ["", "first"] {
        let sandbox = witnessed();
        let kept = lines(&sandbox);
        if loss.is_empty() {
            fs::remove_file(sandbox.path("heads.jsonl")).expect("it is there");
        } else {
            fs::write(sandbox.path("heads.jsonl"), format!("{}\n", kept[0])).expect("written");
        }
        let lacks = "heads.jsonl lacks the head of 5 entries that was kept there on";
        let _ = verify(&sandbox).exits(9).says(lacks);
        let _ = sandbox
            .run(["plan"])
            .exits(0)
            .says("warning[GL0704]")
            .says(lacks);
        // A copy of the store is far from its heads.
        let mut far = sandbox.command(&["plan"]);
        let far = sandbox.outcome(&["plan"], far.env("GUESTLIST_AUDIT_HEADS", "none"));
        assert!(!far.exits(0).text().contains("GL0704"));
        // Nothing to do, and the head is due: the file knows where the store is again.
        let tree = TREE.replace("Fabrikam", "Fabrikam GmbH");
        let sandbox = sandbox.write("tree.yaml", tree);
        let (code, said) = as_actor(&sandbox, "ana@contoso.com", &["apply", "--auto-approve"]);
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("GL0704"), "{said}");
        let _ = verify(&sandbox).exits(0);
        let _ = sandbox.run(["plan"]).exits(0);
    }
}

#[test]
fn a_key_is_handed_over_to_a_program_and_kept_nowhere() {
    let sandbox = Sandbox::new()
        .write("guestlist.toml", SETTINGS.replace("key-file", "# key-file"))
        .write("tree.yaml", TREE);
    let made = sandbox.run(["audit", "key", "new", "-"]).exits(0);
    assert!(
        made.stdout.starts_with("ed25519-private:"),
        "{}",
        made.stdout
    );
    assert!(!sandbox.path("-").exists());
    let public = made.stderr.trim().strip_prefix("Its public key: ");
    let public = public.expect("the public key").to_owned();
    let arguments = ["apply", "--auto-approve"];
    let mut command = sandbox.command(&arguments);
    let _ = sandbox
        .outcome(
            &arguments,
            command.env("GUESTLIST_AUDIT_KEY", made.stdout.trim()),
        )
        .exits(0)
        .says("Signed head: ");
    let _ = sandbox.run(["audit", "verify", "--key", &public]).exits(0);
    let _ = sandbox
        .run(["audit", "key", "new", "-", "--format", "json"])
        .exits(64);
}
