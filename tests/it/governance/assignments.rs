//! The life of an assignment: delivered, put right, reminded of, ended. Entra's facts on assignments.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use guestlist::app::governance::Directory;
use guestlist::governance::assignment::{Command, Direct};
use guestlist::governance::record::{
    AssignmentState, Ended, GrantState, Granted, Group, RequestState, UserType, Why,
};
use guestlist::governance::{Activity, Effect, Ground, Outcome, Unread, World, request};
use guestlist::model::Address;

use super::scene::{Scene, instant, mail};

const TREE: &str = "
version: 1
resources:
  photos: { site: 'https://contoso.sharepoint.com/sites/photos' }
  guests: { group: Design guests }
  staff: { group: Staff, guests: false }
organizations:
  wingtip: { displayName: Wingtip, domains: [wingtip.example] }
catalogs:
  marketing: { displayName: Marketing, resources: [photos, guests, staff] }
packages:
  library:
    catalog: marketing
    displayName: Photo library
    grants: { photos: Visitors, guests: Member }
    policies:
      partners:
        requestors: { organizations: [wingtip] }
        expires: { after: 180d }
        extension: { allowed: true }
      people:
        requestors: members
  rooms:
    catalog: marketing
    displayName: Rooms
    grants: { photos: Visitors, staff: Member }
    policies:
      direct: { expires: never }
  offices:
    catalog: marketing
    displayName: Offices
    grants: { staff: Member }
    incompatibleWith: [package/library]
    policies:
      direct: { expires: { on: '2027-03-01T00:00:00Z' } }
      closed: { requests: { enabled: false } }
      asks:
        requestors: anyExternal
        questions:
          - { ask: 'Which room?', required: true, pattern: '[A-Z][0-9]+' }
          - { ask: Floor, choices: [{ value: one }, { value: two }] }
";

const BOB: &str = "bob@wingtip.example";

fn direct(person: &str, policy: &str) -> Direct {
    Direct {
        person: mail(person),
        name: Some("Bob".to_owned()),
        policy: policy.parse::<Address>().unwrap(),
        start: None,
        end: None,
        justification: None,
    }
}

fn grant(person: &str, policy: &str) -> Command {
    Command::Grant(direct(person, policy))
}

/// A tree in which one text stands for another.
fn with(from: &str, to: &str) -> String {
    assert!(TREE.contains(from), "{from}");
    TREE.replace(from, to)
}

/// Answers of a directory that is elsewhere, by the name of the place.
#[derive(Debug, Clone, Default)]
struct Away(Rc<RefCell<BTreeMap<String, Outcome>>>);

impl Away {
    fn answer(&self, place: &str, outcome: Outcome) {
        let _ = self.0.borrow_mut().insert(place.to_owned(), outcome);
    }

    fn mends(&self) {
        self.0.borrow_mut().clear();
    }
}

impl Directory for Away {
    fn is_store(&self) -> bool {
        false
    }

    fn perform(&mut self, _: &str, effect: &Effect, _: &dyn World) -> Result<Outcome, Unread> {
        let name = match effect {
            Effect::Grant(role) => role.place.name.clone(),
            Effect::Revoke(role) => format!("revoke {}", role.place.name),
            Effect::CreateGuest { .. } => "guest".to_owned(),
            Effect::Mail(_) => "mail".to_owned(),
        };
        let answers = self.0.borrow();
        Ok(answers.get(&name).cloned().unwrap_or(Outcome::Done))
    }
}

// Delivery.

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

// Ends and reminders.

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

// Direct assignment.

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
