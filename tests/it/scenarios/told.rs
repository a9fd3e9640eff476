//! What `test` tells: which tests it plays, what is wrong in them, what does not hold before what does, and reports in files.

use serde_json::Value;

use super::{TREE, sandbox};
use crate::support::Sandbox;

#[test]
fn several_names_choose_what_is_like_one_of_them() {
    let one = "{ given: { date: 2027-02-01 }, steps: [wait: 1d] }";
    let tests = format!("  first: {one}\n  second: {one}\n  third: {one}\n");
    let sandbox = sandbox(TREE, &tests);
    let _ = sandbox
        .run(["test", "third", "first", "f*"])
        .exits(0)
        .says("All 2 tests hold. 1 other was not asked for.");
    let _ = sandbox
        .run(["test", "first", "thrid"])
        .exits(64)
        .says("did you mean `third`?");
}

#[test]
fn what_is_wrong_in_a_test_is_told_with_what_there_is_to_write() {
    let first = |people: &str, step: &str| {
        format!(
            "  one: {{ given: {{ date: 2027-02-01, people: {{ {people} }} }}, steps: [{step}] }}\n"
        )
    };
    let ada = "ada@fabrikam.com: visitor";
    let ask = |expect: &str| {
        format!("{{ ask: {{ as: ada@fabrikam.com, package: photos }}, expect: {{ {expect} }} }}")
    };
    for (people, step, says) in [
        (
            ada,
            ask("refused: nonsense"),
            "write one of `unknown`, `unpublished`",
        ),
        (
            ada,
            ask("mails: { nomail: [] }"),
            "keys that fit here: `access-ended`",
        ),
        (ada, ask("package: package/photos"), "write `photos`"),
        (ada, ask("ends: soon"), "or write a date"),
        (
            "ada@fabrikam.com: { kind: guest, attributes: { deprtment: Sales } }",
            ask("mails: {}"),
            "did you mean `department`?",
        ),
        (
            ada,
            "{ change: { for: ana@contoso.com, without: [nothing] } }".to_owned(),
            "there are: `city`",
        ),
        (
            "ada@fabrikam.com: { kind: guest, otherMails: [bob@fabrikam.com] }, bob@fabrikam.com: guest",
            ask("mails: {}"),
            "bob@fabrikam.com belongs to bob@fabrikam.com already",
        ),
        (
            "ada@fabrikam.com: { kind: guest, userPrincipalName: X }, bob@fabrikam.com: { kind: guest, userPrincipalName: x }",
            ask("mails: {}"),
            "the user principal name `x` belongs to ada@fabrikam.com already",
        ),
        (
            "ada@fabrikam.com: { kind: guest, userPrincipalName: Noa@contoso.com }, noa@contoso.com: member",
            ask("mails: {}"),
            "the user principal name `Noa@contoso.com` belongs to noa@contoso.com already",
        ),
        (
            "ada@fabrikam.com: { kind: guest, userPrincipalName: ivy@fabrikam.com }, ivy@fabrikam.com: internalGuest",
            ask("mails: {}"),
            "the user principal name `ivy@fabrikam.com` belongs to ivy@fabrikam.com already",
        ),
        (
            "ada@fabrikam.com: { kind: guest, userPrincipalName: noa@contoso.com }",
            "{ ask: { as: noa@contoso.com, package: photos } }".to_owned(),
            "the user principal name `noa@contoso.com` belongs to noa@contoso.com already",
        ),
    ] {
        let _ = sandbox(TREE, &first(people, &step))
            .run(["validate"])
            .exits(3)
            .says(says);
    }
    // Somebody whom the directory does not know has no address in it.
    let free = "ada@fabrikam.com: { kind: guest, otherMails: [bob@fabrikam.com] }, bob@fabrikam.com: visitor";
    let _ = sandbox(TREE, &first(free, "wait: 1d"))
        .run(["validate"])
        .exits(0);
    // Nor does a member whose own name is another, and a guest's is made of their address and is no address.
    let free = "noa@contoso.com: { kind: member, userPrincipalName: bob@fabrikam.com }, bob@fabrikam.com: guest, ada@fabrikam.com: { kind: guest, userPrincipalName: noa@contoso.com }, ivy@fabrikam.com: { kind: internalGuest, userPrincipalName: ivy@fabrikam.com }";
    let _ = sandbox(TREE, &first(free, "wait: 1d"))
        .run(["validate"])
        .exits(0);
    let asked = TREE.replacen(
        "requestors:",
        "questions: [{ ask: Why?, required: true }]\n        requestors:",
        1,
    );
    assert_ne!(asked, TREE);
    let held = "  one: { given: { date: 2027-02-01, people: { ada@fabrikam.com: guest }, assignments: [{ person: ada@fabrikam.com, package: photos }] }, steps: [wait: 1d] }\n";
    let _ = sandbox(&asked, held)
        .run(["test"])
        .exits(3)
        .says("answer with `answers: { 1: … }`");
    let never = "  one: { given: { date: 2027-02-01 }, steps: [wait: 1d] }\ninvariants:\n  one: { never: { asks: true } }\n";
    let outcome = sandbox(TREE, never).run(["validate"]).exits(3);
    assert!(
        !outcome.text().contains("package/true"),
        "{}",
        outcome.text()
    );
    let _ = outcome.says("write `package/<name>`");
}

