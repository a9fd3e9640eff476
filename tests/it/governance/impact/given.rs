//! Rules that give a package: by another rule, on other terms, beside policies through which people ask.

use guestlist::governance::people::PersonRow;
use guestlist::impact::{Difference, Row};

use super::{agree_for, now, of, pairs};
use crate::governance::scene::{BEGIN, Scene, loaded, mail};

const RULES: &[&str] = &[
    "",
    "user.department -eq \"Sales\"",
    "user.department -in [\"Sales\", \"Legal\"]",
    "user.department -startsWith \"Sal\"",
    "user.department -ne \"Sales\"",
    "user.department -eq \"Sales\" -and user.userType -eq \"Guest\"",
    "user.userType -eq \"Member\"",
    "user.objectId -ne null",
    "user.department -match \"^(legal|sales)$\"",
];

const TERMS: &[&str] = &[
    "expires: never",
    "expires: { after: 30d }",
    "expires: never, review: { every: quarterly, reviewers: ['user:boss@contoso.com'] }",
    "expires: { on: 2026-12-01 }",
];

const BESIDE: &[&str] = &[
    "",
    "members, expires: never",
    "anyExternal, expires: { after: 30d }, approval: { stages: [{ approvers: ['user:boss@contoso.com'] }] }",
];

fn world(rule: &str, assign: bool, terms: &str, beside: &str, excludes: &str) -> String {
    let mut policies = String::new();
    if !rule.is_empty() {
        policies.push_str(&format!(
            "      rule: {{ requestors: {{ automatic: {{ rule: '{rule}', assign: {assign} }} }}, {terms} }}\n"
        ));
    }
    if !beside.is_empty() {
        policies.push_str(&format!("      ask: {{ requestors: {beside} }}\n"));
    }
    let policies = match policies.is_empty() {
        true => String::new(),
        false => format!("    policies:\n{policies}"),
    };
    format!(
        "version: 1
organizations:
  a: {{ displayName: A, domains: [a.example] }}
catalogs:
  open: {{ displayName: Open }}
packages:
  held: {{ catalog: open, displayName: Held, policies: {{ direct: {{ expires: never }} }} }}
  it:
    catalog: open
    displayName: It
    incompatibleWith: {excludes}
{policies}"
    )
}

/// The people of these worlds: no domain but one of an organization is told apart from any other.
fn few(somebody: &super::Somebody) -> bool {
    let alike = ["x.a.example", "b.example", "c.example", "d.example"];
    !alike.contains(&somebody.mail.domain())
}

#[test]
fn every_change_of_a_rule_widens_if_and_only_if_somebody_gains() {
    let mut worlds = Vec::new();
    for (at, beside) in BESIDE.iter().enumerate() {
        for (nth, rule) in RULES.iter().enumerate() {
            // Beside what people ask for, every third rule is enough.
            if at > 0 && nth > 1 && (nth + at) % 3 > 0 {
                continue;
            }
            worlds.push(world(rule, true, TERMS[0], beside, "[]"));
            if nth == 1 {
                for terms in &TERMS[1..] {
                    worlds.push(world(rule, true, terms, beside, "[]"));
                }
                worlds.push(world(rule, false, TERMS[0], beside, "[]"));
                worlds.push(world(rule, true, TERMS[0], beside, "[package/held]"));
                worlds.push(world(rule, true, TERMS[0], beside, "['group:team']"));
            }
        }
    }
    let size = worlds.len();
    let (compared, gained) = agree_for(&worlds, pairs(size), &[BEGIN], &few);
    assert!(gained > 0 && gained < compared, "{gained} of {compared}");
}

/// What is said from one rule to another, with a policy for members beside them.
fn said(was: &str, is: &str, beside: &str) -> Vec<String> {
    let tree = |rule| loaded(&world(rule, true, TERMS[0], beside, "[]"), now());
    let row = |row: &Row| format!("{} {}: {}", row.kind.as_str(), row.who.text, row.text);
    let rows = of(&tree(was), &tree(is)).rows;
    rows.iter().map(row).collect()
}

