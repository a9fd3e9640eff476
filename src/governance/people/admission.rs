//! Who is let in at all: nobody with an address of our own, then the tenant's list of domains, then the cross-tenant settings
//! of the organization. Fact sheet `entra-behaviour` §5. The one place where that is decided: an invitation, a redemption, a
//! request and its delivery ask here, and so does whatever somebody from outside does by themselves.
//!
//! A domain that is blocked stays blocked with everything below it; one that is allowed covers its subdomains only where it
//! says so. The list never touches who is here already. Cross-tenant settings do not send them away either, but keep them from
//! signing in: they do nothing by themselves, and what others do for them goes on.

use crate::governance::organization;
use crate::governance::record::{Identity, Person};
use crate::governance::{Desk, Ground, Refusal, Stop, Unread};
use crate::model::kinds::{CrossTenant, Domains, Reach};
use crate::model::text::{Domain, DomainRule, Email, Guid};
use crate::model::{Address, Kind, Name, Object, Set};

/// Returns why somebody cannot be let in; `None` when they can, or are here already.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn barred(desk: &Desk<'_>, person: &Person) -> Result<Option<Refusal>, Unread> {
    if person.living().is_some() {
        return Ok(None);
    }
    match own(desk, &person.mail) {
        Some(refusal) => Ok(Some(refusal)),
        None => refusal(desk, &person.mail, &person.identities),
    }
}

/// Returns why somebody who is here already cannot sign in: the cross-tenant settings of their organization let nobody in.
/// `None` for whoever signs in here, and for whoever is not here yet.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn shut_out(desk: &Desk<'_>, person: &Person) -> Result<Option<Refusal>, Unread> {
    if person.living().is_none() || !person.is_outside() {
        return Ok(None);
    }
    let all = desk.closed()?;
    // Most tenants close nobody, and then nobody's organization is looked for.
    if all.is_empty() {
        return Ok(None);
    }
    let partner = organization::counting(desk, &person.mail, &person.identities)?;
    let closed = partner.is_some_and(|it| all.contains(it.address.own_name()));
    Ok(closed.then(|| {
        Refusal::new(
            Ground::CrossTenant,
            format!(
                "{} cannot sign in: the cross-tenant access settings of their organization let nobody in",
                person.mail
            ),
        )
        .help("the organization's `crossTenant: { inbound: … }` in the tree says who is let in; what they have stays, and others may give them packages")
    }))
}

