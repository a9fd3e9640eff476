//! The clock: a wrong one blocks and deletes nobody.

use guestlist::governance::assignment::{Command, Direct};
use guestlist::governance::watch;
use guestlist::model::Address;

use super::scene::{BEGIN, Scene, mail};
use crate::support::Sandbox;

const BOB: &str = "bob@wingtip.example";

const TREE: &str = "
version: 1
resources:
  guests: { group: Design guests }
catalogs:
  marketing: { displayName: Marketing, resources: [guests] }
packages:
  library:
    catalog: marketing
    displayName: Photo library
    grants: { guests: Member }
    policies:
      direct: { expires: { after: 5d } }
  team:
    catalog: marketing
    displayName: Team
    grants: { guests: Member }
    policies:
      direct: { expires: never }
";

fn grant(policy: &str) -> Command {
    Command::Grant(Direct {
        person: mail(BOB),
        name: Some("Bob".to_owned()),
        policy: policy.parse::<Address>().unwrap(),
        start: None,
        end: None,
        justification: None,
    })
}

fn scene() -> Scene {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant("policy/library/direct"));
    let _ = scene.by_the_clock();
    scene
}

#[test]
fn a_clock_seven_days_ahead_is_believed() {
    let mut scene = scene();
    let ticked = scene.tick("T7");
    assert!(ticked.trusted);
    assert!(scene.person(BOB).is_blocked());
}

#[test]
fn a_clock_more_than_seven_days_ahead_blocks_nobody_until_an_operator_confirms_it() {
    let mut scene = scene();
    let ticked = scene.tick("T8");
    assert!(!ticked.trusted);
    assert_eq!(ticked.alerts[0].code, "clockAhead");
    assert!(
        ticked.alerts[0]
            .help
            .contains("guestlist operator confirm-clock")
    );
    // Access ends all the same; only the account is left alone.
    assert_eq!(ticked.done["expired"], 1);
    assert!(!scene.person(BOB).is_blocked());
    // That the store has seen the later instant by now changes nothing.
    assert!(!scene.tick("T8").trusted);
    assert!(!scene.tick("T9").trusted);
    assert!(!scene.person(BOB).is_blocked());

    let decision = scene.run(watch::Command::Confirm);
    assert_eq!(decision.events.len(), 1);
    assert_eq!(decision.events[0].activity.as_str(), "Confirm clock");
    let ticked = scene.tick("T9");
    assert!(ticked.trusted && ticked.alerts.is_empty());
    assert_eq!(ticked.done["blocked"], 1);
    assert!(scene.person(BOB).is_blocked());
    assert!(scene.run(watch::Command::Confirm).events.is_empty());
}

#[test]
fn deletions_and_purges_wait_for_the_confirmation_too() {
    let mut scene = scene();
    let _ = scene.tick("T5");
    assert!(scene.person(BOB).is_blocked());
    let ticked = scene.tick("T35");
    assert!(!ticked.trusted && scene.person(BOB).living().is_some());
    assert_eq!(
        scene.tick("T35").due,
        0,
        "what waits is not due again and again"
    );
    let _ = scene.run(watch::Command::Confirm);
    assert_eq!(scene.tick("T35").done["deleted"], 1);
    let _ = scene.tick("T66");
    assert!(scene.look(|desk| desk.by_mail(&mail(BOB))).is_some());
    let _ = scene.run(watch::Command::Confirm);
    assert_eq!(scene.tick("T66").done["purged"], 1);
}

#[test]
fn any_command_notices_the_leap_not_the_tick_alone() {
    let mut scene = scene();
    let _ = scene.at("T20").run(Command::Revoke(1));
    assert!(!scene.person(BOB).is_blocked());
    assert!(!scene.tick("T20").trusted);
}

#[test]
fn a_clock_that_is_behind_blocks_nobody() {
    let mut scene = scene();
    let _ = scene.tick("T4");
    let ticked = scene.tick("2027-01-04T23:59:00Z");
    assert!(ticked.trusted, "60 seconds are nothing");
    let _ = scene.at("2027-01-04T23:58:59Z").run(Command::Revoke(1));
    assert!(!scene.person(BOB).is_blocked());
    let ticked = scene.tick("2027-01-04T23:58:59Z");
    assert!(!ticked.trusted);
    assert_eq!(ticked.alerts[0].code, "clockBehind");
    // Once the clock has caught up, what has waited goes on.
    assert_eq!(scene.tick("T4").done["blocked"], 1);
}

#[test]
fn a_confirmed_clock_is_measured_from_there_while_the_store_has_seen_a_later_one() {
    let mut scene = scene();
    // The clock was a year ahead for a while, and is right again.
    let _ = scene.tick("T365");
    assert!(!scene.tick("T1").trusted);
    let _ = scene.run(watch::Command::Confirm);
    for day in 1..30 {
        assert!(scene.tick(&format!("T{day}")).trusted, "day {day}");
    }
    assert!(!scene.tick("T40").trusted, "ten days ahead of the last");
    assert!(!scene.tick("T1").trusted, "behind the last");
}

