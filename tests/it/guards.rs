//! Guards, seen from the command line: what is refused with 4, with which number, and what lifts it.

use guestlist::guard::Rule;

use crate::support::{Sandbox, repository};

/// A tree of so many organizations, each in a file of its own.
fn organizations(sandbox: Sandbox, count: usize) -> Sandbox {
    (0..count).fold(sandbox, |sandbox, number| {
        let text = format!(
            "version: 1\norganizations:\n  o{number:02}:\n    displayName: Partner {number}\n    domains: [o{number:02}.example]\n"
        );
        sandbox.write(&format!("partners/o{number:02}.yaml"), text)
    })
}

fn remove(sandbox: &Sandbox, numbers: impl IntoIterator<Item = usize>) {
    for number in numbers {
        let path = sandbox.path(&format!("partners/o{number:02}.yaml"));
        std::fs::remove_file(path).expect("the file is there");
    }
}

fn apply(sandbox: &Sandbox) {
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
}

const KEEP: &str =
    "version: 1\norganizations:\n  keep:\n    displayName: Keep\n    domains: [keep.example]\n";
const GONE: &str =
    "version: 1\norganizations:\n  gone:\n    displayName: Gone\n    domains: [gone.example]\n";

#[test]
fn many_deletes_are_refused_until_a_flag_names_the_number() {
    let sandbox = organizations(Sandbox::project(), 12);
    apply(&sandbox);
    remove(&sandbox, 0..3);
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let _ = sandbox
            .run(command.iter().copied())
            .exits(4)
            .says("refused[deletes]")
            .says("3 organizations would be deleted within 24 hours, where 2 may")
            .says("`organization/o01`")
            .says("`--allow-deletes 3`");
    }
    let _ = sandbox.run(["plan", "--allow-deletes", "2"]).exits(4);
    let _ = sandbox
        .run(["plan", "--allow-deletes", "3"])
        .exits(0)
        .says("lifted[deletes]: 3 objects, by --allow-deletes 3");
    let _ = sandbox
        .run(["apply", "--auto-approve", "--allow-deletes", "3"])
        .exits(0);
    let runs: serde_json::Value =
        serde_json::from_str(&sandbox.exactly(["history", "--format", "json"])).expect("JSON");
    let last = &runs["runs"][0];
    assert_eq!(last["lifted"][0]["guard"], "deletes");
    assert_eq!(last["lifted"][0]["by"], "--allow-deletes 3");
    let id = last["id"].as_str().expect("an id").to_owned();
    let _ = sandbox
        .run(["history", &id])
        .exits(0)
        .says("lifted[deletes]: 3 objects, by --allow-deletes 3");
}

#[test]
fn deletes_are_summed_over_the_runs_of_a_day() {
    let sandbox = organizations(Sandbox::project(), 12);
    apply(&sandbox);
    remove(&sandbox, [0]);
    apply(&sandbox);
    remove(&sandbox, [1]);
    apply(&sandbox);
    remove(&sandbox, [2]);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(4).says(
        "3 organizations would be deleted within 24 hours, 2 of them by earlier runs, where 2 may",
    );
    // Whoever makes today's runs last year's unlocks nothing: the audit log knows better.
    let store = rusqlite::Connection::open(sandbox.path("guestlist.db")).expect("a store");
    let _ = store
        .execute(
            "UPDATE run SET finished = '2020-01-01T00:00:00Z' WHERE generation = 2",
            [],
        )
        .expect("a run");
    drop(store);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(9);
}

#[test]
fn the_last_of_a_kind_is_not_deleted_in_passing() {
    let sandbox = Sandbox::project().write("keep.yaml", KEEP).write(
        "gone.yaml",
        "version: 1\ncatalogs:\n  gone:\n    displayName: Gone\n",
    );
    apply(&sandbox);
    std::fs::remove_file(sandbox.path("gone.yaml")).expect("the file is there");
    let _ = sandbox
        .run(["plan"])
        .exits(4)
        .says(
            "refused[everything]: the only catalog of the project would be deleted: `catalog/gone`",
        )
        .says("`--allow-delete-all catalog`");
    let _ = sandbox
        .run(["plan", "--allow-delete-all", "organization"])
        .exits(4);
    let _ = sandbox
        .run(["plan", "--allow-delete-all", "catalogue"])
        .exits(64);
    let _ = sandbox
        .run(["apply", "--auto-approve", "--allow-delete-all", "catalog"])
        .exits(0);
}

