//! Redeeming: the ways of signing in and their order, passcodes, consent. Entra's facts on redemption.

use guestlist::governance::invitation::{Command, Door, Redeem, Reset, Send, providers};
use guestlist::governance::record::{
    ExternalState, Identity, Invitation, InvitationState, Passcode,
};
use guestlist::governance::{Activity, Ground, people};
use guestlist::model::text::Guid;

use super::scene::{Scene, instant, mail};
use crate::support::Sandbox;

const BOB: &str = "bob@wingtip.example";
const TENANT: &str = "3d0f5dec-0000-4000-8000-000000000001";
const OPEN: &str = "version: 1\ndomains: { block: [] }\n";

fn send(address: &str) -> Command {
    Command::Send(Box::new(Send::to(address)))
}

fn redeem(door: Door, identity: Identity) -> Redeem {
    Redeem {
        door,
        identity,
        ids: Vec::new(),
        passcode: None,
        consent: true,
        accepting: Vec::new(),
    }
}

fn direct(identity: Identity) -> Command {
    Command::Redeem(Box::new(redeem(Door::Direct(mail(BOB)), identity)))
}

fn by_code(code: &str) -> Command {
    let mut redeem = redeem(Door::Direct(mail(BOB)), Identity::Passcode);
    redeem.passcode = Some(code.to_owned());
    Command::Redeem(Box::new(redeem))
}

/// A scene in which Bob is invited.
fn invited() -> Scene {
    let mut scene = Scene::of(OPEN);
    let _ = scene.run(send(BOB));
    scene
}

fn ticket(scene: &Scene) -> String {
    let sent = scene.mail_to(BOB);
    sent.facts.link.split_once("ticket=").unwrap().1.to_owned()
}

fn code(scene: &mut Scene) -> String {
    let _ = scene.run(Command::Passcode(mail(BOB)));
    scene.mail_to(BOB).facts.message
}

/// Another code than this one.
fn other(code: &str) -> String {
    if code == "00000000" {
        "00000001"
    } else {
        "00000000"
    }
    .to_owned()
}

#[test]
fn redeeming_by_the_link_turns_pending_into_accepted() {
    let mut scene = invited();
    let ticket = ticket(&scene);
    let command = redeem(Door::Ticket(ticket), Identity::MicrosoftAccount);
    let decision = scene.at("T400").run(Command::Redeem(Box::new(command)));
    let [event] = &decision.events[..] else {
        panic!("{decision:?}");
    };
    assert_eq!(event.activity, Activity::Redeem);
    let bob = scene.person(BOB);
    assert_eq!(bob.identities, [Identity::MicrosoftAccount]);
    let account = bob.account.unwrap();
    assert_eq!(account.state, Some(ExternalState::Accepted));
    assert_eq!(account.state_changed, Some(instant("T400")));
    assert_eq!(scene.get::<Invitation>(1).state, InvitationState::Completed);
}

#[test]
fn a_link_that_was_altered_redeems_nothing() {
    let mut scene = invited();
    let mut ticket = ticket(&scene);
    ticket.pop();
    let command = redeem(Door::Ticket(ticket), Identity::MicrosoftAccount);
    let refusal = scene.refused(Command::Redeem(Box::new(command)));
    assert_eq!(refusal.ground, Ground::Unknown);
}

#[test]
fn every_link_of_one_person_works_until_one_is_redeemed() {
    let mut scene = invited();
    let first = ticket(&scene);
    let _ = scene.run(send(BOB));
    let command = redeem(Door::Ticket(first), Identity::MicrosoftAccount);
    let _ = scene.run(Command::Redeem(Box::new(command)));
    assert_eq!(scene.get::<Invitation>(2).state, InvitationState::Completed);
    assert_eq!(
        scene.refused(direct(Identity::MicrosoftAccount)).ground,
        Ground::State
    );
}

