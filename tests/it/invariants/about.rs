//! Whom invariants are about, what they are about nothing for, and from which day on.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{SMALL, WHO, broken, plays};
use crate::support::Sandbox;

#[test]
fn who_was_here_before_is_told_so() {
    let tree = format!(
        "{WHO}invariants:
  refused: {{ never: {{ requestors: guests, domain: blocked.example, holds: package/jane }} }}
  closed: {{ never: {{ requestors: guests, organization: closed, holds: package/partners, through: direct }} }}
"
    );
    let sandbox = Sandbox::project().write("tree.yaml", tree);
    let text = sandbox.run(["validate"]).exits(3).text();
    for said in [
        "jane@blocked.example, a guest who was here before blocked.example was refused, can have it",
        "a guest of organization/closed who was here before the settings of organization/closed let nobody in, can be given it by hand",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
}

#[test]
fn whoever_cannot_sign_in_has_what_others_ask_for_them_and_approvers_sign_in_otherwise() {
    let approval = "approval: { stages: [{ approvers: [sponsors:internal], fallback: ['user:omar@contoso.com'] }] }, expires: { after: 30d }";
    let behalf = "approval: { stages: [{ approvers: ['user:jo@closed.example'] }] }, extension: { allowed: true }, onBehalf: { requestors: [manager], update: true }, expires: { after: 30d }";
    let tree = format!(
        "{WHO}invariants:
  held: {{ never: {{ organization: closed, holds: package/partners }} }}
  kept: {{ always: {{ organization: closed, holds: package/partners, expires: '<=40d' }} }}
  asked: {{ never: {{ organization: closed, asks: package/partners }} }}
"
    );
    let partners = "{ organizations: [fabrikam, deep, tailspin, street, closed] }";
    assert!(tree.contains(approval) && tree.contains(partners));
    let tree = tree.replace(partners, "membersAndGuests");
    let sandbox = Sandbox::project().write("tree.yaml", tree.replace(approval, behalf));
    let both = BTreeSet::from(["held".to_owned(), "kept".to_owned()]);
    assert_eq!(broken(&sandbox, "GL0511"), both);
    plays(&sandbox, 2);
    let alone = behalf.replace(", update: true", "");
    let sandbox = Sandbox::project().write("tree.yaml", tree.replace(approval, &alone));
    let one = BTreeSet::from(["held".to_owned()]);
    assert_eq!(broken(&sandbox, "GL0511"), one);
}

#[test]
fn what_is_about_nothing_is_told_with_the_reason() {
    let told = [
        (
            "never: { requestors: internal, organization: fabrikam, holds: package/* }",
            "nobody, for our own people are of no organization",
        ),
        (
            "never: { domain: contoso.com, organization: fabrikam }",
            "nobody, for nobody with such an address can prove to be of organization/fabrikam",
        ),
        (
            "never: { requestors: unlisted, organization: fabrikam }",
            "nobody, for `unlisted` people are of no organization that is declared",
        ),
        (
            "never: { requestors: proposedOrganizations, organization: fabrikam }",
            "nobody, for organization/fabrikam is configured, not proposed",
        ),
        (
            "never: { requestors: external, organization: fabrikam, domain: elsewhere.example }",
            "nobody, for nobody with such an address can prove to be of organization/fabrikam",
        ),
        (
            "never: { holds: package/robots }",
            "nobody, for only programs have package/robots",
        ),
        (
            "never: { holds: [package/a, package/robots] }",
            "nobody, for only programs have package/a and package/robots",
        ),
        (
            "always: { holds: package/a, through: automatic, expires: '<=30d' }",
            "nothing, for no policy of package/a gives it by rule",
        ),
        (
            "always: { asks: package/by-hand, approvals: '>=1' }",
            "nothing, for no policy of package/by-hand lets anybody ask for it",
        ),
        (
            "always: { requestors: internal, holds: package/a, approvals: '>=1' }",
            "nothing, for the policies of package/a are for others",
        ),
        (
            "never: { requestors: external, through: automatic, approvals: '>=1' }",
            "nothing, for what a rule gives has no approvals",
        ),
        (
            "always: { holds: package/a, approvals: '>=0' }",
            "nothing, for every policy has so many approvals",
        ),
        (
            "never: { holds: package/a, approvals: '<0' }",
            "nothing, for no policy has so many approvals",
        ),
        (
            "never: { holds: package/a, catalog: shut }",
            "no package that is declared",
        ),
    ];
    // What is refused at the moment, or what no policy does, is something all the same.
    let silent = [
        "never: { requestors: visitors, domain: blocked.example, holds: package/* }",
        "never: { requestors: guests, holds: package/b }",
        "never: { holds: package/a, through: automatic }",
        "never: { asks: package/by-hand }",
        "always: { holds: package/a, expires: '>=1m' }",
        "always: { requestors: visitors, organization: closed, holds: package/shut-off, approvals: '>=1' }",
    ];
    let mut tree = format!(
        "{SMALL}  by-hand: {{ catalog: open, displayName: H, grants: {{ site: Members }}, policies: {{ one: {{ requestors: nobody }} }} }}
  robots: {{ catalog: open, displayName: R, grants: {{ site: Members }}, policies: {{ one: {{ requestors: allServicePrincipals }} }} }}
  shut-off: {{ catalog: unpublished, displayName: O, grants: {{ site: Members }}, policies: {{ one: {{ requestors: anyExternal, requests: {{ enabled: false }} }} }} }}
domains: {{ block: [blocked.example] }}
invariants:
"
    );
    tree = tree.replace(
        "  shut: { displayName: Shut,",
        "  unpublished: { displayName: U, resources: [site], published: false }\n  shut: { displayName: Shut,",
    );
    tree = tree.replace(
        "  seen: { displayName: Seen,",
        "  closed: { displayName: Closed, tenant: 3d0f5dec-0000-4000-8000-000000000002, domains: [closed.example], crossTenant: { inbound: { users: none, applications: none } } }\n  seen: { displayName: Seen,",
    );
    for (at, (text, _)) in told.iter().enumerate() {
        tree.push_str(&format!("  told-{at}: {{ {text} }}\n"));
    }
    for (at, text) in silent.iter().enumerate() {
        tree.push_str(&format!("  silent-{at}: {{ {text} }}\n"));
    }
    let sandbox = Sandbox::project().write("tree.yaml", tree);
    let report = sandbox.run(["validate", "--format", "json"]).stdout;
    let report: Value = serde_json::from_str(&report).expect("a report");
    let all = report["diagnostics"].as_array().expect("diagnostics");
    let idle = all.iter().filter(|one| one["code"] == "GL0512");
    let messages = idle.filter_map(|one| one["message"].as_str());
    let mut messages: Vec<&str> = messages.collect();
    messages.sort_unstable();
    let mut expected: Vec<String> = told
        .iter()
        .enumerate()
        .map(|(at, (_, why))| format!("the invariant `told-{at}` is about {why}"))
        .collect();
    expected.sort_unstable();
    assert_eq!(messages, expected, "{report}");
    assert!(broken(&sandbox, "GL0301").is_empty(), "{report}");
}

#[test]
fn reviews_that_begin_far_away_are_none_until_then() {
    let tree = |starts: &str, expires: &str| {
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
      all:
        requestors: members
        expires: {expires}
        review: {{ every: monthly, starts: {starts}, reviewers: ['user:ana@contoso.com'] }}
invariants:
  monthly: {{ always: {{ holds: package/a, review: monthly }} }}
  reviewed: {{ never: {{ holds: package/a, review: never }} }}
"
        )
    };
    for (starts, expires, wanted) in [
        ("2020-01-01", "never", &[][..]),
        ("2020-01-01", "{ after: 3d }", &[]),
        ("2099-01-01", "never", &["monthly"]),
        ("2099-01-01", "{ after: 30d }", &["monthly", "reviewed"]),
        (
            "2099-01-01",
            "{ after: 30d }, extension: { allowed: true }",
            &["monthly"],
        ),
    ] {
        let sandbox = Sandbox::project().write(
            "tree.yaml",
            tree(starts, &expires.replace("}, ", "}\n        ")),
        );
        let wanted: BTreeSet<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(broken(&sandbox, "GL0511"), wanted, "{starts} {expires}");
        if !wanted.is_empty() {
            let text = sandbox.run(["validate"]).text();
            plays(&sandbox, wanted.len());
            assert!(
                text.contains("that begins on 20") || text.contains("without a review"),
                "{text}"
            );
            assert!(
                text.contains("how long it is until a date depends on the day"),
                "{text}"
            );
        }
    }
}

