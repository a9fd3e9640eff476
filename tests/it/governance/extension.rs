//! Keeping a package longer, and giving it back.

use guestlist::governance::Ground;
use guestlist::governance::record::{AssignmentState, Identity, RequestKind, RequestState, Why};
use guestlist::governance::request::{Change, Command, Held};

use super::asking::{arriving, ask, of};
use super::scene::{Scene, instant, mail};

const TREE: &str = "
version: 1
organizations:
  fabrikam: { displayName: Fabrikam, domains: [fabrikam.com] }
resources:
  guests: { group: Design guests }
catalogs:
  open: { displayName: Open, resources: [guests] }
packages:
  library:
    catalog: open
    displayName: Library
    grants: { guests: Member }
    policies:
      partners: { requestors: { organizations: [fabrikam] }, expires: { after: 180d }, extension: { allowed: true } }
  checked:
    catalog: open
    displayName: Checked
    grants: { guests: Member }
    policies:
      staff:
        requestors: members
        requests: { customSchedule: true, removal: false }
        onBehalf: { requestors: [manager], update: true }
        expires: { after: 30d }
        extension: { allowed: true, approval: true }
        approval: { stages: [{ approvers: ['user:admin@contoso.com'] }] }
  fixed:
    catalog: open
    displayName: Fixed
    grants: { guests: Member }
    policies:
      staff: { requestors: members, expires: { on: '2027-02-01T00:00:00Z' }, extension: { allowed: true } }
  plain:
    catalog: open
    displayName: Plain
    grants: { guests: Member }
    policies:
      staff: { requestors: members, expires: { after: 30d } }
";

fn scene() -> Scene {
    let mut scene = Scene::of(TREE);
    scene.member("ben@contoso.com", &[]);
    scene
}

#[test]
fn an_extension_counts_from_the_day_it_is_asked_for_and_reminders_start_anew() {
    let mut scene = scene();
    scene.asks(arriving("library", "ada@fabrikam.com"));
    assert_eq!(scene.assignment(1).end, Some(instant("T180")));
    let _ = scene.tick("T166");
    let _ = scene.at("T170").acting("ada@fabrikam.com");
    let _ = scene.run(Command::Extend(of("library")));
    let assignment = scene.assignment(1);
    assert_eq!(assignment.end, Some(instant("T350")));
    assert_eq!(assignment.reminded, 0);
    let request = scene.request(2);
    assert_eq!(
        (request.kind, request.state),
        (RequestKind::UserExtend, RequestState::Delivered)
    );
    let _ = scene.tick("T180");
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivered);
    let _ = scene.tick("T350");
    assert_eq!(scene.assignment(1).state, AssignmentState::Expired);
}

#[test]
fn a_domain_that_was_blocked_meanwhile_does_not_stop_an_extension() {
    let mut scene = scene();
    scene.guest("carl@fabrikam.com", Identity::Passcode);
    scene.asks_as("carl@fabrikam.com", ask("library"));
    let _ = scene.at("T50");
    scene.apply(&format!("{TREE}\ndomains: {{ block: [fabrikam.com] }}\n"));
    let _ = scene.at("T170").acting("carl@fabrikam.com");
    let _ = scene.run(Command::Extend(of("library")));
    assert_eq!(scene.assignment(1).end, Some(instant("T350")));
}

#[test]
fn only_who_is_still_in_scope_extends() {
    let mut scene = scene();
    scene.asks(arriving("library", "ada@fabrikam.com"));
    scene.alter("ada@fabrikam.com", |ada| {
        ada.identities = vec![Identity::Google];
    });
    let refusal = scene
        .acting("ada@fabrikam.com")
        .refused(Command::Extend(of("library")));
    assert_eq!(refusal.ground, Ground::NoPolicy);
    assert_eq!(scene.assignment(1).state, AssignmentState::Delivered);
}

