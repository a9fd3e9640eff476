//! People and groups of the directory: imports, kinds of B2B user, sponsors, leaving. Entra's facts on users.

use guestlist::governance::people::{Command, Convert, GroupRow, MembershipRow, PersonRow, Row};
use guestlist::governance::record::{
    DirectoryRole, ExternalState, Governed, Identity, Person, UserType,
};
use guestlist::governance::{Activity, Ground};
use guestlist::model::text::{Line, Principal};

use super::scene::{Scene, instant, mail};
use crate::support::{Golden, Sandbox, repository};

const BOB: &str = "bob@wingtip.example";
const TREE: &str = "version: 1\ndomains: { block: [] }\n";

fn row(address: &str) -> PersonRow {
    PersonRow {
        name: Some("Somebody".to_owned()),
        ..PersonRow::new(mail(address))
    }
}

fn guest(address: &str) -> PersonRow {
    PersonRow {
        user_type: Some(UserType::Guest),
        ..row(address)
    }
}

/// A scene in which Bob is a guest.
fn with_bob() -> Scene {
    let mut scene = Scene::of(TREE);
    scene.known(guest(BOB));
    scene
}

fn kind(person: &Person) -> (bool, bool) {
    (person.is_outside(), person.is_guest())
}

#[test]
fn external_and_guest_are_independent_of_each_other() {
    let mut scene = Scene::of(TREE);
    for (address, external, user_type) in [
        ("a@wingtip.example", true, UserType::Guest),
        ("b@wingtip.example", true, UserType::Member),
        ("c@contoso.com", false, UserType::Guest),
        ("d@contoso.com", false, UserType::Member),
    ] {
        scene.known(PersonRow {
            external: Some(external),
            user_type: Some(user_type),
            ..row(address)
        });
        let person = scene.person(address);
        assert_eq!(
            kind(&person),
            (external, user_type == UserType::Guest),
            "{address}"
        );
    }
}

#[test]
fn a_guest_who_was_here_before_is_redeemed_and_not_governed() {
    let scene = with_bob();
    let bob = scene.person(BOB);
    assert_eq!(kind(&bob), (true, true));
    assert_eq!(bob.governed, Governed::NotGoverned);
    let account = bob.account.unwrap();
    assert_eq!(account.state, Some(ExternalState::Accepted));
    assert_eq!(account.upn, "bob_wingtip.example#EXT#@contoso.com");
}

#[test]
fn somebody_of_our_own_signs_in_to_our_own_tenant() {
    let mut scene = Scene::of(TREE);
    scene.known(row("ana@contoso.com"));
    let ana = scene.person("ana@contoso.com");
    assert_eq!(ana.identities, [Identity::Own]);
    assert_eq!(ana.account.unwrap().upn, "ana@contoso.com");
}

#[test]
fn what_a_row_does_not_say_stays_and_the_same_row_again_changes_nothing() {
    let mut scene = Scene::of(TREE);
    let full = PersonRow {
        company: Some(Some("Contoso".to_owned())),
        last_sign_in: Some(instant("T2")),
        ..row("ana@contoso.com")
    };
    scene.known(full.clone());
    let rows = vec![Row::Person(Box::new(full))];
    assert!(scene.run(Command::Import(rows)).is_empty());
    scene.known(PersonRow {
        name: Some("Ana".to_owned()),
        last_sign_in: Some(instant("T1")),
        ..PersonRow::new(mail("ana@contoso.com"))
    });
    let ana = scene.person("ana@contoso.com");
    assert_eq!(
        (ana.name.as_str(), ana.company.as_deref()),
        ("Ana", Some("Contoso"))
    );
    assert_eq!(ana.last_sign_in, Some(instant("T2")));
}

#[test]
fn an_address_belongs_to_one_person() {
    let mut scene = with_bob();
    let refusal = scene.refused(Command::Import(vec![Row::Person(Box::new(PersonRow {
        other_mails: Some(vec![mail(BOB)]),
        ..row("ana@contoso.com")
    }))]));
    assert!(refusal.message.contains("belongs to bob@wingtip.example"));
}

