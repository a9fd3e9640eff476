//! Who reviews, what they decide, what silence means, what is recommended.

use guestlist::governance::record::{ExternalState, Recommendation, Why};
use guestlist::governance::review::{Call, Command, Decided};
use guestlist::governance::{Ground, Refusal};

use super::{
    ANA, ANA_REVIEWS, BOB, EVE, HEAD, JOE, account, decided, ended, grant, items, keep, redeem,
    remove, review, tree,
};
use crate::governance::scene::{Scene, instant};

#[test]
fn silence_removes_where_the_policy_says_nothing_else() {
    let mut scene = super::scene(ANA_REVIEWS);
    let _ = scene.tick("2027-04-01T00:00:00Z");
    let _ = scene.tick("2027-04-11T00:00:00Z");
    assert_eq!(ended(&scene, 1).unwrap().why, Why::Review);
    let item = &items(&scene, 1)[0];
    assert!(item.applied && item.verdict.as_ref().is_some_and(|it| it.by.is_none()));
}

#[test]
fn silence_keeps_where_the_policy_says_so() {
    let mut scene = super::scene(&format!("{ANA_REVIEWS}, onNoResponse: keep"));
    let _ = scene.tick("2027-04-01T00:00:00Z");
    let _ = scene.tick("2027-04-11T00:00:00Z");
    assert_eq!(ended(&scene, 1), None);
    assert_eq!(review(&scene, 1).kept, 2);
}

#[test]
fn silence_follows_the_last_sign_in_where_the_policy_says_so() {
    let mut scene = super::scene(&format!("{ANA_REVIEWS}, onNoResponse: recommendation"));
    let _ = scene.run(grant("kim@wingtip.example"));
    redeem(&mut scene, "kim@wingtip.example");
    scene.change(BOB, |bob| {
        bob.last_sign_in = Some(instant("2027-03-20T00:00:00Z"));
    });
    scene.change(EVE, |eve| {
        eve.last_sign_in = Some(instant("2027-02-01T00:00:00Z"));
    });
    let _ = scene.tick("2027-04-01T00:00:00Z");
    let _ = scene.tick("2027-04-11T00:00:00Z");
    assert_eq!(ended(&scene, 1), None, "signed in 22 days ago");
    assert_eq!(ended(&scene, 2).unwrap().why, Why::Review);
    assert_eq!(ended(&scene, 3), None, "nothing is known of Kim");
}

#[test]
fn the_recommendation_comes_from_the_last_sign_in_within_30_days() {
    let at = instant("T100");
    let mut person = Scene::of(&tree(ANA_REVIEWS)).person("admin@contoso.com");
    let mut says = |sign_in: Option<&str>, created: &str, state: Option<ExternalState>| {
        person.last_sign_in = sign_in.map(instant);
        account(&mut person).created = instant(created);
        account(&mut person).state = state;
        guestlist::governance::review::recommendation(&person, at)
    };
    let accepted = Some(ExternalState::Accepted);
    assert_eq!(says(Some("T70"), "T0", accepted), Recommendation::Approve);
    assert_eq!(says(Some("T69"), "T0", accepted), Recommendation::Deny);
    assert_eq!(says(Some("T99"), "T90", accepted), Recommendation::Approve);
    assert_eq!(says(None, "T90", accepted), Recommendation::NoInfoAvailable);
    assert_eq!(says(None, "T0", accepted), Recommendation::NoInfoAvailable);
    let pending = Some(ExternalState::PendingAcceptance);
    assert_eq!(says(None, "T0", pending), Recommendation::Deny);
    assert_eq!(says(None, "T90", pending), Recommendation::NoInfoAvailable);
}

#[test]
fn recommendations_are_recorded_unless_the_policy_wants_none() {
    let mut scene = super::scene(ANA_REVIEWS);
    scene.change(BOB, |bob| {
        bob.last_sign_in = Some(instant("2027-03-20T00:00:00Z"));
    });
    let _ = scene.tick("2027-04-01T00:00:00Z");
    assert_eq!(
        items(&scene, 1)[0].recommendation,
        Some(Recommendation::Approve)
    );
    let mut scene = super::scene(&format!("{ANA_REVIEWS}, recommendations: false"));
    let _ = scene.tick("2027-04-01T00:00:00Z");
    assert_eq!(items(&scene, 1)[0].recommendation, None);
}

#[test]
fn everything_recommended_is_decided_at_once_and_the_rest_is_left() {
    let mut scene = super::scene(ANA_REVIEWS);
    scene.change(BOB, |bob| {
        bob.last_sign_in = Some(instant("2027-03-20T00:00:00Z"));
    });
    let _ = scene.tick("2027-04-01T00:00:00Z");
    let all = Command::Decide(Decided {
        items: vec![1, 2],
        call: Call::Recommended,
        justification: None,
    });
    let _ = scene.acting(ANA).run(all);
    let found = items(&scene, 1);
    let verdict = found[0].verdict.as_ref().unwrap();
    assert!(verdict.keep);
    assert_eq!(verdict.justification.as_deref(), Some("as recommended"));
    assert_eq!(found[1].verdict, None);
}

