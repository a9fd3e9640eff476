//! What follows an apply for everybody who holds what was changed, and assignment by rule.

use guestlist::governance::assignment::{Command, Direct};
use guestlist::governance::record::{Assignment, AssignmentState, RequestState, Why};
use guestlist::governance::{Actor, Moment, Tenant, decide_all, due, job, people};
use guestlist::model::{Address, Name};
use guestlist::store::Sitting;
use jiff::tz::TimeZone;

use super::scene::{BEGIN, Scene, instant, mail};

const TREE: &str = "
version: 1
resources:
  photos: { site: 'https://contoso.sharepoint.com/sites/photos' }
  guests: { group: Design guests }
  crm: { application: CRM, roles: [User] }
catalogs:
  marketing: { displayName: Marketing, resources: [photos, guests, crm] }
packages:
  library:
    catalog: marketing
    displayName: Photo library
    grants: { photos: Visitors, guests: Member }
    policies:
      direct: { expires: { after: 180d } }
      other: { expires: { after: 180d } }
  team:
    catalog: marketing
    displayName: Team
    grants: { guests: Member }
    policies:
      direct: { expires: never }
";

const BOB: &str = "bob@wingtip.example";

fn grant(person: &str, policy: &str) -> Command {
    Command::Grant(Direct {
        person: mail(person),
        name: None,
        policy: policy.parse::<Address>().unwrap(),
        start: None,
        end: None,
        justification: None,
    })
}

fn with(from: &str, to: &str) -> String {
    assert!(TREE.contains(from), "{from}");
    TREE.replace(from, to)
}

#[test]
fn a_role_added_to_a_package_is_given_to_every_holder() {
    let mut scene = Scene::of(TREE);
    for number in 0..120 {
        let _ = scene.run(grant(
            &format!("p{number}@wingtip.example"),
            "policy/library/direct",
        ));
    }
    let _ = scene.at("T20");
    scene.apply(&with(
        "guests: Member }\n    policies:\n      direct: { expires: { after",
        "guests: Member, crm: User }\n    policies:\n      direct: { expires: { after",
    ));
    let _ = scene.tick("T21");
    for number in [0, 49, 50, 119] {
        let person = format!("p{number}@wingtip.example");
        assert!(
            scene
                .holds(&person)
                .contains(&"application CRM: User".to_owned()),
            "{person}"
        );
    }
    let assignment = scene.assignment(1);
    assert_eq!(
        (assignment.state, assignment.roles.len()),
        (AssignmentState::Delivered, 3)
    );
    // The end takes it away with the rest.
    let _ = scene.tick("T180");
    assert!(scene.holds("p0@wingtip.example").is_empty());
    assert_eq!(scene.tick("T180").due, 0);
}

#[test]
fn a_role_taken_out_of_a_package_is_taken_from_holders_unless_another_package_grants_it() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "policy/library/direct"));
    let _ = scene.run(grant("ben@wingtip.example", "policy/library/direct"));
    let _ = scene.run(grant(BOB, "policy/team/direct"));
    scene.apply(&with(
        "grants: { photos: Visitors, guests: Member }",
        "grants: { photos: Visitors }",
    ));
    let _ = scene.tick("T1");
    let photos = "site https://contoso.sharepoint.com/sites/photos: Visitors".to_owned();
    assert_eq!(
        scene.holds(BOB),
        ["group Design guests: Member".to_owned(), photos.clone()]
    );
    assert_eq!(scene.holds("ben@wingtip.example"), [photos]);
    // Put back, it comes back.
    scene.apply(TREE);
    let _ = scene.tick("T2");
    assert_eq!(scene.holds("ben@wingtip.example").len(), 2);
}

#[test]
fn a_group_that_is_called_a_team_is_the_same_group() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "policy/library/direct"));
    let _ = scene.tick("T1");
    assert!(
        scene
            .holds(BOB)
            .contains(&"group Design guests: Member".to_owned())
    );
    scene.apply(&with(
        "{ group: Design guests }",
        "{ team: DESIGN guests, replace: allowed }",
    ));
    let _ = scene.tick("T2");
    assert!(
        scene
            .holds(BOB)
            .contains(&"group Design guests: Member".to_owned())
    );
    scene.apply(&with(
        "{ group: Design guests }",
        "{ team: Others, replace: allowed }",
    ));
    let _ = scene.tick("T3");
    assert_eq!(
        scene.holds(BOB),
        [
            "site https://contoso.sharepoint.com/sites/photos: Visitors",
            "team Others: Member"
        ]
    );
}

#[test]
fn a_package_that_is_deleted_all_the_same_ends_for_its_holders() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "policy/library/direct"));
    let _ = scene.run(grant("ben@wingtip.example", "policy/team/direct"));
    let at = TREE.find("  team:").unwrap();
    scene.apply(&TREE[..at]);
    let _ = scene.tick("T1");
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivered);
    assert_eq!(scene.assignment(2).ended.unwrap().why, Why::PackageGone);
    assert!(scene.holds("ben@wingtip.example").is_empty());
    assert!(
        scene
            .mails()
            .contains(&"access-ended to ben@wingtip.example".to_owned())
    );
}

