//! Which policy applies: classes, choices, organizations, and people who ask for others.

use guestlist::governance::Ground;
use guestlist::governance::record::{Identity, RequestState};
use guestlist::governance::request::Ask;
use guestlist::model::Name;

use super::asking::{arriving, ask, signed_in, tenant};
use super::scene::{Scene, instant, mail};

const TREE: &str = "
version: 1
organizations:
  fabrikam: { displayName: Fabrikam, domains: [fabrikam.com] }
  proposed: { displayName: Seen, domains: [seen.example], state: proposed }
  tailspin: { displayName: Tailspin, tenant: 3d0f5dec-0000-4000-8000-000000000001 }
resources:
  guests: { group: Design guests }
catalogs:
  open: { displayName: Open, resources: [guests] }
packages:
  wide:
    catalog: open
    displayName: Wide
    grants: { guests: Member }
    policies:
      few: { requestors: { people: ['group:Buyers'] }, expires: { after: 10d } }
      members: { requestors: members, expires: { after: 20d } }
      directory: { requestors: membersAndGuests, expires: { after: 30d } }
      named: { requestors: { organizations: [fabrikam] }, expires: { after: 40d } }
      configured: { requestors: configuredOrganizations, expires: { after: 50d } }
      also: { requestors: configuredOrganizations, requests: { enabled: false }, expires: { after: 50d } }
      anybody: { requestors: anyExternal, expires: { after: 60d } }
  partners:
    catalog: open
    displayName: Partners
    grants: { guests: Member }
    policies:
      configured: { requestors: configuredOrganizations, expires: { after: 50d } }
  seen:
    catalog: open
    displayName: Seen
    grants: { guests: Member }
    policies:
      named: { requestors: { organizations: [proposed] }, expires: { after: 50d } }
  form:
    catalog: open
    displayName: Form
    grants: { guests: Member }
    policies:
      form:
        requestors: members
        justification: required
        requests: { customSchedule: true }
        onBehalf: { requestors: [manager, 'user:eva@contoso.com'] }
        expires: { after: 30d }
        questions:
          - { ask: 'Which project?', required: true, pattern: '[A-Z]{3}|X' }
          - { ask: Which rooms?, multiple: true, choices: [{ value: north, text: The north }, { value: south }] }
  fixed:
    catalog: open
    displayName: Fixed
    grants: { guests: Member }
    policies:
      fixed: { requestors: members, expires: { on: '2027-01-11T00:00:00Z' } }
";

fn scene() -> Scene {
    let mut scene = Scene::of(TREE);
    scene.member("ben@contoso.com", &[]);
    scene
}

fn policy_of(scene: &Scene, request: u64) -> String {
    let policy = scene.request(request).policy;
    let thing = scene.look(|desk| desk.object(policy)).unwrap();
    thing.address.own_name().to_owned()
}

fn name(text: &str) -> Option<Name> {
    Some(Name::parse(text).unwrap())
}

#[test]
fn the_narrowest_scope_counts_alone() {
    let mut scene = scene();
    scene.asks_as("ben@contoso.com", ask("wide"));
    assert_eq!(policy_of(&scene, 1), "members");
    let _ = scene.operator();
    scene.member("cid@contoso.com", &[]);
    scene.joins("cid@contoso.com", "Buyers");
    scene.asks_as("cid@contoso.com", ask("wide"));
    assert_eq!(policy_of(&scene, 2), "few");
    scene.asks(arriving("wide", "ada@fabrikam.com"));
    assert_eq!(policy_of(&scene, 3), "named");
    scene.asks(arriving("wide", "ada@nowhere.example"));
    assert_eq!(policy_of(&scene, 4), "anybody");
}

#[test]
fn a_guest_matches_directory_scopes_by_membership_and_organization_scopes_by_organization() {
    let mut scene = scene();
    scene.guest("gus@nowhere.example", Identity::Passcode);
    scene.asks_as("gus@nowhere.example", ask("wide"));
    assert_eq!(policy_of(&scene, 1), "directory");
    scene.guest("gus@fabrikam.com", Identity::Passcode);
    scene.asks_as("gus@fabrikam.com", ask("wide"));
    assert_eq!(policy_of(&scene, 2), "named");
    scene.asks_as("gus@fabrikam.com", ask("partners"));
    assert_eq!(policy_of(&scene, 3), "configured");
    let _ = scene.acting("gus@nowhere.example");
    assert_eq!(scene.asks_in_vain(ask("partners")).ground, Ground::NoPolicy);
}

#[test]
fn where_several_policies_remain_the_requestor_chooses() {
    let mut scene = scene();
    let both = || signed_in("wide", "eve@x.example", tenant());
    let refusal = scene.asks_in_vain(both());
    assert_eq!(refusal.ground, Ground::ChoosePolicy);
    assert_eq!(
        refusal.help.as_deref(),
        Some("choose one with `--policy`: `anybody`, `configured`")
    );
    let refusal = scene.asks_in_vain(Ask {
        policy: name("directory"),
        ..both()
    });
    assert_eq!(refusal.ground, Ground::NoPolicy);
    scene.asks(Ask {
        policy: name("configured"),
        ..both()
    });
    assert_eq!(policy_of(&scene, 1), "configured");
}

#[test]
fn a_proposed_organization_counts_only_where_a_policy_names_it() {
    let mut scene = scene();
    scene.asks(arriving("seen", "ada@seen.example"));
    let refusal = scene.asks_in_vain(arriving("partners", "ada@seen.example"));
    assert_eq!(refusal.ground, Ground::NoPolicy);
}

