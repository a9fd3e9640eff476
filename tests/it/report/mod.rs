//! Reports from the command line: each in every format as it was reviewed once, foreign text as text, and a proposal that
//! plans, applies and is granted.

mod proposal;
mod proposals;

use serde_json::Value;

use crate::formats;
use crate::support::{Golden, Outcome, Sandbox, repository};

pub(crate) const AT: &str = "2027-06-02T10:00:00Z";

const TREE: &str = r#"version: 1
resources:
  guests: { group: Design guests }
  photos: { site: "https://contoso.sharepoint.com/sites/photos" }
organizations:
  wingtip: { displayName: Wingtip, domains: [wingtip.example] }
  fabrikam:
    displayName: Fabrikam
    tenant: 3d0f5dec-0000-4000-8000-000000000001
    domains: [fabrikam.com]
catalogs:
  marketing:
    displayName: Marketing
    resources: [guests, photos]
    roles: { assignmentManagers: ["user:lea@contoso.com"] }
packages:
  library:
    catalog: marketing
    displayName: Photo library
    grants: { photos: Visitors }
    policies:
      partners:
        requestors: { organizations: [wingtip] }
        approval: { stages: [{ approvers: ["user:ana@contoso.com"] }] }
        expires: { after: 30d }
        extension: { allowed: true }
      direct:
        expires: { after: 180d }
        review: { every: quarterly, starts: 2027-07-01, reviewers: ["user:ana@contoso.com"] }
externalUsers: { afterLastAssignment: blockAndDelete, deleteAfter: 30d }
waivers:
  - { rule: never-expires, address: policy/library/direct, reason: "a, \"b\" <c>", by: "user:ana@contoso.com", until: 2099-12-31 }
"#;

/// People with names that no format may take for anything but text.
const PEOPLE: &str = r#"{ "people": [
  { "mail": "ana@contoso.com", "displayName": "Ana" },
  { "mail": "lea@contoso.com", "displayName": "Lea" },
  { "mail": "auditor@contoso.com", "displayName": "Auditor", "roles": ["Global Reader"] },
  { "mail": "bob@wingtip.example", "displayName": "Bob", "userType": "Guest", "identities": ["mail"], "sponsors": ["user:ana@contoso.com"],
    "createdDateTime": "2026-01-01T00:00:00Z", "lastSignInDateTime": "2027-05-20T10:00:00Z" },
  { "mail": "gus@wingtip.example", "displayName": "Gus", "userType": "Guest", "identities": ["mail"], "subjectLifecycle": "governed",
    "createdDateTime": "2024-01-01T00:00:00Z" },
  { "mail": "eve@lamna.example", "displayName": "<img src=x onerror=alert(1)>", "userType": "Guest", "identities": ["mail"],
    "companyName": "=cmd|' /C calc'!A0", "createdDateTime": "2026-12-01T00:00:00Z" },
  { "mail": "kim@lamna.example", "displayName": "=HYPERLINK(\"https://evil.example\")", "userType": "Guest",
    "externalUserState": "PendingAcceptance", "companyName": "Lamna, \"Healthcare\"", "createdDateTime": "2027-05-30T00:00:00Z" },
  { "mail": "zoe@gmail.com", "displayName": "::error::@team `x` \u202eevil", "userType": "Guest", "identities": ["google"],
    "createdDateTime": "2026-06-01T00:00:00Z" },
  { "mail": "idle@old.example", "displayName": "Idle", "userType": "Guest", "identities": ["mail"], "createdDateTime": "2023-06-01T00:00:00Z" }
], "groups": [
  { "group": "Project X" }, { "group": "All guests", "rule": "(user.userType -eq \"Guest\")" }, { "group": "Staff", "guests": false }
], "memberships": [
  { "group": "Project X", "member": "eve@lamna.example" }, { "group": "Project X", "member": "kim@lamna.example" },
  { "group": "Project X", "member": "eve@lamna.example", "role": "Owner" }, { "group": "Project X", "member": "zoe@gmail.com" },
  { "group": "Project X", "member": "bob@wingtip.example" }
] }"#;

