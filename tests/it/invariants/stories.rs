//! Counterexamples that are rarely needed: approvers of every sort, dates, names, and what has to be said.

use std::collections::BTreeSet;

use super::{broken, plays};
use crate::support::Sandbox;

/// A tree of whose packages somebody comes to have each in a way of its own.
const RARE: &str = "version: 1
organizations:
  fabrikam: { displayName: Fabrikam, domains: [fabrikam.com], sponsors: { internal: ['user:omar@contoso.com'], external: [group:friends] } }
  seen: { displayName: Seen, domains: [seen.example] }
  tailspin: { displayName: Tailspin, tenant: 3d0f5dec-0000-4000-8000-000000000001, domains: [tailspin.example] }
resources:
  site: { site: 'https://contoso.sharepoint.com/sites/a' }
  friends: { group: friends, managed: true, guests: true }
catalogs: { open: { displayName: Open, resources: [site] } }
packages:
  escalated: { catalog: open, displayName: A, grants: { site: Members }, policies: { p: { requestors: { people: ['user:ana@contoso.com'] }, expires: { after: 30d }, approval: { stages: [{ approvers: ['user:ana@contoso.com'], decideWithin: 14d, escalation: { after: 7d, approvers: ['user:omar@contoso.com'] } }] } } } }
  theirs: { catalog: open, displayName: B, grants: { site: Members }, policies: { p: { requestors: { organizations: [fabrikam] }, expires: { after: 30d }, approval: { stages: [{ approvers: [sponsors:external], fallback: ['user:omar@contoso.com'] }] } } } }
  own: { catalog: open, displayName: C, grants: { site: Members }, policies: { p: { requestors: membersAndGuests, expires: { after: 30d }, approval: { stages: [{ approvers: [sponsors:own], fallback: ['user:omar@contoso.com'] }] } } } }
  own-too: { catalog: open, displayName: C2, grants: { site: Members }, policies: { p: { requestors: membersAndGuests, expires: { after: 30d }, approval: { stages: [{ approvers: [sponsors:own], fallback: ['user:omar@contoso.com'] }] } } } }
  above: { catalog: open, displayName: D, grants: { site: Members }, policies: { p: { requestors: members, expires: { after: 30d }, approval: { stages: [{ approvers: [manager:2], fallback: ['user:omar@contoso.com'] }] } } } }
  reasoned: { catalog: open, displayName: E, grants: { site: Members }, policies: { p: { requestors: members, justification: required, expires: { after: 45d }, extension: { allowed: true, approval: false }, approval: { stages: [{ approvers: ['user:ana@contoso.com'], justification: required }] } } } }
  one: { catalog: open, displayName: F, grants: { site: Members }, policies: { p: { requestors: members, expires: { after: 30d }, approval: { stages: [{ approvers: [group:ones] }] } } } }
  two: { catalog: open, displayName: G, grants: { site: Members }, policies: { p: { requestors: members, expires: { after: 30d }, approval: { stages: [{ approvers: [group:twos] }] } } } }
  later: { catalog: open, displayName: H, grants: { site: Members }, incompatibleWith: [package/latest], policies: { p: { requestors: members, expires: { after: 30d }, requests: { customSchedule: true } } } }
  latest: { catalog: open, displayName: I, grants: { site: Members }, incompatibleWith: [package/later], policies: { p: { requestors: members, expires: { after: 30d }, requests: { customSchedule: true } } } }
  dated: { catalog: open, displayName: K, grants: { site: Members }, policies: { p: { requestors: members, expires: { on: '2110-01-01' } } } }
  often: { catalog: open, displayName: L, grants: { site: Members }, policies: { p: { requestors: members, expires: { after: 400d }, extension: { allowed: true, approval: false } } } }
  asked: { catalog: open, displayName: M, grants: { site: Members }, policies: { p: { requestors: members, expires: { after: 30d }, questions: [{ ask: Anything else?, pattern: 'a$b' }, { ask: Which order?, required: true, pattern: 'PO-[0-9]{4}' }] } } }
  proved: { catalog: open, displayName: N, grants: { site: Members }, policies: { p: { requestors: { organizations: [tailspin] }, expires: { after: 30d } } } }
  ages: { catalog: open, displayName: O, grants: { site: Members }, policies: { p: { requestors: members, expires: { after: 3000d }, extension: { allowed: true, approval: false } } } }
  vouched: { catalog: open, displayName: P, grants: { site: Members }, policies: { p: { requestors: { organizations: [fabrikam] }, expires: { after: 30d }, approval: { stages: [{ approvers: [sponsors:internal], fallback: ['user:eva@contoso.com'] }] } } } }
  friendly: { catalog: open, displayName: Q, grants: { site: Members }, policies: { p: { requestors: { people: [group:friends] }, expires: { after: 30d } } } }
  finest: { catalog: open, displayName: T, grants: { site: Members }, policies: { a: { requestors: { organizations: [fabrikam] }, expires: { after: 30d }, approval: { stages: [{ approvers: ['user:ana@contoso.com'] }] } }, b: { requestors: configuredOrganizations, expires: { after: 30d } } } }
  finer: { catalog: open, displayName: U, grants: { site: Members }, policies: { a: { requestors: { organizations: [seen, tailspin] }, expires: { after: 30d }, approval: { stages: [{ approvers: ['user:ana@contoso.com'] }] } }, b: { requestors: configuredOrganizations, expires: { after: 30d } } } }
  below: { catalog: open, displayName: V, grants: { site: Members }, policies: { p: { requestors: anyExternal, expires: { after: 30d }, approval: { stages: [{ approvers: [sponsors:internal], fallback: ['user:eva@contoso.com'] }, { approvers: ['user:omar@contoso.com'] }] } } } }
  either: { catalog: open, displayName: R, grants: { site: Members }, policies: { a: { requestors: { people: [group:ones] }, expires: { after: 30d } }, b: { requestors: members, expires: { after: 30d } } } }
  other: { catalog: open, displayName: S, grants: { site: Members }, incompatibleWith: [group:ones], policies: { p: { requestors: members, expires: { after: 30d } } } }
  escalated-too: { catalog: open, displayName: W, grants: { site: Members }, policies: { p: { requestors: { people: ['user:ana@contoso.com'] }, expires: { after: 30d }, approval: { stages: [{ approvers: ['user:ana@contoso.com'], decideWithin: 14d, escalation: { after: 7d, approvers: ['user:omar@contoso.com'] } }] } } } }
  brief: { catalog: open, displayName: X, grants: { site: Members }, policies: { p: { requestors: members, expires: { after: 8h } } } }
  brief-later: { catalog: open, displayName: Y, grants: { site: Members }, policies: { p: { requestors: members, expires: { after: 8h }, requests: { customSchedule: true } } } }
