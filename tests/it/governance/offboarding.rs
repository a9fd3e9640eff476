//! Offboarding: a person, a whole organization, and the drill that changes nothing.

use guestlist::app::governance::{partings, partners};
use guestlist::governance::assignment::{Command as Assign, Direct};
use guestlist::governance::lifecycle::Command;
use guestlist::governance::organization;
use guestlist::governance::record::{
    AssignmentState, Governed, Hold, Identity, Invitation, InvitationState, Offboarding, Place,
    Removal, Request, RequestState, SeenOrganization, SignIn, Source, UserType, Why,
};
use guestlist::governance::{Activity, Ground};
use guestlist::model::Address;
use guestlist::model::text::{Guid, Principal};

use super::scene::{BEGIN, Scene, instant, mail};
use crate::support::Sandbox;

const BOB: &str = "bob@wingtip.example";
const EVE: &str = "eve@dev.wingtip.example";
const KIM: &str = "kim@litware.example";
const TENANT: &str = "3d0f5dec-0000-4000-8000-000000000001";

const TREE: &str = "
version: 1
organizations:
  wingtip:
    displayName: Wingtip Toys
    domains: [{ domain: wingtip.example, subdomains: true }]
    sponsors: { external: ['user:bob@wingtip.example'] }
  litware:
    displayName: Litware
    tenant: 3d0f5dec-0000-4000-8000-000000000001
    domains: [litware.example]
resources:
  guests: { group: Design guests }
catalogs:
  marketing: { displayName: Marketing, resources: [guests] }
packages:
  library:
    catalog: marketing
    displayName: Photo library
    grants: { guests: Member }
    policies:
      direct: { expires: { after: 180d } }
";

const PLAIN: Removal = Removal {
    memberships: false,
    delete: false,
};

fn grant(person: &str) -> Assign {
    Assign::Grant(Direct {
        person: mail(person),
        name: Some("Guest".to_owned()),
        policy: "policy/library/direct".parse::<Address>().unwrap(),
        start: None,
        end: None,
        justification: None,
    })
}

/// Bob has an assignment, an open request, a pending invitation, a direct membership, and is Eve's sponsor.
fn scene() -> Scene {
    let mut scene = Scene::of(TREE);
    for guest in [BOB, EVE, KIM] {
        let _ = scene.run(grant(guest));
    }
    let bob = scene.person(BOB).id();
    scene.change(EVE, |eve| {
        eve.sponsors = vec![Principal::User(mail(BOB))];
    });
    let request = Request {
        number: 50,
        state: RequestState::PendingApproval,
        completed: None,
        assignment: None,
        ..scene.request(1)
    };
    let hold = Hold {
        number: 99,
        person: bob,
        place: Place::group("Old friends"),
        role: "Member".to_owned(),
        source: Source::Direct,
    };
    let invitation = Invitation {
        number: 1,
        mail: mail(BOB),
        person: bob,
        by: None,
        at: instant("T0"),
        user_type: UserType::Guest,
        redirect: "https://contoso.com".to_owned(),
        mailed: true,
        message: None,
        language: None,
        copy_to: None,
        ticket: Some("ab".to_owned()),
        state: InvitationState::PendingAcceptance,
    };
    scene.write(&|desk| {
        desk.keep(&request)?;
        desk.put(Activity::AddMember, &hold)?;
        desk.keep(&invitation)
    });
    let _ = scene.mails();
    scene
}

fn offboard(removal: Removal) -> Command {
    Command::Offboard(mail(BOB), removal)
}

#[test]
fn a_drill_lists_what_ends_and_what_stays_and_changes_nothing() {
    let mut scene = scene();
    let before = scene.person(BOB);
    let departure = partings::of_person(scene.engine(), &mail(BOB), PLAIN).unwrap();
    assert_eq!(departure.assignments[0].number, 1);
    assert_eq!(
        departure.assignments[0].package.as_deref(),
        Some("package/library")
    );
    assert_eq!(departure.requests[0].number, 50);
    assert_eq!(departure.invitations, [1]);
    assert!(departure.blocks);
    assert_eq!(departure.account, "deletedLater");
    assert_eq!(departure.deleted, Some(instant("T30")));
    assert_eq!(departure.memberships_left, ["group Old friends: Member"]);
    assert!(departure.memberships_taken.is_empty());
    assert_eq!(departure.sponsor_of, [EVE]);
    assert_eq!(departure.sponsor_of_organizations, ["organization/wingtip"]);
    assert_eq!(scene.person(BOB), before);
    assert!(scene.mails().is_empty());
}