#[test]
fn what_does_not_hold_comes_first() {
    let tests = "  a: { given: { date: 2027-02-01 }, steps: [wait: 1d] }
  b: { given: { date: 2027-02-01 }, steps: [wait: 1d, expect: { request: denied }] }
  c: { given: { date: 2027-02-01 }, steps: [wait: 1d] }
";
    let sandbox = sandbox(TREE, tests);
    let text = sandbox.run(["test"]).exits(3).stdout;
    let words = || {
        text.lines()
            .map(|line| line.split("  ").next().unwrap_or_default())
    };
    let results: Vec<&str> = words()
        .filter(|word| word.ends_with(['d', 's']))
        .take(4)
        .collect();
    assert_eq!(results[..3], ["does not hold", "holds", "holds"], "{text}");
    let page = sandbox.run(["test", "--format", "html"]).exits(3).stdout;
    let at = |text: &str| {
        page.find(text)
            .unwrap_or_else(|| panic!("{text} in {page}"))
    };
    let wrong = at("<span class=\"e\">does not hold</span>");
    assert!(wrong < at("<summary>2 tests hold</summary>"), "{page}");
}

#[test]
fn an_invariant_that_does_not_hold_counts_and_is_no_warning() {
    let tests = "  a: { given: { date: 2027-02-01 }, steps: [wait: 1d] }
invariants:
  nobody-asks: { never: { asks: package/photos } }
";
    let outcome = sandbox(TREE, tests)
        .run(["test", "--format", "json"])
        .exits(3);
    let report: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!(
        (&report["failed"], &report["holds"]),
        (&1.into(), &false.into())
    );
    assert_eq!(report["invariants"][0]["severity"], "error", "{report}");
    let warnings = report["warnings"].as_array().expect("a list");
    assert!(
        warnings.iter().all(|one| one["severity"] != "error"),
        "{report}"
    );
}

#[test]
fn a_report_goes_into_a_file_and_nothing_else_is_overwritten() {
    let tests = "  one: { given: { date: 2027-02-01 }, steps: [wait: 1d] }\n";
    let sandbox = sandbox(TREE, tests).write("notes.txt", "mine");
    for _ in 0..2 {
        let _ = sandbox.run(["test", "--junit", "report.xml"]).exits(0);
    }
    let report = std::fs::read_to_string(sandbox.path("report.xml")).expect("a report");
    let printed = sandbox.run(["test", "--format", "junit"]).exits(0).stdout;
    assert_eq!(report, printed);
    for file in ["notes.txt", "tests.yaml", "guestlist.toml"] {
        let _ = sandbox
            .run(["test", "--junit", file])
            .exits(1)
            .says("nothing was overwritten");
    }
}

