//! Who keeps a package though its policy no longer covers them, and who can no longer extend it.

use std::collections::BTreeSet;

use guestlist::governance::Ground;
use guestlist::governance::record::Identity;
use guestlist::governance::request::Command;
use guestlist::impact::{Effect, What};
use guestlist::model::text::Guid;

use super::{foretold, grant, moves, told};
use crate::governance::asking::of;
use crate::governance::scene::Scene;
use crate::support::dice::Dice;

const TENANT: &str = "3d0f5dec-0000-4000-8000-000000000001";
const HOLDERS: [&str; 4] = [
    "gus@wingtip.example",
    "gil@fabrikam.com",
    "pia@adatum.example",
    "mia@contoso.com",
];
const WHO: [&str; 8] = [
    "{ organizations: [fabrikam] }",
    "{ organizations: [fabrikam, wingtip] }",
    "configuredOrganizations",
    "anyExternal",
    "members",
    "membersAndGuests",
    "{ people: ['group:Leads', 'user:gil@fabrikam.com'] }",
    "nobody",
];

/// What a small world's tree is made of.
#[derive(Debug, Clone)]
struct Shape {
    who: usize,
    extension: bool,
    fabrikam: &'static str,
    adatum: &'static str,
    state: &'static str,
    passcodes: bool,
}

impl Shape {
    fn tree(&self) -> String {
        format!(
            "version: 1
collaboration: {{ oneTimePasscode: {} }}
organizations:
  fabrikam: {{ displayName: Fabrikam, state: {}, domains: [{}] }}
  adatum: {{ displayName: Adatum, domains: [{}] }}
  wingtip: {{ displayName: Wingtip, tenant: {TENANT}, domains: [wingtip.example] }}
catalogs:
  open: {{ displayName: Open }}
packages:
  library:
    catalog: open
    displayName: Library
    policies:
      ask: {{ requestors: {}, expires: {{ after: 90d }}, extension: {{ allowed: {} }} }}
",
            self.passcodes, self.state, self.fabrikam, self.adatum, WHO[self.who], self.extension
        )
    }
}

/// Everybody has the library through its policy, as far as that covers them.
fn played(shape: &Shape) -> Scene {
    let mut scene = Scene::of(&shape.tree());
    scene.member("mia@contoso.com", &[]);
    let tenant = Guid::parse(TENANT).unwrap();
    scene.guest(HOLDERS[0], Identity::Tenant { tenant });
    scene.guest(HOLDERS[1], Identity::Passcode);
    scene.guest(HOLDERS[2], Identity::Passcode);
    scene.joins("mia@contoso.com", "Leads");
    for person in HOLDERS {
        let grant = grant(person, "policy/library/ask");
        let _ = scene.operator().engine().serve(&grant.into());
    }
    let _ = scene.tick("T1");
    let _ = scene.at("T10");
    scene
}

/// Returns who may extend what they have, and who may not because the policy does not cover them.
fn extending(scene: &mut Scene) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut may, mut outside) = (BTreeSet::new(), BTreeSet::new());
    for person in HOLDERS {
        let answer = scene
            .acting(person)
            .engine()
            .serve(&Command::Extend(of("library")).into());
        match answer {
            Ok(_) => drop(may.insert(person.to_owned())),
            Err(guestlist::app::AppError::Governance(why)) if why.ground == Ground::NoPolicy => {
                let _ = outside.insert(person.to_owned());
            }
            Err(_) => {}
        }
    }
    (may, outside)
}

fn people(effects: &[Effect], words: &str) -> BTreeSet<String> {
    let pairs = told(effects, |it| {
        it.what == What::Stay && it.words().contains(words)
    });
    pairs.into_iter().map(|(_, person)| person).collect()
}

#[test]
fn whoever_is_told_to_keep_a_package_without_extension_can_no_longer_extend_it() {
    let mut dice = Dice::new(4);
    let (mut last, mut kept) = (0, 0);
    for _ in 0..90 {
        let from = Shape {
            who: dice.below(WHO.len()),
            extension: dice.below(4) > 0,
            fabrikam: "fabrikam.com",
            adatum: "adatum.example",
            state: "configured",
            passcodes: true,
        };
        let mut to = from.clone();
        match dice.below(8) {
            0 => (to.fabrikam, to.adatum) = ("adatum.example", "other.example"),
            6 => (to.fabrikam, to.adatum) = (from.adatum, from.fabrikam),
            7 => {
                (to.fabrikam, to.adatum) = (from.adatum, from.fabrikam);
                to.passcodes = false;
            }
            1 => to.state = "proposed",
            2 => to.passcodes = false,
            3 => to.extension = false,
            _ => to.who = dice.below(WHO.len()),
        }
        let mut scene = played(&from);
        let mut still = played(&from);
        let effects = foretold(&mut scene, &to.tree());
        let case = format!("{from:#?}\n{to:#?}\n{effects:#?}");
        scene.apply(&to.tree());
        let _ = scene.tick("T11");
        let _ = still.tick("T11");
        let (could, were_outside) = extending(&mut still);
        let (can, are_outside) = extending(&mut scene);
        let lose: BTreeSet<String> = could.difference(&can).cloned().collect();
        assert_eq!(
            people(&effects, "nobody can ask to extend it any more"),
            lose,
            "{case}"
        );
        last += lose.len();
        if from.extension && to.extension {
            let out: BTreeSet<String> = are_outside.difference(&were_outside).cloned().collect();
            let told = people(&effects, "cover");
            assert!(out.is_subset(&told), "{out:?} {told:?} {case}");
            kept += out.len();
        }
        for person in HOLDERS {
            assert_eq!(scene.holds(person), still.holds(person), "{case}");
        }
    }
    assert!(last > 15 && kept > 8, "{last} {kept}");
}

