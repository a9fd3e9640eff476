//! Import: what is live becomes what is declared, and the plan right after has nothing to do.

use serde_json::{Value, json};

use crate::support::{Sandbox, files_below, repository};

/// A folder with the settings and the store of an applied project, and none of its files.
fn without_tree(sandbox: &Sandbox) {
    for file in files_below(sandbox.root()) {
        if file.extension().is_some_and(|found| found == "yaml") {
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

#[test]
fn what_the_tree_lets_go_is_not_declared_by_an_import() {
    let sandbox = Sandbox::project().write("tree.yaml", MARKETING);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let rest = MARKETING
        .split("packages:")
        .next()
        .expect("the beginning")
        .replace("version: 1\n", "version: 1\nforget: [package/partner]\n");
    let rest = format!(
        "{rest}organizations:\n  fabrikam: {{ displayName: Fabrikam, domains: [fabrikam.com] }}\n"
    );
    let sandbox = sandbox.write("tree.yaml", rest);
    let left = "package/partner: the tree lets it go: take it out of `forget` to write it";
    // Before it is let go, and afterwards.
    let _ = sandbox.run(["import"]).exits(0).says(left);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let _ = sandbox
        .run(["import", "--unmanaged"])
        .exits(0)
        .says("the tree lets it go: take it out of `forget` to write it")
        .says("Nothing was imported.");
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
}
