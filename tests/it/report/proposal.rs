//! A proposal for guests whom nobody governs: it loads, plans as creations alone, applies, is granted, and leaves nothing to
//! propose.

use serde_json::Value;

use super::{AT, project, report};
use crate::support::{Golden, Sandbox, files_below, repository};

/// The files of a proposal as one text.
fn written(sandbox: &Sandbox, folder: &str) -> String {
    let root = sandbox.path(folder);
    let mut text = String::new();
    for file in files_below(&root) {
        let name = file.strip_prefix(&root).expect("below the folder");
        let body = std::fs::read_to_string(&file).expect("a file of the proposal");
        text += &format!("# {}\n{body}\n", name.display());
    }
    text
}

#[test]
fn a_proposal_is_as_it_was_reviewed() {
    let sandbox = project();
    let told = report(&sandbox, "ungoverned --propose discovered").exits(0);
    let mut golden = Golden::default();
    let file = |name: &str| repository(&format!("tests/it/report/golden/{name}"));
    golden.compare(&file("proposed.txt"), &told.stdout);
    golden.compare(&file("proposal.txt"), &written(&sandbox, "discovered"));
    golden.finish();
}

#[test]
fn what_lies_outside_the_tree_is_moved_first() {
    let sandbox = project();
    let propose = |folder| ["report", "ungoverned", "--propose", folder, "--at", AT];
    let outside = "They lie outside the tree: move the policy files";
    let _ = sandbox
        .run(propose(".our guests"))
        .exits(0)
        .says(outside)
        .says("`guestlist assignment grant --csv '.our guests/assignments.csv'`");
    let inside = sandbox.run(propose("our guests")).exits(0);
    assert!(!inside.stdout.contains(outside), "{}", inside.text());
}

#[test]
fn a_proposal_plans_applies_and_is_granted() {
    let sandbox = project();
    let before = report(&sandbox, "access --by resource --counts --format csv").exits(0);
    let told = report(&sandbox, "ungoverned --propose discovered --format json").exits(0);
    let told: Value = serde_json::from_str(&told.stdout).expect("JSON");
    let schema = std::fs::read_to_string(repository("schemas/report-proposed.schema.json"));
    let schema: Value = serde_json::from_str(&schema.expect("published")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(validator.is_valid(&told), "{told}");
    assert_eq!(
        (&told["guests"], &told["assignment_count"]),
        (&3.into(), &4.into())
    );

    let valid = sandbox.run(["validate", "--format", "json"]).exits(0);
    let valid: Value = serde_json::from_str(&valid.stdout).expect("JSON");
    assert_eq!(valid["diagnostics"], Value::Array(Vec::new()), "{valid}");
    let plan = sandbox.run(["plan", "--format", "json"]).exits(0);
    let plan: Value = serde_json::from_str(&plan.stdout).expect("JSON");
    let created = plan["counts"]["create"].as_u64().expect("a count");
    let all = plan["changes"].as_array().expect("changes").len() as u64;
    assert!(created == all && created > 0, "{}", plan["counts"]);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);

    let grant = [
        "assignment",
        "grant",
        "--csv",
        "discovered/assignments.csv",
        "--at",
        AT,
    ];
    let _ = sandbox.run(grant).exits(0).says("4 lines done.");
    // Nobody reaches anything that they did not reach before.
    let after = report(&sandbox, "access --by resource --counts --format csv").exits(0);
    assert_eq!(before.stdout, after.stdout);
    let left = report(&sandbox, "ungoverned")
        .exits(0)
        .says("1 guest without a package.");
    assert!(left.stdout.contains("idle@old.example"), "{}", left.text());
    let again = report(&sandbox, "ungoverned --propose again").exits(0);
    let _ = again.says("Nothing to propose.");
    assert!(!sandbox.path("again").exists());
}

#[test]
fn a_second_proposal_uses_what_the_first_has_made() {
    let sandbox = project();
    let _ = report(&sandbox, "ungoverned --propose discovered").exits(0);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    // Nobody has granted anything so far: the same list comes out, and no file of the language.
    let _ = report(&sandbox, "ungoverned --propose again")
        .exits(0)
        .says("assignments.csv");
    let list = |folder: &str| {
        let file = sandbox.path(folder).join("assignments.csv");
        std::fs::read_to_string(file).expect("the list")
    };
    assert_eq!(list("again"), list("discovered"));
    assert_eq!(files_below(&sandbox.path("again")).len(), 1);
}

#[test]
fn a_proposal_overwrites_nothing_and_leaves_nothing_behind() {
    let sandbox = project().write("out/assignments.csv", "mine");
    let _ = report(&sandbox, "ungoverned --propose out")
        .exits(1)
        .says("exists already");
    assert_eq!(written(&sandbox, "out"), "# assignments.csv\nmine\n");
    let sandbox = sandbox.write("tree.yaml", "version: 1\norganizations:\n  a: 5\n");
    let _ = report(&sandbox, "ungoverned --propose more").exits(3);
    assert!(!sandbox.path("more").exists());
}

#[test]
fn names_that_are_taken_are_left_alone() {
    let more = "  lamna: { displayName: Another, domains: [another.example] }\n  wingtip:";
    let sandbox = project();
    let tree = std::fs::read_to_string(sandbox.path("tree.yaml")).expect("the tree");
    let tree = tree.replace("  wingtip:", more);
    let tree = tree.replace(
        "catalogs:\n",
        "catalogs:\n  discovered: { displayName: Mine }\n",
    );
    let tree = tree.replace(
        "resources:\n  guests:",
        "resources:\n  project-x: { application: Something else }\n  guests:",
    );
    let sandbox = sandbox.write("tree.yaml", tree);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let _ = report(&sandbox, "ungoverned --propose out").exits(0);
    let text = written(&sandbox, "out");
    for line in [
        "  discovered-2:",
        "  lamna-example:",
        "  project-x-2:",
        "  project-x-2-member:",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    let _ = sandbox.run(["validate"]).exits(0);
}

#[test]
fn a_group_whose_name_no_file_may_hold_is_left_out_and_the_others_are_not() {
    let people = serde_json::json!({
        "people": [
            { "mail": "ann@d.example", "displayName": "Somebody", "userType": "Guest", "identities": ["mail"] },
            { "mail": "ben@d.example", "displayName": "Somebody", "userType": "Guest", "identities": ["mail"] },
        ],
        "groups": [{ "group": "Fine" }, { "group": "Ok\u{200b}" }],
        "memberships": [
            { "group": "Fine", "member": "ann@d.example" },
            { "group": "Ok\u{200b}", "member": "ben@d.example" },
        ],
    });
    let sandbox = Sandbox::project()
        .write(
            "tree.yaml",
            "version: 1\ncatalogs: { c: { displayName: C } }\n",
        )
        .write("people.json", people.to_string());
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let _ = sandbox.run(["directory", "import", "people.json"]).exits(0);
    let _ = report(&sandbox, "ungoverned --propose found")
        .exits(0)
        .says("ben@d.example")
        .says("cannot be declared");
    let text = written(&sandbox, "found");
    assert!(
        text.contains("group: Fine") && !text.contains('\u{200b}'),
        "{text}"
    );
    let _ = sandbox.run(["validate"]).exits(0);
}
