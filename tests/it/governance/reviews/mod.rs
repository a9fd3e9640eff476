//! Access reviews of packages: rounds, decisions, what follows at the end. Entra's facts on them.

mod decisions;

use guestlist::app::governance::reviews;
use guestlist::governance::Ground;
use guestlist::governance::assignment::{Command as Assign, Direct};
use guestlist::governance::record::{
    Account, AssignmentState, Ended, ExternalState, Key, Mark, Person, Review, ReviewItem,
    ReviewState, Why,
};
use guestlist::governance::review::{Call, Command, Decided};
use guestlist::model::Address;

use super::scene::{BEGIN, Scene, instant, mail};
use crate::support::Sandbox;

const BOB: &str = "bob@wingtip.example";
const EVE: &str = "eve@wingtip.example";
const ANA: &str = "ana@contoso.com";
const JOE: &str = "joe@contoso.com";

const HEAD: &str = "
version: 1
resources:
  guests: { group: Design guests }
catalogs:
  marketing:
    displayName: Marketing
    resources: [guests]
    roles: { owners: ['user:lea@contoso.com'] }
packages:
  library:
    catalog: marketing
    displayName: Photo library
    grants: { guests: Member }
    policies:
";

/// A tree whose only policy has this review, and access of 180 days.
fn tree(review: &str) -> String {
    format!("{HEAD}      direct: {{ expires: {{ after: 180d }}, review: {{ {review} }} }}\n")
}

const ANA_REVIEWS: &str =
    "every: quarterly, decideWithin: 10d, reviewers: ['user:ana@contoso.com']";

fn grant(person: &str) -> Assign {
    Assign::Grant(Direct {
        person: mail(person),
        name: Some("Guest".to_owned()),
        policy: "policy/library/direct".parse::<Address>().unwrap(),
        start: None,
        end: None,
        justification: None,
    })
}

/// A scene in which Bob and Eve have the package.
fn scene(review: &str) -> Scene {
    let mut scene = Scene::of(&tree(review));
    for member in [ANA, JOE, "lea@contoso.com"] {
        scene.member(member, &[]);
    }
    for guest in [BOB, EVE] {
        let _ = scene.run(grant(guest));
        redeem(&mut scene, guest);
    }
    let _ = scene.mails();
    scene
}

fn account(person: &mut Person) -> &mut Account {
    person.account.as_mut().unwrap()
}

fn redeem(scene: &mut Scene, guest: &str) {
    scene.change(guest, |guest| {
        account(guest).state = Some(ExternalState::Accepted);
    });
}

fn decided(item: u64, call: Call, why: Option<&str>) -> Command {
    Command::Decide(Decided {
        items: vec![item],
        call,
        justification: why.map(str::to_owned),
    })
}

fn keep(item: u64) -> Command {
    decided(item, Call::Keep, Some("still works with us"))
}

fn remove(item: u64) -> Command {
    decided(item, Call::Remove, Some("has left"))
}

fn items(scene: &Scene, review: u64) -> Vec<ReviewItem> {
    scene.look(|desk| desk.find(Mark::ItemReview, &Key::new().number(review)))
}

fn review(scene: &Scene, number: u64) -> Review {
    scene.get(number)
}

fn rounds(scene: &Scene) -> usize {
    scene
        .look(|desk| {
            let mut found = 0;
            while desk.get::<Review>(found + 1)?.is_some() {
                found += 1;
            }
            Ok(found)
        })
        .try_into()
        .unwrap()
}

fn ended(scene: &Scene, assignment: u64) -> Option<Ended> {
    scene.assignment(assignment).ended
}

#[test]
fn a_round_opens_by_the_schedule_with_one_decision_for_each_assignment() {
    let mut scene = scene(ANA_REVIEWS);
    let _ = scene.tick("2027-03-31T23:59:59Z");
    assert_eq!(rounds(&scene), 0);
    let done = scene.tick("2027-04-01T00:00:00Z").done;
    assert_eq!(done["reviewsOpened"], 1);
    let round = review(&scene, 1);
    assert_eq!(round.state, ReviewState::InProgress);
    assert_eq!(round.closes, instant("2027-04-11T00:00:00Z"));
    assert_eq!((round.round, round.items), (1, 2));
    let of: Vec<u64> = items(&scene, 1)
        .iter()
        .map(|item| item.assignment)
        .collect();
    assert_eq!(of, [1, 2]);
    assert_eq!(scene.mails(), ["review-started to ana@contoso.com"]);
    assert_eq!(scene.tick("2027-04-01T00:00:00Z").due, 0);
}