/// A project with guests of every sort: with a package, without one, with one that was asked for.
pub(crate) fn project() -> Sandbox {
    let sandbox = Sandbox::project()
        .write("tree.yaml", TREE)
        .write("people.json", PEOPLE);
    let at = ["--at", "2027-06-01T10:00:00Z"];
    let run = |arguments: &[&str]| {
        let all = arguments.iter().copied().chain(at);
        let _ = sandbox.run(all).exits(0);
    };
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    run(&["directory", "import", "people.json"]);
    run(&[
        "assignment",
        "grant",
        "gus@wingtip.example",
        "library",
        "--policy",
        "direct",
        "--as",
        "lea@contoso.com",
    ]);
    run(&[
        "request",
        "submit",
        "library",
        "--as",
        "bob@wingtip.example",
        "--policy",
        "partners",
    ]);
    run(&[
        "approval",
        "decide",
        "2",
        "--approve",
        "--as",
        "ana@contoso.com",
    ]);
    sandbox
}

pub(crate) fn report(sandbox: &Sandbox, arguments: &str) -> Outcome {
    let words = ["report"].into_iter().chain(arguments.split(' '));
    let at = ["--at", AT];
    if arguments.starts_with("waivers") {
        return sandbox.run(words);
    }
    sandbox.run(words.chain(at))
}

#[test]
fn a_round_to_come_is_told_where_somebody_would_be_reviewed() {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let _ = report(&sandbox, "reviews").exits(0).says("0 rounds.");
    let _ = report(&project(), "reviews").exits(0).says("1 round.");
}

/// Every report, with the formats that are the same on every day.
const REPORTS: &[(&str, &str, &[&str])] = &[
    ("guests", "guests", &["txt", "json", "csv", "md", "html"]),
    (
        "guests-by-age",
        "guests --by age --counts",
        &["txt", "json", "csv", "md", "html"],
    ),
    (
        "guests-by-last-sign-in",
        "guests --by last-sign-in --counts",
        &["txt"],
    ),
    (
        "guests-by-company",
        "guests --by company --counts",
        &["txt", "csv"],
    ),
    (
        "guests-by-sponsor",
        "guests --by sponsor --counts",
        &["txt"],
    ),
    (
        "guests-by-package",
        "guests --by package --counts",
        &["txt"],
    ),
    (
        "guests-of-a-domain",
        "guests --domain lamna.example",
        &["txt"],
    ),
    ("access", "access", &["txt", "json", "csv", "md", "html"]),
    (
        "access-to-a-package",
        "access --package library --by policy",
        &["txt"],
    ),
    (
        "access-by-resource",
        "access --by resource --counts",
        &["txt"],
    ),
    (
        "ungoverned",
        "ungoverned",
        &["txt", "json", "csv", "md", "html"],
    ),
    (
        "upcoming",
        "upcoming --until 2027-12-31",
        &["txt", "json", "csv", "md", "html", "ics"],
    ),
    (
        "expiries",
        "expiries --until 2027-12-31",
        &["txt", "json", "csv", "md", "html"],
    ),
    ("reviews", "reviews", &["txt", "json", "csv", "md", "html"]),
    ("waivers", "waivers", &["txt", "json", "csv", "md", "html"]),
];

fn format(extension: &str) -> &str {
    match extension {
        "txt" => "text",
        "md" => "markdown",
        other => other,
    }
}

/// A calendar with its lines whole, and without the identity of a store that is another one in every run.
fn without_store(calendar: &str) -> String {
    let whole = calendar.replace("\r\n ", "");
    let store = regex::Regex::new("@[0-9a-f-]{36}\r").expect("an expression");
    store.replace_all(&whole, "@<store>\r").into_owned()
}