#[test]
fn settings_tighten_guards_and_never_loosen_them() {
    let settings = |guard: &str| format!("project = \"contoso\"\n\n[guard]\n{guard}\n");
    let sandbox = organizations(Sandbox::project(), 12).write(
        "guestlist.toml",
        settings("always-deletes = 0\nmost-deletes = 1"),
    );
    apply(&sandbox);
    remove(&sandbox, [0]);
    apply(&sandbox);
    remove(&sandbox, [1]);
    let _ = sandbox.run(["plan"]).exits(4).says("where 1 may");
    let sandbox = sandbox.write(
        "guestlist.toml",
        settings("always-deletes = 2\nmost-deletes = 50"),
    );
    let _ = sandbox
        .run(["plan"])
        .exits(3)
        .says("guestlist.toml:5:")
        .says("GL0601")
        .says("`most-deletes = 50` would loosen a guard, whose built-in number is 5");
    let sandbox = sandbox.write(
        "guestlist.toml",
        settings("")
            + "\n[environments.production.guard]\nalways-deletes = 0\ndelete-percent = 0\n",
    );
    let _ = sandbox.run(["plan"]).exits(0);
    let _ = sandbox
        .run(["plan", "--env", "production"])
        .exits(4)
        .says("where 0 may");
}

#[test]
fn a_waiver_lifts_for_one_address_and_is_recorded() {
    let sandbox = organizations(Sandbox::project(), 12);
    apply(&sandbox);
    remove(&sandbox, 0..3);
    let waiver = |rule: &str, until: &str| {
        format!(
            "version: 1\nwaivers:\n  - rule: {rule}\n    address: organization/o01\n    reason: the agency is closed\n    by: user:ana@contoso.com\n    until: {until}\n"
        )
    };
    let sandbox = sandbox.write("waivers.yaml", waiver("delete", "2100-01-01"));
    let _ = sandbox
        .run(["plan"])
        .exits(3)
        .says("error[GL0510]")
        .says("did you mean `deletes`?");
    let sandbox = sandbox.write("waivers.yaml", waiver("protecton", "2100-01-01"));
    let _ = sandbox
        .run(["plan"])
        .exits(3)
        .says("did you mean `protection`?");
    let sandbox = sandbox.write("waivers.yaml", waiver("deletes", "2020-01-01"));
    let _ = sandbox.run(["plan"]).exits(3).says("GL0507");
    let sandbox = sandbox.write("waivers.yaml", waiver("deletes", "2100-01-01"));
    let _ = sandbox
        .run(["apply", "--auto-approve"])
        .exits(0)
        .says("lifted[deletes]: organization/o01, by the waiver of user:ana@contoso.com")
        .says("the agency is closed");
    let runs = sandbox.exactly(["history", "--format", "json"]);
    assert!(runs.contains("the agency is closed"), "{runs}");
    let store = rusqlite::Connection::open(sandbox.path("guestlist.db")).expect("a store");
    let entry: String = store
        .query_row(
            "SELECT entry FROM audit WHERE json_extract(entry, '$.action') = 'lift'",
            [],
            |row| row.get(0),
        )
        .expect("an entry of the audit log");
    assert!(entry.contains("organization/o01") && entry.contains("deletes lifted by the waiver"));
}

