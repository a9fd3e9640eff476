//! Whether somebody whom the directory does not know may be let into it: the domain list, then cross-tenant access. Fact
//! sheet `entra-behaviour` §5. Guests who are here already are not looked at again.

use crate::governance::record::{Identity, Person};
use crate::governance::{Desk, Ground, Refusal, Unread};
use crate::model::kinds::{Domains, Organization, Reach};
use crate::model::text::Domain;
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
    let Some(Object::Domains(Domains { allow, block })) =
        setting.as_ref().map(|thing| &thing.object)
    else {
        return Ok(None);
    };
    let Ok(domain) = Domain::parse(person.mail.domain()) else {
        return Ok(None);
    };
    let help = "the list is `domains:` of the tree; it wins over organizations";
    let blocked = block
        .iter()
        .flatten()
        .find(|rule| rule.domain.covers(&domain));
    if let Some(rule) = blocked {
        let message = format!(
            "{domain} is blocked: {} is on the tenant's block list",
            rule.domain
        );
        return Ok(Some(Refusal::new(Ground::Domain, message).help(help)));
    }
    let allowed = allow.as_ref().is_none_or(|list| {
        list.iter()
            .any(|rule| rule.domain == domain || rule.subdomains && rule.domain.covers(&domain))
    });
    if allowed {
        return Ok(None);
    }
    let message = format!("{domain} is not on the tenant's list of domains that may be invited");
    Ok(Some(Refusal::new(Ground::Domain, message).help(help)))
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
    let blocked = settings
        .inbound
        .as_ref()
        .is_some_and(|inbound| matches!(inbound.users, Reach::None));
    if blocked {
        let message = format!("cross-tenant access blocks people of {}", partner.address);
        let help = format!(
            "whoever looks after {} can open it: `crossTenant: inbound: users:`",
            partner.address
        );
        return Ok(Some(Refusal::new(Ground::CrossTenant, message).help(help)));
    }
    Ok(None)
}