#[test]
fn a_reviewer_may_change_their_mind_until_the_round_closes() {
    let mut scene = super::scene(ANA_REVIEWS);
    let _ = scene.tick("2027-04-01T00:00:00Z");
    let _ = scene.acting(ANA).run(remove(1));
    let _ = scene.run(keep(1));
    let round = review(&scene, 1);
    assert_eq!((round.kept, round.removed), (1, 0));
    let _ = scene.at("2027-04-11T00:00:00Z");
    let refusal = scene.acting(ANA).refused(remove(1));
    assert_eq!(refusal.ground, Ground::Late);
    let _ = scene.tick("2027-04-11T00:00:00Z");
    assert_eq!(ended(&scene, 1), None);
    assert_eq!(scene.acting(ANA).refused(remove(1)).ground, Ground::Late);
}

#[test]
fn the_first_reviewer_decides_for_all() {
    let mut scene = super::scene(
        "every: quarterly, decideWithin: 10d, reviewers: ['user:ana@contoso.com', 'user:joe@contoso.com']",
    );
    let _ = scene.tick("2027-04-01T00:00:00Z");
    let _ = scene.acting(ANA).run(keep(1));
    assert_eq!(scene.acting(JOE).refused(remove(1)).ground, Ground::Decided);
}

#[test]
fn only_a_reviewer_decides_and_the_operator_is_none() {
    let mut scene = super::scene(ANA_REVIEWS);
    let _ = scene.tick("2027-04-01T00:00:00Z");
    assert_eq!(scene.refused(keep(1)).ground, Ground::NotAllowed);
    assert_eq!(scene.acting(JOE).refused(keep(1)).ground, Ground::Unknown);
    assert_eq!(scene.acting(ANA).refused(keep(77)).ground, Ground::Unknown);
    scene.change(ANA, |ana| account(ana).enabled = false);
    assert_eq!(
        scene.acting(ANA).refused(keep(1)).ground,
        Ground::NotAllowed
    );
}

#[test]
fn a_reason_is_wanted_unless_the_policy_says_otherwise() {
    let blank = |call| decided(1, call, Some("  "));
    let mut scene = super::scene(ANA_REVIEWS);
    let _ = scene.tick("2027-04-01T00:00:00Z");
    let refusal: Refusal = scene.acting(ANA).refused(blank(Call::Keep));
    assert_eq!(refusal.ground, Ground::Justification);
    let mut scene = super::scene(&format!("{ANA_REVIEWS}, justification: optional"));
    let _ = scene.tick("2027-04-01T00:00:00Z");
    let _ = scene.acting(ANA).run(blank(Call::Remove));
    assert_eq!(review(&scene, 1).removed, 1);
}

#[test]
fn people_review_themselves_but_a_guest_only_after_accepting_the_invitation() {
    let mut scene = super::scene("every: monthly, decideWithin: 10d, reviewers: [self]");
    scene.change(EVE, |eve| {
        account(eve).state = Some(ExternalState::PendingAcceptance);
    });
    let _ = scene.tick("2027-02-01T00:00:00Z");
    assert_eq!(scene.mails(), ["review-started to bob@wingtip.example"]);
    let _ = scene.acting(BOB).run(keep(1));
    assert_eq!(scene.refused(keep(2)).ground, Ground::Unknown);
    assert_eq!(
        scene.acting(EVE).refused(keep(2)).ground,
        Ground::NotAllowed
    );
    redeem(&mut scene, EVE);
    let _ = scene.acting(EVE).run(keep(2));
    assert_eq!(review(&scene, 1).kept, 2);
}

#[test]
fn a_manager_reviews_and_the_fallback_where_there_is_none() {
    let policy = "      direct: { requestors: members, expires: { after: 180d }, review: { every: monthly, decideWithin: 10d, reviewers: [manager], fallback: ['user:joe@contoso.com'] } }\n";
    let mut scene = Scene::of(&format!("{HEAD}{policy}"));
    for member in [ANA, JOE, "max@contoso.com", "mia@contoso.com"] {
        scene.member(member, &[]);
    }
    let ana = scene.person(ANA).id();
    scene.change("max@contoso.com", |max| max.manager = Some(ana));
    let _ = scene.run(grant("max@contoso.com"));
    let _ = scene.run(grant("mia@contoso.com"));
    let _ = scene.tick("2027-02-01T00:00:00Z");
    let found = items(&scene, 1);
    assert_eq!(found[0].reviewers, [ana]);
    assert_eq!(found[1].reviewers, [scene.person(JOE).id()]);
}

#[test]
fn members_of_a_group_review() {
    let mut scene =
        super::scene("every: monthly, decideWithin: 10d, reviewers: ['group:Design guests']");
    let _ = scene.tick("2027-02-01T00:00:00Z");
    let both = [scene.person(BOB).id(), scene.person(EVE).id()];
    assert_eq!(items(&scene, 1)[0].reviewers, both);
}
