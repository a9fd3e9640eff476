//! Small worlds: a tree of two packages with up to three policies, and settings.

use super::people::{Account, Someone};
use super::play::{Access, Seen};
use crate::support::dice::Dice;

/// Who may ask through a policy.
pub(super) const REQUESTORS: &[&str] = &[
    "{ people: ['group:buyers'] }",
    "{ people: ['user:eva@contoso.com', 'user:jane@fabrikam.com'] }",
    "members",
    "membersAndGuests",
    "{ organizations: [fabrikam] }",
    "{ organizations: [tailspin, seen] }",
    "configuredOrganizations",
    "anyExternal",
    "nobody",
    "{ automatic: { rule: 'user.department -eq \"Sales\"' } }",
];

/// How a policy is for automatic assignment.
const AUTOMATIC: usize = 9;

const APPROVALS: &[&str] = &[
    "",
    "",
    "{ stages: [{ approvers: ['user:ana@contoso.com'] }] }",
    "{ stages: [{ approvers: ['user:ana@contoso.com'] }, { approvers: ['user:ana@contoso.com'] }] }",
    "{ stages: [{ approvers: ['user:ana@contoso.com'] }, { approvers: ['user:ana@contoso.com'], fallback: ['user:omar@contoso.com'] }] }",
    "{ stages: [{ approvers: ['sponsors:own'], fallback: ['group:deciders'] }] }",
];

const ENDS: &[&str] = &[
    "expires: { after: 10d }",
    "expires: { after: 10d }, extension: { allowed: true }",
    "expires: { after: 30d }",
    "expires: never",
    "expires: { on: '2027-01-16' }",
];

