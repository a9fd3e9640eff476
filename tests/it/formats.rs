//! The formats of other programs: required fields, escaped text, and what a command says that lacks one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::support::{Golden, Sandbox, repository};

/// Compares an output with its golden file, and with what its readers require.
pub(crate) fn compare(file: &Path, text: &str, golden: &mut Golden) {
    let extension = file.extension().unwrap_or_default().to_string_lossy();
    if extension == "html" {
        golden.page(file, text);
    } else {
        golden.compare(file, text);
    }
    let problem = match &*extension {
        "sarif" => sarif(text),
        "xml" => junit(text),
        "json" => published(text),
        "md" if text.chars().count() > 60_000 => Err("it is too long".to_owned()),
        "md" if !text.starts_with("<!-- guestlist:") => Err("it has no marker".to_owned()),
        _ => Ok(()),
    };
    if let Err(problem) = problem {
        golden.fail(format!("{}: {problem}", file.display()));
    }
}

/// Finds the published schema of a result by what it holds, and compares the two.
pub(crate) fn published(text: &str) -> Result<(), String> {
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let has = |key: &str| value.get(key).is_some();
    let name = match value.get("report").and_then(Value::as_str) {
        Some(report) => format!("report-{report}"),
        None if has("error") => "error".to_owned(),
        None if has("changes") && has("before") => "diff".to_owned(),
        None if has("changes") => "plan".to_owned(),
        None if has("drifted") => "drift".to_owned(),
        None if has("tests") => "test".to_owned(),
        None if has("findings") => "lint".to_owned(),
        None if has("rules") => "lint-rules".to_owned(),
        None => return Err("no schema is known of it".to_owned()),
    };
    static KNOWN: Mutex<BTreeMap<String, Arc<Validator>>> = Mutex::new(BTreeMap::new());
    let known = KNOWN
        .lock()
        .expect("no test failed here")
        .get(&name)
        .cloned();
    let validator = match known {
        Some(known) => known,
        None => {
            let file = repository(&format!("schemas/{name}.schema.json"));
            let schema = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
            let schema = serde_json::from_str(&schema).map_err(|error| error.to_string())?;
            let made = jsonschema::validator_for(&schema).map_err(|error| error.to_string())?;
            let made = Arc::new(made);
            let mut known = KNOWN.lock().expect("no test failed here");
            known.insert(name.clone(), Arc::clone(&made));
            made
        }
    };
    validator
        .validate(&value)
        .map_err(|error| format!("{name}: {} at {}", error, error.instance_path()))
}

/// The published schema of SARIF.
static SARIF: LazyLock<Validator> = LazyLock::new(|| {
    let text = std::fs::read_to_string(repository("tests/published/sarif-2.1.0.json"));
    // One bracket is left over in the pattern of `language`, which no log of ours has: strict readers refuse the schema for it.
    let text = text.expect("the schema is kept").replace("{2}]?$", "{2}?$");
    let schema = serde_json::from_str(&text).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
});

/// Holds a log against the published schema, and against what code scanning requires beyond it.
pub(crate) fn sarif(text: &str) -> Result<(), String> {
    let log: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    SARIF
        .validate(&log)
        .map_err(|error| format!("{error} at {}", error.instance_path()))?;
    let words = |of: &[&str]| json!({ "type": "object", "required": of });
    let text_of = json!({ "type": "object", "required": ["text"], "properties": { "text": { "type": "string", "minLength": 1 } } });
    let number = json!({ "type": "integer", "minimum": 1 });
    let location = json!({
        "type": "object", "required": ["physicalLocation"],
        "properties": { "message": text_of, "physicalLocation": {
            "type": "object", "required": ["artifactLocation", "region"],
            "properties": {
                "artifactLocation": { "type": "object", "required": ["uri"], "properties": {
                    "uri": { "type": "string", "pattern": "^[A-Za-z0-9._~%-][A-Za-z0-9._~%/-]*$" } } },
                "region": { "type": "object", "required": ["startLine"], "properties": {
                    "startLine": number, "startColumn": number, "endColumn": number } },
            },
        } },
    });
    let rule = json!({
        "type": "object", "required": ["id", "shortDescription", "fullDescription", "help", "defaultConfiguration"],
        "properties": { "id": { "type": "string" }, "shortDescription": text_of, "fullDescription": text_of, "help": text_of },
    });
    let result = json!({
        "type": "object",
        "required": ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
        "properties": {
            "level": { "enum": ["none", "note", "warning", "error"] }, "message": text_of,
            "locations": { "type": "array", "minItems": 1, "items": location },
            "relatedLocations": { "type": "array", "items": location },
            "partialFingerprints": words(&["primaryLocationLineHash"]),
        },
    });
    let schema = json!({
        "type": "object", "required": ["version", "$schema", "runs"],
        "properties": {
            "version": { "const": "2.1.0" },
            "runs": { "type": "array", "minItems": 1, "items": {
                "type": "object", "required": ["tool", "columnKind", "results"],
                "properties": {
                    "columnKind": { "const": "utf16CodeUnits" },
                    "tool": { "type": "object", "required": ["driver"], "properties": {
                        "driver": { "type": "object", "required": ["name", "rules"], "properties": {
                            "rules": { "type": "array", "items": rule } } } } },
                    "results": { "type": "array", "items": result },
                },
            } },
        },
    });
    let validator = jsonschema::validator_for(&schema).map_err(|error| error.to_string())?;
    validator
        .validate(&log)
        .map_err(|error| error.to_string())?;
    let run = &log["runs"][0];
    for result in run["results"].as_array().into_iter().flatten() {
        let at = result["ruleIndex"].as_u64().unwrap_or(u64::MAX) as usize;
        if run["tool"]["driver"]["rules"][at]["id"] != result["ruleId"] {
            return Err(format!("rule {at} is another one"));
        }
    }
    Ok(())
}

