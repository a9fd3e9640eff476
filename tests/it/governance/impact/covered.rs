//! Whoever has a package already and may not ask for it, and can extend it because of what changes beside it: who signs in as
//! what, and by which way.

use guestlist::governance::record::{Identity, RequestState};
use guestlist::governance::request::Command;

use super::already::{foretold, is_of_holders, unowned};
use super::{now, of, packages, words};
use crate::governance::asking::{ask, of as keeping};
use crate::governance::scene::{Scene, instant, loaded};

const GUS: &str = "gus@a.example";

/// A package that nobody may ask for, and whose holders from configured organizations extend it without approval.
fn tree(state: &str, passcodes: bool, asking: bool) -> String {
    format!(
        "version: 1
collaboration: {{ oneTimePasscode: {passcodes} }}
organizations:
  a: {{ displayName: A, domains: [a.example], state: {state} }}
catalogs: {{ open: {{ displayName: Open }} }}
packages:
  it: {{ catalog: open, displayName: It, policies: {{ p: {{ requestors: configuredOrganizations, requests: {{ enabled: {asking} }},
    expires: {{ after: 30d }}, extension: {{ allowed: true, approval: false }} }} }} }}
"
    )
}

#[test]
fn whoever_comes_to_be_covered_can_extend_and_is_told() {
    let open = tree("configured", true, false);
    for (closed, by) in [
        (tree("proposed", true, false), "organization/a"),
        (tree("configured", false, false), "settings/collaboration"),
    ] {
        let mut scene = Scene::of(&tree("configured", true, true));
        scene.guest(GUS, Identity::Passcode);
        scene.asks_as(GUS, ask("it"));
        let _ = scene.tick("T1");
        assert_eq!(scene.request(1).state, RequestState::Delivered);
        scene.operator().apply(&closed);
        let _ = scene.tick("T20");
        let extend = || Command::Extend(keeping("it"));
        let _ = scene.acting(GUS).refused(extend());
        let (_, found) = foretold(&mut scene, &loaded(&open, instant("T20")));
        let rows = found.rows.iter().filter(|row| is_of_holders(row));
        assert_eq!(
            rows.map(words).collect::<Vec<_>>(),
            [format!(
                "wider whoever has it already, through `p`: it extendable without approval for 30d by {by}"
            )]
        );
        scene.operator().apply(&open);
        let _ = scene.acting(GUS).run(extend());
    }
}

#[test]
fn whoever_is_in_a_group_by_what_their_package_gives_now_can_extend_and_is_told() {
    let tree = |grants: &str, requestors: &str, asking: bool| {
        format!(
            "version: 1
resources: {{ crew: {{ group: Crew }} }}
catalogs: {{ open: {{ displayName: Open, resources: [crew] }} }}
packages:
  it: {{ catalog: open, displayName: It, grants: {grants}, policies: {{
    p: {{ requestors: {requestors}, requests: {{ enabled: {asking} }}, expires: {{ after: 30d }},
      extension: {{ allowed: true, approval: false }} }} }} }}
"
        )
    };
    let crew = "{ people: ['group:crew'] }";
    let (bare, given) = (
        tree("{}", crew, false),
        tree("{ crew: Member }", crew, false),
    );
    let mut scene = Scene::of(&tree("{}", "members", true));
    scene.member("mia@contoso.com", &[]);
    scene.asks_as("mia@contoso.com", ask("it"));
    let _ = scene.tick("T1");
    scene.operator().apply(&bare);
    let _ = scene.tick("T20");
    let extend = || Command::Extend(keeping("it"));
    let _ = scene.acting("mia@contoso.com").refused(extend());
    let (_, found) = foretold(&mut scene, &loaded(&given, instant("T20")));
    let mut rows = found.rows.iter().filter(|row| is_of_holders(row));
    let row = words(rows.next().unwrap());
    assert!(
        row.starts_with("wider whoever has it already, through `p`"),
        "{row}"
    );
    scene.operator().apply(&given);
    let _ = scene.tick("T20");
    let _ = scene.acting("mia@contoso.com").run(extend());
}

