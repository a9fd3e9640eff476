//! The pipelines that `init --ci` writes: valid, pinned, with least rights, and never over a file that is there.

use yaml_serde::Value;

use crate::support::Sandbox;

const HOSTS: &[(&str, &[&str])] = &[
    (
        "github",
        &[
            ".github/workflows/guestlist-plan.yml",
            ".github/workflows/guestlist-apply.yml",
            ".github/workflows/guestlist-copy.yml",
            ".github/workflows/guestlist-drift.yml",
        ],
    ),
    ("gitlab", &[".gitlab/guestlist.yml", ".gitlab-ci.yml"]),
    ("azure", &[".azure-pipelines/guestlist.yml"]),
];

fn read(sandbox: &Sandbox, file: &str) -> (String, Value) {
    let text = std::fs::read_to_string(sandbox.path(file)).expect(file);
    let value = yaml_serde::from_str(&text).expect(file);
    (text, value)
}

/// Makes a project with a pipeline, and returns its files.
fn pipeline(host: &str, files: &[&str]) -> Vec<(String, Value)> {
    let sandbox = Sandbox::new();
    let _ = sandbox
        .run(["init", "--project", "contoso", "--ci", host])
        .exits(0);
    assert!(!sandbox.path("guestlist.db").exists());
    files.iter().map(|file| read(&sandbox, file)).collect()
}

/// Returns every script of a pipeline, wherever a host keeps them, with what it is started with.
fn scripts(value: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    let text = |value: &Value| match value {
        Value::Sequence(lines) => lines
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join("\n"),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    match value {
        Value::Mapping(entries) => {
            for key in ["run", "script", "bash"] {
                if let Some(script) = entries.get(key) {
                    found.push((text(script), value));
                }
            }
            found.extend(entries.values().flat_map(scripts));
        }
        Value::Sequence(all) => found.extend(all.iter().flat_map(scripts)),
        _ => {}
    }
    found
}

/// Returns the commands of the program in a script, with the lines that they go on in.
fn commands(script: &str) -> Vec<String> {
    let script = script.replace("\\\n", " ");
    let is_ours = |line: &&str| {
        ["plan", "apply", "drift", "lint", "test"]
            .iter()
            .any(|command| {
                line.contains(&format!("guestlist {command} "))
                    || line.contains(&format!("guestlist\" {command} "))
                    || line.contains(&format!("run {command} "))
            })
    };
    script.lines().filter(is_ours).map(str::to_owned).collect()
}

#[test]
fn pipelines_are_valid_pinned_and_complete() {
    for (host, files) in HOSTS {
        let mut all = String::new();
        for (text, value) in pipeline(host, files) {
            assert!(value.is_mapping(), "{text}");
            for used in text.lines().filter_map(|line| line.split_once("uses: ")) {
                if used.1.starts_with("./") {
                    continue;
                }
                let (_, commit) = used.1.split_once('@').expect("a version");
                let commit = commit.split(' ').next().unwrap_or_default();
                assert!(
                    commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()),
                    "{text}"
                );
            }
            all += &text;
        }
        for part in [
            "plan -C",
            "--expect",
            "drift -C",
            "lint -C",
            "test -C",
            "env -i",
            "unshare --net",
            "--no-new-privs",
            "GUESTLIST_AUDIT_HEADS=none",
            "GUESTLIST_AUDIT_KEY",
            "GUESTLIST_ACTOR",
            ".backup",
            "--allow-widening",
            "nothing was planned",
        ] {
            assert!(all.contains(part), "{host}: {part}");
        }
        for gone in ["@FOLDER@", "@BRANCH@", "@MARKER@", "guestlist@"] {
            assert!(!all.contains(gone), "{host}: {gone}");
        }
    }
}

#[test]
fn no_step_shows_an_address_or_takes_a_store_that_was_not_named() {
    for (host, files) in HOSTS {
        let mut seen = 0;
        for (_, value) in pipeline(host, files) {
            for (script, _) in scripts(&value) {
                for command in commands(&script) {
                    seen += 1;
                    assert!(
                        command.contains("--pii masked") || command.contains("--format"),
                        "{command}"
                    );
                    assert!(!command.contains("--format json") && !command.contains("full"));
                    assert!(!command.contains("--format text"), "{command}");
                    // With an empty variable, the tree would say which store.
                    let names = ["--store ", "lint ", "test "];
                    let names = names.iter().any(|word| command.contains(word));
                    assert!(names || script.contains("in sqlite:/*)"), "{script}");
                }
            }
        }
        assert!(seen >= 4, "{host}: {seen}");
    }
}

