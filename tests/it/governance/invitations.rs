//! Invitations: who may send them, to whom, in which order it is checked. Entra's facts on invitations.

use guestlist::governance::invitation::{Command, Reset, Send};
use guestlist::governance::people::{GroupRow, PersonRow, Row};
use guestlist::governance::record::{
    Creation, DirectoryRole, ExternalState, Governed, Identity, Invitation, InvitationState,
    UserType,
};
use guestlist::governance::{Ground, people};
use guestlist::model::text::{Line, Principal};

use super::scene::{Scene, instant, mail};
use crate::support::{Golden, Sandbox, repository};

fn tree(invitations: &str) -> String {
    format!("version: 1\ncollaboration: {{ invitations: {invitations} }}\n")
}

fn send(address: &str) -> Command {
    Command::Send(Box::new(Send::to(address)))
}

fn with(address: &str, change: impl FnOnce(&mut Send)) -> Command {
    let mut send = Send::to(address);
    change(&mut send);
    Command::Send(Box::new(send))
}

/// A scene with one person of each sort that matters for who may invite.
fn inviters(setting: &str) -> Scene {
    let mut scene = Scene::of(&tree(setting));
    scene.member("user@contoso.com", &[DirectoryRole::UserAdministrator]);
    scene.member("inviter@contoso.com", &[DirectoryRole::GuestInviter]);
    scene.member("catalog@contoso.com", &[DirectoryRole::CatalogCreator]);
    scene.member("ana@contoso.com", &[]);
    scene.known(PersonRow {
        name: Some("Gus".to_owned()),
        user_type: Some(UserType::Guest),
        ..PersonRow::new(mail("gus@fabrikam.com"))
    });
    scene
}

/// Returns who of them may invite.
fn may(setting: &str) -> Vec<&'static str> {
    let mut scene = inviters(setting);
    let people = ["admin", "user", "inviter", "catalog", "ana"];
    let mut may = Vec::new();
    for person in people {
        let _ = scene.acting(&format!("{person}@contoso.com"));
        if scene
            .engine()
            .serve(&send(&format!("{person}@wingtip.example")).into())
            .is_ok()
        {
            may.push(person);
        }
    }
    let _ = scene.acting("gus@fabrikam.com");
    if scene
        .engine()
        .serve(&send("gus@wingtip.example").into())
        .is_ok()
    {
        may.push("gus");
    }
    may
}

#[test]
fn everyone_may_invite_when_the_tenant_says_so_guests_included() {
    assert_eq!(
        may("everyone"),
        ["admin", "user", "inviter", "catalog", "ana", "gus"]
    );
}

#[test]
fn members_may_invite_when_the_tenant_says_so_and_guests_may_not() {
    assert_eq!(
        may("members"),
        ["admin", "user", "inviter", "catalog", "ana"]
    );
}

#[test]
fn only_administrators_and_guest_inviters_may_invite_when_the_tenant_says_so() {
    assert_eq!(may("inviters"), ["admin", "user", "inviter"]);
}

#[test]
fn nobody_may_invite_when_the_tenant_says_so_not_even_who_runs_the_program() {
    assert!(may("nobody").is_empty());
    let refusal = Scene::of(&tree("nobody")).refused(send("bob@wingtip.example"));
    assert_eq!(refusal.ground, Ground::NotAllowed);
}

#[test]
fn without_the_setting_everyone_may_invite() {
    let mut scene = Scene::of("version: 1\ndomains: { block: [] }\n");
    scene.member("ana@contoso.com", &[]);
    let _ = scene.acting("ana@contoso.com");
    let _ = scene.run(send("bob@wingtip.example"));
}

#[test]
fn a_blocked_inviter_invites_nobody() {
    let mut scene = inviters("everyone");
    let _ = scene.run(people::Command::Block(mail("gus@fabrikam.com")));
    let _ = scene.acting("gus@fabrikam.com");
    assert_eq!(
        scene.refused(send("bob@wingtip.example")).ground,
        Ground::NotAllowed
    );
}