#[test]
fn another_rule_is_new_for_some_and_gone_for_others() {
    let asks = "members, expires: { after: 30d }, approval: { stages: [{ approvers: ['user:boss@contoso.com'] }] }";
    for (was, is, beside, wanted) in [
        (
            "user.city -eq \"Oslo\"",
            "user.city -eq \"Rome\"",
            "",
            &[
                "new whoever matches `user.city -eq \"Rome\"`: without asking, with no approval, no end date",
                "gone whoever matches `user.city -eq \"Oslo\"`: no longer: the rule does not match them",
            ][..],
        ),
        (
            "user.city -eq \"Oslo\"",
            "user.city -eq \"Oslo\" -and user.state -eq \"x\"",
            "",
            &[
                "gone whoever matches `user.city -eq \"Oslo\"` and not `user.city -eq \"Oslo\" -and user.state -eq \"x\"`: no longer: the rule does not match them",
            ],
        ),
        ("user.city -eq \"Oslo\"", "user.CITY -eq \"oslo\"", "", &[]),
        // The same in other words.
        (
            "user.city -match \"^(Oslo|Rome)$\"",
            "user.city -match \"^rome$|^oslo$\"",
            "",
            &[],
        ),
        (
            "user.city -match \"^O\"",
            "user.city -match \"^Oslo\"",
            "",
            &[
                "gone whoever matches `user.city -match \"^O\"` and not `user.city -match \"^Oslo\"`: no longer: the rule does not match them",
            ],
        ),
        // Nobody can tell, so that it is taken to let somebody in.
        (
            "user.city -match \"^[ab]*a[ab]{20}c?$\"",
            "user.city -match \"^[ab]*a[ab]{20}$\"",
            "",
            &[
                "new whoever matches `user.city -match \"^[ab]*a[ab]{20}$\"` and not `user.city -match \"^[ab]*a[ab]{20}c?$\"`: without asking, with no approval, no end date (the rules are too large to be told apart)",
                "gone whoever matches `user.city -match \"^[ab]*a[ab]{20}c?$\"` and not `user.city -match \"^[ab]*a[ab]{20}$\"`: no longer: the rule does not match them (the rules are too large to be told apart)",
            ],
        ),
        (
            "",
            "user.city -eq \"Oslo\"",
            asks,
            &[
                "new whoever matches `user.city -eq \"Oslo\"` (guests from outside; internal guests): without asking, with no approval, no end date",
                "wider whoever matches `user.city -eq \"Oslo\"` (members): without asking, with no approval instead of 1, no end date instead of 30d",
            ],
        ),
        (
            "user.userType -eq \"Member\"",
            "",
            asks,
            &[
                "narrower whoever matches `user.userType -eq \"Member\"`: on request only, with 1 approval instead of 0, for 30d instead of no end date",
            ],
        ),
    ] {
        assert_eq!(said(was, is, beside), wanted);
    }
}

#[test]
fn whoever_leaves_a_rule_and_keeps_the_package_longer_has_more() {
    let world = |keeps: &str| {
        let tree = world("user.city -eq \"Oslo\"", true, TERMS[0], "", "[]");
        tree.replace("assign: true", &format!("assign: true, {keeps}"))
    };
    let (at_once, later, never) = (
        "remove: true",
        "remove: true, gracePeriod: 7d",
        "remove: false",
    );
    for (was, is, kind) in [
        (at_once, later, Some(Difference::Wider)),
        (at_once, never, Some(Difference::Wider)),
        (later, never, Some(Difference::Wider)),
        (never, later, Some(Difference::Narrower)),
        (later, at_once, Some(Difference::Narrower)),
        (later, later, None),
    ] {
        let (before, after) = (loaded(&world(was), now()), loaded(&world(is), now()));
        let rows = of(&before, &after).rows;
        let kinds: Vec<Difference> = rows.iter().map(|row| row.kind).collect();
        assert_eq!(kinds, Vec::from_iter(kind), "{was} → {is}");
    }
}

/// A package that a rule gives, with a group that opens another one.
fn opening(excludes: &str, more: &str) -> String {
    format!(
        "version: 1
organizations:
  a: {{ displayName: A, domains: [a.example] }}
resources:
  crew: {{ group: Crew }}
  team: {{ group: Team, managed: true{more} }}
catalogs:
  open: {{ displayName: Open, resources: [crew] }}
packages:
  held: {{ catalog: open, displayName: Held, policies: {{ direct: {{ requestors: members, expires: never }} }} }}
  ruled:
    catalog: open
    displayName: Ruled
    grants: {{ crew: Member }}
    incompatibleWith: {excludes}
    policies: {{ rule: {{ requestors: {{ automatic: {{ rule: '(user.department -eq \"Sales\")' }} }}, expires: never }} }}
  it:
    catalog: open
    displayName: It
    policies: {{ ask: {{ requestors: {{ people: ['group:crew'] }}, expires: never }} }}
"
    )
}