#[test]
fn an_extension_passes_the_stages_where_the_policy_says_so() {
    let mut scene = scene();
    scene.asks_as("ben@contoso.com", ask("checked"));
    scene.approves("admin@contoso.com", 1);
    let _ = scene.at("T20").acting("ben@contoso.com");
    let _ = scene.run(Command::Extend(of("checked")));
    assert_eq!(scene.request(2).state, RequestState::PendingApproval);
    assert_eq!(scene.assignment(1).end, Some(instant("T30")));
    let refusal = scene.refused(Command::Extend(of("checked")));
    assert_eq!(refusal.ground, Ground::AlreadyRequested);
    let _ = scene.at("T21");
    scene.approves("admin@contoso.com", 2);
    assert_eq!(scene.assignment(1).end, Some(instant("T51")));
}

#[test]
fn an_approval_of_an_extension_that_comes_after_the_end_changes_nothing() {
    let mut scene = scene();
    scene.asks_as("ben@contoso.com", ask("checked"));
    scene.approves("admin@contoso.com", 1);
    let _ = scene.at("T29").acting("ben@contoso.com");
    let _ = scene.run(Command::Extend(of("checked")));
    let _ = scene.tick("T30");
    scene.approves("admin@contoso.com", 2);
    assert_eq!(scene.assignment(1).state, AssignmentState::Expired);
    assert_eq!(scene.request(2).state, RequestState::DeliveryFailed);
}

#[test]
fn a_fixed_end_is_never_passed() {
    let mut scene = scene();
    scene.asks_as("ben@contoso.com", ask("fixed"));
    let refusal = scene.refused(Command::Extend(of("fixed")));
    assert_eq!(refusal.ground, Ground::Schedule);
}

#[test]
fn a_policy_without_extension_offers_none() {
    let mut scene = scene();
    scene.asks_as("ben@contoso.com", ask("plain"));
    let refusal = scene.refused(Command::Extend(of("plain")));
    assert_eq!(refusal.ground, Ground::NotOffered);
}

#[test]
fn a_manager_extends_for_a_report_where_the_policy_allows_it() {
    let mut scene = scene();
    scene.member("mia@contoso.com", &[]);
    let mia = scene.person("mia@contoso.com").id();
    scene.asks_as("ben@contoso.com", ask("checked"));
    scene.approves("admin@contoso.com", 1);
    let _ = scene.at("T5");
    let by_number = || {
        Command::Extend(Change {
            of: Held::Assignment(1),
            ..of("checked")
        })
    };
    // Somebody else's assignment and none are answered alike.
    let refusal = scene.acting("mia@contoso.com").refused(by_number());
    assert_eq!(refusal.ground, Ground::Unknown);
    scene.alter("ben@contoso.com", |ben| ben.manager = Some(mia));
    let mut change = of("checked");
    change.person = Some(mail("ben@contoso.com"));
    change.end = Some(instant("T33"));
    let _ = scene.acting("mia@contoso.com").run(Command::Extend(change));
    scene.approves("admin@contoso.com", 2);
    assert_eq!(scene.assignment(1).end, Some(instant("T33")));
    let refusal = scene
        .acting("mia@contoso.com")
        .refused(Command::Remove(Change {
            of: Held::Assignment(1),
            ..of("checked")
        }));
    assert_eq!(refusal.ground, Ground::Unknown);
}

#[test]
fn somebody_gives_a_package_back_where_the_policy_lets_them() {
    let mut scene = scene();
    scene.asks_as("ben@contoso.com", ask("plain"));
    let _ = scene.run(Command::Remove(of("plain")));
    assert_eq!(scene.assignment(1).ended.unwrap().why, Why::GivenBack);
    assert!(scene.holds("ben@contoso.com").is_empty());
    let request = scene.request(2);
    assert_eq!(
        (request.kind, request.state),
        (RequestKind::UserRemove, RequestState::Delivered)
    );
    // It may be asked for anew.
    scene.asks_as("ben@contoso.com", ask("plain"));
    scene.asks_as("ben@contoso.com", ask("checked"));
    scene.approves("admin@contoso.com", 4);
    let refusal = scene
        .acting("ben@contoso.com")
        .refused(Command::Remove(of("checked")));
    assert_eq!(refusal.ground, Ground::NotOffered);
}
