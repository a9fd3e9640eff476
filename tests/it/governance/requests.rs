//! A request from its making to its end, as the engine and as the program.

use guestlist::app::governance::cards;
use guestlist::governance::assignment::{self, Direct};
use guestlist::governance::record::{AssignmentState, GrantState, Hold, RequestState};
use guestlist::governance::request::Command;
use guestlist::governance::{Ground, Template};

use super::asking::{arriving, ask, decide};
use super::scene::{Scene, instant, mail};
use crate::support::{Sandbox, repository};

const TREE: &str = "
version: 1
organizations:
  fabrikam: { displayName: Fabrikam, domains: [fabrikam.com], sponsors: { internal: ['user:ana@contoso.com'] } }
resources:
  guests: { group: Design guests }
catalogs:
  open: { displayName: Open, resources: [guests], roles: { assignmentManagers: ['user:bo@contoso.com'] } }
packages:
  library:
    catalog: open
    displayName: Photo library
    grants: { guests: Member }
    policies:
      partners:
        requestors: { organizations: [fabrikam] }
        justification: optional
        approval: { stages: [{ approvers: ['sponsors:internal'], fallback: ['user:ana@contoso.com'], showApprovers: hidden }] }
        expires: { after: 180d }
      staff: { requestors: members, requests: { customSchedule: true }, expires: { after: 30d } }
";

fn scene() -> Scene {
    let mut scene = Scene::of(TREE);
    for name in ["ana", "bo", "ben"] {
        scene.member(&format!("{name}@contoso.com"), &[]);
    }
    scene
}

#[test]
fn a_request_without_approval_is_delivered_at_once_and_the_audit_log_says_how() {
    let mut scene = scene();
    let _ = scene.acting("ben@contoso.com");
    let decision = scene.run(Command::Submit(ask("library")));
    assert_eq!(
        Scene::activities(&decision),
        [
            "User requests access package assignment",
            "Auto approve access package assignment request",
            "Ready to fulfill access package assignment request"
        ]
    );
    assert_eq!(scene.request(1).state, RequestState::Delivered);
    assert_eq!(
        scene.holds("ben@contoso.com"),
        ["group Design guests: Member"]
    );
}

#[test]
fn somebody_unknown_becomes_an_applicant_and_a_guest_only_when_approved() {
    let mut scene = scene();
    scene.asks(arriving("library", "ada@fabrikam.com"));
    assert!(scene.person("ada@fabrikam.com").account.is_none());
    let refusal = scene.asks_in_vain(arriving("library", "ada@fabrikam.com"));
    assert_eq!(refusal.ground, Ground::AlreadyRequested);
    scene.approves("ana@contoso.com", 1);
    assert!(scene.person("ada@fabrikam.com").living().is_some());
    assert_eq!(
        scene.last_mail(Template::AccessGranted).to,
        mail("ada@fabrikam.com")
    );
}

#[test]
fn who_asked_does_not_see_approvers_that_the_policy_hides() {
    let mut scene = scene();
    scene.asks(arriving("library", "ada@fabrikam.com"));
    let card = |scene: &Scene| scene.look(|desk| cards::request(desk, &desk.need(1)?));
    let _ = scene.acting("ada@fabrikam.com");
    assert!(card(&scene).approvers.is_empty());
    let _ = scene.acting("ana@contoso.com");
    assert_eq!(card(&scene).approvers, ["ana@contoso.com"]);
    scene.denies("ana@contoso.com", 1);
    assert_eq!(
        card(&scene).decisions[0].by.as_deref(),
        Some("ana@contoso.com")
    );
    let _ = scene.acting("ada@fabrikam.com");
    let seen = card(&scene);
    assert_eq!(
        (seen.decisions[0].by.as_deref(), seen.status.as_str()),
        (None, "denied")
    );
}

#[test]
fn a_refused_request_leaves_nothing_behind() {
    let mut scene = scene();
    let _ = scene.asks_in_vain(arriving("library", "zoe@nowhere.example"));
    assert!(
        scene
            .look(|desk| desk.by_mail(&mail("zoe@nowhere.example")))
            .is_none()
    );
}

