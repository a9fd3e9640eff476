//! Who of an organization may redeem an invitation: cross-tenant settings that let in others than before are held against the
//! engine, for somebody who is listed and somebody who is not.

use guestlist::governance::invitation::{Command, Door, Redeem, Send};
use guestlist::governance::record::Identity;
use guestlist::model::text::Guid;

use super::already::foretold;
use super::{is_refused_as_wider, words};
use crate::governance::scene::{Scene, instant, loaded, mail};

const TENANT: &str = "3d0f5dec-0000-4000-8000-000000000001";
const BOB: &str = "7d0f5dec-0000-4000-8000-000000000007";
const CREW: &str = "7d0f5dec-0000-4000-8000-000000000008";

const REACHES: &[&str] = &[
    "all",
    "none",
    "{ only: [BOB] }",
    "{ only: [CREW] }",
    "{ only: [BOB, CREW] }",
    "{ except: [BOB] }",
    "{ except: [CREW] }",
    "{ except: [BOB, CREW] }",
];

fn tree(users: &str, requestors: &str) -> String {
    let applications = if users == "none" { "none" } else { "all" };
    let users = users.replace("BOB", BOB).replace("CREW", CREW);
    format!(
        "version: 1
organizations:
  a: {{ displayName: A, tenant: {TENANT}, domains: [a.example], state: configured,
    crossTenant: {{ inbound: {{ users: {users}, applications: {applications} }} }} }}
  b: {{ displayName: B, domains: [b.example], state: configured }}
catalogs: {{ open: {{ displayName: Open }} }}
packages:
  it: {{ catalog: open, displayName: It, policies: {{ p: {{ requestors: {requestors}, expires: never }} }} }}
  theirs: {{ catalog: open, displayName: Theirs, policies: {{ p: {{ requestors: {{ organizations: [b] }}, expires: never }} }} }}
"
    )
}

/// Whether somebody of the organization with these ids may redeem an invitation.
fn redeems(users: &str, ids: &[&str]) -> bool {
    let mut scene = Scene::of(&tree("all", "anyExternal"));
    let _ = scene.run(Command::Send(Box::new(Send::to("bob@a.example"))));
    scene.operator().apply(&tree(users, "anyExternal"));
    let redeem = Command::Redeem(Box::new(Redeem {
        door: Door::Direct(mail("bob@a.example")),
        identity: Identity::Tenant {
            tenant: Guid::parse(TENANT).unwrap(),
        },
        ids: ids.iter().map(|id| Guid::parse(id).unwrap()).collect(),
        passcode: None,
        consent: true,
        accepting: Vec::new(),
    }));
    scene.engine().serve(&redeem.into()).is_ok()
}

#[test]
fn others_are_let_in_if_and_only_if_somebody_gains() {
    let people = [&[][..], &[BOB], &[CREW], &[BOB, CREW]];
    let let_in: Vec<Vec<bool>> = REACHES
        .iter()
        .map(|users| people.iter().map(|ids| redeems(users, ids)).collect())
        .collect();
    for (old, was) in REACHES.iter().zip(&let_in) {
        let mut scene = Scene::of(&tree(old, "anyExternal"));
        for (new, is) in REACHES.iter().zip(&let_in) {
            let desired = loaded(&tree(new, "anyExternal"), instant("T0"));
            let (plan, found) = foretold(&mut scene, &desired);
            let told: Vec<String> = found.rows.iter().map(words).collect();
            let case = format!("{old} {new} {told:#?}");
            let any = |one: &[bool], other: &[bool]| one.iter().zip(other).any(|(a, b)| *a && !*b);
            let kinds = |kind: &str| told.iter().any(|row| row.starts_with(kind));
            assert_eq!(kinds("gone "), any(was, is), "{case}");
            assert_eq!(kinds("new "), any(is, was), "{case}");
            assert_eq!(is_refused_as_wider(&plan, found), any(is, was), "{case}");
        }
    }
}

#[test]
fn whoever_may_redeem_from_now_on_gets_what_their_organization_may_ask_for() {
    let said = |requestors: &str, [old, new]: [&str; 2]| {
        let mut scene = Scene::of(&tree(old, requestors));
        let desired = loaded(&tree(new, requestors), instant("T0"));
        let (_, found) = foretold(&mut scene, &desired);
        found.rows.iter().map(words).collect::<Vec<_>>()
    };
    let only = "{ only: [BOB] }";
    for requestors in [
        "anyExternal",
        "configuredOrganizations",
        "{ organizations: [a] }",
        "{ people: ['user:bob@a.example'] }",
    ] {
        assert_eq!(
            said(requestors, [only, "all"]),
            [
                "new people of a whom cross-tenant access kept out: it delivered once they redeem an invitation by cross-tenant/a"
            ],
            "{requestors}"
        );
        assert_eq!(
            said(requestors, ["all", only]),
            [
                "gone people of a whom cross-tenant access keeps out from now on: it delivered no more: they cannot redeem an invitation by cross-tenant/a"
            ],
            "{requestors}"
        );
    }
    for requestors in ["members", "{ organizations: [b] }", "nobody"] {
        assert_eq!(said(requestors, [only, "all"]), [""; 0], "{requestors}");
    }
}
