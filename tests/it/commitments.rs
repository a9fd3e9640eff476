//! Saved plans: what was seen is what is done, or nothing is.

use std::os::unix::fs::PermissionsExt;

use guestlist::model::{Digest, canonical};

use crate::support::Sandbox;

const ONE: &str = "version: 1\norganizations:\n  a: { displayName: A, domains: [a.example] }\n";
const TWO: &str = "version: 1\norganizations:\n  a: { displayName: A, domains: [a.example] }\n  b: { displayName: B, domains: [b.example] }\n";

/// Returns a project whose store holds one organization, and a saved plan that adds another.
fn planned() -> Sandbox {
    let sandbox = Sandbox::project().write("tree.yaml", ONE);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let sandbox = sandbox.write("tree.yaml", TWO);
    let _ = sandbox.run(["plan", "--out", "plan.json"]).exits(0);
    sandbox
}

fn has_both(sandbox: &Sandbox) -> bool {
    sandbox
        .exactly(["list", "--format", "json"])
        .matches("\"id\"")
        .count()
        == 2
}

#[test]
fn a_saved_plan_is_applied_without_a_question_and_only_once() {
    let sandbox = planned();
    let mode = std::fs::metadata(sandbox.path("plan.json")).expect("saved");
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    let _ = sandbox
        .run(["show", "plan.json"])
        .exits(0)
        .says("+ organization/b");
    let _ = sandbox
        .run(["apply", "plan.json"])
        .exits(0)
        .says("Applied: 1 created");
    assert!(has_both(&sandbox));
    let _ = sandbox
        .run(["apply", "plan.json"])
        .exits(5)
        .says("the plan was applied already, by run");
    let _ = sandbox.run(["show", "plan.json"]).exits(0);
}

#[test]
fn an_edited_plan_is_refused() {
    let sandbox = planned();
    let text = std::fs::read_to_string(sandbox.path("plan.json")).expect("saved");
    let sandbox = sandbox.write("plan.json", text.replace("b.example", "c.example"));
    let _ = sandbox
        .run(["apply", "plan.json"])
        .exits(5)
        .says("edited since it was saved");
    assert!(!has_both(&sandbox));
}

/// A plan is good for a day. This one was saved by a program of the same version whose day is long over.
#[test]
fn a_plan_whose_time_is_over_is_refused() {
    let sandbox = planned();
    let text = std::fs::read_to_string(sandbox.path("plan.json")).expect("saved");
    let mut plan: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    plan["created"] = "2020-01-01T00:00:00Z".into();
    plan["expires"] = "2020-01-02T00:00:00Z".into();
    plan["digest"] = Digest::of(&[]).to_string().into();
    plan["digest"] = Digest::of(canonical(&plan).as_bytes()).to_string().into();
    let sandbox = sandbox.write("plan.json", canonical(&plan) + "\n");
    let _ = sandbox
        .run(["apply", "plan.json"])
        .exits(5)
        .says("could be applied until 2020-01-02");
    assert!(!has_both(&sandbox));
}

#[test]
fn a_tree_that_changed_meanwhile_is_refused_with_the_difference() {
    let sandbox = planned().write(
        "tree.yaml",
        TWO.replace("displayName: B", "displayName: Bee"),
    );
    let _ = sandbox
        .run(["apply", "plan.json"])
        .exits(5)
        .says("organization/b would be other than planned in `displayName`");
    assert!(!has_both(&sandbox));
}

#[test]
fn a_change_elsewhere_in_the_store_does_not_make_it_stale() {
    let sandbox = planned();
    let neighbour = "project = \"neighbour\"\n[store]\nurl = \"sqlite:../guestlist.db\"\n";
    let other = Sandbox::new()
        .write(
            "guestlist.toml",
            neighbour.replace("..", &sandbox.root().to_string_lossy()),
        )
        .write(
            "tree.yaml",
            "version: 1\norganizations:\n  z: { displayName: Z, domains: [z.example] }\n",
        );
    let _ = other.run(["apply", "--auto-approve"]).exits(0);
    let _ = sandbox.run(["apply", "plan.json"]).exits(0);
}

#[test]
fn a_plan_of_another_store_or_project_is_refused() {
    let sandbox = planned();
    let _ = sandbox
        .run(["--store", "sqlite:other.db", "apply", "plan.json"])
        .exits(5)
        .says("another store");
    assert!(
        !sandbox.path("other.db").exists(),
        "a refused plan leaves no trace"
    );
    let settings = std::fs::read_to_string(sandbox.path("guestlist.toml")).expect("there");
    let sandbox = sandbox.write(
        "guestlist.toml",
        settings.replace("\"contoso\"", "\"other\""),
    );
    let _ = sandbox
        .run(["apply", "plan.json"])
        .exits(5)
        .says("of project `contoso`");
}

