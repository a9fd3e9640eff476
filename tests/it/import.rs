//! Import: what is live becomes what is declared, and the plan right after has nothing to do.

use guestlist::load::load;
use guestlist::load::print::{Printable, print};
use guestlist::model::{Bodies, Body, Project, Selection};
use guestlist::plan::{Asks, build};
use guestlist::source::{SourceFile, Sources};
use guestlist::store::Store;
use guestlist::store::memory::Memory;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::store::{ask, new_run, now};
use crate::support::{Sandbox, files_below, repository};

/// A folder with the settings and the store of an applied project, and none of its files.
fn without_tree(sandbox: &Sandbox) {
    for file in files_below(sandbox.root()) {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if !name.contains(".db") && name != "guestlist.toml" {
            std::fs::remove_file(&file).expect("a file of the sandbox can be removed");
        }
    }
}

#[test]
fn an_imported_example_plans_empty() {
    let sandbox = Sandbox::new();
    sandbox.holds(&repository("policies"));
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    without_tree(&sandbox);
    let _ = sandbox
        .run(["import"])
        .exits(0)
        .says("+ policies/catalogs/engineering.yaml")
        .says("+ policies/settings.yaml")
        .says("The next plan is empty.");
    let _ = sandbox.run(["validate"]).exits(0);
    let _ = sandbox
        .run(["plan", "--detailed-exitcode"])
        .exits(0)
        .says("No changes.");
    let text = std::fs::read_to_string(sandbox.path("policies/catalogs/engineering.yaml"))
        .expect("the file was written");
    assert!(
        text.contains("    grants: { engineering-team: Member, source-code: Contributor }\n"),
        "{text}"
    );
    // Nothing is left to import, and nothing is touched.
    let _ = sandbox.run(["import"]).exits(0).says("Nothing to import");
}

#[test]
fn import_refuses_to_overwrite_and_leaves_nothing_behind() {
    let sandbox = Sandbox::new();
    sandbox.holds(&repository("policies"));
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    without_tree(&sandbox);
    let sandbox = sandbox.write("aside/settings.yaml/keep.txt", "mine");
    let _ = sandbox
        .run(["import", "--into", "aside"])
        .exits(1)
        .says("settings.yaml exists already");
    let left = files_below(&sandbox.path("aside"));
    assert_eq!(left, [sandbox.path("aside/settings.yaml/keep.txt")]);
    let json = sandbox
        .run(["import", "--into", "aside/deep", "--format", "json"])
        .exits(0);
    let report: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(report["rest"], 0, "{report}");
    assert_eq!(report["left"], json!([]), "{report}");
}

#[test]
fn import_writes_what_the_tree_does_not_declare() {
    let sandbox = Sandbox::project().write(
        "tree.yaml",
        "version: 1\norganizations:\n  a: { displayName: A, domains: [a.com] }\n  b: { displayName: B, domains: [b.com] }\n",
    );
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let sandbox = sandbox.write(
        "tree.yaml",
        "version: 1\norganizations:\n  a: { displayName: A, domains: [a.com] }\n",
    );
    let _ = sandbox
        .run(["import", "--into", "."])
        .exits(0)
        .says("+ organizations/b.yaml")
        .says("Imported 1 object into 1 file. The next plan is empty.");
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
    let sandbox = sandbox.write("tree.yaml", "version: 1\norganizations:\n  a: 5\n");
    let _ = sandbox.run(["import"]).exits(3);
}

const MARKETING: &str = "\
version: 1
resources:
  team: { team: Campaign }
catalogs:
  marketing: { displayName: Marketing, resources: [team] }
packages:
  partner:
    catalog: marketing
    displayName: Partner
    grants: { team: Member }
    policies:
      all: { requestors: anyExternal, approval: { stages: [{ approvers: [user:ana@contoso.com] }] } }
organizations:
  fabrikam: { displayName: Fabrikam, domains: [fabrikam.com] }
