//! Larger worlds, made by dice, each beside worlds that differ from it in one thing alone: what is lost or gained by that is
//! hidden by nothing else.

use super::played::{ENDS, EXTENSIONS, REVIEWS, is_void, policy};
use super::{B_TENANT, agree};
use crate::governance::scene::BEGIN;
use crate::support::dice::Dice;

/// What can be of several sorts, and how many there are of each; a world is a choice of each.
struct Choices {
    words: Vec<Vec<String>>,
}

/// A world: which of each.
type World = Vec<usize>;

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|text| (*text).to_owned()).collect()
}

/// How many policies a world has at most, and of how many parts each is.
const POLICIES: usize = 4;
const PARTS: usize = 7;
/// How many choices come before those of policies.
const SETTINGS: usize = 19;

const WHO: &[&str] = &[
    "{ organizations: [a] }",
    "{ organizations: [b, c, d] }",
    "{ organizations: [d, e] }",
    "configuredOrganizations",
    "anyExternal",
    "members",
    "membersAndGuests",
    "{ people: ['group:team'] }",
    "{ people: ['user:mia@contoso.com', 'user:ada@a.example', 'group:crew'] }",
    "nobody",
    "automatic",
];

const EXCLUDES: &[&str] = &[
    "[]",
    "[package/held]",
    "['group:team']",
    "[package/held, 'group:crew']",
];

impl Choices {
    fn new() -> Self {
        let domain = |name: &str| {
            texts(&[
                &format!("[{name}.example]"),
                &format!("[{{ domain: {name}.example, subdomains: true }}]"),
            ])
        };
        let states = || texts(&["configured", "proposed"]);
        let inbound = texts(&[
            "",
            ", crossTenant: { inbound: { users: all, applications: all } }",
            ", crossTenant: { inbound: { users: none, applications: none } }",
            // What is not written of cross-tenant access stays as it is live, so everything is.
            ", crossTenant: { inbound: { users: all, applications: all }, trust: [mfa] }",
        ]);
        let mut words = vec![
            domain("a"),
            states(),
            domain("b"),
            states(),
            inbound,
            texts(&[
                "[c.example]",
                "[c.example, z.c.example]",
                "[{ domain: c.example, subdomains: true }]",
            ]),
            states(),
            states(),
            states(),
            texts(&[
                "",
                "domains: { block: [a.example] }\n",
                "domains: { block: [x.a.example, elsewhere.org] }\n",
                "domains: { block: [b.example, d.example] }\n",
                "domains: { allow: [a.example, b.example] }\n",
                "domains: { allow: [{ domain: a.example, subdomains: true }, d.example] }\n",
                "domains: { allow: [elsewhere.org] }\n",
            ]),
            // What is left out stays as it is live.
            texts(&[", oneTimePasscode: true", ", oneTimePasscode: false"]),
            texts(&["members", "limited", "restricted"]),
            texts(&["everyone", "members", "inviters", "nobody"]),
            // Whether the catalogs are published and open to people from outside: the first more often than not.
            texts(&["published: true", "published: true", "published: false"]),
            texts(&[
                "externallyVisible: true",
                "externallyVisible: true",
                "externallyVisible: false",
            ]),
            texts(&["first", "first", "second"]),
            texts(&["true", "false"]),
            texts(EXCLUDES),
            texts(&["\"Sales\"", "\"Legal\"", "null"]),
        ];
        assert_eq!(words.len(), SETTINGS);
        for _ in 0..POLICIES {
            words.push(texts(&["there", "there", "not"]));
            words.push(texts(WHO));
            words.push(texts(&["0", "1", "2", "3"]));
            words.push(texts(ENDS));
            words.push(texts(EXTENSIONS));
            words.push(texts(REVIEWS));
            words.push(texts(&[
                "",
                "",
                ", requests: { enabled: false }",
                ", requests: { customSchedule: true, removal: false }",
                ", notifications: false",
            ]));
        }
        Self { words }
    }

    fn roll(&self, dice: &mut Dice) -> World {
        self.words.iter().map(|all| dice.below(all.len())).collect()
    }

