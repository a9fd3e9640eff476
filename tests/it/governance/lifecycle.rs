//! After the last assignment. Entra's facts on losing it, and the timelines that follow from them.

use guestlist::app::AppError;
use guestlist::governance::assignment::{Command, Direct};
use guestlist::governance::people;
use guestlist::governance::record::{
    AssignmentState, Delivery, DeliveryState, Governed, Hold, Invitation, InvitationState, Key,
    Mark, Place, RecordId, RecordKind, Request, RequestState, Source, UserType, Why,
};
use guestlist::governance::{Activity, Ground, Refusal};
use guestlist::model::Address;

use super::scene::{Scene, instant, mail};

const BOB: &str = "bob@wingtip.example";

fn tree(settings: &str) -> String {
    format!(
        "
version: 1
resources:
  guests: {{ group: Design guests }}
  photos: {{ site: 'https://contoso.sharepoint.com/sites/photos' }}
catalogs:
  marketing: {{ displayName: Marketing, resources: [guests, photos] }}
packages:
  library:
    catalog: marketing
    displayName: Photo library
    grants: {{ guests: Member }}
    policies:
      direct: {{ expires: {{ after: 180d }} }}
  team:
    catalog: marketing
    displayName: Team
    grants: {{ photos: Visitors }}
    policies:
      direct: {{ expires: never }}
{settings}"
    )
}

const NOTHING: &str = "externalUsers: { afterLastAssignment: nothing }\n";
const BLOCK: &str = "externalUsers: { afterLastAssignment: block }\n";
const AT_ONCE: &str =
    "externalUsers: { afterLastAssignment: blockAndDelete, deleteAfter: immediately }\n";

fn grant(person: &str, policy: &str) -> Command {
    Command::Grant(Direct {
        person: mail(person),
        name: Some("Bob".to_owned()),
        policy: policy.parse::<Address>().unwrap(),
        start: None,
        end: None,
        justification: None,
    })
}

/// A guest with one assignment of 180 days.
fn guest(settings: &str) -> Scene {
    let mut scene = Scene::of(&tree(settings));
    let _ = scene.run(grant(BOB, "policy/library/direct"));
    let _ = scene.mails();
    scene
}

