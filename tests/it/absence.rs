//! A delete needs proof of absence: what cannot be read, or must be there and is not, is an error. And environments, which
//! have a store each.

use std::os::unix::fs::PermissionsExt;

use crate::support::Sandbox;

const FABRIKAM: &str = "version: 1\norganizations:\n  fabrikam:\n    displayName: Fabrikam\n    domains: [fabrikam.com]\n";
const LITWARE: &str = "version: 1\norganizations:\n  litware:\n    displayName: Litware\n    domains: [litware.com]\n";

fn settings(files: &str) -> String {
    format!("project = \"contoso\"\n\n[tree]\nfiles = [{files}]\n")
}

#[test]
fn a_listed_file_that_is_missing_deletes_nothing() {
    let sandbox = Sandbox::new()
        .write(
            "guestlist.toml",
            settings("\"a.yaml\", \"partners/*.yaml\""),
        )
        .write("a.yaml", FABRIKAM)
        .write("partners/b.yaml", LITWARE);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    std::fs::remove_file(sandbox.path("partners/b.yaml")).expect("the file is there");
    for command in [&["plan"][..], &["apply", "--auto-approve"], &["validate"]] {
        let _ = sandbox
            .run(command.iter().copied())
            .exits(3)
            .says("GL0008")
            .says("guestlist.toml:4:20")
            .says("no policy file matches `partners/*.yaml`");
    }
    let sandbox = sandbox.write("partners/b.yaml", LITWARE);
    std::fs::rename(sandbox.path("a.yaml"), sandbox.path("aa.yaml")).expect("it can be renamed");
    let _ = sandbox
        .run(["plan", "--destroy"])
        .exits(3)
        .says("the policy file `a.yaml` is missing")
        .says("did you mean `aa.yaml`?");
    std::fs::rename(sandbox.path("aa.yaml"), sandbox.path("a.yaml")).expect("it can be renamed");
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_list_of_files_stays_below_the_root() {
    for wrong in ["../a.yaml", "/etc/a.yaml", "./a.yaml", "a//b.yaml", "{a"] {
        let sandbox = Sandbox::new()
            .write("guestlist.toml", settings(&format!("\"{wrong}\"")))
            .write("a.yaml", FABRIKAM);
        let _ = sandbox
            .run(["plan"])
            .exits(3)
            .says("GL0601")
            .says("guestlist.toml:4:10");
    }
}

#[test]
fn a_folder_that_cannot_be_read_deletes_nothing() {
    let sandbox = Sandbox::project()
        .write("a.yaml", FABRIKAM)
        .write("partners/b.yaml", LITWARE);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let folder = sandbox.path("partners");
    let mode = |bits| {
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(bits))
            .expect("the mode can be set");
    };
    mode(0o000);
    let readable = std::fs::read_dir(&folder).is_ok(); // As the superuser it stays readable.
    let plan = sandbox.run(["plan", "--detailed-exitcode"]);
    mode(0o755);
    let _ = if readable {
        plan.exits(0)
    } else {
        plan.exits(3).says("cannot be read")
    };
}

#[test]
fn a_tree_without_objects_deletes_nothing_not_even_when_asked_to_destroy() {
    let sandbox = Sandbox::project().write("a.yaml", FABRIKAM);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    std::fs::remove_file(sandbox.path("a.yaml")).expect("the file is there");
    for command in [
        &["plan"][..],
        &["apply", "--auto-approve"],
        &["plan", "--destroy"],
    ] {
        let _ = sandbox.run(command.iter().copied()).exits(3).says("GL0001");
    }
    let sandbox = sandbox.write("a.yaml", "version: 1\n");
    let _ = sandbox.run(["plan"]).exits(3).says("GL0007");
}

#[test]
fn environments_have_a_store_and_a_history_each() {
    let sandbox = Sandbox::new()
        .write(
            "guestlist.toml",
            "project = \"contoso\"\n\n[store]\nurl = \"sqlite:one.db\"\n\n[environments.production.store]\nurl = \"sqlite:two.db\"\n",
        )
        .write("a.yaml", FABRIKAM);
    let runs = |environment: &[&str]| {
        let all = ["history", "--format", "json"]
            .into_iter()
            .chain(environment.iter().copied());
        let value: serde_json::Value =
            serde_json::from_str(&sandbox.exactly(all)).expect("JSON comes out");
        value["runs"].as_array().map_or(0, Vec::len)
    };
    let production = ["--env", "production"];
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    assert_eq!((runs(&[]), runs(&production)), (1, 0));
    let _ = sandbox
        .run(
            ["plan", "--detailed-exitcode"]
                .into_iter()
                .chain(production),
        )
        .exits(2)
        .says("sqlite:two.db");
    let _ = sandbox
        .run(["apply", "--auto-approve"].into_iter().chain(production))
        .exits(0);
    assert_eq!((runs(&[]), runs(&production)), (1, 1));
    // A plan that was saved for one environment is not applied to another.
    let other = FABRIKAM.replace("displayName: Fabrikam", "displayName: Fabrikam Ltd");
    std::fs::write(sandbox.path("a.yaml"), other).expect("it can be written");
    let _ = sandbox.run(["plan", "--out", "plan.json"]).exits(0);
    let _ = sandbox
        .run(["apply", "plan.json"].into_iter().chain(production))
        .exits(5);
    let _ = sandbox.run(["apply", "plan.json"]).exits(0);
    let _ = sandbox
        .run(
            ["plan", "--detailed-exitcode"]
                .into_iter()
                .chain(production),
        )
        .exits(2);
}
