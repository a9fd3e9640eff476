//! What is too large to be decided is said to be so.

use std::collections::BTreeSet;

use super::broken;
use super::keys::SMALL;
use crate::support::Sandbox;

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
