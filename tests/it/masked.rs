//! Mail addresses where they are masked: people stay apart, files that leave are masked, and what is there to be copied can be.

use crate::support::Sandbox;
use crate::support::photos::photos;

const APPROVAL: &str = "[{ approvers: [user:ana@contoso.com, user:abe@contoso.com], decideWithin: 14d }, { approvers: [group:leads], decideWithin: 14d }]";

const INVARIANT: &str = "invariants:\n  nobody-sees-photos: { never: { requestors: external, holds: package/photos } }\n";

const FAILS: &str = "version: 1
tests:
  who-decides:
    given: { date: 2028-02-01, people: { ada@fabrikam.com: visitor } }
    steps:
      - ask: { as: ada@fabrikam.com, package: photos }
        expect: { approvers: [abe@contoso.com] }
";

/// Returns the lines of a test that stand in a text, pasted where tests are.
fn pasted(text: &str) -> String {
    let name = "nobody-sees-photos-broken:";
    let is_first = |line: &&str| line.trim_start() == name;
    let mut lines = text.lines().skip_while(|line| !is_first(line));
    let first = lines.next().expect("a test that shows it");
    let indent = first.len() - name.len();
    let rest = lines.take_while(|line| line.len() - line.trim_start().len() > indent);
    let lines = std::iter::once(first).chain(rest);
    let body: String = lines
        .map(|line| format!("  {}\n", &line[indent..]))
        .collect();
    format!("version: 1\ntests:\n{body}")
}

#[test]
fn a_counterexample_can_be_pasted_from_where_addresses_are_masked() {
    let broken = Sandbox::project().write("tree.yaml", photos(APPROVAL) + INVARIANT);
    for format in [
        "text", "markdown", "html", "junit", "sarif", "gitlab", "github",
    ] {
        let outcome = broken.run(["validate", "--format", format]).exits(3);
        let text = match format {
            "sarif" => {
                let log: serde_json::Value = serde_json::from_str(&outcome.stdout).expect("JSON");
                let message = &log["runs"][0]["results"][0]["message"];
                message["text"].as_str().expect("text").to_owned()
            }
            "gitlab" => {
                let list: serde_json::Value = serde_json::from_str(&outcome.stdout).expect("JSON");
                list[0]["description"].as_str().expect("text").to_owned()
            }
            "text" => outcome.stderr.clone() + &outcome.stdout,
            _ => outcome.stdout.clone(),
        };
        // A page and a report of tests end the text with a tag of theirs.
        let text = text.replace("<pre class=\"even\">", "\n");
        let text = text.replace("</", "\n</");
        assert!(
            format == "text" || !text.contains("ana@contoso.com"),
            "{format}: {text}"
        );
        let told = Sandbox::project()
            .write("tree.yaml", photos(APPROVAL))
            .write("told.yaml", pasted(&text));
        let _ = told.run(["test"]).exits(0);
    }
}

#[test]
fn different_people_look_different() {
    let sandbox = Sandbox::project()
        .write("tree.yaml", photos(APPROVAL))
        .write("tests.yaml", FAILS);
    for format in ["markdown", "html", "junit", "github"] {
        let outcome = sandbox.run(["test", "--format", format]).exits(3);
        assert!(
            !outcome.stdout.contains("abe@contoso.com"),
            "{format}: {}",
            outcome.stdout
        );
        assert!(
            !outcome.stdout.contains("ana@contoso.com"),
            "{format}: {}",
            outcome.stdout
        );
        assert!(
            outcome.stdout.contains("…(2)@contoso.com"),
            "{format}: {}",
            outcome.stdout
        );
    }
}

#[test]
fn a_file_of_tests_is_masked_whatever_is_shown() {
    let sandbox = Sandbox::project()
        .write("tree.yaml", photos(APPROVAL))
        .write("tests.yaml", FAILS);
    let outcome = sandbox.run(["test", "--junit", "report.xml"]).exits(3);
    assert!(
        outcome.stdout.contains("abe@contoso.com"),
        "{}",
        outcome.stdout
    );
    let file = || std::fs::read_to_string(sandbox.path("report.xml")).expect("a report");
    assert!(!file().contains("abe@contoso.com"), "{}", file());
    assert!(file().contains("a…@contoso.com"), "{}", file());
    let _ = sandbox
        .run(["test", "--junit", "report.xml", "--pii", "full"])
        .exits(3);
    assert!(file().contains("abe@contoso.com"), "{}", file());
}