#[test]
fn the_program_comes_from_the_store_s_runner_and_from_no_registry() {
    for (host, files) in HOSTS {
        let mut copied = 0;
        for (_, value) in pipeline(host, files) {
            for (script, _) in scripts(&value) {
                assert!(!script.contains("cargo"), "{script}");
                copied += usize::from(script.contains("command -v guestlist"));
            }
        }
        assert_eq!(copied, 1, "{host}");
    }
}

#[test]
fn a_copy_is_made_after_every_apply_and_every_night_however_they_end() {
    let of = |host: &str| {
        let (_, files) = HOSTS
            .iter()
            .find(|(name, _)| *name == host)
            .expect("a host");
        pipeline(host, files)
    };
    for (text, workflow) in &of("github")[1..] {
        let copy = &workflow["jobs"]["copy"];
        if copy["uses"].is_string() {
            assert_eq!(
                copy["uses"].as_str(),
                Some("./.github/workflows/guestlist-copy.yml")
            );
            assert_eq!(copy["if"].as_str(), Some("${{ always() }}"), "{text}");
        } else {
            assert!(text.contains("workflow_call:"), "{text}");
        }
    }
    let (_, gitlab) = &of("gitlab")[0];
    let copy = &gitlab["guestlist:copy"];
    assert_eq!(copy["rules"][0]["when"].as_str(), Some("always"));
    assert_eq!(
        copy["rules"][0]["if"].as_str(),
        Some("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH")
    );
    assert!((0..2).all(|need| copy["needs"][need]["optional"].as_bool() == Some(true)));
    let (_, azure) = &of("azure")[0];
    let stages = azure["stages"].as_sequence().expect("stages");
    let copy = stages
        .iter()
        .find(|stage| stage["stage"].as_str() == Some("Copy"));
    let condition = copy
        .and_then(|copy| copy["condition"].as_str())
        .unwrap_or_default();
    assert!(condition.contains("always()"), "{condition}");
}