#[test]
fn a_waiver_of_one_organization_does_not_let_another_one_in() {
    let package = "version: 1\ncatalogs: { open: { displayName: Open, externallyVisible: true } }\npackages: { it: { catalog: open, displayName: It, policies: { ask: { requestors: configuredOrganizations, expires: never } } } }\n";
    let sandbox = Sandbox::project()
        .write("keep.yaml", KEEP)
        .write("package.yaml", package);
    apply(&sandbox);
    let waived = |names: &[&str]| {
        let waiver = |name: &&str| {
            format!(
                "  - {{ rule: widening, address: organization/{name}, reason: they are partners, by: 'user:ana@contoso.com', until: 2100-01-01 }}\n"
            )
        };
        let waivers: String = names.iter().map(waiver).collect();
        format!("version: 1\nwaivers:\n{waivers}")
    };
    let sandbox = organizations(sandbox, 2);
    for (one, other) in [("o00", "o01"), ("o01", "o00")] {
        let path = sandbox.path("waivers.yaml");
        std::fs::write(path, waived(&[one])).expect("the project is there");
        let _ = sandbox
            .run(["plan"])
            .exits(4)
            .says("organization/o00 (partners/o00.yaml:3), organization/o01 (partners/o01.yaml:3)")
            .says("refused[widening]: access gets wider: people of o00 and o01")
            .says(&format!("for organization/{one} lifts nothing in this plan without one for organization/{other}"));
    }
    let path = sandbox.path("waivers.yaml");
    std::fs::write(path, waived(&["o00", "o01"])).expect("the project is there");
    let _ = sandbox
        .run(["apply", "--auto-approve"])
        .exits(0)
        .says("lifted[widening]: organization/o00, by the waiver")
        .says("lifted[widening]: organization/o01, by the waiver");
}

#[test]
fn protection_outlives_its_block_and_no_flag_lifts_it() {
    let protected = format!("{GONE}    protect: true\n");
    let sandbox = Sandbox::project()
        .write("keep.yaml", KEEP)
        .write("gone.yaml", &protected);
    apply(&sandbox);
    std::fs::remove_file(sandbox.path("gone.yaml")).expect("the file is there");
    let all = [
        "plan",
        "--allow-deletes",
        "9",
        "--allow-delete-all",
        "organization",
    ];
    let _ = sandbox
        .run(all)
        .exits(4)
        .says("refused[protection]: `organization/gone` is protected and would be deleted")
        .says("`protect: false`");
    let sandbox = sandbox.write("waivers.yaml", "version: 1\nwaivers:\n  - rule: protection\n    address: organization/keep\n    reason: none\n    by: user:ana@contoso.com\n    until: 2100-01-01\n");
    let _ = sandbox.run(["plan"]).exits(4).says("GL0510");
    std::fs::remove_file(sandbox.path("waivers.yaml")).expect("the file is there");

    // A replacement deletes too; a new name does not.
    let replaced = protected.replace("gone.example", "other.example") + "    replace: allowed\n";
    let sandbox = sandbox.write(
        "gone.yaml",
        replaced.replace("protect: true", "protect: false"),
    );
    let _ = sandbox
        .run(["plan"])
        .exits(4)
        .says("refused[protection]")
        .says("deleted and created anew");
    let renamed = protected.replace("  gone:", "  renamed:") + "    formerly: gone\n";
    let sandbox = sandbox.write("gone.yaml", &renamed);
    apply(&sandbox);
    std::fs::remove_file(sandbox.path("gone.yaml")).expect("the file is there");
    let _ = sandbox
        .run(["plan"])
        .exits(4)
        .says("`organization/renamed` is protected");

    // Letting go deletes nothing, and the object stays protected.
    let sandbox = sandbox.write(
        "let-go.yaml",
        "version: 1\nforget: [organization/renamed]\n",
    );
    let _ = sandbox.run(["plan"]).exits(0).says("1 to forget");

    // Lifted by an apply of its own.
    std::fs::remove_file(sandbox.path("let-go.yaml")).expect("the file is there");
    let sandbox = sandbox.write(
        "gone.yaml",
        renamed.replace("protect: true", "protect: false"),
    );
    apply(&sandbox);
    std::fs::remove_file(sandbox.path("gone.yaml")).expect("the file is there");
    apply(&sandbox);
}

