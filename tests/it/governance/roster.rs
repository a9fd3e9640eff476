//! The directory as files: what an import takes, refuses and lets go of, and commands that change guests.

use crate::support::{Golden, Sandbox, repository};

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
