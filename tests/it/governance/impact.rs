//! Impact against the engine itself: over small worlds whatever it says of somebody and a package is what a request is told, and
//! a plan is called wider if and only if somebody gains.

use std::collections::{BTreeMap, BTreeSet};

use guestlist::governance::record::Identity;
use guestlist::impact::{
    self, Account as Standing, Base, Census, Estate, Impact, Named, Part, Requestor, Sides, access,
};
use guestlist::model::Desired;
use guestlist::model::text::Domain;
use guestlist::plan::between;
use jiff::Timestamp;

use super::scene::{BEGIN, instant, loaded, mail};
use super::told::{OWN, Somebody, Told, World, gains};
use crate::support::dice::Dice;
fn own() -> Vec<Domain> {
    vec![Domain::parse(OWN).unwrap()]
}

fn now() -> Timestamp {
    instant(BEGIN)
}

fn of(one: &Desired, other: &Desired) -> Impact {
    let plan = between(one, other);
    impact::impact(&plan, &Sides::between(&plan, one), &own(), now(), None).unwrap()
}

/// Everybody whom a census knows, as people.
fn everybody(trees: &[&Desired]) -> Vec<Somebody> {
    let own = own();
    let estates: Vec<Estate<'_>> = trees
        .iter()
        .map(|tree| Estate::of(tree, &own, now()))
        .collect();
    let sides: Vec<&Estate<'_>> = estates.iter().collect();
    let census = Census::of(&sides);
    let names: BTreeSet<&str> = estates
        .iter()
        .flat_map(Estate::offers)
        .map(|offer| offer.address.own_name())
        .collect();
    let mut found: BTreeMap<String, Somebody> = BTreeMap::new();
    let mut add = |somebody: Somebody| {
        found.insert(format!("{somebody:?}"), somebody);
    };
    for base in census.bases() {
        add(person(base, &[], &[]));
    }
    for name in names {
        let offers: Vec<_> = estates.iter().map(|estate| estate.offer(name)).collect();
        for part in census.parts(&offers) {
            let Part {
                bases,
                named,
                holds,
                ..
            } = &part;
            for at in bases.iter() {
                if !named.is_empty() || !holds.is_empty() {
                    add(person(&census.bases()[at], named, holds));
                }
            }
        }
    }
    found.into_values().collect()
}

