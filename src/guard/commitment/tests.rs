//! Saved plans: what they hold, and what makes them stale.

use serde_json::json;

use super::*;
use crate::plan::world::{Store, at, tree};
use crate::plan::{Asks, build};

fn now(text: &str) -> Timestamp {
    text.parse().expect(text)
}

fn sample(name: &str) -> Plan {
    let before = tree(&[
        (
            "organization/a",
            json!({ "displayName": "A", "domains": ["a.example"] }),
        ),
        (
            "organization/b",
            json!({ "displayName": "B", "domains": ["b.example"] }),
        ),
    ]);
    let after = tree(&[
        (
            "organization/a2",
            json!({ "displayName": name, "domains": ["a.example"], "formerly": "a" }),
        ),
        (
            "organization/c",
            json!({ "displayName": "C", "domains": ["c.example"] }),
        ),
    ]);
    let store = Store::of(&[&before]);
    build(&after, &store.read(Some(&after)), &Asks::default())
}

fn saved(plan: &Plan) -> Commitment {
    Commitment::to(
        "p",
        "sqlite:a.db",
        Judged {
            plan,
            impact: &Impact::default(),
            verdict: &Verdict::default(),
        },
        &Ask::default(),
        "1.0.0",
        now("2027-01-01T00:00:00.5Z"),
    )
}

#[test]
fn reads_back_as_written_and_shows_the_same_plan() {
    let plan = sample("Other");
    let commitment = saved(&plan);
    let read = Commitment::read(&commitment.to_text()).expect("as written");
    assert_eq!(read, commitment);
    let shown = read.to_plan();
    assert_eq!(shown.changes, plan.changes);
    assert_eq!(shown.digest(), commitment.plan);
}

#[test]
fn notices_every_edit_of_the_file() {
    let text = saved(&sample("Other")).to_text();
    for (from, to) in [
        ("Other", "Mother"),
        ("\"generation\":", "\"generation\": "),
        ("2027-01-02", "2028-01-02"),
        ("\"prune\"", "\"forget\""),
    ] {
        let edited = text.replacen(from, to, 1);
        assert_ne!(edited, text, "{from}");
        assert_eq!(Commitment::read(&edited), Err(Stale::Edited), "{from}");
    }
    let other = text.replacen("guestlist-plan/1", "guestlist-plan/9", 1);
    assert!(matches!(
        Commitment::read(&other),
        Err(Stale::OtherFormat { .. })
    ));
    for broken in ["", "{}", "[]", &text[..text.len() / 2]] {
        assert!(matches!(
            Commitment::read(broken),
            Err(Stale::Unreadable { .. })
        ));
    }
}

#[test]
fn is_for_one_project_one_store_and_one_day() {
    let plan = sample("Other");
    let commitment = saved(&plan);
    let check = |project, plan: &Plan, at| commitment.check(project, "s", plan, now(at));
    assert_eq!(check("p", &plan, "2027-01-01T23:59:59Z"), Ok(()));
    assert!(matches!(
        check("q", &plan, "2027-01-01T01:00:00Z"),
        Err(Stale::OtherProject { .. })
    ));
    assert!(matches!(
        check("p", &plan, "2027-01-02T00:00:01Z"),
        Err(Stale::Expired { .. })
    ));
    let mut other = plan.clone();
    other.lineage = "another".to_owned();
    assert!(matches!(
        check("p", &other, "2027-01-01T01:00:00Z"),
        Err(Stale::OtherStore { .. })
    ));
}

#[test]
fn is_not_from_the_future() {
    let plan = sample("Other");
    let commitment = saved(&plan);
    let check = |at| commitment.check("p", "s", &plan, now(at));
    // Made a second after midnight; clocks of two machines may be a minute apart.
    assert_eq!(check("2026-12-31T23:59:01Z"), Ok(()));
    assert!(matches!(
        check("2026-12-31T23:59:00Z"),
        Err(Stale::FromTheFuture { .. })
    ));
}

#[test]
fn a_plan_for_a_store_to_be_made_holds_until_it_has_changes() {
    let mut plan = sample("Other");
    plan.lineage = String::new();
    let commitment = saved(&plan);
    plan.lineage = "made".to_owned();
    plan.generation = 0;
    let at = now("2027-01-01T01:00:00Z");
    assert!(matches!(
        commitment.check("p", "another", &plan, at),
        Err(Stale::OtherStore { .. })
    ));
    assert_eq!(commitment.check("p", "sqlite:a.db", &plan, at), Ok(()));
    plan.generation = 1;
    assert!(matches!(
        commitment.check("p", "sqlite:a.db", &plan, at),
        Err(Stale::NoLongerFresh { .. })
    ));
}

#[test]
fn says_what_differs() {
    let commitment = saved(&sample("Other"));
    assert_eq!(commitment.holds(&sample("Other")), Ok(()));
    let mut now = sample("Mother");
    now.changes
        .retain(|change| change.address != at("organization/c"));
    let Err(Stale::Differs { differences }) = commitment.holds(&now) else {
        panic!("it differs");
    };
    let said: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "organization/a2 would be other than planned in `displayName`",
            "organization/c would have been created, and need not be any more",
        ]
    );
}
