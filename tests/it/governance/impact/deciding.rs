//! Rows about whoever comes to decide something because they come into a group, and whoever no longer does.

use guestlist::impact::Row;

use super::{now, of};
use crate::governance::scene::loaded;

const NOTHING: &str = "{ site: Visitors }";
const MEMBER: &str = "{ site: Visitors, team: Member }";

/// A world in which a group decides about packages, and a package, a rule of the group, and a rule of the package say who is
/// in it.
fn world(grants: &str, rule: &str, by_rule: &str) -> String {
    let (managed, resources) = match rule {
        "" => ("", "[team, site]"),
        // A group of which a rule says who is in it is in no catalog.
        _ => (", managed: true", "[site]"),
    };
    format!(
        "version: 1
resources:
  team: {{ group: Crew{managed}{rule} }}
  site: {{ site: 'https://contoso.sharepoint.com/sites/one' }}
organizations:
  a: {{ displayName: A, domains: [a.example], sponsors: {{ internal: ['group:team'] }} }}
catalogs:
  open: {{ displayName: Open, resources: {resources}, roles: {{ readers: ['group:Crew'] }} }}
packages:
  held:
    catalog: open
    displayName: Held
    grants: {grants}
    policies: {{ direct: {{}}{by_rule} }}
  one:
    catalog: open
    displayName: One
    policies:
      ask:
        requestors: members
        expires: {{ after: 30d }}
        approval: {{ stages: [{{ approvers: ['group:team'] }}] }}
        review: {{ every: monthly, reviewers: ['user:ana@contoso.com'], fallback: ['group:Crew'] }}
  two:
    catalog: open
    displayName: Two
    policies:
      ask:
        requestors: members
        expires: {{ after: 30d }}
        onBehalf: {{ requestors: ['group:Crew'] }}
        approval:
          stages:
            - approvers: ['user:ana@contoso.com']
              decideWithin: 14d
              escalation: {{ after: 7d, approvers: ['manager:2'], fallback: ['group:Crew'] }}
  none:
    catalog: open
    displayName: None
    policies:
      ask:
        requestors: members
        expires: {{ after: 30d }}
        approval: {{ stages: [{{ approvers: ['group:Others'] }}] }}
"
    )
}

fn told(before: &str, after: &str) -> Vec<String> {
    let found = of(&loaded(before, now()), &loaded(after, now()));
    let row = |row: &Row| {
        let because: Vec<String> = row.because.iter().map(|it| it.to_string()).collect();
        format!("{}: {} by {}", row.who.text, row.text, because.join(", "))
    };
    let rows = found.rows.iter().map(row);
    rows.filter(|row| row.contains(" may ")).collect()
}

/// The rows of people who may do something from now on, or no longer.
fn wanted(who: &str, may: &str, because: &str) -> Vec<String> {
    let deeds = [
        "see everything in catalog/open",
        "approve requests for package/one and package/two",
        "review who has package/one",
        "approve as internal sponsors of organization/a",
        "ask for package/two for others",
    ];
    let rows = deeds.map(|deed| format!("{who}: {may} {deed} by {because}"));
    rows.to_vec()
}

#[test]
fn holders_who_come_into_a_group_that_decides_are_told() {
    let (nothing, member) = (world(NOTHING, "", ""), world(MEMBER, "", ""));
    let holders = "holders of package/held";
    assert_eq!(
        told(&nothing, &member),
        wanted(holders, "may", "package/held")
    );
    assert_eq!(
        told(&member, &nothing),
        wanted(holders, "may no longer", "package/held")
    );
}

#[test]
fn whom_the_rule_of_a_group_that_decides_makes_others_are_told() {
    let rule = |letter: &str| format!(", membershipRule: '(user.mail -startsWith \"{letter}\")'");
    let one = world(NOTHING, &rule("a"), "");
    let wider = world(
        NOTHING,
        &rule("a").replace("\"a\")", "\"a\") or (user.mail -startsWith \"b\")"),
        "",
    );
    let joining = wanted("whoever joins group:Crew", "may", "resource/team");
    let leaving = wanted(
        "whoever leaves group:Crew",
        "may no longer",
        "resource/team",
    );
    assert_eq!(told(&one, &wider), joining);
    assert_eq!(told(&wider, &one), leaving);
    let mut both = told(&one, &world(NOTHING, &rule("b"), ""));
    both.sort();
    let mut all = [joining, leaving].concat();
    all.sort();
    assert_eq!(both, all);
}

#[test]
fn whom_a_rule_gives_a_package_with_a_group_that_decides_are_told() {
    let rule = |department: &str| {
        format!(
            ", rule: {{ requestors: {{ automatic: {{ rule: 'user.department -eq \"{department}\"' }} }}, expires: never }}"
        )
    };
    let (none, sales) = (world(MEMBER, "", ""), world(MEMBER, "", &rule("Sales")));
    let because = "policy/held/rule";
    assert_eq!(
        told(&none, &sales),
        wanted("whoever gets package/held", "may", because)
    );
    assert_eq!(
        told(&sales, &none),
        wanted("whoever loses package/held", "may no longer", because)
    );
}

