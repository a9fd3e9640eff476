//! History and rollback: what every run did, and the plan that leads back.

use serde_json::Value;

use crate::support::Sandbox;

const FIRST: &str = "\
version: 1
resources:
  team: { team: Campaign }
organizations:
  fabrikam: { displayName: Fabrikam, description: Design, domains: [fabrikam.com] }
  litware: { displayName: Litware, domains: [litware.com] }
catalogs:
  marketing: { displayName: Marketing, resources: [team] }
packages:
  partner:
    catalog: marketing
    displayName: Partner
    grants: { team: Member }
    policies:
      all: { requestors: { organizations: [fabrikam] }, expires: { after: 90d } }
collaboration: { guestAccess: restricted }
";

/// Everything at once: a rename of what others name, a change, a deletion, a creation, more settings.
const SECOND: &str = "\
version: 1
resources:
  team: { team: Campaign }
organizations:
  fabrikam-design: { formerly: fabrikam, displayName: Fabrikam, description: Strategy, domains: [fabrikam.com] }
  tailspin: { displayName: Tailspin, domains: [tailspin.com] }
catalogs:
  agencies: { formerly: marketing, displayName: Marketing, resources: [team] }
packages:
  agency:
    formerly: partner
    catalog: agencies
    displayName: Partner
    grants: { team: Member }
    policies:
      all: { requestors: { organizations: [fabrikam-design] }, expires: never }
collaboration: { guestAccess: limited, guestsMayLeave: true }
";

fn runs(sandbox: &Sandbox) -> Vec<Value> {
    let json = sandbox.exactly(["history", "--format", "json"]);
    let report: Value = serde_json::from_str(&json).expect("JSON");
    report["runs"].as_array().expect("a list").clone()
}

fn newest(sandbox: &Sandbox) -> String {
    runs(sandbox)[0]["id"].as_str().expect("an id").to_owned()
}

fn apply(sandbox: &Sandbox) -> String {
    let _ = sandbox
        .run(["apply", "--auto-approve", "--allow-widening"])
        .exits(0);
    newest(sandbox)
}

fn two_runs() -> (Sandbox, String, String) {
    let sandbox = Sandbox::project().write("tree.yaml", FIRST);
    let first = apply(&sandbox);
    let sandbox = sandbox.write("tree.yaml", SECOND);
    let second = apply(&sandbox);
    (sandbox, first, second)
}

