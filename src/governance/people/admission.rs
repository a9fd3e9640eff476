//! Who is let in at all: the tenant's list of domains, then the cross-tenant settings of the organization.

use std::rc::Rc;

use crate::governance::record::Identity;
use crate::governance::{Desk, Ground, Refusal, Stop, Thing, Unread};
use crate::model::kinds::{CrossTenant, Reach};
use crate::model::text::{DomainRule, Email, Guid};
use crate::model::{Address, Kind, Name, Object};

/// Refuses somebody from outside whom the domain list or the cross-tenant settings keep out. Asked when somebody is
/// invited, when they redeem, and when a request of theirs is approved or delivered; it never touches who is here already.
///
/// The identity decides which organization's settings count; without one it is the domain of the address.
///
/// # Errors
///
/// The refusal, and what the store could not tell.
pub fn admission(desk: &Desk<'_>, mail: &Email, identity: Option<&Identity>) -> Result<(), Stop> {
    listed(desk, mail)?;
    let Some(settings) = settings(desk, mail, identity)? else {
        return Ok(());
    };
    match settings.inbound.as_ref().map(|inbound| &inbound.users) {
        Some(Reach::None) => Err(blocked(mail).into()),
        _ => Ok(()),
    }
}

/// Refuses somebody whom the cross-tenant settings of their organization do not name, by the ids that their own tenant
/// vouches for: theirs, and those of their groups there. Asked once they have signed in, for no id is known before.
///
/// # Errors
///
/// The refusal, and what the store could not tell.
pub fn vouched(
    desk: &Desk<'_>,
    mail: &Email,
    identity: &Identity,
    ids: &[Guid],
) -> Result<(), Stop> {
    admission(desk, mail, Some(identity))?;
    let settings = settings(desk, mail, Some(identity))?;
    let inbound = settings.as_ref().and_then(|it| it.inbound.as_ref());
    let named = |list: &crate::model::Set<Guid>| list.iter().any(|id| ids.contains(id));
    match inbound.map(|inbound| &inbound.users) {
        Some(Reach::Only(list)) if !named(list) => Err(blocked(mail)
            .help("the organization's `crossTenant: { inbound: … }` lets only some of its users and groups in")
            .into()),
        Some(Reach::Except(list)) if named(list) => Err(blocked(mail)
            .help("the organization's `crossTenant: { inbound: … }` keeps this user or a group of theirs out")
            .into()),
        _ => Ok(()),
    }
}

fn blocked(mail: &Email) -> Refusal {
    Refusal::new(
        Ground::CrossTenant,
        format!("{mail} is blocked by the cross-tenant access settings of their organization"),
    )
    .help("the organization's `crossTenant: { inbound: … }` in the tree says who is let in")
}

/// Refuses an address whose domain is on the block list, or not on the allow list.
fn listed(desk: &Desk<'_>, mail: &Email) -> Result<(), Stop> {
    let thing = desk.setting(Kind::Domains)?;
    let Some(Object::Domains(domains)) = thing.as_ref().map(|thing| &thing.object) else {
        return Ok(());
    };
    let domain = mail.domain();
    let refuse = |message: String, help: &str| -> Result<(), Stop> {
        desk.refuse(Refusal::new(Ground::Domain, message).help(help))
    };
    if let Some(block) = &domains.block
        && let Some(rule) = block.iter().find(|rule| covers(rule, domain, true))
    {
        return refuse(
            format!("{mail} cannot come in: the tenant blocks {}", rule.domain),
            "`domains: { block: … }` in the tree lists the blocked domains; each covers its subdomains",
        );
    }
    if let Some(allow) = &domains.allow
        && !allow
            .iter()
            .any(|rule| covers(rule, domain, rule.subdomains))
    {
        return refuse(
            format!(
                "{mail} cannot come in: {domain} is not among the domains that the tenant allows"
            ),
            "`domains: { allow: … }` in the tree lists the allowed domains; a subdomain needs `subdomains: true`",
        );
    }
    Ok(())
}

/// Returns true when a rule names a domain, by whole labels.
fn covers(rule: &DomainRule, domain: &str, below: bool) -> bool {
    let named = rule.domain.as_str();
    match domain.strip_suffix(named) {
        Some("") => true,
        Some(rest) => below && rest.ends_with('.'),
        None => false,
    }
}

/// Returns the cross-tenant settings that count for somebody.
fn settings(
    desk: &Desk<'_>,
    mail: &Email,
    identity: Option<&Identity>,
) -> Result<Option<CrossTenant>, Unread> {
    let Some(organization) = organization_of(desk, mail, identity)? else {
        // The tenant's default lets everybody in, and no tree changes it.
        return Ok(None);
    };
    let Ok(name) = Name::parse(organization.address.own_name()) else {
        return Ok(None);
    };
    let thing = desk.at(&Address::new(Kind::CrossTenant, &name))?;
    Ok(match thing.as_ref().map(|thing| &thing.object) {
        Some(Object::CrossTenant(settings)) => Some(settings.clone()),
        _ => None,
    })
}

/// Returns the declared organization of somebody: that of the tenant they sign in to, otherwise the one with the longest
/// domain that covers their address.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn organization_of(
    desk: &Desk<'_>,
    mail: &Email,
    identity: Option<&Identity>,
) -> Result<Option<Rc<Thing>>, Unread> {
    let things = desk.things(Kind::Organization, None)?;
    let mut best: Option<(usize, Rc<Thing>)> = None;
    for thing in things {
        let Some(organization) = thing.organization() else {
            continue;
        };
        if let Some(Identity::Tenant { tenant }) = identity
            && organization.tenant.as_ref() == Some(tenant)
        {
            return Ok(Some(thing));
        }
        let covering = organization
            .domains
            .iter()
            .filter(|rule| covers(rule, mail.domain(), rule.subdomains))
            .map(|rule| rule.domain.as_str().len())
            .max();
        if let Some(length) = covering
            && best.as_ref().is_none_or(|(known, _)| length > *known)
        {
            best = Some((length, thing));
        }
    }
    Ok(best.map(|(_, thing)| thing))
}
