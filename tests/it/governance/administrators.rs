//! Roles of the whole tenant that the tree declares: they count like those of the directory.

use guestlist::governance::delegation::{DelegatedRole, Role, Task, held, may};
use guestlist::governance::invitation::{Command, Send};
use guestlist::governance::people::Command as People;
use guestlist::governance::record::DirectoryRole;
use guestlist::governance::{Ground, Scope};

use super::scene::{Scene, mail};
use crate::support::{Sandbox, repository};

const TREE: &str = "
version: 1
resources:
  designers: { group: Design team }
collaboration: { invitations: inviters }
administrators:
  governance: [user:gita@contoso.com]
  organizations: [user:omar@contoso.com]
  catalogCreators: [user:cara@contoso.com]
  users: [user:uma@contoso.com]
  inviters: [group:designers]
  readers: [user:rita@contoso.com]
";

fn scene() -> Scene {
    let mut scene = Scene::of(TREE);
    for person in ["gita", "omar", "cara", "uma", "rita", "noor", "plain"] {
        scene.member(&format!("{person}@contoso.com"), &[]);
    }
    scene.joins("noor@contoso.com", "Design team");
    scene
}

fn roles(scene: &Scene, person: &str) -> Vec<(Role, bool)> {
    let person = scene.person(person);
    let held = scene.look(|desk| held(desk, &person));
    let held = held.iter();
    held.map(|held| (held.role, held.through.is_some()))
        .collect()
}

fn may_do(scene: &mut Scene, person: &str, task: Task) -> bool {
    let _ = scene.acting(person);
    scene.look(|desk| may(desk, task, Scope::Tenant))
}

#[test]
fn a_declared_role_counts_like_one_of_the_directory() {
    let mut scene = scene();
    for (person, role) in [
        ("gita", Role::Delegated(DelegatedRole::Administrator)),
        (
            "omar",
            Role::Delegated(DelegatedRole::OrganizationAdministrator),
        ),
        ("cara", Role::Delegated(DelegatedRole::CatalogCreator)),
        ("uma", Role::Directory(DirectoryRole::UserAdministrator)),
        ("rita", Role::Directory(DirectoryRole::GlobalReader)),
    ] {
        let person = format!("{person}@contoso.com");
        assert_eq!(roles(&scene, &person), [(role, false)], "{person}");
    }
    let inviter = Role::Directory(DirectoryRole::GuestInviter);
    assert_eq!(roles(&scene, "noor@contoso.com"), [(inviter, true)]);
    assert!(may_do(&mut scene, "gita@contoso.com", Task::ManageTenant));
    assert!(may_do(
        &mut scene,
        "omar@contoso.com",
        Task::ManageOrganizations
    ));
    assert!(may_do(&mut scene, "cara@contoso.com", Task::CreateCatalog));
    assert!(!may_do(&mut scene, "omar@contoso.com", Task::ManageTenant));
    assert!(!may_do(&mut scene, "uma@contoso.com", Task::ManageTenant));
    let _ = scene.operator();
    let _ = scene.run(Command::Send(Box::new(Send::to("bob@wingtip.example"))));
    let block = || People::Block(mail("bob@wingtip.example"));
    let refusal = scene.acting("noor@contoso.com").refused(block());
    assert_eq!(refusal.ground, Ground::NotAllowed);
    let _ = scene.acting("uma@contoso.com").run(block());
}

#[test]
fn members_of_a_declared_group_invite_where_few_may_and_others_are_told_who() {
    let mut scene = scene();
    let send = || Command::Send(Box::new(Send::to("john.doe@globalsolutions.example")));
    let refusal = scene.acting("plain@contoso.com").refused(send());
    assert_eq!(refusal.ground, Ground::NotAllowed);
    assert!(refusal.help.unwrap().contains("group:designers"));
    let _ = scene.acting("noor@contoso.com").run(send());
    // Out of the group, out of the right.
    scene.operator().leaves("noor@contoso.com", "Design team");
    let refusal = scene.acting("noor@contoso.com").refused(send());
    assert_eq!(refusal.ground, Ground::NotAllowed);
}