#[test]
fn a_reset_ends_the_link_before_and_lets_another_identity_redeem() {
    let mut scene = invited();
    let first = ticket(&scene);
    let _ = scene.run(direct(Identity::MicrosoftAccount));
    let _ = scene.run(Command::Reset(Reset {
        mail: mail(BOB),
        mailed: true,
        message: None,
    }));
    assert_eq!(scene.person(BOB).identities, [Identity::Own]);
    let command = redeem(Door::Ticket(first), Identity::MicrosoftAccount);
    assert_eq!(
        scene.refused(Command::Redeem(Box::new(command))).ground,
        Ground::State
    );
    let code = code(&mut scene);
    let _ = scene.run(by_code(&code));
    assert_eq!(scene.person(BOB).identities, [Identity::Passcode]);
}

#[test]
fn nobody_redeems_for_somebody_else() {
    let mut scene = invited();
    scene.member("ana@contoso.com", &[]);
    let _ = scene.acting("ana@contoso.com");
    let refusal = scene.refused(direct(Identity::MicrosoftAccount));
    assert_eq!(refusal.ground, Ground::NotAllowed);
    let _ = scene.acting(BOB);
    let _ = scene.run(direct(Identity::MicrosoftAccount));
}

#[test]
fn consent_is_needed() {
    let mut scene = invited();
    let mut command = redeem(Door::Direct(mail(BOB)), Identity::MicrosoftAccount);
    command.consent = false;
    let refusal = scene.refused(Command::Redeem(Box::new(command)));
    assert_eq!(refusal.ground, Ground::Consent);
}

#[test]
fn consent_is_skipped_for_an_organization_with_automatic_consent() {
    let tree = format!(
        "version: 1\norganizations:\n  wingtip:\n    displayName: Wingtip\n    tenant: {TENANT}\n    domains: [wingtip.example]\n    crossTenant: {{ automaticConsent: {{ inbound: true }} }}\n"
    );
    let mut scene = Scene::of(&tree);
    let _ = scene.run(send(BOB));
    let tenant = Guid::parse(TENANT).unwrap();
    let mut command = redeem(Door::Direct(mail(BOB)), Identity::Tenant { tenant });
    command.consent = false;
    let _ = scene.run(Command::Redeem(Box::new(command)));
}

#[test]
fn blocked_and_deleted_accounts_do_not_redeem() {
    let mut scene = invited();
    let _ = scene.run(people::Command::Block(mail(BOB)));
    assert_eq!(
        scene.refused(direct(Identity::MicrosoftAccount)).ground,
        Ground::Blocked
    );
    let _ = scene.run(people::Command::Delete(mail(BOB)));
    let command = redeem(Door::Ticket(ticket(&scene)), Identity::MicrosoftAccount);
    assert_eq!(
        scene.refused(Command::Redeem(Box::new(command))).ground,
        Ground::State
    );
}

fn offered(tree: &str, address: &str) -> Vec<String> {
    let address = mail(address);
    let offered = Scene::of(tree).look(|desk| providers(desk, &address));
    offered.iter().map(|provider| provider.word()).collect()
}

#[test]
fn providers_come_in_the_order_of_the_directory() {
    assert_eq!(
        offered(OPEN, "bob@gmail.com"),
        ["tenant:<id>", "google", "microsoftAccount", "passcode"]
    );
    assert_eq!(
        offered(OPEN, BOB),
        ["tenant:<id>", "microsoftAccount", "passcode"]
    );
}

#[test]
fn passcodes_are_offered_only_while_they_are_on() {
    let off = "version: 1\ncollaboration: { oneTimePasscode: false }\n";
    assert_eq!(offered(off, BOB), ["tenant:<id>", "microsoftAccount"]);
    let mut scene = Scene::of(off);
    let _ = scene.run(send(BOB));
    assert_eq!(
        scene.refused(Command::Passcode(mail(BOB))).ground,
        Ground::NotOffered
    );
    assert_eq!(
        scene.refused(by_code("00000000")).ground,
        Ground::WrongIdentity
    );
}

