//! People whom lists name by address and a store knows: only what is true of them counts, held against the engine.

use guestlist::governance::record::{ExternalState, Identity};
use guestlist::impact::{Account, Asked, Impact, Sides, impact};
use guestlist::model::Desired;
use guestlist::model::text::Guid;
use guestlist::plan::between;

use super::told::{Somebody, enter};
use super::{B_TENANT, There, agree_with, now, of, own, pairs, words};
use crate::governance::scene::{BEGIN, Scene, loaded};

const OTHER_TENANT: &str = "3d0f5dec-0000-4000-8000-00000000000f";

fn tenant(id: &str) -> Identity {
    Identity::Tenant {
        tenant: Guid::parse(id).unwrap(),
    }
}

/// A further address of somebody.
const FURTHER: &str = "zoe@a.example";

/// Who is in the directory and has signed in.
fn known() -> Vec<Somebody> {
    vec![
        Somebody::plain("mia@contoso.com", Identity::Own, Account::Member),
        Somebody::plain("ina@contoso.com", Identity::Own, Account::InternalGuest),
        Somebody::plain("ada@a.example", Identity::Passcode, Account::Guest),
        Somebody::plain("eva@a.example", tenant(B_TENANT), Account::ExternalMember),
        Somebody {
            also: Some(FURTHER),
            ..Somebody::plain("zoe@contoso.com", Identity::Own, Account::Member)
        },
    ]
}

/// Who was invited, and may sign in in every way; nobody else of these addresses is there.
const INVITED: &str = "pia@a.example";
/// Whom nobody knows.
const UNKNOWN: [&str; 2] = ["new@contoso.com", "ned@a.example"];

/// A store that knows these people, and has applied nothing.
fn store() -> Scene {
    let mut scene = Scene::of("version: 1\ncatalogs: { open: { displayName: Open } }\n");
    let invited = Somebody::plain(INVITED, Identity::Own, Account::Guest);
    let mut people = known();
    people.push(invited);
    scene.directly(|desk| {
        for (nth, somebody) in people.iter().enumerate() {
            let _ = enter(desk, nth, somebody)?;
        }
        Ok(())
    });
    scene.alter(INVITED, |person| {
        person.account.as_mut().unwrap().state = Some(ExternalState::PendingAcceptance);
    });
    // Somebody who only asked, and somebody who was deleted, are not there.
    scene.directly(|desk| {
        let number = enter(
            desk,
            90,
            &Somebody::plain(UNKNOWN[1], Identity::Passcode, Account::Guest),
        )?;
        let mut person = desk
            .get::<guestlist::governance::record::Person>(number)?
            .unwrap();
        person.account = None;
        desk.keep(&person)
    });
    scene
}

/// Everybody of these addresses whom there may be: in a group and holding something, or not.
fn named() -> Vec<Somebody> {
    let mut all = known();
    let ways = [
        Identity::Passcode,
        Identity::Facebook,
        tenant(B_TENANT),
        tenant(OTHER_TENANT),
    ];
    for way in ways {
        all.push(Somebody::plain(INVITED, way.clone(), Account::Guest));
        for account in [Account::Guest, Account::ExternalMember] {
            all.push(Somebody::plain(UNKNOWN[1], way.clone(), account));
        }
    }
    for account in Account::INSIDE {
        all.push(Somebody::plain(UNKNOWN[0], Identity::Own, account));
    }
    let with = |groups: &[&str], holds: &[&str], somebody: &Somebody| Somebody {
        groups: groups.iter().map(|it| (*it).to_owned()).collect(),
        holds: holds.iter().map(|it| (*it).to_owned()).collect(),
        ..somebody.clone()
    };
    let each = all.iter().flat_map(|it| {
        [
            with(&[], &[], it),
            with(&["team"], &[], it),
            with(&[], &["held"], it),
        ]
    });
    each.collect()
}

const WHO: [&str; 11] = [
    "members",
    "membersAndGuests",
    "anyExternal",
    "configuredOrganizations",
    "{ organizations: [a] }",
    "{ people: ['user:mia@contoso.com', 'user:ina@contoso.com'] }",
    "{ people: ['user:mia@contoso.com'] }",
    "{ people: ['user:ada@a.example', 'user:eva@a.example', 'group:team'] }",
    "{ people: ['user:pia@a.example'] }",
    "{ people: ['user:new@contoso.com'] }",
    "{ people: ['user:ned@a.example', 'user:eva@a.example'] }",
];

/// A world in which one of these may ask, and one of them on easier terms.
fn world(who: usize, easier: usize, of_a: &str, excludes: &str) -> String {
    world_of([WHO[who], WHO[easier]], of_a, excludes)
}

