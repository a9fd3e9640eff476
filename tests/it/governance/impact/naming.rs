//! Whom rows name: exactly those of whom they are true, each in words that tell them from the others.

use guestlist::impact::Row;

use super::{now, of};
use crate::governance::scene::loaded;

const A_TENANT: &str = "tenant: 3d0f5dec-0000-4000-8000-00000000000a";
const OTHER_TENANT: &str = "tenant: 3d0f5dec-0000-4000-8000-00000000000b";

/// A world: how an organization is told, what excludes a package, and its policies beside that of organizations.
fn world(told_by: &str, excluded_by: &str, more: &str) -> String {
    format!(
        "version: 1
organizations:
  a: {{ displayName: A, {told_by}, replace: allowed }}
  b: {{ displayName: B, domains: [b.example] }}
  p: {{ displayName: P, domains: [p.example], state: proposed }}
catalogs: {{ open: {{ displayName: Open }} }}
packages:
  held: {{ catalog: open, displayName: Held, policies: {{ all: {{ requestors: configuredOrganizations }} }} }}
  it:
    catalog: open
    displayName: It
    incompatibleWith: [{excluded_by}]
    policies:
      organizations:
        requestors: {{ organizations: [a, p] }}
        approval: {{ stages: [{{ approvers: ['user:ana@contoso.com'] }}] }}
        expires: {{ after: 30d }}
      {more}
"
    )
}

fn told(before: &str, after: &str) -> Vec<String> {
    let found = of(&loaded(before, now()), &loaded(after, now()));
    let row = |row: &Row| format!("{} {}: {}", row.kind.as_str(), row.who.text, row.text);
    let rows = found.rows.iter();
    let rows = rows.filter(|row| row.packages.iter().any(|it| it.own_name() == "it"));
    rows.map(row).collect()
}

#[test]
fn holders_who_gain_in_two_ways_are_told_both() {
    let crew = "crew: { requestors: { people: ['group:Crew'] }, expires: { after: 60d } }";
    assert_eq!(
        told(
            &world(A_TENANT, "package/held", crew),
            &world(A_TENANT, "", crew)
        ),
        [
            "new group:Crew, who also have package/held (people of a): with 1 approval, for 30d, or with no approval, for 60d",
            "new group:Crew, who also have package/held (people of b): with no approval, for 60d",
            "new holders of package/held (people of a): with 1 approval, for 30d",
        ]
    );
    // Whoever gains no more by being in the group needs no word, and others do.
    let all = format!(
        "{}\n      all: {{ requestors: membersAndGuests, expires: never }}",
        crew.replace("{ after: 60d }", "never")
    );
    assert_eq!(
        told(
            &world(A_TENANT, "package/held", &all),
            &world(A_TENANT, "", &all)
        ),
        [
            "new group:Crew, who also have package/held (people of a): with 1 approval, for 30d, or with no approval, no end date",
            "new holders of package/held (people of a): with 1 approval, for 30d",
            "new holders of package/held (people of b): with no approval, no end date",
        ]
    );
}

#[test]
fn nobody_of_an_organization_is_a_holder_whom_no_policy_gives_it() {
    assert_eq!(
        told(
            &world(A_TENANT, "package/held", ""),
            &world(A_TENANT, "", "")
        ),
        ["new holders of package/held (people of a): with 1 approval, for 30d"]
    );
}

#[test]
fn an_organization_that_is_told_by_something_else_is_named_as_it_was_and_as_it_will_be() {
    assert_eq!(
        told(&world(A_TENANT, "", ""), &world(OTHER_TENANT, "", "")),
        [
            "new people of a as it will be: with 1 approval, for 30d",
            "gone people of a as it was: no longer: no policy covers them",
        ]
    );
    // Domains tell which are meant.
    assert_eq!(
        told(
            &world("domains: [a.example]", "", ""),
            &world("domains: [other.example]", "", "")
        ),
        [
            "new people of a at other.example: with 1 approval, for 30d",
            "gone people of a at a.example: no longer: no policy covers them",
        ]
    );
}

#[test]
fn somebody_named_by_address_is_told_by_how_they_sign_in_where_that_makes_a_difference() {
    let eve = "eve: { requestors: { people: ['user:eve@e.example'] }, expires: { after: 60d } }";
    assert_eq!(
        told(&world(A_TENANT, "", ""), &world(A_TENANT, "", eve)),
        [
            "new user:eve@e.example (as somebody of no known organization): with no approval, for 60d",
            "wider user:eve@e.example (as somebody of a): also with no approval, then for 60d",
        ]
    );
    let mia = eve.replace("e.example", "contoso.com");
    assert_eq!(
        told(&world(A_TENANT, "", ""), &world(A_TENANT, "", &mia)),
        ["new user:eve@contoso.com: with no approval, for 60d"]
    );
}

#[test]
fn whoever_is_named_among_others_and_keeps_what_they_have_is_told_apart() {
    let crew = "crew: { requestors: { people: ['group:Crew'] }, expires: { after: 60d } }";
    let both =
        format!("{crew}\n      all: {{ requestors: membersAndGuests, expires: {{ after: 60d }} }}");
    assert_eq!(
        told(&world(A_TENANT, "", &both), &world(A_TENANT, "", crew)),
        [
            "gone everyone of our own; people of b, anyone of no known organization (in the directory) but group:Crew: no longer: no policy covers them"
        ]
    );
}