/// The attributes that readers of JUnit's reports require.
const REQUIRED: &[(&str, &[&str])] = &[
    ("testsuites", &["name", "tests", "failures"]),
    ("testsuite", &["name", "tests", "failures", "errors"]),
    ("testcase", &["name", "classname"]),
    ("failure", &["message", "type"]),
    ("system-out", &[]),
];

/// The attributes that `junit-10.xsd` of Jenkins's xunit plugin knows besides.
const KNOWN: &[(&str, &[&str])] = &[("testsuites", &["errors"]), ("testsuite", &["skipped"])];

/// Reads XML as far as the report uses it: nesting, attributes in double quotes, the five entities.
pub(crate) fn junit(text: &str) -> Result<(), String> {
    let body = text
        .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        .ok_or("no declaration")?;
    let mut open: Vec<String> = Vec::new();
    let mut counts = [0_usize; 2];
    for part in body.split('<').skip(1) {
        let (tag, after) = part.split_once('>').ok_or("a tag that does not end")?;
        let plain = after.replace("&amp;", "").replace("&lt;", "");
        let plain = plain.replace("&gt;", "").replace("&quot;", "");
        if plain.contains(['&', '>']) || plain.contains(|c: char| c.is_control() && c != '\n') {
            return Err(format!("text that is not escaped: {after}"));
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(name) {
                return Err(format!("{name} ends and is not open"));
            }
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let (_, required) = REQUIRED
            .iter()
            .find(|(known, _)| *known == name.trim_end_matches('/'))
            .ok_or(format!("{name} is no element of a report"))?;
        for attribute in *required {
            if !format!(" {attributes}").contains(&format!(" {attribute}=\"")) {
                return Err(format!("{name} lacks {attribute}"));
            }
        }
        let known = KNOWN.iter().filter(|(of, _)| *of == name);
        let known: Vec<&str> = known.flat_map(|(_, known)| known.iter().copied()).collect();
        for attribute in attributes.split('"').step_by(2) {
            let attribute = attribute.trim_matches([' ', '=', '/']);
            if !attribute.is_empty()
                && !required.contains(&attribute)
                && !known.contains(&attribute)
            {
                return Err(format!("{name} has {attribute}, which no reader knows"));
            }
        }
        if attributes.matches('"').count() % 2 == 1 {
            return Err(format!("a quote stays open in {attributes}"));
        }
        counts[0] += usize::from(name == "testcase");
        counts[1] += usize::from(name == "failure");
        if !tag.ends_with('/') {
            open.push(name.to_owned());
        }
    }
    let total = format!("tests=\"{}\" failures=\"{}\"", counts[0], counts[1]);
    if !open.is_empty() || !body.contains(&total) {
        return Err(format!("{open:?} stay open, or it does not count {total}"));
    }
    Ok(())
}

/// Every report that is kept, held against the published schema by `xmllint`; a machine without it says so and goes on.
#[test]
fn reports_of_junit_fit_the_published_schema() {
    let reports = kept("xml");
    assert!(reports.len() >= 25, "only {} reports", reports.len());
    let mut lint = std::process::Command::new("xmllint");
    lint.args(["--nonet", "--noout", "--schema"])
        .arg(repository("tests/published/junit-10.xsd"))
        .args(&reports);
    match lint.output() {
        Ok(output) => assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        ),
        #[expect(
            clippy::print_stderr,
            reason = "whoever reads the log knows what was not proved"
        )]
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!(
                "no xmllint here: {} reports are not validated",
                reports.len()
            );
        }
        Err(error) => panic!("{error}"),
    }
}

