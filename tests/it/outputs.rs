//! Files that commands write: a mistyped name costs nobody anything.

use crate::support::Sandbox;

const TREE: &str = "version: 1\norganizations:\n  a: { displayName: A, domains: [a.example] }\n";

fn applied() -> Sandbox {
    let sandbox = Sandbox::project().write("policies/a.yaml", TREE);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    sandbox
}

#[test]
fn what_the_project_lives_from_is_never_replaced() {
    let sandbox = applied().write("notes.txt", "mine").write("empty", "");
    std::fs::hard_link(sandbox.path("guestlist.db"), sandbox.path("another-name"))
        .expect("a second name");
    std::os::unix::fs::symlink("guestlist.db", sandbox.path("a-link")).expect("a link");
    let files = [
        ("guestlist.db", "is another file"),
        ("another-name", "is another file"),
        ("a-link", "is another file"),
        ("guestlist.toml", "is another file"),
        ("policies/a.yaml", "is another file"),
        ("notes.txt", "is another file"),
        ("guestlist.db-journal", "is a store of the project"),
        ("policies/new.yaml", "is a policy file of the tree"),
    ];
    for command in [&["plan"][..], &["audit", "export"]] {
        for (file, says) in files {
            let before = std::fs::read(sandbox.path(file)).ok();
            let arguments = command.iter().copied().chain(["--out", file]);
            let _ = sandbox
                .run(arguments)
                .exits(1)
                .says(says)
                .says("nothing was overwritten");
            assert_eq!(std::fs::read(sandbox.path(file)).ok(), before, "{file}");
        }
    }
    let _ = sandbox.run(["list"]).exits(0).says("organization/a");
}

#[test]
fn what_is_no_file_cannot_be_written() {
    let sandbox = applied();
    let commands = [
        &["plan", "--out"][..],
        &["audit", "export", "--out"],
        &["test", "--junit"],
    ];
    for command in commands {
        for (to, says) in [
            ("policies", "policies cannot be written: is a directory"),
            (
                "/dev/full",
                "/dev/full cannot be written: it is no regular file",
            ),
        ] {
            let arguments = command.iter().copied().chain([to]);
            let _ = sandbox.run(arguments).exits(7).says(says);
        }
    }
    std::fs::remove_file(sandbox.path("policies/a.yaml")).expect("the tree is gone");
    for command in [&["schema", "--write"][..], &["import", "--into"]] {
        let arguments = command.iter().copied().chain(["guestlist.toml/below"]);
        let _ = sandbox.run(arguments).exits(7).says("cannot be written");
    }
}

#[test]
fn a_file_of_the_same_sort_is_replaced() {
    let sandbox = applied().write("plan.json", "").write("log.jsonl", "");
    for _ in 0..2 {
        let _ = sandbox.run(["plan", "--out", "plan.json"]).exits(0);
        let _ = sandbox
            .run(["audit", "export", "--out", "log.jsonl"])
            .exits(0);
    }
    let _ = sandbox
        .run(["plan", "--out", "log.jsonl"])
        .exits(1)
        .says("is another file");
    let _ = sandbox
        .run(["audit", "export", "--out", "plan.json"])
        .exits(1)
        .says("is another file");
    let _ = sandbox.run(["show", "plan.json"]).exits(0);
}

#[test]
fn a_store_that_is_not_there_yet_keeps_its_place() {
    let sandbox = Sandbox::project().write("policies/a.yaml", TREE);
    let _ = sandbox
        .run(["plan", "--out", "./policies/../guestlist.db"])
        .exits(1)
        .says("is a store of the project");
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
}

#[test]
fn a_schema_takes_the_place_of_a_schema_alone() {
    let sandbox = Sandbox::new().write("schemas/plan.schema.json", "mine");
    let _ = sandbox
        .run(["schema", "--write", "schemas"])
        .exits(1)
        .says("is another file");
    let sandbox = sandbox.write("schemas/plan.schema.json", "");
    for _ in 0..2 {
        let _ = sandbox.run(["schema", "--write", "schemas"]).exits(0);
    }
}

#[test]
fn a_file_that_cannot_be_written_is_told_by_its_own_name() {
    let sandbox = applied();
    let outcome = sandbox.run(["plan", "--out", "nowhere/plan.json"]).exits(7);
    assert!(
        outcome
            .stderr
            .contains("nowhere/plan.json cannot be written"),
        "{}",
        outcome.text()
    );
    assert!(!outcome.stderr.contains(".tmp"), "{}", outcome.text());
}
