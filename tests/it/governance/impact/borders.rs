//! Whom a list of domains lets in, or no longer does, in words: neither more people nor fewer than it is about.

use guestlist::impact::{self, Difference, Sides};
use guestlist::model::Desired;
use guestlist::model::text::Domain;
use guestlist::plan::between;

use super::told::OWN;
use super::{now, of, packages, words};
use crate::governance::scene::loaded;

/// What is said from one list to another of people who are not in the directory yet.
fn said(was: &str, is: &str) -> Vec<String> {
    let tree = |list: &str| {
        let all = "  it: { catalog: open, displayName: It, policies: { all: { requestors: anyExternal } } }\n";
        loaded(&(packages(all) + list), now())
    };
    let rows = of(&tree(was), &tree(is)).rows;
    let said = rows.iter().map(|row| {
        let text = row.who.text.strip_suffix(" (not in the directory yet)");
        let sign = match row.kind {
            Difference::New => '+',
            Difference::Gone => '-',
            _ => '?',
        };
        format!("{sign} {}", text.unwrap_or(&row.who.text))
    });
    said.collect()
}

#[test]
fn domains_are_told_with_what_is_excepted() {
    let block = |list: &str| format!("domains: {{ block: [{list}] }}");
    let allow = |list: &str| format!("domains: {{ allow: [{list}] }}");
    let none = || "domains: { block: [] }".to_owned();
    for (was, is, wanted) in [
        (
            none(),
            block("example.com"),
            &["- anyone at example.com or below"][..],
        ),
        (
            block("example.com, x.example.com"),
            none(),
            &["+ anyone at example.com or below"],
        ),
        (
            block("example.com, x.example.com"),
            block("x.example.com"),
            &["+ anyone at example.com or below (but not x.example.com or below)"],
        ),
        (
            block("x.example.com"),
            block("x.example.com, example.com"),
            &["- anyone at example.com or below (but not x.example.com or below)"],
        ),
        (
            block("example.com, y.x.example.com"),
            block("x.example.com"),
            &["+ anyone at example.com or below (but not x.example.com or below)"],
        ),
        (
            block("b.example"),
            allow("a.example"),
            &["- anyone at a domain that is not listed (but not b.example or below)"],
        ),
        (
            block("example.com"),
            allow("x.example.com"),
            &[
                "+ anyone at x.example.com",
                "- anyone at a domain that is not listed (but not example.com or below)",
            ],
        ),
        (
            allow("{ domain: example.com, subdomains: true }"),
            allow("example.com"),
            &["- anyone at any domain below example.com"],
        ),
        (
            allow("example.com"),
            allow("example.com, { domain: b.example, subdomains: true }"),
            &["+ anyone at b.example or below"],
        ),
    ] {
        assert_eq!(said(&was, &is), wanted, "{was} {is}");
    }
}

/// What is said from one tree to another, of whom and of which packages.
fn rows(was: &str, is: &str) -> Vec<String> {
    let found = of(&loaded(was, now()), &loaded(is, now()));
    found.rows.iter().map(words).collect()
}

/// Three partners: one by its tenant, one by its domain, one by both; and packages for each, for all and for anyone.
fn partners(settings: &str) -> String {
    format!(
        "version: 1
{settings}
organizations:
  a: {{ displayName: A, tenant: 3d0f5dec-0000-4000-8000-000000000001 }}
  b: {{ displayName: B, domains: [b.example] }}
  c: {{ displayName: C, tenant: 3d0f5dec-0000-4000-8000-000000000003, domains: [c.example] }}
catalogs: {{ open: {{ displayName: Open }} }}
packages:
  for-a: {{ catalog: open, displayName: A, policies: {{ p: {{ requestors: {{ organizations: [a] }} }} }} }}
  for-all: {{ catalog: open, displayName: All, policies: {{ p: {{ requestors: configuredOrganizations }} }} }}
  for-any: {{ catalog: open, displayName: Any, policies: {{ p: {{ requestors: anyExternal }} }} }}
"
    )
}

const NONE: &str = "domains: { block: [] }";