/// Returns the golden files of every case that end so.
fn kept(extension: &str) -> Vec<PathBuf> {
    let cases = std::fs::read_dir(repository("tests/cases")).expect("there are cases");
    let folders = cases.filter_map(|case| Some(case.ok()?.path().join("expected")));
    let files = folders
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten();
    let paths = files.filter_map(|file| Some(file.ok()?.path()));
    paths
        .filter(|path| path.extension().is_some_and(|it| it == extension))
        .collect()
}

#[test]
fn a_log_that_the_published_schema_refuses_is_found() {
    let log = |level: &str| {
        json!({ "version": "2.1.0", "runs": [{
            "tool": { "driver": { "name": "guestlist" } }, "columnKind": "utf16CodeUnits",
            "results": [{ "level": level, "message": { "text": "x" } }],
        }] })
    };
    assert!(SARIF.is_valid(&log("note")));
    assert!(!SARIF.is_valid(&log("notice")));
}

const ORGANIZATION: &str = "version: 1\norganizations:\n  fabrikam:\n    displayName: Fabrikam\n    domains: [fabrikam.com]\n    sponsors: { internal: [user:ana@contoso.com] }\n";

fn project() -> Sandbox {
    Sandbox::project().write("partners.yaml", ORGANIZATION)
}

#[test]
fn a_command_without_a_format_says_which_it_has() {
    let sandbox = project();
    for (arguments, has) in [
        (
            &["lease", "status", "--format", "sarif"][..],
            "`text`, `json`",
        ),
        (&["validate", "--format", "gitlab-terraform"], "`sarif`"),
        (&["drift", "--format", "gitlab-terraform"], "`junit`"),
        (
            &["plan", "--refresh-only", "--format", "gitlab-terraform"],
            "`github`",
        ),
        (
            &["apply", "--auto-approve", "--format", "azure"],
            "`markdown`",
        ),
    ] {
        let outcome = sandbox.run(arguments.iter().copied()).exits(64).says(has);
        assert!(outcome.stdout.is_empty(), "{}", outcome.text());
    }
    assert!(!sandbox.path("guestlist.db").exists());
}

#[test]
fn addresses_are_masked_where_a_result_leaves_the_terminal() {
    let sandbox = project();
    for (format, more, shown) in [
        ("markdown", "", false),
        ("html", "", false),
        ("github", "", false),
        ("text", "", true),
        ("json", "", true),
        ("markdown", "--pii=full", true),
        ("text", "--pii=masked", false),
    ] {
        let arguments = ["plan", "--format", format, more];
        let outcome = sandbox.run(arguments.into_iter().filter(|word| !word.is_empty()));
        let outcome = outcome.exits(0);
        assert_eq!(
            outcome.stdout.contains("ana@contoso.com"),
            shown,
            "{format} {more}"
        );
        assert_eq!(
            outcome.stdout.contains("a…@contoso.com"),
            !shown,
            "{format} {more}"
        );
    }
    let _ = sandbox
        .run(["plan", "--format", "json", "--pii", "masked"])
        .exits(64);
}

#[test]
fn an_apply_is_one_document_with_its_outcome_first() {
    let sandbox = project();
    let apply = ["apply", "--auto-approve", "--format", "markdown"];
    let first = sandbox.run(apply).exits(0);
    assert_eq!(first.stdout.matches("<!-- guestlist:").count(), 1);
    let applied = first.stdout.find("Applied: 1 created");
    assert!(applied < first.stdout.find("Changes"), "{}", first.text());
    assert!(applied.is_some(), "{}", first.text());
    let _ = sandbox.run(apply).exits(0).says("No changes.");
    let html = sandbox.run(["drift", "--format", "html"]).exits(0);
    assert!(html.stdout.contains("No drift."), "{}", html.text());
    assert_eq!(html.stdout.matches("<!DOCTYPE html>").count(), 1);
}

