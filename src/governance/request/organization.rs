//! Organizations that nobody has declared and that people ask from: seen, proposed, forgotten; and sign-ins in words. Fact
//! sheet `entra-behaviour` §2.

use crate::governance::organization::of;
use crate::governance::record::{Identity, Key, Mark, Person, Request, SeenOrganization, SignIn};
use crate::governance::{Activity, Desk, Unread};
use crate::model::kinds::Organization;
use crate::model::kinds::policy::Requestors;

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
        || of(desk, &person.mail, &person.identities)?.is_some()
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
