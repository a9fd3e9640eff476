//! Which organization somebody belongs to, by what they have proved. Fact sheets `entra-behaviour` §2, `graph-b2b` §2.

use std::rc::Rc;

use crate::governance::record::{Identity, Key, Mark, Person, Request, SeenOrganization, SignIn};
use crate::governance::{Activity, Desk, Thing, Unread};
use crate::model::Kind;
use crate::model::kinds::policy::Requestors;
use crate::model::kinds::{Organization, SocialProvider};
use crate::model::text::{Domain, DomainRule};

/// Returns the declared organization that somebody belongs to, by a verified identity: a tenant, a federation's issuer, a
/// social provider; by the domain of the address only where a passcode or a federation has proved the address.
pub(in crate::governance) fn of(
    desk: &Desk<'_>,
    person: &Person,
) -> Result<Option<Rc<Thing>>, Unread> {
    let domain = Domain::parse(person.mail.domain()).ok();
    best(desk, |partner| {
        let proved = person.identities.iter();
        proved
            .filter_map(|identity| proves(partner, identity, domain.as_ref()))
            .max()
    })
}

/// Returns the declared organization that names the domain of somebody's address, whatever they have proved. Good for
/// messages, and for people whom an administrator vouches for.
pub(in crate::governance) fn claimed(
    desk: &Desk<'_>,
    person: &Person,
) -> Result<Option<Rc<Thing>>, Unread> {
    let Ok(domain) = Domain::parse(person.mail.domain()) else {
        return Ok(None);
    };
    best(desk, |partner| within(partner, &domain))
}

fn best(
    desk: &Desk<'_>,
    rank: impl Fn(&Organization) -> Option<usize>,
) -> Result<Option<Rc<Thing>>, Unread> {
    let mut found: Option<(usize, Rc<Thing>)> = None;
    for thing in desk.things(Kind::Organization, None)? {
        let Some(rank) = thing.organization().and_then(&rank) else {
            continue;
        };
        let better = found.as_ref().is_none_or(|(best, other)| {
            rank > *best || rank == *best && thing.address < other.address
        });
        if better {
            found = Some((rank, thing));
        }
    }
    Ok(found.map(|(_, thing)| thing))
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
    let matches = |rule: &&DomainRule| {
        rule.domain == *domain || rule.subdomains && rule.domain.covers(domain)
    };
    let rules = partner.domains.iter().filter(matches);
    rules.map(|rule| rule.domain.as_str().len()).max()
}

/// Returns how people of an organization sign in, in words.
pub(super) fn sign_in(partner: &Organization) -> String {
    if let Some(tenant) = &partner.tenant {
        format!("the Entra tenant {tenant}")
    } else if let Some(federation) = &partner.federation {
        format!("the federation {}", federation.issuer)
    } else if partner.social.is_some() {
        "Facebook".to_owned()
    } else {
        "a one-time passcode sent to their address".to_owned()
    }
}

/// Returns how somebody signed in, in words.
pub(super) fn words(identity: &Identity) -> String {
    match identity {
        Identity::Tenant { tenant } => format!("the Entra tenant {tenant}"),
        Identity::MicrosoftAccount => "a personal Microsoft account".to_owned(),
        Identity::Google => "Google".to_owned(),
        Identity::Facebook => "Facebook".to_owned(),
        Identity::Passcode => "a one-time passcode".to_owned(),
        Identity::Federation { issuer } => format!("the federation {issuer}"),
        Identity::Own => "an account of our own".to_owned(),
    }
}

/// Returns how an organization that nobody has declared would sign in; `None` for people who came by no organization.
fn unknown(person: &Person) -> Option<(SignIn, String)> {
    let domain = person.mail.domain().to_owned();
    person
        .identities
        .iter()
        .find_map(|identity| match identity {
            Identity::Tenant { tenant } => Some((SignIn::Tenant(tenant.clone()), domain.clone())),
            Identity::Passcode | Identity::Federation { .. } => {
                Some((SignIn::Domain, domain.clone()))
            }
            Identity::MicrosoftAccount | Identity::Google | Identity::Facebook | Identity::Own => {
                None
            }
        })
}

fn known(
    desk: &Desk<'_>,
    sign_in: &SignIn,
    domain: &str,
) -> Result<Option<SeenOrganization>, Unread> {
    let key = match sign_in {
        SignIn::Tenant(tenant) => tenant.as_str(),
        SignIn::Domain => domain,
    };
    let seen = desk.find::<SeenOrganization>(Mark::SeenOrganization, &Key::new().text(key))?;
    Ok(seen.into_iter().find(|seen| seen.sign_in == *sign_in))
}

/// Remembers the organization of a request from outside that nobody has declared: it waits until the request is approved.
pub(super) fn see(desk: &mut Desk<'_>, person: &Person, request: &Request) -> Result<(), Unread> {
    let policy = desk.object(request.policy)?;
    let open = policy.as_ref().and_then(|thing| thing.policy());
    if !open.is_some_and(|policy| matches!(policy.requestors, Requestors::AnyExternal))
        || of(desk, person)?.is_some()
    {
        return Ok(());
    }
    let Some((sign_in, domain)) = unknown(person) else {
        return Ok(());
    };
    if known(desk, &sign_in, &domain)?.is_some() {
        return Ok(());
    }
    let seen = SeenOrganization {
        number: desk.fresh::<SeenOrganization>()?,
        sign_in,
        domain,
        since: None,
        request: request.number,
    };
    desk.keep(&seen)
}

/// Makes the organization of an approved request a proposed one.
pub(super) fn propose(desk: &mut Desk<'_>, request: &Request) -> Result<(), Unread> {
    let person = desk.person(request.person)?;
    if !person.is_outside() {
        return Ok(());
    }
    see(desk, &person, request)?;
    let Some((sign_in, domain)) = unknown(&person) else {
        return Ok(());
    };
    let Some(mut seen) = known(desk, &sign_in, &domain)?.filter(|seen| seen.since.is_none()) else {
        return Ok(());
    };
    seen.since = Some(desk.now());
    desk.put_because(Activity::CreateOrganization, &seen, "proposed")
}

/// Forgets the organization that only a request without success has brought.
pub(in crate::governance) fn forget(desk: &mut Desk<'_>, request: &Request) -> Result<(), Unread> {
    let person = desk.person(request.person)?;
    let Some((sign_in, domain)) = unknown(&person) else {
        return Ok(());
    };
    match known(desk, &sign_in, &domain)? {
        Some(seen) if seen.since.is_none() && seen.request == request.number => {
            desk.remove(Activity::DeleteOrganization, &seen)
        }
        _ => Ok(()),
    }
}
