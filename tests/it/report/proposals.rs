//! Whatever guests nobody governs, what is proposed for them holds: it loads, plans as creations alone, applies, leaves
//! nothing to plan, is granted line by line, gives nobody anything, and covers everybody whom it does not name.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{AT, report};
use crate::support::Sandbox;
use crate::support::dice::Dice;

const DOMAINS: [&str; 8] = [
    "wingtip.example",
    "eu.wingtip.example",
    "fabrikam.com",
    "lamna.example",
    "lamna.co.example",
    "gmail.com",
    "contoso.com",
    "xn--bcher-kva.example",
];

/// Names of groups that no part of a proposal may stumble over.
const GROUPS: [&str; 10] = [
    "Design guests",
    "design-guests",
    "Project X: \"east\"",
    "東京",
    "-",
    "${var.x}",
    "discovered",
    "null",
    "# not a comment",
    "A very long name of a group that goes on and on, well past what a name of an object can hold, and then some more",
];

const TENANTS: [&str; 2] = [
    "3d0f5dec-0000-4000-8000-000000000001",
    "3d0f5dec-0000-4000-8000-000000000002",
];

/// A tree that declares some of it already, under names that a proposal would choose, too.
fn tree(dice: &mut Dice) -> String {
    let mut text = String::from("version: 1\n");
    let mut organizations = String::new();
    if dice.below(2) == 0 {
        organizations += "  lamna: { displayName: Other, domains: [other.example] }\n";
    }
    if dice.below(2) == 0 {
        organizations += "  wingtip: { displayName: Wingtip, domains: [{ domain: wingtip.example, subdomains: true }] }\n";
    }
    if dice.below(2) == 0 {
        let _ = writeln!(
            organizations,
            "  fabrikam: {{ displayName: Fabrikam, tenant: {}, domains: [fabrikam.com] }}",
            TENANTS[0]
        );
    }
    if !organizations.is_empty() {
        let _ = write!(text, "organizations:\n{organizations}");
    }
    if dice.below(2) == 0 {
        text += "resources:\n  design: { group: Design guests }\n  x: { group: discovered, guests: false }\n";
        text +=
            "catalogs:\n  discovered: { displayName: Discovered access, resources: [design] }\n";
        if dice.below(2) == 0 {
            text += "packages:\n  design-member:\n    catalog: discovered\n    displayName: Design\n    grants: { design: Member }\n    policies:\n      individuals: { expires: { after: 30d } }\n      wingtip: { expires: { after: 30d } }\n";
        }
    }
    if text.len() < 15 {
        text += "collaboration: { guestAccess: limited }\n";
    }
    text
}

fn person(dice: &mut Dice, at: usize) -> Value {
    let domain = DOMAINS[dice.below(DOMAINS.len())];
    let mut person = json!({
        "mail": format!("p{at}@{domain}"),
        "displayName": format!("Person {at}"),
        "userType": if dice.below(8) == 0 { "Member" } else { "Guest" },
        "createdDateTime": "2026-01-01T00:00:00Z",
        "accountEnabled": dice.below(8) > 0,
    });
    let identity = match dice.below(5) {
        0 => json!("google"),
        1 => json!(format!("tenant:{}", TENANTS[dice.below(2)])),
        _ => json!("mail"),
    };
    if domain != "contoso.com" {
        person["identities"] = json!([identity]);
    }
    if dice.below(3) == 0 {
        let companies = ["Wingtip", "=1+1", "${var.y}", "Lamna: \"Health\""];
        person["companyName"] = json!(companies[dice.below(companies.len())]);
    }
    if dice.below(3) == 0 {
        let sponsors = [
            "user:ana@contoso.com",
            "user:bo@contoso.com",
            "user:kim@wingtip.example",
        ];
        person["sponsors"] = json!([sponsors[dice.below(sponsors.len())]]);
    }
    person
}

fn people(dice: &mut Dice) -> String {
    let mut people = vec![
        json!({ "mail": "ana@contoso.com", "displayName": "Ana" }),
        json!({ "mail": "bo@contoso.com", "displayName": "Bo" }),
        json!({ "mail": "kim@wingtip.example", "displayName": "Kim", "userType": "Guest" }),
    ];
    let count = 4 + dice.below(14);
    people.extend((0..count).map(|at| person(dice, at)));
    let mut groups: Vec<Value> = GROUPS.iter().map(|name| json!({ "group": name })).collect();
    groups.push(json!({ "group": "Staff", "guests": false }));
    groups.push(json!({ "group": "All guests", "rule": "(user.userType -eq \"Guest\")" }));
    let mut memberships = Vec::new();
    for person in people.iter().skip(3) {
        for _ in 0..dice.below(4) {
            memberships.push(json!({
                "group": GROUPS[dice.below(GROUPS.len())],
                "member": person["mail"],
                "role": if dice.below(4) == 0 { "Owner" } else { "Member" },
            }));
        }
    }
    memberships.sort_by_key(Value::to_string);
    memberships.dedup();
    json!({ "people": people, "groups": groups, "memberships": memberships }).to_string()
}

