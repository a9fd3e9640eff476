//! Guests and invitations when the border closes: who stays, and whose invitation fails.

use std::collections::BTreeSet;

use guestlist::governance::invitation::{Command, Door, Redeem, Send};
use guestlist::governance::record::{ExternalState, Identity};
use guestlist::impact::What;
use guestlist::model::text::Guid;

use super::{Pairs, foretold, mail, told};
use crate::governance::asking::arriving;
use crate::governance::scene::Scene;
use crate::support::dice::Dice;

const TENANT: &str = "3d0f5dec-0000-4000-8000-000000000001";
const OTHER: &str = "3d0f5dec-0000-4000-8000-000000000002";
const DOMAINS: [&str; 5] = [
    "fabrikam.com",
    "x.fabrikam.com",
    "wingtip.example",
    "adatum.example",
    "litware.com",
];
const LISTS: [&str; 7] = [
    "",
    "domains: { block: [] }\n",
    "domains: { block: [fabrikam.com, adatum.example] }\n",
    "domains: { block: [adatum.example, litware.com] }\n",
    "domains: { allow: [fabrikam.com, wingtip.example] }\n",
    "domains: { allow: [{ domain: fabrikam.com, subdomains: true }, litware.com] }\n",
    "domains: { allow: [adatum.example] }\n",
];

fn tree(list: &str, closed: bool, more: bool) -> String {
    let closed = match closed {
        true => ", crossTenant: { inbound: { users: none, applications: none } }",
        false => "",
    };
    let (more, litware) = match more {
        true => (", litware.com", "other.example"),
        false => ("", "litware.com"),
    };
    format!(
        "version: 1
{list}organizations:
  wingtip: {{ displayName: Wingtip, tenant: {TENANT}, domains: [wingtip.example{more}]{closed} }}
  litware: {{ displayName: Litware, tenant: {OTHER}, domains: [{litware}]{closed} }}
catalogs:
  open: {{ displayName: Open }}
packages:
  library:
    catalog: open
    displayName: Library
    policies:
      ask: {{ requestors: anyExternal, expires: {{ after: 90d }}, approval: {{ stages: [{{ approvers: ['user:admin@contoso.com'] }}] }} }}
"
    )
}

fn tenant(id: &str) -> Identity {
    Identity::Tenant {
        tenant: Guid::parse(id).unwrap(),
    }
}

/// Of every domain somebody is a guest, somebody is invited, and somebody has only asked.
fn played(tree: &str) -> Scene {
    let mut scene = Scene::of(tree);
    scene.member("mia@contoso.com", &[]);
    for domain in DOMAINS {
        let identity = match domain {
            "wingtip.example" => tenant(TENANT),
            _ => Identity::Passcode,
        };
        scene.guest(&format!("guest@{domain}"), identity);
        let invite = Command::Send(Box::new(Send::to(format!("invited@{domain}"))));
        let _ = scene.operator().engine().serve(&invite.into());
        let ask = guestlist::governance::request::Command::Submit(arriving(
            "library",
            &format!("applicant@{domain}"),
        ));
        let _ = scene.operator().engine().serve(&ask.into());
    }
    scene
}

/// Returns true for somebody who could still redeem, however they sign in.
fn redeems(scene: &mut Scene, address: &str) -> bool {
    for identity in [tenant(TENANT), tenant(OTHER), Identity::MicrosoftAccount] {
        let redeem = Redeem {
            door: Door::Direct(mail(address)),
            identity,
            ids: Vec::new(),
            passcode: None,
            consent: true,
            accepting: Vec::new(),
        };
        let command = Command::Redeem(Box::new(redeem));
        if scene.operator().engine().serve(&command.into()).is_ok() {
            return true;
        }
    }
    false
}

fn signs_in(scene: &mut Scene, address: &str) -> bool {
    let command = guestlist::governance::people::Command::SignIn(mail(address), Vec::new());
    scene.operator().engine().serve(&command.into()).is_ok()
}

fn people(pairs: Pairs) -> BTreeSet<String> {
    pairs.into_iter().map(|(_, person)| person).collect()
}