#[test]
fn an_invitation_makes_an_account_that_waits() {
    let mut scene = Scene::of(&tree("everyone"));
    let _ = scene.at("T3").run(with("Bob@Wingtip.example", |send| {
        send.name = Some("Bob".to_owned());
    }));
    let bob = scene.person("bob@wingtip.example");
    assert_eq!(bob.name, "Bob");
    assert_eq!(bob.governed, Governed::NotDefined);
    assert_eq!(bob.identities, [Identity::Own]);
    let account = bob.account.unwrap();
    assert_eq!(account.upn, "bob_wingtip.example#EXT#@contoso.com");
    assert_eq!(account.user_type, UserType::Guest);
    assert!(account.external);
    assert_eq!(account.state, Some(ExternalState::PendingAcceptance));
    assert_eq!(account.state_changed, Some(instant("T3")));
    assert_eq!(account.creation, Creation::Invitation);
    assert_eq!(scene.mails(), ["invitation to bob@wingtip.example"]);
}

#[test]
fn the_inviter_becomes_sponsor_unless_somebody_is_named() {
    let mut scene = inviters("everyone");
    let _ = scene.acting("ana@contoso.com");
    let _ = scene.run(send("bob@wingtip.example"));
    let ana = Principal::parse("user:ana@contoso.com").unwrap();
    assert_eq!(scene.person("bob@wingtip.example").sponsors, [ana]);
    let admin = Principal::parse("user:admin@contoso.com").unwrap();
    let _ = scene.run(with("eve@wingtip.example", |send| {
        send.sponsors = vec![admin.clone()];
    }));
    assert_eq!(scene.person("eve@wingtip.example").sponsors, [admin]);
}

#[test]
fn sponsors_are_at_most_five_and_known() {
    let mut scene = Scene::of(&tree("everyone"));
    let many: Vec<Principal> = (0..6)
        .map(|n| Principal::parse(&format!("user:s{n}@contoso.com")).unwrap())
        .collect();
    let refusal = scene.refused(with("bob@wingtip.example", |send| {
        send.sponsors = many.clone();
    }));
    assert_eq!(refusal.ground, Ground::Limit);
    let refusal = scene.refused(with("bob@wingtip.example", |send| {
        send.sponsors = many[..1].to_vec();
    }));
    assert_eq!(refusal.ground, Ground::Unknown);
}

#[test]
fn addresses_with_refused_characters_cannot_be_invited() {
    let mut scene = Scene::of(&tree("everyone"));
    for odd in "~!#$%^&*()+=[]{}\\/|;:<>?,\"'".chars() {
        let refusal = scene.refused(send(&format!("bo{odd}b@wingtip.example")));
        assert_eq!(refusal.ground, Ground::Address, "{odd}");
        assert!(refusal.message.contains(odd), "{odd}: {}", refusal.message);
    }
    for address in [".bob", "bob.", "-bob", "bob-"] {
        let refusal = scene.refused(send(&format!("{address}@wingtip.example")));
        assert_eq!(refusal.ground, Ground::Address, "{address}");
    }
    for address in ["b.ob", "b-ob", "_bob", "bob_"] {
        let _ = scene.run(send(&format!("{address}@wingtip.example")));
    }
}

#[test]
fn a_plus_address_is_refused_and_the_plain_one_offered() {
    let mut scene = Scene::of(&tree("everyone"));
    let refusal = scene.refused(send("bob+test@wingtip.example"));
    assert_eq!(refusal.ground, Ground::Address);
    assert_eq!(refusal.help.unwrap(), "invite bob@wingtip.example");
}

#[test]
fn a_group_address_cannot_be_invited() {
    let mut scene = Scene::of(&tree("everyone"));
    let _ = scene.run(people::Command::Import(vec![Row::Group(GroupRow {
        name: Line::parse("Design").unwrap(),
        mail: Some(Some(mail("design@wingtip.example"))),
        rule: None,
        guests: None,
        owners: None,
    })]));
    let refusal = scene.refused(send("design@wingtip.example"));
    assert_eq!(refusal.ground, Ground::Address);
    assert!(refusal.message.contains("`Design`"));
}

#[test]
fn our_own_people_and_domains_cannot_be_invited() {
    let mut scene = inviters("everyone");
    assert_eq!(
        scene.refused(send("ana@contoso.com")).ground,
        Ground::Address
    );
    assert_eq!(
        scene.refused(send("new@contoso.com")).ground,
        Ground::Address
    );
}