fn person(base: &Base, named: &[Named], holds: &[&str]) -> Somebody {
    let groups = named.iter().filter_map(|named| match named {
        Named::Group(name) => Some(name.clone()),
        Named::User(_) => None,
    });
    Somebody {
        mail: mail(&format!("someone@{}", base.zone.witness)),
        identity: base.sign_in.identity(),
        account: base.account,
        groups: groups.collect(),
        holds: holds.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// People that no census chose, with addresses and sign-ins of every sort.
fn others() -> Vec<Somebody> {
    let tenant = |id: &str| Identity::Tenant {
        tenant: guestlist::model::text::Guid::parse(id).unwrap(),
    };
    let mut all = Vec::new();
    for address in [
        "ada@a.example",
        "ada@x.a.example",
        "bob@b.example",
        "cleo@c.example",
        "dora@elsewhere.org",
    ] {
        for identity in [
            Identity::Passcode,
            Identity::Google,
            tenant(B_TENANT),
            tenant("00000000-0000-4000-8000-0000000000aa"),
        ] {
            for account in Standing::OUTSIDE {
                all.push(Somebody {
                    mail: mail(address),
                    identity: identity.clone(),
                    account,
                    groups: Vec::new(),
                    holds: Vec::new(),
                });
            }
        }
    }
    for account in Standing::INSIDE {
        for groups in [vec![], vec!["team".to_owned()]] {
            all.push(Somebody {
                mail: mail("mia@contoso.com"),
                identity: Identity::Own,
                account,
                groups,
                holds: Vec::new(),
            });
        }
    }
    all
}

const B_TENANT: &str = "3d0f5dec-0000-4000-8000-000000000001";

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
    fn tree(&self) -> Desired {
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
        let text = format!(
            "version: 1
organizations:
  a: {{ displayName: A, domains: [{{ domain: a.example, subdomains: true }}] }}
  b: {{ displayName: B, tenant: {B_TENANT}, domains: [b.example], state: {}{closed} }}
  c: {{ displayName: C, domains: [c.example], state: proposed }}
catalogs:
  open: {{ displayName: Open, published: {}, externallyVisible: {} }}
collaboration: {{ oneTimePasscode: {} }}
{}packages:
  held: {{ catalog: open, displayName: Held }}
  it:
    catalog: open
    displayName: It
    incompatibleWith: {}
{policies}",
            self.state, self.published, self.visible, self.passcodes, self.domains, self.excludes
        );
        loaded(&text, now())
    }
}

/// Holds impact against the engine for every pair of some small worlds, for all people that there may be.
fn agree(worlds: &[Small], pairs: impl IntoIterator<Item = (usize, usize)>, instants: &[&str]) {
    let trees: Vec<Desired> = worlds.iter().map(Small::tree).collect();
    let mut people: BTreeMap<String, Somebody> = BTreeMap::new();
    let all: Vec<&Desired> = trees.iter().collect();
    for somebody in everybody(&all).into_iter().chain(others()) {
        people.insert(format!("{somebody:?}"), somebody);
    }
    let people: Vec<Somebody> = people.into_values().collect();
    let mut world = World::new();
    // Every answer of the engine, by tree, person and instant.
    let mut answers: Vec<Vec<Vec<Told>>> = Vec::new();
    for (tree, small) in trees.iter().zip(worlds) {
        world.scene.apply_desired(tree);
        let mut of_tree = Vec::new();
        for somebody in &people {
            let told: Vec<Told> = instants
                .iter()
                .map(|at| world.told(somebody, tree, instant(at)))
                .collect();
            same_as_access(somebody, tree, &told[0], small);
            of_tree.push(told);
        }
        answers.push(of_tree);
    }
    let mut compared = (0, 0);
    for (one, other) in pairs {
        let found = of(&trees[one], &trees[other]);
        let gained =
            answers[one]
                .iter()
                .zip(&answers[other])
                .zip(&people)
                .find(|((before, after), _)| {
                    before
                        .iter()
                        .zip(*after)
                        .any(|(before, after)| gains(before, after))
                });
        let widened: Vec<_> = found.widenings().collect();
        assert_eq!(
            !widened.is_empty(),
            gained.is_some(),
            "{:#?}\n{:#?}\n{widened:#?}\n{gained:#?}",
            worlds[one],
            worlds[other]
        );
        compared.0 += 1;
        compared.1 += usize::from(gained.is_some());
    }
    assert!(compared.1 > 0 && compared.1 < compared.0, "{compared:?}");
}

/// Whoever is called unable to ask is refused by the engine, and the reverse; through the same policies.
fn same_as_access(somebody: &Somebody, tree: &Desired, told: &Told, small: &Small) {
    let own = own();
    let estate = Estate::of(tree, &own, now());
    let base = Base {
        account: somebody.account,
        zone: impact::Zone {
            sort: impact::Sort::Other,
            witness: Domain::parse(somebody.mail.domain()).unwrap(),
        },
        sign_in: match &somebody.identity {
            Identity::Own => impact::SignIn::Own,
            Identity::Passcode => impact::SignIn::Passcode,
            Identity::Tenant { tenant } => impact::SignIn::Tenant(tenant.clone()),
            Identity::Federation { issuer } => impact::SignIn::Federation(issuer.clone()),
            Identity::Facebook => impact::SignIn::Facebook,
            Identity::Google | Identity::MicrosoftAccount => impact::SignIn::Personal,
        },
    };
    let traits = estate.traits(&base);
    let mut named: Vec<Named> = somebody
        .groups
        .iter()
        .map(|group| Named::Group(group.clone()))
        .collect();
    named.push(Named::User(somebody.mail.clone()));
    let holds: Vec<&str> = somebody.holds.iter().map(String::as_str).collect();
    let requestor = Requestor {
        traits: &traits,
        named: &named,
        holds: &holds,
    };
    for offer in estate.offers() {
        let found = access(&estate, requestor, Some(offer));
        let ways: BTreeSet<&str> = found
            .ways
            .iter()
            .map(|way| way.address.own_name())
            .collect();
        let of = told
            .keys()
            .filter(|(package, _)| package == offer.address.own_name());
        let engine: BTreeSet<&str> = of.map(|(_, policy)| policy.as_str()).collect();
        assert_eq!(
            ways, engine,
            "{somebody:#?}\n{small:#?}\n{:?}",
            found.barrier
        );
    }
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
    // Beside it stand one that is narrow, and one that is wide.
    let beside: [Option<(usize, usize)>; 2] = [Some((0, 0)), Some((3, 2))];
    for second in beside {
        for first in &all {
            worlds.push(Small {
                policies: vec![*first, second, Some((4, 3))],
                ..Small::default()
            });
        }
    }
    let size = all.len();
    let pairs = (0..beside.len()).flat_map(move |part| {
        let at = part * size;
        (at..at + size).flat_map(move |one| (at..at + size).map(move |other| (one, other)))
    });
    agree(&worlds, pairs, &[BEGIN]);
}

#[test]
fn every_change_of_settings_widens_if_and_only_if_somebody_gains() {
    let mut worlds = Vec::new();
    for domains in [
        "",
        "domains: { block: [a.example] }\n",
        "domains: { block: [elsewhere.org] }\n",
        "domains: { allow: [b.example, a.example] }\n",
    ] {
        for flags in [0b1101_u32, 0b1100, 0b1111, 0b1001, 0b0101] {
            let flag = |at: u32| flags & (1 << at) != 0;
            worlds.push(Small {
                domains,
                passcodes: flag(0),
                closed: flag(1),
                visible: flag(2),
                state: if flag(3) { "configured" } else { "proposed" },
                policies: vec![Some((2, 0)), Some((1, 1)), Some((5, 3))],
                ..Small::default()
            });
        }
    }
    for excludes in ["[package/held]", "['group:team']"] {
        worlds.push(Small {
            excludes,
            ..worlds[0].clone()
        });
    }
    worlds.push(Small {
        published: false,
        ..worlds[0].clone()
    });
    let size = worlds.len();
    let pairs = (0..size).flat_map(|one| (0..size).map(move |other| (one, other)));
    let mut dice = Dice::new(11);
    let pairs: Vec<(usize, usize)> = pairs.filter(|_| dice.below(2) == 0).collect();
    agree(&worlds, pairs, &[BEGIN]);
}

#[test]
fn random_worlds_agree() {
    let mut dice = Dice::new(2027);
    let mut worlds = Vec::new();
    for _ in 0..16 {
        let mut policies = Vec::new();
        for _ in 0..3 {
            let policy = (dice.below(WHO.len()), dice.below(HOW.len()));
            policies.push((dice.below(4) > 0).then_some(policy));
        }
        worlds.push(Small {
            domains: [
                "",
                "",
                "domains: { block: [c.example, elsewhere.org] }\n",
                "domains: { allow: [a.example] }\n",
            ][dice.below(4)],
            passcodes: dice.below(4) > 0,
            closed: dice.below(4) == 0,
            state: ["configured", "proposed"][dice.below(2)],
            published: dice.below(8) > 0,
            visible: dice.below(4) > 0,
            excludes: ["[]", "[package/held]", "['group:team']"][dice.below(3)],
            policies,
        });
    }
    let pairs: Vec<(usize, usize)> = (0..256).map(|at| (at / 16, at % 16)).collect();
    let instants = [BEGIN, "2027-01-20T23:59:58Z", "2027-01-22T00:00:00Z"];
    agree(&worlds, pairs, &instants);
}
