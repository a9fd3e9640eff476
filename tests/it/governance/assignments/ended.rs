//! Ends and reminders, and what changes of a policy or an account do to them.

use guestlist::governance::assignment::Command;
use guestlist::governance::record::{AssignmentState, Ended, Why};
use guestlist::governance::{Activity, Ground};

use super::{BOB, TREE, direct, grant, with};
use crate::governance::scene::{Scene, instant};

#[test]
fn a_package_of_180_days_reminds_twice_and_ends() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "policy/library/partners"));
    assert_eq!(scene.mails(), [format!("access-granted to {BOB}")]);
    assert_eq!(scene.tick("T165").events, 0);
    for day in ["T166", "T179"] {
        let _ = scene.tick(day);
        assert_eq!(scene.mails(), [format!("access-ending to {BOB}")], "{day}");
        assert_eq!(scene.tick(day).events, 0);
    }
    let _ = scene.tick("T180");
    assert_eq!(scene.mails(), [format!("access-ended to {BOB}")]);
    let ended = scene.assignment(1).ended;
    assert_eq!(
        ended,
        Some(Ended {
            at: instant("T180"),
            why: Why::Expired
        })
    );
    assert!(scene.holds(BOB).is_empty());
    assert!(scene.person(BOB).is_blocked());
}

#[test]
fn a_tick_that_comes_late_reminds_once() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "policy/library/partners"));
    let _ = scene.mails();
    let _ = scene.tick("T179");
    assert_eq!(scene.mails(), [format!("access-ending to {BOB}")]);
    let _ = scene.tick("T200");
    assert_eq!(scene.mails(), [format!("access-ended to {BOB}")]);
}

#[test]
fn an_end_nearer_than_fourteen_days_reminds_the_day_before_alone() {
    let mut scene = Scene::of(TREE);
    let mut short = direct(BOB, "policy/library/partners");
    short.end = Some(instant("T7"));
    let _ = scene.run(Command::Grant(short));
    let _ = scene.mails();
    assert_eq!(scene.tick("T0").events, 0);
    let _ = scene.tick("T6");
    assert_eq!(scene.mails(), [format!("access-ending to {BOB}")]);
    let _ = scene.tick("T7");
    assert_eq!(scene.assignment(1).state, AssignmentState::Expired);
}

#[test]
fn where_nothing_can_be_extended_nobody_is_reminded() {
    let mut scene = Scene::of(TREE);
    scene.member("eva@contoso.com", &[]);
    let _ = scene.run(grant("eva@contoso.com", "policy/library/people"));
    let _ = scene.mails();
    assert_eq!(scene.tick("T364").events, 0);
    let _ = scene.tick("T365");
    assert_eq!(scene.mails(), ["access-ended to eva@contoso.com"]);
}

#[test]
fn access_without_end_never_ends_and_a_fixed_date_ends_it_for_everyone() {
    let mut scene = Scene::of(TREE);
    scene.member("eva@contoso.com", &[]);
    let _ = scene.run(grant("eva@contoso.com", "policy/rooms/direct"));
    let _ = scene
        .at("T20")
        .run(grant("eva@contoso.com", "policy/offices/direct"));
    assert_eq!(scene.assignment(1).end, None);
    assert_eq!(
        scene.assignment(2).end,
        Some(instant("2027-03-01T00:00:00Z"))
    );
    let _ = scene.tick("T59");
    assert_eq!(scene.assignment(2).state, AssignmentState::Expired);
    let _ = scene.tick("2099-01-01T00:00:00Z");
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivered);
    let refusal = scene.refused(grant("eva@contoso.com", "policy/offices/direct"));
    assert_eq!(refusal.ground, Ground::Schedule);
}

#[test]
fn edits_of_a_policy_leave_existing_assignments_alone() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "policy/library/partners"));
    let _ = scene.at("T10");
    scene.apply(&with("after: 180d", "after: 30d"));
    let _ = scene.tick("T41");
    assert_eq!(scene.assignment(1).end, Some(instant("T180")));
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivered);
    let _ = scene.run(grant("ben@wingtip.example", "policy/library/partners"));
    assert_eq!(scene.assignment(2).end, Some(instant("T71")));
    // Narrower: whoever holds it keeps it.
    scene.apply(&with(
        "domains: [wingtip.example]",
        "domains: [litware.example]",
    ));
    let _ = scene.tick("T60");
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivered);
}

#[test]
fn a_domain_blocked_later_leaves_the_assignment() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "policy/library/partners"));
    let _ = scene.at("T50");
    scene.apply(&format!(
        "{TREE}\ndomains: {{ block: [wingtip.example] }}\n"
    ));
    let _ = scene.tick("T51");
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivered);
}

#[test]
fn a_role_held_before_the_assignment_goes_with_it() {
    let mut scene = Scene::of(TREE);
    scene.member("eva@contoso.com", &[]);
    let _ = scene.run(grant("eva@contoso.com", "policy/library/people"));
    let _ = scene.run(Command::Revoke(1));
    assert!(scene.holds("eva@contoso.com").is_empty());
    let eva = scene.person("eva@contoso.com").id();
    scene.directly(|desk| {
        let number = desk.fresh::<guestlist::governance::record::Hold>()?;
        desk.put(
            Activity::AddMember,
            &guestlist::governance::record::Hold {
                number,
                person: eva,
                place: guestlist::governance::record::Place::group("Design guests"),
                role: "Member".to_owned(),
                source: guestlist::governance::record::Source::Direct,
            },
        )
    });
    let _ = scene.run(grant("eva@contoso.com", "policy/library/people"));
    assert_eq!(scene.holds("eva@contoso.com").len(), 2);
    let _ = scene.run(Command::Revoke(2));
    assert!(scene.holds("eva@contoso.com").is_empty());
}

#[test]
fn what_a_deleted_account_has_counts_for_thirty_days() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "policy/library/partners"));
    let _ = scene.at("T10");
    scene.alter(BOB, |bob| {
        bob.account.as_mut().unwrap().deleted = Some(instant("T10"));
    });
    let _ = scene.mails();
    let _ = scene.tick("T39");
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivered);
    let _ = scene.tick("T40");
    assert_eq!(scene.assignment(1).state, AssignmentState::Expired);
    assert_eq!(scene.assignment(1).ended.unwrap().why, Why::PersonGone);
    assert!(scene.mails().is_empty());
}
