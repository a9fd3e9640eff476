//! What somebody finds who lists or shows things: their own, and what the matrix of delegated roles lets them see.

use crate::support::{Outcome, Sandbox};

const TREE: &str = "
version: 1
resources:
  guests: { group: Design guests }
catalogs:
  marketing:
    displayName: Marketing
    resources: [guests]
    roles: { assignmentManagers: [user:desk@contoso.com] }
  sales: { displayName: Sales }
packages:
  library:
    catalog: marketing
    displayName: Photo library
    grants: { guests: Member }
    policies:
      direct: {}
      ask:
        requestors: anyExternal
        approval: { stages: [{ approvers: [user:boss@contoso.com], decideWithin: 14d }] }
  deals:
    catalog: sales
    displayName: Deals
    policies: { direct: {} }
";

const PEOPLE: &str = "mail,displayName,roles\n\
    desk@contoso.com,Desk,\n\
    boss@contoso.com,Boss,\n\
    ines@contoso.com,Ines,Guest Inviter\n\
    nobody@contoso.com,Nobody,\n\
    users@contoso.com,Users,User Administrator\n\
    auditor@contoso.com,Auditor,Global Reader\n";

const BOB: &str = "bob@wingtip.example";
const EVE: &str = "eve@wingtip.example";
const ADA: &str = "ada@fabrikam.com";

/// Bob has the library, Eve the deals, Ada waits for the library, and Ines has invited Uma.
fn house() -> Sandbox {
    let sandbox = Sandbox::project()
        .write("tree.yaml", TREE)
        .write("people.csv", PEOPLE)
        .write("groups.csv", "group,guests\nDesign guests,true\n");
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let import = ["directory", "import", "people.csv", "groups.csv"];
    let _ = sandbox.run(import).exits(0);
    for (person, package) in [(BOB, "library"), (EVE, "deals")] {
        let grant = ["assignment", "grant", person, package, "--policy", "direct"];
        let _ = sandbox.run(grant).exits(0);
    }
    let submit = ["request", "submit", "library", "--policy=ask", "--as", ADA];
    let _ = sandbox.run(submit).exits(0);
    let ines = "ines@contoso.com";
    let send = ["invitation", "send", "uma@wingtip.example", "--as", ines];
    let _ = sandbox.run(send).exits(0);
    sandbox
}

fn run(sandbox: &Sandbox, command: &str, person: &str) -> Outcome {
    let words = command.split(' ').chain(["--as", person]);
    sandbox.run(words)
}

/// Lists as somebody, and says which of the outsiders they find.
fn found(sandbox: &Sandbox, command: &str, person: &str) -> String {
    let told = run(sandbox, command, person).exits(0).stdout;
    let outsiders = [
        ("bob", BOB),
        ("eve", EVE),
        ("ada", ADA),
        ("uma", "uma@wingtip.example"),
    ];
    let found = outsiders.iter().filter(|(_, mail)| told.contains(mail));
    found.map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
}

