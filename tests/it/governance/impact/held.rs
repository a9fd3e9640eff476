//! Who is told of as a holder: whoever a policy of the package covers, before or after, and whoever holds it though none does.

use guestlist::governance::assignment::{Command, Direct};
use guestlist::impact::{Asked, Impact, Row, Sides, impact};
use guestlist::model::{Bodies, Selection};
use guestlist::plan::{Asks, build};

use super::{now, of, own};
use crate::governance::scene::{Scene, loaded, mail};
use crate::support::store::PROJECT;

/// A world in which holders of a package come into a group that may ask for another one, and is kept from a third by what it
/// is.
fn world(requestors: &str, grants: &str) -> String {
    format!(
        "version: 1
organizations:
  a: {{ displayName: A, domains: [a.example] }}
  b: {{ displayName: B, domains: [b.example] }}
resources:
  crew: {{ group: Crew, guests: true }}
  guests: {{ group: Guests, managed: true, membershipRule: '(user.userType -eq \"Guest\")' }}
  site: {{ site: 'https://contoso.sharepoint.com/sites/one' }}
catalogs: {{ open: {{ displayName: Open, resources: [crew, site] }} }}
packages:
  held:
    catalog: open
    displayName: Held
    grants: {grants}
    policies: {{ all: {{ {requestors}, expires: never }} }}
  asked:
    catalog: open
    displayName: Asked
    policies: {{ ask: {{ requestors: {{ people: ['group:Crew'] }}, expires: never }} }}
  inside:
    catalog: open
    displayName: Inside
    incompatibleWith: ['group:Guests']
    policies: {{ ask: {{ requestors: {{ people: ['group:Crew'] }}, expires: never }} }}
"
    )
}

const SITE: &str = "{ site: Visitors }";
const BOTH: &str = "{ site: Visitors, crew: Member }";

/// The rows about what holders may ask for.
fn told(found: &Impact) -> Vec<String> {
    let row = |row: &Row| {
        let packages: Vec<&str> = row.packages.iter().map(|it| it.own_name()).collect();
        format!("{}: {}", row.who.text, packages.join(", "))
    };
    let rows = found.rows.iter().filter(|row| row.kind.widens());
    rows.map(row).collect()
}

#[test]
fn nobody_is_a_holder_whom_no_policy_covers() {
    for (requestors, wanted) in [
        (
            "requestors: nobody",
            &[
                "holders of package/held: asked",
                "holders of package/held (members): inside",
            ][..],
        ),
        // Nobody may be assigned through this one.
        ("requestors: nobody, requests: { enabled: false }", &[]),
        (
            "requestors: members",
            &["holders of package/held: asked, inside"],
        ),
        (
            "requestors: { organizations: [a] }",
            &[
                "holders of package/held: asked",
                "holders of package/held (external members from outside): inside",
            ],
        ),
        // Whoever was let in before requests were switched off holds it.
        (
            "requestors: members, requests: { enabled: false }",
            &["holders of package/held: asked, inside"],
        ),
        (
            "requestors: { automatic: { rule: 'user.userType -eq \"Guest\"' } }",
            &["holders of package/held: asked"],
        ),
        (
            "requestors: { people: ['user:gus@a.example'] }",
            &[
                "holders of package/held: asked",
                "holders of package/held (external members from outside): inside",
            ],
        ),
        (
            "requestors: { people: ['group:guests'] }",
            &["holders of package/held: asked"],
        ),
    ] {
        let old = loaded(&world(requestors, SITE), now());
        let new = loaded(&world(requestors, BOTH), now());
        assert_eq!(told(&of(&old, &new)), wanted, "{requestors}");
    }
}

#[test]
fn whoever_is_covered_before_or_after_may_hold_it() {
    let old = loaded(&world("requestors: members", SITE), now());
    let new = loaded(&world("requestors: { organizations: [a] }", BOTH), now());
    let rows = told(&of(&old, &new));
    assert!(
        rows.contains(&"holders of package/held: asked".to_owned()),
        "{rows:?}"
    );
}

#[test]
fn a_store_knows_who_holds_what_no_policy_would_give_them() {
    let before = |requestors: &str| world(requestors, SITE);
    let mut scene = Scene::of(&before("requestors: nobody"));
    scene.member("mia@contoso.com", &[]);
    let grant = Direct {
        person: mail("mia@contoso.com"),
        name: None,
        policy: "policy/held/all".parse().unwrap(),
        start: None,
        end: None,
        justification: None,
    };
    let _ = scene.operator().run(Command::Grant(grant));
    let _ = scene.tick("T0");
    // She holds it through a policy that is for others now.
    let outside = "requestors: { organizations: [a] }";
    scene.apply(&before(outside));
    let now = scene.engine().now();
    let desired = loaded(&world(outside, BOTH), now);
    let live = scene.engine().store().read(&Selection {
        project: PROJECT,
        bodies: Bodies::All,
    });
    let live = live.unwrap();
    let plan = build(&desired, &live, &Asks::default());
    let sides = Sides::of(&plan, &desired, &live);
    let own = own();
    let with_store = scene.look(|desk| {
        let asked = Asked {
            world: desk.world(),
            named: false,
            zone: &jiff::tz::TimeZone::UTC,
        };
        impact(&plan, &sides, [&own, &own], now, Some(asked))
    });
    let without = impact(&plan, &sides, [&own, &own], now, None).unwrap();
    let inside = |found: &Impact| told(found).into_iter().find(|it| it.ends_with("inside"));
    assert_eq!(
        inside(&without).as_deref(),
        Some("holders of package/held (external members from outside): inside")
    );
    assert_eq!(
        inside(&with_store).as_deref(),
        Some("holders of package/held (members): inside")
    );
}