/// A report of waivers as it is on every other day too: as many days left until the end of the only one, in 2099, and an axis
/// of one day.
fn without_today(text: &str) -> String {
    let days = regex::Regex::new(r"\b2[0-9]{4}\b").expect("an expression");
    let text = days.replace_all(text, "27000");
    let axis = regex::Regex::new(r"[0-9]{4}-[0-9]{2}-[0-9]{2}</text>").expect("an expression");
    axis.replace_all(&text, "2026-01-01</text>").into_owned()
}

#[test]
fn every_report_is_as_it_was_reviewed() {
    let sandbox = project();
    let mut golden = Golden::default();
    for (name, arguments, extensions) in REPORTS {
        for extension in *extensions {
            let arguments = format!("{arguments} --format {}", format(extension));
            let mut told = report(&sandbox, &arguments).exits(0);
            assert!(told.stderr.is_empty(), "{}", told.text());
            if *extension == "ics" {
                // As it is: ids may be cut by the end of a line.
                let words = ["report"].into_iter().chain(arguments.split(' '));
                told.stdout = sandbox.exactly(words.chain(["--at", AT]));
            }
            let file = repository(&format!("tests/it/report/golden/{name}.{extension}"));
            let text = match *extension {
                "ics" => without_store(&told.stdout),
                _ if *name == "waivers" => without_today(&told.stdout),
                _ => told.stdout,
            };
            formats::compare(&file, &text, &mut golden);
        }
    }
    golden.finish();
}

#[test]
fn the_json_of_every_report_fits_its_schema() {
    let sandbox = project();
    for name in [
        "guests",
        "access",
        "ungoverned",
        "upcoming",
        "expiries",
        "reviews",
        "waivers",
    ] {
        let file = repository(&format!("schemas/report-{name}.schema.json"));
        let schema = std::fs::read_to_string(file).expect("the schema is published");
        let schema: Value = serde_json::from_str(&schema).expect("JSON");
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        for counts in ["", " --counts"] {
            let told = report(&sandbox, &format!("{name} --format json{counts}")).exits(0);
            let value: Value = serde_json::from_str(&told.stdout).expect("JSON");
            if let Err(error) = validator.validate(&value) {
                panic!("{name}: {error}\n{}", told.stdout);
            }
            assert_eq!(value["report"], name);
            let rows = value["rows"].as_array().expect("rows").len() as u64;
            let count = value["summary"]["count"].as_u64().expect("a count");
            assert_eq!(rows, if counts.is_empty() { count } else { 0 }, "{name}");
        }
    }
}

#[test]
fn foreign_text_is_text_in_every_format() {
    let sandbox = project();
    for name in [
        "guests",
        "access",
        "ungoverned",
        "guests --by company --counts",
    ] {
        for format in ["text", "json", "csv", "markdown", "html"] {
            let told = report(&sandbox, &format!("{name} --format {format} --pii full"));
            let text = told.exits(0).stdout;
            assert!(!text.contains('\u{202e}'), "{name} {format}");
            for line in text.lines() {
                assert!(!line.starts_with("::"), "{name} {format}: {line}");
            }
            match format {
                "html" | "markdown" => {
                    assert!(!text.contains("<img src"), "{text}");
                    assert!(!text.contains("onerror=alert(1)>"), "{text}");
                }
                "csv" => {
                    for line in text.split("\r\n") {
                        for cell in line.split(',') {
                            let bare = cell.trim_start_matches('"');
                            assert!(!bare.starts_with(['=', '@', '\t']), "{line}");
                        }
                    }
                    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains('\n'));
                }
                _ => {}
            }
        }
    }
}

