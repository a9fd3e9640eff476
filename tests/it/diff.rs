//! Two revisions or folders, compared without a store.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::formats;
use crate::own_domains::LAB;
use crate::support::{Golden, Outcome, Sandbox, files_below, repository};

/// Cases whose differences are kept to the byte.
const KEPT: &[&str] = &[
    "a-key-that-cannot-change-in-place",
    "a-package-is-renamed-with-its-policies",
    "a-protected-object-does-not-go",
    "an-object-comes-and-another-goes",
    "an-object-is-let-go",
    "order-follows-references",
    "stages-and-questions-change",
    "text-that-came-from-strangers-is-shown-as-text",
];

fn kept(name: &str) -> std::path::PathBuf {
    repository("tests/kept/diff").join(name)
}

/// Puts a tree into a folder of the sandbox, with the usual settings if it has none.
fn put(sandbox: &Sandbox, folder: &str, tree: &Path) {
    let usual = Sandbox::project();
    usual.holds(tree);
    for file in files_below(usual.root()) {
        let below = file.strip_prefix(usual.root()).expect("a file below");
        let target = sandbox.path(folder).join(below);
        std::fs::create_dir_all(target.parent().expect("a folder")).expect("a folder can be made");
        std::fs::copy(&file, target).expect("a file can be copied");
    }
}