#[test]
fn what_no_longer_excludes_a_package_that_a_rule_gives_opens_what_its_groups_open() {
    let rows = |before: &str, after: &str| -> Vec<String> {
        let found = of(&loaded(before, now()), &loaded(after, now()));
        let about = found
            .rows
            .iter()
            .filter(|row| row.packages.iter().any(|it| it.own_name() == "it"));
        about.map(super::words).collect()
    };
    let by_rule = |rule: &str| format!(", membershipRule: '{rule}'");
    for (excludes, more, told) in [
        ("['group:team']", "", true),
        ("[package/held]", "", true),
        ("['group:team', package/held]", "", true),
        (
            "['group:team']",
            &*by_rule("(user.city -eq \"Oslo\")"),
            true,
        ),
        // Nobody of them is whom the rule matches.
        (
            "['group:team']",
            &*by_rule("(user.department -eq \"Legal\")"),
            false,
        ),
    ] {
        let (before, after) = (opening(excludes, more), opening("[]", more));
        let found = rows(&before, &after);
        let wanted = "new whoever gets package/ruled: it";
        assert_eq!(
            found.iter().any(|row| row.starts_with(wanted)),
            told,
            "{excludes} {more} {found:?}"
        );
        assert!(
            found.iter().all(|row| row.ends_with("by package/ruled")),
            "{found:?}"
        );
    }
}

#[test]
fn whoever_was_kept_from_what_a_rule_gives_gets_it_when_the_directory_says_something_of_them() {
    let sue = "sue@contoso.com";
    let mut scene = Scene::of(&opening("['group:team']", ""));
    scene.member(sue, &[]);
    scene.joins(sue, "Team");
    let known = |city: &str| PersonRow {
        attributes: [("department", "Sales"), ("city", city)]
            .map(|(key, value)| (key.to_owned(), Some(value.to_owned())))
            .into(),
        ..PersonRow::new(mail(sue))
    };
    scene.known(known("Oslo"));
    let _ = scene.tick("T1");
    assert_eq!(scene.holds(sue), ["group Team: Member"]);
    scene.apply(&opening("[]", ""));
    let _ = scene.tick("T2");
    scene.at("2026-12-24T09:00:00Z").known(known("Rome"));
    let _ = scene.tick("2026-12-24T10:00:00Z");
    assert_eq!(
        scene.holds(sue),
        ["group Crew: Member", "group Team: Member"]
    );
}

#[test]
fn why_a_rule_gives_it_no_longer_is_told() {
    let rule = "user.city -eq \"Oslo\"";
    let said = |was: &str, is: &str| -> Vec<String> {
        let (before, after) = (loaded(was, now()), loaded(is, now()));
        let rows = of(&before, &after).rows;
        rows.iter().map(|row| row.text.clone()).collect()
    };
    let ends = |terms: &str| world(rule, true, terms, "", "[]");
    assert_eq!(
        said(
            &ends("expires: never"),
            &ends("expires: { on: 2026-12-01 }")
        ),
        ["no longer: access through its policy has ended for everyone"]
    );
    assert_eq!(
        said(
            &ends("expires: never"),
            &world(rule, false, TERMS[0], "", "[]")
        ),
        ["no longer: no rule assigns it"]
    );
    let crew = |guests: bool| {
        format!(
            "version: 1
resources: {{ crew: {{ group: Crew, guests: {guests} }} }}
catalogs: {{ open: {{ displayName: Open, resources: [crew] }} }}
packages:
  it: {{ catalog: open, displayName: It, grants: {{ crew: Member }}, policies: {{
    rule: {{ requestors: {{ automatic: {{ rule: '{rule}' }} }}, expires: never }} }} }}
"
        )
    };
    assert_eq!(
        said(&crew(true), &crew(false))[0],
        "no longer: nothing that it gives takes guests"
    );
}
