//! Who is let in: the domain list and cross-tenant settings. Entra's facts on the domain list, and its table of settings.

use guestlist::governance::invitation::{Command, Door, Redeem, Send};
use guestlist::governance::record::{ExternalState, Identity, Person};
use guestlist::governance::{Ground, Stop, people};
use guestlist::model::text::Guid;

use super::scene::{Scene, mail};

const TENANT: &str = "3d0f5dec-0000-4000-8000-000000000001";

fn admitted(tree: &str, address: &str) -> Result<(), Ground> {
    let scene = Scene::of(tree);
    let address = mail(address);
    scene.look(|desk| match people::admission(desk, &address, &[]) {
        Ok(()) => Ok(Ok(())),
        Err(Stop::Refused(refusal)) => Ok(Err(refusal.ground)),
        Err(Stop::Unread(unread)) => Err(unread),
    })
}

fn tenant() -> Identity {
    Identity::Tenant {
        tenant: Guid::parse(TENANT).unwrap(),
    }
}

fn redeem(address: &str, identity: Identity) -> Command {
    Command::Redeem(Box::new(Redeem {
        door: Door::Direct(mail(address)),
        identity,
        ids: Vec::new(),
        passcode: None,
        consent: true,
        accepting: Vec::new(),
    }))
}

fn fabrikam(cross_tenant: &str) -> String {
    format!(
        "version: 1\norganizations:\n  fabrikam:\n    displayName: Fabrikam\n    tenant: {TENANT}\n    domains: [fabrikam.com]\n    crossTenant: {cross_tenant}\n"
    )
}

#[test]
fn without_a_list_every_domain_is_admitted() {
    let tree = "version: 1\ncollaboration: { invitations: everyone }\n";
    assert_eq!(admitted(tree, "bob@wingtip.example"), Ok(()));
}

#[test]
fn a_blocked_domain_is_refused_with_everything_below_it() {
    let tree = "version: 1\ndomains: { block: [wingtip.example] }\n";
    assert_eq!(admitted(tree, "bob@wingtip.example"), Err(Ground::Domain));
    assert_eq!(
        admitted(tree, "bob@eu.wingtip.example"),
        Err(Ground::Domain)
    );
    assert_eq!(admitted(tree, "bob@fabrikam.com"), Ok(()));
}

#[test]
fn domains_match_by_whole_labels() {
    let tree = "version: 1\ndomains: { block: [wingtip.example] }\n";
    assert_eq!(admitted(tree, "bob@notwingtip.example"), Ok(()));
}

#[test]
fn an_allow_list_refuses_every_other_domain() {
    let tree = "version: 1\ndomains: { allow: [fabrikam.com] }\n";
    assert_eq!(admitted(tree, "bob@fabrikam.com"), Ok(()));
    assert_eq!(admitted(tree, "bob@wingtip.example"), Err(Ground::Domain));
}

#[test]
fn an_allowed_domain_covers_its_subdomains_only_where_it_says_so() {
    let tree = "version: 1\ndomains: { allow: [fabrikam.com] }\n";
    assert_eq!(admitted(tree, "bob@eu.fabrikam.com"), Err(Ground::Domain));
    let tree = "version: 1\ndomains: { allow: [{ domain: fabrikam.com, subdomains: true }] }\n";
    assert_eq!(admitted(tree, "bob@eu.fabrikam.com"), Ok(()));
}

#[test]
fn an_empty_allow_list_admits_nobody_and_an_empty_block_list_everybody() {
    let tree = "version: 1\ndomains: { block: [] }\n";
    assert_eq!(admitted(tree, "bob@fabrikam.com"), Ok(()));
}

#[test]
fn the_domain_list_wins_over_connected_organizations() {
    let tree = fabrikam("{ inbound: { users: all, applications: all } }")
        + "domains: { block: [fabrikam.com] }\n";
    assert_eq!(admitted(&tree, "bob@fabrikam.com"), Err(Ground::Domain));
}

#[test]
fn an_organization_blocked_inbound_is_refused() {
    let tree = fabrikam("{ inbound: { users: none, applications: none } }");
    assert_eq!(
        admitted(&tree, "bob@fabrikam.com"),
        Err(Ground::CrossTenant)
    );
    assert_eq!(admitted(&tree, "bob@wingtip.example"), Ok(()));
}

#[test]
fn an_organization_without_settings_inherits_the_default_that_lets_everybody_in() {
    let tree = fabrikam("{ trust: [mfa] }");
    assert_eq!(admitted(&tree, "bob@fabrikam.com"), Ok(()));
}