#[test]
fn the_planner_of_a_pull_request_has_no_secret_and_runs_nothing_of_it() {
    let (text, plan) = &pipeline("github", HOSTS[0].1)[0];
    assert!(
        !text.contains("secrets.") && !text.contains("vars."),
        "{text}"
    );
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
            // What reads the tree has no token.
            if !commands(script).is_empty() {
                assert!(step["env"].is_null(), "{script}");
            }
            if step["uses"]
                .as_str()
                .is_some_and(|uses| uses.starts_with("actions/checkout"))
            {
                assert_eq!(step["with"]["persist-credentials"].as_bool(), Some(false));
            }
        }
    }
    // Of an artifact anybody can choose the name: what the run was of tells whose it is.
    for part in [
        "\"push \"* | \"schedule \"* | \"workflow_dispatch \"*)",
        "identical | behind)",
    ] {
        assert!(text.contains(part), "{text}");
    }
    let (_, gitlab) = &pipeline("gitlab", HOSTS[1].1)[0];
    for job in ["guestlist:plan", "guestlist:comment"] {
        let script = scripts(&gitlab[job]).swap_remove(0).0;
        for secret in [
            "GUESTLIST_STORE_URL",
            "GUESTLIST_AUDIT_KEY",
            "GUESTLIST_API_TOKEN",
        ] {
            assert!(!script.contains(secret), "{script}");
        }
    }
    let (_, azure) = &pipeline("azure", HOSTS[2].1)[0];
    for stage in azure["stages"].as_sequence().expect("stages") {
        let of_a_request = matches!(stage["stage"].as_str(), Some("Plan" | "Comment"));
        assert_eq!(stage["variables"].is_null(), of_a_request);
        for (script, step) in scripts(stage) {
            if of_a_request && !commands(&script).is_empty() {
                assert!(step["env"].is_null(), "{script}");
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
    let sandbox = Sandbox::new().write(".azure-pipelines/guestlist.yml", "mine: true\n");
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
fn a_pipeline_is_no_part_of_the_tree() {
    for host in ["github", "gitlab", "azure"] {
        let sandbox = Sandbox::new().write(".git/HEAD", "ref: refs/heads/main\n");
        let _ = sandbox
            .run(["init", "--project", "contoso", "--ci", host])
            .exits(0);
        let _ = sandbox.run(["validate"]).exits(0);
    }
}

#[test]
fn a_branch_is_the_one_of_the_repository() {
    let sandbox = Sandbox::new().write(".git/HEAD", "ref: refs/heads/trunk\n");
    for host in ["github", "azure"] {
        let _ = sandbox
            .run(["init", "--project", "contoso", "--ci", host])
            .exits(0)
            .says("What comes into `trunk` is applied");
    }
    let (_, apply) = read(&sandbox, ".github/workflows/guestlist-apply.yml");
    assert_eq!(apply["on"]["push"]["branches"][0].as_str(), Some("trunk"));
    let (azure, _) = read(&sandbox, ".azure-pipelines/guestlist.yml");
    assert!(
        azure.contains("'refs/heads/trunk'") && !azure.contains("main"),
        "{azure}"
    );
    let sandbox = sandbox.write(".git/HEAD", "ref: refs/heads/$(x)\n");
    let _ = sandbox
        .run(["init", "it", "--project", "contoso", "--ci", "github"])
        .exits(1)
        .says("could misread");
}

#[test]
fn a_document_is_found_by_folder_and_environment_whatever_the_settings_say() {
    let sandbox = Sandbox::new().write(".git/HEAD", "ref: refs/heads/main\n");
    for host in ["github", "gitlab", "azure"] {
        let _ = sandbox
            .run(["init", "it/access", "--project", "contoso", "--ci", host])
            .exits(0);
    }
    let marker = "<!-- guestlist:plan it/access -->";
    for file in [
        ".github/workflows/guestlist-plan.yml",
        ".github/workflows/guestlist-apply.yml",
        ".gitlab/guestlist.yml",
        ".azure-pipelines/guestlist.yml",
    ] {
        let (text, _) = read(&sandbox, file);
        assert!(text.contains(&format!("\"{marker}\"")), "{text}");
        assert_eq!(text.matches("<!-- guestlist").count(), 1, "{text}");
    }
    let first = |sandbox: &Sandbox, more: &[&str]| {
        let mut plan = vec!["plan", "-C", "it/access", "--format", "markdown"];
        plan.extend(more);
        let said = sandbox.run(plan).stdout;
        said.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(first(&sandbox, &[]), marker);
    // Whichever folder of the project a command works in.
    let inside = ["plan", "-C", "it/access/policies", "--format", "markdown"];
    let said = sandbox.run(inside).stdout;
    assert_eq!(said.lines().next(), Some(marker), "{said}");
    assert_eq!(
        first(&sandbox, &["--env", "nowhere"]),
        "<!-- guestlist:plan it/access nowhere -->"
    );
    let sandbox = sandbox.write("it/access/guestlist.toml", "projekt = [");
    assert_eq!(first(&sandbox, &[]), marker);
    std::fs::remove_dir_all(sandbox.path("it")).expect("a folder");
    assert_eq!(first(&sandbox, &[]), marker);
}

#[test]
fn a_digest_comes_from_a_merged_request_and_a_document_of_the_pipeline() {
    let text =
        |host: usize, file: usize| pipeline(HOSTS[host].0, HOSTS[host].1).swap_remove(file).0;
    let github = text(0, 1);
    assert!(github.contains("select(.merged_at and"), "{github}");
    assert!(
        github.contains("startswith(env.GUESTLIST_MARKER)"),
        "{github}"
    );
    let gitlab = text(1, 0);
    assert!(gitlab.contains(".state == \"merged\""), "{gitlab}");
    assert!(
        gitlab.contains("jobs/artifacts/refs/merge-requests/"),
        "{gitlab}"
    );
    let azure = text(2, 0);
    assert_eq!(azure.matches(".author.id == $me").count(), 2, "{azure}");
    assert_eq!(azure.matches("startswith($marker)").count(), 2, "{azure}");
    assert!(azure.contains("'SucceededWithIssues'"), "{azure}");
    // A document with another first line would be found in no comment, or in every one.
    for comments in [text(0, 0), gitlab, azure] {
        assert!(
            comments.contains("if [ \"$first\" != \"$GUESTLIST_MARKER\" ]"),
            "{comments}"
        );
    }
}
