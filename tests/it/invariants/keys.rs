//! What each key of a statement says.

use std::collections::BTreeSet;

use super::{broken, plays};
use crate::support::Sandbox;

/// A small tree about which every key can be said and denied.
pub(super) const SMALL: &str = "version: 1
organizations:
  fabrikam: { displayName: Fabrikam, domains: [fabrikam.com] }
  seen: { displayName: Seen, domains: [seen.example], state: proposed }
resources:
  site: { site: 'https://contoso.sharepoint.com/sites/a', roles: [Members, Visitors] }
  team: { team: Team, guests: false }
catalogs:
  open: { displayName: Open, resources: [site, team] }
  shut: { displayName: Shut, resources: [site], externallyVisible: false }
packages:
  a:
    catalog: open
    displayName: A
    grants: { site: Visitors, team: Member }
    policies:
      partners:
        requestors: { organizations: [fabrikam] }
        approval: { stages: [{ approvers: ['user:ana@contoso.com'] }] }
        expires: { after: 30d }
        review: { every: quarterly, reviewers: ['user:ana@contoso.com'] }
  b:
    catalog: shut
    displayName: B
    grants: { site: Members }
    policies:
      colleagues: { requestors: members, expires: never }
      sales: { requestors: { automatic: { rule: 'user.department -match \"^sa(les|m)$\" -and user.department -ne \"sam\" -and user.userType -eq \"Member\"' } }, expires: never }
  c:
    catalog: open
    displayName: C
    grants: { site: Members }
    policies:
      by-hand: { requestors: nobody, expires: { after: 10d } }
      riddle: { requestors: anyExternal, expires: never, questions: [{ ask: Which?, required: true, pattern: 'a$b' }] }
";

#[test]
fn every_key_makes_a_difference() {
    // What holds, and what differs from it in one key and does not.
    let pairs = [
        (
            "never: { requestors: guests, holds: package/b }",
            "never: { requestors: members, holds: package/b }",
        ),
        (
            "never: { requestors: unlisted, holds: package/a }",
            "never: { requestors: external, holds: package/a }",
        ),
        (
            "never: { requestors: proposedOrganizations, holds: package/a }",
            "never: { requestors: configuredOrganizations, holds: package/a }",
        ),
        (
            "never: { domain: elsewhere.example, holds: package/a }",
            "never: { domain: fabrikam.com, holds: package/a }",
        ),
        (
            "never: { organization: seen, holds: package/a }",
            "never: { organization: [seen, 'fab*'], holds: package/a }",
        ),
        (
            "never: { requestors: guests, holds: package/b* }",
            "never: { requestors: guests, holds: package/a* }",
        ),
        (
            "never: { requestors: internal, asks: package/a }",
            "never: { requestors: internal, asks: package/b }",
        ),
        (
            "never: { requestors: guests, catalog: shut }",
            "never: { requestors: guests, catalog: open }",
        ),
        (
            "never: { requestors: guests, resource: team }",
            "never: { requestors: guests, resource: site }",
        ),
        (
            "never: { requestors: guests, role: Members }",
            "never: { requestors: guests, role: Visitors }",
        ),
        (
            "never: { requestors: internal, through: request, holds: package/c }",
            "never: { requestors: internal, through: direct, holds: package/c }",
        ),
        (
            "never: { requestors: guests, through: automatic }",
            "never: { requestors: members, through: automatic }",
        ),
        (
            "always: { requestors: external, catalog: open, approvals: '>=1' }",
            "always: { requestors: external, catalog: open, approvals: '>=2' }",
        ),
        (
            "never: { requestors: external, catalog: open, approvals: '0' }",
            "never: { requestors: external, catalog: open, approvals: '1' }",
        ),
        (
            "always: { requestors: external, catalog: open, expires: '<=30d' }",
            "always: { requestors: external, catalog: open, expires: '<30d' }",
        ),
        (
            "never: { requestors: external, catalog: open, expires: never }",
            "never: { requestors: external, catalog: open, expires: '<=30d' }",
        ),
        (
            "always: { requestors: external, catalog: open, review: quarterly }",
            "always: { requestors: external, catalog: open, review: monthly }",
        ),
        (
            "never: { requestors: external, catalog: open, review: never }",
            "never: { requestors: external, catalog: open, review: quarterly }",
        ),
        (
            "never: { requestors: guests, holds: [package/a, package/b] }",
            "never: { requestors: members, holds: [package/a, package/b] }",
        ),
        // Nobody can answer the question of the policy for everybody.
        (
            "never: { holds: package/c }",
            "never: { holds: package/c, through: direct }",
        ),
    ];
    let mut tree = format!("{SMALL}invariants:\n");
    for (at, (holds, breaks)) in pairs.iter().enumerate() {
        tree.push_str(&format!(
            "  holds-{at}: {{ {holds} }}\n  breaks-{at}: {{ {breaks} }}\n"
        ));
    }
    let sandbox = Sandbox::project().write("tree.yaml", tree);
    let expected: BTreeSet<String> = (0..pairs.len()).map(|at| format!("breaks-{at}")).collect();
    assert_eq!(broken(&sandbox, "GL0511"), expected);
    plays(&sandbox, pairs.len());
}

#[test]
fn a_package_that_gives_nothing_is_held_all_the_same() {
    let sandbox = Sandbox::project().write(
        "tree.yaml",
        "version: 1
catalogs: { open: { displayName: Open } }
packages:
  empty:
    catalog: open
    displayName: Empty
    policies: { colleagues: { requestors: members, expires: never } }
invariants:
  held: { never: { holds: package/empty } }
  no-role: { never: { holds: package/empty, role: Members } }
",
    );
    let broken = broken(&sandbox, "GL0511");
    assert_eq!(broken, BTreeSet::from(["held".to_owned()]));
    plays(&sandbox, 1);
}

#[test]
fn what_has_ended_for_everyone_is_given_to_nobody() {
    let tree = |on: &str| {
        format!(
            "version: 1
resources: {{ site: {{ site: 'https://contoso.sharepoint.com/sites/a' }} }}
catalogs: {{ open: {{ displayName: Open, resources: [site] }} }}
packages:
  a:
    catalog: open
    displayName: A
    grants: {{ site: Members }}
    policies:
      by-rule: {{ requestors: {{ automatic: {{ rule: 'user.department -eq \"Sales\"' }} }}, expires: {{ on: {on} }} }}
      by-hand: {{ requestors: nobody, expires: {{ on: {on} }} }}
invariants:
  by-rule: {{ never: {{ through: automatic }} }}
  by-hand: {{ never: {{ through: direct }} }}
"
        )
    };
    for (on, wanted) in [
        ("2020-01-01", &[][..]),
        ("2120-01-01", &["by-hand", "by-rule"]),
    ] {
        let sandbox = Sandbox::project().write("tree.yaml", tree(on));
        let wanted: BTreeSet<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(broken(&sandbox, "GL0511"), wanted, "{on}");
    }
}