#[test]
fn a_plan_that_a_guard_refuses_is_not_saved() {
    let sandbox = Sandbox::project().write(
        "tree.yaml",
        ONE.replace("domains", "protect: true, domains"),
    );
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let sandbox = sandbox.write(
        "tree.yaml",
        TWO.replace("  a: { displayName: A, domains: [a.example] }\n", ""),
    );
    let _ = sandbox.run(["plan", "--out", "plan.json"]).exits(4);
    assert!(!sandbox.path("plan.json").exists());
}

#[test]
fn a_digest_that_a_reviewer_saw_holds_an_apply_to_it() {
    let sandbox = planned();
    let plan = sandbox.exactly(["plan", "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_str(&plan).expect("JSON");
    let digest = plan["digest"].as_str().expect("a digest");
    let wrong = "0".repeat(32);
    let _ = sandbox
        .run(["apply", "--expect", &wrong])
        .exits(5)
        .says("other changes")
        .says("organization/b would be created")
        .says(&format!("`--expect {digest}`"));
    let _ = sandbox.run(["apply", "--expect", "short"]).exits(64);
    let _ = sandbox.run(["apply", "--expect", digest]).exits(0);
    assert!(has_both(&sandbox));
}

#[test]
fn who_asks_again_for_an_apply_that_was_done_is_told_so() {
    let sandbox = planned();
    let digest = |sandbox: &Sandbox| {
        let plan = sandbox.exactly(["plan", "--format", "json"]);
        let plan: serde_json::Value = serde_json::from_str(&plan).expect("JSON");
        plan["digest"].as_str().expect("a digest").to_owned()
    };
    let two = digest(&sandbox);
    let _ = sandbox.run(["apply", "--expect", &two]).exits(0);
    let runs = || sandbox.exactly(["history", "--format", "json"]);
    let before = runs();
    let again = sandbox.run(["apply", "--expect", &two]).exits(0);
    let _ = again.says("This plan was applied already, by run ");
    assert_eq!(runs(), before);
    // A plan that nobody applied is another one, and so is this one as soon as there is something to do.
    let _ = sandbox
        .run(["apply", "--expect", &"0".repeat(32)])
        .exits(5)
        .says("there is nothing to do now");
    let sandbox = sandbox.write("tree.yaml", ONE);
    let _ = sandbox.run(["apply", "--expect", &two]).exits(5);
}

#[test]
fn what_is_no_saved_plan_is_refused_with_words() {
    let sandbox = planned().write("note.txt", "hello");
    let _ = sandbox
        .run(["apply", "note.txt"])
        .exits(5)
        .says("no saved plan");
    let _ = sandbox
        .run(["show", "note.txt"])
        .exits(5)
        .says("no saved plan");
    let _ = sandbox
        .run(["apply", "missing.json"])
        .exits(1)
        .says("missing.json cannot be read");
}

#[test]
fn a_plan_for_one_store_to_be_made_makes_no_other() {
    let sandbox = Sandbox::project().write("tree.yaml", ONE);
    let _ = sandbox.run(["plan", "--out", "plan.json"]).exits(0);
    let _ = sandbox
        .run(["--store", "sqlite:other.db", "apply", "plan.json"])
        .exits(5)
        .says("another store");
    assert!(!sandbox.path("other.db").exists());
    let _ = sandbox.run(["apply", "plan.json"]).exits(0);
}

#[test]
fn a_rollback_does_not_bring_back_the_right_to_apply_a_plan() {
    let sandbox = planned();
    let applied = sandbox.exactly(["apply", "plan.json", "--format", "json"]);
    let applied: serde_json::Value = serde_json::from_str(&applied).expect("JSON");
    let run = applied["run"].as_str().expect("a run");
    let _ = sandbox
        .run(["rollback", run, "--auto-approve", "--allow-deletes", "1"])
        .exits(0);
    let _ = sandbox
        .run(["apply", "plan.json"])
        .exits(5)
        .says("the plan was applied already, by run");
    assert!(!has_both(&sandbox));
    // Who plans anew may do the same again.
    let _ = sandbox.run(["plan", "--out", "plan.json"]).exits(0);
    let _ = sandbox.run(["apply", "plan.json"]).exits(0);
}

#[test]
fn no_plan_is_good_for_more_than_a_day() {
    let sandbox = planned();
    let text = std::fs::read_to_string(sandbox.path("plan.json")).expect("saved");
    let mut plan: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    plan["expires"] = "2099-01-02T00:00:00Z".into();
    plan["digest"] = Digest::of(&[]).to_string().into();
    plan["digest"] = Digest::of(canonical(&plan).as_bytes()).to_string().into();
    let sandbox = sandbox.write("plan.json", canonical(&plan) + "\n");
    let _ = sandbox
        .run(["apply", "plan.json"])
        .exits(5)
        .says("for more than a day");
}

#[test]
fn a_pipe_is_no_saved_plan() {
    let sandbox = planned();
    let made = std::process::Command::new("mkfifo")
        .arg(sandbox.path("pipe"))
        .status();
    assert!(made.expect("a pipe").success());
    let _ = sandbox
        .run(["apply", "pipe"])
        .exits(1)
        .says("it is no regular file");
}

#[test]
fn the_beginning_of_several_runs_names_none() {
    let sandbox = planned();
    let _ = sandbox.run(["apply", "plan.json"]).exits(0);
    for command in ["history", "rollback"] {
        let _ = sandbox
            .run([command, "0"])
            .exits(1)
            .says("is the beginning of several runs");
        let _ = sandbox
            .run([command, "zzz"])
            .exits(1)
            .says("there is no run `zzz`");
    }
}

/// Makes a key and returns its public key.
fn key(sandbox: &Sandbox, file: &str) -> String {
    let public = sandbox.exactly(["audit", "key", "new", file]);
    public.trim().to_owned()
}

#[test]
fn a_signature_that_is_required_is_that_of_somebody_who_counts() {
    let sandbox = planned();
    let (ours, theirs) = (key(&sandbox, "ours.key"), key(&sandbox, "theirs.key"));
    let require = |public: &str| format!("--require-signature={public}");
    let _ = sandbox
        .run(["apply", "plan.json", "--require-signature"])
        .exits(64)
        .says("whose signature");
    let _ = sandbox
        .run(["apply", "plan.json", &require(&ours)])
        .exits(9)
        .says("nobody signed it");
    let _ = sandbox
        .run(["plan", "--out", "plan.json", "--sign"])
        .exits(8)
        .says("no key to sign the plan with");
    let _ = sandbox.run(["plan", "--sign"]).exits(64);
    let sign = |file: &str| {
        let arguments = ["plan", "--out", "plan.json", "--sign"];
        let mut command = sandbox.command(&arguments);
        let _ = sandbox
            .outcome(&arguments, command.env("GUESTLIST_AUDIT_KEY_FILE", file))
            .exits(0);
    };
    sign("theirs.key");
    let _ = sandbox
        .run(["apply", "plan.json", &require(&ours)])
        .exits(9)
        .says("which does not count");
    sign("ours.key");
    let _ = sandbox
        .run(["show", "plan.json"])
        .exits(0)
        .says(&format!("Signed with {ours}."));
    // Whoever can write a digest cannot write a signature.
    let text = std::fs::read_to_string(sandbox.path("plan.json")).expect("saved");
    let mut forged: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let signature = forged
        .as_object_mut()
        .expect("an object")
        .remove("signature");
    forged["actions"][0]["after"]["displayName"] = "Evil".into();
    forged["digest"] = Digest::of(&[]).to_string().into();
    forged["digest"] = Digest::of(canonical(&forged).as_bytes()).to_string().into();
    forged["signature"] = signature.expect("a signature");
    let sandbox = sandbox.write("plan.json", canonical(&forged) + "\n");
    for arguments in [&["apply", "plan.json"][..], &["show", "plan.json"]] {
        let _ = sandbox
            .run(arguments.iter().copied())
            .exits(9)
            .says("its signature does not hold");
    }
    assert!(!has_both(&sandbox));
    let sandbox = sandbox.write("plan.json", text);
    let _ = sandbox
        .run(["apply", "plan.json", &require(&theirs)])
        .exits(9);
    let _ = sandbox
        .run(["apply", "plan.json", &require(&ours)])
        .exits(0);
    assert!(has_both(&sandbox));
}

#[test]
fn every_file_counts_from_the_folder_that_is_worked_in() {
    let sandbox = Sandbox::new();
    let inner = Sandbox::project();
    let settings = std::fs::read_to_string(inner.path("guestlist.toml")).expect("settings");
    let sandbox = sandbox
        .write("inner/guestlist.toml", settings)
        .write("inner/tree.yaml", ONE);
    let there = |arguments: &[&str]| {
        let all: Vec<&str> = ["-C", "inner"].iter().chain(arguments).copied().collect();
        sandbox.run(all).exits(0)
    };
    let _ = there(&["plan", "--out", "plan.json"]).says("Saved to inner/plan.json");
    let _ = there(&["show", "plan.json"]);
    let _ = there(&["apply", "plan.json"]);
    let _ = there(&["audit", "export", "--out", "log.jsonl"]);
    let _ = there(&["audit", "key", "new", "a.key"]);
    for file in ["plan.json", "log.jsonl", "a.key"] {
        assert!(sandbox.path("inner").join(file).exists(), "{file}");
    }
}
