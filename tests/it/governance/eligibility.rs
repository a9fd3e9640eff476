//! May this person request this package? Entra's conditions, one after the other.

use guestlist::governance::assignment::{self, Direct};
use guestlist::governance::record::{Identity, RequestState, SeenOrganization};
use guestlist::governance::request::{Asker, Condition, Verdict, examine};
use guestlist::governance::{Ground, request};
use guestlist::model::Address;
use guestlist::model::text::Email;

use super::asking::{arriving, ask, signed_in, tenant};
use super::scene::{Scene, instant, mail};

const TREE: &str = "
version: 1
organizations:
  fabrikam: { displayName: Fabrikam, domains: [fabrikam.com] }
  tailspin: { displayName: Tailspin, tenant: 3d0f5dec-0000-4000-8000-000000000001, domains: [tailspin.example] }
  adatum:
    displayName: Adatum
    domains: [adatum.example]
    federation: { issuer: 'https://login.adatum.example' }
  friends: { displayName: Friends, social: facebook }
  wide: { displayName: Wide, domains: [{ domain: wide.example, subdomains: true }] }
resources:
  guests: { group: Design guests }
catalogs:
  open: { displayName: Open, resources: [guests] }
  closed: { displayName: Closed, resources: [guests], externallyVisible: false }
  draft: { displayName: Draft, resources: [guests], published: false }
packages:
  library:
    catalog: open
    displayName: Library
    grants: { guests: Member }
    policies:
      partners:
        requestors: { organizations: [fabrikam, tailspin, adatum, friends, wide] }
        expires: { after: 180d }
      staff: { requestors: members, expires: { after: 180d } }
  hush:
    catalog: open
    displayName: Hush
    hidden: true
    grants: { guests: Member }
    policies:
      all: { requestors: members, expires: { after: 30d } }
  inner:
    catalog: closed
    displayName: Inner
    grants: { guests: Member }
    policies:
      partners: { requestors: { organizations: [fabrikam] }, expires: { after: 30d } }
  plan:
    catalog: draft
    displayName: Plan
    grants: { guests: Member }
    policies:
      staff: { requestors: members, expires: { after: 30d } }
  audit:
    catalog: open
    displayName: Audit
    incompatibleWith: [package/library, 'group:Buyers']
    grants: { guests: Member }
    policies:
      staff: { requestors: members, expires: { after: 30d } }
  anybody:
    catalog: open
    displayName: Anybody
    grants: { guests: Member }
    policies:
      world: { requestors: anyExternal, expires: { after: 30d } }
  few:
    catalog: open
    displayName: Few
    grants: { guests: Member }
    policies:
      few: { requestors: { people: ['group:Buyers'] }, expires: { after: 30d } }
  off:
    catalog: open
    displayName: Off
    grants: { guests: Member }
    policies:
      off: { requestors: members, requests: { enabled: false }, expires: { after: 30d } }
";

fn scene() -> Scene {
    let mut scene = Scene::of(TREE);
    scene.member("ben@contoso.com", &[]);
    scene
}

#[test]
fn an_unpublished_catalog_takes_no_requests() {
    let mut scene = scene();
    let _ = scene.acting("ben@contoso.com");
    let refusal = scene.asks_in_vain(ask("plan"));
    assert_eq!(refusal.ground, Ground::Unpublished);
    assert_eq!(
        refusal.message,
        "the catalog of package/plan is not published"
    );
    assert!(refusal.help.is_some());
}

#[test]
fn a_catalog_that_is_closed_to_the_outside_takes_no_request_from_there() {
    let mut scene = scene();
    let refusal = scene.asks_in_vain(arriving("inner", "ada@fabrikam.com"));
    assert_eq!(refusal.ground, Ground::NotVisible);
    scene.guest("carl@fabrikam.com", Identity::Passcode);
    let _ = scene.acting("carl@fabrikam.com");
    assert_eq!(scene.asks_in_vain(ask("inner")).ground, Ground::NotVisible);
}