#[test]
fn an_organization_with_a_tenant_takes_that_tenant_alone() {
    let tree = format!(
        "version: 1\norganizations:\n  wingtip:\n    displayName: Wingtip\n    tenant: {TENANT}\n    domains: [wingtip.example]\n"
    );
    assert_eq!(offered(&tree, BOB), [format!("tenant:{TENANT}")]);
    let mut scene = Scene::of(&tree);
    let _ = scene.run(send(BOB));
    let other = Guid::parse("4d0f5dec-0000-4000-8000-000000000001").unwrap();
    for identity in [
        Identity::Tenant { tenant: other },
        Identity::MicrosoftAccount,
    ] {
        assert_eq!(
            scene.refused(direct(identity)).ground,
            Ground::WrongIdentity
        );
    }
    let refusal = scene.refused(Command::Passcode(mail(BOB)));
    assert_eq!(refusal.ground, Ground::WrongIdentity);
    let tenant = Guid::parse(TENANT).unwrap();
    let _ = scene.run(direct(Identity::Tenant { tenant }));
}

#[test]
fn an_organization_with_a_federation_or_a_social_provider_takes_that_alone() {
    let tree = "version: 1\norganizations:\n  wingtip:\n    displayName: Wingtip\n    domains: [wingtip.example]\n    federation: { issuer: 'https://sts.wingtip.example/adfs' }\n";
    assert_eq!(
        offered(tree, BOB),
        ["federation:https://sts.wingtip.example/adfs"]
    );
    let tree = "version: 1\norganizations:\n  wingtip:\n    displayName: Wingtip\n    domains: [wingtip.example]\n    social: facebook\n";
    assert_eq!(offered(tree, BOB), ["facebook"]);
}

#[test]
fn a_passcode_proves_the_address() {
    let mut scene = invited();
    let code = code(&mut scene);
    assert_eq!(code.len(), 8);
    let _ = scene.run(by_code(&code));
    let bob = scene.person(BOB);
    assert_eq!(bob.identities, [Identity::Passcode]);
    assert!(scene.get::<Passcode>(1).used.is_some());
}

#[test]
fn a_passcode_is_kept_as_a_salted_hash_only() {
    use guestlist::governance::record::Delivery;
    let mut scene = invited();
    let code = code(&mut scene);
    let kept = scene.get::<Passcode>(1);
    assert!(!format!("{kept:?}").contains(&code));
    assert_ne!(kept.salt, "");
    let delivery = scene.get::<Delivery>(2);
    assert!(!format!("{delivery:?}").contains(&code));
}

#[test]
fn a_passcode_works_for_thirty_minutes() {
    for (at, works) in [
        ("2027-01-01T00:29:59Z", true),
        ("2027-01-01T00:30:00Z", false),
    ] {
        let mut scene = invited();
        let code = code(&mut scene);
        let _ = scene.at(at);
        if works {
            let _ = scene.run(by_code(&code));
        } else {
            assert_eq!(scene.refused(by_code(&code)).ground, Ground::Passcode);
        }
    }
}

#[test]
fn a_passcode_works_once() {
    let mut scene = invited();
    let code = code(&mut scene);
    let _ = scene.run(by_code(&code));
    let _ = scene.run(Command::Reset(Reset {
        mail: mail(BOB),
        mailed: false,
        message: None,
    }));
    let refusal = scene.refused(by_code(&code));
    assert_eq!(refusal.ground, Ground::Passcode);
    assert!(refusal.message.contains("once"));
}

#[test]
fn a_passcode_takes_five_wrong_attempts_and_each_is_kept() {
    let mut scene = invited();
    let code = code(&mut scene);
    for attempt in 1..=5 {
        assert_eq!(
            scene.refused(by_code(&other(&code))).ground,
            Ground::Passcode
        );
        assert_eq!(scene.get::<Passcode>(1).attempts, attempt);
    }
    let refusal = scene.refused(by_code(&code));
    assert!(refusal.message.contains("too many"), "{}", refusal.message);
    assert_eq!(
        scene.person(BOB).account.unwrap().state,
        Some(ExternalState::PendingAcceptance)
    );
}