    /// Every world that differs from one in one choice, of which so many.
    fn beside(&self, world: &World, most: usize, dice: &mut Dice) -> Vec<World> {
        let mut all = Vec::new();
        for (at, words) in self.words.iter().enumerate() {
            // Of a policy that is not there nothing but that makes a difference.
            let policy = at.checked_sub(SETTINGS).map(|at| at / PARTS);
            let is_there = policy.is_none_or(|nth| {
                let first = SETTINGS + nth * PARTS;
                first == at || self.words[first][world[first]] == "there"
            });
            for other in (0..words.len()).filter(|_| is_there) {
                if words[other] != words[world[at]] {
                    let mut changed = world.clone();
                    changed[at] = other;
                    all.push(changed);
                }
            }
        }
        dice.shuffle(&mut all);
        all.truncate(most);
        all
    }

    fn text(&self, world: &World) -> String {
        let word = |at: usize| self.words[at][world[at]].as_str();
        let mut policies = String::new();
        let mut is_ruled = false;
        for nth in 0..POLICIES {
            let part = |at: usize| word(SETTINGS + nth * PARTS + at);
            if part(0) == "not" {
                continue;
            }
            let (who, how) = match part(1) {
                // A package has one rule at most, and nobody approves what it gives.
                "automatic" if is_ruled => continue,
                "automatic" => {
                    is_ruled = true;
                    let operator = match word(18) {
                        "null" => "-ne",
                        _ => "-eq",
                    };
                    let who = format!(
                        "{{ automatic: {{ rule: 'user.department {operator} {}' }} }}",
                        word(18)
                    );
                    (who, policy(0, part(3), "", part(5)))
                }
                who => {
                    let stages = part(2).parse().unwrap();
                    let extension = match is_void(stages, part(4)) {
                        true => EXTENSIONS[1],
                        false => part(4),
                    };
                    let how = policy(stages, part(3), extension, part(5));
                    (who.to_owned(), format!("{how}{}", part(6)))
                }
            };
            policies.push_str(&format!("      p{nth}: {{ requestors: {who}, {how} }}\n"));
        }
        let policies = match policies.is_empty() {
            true => String::new(),
            false => format!("    policies:\n{policies}"),
        };
        format!(
            "version: 1
organizations:
  a: {{ displayName: A, domains: {}, state: {} }}
  b: {{ displayName: B, tenant: {B_TENANT}, domains: {}, state: {}{} }}
  c: {{ displayName: C, domains: {}, state: {} }}
  d: {{ displayName: D, federation: {{ issuer: 'https://sts.d.example' }}, domains: [d.example], state: {} }}
  e: {{ displayName: E, social: facebook, state: {} }}
{}collaboration: {{ guestAccess: {}, invitations: {}{} }}
catalogs:
  first: {{ displayName: First, {}, {} }}
  second: {{ displayName: Second }}
packages:
  held: {{ catalog: second, displayName: Held, policies: {{ direct: {{ expires: never }} }} }}
  beside:
    catalog: first
    displayName: Beside
    policies: {{ all: {{ requestors: configuredOrganizations }} }}
  it:
    catalog: {}
    displayName: It
    hidden: {}
    incompatibleWith: {}
{policies}",
            word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7), word(8),
            word(9), word(11), word(12), word(10), word(13), word(14), word(15), word(16),
            word(17)
        )
    }
}

#[test]
fn random_worlds_agree() {
    let wanted = std::env::var("WORLDS").ok();
    let wanted = wanted.and_then(|worlds| worlds.parse().ok()).unwrap_or(1);
    let choices = Choices::new();
    let (mut compared, mut gained) = (0, 0);
    for seed in 0..wanted {
        let mut dice = Dice::new(seed);
        let world = choices.roll(&mut dice);
        let beside = choices.beside(&world, 2, &mut dice);
        let mut texts = vec![choices.text(&world)];
        texts.extend(beside.iter().map(|world| choices.text(world)));
        let pairs = (1..texts.len()).flat_map(|at| [(0, at), (at, 0)]);
        let found = agree(&texts, pairs, &[BEGIN, "2027-05-20T00:00:00Z"]);
        compared += found.0;
        gained += found.1;
    }
    assert!(gained > 0 && gained < compared, "{gained} of {compared}");
}