#[test]
fn a_policy_that_is_deleted_all_the_same_ends_what_came_through_it() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "policy/library/direct"));
    let _ = scene.run(grant("ben@wingtip.example", "policy/library/other"));
    scene.apply(&with("      other: { expires: { after: 180d } }\n", ""));
    let _ = scene.tick("T1");
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivered);
    assert_eq!(scene.assignment(2).ended.unwrap().why, Why::PolicyGone);
}

#[test]
fn a_package_that_is_let_go_keeps_its_holders() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "policy/team/direct"));
    let at = TREE.find("  team:").unwrap();
    scene.apply(&format!(
        "{}\nforget: [package/team, policy/team/direct]\n",
        &TREE[..at]
    ));
    let _ = scene.tick("T1");
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivered);
    assert_eq!(scene.holds(BOB).len(), 1);
}

#[test]
fn a_package_that_is_replaced_ends_for_its_holders() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "policy/team/direct"));
    let moved = with(
        "  marketing: {",
        "  other: { displayName: Other, resources: [guests] }\n  marketing: {",
    )
    .replace(
        "  team:\n    catalog: marketing",
        "  team:\n    replace: allowed\n    catalog: other",
    );
    scene.apply(&moved);
    let _ = scene.tick("T1");
    assert_eq!(scene.assignment(1).ended.unwrap().why, Why::PackageGone);
    let _ = scene.run(grant(BOB, "policy/team/direct"));
    assert_eq!(scene.assignment(2).state, AssignmentState::Delivered);
}

#[test]
fn an_apply_that_concerns_nobody_starts_nothing() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "policy/library/direct"));
    let _ = scene.tick("T1");
    scene.apply(&with("displayName: Marketing", "displayName: Sales"));
    assert_eq!(scene.tick("T2").due, 0);
}

// Rules.

fn automatic(rule: &str, more: &str) -> String {
    format!(
        "{TREE}  sales:
    catalog: marketing
    displayName: Sales
    grants: {{ crm: User }}
    incompatibleWith: [package/team]
    policies:
      rule:
        requestors: {{ automatic: {{ rule: '{rule}'{more} }} }}
        expires: never
"
    )
}

const SALES: &str = "user.department -eq \"Sales\"";

/// Moves somebody to another department, as an import of the directory does.
fn moves(scene: &mut Scene, person: &str, department: &str) {
    let mut row = people::PersonRow::new(mail(person));
    let department = Some(department.to_owned());
    let _ = row.attributes.insert("department".to_owned(), department);
    scene.known(row);
}

#[test]
fn who_matches_a_rule_is_assigned_when_the_policy_comes() {
    let mut scene = Scene::of(TREE);
    for number in 0..70 {
        let person = format!("p{number}@contoso.com");
        scene.member(&person, &[]);
        moves(
            &mut scene,
            &person,
            if number % 2 == 0 { "Sales" } else { "Legal" },
        );
    }
    scene.apply(&automatic(SALES, ""));
    let _ = scene.tick("T1");
    assert_eq!(scene.holds("p0@contoso.com"), ["application CRM: User"]);
    assert_eq!(scene.holds("p68@contoso.com"), ["application CRM: User"]);
    assert!(scene.holds("p69@contoso.com").is_empty());
    assert!(scene.assignment(1).automatic);
    assert_eq!(scene.tick("T2").due, 0);
}

#[test]
fn who_comes_to_match_is_assigned_and_who_leaves_loses_it_after_the_grace_period() {
    let mut scene = Scene::of(&automatic(SALES, ", gracePeriod: 7d"));
    scene.member("eva@contoso.com", &[]);
    let _ = scene.tick("T1");
    moves(&mut scene, "eva@contoso.com", "Sales");
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivered);
    let _ = scene.at("T10");
    moves(&mut scene, "eva@contoso.com", "Legal");
    assert_eq!(scene.assignment(1).grace_until, Some(instant("T17")));
    // Back in time, nothing happens.
    let _ = scene.at("T12");
    moves(&mut scene, "eva@contoso.com", "Sales");
    assert_eq!(scene.tick("T20").due, 0);
    let _ = scene.at("T30");
    moves(&mut scene, "eva@contoso.com", "Legal");
    let _ = scene.tick("T36");
    assert_eq!(scene.holds("eva@contoso.com").len(), 1);
    let _ = scene.tick("T37");
    assert_eq!(scene.assignment(1).ended.unwrap().why, Why::Rule);
    assert!(scene.holds("eva@contoso.com").is_empty());
}

#[test]
fn a_rule_that_changes_takes_and_gives() {
    let mut scene = Scene::of(&automatic(SALES, ""));
    scene.member("eva@contoso.com", &[]);
    scene.member("kim@contoso.com", &[]);
    let _ = scene.tick("T1");
    moves(&mut scene, "eva@contoso.com", "Sales");
    moves(&mut scene, "kim@contoso.com", "Legal");
    scene.apply(&automatic("user.department -in [\"Legal\"]", ""));
    let _ = scene.tick("T2");
    assert!(scene.holds("eva@contoso.com").is_empty());
    assert_eq!(scene.holds("kim@contoso.com").len(), 1);
}