#[test]
fn the_first_round_opens_at_the_start_that_the_policy_names() {
    let mut scene = scene(&format!("{ANA_REVIEWS}, starts: 2027-01-15"));
    let _ = scene.tick("2027-01-14T23:59:59Z");
    assert_eq!(rounds(&scene), 0);
    let _ = scene.tick("2027-01-15T00:00:00Z");
    assert_eq!(rounds(&scene), 1);
    let _ = scene.tick("2027-04-15T00:00:00Z");
    let _ = scene.tick("2027-04-15T00:00:00Z");
    assert_eq!(review(&scene, 1).state, ReviewState::Completed);
}

#[test]
fn a_review_that_a_policy_gets_later_opens_once_it_is_applied() {
    let without = format!("{HEAD}      direct: {{ expires: {{ after: 180d }} }}\n");
    let mut scene = Scene::of(&without);
    scene.member(ANA, &[]);
    let _ = scene.run(grant(BOB));
    let _ = scene.tick("T10");
    scene.apply(&tree(ANA_REVIEWS));
    // Nobody has told the engine: it looks through the policies once a day.
    let _ = scene.tick("T11");
    assert_eq!(review(&scene, 1).opens, instant("T11"));
}

#[test]
fn a_policy_that_nobody_has_anything_through_opens_no_round() {
    let mut scene = Scene::of(&tree(ANA_REVIEWS));
    for day in ["T0", "T100", "T200"] {
        let _ = scene.tick(day);
    }
    assert_eq!(rounds(&scene), 0);
    let _ = scene.run(grant(BOB));
    let _ = scene.tick("2027-10-01T00:00:00Z");
    assert_eq!(rounds(&scene), 1);
}

#[test]
fn what_comes_after_the_opening_belongs_to_the_next_round() {
    let mut scene = scene(ANA_REVIEWS);
    let _ = scene.tick("2027-04-01T00:00:00Z");
    let _ = scene.run(grant("kim@wingtip.example"));
    let _ = scene.tick("2027-04-02T00:00:00Z");
    assert_eq!(items(&scene, 1).len(), 2);
}

#[test]
fn more_assignments_than_one_decision_takes_are_all_listed_and_all_applied() {
    let mut scene = Scene::of(&tree(ANA_REVIEWS));
    scene.member(ANA, &[]);
    for number in 0..620 {
        let _ = scene.run(grant(&format!("guest{number}@wingtip.example")));
    }
    let _ = scene.mails();
    let _ = scene.tick("2027-04-01T00:00:00Z");
    assert_eq!(review(&scene, 1).items, 620);
    assert_eq!(scene.mails(), ["review-started to ana@contoso.com"]);
    let _ = scene.tick("2027-04-06T00:00:00Z");
    assert_eq!(scene.mails(), ["review-reminder to ana@contoso.com"]);
    let done = scene.tick("2027-04-11T00:00:00Z").done;
    assert_eq!(
        (done["decisionsApplied"], done["removedByReview"]),
        (620, 620)
    );
    assert_eq!(review(&scene, 1).removed, 620);
}

#[test]
fn the_reminder_goes_out_half_way_to_those_who_have_something_left() {
    let mut scene = scene(
        "every: quarterly, decideWithin: 10d, reviewers: ['user:ana@contoso.com', 'user:joe@contoso.com']",
    );
    let _ = scene.tick("2027-04-01T00:00:00Z");
    assert_eq!(
        scene.mails(),
        [
            "review-started to ana@contoso.com",
            "review-started to joe@contoso.com"
        ]
    );
    let _ = scene.tick("2027-04-05T23:59:59Z");
    assert!(scene.mails().is_empty());
    let ticked = scene.tick("2027-04-06T00:00:00Z");
    assert_eq!(ticked.done["reminded"], 2);
    assert_eq!(scene.mails().len(), 2);
    assert_eq!(scene.tick("2027-04-06T00:00:00Z").due, 0);
}

