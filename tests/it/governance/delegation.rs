//! Who may do and see what: Entra's matrix of delegated roles, every cell.

use guestlist::governance::assignment::{Command, Direct};
use guestlist::governance::delegation::{
    DelegatedRole, MATRIX, Right, Role as HeldRole, Task, held, may, require,
};
use guestlist::governance::record::{
    Asked, DirectoryRole, Hold, ObjectId, Place, Request, RequestKind, RequestState, Schedule,
    Source, StageState, Terms,
};
use guestlist::governance::{Activity, Desk, Ground, Scope, Sight, Stop, Unread, may_see};
use guestlist::model::Address;

use super::scene::{Scene, instant, mail};
use crate::support::Sandbox;

const TREE: &str = "
version: 1
resources:
  guests: { group: Design guests }
  crm: { application: Salesforce, roles: [User] }
  photos: { site: 'https://contoso.sharepoint.com/sites/photos' }
catalogs:
  marketing:
    displayName: Marketing
    resources: [guests, crm, photos]
    roles:
      owners: [user:owner@contoso.com, user:creator-owner@contoso.com, user:grace@wingtip.example]
      readers: [user:reader@contoso.com]
      packageManagers: [user:packages@contoso.com]
      assignmentManagers: [user:assignments@contoso.com, group:Desk]
  sales: { displayName: Sales, roles: { owners: [user:sales@contoso.com] } }
packages:
  library:
    catalog: marketing
    displayName: Photo library
    grants: { guests: Member }
    policies: { direct: {} }
  deals:
    catalog: sales
    displayName: Deals
    policies: { direct: {} }
";

/// One person for each column, as the matrix has them.
const PEOPLE: [&str; 7] = [
    "admin@contoso.com",
    "organizations@contoso.com",
    "creator@contoso.com",
    "owner@contoso.com",
    "reader@contoso.com",
    "packages@contoso.com",
    "assignments@contoso.com",
];

/// The matrix once more, from the fact sheet: `x` allowed, `.` not, `o` in catalogs that somebody owns.
const EXPECTED: [(Task, &str); 14] = [
    (Task::ManageTenant, "x . . . . . ."),
    (Task::ManageOrganizations, "x x . . . . ."),
    (Task::CreateCatalog, "x . x . . . ."),
    (Task::ManageCatalog, "x . . x . . ."),
    (Task::ManageResources, "x . . x . . ."),
    (Task::ManagePackages, "x . . x . x ."),
    (Task::ManagePackageRoles, "x . . x . x ."),
    (Task::ManagePolicies, "x . . x . x ."),
    (Task::ManageAutomaticPolicies, "x . . . . . ."),
    (Task::Assign, "x . . x . x x"),
    (Task::SeeAssignments, "x . . x . x x"),
    (Task::ManageRequests, "x . . x . x x"),
    (Task::ViewPackages, "x . o x x x x"),
    (Task::Decide, ". . . . . . ."),
];

fn scene() -> Scene {
    let mut scene = Scene::of(TREE);
    use DirectoryRole as Role;
    scene.member(
        "organizations@contoso.com",
        &[Role::ConnectedOrganizationAdministrator],
    );
    scene.member("creator@contoso.com", &[Role::CatalogCreator]);
    scene.member("creator-owner@contoso.com", &[Role::CatalogCreator]);
    scene.member(
        "governance@contoso.com",
        &[Role::IdentityGovernanceAdministrator],
    );
    scene.member(
        "users@contoso.com",
        &[Role::UserAdministrator, Role::GuestInviter],
    );
    scene.member("auditor@contoso.com", &[Role::GlobalReader]);
    for plain in [
        "owner",
        "reader",
        "packages",
        "assignments",
        "sales",
        "clerk",
        "nobody",
    ] {
        scene.member(&format!("{plain}@contoso.com"), &[]);
    }
    scene
}

fn object(scene: &Scene, address: &str) -> ObjectId {
    let address: Address = address.parse().unwrap();
    scene.look(|desk| Ok(desk.at(&address)?.unwrap().id))
}

fn allowed(scene: &mut Scene, person: &str, task: Task, scope: Scope) -> bool {
    let _ = scene.acting(person);
    scene.look(|desk| may(desk, task, scope))
}