#[test]
fn who_asked_withdraws_while_it_waits_and_only_then() {
    let mut scene = scene();
    scene.asks(arriving("library", "ada@fabrikam.com"));
    let refusal = scene
        .acting("ana@contoso.com")
        .refused(Command::Withdraw(1));
    assert_eq!(refusal.ground, Ground::NotAllowed);
    let refusal = scene
        .acting("ben@contoso.com")
        .refused(Command::Withdraw(1));
    assert_eq!(refusal.ground, Ground::Unknown);
    let _ = scene.acting("ada@fabrikam.com").run(Command::Withdraw(1));
    assert_eq!(scene.request(1).state, RequestState::Canceled);
    let refusal = scene.acting("ana@contoso.com").refused(decide(1, true));
    assert_eq!(refusal.ground, Ground::State);
    // Asking again is a new request.
    scene.asks(arriving("library", "ada@fabrikam.com"));
    scene.approves("ana@contoso.com", 2);
    let refusal = scene
        .acting("ada@fabrikam.com")
        .refused(Command::Withdraw(2));
    assert_eq!(refusal.ground, Ground::State);
}

#[test]
fn who_manages_assignments_cancels_until_a_request_is_delivered() {
    let mut scene = scene();
    scene.asks(arriving("library", "ada@fabrikam.com"));
    let refusal = scene.acting("ana@contoso.com").refused(Command::Cancel(1));
    assert_eq!(refusal.ground, Ground::NotAllowed);
    let _ = scene.acting("bo@contoso.com").run(Command::Cancel(1));
    assert_eq!(scene.request(1).state, RequestState::Canceled);
    let mut later = ask("library");
    later.start = Some(instant("T9"));
    scene.asks_as("ben@contoso.com", later);
    let _ = scene.acting("bo@contoso.com").run(Command::Cancel(2));
    let _ = scene.tick("T9");
    assert_eq!(scene.request(2).state, RequestState::Canceled);
    assert!(scene.holds("ben@contoso.com").is_empty());
    scene.asks_as("ben@contoso.com", ask("library"));
    let refusal = scene.acting("bo@contoso.com").refused(Command::Cancel(3));
    assert_eq!(refusal.ground, Ground::State);
}

#[test]
fn a_delivery_that_the_domain_list_stopped_is_tried_again_after_the_repair_and_not_for_ever() {
    let mut scene = scene();
    scene.asks(arriving("library", "ada@fabrikam.com"));
    scene.apply(&format!("{TREE}\ndomains: {{ block: [fabrikam.com] }}\n"));
    scene.approves("ana@contoso.com", 1);
    let request = scene.request(1);
    assert_eq!(request.state, RequestState::DeliveryFailed);
    assert!(request.status.contains("block list"), "{}", request.status);
    let _ = scene.acting("bo@contoso.com").run(Command::Reprocess(1));
    assert_eq!(scene.request(1).state, RequestState::DeliveryFailed);
    scene.apply(&format!("{TREE}\ndomains: {{ block: [other.example] }}\n"));
    let refusal = scene
        .acting("ana@contoso.com")
        .refused(Command::Reprocess(1));
    assert_eq!(refusal.ground, Ground::NotAllowed);
    let _ = scene.at("T15");
    let refusal = scene
        .acting("bo@contoso.com")
        .refused(Command::Reprocess(1));
    assert_eq!(refusal.ground, Ground::Late);
    let _ = scene.at("T14");
    let _ = scene.acting("bo@contoso.com").run(Command::Reprocess(1));
    assert_eq!(scene.request(1).state, RequestState::Delivered);
    let refusal = scene.refused(Command::Reprocess(1));
    assert_eq!(refusal.ground, Ground::State);
}

#[test]
fn a_delivery_that_failed_in_part_is_completed_by_another_try() {
    let mut scene = scene();
    scene.asks_as("ben@contoso.com", ask("library"));
    // As if the directory had refused the role.
    scene.leaves("ben@contoso.com", "Design guests");
    let (mut assignment, mut request) = (scene.assignment(1), scene.request(1));
    assignment.state = AssignmentState::DeliveryFailed;
    assignment.roles[0].state = GrantState::Failed("no".to_owned());
    request.state = RequestState::DeliveryFailed;
    scene.directly(|desk| {
        desk.keep(&assignment)?;
        desk.keep(&request)
    });
    let _ = scene.at("T1").acting("bo@contoso.com");
    let _ = scene.run(Command::Reprocess(1));
    assert_eq!(scene.request(1).state, RequestState::Delivered);
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivered);
    assert_eq!(
        scene.holds("ben@contoso.com"),
        ["group Design guests: Member"]
    );
}

