//! Groups that lists write otherwise and that are the same: found without regard to case, by the name of a resource or that of
//! the directory.

use super::{now, of, words};
use crate::governance::scene::loaded;

/// A world in which a group decides, looks after something, asks, and excludes; the resource `helpers` is another one.
fn world(group: &str, helpers: &str) -> String {
    format!(
        "version: 1
resources: {{ helpers: {{ group: {helpers} }} }}
organizations:
  a: {{ displayName: A, domains: [a.example], sponsors: {{ internal: ['group:{group}'] }} }}
administrators: {{ users: ['group:{group}'] }}
catalogs: {{ open: {{ displayName: Open, roles: {{ owners: ['group:{group}'] }} }} }}
packages:
  it:
    catalog: open
    displayName: It
    policies:
      asked:
        requestors: {{ people: ['group:{group}'] }}
        onBehalf: {{ requestors: ['group:{group}'], add: true }}
        approval: {{ stages: [{{ approvers: ['group:{group}'], fallback: ['user:boss@contoso.com'] }}] }}
        expires: {{ after: 30d }}
        review: {{ every: quarterly, reviewers: ['group:{group}'] }}
      given:
        requestors: nobody
        approval: {{ stages: [{{ approvers: ['user:boss@contoso.com'], fallback: ['group:{group}'] }}] }}
        expires: never
  other:
    catalog: open
    displayName: Other
    incompatibleWith: ['group:{group}']
    policies: {{ all: {{ requestors: membersAndGuests, expires: never }} }}
"
    )
}

fn told(was: &str, is: &str, helpers: &str) -> Vec<String> {
    let [old, new] = [was, is].map(|group| loaded(&world(group, helpers), now()));
    of(&old, &new).rows.iter().map(words).collect()
}

#[test]
fn a_group_that_is_written_otherwise_is_the_same_group() {
    let none: [&str; 0] = [];
    for (was, is, helpers) in [
        ("helpers", "Helpers", "Helpers"),
        ("Helpers", "helpers", "Helpers"),
        ("Crew", "crew", "Helpers"),
        ("helpers", "help desk", "Help Desk"),
        ("HELP DESK", "helpers", "Help Desk"),
    ] {
        assert_eq!(told(was, is, helpers), none, "{was} {is} {helpers}");
    }
}

#[test]
fn a_group_may_be_written_in_several_ways_on_one_side() {
    // The requestors stay as they are written.
    let one = world("helpers", "Helpers");
    let other = one.replace(
        "approvers: ['group:helpers']",
        "approvers: ['group:Helpers']",
    );
    let other = other.replace("owners: ['group:helpers']", "owners: ['group:HELPERS']");
    for (was, is) in [(&one, &other), (&other, &one)] {
        let rows = of(&loaded(was, now()), &loaded(is, now())).rows;
        assert!(rows.is_empty(), "{rows:#?}");
    }
}

#[test]
fn the_name_of_a_resource_in_other_letters_may_be_another_group() {
    let rows = told("helpers", "Helpers", "Help Desk");
    for wanted in [
        "new group:Helpers: it with 1 approval, for 30d, reviewed quarterly by policy/it/asked",
        "gone group:helpers: it no longer: no policy covers them by policy/it/asked",
        "other group:Helpers:  may approve as internal sponsors of organization/a by organization/a",
        "other group:helpers:  may no longer do everything in catalog/open, assignments included by catalog/open",
    ] {
        assert!(rows.iter().any(|row| row == wanted), "{wanted}\n{rows:#?}");
    }
}
