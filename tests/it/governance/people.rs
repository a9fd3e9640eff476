//! People of the directory: kinds of B2B user, sponsors, blocking, deleting, leaving. Entra's facts on users.

use guestlist::governance::people::{Command, Convert, GroupRow, MembershipRow, PersonRow, Row};
use guestlist::governance::record::{
    DirectoryRole, ExternalState, Governed, Identity, Person, UserType,
};
use guestlist::governance::{Activity, Ground};
use guestlist::model::text::{Line, Principal};

use super::scene::{Scene, instant, mail};

const BOB: &str = "bob@wingtip.example";
const TREE: &str = "version: 1\ndomains: { block: [] }\n";

pub(super) fn row(address: &str) -> PersonRow {
    PersonRow {
        name: Some("Somebody".to_owned()),
        ..PersonRow::new(mail(address))
    }
}

fn guest(address: &str) -> PersonRow {
    PersonRow {
        user_type: Some(UserType::Guest),
        ..row(address)
    }
}

/// A scene in which Bob is a guest.
fn with_bob() -> Scene {
    let mut scene = Scene::of(TREE);
    scene.known(guest(BOB));
    scene
}

fn kind(person: &Person) -> (bool, bool) {
    (person.is_outside(), person.is_guest())
}

#[test]
fn external_and_guest_are_independent_of_each_other() {
    let mut scene = Scene::of(TREE);
    for (address, external, user_type) in [
        ("a@wingtip.example", true, UserType::Guest),
        ("b@wingtip.example", true, UserType::Member),
        ("c@contoso.com", false, UserType::Guest),
        ("d@contoso.com", false, UserType::Member),
    ] {
        scene.known(PersonRow {
            external: Some(external),
            user_type: Some(user_type),
            ..row(address)
        });
        let person = scene.person(address);
        assert_eq!(
            kind(&person),
            (external, user_type == UserType::Guest),
            "{address}"
        );
    }
}

#[test]
fn a_guest_who_was_here_before_is_redeemed_and_not_governed() {
    let scene = with_bob();
    let bob = scene.person(BOB);
    assert_eq!(kind(&bob), (true, true));
    assert_eq!(bob.governed, Governed::NotGoverned);
    let account = bob.account.unwrap();
    assert_eq!(account.state, Some(ExternalState::Accepted));
    assert_eq!(account.upn, "bob_wingtip.example#EXT#@contoso.com");
}

#[test]
fn somebody_of_our_own_signs_in_to_our_own_tenant() {
    let mut scene = Scene::of(TREE);
    scene.known(row("ana@contoso.com"));
    let ana = scene.person("ana@contoso.com");
    assert_eq!(ana.identities, [Identity::Own]);
    assert_eq!(ana.account.unwrap().upn, "ana@contoso.com");
}

#[test]
fn what_a_row_does_not_say_stays_and_the_same_row_again_changes_nothing() {
    let mut scene = Scene::of(TREE);
    let full = PersonRow {
        company: Some(Some("Contoso".to_owned())),
        last_sign_in: Some(instant("T2")),
        ..row("ana@contoso.com")
    };
    scene.known(full.clone());
    let rows = vec![Row::Person(Box::new(full))];
    assert!(scene.run(Command::Import(rows)).is_empty());
    scene.known(PersonRow {
        name: Some("Ana".to_owned()),
        last_sign_in: Some(instant("T1")),
        ..PersonRow::new(mail("ana@contoso.com"))
    });
    let ana = scene.person("ana@contoso.com");
    assert_eq!(
        (ana.name.as_str(), ana.company.as_deref()),
        ("Ana", Some("Contoso"))
    );
    assert_eq!(ana.last_sign_in, Some(instant("T2")));
}

#[test]
fn an_address_belongs_to_one_person() {
    let mut scene = with_bob();
    let refusal = scene.refused(Command::Import(vec![Row::Person(Box::new(PersonRow {
        other_mails: Some(vec![mail(BOB)]),
        ..row("ana@contoso.com")
    }))]));
    assert!(refusal.message.contains("belongs to bob@wingtip.example"));
}