#[test]
fn the_operator_asks_for_nobody() {
    let mut scene = scene();
    let refusal = scene.operator().refused(Command::Submit(ask("library")));
    assert_eq!(refusal.ground, Ground::NotAllowed);
}

#[test]
fn a_request_after_a_denial_is_a_new_one() {
    let mut scene = scene();
    scene.asks(arriving("library", "ada@fabrikam.com"));
    scene.denies("ana@contoso.com", 1);
    scene.asks(arriving("library", "ada@fabrikam.com"));
    assert_eq!(scene.request(2).state, RequestState::PendingApproval);
}

#[test]
fn a_direct_assignment_that_waits_for_approval_ends_like_any_other_request() {
    let mut scene = scene();
    let _ = scene.operator().run(assignment::Command::Grant(Direct {
        person: mail("ada@fabrikam.com"),
        name: None,
        policy: "policy/library/partners".parse().unwrap(),
        start: None,
        end: None,
        justification: None,
    }));
    // An administrator vouches for the address, so the sponsors of its organization are asked.
    assert_eq!(scene.asked(1), ["ana@contoso.com"]);
    let _ = scene.tick("T14");
    assert_eq!(scene.request(1).state, RequestState::Denied);
    let holds = scene.look(|desk| {
        desk.find::<Hold>(
            guestlist::governance::record::Mark::HoldPlace,
            &guestlist::governance::record::Key::new(),
        )
    });
    assert!(holds.is_empty());
    scene.asks(arriving("library", "ada@fabrikam.com"));
    scene.approves("ana@contoso.com", 2);
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivered);
}

/// A store with the tree of this file, to try things in or not.
fn sandbox(development: bool) -> Sandbox {
    let settings = format!(
        "project = \"contoso\"

[tenant]
name = \"Contoso\"
domains = [\"contoso.com\"]

\
         [store]
url = \"sqlite:guestlist.db\"
development = {development}
"
    );
    let sandbox = Sandbox::new()
        .write("guestlist.toml", settings)
        .write("policies/tree.yaml", TREE);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    sandbox
}

#[test]
fn the_program_asks_decides_and_explains() {
    let sandbox = sandbox(true);
    let at = ["--at", "2027-01-01T00:00:00Z"];
    let run = |arguments: &[&str]| sandbox.run(arguments.iter().chain(&at).copied());
    let _ = run(&["explain", "ada@fabrikam.com", "library"])
        .exits(0)
        .says("ada@fabrikam.com may ask for package/library")
        .says("? the account may sign in, and has accepted the terms of use (there is no account yet: the terms of use are accepted with it)")
        .says("nobody can decide, so a request ends by itself, within 14d")
        .says("ends 2027-06-30T00:00:00Z if it starts now");
    let _ = run(&["request", "submit", "library", "--as", "ada@fabrikam.com"])
        .exits(0)
        .says("pendingApproval");
    let _ = run(&["request", "submit", "library", "--as", "ada@fabrikam.com"])
        .exits(4)
        .says("ada@fabrikam.com has asked for package/library already: request 1");
    let _ = run(&["request", "list"]).exits(0).says("1 request");
    let _ = run(&["request", "show", "1", "--as", "ada@fabrikam.com"]).exits(0);
    let _ = run(&["request", "show", "2"])
        .exits(1)
        .says("there is no request 2");
    let _ = run(&["approval", "decide", "1", "--approve"])
        .exits(8)
        .says("only an approver decides");
    let _ = run(&["approval", "list", "--as", "ada@fabrikam.com"])
        .exits(0)
        .says("0 requests");
    let _ = run(&["request", "withdraw", "1", "--as", "ada@fabrikam.com"])
        .exits(0)
        .says("canceled");
    let _ = run(&["request", "withdraw", "1", "--as", "ada@fabrikam.com"])
        .exits(5)
        .says("request 1 is canceled");
}

#[test]
fn an_explanation_as_json_names_the_first_condition_that_fails_and_how_to_meet_it() {
    let sandbox = sandbox(true);
    let text = sandbox.exactly([
        "explain",
        "eve@fabrikam.com",
        "library",
        "--with",
        "google",
        "--format",
        "json",
    ]);
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told["may_ask"], false);
    assert_eq!(told["ground"], "wrongIdentity");
    assert_eq!(
        told["help"],
        "sign in with a one-time passcode sent to their address"
    );
    let conditions = told["conditions"].as_array().unwrap();
    assert_eq!(conditions.len(), 10);
    assert_eq!(conditions[4]["condition"], "identity");
    assert_eq!(conditions[4]["holds"], false);
    assert!(conditions[0].get("holds").is_none());
    assert_eq!(told["known"], false);
}