#[test]
fn users_named_inbound_are_told_apart_when_they_have_signed_in() {
    let id = "7d0f5dec-0000-4000-8000-000000000007";
    let tree = fabrikam(&format!(
        "{{ inbound: {{ users: {{ only: [{id}] }}, applications: all }} }}"
    ));
    let mut scene = Scene::of(&tree);
    let _ = scene.run(Command::Send(Box::new(Send::to("bob@fabrikam.com"))));
    let refusal = scene.refused(redeem("bob@fabrikam.com", tenant()));
    assert_eq!(refusal.ground, Ground::CrossTenant);
    let _ = scene.run(Command::Redeem(Box::new(Redeem {
        door: Door::Direct(mail("bob@fabrikam.com")),
        identity: tenant(),
        ids: vec![Guid::parse(id).unwrap()],
        passcode: None,
        consent: true,
        accepting: Vec::new(),
    })));
}

#[test]
fn users_excepted_inbound_are_kept_out() {
    let id = "7d0f5dec-0000-4000-8000-000000000007";
    let tree = fabrikam(&format!(
        "{{ inbound: {{ users: {{ except: [{id}] }}, applications: all }} }}"
    ));
    let mut scene = Scene::of(&tree);
    let _ = scene.run(Command::Send(Box::new(Send::to("bob@fabrikam.com"))));
    let refusal = scene.refused(Command::Redeem(Box::new(Redeem {
        door: Door::Direct(mail("bob@fabrikam.com")),
        identity: tenant(),
        ids: vec![Guid::parse(id).unwrap()],
        passcode: None,
        consent: true,
        accepting: Vec::new(),
    })));
    assert_eq!(refusal.ground, Ground::CrossTenant);
    let _ = scene.run(redeem("bob@fabrikam.com", tenant()));
}

#[test]
fn a_domain_blocked_meanwhile_stops_who_has_not_redeemed_and_nobody_else() {
    let mut scene = Scene::of("version: 1\ndomains: { block: [] }\n");
    for address in ["bob@wingtip.example", "eve@wingtip.example"] {
        let _ = scene.run(Command::Send(Box::new(Send::to(address))));
    }
    let _ = scene.run(redeem("eve@wingtip.example", Identity::MicrosoftAccount));
    scene.apply("version: 1\ndomains: { block: [wingtip.example] }\n");
    let refusal = scene.refused(redeem("bob@wingtip.example", Identity::MicrosoftAccount));
    assert_eq!(refusal.ground, Ground::Domain);
    let eve = scene.person("eve@wingtip.example");
    assert_eq!(eve.account.unwrap().state, Some(ExternalState::Accepted));
    let _ = scene.run(people::Command::SignIn(
        mail("eve@wingtip.example"),
        Vec::new(),
    ));
}

#[test]
fn an_invitation_and_a_request_are_refused_in_the_same_words() {
    let tree = fabrikam("{ inbound: { users: none, applications: none } }")
        + "domains: { block: [wingtip.example] }\n";
    let mut scene = Scene::of(&tree);
    for address in [
        "bob@eu.wingtip.example",
        "ada@fabrikam.com",
        "new@contoso.com",
    ] {
        let invited = scene.refused(Command::Send(Box::new(Send::to(address))));
        let asked = Person::applicant(99, mail(address), String::new());
        let asked = scene.look(|desk| people::barred(desk, &asked)).unwrap();
        assert_eq!(invited, asked, "{address}");
    }
}

#[test]
fn the_settings_of_an_organization_count_for_who_proves_its_tenant_and_not_for_who_proves_another()
{
    let tree = fabrikam("{ inbound: { users: none, applications: none } }");
    let scene = Scene::of(&tree);
    let other = Identity::Tenant {
        tenant: Guid::parse("4d0f5dec-0000-4000-8000-000000000004").unwrap(),
    };
    for (address, identity, barred) in [
        ("ada@wingtip.example", tenant(), true),
        ("ada@fabrikam.com", Identity::Passcode, true),
        ("ada@fabrikam.com", other, false),
    ] {
        let person = Person {
            identities: vec![identity.clone()],
            ..Person::applicant(99, mail(address), String::new())
        };
        let found = scene.look(|desk| people::barred(desk, &person));
        assert_eq!(found.is_some(), barred, "{address} {identity:?}");
    }
}
