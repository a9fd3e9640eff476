//! Groups of the directory with a rule: who belongs to them follows from what people are.

use guestlist::governance::Activity;
use guestlist::governance::people::{Command, GroupRow, MembershipRow, PersonRow, Row};
use guestlist::governance::record::Identity;
use guestlist::model::text::Line;

use super::people::row;
use super::scene::{Scene, mail};

const TREE: &str = "version: 1\ndomains: { block: [] }\n";

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
fn whether_a_managed_group_takes_guests_is_a_part_of_its_rule() {
    let tree = |guests: bool| {
        format!(
            "version: 1\nresources:\n  designers: {{ group: Designers, managed: true, guests: {guests}, membershipRule: 'user.userType -ne null' }}\n"
        )
    };
    let mut scene = Scene::of(&tree(false));
    scene.known(works_in("ana@contoso.com", "Design"));
    scene.guest("gus@fabrikam.example", Identity::Passcode);
    let _ = scene.tick("T0");
    let designers = ["group Designers: Member"];
    assert_eq!(scene.holds("ana@contoso.com"), designers);
    assert!(scene.holds("gus@fabrikam.example").is_empty());
    scene.apply(&tree(true));
    let _ = scene.tick("T0");
    assert_eq!(scene.holds("gus@fabrikam.example"), designers);
    scene.apply(&tree(false));
    let _ = scene.tick("T0");
    assert!(scene.holds("gus@fabrikam.example").is_empty());
    assert_eq!(scene.holds("ana@contoso.com"), designers);
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
