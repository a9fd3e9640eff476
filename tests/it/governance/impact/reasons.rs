//! What rows say of holders who come into groups and leave them, of the changes that make a difference, and of what is
//! other: who reviews, what programs may ask for.

use guestlist::guard::{Circumstances, Rule, judge};
use guestlist::impact::{Difference, Row};
use guestlist::model::Desired;
use guestlist::plan::between;

use super::{is_refused_as_wider, now, of, packages, words};
use crate::governance::scene::loaded;

/// A policy through which an administrator assigns a package to anybody who is here, and nobody asks.
const HELD: &str =
    "policies: { all: { requestors: membersAndGuests, requests: { enabled: false } } }";

/// A world in which holders of a package may be in a group that may ask for another one, and is kept from a third.
fn small(resource: &str, grants: &str, second: &str) -> String {
    format!(
        "version: 1
resources:
  team: {{ {resource}, replace: allowed }}
  site: {{ site: 'https://contoso.sharepoint.com/sites/one' }}
catalogs: {{ open: {{ displayName: Open, resources: [team, site] }} }}
packages:
  held: {{ catalog: open, displayName: Held, grants: {grants}, {HELD} }}
{second}  asked:
    catalog: open
    displayName: Asked
    policies: {{ ask: {{ requestors: {{ people: ['group:Crew'] }}, expires: never }} }}
  kept:
    catalog: open
    displayName: Kept
    incompatibleWith: ['group:Crew']
    policies: {{ ask: {{ requestors: membersAndGuests, expires: never }} }}
"
    )
}

/// The rows about other packages than the one that gives the group, with what makes them, and whether the plan is refused.
fn told(before: &str, after: &str) -> (Vec<String>, bool) {
    let (old, new) = (loaded(before, now()), loaded(after, now()));
    let found = of(&old, &new);
    // What is other is its text; of the others it is enough whom they are about.
    let row = |row: &Row| match row.kind {
        Difference::Other => words(row),
        _ => words(&Row {
            text: String::new(),
            ..row.clone()
        }),
    };
    let rows = found.rows.iter().map(row).collect();
    (rows, is_refused_as_wider(&between(&old, &new), found))
}

#[test]
fn who_gives_a_group_lets_holders_ask_and_keeps_them_from_what_excludes_it() {
    const CREW: &str = "group: Crew";
    let nothing = small(CREW, "{ site: Visitors }", "");
    let member = small(CREW, "{ site: Visitors, team: Member }", "");
    let (rows, is_refused) = told(&nothing, &member);
    let gives = "other whoever has it: held also gives team: Member by package/held";
    assert_eq!(
        rows,
        [
            "new holders of package/held: asked  by package/held",
            "gone holders of package/held: kept  by package/held",
            gives,
        ]
    );
    assert!(is_refused);
    let (rows, is_refused) = told(&member, &nothing);
    assert_eq!(
        rows,
        [
            "new holders of package/held: kept  by package/held",
            "gone holders of package/held: asked  by package/held",
            "other whoever has it: held no longer gives team: Member by package/held",
        ]
    );
    assert!(is_refused);
    // Whoever owns a group is in it.
    let owner = small(CREW, "{ site: Visitors, team: Owner }", "");
    let (rows, is_refused) = told(&member, &owner);
    assert_eq!(
        rows,
        [
            "other whoever has it: held also gives team: Owner, no longer gives team: Member by package/held"
        ]
    );
    assert!(!is_refused);
}

#[test]
fn each_of_those_who_come_into_a_group_has_a_reason_of_its_own() {
    let more = |grants: &str| {
        format!("  more: {{ catalog: open, displayName: More, grants: {grants}, {HELD} }}\n")
    };
    let site = "{ site: Visitors }";
    let both = "{ site: Visitors, team: Member }";
    let old = small("group: Crew", site, &more(site));
    let new = small("group: Crew", both, &more(both));
    let (rows, is_refused) = told(&old, &new);
    let asked =
        "new holders of package/held and package/more: asked  by package/held, package/more";
    assert_eq!(rows.first().map(String::as_str), Some(asked));
    assert!(is_refused);
    // Those who were in the group may ask by the policy alone, and those who come into it by both.
    let unnamed = old.replace("people: ['group:Crew']", "people: ['group:Others']");
    let named = small("group: Crew", both, &more(site));
    let (rows, _) = told(&unnamed, &named);
    let asked: Vec<&String> = rows.iter().filter(|row| row.contains(": asked")).collect();
    assert_eq!(
        asked,
        [
            "new group:Crew: asked  by policy/asked/ask",
            "new holders of package/held: asked  by package/held, policy/asked/ask",
            "gone group:Others: asked  by policy/asked/ask",
        ]
    );
}