#[test]
fn a_blocked_account_asks_for_nothing() {
    let mut scene = scene();
    scene.alter("ben@contoso.com", |ben| {
        ben.account.as_mut().unwrap().enabled = false;
    });
    let _ = scene.acting("ben@contoso.com");
    assert_eq!(scene.asks_in_vain(ask("library")).ground, Ground::Blocked);
}

#[test]
fn somebody_from_outside_signs_in_as_the_organization_does() {
    let mut scene = scene();
    let refusal = scene.asks_in_vain(arriving("library", "eve@tailspin.example"));
    assert_eq!(refusal.ground, Ground::WrongIdentity);
    assert_eq!(
        refusal.help.as_deref(),
        Some("sign in with the Entra tenant 3d0f5dec-0000-4000-8000-000000000001")
    );
    // The tenant counts, whatever the domain of the address.
    scene.asks(signed_in("library", "eve@tailspin.example", tenant()));
    scene.asks(signed_in("library", "fay@gmail.com", tenant()));
    // Federation: the issuer and the domain.
    let federation = |issuer: &str| Identity::Federation {
        issuer: issuer.to_owned(),
    };
    let login = "https://login.adatum.example";
    scene.asks(signed_in(
        "library",
        "gil@adatum.example",
        federation(login),
    ));
    for (address, issuer) in [
        ("hal@adatum.example", "https://evil.example"),
        ("hal@other.example", login),
    ] {
        let ask = signed_in("library", address, federation(issuer));
        let ground = scene.asks_in_vain(ask).ground;
        assert!(
            matches!(ground, Ground::WrongIdentity | Ground::NoPolicy),
            "{address}"
        );
    }
    // A social provider, and nothing that looks like one.
    scene.asks(signed_in("library", "ian@outlook.com", Identity::Facebook));
    let google = signed_in("library", "joe@outlook.com", Identity::Google);
    assert_eq!(scene.asks_in_vain(google).ground, Ground::NoPolicy);
}

#[test]
fn a_mail_claim_proves_nothing() {
    let mut scene = scene();
    for identity in [Identity::MicrosoftAccount, Identity::Google, tenant()] {
        let mut ask = signed_in("library", "ada@fabrikam.com", identity.clone());
        if identity == tenant() {
            // A foreign tenant is Tailspin, not Fabrikam: the organization that counts is the one that was proved.
            scene.asks(ask);
            let ada = scene.person("ada@fabrikam.com");
            let examined = scene.look(|desk| {
                let package = desk
                    .at(&"package/library".parse::<Address>().unwrap())?
                    .unwrap();
                let asker = Asker {
                    person: ada.clone(),
                    by: None,
                };
                examine(desk, &asker, &package, None, None)
            });
            let address = examined.organization.unwrap().address.to_string();
            assert_eq!(address, "organization/tailspin");
        } else {
            ask.visitor.as_mut().unwrap().identity = Some(identity);
            assert_eq!(scene.asks_in_vain(ask).ground, Ground::WrongIdentity);
        }
    }
}

#[test]
fn domains_match_by_whole_labels() {
    let mut scene = scene();
    scene.asks(arriving("library", "ada@fabrikam.com"));
    scene.asks(arriving("library", "ada@wide.example"));
    scene.asks(arriving("library", "ada@team.wide.example"));
    for address in [
        "ada@team.fabrikam.com",
        "ada@notfabrikam.com",
        "ada@notwide.example",
    ] {
        let refusal = scene.asks_in_vain(arriving("library", address));
        assert_eq!(refusal.ground, Ground::NoPolicy, "{address}");
    }
}

#[test]
fn a_non_ascii_domain_whose_canonical_form_is_ascii_is_refused() {
    assert!(Email::parse("ada@ｆabrikam.com").is_err());
}

#[test]
fn who_no_policy_covers_is_refused() {
    let mut scene = scene();
    let refusal = scene.asks_in_vain(arriving("library", "zoe@nowhere.example"));
    assert_eq!(refusal.ground, Ground::NoPolicy);
    let _ = scene.acting("ben@contoso.com");
    assert_eq!(scene.asks_in_vain(ask("few")).ground, Ground::NoPolicy);
    scene.joins("ben@contoso.com", "Buyers");
    scene.asks_as("ben@contoso.com", ask("few"));
}