#[test]
fn checks_come_in_order_the_setting_the_right_the_domain_the_address() {
    let blocked = "domains: { block: [wingtip.example] }\n";
    let mut scene = Scene::of(&(tree("nobody") + blocked));
    assert_eq!(
        scene.refused(send("bob@wingtip.example")).ground,
        Ground::NotAllowed
    );
    scene.apply(&(tree("inviters") + blocked));
    scene.member("ana@contoso.com", &[]);
    let _ = scene.acting("ana@contoso.com");
    assert_eq!(
        scene.refused(send("bob@wingtip.example")).ground,
        Ground::NotAllowed
    );
    let _ = scene.at("T0");
    assert_eq!(
        scene.refused(send("bob@wingtip.example")).ground,
        Ground::Domain
    );
}

#[test]
fn the_same_person_twice_keeps_one_account_and_gets_the_mail_again_on_request() {
    let mut scene = Scene::of(&tree("everyone"));
    let _ = scene.run(send("bob@wingtip.example"));
    let first = scene.person("bob@wingtip.example");
    let _ = scene.mails();
    let _ = scene.run(with("bob@wingtip.example", |send| send.mailed = false));
    assert!(scene.mails().is_empty());
    let _ = scene.run(send("bob@wingtip.example"));
    assert_eq!(scene.mails(), ["invitation to bob@wingtip.example"]);
    let again = scene.person("bob@wingtip.example");
    assert_eq!((first.number, first.account), (again.number, again.account));
}

#[test]
fn at_most_one_copy_is_sent() {
    let mut scene = Scene::of(&tree("everyone"));
    let refusal = scene.refused(with("bob@wingtip.example", |send| {
        send.copies = vec!["a@contoso.com".to_owned(), "b@contoso.com".to_owned()];
    }));
    assert_eq!(refusal.ground, Ground::Limit);
    let _ = scene.run(with("bob@wingtip.example", |send| {
        send.copies = vec!["a@contoso.com".to_owned()];
    }));
    let sent = scene.mail_to("bob@wingtip.example");
    assert_eq!(sent.copy_to, Some(mail("a@contoso.com")));
}

#[test]
fn a_message_wins_over_the_language() {
    let mut scene = Scene::of(&tree("everyone"));
    let _ = scene.run(with("bob@wingtip.example", |send| {
        send.language = Some("nl".to_owned());
    }));
    assert_eq!(scene.mail_to("bob@wingtip.example").language.unwrap(), "nl");
    let _ = scene.run(with("bob@wingtip.example", |send| {
        send.language = Some("nl".to_owned());
        send.message = Some("Welcome!".to_owned());
    }));
    let sent = scene.mail_to("bob@wingtip.example");
    assert_eq!(
        (sent.language, sent.facts.message.as_str()),
        (None, "Welcome!")
    );
}

#[test]
fn without_a_mail_the_link_is_told_once_and_kept_nowhere() {
    let mut scene = Scene::of(&tree("everyone"));
    let decision = scene.run(with("bob@wingtip.example", |send| send.mailed = false));
    let [told] = &decision.told[..] else {
        panic!("{decision:?}");
    };
    let (_, ticket) = told.text.split_once("ticket=").unwrap();
    assert_eq!(ticket.len(), 64);
    assert!(!format!("{decision:?}").contains(ticket));
    let kept = scene.get::<Invitation>(1).ticket.unwrap();
    assert_ne!(kept, ticket);
    assert!(scene.mails().is_empty());
}

#[test]
fn a_mail_that_went_out_leaves_no_link_behind() {
    use guestlist::governance::record::Delivery;
    let mut scene = Scene::of(&tree("everyone"));
    let _ = scene.run(send("bob@wingtip.example"));
    let sent = scene.mail_to("bob@wingtip.example");
    let (_, ticket) = sent.facts.link.split_once("ticket=").unwrap();
    let kept = scene.get::<Delivery>(1);
    assert!(!format!("{kept:?}").contains(ticket));
}

#[test]
fn only_administrators_invite_members() {
    let mut scene = inviters("everyone");
    for person in ["inviter@contoso.com", "ana@contoso.com"] {
        let _ = scene.acting(person);
        let refusal = scene.refused(with("bob@wingtip.example", |send| {
            send.user_type = UserType::Member;
        }));
        assert_eq!(refusal.ground, Ground::NotAllowed, "{person}");
    }
    let _ = scene.acting("user@contoso.com");
    let _ = scene.run(with("bob@wingtip.example", |send| {
        send.user_type = UserType::Member;
    }));
    let bob = scene.person("bob@wingtip.example");
    assert!(bob.is_member() && bob.is_outside());
}

