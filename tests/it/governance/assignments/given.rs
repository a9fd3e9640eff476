//! Direct assignment: what has to be said, and what is refused.

use guestlist::governance::Ground;
use guestlist::governance::assignment::Command;
use guestlist::governance::record::{AssignmentState, UserType};

use super::{BOB, TREE, direct, grant};
use crate::governance::scene::{Scene, instant};

#[test]
fn the_policy_may_be_left_out_when_one_alone_covers_the_person() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "package/library"));
    let policy = scene.request(1).policy;
    let named = scene.look(|desk| Ok(desk.object(policy)?.unwrap().address.to_string()));
    assert_eq!(named, "policy/library/partners");
    scene.member("eva@contoso.com", &[]);
    let _ = scene.run(grant("eva@contoso.com", "package/library"));
    let refusal = scene.refused(grant("jo@litware.example", "package/library"));
    assert_eq!(refusal.ground, Ground::NoPolicy);
    let refusal = scene.refused(grant("jo@litware.example", "package/offices"));
    assert_eq!(refusal.ground, Ground::ChoosePolicy);
}

#[test]
fn somebody_from_outside_needs_a_policy_whose_scope_includes_them() {
    let mut scene = Scene::of(TREE);
    let refusal = scene.refused(grant("jo@litware.example", "policy/library/partners"));
    assert_eq!(refusal.ground, Ground::NoPolicy);
    let refusal = scene.refused(grant(BOB, "policy/library/people"));
    assert_eq!(refusal.ground, Ground::NoPolicy);
    let refusal = scene.refused(grant(BOB, "policy/offices/closed"));
    assert_eq!(refusal.ground, Ground::NotOffered);
}

#[test]
fn incompatible_packages_are_refused_in_one_direction() {
    let mut scene = Scene::of(TREE);
    scene.member("eva@contoso.com", &[]);
    let _ = scene.run(grant("eva@contoso.com", "policy/library/people"));
    let refusal = scene.refused(grant("eva@contoso.com", "policy/offices/direct"));
    assert_eq!(refusal.ground, Ground::Incompatible);
    assert!(refusal.message.contains("has package/library"));
    scene.member("kim@contoso.com", &[]);
    let _ = scene.run(grant("kim@contoso.com", "policy/offices/direct"));
    let _ = scene.run(grant("kim@contoso.com", "policy/library/people"));
}

#[test]
fn questions_are_answered_when_a_package_is_assigned() {
    let mut scene = Scene::of(TREE);
    let asks = || direct(BOB, "policy/offices/asks");
    let answer = |question: &str, value: &str| (question.to_owned(), value.to_owned());
    for wrong in [
        vec![],
        vec![answer("Which room?", "cellar")],
        vec![answer("Which room?", "B12"), answer("Floor", "three")],
        vec![answer("Which room?", "B12"), answer("Door", "left")],
    ] {
        let refusal = scene.refused(Command::Answered(asks(), wrong));
        assert_eq!(refusal.ground, Ground::Answers);
    }
    let answers = vec![answer("Which room?", "B12"), answer("Floor", "two")];
    let _ = scene.run(Command::Answered(asks(), answers));
    let kept = scene.request(1).answers;
    assert_eq!(
        (&kept[0].values[0][..], &kept[1].values[0][..]),
        ("B12", "two")
    );
}

#[test]
fn a_start_and_an_end_must_make_sense() {
    let mut scene = Scene::of(TREE);
    for (start, end) in [(None, "T-1"), (Some("T20"), "T20"), (None, "T181")] {
        let mut wrong = direct(BOB, "policy/library/partners");
        wrong.start = start.map(instant);
        wrong.end = Some(instant(end));
        assert_eq!(
            scene.refused(Command::Grant(wrong)).ground,
            Ground::Schedule,
            "{end}"
        );
    }
}

#[test]
fn taking_away_twice_is_refused() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "policy/library/partners"));
    let _ = scene.run(Command::Revoke(1));
    assert_eq!(scene.refused(Command::Revoke(1)).ground, Ground::State);
    assert_eq!(scene.refused(Command::Revoke(9)).ground, Ground::Unknown);
    assert_eq!(scene.request(2).assignment, Some(1));
}

#[test]
fn a_guest_who_was_here_before_is_assigned_and_stays_ungoverned() {
    let mut scene = Scene::of(TREE);
    scene.member(BOB, &[]);
    scene.alter(BOB, |bob| {
        let account = bob.account.as_mut().unwrap();
        account.external = true;
        account.user_type = UserType::Guest;
    });
    let _ = scene.run(grant(BOB, "policy/library/partners"));
    let _ = scene.tick("T180");
    assert_eq!(scene.assignment(1).state, AssignmentState::Expired);
    assert!(!scene.person(BOB).is_blocked());
}