#[test]
fn anybody_from_outside_needs_one_time_passcodes() {
    let tree = format!("{TREE}\ncollaboration: {{ oneTimePasscode: false }}\n");
    let mut scene = Scene::of(&tree);
    let refusal = scene.asks_in_vain(arriving("wide", "ada@nowhere.example"));
    assert_eq!(refusal.ground, Ground::WrongIdentity);
    let google = signed_in("wide", "ada@nowhere.example", Identity::Google);
    scene.asks(google);
}

fn filled() -> Ask {
    Ask {
        justification: Some("Because".to_owned()),
        answers: vec![("1".to_owned(), "ABC".to_owned())],
        ..ask("form")
    }
}

#[test]
fn questions_are_answered_as_the_policy_wants_it() {
    let mut scene = scene();
    let _ = scene.acting("ben@contoso.com");
    let answer = |of: &str, with: &str| (of.to_owned(), with.to_owned());
    for (answers, message) in [
        (vec![], "`Which project?` is not answered, and must be"),
        (
            vec![answer("1", " ")],
            "`Which project?` is not answered, and must be",
        ),
        (
            vec![answer("1", "ABCD")],
            "`ABCD` does not fit what `Which project?` takes",
        ),
        (
            vec![answer("1", "aX")],
            "`aX` does not fit what `Which project?` takes",
        ),
        (
            vec![answer("1", "ABC"), answer("1", "X")],
            "`Which project?` is answered 2 times",
        ),
        (
            vec![answer("1", "ABC"), answer("9", "X")],
            "there is no question `9`",
        ),
        (
            vec![answer("1", "ABC"), answer("2", "west")],
            "`west` is no answer to `Which rooms?`",
        ),
    ] {
        let refusal = scene.asks_in_vain(Ask {
            answers,
            ..filled()
        });
        assert_eq!(refusal.ground, Ground::Answers);
        assert_eq!(refusal.message, message);
    }
    let answers = vec![
        answer("which project?", "X"),
        answer("2", "The north"),
        answer("2", "south"),
    ];
    scene.asks_as(
        "ben@contoso.com",
        Ask {
            answers,
            ..filled()
        },
    );
    let answers = scene.request(1).answers;
    assert_eq!(answers[0].values, ["X"]);
    assert_eq!(answers[1].values, ["north", "south"]);
}

#[test]
fn a_justification_is_given_where_the_policy_demands_one() {
    let mut scene = scene();
    let _ = scene.acting("ben@contoso.com");
    for justification in [None, Some("  ".to_owned())] {
        let refusal = scene.asks_in_vain(Ask {
            justification,
            ..filled()
        });
        assert_eq!(refusal.ground, Ground::Justification);
    }
}

#[test]
fn start_and_end_are_chosen_only_within_the_policy() {
    let mut scene = scene();
    let _ = scene.acting("ben@contoso.com");
    let at = |start: Option<&str>, end: Option<&str>| Ask {
        start: start.map(instant),
        end: end.map(instant),
        ..filled()
    };
    let _ = scene.at("T2").acting("ben@contoso.com");
    for ask in [
        at(Some("T1"), None),
        at(None, Some("T33")),
        at(Some("T10"), Some("T41")),
        at(Some("T10"), Some("T9")),
        Ask {
            end: Some(instant("T9")),
            ..ask("wide")
        },
    ] {
        assert_eq!(scene.asks_in_vain(ask).ground, Ground::Schedule);
    }
    scene.asks_as("ben@contoso.com", at(Some("T10"), Some("T39")));
    assert_eq!(scene.request(1).state, RequestState::Scheduled);
    let _ = scene.tick("T10");
    let assignment = scene.assignment(1);
    assert_eq!(assignment.start, instant("T10"));
    assert_eq!(assignment.end, Some(instant("T39")));
    // An end for everyone that has passed bars new requests.
    let _ = scene.at("T11").acting("ben@contoso.com");
    assert_eq!(scene.asks_in_vain(ask("fixed")).ground, Ground::Schedule);
}

#[test]
fn managers_ask_for_their_direct_reports_and_people_whom_the_policy_names() {
    let mut scene = scene();
    for person in ["mia@contoso.com", "eva@contoso.com", "top@contoso.com"] {
        scene.member(person, &[]);
    }
    let mia = scene.person("mia@contoso.com").id();
    let top = scene.person("top@contoso.com").id();
    scene.alter("ben@contoso.com", |ben| ben.manager = Some(mia));
    scene.alter("mia@contoso.com", |mia| mia.manager = Some(top));
    let for_ben = |ask: Ask| Ask {
        person: Some(mail("ben@contoso.com")),
        ..ask
    };
    let _ = scene.acting("top@contoso.com");
    assert_eq!(
        scene.asks_in_vain(for_ben(filled())).ground,
        Ground::NotAllowed
    );
    let _ = scene.acting("mia@contoso.com");
    assert_eq!(
        scene.asks_in_vain(for_ben(ask("fixed"))).ground,
        Ground::NotAllowed
    );
    scene.asks_as("mia@contoso.com", for_ben(filled()));
    let request = scene.request(1);
    assert_eq!(request.person, scene.person("ben@contoso.com").id());
    assert!(request.by.is_some());
    let for_mia = Ask {
        person: Some(mail("mia@contoso.com")),
        ..filled()
    };
    scene.asks_as("eva@contoso.com", for_mia);
    assert_eq!(scene.request(2).state, RequestState::Delivered);
}