#[test]
fn only_administrators_of_users_import_block_and_delete() {
    let mut scene = with_bob();
    scene.member("ana@contoso.com", &[DirectoryRole::GuestInviter]);
    let _ = scene.acting("ana@contoso.com");
    let bob = || mail(BOB);
    for command in [
        Command::Import(vec![Row::Person(Box::new(row("eve@contoso.com")))]),
        Command::Block(bob()),
        Command::Unblock(bob()),
        Command::Delete(bob()),
        Command::Restore(bob()),
        Command::AddSponsor(bob(), Principal::parse("user:ana@contoso.com").unwrap()),
        Command::RemoveSponsor(bob(), Principal::parse("user:ana@contoso.com").unwrap()),
        Command::Convert(bob(), Convert::Governed),
    ] {
        assert_eq!(scene.refused(command).ground, Ground::NotAllowed);
    }
}

#[test]
fn a_block_and_its_end_are_recorded_once() {
    let mut scene = with_bob();
    let decision = scene.run(Command::Block(mail(BOB)));
    assert_eq!(decision.events.len(), 1);
    assert_eq!(decision.events[0].activity, Activity::DisableUser);
    assert!(scene.person(BOB).is_blocked());
    assert_eq!(
        scene.refused(Command::Block(mail(BOB))).ground,
        Ground::State
    );
    let _ = scene.run(Command::Unblock(mail(BOB)));
    assert!(!scene.person(BOB).is_blocked());
    assert_eq!(
        scene.refused(Command::Unblock(mail(BOB))).ground,
        Ground::State
    );
}

#[test]
fn a_deleted_guest_can_be_restored_for_thirty_days() {
    for (at, works) in [("T30", false), ("2027-01-30T23:59:59Z", true)] {
        let mut scene = with_bob();
        let _ = scene.run(Command::Delete(mail(BOB)));
        assert!(scene.person(BOB).living().is_none());
        let _ = scene.at(at);
        if works {
            let _ = scene.run(Command::Restore(mail(BOB)));
            assert!(scene.person(BOB).living().is_some());
        } else {
            assert_eq!(
                scene.refused(Command::Restore(mail(BOB))).ground,
                Ground::Late
            );
        }
    }
}

#[test]
fn own_people_are_no_guests_to_be_blocked_or_deleted() {
    let mut scene = Scene::of(TREE);
    scene.known(row("ana@contoso.com"));
    let ana = || mail("ana@contoso.com");
    for command in [
        Command::Block(ana()),
        Command::Delete(ana()),
        Command::Leave(ana()),
    ] {
        assert_eq!(scene.refused(command).ground, Ground::State);
    }
}

#[test]
fn a_guest_leaves_by_themselves_when_the_tenant_lets_them() {
    let mut scene = with_bob();
    scene.member("ana@contoso.com", &[]);
    let _ = scene.acting("ana@contoso.com");
    assert_eq!(
        scene.refused(Command::Leave(mail(BOB))).ground,
        Ground::NotAllowed
    );
    let _ = scene.acting(BOB);
    let _ = scene.run(Command::Leave(mail(BOB)));
    let account = scene.person(BOB).account.unwrap();
    assert_eq!(account.deleted, Some(instant("T0")));
    let _ = scene.at("T29").run(Command::Restore(mail(BOB)));
}

#[test]
fn a_guest_stays_when_the_tenant_does_not_let_them_leave() {
    let mut scene = Scene::of("version: 1\ncollaboration: { guestsMayLeave: false }\n");
    scene.known(guest(BOB));
    let _ = scene.acting(BOB);
    assert_eq!(
        scene.refused(Command::Leave(mail(BOB))).ground,
        Ground::NotOffered
    );
}

