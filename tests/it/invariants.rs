//! Invariants from the command line: what breaks one is told as a test, and that test holds.

mod about;
mod stories;
pub(crate) mod trees;

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde_json::Value;

use crate::support::dice::Dice;
use crate::support::{Sandbox, files_below, repository};

/// Returns what `validate` tells of the tree: the tests that show broken invariants, as a file of the language.
fn told(sandbox: &Sandbox) -> (usize, String) {
    // With the ids that the tree does not name.
    let report = sandbox.exactly(["validate", "--format", "json"]);
    let report: Value = serde_json::from_str(&report).expect("a report");
    let all = report["diagnostics"].as_array().expect("diagnostics");
    let broken = all.iter().filter(|one| one["code"] == "GL0511");
    let mut file = String::from("version: 1\ntests:\n");
    let mut count = 0;
    for example in broken.filter_map(|one| one["example"].as_str()) {
        count += 1;
        for line in example.lines() {
            file.push_str("  ");
            file.push_str(line);
            file.push('\n');
        }
    }
    (count, file)
}

fn put(sandbox: &Sandbox, path: &str, text: &str) {
    std::fs::write(sandbox.path(path), text).expect("a file can be written");
}

/// Puts what was told under `tests:`, and plays it.
fn plays(sandbox: &Sandbox, least: usize) {
    let (count, file) = told(sandbox);
    assert!(count >= least, "only {count}: {file}");
    put(sandbox, "told.yaml", &file);
    let outcome = sandbox.run(["test", "*-broken*"]).exits(0);
    assert!(
        outcome.text().contains(&format!("All {count} tests hold")) || count == 1,
        "{}\n{file}",
        outcome.text()
    );
}

#[test]
fn what_is_told_of_a_broken_invariant_holds_as_a_test() {
    let mut cases = 0;
    for file in files_below(&repository("tests/cases")) {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        if file.file_name().is_none_or(|name| name != "validate.txt") || !text.contains("GL0511") {
            continue;
        }
        cases += 1;
        let folder = file.parent().and_then(|expected| expected.parent());
        let sandbox = Sandbox::new();
        sandbox.holds(&folder.expect("the folder of a case").join("desired"));
        plays(&sandbox, 1);
    }
    assert!(cases >= 2, "only {cases} cases");
}

