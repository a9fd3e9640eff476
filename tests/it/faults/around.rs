//! What goes on around the program: who else holds the store, and what the clock says.

use jiff::{SignedDuration, Timestamp};

use super::{TREE, applied, hand};
use crate::support::Sandbox;

fn from_now(seconds: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_secs(seconds)
}

fn held(sandbox: &Sandbox, since: Timestamp, until: Timestamp) {
    let holder = r#"{"host":"elsewhere","user":"ben","pid":77,"born":"a/b/c"}"#;
    hand(
        sandbox,
        &format!(
            "UPDATE lease SET token = token + 1, holder = '{holder}', operation = 'apply', \
                acquired = '{since}', expires = '{until}'"
        ),
    );
}

#[test]
fn planning_and_looking_make_no_file() {
    let sandbox = applied();
    let names = || -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(sandbox.root())
            .expect("the folder is there")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    };
    let bytes = || std::fs::read(sandbox.path("guestlist.db")).expect("the store is there");
    let (before, content) = (names(), bytes());
    for arguments in [
        &["plan"][..],
        &["list"],
        &["show", "organization/fabrikam"],
        &["history"],
    ] {
        let _ = sandbox.run(arguments.iter().copied()).exits(0);
        assert_eq!(names(), before, "{arguments:?}");
    }
    assert!(bytes() == content, "the store was written");
}

#[test]
fn a_store_that_somebody_holds_is_left_alone() {
    let sandbox = applied().write("tree.yaml", TREE.replace("Fabrikam", "Fabrikam AG"));
    held(&sandbox, from_now(-5), from_now(55));
    let _ = sandbox
        .run(["apply", "--auto-approve"])
        .exits(5)
        .says("ben on elsewhere (process 77), apply since")
        .says("wait for it to end");
    let _ = sandbox.run(["plan", "--detailed-exitcode"]).exits(2);
    held(&sandbox, from_now(3600), from_now(3660));
    let _ = sandbox
        .run(["apply", "--auto-approve"])
        .exits(5)
        .says("set the clocks of both machines right");
    held(&sandbox, from_now(-3660), from_now(-3600));
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
}

#[test]
fn a_clock_that_went_back_is_told_once() {
    let sandbox = applied().write("tree.yaml", TREE.replace("Fabrikam", "Fabrikam AG"));
    let seen = from_now(3600);
    hand(
        &sandbox,
        &format!("UPDATE meta SET value = '{seen}' WHERE key = 'highest_time'"),
    );
    let _ = sandbox.run(["plan"]).exits(0).says("warning[GL0701]");
    let _ = sandbox.run(["plan", "--out", "saved.json"]).exits(0);
    let saved = std::fs::read(sandbox.path("saved.json")).expect("the plan is saved");
    let saved: serde_json::Value = serde_json::from_slice(&saved).expect("the plan is JSON");
    let digest = saved["plan"].as_str().expect("it has a digest");
    let apply = sandbox.run(["apply", "--expect", digest]).exits(0);
    assert_eq!(
        apply.stdout.matches("GL0701").count(),
        1,
        "{}",
        apply.text()
    );
}