#[test]
fn whoever_becomes_a_sponsor_and_whoever_no_longer_is_are_told() {
    let world = |a: &str, b: &str| {
        format!(
            "version: 1
organizations:
  a: {{ displayName: A, domains: [a.example], sponsors: {a} }}
  b: {{ displayName: B, domains: [b.example], sponsors: {b} }}
"
        )
    };
    let ana = "{ internal: ['user:ana@contoso.com'] }";
    let omar = "{ internal: ['user:omar@contoso.com'] }";
    assert_eq!(
        told(&world(ana, ana), &world(omar, omar)),
        [
            "user:ana@contoso.com: may no longer approve as internal sponsors of organization/a and organization/b by organization/a, organization/b",
            "user:omar@contoso.com: may approve as internal sponsors of organization/a and organization/b by organization/a, organization/b",
        ]
    );
    let outside = "{ external: ['user:ana@contoso.com'] }";
    assert_eq!(
        told(&world(ana, omar), &world(outside, omar)),
        [
            "user:ana@contoso.com: may no longer approve as internal sponsors of organization/a by organization/a",
            "user:ana@contoso.com: may approve as external sponsors of organization/a by organization/a",
        ]
    );
    // Who sponsors an organization that comes is said by itself.
    let none = "version: 1\ncatalogs: { open: { displayName: Open } }\n";
    assert_eq!(told(none, &world(ana, ana)), [""; 0]);
}

#[test]
fn a_list_that_means_another_group_tells_both() {
    let before = world(NOTHING, "", "");
    let after = before.replace("{ group: Crew", "{ group: Other, replace: allowed");
    let by_name = [
        "approve requests for package/one",
        "approve as internal sponsors of organization/a",
    ];
    let rows = [("may no longer", "Crew"), ("may", "Other")].map(|(may, group)| {
        by_name.map(|deed| format!("group:{group}: {may} {deed} by resource/team"))
    });
    assert_eq!(told(&before, &after), rows.concat());
    // Holders who go from the one group to the other decide as before.
    let before = world(MEMBER, "", "");
    let after = before.replace("{ group: Crew", "{ group: Other, replace: allowed");
    let holders: Vec<String> = told(&before, &after);
    let holders = holders.iter().filter(|row| row.starts_with("holders"));
    let others: Vec<&String> = holders.collect();
    assert!(
        others
            .iter()
            .all(|row| !row.contains("as internal sponsors")),
        "{others:?}"
    );
}

#[test]
fn whom_a_policy_lets_ask_for_others_is_told() {
    let world = |on_behalf: &str| {
        format!(
            "version: 1
catalogs: {{ open: {{ displayName: Open }} }}
packages:
  one: {{ catalog: open, displayName: One, policies: {{ ask: {{ requestors: members, expires: {{ after: 30d }},
    extension: {{ allowed: true }}{on_behalf} }} }} }}
"
        )
    };
    let omar = ", onBehalf: { requestors: ['user:omar@contoso.com'] }";
    let all = ", onBehalf: { requestors: ['user:omar@contoso.com'], update: true, remove: true }";
    let ask = "ask for package/one for others by policy/one/ask";
    assert_eq!(
        told(&world(""), &world(omar)),
        [format!("user:omar@contoso.com: may {ask}")]
    );
    assert_eq!(
        told(&world(omar), &world("")),
        [format!("user:omar@contoso.com: may no longer {ask}")]
    );
    assert_eq!(
        told(&world(omar), &world(all)),
        [
            "user:omar@contoso.com: may keep package/one longer for others by policy/one/ask",
            "user:omar@contoso.com: may give package/one back for others by policy/one/ask",
        ]
    );
}

#[test]
fn who_may_invite_guests_is_told_with_the_settings_that_count() {
    let world = |settings: &str, inviters: &str| {
        format!(
            "version: 1
catalogs: {{ open: {{ displayName: Open }} }}
collaboration: {{ {settings} }}
administrators: {{ inviters: ['{inviters}'] }}
"
        )
    };
    const ANA: &str = "user:ana@contoso.com";
    const OMAR: &str = "user:omar@contoso.com";
    for (before, after, wanted) in [
        (
            ("invitations: inviters", ANA),
            ("invitations: everyone", ANA),
            &["guests and members: may invite guests by settings/collaboration"][..],
        ),
        (
            ("invitations: everyone", ANA),
            ("invitations: nobody", ANA),
            &[
                "guests, members and administrators and guest inviters: may no longer invite guests by settings/collaboration",
            ],
        ),
        (
            ("invitations: inviters", ANA),
            ("invitations: inviters", OMAR),
            &[
                "user:omar@contoso.com: may invite guests by settings/administrators",
                "user:ana@contoso.com: may no longer invite guests by settings/administrators",
            ],
        ),
        // A role that everybody has the right of gives none and takes none.
        (
            ("invitations: everyone", ANA),
            ("invitations: everyone", OMAR),
            &[],
        ),
    ] {
        let found = told(&world(before.0, before.1), &world(after.0, after.1));
        assert_eq!(found, wanted, "{before:?} {after:?}");
    }
}

#[test]
fn whoever_is_asked_in_addition_approves_too() {
    let tree = |escalation: &str| {
        super::packages(&format!(
            "  it: {{ catalog: open, displayName: It, policies: {{ p: {{ requestors: members, expires: never, approval: {{
    stages: [{{ approvers: ['user:ana@contoso.com'], decideWithin: 14d{escalation} }}] }} }} }} }}\n"
        ))
    };
    let told = |old: &str, new: &str| -> Vec<String> {
        let [old, new] = [old, new].map(|it| loaded(&tree(it), now()));
        of(&old, &new).rows.iter().map(super::words).collect()
    };
    let legal = ", escalation: { after: 7d, approvers: ['user:legal@contoso.com'] }";
    assert_eq!(
        told("", legal),
        [
            "other members: it approved by user:ana@contoso.com (after 7d also user:legal@contoso.com) instead of user:ana@contoso.com by policy/it/p"
        ]
    );
    assert_eq!(told(legal, legal), [""; 0]);
}
