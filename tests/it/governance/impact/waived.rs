//! Organizations of whose people the same becomes: one row tells of all of them, names every change that makes it, and is lifted
//! by a waiver of each and of nothing less.

use guestlist::guard::{Circumstances, Rule, judge};
use guestlist::impact::Row;
use guestlist::model::Desired;
use guestlist::plan::between;

use super::{now, of, words};
use crate::governance::scene::loaded;

const NAMES: [&str; 3] = ["one", "two", "three"];

/// A tree of organizations, with a package for all that are configured, and one for whomever `opened` says.
fn tree(organizations: &str, opened: &str, waived: &[&str]) -> Desired {
    let waiver = |name: &&str| {
        format!(
            "  - {{ rule: widening, address: '{name}', reason: it is meant, by: 'user:ana@contoso.com', until: 2100-01-01 }}\n"
        )
    };
    let waivers: String = waived.iter().map(waiver).collect();
    let waivers = match waived {
        [] => String::new(),
        _ => format!("waivers:\n{waivers}"),
    };
    let text = format!(
        "version: 1
{waivers}organizations:
  kept: {{ displayName: Kept, domains: [kept.example] }}
{organizations}catalogs: {{ open: {{ displayName: Open, externallyVisible: true }} }}
packages:
  all:
    catalog: open
    displayName: All
    policies: {{ ask: {{ requestors: configuredOrganizations, expires: never }} }}
  opened:
    catalog: open
    displayName: Opened
    policies: {{ ask: {{ requestors: {opened}, approval: {{ stages: [{{ approvers: ['user:ana@contoso.com'] }}] }}, expires: never }} }}
"
    );
    loaded(&text, now())
}

/// Organizations with a domain each and these keys.
fn organizations<'n>(names: impl IntoIterator<Item = &'n str>, keys: &str) -> String {
    let line = |name: &str| {
        format!(
            "  {name}: {{ displayName: Some, domains: [{name}.example], replace: allowed{keys} }}\n"
        )
    };
    names.into_iter().map(line).collect()
}

/// The rows about one package.
fn rows(old: &Desired, new: &Desired, package: &str) -> Vec<String> {
    let rows = of(old, new).rows;
    let is_meant = |row: &&Row| row.packages.iter().any(|it| it.own_name() == package);
    rows.iter().filter(is_meant).map(words).collect()
}

/// What a guard says of a plan with the waivers of the new tree: whether it is refused, what is lifted, and what is waived in
/// vain without something else.
fn judged(old: &Desired, new: &Desired) -> (bool, Vec<String>, Vec<String>) {
    let circumstances = Circumstances {
        impact: of(old, new),
        waivers: new.waivers.clone(),
        ..Circumstances::default()
    };
    let verdict = judge(&between(old, new), &circumstances);
    let mut refusals = verdict.refusals.iter();
    let together = verdict.together.iter();
    (
        refusals.any(|refusal| refusal.rule == Rule::Widening),
        verdict
            .lifted
            .into_iter()
            .flat_map(|it| it.objects)
            .collect(),
        together
            .map(|(it, other)| format!("{it} without {other}"))
            .collect(),
    )
}

/// Somebody of our own.
const OUR_OWN: &str = "{ people: ['user:ana@contoso.com'] }";

#[test]
fn every_organization_that_makes_a_row_is_named() {
    let two = ["one", "two"];
    let none = tree("", OUR_OWN, &[]);
    let proposed = tree(&organizations(two, ", state: proposed"), OUR_OWN, &[]);
    let configured = tree(&organizations(two, ""), OUR_OWN, &[]);
    let both = "by organization/one, organization/two";
    // Those that nobody names are told of in the order of names.
    let new = [format!(
        "new people of one and two: all with no approval, no end date {both}"
    )];
    for before in [&none, &proposed] {
        assert_eq!(rows(before, &configured, "all"), new);
    }
    let gone = [format!(
        "gone people of one and two: all no longer: no policy covers them {both}"
    )];
    for after in [&none, &proposed] {
        assert_eq!(rows(&configured, after, "all"), gone);
    }
}