#[test]
fn what_another_project_owns_is_neither_taken_over_nor_doubled() {
    let store = Sandbox::new();
    let settings = |project: &str| {
        format!(
            "project = \"{project}\"\n\n[store]\nurl = \"sqlite:{}\"\n",
            store.path("shared.db").display()
        )
    };
    let first = Sandbox::new()
        .write("guestlist.toml", settings("first"))
        .write("keep.yaml", KEEP)
        .write("gone.yaml", GONE);
    let second = Sandbox::new()
        .write("guestlist.toml", settings("second"))
        .write("mine.yaml", KEEP.replace("keep:", "mine:"));
    apply(&first);
    let _ = second
        .run(["apply", "--auto-approve"])
        .exits(4)
        .says("refused[foreign]: `organization/mine` would be created, but the project `first` owns one like it")
        .says("`forget`");
    let listed: serde_json::Value =
        serde_json::from_str(&first.exactly(["show", "organization/gone", "--format", "json"]))
            .expect("JSON");
    let id = listed["id"].as_str().expect("an id");
    let taking = GONE.to_owned() + &format!("    adopt: {{ id: {id} }}\n");
    let second = second.write("mine.yaml", taking);
    let _ = second
        .run(["plan"])
        .exits(4)
        .says("refused[foreign]")
        .says("which the project `first` owns");
    // Once the other has let go, it can be had.
    std::fs::remove_file(first.path("gone.yaml")).expect("the file is there");
    let first = first.write("let-go.yaml", "version: 1\nforget: [organization/gone]\n");
    apply(&first);
    apply(&second);
    let _ = first.run(["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn destroying_passes_the_same_guards_and_lets_settings_go() {
    let sandbox = organizations(Sandbox::project(), 3).write(
        "settings.yaml",
        "version: 1\ncollaboration:\n  guestAccess: restricted\n",
    );
    apply(&sandbox);
    let _ = sandbox
        .run(["plan", "--destroy"])
        .exits(4)
        .says("guestlist plan to destroy")
        .says("refused[deletes]")
        .says("refused[everything]: all 3 organizations");
    let flags = [
        "--destroy",
        "--allow-deletes",
        "3",
        "--allow-delete-all",
        "organization",
    ];
    let _ = sandbox
        .run(["plan"].into_iter().chain(flags))
        .exits(0)
        .says("3 to prune, 1 to forget");
    let _ = sandbox
        .run(["apply", "--auto-approve"].into_iter().chain(flags))
        .exits(0);
    let _ = sandbox
        .run(["plan", "--destroy", "--detailed-exitcode"])
        .exits(0)
        .says("The project owns nothing here.");
    let _ = sandbox
        .run(["list", "--unmanaged"])
        .exits(0)
        .says("settings/collaboration");
    // The tree still declares them: a plan without the flag brings them back, and takes the settings over again.
    let _ = sandbox
        .run(["plan", "--adopt", "settings/collaboration"])
        .exits(0)
        .says("3 to create, 1 to adopt");
}

#[test]
fn a_saved_plan_keeps_what_was_allowed() {
    let sandbox = organizations(Sandbox::project(), 12);
    apply(&sandbox);
    remove(&sandbox, 0..3);
    let _ = sandbox
        .run(["plan", "--out", "plan.json", "--allow-deletes", "3"])
        .exits(0);
    let _ = sandbox
        .run(["show", "plan.json"])
        .exits(0)
        .says("lifted[deletes]");
    let _ = sandbox
        .run(["apply", "plan.json", "--allow-deletes", "9"])
        .exits(64);
    let _ = sandbox.run(["apply", "plan.json"]).exits(0);
}

#[test]
fn the_readme_lists_every_guard() {
    let readme = std::fs::read_to_string(repository("README.md")).expect("there is a README");
    let (_, rest) = readme
        .split_once("<!-- guards:begin -->")
        .expect("a table of guards");
    let (table, _) = rest.split_once("<!-- guards:end -->").expect("its end");
    let rows: Vec<&str> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    assert_eq!(rows.len(), Rule::ALL.len());
    for rule in Rule::ALL {
        let start = format!("| `{}` |", rule.as_str());
        let row = rows.iter().find(|row| row.starts_with(&start));
        let row = row.unwrap_or_else(|| panic!("`{}` is not listed", rule.as_str()));
        assert_eq!(row.contains("waiver"), rule.is_waivable(), "{row}");
    }
}