#[test]
fn a_redirect_is_an_https_address() {
    let mut scene = Scene::of(&tree("everyone"));
    for bad in [
        "http://a.example",
        "https://",
        "https://u@a.example",
        "https://a b",
        "x",
    ] {
        let refusal = scene.refused(with("bob@wingtip.example", |send| {
            send.redirect = Some(bad.to_owned());
        }));
        assert_eq!(refusal.ground, Ground::Address, "{bad}");
    }
    let good = "https://myapplications.microsoft.com/?tenantid=1";
    let _ = scene.run(with("bob@wingtip.example", |send| {
        send.redirect = Some(good.to_owned());
    }));
    assert_eq!(scene.get::<Invitation>(1).redirect, good);
}

#[test]
fn blocked_and_deleted_guests_are_not_invited_again() {
    let mut scene = Scene::of(&tree("everyone"));
    let _ = scene.run(send("bob@wingtip.example"));
    let bob = mail("bob@wingtip.example");
    let _ = scene.run(people::Command::Block(bob.clone()));
    assert_eq!(
        scene.refused(send("bob@wingtip.example")).ground,
        Ground::Blocked
    );
    let _ = scene.run(people::Command::Unblock(bob.clone()));
    let _ = scene.run(people::Command::Delete(bob));
    assert_eq!(
        scene.refused(send("bob@wingtip.example")).ground,
        Ground::State
    );
}

#[test]
fn an_internal_guest_becomes_external_and_keeps_account_and_memberships() {
    let mut scene = Scene::of(&tree("everyone"));
    scene.known(PersonRow {
        name: Some("Ina".to_owned()),
        user_type: Some(UserType::Guest),
        external: Some(false),
        upn: Some("ina@contoso.com".to_owned()),
        ..PersonRow::new(mail("ina@wingtip.example"))
    });
    let group = Line::parse("Design").unwrap();
    let _ = scene.run(people::Command::Import(vec![
        Row::Group(GroupRow {
            name: group.clone(),
            mail: None,
            rule: None,
            guests: None,
            owners: None,
        }),
        Row::Membership(people::MembershipRow {
            group,
            member: mail("ina@wingtip.example"),
            role: "Member".to_owned(),
        }),
    ]));
    let before = scene.person("ina@wingtip.example");
    assert!(!before.is_outside());
    assert_eq!(
        scene.refused(send("ina@wingtip.example")).ground,
        Ground::Address
    );
    let _ = scene.run(with("ina@wingtip.example", |send| send.internal = true));
    let after = scene.person("ina@wingtip.example");
    assert_eq!(before.number, after.number);
    assert_eq!(scene.holds("ina@wingtip.example"), ["group Design: Member"]);
    let account = after.account.unwrap();
    assert_eq!(account.upn, "ina@contoso.com");
    assert!(account.external);
    assert_eq!(account.state, Some(ExternalState::PendingAcceptance));
}

#[test]
fn a_reset_keeps_account_memberships_and_upn_and_ends_earlier_links() {
    let mut scene = Scene::of(&tree("everyone"));
    let _ = scene.run(send("bob@wingtip.example"));
    let before = scene.person("bob@wingtip.example");
    let reset = Command::Reset(Reset {
        mail: mail("bob@wingtip.example"),
        mailed: true,
        message: None,
    });
    let _ = scene.at("T5").run(reset);
    let after = scene.person("bob@wingtip.example");
    assert_eq!(before.number, after.number);
    let (before, after) = (before.account.unwrap(), after.account.unwrap());
    assert_eq!(before.upn, after.upn);
    assert_eq!(after.state, Some(ExternalState::PendingAcceptance));
    assert_eq!(after.state_changed, Some(instant("T5")));
    assert_eq!(
        scene.get::<Invitation>(1).state,
        InvitationState::Superseded
    );
    assert_eq!(
        scene.get::<Invitation>(2).state,
        InvitationState::PendingAcceptance
    );
}