#[test]
fn quiet_weeks_with_ticks_are_no_leap() {
    let mut scene = Scene::of(TREE);
    let _ = scene.by_the_clock();
    for day in (0..60).step_by(5) {
        let ticked = scene.tick(&format!("T{day}"));
        assert!(ticked.trusted, "day {day}");
    }
}

#[test]
fn a_new_assignment_calls_off_what_waits_for_the_clock() {
    let mut scene = scene();
    let _ = scene.tick("T20");
    let _ = scene.run(grant("policy/team/direct"));
    let _ = scene.run(watch::Command::Confirm);
    assert!(!scene.tick("T20").done.contains_key("blocked"));
    assert!(!scene.person(BOB).is_blocked());
}

#[test]
fn for_24_hours_after_a_store_was_put_back_nobody_is_blocked() {
    let mut scene = scene();
    scene.accept_restore("T4");
    let ticked = scene.tick("2027-01-06T00:00:00Z");
    assert!(ticked.alerts.is_empty(), "24 hours are over");
    assert!(scene.person(BOB).is_blocked());

    let mut scene = self::scene();
    scene.accept_restore("T5");
    let ticked = scene.tick("2027-01-06T23:59:59Z");
    assert!(ticked.trusted);
    assert_eq!(ticked.alerts[0].code, "restored");
    assert_eq!(ticked.done["expired"], 1);
    assert!(!scene.person(BOB).is_blocked());
    assert!(scene.run(watch::Command::Confirm).events.is_empty());
    assert_eq!(scene.tick("T6").done["blocked"], 1);
}

fn sandbox(development: bool) -> Sandbox {
    Sandbox::new()
        .write(
            "guestlist.toml",
            format!(
                "project = \"contoso\"\n[tenant]\ndomains = [\"contoso.com\"]\n[store]\nurl = \"sqlite:guestlist.db\"\ndevelopment = {development}\n"
            ),
        )
        .write("tree.yaml", TREE)
}

#[test]
fn on_a_development_store_a_given_instant_is_no_leap() {
    let sandbox = sandbox(true);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let granted = [
        "assignment",
        "grant",
        BOB,
        "library",
        "--policy",
        "direct",
        "--at",
        BEGIN,
    ];
    let _ = sandbox.run(granted).exits(0);
    let _ = sandbox
        .run(["tick", "--at", "2027-03-01T00:00:00Z"])
        .exits(0)
        .says("1  expired")
        .says("1  blocked");
    let ticked = sandbox.run(["tick", "--at", "2027-06-01T00:00:00Z", "--format", "json"]);
    let ticked = ticked.exits(0);
    let report: serde_json::Value = serde_json::from_str(&ticked.stdout).unwrap();
    assert_eq!(report["done"], serde_json::json!({ "deleted": 1 }));
    assert_eq!(report["alerts"], serde_json::json!([]));
}

#[test]
fn a_clock_that_is_not_trusted_ends_a_tick_with_5_until_it_is_confirmed() {
    let sandbox = sandbox(true);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    // The store has seen an instant that lies ahead of the real clock.
    let ahead = "2199-01-01T00:00:00Z";
    let granted = [
        "assignment",
        "grant",
        BOB,
        "library",
        "--policy",
        "direct",
        "--at",
        ahead,
    ];
    let _ = sandbox.run(granted).exits(0);
    let _ = sandbox
        .run(["tick"])
        .exits(5)
        .says("alert: the clock says")
        .says("guestlist operator confirm-clock");
    let _ = sandbox
        .run(["operator", "confirm-clock"])
        .exits(0)
        .says("The clock is confirmed");
    let _ = sandbox.run(["tick"]).exits(0);
    let _ = sandbox
        .run(["operator", "confirm-clock"])
        .exits(0)
        .says("Nothing to confirm");
}

#[test]
fn two_ticks_at_once_do_everything_once() {
    let sandbox = sandbox(true);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    for number in 0..5 {
        let guest = format!("guest{number}@wingtip.example");
        let granted = [
            "assignment",
            "grant",
            &guest,
            "library",
            "--policy",
            "direct",
            "--at",
            BEGIN,
        ];
        let _ = sandbox.run(granted).exits(0);
    }
    let tick = || {
        let arguments = ["tick", "--at", "2027-02-20T00:00:00Z", "--format", "json"];
        let mut command = sandbox.command(&arguments);
        let _ = command.stdout(std::process::Stdio::piped());
        command.spawn().unwrap()
    };
    let (one, other) = (tick(), tick());
    let (mut expired, mut deleted) = (0, 0);
    for child in [one, other] {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        expired += report["done"]["expired"].as_u64().unwrap_or(0);
        deleted += report["done"]["deleted"].as_u64().unwrap_or(0);
    }
    assert_eq!((expired, deleted), (5, 0));
    let _ = sandbox
        .run(["tick", "--at", "2027-02-20T00:00:00Z"])
        .exits(0)
        .says("Nothing was due.");
}
