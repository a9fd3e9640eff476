//! What invariants are about nothing for, and from which day on.

use std::collections::BTreeSet;

use serde_json::Value;

use super::keys::SMALL;
use super::{broken, plays};
use crate::support::Sandbox;

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
            "nobody, for only programs have package/robots",
        ),
        (
            "never: { holds: [package/robots, package/b, package/droids] }",
            "nobody, for only programs have package/droids and package/robots",
        ),
        (
            "never: { requestors: visitors, through: automatic }",
            "nobody, for rules give nothing to people without an account",
        ),
        (
            "always: { requestors: visitors, holds: package/b, through: automatic, expires: '<=30d' }",
            "nobody, for rules give nothing to people without an account",
        ),
        (
            "never: { requestors: proposedOrganizations, organization: [fabrikam, nowhere] }",
            "nobody, for organization/fabrikam is configured, not proposed",
        ),
        (
            "never: { requestors: proposedOrganizations, organization: [fabrikam, closed] }",
            "nobody, for organization/fabrikam and organization/closed are configured, not proposed",
        ),
        (
            "never: { requestors: external, organization: [nowhere, fabrikam], domain: elsewhere.example }",
            "nobody, for nobody with such an address can prove to be of organization/fabrikam",
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
            "always: { holds: package/over, approvals: '>=1' }",
            "nothing, for what the policies of package/over give has ended",
        ),
        (
            "always: { requestors: internal, holds: package/over, approvals: '>=1' }",
            "nothing, for the policies of package/over are for others",
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
        "never: { requestors: [visitors, guests], through: automatic }",
        "never: { requestors: visitors, through: [automatic, direct], holds: package/b }",
        "never: { holds: package/a, through: automatic }",
        "never: { asks: package/by-hand }",
        "never: { holds: package/over, approvals: '<1' }",
        "always: { holds: package/a, expires: '>=1m' }",
        "always: { requestors: visitors, organization: closed, holds: package/shut-off, approvals: '>=1' }",
    ];
    let mut tree = format!(
        "{SMALL}  by-hand: {{ catalog: open, displayName: H, grants: {{ site: Members }}, policies: {{ one: {{ requestors: nobody }} }} }}
  over: {{ catalog: open, displayName: Over, grants: {{ site: Members }}, policies: {{ one: {{ requestors: anyExternal, expires: {{ on: 2020-01-01 }} }} }} }}
  robots: {{ catalog: open, displayName: R, grants: {{ site: Members }}, policies: {{ one: {{ requestors: allServicePrincipals }} }} }}
  droids: {{ catalog: open, displayName: D, grants: {{ site: Members }}, policies: {{ one: {{ requestors: allServicePrincipals }} }} }}
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
    // A name of nothing is told by itself.
    let messages = messages.filter(|message| !message.contains("which is not declared"));
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
