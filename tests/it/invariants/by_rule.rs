//! What rules give is there without asking, ends, and comes again: nobody is kept from anything by it for good.

use std::collections::BTreeSet;

use super::{broken, plays, told};
use crate::support::Sandbox;

/// A tree of packages that exclude each other, and whose rules give them to all of our own people or to guests.
fn tree(packages: &str, invariants: &str) -> String {
    format!(
        "version: 1
resources:
  site: {{ site: 'https://contoso.sharepoint.com/sites/a' }}
  payers: {{ group: Payers, managed: true, guests: true }}
  inside: {{ group: Inside, managed: true, guests: false }}
  sales: {{ group: Sales, managed: true, membershipRule: '(user.department -eq \"Sales\")' }}
catalogs: {{ open: {{ displayName: Open, resources: [site, payers, inside] }} }}
packages:
{packages}
invariants:
{invariants}
"
    )
}

/// A package that somebody may have without approval, or by rule.
fn package(name: &str, grants: &str, excludes: &str, policies: &str) -> String {
    format!(
        "  {name}: {{ catalog: open, displayName: {name}, grants: {{ {grants} }}, incompatibleWith: {excludes}, policies: {{ {policies} }} }}\n"
    )
}

const ASKED: &str = "p: { requestors: membersAndGuests, expires: never }";
const ANYBODY: &str = "p: { requestors: anyExternal, expires: never }";
const ALL: &str =
    "r: { requestors: { automatic: { rule: 'user.accountEnabled -eq true' } }, expires: never }";
const KEPT: &str = "r: { requestors: { automatic: { rule: 'user.accountEnabled -eq true' } }, expires: never, requests: { removal: false } }";
const OVER: &str = "r: { requestors: { automatic: { rule: 'user.accountEnabled -eq true' } }, expires: { on: 2020-01-01 } }";
const SALES: &str = "r: { requestors: { automatic: { rule: 'user.department -eq \"Sales\"' } }, expires: { after: 30d } }";
const OF_SALES: &str = "p: { requestors: { people: [group:sales] }, expires: never }";

/// Plays what is told of an invariant that does not hold, and returns it.
fn breaks(packages: &str, said: &str) -> String {
    let sandbox =
        Sandbox::project().write("tree.yaml", tree(packages, &format!("  it: {{ {said} }}")));
    let found = broken(&sandbox, "GL0511");
    assert_eq!(
        found,
        BTreeSet::from(["it".to_owned()]),
        "{said}\n{packages}"
    );
    let (_, text) = told(&sandbox);
    plays(&sandbox, 1);
    text
}

#[test]
fn what_a_rule_gave_ends_and_excludes_nothing_any_more() {
    let asks_a = "never: { requestors: members, holds: package/a }";
    let excluded = |rule: &str| {
        package("a", "site: Members", "[package/b]", ASKED)
            + &package("b", "site: Members", "[]", rule)
    };
    for (packages, ends) in [
        // They give it back; where they may not, it is taken from them.
        (
            excluded(ALL),
            Some("remove: { as: someone@contoso.com, package: b }"),
        ),
        (
            excluded(KEPT),
            Some("revoke: { for: someone@contoso.com, package: b }"),
        ),
        // Somebody else is told of, where there is one to whom the rule gives nothing.
        (excluded(SALES), None),
        (excluded(OVER), None),
        // The rule gives what puts them into the group that excludes it.
        (
            package("a", "site: Members", "['group:payers']", OF_SALES)
                + &package("b", "payers: Member", "[]", SALES),
            Some("remove: { as: someone@contoso.com, package: b }"),
        ),
        // The rule gives the very package.
        (
            package("a", "site: Members", "[]", &format!("{SALES}, {OF_SALES}")),
            Some("remove: { as: someone@contoso.com, package: a }"),
        ),
    ] {
        let said = asks_a.replace("never: {", "never: { through: request,");
        let text = breaks(&packages, &said);
        let told: Vec<&str> = text
            .lines()
            .filter(|line| line.contains("remove:") || line.contains("revoke:"))
            .collect();
        match ends {
            Some(ends) => assert!(text.contains(ends), "{text}"),
            None => assert_eq!(told, Vec::<&str>::new(), "{text}"),
        }
    }
    let guests = package("a", "site: Members", "[package/b]", ASKED)
        + &package("b", "inside: Member", "[]", ALL);
    let text = breaks(
        &guests,
        "never: { requestors: guests, through: request, holds: package/a }",
    );
    assert!(!text.contains("remove:"), "{text}");
    // Asking alone is told with the end, too.
    let text = breaks(
        &excluded(ALL),
        "never: { requestors: members, asks: package/a }",
    );
    assert!(
        text.contains("remove:") && !text.contains("assignment:"),
        "{text}"
    );
}