#[test]
fn switched_off_requests_take_nobody() {
    let mut scene = scene();
    let _ = scene.acting("ben@contoso.com");
    let refusal = scene.asks_in_vain(ask("off"));
    assert_eq!(refusal.ground, Ground::NoPolicy);
    assert_eq!(refusal.message, "requests for package/off are switched off");
}

#[test]
fn an_incompatible_package_or_group_is_refused_with_its_name_and_one_way_only() {
    let mut scene = scene();
    scene.asks_as("ben@contoso.com", ask("library"));
    let refusal = scene.asks_in_vain(ask("audit"));
    assert_eq!(refusal.ground, Ground::Incompatible);
    assert!(refusal.message.contains("package/library"), "{refusal}");
    // Whoever has `audit` may still get `library`.
    let _ = scene.operator();
    scene.member("cid@contoso.com", &[]);
    scene.asks_as("cid@contoso.com", ask("audit"));
    scene.asks_as("cid@contoso.com", ask("library"));
    let _ = scene.operator();
    scene.member("dan@contoso.com", &[]);
    scene.joins("dan@contoso.com", "Buyers");
    let _ = scene.acting("dan@contoso.com");
    let refusal = scene.asks_in_vain(ask("audit"));
    assert!(refusal.message.contains("group:Buyers"), "{refusal}");
}

fn assign(person: &str, policy: &str) -> assignment::Command {
    assignment::Command::Grant(Direct {
        person: mail(person),
        name: None,
        policy: policy.parse().unwrap(),
        start: None,
        end: None,
        justification: None,
    })
}

#[test]
fn separation_of_duties_binds_administrators_too() {
    let mut scene = scene();
    scene.asks_as("ben@contoso.com", ask("library"));
    let refusal = scene
        .operator()
        .refused(assign("ben@contoso.com", "policy/audit/staff"));
    assert_eq!(refusal.ground, Ground::Incompatible);
}

#[test]
fn not_even_administrators_assign_through_a_policy_for_nobody_with_requests_disabled() {
    let tree = TREE.replace("off: { requestors: members,", "off: { requestors: nobody,");
    let mut scene = Scene::of(&tree);
    let refusal = scene.refused(assign("admin@contoso.com", "policy/off/off"));
    assert_eq!(refusal.ground, Ground::NotOffered);
    let tree = tree.replace("requests: { enabled: false }, ", "");
    scene.apply(&tree);
    let _ = scene.run(assign("admin@contoso.com", "policy/off/off"));
}

#[test]
fn what_somebody_has_is_not_asked_for_again() {
    let mut scene = scene();
    scene.asks_as("ben@contoso.com", ask("library"));
    let refusal = scene.asks_in_vain(ask("library"));
    assert_eq!(refusal.ground, Ground::AlreadyAssigned);
    assert!(refusal.help.unwrap().contains("request extend 1"));
}

#[test]
fn a_domain_that_may_not_be_invited_is_refused() {
    let tree = format!("{TREE}\ndomains: {{ block: [fabrikam.com] }}\n");
    let mut scene = Scene::of(&tree);
    let refusal = scene.asks_in_vain(arriving("library", "ada@fabrikam.com"));
    assert_eq!(refusal.ground, Ground::Domain);
    // Blocking covers subdomains, and leaves guests who are here alone.
    let refusal = scene.asks_in_vain(arriving("anybody", "ada@team.fabrikam.com"));
    assert_eq!(refusal.ground, Ground::Domain);
    scene.guest("carl@fabrikam.com", Identity::Passcode);
    scene.asks_as("carl@fabrikam.com", ask("library"));
    assert_eq!(scene.request(1).state, RequestState::Delivered);
    let tree = format!("{TREE}\ndomains: {{ allow: [adatum.example] }}\n");
    scene.apply(&tree);
    let refusal = scene.asks_in_vain(arriving("anybody", "ada@nowhere.example"));
    assert_eq!(refusal.ground, Ground::Domain);
}

