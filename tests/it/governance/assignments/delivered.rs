//! Delivery: what cannot be granted, is late, fails for good, or starts later.

use guestlist::governance::assignment::Command;
use guestlist::governance::record::{AssignmentState, GrantState, Granted, Group, RequestState};
use guestlist::governance::{Activity, Ground, Outcome, people, request};

use super::{Away, BOB, TREE, direct, grant, with};
use crate::governance::scene::{Scene, instant, mail};

#[test]
fn a_resource_without_guests_is_refused_to_a_guest_and_the_rest_is_delivered_in_part() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "policy/rooms/direct"));
    assert_eq!(scene.request(1).state, RequestState::PartiallyDelivered);
    assert_eq!(
        scene.request(1).status,
        "group Staff, Member: `Staff` takes no guests"
    );
    let assignment = scene.assignment(1);
    assert_eq!(assignment.state, AssignmentState::PartiallyDelivered);
    assert_eq!(scene.holds(BOB).len(), 1);
    // A member of the directory gets all of it.
    scene.member("eva@contoso.com", &[]);
    let _ = scene.run(grant("eva@contoso.com", "policy/rooms/direct"));
    assert_eq!(scene.assignment(2).state, AssignmentState::Delivered);
}

#[test]
fn a_dynamic_group_takes_no_members_from_packages() {
    let mut scene = Scene::of(TREE);
    scene.directly(|desk| {
        let number = desk.fresh::<Group>()?;
        let group = Group {
            number,
            name: "Design guests".to_owned(),
            mail: None,
            rule: Some("user.userType -eq \"Guest\"".to_owned()),
            guests: true,
            owners: Vec::new(),
            managed: None,
        };
        desk.put(Activity::AddGroup, &group)
    });
    let _ = scene.run(grant(BOB, "policy/library/partners"));
    assert!(scene.request(1).status.contains("is a dynamic group"));
    assert_eq!(scene.request(1).state, RequestState::PartiallyDelivered);
}

#[test]
fn a_domain_blocked_before_delivery_leaves_no_guest_and_can_be_reprocessed_after_repair() {
    let mut scene = Scene::of(&format!(
        "{TREE}\ndomains: {{ block: [wingtip.example] }}\n"
    ));
    let _ = scene.run(grant(BOB, "policy/library/partners"));
    assert_eq!(scene.request(1).state, RequestState::DeliveryFailed);
    assert!(scene.request(1).assignment.is_none());
    assert!(scene.request(1).status.contains("wingtip.example"));
    assert!(scene.person(BOB).account.is_none());
    assert!(scene.mails().is_empty());
    scene.apply(&format!("{TREE}\ndomains: {{ block: [other.example] }}\n"));
    let _ = scene.at("T3").run(request::Command::Reprocess(1));
    assert_eq!(scene.request(1).state, RequestState::Delivered);
    assert_eq!(scene.holds(BOB).len(), 2);
    assert_eq!(scene.mails(), [format!("access-granted to {BOB}")]);
}

#[test]
fn a_delivery_is_tried_for_several_hours_and_then_delivered_in_part() {
    let away = Away::default();
    let mut scene = Scene::beside(TREE, Box::new(away.clone()));
    away.answer(
        "Design guests",
        Outcome::Later("the server is not there".to_owned()),
    );
    let _ = scene.run(grant(BOB, "policy/library/partners"));
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivering);
    let mut hours = 0;
    while scene.assignment(1).state == AssignmentState::Delivering {
        hours += 1;
        let at = instant("T0") + jiff::SignedDuration::from_hours(hours);
        let _ = scene.tick(&at.to_string());
    }
    assert!((4..=24).contains(&hours), "{hours}");
    assert_eq!(scene.request(1).state, RequestState::PartiallyDelivered);
    away.mends();
    let _ = scene.run(Command::Reprocess(1));
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivered);
    assert_eq!(scene.request(1).state, RequestState::Delivered);
}

#[test]
fn a_role_that_another_package_left_is_held_through_the_one_whose_own_delivery_failed() {
    const PHOTOS: &str = "https://contoso.sharepoint.com/sites/photos";
    let away = Away::default();
    let mut scene = Scene::beside(TREE, Box::new(away.clone()));
    let _ = scene.run(grant(BOB, "policy/library/partners"));
    away.answer(PHOTOS, Outcome::Later("busy".to_owned()));
    let _ = scene.run(grant(BOB, "policy/rooms/direct"));
    // The second package is about to give the role, so it is not taken away with the first one.
    let _ = scene.run(Command::Revoke(1));
    away.answer(PHOTOS, Outcome::Failed("no".to_owned()));
    let later = instant("T0") + jiff::SignedDuration::from_mins(10);
    let _ = scene.tick(&later.to_string());
    let photos = format!("site {PHOTOS}: Visitors");
    assert!(scene.holds(BOB).contains(&photos));
    let assignment = scene.assignment(2);
    let held = |role: &Granted| role.place.name == PHOTOS && role.state == GrantState::Held;
    assert!(assignment.roles.iter().any(held), "{assignment:?}");
    let _ = scene.run(Command::Revoke(2));
    assert_eq!(scene.holds(BOB), Vec::<String>::new());
}

