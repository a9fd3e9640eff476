//! Cross-tenant access that lets nobody of an organization in: whom it keeps out, in words.

use super::{now, of};
use crate::governance::scene::loaded;

const ONE: &str = "3d0f5dec-0000-4000-8000-000000000001";
const TWO: &str = "3d0f5dec-0000-4000-8000-000000000002";

/// A partner with a tenant and domains, another one, and packages for the partner, for all and for anyone.
fn tree(inbound: &str, tenant: &str, domains: &str) -> String {
    format!(
        "version: 1
organizations:
  a: {{ displayName: A, tenant: {tenant}, domains: [{domains}],
    crossTenant: {{ inbound: {{ users: {inbound}, applications: {inbound} }} }} }}
  b: {{ displayName: B, domains: [b.example] }}
catalogs: {{ open: {{ displayName: Open }} }}
packages:
  for-a: {{ catalog: open, displayName: A, policies: {{ p: {{ requestors: {{ organizations: [a] }}, expires: never }} }} }}
  for-all: {{ catalog: open, displayName: All, policies: {{ p: {{ requestors: configuredOrganizations, expires: never }} }} }}
  for-any: {{ catalog: open, displayName: Any, policies: {{ p: {{ requestors: anyExternal, expires: never }} }} }}
"
    )
}

/// What is said from one tree to another: what it is, of whom, and of which packages.
fn rows(was: &str, is: &str) -> Vec<String> {
    let found = of(&loaded(was, now()), &loaded(is, now()));
    let said = found.rows.iter().map(|row| {
        let packages: Vec<&str> = row.packages.iter().map(|it| it.own_name()).collect();
        let (kind, who) = (row.kind.as_str(), &row.who.text);
        format!("{kind} {who}: {}", packages.join(", "))
    });
    said.collect()
}

#[test]
fn whoever_has_an_address_of_an_organization_is_named_beside_its_people() {
    let others =
        "anyone at a.example who signs in by a one-time passcode or with a personal account";
    let (open, shut) = (
        tree("all", ONE, "a.example"),
        tree("none", ONE, "a.example"),
    );
    for (kind, was, is) in [("gone", &open, &shut), ("new", &shut, &open)] {
        assert_eq!(
            rows(was, is),
            [
                format!("{kind} people of a: for-a, for-all"),
                format!("{kind} people of a, {others}: for-any"),
            ]
        );
    }
    let nameless = |inbound| tree(inbound, ONE, "");
    assert_eq!(
        rows(&nameless("all"), &nameless("none")),
        ["gone people of a: for-a, for-all, for-any"]
    );
}

#[test]
fn of_an_organization_that_stays_shut_only_those_are_told_who_come_and_go() {
    let shut = tree("none", ONE, "a.example");
    let at = |domain: &str| {
        format!("anyone at {domain} who signs in by a one-time passcode or with a personal account")
    };
    let (a, c) = (at("a.example"), at("c.example"));
    // Other domains are known, so others look like them.
    let looked = "new anyone at domains that looked like known ones: for-any".to_owned();
    let looks = "gone anyone at domains that look like known ones from now on: for-any".to_owned();
    for (is, wanted) in [
        (
            tree("none", ONE, "c.example"),
            vec![
                format!("new {a}: for-any"),
                looked.clone(),
                format!("gone {c}: for-any"),
                looks.clone(),
            ],
        ),
        (
            tree("none", ONE, "a.example, c.example"),
            vec![format!("gone {c}: for-any"), looks.clone()],
        ),
        (
            tree("none", TWO, "a.example"),
            vec![
                "new people of a as it was: for-any".to_owned(),
                "gone people of a as it will be: for-any".to_owned(),
            ],
        ),
        (
            tree("none", TWO, "c.example"),
            vec![
                looked,
                format!("new people of a as it was, {a}: for-any"),
                looks,
                format!("gone people of a as it will be, {c}: for-any"),
            ],
        ),
    ] {
        assert_eq!(rows(&shut, &is), wanted);
    }
}
