//! From a direct assignment to access and back. Entra's facts on assignments and on bringing a guest in.

use guestlist::governance::Ground;
use guestlist::governance::assignment::{Command, Direct};
use guestlist::governance::record::{AssignmentState, Governed, RequestState};
use guestlist::model::Address;

use super::scene::{Scene, instant, mail};

const TREE: &str = "
version: 1
resources:
  photos: { site: 'https://contoso.sharepoint.com/sites/photos' }
  guests: { group: Design guests }
catalogs:
  marketing: { displayName: Marketing, resources: [photos, guests] }
packages:
  library:
    catalog: marketing
    displayName: Photo library
    grants: { photos: Visitors, guests: Member }
    policies:
      direct: { expires: { after: 180d }, extension: { allowed: true } }
  team:
    catalog: marketing
    displayName: Team
    grants: { guests: Member }
    policies:
      direct: { expires: never }
";

fn grant(person: &str, policy: &str) -> Command {
    Command::Grant(Direct {
        person: mail(person),
        name: Some("Bob".to_owned()),
        policy: policy.parse::<Address>().unwrap(),
        start: None,
        end: None,
        justification: None,
    })
}

#[test]
fn somebody_unknown_is_invited_governed_and_given_every_role() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant("bob@wingtip.example", "policy/library/direct"));
    let bob = scene.person("bob@wingtip.example");
    assert_eq!(bob.governed, Governed::Governed);
    let account = bob.account.unwrap();
    assert_eq!(account.upn, "bob_wingtip.example#EXT#@contoso.com");
    assert_eq!(
        scene.holds("bob@wingtip.example"),
        [
            "group Design guests: Member",
            "site https://contoso.sharepoint.com/sites/photos: Visitors"
        ]
    );
    assert_eq!(scene.request(1).state, RequestState::Delivered);
    let assignment = scene.assignment(1);
    assert_eq!(assignment.state, AssignmentState::Delivered);
    assert_eq!(assignment.end, Some(instant("T180")));
    assert_eq!(scene.mails(), ["access-granted to bob@wingtip.example"]);
}

#[test]
fn overlapping_packages_share_a_role_until_the_last_one_goes() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant("bob@wingtip.example", "policy/library/direct"));
    let _ = scene.run(grant("bob@wingtip.example", "policy/team/direct"));
    let _ = scene.tick("T180");
    assert_eq!(
        scene.holds("bob@wingtip.example"),
        ["group Design guests: Member"]
    );
    assert!(!scene.person("bob@wingtip.example").is_blocked());
    let _ = scene.run(Command::Revoke(2));
    assert!(scene.holds("bob@wingtip.example").is_empty());
    assert!(scene.person("bob@wingtip.example").is_blocked());
}

#[test]
fn a_package_is_assigned_once() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant("bob@wingtip.example", "policy/library/direct"));
    let refusal = scene.refused(grant("bob@wingtip.example", "policy/library/direct"));
    assert_eq!(refusal.ground, Ground::AlreadyAssigned);
}

#[test]
fn a_tick_that_finds_nothing_due_changes_nothing() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant("bob@wingtip.example", "policy/library/direct"));
    assert_eq!(scene.tick("T100").events, 0);
    let first = scene.tick("T180");
    assert!(first.events > 0);
    assert_eq!(scene.tick("T180").events, 0);
}

#[test]
fn only_a_role_allows_to_assign() {
    let mut scene = Scene::of(TREE);
    scene.member("ana@contoso.com", &[]);
    let _ = scene.acting("ana@contoso.com");
    let refusal = scene.refused(grant("bob@wingtip.example", "policy/library/direct"));
    assert_eq!(refusal.ground, Ground::NotAllowed);
    let _ = scene.acting("admin@contoso.com");
    let _ = scene.run(grant("bob@wingtip.example", "policy/library/direct"));
}