fn git<'a>(sandbox: &Sandbox, arguments: impl IntoIterator<Item = &'a str>) {
    let mut command = sandbox.settle(Command::new("git"));
    let output = command
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .args(["-c", "user.name=Ana", "-c", "user.email=ana@contoso.com"])
        .args([
            "-c",
            "commit.gpgsign=false",
            "-c",
            "protocol.file.allow=always",
        ])
        .args(arguments)
        .output()
        .expect("git can be started");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

fn commit(sandbox: &Sandbox, message: &str) {
    git(sandbox, ["add", "--all"]);
    git(sandbox, ["commit", "--quiet", "--message", message]);
}

/// Runs the program where git can be found.
fn run(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    let mut command = sandbox.command(arguments);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    sandbox.outcome(arguments, &mut command)
}

const BEFORE: &str =
    "version: 1\norganizations:\n  fabrikam: { displayName: Fabrikam, domains: [fabrikam.com] }\n";
const AFTER: &str = "version: 1\norganizations:\n  fabrikam: { displayName: Fabrikam Studios, domains: [fabrikam.com] }\n  litware: { displayName: Litware, domains: [litware.example] }\n";

/// A repository with a project in a folder of it: `main` holds one tree, the working folder another.
fn project() -> Sandbox {
    let sandbox = Sandbox::new();
    git(&sandbox, ["init", "--quiet", "--initial-branch", "main"]);
    put(
        &sandbox,
        "teams/access",
        &repository("tests/cases/nothing-to-do/desired"),
    );
    let old = files_below(&sandbox.path("teams/access"));
    for file in old
        .iter()
        .filter(|file| file.extension().is_some_and(|of| of == "yaml"))
    {
        std::fs::remove_file(file).expect("a file can be removed");
    }
    let sandbox = sandbox.write("teams/access/policies/tree.yaml", BEFORE);
    commit(&sandbox, "before");
    sandbox.write("teams/access/policies/tree.yaml", AFTER)
}

#[test]
fn folders_differ_in_what_a_plan_says_where_the_first_is_applied() {
    let mut golden = Golden::default();
    let mut compared = 0;
    for case in std::fs::read_dir(repository("tests/cases")).expect("there are cases") {
        let case = case.expect("an entry of a folder can be read").path();
        let name = case
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if !case.join("before").is_dir() || name == "a-key-is-left-as-it-is-live" {
            continue;
        }
        let sandbox = Sandbox::new();
        sandbox.holds(&case.join("before"));
        let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
        sandbox.holds(&case.join("desired"));
        let plan = sandbox.exactly(["plan", "--format", "json"]);
        let plan: Value = serde_json::from_str(&plan).expect("JSON");
        let sandbox = Sandbox::new();
        put(&sandbox, "old", &case.join("before"));
        put(&sandbox, "new", &case.join("desired"));
        let json = sandbox.run(["diff", "old", "new", "--format", "json"]);
        let text = sandbox.run(["diff", "old", "new"]);
        let value = sandbox.exactly(["diff", "old", "new", "--format", "json"]);
        let value: Value = serde_json::from_str(&value).expect("JSON");
        let bare = |value: &Value| -> Vec<Value> {
            let changes = value["changes"].as_array().cloned().unwrap_or_default();
            let bare = changes.into_iter().map(|mut change| {
                let keys = change.as_object_mut().expect("a change");
                keys.remove("id");
                keys.remove("origin_before");
                change
            });
            bare.collect()
        };
        assert_eq!(bare(&value), bare(&plan), "{name}");
        assert_eq!(value["counts"], plan["counts"], "{name}");
        let code = if bare(&plan).is_empty() { 0 } else { 2 };
        assert_eq!((text.code, json.code), (Some(code), Some(code)), "{name}");
        assert!(
            !sandbox.path("old/guestlist.db").exists(),
            "{name}: a store was made"
        );
        if KEPT.contains(&&*name) {
            golden.compare(&kept(&format!("{name}.txt")), &text.text());
            formats::compare(&kept(&format!("{name}.json")), &json.stdout, &mut golden);
        }
        compared += 1;
    }
    assert!(compared > 20, "only {compared} cases");
    golden.finish();
}

#[test]
fn the_worked_example_against_the_working_folder() {
    let sandbox = Sandbox::new();
    sandbox.holds(&repository("policies"));
    git(&sandbox, ["init", "--quiet", "--initial-branch", "main"]);
    commit(&sandbox, "the example");
    let path = sandbox.path("catalogs/marketing.yaml");
    let text = std::fs::read_to_string(&path).expect("a file of the example");
    let text = text.replace("expires: { after: 30d }", "expires: never");
    std::fs::write(&path, text.replace("[fabrikam, wingtip]", "[fabrikam]"))
        .expect("it is written");
    let said = run(&sandbox, &["diff", "main"]).exits(2);
    let commit = regex::Regex::new(r"main \([0-9a-f]{7}\)").expect("an expression");
    let said = commit.replace(&said.stdout, "main (<commit>)").into_owned();
    let mut golden = Golden::default();
    golden.compare(&kept("the-worked-example.txt"), &said);
    golden.finish();
    let _ = run(&sandbox, &["diff", "main", "HEAD"])
        .exits(0)
        .says("No differences.");
}

#[test]
fn people_of_a_domain_that_is_no_longer_our_own_may_ask_as_others_from_outside() {
    let sandbox = Sandbox::new();
    for folder in ["old", "new"] {
        put(
            &sandbox,
            folder,
            &repository("tests/cases/a-text-changes/desired"),
        );
        std::fs::write(sandbox.path(folder).join("tree.yaml"), LAB).expect("it is written");
    }
    let settings = sandbox.path("old/guestlist.toml");
    let text = std::fs::read_to_string(&settings).expect("the settings");
    let text = text.replace(
        "[\"contoso.com\"]",
        "[\"contoso.com\", \"contoso.example\"]",
    );
    std::fs::write(&settings, text).expect("it is written");
    let said = sandbox.run(["diff", "old", "new"]).exits(2);
    let said = said
        .says("▲ new      anyone at contoso.example (not in the directory yet): lab")
        .says("[tenant] domains: contoso.example is no longer a domain of our own people.")
        .says("Who has access differs.")
        .says("A plan of this is refused for 1 reason");
    assert!(!said.stdout.contains("No differences"), "{}", said.stdout);
    let _ = sandbox
        .run(["diff", "new", "old"])
        .exits(2)
        .says("▼ gone     anyone at contoso.example (not in the directory yet): lab no longer: addresses of our own are not invited");
}

#[test]
fn a_revision_is_read_from_any_folder_and_nothing_is_checked_out() {
    let sandbox = project();
    for folder in ["teams/access", "teams/access/policies"] {
        let said = run(&sandbox, &["diff", "-C", folder, "main"]).exits(2);
        assert!(
            said.stdout.contains("~ organization/fabrikam"),
            "{}",
            said.stdout
        );
        assert!(
            said.stdout.contains("+ organization/litware"),
            "{}",
            said.stdout
        );
    }
    let path = sandbox.path("teams/access/policies/tree.yaml");
    let now = std::fs::read_to_string(&path).expect("the tree");
    assert_eq!(now, AFTER);
    commit(&sandbox, "after");
    git(&sandbox, ["tag", "--annotate", "v1", "--message", "one"]);
    let _ = run(&sandbox, &["diff", "-C", "teams/access", "HEAD~1", "v1"]).exits(2);
    let _ = run(&sandbox, &["diff", "-C", "teams/access", "v1"]).exits(0);
    let back = run(&sandbox, &["diff", "-C", "teams/access", "v1", "HEAD~1"]).exits(2);
    let _ = back.says("no longer declared; was at policies/tree.yaml:4");
}

#[test]
fn names_that_git_would_take_for_something_else_are_refused() {
    let sandbox = project();
    for (name, says) in [
        ("--output=x", "starts as an option does"),
        ("-h", "starts as an option does"),
        ("", "it is empty"),
        ("main..HEAD", "it is a range"),
        ("main...HEAD", "`git merge-base main HEAD` names the commit"),
        ("^main", "it leaves commits out"),
        ("main\nHEAD", "it holds a control character"),
    ] {
        let said = run(&sandbox, &["diff", "-C", "teams/access", "--", name]).exits(64);
        let _ = said.says(says);
    }
    assert!(!sandbox.path("teams/access/x").exists());
    for name in [
        "nothing",
        "nothing:teams",
        "HEAD^{tree}",
        "main --output=x",
        "$(id)",
        "../nothing",
    ] {
        let said = run(&sandbox, &["diff", "-C", "teams/access", name]).exits(1);
        let _ = said.says("neither a folder nor a revision");
    }
}

#[test]
fn a_project_that_lay_elsewhere_is_named_with_its_folder() {
    let sandbox = project();
    commit(&sandbox, "after");
    git(&sandbox, ["mv", "teams", "groups"]);
    commit(&sandbox, "elsewhere");
    let at = ["diff", "-C", "groups/access"];
    let with = |more: &[&'static str]| run(&sandbox, &[&at[..], more].concat());
    let said = with(&["main~1"]).exits(1);
    let _ = said.says("write `main~1:teams/access` for the folder that holds one");
    let _ = with(&["main~1:teams"])
        .exits(1)
        .says("holds no guestlist.toml");
    let _ = with(&["main~1:../../.."]).exits(1);
    let _ = with(&["main~1:teams/access"])
        .exits(0)
        .says("No differences.");
    let _ = with(&["main~1:../../teams/access", "main:."]).exits(0);
    let changed = with(&["main~2:teams/access", "main:groups/access/"]).exits(2);
    let _ = changed.says("main~2:teams/access (");
}

#[test]
fn a_hook_reads_the_repository_around_the_folder() {
    let sandbox = project();
    let arguments = ["diff", "-C", "teams/access", "main"];
    let mut command = sandbox.command(&arguments);
    command
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("GIT_DIR", ".git")
        .env("GIT_INDEX_FILE", ".git/index");
    let _ = sandbox.outcome(&arguments, &mut command).exits(2);
}

#[test]
fn what_differs_is_a_document_too() {
    let sandbox = project();
    let with = |format: &'static str| {
        let said = run(
            &sandbox,
            &["diff", "-C", "teams/access", "main", "--format", format],
        );
        said.exits(2).stdout
    };
    let markdown = with("markdown");
    assert!(
        markdown.starts_with("<!-- guestlist:diff teams/access -->\n"),
        "{markdown}"
    );
    let verdict = markdown.find("Differences: 1 to create, 1 to update.");
    assert!(
        verdict.is_some() && verdict < markdown.find("#### Changes"),
        "{markdown}"
    );
    assert!(with("html").contains("<p class=\"verdict\">"));
    let widget: Value = serde_json::from_str(&with("gitlab-terraform")).expect("JSON");
    assert_eq!(
        widget,
        serde_json::json!({ "create": 1, "update": 1, "delete": 0 })
    );
}

/// A tree in which some people may ask, with more below it.
fn asked_by(requestors: &str, more: &str) -> String {
    format!(
        "version: 1
catalogs: {{ open: {{ displayName: Open }} }}
packages:
  lab:
    catalog: open
    displayName: Lab
    policies:
      all: {{ requestors: {requestors}, expires: never }}
{more}"
    )
}

#[test]
fn what_differs_is_told_at_the_lines_of_the_tree_after() {
    let sandbox = project().write(
        "teams/access/policies/tree.yaml",
        asked_by("configuredOrganizations", ""),
    );
    commit(&sandbox, "narrow");
    let warned = "waivers:
  - { rule: wideningg, address: package/lab, reason: Agreed, by: 'user:ana@contoso.com', until: 2099-01-01 }
";
    let wider = asked_by("anyExternal", warned);
    let sandbox = sandbox.write("teams/access/policies/tree.yaml", wider);
    let with = |sides: &[&'static str], format: &'static str| {
        let arguments = [
            &["diff", "-C", "teams/access"],
            sides,
            &["--format", format],
        ]
        .concat();
        run(&sandbox, &arguments).exits(2).stdout
    };
    let here = with(&["main"], "sarif");
    formats::sarif(&here).expect("SARIF");
    let found = |log: &str| -> Vec<(String, String, u64)> {
        let log: Value = serde_json::from_str(log).expect("JSON");
        let results = log["runs"][0]["results"].as_array().expect("results");
        let results = results.iter().map(|result| {
            let place = &result["locations"][0]["physicalLocation"];
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let line = place["region"]["startLine"].as_u64().unwrap_or_default();
            (
                text(&result["ruleId"]),
                text(&place["artifactLocation"]["uri"]),
                line,
            )
        });
        results.collect()
    };
    let path = "teams/access/policies/tree.yaml".to_owned();
    let told = found(&here);
    for (rule, line) in [("refused-widening", 8), ("access-new", 8), ("GL0510", 10)] {
        let wanted = (rule.to_owned(), path.clone(), line);
        assert!(told.contains(&wanted), "{rule}: {told:?}");
    }
    // A revision has the same paths, whatever its name is.
    commit(&sandbox, "wide");
    assert_eq!(found(&with(&["main~1", "main"], "sarif")), told);
    let tests = with(&["main~1", "main"], "junit");
    formats::junit(&tests).expect("JUnit");
    assert!(tests.contains("refused-replacement"), "{tests}");
    // Only a store knows whether somebody loses what they have.
    assert!(!tests.contains("refused-holders"), "{tests}");
    let github = with(&["main~1"], "github");
    assert!(
        github.contains("::error file=teams/access/policies/tree.yaml,line=8"),
        "{github}"
    );
    let azure = with(&["main~1"], "azure");
    assert!(azure.contains("sourcepath="), "{azure}");
    let quality: Value = serde_json::from_str(&with(&["main~1"], "gitlab")).expect("JSON");
    assert_eq!(quality[0]["location"]["path"], *path);
}

#[test]
fn what_is_wrong_with_a_side_is_told_by_its_path_in_the_repository() {
    const BROKEN: &str =
        "version: 1\norganizations:\n  fabrikam: { displayName: Fabrikam, nonsense: 1 }\n";
    let sandbox = project().write("teams/access/policies/tree.yaml", BROKEN);
    commit(&sandbox, "broken");
    let with = |folder: &'static str, sides: &[&'static str], format: &'static str| {
        let arguments = [&["diff", "-C", folder], sides, &["--format", format]].concat();
        run(&sandbox, &arguments).exits(3).stdout
    };
    let path = "teams/access/policies/tree.yaml";
    for (folder, sides) in [
        ("teams/access", &["main~1"][..]),
        ("teams/access", &["main~1", "main"]),
        ("teams/access", &["main", "main~1"]),
        ("teams/access", &["main~1", "."]),
        (".", &["main~1:teams/access", "main:teams/access"]),
        (".", &["main~1:teams/access", "teams/access"]),
    ] {
        let log = with(folder, sides, "sarif");
        formats::sarif(&log).expect("SARIF");
        let log: Value = serde_json::from_str(&log).expect("JSON");
        let result = &log["runs"][0]["results"][0];
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], path, "{sides:?}");
        let message = result["message"]["text"].as_str().unwrap_or_default();
        assert!(message.starts_with("in "), "{message}");
        let github = with(folder, sides, "github");
        assert!(github.contains(&format!("file={path},line=3")), "{github}");
        let markdown = with(folder, sides, "markdown");
        let marker = "<!-- guestlist:diff teams/access -->\n";
        assert!(markdown.starts_with(marker), "{sides:?}: {markdown}");
    }
}