#[test]
fn only_administrators_of_users_import_block_and_delete() {
    let mut scene = with_bob();
    scene.member("ana@contoso.com", &[DirectoryRole::GuestInviter]);
    let _ = scene.acting("ana@contoso.com");
    let bob = || mail(BOB);
    for command in [
        Command::Import(vec![Row::Person(Box::new(row("eve@contoso.com")))]),
        Command::Block(bob()),
        Command::Unblock(bob()),
        Command::Delete(bob()),
        Command::Restore(bob()),
        Command::AddSponsor(bob(), Principal::parse("user:ana@contoso.com").unwrap()),
        Command::RemoveSponsor(bob(), Principal::parse("user:ana@contoso.com").unwrap()),
        Command::Convert(bob(), Convert::Governed),
    ] {
        assert_eq!(scene.refused(command).ground, Ground::NotAllowed);
    }
}

#[test]
fn a_block_and_its_end_are_recorded_once() {
    let mut scene = with_bob();
    let decision = scene.run(Command::Block(mail(BOB)));
    assert_eq!(decision.events.len(), 1);
    assert_eq!(decision.events[0].activity, Activity::DisableUser);
    assert!(scene.person(BOB).is_blocked());
    assert_eq!(
        scene.refused(Command::Block(mail(BOB))).ground,
        Ground::State
    );
    let _ = scene.run(Command::Unblock(mail(BOB)));
    assert!(!scene.person(BOB).is_blocked());
    assert_eq!(
        scene.refused(Command::Unblock(mail(BOB))).ground,
        Ground::State
    );
}

#[test]
fn a_deleted_guest_can_be_restored_for_thirty_days() {
    for (at, works) in [("T30", false), ("2027-01-30T23:59:59Z", true)] {
        let mut scene = with_bob();
        let _ = scene.run(Command::Delete(mail(BOB)));
        assert!(scene.person(BOB).living().is_none());
        let _ = scene.at(at);
        if works {
            let _ = scene.run(Command::Restore(mail(BOB)));
            assert!(scene.person(BOB).living().is_some());
        } else {
            assert_eq!(
                scene.refused(Command::Restore(mail(BOB))).ground,
                Ground::Late
            );
        }
    }
}

#[test]
fn own_people_are_no_guests_to_be_blocked_or_deleted() {
    let mut scene = Scene::of(TREE);
    scene.known(row("ana@contoso.com"));
    let ana = || mail("ana@contoso.com");
    for command in [
        Command::Block(ana()),
        Command::Delete(ana()),
        Command::Leave(ana()),
    ] {
        assert_eq!(scene.refused(command).ground, Ground::State);
    }
}

#[test]
fn a_guest_leaves_by_themselves_when_the_tenant_lets_them() {
    let mut scene = with_bob();
    scene.member("ana@contoso.com", &[]);
    let _ = scene.acting("ana@contoso.com");
    assert_eq!(
        scene.refused(Command::Leave(mail(BOB))).ground,
        Ground::NotAllowed
    );
    let _ = scene.acting(BOB);
    let _ = scene.run(Command::Leave(mail(BOB)));
    let account = scene.person(BOB).account.unwrap();
    assert_eq!(account.deleted, Some(instant("T0")));
    let _ = scene.at("T29").run(Command::Restore(mail(BOB)));
}

#[test]
fn a_guest_stays_when_the_tenant_does_not_let_them_leave() {
    let mut scene = Scene::of("version: 1\ncollaboration: { guestsMayLeave: false }\n");
    scene.known(guest(BOB));
    let _ = scene.acting(BOB);
    assert_eq!(
        scene.refused(Command::Leave(mail(BOB))).ground,
        Ground::NotOffered
    );
}