#[test]
fn a_report_of_an_earlier_run_does_not_speak_for_one_that_failed() {
    let tests = "  one: { given: { date: 2027-02-01 }, steps: [wait: 1d] }\n";
    let sandbox = sandbox(TREE, tests);
    let report = || std::fs::read_to_string(sandbox.path("report.xml")).expect("a report");
    let _ = sandbox.run(["test", "--junit", "report.xml"]).exits(0);
    assert!(report().contains("failures=\"0\""), "{}", report());
    let _ = sandbox
        .run(["test", "tow", "--junit", "report.xml"])
        .exits(64);
    assert!(report().contains("failures=\"1\""), "{}", report());
    let write = |file, text: &str| std::fs::write(sandbox.path(file), text).expect("written");
    write("other.yaml", "version: 1\norganizations: 1\n");
    let _ = sandbox.run(["test", "--junit", "report.xml"]).exits(3);
    assert!(report().contains("other.yaml"), "{}", report());
    assert!(report().contains("failures=\"1\""), "{}", report());
    std::fs::remove_file(sandbox.path("other.yaml")).expect("gone");
    let _ = sandbox.run(["test", "--junit", "report.xml"]).exits(0);
    let settings = std::fs::read_to_string(sandbox.path("guestlist.toml")).expect("settings");
    write("guestlist.toml", &format!("nonsense = 1\n{settings}"));
    let _ = sandbox.run(["test", "--junit", "report.xml"]).exits(3);
    assert!(report().contains("nonsense"), "{}", report());
}

#[test]
fn what_cannot_be_read_is_a_report_of_its_own() {
    let tests = "  one: { given: { date: 2027-02-01 }, steps: [wait: 1d] }\n";
    let unset = sandbox(TREE, tests).write("guestlist.toml", "nonsense = 1\n");
    let invalid = sandbox(TREE, tests).write("other.yaml", "version: 1\norganizations: 1\n");
    let nowhere = Sandbox::new();
    let mut cases = vec![
        (&unset, 3, "nonsense"),
        (&invalid, 3, "other.yaml"),
        (&nowhere, 1, "there is no guestlist.toml in"),
    ];
    let unread = sandbox(TREE, tests);
    std::fs::remove_file(unread.path("guestlist.toml")).expect("gone");
    std::fs::create_dir(unread.path("guestlist.toml")).expect("a folder");
    cases.push((&unread, 3, "guestlist.toml"));
    for (sandbox, exit, says) in cases {
        let _ = sandbox.run(["test", "--junit", "fresh.xml"]).exits(exit);
        let report = std::fs::read_to_string(sandbox.path("fresh.xml")).expect("a report");
        assert!(
            !report.contains("failures=\"0\"") && report.contains(says),
            "{report}"
        );
        crate::formats::junit(&report).expect("as the schema says");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_told_beside_why_no_test_was_played() {
    let unset = Sandbox::new()
        .write("guestlist.toml", "nonsense = 1\n")
        .write("notes.txt", "mine");
    for (file, says) in [
        ("notes.txt", "notes.txt is another file"),
        ("guestlist.toml", "guestlist.toml is another file"),
        ("fresh.yaml", "fresh.yaml is a policy file of a tree"),
        ("nowhere/report.xml", "nowhere/report.xml cannot be written"),
    ] {
        let before = std::fs::read(unset.path(file)).ok();
        let _ = unset
            .run(["test", "--junit", file])
            .exits(3)
            .says(says)
            .says("nonsense");
        assert_eq!(std::fs::read(unset.path(file)).ok(), before, "{file}");
    }
    let nowhere = Sandbox::new();
    let _ = nowhere
        .run(["test", "--junit", "guestlist.toml"])
        .exits(1)
        .says("guestlist.toml is the settings of a project");
    assert!(!nowhere.path("guestlist.toml").exists());
}