#[test]
fn settings_that_cannot_be_used_are_told_by_their_path_in_the_repository() {
    let sandbox = project().write("teams/access/guestlist.toml", "project = 5\n");
    for command in ["validate", "lint", "plan", "test", "drift"] {
        let arguments = [command, "-C", "teams/access", "--format", "github"];
        let said = run(&sandbox, &arguments).exits(3).stdout;
        assert!(
            said.contains("::error file=teams/access/guestlist.toml,line=1"),
            "{said}"
        );
    }
}

#[test]
fn settings_of_a_side_that_are_no_plain_file_are_told_by_their_path_in_the_repository() {
    let sandbox = project();
    let settings = sandbox.path("teams/access/guestlist.toml");
    std::fs::remove_file(&settings).expect("no settings");
    std::os::unix::fs::symlink("policies/tree.yaml", &settings).expect("a link");
    commit(&sandbox, "a link");
    for (folder, sides) in [
        ("teams/access", &["main~1", "main"][..]),
        (".", &["main~1:teams/access", "main:teams/access"]),
        (".", &["main~1:teams/access", "teams/access"]),
    ] {
        let arguments = [&["diff", "-C", folder], sides, &["--format", "github"]].concat();
        let said = run(&sandbox, &arguments).exits(3).stdout;
        assert!(
            said.contains("::error file=teams/access/guestlist.toml,line=1"),
            "{sides:?}: {said}"
        );
    }
}

