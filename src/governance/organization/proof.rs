//! Which declared organization somebody belongs to: by what they have proved, or by what their address claims. Fact sheets
//! `entra-behaviour` §2, `graph-b2b` §2.

use std::rc::Rc;

use crate::governance::record::Identity;
use crate::governance::{Desk, Thing, Unread};
use crate::model::kinds::{Organization, SocialProvider};
use crate::model::text::{Domain, Email};

/// Returns the declared organization that somebody belongs to, by a verified identity: a tenant, a federation's issuer, a
/// social provider; by the domain of the address only where a passcode or a federation has proved the address.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn of(
    desk: &Desk<'_>,
    mail: &Email,
    identities: &[Identity],
) -> Result<Option<Rc<Thing>>, Unread> {
    let domain = Domain::parse(mail.domain()).ok();
    let index = desk.organizations()?;
    let candidates = identities.iter();
    let candidates = candidates.flat_map(|it| index.proving(it, domain.as_ref()));
    Ok(best(candidates, |partner| {
        let proved = identities.iter();
        proved
            .filter_map(|identity| proves(partner, identity, domain.as_ref()))
            .max()
    }))
}

/// Returns the declared organization that names the domain of an address, whatever its owner has proved. Good for messages,
/// for people whom an administrator vouches for, and for what must hold before they sign in.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn claimed(desk: &Desk<'_>, mail: &Email) -> Result<Option<Rc<Thing>>, Unread> {
    match Domain::parse(mail.domain()) {
        Ok(domain) => {
            let index = desk.organizations()?;
            Ok(best(index.naming(&domain), |partner| {
                within(partner, &domain)
            }))
        }
        Err(_) => Ok(None),
    }
}

/// Returns the declared organization whose settings count for somebody: the one they proved, otherwise the one that their
/// address claims. Who has proved another tenant is of no organization, whatever the address.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn counting(
    desk: &Desk<'_>,
    mail: &Email,
    identities: &[Identity],
) -> Result<Option<Rc<Thing>>, Unread> {
    let by_tenant = |identity: &Identity| matches!(identity, Identity::Tenant { .. });
    match of(desk, mail, identities)? {
        None if !identities.iter().any(by_tenant) => claimed(desk, mail),
        found => Ok(found),
    }
}

/// Returns the best of some organizations; of equals the first in order of addresses.
fn best<'t>(
    candidates: impl Iterator<Item = &'t Rc<Thing>>,
    rank: impl Fn(&Organization) -> Option<usize>,
) -> Option<Rc<Thing>> {
    let mut found: Option<(usize, &Rc<Thing>)> = None;
    for thing in candidates {
        let Some(rank) = thing.organization().and_then(&rank) else {
            continue;
        };
        let better = found.is_none_or(|(best, other)| {
            rank > best || rank == best && thing.address < other.address
        });
        if better {
            found = Some((rank, thing));
        }
    }
    found.map(|(_, thing)| Rc::clone(thing))
}

/// What is certain is worth more than any domain, which has at most 253 characters.
const CERTAIN: usize = 1_000;

/// Returns how well an identity proves that somebody belongs to an organization: the higher, the better; `None` where it does
/// not. Of equals the first in order of addresses counts.
#[must_use]
pub fn proves(
    partner: &Organization,
    identity: &Identity,
    domain: Option<&Domain>,
) -> Option<usize> {
    let in_domain = || domain.and_then(|domain| within(partner, domain));
    let by_domain =
        partner.tenant.is_none() && partner.federation.is_none() && partner.social.is_none();
    match identity {
        Identity::Tenant { tenant } => (partner.tenant.as_ref() == Some(tenant)).then_some(CERTAIN),
        Identity::Federation { issuer } => match &partner.federation {
            Some(federation) if federation.issuer.as_str() == issuer => {
                in_domain().map(|rank| CERTAIN + rank)
            }
            Some(_) => None,
            None => in_domain().filter(|_| by_domain),
        },
        Identity::Passcode => in_domain().filter(|_| by_domain),
        Identity::Facebook => (partner.social == Some(SocialProvider::Facebook)).then_some(CERTAIN),
        Identity::MicrosoftAccount | Identity::Google | Identity::Own => None,
    }
}

/// Returns how well a domain matches those of an organization: whole labels, the longest rule first.
#[must_use]
pub fn within(partner: &Organization, domain: &Domain) -> Option<usize> {
    let rules = partner.domains.iter().filter(|rule| rule.names(domain));
    rules.map(|rule| rule.domain.as_str().len()).max()
}