#[test]
fn addresses_are_masked_where_a_report_leaves_the_terminal() {
    let sandbox = project();
    for (format, more, shown) in [
        ("text", "", true),
        ("csv", "", true),
        ("json", "", true),
        ("markdown", "", false),
        ("html", "", false),
        ("ics", "", false),
        ("ics", " --pii full", true),
        ("csv", " --pii masked", false),
    ] {
        let told = report(&sandbox, &format!("upcoming --format {format}{more}")).exits(0);
        let text = told.stdout.replace("\r\n ", "");
        assert_eq!(
            text.contains("bob@wingtip.example"),
            shown,
            "{format}{more}\n{text}"
        );
        assert_eq!(
            text.contains("b…@wingtip.example"),
            !shown,
            "{format}{more}\n{text}"
        );
    }
}

#[test]
fn a_calendar_is_one_that_others_read() {
    let sandbox = project();
    let told = report(&sandbox, "upcoming --until 2028-12-31 --format ics").exits(0);
    let mut uids = Vec::new();
    for line in told.stdout.split("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line:?}");
        if let Some(uid) = line.strip_prefix("UID:") {
            uids.push(uid.to_owned());
        }
    }
    let count = uids.len();
    uids.sort();
    uids.dedup();
    assert_eq!(uids.len(), count);
    assert!(count > 5, "{}", told.stdout);
    for property in ["BEGIN:VEVENT", "DTSTAMP:20270602T100000Z", "END:VEVENT"] {
        assert_eq!(told.stdout.matches(property).count(), count, "{property}");
    }
    // What moves keeps its UID.
    let extended = sandbox.run([
        "request",
        "extend",
        "2",
        "--as",
        "bob@wingtip.example",
        "--at",
        AT,
    ]);
    let _ = extended.exits(0);
    let later = report(&sandbox, "upcoming --until 2028-12-31 --format ics").exits(0);
    let start = |text: &str| {
        let event = text
            .split("BEGIN:VEVENT")
            .find(|event| event.contains("UID:accessEnds-assignment-2@"));
        let event = event.expect("the end of the access").to_owned();
        let line = event
            .lines()
            .find(|line| line.starts_with("DTSTART"))
            .map(str::to_owned);
        line.expect("a start")
    };
    assert_ne!(start(&told.stdout), start(&later.stdout));
    // Nothing to come is a calendar too.
    let empty = report(&Sandbox::project(), "upcoming --format ics").exits(0);
    assert!(empty.stdout.contains("BEGIN:VTIMEZONE"), "{}", empty.text());
}

#[test]
fn who_may_not_see_a_report_is_told_so() {
    let sandbox = project();
    for name in [
        "guests",
        "access",
        "ungoverned",
        "upcoming",
        "expiries",
        "reviews",
    ] {
        let as_lea = format!("{name} --as lea@contoso.com");
        let _ = report(&sandbox, &as_lea)
            .exits(8)
            .says("lea@contoso.com may not see");
        let _ = report(&sandbox, &format!("{name} --as auditor@contoso.com")).exits(0);
        let refused = report(&sandbox, &format!("{as_lea} --format json")).exits(8);
        let refused: Value = serde_json::from_str(&refused.stdout).expect("JSON");
        assert_eq!(refused["error"]["exit"], 8);
    }
    let _ = report(&sandbox, "access --package library --as lea@contoso.com").exits(0);
    // Lea is one of our own.
    let _ = sandbox
        .run([
            "assignment",
            "grant",
            "lea@contoso.com",
            "library",
            "--policy",
            "direct",
        ])
        .exits(0);
    let _ = report(&sandbox, "access --package library")
        .exits(0)
        .says("1 of our own people has it besides: `--everybody` shows them.");
    let everybody = report(&sandbox, "access --package library --everybody").exits(0);
    assert!(
        !everybody.text().contains("besides"),
        "{}",
        everybody.text()
    );
    let _ = report(&sandbox, "ungoverned --propose out --as lea@contoso.com").exits(8);
    assert!(!sandbox.path("out").exists());
}