#[test]
fn people_of_organizations_with_other_addresses_are_told_apart_and_last() {
    let block = "domains: { block: [b.example, d.example] }";
    assert_eq!(
        rows(&partners(NONE), &partners(block)),
        [
            "gone people of b at b.example (not in the directory yet): for-all no longer: their domain is blocked by settings/domains",
            "gone anyone at b.example or below and d.example or below (not in the directory yet): for-any no longer: their domain is blocked by settings/domains",
            "gone people of other organizations at b.example or below and d.example or below (not in the directory yet): for-a, for-all no longer: their domain is blocked by settings/domains",
        ]
    );
}

#[test]
fn a_domain_that_is_no_longer_refused_lets_in_whom_their_organization_may() {
    let rows = rows(
        &partners("domains: { block: [d.example] }"),
        &partners(NONE),
    );
    assert_eq!(
        rows.last().map(String::as_str),
        Some(
            "new people of other organizations at d.example or below (not in the directory yet): for-a, for-all as others of their organization may by settings/domains"
        )
    );
    assert!(
        rows[0]
            .starts_with("new anyone at d.example or below (not in the directory yet): for-any ")
    );
    assert_eq!(rows.len(), 2, "{rows:#?}");
}

#[test]
fn whose_people_no_list_names_is_told_by_organization() {
    let allow = "domains: { allow: [c.example] }";
    let who = "at a domain that is not listed (not in the directory yet)";
    assert_eq!(
        rows(&partners(NONE), &partners(allow)),
        [
            format!(
                "gone people of a {who}: for-a no longer: their domain is not allowed by settings/domains"
            ),
            format!(
                "gone people of a, b and c {who}: for-all no longer: their domain is not allowed by settings/domains"
            ),
            format!(
                "gone anyone {who}: for-any no longer: their domain is not allowed by settings/domains"
            ),
        ]
    );
}

#[test]
fn without_passcodes_those_who_sign_in_by_them_are_told_by_that() {
    let without = rows(
        &partners(NONE),
        &partners(&format!(
            "{NONE}\ncollaboration: {{ oneTimePasscode: false }}"
        )),
    );
    let who: Vec<&str> = without
        .iter()
        .map(|row| row.split(':').next().unwrap())
        .collect();
    assert_eq!(
        who,
        [
            "gone people of b who sign in by a one-time passcode",
            "gone whoever signs in by a one-time passcode",
        ],
        "{without:#?}"
    );
}

/// So many partners by their domains, `a` of them shut out, with packages for all and for anyone.
fn shut(partners: usize, settings: &str, asking: &str) -> String {
    let names = ["a", "b", "c", "d", "e", "f"];
    let all: String = names
        .iter()
        .take(partners)
        .enumerate()
        .map(|(at, name)| {
            let cross = match at {
                0 => "tenant: 3d0f5dec-0000-4000-8000-000000000001, crossTenant: { inbound: { users: none, applications: none } }, ",
                _ => "",
            };
            format!("  {name}: {{ displayName: {name}, {cross}domains: [{name}.example] }}\n")
        })
        .collect();
    let organizations = match partners {
        0 => String::new(),
        _ => format!("organizations:\n{all}"),
    };
    format!(
        "version: 1
{settings}
{organizations}catalogs: {{ open: {{ displayName: Open }} }}
packages:
  for-all: {{ catalog: open, displayName: All, policies: {{ p: {{ requestors: configuredOrganizations{asking} }} }} }}
  for-any: {{ catalog: open, displayName: Any, policies: {{ p: {{ requestors: anyExternal{asking} }} }} }}
"
    )
}

#[test]
fn those_who_do_not_sign_in_by_a_passcode_are_told_by_that() {
    let approval = ", approval: { stages: [{ approvers: ['user:ana@contoso.com'] }] }";
    let otherwise = "(not signing in by a one-time passcode): ";
    for (partners, all, any) in [
        (0, None, "anyone from outside"),
        (1, None, "anyone of no known organization"),
        (2, Some("people of b"), "anyone from outside"),
        (
            4,
            Some("people of every organization"),
            "anyone from outside",
        ),
        (
            6,
            Some("people of every organization"),
            "anyone from outside",
        ),
    ] {
        for list in [
            "domains: { block: [] }",
            "domains: { block: [bad.example] }",
        ] {
            let tree = |passcodes: bool, asking| {
                let settings = format!("{list}\ncollaboration: {{ oneTimePasscode: {passcodes} }}");
                shut(partners, &settings, asking)
            };
            for (was, is) in [(true, false), (false, true)] {
                let rows = rows(&tree(was, ""), &tree(is, approval));
                let narrower = rows.iter().filter(|row| row.starts_with("narrower "));
                let narrower: Vec<&str> = narrower
                    .map(|row| row.split_once(" with ").unwrap().0)
                    .collect();
                let wanted: Vec<String> = all
                    .map(|who| format!("narrower {who} {otherwise}for-all"))
                    .into_iter()
                    .chain([format!("narrower {any} {otherwise}for-any")])
                    .collect();
                assert_eq!(narrower, wanted, "{partners} {list} {was} {rows:#?}");
            }
        }
    }
}

