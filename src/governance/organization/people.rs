//! Who belongs to an organization. Entra's facts on connected organizations: an Entra tenant, a federation, a social
//! provider, or mail domains.

use crate::governance::lifecycle::is_concerned;
use crate::governance::record::{
    Belonging, Identity, Key, Mark, Person, RecordId, RecordKind, SeenOrganization, SignIn,
};
use crate::governance::{Desk, Range, Unread};
use crate::model::kinds::{Organization, OrganizationState};
use crate::model::{Address, Kind, Name};

/// An organization whose people are here: declared, or only seen in a request.
#[derive(Debug, Clone)]
pub struct Partner {
    /// The name that is typed: the declared one, or the domain that was seen.
    pub name: String,
    /// The name that people read.
    pub display_name: String,
    /// `configured` or `proposed`.
    pub state: &'static str,
    /// Whether a tree declares it.
    pub declared: bool,
    /// The ways its people are found.
    pub belongings: Vec<Belonging>,
}

/// Returns a declared organization, whether or not it is in a store.
#[must_use]
pub fn declared(name: &str, organization: &Organization) -> Partner {
    let mut belongings = Vec::new();
    if let Some(tenant) = &organization.tenant {
        let tenant = tenant.clone();
        belongings.push(Belonging::Identity(Identity::Tenant { tenant }));
    }
    if let Some(federation) = &organization.federation {
        let issuer = federation.issuer.to_string();
        belongings.push(Belonging::Identity(Identity::Federation { issuer }));
    }
    if organization.social.is_some() {
        belongings.push(Belonging::Identity(Identity::Facebook));
    }
    for rule in organization.domains.iter() {
        let domain = rule.domain.as_str();
        belongings.push(Belonging::Domain(domain.to_owned()));
        if rule.subdomains {
            belongings.push(Belonging::Zone(domain.to_owned()));
        }
    }
    Partner {
        name: name.to_owned(),
        display_name: organization.display_name.to_string(),
        state: match organization.state {
            OrganizationState::Configured => "configured",
            OrganizationState::Proposed => "proposed",
        },
        declared: true,
        belongings,
    }
}

fn seen(organization: &SeenOrganization) -> Partner {
    let mut belongings = Vec::new();
    if let SignIn::Tenant(tenant) = &organization.sign_in {
        let tenant = tenant.clone();
        belongings.push(Belonging::Identity(Identity::Tenant { tenant }));
    }
    belongings.push(Belonging::Domain(organization.domain.clone()));
    Partner {
        name: organization.domain.clone(),
        display_name: organization.domain.clone(),
        state: "proposed",
        declared: false,
        belongings,
    }
}

/// Finds an organization by its declared name, or by the domain or tenant that was seen in a request.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn find(desk: &Desk<'_>, name: &str) -> Result<Option<Partner>, Unread> {
    if let Ok(parsed) = Name::parse(name)
        && let Some(thing) = desk.at(&Address::new(Kind::Organization, &parsed))?
        && let Some(organization) = thing.organization()
    {
        return Ok(Some(declared(thing.address.own_name(), organization)));
    }
    let found: Option<SeenOrganization> =
        desk.first(Mark::SeenOrganization, &Key::new().text(name))?;
    Ok(found.as_ref().map(seen))
}

/// Returns every organization: those of the tree by name, then those that were only seen.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn all(desk: &Desk<'_>) -> Result<Vec<Partner>, Unread> {
    let mut partners = Vec::new();
    for thing in desk.things(Kind::Organization, None)? {
        let organization = thing.organization();
        partners.extend(organization.map(|it| declared(thing.address.own_name(), it)));
    }
    let seen_here: Vec<SeenOrganization> = desk.find(Mark::SeenOrganization, &Key::new())?;
    let mut others: Vec<&SeenOrganization> = seen_here.iter().collect();
    others.sort_by_key(|organization| organization.number);
    // One with a tenant is found by its domain and by its tenant.
    others.dedup_by_key(|organization| organization.number);
    partners.extend(others.into_iter().map(seen));
    Ok(partners)
}

/// Returns true for somebody who is found by one of these ways.
#[must_use]
pub fn belongs(person: &Person, ways: &[Belonging]) -> bool {
    use crate::governance::record::Entity;
    let mut found = false;
    person.marks(&mut |mark, key| {
        found |= ways.iter().any(|way| way.mark() == (mark, key.clone()));
    });
    found
}

/// Returns the people from outside who are found by one way, after a number, at most so many are looked at; and the number
/// after which to go on, if there may be more.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn people(
    desk: &Desk<'_>,
    way: &Belonging,
    after: u64,
    most: usize,
) -> Result<(Vec<Person>, Option<u64>), Unread> {
    let (mark, key) = way.mark();
    let last = RecordId {
        kind: RecordKind::Person,
        number: after,
    };
    let range = Range::of(mark, key.clone()).most(most);
    let found: Vec<Person> = desk.some(&range.after(Some((key, last))))?;
    let next = found.last().filter(|_| found.len() == most);
    let next = next.map(|person| person.number);
    Ok((found.into_iter().filter(is_concerned).collect(), next))
}