#[test]
fn an_explanation_warns_of_a_request_that_would_come_to_nothing() {
    let tree = "version: 1
resources: { team: { group: Team, guests: false }, site: { group: Site } }
catalogs: { open: { displayName: Open, resources: [team, site] } }
packages:
  shut:
    catalog: open
    displayName: Shut
    grants: { team: Member }
    policies: { all: { requestors: anyExternal } }
  half:
    catalog: open
    displayName: Half
    grants: { team: Member, site: Member }
    policies: { all: { requestors: anyExternal } }
";
    let sandbox = Sandbox::project().write("tree.yaml", tree);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let told = |package: &'static str| sandbox.run(["explain", "eve@a.example", package]).exits(0);
    let nothing = "a request would come to nothing";
    let _ = told("shut")
        .says("eve@a.example may ask for package/shut")
        .says("warning: a request would come to nothing: `Team` takes no guests")
        .says("help: let the package give what they can have");
    let half = told("half");
    assert!(!half.text().contains(nothing), "{}", half.text());
}

#[test]
fn what_is_offered_is_listed_for_whoever_arrives() {
    let sandbox = sandbox(true);
    let _ = sandbox
        .run(["request", "list", "--offered", "--as", "ada@fabrikam.com"])
        .exits(0)
        .says("package/library")
        .says("1 package for ada@fabrikam.com");
    let _ = sandbox
        .run([
            "request",
            "list",
            "--offered",
            "--as",
            "zoe@nowhere.example",
        ])
        .exits(0)
        .says("0 packages for zoe@nowhere.example");
    let _ = sandbox
        .run(["request", "list", "--offered"])
        .exits(8)
        .says("nobody is named whose list it is");
}

#[test]
fn on_a_store_that_counts_nobody_is_impersonated() {
    let sandbox = sandbox(false);
    for line in [
        &["request", "submit", "library", "--as", "ada@fabrikam.com"][..],
        &[
            "request",
            "submit",
            "library",
            "--as",
            "ada@fabrikam.com",
            "--with",
            "passcode",
        ][..],
        &["approval", "list", "--as", "ada@fabrikam.com"][..],
    ] {
        let _ = sandbox
            .run(line.iter().copied())
            .exits(8)
            .says("--as is for development stores");
    }
}

#[test]
fn an_explanation_says_what_somebody_has_and_whom_a_rule_gives_it() {
    let sandbox = Sandbox::new();
    sandbox.holds(&repository("policies"));
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let _ = sandbox.run(["directory", "import", "people.json"]).exits(0);
    let _ = sandbox.run(["tick"]).exits(0);
    let rule = "without asking, by policy/new-colleague/everybody-in-marketing";
    let _ = sandbox
        .run(["explain", "mia@contoso.com", "package/new-colleague"])
        .exits(0)
        .says("has it as assignment 1, without an end, by the rule of policy/new-colleague/everybody-in-marketing")
        .says(rule)
        .says("whoever matches `(user.department -eq \"Marketing\")`, which this person matches");
    let _ = sandbox
        .run(["explain", "ana@contoso.com", "new-colleague"])
        .exits(0)
        .says(rule)
        .says("which this person does not match");
    let own = [
        "explain",
        "mia@contoso.com",
        "new-colleague",
        "--as",
        "mia@contoso.com",
    ];
    let told = sandbox.run(own).exits(0).says("has it as assignment 1");
    assert!(!told.text().contains("whoever matches"), "{}", told.text());
    let text = sandbox.exactly([
        "explain",
        "mia@contoso.com",
        "new-colleague",
        "--format",
        "json",
    ]);
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told["assignment"]["number"], 1);
    assert_eq!(told["assignment"]["automatic"], true);
    assert_eq!(told["rules"][0]["matches"], true);
}