#[test]
fn everything_goes_but_direct_memberships() {
    let mut scene = scene();
    let _ = scene.run(offboard(PLAIN));
    let ended = scene.assignment(1).ended.unwrap();
    assert_eq!(ended.why, Why::Offboarded);
    assert_eq!(scene.request(50).state, RequestState::Canceled);
    let invitation = scene.get::<Invitation>(1);
    assert_eq!(invitation.state, InvitationState::Error);
    assert_eq!(invitation.ticket, None);
    assert_eq!(scene.holds(BOB), ["group Old friends: Member"]);
    let bob = scene.person(BOB);
    assert!(bob.is_blocked());
    assert_eq!(bob.wait.unwrap().delete_at, Some(instant("T30")));
    let _ = scene.tick("T30");
    assert!(scene.person(BOB).living().is_none());
    // The others are untouched.
    assert_eq!(scene.assignment(2).state, AssignmentState::Delivered);
}

#[test]
fn memberships_go_where_that_is_asked_for() {
    let mut scene = scene();
    let removal = Removal {
        memberships: true,
        ..PLAIN
    };
    let departure = partings::of_person(scene.engine(), &mail(BOB), removal).unwrap();
    assert_eq!(departure.memberships_taken, ["group Old friends: Member"]);
    let _ = scene.run(offboard(removal));
    assert!(scene.holds(BOB).is_empty());
}

#[test]
fn the_account_is_deleted_at_once_where_that_is_asked_for_governed_or_not() {
    let mut scene = scene();
    scene.change(BOB, |bob| bob.governed = Governed::NotGoverned);
    let removal = Removal {
        delete: true,
        ..PLAIN
    };
    let _ = scene.run(offboard(removal));
    assert!(scene.person(BOB).living().is_none());
    assert!(
        scene
            .mails()
            .iter()
            .all(|mail| mail.starts_with("access-ended"))
    );
}

#[test]
fn who_is_not_governed_is_blocked_and_kept() {
    let mut scene = scene();
    scene.change(BOB, |bob| bob.governed = Governed::NotGoverned);
    let _ = scene.run(offboard(PLAIN));
    let bob = scene.person(BOB);
    assert!(bob.is_blocked() && bob.wait.is_none());
    assert!(!scene.tick("T400").done.contains_key("deleted"));
}

#[test]
fn the_block_is_an_administrators_and_a_new_assignment_does_not_lift_it() {
    let mut scene = scene();
    let _ = scene.run(offboard(PLAIN));
    let _ = scene.run(grant(BOB));
    assert!(scene.person(BOB).is_blocked());
}

#[test]
fn a_second_time_finds_nothing_left() {
    let mut scene = scene();
    let _ = scene.run(offboard(PLAIN));
    let again = scene.run(offboard(PLAIN));
    assert!(again.is_empty(), "{again:?}");
}

#[test]
fn our_own_people_and_strangers_are_refused() {
    let mut scene = scene();
    let own = Command::Offboard(mail("admin@contoso.com"), PLAIN);
    assert_eq!(scene.refused(own).ground, Ground::State);
    let stranger = Command::Offboard(mail("nobody@wingtip.example"), PLAIN);
    assert_eq!(scene.refused(stranger).ground, Ground::Unknown);
    scene.member("ana@contoso.com", &[]);
    let refusal = scene.acting("ana@contoso.com").refused(offboard(PLAIN));
    assert_eq!(refusal.ground, Ground::NotAllowed);
}

#[test]
fn an_organization_goes_with_everybody_by_domain_and_by_tenant() {
    let mut scene = scene();
    // Somebody who signs in with Litware's tenant under another domain, and who also has its domain.
    scene.change(EVE, |eve| {
        eve.identities = vec![Identity::Tenant {
            tenant: Guid::parse(TENANT).unwrap(),
        }];
    });
    scene.change(KIM, |kim| {
        kim.identities = vec![Identity::Tenant {
            tenant: Guid::parse(TENANT).unwrap(),
        }];
    });
    let command = organization::Command::Offboard("litware".to_owned(), PLAIN);
    let begun = scene.run(command);
    let number = partings::begun(&begun).unwrap();
    let done = scene.tick("T0").done;
    assert_eq!((done["offboarded"], done["blocked"]), (2, 2));
    let tally = scene.get::<Offboarding>(number).tally;
    assert_eq!((tally.people, tally.assignments, tally.blocked), (2, 2, 2));
    assert!(!scene.person(BOB).is_blocked());
    assert_eq!(scene.tick("T0").due, 0);
}

