//! Whether somebody whom the directory does not know may be let into it: the domain list, then cross-tenant access. Fact
//! sheet `entra-behaviour` §5. Guests who are here already are not looked at again.

use crate::governance::record::{Identity, Person};
use crate::governance::{Desk, Ground, Refusal, Unread};
use crate::model::kinds::{CrossTenant, Domains, Organization, Reach};
use crate::model::text::{Domain, DomainRule};
use crate::model::{Address, Kind, Name, Object};

/// Returns why somebody cannot be invited; `None` when they can, or need no invitation.
pub(in crate::governance) fn refusal(
    desk: &Desk<'_>,
    person: &Person,
) -> Result<Option<Refusal>, Unread> {
    if person.living().is_some() {
        return Ok(None);
    }
    if desk.moment.tenant.is_own(person.mail.domain()) {
        let message = format!(
            "{} is an address of our own, and nobody of the directory has it",
            person.mail
        );
        return Ok(Some(Refusal::new(Ground::Address, message).help(
            "our own people are members of the directory; only people from outside are invited",
        )));
    }
    if let Some(refusal) = listed(desk, person)? {
        return Ok(Some(refusal));
    }
    crossing(desk, person)
}

fn listed(desk: &Desk<'_>, person: &Person) -> Result<Option<Refusal>, Unread> {
    let setting = desk.setting(Kind::Domains)?;
    let Some(Object::Domains(domains)) = setting.as_ref().map(|thing| &thing.object) else {
        return Ok(None);
    };
    let Ok(domain) = Domain::parse(person.mail.domain()) else {
        return Ok(None);
    };
    let message = match refused(domains, &domain) {
        None => return Ok(None),
        Some(Unlisted::Blocked(rule)) => format!(
            "{domain} is blocked: {} is on the tenant's block list",
            rule.domain
        ),
        Some(Unlisted::NotAllowed) => {
            format!("{domain} is not on the tenant's list of domains that may be invited")
        }
    };
    let help = "the list is `domains:` of the tree; it wins over organizations";
    Ok(Some(Refusal::new(Ground::Domain, message).help(help)))
}

/// Why the tenant's list of domains refuses one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlisted<'d> {
    /// The block list names it, or a domain above it.
    Blocked(&'d DomainRule),
    /// The allow list does not name it.
    NotAllowed,
}

/// Returns why the tenant's list of domains refuses one; `None` when it does not.
#[must_use]
pub fn refused<'d>(list: &'d Domains, domain: &Domain) -> Option<Unlisted<'d>> {
    let Domains { allow, block } = list;
    let mut blocked = block.iter().flatten();
    if let Some(rule) = blocked.find(|rule| rule.domain.covers(domain)) {
        return Some(Unlisted::Blocked(rule));
    }
    let allowed = allow.as_ref().is_none_or(|list| {
        list.iter()
            .any(|rule| rule.domain == *domain || rule.subdomains && rule.domain.covers(domain))
    });
    (!allowed).then_some(Unlisted::NotAllowed)
}

/// Returns true for cross-tenant settings that let nobody of their organization in.
#[must_use]
pub fn is_closed(settings: &CrossTenant) -> bool {
    let inbound = settings.inbound.as_ref();
    inbound.is_some_and(|inbound| matches!(inbound.users, Reach::None))
}

fn crossing(desk: &Desk<'_>, person: &Person) -> Result<Option<Refusal>, Unread> {
    let tenants = person
        .identities
        .iter()
        .any(|identity| matches!(identity, Identity::Tenant { .. }));
    let partner = match super::organization::of(desk, person)? {
        Some(partner) => Some(partner),
        // Without a sign-in so far, the domain says which tenant it would be.
        None if !tenants => super::organization::claimed(desk, person)?,
        None => None,
    };
    let Some(partner) = partner.filter(|thing| {
        thing
            .organization()
            .is_some_and(|partner: &Organization| partner.tenant.is_some())
    }) else {
        return Ok(None);
    };
    let Ok(name) = Name::parse(partner.address.own_name()) else {
        return Ok(None);
    };
    let access = desk.at(&Address::new(Kind::CrossTenant, &name))?;
    let Some(Object::CrossTenant(settings)) = access.as_ref().map(|thing| &thing.object) else {
        return Ok(None);
    };
    if is_closed(settings) {
        let message = format!("cross-tenant access blocks people of {}", partner.address);
        let help = format!(
            "whoever looks after {} can open it: `crossTenant: inbound: users:`",
            partner.address
        );
        return Ok(Some(Refusal::new(Ground::CrossTenant, message).help(help)));
    }
    Ok(None)
}
