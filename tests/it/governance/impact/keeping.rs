//! What a plan says of those who have a package already: what differs for them through their policy, in words.

use super::already::{foretold, held, is_of_holders, tree};
use super::{now, of, packages, words};
use crate::governance::scene::{Scene, instant, loaded};

/// What is said of those who have it from one policy to another, where nobody knows whether there are any.
fn said(old: &str, new: &str) -> Vec<String> {
    let tree = |policies: &str| {
        let it = format!(
            "  it: {{ catalog: open, displayName: It, policies: {{ {policies}, q: {{ requestors: nobody, expires: never }} }} }}\n"
        );
        loaded(&packages(&it), now())
    };
    let rows = of(&tree(old), &tree(new)).rows;
    let rows = rows.iter().filter(|row| is_of_holders(row));
    rows.map(words).collect()
}

const BOSS: &str = "approval: { stages: [{ approvers: ['user:one@contoso.com'] }] }";
const REVIEWED: &str = "review: { every: monthly, reviewers: ['user:one@contoso.com'] }";

#[test]
fn an_end_that_moves_without_asking_is_wider_for_those_who_have_it() {
    let off = "requests: { enabled: false }, extension: { allowed: true }";
    let asked = format!("p: {{ requestors: members, {BOSS}, expires: {{ after: 365d }} }}");
    let wider = |text: &str| {
        vec![format!(
            "wider whoever has it already, through `p`: it {text} by policy/it/p"
        )]
    };
    assert_eq!(
        said(
            &asked,
            &format!("p: {{ requestors: members, {BOSS}, expires: never, {off} }}")
        ),
        wider("extendable without approval, without an end")
    );
    assert_eq!(
        said(
            &asked,
            &format!("p: {{ requestors: members, {BOSS}, expires: {{ after: 365d }}, {off} }}")
        ),
        wider("extendable without approval for 365d")
    );
    let dated = format!("p: {{ requestors: members, {BOSS}, expires: {{ on: 2027-06-30 }}");
    assert_eq!(
        said(
            &format!("{dated} }}"),
            &format!("{dated}, extension: {{ allowed: true }} }}")
        ),
        wider("extendable without approval until 2027-07-01T00:00:00Z")
    );
    // Another policy beside it gives what it gave: those who have it have it through this one.
    let tight = format!("t: {{ requestors: members, {BOSS}, expires: {{ after: 365d }} }}");
    assert_eq!(
        said(
            &asked,
            &format!("p: {{ requestors: members, {BOSS}, expires: never, {off} }}, {tight}")
        ),
        wider("extendable without approval, without an end")
    );
    // Whoever may ask anew without approval needs no extension.
    let free = "p: { requestors: members, expires: never";
    let extended = format!("{free}, extension: {{ allowed: true }} }}");
    assert_eq!(said(&format!("{free} }}"), &extended), Vec::<String>::new());
}

#[test]
fn a_rule_that_takes_less_is_wider_for_those_whom_it_gave_it() {
    let rule = |rule: &str, keys: &str| {
        format!(
            "p: {{ requestors: {{ automatic: {{ rule: 'user.department -in [{rule}]', {keys} }} }}, expires: never }}"
        )
    };
    let old = rule("\"Sales\"", "assign: true, remove: true, gracePeriod: 10d");
    let wider = |text: &str| {
        vec![format!(
            "wider whoever has it already, through `p`: it {text} by policy/it/p"
        )]
    };
    let never = "taken away never instead of after 10d from whom the rule no longer matches";
    assert_eq!(
        said(&old, &rule("\"Sales\"", "assign: false, remove: false")),
        wider(never)
    );
    assert_eq!(
        said(
            &old,
            &rule(
                "\"Sales\"",
                "assign: false, remove: true, gracePeriod: 3650d"
            )
        ),
        wider("taken away after 3650d instead of after 10d from whom the rule no longer matches")
    );
    assert_eq!(
        said(&old, "p: { requestors: nobody, expires: never }"),
        wider(never)
    );
    assert_eq!(
        said(
            &old,
            &rule(
                "\"Sales\", \"Ops\"",
                "assign: false, remove: true, gracePeriod: 10d"
            )
        ),
        wider("kept by whoever matches `user.department -in [\"Sales\", \"Ops\"]`")
    );
    assert_eq!(
        said(
            &old,
            &rule("\"Sales\"", "assign: false, remove: true, gracePeriod: 10d")
        ),
        Vec::<String>::new()
    );
}

