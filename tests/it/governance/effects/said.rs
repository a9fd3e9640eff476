//! What is said of living things when people come into groups and leave them, in words.

use guestlist::governance::assignment::{Command, Direct};
use guestlist::governance::record::{Governed, Identity};
use guestlist::impact::Effect;

use super::{foretold, mail, moves};
use crate::governance::asking::ask;
use crate::governance::scene::Scene;

const TREE: &str = "
version: 1
resources:
  crew: { group: Crew, managed: true }
  staff: { group: Staff, managed: true, membershipRule: 'user.userType -eq \"Member\"' }
  site: { site: 'https://contoso.sharepoint.com/sites/one' }
catalogs:
  open: { displayName: Open, resources: [crew, site] }
packages:
  library:
    catalog: open
    displayName: Library
    grants: { site: Visitors }
    policies: { direct: { expires: never } }
  studio:
    catalog: open
    displayName: Studio
    grants: { site: Visitors, crew: Member }
    policies: { direct: { expires: never } }
  asked:
    catalog: open
    displayName: Asked
    policies:
      ask:
        requestors: { people: ['group:crew'] }
        expires: { after: 90d }
        extension: { allowed: true }
        approval: { stages: [{ approvers: ['user:boss@contoso.com'] }, { approvers: ['group:crew'] }] }
  free:
    catalog: open
    displayName: Free
    policies:
      ask:
        requestors: membersAndGuests
        approval: { stages: [{ approvers: ['user:boss@contoso.com'] }, { approvers: ['group:crew'] }] }
  shut:
    catalog: open
    displayName: Shut
    incompatibleWith: ['group:crew']
    policies: { direct: { expires: never } }
";

/// Mia has the studio and Gus the library, both are guests; Ana has both, and Bo has the library and what excludes the crew. Mia
/// waits for what the crew may ask for, and Bo for what everybody may.
fn played() -> Scene {
    let mut scene = Scene::of(TREE);
    for person in ["ana", "bo", "boss"] {
        scene.member(&format!("{person}@contoso.com"), &[]);
    }
    for person in ["mia@fabrikam.com", "gus@fabrikam.com"] {
        scene.guest(person, Identity::Passcode);
        scene.alter(person, |person| person.governed = Governed::Governed);
    }
    for (person, policy) in [
        ("mia@fabrikam.com", "studio"),
        ("ana@contoso.com", "studio"),
        ("gus@fabrikam.com", "library"),
        ("ana@contoso.com", "library"),
        ("bo@contoso.com", "library"),
        ("bo@contoso.com", "shut"),
    ] {
        let _ = scene.run(Command::Grant(Direct {
            person: mail(person),
            name: None,
            policy: format!("policy/{policy}/direct").parse().unwrap(),
            start: None,
            end: None,
            justification: None,
        }));
    }
    let _ = scene.tick("T1");
    scene.asks_as("mia@fabrikam.com", ask("asked"));
    scene.asks_as("bo@contoso.com", ask("free"));
    let _ = scene.tick("T1");
    scene
}

/// Says what a change of the tree does, with the names of those whom it is about.
fn said(scene: &mut Scene, from: &str, to: &str) -> Vec<String> {
    let tree = TREE.replacen(from, to, 1);
    assert_ne!(tree, TREE);
    let effects = foretold(scene, &tree);
    let said = |effect: &Effect| {
        let names = effect
            .names
            .iter()
            .filter_map(|name| name.split('@').next());
        let names: Vec<&str> = names.collect();
        format!("{} [{}]", effect.words(), names.join(" "))
    };
    effects.iter().map(said).collect()
}

#[test]
fn who_comes_into_a_group_gets_it_keeps_what_excludes_it_and_decides() {
    let mut scene = played();
    assert_eq!(
        said(
            &mut scene,
            "{ site: Visitors }",
            "{ site: Visitors, crew: Member }"
        ),
        [
            // Ana is in the crew by the studio already.
            "2 people hold package/library and also get Member of crew [bo gus]",
            "1 person holds package/shut and something that excludes it now: access stays [bo]",
            "2 open requests will be put to others: who is in group:crew changes by package/library [bo mia]",
        ]
    );
}

#[test]
fn a_group_that_takes_no_guests_leaves_their_delivery_partial() {
    let mut scene = played();
    let tree = TREE.replace("managed: true }", "managed: true, guests: false }");
    scene.apply(&tree);
    let _ = scene.tick("T2");
    let tree = tree.replacen("{ site: Visitors }", "{ site: Visitors, crew: Member }", 1);
    let effects = foretold(&mut scene, &tree);
    let words: Vec<String> = effects.iter().map(Effect::words).collect();
    assert_eq!(
        words[..2],
        [
            "1 person holds package/library and also gets Member of crew",
            "1 person holds package/library and will not get Member of crew: `Crew` takes no guests; what they have is partial then",
        ]
    );
}