#[test]
fn a_name_that_means_two_things_is_refused() {
    let sandbox = project();
    let sandbox = sandbox.write("teams/access/main/x.txt", "");
    let said = run(&sandbox, &["diff", "-C", "teams/access", "main"]).exits(64);
    let _ = said.says("write `./main` for the folder, `refs/heads/main` for the branch");
    let _ = run(&sandbox, &["diff", "-C", "teams/access", "refs/heads/main"]).exits(2);
    let said = run(&sandbox, &["diff", "-C", "teams/access", "./main"]).exits(1);
    let _ = said.says("the folder `./main` holds no guestlist.toml");
}

#[test]
fn what_is_no_plain_file_is_refused_in_a_revision_too() {
    let sandbox = project();
    let folder = sandbox.path("teams/access/policies");
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(target, folder.join(name)).expect("a link");
    };
    link("tree.yaml", "link.yaml");
    link("../../access/policies", "folder");
    link("/etc", "outside");
    link("tree.yaml", "harmless");
    let sandbox = sandbox
        .write("teams/access/own/guestlist.toml", "project = \"own\"\n")
        .write("teams/access/own/a.yaml", BEFORE)
        .write("teams/access/.hidden/b.yaml", "not: [read");
    let lent = Sandbox::new().write("a.yaml", BEFORE);
    git(&lent, ["init", "--quiet"]);
    commit(&lent, "lent");
    let path = lent.root().to_string_lossy().into_owned();
    git(
        &sandbox,
        ["submodule", "--quiet", "add", &path, "teams/access/lent"],
    );
    commit(&sandbox, "not plain");
    git(&sandbox, ["checkout", "--quiet", "--force", "HEAD~1"]);
    let said = run(&sandbox, &["diff", "-C", "teams/access", "HEAD", "main"]).exits(3);
    let mut golden = Golden::default();
    golden.compare(&kept("not-plain.txt"), &said.text());
    golden.finish();
}