#[test]
fn lists_hold_what_the_acting_person_may_see() {
    let sandbox = house();
    for (command, person, wanted) in [
        ("assignment list", "desk@contoso.com", "bob"),
        ("assignment list", BOB, "bob"),
        ("assignment list", "nobody@contoso.com", ""),
        ("assignment list", "auditor@contoso.com", "bob eve"),
        ("assignment list", "users@contoso.com", ""),
        ("assignment list --package deals", "desk@contoso.com", ""),
        ("assignment list --package deals", EVE, "eve"),
        ("request list", "desk@contoso.com", "bob ada"),
        ("request list", "auditor@contoso.com", "bob eve ada"),
        ("request list", "boss@contoso.com", ""),
        ("request list --package library", "boss@contoso.com", "ada"),
        ("request list", BOB, "bob"),
        ("request list --package library", BOB, ""),
        (
            "request list --package library --open",
            "desk@contoso.com",
            "ada",
        ),
        ("approval list", "boss@contoso.com", "ada"),
        ("approval list", "desk@contoso.com", ""),
        ("review list --all", BOB, ""),
        ("guest list", "desk@contoso.com", "bob"),
        ("guest list", "users@contoso.com", "bob eve uma"),
        ("guest list", "auditor@contoso.com", "bob eve uma"),
        ("guest list", "ines@contoso.com", "uma"),
        ("guest list", "nobody@contoso.com", ""),
        ("guest list --domain wingtip.example", BOB, "bob"),
        ("directory list", EVE, "eve"),
        ("directory list", "desk@contoso.com", "bob ada"),
        ("invitation list", "ines@contoso.com", "uma"),
        ("invitation list", BOB, ""),
        ("invitation list", "users@contoso.com", "uma"),
    ] {
        let at = format!("{command} --as {person}");
        assert_eq!(found(&sandbox, command, person), wanted, "{at}");
    }
    for (person, wanted) in [
        ("users@contoso.com", true),
        (BOB, false),
        ("nobody@contoso.com", false),
    ] {
        let told = run(&sandbox, "directory list groups", person)
            .exits(0)
            .stdout;
        assert_eq!(told.contains("Design guests"), wanted, "{person}");
    }
}

#[test]
fn what_somebody_may_not_see_is_answered_like_what_is_not_there() {
    let sandbox = house();
    for (foreign, absent) in [
        ("assignment show 2", "assignment show 99"),
        ("request show 2", "request show 99"),
        ("review show 1", "review show 1"),
        (
            "guest show eve@wingtip.example",
            "guest show no@wingtip.example",
        ),
        (
            "directory show eve@wingtip.example",
            "directory show no@wingtip.example",
        ),
        (
            "directory show group:Design",
            "directory show group:Nothing",
        ),
        ("invitation show 1", "invitation show 99"),
        ("access eve@wingtip.example", "access no@wingtip.example"),
        (
            "assignment list --person eve@wingtip.example",
            "assignment list --person no@wingtip.example",
        ),
        (
            "request list --person eve@wingtip.example",
            "request list --person no@wingtip.example",
        ),
    ] {
        let said = |command: &str| {
            let told = run(&sandbox, command, "nobody@contoso.com").exits(1);
            let what = command.split(' ').next_back().unwrap_or_default();
            let what = what.trim_start_matches("group:");
            told.stderr.replace(what, "X")
        };
        assert_eq!(said(foreign), said(absent), "{foreign}");
    }
    for (command, person) in [
        ("organization list", BOB),
        ("organization show wingtip.example", BOB),
        ("directory export", "nobody@contoso.com"),
        ("outbox list", "desk@contoso.com"),
    ] {
        let _ = run(&sandbox, command, person).exits(8);
    }
    let _ = run(&sandbox, "directory export", "users@contoso.com").exits(0);
    let _ = run(&sandbox, "organization list", "auditor@contoso.com").exits(0);
}

#[test]
fn pages_of_a_list_for_somebody_lead_through_all_that_is_theirs() {
    let sandbox = house();
    for number in 1..=5 {
        let person = format!("p{number}@wingtip.example");
        for package in ["deals", "library"] {
            let grant = [
                "assignment",
                "grant",
                &person,
                package,
                "--policy",
                "direct",
            ];
            let _ = sandbox.run(grant).exits(0);
        }
    }
    let mut numbers = Vec::new();
    let mut after = String::new();
    for _ in 0..9 {
        let command = format!("assignment list --limit 2 --format json{after}");
        let told = run(&sandbox, &command, "desk@contoso.com").exits(0).stdout;
        let page: serde_json::Value = serde_json::from_str(&told).unwrap();
        for one in page["assignments"].as_array().unwrap() {
            assert_eq!(one["package"], "package/library");
            numbers.push(one["number"].as_u64().unwrap());
        }
        match page["next_after"].as_u64() {
            Some(last) => after = format!(" --after {last}"),
            None => break,
        }
    }
    assert_eq!(numbers, [1, 4, 6, 8, 10, 12]);
}
