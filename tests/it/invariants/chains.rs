//! Random trees in which rules give much of what there is, and what they give excludes each other in chains and circles.

use crate::support::dice::Dice;

const RULES: &[&str] = &[
    "user.accountEnabled -eq true",
    "user.userType -eq \"Member\"",
    "user.userType -eq \"Guest\"",
    "user.department -eq \"Sales\"",
    "user.department -eq \"Sales\" -or user.jobTitle -eq \"Lead\"",
    "user.mail -contains \"@o0\"",
];

const REQUESTORS: &[&str] = &[
    "members",
    "membersAndGuests",
    "anyExternal",
    "nobody",
    "{ organizations: [o0] }",
    "{ people: ['group:gate'] }",
    "{ people: ['group:inside', 'user:eva@contoso.com'] }",
    "{ people: ['group:sales', 'user:jane@o0.example'] }",
];

const GRANTS: &[&str] = &[
    "{ site: Members }",
    "{ site: Members }",
    "{ gate: Member }",
    "{ inside: Member }",
    "{ site: Members, inside: Member }",
];

const ENDS: &[&str] = &[
    "expires: never",
    "expires: { after: 30d }",
    "expires: { after: 8h }",
    "expires: { on: 2031-06-30 }",
];

const APPROVALS: &[&str] = &[
    "",
    "",
    ", approval: { stages: [{ approvers: ['user:ana@contoso.com'] }] }",
    ", requests: { customSchedule: true }",
];

const WHO: &[&str] = &[
    "requestors: anyone",
    "requestors: external",
    "requestors: visitors",
    "requestors: guests",
    "requestors: members",
    "requestors: internal",
    "organization: o0",
];

const HOW: &[&str] = &[
    "",
    "through: request, ",
    "through: automatic, ",
    "through: direct, ",
];

fn choose<'a>(list: &[&'a str], dice: &mut Dice) -> &'a str {
    list[dice.below(list.len())]
}

/// How many packages there are.
const PACKAGES: usize = 7;

/// Returns a tree of a few packages, most of which a rule gives, and statements about one, two and three of them.
pub(crate) fn tree(dice: &mut Dice) -> String {
    let mut tree = String::from(
        "version: 1
organizations: { o0: { displayName: O0, domains: [o0.example] } }
resources:
  site: { site: 'https://contoso.sharepoint.com/sites/a' }
  gate: { group: Gate, managed: true, guests: true }
  inside: { group: Inside, managed: true, guests: false }
  sales: { group: Sales, managed: true, membershipRule: '(user.department -eq \"Sales\")' }
catalogs: { open: { displayName: Open, resources: [site, gate, inside] } }
packages:
",
    );
    for package in 0..PACKAGES {
        let mut excludes: Vec<String> = (0..dice.below(4))
            .map(|_| match dice.below(6) {
                0 => format!(
                    "'group:{}'",
                    choose(&["gate", "inside", "sales", "Buyers"], dice)
                ),
                _ => format!("package/c{}", dice.below(PACKAGES)),
            })
            .collect();
        excludes.retain(|other| *other != format!("package/c{package}"));
        excludes.sort();
        excludes.dedup();
        tree.push_str(&format!(
            "  c{package}:\n    catalog: open\n    displayName: C{package}\n    grants: {}\n    incompatibleWith: [{}]\n    policies:\n",
            choose(GRANTS, dice),
            excludes.join(", ")
        ));
        for at in 0..1 + dice.below(2) {
            let keys = [REQUESTORS, ENDS, APPROVALS].map(|list| choose(list, dice));
            let [who, ends, more] = keys;
            tree.push_str(&format!(
                "      w{at}: {{ requestors: {who}, {ends}{more} }}\n"
            ));
        }
        if dice.below(5) < 3 {
            let (rule, ends) = (choose(RULES, dice), choose(ENDS, dice));
            let kept = choose(&["", "", ", requests: { removal: false }"], dice);
            tree.push_str(&format!(
                "      by-rule: {{ requestors: {{ automatic: {{ rule: '{rule}' }} }}, {ends}{kept} }}\n"
            ));
        }
    }
    tree.push_str("invariants:\n");
    for at in 0..24 {
        let mut packages: Vec<usize> = (0..PACKAGES).collect();
        dice.shuffle(&mut packages);
        packages.truncate(1 + at % 3);
        let names: Vec<String> = packages.iter().map(|it| format!("package/c{it}")).collect();
        let how = choose(HOW, dice);
        let what = match (dice.below(8), &names[..]) {
            (0, [name]) => format!("asks: {name}"),
            _ => format!("{how}holds: [{}]", names.join(", ")),
        };
        tree.push_str(&format!(
            "  i{at}: {{ never: {{ {}, {what} }} }}\n",
            choose(WHO, dice)
        ));
    }
    tree
}