#[test]
fn what_puts_somebody_into_a_group_that_excludes_the_other_is_asked_for_last() {
    let tree = |first: &str, second: &str, role: &str| {
        format!(
            "version: 1
resources:
  site: {{ site: 'https://contoso.sharepoint.com/sites/a' }}
  payers: {{ group: Payers, managed: true }}
catalogs: {{ open: {{ displayName: Open, resources: [site, payers] }} }}
packages:
  a: {{ catalog: open, displayName: A, grants: {{ payers: {role} }}, incompatibleWith: {first}, policies: {{ all: {{ requestors: members, expires: never }} }} }}
  b: {{ catalog: open, displayName: B, grants: {{ site: Members }}, incompatibleWith: {second}, policies: {{ all: {{ requestors: members, expires: never }} }} }}
invariants: {{ both: {{ never: {{ holds: [package/a, package/b] }} }} }}
"
        )
    };
    for (first, second, role, breaks) in [
        ("[]", "['group:payers']", "Member", true),
        ("[package/b]", "['group:payers']", "Member", false),
        ("[package/b]", "['group:others']", "Member", true),
        ("[package/b]", "['group:payers']", "Owner", false),
        ("['group:payers']", "[package/a]", "Member", true),
    ] {
        let sandbox = Sandbox::project().write("tree.yaml", tree(first, second, role));
        let found = broken(&sandbox, "GL0511");
        assert_eq!(!found.is_empty(), breaks, "{first} {second} {role}");
        if breaks {
            plays(&sandbox, 1);
        }
    }
}