#[test]
fn who_leaves_a_group_waits_in_vain_and_is_covered_no_longer() {
    let mut scene = played();
    assert_eq!(
        said(
            &mut scene,
            "grants: { site: Visitors, crew: Member }",
            "grants: { site: Visitors }"
        ),
        [
            "2 people lose a role of package/studio: Member of crew [ana mia]",
            "1 open request for package/asked will be refused: the policy no longer covers the person [mia]",
            "1 open request will be put to others: who is in group:crew changes by package/studio [bo]",
        ]
    );
    for request in [1, 2] {
        scene.approves("boss@contoso.com", request + 6);
    }
    scene.approves("ana@contoso.com", 7);
    let _ = scene.tick("T2");
    assert_eq!(
        said(
            &mut scene,
            "grants: { site: Visitors, crew: Member }",
            "grants: { site: Visitors }"
        )[1..],
        [
            "1 person holds package/asked through policy/asked/ask, which no longer covers them: access stays until its end, and nobody can ask to extend it any more [mia]",
            "1 open request waits for people who leave group:crew by package/studio, and who may not decide any more [bo]",
        ]
    );
}

#[test]
fn who_loses_the_last_package_is_blocked_and_waits_in_vain() {
    let mut scene = played();
    let (rest, studio) = TREE.split_once("  studio:").unwrap();
    let (_, others) = studio.split_once("  asked:").unwrap();
    let without = format!("{rest}  asked:{others}");
    let effects = foretold(&mut scene, &without);
    let words: Vec<String> = effects.iter().map(Effect::words).collect();
    assert_eq!(
        words,
        [
            "2 people lose package/studio: it is deleted",
            "1 person loses the last package and is blocked from sign-in at once; the account is deleted after 30d",
            "1 open request for package/asked will be refused: the person loses the last package and is blocked",
            "1 open request will be put to others: who is in group:crew changes by package/studio",
        ]
    );
    for (setting, words) in [
        (
            "afterLastAssignment: block",
            "1 person loses the last package and is blocked from sign-in at once",
        ),
        (
            "afterLastAssignment: blockAndDelete, deleteAfter: immediately",
            "1 person loses the last package and the account is deleted at once",
        ),
        (
            "afterLastAssignment: nothing",
            "1 open request for package/asked will be refused: the policy no longer covers the person",
        ),
    ] {
        let tree = format!("{without}externalUsers: {{ {setting} }}\n");
        let effects = foretold(&mut scene, &tree);
        assert_eq!(effects[1].words(), words);
    }
}

#[test]
fn whom_the_rule_of_a_group_lets_in_and_no_longer_is_told() {
    let mut scene = played();
    assert_eq!(
        said(&mut scene, "\"Member\"", "\"Guest\""),
        [
            "4 people leave group Staff: resource/staff no longer lets them in [admin ana bo boss]",
            "2 people come into group Staff: resource/staff lets them in [gus mia]",
        ]
    );
    assert_eq!(
        said(
            &mut scene,
            "  staff: { group: Staff, managed: true, membershipRule: 'user.userType -eq \"Member\"' }\n",
            ""
        ),
        ["4 people leave group Staff: resource/staff no longer keeps it [admin ana bo boss]"]
    );
    assert_eq!(
        said(
            &mut scene,
            ", membershipRule: 'user.userType -eq \"Member\"'",
            ""
        ),
        ["4 people leave group Staff: resource/staff has no rule any more [admin ana bo boss]"]
    );
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
      rule: { requestors: { automatic: { rule: 'user.department -eq \"Sales\"' } }, expires: never }
";

#[test]
fn who_gets_a_package_without_the_plan_as_well_is_not_told() {
    let (empty, _) = BY_RULE.split_once("packages:").unwrap();
    let mut scene = Scene::of(empty);
    for (person, department) in [("ana", "Sales"), ("bo", "Legal")] {
        let person = format!("{person}@contoso.com");
        scene.member(&person, &[]);
        moves(&mut scene, &person, department);
    }
    scene.apply(BY_RULE);
    let _ = scene.engine().follow().unwrap();
    let wider = BY_RULE.replace("-eq \"Sales\"", "-in [\"Sales\", \"Legal\"]");
    let get = "gets package/library: the rule of policy/library/rule matches them";
    let effects = foretold(&mut scene, &wider);
    assert_eq!(effects[0].words(), format!("1 person {get}"));
    assert_eq!(effects[0].names, ["bo@contoso.com"]);
    scene.apply(&wider);
    let _ = scene.tick("T1");
    for person in ["ana@contoso.com", "bo@contoso.com"] {
        let person = scene.person(person).id();
        let key = guestlist::governance::record::Key::new().person(person);
        let mark = guestlist::governance::record::Mark::AssignmentPerson;
        let all = scene.look(|desk| desk.world().count(mark, &key));
        assert_eq!(all, 1);
    }
}