#[test]
fn sponsors_are_at_most_five() {
    let mut scene = with_bob();
    for n in 0..6 {
        scene.known(row(&format!("s{n}@contoso.com")));
        let sponsor = Principal::parse(&format!("user:s{n}@contoso.com")).unwrap();
        let add = Command::AddSponsor(mail(BOB), sponsor);
        if n < 5 {
            let _ = scene.run(add.clone());
            assert_eq!(scene.refused(add).ground, Ground::State);
        } else {
            assert_eq!(scene.refused(add).ground, Ground::Limit);
        }
    }
    let first = Principal::parse("user:s0@contoso.com").unwrap();
    let _ = scene.run(Command::RemoveSponsor(mail(BOB), first.clone()));
    assert_eq!(scene.person(BOB).sponsors.len(), 4);
    let again = Command::RemoveSponsor(mail(BOB), first);
    assert_eq!(scene.refused(again).ground, Ground::State);
}

#[test]
fn a_sponsor_is_somebody_the_directory_knows() {
    let mut scene = with_bob();
    for sponsor in ["user:nobody@contoso.com", "group:None", "manager"] {
        let sponsor = Principal::parse(sponsor).unwrap();
        let refusal = scene.refused(Command::AddSponsor(mail(BOB), sponsor));
        assert_eq!(refusal.ground, Ground::Unknown);
    }
}

#[test]
fn a_guest_is_converted_to_governed_and_back() {
    let mut scene = with_bob();
    let decision = scene.run(Command::Convert(mail(BOB), Convert::Governed));
    assert_eq!(decision.events[0].activity, Activity::UpdateLifecycle);
    assert_eq!(scene.person(BOB).governed, Governed::Governed);
    let again = Command::Convert(mail(BOB), Convert::Governed);
    assert_eq!(scene.refused(again).ground, Ground::State);
    let _ = scene.run(Command::Convert(mail(BOB), Convert::NotGoverned));
    assert_eq!(scene.person(BOB).governed, Governed::NotGoverned);
}

#[test]
fn a_group_that_takes_no_guests_takes_none_by_import() {
    let mut scene = with_bob();
    let group = Line::parse("Staff").unwrap();
    let _ = scene.run(Command::Import(vec![Row::Group(GroupRow {
        name: group.clone(),
        mail: None,
        rule: None,
        guests: Some(false),
        owners: None,
    })]));
    let refusal = scene.refused(Command::Import(vec![Row::Membership(MembershipRow {
        group,
        member: mail(BOB),
        role: "Member".to_owned(),
    })]));
    assert!(refusal.message.contains("takes none"));
}

#[test]
fn signing_in_is_for_accounts_that_are_redeemed_and_not_blocked() {
    let mut scene = with_bob();
    let _ = scene.at("T3").run(Command::SignIn(mail(BOB)));
    assert_eq!(scene.person(BOB).last_sign_in, Some(instant("T3")));
    let _ = scene.run(Command::Block(mail(BOB)));
    assert_eq!(
        scene.refused(Command::SignIn(mail(BOB))).ground,
        Ground::Blocked
    );
    let mut scene = Scene::of(TREE);
    scene.known(PersonRow {
        state: Some(Some(ExternalState::PendingAcceptance)),
        ..guest(BOB)
    });
    assert_eq!(
        scene.refused(Command::SignIn(mail(BOB))).ground,
        Ground::State
    );
}

fn rule(text: Option<&str>) -> Row {
    Row::Group(GroupRow {
        name: Line::parse("Designers").unwrap(),
        mail: None,
        rule: Some(text.map(str::to_owned)),
        guests: None,
        owners: None,
    })
}

fn works_in(address: &str, department: &str) -> PersonRow {
    let mut row = row(address);
    let value = Some(department.to_owned());
    row.attributes.insert("department".to_owned(), value);
    row
}

const DESIGN: &str = "user.department -eq \"Design\"";