#[test]
fn what_a_rule_gave_comes_again_beside_what_it_excludes() {
    let both = "never: { holds: [package/a, package/b] }";
    let once = package("a", "site: Members", "[package/b]", ASKED)
        + &package("b", "site: Members", "[]", ALL);
    let text = breaks(&once, both);
    assert!(
        text.contains("change: { for: someone@contoso.com, manager: manager-9@contoso.com }"),
        "{text}"
    );
    // Those who come as guests are given it after what they asked for.
    let guests = package("a", "site: Members", "[package/b]", ANYBODY)
        + &package("b", "site: Members", "[]", ALL);
    drop(breaks(
        &guests,
        "never: { requestors: external, holds: [package/a, package/b] }",
    ));
    // Whoever asks for two has to be without it before either.
    let three = guests + &package("c", "site: Members", "[package/b]", ANYBODY);
    drop(breaks(&three, "never: { holds: [package/a, package/c] }"));
    drop(breaks(
        &three,
        "never: { holds: [package/a, package/b, package/c] }",
    ));
    // Where each excludes the other, nobody ever has both.
    let mutual = package("a", "site: Members", "[package/b]", ASKED)
        + &package("b", "site: Members", "[package/a]", ALL);
    let sandbox =
        Sandbox::project().write("tree.yaml", tree(&mutual, &format!("  it: {{ {both} }}")));
    assert_eq!(broken(&sandbox, "GL0511"), BTreeSet::new());
}