fn told(sandbox: &Sandbox, arguments: &str) -> Value {
    let told = report(sandbox, &format!("{arguments} --format json")).exits(0);
    serde_json::from_str(&told.stdout).expect("JSON")
}

/// Who holds what, however they came to it.
fn holdings(sandbox: &Sandbox) -> BTreeSet<String> {
    let told = told(sandbox, "access --everybody");
    let rows = told["rows"].as_array().expect("rows").iter();
    let roles = rows.flat_map(|row| {
        let roles = row["roles"].as_array().expect("roles").iter();
        roles.map(move |role| format!("{} {role}", row["person"]))
    });
    roles.collect()
}

fn ungoverned(sandbox: &Sandbox) -> BTreeSet<String> {
    let told = told(sandbox, "ungoverned");
    let rows = told["rows"].as_array().expect("rows").iter();
    rows.map(|row| row["mail"].as_str().expect("a mail address").to_owned())
        .collect()
}

/// The people of a list of assignments.
fn listed(sandbox: &Sandbox) -> Vec<String> {
    let file = sandbox.path("out/assignments.csv");
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines = text.lines().skip(1);
    let mails = lines.filter_map(|line| line.split(',').next());
    mails.map(str::to_owned).collect()
}

#[test]
fn whoever_nobody_governs_a_proposal_holds() {
    let worlds = std::env::var("WORLDS").map_or(12_u64, |count| count.parse().expect("a number"));
    let mut granted = 0;
    for seed in 0..worlds {
        let mut dice = Dice::new(seed);
        let sandbox = Sandbox::project()
            .write("tree.yaml", tree(&mut dice))
            .write("people.json", people(&mut dice));
        let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
        let _ = sandbox
            .run(["directory", "import", "people.json", "--at", AT])
            .exits(0);
        let (before, alone) = (holdings(&sandbox), ungoverned(&sandbox));
        let proposed = told(&sandbox, "ungoverned --propose out");
        let lines = listed(&sandbox);
        assert_eq!(proposed["assignment_count"], lines.len(), "seed {seed}");
        let covered: BTreeSet<String> = lines.iter().cloned().collect();
        assert_eq!(proposed["guests"], covered.len(), "seed {seed}");

        let valid = sandbox.run(["validate", "--format", "json"]).exits(0);
        let valid: Value = serde_json::from_str(&valid.stdout).expect("JSON");
        assert_eq!(valid["diagnostics"], json!([]), "seed {seed}");
        let plan = sandbox.run(["plan", "--format", "json"]).exits(0);
        let plan: Value = serde_json::from_str(&plan.stdout).expect("JSON");
        let changes = plan["changes"].as_array().expect("changes");
        for change in changes {
            let action = change["action"].as_str().expect("an action");
            assert!(
                ["create", "adopt"].contains(&action),
                "seed {seed}: {change}"
            );
        }
        let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
        let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
        if !lines.is_empty() {
            let csv = [
                "assignment",
                "grant",
                "--csv",
                "out/assignments.csv",
                "--at",
                AT,
            ];
            let done = if lines.len() == 1 { "line" } else { "lines" };
            let _ = sandbox
                .run(csv)
                .exits(0)
                .says(&format!("{} {done} done.", lines.len()));
        }
        granted += lines.len() as u64;
        assert_eq!(holdings(&sandbox), before, "seed {seed}");
        // Who is in the list is governed now; who is not is told of, with the reason.
        let left: BTreeSet<String> = alone.difference(&covered).cloned().collect();
        assert_eq!(ungoverned(&sandbox), left, "seed {seed}");
        let why = proposed["left"].to_string();
        for mail in &left {
            assert!(
                why.contains(mail.as_str()) || why.contains(" more"),
                "seed {seed}: {mail}"
            );
        }
        let again = told(&sandbox, "ungoverned --propose again");
        assert_eq!(again["assignment_count"], 0, "seed {seed}: {again}");
        assert_eq!(again["files"], json!([]), "seed {seed}: {again}");
    }
    assert!(granted > worlds, "{granted}");
}