const BY_RULE: &str = "
version: 1
catalogs:
  open: { displayName: Open }
packages:
  library:
    catalog: open
    displayName: Library
    policies:
      rule: { requestors: { automatic: { rule: 'user.department -eq \"Sales\"', gracePeriod: 7d } }, expires: never }
";

fn words(scene: &mut Scene, from: &str, to: &str) -> Vec<String> {
    let tree = BY_RULE.replace(from, to);
    assert_ne!(tree, BY_RULE);
    let effects = foretold(scene, &tree);
    effects.iter().map(Effect::words).collect()
}

#[test]
fn people_of_a_rule_are_told_of_in_the_words_of_what_happens_to_them() {
    let mut scene = Scene::of(BY_RULE);
    for (person, department) in [("ana", "Sales"), ("bo", "Sales"), ("cy", "Legal")] {
        let person = format!("{person}@contoso.com");
        scene.member(&person, &[]);
        moves(&mut scene, &person, department);
    }
    let _ = scene.tick("T1");
    moves(&mut scene, "bo@contoso.com", "Crafts");
    assert_eq!(
        words(&mut scene, "\"Sales\"", "\"Legal\""),
        [
            "1 person loses package/library after 7d: the rule of policy/library/rule does not match them",
            "1 person gets package/library: the rule of policy/library/rule matches them",
        ]
    );
    assert_eq!(
        words(&mut scene, ", gracePeriod: 7d", ", remove: false"),
        [
            "1 person holds package/library through policy/library/rule, about to lose it: the rule takes it from nobody any more",
        ]
    );
    assert_eq!(
        words(
            &mut scene,
            "\"Sales\"', gracePeriod: 7d",
            "\"Crafts\"', remove: false"
        ),
        [
            "1 person holds package/library through policy/library/rule, about to lose it: the rule takes it from nobody any more",
            "1 person holds package/library through policy/library/rule: the rule does not match them any more, and takes it from nobody",
        ]
    );
    assert_eq!(
        words(&mut scene, "gracePeriod: 7d", "assign: false"),
        [
            "1 person holds package/library through policy/library/rule, and the rule gives it to nobody from now on: who loses it does not get it again",
        ]
    );
    assert_eq!(
        words(
            &mut scene,
            "{ automatic: { rule: 'user.department -eq \"Sales\"', gracePeriod: 7d } }",
            "members"
        ),
        [
            "1 person holds package/library through policy/library/rule: no rule takes it away any more, and access stays without an end",
        ]
    );
}

const PLAIN: &str = "
version: 1
catalogs:
  open: { displayName: Open }
packages:
  library:
    catalog: open
    displayName: Library
    policies:
      ask: { requestors: anyExternal, expires: { after: 90d } }
      direct: { expires: never }
  portal:
    catalog: open
    displayName: Portal
    policies:
      all: { requestors: membersAndGuests, expires: { after: 90d } }
  both:
    catalog: open
    displayName: Both
    policies:
      ask: { requestors: anyExternal, expires: { after: 90d } }
      all: { requestors: membersAndGuests, expires: { after: 90d } }
  given:
    catalog: open
    displayName: Given
    policies:
      direct: {}
";

#[test]
fn a_catalog_that_closes_hides_what_could_be_asked_for_and_nothing_else() {
    let mut scene = Scene::of(PLAIN);
    scene.guest(HOLDERS[1], Identity::Passcode);
    let _ = scene.run(grant(HOLDERS[1], "policy/library/direct"));
    let mut hidden = |more: &str, tree: &str| -> Vec<String> {
        let tree = tree.replace("displayName: Open ", &format!("displayName: Open, {more} "));
        let effects = foretold(&mut scene, &tree);
        let hidden = effects.iter().filter(|it| it.what == What::Hide);
        hidden.map(Effect::words).collect()
    };
    assert_eq!(
        hidden("externallyVisible: false", PLAIN),
        [
            "2 packages of catalog/open cannot be asked for any more by people from outside, 1 of them still by guests who are here; 1 assignment stays"
        ]
    );
    assert_eq!(
        hidden("published: false", PLAIN),
        ["3 packages of catalog/open cannot be asked for any more; 1 assignment stays"]
    );
    let (gone, _) = PLAIN.split_once("packages:").unwrap();
    assert_eq!(hidden("published: false", gone), [""; 0]);
}

#[test]
fn holders_of_what_is_let_go_keep_it_and_nobody_extends_it() {
    let mut scene = Scene::of(PLAIN);
    scene.guest(HOLDERS[1], Identity::Passcode);
    let _ = scene.run(grant(HOLDERS[1], "policy/library/direct"));
    let (rest, library) = PLAIN.split_once("  library:").unwrap();
    let (_, others) = library.split_once("  portal:").unwrap();
    let tree = format!(
        "{rest}  portal:{others}forget: [package/library, policy/library/ask, policy/library/direct]\n"
    );
    let effects = foretold(&mut scene, &tree);
    let words: Vec<String> = effects.iter().map(Effect::words).collect();
    assert_eq!(
        words,
        [
            "1 person holds package/library, which the tree lets go: access stays as it was given, and nobody can ask to extend it any more"
        ]
    );
    scene.apply(&tree);
    let _ = scene.tick("T1");
    assert!(scene.assignment(1).state.counts());
}
