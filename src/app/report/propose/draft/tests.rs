//! Proposals, made of guests by hand.

use jiff::Timestamp;

use super::*;
use crate::governance::record::Place;
use crate::model::kinds::Origin;
use crate::model::text::{Domain, Guid, Principal};

const TENANT: &str = "3d0f5dec-0000-4000-8000-000000000001";

fn guest(mail: &str, holds: &[(Origin, &str, &str)]) -> Guest {
    let (_, domain) = mail.split_once('@').expect("an address");
    let hold = |(origin, name, role): &(Origin, &str, &str)| Hold {
        number: 1,
        person: crate::governance::record::PersonId(1),
        place: Place {
            origin: *origin,
            name: (*name).to_owned(),
        },
        role: (*role).to_owned(),
        source: Source::Direct,
    };
    Guest {
        mail: mail.to_owned(),
        organization: None,
        domain: Domain::parse(domain).ok(),
        tenant: None,
        company: None,
        sponsors: Vec::new(),
        blocked: false,
        holds: holds.iter().map(hold).collect(),
    }
}

fn proposed(guests: &[Guest]) -> Draft {
    let own = [Domain::parse("contoso.com").expect("a domain")];
    let ground = Ground {
        desired: None,
        taken: BTreeSet::new(),
        closed: [("staff".to_owned(), "takes no guests")].into(),
        own: &own,
        at: Timestamp::UNIX_EPOCH,
    };
    draft(guests, &ground)
}

fn addresses(draft: &Draft, kind: Kind) -> Vec<String> {
    let objects = draft.objects.iter();
    let mine = objects.filter(|one| one.address.kind() == kind);
    mine.map(|one| one.address.to_string()).collect()
}

fn body(draft: &Draft, address: &str) -> serde_json::Value {
    let mut objects = draft.objects.iter();
    let one = objects.find(|one| one.address.to_string() == address);
    one.expect(address).body.to_value()
}

const X: (Origin, &str, &str) = (Origin::Group, "X", "Member");

#[test]
fn domains_of_one_tenant_are_one_organization() {
    let signed_in = |mail: &str| Guest {
        tenant: Some(Guid::parse(TENANT).expect("an id")),
        ..guest(mail, &[X])
    };
    let draft = proposed(&[
        signed_in("a@fabrikam.com"),
        signed_in("b@fabrikam.de"),
        // Not all of this domain sign in with the tenant, so the domain stands for itself.
        signed_in("c@mixed.example"),
        guest("d@mixed.example", &[X]),
    ]);
    let organizations = addresses(&draft, Kind::Organization);
    assert_eq!(
        organizations,
        ["organization/fabrikam", "organization/mixed"]
    );
    let fabrikam = body(&draft, "organization/fabrikam");
    assert_eq!(fabrikam["tenant"], TENANT);
    assert_eq!(fabrikam["domains"], json!(["fabrikam.com", "fabrikam.de"]));
    assert_eq!(fabrikam["state"], "proposed");
    assert!(body(&draft, "organization/mixed").get("tenant").is_none());
    assert_eq!((draft.lines.len(), draft.covered), (4, 4));
}

#[test]
fn people_of_no_organization_have_a_policy_of_their_own() {
    let mut nobody = guest("zoe@gmail.com", &[X]);
    nobody.domain = None;
    let mut odd = guest("o@individuals.example", &[X]);
    odd.organization = Name::parse(INDIVIDUALS).ok();
    let draft = proposed(&[nobody, odd, guest("own@contoso.com", &[X])]);
    let policies: Vec<&str> = draft.lines.iter().map(|line| &*line.policy).collect();
    assert_eq!(
        policies,
        ["organization-individuals", INDIVIDUALS, INDIVIDUALS]
    );
    assert!(addresses(&draft, Kind::Organization).is_empty());
}

#[test]
fn every_role_has_a_package_and_every_place_one_resource() {
    let site = "https://contoso.sharepoint.com/sites/Campaign";
    let draft = proposed(&[guest(
        "a@b.example",
        &[
            (Origin::Site, site, "Members"),
            (Origin::Site, site, "Auditors"),
            (Origin::Application, "CRM", "Partner User"),
            (Origin::Team, "X", "Member"),
            X,
        ],
    )]);
    assert_eq!(
        addresses(&draft, Kind::Resource),
        ["resource/x", "resource/campaign", "resource/crm"]
    );
    assert_eq!(
        addresses(&draft, Kind::Package),
        [
            "package/campaign-auditors",
            "package/campaign-members",
            "package/crm-partner-user",
            "package/x-member"
        ]
    );
    let roles = body(&draft, "resource/campaign")["roles"].clone();
    assert_eq!(roles, json!(["Auditors", "Members", "Owners", "Visitors"]));
    assert_eq!(
        body(&draft, "resource/crm")["roles"],
        json!(["Partner User"])
    );
    // Held as a team and as a group, and given once.
    assert_eq!(draft.lines.len(), 4);
    let catalog = body(&draft, "catalog/discovered");
    assert_eq!(catalog["externallyVisible"], false);
    assert_eq!(body(&draft, "policy/x-member/b")["requestors"], "nobody");
}

#[test]
fn what_no_package_can_give_is_left_out_with_the_reason() {
    let mut blocked = guest("blocked@b.example", &[X]);
    blocked.blocked = true;
    let draft = proposed(&[
        blocked,
        guest("nothing@b.example", &[]),
        guest("staff@b.example", &[(Origin::Group, "Staff", "Member")]),
        guest(
            "admin@b.example",
            &[(Origin::DirectoryRole, "User Administrator", "Active")],
        ),
        guest(
            "odd@b.example",
            &[
                (Origin::Group, "${x}", "Member"),
                (Origin::Group, "Y", "Boss"),
            ],
        ),
    ]);
    assert!(draft.objects.is_empty() && draft.lines.is_empty());
    let left: Vec<&str> = draft.left.iter().map(|left| &*left.what).collect();
    for mail in ["blocked@", "nothing@", "staff@", "admin@", "odd@"] {
        assert!(
            left.iter().any(|what| what.starts_with(mail)),
            "{mail} in {left:?}"
        );
    }
    let many: Vec<Guest> = (0..12)
        .map(|at| guest(&format!("g{at}@b.example"), &[]))
        .collect();
    assert!(
        proposed(&many).left[0]
            .what
            .ends_with("g9@b.example and 2 more")
    );
}

#[test]
fn our_own_people_who_answer_for_most_guests_review() {
    let sponsored = |mail: &str, by: &[&str]| Guest {
        sponsors: by
            .iter()
            .map(|name| Principal::parse(name).expect("a principal"))
            .collect(),
        ..guest(mail, &[X])
    };
    let draft = proposed(&[
        sponsored(
            "a@b.example",
            &["user:ana@contoso.com", "user:kim@b.example"],
        ),
        sponsored("c@b.example", &["user:bo@contoso.com", "group:Leads"]),
        sponsored("d@b.example", &["user:bo@contoso.com"]),
    ]);
    let names = ["user:bo@contoso.com", "user:ana@contoso.com"];
    let review = body(&draft, "policy/x-member/b")["review"]["reviewers"].clone();
    let internal = body(&draft, "organization/b")["sponsors"]["internal"].clone();
    for list in [review, internal] {
        let list = list.as_array().expect("a list").clone();
        assert_eq!(list.len(), 2);
        assert!(
            names.iter().all(|name| list.contains(&json!(name))),
            "{list:?}"
        );
    }
}