#[test]
fn a_role_that_is_no_longer_declared_is_no_longer_had() {
    let mut scene = scene();
    scene.apply(&TREE.replace("[user:gita@contoso.com]", "[]"));
    assert!(!may_do(&mut scene, "gita@contoso.com", Task::ManageTenant));
}

#[test]
fn a_refusal_names_whom_the_tree_gives_the_role() {
    let mut scene = scene();
    let convert = People::Convert(
        mail("noor@contoso.com"),
        guestlist::governance::people::Convert::Governed,
    );
    let refusal = scene.acting("plain@contoso.com").refused(convert);
    let help = refusal.help.unwrap();
    assert!(help.contains("(user:gita@contoso.com)"), "{help}");
}

/// Entra's example: the design team invites John Doe of Global Solutions, he redeems, accepts the terms and gets access.
#[test]
fn john_doe_is_invited_by_the_design_team_accepts_the_terms_and_gets_access() {
    let sandbox = Sandbox::new();
    sandbox.holds(&repository("policies"));
    let settings = std::fs::read_to_string(sandbox.path("guestlist.toml")).unwrap();
    let settings = settings.replacen(
        "url = \"sqlite:guestlist.db\"",
        "url = \"sqlite:guestlist.db\"\ndevelopment = true",
        1,
    );
    let sandbox = sandbox
        .write("guestlist.toml", settings)
        .write(
            "people.csv",
            "mail,displayName\nnoor@contoso.com,Noor\nomar@contoso.com,Omar\nplain@contoso.com,Plain\n",
        )
        .write("groups.csv", "group,guests\nDesign team,false\n")
        .write("members.csv", "group,member\nDesign team,noor@contoso.com\n");
    let (john, noor) = ("john.doe@globalsolutions.example", "noor@contoso.com");
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    let import = [
        "directory",
        "import",
        "people.csv",
        "groups.csv",
        "members.csv",
    ];
    let _ = sandbox.run(import).exits(0);

    let send = |who| {
        [
            "invitation",
            "send",
            john,
            "--name",
            "John Doe",
            "--as",
            who,
        ]
    };
    let _ = sandbox
        .run(send("plain@contoso.com"))
        .exits(8)
        .says("may not invite")
        .says("group:Design team");
    let _ = sandbox.run(send(noor)).exits(0).says(john);
    let access = ["access", noor];
    let _ = sandbox
        .run(access)
        .exits(0)
        .says("group:Design team")
        .says("invite guests");

    let mut redeem = vec!["invitation", "redeem", "--direct", john];
    redeem.extend(["--with", "microsoftAccount", "--consent"]);
    let _ = sandbox
        .run(redeem.clone())
        .exits(4)
        .says("House rules for guests")
        .says("--accept-terms house-rules");
    let pending = ["guest", "list", "--state", "pending", "--as", noor];
    let _ = sandbox.run(pending).exits(0).says(john);
    redeem.extend(["--accept-terms", "house-rules"]);
    let _ = sandbox.run(redeem).exits(0).says("accepted");

    // He asks for the brand portal, and who invited him answers for him.
    let submit = ["request", "submit", "brand-portal", "--as", john];
    let _ = sandbox.run(submit).exits(0).says("pendingApproval");
    let decide = [
        "approval",
        "decide",
        "1",
        "--approve",
        "--justification",
        "ours",
        "--as",
        noor,
    ];
    let _ = sandbox.run(decide).exits(0);
    let _ = sandbox
        .run(["guest", "show", john, "--as", noor])
        .exits(0)
        .says("House rules for guests: accepted")
        .says("sites/campaign: Visitors");
    let _ = sandbox
        .run(["audit", "list"])
        .exits(0)
        .says("Accept Terms Of Use");
}
