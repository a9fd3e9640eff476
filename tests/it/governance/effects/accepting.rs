//! Whom a plan that changes terms of use asks to accept, held against what the engine asks of them after the apply.

use std::collections::BTreeSet;

use guestlist::governance::invitation::{Command, Door, Redeem, Send};
use guestlist::governance::people;
use guestlist::governance::record::{ExternalState, Identity};
use guestlist::impact::What;
use guestlist::model::Name;

use super::foretold;
use crate::governance::scene::{Scene, mail};

const PEOPLE: [&str; 3] = ["ada@a.example", "bob@b.example", "pia@a.example"];

/// A tree with house rules for everybody and terms for some organizations, each as given.
fn tree(rules: &str, terms: &str) -> String {
    let object = |name: &str, keys: &str| match keys {
        "" => String::new(),
        keys => format!(
            "  {name}: {{ displayName: {name}, documents: {{ en: {{ link: 'https://contoso.com/{name}' }} }}, {keys} }}\n"
        ),
    };
    format!(
        "version: 1
organizations:
  a: {{ displayName: A, domains: [a.example] }}
  b: {{ displayName: B, domains: [b.example] }}
termsOfUse:
{}{}",
        object("rules", rules),
        object("terms", terms)
    )
}

/// Those who have redeemed and have terms to accept.
fn asked(scene: &Scene) -> BTreeSet<String> {
    let asked = PEOPLE.iter().filter(|address| {
        let person = scene.person(address);
        let is_in =
            person.account.as_ref().and_then(|it| it.state) == Some(ExternalState::Accepted);
        let due = scene.look(|desk| people::terms(desk, &person, &person.identities));
        is_in && due.iter().any(|required| required.is_due)
    });
    asked.map(|address| (*address).to_owned()).collect()
}

#[test]
fn whoever_must_accept_by_a_plan_is_told_and_nobody_else() {
    const ALL: &str = "requiredFor: allGuests";
    const A: &str = "requiredFor: { organizations: [a] }";
    const BOTH: &str = "requiredFor: { organizations: [a, b] }";
    let mut told = BTreeSet::new();
    for (rules, terms) in [
        (ALL, A),
        ("requiredFor: allGuests, version: '2'", A),
        (ALL, BOTH),
        (ALL, ALL),
        (ALL, "requiredFor: { organizations: [b] }"),
        (ALL, ""),
        ("requiredFor: allGuests, reacceptAfter: 10d", A),
        ("requiredFor: allGuests, expires: { on: 2026-12-01 }", A),
        ("requiredFor: allGuests, expires: { on: 2031-12-01 }", A),
        ("requiredFor: { organizations: [b] }, version: '2'", A),
    ] {
        let mut scene = Scene::of(&tree(ALL, A));
        for address in PEOPLE {
            let _ = scene.run(Command::Send(Box::new(Send::to(address))));
        }
        for (address, accepting) in [
            ("ada@a.example", &["rules", "terms"][..]),
            ("bob@b.example", &["rules"]),
        ] {
            let accepting = accepting.iter().map(|name| Name::parse(name).unwrap());
            let redeem = Redeem {
                door: Door::Direct(mail(address)),
                identity: Identity::MicrosoftAccount,
                ids: Vec::new(),
                passcode: None,
                consent: true,
                accepting: accepting.collect(),
            };
            let _ = scene.run(Command::Redeem(Box::new(redeem)));
        }
        let _ = scene.at("T30");
        assert_eq!(asked(&scene), BTreeSet::new());
        let wanted = tree(rules, terms);
        let effects = foretold(&mut scene, &wanted);
        let accepting = effects.iter().filter(|effect| effect.what == What::Accept);
        let names: BTreeSet<String> = accepting.flat_map(|it| it.names.clone()).collect();
        scene.apply(&wanted);
        assert_eq!(names, asked(&scene), "{wanted}");
        told.insert(names);
    }
    assert!(told.len() > 2, "{told:?}");
}