";

#[test]
fn what_nobody_owns_is_taken_over_unchanged() {
    let sandbox = Sandbox::project().write("tree.yaml", MARKETING);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let sandbox = sandbox.write(
        "tree.yaml",
        "version: 1\nforget: [package/partner, catalog/marketing, resource/team]\norganizations:\n  fabrikam: { displayName: Fabrikam, domains: [fabrikam.com] }\n",
    );
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    // Another project finds them.
    let settings = std::fs::read_to_string(sandbox.path("guestlist.toml")).expect("settings");
    std::fs::remove_file(sandbox.path("tree.yaml")).expect("removed");
    let sandbox = sandbox.write(
        "guestlist.toml",
        settings.replace("\"contoso\"", "\"other\""),
    );
    let _ = sandbox
        .run(["import", "--unmanaged"])
        .exits(0)
        .says("Imported 4 objects into 1 file. The next plan takes them over and changes nothing.");
    let text =
        std::fs::read_to_string(sandbox.path("policies/catalogs/marketing.yaml")).expect("written");
    assert!(text.contains("    adopt: { id: "), "{text}");
    let _ = sandbox
        .run(["plan", "--detailed-exitcode"])
        .exits(2)
        .says("Plan: 4 to adopt.");
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
    let _ = sandbox
        .run(["import", "--unmanaged"])
        .exits(0)
        .says("Nothing to import");
}

#[test]
fn what_cannot_be_taken_over_is_named_with_the_reason() {
    let sandbox = Sandbox::project().write("tree.yaml", MARKETING);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let forget = "version: 1\nforget: [package/partner]\n";
    let rest = MARKETING
        .split("packages:")
        .next()
        .expect("the beginning")
        .replace("version: 1\n", forget);
    let rest = format!(
        "{rest}organizations:\n  fabrikam: {{ displayName: Fabrikam, domains: [fabrikam.com] }}\n"
    );
    let sandbox = sandbox.write("tree.yaml", rest);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let settings = std::fs::read_to_string(sandbox.path("guestlist.toml")).expect("settings");
    std::fs::remove_file(sandbox.path("tree.yaml")).expect("removed");
    let sandbox = sandbox.write(
        "guestlist.toml",
        settings.replace("\"contoso\"", "\"other\""),
    );
    let _ = sandbox
        .run(["import", "--unmanaged"])
        .exits(0)
        .says("package/partner: it names catalog/marketing, which this project does not have")
        .says("policy/partner/all: it belongs into package/partner, which is not there")
        .says("Nothing was imported.");
}

fn project() -> Project {
    Project {
        name: "contoso".to_owned(),
        own_domains: Vec::new(),
        zone: TimeZone::UTC,
        vars: std::collections::BTreeMap::new(),
    }
}

/// What the loader makes of objects as they are written into files.
fn loaded(objects: &[Printable]) -> Result<guestlist::model::Desired, String> {
    let printed = print(objects);
    let files = printed
        .files
        .iter()
        .map(|file| SourceFile::new(file.path.as_str(), file.text.as_str()));
    let loaded = load(
        &Sources::new(files.collect()),
        &project(),
        Timestamp::UNIX_EPOCH,
    );
    let problems: Vec<String> = loaded
        .diagnostics
        .iter()
        .map(|problem| problem.message.clone())
        .collect();
    loaded
        .desired
        .ok_or_else(|| format!("{problems:?}\n{printed:#?}"))
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9][A-Za-z0-9 :#,'\"\\\\&*!|>%@.–é-]{0,20}[A-Za-z0-9.]",
        Just("true".to_owned()),
        Just("012".to_owned()),
    ]
}