#[test]
fn sponsors_are_at_most_five() {
    let mut scene = with_bob();
    for n in 0..6 {
        scene.known(row(&format!("s{n}@contoso.com")));
        let sponsor = Principal::parse(&format!("user:s{n}@contoso.com")).unwrap();
        let add = Command::AddSponsor(mail(BOB), sponsor);
        if n < 5 {
            let _ = scene.run(add.clone());
            assert_eq!(scene.refused(add).ground, Ground::State);
        } else {
            assert_eq!(scene.refused(add).ground, Ground::Limit);
        }
    }
    let first = Principal::parse("user:s0@contoso.com").unwrap();
    let _ = scene.run(Command::RemoveSponsor(mail(BOB), first.clone()));
    assert_eq!(scene.person(BOB).sponsors.len(), 4);
    let again = Command::RemoveSponsor(mail(BOB), first);
    assert_eq!(scene.refused(again).ground, Ground::State);
}

#[test]
fn a_sponsor_is_somebody_the_directory_knows() {
    let mut scene = with_bob();
    for sponsor in ["user:nobody@contoso.com", "group:None", "manager"] {
        let sponsor = Principal::parse(sponsor).unwrap();
        let refusal = scene.refused(Command::AddSponsor(mail(BOB), sponsor));
        assert_eq!(refusal.ground, Ground::Unknown);
    }
}

#[test]
fn a_guest_is_converted_to_governed_and_back() {
    let mut scene = with_bob();
    let decision = scene.run(Command::Convert(mail(BOB), Convert::Governed));
    assert_eq!(decision.events[0].activity, Activity::UpdateLifecycle);
    assert_eq!(scene.person(BOB).governed, Governed::Governed);
    let again = Command::Convert(mail(BOB), Convert::Governed);
    assert_eq!(scene.refused(again).ground, Ground::State);
    let _ = scene.run(Command::Convert(mail(BOB), Convert::NotGoverned));
    assert_eq!(scene.person(BOB).governed, Governed::NotGoverned);
}

#[test]
fn a_group_that_takes_no_guests_takes_none_by_import() {
    let mut scene = with_bob();
    let group = Line::parse("Staff").unwrap();
    let _ = scene.run(Command::Import(vec![Row::Group(GroupRow {
        name: group.clone(),
        mail: None,
        rule: None,
        guests: Some(false),
        owners: None,
    })]));
    let refusal = scene.refused(Command::Import(vec![Row::Membership(MembershipRow {
        group,
        member: mail(BOB),
        role: "Member".to_owned(),
    })]));
    assert!(refusal.message.contains("takes none"));
}

#[test]
fn signing_in_is_for_accounts_that_are_redeemed_and_not_blocked() {
    let mut scene = with_bob();
    let _ = scene.at("T3").run(Command::SignIn(mail(BOB), Vec::new()));
    assert_eq!(scene.person(BOB).last_sign_in, Some(instant("T3")));
    let _ = scene.run(Command::Block(mail(BOB)));
    assert_eq!(
        scene.refused(Command::SignIn(mail(BOB), Vec::new())).ground,
        Ground::Blocked
    );
    let mut scene = Scene::of(TREE);
    scene.known(PersonRow {
        state: Some(Some(ExternalState::PendingAcceptance)),
        ..guest(BOB)
    });
    assert_eq!(
        scene.refused(Command::SignIn(mail(BOB), Vec::new())).ground,
        Ground::State
    );
}

#[test]
fn an_import_is_in_the_audit_log_person_by_person() {
    let mut scene = Scene::of(TREE);
    let rows = ["a@contoso.com", "b@contoso.com"];
    let rows = rows.map(|address| Row::Person(Box::new(row(address))));
    let decision = scene.run(Command::Import(rows.to_vec()));
    let activities: Vec<Activity> = decision.events.iter().map(|event| event.activity).collect();
    assert_eq!(activities, [Activity::AddUser, Activity::AddUser]);
}
