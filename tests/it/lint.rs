//! The command `lint`: which lints are asked, how strict it is, and what they say of themselves.

use crate::formats;
use crate::support::Sandbox;

const TREE: &str = "version: 1
organizations:
  wingtip: { displayName: Wingtip, domains: [wingtip.example] }
resources:
  photos: { group: Photos }
catalogs:
  marketing: { displayName: Marketing, resources: [photos] }
packages:
  photos:
    catalog: marketing
    displayName: Photos
    grants: { photos: Member }
    policies:
      partners: { requestors: { organizations: [wingtip] } }
";

fn project(settings: &str) -> Sandbox {
    let settings =
        format!("project = \"contoso\"\ntenant = {{ domains = [\"contoso.com\"] }}\n{settings}");
    Sandbox::new()
        .write("guestlist.toml", settings)
        .write("tree.yaml", TREE)
}

#[test]
fn a_finding_fails_the_command_when_it_is_an_error() {
    let _ = project("").run(["lint"]).exits(0).says("1 warning, 1 note");
    let error = project("[lint]\nno-approval = \"error\"\n");
    let _ = error.run(["lint"]).exits(3).says("error[no-approval]");
    let _ = project("").run(["lint", "--strict"]).exits(3);
    let notes = project("[lint]\nno-approval = \"note\"\n");
    let _ = notes.run(["lint", "--strict"]).exits(0).says("2 notes");
}

#[test]
fn every_level_may_be_another_in_an_environment() {
    let sandbox = project(
        "[lint]\nno-approval = \"off\"\n[environments.production.lint]\nno-approval = \"error\"\norganization-without-sponsors = \"off\"\n",
    );
    let _ = sandbox.run(["lint"]).exits(0).says("1 note in 1 file");
    let production = sandbox.run(["lint", "--env", "production"]).exits(3);
    assert!(
        !production.stdout.contains("without-sponsors"),
        "{}",
        production.stdout
    );
    let listed = sandbox
        .run(["lint", "--list", "--env", "production"])
        .exits(0);
    let levels: Vec<&str> = listed
        .stdout
        .lines()
        .filter(|line| line.starts_with("no-approval ") || line.starts_with("organization-w"))
        .filter_map(|line| line.split_whitespace().nth(1))
        .collect();
    assert_eq!(levels, ["error", "off"], "{}", listed.stdout);
}

#[test]
fn a_lint_that_is_not_there_is_offered_by_its_name() {
    let _ = project("[lint]\nno-aproval = \"off\"\n")
        .run(["lint"])
        .exits(3)
        .says("did you mean `no-approval`?");
    let _ = project("[lint]\nno-approval = \"fatal\"\n")
        .run(["lint"])
        .exits(3)
        .says("GL0601");
    for arguments in [
        &["lint", "no-aproval"][..],
        &["lint", "--explain", "no-aproval"],
    ] {
        let outcome = project("").run(arguments.iter().copied()).exits(64);
        let _ = outcome.says("did you mean `no-approval`?");
    }
}

#[test]
fn only_the_lints_that_are_named_are_asked() {
    let sandbox = project("");
    let found = sandbox
        .run(["lint", "no-approval", "--format", "json"])
        .exits(0);
    assert!(found.stdout.contains("\"no-approval\""), "{}", found.stdout);
    assert!(
        !found.stdout.contains("without-sponsors"),
        "{}",
        found.stdout
    );
    let _ = sandbox
        .run(["lint", "empty-package"])
        .exits(0)
        .says("Nothing found: 1 lint of 5 objects in 1 file.");
}

#[test]
fn a_lint_that_is_off_says_so_when_it_is_named() {
    let sandbox = project("[lint]\nempty-package = \"off\"\n");
    let asked = ["lint", "empty-package", "past-end"];
    let _ = sandbox
        .run(asked)
        .exits(0)
        .says("Nothing found: 1 lint of 5 objects in 1 file.")
        .says("`empty-package` is off in the settings and was not asked.");
    let json = sandbox.run(asked.into_iter().chain(["--format", "json"]));
    assert!(json.stdout.contains("\"empty-package\""), "{}", json.stdout);
    formats::published(&json.stdout).expect("the schema fits");
    let all = sandbox.run(["lint"]).exits(0);
    assert!(!all.stdout.contains("is off"), "{}", all.stdout);
}

#[test]
fn what_the_tree_is_warned_of_is_found_too() {
    let tree = TREE.replace(
        "organizations: [wingtip] }",
        "organizations: [wingtip] }, approval: { stages: [{ approvers: [group:photo] }] }",
    );
    let sandbox = project("[lint]\norganization-without-sponsors = \"off\"\n");
    let sandbox = sandbox.write("tree.yaml", tree);
    let warning = "warning[GL0302]: `group:photo` is taken for a group of the directory";
    let _ = sandbox.run(["validate"]).exits(0).says(warning);
    let _ = sandbox.run(["lint"]).exits(0).says(warning);
    let _ = sandbox.run(["lint", "--strict"]).exits(3).says(warning);
    // Who names lints asks for these alone.
    let _ = sandbox
        .run(["lint", "--strict", "no-approval"])
        .exits(0)
        .says("Nothing found");
}

#[test]
fn a_level_that_others_write_as_false_is_off() {
    let level = |value: &str| project(&format!("[lint]\nno-approval = {value}\n"));
    let _ = level("false")
        .run(["lint"])
        .exits(3)
        .says("did you mean `\"off\"`?");
    for value in ["true", "0"] {
        let help = "write one of `error`, `warning`, `note`, `off`";
        let _ = level(value).run(["lint"]).exits(3).says(help);
    }
}

#[test]
fn a_lint_says_what_it_is_about_without_a_project() {
    let nowhere = Sandbox::new();
    let _ = nowhere
        .run(["lint", "--list"])
        .exits(0)
        .says("never-expires");
    let said = nowhere.run(["lint", "--explain", "never-expires"]).exits(0);
    let _ = said
        .says("nobody here is told")
        .says("expires: { after: 180d }");
    for arguments in [
        &["lint", "--list"][..],
        &["lint", "--explain", "never-expires"],
    ] {
        let json = nowhere.exactly(arguments.iter().copied().chain(["--format", "json"]));
        formats::published(&json).expect("the schema fits");
    }
    let _ = nowhere
        .run(["lint", "--list", "--format", "sarif"])
        .exits(64);
}

#[test]
fn an_invalid_tree_is_told_as_by_validate() {
    let sandbox = Sandbox::project().write("tree.yaml", "version: 1\ncatalogs: { a: {} }\n");
    let (validated, linted) = (
        sandbox.run(["validate"]).exits(3),
        sandbox.run(["lint"]).exits(3),
    );
    assert_eq!(validated.stdout, linted.stderr);
    let (validated, linted) = (
        sandbox.exactly(["validate", "--format", "gitlab"]),
        sandbox.exactly(["lint", "--format", "gitlab"]),
    );
    assert_eq!(validated, linted);
}

#[test]
fn the_worked_example_and_a_new_project_are_clean() {
    let sandbox = Sandbox::new();
    sandbox.holds(&crate::support::repository("policies"));
    let _ = sandbox
        .run(["lint", "--strict"])
        .exits(0)
        .says("Nothing found")
        .says("2 findings are waived");
    let sandbox = Sandbox::new();
    let _ = sandbox.run(["init", "--project", "contoso"]).exits(0);
    let _ = sandbox
        .run(["lint", "--strict"])
        .exits(0)
        .says("Nothing found");
}
