//! What excludes a package is deleted: whoever has it is like others after that, unless the plan blocks them, and only a store
//! knows whether there is somebody.

use guestlist::governance::assignment::{Command, Direct};
use guestlist::governance::record::{Governed, Identity};
use guestlist::impact::Difference;
use guestlist::model::{Bodies, Selection};
use guestlist::plan::{Asks, build};

use super::told::answers;
use super::{Asked, Sides, impact, is_refused_as_wider, now, of, own, words};
use crate::governance::scene::{BEGIN, Scene, instant, loaded, mail};
use crate::support::store::PROJECT;

const HELD: &str = "
  held:
    catalog: open
    displayName: Held
    policies:
      one: { requestors: anyExternal, expires: never }
      two: { requestors: anyExternal, expires: never }
";

/// A world in which some packages exclude another, with what becomes of people who lose their last one.
fn world(leaving: &str, held: &str, excluded: &str) -> String {
    format!(
        "version: 1
organizations:
  a: {{ displayName: A, domains: [a.example] }}
  b: {{ displayName: B, domains: [b.example] }}
externalUsers: {{ afterLastAssignment: {leaving} }}
catalogs: {{ open: {{ displayName: Open }} }}
packages: {held}
  asked:
    catalog: open
    displayName: Asked
    incompatibleWith: {excluded}
    policies: {{ any: {{ requestors: anyExternal, expires: {{ after: 5d }} }} }}
"
    )
}

const BLOCK: &str = "block";
const DELETE: &str = "blockAndDelete, deleteAfter: immediately";
const GONE: [&str; 2] = ["", "[]"];
/// The policy through which they have it is deleted, and the package stays with what it excludes.
const THROUGH: &str = "
  held:
    catalog: open
    displayName: Held
    policies:
      two: { requestors: anyExternal, expires: never }
";

/// Lets people of some addresses have the package; those of `a.example` are looked after, so that they are blocked.
fn holding(tree: &str, people: &[&str]) -> Scene {
    let mut scene = Scene::of(tree);
    for address in people {
        scene.guest(address, Identity::Passcode);
        let grant = Direct {
            person: mail(address),
            name: None,
            policy: "policy/held/one".parse().unwrap(),
            start: None,
            end: None,
            justification: None,
        };
        let _ = scene.operator().run(Command::Grant(grant));
        let _ = scene.tick("T0");
        let governed = match address.ends_with("@a.example") {
            true => Governed::Governed,
            false => Governed::NotGoverned,
        };
        scene.alter(address, |person| person.governed = governed);
    }
    scene
}

#[test]
fn who_loses_what_excludes_a_package_gains_unless_the_plan_blocks_them() {
    for (leaving, people, [held, excluded], wanted) in [
        (BLOCK, &["al@a.example", "ada@a.example"][..], GONE, None),
        (BLOCK, &[], GONE, None),
        (
            BLOCK,
            &["al@a.example", "bo@b.example"],
            GONE,
            Some("new holders of package/held (people of b, guests): asked"),
        ),
        (
            "nothing",
            &["al@a.example"],
            GONE,
            Some("new holders of package/held (people of a, guests): asked"),
        ),
        // Whoever is deleted may ask again from outside.
        (
            DELETE,
            &["al@a.example"],
            GONE,
            Some("new holders of package/held (people of a, guests): asked"),
        ),
        (BLOCK, &["al@a.example"], [THROUGH, "[package/held]"], None),
        (
            BLOCK,
            &["bo@b.example"],
            [THROUGH, "[package/held]"],
            Some("new whoever loses package/held (people of b, guests): asked"),
        ),
        // Whoever has it keeps it: everybody who has it may ask now, whether there is somebody or not.
        (
            BLOCK,
            &[],
            [HELD, "[]"],
            Some("new holders of package/held: asked"),
        ),
    ] {
        let tree = world(leaving, HELD, "[package/held]");
        let mut scene = holding(&tree, people);
        let after = world(leaving, held, excluded);
        let at = scene.engine().now();
        let desired = loaded(&after, at);
        let live = scene.engine().store().read(&Selection {
            project: PROJECT,
            bodies: Bodies::All,
        });
        let live = live.unwrap();
        let plan = build(&desired, &live, &Asks::default());
        let (sides, own) = (Sides::of(&plan, &desired, &live), own());
        let found = scene.look(|desk| {
            let world = desk.world();
            let named = false;
            impact(
                &plan,
                &sides,
                [&own, &own],
                at,
                Some(Asked {
                    world,
                    named,
                    zone: &jiff::tz::TimeZone::UTC,
                }),
            )
        });
        let case = format!("{leaving} {people:?} {held} {excluded}\n{:#?}", found.rows);
        let asked = found.rows.iter().filter(|row| row.kind == Difference::New);
        let asked: Vec<String> = asked.map(words).collect();
        let told = asked
            .first()
            .map(|row| row.split(" with no approval").next().unwrap());
        assert_eq!(told, wanted, "{case}");
        assert!(asked.len() <= 1, "{case}");
        // What the engine tells those who had it, who could not ask for it before.
        scene.apply(&after);
        let _ = scene.tick("T1");
        let gains = people.iter().any(|address| {
            let number = scene.person(address).number;
            let told = answers(&scene, Some(number), None, &desired, instant(BEGIN));
            told.keys().any(|(package, _)| package == "asked")
        });
        // Nobody has it, or they are no longer in the directory.
        let is_elsewhere = held == HELD || leaving == DELETE;
        assert_eq!(gains, wanted.is_some() && !is_elsewhere, "{case}");
        assert_eq!(is_refused_as_wider(&plan, found), wanted.is_some());
    }
}

#[test]
fn a_tree_alone_does_not_know_whether_there_is_somebody() {
    let old = loaded(&world(BLOCK, HELD, "[package/held]"), now());
    let new = loaded(&world(BLOCK, GONE[0], GONE[1]), now());
    let rows = of(&old, &new).rows;
    let rows: Vec<String> = rows.iter().map(words).collect();
    assert!(
        rows[0].starts_with("new holders of package/held: asked"),
        "{rows:?}"
    );
}
