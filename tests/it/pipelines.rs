//! The pipelines that `init --ci` writes: valid, pinned, with least rights, and never over a file that is there.

use yaml_serde::Value;

use crate::support::Sandbox;

const HOSTS: &[(&str, &[&str])] = &[
    (
        "github",
        &[
            ".github/workflows/guestlist-plan.yml",
            ".github/workflows/guestlist-apply.yml",
            ".github/workflows/guestlist-drift.yml",
        ],
    ),
    ("gitlab", &[".gitlab/guestlist.yml", ".gitlab-ci.yml"]),
    ("azure", &["azure-pipelines/guestlist.yml"]),
];

fn read(sandbox: &Sandbox, file: &str) -> (String, Value) {
    let text = std::fs::read_to_string(sandbox.path(file)).expect(file);
    let value = yaml_serde::from_str(&text).expect(file);
    (text, value)
}

#[test]
fn pipelines_are_valid_pinned_and_complete() {
    for (host, files) in HOSTS {
        let sandbox = Sandbox::new();
        let _ = sandbox
            .run(["init", "--project", "contoso", "--ci", host])
            .exits(0);
        let mut all = String::new();
        for file in *files {
            let (text, value) = read(&sandbox, file);
            assert!(value.is_mapping(), "{file}");
            assert!(
                !text.contains("@VERSION") && !text.contains("FOLDER"),
                "{file}"
            );
            for used in text.lines().filter_map(|line| line.split_once("uses: ")) {
                let (_, commit) = used.1.split_once('@').expect("a version");
                let commit = commit.split(' ').next().unwrap_or_default();
                assert!(
                    commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()),
                    "{file}"
                );
            }
            for line in text.lines().filter(|line| line.contains("cargo install")) {
                assert!(
                    line.contains("--locked") && line.contains("guestlist@0."),
                    "{line}"
                );
            }
            all += &text;
        }
        for part in [
            "plan -C",
            "--expect",
            "drift -C",
            "lint -C",
            "env -i",
            "unshare",
            "--no-new-privs",
            "--format markdown",
        ] {
            assert!(
                all.contains(part) || all.contains(&part.replace("markdown", "\"$1\"")),
                "{host}: {part}"
            );
        }
        assert!(!sandbox.path("guestlist.db").exists());
    }
}

#[test]
fn the_planner_of_a_pull_request_has_no_secret_and_runs_nothing_of_it() {
    let sandbox = Sandbox::new();
    let _ = sandbox
        .run(["init", "--project", "contoso", "--ci", "github"])
        .exits(0);
    let (text, plan) = read(&sandbox, ".github/workflows/guestlist-plan.yml");
    assert!(!text.contains("secrets."), "{text}");
    assert!(
        plan["permissions"]
            .as_mapping()
            .is_some_and(|none| none.is_empty())
    );
    let jobs = plan["jobs"].as_mapping().expect("jobs");
    for (name, job) in jobs {
        let writes: Vec<_> = job["permissions"]
            .as_mapping()
            .expect("permissions")
            .iter()
            .filter(|(_, right)| right.as_str() == Some("write"))
            .map(|(what, _)| what.as_str().unwrap_or_default().to_owned())
            .collect();
        let may = if name.as_str() == Some("comment") {
            vec!["pull-requests".to_owned()]
        } else {
            vec![]
        };
        assert_eq!(writes, may);
        for step in job["steps"].as_sequence().expect("steps") {
            // What a stranger writes never becomes part of a script.
            let script = step["run"].as_str().unwrap_or_default();
            assert!(!script.contains("${{"), "{script}");
            if step["uses"]
                .as_str()
                .is_some_and(|uses| uses.starts_with("actions/checkout"))
            {
                assert_eq!(step["with"]["persist-credentials"].as_bool(), Some(false));
            }
        }
    }
}

#[test]
fn a_pipeline_comes_to_a_project_that_is_there_and_lies_at_the_root_of_the_repository() {
    let sandbox = Sandbox::new().write(".git/HEAD", "ref: refs/heads/main\n");
    let _ = sandbox
        .run(["init", "access", "--project", "contoso"])
        .exits(0);
    let added = ["init", "access", "--ci", "github"];
    let _ = sandbox
        .run(added)
        .exits(0)
        .says("../.github/workflows/guestlist-plan.yml");
    let (text, _) = read(&sandbox, ".github/workflows/guestlist-plan.yml");
    assert!(text.contains("-C \"tree/access\""), "{text}");
    let _ = sandbox.run(added).exits(1).says("nothing was overwritten");
}

#[test]
fn a_pipeline_that_is_there_stays_as_it_is() {
    let sandbox = Sandbox::new().write(".gitlab-ci.yml", "test:\n  script: [make]\n");
    let outcome = sandbox
        .run(["init", "--project", "contoso", "--ci", "gitlab"])
        .exits(0);
    let _ = outcome.says("add `- local: .gitlab/guestlist.yml`");
    let (text, _) = read(&sandbox, ".gitlab-ci.yml");
    assert_eq!(text, "test:\n  script: [make]\n");
    let sandbox = Sandbox::new().write("azure-pipelines/guestlist.yml", "mine: true\n");
    let _ = sandbox
        .run(["init", "--project", "contoso", "--ci", "azure"])
        .exits(1);
    assert!(!sandbox.path("guestlist.toml").exists());
}

#[test]
fn a_folder_that_a_script_could_misread_gets_no_pipeline() {
    let sandbox = Sandbox::new().write(".git/HEAD", "ref: refs/heads/main\n");
    let _ = sandbox
        .run(["init", "a$(x)", "--project", "contoso", "--ci", "azure"])
        .exits(1)
        .says("could misread");
}

#[test]
fn a_digest_comes_from_a_merged_request_and_a_comment_of_the_pipeline() {
    let written = |host: &str, file: &str| {
        let sandbox = Sandbox::new();
        let _ = sandbox
            .run(["init", "--project", "contoso", "--ci", host])
            .exits(0);
        read(&sandbox, file).0
    };
    let github = written("github", ".github/workflows/guestlist-apply.yml");
    assert!(github.contains("select(.merged_at)"), "{github}");
    let gitlab = written("gitlab", ".gitlab/guestlist.yml");
    assert!(gitlab.contains(".state == \"merged\""), "{gitlab}");
    assert_eq!(gitlab.matches("&page=$page").count(), 2, "{gitlab}");
    let azure = written("azure", "azure-pipelines/guestlist.yml");
    assert_eq!(azure.matches(".author.id == $me").count(), 2, "{azure}");
    assert!(azure.contains("'SucceededWithIssues'"), "{azure}");
    // A marker that is empty would be found in every comment.
    let plan = written("github", ".github/workflows/guestlist-plan.yml");
    for comments in [plan, gitlab, azure] {
        assert!(
            comments.contains("in \"<!-- guestlist:plan \"*) ;;"),
            "{comments}"
        );
    }
}
