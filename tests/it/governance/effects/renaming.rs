//! What happens to those who have something, or wait for it, is told of an object that is renamed and made anew as of one that
//! is made anew.

use guestlist::governance::assignment::{Command, Direct};
use guestlist::governance::record::{Identity, RequestState};
use guestlist::governance::{Ground, Template};
use guestlist::impact::{Effect, What};
use guestlist::model::text::Guid;

use super::{foretold, mail};
use crate::governance::asking::{ask, decide};
use crate::governance::renamed::{but, each_renamed, first, renamed, under_first_names};
use crate::governance::scene::Scene;

const TENANT: &str = "3d0f5dec-0000-4000-8000-000000000001";

const TREE: &str = "version: 1
organizations:
  %wingtip: { ^wingtip, displayName: Wingtip, tenant: 3d0f5dec-0000-4000-8000-000000000001, replace: allowed }
resources:
  %crew: { ^crew, group: Leads, managed: true, replace: allowed }
catalogs:
  %open: { ^open, displayName: Open, resources: [%crew] }
  %second: { ^second, displayName: Second, resources: [%crew] }
packages:
  %studio: { ^studio, displayName: Studio, catalog: %open, replace: allowed, grants: { %crew: Member }, policies: {
    %direct: { ^direct, expires: never } } }
  %library: { ^library, displayName: Library, catalog: %open, replace: allowed, policies: {
    %ask: { ^ask, requestors: { organizations: [%wingtip] }, approval: { stages: [{ approvers: ['user:ana@contoso.com'] }] } } } }
";

/// Mia has the studio, Zoe has the library as somebody of Wingtip, and Gus waits for it.
fn played() -> Scene {
    let mut scene = Scene::of(&first(TREE));
    for name in ["ana", "mia"] {
        scene.member(&format!("{name}@contoso.com"), &[]);
    }
    let _ = scene.run(Command::Grant(Direct {
        person: mail("mia@contoso.com"),
        name: None,
        policy: "policy/studio/direct".parse().unwrap(),
        start: None,
        end: None,
        justification: None,
    }));
    for person in ["zoe@wingtip.example", "gus@wingtip.example"] {
        let tenant = Guid::parse(TENANT).unwrap();
        scene.guest(person, Identity::Tenant { tenant });
        scene.asks_as(person, ask("library"));
    }
    let _ = scene.tick("T1");
    scene.approves("ana@contoso.com", 2);
    let _ = scene.tick("T1");
    scene
}

/// What a plan says, in words under the first names, with the names of those whom it is about.
fn said(scene: &mut Scene, tree: &str) -> Vec<String> {
    let said = |effect: &Effect| {
        let words = under_first_names(&effect.words());
        format!("{words} [{}]", effect.names.join(" "))
    };
    let mut all: Vec<String> = foretold(scene, tree).iter().map(said).collect();
    all.sort();
    all
}

#[test]
fn who_has_what_is_renamed_and_made_anew_is_told_as_without_the_name() {
    for edit in [
        ("000000000001", "000000000002"),
        ("group: Leads", "group: Others"),
        ("Studio, catalog: %open", "Studio, catalog: %second"),
        ("Library, catalog: %open", "Library, catalog: %second"),
    ] {
        let (mut scene, tree) = (played(), but(TREE, &[edit]));
        let plain = said(&mut scene, &first(&tree));
        assert!(!plain.is_empty(), "{edit:?}");
        for tree in each_renamed(&tree).chain([renamed(&tree)]) {
            assert_eq!(said(&mut scene, &tree), plain, "{edit:?} {tree}");
        }
    }
}

#[test]
fn who_loses_what_is_renamed_and_made_anew_is_who_is_told() {
    let mut scene = played();
    let tree = renamed(&but(
        TREE,
        &[("Studio, catalog: %open", "Studio, catalog: %second")],
    ));
    let effects = foretold(&mut scene, &tree);
    let ending: Vec<&Effect> = effects
        .iter()
        .filter(|effect| effect.what == What::End)
        .collect();
    assert_eq!(ending.len(), 1);
    assert_eq!(ending[0].address.to_string(), "package/new-studio");
    assert_eq!(ending[0].names, ["mia@contoso.com"]);
    assert_eq!(scene.holds("mia@contoso.com").len(), 1);
    scene.apply(&tree);
    let _ = scene.tick("T2");
    assert!(scene.holds("mia@contoso.com").is_empty());
}

#[test]
fn whose_request_is_refused_by_a_renamed_organization_is_who_is_told() {
    let mut scene = played();
    let tree = but(TREE, &[("000000000001", "000000000002")]);
    // The organization is the first.
    let tree = each_renamed(&tree).next().unwrap();
    let effects = foretold(&mut scene, &tree);
    let mut refused = effects.iter().filter(|it| it.what == What::Refuse);
    assert_eq!(refused.next().unwrap().names, ["gus@wingtip.example"]);
    assert_eq!(scene.request(3).state, RequestState::PendingApproval);
    scene.apply(&tree);
    let _ = scene.tick("T2");
    scene.approves("ana@contoso.com", 3);
    let _ = scene.tick("T2");
    assert_eq!(scene.request(3).state, RequestState::DeliveryFailed);
}