#[test]
fn a_bad_apply_is_taken_back() {
    let (sandbox, _, second) = two_runs();
    let _ = sandbox
        .run(["rollback", &second])
        .exits(64)
        .says("Undoes 1 run:")
        .says("was not there then")
        .says("organization/fabrikam (was organization/fabrikam-design)")
        .says("organization/litware was deleted or given away")
        .says("settings/collaboration did not set `guestsMayLeave`")
        .says("Nothing was applied: there is no terminal to ask on.")
        .says("`--out FILE`");
    assert_eq!(newest(&sandbox), second);
    let _ = sandbox
        .run(["rollback", &second, "--auto-approve"])
        .exits(0)
        .says("Went back:")
        .says("Where the tree still says otherwise");
    let run = &runs(&sandbox)[0];
    assert_eq!(
        (&run["purpose"], &run["rolled_back"]),
        (&"rollback".into(), &second.as_str().into())
    );
    let _ = sandbox
        .run(["history", run["id"].as_str().expect("an id")])
        .exits(0)
        .says("Went back to before run");
    // The tree still says otherwise; what goes adds up within a day.
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(4);
    let allowed = [
        "plan",
        "--detailed-exitcode",
        "--allow-deletes",
        "3",
        "--allow-widening",
    ];
    let _ = sandbox.run(allowed).exits(2);
    // With the tree of then there is nothing to do but what cannot be undone, which is not ours.
    let sandbox = sandbox.write("tree.yaml", FIRST);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_rollback_is_rolled_back_like_any_run() {
    let (sandbox, _, second) = two_runs();
    let _ = sandbox
        .run(["rollback", &second, "--auto-approve"])
        .exits(0);
    let back = newest(&sandbox);
    let again = ["rollback", &back, "--auto-approve"];
    let _ = sandbox.run(again).exits(4).says("--allow-deletes 3");
    let _ = sandbox
        .run(
            again
                .into_iter()
                .chain(["--allow-deletes", "3", "--allow-widening"]),
        )
        .exits(0);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn goes_back_several_runs_and_to_the_end_of_one() {
    let (sandbox, first, _) = two_runs();
    let sandbox = sandbox.write("tree.yaml", SECOND.replace("Strategy", "Everything"));
    let _ = apply(&sandbox);
    let json = sandbox.exactly(["rollback", "--to", &first, "--format", "json"]);
    let report: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(
        report["undone"].as_array().map(Vec::len),
        Some(2),
        "{report}"
    );
    assert_eq!(report["end"], true, "{report}");
    let _ = sandbox
        .run(["rollback", "--to", &first, "--auto-approve"])
        .exits(0)
        .says("Undoes 2 runs:");
    let sandbox = sandbox.write("tree.yaml", FIRST);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
    let newest = newest(&sandbox);
    let _ = sandbox
        .run(["rollback", "--to", &newest])
        .exits(0)
        .says("No changes.");
}

#[test]
fn what_was_taken_over_is_let_go_and_what_was_let_go_is_taken_back() {
    let sandbox = Sandbox::project().write("tree.yaml", FIRST);
    let _ = apply(&sandbox);
    let lent = FIRST
        .replace(
            "  litware: { displayName: Litware, domains: [litware.com] }\n",
            "",
        )
        .replace(
            "version: 1\n",
            "version: 1\nforget: [organization/litware]\n",
        );
    let sandbox = sandbox.write("tree.yaml", lent);
    let forgot = apply(&sandbox);
    let _ = sandbox
        .run(["rollback", &forgot])
        .exits(64)
        .says("1 to adopt");
    let sandbox = sandbox.write("tree.yaml", FIRST);
    let _ = sandbox
        .run(["apply", "--auto-approve", "--adopt", "organization/litware"])
        .exits(0);
    let took = newest(&sandbox);
    let _ = sandbox
        .run(["rollback", &took])
        .exits(64)
        .says("1 to forget");
    let _ = sandbox.run(["rollback", &took, "--auto-approve"]).exits(0);
    let _ = sandbox
        .run(["rollback", &forgot, "--auto-approve"])
        .exits(0);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_rollback_that_was_reviewed_is_applied_as_it_was_saved_and_once() {
    let (sandbox, _, second) = two_runs();
    let _ = sandbox
        .run(["rollback", &second, "--out", "back.json"])
        .exits(0)
        .says("Undoes 1 run:")
        .says("Saved to back.json: digest");
    assert_eq!(newest(&sandbox), second);
    let _ = sandbox
        .run(["show", "back.json"])
        .exits(0)
        .says("organization/fabrikam (was organization/fabrikam-design)")
        .says(&format!("Goes back to before run {second}."));
    let _ = sandbox
        .run(["apply", "back.json"])
        .exits(0)
        .says("Went back:")
        .says("Where the tree still says otherwise");
    assert_eq!(runs(&sandbox)[0]["rolled_back"], second.as_str());
    let _ = sandbox
        .run(["apply", "back.json"])
        .exits(5)
        .says("applied already");
    let sandbox = sandbox.write("tree.yaml", FIRST);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_saved_rollback_does_not_undo_what_came_after_it() {
    let (sandbox, _, second) = two_runs();
    let _ = sandbox
        .run(["rollback", &second, "--out", "back.json"])
        .exits(0);
    let more = "  late: { displayName: Late, domains: [late.com] }\ncatalogs:";
    let sandbox = sandbox.write("tree.yaml", SECOND.replace("catalogs:", more));
    let third = apply(&sandbox);
    let _ = sandbox
        .run(["apply", "back.json"])
        .exits(5)
        .says("organization/late would be pruned now");
    assert_eq!(newest(&sandbox), third);
}

#[test]
fn a_digest_that_a_reviewer_saw_holds_a_rollback_to_it() {
    let (sandbox, _, second) = two_runs();
    let json = sandbox.exactly(["rollback", &second, "--format", "json"]);
    let report: Value = serde_json::from_str(&json).expect("JSON");
    let digest = report["plan"]["digest"].as_str().expect("a digest");
    let _ = sandbox
        .run(["rollback", &second, "--expect", &"0".repeat(32)])
        .exits(5)
        .says("organization/litware would be created")
        .says(&format!("`--expect {digest}`"));
    assert_eq!(newest(&sandbox), second);
    let _ = sandbox
        .run(["rollback", &second, "--expect", digest])
        .exits(0)
        .says("Went back:");
    // The store is where it was expected to lead; the same digest leads nowhere else.
    let _ = sandbox
        .run(["rollback", &second, "--expect", digest])
        .exits(5)
        .says("there is nothing to do now");
}

#[test]
fn what_was_only_taken_as_applied_is_not_made_anew() {
    let sandbox = Sandbox::project().write("tree.yaml", FIRST);
    let first = apply(&sandbox);
    let hand = rusqlite::Connection::open(sandbox.path("guestlist.db")).expect("a store");
    let gone = "DELETE FROM object WHERE address = 'organization/litware'";
    assert_eq!(hand.execute(gone, []).expect("it can be deleted"), 1);
    let _ = sandbox
        .run(["apply", "--refresh-only", "--auto-approve"])
        .exits(0);
    let refreshed = newest(&sandbox);
    let _ = sandbox
        .run(["rollback", &refreshed, "--auto-approve"])
        .exits(0)
        .says("That run changed no object")
        .says("No changes.");
    assert_eq!(newest(&sandbox), refreshed);
    // Who wants the store as it was goes back to the end of the run before.
    let _ = sandbox
        .run(["rollback", "--to", &first, "--auto-approve"])
        .exits(0)
        .says("organization/litware");
}

#[test]
fn a_rollback_passes_the_same_guards() {
    let sandbox = Sandbox::project().write("tree.yaml", FIRST);
    let _ = apply(&sandbox);
    let protected = FIRST.replace(
        "  litware: {",
        "  keep: { displayName: Keep, domains: [keep.com], protect: true }\n  litware: {",
    );
    let sandbox = sandbox.write("tree.yaml", protected);
    let run = apply(&sandbox);
    let _ = sandbox
        .run(["rollback", &run, "--auto-approve"])
        .exits(4)
        .says("refused[")
        .says("organization/keep");
    assert_eq!(newest(&sandbox), run);
}

#[test]
fn says_which_runs_there_are() {
    let (sandbox, first, _) = two_runs();
    let _ = sandbox.run(["rollback"]).exits(64);
    let _ = sandbox
        .run(["rollback", "nonsense"])
        .exits(1)
        .says("there is no run `nonsense`");
    // A run of another project is none of ours.
    let settings = std::fs::read_to_string(sandbox.path("guestlist.toml")).expect("settings");
    let sandbox = sandbox.write(
        "guestlist.toml",
        settings.replace("\"contoso\"", "\"other\""),
    );
    let _ = sandbox
        .run(["rollback", &first])
        .exits(1)
        .says("there is no run");
}

#[test]
fn history_keeps_what_every_run_did() {
    let (sandbox, first, second) = two_runs();
    let json = sandbox.exactly(["history", &second, "--format", "json"]);
    let report: Value = serde_json::from_str(&json).expect("JSON");
    let run = &report["run"];
    for key in [
        "id", "purpose", "project", "actor", "host", "tree", "plan", "started", "finished",
        "seconds", "counts",
    ] {
        assert!(!run[key].is_null(), "{key} in {run}");
    }
    let changes = report["changes"].as_array().expect("changes");
    let of = |address: &str| {
        let found = changes.iter().find(|change| change["address"] == address);
        found.expect(address)
    };
    let renamed = of("organization/fabrikam-design");
    assert_eq!(renamed["renamed_from"], "organization/fabrikam");
    assert_eq!(
        (
            &renamed["before"]["description"],
            &renamed["after"]["description"]
        ),
        (&"Design".into(), &"Strategy".into())
    );
    assert_eq!(
        of("organization/litware")["before"]["displayName"],
        "Litware"
    );
    let _ = sandbox
        .run(["history", &first])
        .exits(0)
        .says("· plan ")
        .says(" ms. Generation 1.");
}

#[test]
fn a_way_back_is_one_document() {
    let (sandbox, _, second) = two_runs();
    let shown = sandbox
        .run(["rollback", &second, "--format", "markdown"])
        .exits(64)
        .stdout;
    assert!(shown.contains("\nPlan digest: `"), "{shown}");
    assert!(
        shown.contains("### <strong>guestlist rollback to before run"),
        "{shown}"
    );
    let verdict = shown.find("Plan: ");
    assert!(
        verdict.is_some() && verdict < shown.find("Undoes 1 run:"),
        "{shown}"
    );
    let back = [
        "rollback",
        &second,
        "--auto-approve",
        "--format",
        "markdown",
    ];
    let done = sandbox.run(back).exits(0).stdout;
    assert_eq!(done.matches("<!-- guestlist:rollback").count(), 1, "{done}");
    let first = done.find("Went back:");
    assert!(
        first.is_some() && first < done.find("#### Changes"),
        "{done}"
    );
}