#[test]
fn nobody_is_reminded_who_has_decided_everything() {
    let mut scene = scene(ANA_REVIEWS);
    let _ = scene.tick("2027-04-01T00:00:00Z");
    let _ = scene.acting(ANA).run(keep(1));
    let _ = scene.run(remove(2));
    let _ = scene.mails();
    let _ = scene.tick("2027-04-06T00:00:00Z");
    assert!(scene.mails().is_empty());
}

#[test]
fn approve_keeps_and_deny_removes_at_the_end_and_not_before() {
    let mut scene = scene(ANA_REVIEWS);
    let _ = scene.tick("2027-04-01T00:00:00Z");
    let _ = scene.acting(ANA).run(keep(1));
    let _ = scene.run(remove(2));
    let _ = scene.tick("2027-04-10T23:59:59Z");
    assert_eq!(scene.assignment(2).state, AssignmentState::Delivered);
    let _ = scene.mails();
    let end = "2027-04-11T00:00:00Z";
    let done = scene.tick(end).done;
    assert_eq!((done["reviewsClosed"], done["reviewsCompleted"]), (1, 1));
    assert_eq!(ended(&scene, 1), None);
    // It was removed although its end was T180.
    let gone = ended(&scene, 2).unwrap();
    assert_eq!((gone.why, gone.at), (Why::Review, instant(end)));
    assert!(scene.holds(EVE).is_empty());
    // The last assignment went: what follows the last assignment follows.
    assert!(scene.person(EVE).is_blocked() && !scene.person(BOB).is_blocked());
    assert_eq!(
        scene.mails(),
        [
            "access-ended to eve@wingtip.example",
            "review-ended to lea@contoso.com"
        ]
    );
    assert_eq!(scene.tick(end).due, 0);
}

#[test]
fn a_review_that_closes_t90_with_deny_removes_at_t90_although_the_end_was_t180() {
    let mut scene = scene(&format!("{ANA_REVIEWS}, starts: 2027-03-22"));
    let _ = scene.tick("T80");
    let _ = scene.acting(ANA).run(remove(1));
    let _ = scene.tick("T89");
    assert_eq!(ended(&scene, 1), None);
    let _ = scene.tick("T90");
    let gone = ended(&scene, 1).unwrap();
    assert_eq!((gone.why, gone.at), (Why::Review, instant("T90")));
    assert_eq!(scene.assignment(1).end, Some(instant("T180")));
}

#[test]
fn a_review_does_not_extend() {
    let mut scene = scene(ANA_REVIEWS);
    let _ = scene.tick("2027-04-01T00:00:00Z");
    let _ = scene.acting(ANA).run(keep(1));
    let _ = scene.tick("2027-04-11T00:00:00Z");
    assert_eq!(scene.assignment(1).end, Some(instant("T180")));
    let _ = scene.tick("T180");
    assert_eq!(ended(&scene, 1).unwrap().why, Why::Expired);
}

#[test]
fn edits_of_the_policy_reach_the_next_round() {
    let mut scene = scene("every: monthly, decideWithin: 10d, reviewers: ['user:ana@contoso.com']");
    let _ = scene.tick("2027-02-01T00:00:00Z");
    scene.apply(&tree(
        "every: monthly, decideWithin: 5d, onNoResponse: keep, justification: optional, reviewers: ['user:joe@contoso.com']",
    ));
    let _ = scene.at("2027-02-02T00:00:00Z");
    assert_eq!(scene.acting(JOE).refused(keep(1)).ground, Ground::Unknown);
    let _ = scene.acting(ANA).run(keep(1));
    let _ = scene.tick("2027-02-11T00:00:00Z");
    assert_eq!(ended(&scene, 2).unwrap().why, Why::Review);
    let _ = scene.tick("2027-03-01T00:00:00Z");
    let second = review(&scene, 2);
    assert_eq!((second.round, second.items), (2, 1));
    assert_eq!(second.closes, instant("2027-03-06T00:00:00Z"));
    assert_eq!(items(&scene, 2)[0].reviewers, [scene.person(JOE).id()]);
}

#[test]
fn another_frequency_counts_from_when_the_engine_hears_of_it() {
    let mut scene = scene("every: yearly, reviewers: ['user:ana@contoso.com']");
    let _ = scene.tick("T10");
    scene.apply(&tree("every: weekly, reviewers: ['user:ana@contoso.com']"));
    let policy = scene.assignment(1).policy;
    let _ = scene.run(Command::Follow(policy));
    let _ = scene.tick("T16");
    assert_eq!(rounds(&scene), 0);
    let _ = scene.tick("T17");
    assert_eq!(review(&scene, 1).closes, instant("T24"));
}

