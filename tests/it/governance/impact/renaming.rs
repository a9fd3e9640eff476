//! A new name makes no difference to what a plan says of access: what changes with it is told as without it, also where it
//! cannot change in place, so that the object of the new name is made anew.

use guestlist::impact::Row;
use guestlist::plan::{Action, between};

use super::{is_refused_as_wider, now, of, words};
use crate::governance::renamed::{but, each_renamed, first, renamed, under_first_names};
use crate::governance::scene::loaded;

const WORLD: &str = "version: 1
organizations:
  %alfa: { ^alfa, displayName: A, tenant: 3d0f5dec-0000-4000-8000-00000000000a, replace: allowed }
  %beta: { ^beta, displayName: B, domains: [b.example], replace: allowed }
resources:
  %team: { ^team, group: Crew, replace: allowed }
  %site: { ^site, site: 'https://contoso.sharepoint.com/sites/one', replace: allowed }
catalogs:
  %open: { ^open, displayName: Open, resources: [%team, %site] }
  %shut: { ^shut, displayName: Shut, published: false, resources: [%team, %site] }
packages:
  %asked: { ^asked, displayName: Asked, catalog: %open, replace: allowed, grants: { %team: Member }, policies: {
    %of: { ^of, requestors: { organizations: [%alfa] }, expires: { after: 30d } },
    %all: { ^all, requestors: configuredOrganizations, approval: { stages: [{ approvers: ['group:%team'] }] } } } }
  %other: { ^other, displayName: Other, catalog: %open, replace: allowed, grants: { %site: Members },
    incompatibleWith: [package/%asked], policies: {
    %some: { ^some, requestors: { people: ['group:%team', 'user:eve@e.example'] }, expires: never } } }
  %kept: { ^kept, displayName: Kept, catalog: %open, replace: allowed, incompatibleWith: ['group:%team'], policies: {
    %any: { ^any, requestors: anyExternal } } }
";

/// What differs between the world and another: the rows under first names, whether the guard refuses, and how many
/// objects are made anew.
fn told(after: &str) -> (Vec<String>, bool, usize) {
    let (old, new) = (loaded(&first(WORLD), now()), loaded(after, now()));
    let plan = between(&old, &new);
    let found = of(&old, &new);
    let row = |row: &Row| under_first_names(&words(row));
    let mut rows: Vec<String> = found.rows.iter().map(row).collect();
    rows.sort();
    let replaced = plan.count(Action::Replace);
    (rows, is_refused_as_wider(&plan, found), replaced)
}

#[test]
fn what_is_renamed_and_made_anew_is_told_as_what_is_made_anew() {
    const TENANT: (&str, &str) = ("00000000000a", "00000000000b");
    const DOMAIN: (&str, &str) = ("[b.example]", "[elsewhere.example]");
    const BELOW: (&str, &str) = ("[b.example]", "[{ domain: b.example, subdomains: true }]");
    const GROUP: (&str, &str) = ("group: Crew", "group: Others");
    const SITE: (&str, &str) = ("sites/one", "sites/two");
    const MOVED: (&str, &str) = (
        "displayName: Asked, catalog: %open",
        "displayName: Asked, catalog: %shut",
    );
    const END: (&str, &str) = ("{ after: 30d }", "never");
    for (edits, replaced, is_wider) in [
        (&[TENANT][..], 1, true),
        (&[DOMAIN], 1, true),
        (&[BELOW], 1, true),
        (&[GROUP], 1, true),
        (&[SITE], 1, false),
        (&[MOVED], 3, true),
        (&[MOVED, END], 3, true),
        (&[TENANT, DOMAIN, GROUP, END], 3, true),
        (&[TENANT, GROUP, MOVED], 5, true),
        (&[END], 0, true),
    ] {
        let world = but(WORLD, edits);
        let plain = told(&first(&world));
        assert!(!plain.0.is_empty(), "{edits:?}");
        assert_eq!((plain.1, plain.2), (is_wider, replaced), "{edits:?}");
        for tree in each_renamed(&world).chain([renamed(&world)]) {
            assert_eq!(told(&tree), plain, "{edits:?} {tree}");
        }
    }
    assert_eq!(told(&renamed(WORLD)), (Vec::new(), false, 0));
}