fn any_policy() -> impl Strategy<Value = Value> {
    let approvers = prop::sample::subsequence(
        vec![
            "user:ana@contoso.com",
            "group:Leads, all",
            "group:a: b",
            "manager",
        ],
        1..4,
    );
    let stage = (approvers, prop::sample::select(vec!["14d", "3d", "P7D"]), any::<bool>())
        .prop_map(|(approvers, within, said)| {
            let said = if said { "required" } else { "optional" };
            json!({ "approvers": approvers, "fallback": ["user:ana@contoso.com"], "decideWithin": within, "justification": said })
        });
    let expires = prop::sample::select(vec![
        json!("never"),
        json!({ "after": "365d" }),
        json!({ "after": "8h" }),
        json!({ "on": "2030-01-31" }),
    ]);
    let question = (any_text(), any::<bool>(), any::<bool>())
        .prop_map(|(ask, required, editable)| json!({ "ask": ask, "required": required, "editable": editable }));
    (
        prop::collection::vec(stage, 0..3),
        expires,
        prop::collection::vec(question, 0..2),
        any::<(bool, bool)>(),
        any_text(),
    )
        .prop_map(|(stages, expires, questions, (allowed, notify), description)| {
            json!({
                "requestors": "members", "description": description, "approval": { "stages": stages }, "expires": expires,
                "questions": questions, "extension": { "allowed": allowed, "approval": false }, "notifications": notify,
            })
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn importing_an_applied_tree_plans_empty(
        texts in prop::collection::vec(any_text(), 4),
        policies in prop::collection::btree_map("[a-z0-9][a-z0-9-]{0,5}", any_policy(), 0..3),
        flags in any::<(bool, bool, bool)>(),
    ) {
        let (hidden, guests, restricted) = flags;
        let mut values = vec![
            ("resource/r".to_owned(), json!({ "group": texts[0], "guests": guests, "description": texts[1] })),
            ("organization/o".to_owned(), json!({ "displayName": texts[2], "domains": ["o.com"] })),
            ("catalog/c".to_owned(), json!({ "displayName": texts[3], "resources": ["r"], "published": hidden })),
            ("package/p".to_owned(), json!({ "catalog": "c", "displayName": texts[0], "hidden": hidden, "grants": { "r": "Member" } })),
        ];
        if restricted {
            values.push(("settings/collaboration".to_owned(), json!({ "guestAccess": "restricted", "guestsMayLeave": hidden })));
        }
        values.extend(policies.into_iter().map(|(name, policy)| (format!("policy/p/{name}"), policy)));
        let objects: Vec<Printable> = values
            .iter()
            .map(|(address, value)| {
                let address: guestlist::model::Address = address.parse().expect("an address");
                let object = address.kind().decode(value).expect("an object");
                Printable { address, body: Body::of(&object), adopt: None }
            })
            .collect();
        let desired = loaded(&objects);
        // Otherwise it is no tree that could be applied.
        prop_assume!(desired.is_ok());
        let desired = desired.expect("looked at before");
        let mut store = Memory::new("memory");
        let selection = Selection { project: "contoso", bodies: Bodies::All };
        let plan = build(&desired, &store.read(&selection).expect("reads"), &Asks::default());
        let lease = store.lease(&ask("ana", now())).expect("a lease");
        let run = new_run(&store, "contoso");
        let _ = guestlist::apply::apply(&mut store, &plan, &lease, run, &|| false, &mut |_, _| {}).expect("applies");
        let live = store.read(&selection).expect("reads");
        let imported: Vec<Printable> = live
            .bound()
            .iter()
            .map(|bound| Printable {
                address: bound.address.clone(),
                body: bound.object.as_ref().expect("read whole").body.clone(),
                adopt: None,
            })
            .collect();
        let again = loaded(&imported).expect("what was applied can be read");
        let plan = build(&again, &live, &Asks::default());
        prop_assert!(plan.is_empty() && plan.conflicts.is_empty(), "{:#?}", plan.changes);
        prop_assert_eq!(again.objects().len(), live.bound().len());
        for one in again.objects() {
            prop_assert_eq!(Some(one.digest), desired.get(&one.address).map(|first| first.digest));
        }
    }
}