#[test]
fn whoever_a_rule_brings_into_a_group_by_another_package_can_extend_and_is_told() {
    let tree = |assign: bool, requestors: &str, asking: bool| {
        format!(
            "version: 1
resources: {{ crew: {{ group: Crew }} }}
catalogs: {{ open: {{ displayName: Open, resources: [crew] }} }}
packages:
  it: {{ catalog: open, displayName: It, policies: {{
    p: {{ requestors: {requestors}, requests: {{ enabled: {asking} }}, expires: {{ after: 30d }},
      extension: {{ allowed: true, approval: false }} }} }} }}
  shift: {{ catalog: open, displayName: Shift, grants: {{ crew: Member }}, policies: {{
    r: {{ requestors: {{ automatic: {{ rule: 'user.mail -eq \"mia@contoso.com\"', assign: {assign} }} }}, expires: never }} }} }}
"
        )
    };
    let crew = "{ people: ['group:crew'] }";
    let mut scene = Scene::of(&tree(false, "members", true));
    let both = ["mia@contoso.com", "zoe@contoso.com"];
    both.iter().for_each(|mail| scene.member(mail, &[]));
    both.iter().for_each(|mail| scene.asks_as(mail, ask("it")));
    let _ = scene.tick("T1");
    scene.operator().apply(&tree(false, crew, false));
    let _ = scene.tick("T20");
    let extend = || Command::Extend(keeping("it"));
    let _ = scene.acting("mia@contoso.com").refused(extend());
    let given = tree(true, crew, false);
    assert_eq!(
        of_holders(&mut scene, &given),
        [
            "wider whoever has it already, through `p`: it extendable without approval for 30d by policy/shift/r"
        ]
    );
    scene.operator().apply(&given);
    let _ = scene.tick("T20");
    let _ = scene.tick("T21");
    let _ = scene.acting("zoe@contoso.com").refused(extend());
    let _ = scene.acting("mia@contoso.com").run(extend());
}

#[test]
fn whoever_has_what_is_taken_over_can_extend_again_and_is_told() {
    let tree = |policy: &str, forget: &str| {
        format!(
            "version: 1
{forget}catalogs: {{ open: {{ displayName: Open }} }}
packages:
  it: {{ catalog: open, displayName: It, policies: {{ {policy} }} }}
"
        )
    };
    let policy = |keys: &str| {
        format!(
            "p: {{ {keys}, expires: {{ after: 30d }}, extension: {{ allowed: true, approval: false }} }}"
        )
    };
    let closed = policy("requestors: members, requests: { enabled: false }");
    let mut scene = Scene::of(&tree(&policy("requestors: members"), ""));
    scene.member("mia@contoso.com", &[]);
    scene.asks_as("mia@contoso.com", ask("it"));
    let _ = scene.tick("T1");
    scene.operator().apply(&tree(&closed, ""));
    scene.operator().apply(&tree("", "forget: [policy/it/p]\n"));
    let _ = scene.tick("T20");
    let extend = || Command::Extend(keeping("it"));
    let _ = scene.acting("mia@contoso.com").refused(extend());
    let adopt = format!("p: {{ adopt: {{ id: {} }}, ", unowned(&mut scene, "p"));
    let adopted = tree(&closed.replace("p: { ", &adopt), "");
    assert_eq!(
        of_holders(&mut scene, &adopted),
        [
            "wider whoever has it already, through `p`: it extendable without approval for 30d by policy/it/p"
        ]
    );
    scene.operator().apply(&adopted);
    let _ = scene.acting("mia@contoso.com").run(extend());
}

/// The rows of a plan about those who have a package already.
fn of_holders(scene: &mut Scene, tree: &str) -> Vec<String> {
    let (_, found) = foretold(scene, &loaded(tree, instant("T20")));
    let rows = found.rows.iter().filter(|row| is_of_holders(row));
    rows.map(words).collect()
}

#[test]
fn what_a_rule_gives_is_extended_by_nobody() {
    let tree = |extension: &str| {
        packages(&format!(
            "  it: {{ catalog: open, displayName: It, policies: {{ p: {{
    requestors: {{ automatic: {{ rule: 'user.department -eq \"Art\"' }} }}, expires: {{ after: 30d }}{extension} }} }} }}\n"
        ))
    };
    let (plain, extended) = (tree(""), tree(", extension: { allowed: true }"));
    let [plain, extended] = [plain, extended].map(|it| loaded(&it, now()));
    assert!(of(&plain, &extended).rows.is_empty());
}

#[test]
fn a_rule_gives_again_what_had_ended_and_the_group_with_it() {
    let tree = |expires: &str| {
        let text = format!(
            "version: 1
resources: {{ lab: {{ group: Lab }} }}
catalogs: {{ open: {{ displayName: Open, resources: [lab] }} }}
packages:
  shift: {{ catalog: open, displayName: Shift, grants: {{ lab: Member }}, policies: {{ r: {{
    requestors: {{ automatic: {{ rule: 'user.department -eq \"Art\"' }} }}, expires: {expires} }} }} }}
  tools: {{ catalog: open, displayName: Tools, policies: {{ p: {{ requestors: {{ people: ['group:lab'] }}, expires: never }} }} }}
"
        );
        loaded(&text, now())
    };
    let found = of(&tree("{ on: 2026-01-01 }"), &tree("never"));
    let packages = found.rows.iter().map(|row| row.packages[0].own_name());
    assert_eq!(packages.collect::<Vec<_>>(), ["shift", "tools"]);
    assert!(found.rows.iter().all(|row| row.kind.widens()));
}