#[test]
fn invitations_that_are_told_to_fail_do_and_guests_stay_whose_like_cannot_come() {
    let mut dice = Dice::new(13);
    let (mut failed, mut stayed, mut kept_out) = (0, 0, 0);
    for _ in 0..60 {
        let mut throw = || {
            let list = LISTS[dice.below(LISTS.len())];
            tree(list, dice.below(4) == 0, dice.below(2) == 0)
        };
        let (from, to) = (throw(), throw());
        let mut scene = played(&from);
        let mut still = played(&from);
        let effects = foretold(&mut scene, &to);
        let fail = people(told(&effects, |it| it.what == What::FailInvitation));
        let stay = people(told(&effects, |it| it.what == What::GuestStay));
        let out = told(&effects, |it| it.words().contains("they cannot sign in"));
        let keep_out = people(out);
        scene.apply(&to);
        let _ = scene.tick("T1");
        let case = format!("{from}\n{to}\n{effects:#?}");
        for domain in DOMAINS {
            let guest = format!("guest@{domain}");
            let invited = format!("invited@{domain}");
            // Guests are here before and after, whatever the lists say.
            assert!(scene.person(&guest).living().is_some(), "{case}");
            let invite = |scene: &mut Scene| {
                let new = Command::Send(Box::new(Send::to(format!("new@{domain}"))));
                scene.operator().engine().serve(&new.into()).is_ok()
            };
            let shut = invite(&mut still) && !invite(&mut scene);
            let out = signs_in(&mut still, &guest) && !signs_in(&mut scene, &guest);
            assert_eq!(stay.contains(&guest), shut || out, "{guest} {case}");
            let keep = keep_out.contains(&guest);
            assert_eq!(keep, out, "{guest} {case}");
            stayed += usize::from(shut);
            kept_out += usize::from(out);
            let known = still.look(|desk| desk.by_mail(&mail(&invited)));
            let state = known.and_then(|person| person.living().and_then(|it| it.state));
            if state == Some(ExternalState::PendingAcceptance) {
                let fails = redeems(&mut still, &invited) && !redeems(&mut scene, &invited);
                assert_eq!(fail.contains(&invited), fails, "{invited} {case}");
                failed += usize::from(fails);
            } else {
                assert!(!fail.contains(&invited), "{invited} {case}");
            }
        }
        let odd = |name: &String| name.starts_with("applicant") || name.ends_with("contoso.com");
        assert!(!stay.iter().chain(&fail).any(odd), "{case}");
    }
    assert!(
        failed > 15 && stayed > 15 && kept_out > 3,
        "{failed} {stayed} {kept_out}"
    );
}

#[test]
fn a_first_list_of_allowed_domains_counts_guests_and_invitations_apart() {
    let mut scene = played(&tree("", false, false));
    let effects = foretold(
        &mut scene,
        &tree("domains: { allow: [fabrikam.com] }\n", false, false),
    );
    let words: Vec<String> = effects
        .iter()
        .map(guestlist::impact::Effect::words)
        .collect();
    assert_eq!(
        words,
        [
            "4 open requests for package/library will be refused: the person cannot be invited",
            "4 pending invitations will fail: the domain is refused from now on",
            "4 guests stay: their domain is refused from now on, and that touches nobody who is here",
        ]
    );
}

#[test]
fn invitations_may_fail_where_others_of_an_organization_are_let_in() {
    const ID: &str = "9a2b7c10-0000-4000-8000-000000000011";
    const ANOTHER: &str = "9a2b7c10-0000-4000-8000-000000000012";
    let with = |users: &str| {
        let inbound = format!(
            "domains: [wingtip.example], crossTenant: {{ inbound: {{ users: {users}, applications: all }} }}"
        );
        tree("", false, false).replacen("domains: [wingtip.example]", &inbound, 1)
    };
    let (only, except) = (
        |id: &str| with(&format!("{{ only: [{id}] }}")),
        |id: &str| with(&format!("{{ except: [{id}] }}")),
    );
    for (from, to, is_in_doubt) in [
        (with("all"), only(ID), true),
        (only(ID), only(ANOTHER), true),
        (only(ID), only(&format!("{ID}, {ANOTHER}")), false),
        (except(&format!("{ID}, {ANOTHER}")), except(ID), false),
        (with("all"), except(ID), true),
        (only(ID), with("all"), false),
    ] {
        let mut scene = played(&from);
        let effects = foretold(&mut scene, &to);
        let doubted = people(told(&effects, |it| it.what == What::DoubtInvitation));
        let wanted: &[&str] = if is_in_doubt {
            &["invited@wingtip.example"]
        } else {
            &[]
        };
        assert_eq!(doubted.iter().collect::<Vec<_>>(), wanted, "{from} {to}");
        scene.operator().apply(&to);
        // Their tenant vouches for who they are.
        let redeem = Redeem {
            door: Door::Direct(mail("invited@wingtip.example")),
            identity: tenant(TENANT),
            ids: vec![Guid::parse(ID).unwrap()],
            passcode: None,
            consent: true,
            accepting: Vec::new(),
        };
        let command = Command::Redeem(Box::new(redeem));
        let is_in = scene.operator().engine().serve(&command.into()).is_ok();
        let is_kept_out = to.contains(&format!("only: [{ANOTHER}]")) || to.contains("except");
        assert_eq!(is_in, !is_kept_out, "{from} {to}");
    }
}