/// A world.
#[derive(Debug, Clone)]
pub(super) struct World {
    /// The policies: their package, and their text.
    pub(super) policies: Vec<(&'static str, String)>,
    pub(super) blocks: bool,
    pub(super) closed: bool,
    published: bool,
    visible: bool,
    passcodes: bool,
    grants: &'static str,
    excludes: [&'static str; 2],
}

/// Every pair of requestors.
pub(super) fn pairs() -> Vec<[usize; 2]> {
    let all = 0..REQUESTORS.len();
    let pairs = all
        .clone()
        .flat_map(|one| (one..REQUESTORS.len()).map(move |other| [one, other]));
    // A package has one automatic policy.
    pairs
        .filter(|pair| *pair != [AUTOMATIC, AUTOMATIC])
        .collect()
}

impl World {
    /// A world with a package of these policies, and another one.
    pub(super) fn with(pair: [usize; 2], dice: &mut Dice) -> Self {
        let last = dice.below(REQUESTORS.len());
        let all = [("a", pair[0]), ("a", pair[1]), ("b", last)];
        let policies = all
            .iter()
            .map(|(package, who)| (*package, policy(*who, dice)));
        let policies = policies.collect();
        let rarely = |dice: &mut Dice| dice.below(5) == 0;
        Self {
            policies,
            blocks: dice.below(2) == 0,
            closed: rarely(dice),
            published: !rarely(dice),
            visible: !rarely(dice),
            passcodes: !rarely(dice),
            grants: [
                "{ open: Member }",
                "{ closed: Member }",
                "{ open: Member, closed: Member }",
            ][dice.below(3)],
            excludes: [
                [
                    "[]",
                    "[package/b]",
                    "['group:all-guests']",
                    "['group:buyers']",
                ][dice.below(4)],
                ["[]", "[package/a]"][dice.below(2)],
            ],
        }
    }

    /// A world with several policies for each of two packages.
    pub(super) fn large(dice: &mut Dice) -> Self {
        let mut world = Self::with([0, 0], dice);
        world.policies.clear();
        for (package, count) in [("a", 4), ("b", 3)] {
            let mut ruled = false;
            for _ in 0..count {
                // A package has one automatic policy.
                let who = dice.below(REQUESTORS.len() - usize::from(ruled));
                ruled |= who == AUTOMATIC;
                world.policies.push((package, policy(who, dice)));
            }
        }
        world
    }

    /// The tree.
    pub(super) fn tree(&self) -> String {
        let mut tree = String::from(
            "version: 1
organizations:
  fabrikam: { displayName: Fabrikam, domains: [fabrikam.com] }
  seen: { displayName: Seen, domains: [seen.example], state: proposed }
  tailspin:
    displayName: Tailspin
    tenant: 3d0f5dec-0000-4000-8000-000000000001
    domains: [tailspin.example]
",
        );
        if self.closed {
            tree.push_str("    crossTenant: { inbound: { users: none, applications: none } }\n");
        }
        tree.push_str(
            "resources:
  open: { group: Open }
  closed: { group: Closed, guests: false }
  all-guests: { group: All guests, managed: true, membershipRule: '(user.userType -eq \"Guest\")' }
",
        );
        if self.blocks {
            tree.push_str("domains: { block: [competitor.example] }\n");
        }
        tree.push_str(&format!(
            "collaboration: {{ oneTimePasscode: {} }}\n",
            self.passcodes
        ));
        tree.push_str(&format!(
            "catalogs:\n  only: {{ displayName: Only, resources: [open, closed], published: {}, externallyVisible: {} }}\npackages:\n",
            self.published, self.visible
        ));
        for (at, package) in ["a", "b"].iter().enumerate() {
            tree.push_str(&format!(
                "  {package}:\n    catalog: only\n    displayName: {package}\n    grants: {}\n    incompatibleWith: {}\n    policies:\n",
                self.grants, self.excludes[at]
            ));
            let own = self.policies.iter().enumerate();
            for (at, (_, text)) in own.filter(|(_, (of, _))| of == package) {
                tree.push_str(&format!("      p{at}: {{ {text} }}\n"));
            }
        }
        tree.push_str("invariants:\n");
        for (name, text, _) in INVARIANTS {
            tree.push_str(&format!("  {name}: {{ {text} }}\n"));
        }
        tree
    }
}

fn policy(who: usize, dice: &mut Dice) -> String {
    let mut text = format!("requestors: {}", REQUESTORS[who]);
    let approval = APPROVALS[dice.below(APPROVALS.len())];
    if who != AUTOMATIC && !approval.is_empty() {
        text.push_str(&format!(", approval: {approval}"));
    }
    text.push_str(&format!(", {}", ENDS[dice.below(ENDS.len())]));
    if dice.below(3) == 0 {
        text.push_str(", review: { every: monthly, reviewers: ['user:ana@contoso.com'] }");
    }
    if dice.below(6) == 0 {
        text.push_str(", requests: { enabled: false }");
    }
    text
}

type Breaks = fn(&World, &Seen) -> bool;

fn held(seen: &Seen) -> Option<&Access> {
    match seen {
        Seen::Access(access) if access.holds && access.way != "direct" => Some(access),
        _ => None,
    }
}

fn asked(seen: &Seen) -> Option<&Access> {
    match seen {
        Seen::Access(access) if access.asks => Some(access),
        _ => None,
    }
}

fn is_guest(who: &Someone) -> bool {
    matches!(
        who.account,
        Account::None | Account::Guest | Account::InternalGuest
    )
}

fn is_member(who: &Someone) -> bool {
    matches!(who.account, Account::Member | Account::ExternalMember)
}

/// The invariants of every world: name, text, and what breaks them, told once more.
pub(super) const INVARIANTS: &[(&str, &str, Breaks)] = &[
    (
        "competitors",
        "never: { domain: competitor.example, holds: package/* }",
        |_, seen| held(seen).is_some_and(|it| it.who.domain().ends_with("competitor.example")),
    ),
    (
        "outside-a",
        "never: { requestors: external, holds: package/a }",
        |_, seen| held(seen).is_some_and(|it| it.who.is_outside() && it.package == "a"),
    ),
    (
        "approved",
        "always: { requestors: external, approvals: \">=1\", expires: \"<=20d\" }",
        |_, seen| {
            held(seen).is_some_and(|it| {
                it.who.is_outside() && (it.approvals == 0 || it.days.is_none_or(|days| days > 20))
            })
        },
    ),
    (
        "reviewed",
        "always: { requestors: anyone, review: quarterly }",
        |_, seen| held(seen).is_some_and(|it| !it.reviewed),
    ),
    (
        "endless",
        "never: { organization: tail*, expires: never }",
        |_, seen| {
            held(seen)
                .is_some_and(|it| it.who.organization() == Some("tailspin") && it.days.is_none())
        },
    ),
    (
        "strangers",
        "never: { requestors: unlisted, asks: package/* }",
        |_, seen| {
            asked(seen).is_some_and(|it| it.who.is_outside() && it.who.organization().is_none())
        },
    ),
    (
        "closed",
        "never: { requestors: [external, internal], resource: closed }",
        |_, seen| held(seen).is_some_and(|it| it.closed),
    ),
    (
        "closed-guests",
        "never: { requestors: guests, role: Member, holds: package/* }",
        |_, seen| held(seen).is_some_and(|it| is_guest(&it.who) && (it.closed || it.open)),
    ),
    (
        "by-rule",
        "never: { requestors: members, through: automatic }",
        |_, seen| held(seen).is_some_and(|it| is_member(&it.who) && it.way == "automatic"),
    ),
    (
        "inside",
        "never: { requestors: internal, holds: package/a, approvals: \"0\" }",
        |_, seen| {
            held(seen)
                .is_some_and(|it| !it.who.is_outside() && it.package == "a" && it.approvals == 0)
        },
    ),
    (
        "by-hand",
        "never: { requestors: external, through: direct }",
        |_, seen| matches!(seen, Seen::Access(it) if it.way == "direct" && it.holds && it.who.is_outside()),
    ),
    (
        "by-hand-long",
        "always: { through: direct, expires: \"<=20d\" }",
        |_, seen| {
            matches!(seen, Seen::Access(it)
            if it.way == "direct" && it.holds && it.days.is_none_or(|days| days > 20))
        },
    ),
    (
        "proposed",
        "never: { requestors: proposedOrganizations, holds: package/* }",
        |_, seen| held(seen).is_some_and(|it| it.who.organization() == Some("seen")),
    ),
    (
        "configured",
        "always: { requestors: configuredOrganizations, approvals: \"2\" }",
        |_, seen| {
            held(seen).is_some_and(|it| {
                matches!(it.who.organization(), Some("fabrikam" | "tailspin")) && it.approvals != 2
            })
        },
    ),
    (
        "both",
        "never: { holds: [package/a, package/b] }",
        |_, seen| matches!(seen, Seen::Together { .. }),
    ),
    (
        "both-outside",
        "never: { holds: [package/a, package/b], requestors: external }",
        |_, seen| matches!(seen, Seen::Together { who } if who.is_outside()),
    ),
];