/// Zoe waits for the library, which somebody of the crew approves: Ana is in it.
fn waiting(tree: &str) -> Scene {
    let mut scene = Scene::of(&first(tree));
    scene.member("ana@contoso.com", &[]);
    scene.joins("ana@contoso.com", "Leads");
    let tenant = Guid::parse(TENANT).unwrap();
    scene.guest("zoe@wingtip.example", Identity::Tenant { tenant });
    scene.asks_as("zoe@wingtip.example", ask("library"));
    let _ = scene.tick("T1");
    assert_eq!(scene.asked(1), ["ana@contoso.com"]);
    scene
}

#[test]
fn whoever_waits_for_a_group_waits_for_it_under_its_new_name() {
    let tree = but(TREE, &[("user:ana@contoso.com", "group:%crew")]);
    for tree_after in each_renamed(&tree).chain([renamed(&tree)]) {
        let mut scene = waiting(&tree);
        assert!(said(&mut scene, &tree_after).is_empty(), "{tree_after}");
        scene.apply(&tree_after);
        scene.approves("ana@contoso.com", 1);
        let _ = scene.tick("T2");
        assert_eq!(scene.request(1).state, RequestState::Delivered);
    }
}

#[test]
fn a_mail_that_waits_leads_to_its_package_under_its_new_name() {
    for tree in each_renamed(TREE).chain([renamed(TREE)]) {
        let mut scene = played();
        scene.mails_wait(true);
        scene.approves("ana@contoso.com", 3);
        let _ = scene.tick("T2");
        scene.apply(&tree);
        scene.mails_wait(false);
        let _ = scene.tick("T3");
        let sent = scene.mail_to("gus@wingtip.example");
        assert_eq!(sent.template, Template::AccessGranted);
        let name = match tree.contains("new-library:") {
            true => "new-library",
            false => "library",
        };
        let link = format!("#/access-packages/{name}");
        assert!(
            sent.facts.link.ends_with(&link),
            "{} {tree}",
            sent.facts.link
        );
    }
}

/// Under the new name it waits for whatever the resource stands for then.
#[test]
fn whoever_waits_for_a_group_that_is_renamed_and_another_one_then_is_told() {
    let tree = but(TREE, &[("user:ana@contoso.com", "group:%crew")]);
    let after = but(&tree, &[("group: Leads", "group: Others")]);
    for (after, name) in [(first(&after), "crew"), (renamed(&after), "new-crew")] {
        let mut scene = waiting(&tree);
        let mut found = foretold(&mut scene, &after);
        found.retain(|it| it.what == What::OtherApprover);
        let words: Vec<String> = found.iter().map(Effect::words).collect();
        let told = format!(
            "1 open request waits for members of a group that resource/{name} is no longer, and who may not decide any more"
        );
        assert_eq!(words, [told]);
        scene.apply(&after);
        let refusal = scene.acting("ana@contoso.com").refused(decide(1, true));
        assert_eq!(refusal.ground, Ground::NotAllowed);
        scene.operator().joins("ana@contoso.com", "Others");
        scene.approves("ana@contoso.com", 1);
    }
}

/// Another resource takes the name at once: the request goes with the one that it named.
#[test]
fn whoever_waits_for_a_group_does_not_wait_for_another_one_that_takes_its_name() {
    let tree = but(
        TREE,
        &[
            ("user:ana@contoso.com", "group:%crew"),
            (
                "catalogs:",
                "  %other: { ^other, group: Others }\ncatalogs:",
            ),
        ],
    );
    let mut scene = waiting(&tree);
    scene.member("eve@contoso.com", &[]);
    scene.joins("eve@contoso.com", "Others");
    let swapped = tree
        .replace("^crew,", "formerly: crew,")
        .replace("^other,", "formerly: other,")
        .replace("%crew", "%x")
        .replace("%other", "crew")
        .replace("%x", "other");
    let swapped = first(&swapped);
    assert!(said(&mut scene, &swapped).is_empty());
    scene.apply(&swapped);
    let refusal = scene.acting("eve@contoso.com").refused(decide(1, true));
    assert_eq!(refusal.ground, Ground::Unknown);
    scene.approves("ana@contoso.com", 1);
}

#[test]
fn whoever_has_what_gives_up_its_name_is_not_told_of_what_takes_the_name() {
    // The studio gives no more what it gave; what is called studio now gives it, and nobody has it.
    let tree = but(
        TREE,
        &[(
            "%studio: { ^studio, displayName: Studio, catalog: %open, replace: allowed, grants: { %crew: Member }, policies: {
    %direct: { ^direct, expires: never } } }",
            "%atelier: { formerly: %studio, displayName: Studio, catalog: %open, policies: {
    %direct: { ^direct, expires: never } } }
  %studio: { displayName: Another, catalog: %open, grants: { %crew: Member }, policies: {
    %other: { ^other, expires: never } } }",
        )],
    );
    let mut scene = played();
    assert_eq!(
        said(&mut scene, &first(&tree)),
        ["1 person loses a role of package/atelier: Member of crew [mia@contoso.com]"]
    );
}
