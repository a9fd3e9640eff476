//! Small worlds: a tree of two packages with up to three policies, and settings.

use super::people::{Account, Someone};
use super::play::{Access, DAY, Seen};
use super::statements::{self, Statement};
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

/// How many policies are for people of the directory, and which is for automatic assignment.
const DIRECTORY: usize = 4;
const AUTOMATIC: usize = 9;

const APPROVALS: &[&str] = &[
    "",
    "",
    "{ stages: [{ approvers: ['user:ana@contoso.com'] }] }",
    "{ stages: [{ approvers: ['user:ana@contoso.com'] }, { approvers: ['user:ana@contoso.com'] }] }",
    "{ stages: [{ approvers: ['user:ana@contoso.com'] }, { approvers: ['user:ana@contoso.com'], fallback: ['user:omar@contoso.com'] }] }",
    "{ stages: [{ approvers: ['sponsors:own'], fallback: ['group:deciders'] }] }",
    "{ stages: [{ approvers: ['user:eva@contoso.com'] }] }",
];

const ENDS: &[&str] = &[
    "expires: { after: 10d }",
    "expires: { after: 10d }, extension: { allowed: true }",
    "expires: { after: 30d }",
    "expires: never",
    "expires: { on: '2027-01-16' }",
];

const REVIEWS: &[&str] = &[
    "",
    "",
    "",
    "",
    ", review: { every: monthly, reviewers: ['user:ana@contoso.com'] }",
    ", review: { every: quarterly, reviewers: ['user:ana@contoso.com'] }",
    ", review: { every: monthly, starts: '2027-02-24', reviewers: ['user:ana@contoso.com'] }",
    ", review: { every: monthly, enabled: false, reviewers: ['user:ana@contoso.com'] }",
];

/// A world.
#[derive(Debug, Clone)]
pub(super) struct World {
    /// The policies: their package, and their text.
    pub(super) policies: Vec<(&'static str, String)>,
    pub(super) blocks: bool,
    pub(super) closed: bool,
    /// Whether the catalog of each package is published, and open to people from outside.
    published: [bool; 2],
    visible: [bool; 2],
    pub(super) passcodes: bool,
    grants: usize,
    excludes: [&'static str; 2],
    /// Random statements about it.
    pub(super) said: Vec<(String, Statement)>,
}

/// What both packages give.
const GRANTS: &[&[(&str, &[&str])]] = &[
    &[("open", &["Member"])],
    &[("closed", &["Member"])],
    &[("open", &["Member"]), ("closed", &["Member"])],
    &[("open", &["Member", "Owner"]), ("closed", &["Owner"])],
];

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
            .map(|(package, who)| (*package, policy(package, *who, dice)));
        let policies = policies.collect();
        let rarely = |dice: &mut Dice| dice.below(5) == 0;
        Self {
            policies,
            blocks: dice.below(2) == 0,
            closed: dice.below(3) == 0,
            published: [!rarely(dice), !rarely(dice)],
            visible: [!rarely(dice), !rarely(dice)],
            passcodes: !rarely(dice),
            grants: dice.below(GRANTS.len()),
            excludes: [
                [
                    "[]",
                    "[package/b]",
                    "['group:all-guests']",
                    "['group:buyers']",
                    "['group:open']",
                ][dice.below(5)],
                ["[]", "[package/a]", "['group:closed']"][dice.below(3)],
            ],
            said: statements::some(dice),
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
                world.policies.push((package, policy(package, who, dice)));
            }
        }
        world
    }

    /// The roles that both packages give, each of a resource.
    pub(super) fn grants(&self) -> Vec<(String, String)> {
        let each = GRANTS[self.grants].iter().flat_map(|(resource, roles)| {
            let roles = roles.iter();
            roles.map(move |role| ((*resource).to_owned(), (*role).to_owned()))
        });
        each.collect()
    }

    /// The tree.
    pub(super) fn tree(&self) -> String {
        self.tree_of(None)
    }

    /// The tree before one of its policies was there.
    pub(super) fn tree_without(&self, policy: usize) -> String {
        self.tree_of(Some(policy))
    }

    fn tree_of(&self, without: Option<usize>) -> String {
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
        tree.push_str("catalogs:\n");
        for (at, catalog) in ["first", "second"].iter().enumerate() {
            tree.push_str(&format!(
                "  {catalog}: {{ displayName: {catalog}, resources: [open, closed], published: {}, externallyVisible: {} }}\n",
                self.published[at], self.visible[at]
            ));
        }
        tree.push_str("packages:\n");
        let grants = GRANTS[self.grants].iter();
        let grants = grants.map(|(resource, roles)| format!("{resource}: [{}]", roles.join(", ")));
        let grants: Vec<String> = grants.collect();
        for (at, package) in ["a", "b"].iter().enumerate() {
            tree.push_str(&format!(
                "  {package}:\n    catalog: {}\n    displayName: {package}\n    grants: {{ {} }}\n    incompatibleWith: {}\n",
                ["first", "second"][at],
                grants.join(", "),
                self.excludes[at]
            ));
            let own = self.policies.iter().enumerate();
            let own = own.filter(|(at, (of, _))| of == package && Some(*at) != without);
            let mut own = own.peekable();
            if own.peek().is_some() {
                tree.push_str("    policies:\n");
            }
            for (at, (_, text)) in own {
                tree.push_str(&format!("      p{at}: {{ {text} }}\n"));
            }
        }
        tree.push_str("invariants:\n");
        for (name, text, _) in INVARIANTS {
            tree.push_str(&format!("  {name}: {{ {text} }}\n"));
        }
        for (name, said) in &self.said {
            tree.push_str(&format!("  {name}: {{ {} }}\n", said.text()));
        }
        tree
    }
}