#[test]
fn a_review_that_is_switched_off_opens_no_more_rounds_and_ends_the_open_one_as_usual() {
    let mut scene = scene("every: monthly, decideWithin: 10d, reviewers: ['user:ana@contoso.com']");
    let _ = scene.tick("2027-02-01T00:00:00Z");
    scene.apply(&tree(
        "enabled: false, every: monthly, decideWithin: 10d, reviewers: ['user:ana@contoso.com']",
    ));
    let _ = scene.acting(ANA).run(keep(1));
    let _ = scene.tick("2027-02-11T00:00:00Z");
    assert_eq!(ended(&scene, 2).unwrap().why, Why::Review);
    let _ = scene.tick("2027-04-01T00:00:00Z");
    assert_eq!(rounds(&scene), 1);
    // Switched on again, it goes on by its calendar.
    scene.apply(&tree(
        "every: monthly, decideWithin: 10d, reviewers: ['user:ana@contoso.com']",
    ));
    let _ = scene.tick("2027-04-03T00:00:00Z");
    let _ = scene.tick("2027-05-01T00:00:00Z");
    assert_eq!(review(&scene, 2).round, 2);
}

#[test]
fn a_round_whose_policy_is_gone_closes_and_applies_nothing() {
    let mut scene = scene(ANA_REVIEWS);
    let _ = scene.tick("2027-04-01T00:00:00Z");
    let _ = scene.acting(ANA).run(remove(1));
    let policy = scene.assignment(1).policy;
    scene.apply(&format!("{HEAD}      other: {{ expires: never }}\n"));
    let _ = scene
        .at("2027-04-02T00:00:00Z")
        .run(Command::Follow(policy));
    let _ = scene.tick("2027-04-02T00:00:00Z");
    let round = review(&scene, 1);
    assert!(round.void && round.state == ReviewState::Completed);
    // Access goes with the policy, not by the decision that was made.
    assert_eq!(ended(&scene, 1).unwrap().why, Why::PolicyGone);
    assert_eq!(ended(&scene, 2).unwrap().why, Why::PolicyGone);
    let left = scene.look(|desk| {
        let key = Key::new().person(desk.by_mail(&mail(ANA))?.unwrap().id());
        desk.find::<ReviewItem>(Mark::ItemReviewer, &key)
    });
    assert!(left.is_empty());
    assert_eq!(
        scene.tick("2027-07-01T00:00:00Z").done.get("reviewsOpened"),
        None
    );
}

#[test]
fn nobody_told_of_it_a_round_whose_policy_is_gone_still_applies_nothing() {
    let mut scene = scene(ANA_REVIEWS);
    let _ = scene.tick("2027-04-01T00:00:00Z");
    scene.apply(&format!("{HEAD}      other: {{ expires: never }}\n"));
    let _ = scene.tick("2027-04-11T00:00:00Z");
    assert!(review(&scene, 1).void);
    assert_eq!(ended(&scene, 1).unwrap().why, Why::PolicyGone);
}

#[test]
fn who_is_removed_meanwhile_does_no_harm() {
    let mut scene = scene(ANA_REVIEWS);
    let _ = scene.tick("2027-04-01T00:00:00Z");
    let _ = scene.run(Assign::Revoke(1));
    assert_eq!(scene.acting(ANA).refused(keep(1)).ground, Ground::State);
    scene.change(EVE, |eve| {
        account(eve).deleted = Some(instant("2027-04-05T00:00:00Z"));
    });
    let _ = scene.tick("2027-04-11T00:00:00Z");
    assert_eq!(ended(&scene, 1).unwrap().why, Why::Administrator);
    assert_eq!(ended(&scene, 2).unwrap().why, Why::Review);
    assert_eq!(review(&scene, 1).state, ReviewState::Completed);
}

#[test]
fn rounds_that_nobody_was_there_to_open_are_not_made_up_for() {
    let mut scene = scene(
        "every: weekly, decideWithin: 7d, onNoResponse: keep, reviewers: ['user:ana@contoso.com']",
    );
    let _ = scene.tick("T33");
    assert_eq!(rounds(&scene), 1);
    assert_eq!(review(&scene, 1).closes, instant("T40"));
    // Its reviewers have their full time, and the next round waits for its end.
    let _ = scene.tick("T35");
    assert_eq!(rounds(&scene), 1);
    let _ = scene.tick("T40");
    let _ = scene.tick("2027-02-10T00:01:00Z");
    assert_eq!(review(&scene, 2).state, ReviewState::InProgress);
}

