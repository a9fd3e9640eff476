//! Terms of use: accepted when somebody redeems and again when that has ended. Entra's facts on terms of use and redemption.

use guestlist::governance::assignment::{Command as Assign, Direct};
use guestlist::governance::invitation::{Command, Door, Redeem, Send};
use guestlist::governance::people::Command as People;
use guestlist::governance::record::{AssignmentState, ExternalState, Identity};
use guestlist::governance::request::{Command as Asking, Visitor};
use guestlist::governance::{Ground, people};
use guestlist::model::Name;

use super::scene::{Scene, instant, mail};

const BOB: &str = "bob@wingtip.example";
const ADA: &str = "ada@fabrikam.com";

const TREE: &str = "
version: 1
organizations:
  fabrikam: { displayName: Fabrikam, domains: [fabrikam.com] }
resources:
  photos: { site: 'https://contoso.sharepoint.com/sites/photos' }
catalogs:
  marketing: { displayName: Marketing, resources: [photos] }
packages:
  library:
    catalog: marketing
    displayName: Photo library
    grants: { photos: Visitors }
    policies:
      direct: { expires: never }
      ask: { requestors: membersAndGuests, expires: never }
termsOfUse:
  rules:
    displayName: House rules
    documents: { en: { link: 'https://contoso.com/terms' } }
  studios:
    displayName: Studio terms
    documents: { en: { link: 'https://contoso.com/studios' } }
    requiredFor: { organizations: [fabrikam] }
";

fn with(key: &str) -> String {
    let rules = "    displayName: House rules\n";
    assert!(TREE.contains(rules));
    TREE.replace(rules, &format!("{rules}    {key}\n"))
}

fn names(accepting: &[&str]) -> Vec<Name> {
    accepting
        .iter()
        .map(|name| Name::parse(name).unwrap())
        .collect()
}

fn redeem(address: &str, accepting: &[&str]) -> Command {
    Command::Redeem(Box::new(Redeem {
        door: Door::Direct(mail(address)),
        identity: Identity::MicrosoftAccount,
        ids: Vec::new(),
        passcode: None,
        consent: true,
        accepting: names(accepting),
    }))
}

fn sign_in(address: &str, accepting: &[&str]) -> People {
    People::SignIn(mail(address), names(accepting))
}

fn invited(tree: &str, address: &str) -> Scene {
    let mut scene = Scene::of(tree);
    let _ = scene.run(Command::Send(Box::new(Send::to(address))));
    scene
}

fn state(scene: &Scene, address: &str) -> Option<ExternalState> {
    scene.person(address).account.unwrap().state
}

#[test]
fn a_guest_who_has_not_accepted_stays_pending_and_is_told_what_and_how() {
    let mut scene = invited(TREE, BOB);
    let refusal = scene.refused(redeem(BOB, &[]));
    assert_eq!(refusal.ground, Ground::Terms);
    assert_eq!(
        refusal.message,
        "bob@wingtip.example has not accepted the terms of use `House rules`, version 1: https://contoso.com/terms"
    );
    assert!(refusal.help.unwrap().contains("--accept-terms rules"));
    assert_eq!(state(&scene, BOB), Some(ExternalState::PendingAcceptance));
    let decision = scene.run(redeem(BOB, &["rules"]));
    assert_eq!(
        Scene::activities(&decision),
        ["Accept Terms Of Use", "Redeem external user invite"]
    );
    assert_eq!(decision.events[0].reason, "terms-of-use/rules version 1");
    assert_eq!(state(&scene, BOB), Some(ExternalState::Accepted));
    let accepted = scene.person(BOB).terms;
    let accepted: Vec<_> = accepted.values().collect();
    assert_eq!(
        (&*accepted[0].version, accepted[0].at),
        ("1", instant("T0"))
    );
}

#[test]
fn people_of_an_organization_accept_its_terms_as_well() {
    let mut scene = invited(TREE, ADA);
    let refusal = scene.refused(redeem(ADA, &["rules"]));
    assert!(refusal.message.contains("`Studio terms`"), "{refusal}");
    assert!(!refusal.message.contains("House rules"), "{refusal}");
    let _ = scene.run(redeem(ADA, &["rules", "studios"]));
    assert_eq!(scene.person(ADA).terms.len(), 2);
}

#[test]
fn names_that_are_no_terms_are_refused_and_a_wrong_passcode_accepts_nothing() {
    let mut scene = invited(TREE, BOB);
    let refusal = scene.refused(redeem(BOB, &["rules", "ruels"]));
    assert_eq!(refusal.ground, Ground::Unknown);
    assert_eq!(refusal.help.unwrap(), "did you mean `rules`?");
    let _ = scene.run(Command::Passcode(mail(BOB)));
    let refusal = scene.refused(Command::Redeem(Box::new(Redeem {
        door: Door::Direct(mail(BOB)),
        identity: Identity::Passcode,
        ids: Vec::new(),
        passcode: Some("00000000".to_owned()),
        consent: true,
        accepting: names(&["rules"]),
    })));
    assert_eq!(refusal.ground, Ground::Passcode);
    assert!(scene.person(BOB).terms.is_empty());
}