#[test]
fn a_rule_gives_memberships_to_who_is_here_and_to_who_comes() {
    let mut scene = Scene::of(TREE);
    scene.known(works_in("ana@contoso.com", "Design"));
    scene.known(works_in("mia@contoso.com", "Sales"));
    let _ = scene.run(Command::Import(vec![rule(Some(DESIGN))]));
    let _ = scene.tick("T0");
    let designers = ["group Designers: Member"];
    assert_eq!(scene.holds("ana@contoso.com"), designers);
    assert!(scene.holds("mia@contoso.com").is_empty());
    scene.known(works_in("eve@contoso.com", "Design"));
    assert_eq!(scene.holds("eve@contoso.com"), designers);
}

#[test]
fn a_change_of_a_person_moves_them_at_once_in_the_same_decision() {
    let mut scene = Scene::of(TREE);
    let _ = scene.run(Command::Import(vec![rule(Some(DESIGN))]));
    scene.known(works_in("ana@contoso.com", "Design"));
    let row = Row::Person(Box::new(works_in("ana@contoso.com", "Sales")));
    let decision = scene.run(Command::Import(vec![row]));
    let activities: Vec<Activity> = decision.events.iter().map(|event| event.activity).collect();
    assert_eq!(activities, [Activity::UpdateUser, Activity::RemoveMember]);
    assert!(scene.holds("ana@contoso.com").is_empty());
}

#[test]
fn another_rule_and_no_rule_change_the_members() {
    let mut scene = Scene::of(TREE);
    scene.known(works_in("ana@contoso.com", "Design"));
    scene.known(works_in("mia@contoso.com", "Sales"));
    let _ = scene.run(Command::Import(vec![rule(Some(DESIGN))]));
    let _ = scene.tick("T0");
    let sales = "user.department -eq \"Sales\"";
    let _ = scene.run(Command::Import(vec![rule(Some(sales))]));
    let _ = scene.tick("T0");
    assert!(scene.holds("ana@contoso.com").is_empty());
    assert_eq!(scene.holds("mia@contoso.com"), ["group Designers: Member"]);
    let _ = scene.run(Command::Import(vec![rule(None)]));
    let _ = scene.tick("T0");
    assert!(scene.holds("mia@contoso.com").is_empty());
}

#[test]
fn a_managed_group_of_the_tree_is_a_group_of_the_directory_as_long_as_it_is_declared() {
    let tree = |resources: &str| {
        format!("version: 1\nresources:\n  other: {{ group: Other }}\n{resources}")
    };
    let designers = "  designers: { group: Designers, managed: true, membershipRule: 'user.department -eq \"Design\"' }\n";
    let mut scene = Scene::of(&tree(designers));
    scene.known(works_in("ana@contoso.com", "Design"));
    let _ = scene.tick("T0");
    assert_eq!(scene.holds("ana@contoso.com"), ["group Designers: Member"]);
    let refusal = scene.refused(Command::Import(vec![rule(None)]));
    assert!(refusal.message.contains("kept by the tree"));
    scene.apply(&tree(""));
    let _ = scene.tick("T1");
    assert!(scene.holds("ana@contoso.com").is_empty());
}

#[test]
fn a_rule_that_cannot_be_read_and_members_of_a_dynamic_group_are_refused() {
    let mut scene = Scene::of(TREE);
    let refusal = scene.refused(Command::Import(vec![rule(Some("user.department -like"))]));
    assert!(refusal.message.contains("the rule cannot be read"));
    let _ = scene.run(Command::Import(vec![rule(Some(DESIGN))]));
    scene.known(row("ana@contoso.com"));
    let refusal = scene.refused(Command::Import(vec![Row::Membership(MembershipRow {
        group: Line::parse("Designers").unwrap(),
        member: mail("ana@contoso.com"),
        role: "Member".to_owned(),
    })]));
    assert!(refusal.message.contains("follow from its rule"));
}

// Files.