#[test]
fn cross_tenant_access_that_blocks_an_organization_refuses_its_people() {
    let tree = TREE.replace(
        "domains: [tailspin.example] }",
        "domains: [tailspin.example], crossTenant: { inbound: { users: none, applications: none } } }",
    );
    let mut scene = Scene::of(&tree);
    let refusal = scene.asks_in_vain(signed_in("library", "eve@tailspin.example", tenant()));
    assert_eq!(refusal.ground, Ground::CrossTenant);
}

#[test]
fn who_is_here_from_an_organization_that_is_shut_out_keeps_what_they_have_and_does_nothing() {
    let tree = TREE.replace(
        "      staff: { requestors: members, expires: { after: 180d } }\n  hush",
        "      staff: { requestors: members, expires: { after: 180d }, approval: { stages: [{ approvers: ['user:carl@tailspin.example', 'user:dave@tailspin.example'] }, { approvers: ['user:dave@tailspin.example'], fallback: ['user:ana@contoso.com'] }] } }\n  hush",
    );
    assert_ne!(tree, TREE);
    let mut scene = Scene::of(&tree);
    for person in ["ana@contoso.com", "mia@contoso.com"] {
        scene.member(person, &[]);
    }
    scene.guest("carl@tailspin.example", tenant());
    // Whoever signs in otherwise than people of the organization is none of them.
    scene.guest(
        "dave@tailspin.example",
        Identity::Tenant {
            tenant: guestlist::model::text::Guid::parse("3d0f5dec-0000-4000-8000-00000000000f")
                .unwrap(),
        },
    );
    scene.asks_as("carl@tailspin.example", ask("library"));
    scene.asks_as("mia@contoso.com", ask("library"));
    let waiting = scene.request(2);
    assert_eq!(scene.asked(waiting.number).len(), 2);
    let _ = scene.at("T1");
    scene.apply(&tree.replace(
        "domains: [tailspin.example] }",
        "domains: [tailspin.example], crossTenant: { inbound: { users: none, applications: none } } }",
    ));
    let _ = scene.tick("T1");
    assert_eq!(scene.holds("carl@tailspin.example").len(), 1);
    let sign_in = guestlist::governance::people::Command::SignIn;
    let carl = mail("carl@tailspin.example");
    let _ = scene.acting("carl@tailspin.example");
    for refusal in [
        scene.refused(request::Command::Submit(ask("hush"))),
        scene.refused(request::Command::Remove(super::asking::of("library"))),
        scene.refused(super::asking::decide(2, true)),
        scene.refused(sign_in(carl, Vec::new())),
    ] {
        assert_eq!(refusal.ground, Ground::CrossTenant, "{refusal}");
    }
    scene.approves("dave@tailspin.example", 2);
    // Who decided already is not asked again, so the fallback is.
    assert_eq!(scene.asked(2), ["ana@contoso.com"]);
    let direct = Direct {
        person: mail("carl@tailspin.example"),
        name: None,
        policy: "policy/anybody/world".parse::<Address>().unwrap(),
        start: None,
        end: None,
        justification: None,
    };
    let _ = scene.operator().run(assignment::Command::Grant(direct));
    assert_eq!(scene.request(3).state, RequestState::Delivered);
}

#[test]
fn nobody_from_a_look_alike_domain_is_let_in_without_a_decision() {
    let mut scene = scene();
    let refusal = scene.asks_in_vain(arriving("anybody", "ada@fabrikarn.com"));
    assert_eq!(refusal.ground, Ground::Domain);
    assert!(
        refusal.message.contains("looks like fabrikam.com"),
        "{refusal}"
    );
    let refusal = scene.asks_in_vain(arriving("anybody", "ada@contos\u{43e}.com"));
    assert!(
        refusal.message.contains("looks like contoso.com"),
        "{refusal}"
    );
}