#[test]
fn what_cannot_be_reported_is_told() {
    let sandbox = project();
    let _ = report(&sandbox, "guests --format ics")
        .exits(64)
        .says("`report guests` has no format `ics`");
    let _ = report(&sandbox, "guests --format sarif").exits(64);
    let _ = report(&sandbox, "ungoverned --propose out --format csv").exits(64);
    let _ = report(&sandbox, "upcoming --counts --format ics")
        .exits(64)
        .says("`report upcoming --counts` has no format `ics`");
    let _ = report(&sandbox, "upcoming --until 2020-01-01")
        .exits(64)
        .says("is past");
    let _ = report(&sandbox, "access --package nowhere")
        .exits(1)
        .says("there is no package/nowhere");
    let _ = sandbox.run(["plan", "--format", "csv"]).exits(64);
    let broken = sandbox.write("tree.yaml", "version: 1\norganizations:\n  a: 5\n");
    let _ = report(&broken, "waivers").exits(3);
    let _ = report(&broken, "upcoming").exits(3);
    let _ = report(&broken, "guests").exits(0);
}

#[test]
fn a_project_without_anybody_has_reports_too() {
    let sandbox = Sandbox::project();
    for name in [
        "guests",
        "access",
        "ungoverned",
        "upcoming",
        "expiries",
        "reviews",
        "waivers",
    ] {
        for format in ["text", "json", "csv", "markdown", "html"] {
            let told = report(&sandbox, &format!("{name} --format {format}")).exits(0);
            let is_aside = format == "csv" && name != "waivers";
            assert_eq!(told.stderr.is_empty(), !is_aside, "{}", told.text());
            let _ = match (name, format) {
                ("waivers", _) => told,
                (_, "json") => told.says("\"store\": \"empty\""),
                _ => told.says("Nothing was written to this store yet"),
            };
        }
    }
    let _ = report(&sandbox, "upcoming --format ics")
        .exits(0)
        .says("X-WR-CALDESC:Nothing was written to this store yet");
}

#[test]
fn a_report_from_before_the_last_change_says_that_it_is_of_today() {
    let sandbox = project();
    let early = |format| {
        let at = ["--at", "2020-01-01T00:00:00Z", "--format", format];
        sandbox
            .run(["report", "upcoming"].into_iter().chain(at))
            .exits(0)
    };
    for format in ["text", "csv", "markdown", "html"] {
        let _ = early(format).says("shown as they are now");
    }
    let _ = early("json").says("\"store\": \"ahead\"");
    let calendar = early("ics").stdout.replace("\r\n ", "");
    assert!(calendar.contains("shown as they are now"), "{calendar}");
    for format in ["text", "csv", "markdown", "html", "ics"] {
        let told = report(&sandbox, &format!("upcoming --format {format}")).exits(0);
        let text = told.text().replace("\r\n ", "");
        assert!(!text.contains("shown as they are now"), "{text}");
    }
    let _ = report(&sandbox, "upcoming --format json").says("\"store\": \"current\"");
}

#[test]
fn people_read_instants_to_the_second() {
    let sandbox = project();
    let at = ["--at", "2027-07-02T10:00:00.25Z"];
    let run = |command: &[&'static str]| sandbox.run(command.iter().copied().chain(at)).exits(0);
    let _ = run(&["tick"]);
    for command in [
        &["review", "list"][..],
        &["review", "show", "1"],
        &["report", "reviews"],
    ] {
        let shown = run(command).says("2027-07-").stdout;
        assert!(!shown.contains(".25"), "{shown}");
    }
}

#[test]
fn what_is_to_come_is_told_up_to_the_last_day_of_the_calendar() {
    let sandbox = project();
    let near = report(&sandbox, "upcoming --until 2128-12-31 --format csv").exits(0);
    let far = report(&sandbox, "upcoming --until 9999-12-30 --format csv").exits(0);
    assert!(far.stdout.starts_with(near.stdout.trim_end()));
}