#[test]
fn a_failed_delivery_ends_too_and_nobody_is_mailed_about_access_they_never_had() {
    let away = Away::default();
    let mut scene = Scene::beside(TREE, Box::new(away.clone()));
    away.answer("guest", Outcome::Failed("no".to_owned()));
    let _ = scene.run(grant(BOB, "policy/library/partners"));
    assert_eq!(scene.assignment(1).state, AssignmentState::DeliveryFailed);
    let _ = scene.tick("T180");
    assert_eq!(scene.assignment(1).state, AssignmentState::Expired);
    assert!(scene.mails().is_empty());
    assert_eq!(scene.tick("T180").events, 0);
}

#[test]
fn an_assignment_that_ends_while_a_role_is_late_leaves_no_role() {
    let away = Away::default();
    let mut scene = Scene::beside(TREE, Box::new(away.clone()));
    away.answer("Design guests", Outcome::Unknown("timeout".to_owned()));
    let _ = scene.run(grant(BOB, "policy/library/partners"));
    let _ = scene.run(Command::Revoke(1));
    assert_eq!(scene.request(1).state, RequestState::Canceled);
    away.mends();
    let _ = scene.tick("T1");
    assert!(scene.holds(BOB).is_empty());
    let gone = |state: &GrantState| *state == GrantState::Gone;
    assert!(
        scene
            .assignment(1)
            .roles
            .iter()
            .all(|role| gone(&role.state))
    );
}

#[test]
fn a_role_that_is_late_to_go_stays_when_another_package_has_given_it_meanwhile() {
    let away = Away::default();
    let mut scene = Scene::beside(TREE, Box::new(away.clone()));
    let _ = scene.run(grant(BOB, "policy/library/partners"));
    let photos = "https://contoso.sharepoint.com/sites/photos";
    away.answer(
        &format!("revoke {photos}"),
        Outcome::Later("not there".to_owned()),
    );
    let _ = scene.run(Command::Revoke(1));
    let _ = scene.run(grant(BOB, "policy/rooms/direct"));
    away.mends();
    let _ = scene.tick("T1");
    assert!(
        scene
            .holds(BOB)
            .contains(&format!("site {photos}: Visitors"))
    );
    let _ = scene.run(Command::Revoke(2));
    assert!(scene.holds(BOB).is_empty());
}

#[test]
fn a_role_that_could_not_be_taken_away_is_asked_for_again() {
    let away = Away::default();
    let mut scene = Scene::beside(TREE, Box::new(away.clone()));
    let _ = scene.run(grant(BOB, "policy/library/partners"));
    away.answer("revoke Design guests", Outcome::Failed("locked".to_owned()));
    let _ = scene.run(Command::Revoke(1));
    assert_eq!(scene.holds(BOB), ["group Design guests: Member"]);
    away.mends();
    let _ = scene.run(Command::Reprocess(1));
    assert!(scene.holds(BOB).is_empty());
    assert_eq!(scene.refused(Command::Reprocess(1)).ground, Ground::State);
}

#[test]
fn reprocessing_puts_back_what_somebody_took_away_outside() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "policy/library/partners"));
    scene.take_away(BOB, "Design guests");
    let _ = scene.tick("T40");
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivered);
    assert_eq!(scene.holds(BOB).len(), 1);
    let _ = scene.run(Command::Reprocess(1));
    assert_eq!(scene.holds(BOB).len(), 2);
    assert_eq!(scene.assignment(1).end, Some(instant("T180")));
    // Once more changes nothing.
    assert!(scene.run(Command::Reprocess(1)).is_empty());
}

#[test]
fn what_a_rule_gave_is_not_delivered_to_whom_it_no_longer_matches() {
    let by_rule = "requestors: { automatic: { rule: 'user.department -eq \"Sales\"' } }";
    let tree = with("requestors: members", by_rule);
    let away = Away::default();
    away.answer("Design guests", Outcome::Failed("closed".to_owned()));
    away.answer(
        "https://contoso.sharepoint.com/sites/photos",
        Outcome::Failed("closed".to_owned()),
    );
    let mut scene = Scene::beside(&tree, Box::new(away.clone()));
    scene.member("eva@contoso.com", &[]);
    let works_in = |department: &str| {
        let mut row = people::PersonRow::new(mail("eva@contoso.com"));
        let department = Some(department.to_owned());
        let _ = row.attributes.insert("department".to_owned(), department);
        row
    };
    let _ = scene.tick("T1");
    scene.known(works_in("Sales"));
    let _ = scene.tick("T1");
    assert_eq!(scene.assignment(1).state, AssignmentState::DeliveryFailed);
    away.mends();
    scene.known(works_in("Legal"));
    let refused = [
        scene.refused(Command::Reprocess(1)),
        scene.refused(request::Command::Reprocess(1)),
    ];
    assert_eq!(refused.map(|refusal| refusal.ground), [Ground::NoPolicy; 2]);
    assert!(scene.holds("eva@contoso.com").is_empty());
}