#[test]
fn a_saved_plan_is_shown_as_a_document_too() {
    let sandbox = project();
    let _ = sandbox.run(["plan", "--out", "plan.json"]).exits(0);
    let shown = sandbox.exactly(["show", "plan.json", "--format", "markdown"]);
    let planned = sandbox.exactly(["plan", "--format", "markdown"]);
    assert_eq!(shown, planned);
    let widget = sandbox.exactly(["show", "plan.json", "--format", "gitlab-terraform"]);
    let widget: Value = serde_json::from_str(&widget).expect("JSON");
    assert_eq!(widget, json!({ "create": 1, "update": 0, "delete": 0 }));
}

#[test]
fn the_digest_of_a_document_is_the_one_that_apply_expects() {
    let sandbox = project();
    let document = sandbox.exactly(["plan", "--format", "markdown"]);
    let last = document.lines().last().unwrap_or_default();
    let digest = last
        .trim_start_matches("Plan digest: `")
        .trim_end_matches('`');
    let _ = sandbox.run(["apply", "--expect", digest]).exits(0);
}

#[test]
fn a_failure_is_a_document_too() {
    let sandbox = project().write("wrong.yaml", "version: 1\norganisations: {}\n");
    let plan = sandbox.run(["plan", "--format", "markdown"]).exits(3);
    assert!(plan.stdout.contains("1 error in 1 file"), "{}", plan.text());
    assert!(plan.stderr.contains("error[GL0201]"), "{}", plan.text());
    let plan = sandbox.run(["plan", "--format", "github"]).exits(3);
    assert!(
        plan.stdout.contains("::error file=wrong.yaml,line=2"),
        "{}",
        plan.text()
    );
}

#[test]
fn a_command_that_cannot_begin_writes_a_document_in_every_format() {
    let nowhere = Sandbox::new();
    for (format, holds) in [
        ("sarif", "failed-error"),
        ("junit", "failed-error"),
        ("gitlab", "failed-error"),
        ("github", "::error "),
        ("azure", "##vso[task.logissue type=error;"),
        ("gitlab-terraform", "\"error\""),
    ] {
        let outcome = nowhere.run(["plan", "--format", format]).exits(1);
        assert!(outcome.stdout.contains(holds), "{}", outcome.text());
        let checked = match format {
            "sarif" => sarif(&outcome.stdout),
            // The name of the folder is put there by the sandbox.
            "junit" => junit(&outcome.stdout.replace("<folder>", "folder")),
            "gitlab" | "gitlab-terraform" => serde_json::from_str::<Value>(&outcome.stdout)
                .map(drop)
                .map_err(|error| error.to_string()),
            _ => Ok(()),
        };
        checked.expect(format);
    }
    let invalid = project().write("wrong.yaml", "version: 1\norganisations: {}\n");
    let widget = invalid
        .run(["plan", "--format", "gitlab-terraform"])
        .exits(3);
    assert!(widget.stdout.contains("\"error\""), "{}", widget.text());
}

#[test]
fn what_is_not_saved_is_said() {
    let sandbox = project();
    for to in ["nowhere/plan.json", ".", "/dev/full"] {
        let _ = sandbox
            .run(["plan", "--out", to])
            .exits(7)
            .says(&format!("{to} cannot be written"));
    }
    let _ = sandbox.run(["plan", "--out", "plan.json"]).exits(0);
    let _ = sandbox
        .run(["apply", "plan.json", "--allow-widening"])
        .exits(64);
    let _ = sandbox.run(["apply", "plan.json"]).exits(0);
    let protect = ORGANIZATION.replace("    domains", "    protect: true\n    domains");
    let sandbox = sandbox.write("partners.yaml", protect);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let other = ORGANIZATION.replace("fabrikam", "litware");
    let sandbox = sandbox.write("partners.yaml", other);
    let _ = sandbox
        .run(["plan", "--out", "plan.json"])
        .exits(4)
        .says("Nothing was saved: the plan is refused. plan.json is as it was before.");
    let refused = ["apply", "--auto-approve", "--format", "markdown"];
    let refused = sandbox.run(refused).exits(4).stdout;
    assert!(refused.starts_with("<!-- guestlist:apply "), "{refused}");
}

#[test]
fn paths_start_at_the_root_of_the_repository() {
    let sandbox = Sandbox::new()
        .write(".git/HEAD", "ref: refs/heads/main\n")
        .write("access/guestlist.toml", "project = \"contoso\"\n[tenant]\nname = \"Contoso\"\ndomains = [\"contoso.com\"]\n[store]\nurl = \"sqlite:a.db\"\n")
        .write("access/wrong.yaml", "version: 1\norganisations: {}\n");
    let _ = sandbox
        .run(["validate", "-C", "access", "--format", "github"])
        .exits(3)
        .says("file=access/wrong.yaml");
}