#[test]
fn subdomains_belong_to_an_organization_that_says_so() {
    let mut scene = scene();
    let wingtip = partings::organization(scene.engine(), "wingtip").unwrap();
    let (report, people) = partners::partner(scene.engine(), &wingtip).unwrap();
    assert_eq!(people, [BOB, EVE]);
    assert_eq!(
        (report.people, report.guests, report.assignments),
        (2, 2, 2)
    );
    assert_eq!(report.found_by, ["wingtip.example", "*.wingtip.example"]);
    let (departures, taken) = partings::of_organization(scene.engine(), &wingtip, PLAIN).unwrap();
    assert_eq!(departures.len(), 2);
    assert_eq!(
        (taken.people, taken.assignments, taken.scheduled),
        (2, 2, 2)
    );
    assert!(scene.mails().is_empty());
}

#[test]
fn an_organization_that_was_only_seen_is_found_by_its_domain() {
    let mut scene = scene();
    let seen = SeenOrganization {
        number: 1,
        sign_in: SignIn::Domain,
        domain: "tailspin.example".to_owned(),
        since: None,
        request: 1,
    };
    scene.write(&|desk| desk.keep(&seen));
    let all = partners::all(scene.engine()).unwrap();
    let names: Vec<(&str, &str, bool)> = all
        .iter()
        .map(|one| (one.name.as_str(), one.state, one.declared))
        .collect();
    assert_eq!(
        names,
        [
            ("litware", "configured", true),
            ("wingtip", "configured", true),
            ("tailspin.example", "proposed", false)
        ]
    );
    assert!(partings::organization(scene.engine(), "tailspin.example").is_ok());
    assert!(partings::organization(scene.engine(), "adatum.example").is_err());
}

#[test]
fn a_large_organization_goes_in_pieces() {
    let mut scene = Scene::of(TREE);
    for number in 0..120 {
        let _ = scene.run(grant(&format!("guest{number}@wingtip.example")));
    }
    let command = organization::Command::Offboard("wingtip".to_owned(), PLAIN);
    let number = partings::begun(&scene.run(command)).unwrap();
    let piece = scene.run(organization::Command::Continue(number));
    assert!(piece.writes.len() < 400, "{}", piece.writes.len());
    assert_eq!(scene.get::<Offboarding>(number).tally.people, 50);
    // Whoever began it is gone: the next tick goes on.
    let _ = scene.tick("T0");
    let offboarding = scene.get::<Offboarding>(number);
    assert_eq!((offboarding.tally.people, offboarding.due), (120, None));
}

#[test]
fn at_the_command_line_a_drill_then_the_real_thing() {
    let sandbox = Sandbox::project().write("tree.yaml", TREE);
    let _ = sandbox.run(["apply", "--auto-approve"]).exits(0);
    for guest in [BOB, EVE] {
        let granted = [
            "assignment",
            "grant",
            guest,
            "library",
            "--policy",
            "direct",
            "--at",
            BEGIN,
        ];
        let _ = sandbox.run(granted).exits(0);
    }
    let _ = sandbox
        .run(["organization", "list"])
        .exits(0)
        .says("wingtip")
        .says("2 organizations");
    let _ = sandbox
        .run(["organization", "show", "wingtip"])
        .exits(0)
        .says(EVE);
    let drill = sandbox.run(["guest", "offboard", BOB, "--drill", "--at", BEGIN]);
    let _ = drill
        .exits(0)
        .says("a drill: nothing is changed")
        .says("1 (package/library)")
        .says("deleted on 2027-01-31T00:00:00Z")
        .says("organization/wingtip");
    let _ = sandbox
        .run(["guest", "offboard", BOB])
        .exits(64)
        .says("no terminal to ask on");
    let real = [
        "guest",
        "offboard",
        BOB,
        "--auto-approve",
        "--delete",
        "--at",
        BEGIN,
    ];
    let _ = sandbox
        .run(real)
        .exits(0)
        .says("deleted at once; it can be restored for 30 days");
    let drill = [
        "organization",
        "offboard",
        "wingtip",
        "--drill",
        "--format",
        "json",
        "--at",
        BEGIN,
    ];
    let drilled = sandbox.run(drill).exits(0);
    let drilled: serde_json::Value = serde_json::from_str(&drilled.stdout).unwrap();
    assert_eq!(drilled["drill"], true);
    assert_eq!(drilled["departures"][1]["person"], EVE);
    assert_eq!(drilled["taken"]["assignments"], 1);
    let real = [
        "organization",
        "offboard",
        "wingtip",
        "--auto-approve",
        "--at",
        BEGIN,
    ];
    let _ = sandbox.run(real).exits(0).says("1  assignments ended");
    let _ = sandbox
        .run(["organization", "offboard", "nowhere", "--drill"])
        .exits(1)
        .says("no organization is known as nowhere");
}