#[test]
fn holders_who_come_into_a_group_that_looks_after_something_are_told() {
    let nothing = small("group: Crew", "{ site: Visitors }", "");
    let member = small("group: Crew", "{ site: Visitors, team: Member }", "");
    let governed = |text: &str| {
        format!(
            "{text}administrators: {{ governance: ['group:Crew'], inviters: ['group:team'] }}\n"
        )
    };
    let offices = |old: &str, new: &str| -> Vec<String> {
        let (rows, _) = told(&governed(old), &governed(new));
        rows.into_iter()
            .filter(|row| row.contains(" may "))
            .collect()
    };
    assert_eq!(
        offices(&nothing, &member),
        [
            "other holders of package/held:  may do everything in entitlement management by package/held",
            "other holders of package/held:  may invite guests by package/held",
        ]
    );
    assert_eq!(
        offices(&member, &nothing),
        [
            "other holders of package/held:  may no longer do everything in entitlement management by package/held",
            "other holders of package/held:  may no longer invite guests by package/held",
        ]
    );
}

#[test]
fn another_resource_behind_a_grant_takes_holders_from_group_to_group() {
    let grants = "{ site: Visitors, team: Member }";
    let (old, new) = (
        small("team: Crew", grants, ""),
        small("team: Band", grants, ""),
    );
    let (rows, is_refused) = told(&old, &new);
    assert_eq!(
        rows,
        [
            "new holders of package/held: kept  by resource/team",
            "gone holders of package/held: asked  by resource/team",
            "other whoever has it: held another resource behind team: team Band instead of team Crew by resource/team",
        ]
    );
    assert!(is_refused);
}

#[test]
fn a_package_that_comes_and_gives_a_group_opens_what_the_group_may_ask_for() {
    let grants = "{ site: Visitors }";
    let more = format!(
        "  more: {{ catalog: open, displayName: More, grants: {{ team: Member }}, {HELD} }}\n"
    );
    let (old, new) = (
        small("group: Crew", grants, ""),
        small("group: Crew", grants, &more),
    );
    let (rows, is_refused) = told(&old, &new);
    assert_eq!(
        rows,
        [
            "new holders of package/more: asked  by package/more",
            "gone holders of package/more: kept  by package/more",
            "other whom administrators assign: more by direct assignment, with no approval, for 365d by package/more, policy/more/all",
        ]
    );
    assert!(is_refused);
    let (rows, _) = told(&new, &old);
    assert_eq!(
        rows,
        [
            "new holders of package/more: kept  by package/more",
            "gone holders of package/more: asked  by package/more",
            "other whom administrators assign: more by direct assignment no more by package/more, policy/more/all",
        ]
    );
}

#[test]
fn guests_are_in_a_group_that_takes_them_and_stay_where_it_takes_no_more() {
    let grants = "{ team: Member }";
    let (open, shut) = (
        small("group: Crew, guests: true", grants, ""),
        small("group: Crew, guests: false", grants, ""),
    );
    let (rows, is_refused) = told(&shut, &open);
    assert_eq!(
        rows,
        [
            "new holders of package/held (guests from outside; internal guests): asked  by resource/team",
            "gone holders of package/held (guests from outside; internal guests): kept  by resource/team",
            "other whoever has it: held gives team: Member to guests as well by resource/team",
        ]
    );
    assert!(is_refused);
    // Whoever held it before stays in the group, and nobody comes to hold what gives guests nothing.
    let (rows, is_refused) = told(&open, &shut);
    assert_eq!(
        rows,
        ["other whoever has it: held gives team: Member no longer to guests by resource/team"]
    );
    assert!(!is_refused);
    // Where it gives them something else, whoever comes to hold it does not come into the group.
    let [open, shut] =
        [open, shut].map(|text| text.replace(grants, "{ team: Member, site: Visitors }"));
    let (rows, is_refused) = told(&open, &shut);
    assert_eq!(
        rows,
        [
            "new whoever comes to hold package/held (guests from outside; internal guests): kept  by resource/team",
            "gone whoever comes to hold package/held (guests from outside; internal guests): asked  by resource/team",
            "other whoever has it: held gives team: Member no longer to guests by resource/team",
        ]
    );
    assert!(is_refused);
}