const PEOPLE: &str = "mail,displayName,manager,department,sponsors,userType,roles\n\
    ana@contoso.com,Ana,mia@contoso.com,Design,,Member,\n\
    mia@contoso.com,Mia,,Design,,Member,User Administrator;Guest Inviter\n\
    bob@wingtip.example,\"Bob, Wingtip\",,,ana@contoso.com;group:Design,Guest,\n";
const GROUPS: &str = "group,guests,owners\nDesign,true,mia@contoso.com\n";
const MEMBERS: &str =
    "group,member,role\nDesign,ana@contoso.com,Member\nDesign,bob@wingtip.example,\n";

fn sandbox() -> Sandbox {
    Sandbox::project()
        .write("people.csv", PEOPLE)
        .write("groups.csv", GROUPS)
        .write("members.csv", MEMBERS)
}

const IMPORT: [&str; 5] = [
    "directory",
    "import",
    "members.csv",
    "groups.csv",
    "people.csv",
];

#[test]
fn files_are_imported_in_any_order_and_the_second_time_nothing_changes() {
    let sandbox = sandbox();
    let _ = sandbox
        .run(IMPORT)
        .exits(0)
        .says("3 people added")
        .says("1 group added or updated")
        .says("2 memberships added");
    let again = sandbox.run(IMPORT).exits(0);
    assert_eq!(again.stdout, "6 rows said nothing new\n");
    let _ = sandbox
        .run(["directory", "show", "bob@wingtip.example"])
        .exits(0)
        .says("external guest")
        .says("group Design: Member")
        .says("user:ana@contoso.com, group:Design");
    let _ = sandbox
        .run(["directory", "show", "group:design"])
        .exits(0)
        .says("assigned")
        .says("2 members");
    let _ = sandbox
        .run(["guest", "list", "--sponsor", "user:ana@contoso.com"])
        .exits(0)
        .says("1 person");
    let _ = sandbox
        .run(["guest", "list", "--domain", "fabrikam.com"])
        .exits(0)
        .says("0 people");
}

#[test]
fn an_export_is_imported_again_without_a_change() {
    let sandbox = sandbox();
    let _ = sandbox.run(IMPORT).exits(0);
    let json = sandbox.exactly(["directory", "export"]);
    let mut files = vec![("all.json".to_owned(), json)];
    for list in ["people", "groups", "memberships"] {
        let text = sandbox.exactly(["directory", "export", "--csv", list]);
        files.push((format!("{list}.csv"), text));
    }
    for (name, text) in files {
        std::fs::write(sandbox.path(&name), text).unwrap();
        let outcome = sandbox.run(["directory", "import", &name]).exits(0);
        let only = outcome.stdout.lines().count();
        assert_eq!(only, 1, "{name}: {}", outcome.stdout);
        let _ = outcome.says("said nothing new");
    }
    // The same directory comes out of an empty store.
    let other = Sandbox::project().write(
        "all.json",
        std::fs::read_to_string(sandbox.path("all.json")).unwrap(),
    );
    let _ = other.run(["directory", "import", "all.json"]).exits(0);
    assert_eq!(
        other.exactly(["directory", "export"]),
        sandbox.exactly(["directory", "export"])
    );
}

fn listing(name: &str, files: &[(&str, &str)]) {
    let mut sandbox = Sandbox::project();
    let mut arguments = vec!["directory", "import"];
    for (path, text) in files {
        sandbox = sandbox.write(path, text);
        arguments.push(path);
    }
    let told = sandbox.run(arguments).exits(3);
    let mut golden = Golden::default();
    let file = repository(&format!("tests/it/governance/golden/{name}.txt"));
    golden.compare(&file, &told.text());
    golden.finish();
    let _ = sandbox.run(["directory", "list"]).exits(0).says("0 people");
}