#[test]
fn errors_of_both_sides_come_in_one_run_under_their_names() {
    let sandbox = project().write("teams/access/policies/bad.yaml", "version: 1\nx: [\n");
    commit(&sandbox, "bad");
    let settings = "project = \"other\"\n[tenant]\ndomain = []\n";
    let sandbox = sandbox
        .write("elsewhere/guestlist.toml", settings)
        .write("elsewhere/tree.yaml", BEFORE);
    let text = run(
        &sandbox,
        &["diff", "-C", "teams/access", "main", "../../elsewhere"],
    )
    .exits(3);
    let mut golden = Golden::default();
    golden.compare(&kept("errors-of-both-sides.txt"), &text.text());
    golden.finish();
    let empty = run(
        &sandbox,
        &[
            "diff",
            "-C",
            "teams/access",
            "main~1",
            "--env",
            "production",
        ],
    );
    let _ = empty
        .exits(3)
        .says("in main~1: there is no environment `production`");
}

#[test]
fn folders_need_no_git_and_revisions_say_that_they_do() {
    let sandbox = Sandbox::new();
    let desired = repository("tests/cases/nothing-to-do/desired");
    put(&sandbox, "old", &desired);
    put(&sandbox, "new", &desired);
    let _ = sandbox.run(["diff", "old", "new"]).exits(0);
    let _ = sandbox.run(["diff", "-C", "new", "../old"]).exits(0);
    let _ = sandbox
        .run(["diff", "old"])
        .exits(1)
        .says("no guestlist.toml");
    let mut nowhere = sandbox.command(&["diff", "-C", "new", "main"]);
    nowhere.env("PATH", sandbox.root());
    let said = sandbox
        .outcome(&["diff", "-C", "new", "main"], &mut nowhere)
        .exits(1);
    let _ = said.says("git cannot be started");
    let _ = run(&sandbox, &["diff", "-C", "new", "main"])
        .exits(1)
        .says("lies in no git repository");
}