#[test]
fn a_harmless_change_beside_another_one_makes_no_row() {
    let world = |rename: &str, requestors: &str| {
        format!(
            "version: 1
catalogs: {{ open: {{ displayName: Open{rename} }} }}
packages:
  it:
    catalog: open
    displayName: It{rename}
    policies:
      ask: {{ requestors: {requestors}, expires: never }}
      more: {{ requestors: anyExternal, expires: {{ after: 30d }}, notifications: {} }}
",
            rename.is_empty()
        )
    };
    let (rows, _) = told(&world("", "members"), &world("s", "membersAndGuests"));
    assert!(!rows.is_empty());
    for row in rows {
        assert!(row.ends_with(" by policy/it/ask"), "{row}");
    }
    // Each of two would have been enough.
    let both = |state: bool| {
        let more = if state {
            ", q: { requestors: members, expires: never }"
        } else {
            ""
        };
        let one = if state { "members" } else { "nobody" };
        packages(&format!(
            "  it:
    catalog: open
    displayName: It
    policies: {{ p: {{ requestors: {one}, expires: never }}{more} }}
"
        ))
    };
    let (rows, _) = told(&both(false), &both(true));
    assert_eq!(rows[0], "new members: it  by policy/it/p, policy/it/q");

    // Whoever answers for one of two changes does not answer for what both make.
    let waived = |after: &str, addresses: &[&str]| {
        let waivers = addresses.iter().map(|address| {
            format!("  - {{ rule: widening, address: {address}, reason: meant, by: 'user:ana@contoso.com', until: 2099-01-01 }}\n")
        });
        let waivers: String = waivers.collect();
        loaded(&format!("{after}waivers:\n{waivers}"), now())
    };
    let old = loaded(&both(false), now());
    for (addresses, is_refused) in [
        (&["policy/it/p"][..], true),
        (&["policy/it/q"], true),
        (&["policy/it/p", "policy/it/q"], false),
        (&["package/it"], false),
    ] {
        assert_eq!(
            refused(&old, &waived(&both(true), addresses)),
            is_refused,
            "{addresses:?}"
        );
    }
    let (old, new) = (world("", "members"), world("s", "membersAndGuests"));
    let old = loaded(&old, now());
    assert!(refused(&old, &waived(&new, &["catalog/open"])));
    assert!(!refused(&old, &waived(&new, &["policy/it/ask"])));
}

/// Whether the guards refuse a plan as wider, its own waivers heard.
fn refused(old: &Desired, new: &Desired) -> bool {
    let circumstances = Circumstances {
        impact: of(old, new),
        waivers: new.waivers.clone(),
        ..Circumstances::default()
    };
    let verdict = judge(&between(old, new), &circumstances);
    verdict.refusals.iter().any(|it| it.rule == Rule::Widening)
}

#[test]
fn who_reviews_and_what_comes_of_no_answer_is_other() {
    let world = |review: &str| {
        packages(&format!(
            "  it:
    catalog: open
    displayName: It
    policies: {{ ask: {{ requestors: members, expires: never, review: {{ every: quarterly, {review} }} }} }}
"
        ))
    };
    let old = world("reviewers: ['user:boss@contoso.com'], onNoResponse: remove");
    let new = world("reviewers: [self], onNoResponse: keep");
    assert_eq!(
        told(&old, &new),
        (
            vec![
                "other members: it reviewed by self instead of user:boss@contoso.com, when no reviewer answers, it stays (before: it ends) by policy/it/ask".to_owned()
            ],
            false
        )
    );
}

#[test]
fn what_programs_may_ask_for_is_other() {
    let world = |policies: &str| {
        packages(&format!(
            "  it: {{ catalog: open, displayName: It, policies: {{ {policies} }} }}\n"
        ))
    };
    let asks = "approval: { stages: [{ approvers: ['user:boss@contoso.com'] }] }, expires: never";
    let old = world(&format!(
        "all: {{ requestors: allServicePrincipals, {asks} }}, some: {{ requestors: {{ servicePrincipals: [Build, Test] }}, expires: never }}"
    ));
    let new = world(
        "all: { requestors: allServicePrincipals, expires: never }, some: { requestors: { servicePrincipals: [Build] }, expires: never }",
    );
    let (rows, is_refused) = told(&old, &new);
    assert_eq!(
        rows,
        [
            "other all service principals: it with no approval instead of 1 by policy/it/all",
            "other service principal Test: it may no longer ask by policy/it/some",
        ]
    );
    assert!(!is_refused);
}

#[test]
fn a_resource_that_becomes_another_group_tells_the_groups_apart_and_who_keeps_it() {
    let tree = |group: &str| {
        small(group, "{ site: Visitors, team: Member }", "").replace("group:Crew", "group:team")
    };
    let (rows, _) = told(&tree("group: The Crew"), &tree("group: The Band"));
    let by = "by resource/team";
    assert_eq!(
        rows,
        [
            format!("new `group:The Band` but holders of package/held: asked  {by}"),
            format!("new `group:The Crew` but holders of package/held: kept  {by}"),
            format!("gone `group:The Crew` but holders of package/held: asked  {by}"),
            format!("gone `group:The Band` but holders of package/held: kept  {by}"),
            format!(
                "other whoever has it: held another resource behind team: group The Band instead of group The Crew {by}"
            ),
        ]
    );
}