#[test]
fn what_failed_is_not_delivered_once_more_through_a_policy_that_is_gone() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "policy/offices/direct"));
    assert_eq!(scene.assignment(1).state, AssignmentState::DeliveryFailed);
    scene.apply(&with(
        "      direct: { expires: { on: '2027-03-01T00:00:00Z' } }\n",
        "",
    ));
    let _ = scene.tick("T1");
    let refused = [
        scene.refused(Command::Reprocess(1)),
        scene.refused(request::Command::Reprocess(1)),
    ];
    assert_eq!(refused.map(|refusal| refusal.ground), [Ground::Unknown; 2]);
}

#[test]
fn a_role_that_a_package_has_lost_goes_also_when_the_rest_is_delivered_once_more_before() {
    const PHOTOS: &str = "https://contoso.sharepoint.com/sites/photos";
    let away = Away::default();
    away.answer("Design guests", Outcome::Failed("closed".to_owned()));
    let mut scene = Scene::beside(TREE, Box::new(away.clone()));
    let _ = scene.run(grant(BOB, "policy/library/partners"));
    let photos = format!("site {PHOTOS}: Visitors");
    assert_eq!(scene.holds(BOB), [photos]);
    away.mends();
    scene.apply(&with(
        "grants: { photos: Visitors, guests: Member }",
        "grants: { guests: Member }",
    ));
    let _ = scene.run(Command::Reprocess(1));
    let _ = scene.tick("T1");
    assert_eq!(scene.holds(BOB), ["group Design guests: Member"]);
}

#[test]
fn what_a_deleted_account_holds_is_not_forgotten_when_more_cannot_be_given() {
    let mut scene = Scene::of(&with(
        "grants: { photos: Visitors, guests: Member }",
        "grants: { photos: Visitors }",
    ));
    let _ = scene.run(grant(BOB, "policy/library/partners"));
    scene.apply(TREE);
    scene.change(BOB, |bob| {
        let account = bob.account.as_mut().expect("an account");
        account.deleted = Some(instant("T1"));
    });
    let _ = scene.at("T1").run(Command::Reprocess(1));
    let assignment = scene.assignment(1);
    assert_eq!(assignment.state, AssignmentState::PartiallyDelivered);
    let held = |role: &&Granted| role.state == GrantState::Held;
    assert_eq!(assignment.roles.iter().filter(held).count(), 1);
}

#[test]
fn after_fourteen_days_a_failed_delivery_is_final() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "policy/rooms/direct"));
    let _ = scene.at("T14").run(Command::Reprocess(1));
    let _ = scene.at("T29");
    assert_eq!(scene.refused(Command::Reprocess(1)).ground, Ground::Late);
}

#[test]
fn a_later_start_waits_until_then() {
    let mut scene = Scene::of(TREE);
    let mut later = direct(BOB, "policy/library/partners");
    later.start = Some(instant("T10"));
    let _ = scene.run(Command::Grant(later));
    assert_eq!(scene.request(1).state, RequestState::Scheduled);
    assert!(scene.person(BOB).account.is_none());
    assert_eq!(scene.tick("T9").events, 0);
    let _ = scene.tick("T10");
    assert_eq!(scene.request(1).state, RequestState::Delivered);
    assert_eq!(scene.assignment(1).start, instant("T10"));
    assert_eq!(scene.assignment(1).end, Some(instant("T190")));
}

#[test]
fn what_is_gone_by_its_start_fails_and_says_why() {
    let mut scene = Scene::of(TREE);
    let mut later = direct(BOB, "policy/library/partners");
    later.start = Some(instant("T10"));
    let _ = scene.run(Command::Grant(later));
    scene.apply(&TREE[..TREE.find("packages:").unwrap()]);
    let _ = scene.tick("T10");
    assert_eq!(scene.request(1).state, RequestState::DeliveryFailed);
    assert_eq!(scene.request(1).status, "the package is gone");
}

#[test]
fn a_request_for_a_package_that_is_gone_is_canceled() {
    let mut scene = Scene::of(TREE);
    let mut later = direct(BOB, "policy/library/partners");
    later.start = Some(instant("T10"));
    let _ = scene.run(Command::Grant(later));
    scene.apply(&TREE[..TREE.find("packages:").unwrap()]);
    let _ = scene.tick("T1");
    assert_eq!(scene.request(1).state, RequestState::Canceled);
    assert_eq!(scene.request(1).status, "the package is gone");
}