#[test]
fn every_problem_of_every_file_is_told_and_nothing_is_written() {
    listing(
        "directory-csv",
        &[
            (
                "people.csv",
                "mail,displayName,manager,sponsors,userType,accountEnabled,roles,lastSignInDateTime\n\
                ana@contoso.com,Ana,nobody@contoso.com,,Member,true,,\n\
                ana@contoso.com,Ana again,,,Gast,yes,Administrator,yesterday\n\
                eve,Eve,,,,,,\n\
                uri@contoso.com,,,,,,,\n\
                lea@contoso.com,Lea,ivo@contoso.com,,,,,\n\
                ivo@contoso.com,Ivo,lea@contoso.com,,,,,\n\
                bob@wingtip.example,Bob,,a@contoso.com;b@contoso.com;c@contoso.com;d@contoso.com;e@contoso.com;f@contoso.com,Guest,,,\n\
                kim@contoso.com,Kim,\n",
            ),
            (
                "members.csv",
                "group,member,role\nNone,ana@contoso.com,Member\nNone,zoe@contoso.com,Boss\n",
            ),
            ("odd.csv", "mail,name\nx@contoso.com,X\n"),
        ],
    );
}

#[test]
fn every_problem_of_a_json_file_is_told() {
    listing(
        "directory-json",
        &[
            (
                "all.json",
                "{\n  \"people\": [\n    { \"mail\": \"ana@contoso.com\", \"displayName\": \"Ana\", \"managr\": \"x\" },\n    { \"displayName\": \"Nobody\" },\n    { \"mail\": \"eve@contoso.com\", \"displayName\": 7 },\n    { \"mail\": \"uri@contoso.com\", \"displayName\": \"Uri\", \"sponsors\": [\"user:zoe@contoso.com\"] },\n    \"kim\"\n  ],\n  \"groups\": {},\n  \"members\": []\n}\n",
            ),
            ("broken.json", "{ \"people\": [ }\n"),
        ],
    );
}

#[test]
fn a_complete_list_lets_go_of_who_is_missing() {
    let sandbox = sandbox();
    let _ = sandbox.run(IMPORT).exits(0);
    let sandbox = sandbox
        .write(
            "people.csv",
            "mail,displayName,manager\nmia@contoso.com,Mia,\n",
        )
        .write("members.csv", "group,member\nDesign,bob@wingtip.example\n");
    let _ = sandbox
        .run(["directory", "import", "people.csv", "members.csv", "--full"])
        .exits(0)
        .says("1 person has left")
        .says("1 membership ended");
    let _ = sandbox
        .run(["directory", "show", "ana@contoso.com"])
        .exits(0)
        .says("deleted")
        .says("restorable until");
    // Guests come and go by invitation, whatever a list of our own people says.
    let _ = sandbox
        .run(["guest", "show", "bob@wingtip.example"])
        .exits(0)
        .says("accepted");
    // Who comes back is restored.
    let sandbox = sandbox
        .write("people.csv", PEOPLE)
        .write("groups.csv", GROUPS);
    let _ = sandbox
        .run(["directory", "import", "people.csv", "groups.csv", "--full"])
        .exits(0)
        .says("1 person updated");
    let _ = sandbox
        .run(["directory", "show", "ana@contoso.com"])
        .exits(0);
}

#[test]
fn a_list_from_which_many_are_missing_is_refused() {
    use std::fmt::Write as _;
    let mut text = "mail,displayName\n".to_owned();
    for n in 0..12 {
        writeln!(text, "p{n}@contoso.com,Person {n}").unwrap();
    }
    let sandbox = Sandbox::project().write("all.csv", text);
    let _ = sandbox.run(["directory", "import", "all.csv"]).exits(0);
    let sandbox = sandbox.write("one.csv", "mail,displayName\np0@contoso.com,Person 0\n");
    let _ = sandbox
        .run(["directory", "import", "one.csv", "--full"])
        .exits(4)
        .says("11 of 12 people of our own are not on the list")
        .says("`--max-departures 11`");
    let _ = sandbox
        .run([
            "directory",
            "import",
            "one.csv",
            "--full",
            "--max-departures",
            "11",
        ])
        .exits(0)
        .says("11 people have left");
}

