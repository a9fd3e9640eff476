//! What a plan tells, held against what the program does once it is applied.

use serde_json::json;

use crate::support::Sandbox;

/// Applies a tree where these people are known.
fn scene(tree: &str, guests: &[&str]) -> Sandbox {
    let ours = json!({ "mail": "ana@contoso.com", "displayName": "Ana" });
    let people: Vec<_> = guests
        .iter()
        .map(|mail| json!({ "mail": mail, "displayName": mail, "userType": "Guest" }))
        .chain([ours])
        .collect();
    let sandbox = Sandbox::project()
        .write("tree.yaml", tree)
        .write("people.json", json!({ "people": people }).to_string());
    apply(&sandbox);
    let _ = sandbox.run(["directory", "import", "people.json"]).exits(0);
    sandbox
}

fn apply(sandbox: &Sandbox) {
    let all = [
        "apply",
        "--auto-approve",
        "--allow-widening",
        "--max-people",
        "9",
    ];
    let _ = sandbox.run(all).exits(0);
}

fn write(sandbox: &Sandbox, file: &str, text: &str) {
    std::fs::write(sandbox.path(file), text).expect("it is written");
}

/// A package that gives membership of a group, which takes guests or does not.
fn tree(guests: bool, package: &str) -> String {
    format!(
        "version: 1
organizations: {{ modern: {{ displayName: Modern, domains: [modern.example] }} }}
resources:
  team: {{ group: Team, managed: true, guests: {guests} }}
  site: {{ site: 'https://contoso.sharepoint.com/sites/s' }}
catalogs: {{ open: {{ displayName: Open, resources: [team, site] }} }}
packages:
  it:
    catalog: open
    displayName: It
{package}"
    )
}

const APPROVED: &str = "    grants: { team: Member }
    policies:
      p:
        requestors: membersAndGuests
        expires: { after: 30d }
        approval: { stages: [{ approvers: ['user:ana@contoso.com'] }] }
";

#[test]
fn what_an_administrator_asked_for_fails_as_what_people_asked_for() {
    let guests = ["quin@modern.example", "rosa@modern.example"];
    let sandbox = scene(&tree(true, APPROVED), &guests);
    let _ = sandbox
        .run(["assignment", "grant", guests[0], "it"])
        .exits(0)
        .says("pendingApproval");
    let _ = sandbox
        .run(["request", "submit", "it", "--as", guests[1]])
        .exits(0);
    write(&sandbox, "tree.yaml", &tree(false, APPROVED));
    let _ = sandbox
        .run(["plan"])
        .says("2 open requests for package/it will be refused: nothing that the package gives takes guests any more");
    apply(&sandbox);
    for request in ["1", "2"] {
        let decides = [
            "approval",
            "decide",
            request,
            "--approve",
            "--as",
            "ana@contoso.com",
        ];
        let _ = sandbox.run(decides).exits(0);
        let _ = sandbox
            .run(["request", "show", request])
            .says("deliveryFailed");
    }
}

#[test]
fn a_rule_gives_guests_nothing_that_takes_no_guests() {
    let ruled = |rule: &str| {
        let policy = format!(
            "    grants: {{ team: Member }}
    policies: {{ p: {{ requestors: {{ automatic: {{ rule: '{rule}', assign: true, remove: true }} }}, expires: never }} }}
"
        );
        tree(false, &policy)
    };
    let sandbox = scene(
        &ruled("(user.department -eq \"none\")"),
        &["quin@modern.example"],
    );
    write(
        &sandbox,
        "tree.yaml",
        &ruled("(user.userType -eq \"Guest\")"),
    );
    let plan = sandbox.run(["plan"]).exits(0);
    assert!(!plan.stdout.contains("get"), "{}", plan.stdout);
    apply(&sandbox);
    let _ = sandbox.run(["assignment", "list"]).says("deliveryFailed");
}

#[test]
fn whoever_has_a_package_gains_nothing_by_being_able_to_ask_for_it() {
    let policy = |grants: &str| {
        tree(
            true,
            &format!(
                "    grants: {{ {grants} }}
    incompatibleWith: ['group:Team']
    policies: {{ p: {{ requestors: anyExternal, expires: never }} }}
"
            ),
        )
    };
    let guest = "quin@modern.example";
    let sandbox = scene(&policy("team: Member, site: Visitors"), &[guest]);
    let _ = sandbox
        .run(["request", "submit", "it", "--as", guest])
        .exits(0);
    write(&sandbox, "tree.yaml", &policy("site: Visitors"));
    let plan = sandbox.run(["plan"]);
    assert!(!plan.stdout.contains("▲ new"), "{}", plan.stdout);
    apply(&sandbox);
    let _ = sandbox
        .run(["request", "submit", "it", "--as", guest])
        .exits(4)
        .says("has package/it already");
}

#[test]
fn whoever_may_extend_again_is_told_where_asking_stays_barred() {
    let of = |state: &str| {
        let text = tree(
            true,
            "    grants: { team: Member }
    policies:
      p:
        requestors: configuredOrganizations
        expires: { after: 30d }
        extension: { allowed: true, approval: false }
",
        );
        let state = format!("domains: [modern.example], state: {state} }}");
        text.replace("domains: [modern.example] }", &state)
    };
    let guest = "quin@modern.example";
    let sandbox = scene(&of("configured"), &[guest]);
    let _ = sandbox
        .run(["request", "submit", "it", "--as", guest])
        .exits(0);
    // From now on their domain looks like one of our own.
    let settings = std::fs::read_to_string(sandbox.path("guestlist.toml")).expect("the settings");
    let settings = settings.replace("[\"contoso.com\"]", "[\"contoso.com\", \"modem.example\"]");
    write(&sandbox, "guestlist.toml", &settings);
    write(&sandbox, "tree.yaml", &of("proposed"));
    apply(&sandbox);
    let extends = || sandbox.run(["request", "extend", "1", "--as", guest]);
    let _ = extends().exits(4);
    write(&sandbox, "tree.yaml", &of("configured"));
    let _ = sandbox
        .run(["plan"])
        .exits(4)
        .says("▲ wider    whoever has it already, through `p`");
    apply(&sandbox);
    let _ = extends().exits(0);
}

#[test]
fn what_nobody_but_an_administrator_gives_is_told_with_its_approvals() {
    let of = |approval: &str| {
        tree(
            true,
            &format!(
                "    grants: {{ team: Member }}
    policies: {{ p: {{ requestors: nobody, expires: {{ after: 30d }}{approval} }} }}
"
            ),
        )
    };
    let asked = ", approval: { stages: [{ approvers: ['user:ana@contoso.com'] }] }";
    let sandbox = scene(&of(asked), &["quin@modern.example", "rosa@modern.example"]);
    let grants = |mail: &str| sandbox.run(["assignment", "grant", mail, "it"]).exits(0);
    let _ = grants("quin@modern.example").says("pendingApproval");
    write(&sandbox, "tree.yaml", &of(""));
    let _ = sandbox
        .run(["plan"])
        .says("whom administrators assign: it with no approval instead of 1");
    apply(&sandbox);
    let _ = grants("rosa@modern.example").says("delivered");
}
