//! Every small world against every other: three organizations, everybody whom they tell apart, three policies.

use super::{B_TENANT, agree, is_whole, pairs};
use crate::governance::scene::BEGIN;

/// What a small world is made of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Small {
    domains: &'static str,
    passcodes: bool,
    closed: bool,
    state: &'static str,
    published: bool,
    visible: bool,
    excludes: &'static str,
    policies: Vec<Option<(usize, usize)>>,
}

const WHO: &[&str] = &[
    "{ organizations: [a] }",
    "{ organizations: [b, c] }",
    "configuredOrganizations",
    "anyExternal",
    "members",
    "membersAndGuests",
    "{ people: ['group:team'] }",
    "nobody",
];

const HOW: &[&str] = &[
    "expires: { after: 30d }, approval: { stages: [{ approvers: ['user:boss@contoso.com'] }] }",
    "expires: { after: 30d }",
    "expires: never, approval: { stages: [{ approvers: ['user:boss@contoso.com'] }] }",
    "expires: { after: 30d }, approval: { stages: [{ approvers: ['user:boss@contoso.com'] }] }, review: { every: quarterly, reviewers: ['user:boss@contoso.com'] }",
    "expires: { after: 30d }, approval: { stages: [{ approvers: ['user:boss@contoso.com'] }] }, extension: { allowed: true }",
    "expires: { after: 30d }, requests: { enabled: false }",
    "expires: { on: 2027-01-20 }",
];

const DOMAINS: &[&str] = &[
    "",
    "domains: { block: [a.example] }\n",
    "domains: { block: [x.a.example] }\n",
    "domains: { block: [elsewhere.org, b.example] }\n",
    "domains: { allow: [b.example, a.example] }\n",
    "domains: { allow: [{ domain: a.example, subdomains: true }, c.example] }\n",
];

impl Default for Small {
    fn default() -> Self {
        Self {
            domains: "",
            passcodes: true,
            closed: false,
            state: "configured",
            published: true,
            visible: true,
            excludes: "[]",
            policies: vec![Some((0, 0)), Some((4, 0)), None],
        }
    }
}

impl Small {
    fn text(&self) -> String {
        let policies: String = self
            .policies
            .iter()
            .enumerate()
            .filter_map(|(at, policy)| {
                let (who, how) = (*policy)?;
                Some(format!(
                    "      p{at}: {{ requestors: {}, {} }}\n",
                    WHO[who], HOW[how]
                ))
            })
            .collect();
        let policies = match policies.is_empty() {
            true => String::new(),
            false => format!("    policies:\n{policies}"),
        };
        let closed = match self.closed {
            true => ", crossTenant: { inbound: { users: none, applications: none } }",
            false => "",
        };
        format!(
            "version: 1
organizations:
  a: {{ displayName: A, domains: [{{ domain: a.example, subdomains: true }}] }}
  b: {{ displayName: B, tenant: {B_TENANT}, domains: [b.example], state: {}{closed} }}
  c: {{ displayName: C, domains: [c.example], state: proposed }}
catalogs:
  open: {{ displayName: Open, published: {}, externallyVisible: {} }}
collaboration: {{ oneTimePasscode: {} }}
{}packages:
  held: {{ catalog: open, displayName: Held, policies: {{ direct: {{ expires: never }} }} }}
  beside: {{ catalog: open, displayName: Beside, policies: {{ all: {{ requestors: configuredOrganizations }} }} }}
  it:
    catalog: open
    displayName: It
    incompatibleWith: {}
{policies}",
            self.state, self.published, self.visible, self.passcodes, self.domains, self.excludes
        )
    }
}

fn agree_on(worlds: &[Small], pairs: impl IntoIterator<Item = (usize, usize)>) {
    let texts: Vec<String> = worlds.iter().map(Small::text).collect();
    let (compared, gained) = agree(&texts, pairs, &[BEGIN]);
    assert!(gained > 0 && gained < compared, "{gained} of {compared}");
}

#[test]
fn every_change_of_a_policy_widens_if_and_only_if_somebody_gains() {
    let mut worlds = Vec::new();
    let mut all: Vec<Option<(usize, usize)>> = vec![None];
    for who in 0..WHO.len() {
        for how in 0..HOW.len() - 1 {
            all.push(Some((who, how)));
        }
    }
    // Beside it stands one that is wide; and, where all is compared, one that is narrow.
    let beside: &[Option<(usize, usize)>] = match is_whole() {
        true => &[Some((3, 2)), Some((0, 0))],
        false => &[Some((3, 2))],
    };
    for &second in beside {
        for first in &all {
            worlds.push(Small {
                policies: vec![*first, second, Some((4, 3))],
                ..Small::default()
            });
        }
    }
    let size = all.len();
    let parts = (0..beside.len()).map(|part| part * size);
    let within = |at: usize| pairs(size).map(move |(one, other)| (at + one, at + other));
    agree_on(&worlds, parts.flat_map(within));
}

/// Every world of settings; without `WORLDS=all` each setting comes with the first of all others, and with some.
fn settings() -> Vec<Small> {
    let mut worlds = Vec::new();
    for (nth, domains) in DOMAINS.iter().enumerate() {
        for flags in 0..32_usize {
            for (other, excludes) in ["[]", "[package/held]", "['group:team']"]
                .into_iter()
                .enumerate()
            {
                let flag = |at: usize| flags & (1 << at) == 0;
                let unlike = usize::from(nth > 0) + flags.count_ones() as usize + other.min(1);
                if !is_whole() && unlike > 1 && (nth * 7 + flags * 3 + other) % 67 != 0 {
                    continue;
                }
                worlds.push(Small {
                    domains,
                    passcodes: flag(0),
                    closed: !flag(1),
                    visible: flag(2),
                    state: if flag(3) { "configured" } else { "proposed" },
                    published: flag(4),
                    excludes,
                    policies: vec![Some((2, 0)), Some((1, 1)), Some((5, 3))],
                });
            }
        }
    }
    worlds
}

#[test]
fn every_change_of_settings_widens_if_and_only_if_somebody_gains() {
    let worlds = settings();
    let size = worlds.len();
    agree_on(&worlds, pairs(size));
}
