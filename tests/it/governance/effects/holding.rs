//! Who loses a package or a role by an apply, who gets one, and who keeps what they were about to lose.

use std::collections::{BTreeMap, BTreeSet};

use guestlist::governance::assignment::{Command, Direct};
use guestlist::governance::record::{Assignment, Hold, Key, Mark, ObjectId};
use guestlist::impact::What;
use guestlist::model::{Address, Kind};

use super::{Pairs, foretold, mail, moves, told};
use crate::governance::scene::Scene;
use crate::support::dice::Dice;

const PEOPLE: [&str; 6] = [
    "ana@contoso.com",
    "bo@contoso.com",
    "cy@contoso.com",
    "dan@contoso.com",
    "eve@contoso.com",
    "flo@contoso.com",
];
const DEPARTMENTS: [&str; 3] = ["Sales", "Legal", "Crafts"];
const RULES: [&str; 4] = [
    "user.department -eq \"Sales\"",
    "user.department -in [\"Sales\", \"Legal\"]",
    "user.department -ne \"Sales\"",
    "user.mail -startsWith \"a\"",
];

/// What a small world's tree is made of.
#[derive(Debug, Clone)]
struct Shape {
    /// What `team` is given by: nothing, members who ask, or a rule with what it does.
    team: Option<Option<(usize, &'static str)>>,
    team_grants: &'static str,
    excludes: &'static str,
    other: bool,
    other_grants: &'static str,
    second: bool,
    site: &'static str,
}

const GRANTS: [&str; 4] = [
    "{ photos: Visitors }",
    "{ guests: Member }",
    "{ photos: Visitors, guests: Member }",
    "{ photos: [Visitors, Members] }",
];

impl Shape {
    fn thrown(dice: &mut Dice) -> Self {
        let flags = [
            "",
            "",
            ", remove: false",
            ", assign: false",
            ", gracePeriod: 7d",
        ];
        Self {
            team: match dice.below(6) {
                0 => None,
                1 => Some(None),
                _ => Some(Some((
                    dice.below(RULES.len()),
                    flags[dice.below(flags.len())],
                ))),
            },
            team_grants: GRANTS[dice.below(GRANTS.len())],
            excludes: ["[]", "[]", "[package/other]", "['group:Barred']"][dice.below(4)],
            other: dice.below(4) > 0,
            other_grants: GRANTS[dice.below(GRANTS.len())],
            second: dice.below(3) > 0,
            site: ["photos", "photos", "pictures"][dice.below(3)],
        }
    }