#[test]
fn managers_come_before_those_they_manage_however_many_pieces_it_takes() {
    use std::fmt::Write as _;
    let mut text = "mail,displayName,manager\n".to_owned();
    for n in 0..520 {
        let manager = if n < 519 {
            format!("p{}@contoso.com", n + 1)
        } else {
            String::new()
        };
        writeln!(text, "p{n}@contoso.com,Person {n},{manager}").unwrap();
    }
    let sandbox = Sandbox::project().write("all.csv", text);
    let _ = sandbox
        .run(["directory", "import", "all.csv"])
        .exits(0)
        .says("520 people added");
    let _ = sandbox
        .run(["directory", "show", "p0@contoso.com"])
        .exits(0)
        .says("p1@contoso.com");
    // A manager cannot become one of those below.
    let sandbox = sandbox.write("top.csv", "mail,manager\np519@contoso.com,p0@contoso.com\n");
    let _ = sandbox
        .run(["directory", "import", "top.csv"])
        .exits(3)
        .says("GL0802");
}

#[test]
fn the_program_changes_guests() {
    let sandbox = sandbox();
    let _ = sandbox.run(IMPORT).exits(0);
    let bob = "bob@wingtip.example";
    let _ = sandbox
        .run(["guest", "block", bob])
        .exits(0)
        .says("blocked");
    let _ = sandbox.run(["guest", "block", bob]).exits(5);
    let _ = sandbox
        .run(["guest", "unblock", bob])
        .exits(0)
        .says("accepted");
    let _ = sandbox
        .run(["guest", "convert", bob, "--governed"])
        .exits(0)
        .says("governed");
    let _ = sandbox
        .run(["guest", "list", "--ungoverned"])
        .exits(0)
        .says("0 people");
    let _ = sandbox
        .run(["guest", "sponsor", "add", bob, "user:mia@contoso.com"])
        .exits(0)
        .says("user:mia@contoso.com");
    let _ = sandbox
        .run(["guest", "sponsor", "remove", bob, "user:mia@contoso.com"])
        .exits(0);
    let _ = sandbox
        .run(["directory", "sign-in", bob, "--at", "2027-03-01T10:00:00Z"])
        .exits(0)
        .says("2027-03-01T10:00:00Z");
    let _ = sandbox
        .run(["guest", "leave", bob, "--as", bob])
        .exits(0)
        .says("deleted");
    let _ = sandbox
        .run(["guest", "list", "--state", "deleted"])
        .exits(0)
        .says("1 person");
    let _ = sandbox
        .run(["guest", "restore", bob])
        .exits(0)
        .says("accepted");
    let _ = sandbox
        .run(["guest", "delete", bob, "--as", "ana@contoso.com"])
        .exits(8);
    let _ = sandbox.run(["guest", "delete", bob]).exits(0);
    let _ = sandbox
        .run(["guest", "show", "nobody@contoso.com"])
        .exits(1);
}

#[test]
fn a_store_that_counts_takes_no_sign_in_from_the_command_line() {
    let settings = "project = \"contoso\"\n\n[tenant]\nname = \"Contoso\"\ndomains = [\"contoso.com\"]\n\n[store]\nurl = \"sqlite:guestlist.db\"\ndevelopment = false\n";
    let sandbox = Sandbox::new().write("guestlist.toml", settings);
    let _ = sandbox
        .run(["directory", "sign-in", "ana@contoso.com"])
        .exits(8)
        .says("development stores");
}

#[test]
fn an_import_is_in_the_audit_log_person_by_person() {
    let mut scene = Scene::of(TREE);
    let rows = ["a@contoso.com", "b@contoso.com"];
    let rows = rows.map(|address| Row::Person(Box::new(row(address))));
    let decision = scene.run(Command::Import(rows.to_vec()));
    let activities: Vec<Activity> = decision.events.iter().map(|event| event.activity).collect();
    assert_eq!(activities, [Activity::AddUser, Activity::AddUser]);
}