fn sees(scene: &mut Scene, person: &str, what: Sight<'_>) -> bool {
    let _ = scene.acting(person);
    scene.look(|desk| may_see(desk, what))
}

fn refusal(scene: &mut Scene, person: &str, task: Task, scope: Scope) -> (String, String) {
    let _ = scene.acting(person);
    let refused = scene.look(|desk| match require(desk, task, scope) {
        Err(Stop::Refused(refusal)) => Ok(*refusal),
        other => panic!("not refused: {other:?}"),
    });
    assert_eq!(refused.ground, Ground::NotAllowed);
    (refused.message, refused.help.unwrap())
}

/// Writes records as they are, as the operator.
fn keep(scene: &mut Scene, act: &dyn Fn(&mut Desk<'_>) -> Result<(), Unread>) {
    scene.directly(|desk| act(desk));
}

fn grant(scene: &mut Scene, person: &str, package: &str) {
    let now = "T0";
    let _ = scene.at(now).run(Command::Grant(Direct {
        person: mail(person),
        name: Some("Bob".to_owned()),
        policy: format!("policy/{package}/direct").parse().unwrap(),
        start: None,
        end: None,
        justification: None,
    }));
}

#[test]
fn the_table_is_that_of_the_fact_sheet() {
    assert_eq!(MATRIX.len(), Task::ALL.len());
    for ((task, cells), (row, rights)) in EXPECTED.iter().zip(MATRIX) {
        assert_eq!(*task, row);
        let written = rights.map(|right| match right {
            Right::Always => "x",
            Right::Own => "o",
            Right::Never => ".",
        });
        assert_eq!(*cells, written.join(" "), "{task:?}");
    }
}

#[test]
fn every_cell_decides() {
    let mut scene = scene();
    let own = Scope::Package(object(&scene, "package/library"));
    let foreign = Scope::Package(object(&scene, "package/deals"));
    for (task, cells) in EXPECTED {
        for ((person, role), cell) in PEOPLE.iter().zip(DelegatedRole::ALL).zip(cells.split(' ')) {
            let wanted = cell == "x";
            let at = format!("{task:?} by {role:?}");
            assert_eq!(allowed(&mut scene, person, task, own), wanted, "{at}");
            // A role of a catalog counts in that catalog and nowhere else.
            let elsewhere = wanted && !role.is_of_catalog();
            assert_eq!(
                allowed(&mut scene, person, task, foreign),
                elsewhere,
                "{at}"
            );
            assert_eq!(
                allowed(&mut scene, person, task, Scope::Tenant),
                elsewhere,
                "{at}"
            );
        }
        // Entra: User Administrator no longer has entitlement rights.
        assert!(
            !allowed(&mut scene, "users@contoso.com", task, own),
            "{task:?}"
        );
        let everything = task != Task::Decide;
        let at = allowed(&mut scene, "governance@contoso.com", task, own);
        assert_eq!(at, everything, "{task:?}");
    }
}

#[test]
fn a_catalog_creator_sees_the_own_catalogs_and_no_others() {
    let mut scene = scene();
    let own = Scope::Package(object(&scene, "package/library"));
    let other = Scope::Package(object(&scene, "package/deals"));
    let creator = "creator-owner@contoso.com";
    assert!(allowed(&mut scene, creator, Task::ViewPackages, own));
    assert!(!allowed(&mut scene, creator, Task::ViewPackages, other));
    assert!(!allowed(
        &mut scene,
        "creator@contoso.com",
        Task::ViewPackages,
        own
    ));
}

#[test]
fn a_role_given_to_a_group_is_its_members() {
    let mut scene = scene();
    let own = Scope::Package(object(&scene, "package/library"));
    let clerk = "clerk@contoso.com";
    assert!(!allowed(&mut scene, clerk, Task::Assign, own));
    let person = scene.person(clerk).id();
    keep(&mut scene, &|desk| {
        let number = desk.fresh::<Hold>()?;
        desk.put(
            Activity::AddMember,
            &Hold {
                number,
                person,
                place: Place::group("Desk"),
                role: "Member".to_owned(),
                source: Source::Direct,
            },
        )
    });
    assert!(allowed(&mut scene, clerk, Task::Assign, own));
    let clerk = scene.person(clerk);
    let roles = scene.look(|desk| held(desk, &clerk));
    assert_eq!(roles.len(), 1);
    assert_eq!(
        roles[0].role,
        HeldRole::Delegated(DelegatedRole::AssignmentManager)
    );
    assert_eq!(roles[0].through.as_ref().unwrap().to_string(), "group:Desk");
}

#[test]
fn only_named_approvers_decide_and_never_on_their_own() {
    let mut scene = scene();
    let package = object(&scene, "package/library");
    let policy = object(&scene, "policy/library/direct");
    let id = |scene: &Scene, person: &str| scene.person(person).id();
    let nobody = id(&scene, "nobody@contoso.com");
    let (clerk, reader, sales) = (
        id(&scene, "clerk@contoso.com"),
        id(&scene, "reader@contoso.com"),
        id(&scene, "sales@contoso.com"),
    );
    let request = move |escalated| Request {
        number: 1,
        kind: RequestKind::UserAdd,
        person: nobody,
        by: Some(Asked::Person(sales)),
        package,
        policy,
        assignment: None,
        state: RequestState::PendingApproval,
        status: String::new(),
        created: instant("T0"),
        completed: None,
        justification: None,
        answers: Vec::new(),
        schedule: Schedule::default(),
        terms: Terms::default(),
        stages: vec![StageState {
            opened: instant("T0"),
            decide_by: instant("T14"),
            approvers: vec![nobody, sales, clerk],
            alternates: vec![reader],
            escalate_at: Some(instant("T7")),
            escalated,
            remind_at: None,
            opinion: None,
            by_group: Vec::new(),
        }],
    };
    let decide =
        |scene: &mut Scene, person: &str| allowed(scene, person, Task::Decide, Scope::Request(1));
    keep(&mut scene, &|desk| {
        let _ = desk.fresh::<Request>()?;
        desk.put(Activity::UserRequests, &request(false))
    });
    assert!(decide(&mut scene, "clerk@contoso.com"));
    for other in ["nobody", "sales", "reader", "admin", "owner", "assignments"] {
        assert!(
            !decide(&mut scene, &format!("{other}@contoso.com")),
            "{other}"
        );
    }
    let (message, help) = refusal(
        &mut scene,
        "admin@contoso.com",
        Task::Decide,
        Scope::Request(1),
    );
    assert_eq!(message, "admin@contoso.com may not decide on this request");
    assert!(help.contains("only approvers"), "{help}");
    let _ = scene.at("T1");
    assert!(!scene.look(|desk| may(desk, Task::Decide, Scope::Request(1))));
    keep(&mut scene, &|desk| {
        desk.put(Activity::AddApprover, &request(true))
    });
    assert!(decide(&mut scene, "reader@contoso.com"));

    // Who is asked, who asked, and who looks after the catalog sees it; nobody else.
    let seen = scene.request(1);
    let what = Sight::Request(&seen);
    for person in [
        "clerk",
        "reader",
        "nobody",
        "sales",
        "owner",
        "assignments",
        "auditor",
    ] {
        assert!(
            sees(&mut scene, &format!("{person}@contoso.com"), what),
            "{person}"
        );
    }
    for person in ["creator", "users", "organizations"] {
        assert!(
            !sees(&mut scene, &format!("{person}@contoso.com"), what),
            "{person}"
        );
    }
}

#[test]
fn a_refusal_names_the_roles_and_to_our_own_people_who_has_them() {
    let mut scene = scene();
    grant(&mut scene, "bob@wingtip.example", "deals");
    let own = Scope::Package(object(&scene, "package/library"));
    let (message, help) = refusal(&mut scene, "nobody@contoso.com", Task::ManagePackages, own);
    assert_eq!(message, "nobody@contoso.com may not change packages");
    assert_eq!(
        help,
        "it needs one of these roles: Global Administrator or Identity Governance Administrator; \
         owner of catalog/marketing (user:creator-owner@contoso.com, user:grace@wingtip.example, user:owner@contoso.com); \
         package manager of catalog/marketing (user:packages@contoso.com)"
    );
    let (_, help) = refusal(&mut scene, "bob@wingtip.example", Task::ManagePackages, own);
    assert!(!help.contains('@'), "{help}");
}

#[test]
fn people_see_their_own_and_keepers_of_a_catalog_see_its_people() {
    let mut scene = scene();
    grant(&mut scene, "bob@wingtip.example", "library");
    grant(&mut scene, "eve@wingtip.example", "deals");
    grant(&mut scene, "grace@wingtip.example", "deals");
    let (bob, owner) = (
        scene.person("bob@wingtip.example"),
        scene.person("owner@contoso.com"),
    );
    let (bob, owner) = (Sight::Person(&bob), Sight::Person(&owner));
    let (first, second) = (scene.assignment(1), scene.assignment(2));
    let (first, second) = (Sight::Assignment(&first), Sight::Assignment(&second));
    for person in [
        "bob@wingtip.example",
        "owner@contoso.com",
        "assignments@contoso.com",
        "packages@contoso.com",
        "admin@contoso.com",
        "auditor@contoso.com",
    ] {
        assert!(sees(&mut scene, person, bob), "{person}");
        assert!(sees(&mut scene, person, first), "{person}");
    }
    // Guests see themselves alone, also one who was made an owner.
    for person in [
        "eve@wingtip.example",
        "grace@wingtip.example",
        "reader@contoso.com",
        "sales@contoso.com",
        "nobody@contoso.com",
        "creator@contoso.com",
    ] {
        assert!(!sees(&mut scene, person, bob), "{person}");
        assert!(!sees(&mut scene, person, first), "{person}");
    }
    assert!(!sees(&mut scene, "bob@wingtip.example", owner));
    assert!(!sees(&mut scene, "bob@wingtip.example", second));
    for (person, wanted) in [
        ("admin@contoso.com", true),
        ("auditor@contoso.com", true),
        ("owner@contoso.com", false),
        ("bob@wingtip.example", false),
    ] {
        assert_eq!(sees(&mut scene, person, Sight::Journal), wanted, "{person}");
    }
}

#[test]
fn every_event_names_the_person_it_concerns() {
    let mut scene = scene();
    let decision = scene.run(Command::Grant(Direct {
        person: mail("bob@wingtip.example"),
        name: None,
        policy: "policy/library/direct".parse().unwrap(),
        start: None,
        end: None,
        justification: None,
    }));
    let bob = scene.person("bob@wingtip.example").id();
    assert!(decision.events.len() > 2);
    for event in decision.events {
        assert_eq!(event.person, Some(bob), "{:?}", event.activity);
    }
}

#[test]
fn the_command_shows_roles_and_tells_guests_nothing_of_others() {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let grant = |person: &str, package: &str| {
        let grant = ["assignment", "grant", person, package, "--policy=direct"];
        let _ = sandbox.run(grant).exits(0);
    };
    grant("grace@wingtip.example", "deals");
    grant("bob@wingtip.example", "deals");
    let grace = ["access", "grace@wingtip.example"];
    let _ = sandbox
        .run(grace)
        .exits(0)
        .says("catalog/marketing")
        .says("assign packages or take them away");
    let as_bob = |person: &str| {
        let told = sandbox.run(["access", person, "--as", "bob@wingtip.example"]);
        let told = told.exits(1).stderr;
        told.replace(person, "somebody")
    };
    assert_eq!(
        as_bob("grace@wingtip.example"),
        as_bob("nobody@wingtip.example")
    );
    let own = ["access", "bob@wingtip.example", "--as=bob@wingtip.example"];
    let _ = sandbox.run(own).exits(0).says("has no delegated role");
    let outbox = ["outbox", "list", "--as=bob@wingtip.example"];
    let _ = sandbox.run(outbox).exits(8).says("may not see the outbox");
}

#[test]
fn the_audit_log_tells_whom_an_entry_concerns_until_they_are_forgotten() {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let bob = "bob@wingtip.example";
    let grant = ["assignment", "grant", bob, "deals", "--policy=direct"];
    let _ = sandbox.run(grant).exits(0);
    let list = || {
        sandbox
            .run(["audit", "list", "--format=json"])
            .exits(0)
            .stdout
    };
    let told = list();
    let target = format!("\"target\": \"{bob}\"");
    assert!(told.matches(&target).count() > 2, "{told}");
    let _ = sandbox
        .run(["audit", "forget", bob, "--auto-approve"])
        .exits(0);
    let told = list();
    assert!(!told.contains(bob), "{told}");
    assert!(told.contains("\"target\": \"[erased]\""), "{told}");
    let _ = sandbox.run(["audit", "verify"]).exits(0);
}
