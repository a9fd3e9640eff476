//! The domains of our own people, which the settings say: other ones are planned, guarded, remembered and brought back.

use crate::support::Sandbox;

fn apply(sandbox: &Sandbox) {
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
}

fn settings_of(sandbox: &Sandbox) -> String {
    std::fs::read_to_string(sandbox.path("guestlist.toml")).expect("the settings")
}

/// A package for which anybody from outside may ask.
pub(crate) const LAB: &str = "version: 1
catalogs: { open: { displayName: Open } }
packages:
  lab:
    catalog: open
    displayName: Lab
    policies: { all: { requestors: anyExternal, expires: { after: 30d } } }
";

/// Writes settings with other domains of our own people.
fn call_own(sandbox: &Sandbox, settings: &str, domains: &str) {
    let text = settings.replace("[\"contoso.com\"]", domains);
    std::fs::write(sandbox.path("guestlist.toml"), text).expect("it is written");
}

#[test]
fn other_domains_are_planned_and_guarded() {
    let sandbox = Sandbox::project().write("lab.yaml", LAB);
    let settings = settings_of(&sandbox);
    let own = |domains: &str| call_own(&sandbox, &settings, domains);
    own("[\"contoso.com\", \"contoso.example\"]");
    apply(&sandbox);
    let _ = sandbox.run(["plan"]).exits(0).says("No changes.");
    own("[\"contoso.example\", \"contoso.com\"]");
    // Guests get their accounts where they got them.
    let _ = sandbox.run(["plan"]).exits(0).says("No changes.");
    own("[\"contoso.com\"]");
    let mut lines = settings.lines();
    let line = lines
        .position(|line| line.starts_with("domains"))
        .expect("it is there")
        + 1;
    let said = format!("by [tenant] domains (guestlist.toml:{line})");
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let _ = sandbox
            .run(command.iter().copied())
            .exits(4)
            .says("▲ new      anyone at contoso.example (not in the directory yet): lab")
            .says(&said)
            .says("refused[widening]: access gets wider: anyone at contoso.example")
            .says("[tenant] domains: contoso.example is no longer a domain of our own people.")
            .says("Plan: domains of our own people to change. Refused for 1 reason.");
    }
    let _ = sandbox
        .run(["plan", "--target", "package/lab"])
        .exits(0)
        .says("1 other change is left out.")
        .says("not the domains of our own people: a part of a plan leaves them as they are")
        .says("No changes among those chosen.");
    let findings = sandbox.run(["plan", "--format", "sarif"]).exits(4).stdout;
    assert!(findings.contains("\"own-domains\""), "{findings}");
    let _ = sandbox
        .run(["plan", "--format", "gitlab-terraform"])
        .exits(4)
        .says("\"update\": 1");
    let _ = sandbox
        .run([
            "plan",
            "--allow-widening",
            "--detailed-exitcode",
            "--out",
            "saved.plan",
        ])
        .exits(2);
    let _ = sandbox
        .run(["show", "saved.plan"])
        .exits(0)
        .says("contoso.example is no longer a domain of our own people.");
    own("[\"contoso.com\", \"contoso.example\", \"contoso.org\"]");
    let _ = sandbox
        .run(["apply", "saved.plan"])
        .says("the domains of our own people would change otherwise than planned");
    own("[\"contoso.com\"]");
    let _ = sandbox.run(["apply", "saved.plan"]).exits(0);
    let _ = sandbox.run(["plan"]).exits(0).says("No changes.");
    own("[\"contoso.com\", \"contoso.example\"]");
    let _ = sandbox
        .run(["apply", "--auto-approve"])
        .exits(0)
        .says("▼ gone     anyone at contoso.example")
        .says("[tenant] domains: contoso.example is a domain of our own people now.")
        .says("Applied: domains of our own people in ");
    let _ = sandbox.run(["audit", "list"]).says("own domains");
}