    fn tree(&self) -> String {
        let rule = match self.team {
            None => String::new(),
            Some(None) => "      rule: { requestors: members, expires: never }\n".to_owned(),
            Some(Some((rule, flags))) => format!(
                "      rule: {{ requestors: {{ automatic: {{ rule: '{}'{flags} }} }}, expires: never }}\n",
                RULES[rule]
            ),
        };
        let second = match self.second {
            true => "      second: { expires: never }\n",
            false => "",
        };
        let other = match self.other {
            true => format!(
                "  other:
    catalog: open
    displayName: Other
    grants: {}
    policies: {{ direct: {{ expires: never }} }}
",
                self.other_grants
            ),
            false => String::new(),
        };
        let excludes = match self.other {
            true => self.excludes,
            false => self.excludes.trim_start_matches("[package/other]"),
        };
        let excludes = match excludes {
            "" => "[]",
            some => some,
        };
        format!(
            "version: 1
resources:
  photos: {{ site: 'https://contoso.sharepoint.com/sites/{}', replace: allowed }}
  guests: {{ group: Design guests }}
catalogs:
  open: {{ displayName: Open, resources: [photos, guests] }}
packages:
  team:
    catalog: open
    displayName: Team
    grants: {}
    incompatibleWith: {excludes}
    policies:
      direct: {{ expires: never }}
{rule}{second}{other}",
            self.site, self.team_grants
        )
    }
}

/// Plays what comes before the plan, the same each time.
fn played(shape: &Shape, seed: u64) -> Scene {
    let mut dice = Dice::new(seed);
    let mut scene = Scene::of(&shape.tree());
    for person in PEOPLE {
        scene.member(person, &[]);
        moves(&mut scene, person, DEPARTMENTS[dice.below(3)]);
    }
    scene.joins(PEOPLE[dice.below(6)], "Barred");
    let mut policies = vec!["policy/team/direct"];
    if shape.second {
        policies.push("policy/team/second");
    }
    if shape.other {
        policies.extend(["policy/other/direct", "policy/other/direct"]);
    }
    for _ in 0..4 {
        let grant = Direct {
            person: mail(PEOPLE[dice.below(6)]),
            name: None,
            policy: policies[dice.below(policies.len())]
                .parse::<Address>()
                .unwrap(),
            start: None,
            end: None,
            justification: None,
        };
        // Who has the package already, or is excluded, is refused.
        let _ = scene.engine().serve(&Command::Grant(grant).into());
    }
    let _ = scene.tick("T1");
    for _ in 0..3 {
        moves(
            &mut scene,
            PEOPLE[dice.below(6)],
            DEPARTMENTS[dice.below(3)],
        );
    }
    let _ = scene.tick("T2");
    scene
}

/// Who has which package, and who has which role.
fn state(scene: &Scene, names: &BTreeMap<ObjectId, String>) -> (Pairs, Pairs) {
    let (mut packages, mut roles) = (Pairs::new(), Pairs::new());
    for person in PEOPLE.into_iter().chain(["admin@contoso.com"]) {
        let key = Key::new().person(scene.person(person).id());
        let (held, holds) = scene.look(|desk| {
            Ok((
                desk.find::<Assignment>(Mark::AssignmentPerson, &key)?,
                desk.find::<Hold>(Mark::HoldPerson, &key)?,
            ))
        });
        for assignment in held {
            let package = names[&assignment.package].clone();
            let _ = packages.insert((package, person.to_owned()));
        }
        for hold in holds {
            let role = format!("{} {}", hold.place.name, hold.role);
            let _ = roles.insert((role, person.to_owned()));
        }
    }
    (packages, roles)
}

fn names(scene: &Scene) -> BTreeMap<ObjectId, String> {
    let things = scene.look(|desk| desk.things(Kind::Package, None));
    let names = things.iter();
    names
        .map(|thing| (thing.id, thing.address.to_string()))
        .collect()
}

fn minus(one: &Pairs, other: &Pairs) -> Pairs {
    one.difference(other).cloned().collect()
}

#[test]
fn whoever_is_told_to_lose_or_get_something_does_and_nobody_else() {
    let mut dice = Dice::new(53);
    let mut seen = [0; 5];
    for seed in 0..150 {
        let (from, to) = (Shape::thrown(&mut dice), Shape::thrown(&mut dice));
        let mut scene = played(&from, seed);
        let mut still = played(&from, seed);
        let mut known = names(&scene);
        let (before, roles_before) = state(&scene, &known);
        let effects = foretold(&mut scene, &to.tree());
        scene.apply(&to.tree());
        known.extend(names(&scene));
        let _ = scene.tick("T3");
        let (soon, roles_soon) = state(&scene, &known);
        let _ = scene.tick("T20");
        let (late, _) = state(&scene, &known);
        let _ = still.tick("T20");
        let (without, _) = state(&still, &known);
        let case = format!("{seed}\n{from:#?}\n{to:#?}\n{effects:#?}\n{before:#?}\n{soon:#?}");

        let ending = told(&effects, |it| it.what == What::End);
        let at_once = told(&effects, |it| {
            it.what == What::End && !it.detail.starts_with(" after")
        });
        let lost = minus(&before, &late);
        // Who was about to lose it anyway may be told or not.
        let missing = minus(&minus(&lost, &minus(&before, &without)), &ending);
        assert!(missing.is_empty(), "{missing:?} {case}");
        assert!(ending.is_subset(&lost), "{case}");
        assert!(at_once.is_subset(&minus(&before, &soon)), "{case}");
        assert!(minus(&before, &soon).is_subset(&at_once), "{case}");

        let getting = told(&effects, |it| it.what == What::Get);
        assert_eq!(getting, minus(&soon, &before), "{case}");

        let saved = told(&effects, |it| {
            it.what == What::Stay && it.detail.contains("about to lose")
        });
        assert_eq!(saved, minus(&minus(&before, &without), &lost), "{case}");

        // A role that somebody loses is told with the package, or with the role.
        let lose: BTreeSet<String> = told(&effects, |it| it.what.ends_access())
            .into_iter()
            .map(|(_, person)| person)
            .collect();
        let roles_lost = minus(&roles_before, &roles_soon);
        for (role, person) in &roles_lost {
            assert!(lose.contains(person), "{person} {role} {case}");
        }
        let less = told(&effects, |it| it.what == What::LoseRole);
        for (package, person) in &less {
            let mut lost = roles_lost.iter();
            assert!(
                lost.any(|(_, loser)| loser == person),
                "{package} {person} {case}"
            );
        }
        for (at, pairs) in [&ending, &getting, &saved, &less, &minus(&ending, &at_once)]
            .into_iter()
            .enumerate()
        {
            seen[at] += pairs.len();
        }
    }
    assert!(seen.iter().all(|seen| *seen > 1), "{seen:?}");
}