";

const SAID: &[&str] = &[
    "never: { holds: package/escalated }",
    "never: { holds: package/theirs }",
    "never: { holds: [package/own, package/own-too] }",
    "never: { holds: package/above }",
    "never: { holds: package/reasoned, expires: '>100d' }",
    "never: { holds: [package/one, package/two] }",
    "never: { holds: [package/later, package/latest] }",
    "never: { holds: package/dated }",
    "never: { holds: package/dated, expires: '>900d' }",
    "never: { holds: package/often, expires: '>3000d' }",
    "never: { holds: package/often, expires: never }",
    "never: { holds: package/asked }",
    "never: { holds: package/proved, domain: elsewhere.example }",
    "never: { holds: package/ages, expires: never }",
    // By hand the domain of somebody counts, and so its sponsors are asked.
    "never: { requestors: unlisted, domain: fabrikam.com, holds: package/vouched, through: direct }",
    "never: { requestors: unlisted, domain: fabrikam.com, holds: [package/vouched, package/friendly], through: [request, direct] }",
    // Those of one organization have a policy of their own.
    "never: { holds: package/finest, approvals: '0' }",
    "never: { holds: package/finer, approvals: '0' }",
    // Omar cannot approve twice, and is asked once for those of a domain below.
    "never: { requestors: unlisted, domain: fabrikam.com, holds: package/below, through: direct }",
    // Whoever is in the group may have one of them alone.
    "never: { holds: [package/either, package/other] }",
    // What others take a week to approve is there while the rest still is.
    "never: { holds: [package/brief, package/escalated] }",
    "never: { holds: [package/escalated, package/escalated-too] }",
    "never: { holds: [package/brief-later, package/brief] }",
];