#[test]
fn rounds_that_follow_on_each_other_keep_to_the_calendar() {
    let mut scene = scene(
        "every: weekly, decideWithin: 7d, onNoResponse: keep, reviewers: ['user:ana@contoso.com']",
    );
    let _ = scene.tick("2027-01-08T00:05:00Z");
    for at in ["15", "22", "29"] {
        let _ = scene.tick(&format!("2027-01-{at}T00:00:00Z"));
        let _ = scene.tick(&format!("2027-01-{at}T00:05:00Z"));
    }
    // Each opened minutes late, when the one before it had closed, and none of them hands that on.
    let closes = [1, 2, 3, 4].map(|number| review(&scene, number).closes);
    assert_eq!(closes, ["T14", "T21", "T28", "T35"].map(instant));
}

#[test]
fn a_reviewer_sees_their_own_and_follows_every_recommendation() {
    let mut scene = scene(ANA_REVIEWS);
    scene.change(BOB, |bob| {
        bob.last_sign_in = Some(instant("2027-03-20T00:00:00Z"));
    });
    let _ = scene.tick("2027-04-01T00:00:00Z");
    let engine = scene.acting(ANA).engine();
    let list = reviews::list(engine, false).unwrap();
    assert_eq!((list[0].number, list[0].undecided), (1, 2));
    let told = reviews::decide_as_recommended(engine, 1, None).unwrap();
    assert_eq!((told.decided, told.left), (1, 1));
    let (round, items) = reviews::show(engine, 1).unwrap();
    assert_eq!((round.kept, round.undecided, items.len()), (1, 1, 2));
    assert_eq!(items[0].by.as_deref(), Some(ANA));
    let told = reviews::decide(engine, 2, false, Some("has left".to_owned())).unwrap();
    assert_eq!((told.decided, told.left), (1, 0));
    // Whoever reviews nothing sees nothing; the administrator sees all.
    let engine = scene.acting(JOE).engine();
    assert!(reviews::list(engine, true).unwrap().is_empty());
    assert!(reviews::show(engine, 1).is_err());
    assert!(reviews::decide_as_recommended(engine, 1, None).is_err());
    let engine = scene.acting("admin@contoso.com").engine();
    assert_eq!(reviews::list(engine, true).unwrap().len(), 1);
    assert_eq!(reviews::show(engine, 1).unwrap().1.len(), 2);
}

#[test]
fn at_the_command_line_a_reviewer_lists_shows_and_decides() {
    let sandbox = Sandbox::project().write("tree.yaml", tree(ANA_REVIEWS));
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
    // A member who reviews: granted something, so that they are known, and accepted.
    let opened = ["tick", "--at", "2027-04-01T00:00:00Z", "--format", "json"];
    let _ = sandbox.run(opened).exits(0).says("\"reviewsOpened\": 1");
    let _ = sandbox
        .run(["review", "list"])
        .exits(0)
        .says("policy/library/direct");
    let _ = sandbox
        .run(["review", "show", "1"])
        .exits(0)
        .says("inProgress")
        .says(BOB);
    let _ = sandbox
        .run(["review", "show", "9"])
        .exits(1)
        .says("there is no review 9");
    let _ = sandbox
        .run(["review", "decide", "1", "--keep"])
        .exits(8)
        .says("only a reviewer decides");
    let _ = sandbox
        .run(["review", "decide", "--review", "1", "--all-recommended"])
        .exits(8);
    let _ = sandbox.run(["review", "decide", "1"]).exits(64);
    let _ = sandbox.run(["review", "decide", "--review", "1"]).exits(64);
    let _ = sandbox
        .run(["tick", "--at", "2027-04-11T00:00:00Z"])
        .exits(0)
        .says("1  reviews closed")
        .says("1  removed by review")
        .says("1  blocked");
    let _ = sandbox.run(["review", "list"]).exits(0).says("0 reviews");
    let _ = sandbox
        .run(["review", "list", "--all"])
        .exits(0)
        .says("completed");
}