#[test]
fn a_reset_takes_a_user_administrator() {
    let mut scene = inviters("everyone");
    let _ = scene.run(send("bob@wingtip.example"));
    let reset = || {
        Command::Reset(Reset {
            mail: mail("bob@wingtip.example"),
            mailed: false,
            message: None,
        })
    };
    let _ = scene.acting("inviter@contoso.com");
    assert_eq!(scene.refused(reset()).ground, Ground::NotAllowed);
    let _ = scene.acting("user@contoso.com");
    let _ = scene.run(reset());
}

const HEADER: &str = "Email address to invite [inviteeEmail] Required,Redirection url [inviteRedirectURL] Required,Send invitation message (true or false) [sendEmail],Customized invitation message [customizedMessageBody]\n";

#[test]
fn a_bulk_file_invites_everybody_in_it() {
    let rows = "bob@wingtip.example,https://myapplications.microsoft.com,true,Welcome\neve@wingtip.example,https://myapplications.microsoft.com,false,\n";
    let sandbox = Sandbox::project().write("bulk.csv", format!("version:v1.0\n{HEADER}{rows}"));
    let _ = sandbox
        .run(["invitation", "send", "--csv", "bulk.csv"])
        .exits(0)
        .says("bob@wingtip.example")
        .says("2 invitations");
    let _ = sandbox
        .run(["guest", "list", "--state", "pending"])
        .exits(0)
        .says("2 people");
}

#[test]
fn every_problem_of_a_bulk_file_is_told_and_nobody_is_invited() {
    let rows = "bob@wingtip.example,https://a.example,true,Welcome\n\
        BOB@wingtip.example,https://a.example,,\n\
        bob+x@wingtip.example,https://a.example,true,\n\
        eve@contoso.com,https://a.example,perhaps,\n\
        ,https://a.example,true,\n\
        ina@wingtip.example,,true,\n\
        uri@wingtip.example,http://a.example,true,\n\
        gus@wingtip.example,https://a.example,true,Welcome, friend\n\
        lea@wingtip.example,https://a.example,true,\"Welcome, friend\"\n";
    let sandbox = Sandbox::project().write("bulk.csv", format!("version:v1.0\n{HEADER}{rows}"));
    let told = sandbox
        .run(["invitation", "send", "--csv", "bulk.csv"])
        .exits(3);
    let mut golden = Golden::default();
    let file = repository("tests/it/governance/golden/bulk.txt");
    golden.compare(&file, &told.text());
    golden.finish();
    let _ = sandbox.run(["guest", "list"]).exits(0).says("0 people");
}

#[test]
fn a_bulk_file_begins_with_its_version_and_names_its_columns() {
    for (text, says) in [
        ("", "GL0208"),
        ("version:v2.0\n", "the first line is not the version"),
        ("version:v1.0\n", "no line names the columns"),
        (
            "version:v1.0\nEmail [inviteeMail],Url [inviteRedirectURL]\n",
            "did you mean `inviteeEmail`?",
        ),
        (
            "version:v1.0\nEmail [inviteeEmail]\n",
            "the column `[inviteRedirectURL]` is missing",
        ),
        (
            "version:v1.0\n[inviteeEmail],[inviteeEmail]\n",
            "stands twice",
        ),
    ] {
        let sandbox = Sandbox::project().write("bulk.csv", text);
        let _ = sandbox
            .run(["invitation", "send", "--csv", "bulk.csv"])
            .exits(3)
            .says(says);
    }
}

#[test]
fn the_program_invites_shows_lists_and_resets() {
    let sandbox = Sandbox::project();
    let _ = sandbox
        .run([
            "invitation",
            "send",
            "bob@wingtip.example",
            "--name",
            "Bob",
            "--no-mail",
        ])
        .exits(0)
        .says("invitation 1")
        .says("ticket=");
    let _ = sandbox
        .run(["invitation", "show", "1"])
        .exits(0)
        .says("bob@wingtip.example");
    let _ = sandbox
        .run(["invitation", "reset", "bob@wingtip.example", "--no-mail"])
        .exits(0)
        .says("invitation 2");
    let _ = sandbox
        .run(["invitation", "list"])
        .exits(0)
        .says("replaced")
        .says("2 invitations");
    let _ = sandbox.run(["invitation", "show", "7"]).exits(1);
    let _ = sandbox
        .run(["invitation", "send", "bob+x@wingtip.example"])
        .exits(4)
        .says("invite bob@wingtip.example");
}