#[test]
fn domains_that_look_like_known_ones_are_told_apart_where_they_gain() {
    let policy = "b: { requestors: { organizations: [a] }, approval: { stages: [{ approvers: ['user:ana@contoso.com'] }] } }";
    let was = partners(NONE);
    let is = was.replace(
        "p: { requestors: configuredOrganizations }",
        &format!("p: {{ requestors: configuredOrganizations }}, {policy}"),
    );
    let rows = rows(&was, &is);
    let narrower: Vec<&String> = rows
        .iter()
        .filter(|row| row.starts_with("narrower"))
        .collect();
    assert!(
        matches!(narrower.as_slice(), [row] if row.starts_with("narrower people of a: for-all ")),
        "{rows:#?}"
    );
    assert!(
        rows[0].starts_with("new people of a at domains that look like known ones: "),
        "{rows:#?}"
    );
}

#[test]
fn groups_are_told_as_the_tree_writes_them() {
    let tree = |excluding: &str| {
        packages(&format!(
            "  it:
    catalog: open
    displayName: It
    incompatibleWith: [{excluding}]
    policies: {{ some: {{ requestors: {{ people: ['group:Accounts Payable', 'group:Controllers'] }} }} }}
"
        ))
    };
    let rows = rows(&tree("'group:Interns'"), &tree(""));
    let who: Vec<&str> = rows
        .iter()
        .map(|row| row.rsplit_once(": it").unwrap().0)
        .collect();
    assert_eq!(
        who,
        ["new `group:Accounts Payable` or group:Controllers, who is also in group:Interns"]
    );
}

#[test]
fn a_package_that_goes_is_the_reason_and_not_its_policies() {
    let was = partners(NONE);
    let (is, _) = was.split_once("  for-any:").unwrap();
    assert_eq!(
        rows(&was, is),
        [
            "gone anyone from outside: for-any no longer: there is no such package any more by package/for-any"
        ]
    );
}

#[test]
fn the_settings_are_the_reason_where_domains_of_our_own_are_others() {
    let tree = |end: &str| {
        let all = format!(
            "  it: {{ catalog: open, displayName: It, policies: {{ all: {{ requestors: anyExternal, expires: {{ after: {end} }} }} }} }}\n"
        );
        loaded(&packages(&all), now())
    };
    let domains = |names: &[&str]| -> Vec<Domain> {
        names.iter().map(|it| Domain::parse(it).unwrap()).collect()
    };
    let (had, has) = (domains(&[OWN, "lab.example"]), domains(&[OWN]));
    let said = |old: &Desired, new: &Desired| -> Vec<String> {
        let plan = between(old, new);
        let sides = Sides::between(&plan, old);
        let found = impact::impact(&plan, &sides, [&had, &has], now(), None).unwrap();
        found.rows.iter().map(words).collect()
    };
    let (short, long) = (tree("1d"), tree("2d"));
    let new = "new anyone at lab.example (not in the directory yet): it with no approval, for";
    let alike = "new anyone at domains that looked like known ones: it with no approval, for";
    assert_eq!(
        said(&short, &short),
        [
            format!("{alike} 1d by [tenant] domains"),
            format!("{new} 1d by [tenant] domains"),
        ]
    );
    assert_eq!(
        said(&short, &long),
        [
            format!("{alike} 2d by [tenant] domains, policy/it/all"),
            format!("{new} 2d by [tenant] domains, policy/it/all"),
            "wider anyone from outside: it for 2d instead of 1d by policy/it/all".to_owned(),
        ]
    );
}