/// A tree of packages that all differ, partners, and what a plan of it is long by.
fn large(days: usize, packages: usize, partners: usize) -> String {
    let mut tree = "version: 1\nresources:\n  site: { site: \"https://a.example\", roles: [Members] }\ncatalogs:\n  all: { displayName: All, resources: [site] }\norganizations:\n".to_owned();
    for n in 0..=partners {
        tree += &format!(
            "  o{n}: {{ displayName: Partner {n}, description: {}, domains: [d{n}.example] }}\n",
            "many words ".repeat(10).trim_end()
        );
    }
    tree += "packages:\n";
    for n in 0..packages {
        tree += &format!(
            "  p{n:03}:\n    catalog: all\n    displayName: Package {n}\n    grants: {{ site: Members }}\n    policies:\n      all:\n        description: {}\n        requestors: {{ organizations: [o0] }}\n        expires: {{ after: {}d }}\n",
            "why it is there ".repeat(days / 10).trim_end(),
            days + n
        );
    }
    tree
}

#[test]
fn a_comment_on_a_large_plan_drops_the_least_important_and_says_so() {
    let sandbox = Sandbox::project().write("tree.yaml", large(30, 205, 0));
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let sandbox = sandbox.write("tree.yaml", large(80, 200, 300));
    let plan = sandbox.run(["plan", "--format", "markdown"]).exits(4);
    let text = &plan.stdout;
    let long = text.chars().count();
    assert!((50_000..=60_000).contains(&long), "{long}");
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}: {text}"));
    // The verdict, then what was left out, then what matters most.
    assert!(
        at("Plan: 300 to create, 200 to update, 10 to prune.")
            < at("> Left out, to stay below 60,000 characters:")
    );
    assert!(at("> Left out") < at("#### Refused") && at("#### Refused") < at("#### Access:"));
    assert!(at("#### Access") < at("#### Changes"));
    // Access is told before anything is folded out, and counted; so is every change, with a line.
    assert!(text.contains("#### Access: 200 wider"), "{text}");
    assert_eq!(text.matches("▲ wider").count(), 200, "{text}");
    assert!(text.contains("▼ gone"), "{text}");
    for change in ["~ policy/", "- package/"] {
        let shown = text.matches(&format!("<code>{change}")).count();
        assert!(shown >= 5, "{shown} {change}");
    }
    assert!(text.contains("characters: the details of "), "{text}");
    // Of the details those of what is created go first.
    assert_eq!(text.matches("<details><summary><code>+ ").count(), 0);
}

#[test]
fn what_a_profile_changes_is_told_at_its_line() {
    let tree = "version: 1
organizations: { fabrikam: { displayName: Fabrikam, domains: [fabrikam.com] } }
catalogs: { open: { displayName: Open } }
packages:
  photos:
    catalog: open
    displayName: Photos
    policies:
      partners:
        profile: standard
        requestors: { organizations: [fabrikam] }
        expires: { after: 90d }
";
    let profiles = |stages: &str| {
        format!(
            "version: 1
profiles:
  standard:
    expires: never
    approval:
      stages: [{stages}]
"
        )
    };
    let stage = "{ approvers: ['user:ana@contoso.com'] }";
    let sandbox = Sandbox::project()
        .write("tree.yaml", tree)
        .write("shared/profiles of all.yaml", profiles(""));
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let write = |file, text: &str| std::fs::write(sandbox.path(file), text).expect("written");
    write("shared/profiles of all.yaml", &profiles(stage));
    let plan = |format| sandbox.run(["plan", "--format", format]).exits(0).stdout;
    for (format, says) in [
        (
            "text",
            "by policy/photos/partners (shared/profiles of all.yaml:5)",
        ),
        ("markdown", "(`shared/profiles of all.yaml:5`)"),
        ("json", "\"path\": \"shared/profiles of all.yaml\""),
        ("sarif", "\"uri\": \"shared/profiles%20of%20all.yaml\""),
        (
            "github",
            "::notice file=shared/profiles of all.yaml,line=5,",
        ),
    ] {
        let plan = plan(format);
        assert!(plan.contains(says), "{format}: {plan}");
    }
    // What the policy says itself stands there.
    write("tree.yaml", &tree.replace("90d", "60d"));
    assert!(plan("github").contains("::notice file=tree.yaml,line=9,"));
    write("shared/profiles of all.yaml", &profiles(""));
    assert!(plan("github").contains("::notice file=tree.yaml,line=9,"));
}
