//! Nobody is invited, or let in, whom the tenant's settings refuse: told by the settings themselves, not by the engine.

use guestlist::governance::record::{Group, Invitation, Key, Mark, Record};
use guestlist::governance::{Activity, Decision, Desk};
use guestlist::model::kinds::Reach;
use guestlist::model::text::Email;
use guestlist::model::{Address, Kind, Name, Object};

/// The settings change by applies alone, and no decision is made within one: those of now are those of the decision.
pub(crate) fn invited(decision: &Decision, desk: &Desk<'_>) {
    for event in &decision.events {
        let invites = matches!(
            event.activity,
            Activity::Invite | Activity::InviteAgain | Activity::InviteInternal | Activity::Redeem
        );
        if let (true, Some(Record::Person(person))) = (invites, &event.after) {
            let refused = refused(desk, &person.mail);
            assert!(
                !refused,
                "{} was let in and is refused: {:?}",
                person.mail, event.activity
            );
        }
    }
    for write in &decision.writes {
        if let (None, Some(Record::Invitation(invitation))) = (&write.before, &write.after) {
            plain(invitation, desk);
        }
    }
}

/// No invitation goes to a group, or to an address with a tag or an odd character.
fn plain(invitation: &Invitation, desk: &Desk<'_>) {
    let odd = |sign: char| !(sign.is_ascii_alphanumeric() || "@.-_".contains(sign));
    let address = invitation.mail.as_str();
    assert!(!address.contains(odd), "{address} was invited");
    let group = desk.find::<Group>(Mark::GroupMail, &Key::new().text(address));
    assert!(group.unwrap().is_empty(), "the group {address} was invited");
}

fn refused(desk: &Desk<'_>, mail: &Email) -> bool {
    let domain = mail.domain();
    let setting = desk.setting(Kind::Domains).unwrap();
    if let Some(Object::Domains(domains)) = setting.as_ref().map(|thing| &thing.object) {
        let below = |rule: &str| domain.ends_with(&format!(".{rule}"));
        let mut blocked = domains.block.iter().flatten();
        if blocked.any(|rule| rule.domain.as_str() == domain || below(rule.domain.as_str())) {
            return true;
        }
        let allowed = |rule: &guestlist::model::text::DomainRule| {
            rule.domain.as_str() == domain || rule.subdomains && below(rule.domain.as_str())
        };
        let mut allow = domains.allow.iter();
        if allow.any(|list| !list.iter().any(allowed)) {
            return true;
        }
    }
    // Each organization of the tree is named for its one domain.
    let name = domain.split('.').next().unwrap_or_default();
    let crossing = Address::new(Kind::CrossTenant, &Name::parse(name).unwrap());
    match desk.at(&crossing).unwrap().as_ref().map(|it| &it.object) {
        Some(Object::CrossTenant(crossing)) => {
            let inbound = crossing.inbound.as_ref();
            inbound.is_some_and(|inbound| matches!(inbound.users, Reach::None))
        }
        _ => false,
    }
}
