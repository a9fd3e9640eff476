//! Domains that look like known ones: what is known changes with the organizations, and whoever is at such a domain gets nothing
//! that nobody approves. Held against the engine.

use guestlist::governance::people::PersonRow;
use guestlist::governance::record::{Identity, UserType};
use guestlist::governance::request::Command;
use guestlist::plan::between;

use super::already::foretold;
use super::{is_refused_as_wider, of, words};
use crate::governance::asking::{arriving, ask};
use crate::governance::scene::{Scene, instant, loaded, mail};

const DOMAINS: &[&str] = &[
    "[other.example]",
    "[midas.example]",
    "[{ domain: midas.example, subdomains: true }]",
    "[mail.midas.example]",
    "[{ domain: midas.example, subdomains: true }, mail.midas.example]",
    "[rnidas.example]",
    "[7.example]",
];

/// Somebody at every domain that these worlds tell apart.
const PEOPLE: &[&str] = &[
    "other.example",
    "\u{43e}ther.example",
    "midas.example",
    "x.midas.example",
    "mail.midas.example",
    "rnail.midas.example",
    "rnidas.example",
    "x.rnidas.example",
    "mail.rnidas.example",
    "7.example",
    "7.ex\u{430}mple",
    "elsewhere.org",
];

const POLICIES: &[&str] = &[
    "requestors: anyExternal, expires: never",
    "requestors: configuredOrganizations, expires: never",
    "requestors: membersAndGuests, expires: never",
    "requestors: anyExternal, expires: never, approval: { stages: [{ approvers: ['user:boss@contoso.com'] }] }",
];

fn tree(domains: &str, policy: &str) -> String {
    format!(
        "version: 1
organizations:
  a: {{ displayName: A, domains: {domains}, state: configured }}
catalogs: {{ open: {{ displayName: Open }} }}
packages:
  it: {{ catalog: open, displayName: It, policies: {{ p: {{ {policy} }} }} }}
"
    )
}

/// Which of the people may ask for the package, from outside or, as guests, from within.
fn may_ask(tree: &str) -> Vec<bool> {
    let domains = PEOPLE
        .iter()
        .flat_map(|domain| [(domain, false), (domain, true)]);
    let asks = domains.map(|(domain, guest)| {
        let mut scene = Scene::of(tree);
        scene.member("boss@contoso.com", &[]);
        let domain = idna::domain_to_ascii(domain).unwrap();
        let zoe = format!("zoe@{domain}");
        let (scene, ask) = match guest {
            true => {
                scene.guest(&zoe, Identity::Passcode);
                (scene.acting(&zoe), ask("it"))
            }
            false => (scene.operator(), arriving("it", &zoe)),
        };
        scene.engine().serve(&Command::Submit(ask).into()).is_ok()
    });
    asks.collect()
}

#[test]
fn what_looks_like_a_domain_gains_when_it_is_known_no_more() {
    for policy in POLICIES {
        let worlds: Vec<_> = DOMAINS
            .iter()
            .map(|domains| {
                let text = tree(domains, policy);
                (domains, may_ask(&text), loaded(&text, instant("T0")))
            })
            .collect();
        for (old, before, one) in &worlds {
            for (new, after, other) in &worlds {
                let found = of(one, other);
                let told: Vec<String> = found.rows.iter().map(words).collect();
                let case = format!("{old} {new} {policy} {told:#?}");
                let any = |one: &[bool], other: &[bool]| {
                    let mut people = one.iter().zip(other);
                    people.any(|(one, other)| !*one && *other)
                };
                let kinds = |kind: &str| told.iter().any(|row| row.starts_with(kind));
                assert_eq!(kinds("new "), any(before, after), "{case}");
                assert_eq!(kinds("gone "), any(after, before), "{case}");
                let plan = between(one, other);
                assert_eq!(
                    is_refused_as_wider(&plan, found),
                    any(before, after),
                    "{case}"
                );
            }
        }
    }
}

#[test]
fn whoever_looks_like_an_organization_is_told_by_it() {
    let said = |[old, new]: [&str; 2]| {
        let [old, new] = [old, new].map(|it| loaded(&tree(it, POLICIES[0]), instant("T0")));
        let found = of(&old, &new);
        found.rows.iter().map(words).collect::<Vec<_>>()
    };
    assert_eq!(
        said(["[midas.example]", "[7.example]"]),
        [
            "new anyone at domains that looked like known ones: it with no approval, no end date by organization/a",
            "gone anyone at domains that look like known ones from now on: it no longer: their domain looks like a known one, and nobody would approve by organization/a",
        ]
    );
}

#[test]
fn whoever_is_named_by_a_further_address_is_as_their_own_is() {
    let tree = |people: &str| {
        format!(
            "version: 1
organizations:
  a: {{ displayName: A, domains: [other.example] }}
  b: {{ displayName: B, domains: [midas.example] }}
catalogs: {{ open: {{ displayName: Open }} }}
packages:
  it: {{ catalog: open, displayName: It, policies: {{ p: {{ requestors: {{ people: [{people}] }}, expires: never }} }} }}
"
        )
    };
    let (looks, other) = ("zoe@rnidas.example", "zoe@other.example");
    for (own, further, may) in [(looks, other, false), (other, looks, true)] {
        let mut scene = Scene::of(&tree("'user:boss@contoso.com'"));
        scene.known(PersonRow {
            name: Some("Zoe".to_owned()),
            user_type: Some(UserType::Guest),
            other_mails: Some(vec![mail(further)]),
            ..PersonRow::new(mail(own))
        });
        let named = tree(&format!("'user:boss@contoso.com', 'user:{further}'"));
        let (_, found) = foretold(&mut scene, &loaded(&named, instant("T0")));
        let told = found.rows.iter().any(|row| words(row).starts_with("new "));
        scene.operator().apply(&named);
        let command = Command::Submit(ask("it")).into();
        let is_given = scene.acting(own).engine().serve(&command).is_ok();
        assert_eq!([told, is_given], [may, may], "{own}");
    }
}
