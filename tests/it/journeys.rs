//! What people do with the program, several commands in a row.

use regex::Regex;

use crate::support::{Sandbox, repository};

const FABRIKAM: &str = "version: 1\norganizations:\n  fabrikam:\n    displayName: Fabrikam\n    domains: [fabrikam.com]\n";
const LITWARE: &str = "version: 1\norganizations:\n  litware:\n    displayName: Litware\n    domains: [litware.com]\n";

fn apply(sandbox: &Sandbox) {
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_newcomer_applies_edits_breaks_and_mends_the_example() {
    let sandbox = Sandbox::new();
    sandbox.holds(&repository("policies"));
    apply(&sandbox);
    let path = "catalogs/engineering.yaml";
    let text = std::fs::read_to_string(sandbox.path(path)).expect("the example is there");

    let edited = text.replace("expires: { after: 8h }", "expires: { after: 4h }");
    let sandbox = sandbox.write(path, &edited);
    let line = 1 + edited
        .lines()
        .position(|line| line.trim() == "visitors:")
        .expect("the policy is there");
    let plan = sandbox
        .run(["plan", "--detailed-exitcode"])
        .exits(2)
        .says("policy/lab-visitor/visitors")
        .says(&format!("{path}:{line}"));
    assert!(
        plan.stdout.contains("8h") && plan.stdout.contains("4h"),
        "{}",
        plan.stdout
    );
    apply(&sandbox);
    let _ = sandbox
        .run(["show", "policy/lab-visitor/visitors"])
        .exits(0)
        .says("4h");

    let sandbox = sandbox.write(
        path,
        edited.replace("expires: { after: 4h }", "expries: never"),
    );
    let _ = sandbox
        .run(["validate"])
        .exits(3)
        .says(&format!("{path}:"))
        .says("did you mean `expires`?");
    let sandbox = sandbox.write(path, edited);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn an_empty_tree_is_refused_and_deletes_nothing() {
    let sandbox = Sandbox::project().write("tree.yaml", FABRIKAM);
    apply(&sandbox);
    std::fs::remove_file(sandbox.path("tree.yaml")).expect("the file is there");
    let _ = sandbox.run(["plan"]).exits(3).says("GL0001");
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(3);
    let sandbox = sandbox.write("tree.yaml", "version: 1\n");
    let _ = sandbox
        .run(["apply", "--auto-approve"])
        .exits(3)
        .says("GL0007");
    let sandbox = sandbox.write("tree.yaml", FABRIKAM);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn takes_over_an_object_that_was_let_go_and_keeps_it() {
    let sandbox = Sandbox::project()
        .write("tree.yaml", FABRIKAM)
        .write("other.yaml", LITWARE);
    apply(&sandbox);
    let sandbox = sandbox.write("tree.yaml", "version: 1\nforget: [organization/fabrikam]\n");
    apply(&sandbox);
    let listed = sandbox.exactly(["list", "--unmanaged"]);
    let id = Regex::new("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").expect("a valid expression");
    let id = id
        .find(&listed)
        .expect("the id of what nobody owns is shown")
        .as_str();
    let adopting = format!("{FABRIKAM}    adopt: {{ id: {id} }}\n");
    let sandbox = sandbox.write("tree.yaml", adopting);
    let plan = sandbox.run(["plan", "--detailed-exitcode"]).exits(2);
    assert!(plan.stdout.contains("adopt"), "{}", plan.stdout);
    apply(&sandbox);
    // What is ours by now is not taken over again, and the key may go.
    let sandbox = sandbox.write("tree.yaml", FABRIKAM);
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn projects_that_share_a_store_leave_each_other_alone() {
    let store = Sandbox::new();
    let settings = |project: &str| {
        format!(
            "project = \"{project}\"\n\n[store]\nurl = \"sqlite:{}\"\n",
            store.path("shared.db").display()
        )
    };
    let first = Sandbox::new()
        .write("guestlist.toml", settings("first"))
        .write("tree.yaml", FABRIKAM);
    let second = Sandbox::new()
        .write("guestlist.toml", settings("second"))
        .write("tree.yaml", LITWARE);
    apply(&first);
    apply(&second);
    let _ = first.run(["plan", "--detailed-exitcode"]).exits(0);
    let _ = second.run(["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn an_environment_has_a_store_of_its_own() {
    let sandbox = Sandbox::new();
    sandbox.holds(&repository("policies"));
    let _ = sandbox
        .run(["apply", "--auto-approve", "--env", "staging"])
        .exits(0);
    assert!(sandbox.path("guestlist-staging.db").exists());
    assert!(!sandbox.path("guestlist.db").exists());
    let _ = sandbox.run(["plan", "--env", "stagging"]).says("staging");
}

#[test]
fn a_protection_is_lifted_by_an_apply_of_its_own() {
    let both = |keys: &str| format!("{FABRIKAM}{keys}");
    let sandbox = Sandbox::project()
        .write("tree.yaml", both("    protect: true\n"))
        .write("other.yaml", LITWARE);
    apply(&sandbox);
    std::fs::remove_file(sandbox.path("tree.yaml")).expect("the file is there");
    let refused = sandbox
        .run(["apply", "--auto-approve"])
        .says("organization/fabrikam");
    assert_ne!(refused.code, Some(0));
    let sandbox = sandbox.write("tree.yaml", FABRIKAM);
    apply(&sandbox);
    std::fs::remove_file(sandbox.path("tree.yaml")).expect("the file is there");
    apply(&sandbox);
}

#[test]
fn a_saved_spelling_means_nothing_and_files_may_be_cut_anyhow() {
    let one = Sandbox::project().write("tree.yaml", FABRIKAM.to_owned() + &LITWARE[26..]);
    let two = Sandbox::project()
        .write("z.yaml", FABRIKAM)
        .write("a/b.yaml", LITWARE);
    apply(&one);
    apply(&two);
    for address in ["organization/fabrikam", "organization/litware"] {
        let shown = |sandbox: &Sandbox| {
            let text = sandbox.exactly(["show", address, "--format", "json"]);
            let value: serde_json::Value = serde_json::from_str(&text).expect("JSON comes out");
            value
        };
        let (one, two) = (shown(&one), shown(&two));
        assert!(one.is_object() && two.is_object());
        assert_eq!(one["live"]["body"], two["live"]["body"]);
    }
}

#[test]
fn a_new_project_is_made_in_a_folder_of_its_own() {
    let sandbox = Sandbox::new();
    let _ = sandbox.run(["init", "partners"]).exits(0);
    let _ = sandbox
        .run(["-C", "partners", "plan"])
        .exits(0)
        .says("Plan: 5 to create");
    let _ = sandbox.run(["init", "partners"]).exits(1).says("exists");
}