#[test]
fn rare_stories_can_be_played() {
    let mut tree = RARE.trim_end().to_owned() + "\ninvariants:\n";
    let mut names = BTreeSet::new();
    for (at, said) in SAID.iter().enumerate() {
        // A story needs room in its name to say that something is broken, and names that begin alike stay apart.
        let name = format!("{}-{at}", "x".repeat(60));
        tree.push_str(&format!("  {name}: {{ {said} }}\n"));
        let _ = names.insert(name);
    }
    let sandbox = Sandbox::project().write("tree.yaml", tree);
    assert_eq!(broken(&sandbox, "GL0511"), names);
    plays(&sandbox, SAID.len());
}

#[test]
fn by_hand_nobody_is_brought_in_from_an_organization_that_is_closed() {
    // A tenant that no organization has proves none, and so the domain tells who is closed.
    let tree = |inbound: &str| {
        format!(
            "version: 1
organizations:
  closed:
    displayName: Closed
    tenant: 3d0f5dec-0000-4000-8000-000000000002
    domains: [{{ domain: closed.example, subdomains: true }}]
    crossTenant: {{ inbound: {inbound} }}
resources: {{ site: {{ site: 'https://contoso.sharepoint.com/sites/a' }} }}
catalogs: {{ open: {{ displayName: Open, resources: [site] }} }}
packages:
  a: {{ catalog: open, displayName: A, grants: {{ site: Members }}, policies: {{ by-hand: {{ requestors: anyExternal, expires: {{ after: 10d }} }} }} }}
invariants: {{ by-hand: {{ never: {{ domain: closed.example, holds: package/a, through: direct }} }} }}
"
        )
    };
    for inbound in [
        "{ users: none, applications: none }",
        "{ users: all, applications: all }",
    ] {
        let sandbox = Sandbox::project().write("tree.yaml", tree(inbound));
        plays(&sandbox, 1);
    }
}

#[test]
fn what_happens_is_said_in_words_and_where() {
    let tree = "version: 1
resources: { site: { site: 'https://contoso.sharepoint.com/sites/a' } }
catalogs: { open: { displayName: Open, resources: [site] } }
packages:
  often:
    catalog: open
    displayName: A
    grants: { site: Members }
    policies:
      p:
        requestors: members
        expires: { after: 45d }
        extension: { allowed: true, approval: false }
  dated: { catalog: open, displayName: B, grants: { site: Members }, policies: { p: { requestors: members, expires: { on: '2110-01-01' } } } }
invariants:
  again: { always: { holds: package/often, expires: '<=100d' } }
  free: { never: { holds: package/often, approvals: '0' } }
  asked: { never: { asks: package/often } }
  until: { never: { holds: package/dated, expires: '>=1d', review: never } }
  many: { never: { holds: 'package/many-*' } }
";
    let many: String = (0..12)
        .map(|at| {
            format!("  many-{at}: {{ catalog: open, displayName: M{at}, grants: {{ site: Members }}, policies: {{ p: {{ requestors: members, expires: never }} }} }}\n")
        })
        .collect();
    let tree = tree.replace("invariants:\n", &format!("{many}invariants:\n"));
    let sandbox = Sandbox::project().write("tree.yaml", tree);
    let outcome = sandbox.run(["validate"]).exits(3);
    for text in [
        "can have it for 45d again and again, for extensions need no approval",
        // The part of the policy that lets it happen.
        "tree.yaml:13:9: note: policy/often/p gives it",
        "can have it without approval",
        "can ask for it",
        "can have it until 2110-01-01",
        "the invariant `many` is broken by",
        "more policies",
    ] {
        assert!(outcome.stdout.contains(text), "{text}\n{}", outcome.text());
    }
}