#[test]
fn an_acceptance_ends_after_a_time_and_is_due_at_the_next_sign_in() {
    let mut scene = invited(&with("reacceptAfter: 30d"), BOB);
    let _ = scene.run(redeem(BOB, &["rules"]));
    let _ = scene.at("T29").run(sign_in(BOB, &[]));
    let refusal = scene.at("T30").refused(sign_in(BOB, &[]));
    assert_eq!(refusal.ground, Ground::Terms);
    assert_eq!(scene.person(BOB).last_sign_in, Some(instant("T29")));
    let _ = scene.run(sign_in(BOB, &["rules"]));
    let _ = scene.at("T59").run(sign_in(BOB, &[]));
    assert_eq!(
        scene.at("T60").refused(sign_in(BOB, &[])).ground,
        Ground::Terms
    );
}

#[test]
fn accepting_again_what_still_holds_does_not_make_it_hold_longer() {
    let mut scene = invited(&with("reacceptAfter: 30d"), BOB);
    let _ = scene.run(redeem(BOB, &["rules"]));
    let _ = scene.at("T10").run(sign_in(BOB, &["rules"]));
    assert_eq!(
        scene.at("T30").refused(sign_in(BOB, &[])).ground,
        Ground::Terms
    );
}

#[test]
fn every_acceptance_ends_together_on_a_day_and_at_every_return_of_it() {
    // T31 is the first of February.
    let key = "expires: { on: 2027-02-01T00:00:00Z, every: 100d }";
    let mut scene = invited(&with(key), BOB);
    let _ = scene.run(redeem(BOB, &["rules"]));
    let _ = scene.at("T30").run(sign_in(BOB, &[]));
    for (over, then) in [("T31", "T130"), ("T131", "T230"), ("T431", "T530")] {
        let refusal = scene.at(over).refused(sign_in(BOB, &[]));
        assert_eq!(refusal.ground, Ground::Terms, "{over}");
        let _ = scene.run(sign_in(BOB, &["rules"]));
        let _ = scene.at(then).run(sign_in(BOB, &[]));
    }
}

#[test]
fn another_version_is_accepted_anew_and_another_name_is_not() {
    let mut scene = invited(TREE, BOB);
    let _ = scene.run(redeem(BOB, &["rules"]));
    scene.apply(&TREE.replace("  rules:\n", "  house:\n    formerly: rules\n"));
    let _ = scene.at("T1").run(sign_in(BOB, &[]));
    scene.apply(&with("version: '2'"));
    let refusal = scene.refused(sign_in(BOB, &[]));
    assert!(refusal.message.contains("version 2"), "{refusal}");
    let _ = scene.run(sign_in(BOB, &["rules"]));
    // Terms that are no longer declared are no longer asked for.
    let at = TREE.find("termsOfUse:").unwrap();
    scene.apply(&TREE[..at]);
    let _ = scene.run(sign_in(BOB, &[]));
}

#[test]
fn our_own_people_accept_nothing() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(sign_in("admin@contoso.com", &[]));
    let admin = scene.person("admin@contoso.com");
    let terms = scene.look(|desk| people::terms(desk, &admin, &admin.identities));
    assert!(terms.is_empty());
}

#[test]
fn delivery_asks_for_nothing_and_the_guest_accepts_at_first_use() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(Assign::Grant(Direct {
        person: mail(BOB),
        name: None,
        policy: "policy/library/direct".parse().unwrap(),
        start: None,
        end: None,
        justification: None,
    }));
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivered);
    assert_eq!(state(&scene, BOB), Some(ExternalState::PendingAcceptance));
    assert_eq!(scene.refused(redeem(BOB, &[])).ground, Ground::Terms);
    let _ = scene.run(redeem(BOB, &["rules"]));
    assert_eq!(scene.holds(BOB).len(), 1);
}

#[test]
fn who_has_come_in_and_must_accept_again_does_so_before_asking() {
    let mut scene = invited(&with("reacceptAfter: 30d"), BOB);
    let _ = scene.run(redeem(BOB, &["rules"]));
    let ask = || {
        Asking::Submit(guestlist::governance::request::Ask {
            package: Name::parse("library").unwrap(),
            policy: None,
            justification: None,
            answers: Vec::new(),
            start: None,
            end: None,
            person: None,
            visitor: Some(Visitor {
                mail: mail(BOB),
                identity: None,
            }),
        })
    };
    let refusal = scene.at("T30").refused(ask());
    assert_eq!(refusal.ground, Ground::Terms);
    assert!(refusal.help.unwrap().contains("sign-in"));
    let _ = scene.run(sign_in(BOB, &["rules"]));
    let _ = scene.run(ask());
    assert_eq!(scene.holds(BOB).len(), 1);
}

#[test]
fn nobody_accepts_for_somebody_else() {
    let mut scene = invited(&with("reacceptAfter: 30d"), BOB);
    let _ = scene.run(redeem(BOB, &["rules"]));
    let _ = scene.at("T40").acting("admin@contoso.com");
    let refusal = scene.refused(sign_in(BOB, &["rules"]));
    assert_eq!(refusal.ground, Ground::NotAllowed);
}