#[test]
fn a_hidden_package_is_left_out_of_browsing_and_asked_for_by_name() {
    let mut scene = scene();
    let offered = |scene: &Scene, address: &str| {
        let person = scene.person(address);
        let offered = scene.look(|desk| {
            let asker = Asker {
                person: person.clone(),
                by: None,
            };
            request::offered(desk, &asker)
        });
        let names = offered.iter().map(|offer| {
            let may = if offer.examined.refusal().is_none() {
                ""
            } else {
                " (not)"
            };
            format!("{}{may}", offer.package.address.name())
        });
        names.collect::<Vec<_>>()
    };
    // Members find what is for specific people as well, and may not ask for it.
    assert_eq!(
        offered(&scene, "ben@contoso.com"),
        ["audit", "few (not)", "library"]
    );
    scene.asks_as("ben@contoso.com", ask("hush"));
    scene.guest("carl@fabrikam.com", Identity::Passcode);
    assert_eq!(offered(&scene, "carl@fabrikam.com"), ["anybody", "library"]);
}

#[test]
fn conditions_are_told_in_order_and_the_first_that_fails_is_the_refusal() {
    let mut scene = scene();
    scene.alter("ben@contoso.com", |ben| {
        ben.account.as_mut().unwrap().enabled = false;
    });
    let ben = scene.person("ben@contoso.com");
    let examined = scene.look(|desk| {
        let package = desk
            .at(&"package/plan".parse::<Address>().unwrap())?
            .unwrap();
        let asker = Asker {
            person: ben.clone(),
            by: None,
        };
        examine(desk, &asker, &package, None, None)
    });
    let order: Vec<Condition> = examined
        .findings
        .iter()
        .map(|finding| finding.condition)
        .collect();
    assert_eq!(order, Condition::ALL);
    assert_eq!(examined.refusal().unwrap().ground, Ground::Unpublished);
    let failing = examined.findings.iter();
    let failing = failing.filter(|finding| matches!(finding.verdict, Verdict::Fails(_)));
    assert_eq!(failing.count(), 2);
}

#[test]
fn eligibility_is_looked_at_again_when_a_request_is_delivered() {
    let tree = TREE.replace(
        "staff: { requestors: members, expires: { after: 180d } }",
        "staff: { requestors: members, requests: { customSchedule: true }, expires: { after: 180d } }",
    );
    let mut scene = Scene::of(&tree);
    scene.member("ben@contoso.com", &[]);
    let mut later = ask("library");
    later.start = Some(instant("T5"));
    scene.asks_as("ben@contoso.com", later.clone());
    assert_eq!(scene.request(1).state, RequestState::Scheduled);
    scene.alter("ben@contoso.com", |ben| {
        ben.account.as_mut().unwrap().enabled = false;
    });
    let _ = scene.tick("T5");
    let request = scene.request(1);
    assert_eq!(request.state, RequestState::DeliveryFailed);
    assert_eq!(request.status, "ben@contoso.com is blocked from sign-in");
    assert_eq!(scene.tick("T5").events, 0);
}

#[test]
fn a_request_from_an_unknown_organization_proposes_it_once_it_is_approved() {
    let tree = TREE.replace(
        "world: { requestors: anyExternal,",
        "world: { requestors: anyExternal, approval: { stages: [{ approvers: ['user:admin@contoso.com'] }] },",
    );
    let mut scene = Scene::of(&tree);
    scene.asks(arriving("anybody", "ada@wingtip.example"));
    let seen: SeenOrganization = scene.get(1);
    assert_eq!(
        (seen.domain.as_str(), seen.since),
        ("wingtip.example", None)
    );
    scene.approves("admin@contoso.com", 1);
    let seen: SeenOrganization = scene.get(1);
    assert_eq!(seen.since, Some(instant("T0")));
    // A request that is denied leaves nothing behind.
    scene.asks(arriving("anybody", "ada@lucerne.example"));
    scene.denies("admin@contoso.com", 2);
    assert!(scene.look(|desk| desk.get::<SeenOrganization>(2)).is_none());
    // A domain that looks like a partner's is told to those who decide.
    scene.asks(arriving("anybody", "eve@fabrikarn.com"));
    assert!(
        scene
            .request(3)
            .status
            .contains("fabrikarn.com looks like fabrikam.com")
    );
}