#[test]
fn rules_are_followed_in_any_order() {
    for (of_a, of_b) in [("[package/b]", "[]"), ("[]", "[package/a]")] {
        let packages =
            package("a", "site: Members", of_a, ALL) + &package("b", "site: Members", of_b, ALL);
        for said in [
            "holds: package/a",
            "holds: package/b",
            "holds: [package/a, package/b]",
        ] {
            let text = breaks(&packages, &format!("never: {{ {said} }}"));
            let alone = said == "holds: package/b" && of_b == "[]"
                || said == "holds: package/a" && of_a == "[]";
            assert_eq!(text.contains("apply: {}"), !alone, "{text}");
        }
    }
    // What excludes one of them by a rule of its own may come last.
    let chain = package("a", "site: Members", "[package/b]", ASKED)
        + &package("b", "site: Members", "[package/c]", ALL)
        + &package("c", "site: Members", "[]", SALES);
    drop(breaks(&chain, "never: { holds: [package/a, package/b] }"));
    drop(breaks(&chain, "never: { holds: [package/a, package/c] }"));
    drop(breaks(&chain, "never: { holds: [package/b, package/c] }"));
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

#[test]
fn a_group_that_comes_with_a_package_changes_what_somebody_may_ask_for() {
    let of_payers = "q: { requestors: { people: [group:payers] }, expires: never, approval: { stages: [{ approvers: ['user:ana@contoso.com'] }] } }";
    // A rule puts everybody into the group, so that they may ask through its policy alone, until that ends.
    let b = package("b", "payers: Member", "[]", ALL);
    let finer = package("a", "site: Members", "[]", &format!("{ASKED}, {of_payers}")) + &b;
    let free = "never: { requestors: members, holds: package/a, approvals: '0' }";
    let text = breaks(&finer, free);
    assert!(
        text.contains("remove: { as: someone@contoso.com, package: b }"),
        "{text}"
    );
    // What they ask for first stays when the group comes.
    drop(breaks(&finer, "never: { holds: [package/a, package/b] }"));
    let asked = package("b", "payers: Member", "[]", ASKED);
    let asked = package("a", "site: Members", "[]", &format!("{ASKED}, {of_payers}")) + &asked;
    drop(breaks(&asked, "never: { holds: [package/b, package/a] }"));
    // Whom the directory has in the group anyway leaves it with the package, and comes back.
    let own = package("a", "payers: Member", "[]", &format!("{ALL}, {of_payers}"));
    let text = breaks(
        &own,
        "never: { requestors: members, through: request, holds: package/a }",
    );
    assert!(text.contains("joins: [payers]"), "{text}");
}

#[test]
fn what_somebody_waits_for_is_not_given_meanwhile() {
    let waits = "p: { requestors: anyExternal, expires: never, approval: { stages: [{ approvers: ['user:ana@contoso.com'] }] } }";
    let packages = package("a", "site: Members", "[]", &format!("{ALL}, {waits}"))
        + &package("b", "site: Members", "[package/a]", ANYBODY);
    let said = "never: { requestors: visitors, holds: [package/a, package/b] }";
    let text = breaks(&packages, said);
    assert!(text.contains("apply: {}"), "{text}");
}

#[test]
fn what_a_rule_cannot_give_is_not_given_without_end() {
    // Whoever asks comes as a guest, whom the group takes no more than it does when the rule is followed.
    let packages = package("a", "inside: Member", "[]", &format!("{ALL}, {ANYBODY}"));
    drop(breaks(
        &packages,
        "never: { requestors: visitors, asks: package/a }",
    ));
}

/// Packages of which some make a guest of whoever asks, and some are for guests alone.
const NEWCOMERS: &str = "version: 1
resources:
  site: { site: 'https://contoso.sharepoint.com/sites/a' }
catalogs: { open: { displayName: Open, resources: [site] } }
packages:
  first: { catalog: open, displayName: F, grants: { site: Members }, policies: { p: { requestors: anyExternal, expires: never } } }
  asked: { catalog: open, displayName: A, grants: { site: Members }, policies: { p: { requestors: anyExternal, expires: never, approval: { stages: [{ approvers: ['user:ana@contoso.com'] }] } } } }
  also: { catalog: open, displayName: Also, grants: { site: Members }, policies: { p: { requestors: anyExternal, expires: never, approval: { stages: [{ approvers: ['user:ana@contoso.com'] }] } } } }
  after: { catalog: open, displayName: B, incompatibleWith: [package/asked], grants: { site: Members }, policies: { p: { requestors: membersAndGuests, expires: never } } }
  waits: { catalog: open, displayName: W, incompatibleWith: [package/next], grants: { site: Members }, policies: { p: { requestors: membersAndGuests, expires: never, approval: { stages: [{ approvers: ['user:ana@contoso.com'] }] } } } }
  next: { catalog: open, displayName: N, incompatibleWith: [package/waits], grants: { site: Members }, policies: { p: { requestors: membersAndGuests, expires: never } } }
  guests: { catalog: open, displayName: G, grants: { site: Members }, policies: { p: { requestors: { automatic: { rule: 'user.userType -eq \"Guest\"' } }, expires: never } } }
";

#[test]
fn whoever_has_no_account_asks_for_the_rest_as_the_guest_that_the_first_package_makes_of_them() {
    let all = [
        // Nobody makes a guest of them but the package that excludes the other one.
        ("asked, after", false),
        ("asked, after, first", true),
        // The one that excludes the other is delivered last.
        ("asked, after, also", true),
        ("first, waits, next", true),
        ("also, waits, next", true),
        ("waits, next", false),
        ("first, guests", true),
        ("also, guests", true),
        ("guests, next", false),
    ];
    let mut tree = format!("{NEWCOMERS}invariants:\n");
    let mut expected = BTreeSet::new();
    for (packages, breaks) in all {
        let name = packages.replace(", ", "-");
        let packages = packages.split(", ").map(|name| format!("package/{name}"));
        let packages = packages.collect::<Vec<_>>().join(", ");
        tree.push_str(&format!(
            "  {name}: {{ never: {{ requestors: visitors, holds: [{packages}] }} }}\n"
        ));
        expected.extend(breaks.then_some(name));
    }
    let sandbox = Sandbox::project().write("tree.yaml", tree);
    assert_eq!(broken(&sandbox, "GL0511"), expected);
    plays(&sandbox, expected.len());
}