#[test]
fn a_policy_may_only_assign_or_only_remove() {
    let mut scene = Scene::of(&automatic(SALES, ", remove: false"));
    scene.member("eva@contoso.com", &[]);
    let _ = scene.tick("T1");
    moves(&mut scene, "eva@contoso.com", "Sales");
    moves(&mut scene, "eva@contoso.com", "Legal");
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivered);
    scene.apply(&automatic(SALES, ", assign: false"));
    scene.member("kim@contoso.com", &[]);
    moves(&mut scene, "kim@contoso.com", "Sales");
    let _ = scene.tick("T2");
    assert!(scene.holds("kim@contoso.com").is_empty());
    assert!(scene.holds("eva@contoso.com").is_empty());
}

#[test]
fn a_rule_does_not_assign_what_is_incompatible() {
    let mut scene = Scene::of(&automatic(SALES, ""));
    scene.member("eva@contoso.com", &[]);
    let _ = scene.run(grant("eva@contoso.com", "policy/team/direct"));
    let _ = scene.tick("T1");
    moves(&mut scene, "eva@contoso.com", "Sales");
    assert_eq!(
        scene.holds("eva@contoso.com"),
        ["group Design guests: Member"]
    );
    assert_eq!(scene.request(1).state, RequestState::Delivered);
}

#[test]
fn a_rule_that_matches_more_people_than_a_policy_assigns_says_so() {
    let mut scene = Scene::of(&automatic(SALES, ""));
    scene.member("kim@contoso.com", &[]);
    scene.member("eva@contoso.com", &[]);
    let _ = scene.tick("T1");
    moves(&mut scene, "kim@contoso.com", "Sales");
    // Fifteen thousand have it, as far as the store can tell.
    let one = scene.assignment(1);
    scene.write(&|desk| {
        for _ in 1..15_000 {
            let number = desk.fresh::<Assignment>()?;
            desk.keep(&Assignment {
                number,
                ..one.clone()
            })?;
        }
        Ok(())
    });
    moves(&mut scene, "eva@contoso.com", "Sales");
    assert!(scene.holds("eva@contoso.com").is_empty());
    let alerts = scene.tick("T2").alerts;
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    assert_eq!(alerts[0].code, "ruleFull");
    assert!(
        alerts[0].message.contains("policy/sales/rule"),
        "{alerts:?}"
    );
    let visitor = guestlist::governance::request::Visitor {
        mail: mail("eva@contoso.com"),
        identity: None,
    };
    let sales = Name::parse("sales").unwrap();
    let _ = scene.operator();
    let explained = scene
        .engine()
        .ask(|desk| guestlist::governance::request::explain(desk, &visitor, &sales))
        .unwrap();
    let refusal = explained.examined.refusal().unwrap();
    assert!(
        refusal.message.contains("15000 people already"),
        "{refusal}"
    );
    // A place that comes free is hers.
    let _ = scene.run(Command::Revoke(15_000));
    let _ = scene.tick("T3");
    assert_eq!(scene.holds("eva@contoso.com").len(), 1);
    assert!(scene.tick("T4").alerts.is_empty());
}

#[test]
fn each_project_of_a_store_follows_its_own_applies() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(grant(BOB, "policy/library/direct"));
    let _ = scene.tick("T1");
    scene.apply(&with(
        "guests: Member }\n    policies:\n      direct: { expires: { after",
        "guests: Member, crm: User }\n    policies:\n      direct: { expires: { after",
    ));
    let moment = Moment {
        now: instant("T2"),
        actor: Actor::Engine,
        tenant: Tenant {
            name: "Sales".to_owned(),
            domains: Vec::new(),
            zone: TimeZone::UTC,
            portal: String::new(),
        },
        given: true,
        seed: [0; 32],
    };
    let other = |scene: &mut Scene, command: &job::Command| {
        let sitting = Sitting {
            project: "another",
            now: instant(BEGIN),
            actor: "engine",
            via: "test",
            id: "another",
        };
        let store = scene.engine().store();
        let decided = store.decide(&sitting, &mut |world| {
            decide_all(world, &[command.clone().into()], &moment)
        });
        decided.unwrap().unwrap().is_empty()
    };
    // Another project looks at everything first, and finds none of its own in it.
    while !other(&mut scene, &job::Command::Follow) {}
    let started = scene.at("T2").engine().follow().unwrap();
    assert_eq!(started.len(), 1);
    // What was started is due for the project that started it.
    let jobs_due = |scene: &mut Scene, project: &str| {
        let mut found = 0;
        let mut see = |view: &dyn guestlist::governance::World| {
            found = due(view, instant("T2"), 100)?.len();
            Ok(())
        };
        scene.engine().store().look(project, &mut see).unwrap();
        found
    };
    assert_eq!(jobs_due(&mut scene, "another"), 0);
    assert_eq!(jobs_due(&mut scene, crate::support::store::PROJECT), 1);
    let _ = scene.tick("T2");
    let crm = "application CRM: User".to_owned();
    assert!(scene.holds(BOB).contains(&crm));
}