/// The rule of automatic policies of the other package: it looks at addresses.
const BY_ADDRESS: &str = "{ automatic: { rule: 'user.mail -match \"@elsewhere[.]example$\"' } }";

fn policy(package: &str, who: usize, dice: &mut Dice) -> String {
    let requestors = match (package, who) {
        ("b", AUTOMATIC) => BY_ADDRESS,
        _ => REQUESTORS[who],
    };
    let mut text = format!("requestors: {requestors}");
    let approval = APPROVALS[dice.below(APPROVALS.len())];
    if who != AUTOMATIC && !approval.is_empty() {
        text.push_str(&format!(", approval: {approval}"));
    }
    text.push_str(&format!(", {}", ENDS[dice.below(ENDS.len())]));
    text.push_str(REVIEWS[dice.below(REVIEWS.len())]);
    if dice.below(6) == 0 {
        text.push_str(", requests: { enabled: false }");
    }
    // Nobody asks for people whom the directory may not know.
    if who < DIRECTORY && dice.below(2) == 0 {
        text.push_str(", onBehalf: { requestors: ['user:lea@contoso.com'], update: true }");
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

pub(super) fn is_guest(who: &Someone) -> bool {
    matches!(
        who.account,
        Account::None | Account::Guest | Account::InternalGuest
    )
}

pub(super) fn is_member(who: &Someone) -> bool {
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
                it.who.is_outside()
                    && (it.approvals == 0 || it.lasts.is_none_or(|lasts| lasts > 20 * DAY))
            })
        },
    ),
    (
        "reviewed",
        "always: { requestors: anyone, review: quarterly }",
        |_, seen| held(seen).is_some_and(|it| it.review.is_none()),
    ),
    (
        "endless",
        "never: { organization: tail*, expires: never }",
        |_, seen| {
            held(seen)
                .is_some_and(|it| it.who.organization() == Some("tailspin") && it.lasts.is_none())
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
        |_, seen| held(seen).is_some_and(|it| it.has("closed")),
    ),
    (
        "closed-guests",
        "never: { requestors: guests, role: Member, holds: package/* }",
        |_, seen| held(seen).is_some_and(|it| is_guest(&it.who) && !it.roles.is_empty()),
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
            if it.way == "direct" && it.holds && it.lasts.is_none_or(|lasts| lasts > 20 * DAY))
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