fn restore(scene: &mut Scene, address: &str) -> Result<(), Refusal> {
    let restore = people::Command::Restore(mail(address));
    match scene.engine().serve(&restore.into()) {
        Ok(_) => Ok(()),
        Err(AppError::Governance(refusal)) => Err(*refusal),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn p180d_t180_expired_and_blocked_t210_deleted_t240_purged() {
    let mut scene = guest("");
    let _ = scene.tick("T179");
    assert!(!scene.person(BOB).is_blocked());
    let done = scene.tick("T180").done;
    assert_eq!((done["expired"], done["blocked"]), (1, 1));
    assert!(scene.person(BOB).is_blocked());
    assert_eq!(scene.mails(), [format!("access-ended to {BOB}")]);
    let _ = scene.tick("T209");
    assert!(scene.person(BOB).living().is_some());
    let done = scene.tick("T210").done;
    assert_eq!(done["deleted"], 1);
    let bob = scene.person(BOB);
    assert!(bob.living().is_none());
    assert_eq!(bob.account.unwrap().deleted, Some(instant("T210")));
    assert!(
        scene.mails().is_empty(),
        "nobody is mailed about a deletion"
    );
    let _ = scene.tick("T239");
    assert!(scene.look(|desk| desk.by_mail(&mail(BOB))).is_some());
    assert_eq!(scene.tick("T240").done["purged"], 1);
    assert!(scene.look(|desk| desk.by_mail(&mail(BOB))).is_none());
    assert!(scene.tick("T400").done.is_empty());
}

#[test]
fn a_purged_person_keeps_the_number_and_nothing_else() {
    let mut scene = guest("");
    scene.change(BOB, |bob| {
        bob.company = Some("Wingtip".to_owned());
        bob.other_mails = vec![mail("robert@wingtip.example")];
    });
    let number = scene.person(BOB).number;
    let invitation = Invitation {
        number: 1,
        mail: mail(BOB),
        person: scene.person(BOB).id(),
        by: None,
        at: instant("T0"),
        user_type: UserType::Guest,
        redirect: "https://contoso.com".to_owned(),
        mailed: true,
        message: Some("Dear Bob".to_owned()),
        language: None,
        copy_to: None,
        ticket: Some("ab".to_owned()),
        state: InvitationState::PendingAcceptance,
    };
    scene.write(&|desk| desk.keep(&invitation));
    for day in ["T180", "T210", "T240"] {
        let _ = scene.tick(day);
    }
    let gone = scene.get::<guestlist::governance::record::Person>(number);
    let text = format!("{gone:?}{:?}", scene.get::<Invitation>(1));
    for personal in ["Bob", "bob", "Wingtip", "wingtip", "robert"] {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
    assert_eq!((gone.account, gone.epoch), (None, 1));
    assert_eq!(scene.assignment(1).person, gone_id(number));
}

const fn gone_id(number: u64) -> guestlist::governance::record::PersonId {
    guestlist::governance::record::PersonId(number)
}

#[test]
fn a_guest_who_was_here_before_is_untouched() {
    let mut scene = guest("");
    scene.change(BOB, |bob| bob.governed = Governed::NotGoverned);
    let _ = scene.tick("T180");
    assert_eq!(scene.mails(), [format!("access-ended to {BOB}")]);
    let bob = scene.person(BOB);
    assert!(!bob.is_blocked() && bob.wait.is_none());
    assert_eq!(scene.tick("T400").due, 0);
}

#[test]
fn with_a_second_package_still_assigned_nobody_is_blocked() {
    let mut scene = guest("");
    let _ = scene.run(grant(BOB, "policy/team/direct"));
    let _ = scene.tick("T180");
    assert_eq!(scene.assignment(1).state, AssignmentState::Expired);
    assert!(!scene.person(BOB).is_blocked());
    let _ = scene.run(Command::Revoke(2));
    assert!(scene.person(BOB).is_blocked());
}

#[test]
fn settings_changed_at_t190_to_nothing_do_not_save_who_lost_access_at_t180() {
    let mut scene = guest("");
    let _ = scene.tick("T180");
    let _ = scene.at("T190");
    scene.apply(&tree(NOTHING));
    let _ = scene.tick("T210");
    assert!(scene.person(BOB).living().is_none());
}

#[test]
fn settings_that_come_later_do_not_reach_who_lost_access_before() {
    let mut scene = guest(NOTHING);
    let _ = scene.tick("T180");
    assert!(!scene.person(BOB).is_blocked());
    scene.apply(&tree(AT_ONCE));
    let _ = scene.tick("T300");
    assert!(
        scene
            .person(BOB)
            .living()
            .is_some_and(|account| account.enabled)
    );
}

#[test]
fn block_keeps_the_account() {
    let mut scene = guest(BLOCK);
    let _ = scene.tick("T180");
    assert!(scene.person(BOB).is_blocked());
    assert_eq!(scene.tick("T900").due, 0);
    assert!(scene.person(BOB).living().is_some());
}

#[test]
fn zero_days_delete_at_once() {
    let mut scene = guest(AT_ONCE);
    let done = scene.tick("T180").done;
    assert_eq!(done["deleted"], 1);
    assert!(!done.contains_key("blocked"));
    assert!(scene.person(BOB).living().is_none());
}

#[test]
fn it_happens_even_with_other_access_and_the_access_goes_with_the_purge() {
    let mut scene = guest("");
    let hold = Hold {
        number: 99,
        person: scene.person(BOB).id(),
        place: Place::group("Old friends"),
        role: "Member".to_owned(),
        source: Source::Direct,
    };
    scene.write(&|desk| desk.put(Activity::AddMember, &hold));
    let _ = scene.tick("T180");
    assert!(scene.person(BOB).is_blocked());
    assert_eq!(scene.holds(BOB), ["group Old friends: Member"]);
    let _ = scene.tick("T210");
    assert_eq!(scene.holds(BOB), ["group Old friends: Member"]);
    let _ = scene.tick("T240");
    assert!(scene.look(|desk| desk.get::<Hold>(99)).is_none());
}

#[test]
fn a_new_assignment_calls_the_deletion_off_and_lifts_the_block() {
    let mut scene = guest("");
    let _ = scene.tick("T180");
    let _ = scene.at("T200").run(grant(BOB, "policy/team/direct"));
    let bob = scene.person(BOB);
    assert!(!bob.is_blocked() && bob.wait.is_none());
    assert_eq!(scene.tick("T400").due, 0);
    // The next loss is another one, with days of its own.
    let _ = scene.run(Command::Revoke(2));
    let wait = scene.person(BOB).wait.unwrap();
    assert_eq!((wait.epoch, wait.delete_at), (2, Some(instant("T430"))));
}

#[test]
fn a_block_by_an_administrator_is_not_lifted_by_a_new_assignment() {
    let mut scene = guest("");
    scene.change(BOB, |bob| bob.account.as_mut().unwrap().enabled = false);
    let _ = scene.tick("T180");
    assert!(!scene.person(BOB).wait.unwrap().blocked);
    let _ = scene.run(grant(BOB, "policy/team/direct"));
    let bob = scene.person(BOB);
    assert!(bob.is_blocked() && bob.wait.is_none());
}

#[test]
fn a_deletion_of_another_loss_does_nothing() {
    let mut scene = guest("");
    let _ = scene.tick("T180");
    // As if the wait had been left over from an earlier loss.
    scene.change(BOB, |bob| bob.epoch += 1);
    assert!(!scene.tick("T210").done.contains_key("deleted"));
    assert!(scene.person(BOB).living().is_some());
    assert_eq!(scene.tick("T210").due, 0);
}

#[test]
fn who_is_no_longer_governed_is_not_deleted() {
    let mut scene = guest("");
    let _ = scene.tick("T180");
    scene.change(BOB, |bob| bob.governed = Governed::NotGoverned);
    let _ = scene.tick("T210");
    let bob = scene.person(BOB);
    assert!(bob.living().is_some() && bob.wait.is_none());
}

#[test]
fn a_deleted_account_can_be_restored_for_30_days() {
    let mut scene = guest("");
    let _ = scene.tick("T180");
    let refusal = restore(&mut scene, BOB).unwrap_err();
    assert_eq!(refusal.ground, Ground::State);
    let _ = scene.tick("T210");
    let _ = scene.at("T239");
    restore(&mut scene, BOB).unwrap();
    assert!(scene.person(BOB).living().is_some());
    assert_eq!(scene.tick("T300").due, 0);
    // The block of the wait is lifted by a new assignment still.
    assert!(scene.person(BOB).is_blocked());
    let _ = scene.run(grant(BOB, "policy/team/direct"));
    assert!(!scene.person(BOB).is_blocked());
}

#[test]
fn after_30_days_it_cannot_be_restored() {
    let mut scene = guest("");
    for day in ["T180", "T210"] {
        let _ = scene.tick(day);
    }
    let _ = scene.at("T240");
    let refusal = restore(&mut scene, BOB).unwrap_err();
    assert_eq!(refusal.ground, Ground::Late);
}

#[test]
fn the_assignments_of_a_deleted_user_count_for_30_days_and_then_end() {
    let mut scene = guest("");
    let _ = scene.at("T10");
    scene.change(BOB, |bob| {
        bob.account.as_mut().unwrap().deleted = Some(instant("T10"));
    });
    let _ = scene.tick("T39");
    assert!(scene.assignment(1).state.counts());
    let _ = scene.tick("T40");
    let ended = scene.assignment(1).ended.unwrap();
    assert_eq!((ended.why, ended.at), (Why::PersonGone, instant("T40")));
    assert!(scene.mails().is_empty());
}

#[test]
fn open_requests_go_with_the_account() {
    let mut scene = guest("");
    let _ = scene.tick("T180");
    let request = Request {
        number: 50,
        state: RequestState::PendingApproval,
        completed: None,
        assignment: None,
        ..scene.request(1)
    };
    scene.write(&|desk| desk.keep(&request));
    let _ = scene.tick("T210");
    assert_eq!(scene.request(50).state, RequestState::Canceled);
    assert_eq!(scene.request(50).status, "the account was deleted");
}

#[test]
fn at_most_ten_or_five_percent_are_deleted_a_day_and_the_rest_the_next_day() {
    let mut scene = Scene::of(&tree(AT_ONCE));
    for number in 0..25 {
        let _ = scene.run(grant(
            &format!("guest{number}@wingtip.example"),
            "policy/library/direct",
        ));
    }
    let ticked = scene.tick("T180");
    assert_eq!(ticked.done["deleted"], 10);
    // Those who wait for the next day are blocked until then.
    assert_eq!(ticked.done["blocked"], 15);
    assert_eq!(ticked.alerts[0].code, "deletionsWait");
    assert!(
        ticked.alerts[0]
            .message
            .starts_with("15 deletions wait for tomorrow: at most 10")
    );
    assert!(scene.tick("2027-06-30T23:59:59Z").done.is_empty());
    assert_eq!(scene.tick("T181").done["deleted"], 10);
    let last = scene.tick("T182");
    assert_eq!(last.done["deleted"], 5);
    assert!(last.alerts.is_empty());
}

#[test]
fn five_percent_of_many_guests_are_more_than_ten() {
    let mut scene = Scene::of(&tree(""));
    for number in 0..240 {
        let _ = scene.run(grant(
            &format!("guest{number}@wingtip.example"),
            "policy/library/direct",
        ));
    }
    let _ = scene.tick("T180");
    assert_eq!(scene.tick("T210").done["deleted"], 12);
}

#[test]
fn a_second_tick_does_nothing() {
    let mut scene = guest("");
    for day in ["T180", "T210", "T240"] {
        let _ = scene.tick(day);
        let again = scene.tick(day);
        assert_eq!((again.due, again.events), (0, 0), "{day}");
    }
}

#[test]
fn a_purge_leaves_no_mail_to_who_is_gone_and_no_address() {
    let mut scene = guest("");
    for day in ["T180", "T210"] {
        let _ = scene.tick(day);
    }
    // One that was given up and one that waits, beside those that were sent.
    scene.write(&|desk| {
        let key = Key::new().text(BOB);
        let sent = desk.find::<Delivery>(Mark::DeliveryMail, &key)?;
        assert!(!sent.is_empty());
        for (state, number) in [(DeliveryState::Failed, 901), (DeliveryState::Planned, 902)] {
            desk.keep(&Delivery {
                number,
                state,
                key: format!("late/{number}"),
                retry_at: Some(instant("T300")),
                ..sent[0].clone()
            })?;
        }
        Ok(())
    });
    let kept = |scene: &Scene| {
        scene.look(|desk| {
            let mut bodies = String::new();
            for kind in RecordKind::ALL {
                for number in desk.world().numbers(*kind, 0, 10_000)? {
                    let id = RecordId {
                        kind: *kind,
                        number,
                    };
                    bodies += &desk
                        .world()
                        .record(id)?
                        .map_or(String::new(), |it| it.body());
                }
            }
            Ok(bodies)
        })
    };
    assert!(kept(&scene).contains(BOB));
    let _ = scene.mails();
    assert_eq!(scene.tick("T240").done["purged"], 1);
    assert!(!kept(&scene).contains(BOB), "{}", kept(&scene));
    let _ = scene.tick("T301");
    assert!(scene.mails().is_empty());
}

#[test]
fn an_account_is_deleted_for_good_by_hand_once_it_is_deleted() {
    let mut scene = guest("");
    let purge = || people::Command::Purge(mail(BOB));
    assert_eq!(scene.refused(purge()).ground, Ground::State);
    let _ = scene.run(people::Command::Delete(mail(BOB)));
    scene.member("nobody@contoso.com", &[]);
    let refusal = scene.acting("nobody@contoso.com").refused(purge());
    assert_eq!(refusal.ground, Ground::NotAllowed);
    let decision = scene.operator().run(purge());
    assert!(Scene::activities(&decision).contains(&"Hard Delete user"));
    assert!(scene.look(|desk| desk.by_mail(&mail(BOB))).is_none());
    assert_eq!(scene.assignment(1).ended.unwrap().why, Why::PersonGone);
}