#[test]
fn other_domains_are_remembered_by_run_and_brought_back() {
    let sandbox = Sandbox::project().write("lab.yaml", LAB);
    let settings = settings_of(&sandbox);
    call_own(
        &sandbox,
        &settings,
        "[\"contoso.com\", \"contoso.example\"]",
    );
    apply(&sandbox);
    call_own(&sandbox, &settings, "[\"contoso.example\"]");
    let all = ["apply", "--auto-approve", "--allow-widening"];
    let _ = sandbox.run(all).exits(0);
    let changed = "contoso.com is no longer a domain of our own people; new guests get their accounts at contoso.example";
    let runs = sandbox.run(["history"]).exits(0);
    let mut lines = runs.stdout.lines().skip(1);
    let last = lines.next().expect("the last run");
    assert!(last.ends_with("domains of our own people"), "{last}");
    let runs = sandbox.exactly(["history", "--format", "json"]);
    let runs: serde_json::Value = serde_json::from_str(&runs).expect("JSON");
    let id = runs["runs"][0]["id"].as_str().expect("its id");
    let _ = sandbox.run(["history", id]).exits(0).says(changed);
    let told = sandbox
        .run(["history", id, "--format", "json"])
        .exits(0)
        .stdout;
    let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(
        told["run"]["own_domains"],
        serde_json::json!({ "before": ["contoso.com", "contoso.example"], "after": ["contoso.example"] })
    );
    let asks = |mail: &str| sandbox.run(["request", "submit", "lab", "--as", mail]);
    let back = sandbox
        .run(["rollback", id, "--auto-approve"])
        .exits(0)
        .says("[tenant] domains: contoso.com is a domain of our own people now; new guests get their accounts at contoso.com.")
        .says("▼ gone     anyone at contoso.com (not in the directory yet): lab")
        .says("Went back: domains of our own people in ");
    // The settings do not say so.
    assert!(!back.stdout.contains("guestlist.toml"), "{}", back.stdout);
    let _ = asks("eva@contoso.com")
        .exits(4)
        .says("is in a domain of our own");
    let _ = sandbox
        .run(["plan"])
        .exits(4)
        .says(changed)
        .says("guestlist.toml:");
}

#[test]
fn other_domains_count_once_they_are_applied() {
    let tree = "version: 1
catalogs: { open: { displayName: Open } }
packages:
  beside: { catalog: open, displayName: Beside }
  lab: { catalog: open, displayName: Lab, policies: { all: { requestors: anyExternal, expires: never } } }
  asked:
    catalog: open
    displayName: Asked
    policies:
      all:
        requestors: anyExternal
        expires: never
        approval: { stages: [{ approvers: ['user:boss@contoso.com'] }] }
";
    let sandbox = Sandbox::project().write("lab.yaml", tree);
    let settings = settings_of(&sandbox);
    let own = |domains: &str| call_own(&sandbox, &settings, domains);
    own("[\"contoso.com\", \"contoso.example\"]");
    // A part of the first plan remembers them too.
    let part = [
        "apply",
        "--auto-approve",
        "--allow-widening",
        "--exclude",
        "package/beside",
    ];
    let _ = sandbox.run(part).exits(0);
    let asks =
        |package: &str, mail: &str| sandbox.run(["request", "submit", package, "--as", mail]);
    let eva = "eva@contoso.example";
    let _ = asks("lab", eva).exits(4).says("is in a domain of our own");
    own("[\"contoso.com\"]");
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(4);
    let _ = asks("lab", eva).exits(4).says("is in a domain of our own");
    // A part of a plan leaves them: whoever looks like one of them still gets nothing that nobody approves.
    let alike = tree.replace(
        "displayName: Beside }",
        "displayName: Beside, policies: { p: { requestors: { people: ['user:bo@contoso.exarnple'] }, expires: never } } }",
    );
    std::fs::write(sandbox.path("lab.yaml"), alike).expect("it is written");
    let part = [
        "plan",
        "--target",
        "package/beside",
        "--target",
        "policy/beside/p",
    ];
    let part = sandbox.run(part).exits(0).says("+ policy/beside/p");
    assert!(!part.stdout.contains("▲ new"), "{}", part.stdout);
    std::fs::write(sandbox.path("lab.yaml"), tree).expect("it is written");
    let all = ["apply", "--auto-approve", "--allow-widening"];
    let _ = sandbox.run(all).exits(0).says("Applied: 1 created");
    let _ = asks("lab", eva).exits(0);
    // Whoever waits when their domain becomes one of our own is told of.
    let _ = asks("asked", "new@contoso.org").exits(0);
    own("[\"contoso.com\", \"contoso.org\"]");
    let _ = sandbox
        .run(["plan"])
        .exits(0)
        .says("1 open request for package/asked will be refused: the person cannot be invited");
}