#[test]
fn a_review_that_goes_or_waits_is_wider_for_those_who_have_it() {
    let wider = |text: &str| {
        vec![format!(
            "wider whoever has it already, through `p`: it {text} by policy/it/p"
        )]
    };
    let policy = |requestors: &str, review: &str| {
        format!("p: {{ requestors: {requestors}, expires: never{review} }}")
    };
    let reviewed = format!(", {REVIEWED}");
    let gone = wider("with no review any more");
    for after in ["members, requests: { enabled: false }", "nobody"] {
        assert_eq!(
            said(&policy("members", &reviewed), &policy(after, "")),
            gone,
            "{after}"
        );
    }
    assert_eq!(
        said(&policy("nobody", &reviewed), &policy("nobody", "")),
        gone
    );
    // Whoever may ask is told the same.
    assert_eq!(
        said(&policy("members", &reviewed), &policy("members", "")),
        Vec::<String>::new()
    );
    let every = |review: &str| {
        policy(
            "members",
            &format!(", review: {{ {review}, reviewers: ['user:one@contoso.com'] }}"),
        )
    };
    let yearly = every("every: yearly, starts: 2026-01-05");
    for (after, next) in [
        (
            "every: yearly, starts: 2025-12-20",
            "next reviewed 2027-12-20 instead of 2027-01-05",
        ),
        (
            "every: yearly, starts: 2027-12-01",
            "next reviewed 2027-12-01 instead of 2027-01-05",
        ),
        (
            "every: halfYearly",
            "reviewed half-yearly instead of yearly, next reviewed 2027-07-01 instead of 2027-01-05",
        ),
    ] {
        assert_eq!(said(&yearly, &every(after)), wider(next), "{after}");
    }
    // Rounds that open as often as before go on as they were to.
    let far = loaded(
        &tree_of(&every("every: monthly, starts: 2030-01-01")),
        now(),
    );
    let near = loaded(&tree_of(&every("every: monthly")), now());
    assert_eq!(
        of(&far, &near).rows.iter().map(words).collect::<Vec<_>>(),
        Vec::<String>::new()
    );
}

fn tree_of(policy: &str) -> String {
    packages(&format!(
        "  it: {{ catalog: open, displayName: It, policies: {{ {policy} }} }}\n"
    ))
}

#[test]
fn whoever_has_what_is_let_go_is_reviewed_no_more() {
    let reviewed = format!("requestors: members, expires: never, {REVIEWED}");
    let mut scene = held(&reviewed, &tree(true, Some(&reviewed)), true);
    let _ = scene.tick("T40");
    let desired = loaded(&tree(true, None), instant("T40"));
    let (_, found) = foretold(&mut scene, &desired);
    let told: Vec<String> = found
        .rows
        .iter()
        .filter(|row| is_of_holders(row))
        .map(words)
        .collect();
    assert_eq!(
        told,
        [
            "wider whoever has it already, through `p`: it with no review any more, the review that is open is dropped by policy/it/p"
        ]
    );
    let effects: Vec<String> = found.effects.iter().map(|effect| effect.words()).collect();
    assert_eq!(
        effects,
        [
            "1 person holds package/it through policy/it/p, which the tree lets go: access stays as it was given, nobody reviews it any more, and nobody can ask to extend it any more"
        ]
    );
}

#[test]
fn an_end_that_no_extension_moves_simply_stays() {
    let policy =
        |end: &str| format!("requestors: members, expires: {end}, extension: {{ allowed: true }}");
    let given = policy("{ after: 60d }");
    for (end, stays) in [
        ("{ on: 2027-01-20 }", "the present end date stays"),
        (
            "{ on: 2028-06-01 }",
            "the present end date stays until it is extended",
        ),
        (
            "{ after: 30d }",
            "the present end date stays until it is extended",
        ),
    ] {
        let mut scene = held(&given, &tree(true, Some(&given)), true);
        let desired = loaded(&tree(true, Some(&policy(end))), now());
        let (_, found) = foretold(&mut scene, &desired);
        let effects: Vec<String> = found.effects.iter().map(|effect| effect.words()).collect();
        assert_eq!(
            effects,
            [format!(
                "1 person holds package/it through policy/it/p: {stays}"
            )]
        );
    }
}

#[test]
fn whoever_waits_for_it_counts_as_whoever_has_it() {
    let asked = format!("requestors: members, expires: never, {BOSS}, {REVIEWED}");
    let mut scene = held(&asked, &tree(true, Some(&asked)), true);
    let closed =
        format!("requestors: members, expires: never, {BOSS}, requests: {{ enabled: false }}");
    let reviewed = format!("{closed}, {REVIEWED}");
    scene.operator().apply(&tree(true, Some(&reviewed)));
    let desired = loaded(&tree(true, Some(&closed)), now());
    let said = |scene: &mut Scene| -> Vec<String> {
        let (_, found) = foretold(scene, &desired);
        found.rows.iter().map(words).collect()
    };
    let assigned = "other whom administrators assign: it with no review any more by policy/it/p";
    assert_eq!(
        said(&mut scene),
        [
            "wider whoever waits for it already, through `p`: it with no review any more by policy/it/p",
            assigned,
        ]
    );
    scene.denies("one@contoso.com", 1);
    assert_eq!(said(scene.operator()), [assigned]);
}
