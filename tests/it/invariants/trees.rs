//! Random trees with more of everything than anybody could ask about one by one, and random statements about them.

use crate::support::dice::Dice;

/// Who may ask through a policy.
const REQUESTORS: &[&str] = &[
    "{ people: ['group:Buyers'] }",
    "{ people: ['user:eva@contoso.com', 'user:jane@o1.example', 'group:odd'] }",
    "members",
    "membersAndGuests",
    "{ organizations: [o0, o3] }",
    "{ organizations: [o1] }",
    "{ organizations: [o2, o4, o5] }",
    "configuredOrganizations",
    "anyExternal",
    "nobody",
];

/// Which of them are people from outside.
const OUTSIDE: std::ops::RangeInclusive<usize> = 4..=8;

/// Rules of automatic policies and of groups.
const RULES: &[&str] = &[
    "user.department -eq \"Sales\"",
    "user.department -match \"^[a-f]{2,4}$\" -and user.department -ne \"aa\" -and user.jobTitle -eq null",
    "user.mail -match \"^z\" -and user.userType -eq \"Guest\"",
    "user.userPrincipalName -contains \"#EXT#\" -and user.mobile -startsWith \"+31\"",
    "user.companyName -in [\"Fabrikam\", \"Wingtip\"] -and user.companyName -notMatch \"^f\"",
    "user.otherMails -any (_ -match \"@b[0-9]\") -and user.city -notContains \"e\" -and user.city -ne null",
    "user.dirSyncEnabled -eq true -or user.displayName -startsWith \"Dr \"",
    "-not (user.country -startsWith \"N\") -and user.country -match \"l$\"",
];

const APPROVALS: &[&str] = &[
    "",
    "",
    "approval: { stages: [{ approvers: ['user:ana@contoso.com'] }] }",
    "approval: { stages: [{ approvers: ['sponsors:internal'], fallback: ['group:deciders'] }] }",
    "approval: { stages: [{ approvers: ['group:deciders'], justification: required }, { approvers: ['user:ana@contoso.com', 'user:omar@contoso.com'] }] }",
    "approval: { stages: [{ approvers: [manager], fallback: ['user:omar@contoso.com'] }] }",
    "approval: { stages: [{ approvers: ['user:ana@contoso.com'], decideWithin: 14d, escalation: { after: 7d, approvers: ['user:omar@contoso.com'] } }] }",
];

const ENDS: &[&str] = &[
    "expires: { after: 10d }",
    "expires: { after: 45d }, extension: { allowed: true, approval: false }",
    "expires: { after: 8h }",
    "expires: never",
    "expires: { on: 2031-06-30 }",
];

const MORE: &[&str] = &[
    "",
    "",
    "justification: required",
    "questions: [{ ask: Which order?, required: true, pattern: 'PO-[0-9]{4}' }]",
    "questions: [{ ask: Which one?, required: true, choices: [{ value: red }, { value: blue }] }, { ask: Why?, required: true }]",
    "review: { every: monthly, reviewers: ['user:ana@contoso.com'] }",
    "review: { every: quarterly, reviewers: ['user:ana@contoso.com'] }, requests: { customSchedule: true }",
];

/// What is said of whom, to what, and how.
const WHO: &[&str] = &[
    "requestors: external",
    "requestors: guests",
    "requestors: internal",
    "requestors: members",
    "requestors: unlisted",
    "requestors: [proposedOrganizations, members]",
    "requestors: configuredOrganizations",
    "domain: o1.example",
    "domain: elsewhere.example",
    "organization: [o0, o2]",
    "organization: 'o*'",
    "requestors: anyone",
];

const WHAT: &[&str] = &[
    "holds: package/*",
    "holds: 'package/p1*'",
    "catalog: odd",
    "resource: team",
    "role: Members",
    "resource: [site, team], role: [Member, Owner]",
    "asks: package/*",
    "holds: package/p3, through: direct",
    "through: automatic",
    "through: [request, direct], catalog: even",
];

const HOW: &[&str] = &[
    "",
    "approvals: '0'",
    "approvals: '<=1'",
    "expires: never",
    "expires: '>20d'",
    "expires: '<=1d'",
    "review: never",
    "review: quarterly",
];

const DEMANDS: &[&str] = &[
    "approvals: '>=1'",
    "approvals: '2'",
    "expires: '<=30d'",
    "expires: '<=365d'",
    "review: monthly",
    "approvals: '>=1', expires: '<=100d', review: yearly",
];