fn world_of([who, easier]: [&str; 2], of_a: &str, excludes: &str) -> String {
    format!(
        "version: 1
organizations:
  a: {{ displayName: A, {of_a} }}
  b: {{ displayName: B, tenant: {B_TENANT} }}
catalogs: {{ open: {{ displayName: Open }} }}
packages:
  held: {{ catalog: open, displayName: Held, policies: {{ direct: {{ expires: never }} }} }}
  it:
    catalog: open
    displayName: It
    incompatibleWith: {excludes}
    policies:
      one: {{ requestors: {who}, expires: {{ after: 30d }}, approval: {{ stages: [{{ approvers: ['user:boss@contoso.com'] }}] }} }}
      two: {{ requestors: {easier}, expires: never }}
"
    )
}

const A: &str = "domains: [a.example]";

#[test]
fn whoever_is_named_by_address_and_known_counts_as_what_they_are() {
    let mut worlds = Vec::new();
    for who in 0..WHO.len() {
        for easier in [4, 7] {
            worlds.push(world(who, easier, A, "[]"));
        }
    }
    // The same where their organizations are others, or something excludes it.
    for who in 4..WHO.len() {
        for excludes in ["[]", "[package/held]", "['group:team']"] {
            worlds.push(world(who, 6, &format!("tenant: {OTHER_TENANT}"), excludes));
        }
    }
    agree(&worlds);
}

#[test]
fn whoever_is_named_by_a_further_address_is_the_same_person() {
    let who = [
        "members",
        "{ people: ['user:mia@contoso.com'] }",
        "{ people: ['user:zoe@contoso.com'] }",
        "{ people: ['user:zoe@a.example'] }",
        "{ people: ['user:zoe@contoso.com', 'user:zoe@a.example'] }",
        "{ people: ['user:mia@contoso.com', 'user:zoe@a.example'] }",
    ];
    let mut worlds = Vec::new();
    for first in who {
        for second in &who[1..5] {
            worlds.push(world_of([first, second], A, "[]"));
        }
        worlds.push(world_of([first, who[1]], A, "[package/held]"));
    }
    agree(&worlds);
    // The one for the other is no difference.
    let trees = [who[2], who[3]].map(|one| loaded(&world_of([one, who[1]], A, "[]"), now()));
    let found = with_store(&trees[0], &trees[1]);
    assert_eq!(found.rows, []);
}

/// Holds impact against the engine for pairs of worlds, with a store that knows people.
fn agree(worlds: &[String]) {
    let store = store();
    let addresses: Vec<String> = named().iter().map(|it| it.mail.to_string()).collect();
    let somebody_else = |it: &Somebody| {
        it.account == Account::None || !addresses.iter().any(|mail| *mail == it.mail.as_str())
    };
    let there = There {
        counts: &somebody_else,
        besides: &named(),
        store: Some(&store),
    };
    let size = worlds.len();
    let (compared, gained) = agree_with(worlds, pairs(size), &[BEGIN], &there);
    assert!(gained > 0 && gained < compared, "{gained} of {compared}");
}

/// What is found from one tree to another by the store.
fn with_store(old: &Desired, new: &Desired) -> Impact {
    let plan = between(old, new);
    let (sides, own) = (Sides::between(&plan, old), own());
    store().look(|desk| {
        let world = desk.world();
        let named = false;
        let zone = &jiff::tz::TimeZone::UTC;
        impact(
            &plan,
            &sides,
            [&own, &own],
            now(),
            Some(Asked { world, named, zone }),
        )
    })
}

/// What is said from one world to another, by a store and without one.
fn said(was: usize, is: usize) -> [Vec<String>; 2] {
    let old = loaded(&world(was, 6, A, "[]"), now());
    let new = loaded(&world(is, 6, A, "[]"), now());
    [with_store(&old, &new), of(&old, &new)].map(|found| {
        let rows = found.rows.iter().filter(|row| row.kind.widens());
        rows.map(words).collect()
    })
}

#[test]
fn what_somebody_might_be_is_told_of_addresses_that_nobody_has() {
    let [with, without] = said(0, 5);
    let terms = "it with 1 approval, for 30d by policy/it/one";
    assert_eq!(with, [format!("new user:ina@contoso.com: {terms}")]);
    // Who has the address may be a guest, as far as a tree knows.
    assert_eq!(without.len(), 1, "{without:?}");
    let [with, without] = said(0, 9);
    assert_eq!(
        with,
        [format!(
            "new user:new@contoso.com (nobody in the directory has this address yet): {terms}"
        )]
    );
    assert_eq!(without, [format!("new user:new@contoso.com: {terms}")]);
}