/// Refuses somebody from outside whom the domain list or the cross-tenant settings keep out, by their address and by how they
/// have signed in so far.
///
/// # Errors
///
/// The refusal, and what the store could not tell.
pub fn admission(desk: &Desk<'_>, mail: &Email, identities: &[Identity]) -> Result<(), Stop> {
    match refusal(desk, mail, identities)? {
        Some(refusal) => desk.refuse(refusal),
        None => Ok(()),
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
    let identities = std::slice::from_ref(identity);
    admission(desk, mail, identities)?;
    let settings = settings(desk, mail, identities)?;
    let inbound = settings.as_ref().and_then(|it| it.inbound.as_ref());
    let named = |list: &Set<Guid>| list.iter().any(|id| ids.contains(id));
    match inbound.map(|inbound| &inbound.users) {
        Some(Reach::Only(list)) if !named(list) => desk.refuse(blocked(mail).help(
            "the organization's `crossTenant: { inbound: … }` lets only some of its users and groups in",
        )),
        Some(Reach::Except(list)) if named(list) => desk.refuse(blocked(mail).help(
            "the organization's `crossTenant: { inbound: … }` keeps this user or a group of theirs out",
        )),
        _ => Ok(()),
    }
}

/// Returns why nobody with an address is invited: it is in a domain of our own, and our own people are members.
#[must_use]
pub(in crate::governance) fn own(desk: &Desk<'_>, mail: &Email) -> Option<Refusal> {
    if !desk.moment.tenant.is_own(mail.domain()) {
        return None;
    }
    let message =
        format!("{mail} is in a domain of our own, and only people from outside are invited");
    Some(
        Refusal::new(Ground::Address, message)
            .help("own people become known by `guestlist directory import`"),
    )
}

fn refusal(
    desk: &Desk<'_>,
    mail: &Email,
    identities: &[Identity],
) -> Result<Option<Refusal>, Unread> {
    if let Some(refusal) = listed(desk, mail)? {
        return Ok(Some(refusal));
    }
    let settings = settings(desk, mail, identities)?;
    let closed = settings.as_ref().is_some_and(is_closed);
    Ok(closed.then(|| blocked(mail)))
}

fn blocked(mail: &Email) -> Refusal {
    Refusal::new(
        Ground::CrossTenant,
        format!("{mail} is blocked by the cross-tenant access settings of their organization"),
    )
    .help("the organization's `crossTenant: { inbound: … }` in the tree says who is let in")
}

/// Returns why the list of domains keeps an address out: it is on the block list, or not on the allow list.
fn listed(desk: &Desk<'_>, mail: &Email) -> Result<Option<Refusal>, Unread> {
    let setting = desk.setting(Kind::Domains)?;
    let Some(Object::Domains(domains)) = setting.as_ref().map(|thing| &thing.object) else {
        return Ok(None);
    };
    let refuse =
        |message: String, help: &str| Ok(Some(Refusal::new(Ground::Domain, message).help(help)));
    let Ok(domain) = Domain::parse(mail.domain()) else {
        return refuse(
            format!("{mail} cannot come in: its domain cannot be read"),
            "the tenant keeps a list of domains, and this one cannot be held against it",
        );
    };
    match refused(domains, &domain) {
        Some(Unlisted::Blocked(rule)) => refuse(
            format!(
                "{mail} cannot come in: {} is on the tenant's block list",
                rule.domain
            ),
            "`domains: { block: … }` in the tree lists the blocked domains; each covers its subdomains, and it wins over organizations",
        ),
        Some(Unlisted::NotAllowed) => refuse(
            format!(
                "{mail} cannot come in: {domain} is not among the domains that the tenant allows"
            ),
            "`domains: { allow: … }` in the tree lists the allowed domains; a subdomain needs `subdomains: true`",
        ),
        None => Ok(None),
    }
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
    let mut blocked = list.block.iter().flatten();
    if let Some(rule) = blocked.find(|rule| rule.domain.covers(domain)) {
        return Some(Unlisted::Blocked(rule));
    }
    let allow = list.allow.as_ref()?;
    let allowed = allow.iter().any(|rule| rule.names(domain));
    (!allowed).then_some(Unlisted::NotAllowed)
}

/// Returns true for cross-tenant settings that let nobody of their organization in.
#[must_use]
pub fn is_closed(settings: &CrossTenant) -> bool {
    let inbound = settings.inbound.as_ref();
    inbound.is_some_and(|inbound| matches!(inbound.users, Reach::None))
}

/// Returns the cross-tenant settings that count for somebody; without any, the tenant's default lets everybody in.
fn settings(
    desk: &Desk<'_>,
    mail: &Email,
    identities: &[Identity],
) -> Result<Option<CrossTenant>, Unread> {
    let Some(organization) = organization::counting(desk, mail, identities)? else {
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

/// Returns true when the page of consent is skipped: the settings of the organization say so, and the identity is of its
/// tenant.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub(in crate::governance) fn consents(
    desk: &Desk<'_>,
    mail: &Email,
    identity: &Identity,
) -> Result<bool, Unread> {
    let Identity::Tenant { .. } = identity else {
        return Ok(false);
    };
    let settings = settings(desk, mail, std::slice::from_ref(identity))?;
    let consent = settings.and_then(|settings| settings.automatic_consent);
    Ok(consent.is_some_and(|consent| consent.inbound))
}
