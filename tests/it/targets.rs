//! Parts of a plan: what is chosen, what comes along, what stays out.

use serde_json::Value;

use crate::support::Sandbox;

const TREE: &str = "\
version: 1
resources:
  crm: { application: Salesforce, roles: [User] }
catalogs:
  marketing:
    displayName: Marketing
    resources: [crm]
packages:
  partner:
    catalog: marketing
    displayName: Partner
    grants: { crm: User }
    policies:
      all:
        requestors: members
organizations:
  fabrikam:
    displayName: Fabrikam
    domains: [fabrikam.com]
  litware:
    displayName: Litware
    domains: [litware.com]
";

fn addresses(plan: &Value) -> Vec<&str> {
    let changes = plan["changes"].as_array().expect("a list").iter();
    changes
        .map(|change| change["address"].as_str().expect("text"))
        .collect()
}

fn json(sandbox: &Sandbox, arguments: &[&str]) -> Value {
    let all = arguments.iter().copied().chain(["--format", "json"]);
    serde_json::from_str(&sandbox.exactly(all)).expect("JSON comes out")
}

#[test]
fn a_target_brings_what_it_needs_and_names_it() {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let plan = json(&sandbox, &["plan", "--target", "package/partner"]);
    assert_eq!(
        addresses(&plan),
        ["resource/crm", "catalog/marketing", "package/partner"]
    );
    assert_eq!(plan["partial"]["left_out"], 3);
    assert_eq!(plan["partial"]["along"][1]["address"], "catalog/marketing");
    assert_eq!(plan["partial"]["along"][1]["because"], "package/partner");
    let _ = sandbox
        .run(["plan", "--target", "package/partner"])
        .exits(0)
        .says("Partial plan: only `package/partner`; 3 other changes are left out.")
        .says("also catalog/marketing, because package/partner needs it")
        .says("Plan: 3 to create.");
    let _ = sandbox
        .run(["apply", "--auto-approve", "--target", "package/partner"])
        .exits(0)
        .says("What was chosen is done; 3 other changes are left out.");
    let _ = sandbox
        .run(["plan", "--target", "package/*", "--detailed-exitcode"])
        .exits(0)
        .says("No changes among those chosen.");
    let rest = json(&sandbox, &["plan"]);
    assert_eq!(rest["changes"].as_array().map(Vec::len), Some(3));
    assert!(rest.get("partial").is_none());
    let _ = sandbox
        .run(["apply", "--auto-approve", "--allow-widening"])
        .exits(0);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn what_is_excluded_never_changes_and_holds_back_what_needs_it() {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let plan = json(&sandbox, &["plan", "--exclude", "catalog/*"]);
    assert_eq!(
        addresses(&plan),
        [
            "resource/crm",
            "organization/fabrikam",
            "organization/litware"
        ]
    );
    assert_eq!(plan["partial"]["held"][0]["address"], "package/partner");
    assert_eq!(plan["partial"]["held"][0]["because"], "catalog/marketing");
    let _ = sandbox
        .run(["apply", "--auto-approve", "--exclude", "catalog/*"])
        .exits(0)
        .says("not package/partner, because it needs catalog/marketing");
    let left = ["plan", "--detailed-exitcode", "--allow-widening"];
    let _ = sandbox.run(left).exits(2);
}

#[test]
fn a_target_that_needs_what_is_excluded_is_an_error() {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let _ = sandbox
        .run([
            "plan",
            "--target",
            "package/partner",
            "--exclude",
            "resource/**",
        ])
        .exits(1)
        .says("resource/crm, which is excluded");
    let both = [
        "plan",
        "--target",
        "organization/*",
        "--exclude",
        "organization/lit*",
    ];
    let plan = json(&sandbox, &both);
    assert_eq!(addresses(&plan), ["organization/fabrikam"]);
}

#[test]
fn a_pattern_that_matches_nothing_is_an_error_with_a_near_name() {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    for flag in ["--target", "--exclude"] {
        let _ = sandbox
            .run(["plan", flag, "organization/fabrikan"])
            .exits(1)
            .says("`organization/fabrikan` matches nothing")
            .says("did you mean `organization/fabrikam`?");
        let _ = sandbox.run(["plan", flag, "organization/{a"]).exits(64);
    }
    // A star stays within one part of an address.
    let _ = sandbox.run(["plan", "--target", "policy/*"]).exits(1);
    let _ = sandbox.run(["plan", "--target", "policy/*/*"]).exits(0);
}

#[test]
fn an_exchange_of_names_is_not_torn_apart() {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let swapped = TREE
        .replace("  fabrikam:", "  exchanged:")
        .replace("  litware:", "  fabrikam:\n    formerly: litware")
        .replace("  exchanged:", "  litware:\n    formerly: fabrikam");
    let sandbox = sandbox.write("tree.yaml", swapped);
    let plan = json(&sandbox, &["plan", "--target", "organization/fabrikam"]);
    assert_eq!(plan["changes"].as_array().map(Vec::len), Some(2));
    let _ = sandbox
        .run([
            "apply",
            "--auto-approve",
            "--target",
            "organization/fabrikam",
        ])
        .exits(0);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_deleted_address_can_be_chosen_and_the_rest_stays() {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let shorter = TREE
        .replace(
            "  litware:\n    displayName: Litware\n    domains: [litware.com]\n",
            "",
        )
        .replace("displayName: Marketing", "displayName: Brands");
    let sandbox = sandbox.write("tree.yaml", shorter);
    let _ = sandbox
        .run([
            "apply",
            "--auto-approve",
            "--target",
            "organization/litware",
        ])
        .exits(0)
        .says("1 other change is left out");
    let plan = json(&sandbox, &["plan"]);
    assert_eq!(addresses(&plan), ["catalog/marketing"]);
}

#[test]
fn a_part_can_be_destroyed() {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let plan = json(&sandbox, &["plan", "--destroy", "--target", "package/*"]);
    assert_eq!(addresses(&plan), ["policy/partner/all", "package/partner"]);
    assert_eq!(plan["destroy"], true);
    assert_eq!(plan["partial"]["along"][0]["goes"], true);
    let _ = sandbox
        .run(["plan", "--destroy", "--target", "package/*"])
        .says("also policy/partner/all, because it cannot be without package/partner, which goes");
    let _ = sandbox
        .run(["plan", "--destroy", "--exclude", "policy/**"])
        .says("not package/partner, because policy/partner/all stays and cannot be without it");
    let _ = sandbox
        .run([
            "apply",
            "--auto-approve",
            "--destroy",
            "--allow-delete-all",
            "package",
            "--allow-delete-all",
            "policy",
            "--target",
            "package/*",
        ])
        .exits(0)
        .says("4 other changes are left out.");
    let _ = sandbox
        .run([
            "apply",
            "--auto-approve",
            "--destroy",
            "--allow-delete-all",
            "catalog",
            "--allow-delete-all",
            "resource",
            "--allow-delete-all",
            "organization",
        ])
        .exits(0)
        .says("Nothing of the project is left");
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(2);
}

#[test]
fn a_saved_plan_keeps_its_choice() {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let _ = sandbox
        .run(["plan", "--target", "organization/*", "--out", "plan.json"])
        .exits(0);
    let _ = sandbox
        .run(["show", "plan.json"])
        .exits(0)
        .says("Partial plan: only `organization/*`");
    let _ = sandbox.run(["apply", "plan.json"]).exits(0);
    let plan = json(&sandbox, &["plan"]);
    assert_eq!(plan["changes"].as_array().map(Vec::len), Some(4));
}