#[test]
fn a_new_passcode_ends_the_one_before() {
    let mut scene = invited();
    let first = code(&mut scene);
    let second = code(&mut scene);
    assert_ne!(first, second);
    assert_eq!(scene.refused(by_code(&first)).ground, Ground::Passcode);
    let _ = scene.run(by_code(&second));
}

#[test]
fn an_address_gets_ten_passcodes_a_minute() {
    let mut scene = invited();
    for _ in 0..10 {
        let _ = scene.run(Command::Passcode(mail(BOB)));
    }
    assert_eq!(
        scene.refused(Command::Passcode(mail(BOB))).ground,
        Ground::Limit
    );
    let _ = scene.at("2027-01-01T00:01:00Z");
    let _ = scene.run(Command::Passcode(mail(BOB)));
}

#[test]
fn a_guest_who_signs_in_otherwise_gets_no_passcode() {
    let mut scene = invited();
    let _ = scene.run(direct(Identity::MicrosoftAccount));
    assert_eq!(
        scene.refused(Command::Passcode(mail(BOB))).ground,
        Ground::WrongIdentity
    );
}

#[test]
fn the_program_redeems_by_the_link_and_without_it() {
    let sandbox = Sandbox::project();
    let shown = sandbox.exactly(["invitation", "send", BOB, "--no-mail"]);
    let ticket = shown.split_once("ticket=").unwrap().1;
    let ticket = ticket.split_whitespace().next().unwrap();
    let redeem = ["invitation", "redeem", "--with", "microsoftAccount"];
    let by_ticket = |more: &[&'static str]| {
        let words: Vec<&str> = redeem.iter().chain(more).copied().collect();
        let mut command = sandbox.command(&words);
        sandbox.outcome(&words, command.env("GUESTLIST_TICKET", ticket))
    };
    // A ticket on the command line is refused, and not told again.
    let words: Vec<&str> = redeem.into_iter().chain(["--ticket", ticket]).collect();
    let refused = sandbox.run(words).exits(64);
    assert!(!refused.stderr.contains(ticket), "{}", refused.stderr);
    let _ = by_ticket(&[]).exits(4).says("`--consent`");
    let _ = by_ticket(&["--consent"])
        .exits(0)
        .says("accepted")
        .says("MicrosoftAccount");
    let _ = sandbox
        .run([
            "invitation",
            "redeem",
            "--direct",
            BOB,
            "--with",
            "microsoftAccount",
            "--consent",
        ])
        .exits(5)
        .says("has redeemed already");
    let _ = sandbox
        .run(["invitation", "redeem", "--with", "google"])
        .exits(64);
}

#[test]
fn the_link_and_the_passcode_are_lines_of_standard_input() {
    let sandbox = Sandbox::project();
    let shown = sandbox.exactly(["invitation", "send", BOB, "--no-mail"]);
    let link = shown
        .split_whitespace()
        .find(|word| word.contains("ticket="));
    let _ = sandbox.run(["invitation", "passcode", BOB]).exits(0);
    let mails = crate::support::files_below(&sandbox.path("mail"));
    let mails = mails
        .iter()
        .map(|mail| std::fs::read_to_string(mail).unwrap());
    let code = mails
        .flat_map(|mail| {
            mail.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .find(|word| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_digit()))
        .unwrap();
    let lines = format!("{}\n{code}\n", link.unwrap());
    let sandbox = sandbox.write("lines", lines).write("wrong", "12345678\n");
    let from = |file: &str, words: &[&str]| {
        let file = std::fs::File::open(sandbox.path(file)).unwrap();
        sandbox.outcome(words, sandbox.command(words).stdin(file))
    };
    let redeem = ["invitation", "redeem", "--passcode", "-", "--consent"];
    let direct: Vec<&str> = redeem.iter().chain(&["--direct", BOB]).copied().collect();
    let _ = from("wrong", &direct).exits(4).says("passcode");
    let by_link: Vec<&str> = redeem.iter().chain(&["--ticket", "-"]).copied().collect();
    let _ = from("lines", &by_link).exits(0).says("accepted");
}
