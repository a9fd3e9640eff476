//! Domains that look like known ones: who comes to be known by a plan, or is known no longer, decides about others too.

use guestlist::governance::Ground;
use guestlist::governance::record::RequestState;

use super::{now, of, words};
use crate::governance::asking::arriving;
use crate::governance::scene::{Scene, loaded};

fn tree(organizations: &str, approval: &str) -> String {
    format!(
        "version: 1
organizations: {{ {organizations} }}
catalogs: {{ open: {{ displayName: Open }} }}
packages:
  it: {{ catalog: open, displayName: It, policies: {{ p: {{ requestors: anyExternal, expires: {{ after: 30d }}{approval} }} }} }}
"
    )
}

const COHO: &str = "coho: { displayName: Coho, domains: [coho.example] }";
const FAB: &str = "fab: { displayName: Fab, domains: [fabrikam.com] }";

fn said(old: &str, new: &str) -> Vec<String> {
    let [old, new] = [old, new].map(|it| loaded(it, now()));
    of(&old, &new).rows.iter().map(words).collect()
}

#[test]
fn whose_domain_no_longer_looks_like_a_known_one_may_ask_and_is_told() {
    let (both, one) = (format!("{COHO}, {FAB}"), FAB.to_owned());
    let (before, after) = (tree(&both, ""), tree(&one, ""));
    assert_eq!(
        said(&before, &after),
        [
            "new anyone at domains that look like known ones, and will not: it with no approval, for 30d by organization/coho"
        ]
    );
    assert_eq!(
        said(&after, &before),
        [
            "gone anyone at domains that will look like known ones: it no longer: the domain looks like a known one, and nobody would approve by organization/coho"
        ]
    );
    let mut scene = Scene::of(&before);
    let asking = || arriving("it", "bob@coho.exarnple");
    assert_eq!(scene.asks_in_vain(asking()).ground, Ground::Domain);
    scene.operator().apply(&after);
    scene.asks(asking());
    assert_eq!(scene.request(1).state, RequestState::Delivering);
}

#[test]
fn nobody_else_is_known_no_longer() {
    let approved = ", approval: { stages: [{ approvers: ['user:ana@contoso.com'] }] }";
    let both = format!("{COHO}, {FAB}");
    assert_eq!(said(&tree(&both, approved), &tree(FAB, approved)), [""; 0]);
}

#[test]
fn what_a_rule_gives_is_extended_by_nobody() {
    let tree = |extension: &str| {
        super::packages(&format!(
            "  it: {{ catalog: open, displayName: It, policies: {{ p: {{ requestors: {{ automatic: {{ rule: 'user.department -eq \"Art\"' }} }},
    expires: {{ after: 30d }}{extension} }} }} }}\n"
        ))
    };
    let (plain, extended) = (tree(""), tree(", extension: { allowed: true }"));
    assert_eq!(said(&plain, &extended), [""; 0]);
}