#[test]
fn every_sort_of_story_can_be_played() {
    let sandbox = Sandbox::new();
    sandbox.holds(&repository("policies"));
    put(
        &sandbox,
        "broken.yaml",
        "version: 1
invariants:
  competitors: { never: { domain: competitor.example, holds: package/* } }
  tenants: { never: { organization: [litware, city-power, street-artists] } }
  outside: { always: { requestors: external, approvals: \">=1\", expires: \"<=365d\" } }
  short: { always: { requestors: external, expires: \"<=100d\" } }
  ends: { never: { expires: never } }
  inside: { always: { requestors: internal, review: monthly } }
  duties: { never: { holds: [package/payment-preparer, package/payment-approver] } }
  partners: { never: { holds: [package/annual-audit, package/campaign-partner, package/lab-visitor] } }
  by-hand: { never: { domain: competitor.example, through: direct } }
  by-rule: { never: { through: automatic } }
  asks: { never: { requestors: unlisted, asks: package/* } }
  named: { never: { domain: contoso.com, resource: ledger } }
",
    );
    plays(&sandbox, 20);
}

#[test]
fn plan_and_apply_refuse_a_tree_whose_invariants_do_not_hold() {
    let sandbox = Sandbox::project().write(
        "tree.yaml",
        "version: 1
resources: { site: { site: 'https://contoso.sharepoint.com/sites/a' } }
catalogs: { open: { displayName: Open, resources: [site] } }
packages:
  a:
    catalog: open
    displayName: A
    grants: { site: Members }
    policies: { all: { requestors: anyExternal } }
invariants: { approved: { always: { requestors: external, approvals: '>=1' } } }
",
    );
    for command in [
        &["plan"][..],
        &["apply", "--auto-approve"],
        &["test"],
        &["validate"],
    ] {
        let outcome = sandbox.run(command.iter().copied()).exits(3);
        assert!(outcome.text().contains("GL0511"), "{}", outcome.text());
    }
    assert!(!sandbox.path("guestlist.db").exists());
    // Who looks at what is there is not kept from it.
    let _ = sandbox.run(["list"]).exits(0);
    let _ = sandbox.run(["graph"]).exits(0);
}

/// How many random trees are looked at by default; `TREES` asks for more.
const TREES: u64 = 4;

#[test]
fn every_counterexample_of_a_random_tree_can_be_played() {
    let asked = std::env::var("TREES").ok();
    let asked = asked.and_then(|asked| asked.parse().ok()).unwrap_or(TREES);
    let told: usize = (0..asked)
        .into_par_iter()
        .map(|seed| {
            let tree = trees::tree(&mut Dice::new(seed));
            let sandbox = Sandbox::project().write("tree.yaml", &tree);
            let (count, file) = told(&sandbox);
            assert!(count > 0, "seed {seed}\n{tree}");
            put(&sandbox, "told.yaml", &file);
            let outcome = sandbox.run(["test", "*-broken*"]);
            assert_eq!(
                outcome.code,
                Some(0),
                "seed {seed}\n{}\n{tree}",
                outcome.text()
            );
            count
        })
        .sum();
    assert!(told > 10 * asked as usize, "only {told} counterexamples");
}

/// A small tree about which every key can be said and denied.
const SMALL: &str = "version: 1
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

/// Returns the names of the invariants that `validate` says something about, by code.
fn broken(sandbox: &Sandbox, code: &str) -> BTreeSet<String> {
    let outcome = sandbox.run(["validate", "--format", "json"]);
    let report: Value = serde_json::from_str(&outcome.stdout).expect("a report");
    let all = report["diagnostics"].as_array().expect("diagnostics");
    let about = all.iter().filter(|one| one["code"] == code);
    let names = about.filter_map(|one| one["message"].as_str()?.split('`').nth(1));
    names.map(str::to_owned).collect()
}

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
fn who_is_given_what_excludes_a_package_by_rule_does_not_come_to_have_it() {
    let tree = |rule: &str, excludes: &str, expires: &str| {
        format!(
            "version: 1
resources:
  site: {{ site: 'https://contoso.sharepoint.com/sites/a' }}
  guests: {{ group: Guests, managed: true, membershipRule: '(user.userType -eq \"Guest\")' }}
catalogs: {{ open: {{ displayName: Open, resources: [site] }} }}
packages:
  a:
    catalog: open
    displayName: A
    grants: {{ site: Members }}
    incompatibleWith: [package/b]
    policies: {{ colleagues: {{ requestors: members, expires: never }} }}
  b:
    catalog: open
    displayName: B
    grants: {{ site: Members }}
    incompatibleWith: {excludes}
    policies: {{ by-rule: {{ requestors: {{ automatic: {{ rule: '{rule}' }} }}, expires: {expires} }} }}
invariants: {{ nobody: {{ never: {{ holds: package/a }} }}, by-rule: {{ never: {{ holds: package/b }} }} }}
"
        )
    };
    for (rule, excludes, expires, wanted) in [
        // Every member has `b`, and so none of them may ask for `a`.
        (
            "user.accountEnabled -eq true",
            "[]",
            "never",
            &["by-rule"][..],
        ),
        // Nobody is given anything any more.
        (
            "user.accountEnabled -eq true",
            "[]",
            "{ on: 2020-01-01 }",
            &["nobody"],
        ),
        (
            "user.department -eq \"Sales\"",
            "[]",
            "never",
            &["by-rule", "nobody"],
        ),
        // Those of a group do not have `b`.
        (
            "user.accountEnabled -eq true",
            "['group:others']",
            "never",
            &["by-rule", "nobody"],
        ),
    ] {
        let sandbox = Sandbox::project().write("tree.yaml", tree(rule, excludes, expires));
        let wanted: BTreeSet<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(broken(&sandbox, "GL0511"), wanted, "{rule} {excludes}");
        plays(&sandbox, wanted.len());
    }
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
fn what_a_rule_gives_is_there_before_anything_is_asked_for() {
    // Some of those whom the rule of `b` matches have `c` instead, by its rule, and may ask for `a`.
    let sandbox = Sandbox::project().write(
        "tree.yaml",
        "version: 1
resources: { site: { site: 'https://contoso.sharepoint.com/sites/a' } }
catalogs: { open: { displayName: Open, resources: [site] } }
packages:
  a:
    catalog: open
    displayName: A
    grants: { site: Members }
    incompatibleWith: [package/b]
    policies: { colleagues: { requestors: members, expires: never } }
  b:
    catalog: open
    displayName: B
    grants: { site: Members }
    incompatibleWith: [package/c]
    policies: { by-rule: { requestors: { automatic: { rule: 'user.accountEnabled -eq true' } }, expires: never } }
  c:
    catalog: open
    displayName: C
    grants: { site: Members }
    policies: { by-rule: { requestors: { automatic: { rule: 'user.companyName -eq \"Contoso\"' } }, expires: never } }
invariants:
  never-both: { never: { holds: [package/a, package/b] } }
  the-other: { never: { holds: [package/a, package/c] } }
",
    );
    let broken = broken(&sandbox, "GL0511");
    assert_eq!(broken, BTreeSet::from(["the-other".to_owned()]));
    plays(&sandbox, 1);
}

/// Organizations that prove themselves in every way, groups of every sort, and somebody named who is refused.
const WHO: &str = "version: 1
organizations:
  fabrikam: { displayName: Fabrikam, domains: [fabrikam.com], sponsors: { internal: ['user:omar@contoso.com'] } }
  deep: { displayName: Deep, domains: [deep.lamna.example] }
  tailspin: { displayName: Tailspin, tenant: 3d0f5dec-0000-4000-8000-000000000001, domains: [tailspin.example] }
  street: { displayName: Street, social: facebook }
  closed:
    displayName: Closed
    tenant: 3d0f5dec-0000-4000-8000-000000000002
    domains: [closed.example]
    crossTenant: { inbound: { users: none, applications: none } }
domains: { block: [blocked.example] }
resources:
  site: { site: 'https://contoso.sharepoint.com/sites/a' }
  inside: { group: Inside, managed: true, guests: false }
  sales: { group: Sales, managed: true, membershipRule: '(user.department -eq \"Sales\")' }
catalogs: { open: { displayName: Open, resources: [site] } }
packages:
  partners: { catalog: open, displayName: P, grants: { site: Members }, policies: { all: { requestors: { organizations: [fabrikam, deep, tailspin, street, closed] }, approval: { stages: [{ approvers: [sponsors:internal], fallback: ['user:omar@contoso.com'] }] }, expires: { after: 30d } } } }
  eva: { catalog: open, displayName: E, grants: { site: Members }, policies: { all: { requestors: { people: ['user:eva@contoso.com'] }, expires: { after: 30d } } } }
  jane: { catalog: open, displayName: J, grants: { site: Members }, policies: { all: { requestors: { people: ['user:jane@blocked.example'] }, expires: { after: 30d } } } }
  inside: { catalog: open, displayName: I, grants: { site: Members }, policies: { all: { requestors: { people: [group:inside] }, expires: { after: 30d } } } }
  sales: { catalog: open, displayName: S, grants: { site: Members }, policies: { all: { requestors: { people: [group:sales] }, expires: { after: 30d } } } }
  jo: { catalog: open, displayName: Jo, grants: { site: Members }, policies: { all: { requestors: { people: ['user:jo@elsewhere.example'] }, expires: { after: 30d } } } }
  mailed: { catalog: open, displayName: M, grants: { site: Members }, policies: { all: { requestors: { automatic: { rule: 'user.mail -match \"@fabrikam[.]com$\"' } }, expires: { after: 30d } } } }
";

#[test]
fn whom_a_statement_is_about_is_told_apart() {
    let holds = [
        "never: { requestors: guests, holds: package/inside }",
        "never: { requestors: external, holds: package/eva }",
        // Nobody new comes in from there.
        "never: { requestors: visitors, holds: package/jane, through: [request, direct] }",
        "never: { requestors: visitors, organization: closed, holds: package/*, through: [request, direct] }",
        "never: { requestors: visitors, domain: blocked.example, holds: package/*, through: [request, direct] }",
        // Whoever is here from there cannot sign in.
        "never: { organization: closed, holds: package/*, through: request }",
        "never: { organization: closed, asks: package/* }",
        // The organization has no domains below its own.
        "never: { domain: sub.fabrikam.com, organization: fabrikam, holds: package/partners }",
        "never: { domain: elsewhere.example, holds: package/mailed }",
        "never: { domain: fabrikam.com, holds: package/jo }",
        "never: { requestors: unlisted, holds: package/eva }",
        // By request somebody has to prove where they are from.
        "never: { requestors: unlisted, holds: package/partners }",
    ];
    let breaks = [
        "never: { requestors: members, holds: package/inside }",
        // Only an external member, for whoever has no account is in no group.
        "never: { requestors: external, holds: package/inside }",
        "never: { domain: fabrikam.com, holds: package/mailed }",
        "never: { domain: elsewhere.example, holds: package/jo }",
        // Somebody with a local guest account is a guest, and signs in here.
        "never: { requestors: guests, holds: package/eva }",
        // Whoever is in a group by its rule matches it.
        "never: { requestors: guests, holds: package/sales }",
        "never: { domain: lamna.example, organization: 'd*', holds: package/partners, approvals: '1' }",
        // A tenant and Facebook prove the same with any address.
        "never: { domain: elsewhere.example, organization: tailspin, holds: package/partners }",
        // Whoever was here before is; who cannot sign in has it by others.
        "never: { domain: blocked.example, requestors: external, holds: package/jane }",
        "never: { organization: closed, holds: package/*, through: direct }",
        // Whoever signs in here may have any address.
        "never: { domain: blocked.example, requestors: internal, holds: package/sales }",
        "never: { requestors: members, holds: package/jo }",
        "never: { requestors: members, holds: package/mailed }",
        "never: { domain: elsewhere.example, organization: street, holds: package/partners }",
        // Whoever assigns by hand vouches for the domain.
        "never: { requestors: unlisted, domain: fabrikam.com, holds: package/partners, through: direct }",
    ];
    let mut tree = format!("{WHO}invariants:\n");
    for (at, text) in holds.iter().enumerate() {
        tree.push_str(&format!("  holds-{at}: {{ {text} }}\n"));
    }
    for (at, text) in breaks.iter().enumerate() {
        tree.push_str(&format!("  breaks-{at}: {{ {text} }}\n"));
    }
    let sandbox = Sandbox::project().write("tree.yaml", tree);
    let expected: BTreeSet<String> = (0..breaks.len()).map(|at| format!("breaks-{at}")).collect();
    assert_eq!(broken(&sandbox, "GL0511"), expected);
    plays(&sandbox, breaks.len());
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

#[test]
fn more_groups_with_rules_than_can_be_looked_at_are_no_silence() {
    // Every member is in every group, and each of them excludes the package.
    let tree = |count: u8| {
        let names: Vec<String> = (1..=count).map(|at| format!("group:g{at}")).collect();
        let groups = (1..=count).map(|at| {
            format!("  g{at}: {{ group: G{at}, managed: true, membershipRule: '(user.userType -eq \"Member\")' }}\n")
        });
        format!(
            "version: 1
resources:
  site: {{ site: 'https://contoso.sharepoint.com/sites/a' }}
{}catalogs: {{ open: {{ displayName: Open, resources: [site] }} }}
packages:
  a:
    catalog: open
    displayName: A
    grants: {{ site: Members }}
    incompatibleWith: ['{}']
    policies: {{ colleagues: {{ requestors: members, expires: never }} }}
invariants: {{ nobody: {{ never: {{ requestors: internal, holds: package/a }} }} }}
",
            groups.collect::<String>(),
            names.join("', '"),
        )
    };
    for (count, undecided) in [(6, 0), (7, 1)] {
        let sandbox = Sandbox::project().write("tree.yaml", tree(count));
        assert_eq!(broken(&sandbox, "GL0513").len(), undecided, "{count}");
        assert_eq!(broken(&sandbox, "GL0511"), BTreeSet::new(), "{count}");
    }
}

#[test]
fn what_cannot_be_decided_is_no_silence() {
    let large: Vec<String> = (0..12)
        .map(|at| format!("(user.city -eq \"{at}\" -or user.state -eq \"{at}\")"))
        .collect();
    let blowing = r#"user.department -match "^[ab]*a[ab]{40}$" -and user.department -match "^[ab]*b[ab]{41}$" -and user.department -match "c""#;
    for rule in [large.join(" -and ").as_str(), blowing] {
        let tree = SMALL.replace(
            r#"user.department -match "^sa(les|m)$" -and user.department -ne "sam""#,
            rule,
        );
        assert!(tree.contains(rule));
        let tree =
            format!("{tree}invariants: {{ by-rule: {{ never: {{ through: automatic }} }} }}\n");
        let sandbox = Sandbox::project().write("tree.yaml", &tree);
        assert_eq!(
            broken(&sandbox, "GL0513"),
            BTreeSet::from(["by-rule".to_owned()]),
            "{rule}"
        );
        if rule == blowing {
            continue;
        }
        for command in [
            &["validate"][..],
            &["plan"],
            &["apply", "--auto-approve"],
            &["test"],
        ] {
            let outcome = sandbox.run(command.iter().copied()).exits(3);
            assert!(
                outcome.text().contains("cannot be decided"),
                "{}",
                outcome.text()
            );
        }
    }
}

#[test]
fn hostile_invariants_are_answered() {
    // Contradictions, names of nothing, markup: each is told, and none stops the others.
    let tree = format!(
        "{SMALL}invariants:
  contradiction: {{ never: {{ requestors: internal, organization: fabrikam }} }}
  nowhere: {{ never: {{ organization: fabrikan, holds: package/z* }} }}
  markup: {{ never: {{ requestors: external, role: '<script>alert(1)</script>' }}, reason: '::error::pwned @everyone <b>' }}
  real: {{ never: {{ requestors: external, holds: package/a }}, reason: '::error::pwned @everyone <script>alert(1)</script>' }}
"
    );
    let sandbox = Sandbox::project().write("tree.yaml", tree);
    assert_eq!(
        broken(&sandbox, "GL0511"),
        BTreeSet::from(["real".to_owned()])
    );
    assert!(broken(&sandbox, "GL0512").len() >= 2);
    for format in [
        "text", "github", "azure", "html", "markdown", "junit", "sarif",
    ] {
        let outcome = sandbox.run(["validate", "--format", format]);
        if format == "html" || format == "junit" {
            assert!(!outcome.stdout.contains("<script>alert"), "{format}");
        }
        for line in outcome.stdout.lines().filter(|_| format == "github") {
            assert!(!line.starts_with("::error::"), "{line}");
        }
    }
}

#[test]
fn a_thousand_invariants_are_decided() {
    let mut tree = format!("{SMALL}invariants:\n");
    for at in 0..1_000 {
        let who = ["external", "guests", "members", "anyone"][at % 4];
        tree.push_str(&format!(
            "  i-{at}: {{ never: {{ requestors: {who}, holds: package/a, approvals: '{}' }} }}\n",
            at % 3
        ));
    }
    let sandbox = Sandbox::project().write("tree.yaml", tree);
    let names = broken(&sandbox, "GL0511");
    assert!(!names.is_empty() && names.iter().all(|name| name.starts_with("i-")));
}