fn choose<'a>(list: &[&'a str], dice: &mut Dice) -> &'a str {
    list[dice.below(list.len())]
}

/// Returns a tree of twelve packages with up to four policies each, and twenty statements about it.
pub(crate) fn tree(dice: &mut Dice) -> String {
    let mut tree = String::from(
        "version: 1
organizations:
  o0: { displayName: O0, domains: [o0.example], sponsors: { internal: ['user:omar@contoso.com'] } }
  o1: { displayName: O1, tenant: 3d0f5dec-0000-4000-8000-000000000001, domains: [o1.example, { domain: deep.example, subdomains: true }] }
  o2: { displayName: O2, social: facebook }
  o3: { displayName: O3, domains: [o3.example], state: proposed }
  o4: { displayName: O4, tenant: 3d0f5dec-0000-4000-8000-000000000004, domains: [o4.example], crossTenant: { inbound: { users: none, applications: none } } }
  o5: { displayName: O5, domains: [o5.example], sponsors: { internal: ['user:ana@contoso.com'] } }
resources:
  site: { site: 'https://contoso.sharepoint.com/sites/a', roles: [Members, Visitors] }
  team: { team: Team, guests: false }
",
    );
    let rule = choose(RULES, dice);
    tree.push_str(&format!(
        "  odd: {{ group: Odd people, managed: true, membershipRule: '{rule}' }}\n"
    ));
    if dice.below(2) == 0 {
        tree.push_str("domains: { block: [blocked.example, o5.example] }\n");
    }
    let passcodes = dice.below(4) > 0;
    tree.push_str(&format!(
        "collaboration: {{ oneTimePasscode: {passcodes} }}\ncatalogs:\n"
    ));
    for catalog in ["even", "odd"] {
        let visible = dice.below(5) > 0;
        tree.push_str(&format!(
            "  {catalog}: {{ displayName: {catalog}, resources: [site, team], externallyVisible: {visible} }}\n"
        ));
    }
    tree.push_str("packages:\n");
    for package in 0..12 {
        let grants = choose(
            &[
                "{ site: Members }",
                "{ team: Member }",
                "{ site: Visitors, team: [Member, Owner] }",
            ],
            dice,
        );
        let excludes = match dice.below(4) {
            0 => "['group:Buyers']".to_owned(),
            1 => "['group:odd']".to_owned(),
            2 if package > 0 => format!("[package/p{}]", package - 1),
            _ => "[]".to_owned(),
        };
        let catalog = if package % 2 == 0 { "even" } else { "odd" };
        tree.push_str(&format!(
            "  p{package}:\n    catalog: {catalog}\n    displayName: P{package}\n    grants: {grants}\n    incompatibleWith: {excludes}\n    policies:\n"
        ));
        for at in 0..1 + dice.below(3) {
            let who = dice.below(REQUESTORS.len());
            let mut keys = vec![format!("requestors: {}", REQUESTORS[who])];
            keys.extend([APPROVALS, ENDS, MORE].map(|list| choose(list, dice).to_owned()));
            // People from outside have no manager here, and only they have sponsors; hours are over before any review.
            let lacks = if OUTSIDE.contains(&who) {
                "manager"
            } else {
                "sponsors:"
            };
            let short = keys[2].contains("8h");
            keys.retain(|key| !key.is_empty() && !key.contains(lacks));
            keys.retain(|key| !(short && key.starts_with("review")));
            tree.push_str(&format!("      w{at}: {{ {} }}\n", keys.join(", ")));
        }
        if dice.below(3) == 0 {
            let rule = choose(RULES, dice);
            let ends = choose(ENDS, dice);
            tree.push_str(&format!(
                "      by-rule: {{ requestors: {{ automatic: {{ rule: '{rule}' }} }}, {ends} }}\n"
            ));
        }
    }
    tree.push_str("invariants:\n");
    for at in 0..20 {
        let (who, what) = (choose(WHO, dice), choose(WHAT, dice));
        let text = match dice.below(5) {
            0 => format!("always: {{ {who}, {what}, {} }}", choose(DEMANDS, dice)),
            1 => format!(
                "never: {{ {who}, holds: [package/p{}, package/p{}] }}",
                dice.below(6),
                6 + dice.below(6)
            ),
            _ => match choose(HOW, dice) {
                "" => format!("never: {{ {who}, {what} }}"),
                how => format!("never: {{ {who}, {what}, {how} }}"),
            },
        };
        tree.push_str(&format!("  i{at}: {{ {text} }}\n"));
    }
    tree
}
