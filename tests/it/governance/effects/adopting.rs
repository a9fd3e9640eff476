//! Whoever has something of what nobody owns has it still when a plan takes that over, and loses what it no longer gives.

use guestlist::model::{Bodies, Kind, Selection};

use super::{foretold, grant, moves};
use crate::governance::scene::Scene;
use crate::support::store::PROJECT;

const TREE: &str = "version: 1
resources:
  crew: { group: Leads, managed: true }
  site: { group: Builders, managed: true }
catalogs:
  open: { displayName: Open, resources: [crew, site] }
packages:
";

const STUDIO: &str = "  studio: { ID displayName: Studio, catalog: open, grants: { crew: Member }, policies: {
    rule: { RULE requestors: { automatic: { rule: '(user.department -eq \"Art\")' } }, expires: never },
    direct: { DIRECT expires: never } } }
";

/// Mia has the studio by the rule and Zoe by direct assignment; then nobody owns it.
fn forgotten() -> Scene {
    let owned = ["ID", "RULE", "DIRECT"]
        .iter()
        .fold(STUDIO.to_owned(), |text, word| {
            text.replace(&format!("{word} "), "")
        });
    let mut scene = Scene::of(&format!("{TREE}{owned}"));
    for name in ["mia", "zoe"] {
        scene.member(&format!("{name}@contoso.com"), &[]);
    }
    moves(&mut scene, "mia@contoso.com", "Art");
    let _ = scene.run(grant("zoe@contoso.com", "policy/studio/direct"));
    let _ = scene.tick("T1");
    for name in ["mia", "zoe"] {
        assert_eq!(
            scene.holds(&format!("{name}@contoso.com")).len(),
            1,
            "{name}"
        );
    }
    scene.apply(&format!(
        "{}forget: [package/studio, policy/studio/rule, policy/studio/direct]\n",
        TREE.replace("packages:\n", "")
    ));
    let _ = scene.tick("T2");
    scene
}

/// The tree that takes the studio over, with some edits of it.
fn adopting(scene: &mut Scene, edits: &[(&str, &str)]) -> String {
    let live = scene.engine().store().read(&Selection {
        project: PROJECT,
        bodies: Bodies::All,
    });
    let live = live.unwrap();
    let id = |kind: Kind, name: &str| {
        let mut all = live.unmanaged.iter();
        let found = all.find(|it| {
            let last = it.last.as_ref();
            it.kind == kind && last.is_some_and(|last| last.own_name() == name)
        });
        found.unwrap().id.to_string()
    };
    let mut studio = STUDIO.to_owned();
    for (word, kind, name) in [
        ("ID", Kind::Package, "studio"),
        ("RULE", Kind::Policy, "rule"),
        ("DIRECT", Kind::Policy, "direct"),
    ] {
        studio = studio.replace(
            &format!("{word} "),
            &format!("adopt: {{ id: {} }}, ", id(kind, name)),
        );
    }
    for (old, new) in edits {
        assert!(studio.contains(old), "{old}");
        studio = studio.replace(old, new);
    }
    format!("{TREE}{studio}")
}

fn said(scene: &mut Scene, tree: &str) -> Vec<String> {
    let effects = foretold(scene, tree);
    let said = effects
        .iter()
        .map(|it| format!("{} [{}]", it.words(), it.names.join(" ")));
    said.collect()
}

#[test]
fn nothing_happens_to_whoever_has_what_is_taken_over_as_it_is() {
    let mut scene = forgotten();
    let tree = adopting(&mut scene, &[]);
    assert_eq!(said(&mut scene, &tree), [""; 0]);
    scene.apply(&tree);
    let _ = scene.tick("T3");
    for name in ["mia", "zoe"] {
        assert_eq!(
            scene.holds(&format!("{name}@contoso.com")).len(),
            1,
            "{name}"
        );
    }
}

#[test]
fn whoever_has_what_is_taken_over_loses_what_it_gives_no_longer() {
    let mut scene = forgotten();
    let tree = adopting(&mut scene, &[("{ crew: Member }", "{ site: Member }")]);
    assert_eq!(
        said(&mut scene, &tree),
        [
            "2 people lose a role of package/studio: Member of crew [mia@contoso.com zoe@contoso.com]",
            "2 people hold package/studio and also get Member of site [mia@contoso.com zoe@contoso.com]",
        ]
    );
}

#[test]
fn whoever_has_what_is_taken_over_with_its_resource_loses_what_it_gives_no_longer() {
    let mut scene = forgotten();
    let catalog = |resources: &str| {
        format!("catalogs:\n  open: {{ displayName: Open, resources: {resources} }}\n")
    };
    let crew = "  crew: { group: Leads, managed: true }\n";
    let bare = TREE
        .replace(crew, "")
        .replace(&catalog("[crew, site]"), &catalog("[site]"))
        .replace("packages:\n", "");
    scene.apply(&format!("{bare}forget: [resource/crew]\n"));
    let tree = adopting(
        &mut scene,
        &[("grants: { crew: Member }", "grants: { site: Member }")],
    );
    let live = scene.engine().store().read(&Selection {
        project: PROJECT,
        bodies: Bodies::All,
    });
    let live = live.unwrap();
    let mut all = live.unmanaged.iter();
    let id = &all.find(|it| it.kind == Kind::Resource).unwrap().id;
    let adopted = format!("  crew: {{ adopt: {{ id: {id} }}, group: Leads, managed: true }}\n");
    assert_eq!(
        said(&mut scene, &tree.replace(crew, &adopted))[0],
        "2 people lose a role of package/studio: Member of crew [mia@contoso.com zoe@contoso.com]"
    );
}

#[test]
fn whom_the_rule_of_what_is_taken_over_does_not_match_loses_it() {
    let mut scene = forgotten();
    let tree = adopting(&mut scene, &[("Art", "Craft")]);
    assert_eq!(
        said(&mut scene, &tree),
        [
            "1 person loses package/studio: the rule of policy/studio/rule does not match them [mia@contoso.com]"
        ]
    );
    scene.apply(&tree);
    let _ = scene.tick("T3");
    assert_eq!(scene.holds("mia@contoso.com").len(), 0);
    assert_eq!(scene.holds("zoe@contoso.com").len(), 1);
}