#[test]
fn a_policy_is_a_reason_beside_every_organization() {
    let two = ["one", "two"];
    let opened = "{ organizations: [one, two] }";
    let none = tree("", OUR_OWN, &[]);
    let all = tree(&organizations(two, ""), opened, &[]);
    let because = "by organization/one, organization/two, policy/opened/ask";
    let found = rows(&none, &all, "opened");
    let told = format!("new people of one and two: opened with 1 approval, no end date {because}");
    assert!(found.contains(&told), "{found:#?}");
    // Where the organizations were there before, the policy alone opens it.
    let there = tree(&organizations(two, ""), OUR_OWN, &[]);
    let found = rows(&there, &all, "opened");
    let told =
        "new people of one and two: opened with 1 approval, no end date by policy/opened/ask";
    assert!(found.contains(&told.to_owned()), "{found:#?}");
}

#[test]
fn whom_another_organization_takes_over_is_told_by_the_policy_alone_where_they_stay() {
    // `one` hands its domain over to `two`, and a policy names those who have a domain afterwards: `three` had its own before.
    let named = |first: &str| {
        format!(
            "  {first}: {{ displayName: Some, domains: [moved.example], replace: allowed }}\n{}",
            organizations(["three"], "")
        )
    };
    let old = tree(&named("one"), OUR_OWN, &[]);
    let new = tree(&named("two"), "{ organizations: [two, three] }", &[]);
    let found = rows(&old, &new, "opened");
    let three = "new people of three: opened with 1 approval, no end date by policy/opened/ask";
    assert!(found.iter().any(|row| row == three), "{found:#?}");
    let moved = found.iter().find(|row| row.contains("organization/two"));
    assert!(
        moved.is_some_and(|row| !row.contains("three")),
        "{found:#?}"
    );
}

#[test]
fn somebody_named_by_address_is_told_by_every_organization_that_they_may_sign_in_as() {
    let approval = "approval: { stages: [{ approvers: ['user:ana@contoso.com'] }] }";
    let tenants = |digits: [u8; 2]| {
        let line = |(name, digit): (&str, u8)| {
            format!(
                "  {name}: {{ displayName: Some, tenant: 3d0f5dec-0000-4000-8000-00000000000{digit}, replace: allowed }}\n"
            )
        };
        let lines: String = NAMES.into_iter().zip(digits).map(line).collect();
        let text = format!(
            "version: 1
organizations:
{lines}catalogs: {{ open: {{ displayName: Open, externallyVisible: true }} }}
packages:
  it:
    catalog: open
    displayName: It
    policies:
      ask: {{ requestors: {{ people: ['user:eva@else.example'] }}, {approval}, expires: never }}
      theirs: {{ requestors: {{ organizations: [one, two] }}, expires: never }}
"
        );
        loaded(&text, now())
    };
    let found = rows(&tenants([1, 2]), &tenants([3, 4]), "it");
    assert!(
        found
            .iter()
            .any(|row| row.contains("user:eva@else.example")),
        "{found:#?}"
    );
    for row in found {
        assert!(
            row.ends_with("by organization/one, organization/two"),
            "{row}"
        );
    }
}

/// Whoever waives some of the organizations that come is refused unless nobody gains by another.
#[test]
fn a_plan_is_lifted_if_and_only_if_every_organization_that_gains_is_waived() {
    let some = |mask: usize| {
        let names = NAMES.iter().enumerate();
        let names = names.filter(move |(at, _)| mask >> at & 1 == 1);
        names.map(|(_, name)| *name)
    };
    let before = tree("", OUR_OWN, &[]);
    for coming in 1..8 {
        for waived in 0..8 {
            let addresses: Vec<String> = some(waived)
                .map(|name| format!("organization/{name}"))
                .collect();
            let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
            let after = tree(&organizations(some(coming), ""), OUR_OWN, &addresses);
            let (is_refused, lifted, together) = judged(&before, &after);
            let lacking = coming & !waived;
            assert_eq!(is_refused, lacking != 0, "{coming:b} {waived:b}");
            let told = lifted.len() + together.len();
            assert_eq!(told, some(coming & waived).count(), "{coming:b} {waived:b}");
            assert_eq!(together.is_empty(), !is_refused || coming & waived == 0);
        }
    }
}
