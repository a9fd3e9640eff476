//! One side of a comparison: the objects that decide who may have what, and what they see in somebody.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use super::offer::{Offer, refuses_guests};
use super::{Account, Base};
use crate::governance::organization::{proves, within};
use crate::governance::people::{Unlisted, is_closed, refused as refused_by};
use crate::governance::record::{Identity, Person};
use crate::governance::request::{Seen, shape};
use crate::model::kinds::{Domains, Organization, Origin, Package};
use crate::model::text::{Domain, DomainRule, Line};
use crate::model::{Address, Desired, Object};

/// The objects that decide who may have what, found by what decisions ask for.
#[derive(Debug)]
pub struct Estate<'t> {
    /// The verified domains of our own people.
    pub own: &'t [Domain],
    /// The instant at which somebody would ask.
    pub now: Timestamp,
    partners: Vec<Partner<'t>>,
    /// Whether the settings of some organization let nobody in.
    closes: bool,
    offers: BTreeMap<&'t str, Offer<'t>>,
    groups: HashMap<&'t str, &'t str>,
    /// The resources that take no guests, by their own names.
    guestless: HashSet<&'t str>,
    domains: Option<(&'t Address, &'t Domains)>,
    passcodes: bool,
    by_tenant: HashMap<&'t str, Vec<usize>>,
    by_issuer: HashMap<&'t str, Vec<usize>>,
    by_facebook: Vec<usize>,
    by_domain: HashMap<&'t str, Vec<usize>>,
    shapes: HashMap<String, Vec<(&'t Domain, bool)>>,
}

/// An organization, and whether its cross-tenant settings let nobody in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Partner<'t> {
    pub(super) address: &'t Address,
    pub(super) organization: &'t Organization,
    closed: Option<&'t Address>,
}

/// Everything that a tree sees in somebody who holds nothing and is named nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Traits<'t> {
    /// What decides which policies cover them.
    pub seen: Seen<'t>,
    /// Why they could not be invited; `None` where they could, or are here already.
    pub border: Option<Border<'t>>,
    /// The cross-tenant settings that keep them from signing in, of somebody who is here already.
    pub shut: Option<&'t Address>,
    /// Whether their domain looks like another one, so that nobody lets them in unseen.
    pub looks_alike: bool,
}

impl<'t> Traits<'t> {
    /// Returns the cross-tenant settings that keep them out, whether or not they are here already.
    pub(super) fn closing(&self) -> Option<&'t Address> {
        match self.border {
            Some(Border::Closed(settings)) => Some(settings),
            _ => self.shut,
        }
    }
}

/// Why somebody cannot be invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Border<'t> {
    /// The address is of our own people, who are not invited.
    Own,
    /// The block list names the domain, or one above it.
    Blocked(&'t DomainRule),
    /// The allow list does not name the domain.
    NotAllowed,
    /// The cross-tenant settings at this address let nobody of the organization in.
    Closed(&'t Address),
}

impl<'t> Estate<'t> {
    /// Returns the side of a tree. `own` are the verified domains of our own people, `now` is when somebody would ask.
    #[must_use]
    pub fn of(desired: &'t Desired, own: &'t [Domain], now: Timestamp) -> Self {
        let objects = desired.objects().iter();
        Self::new(objects.map(|it| (&it.address, &*it.object)), own, now)
    }

    /// Returns the side of these objects.
    #[must_use]
    pub fn new(
        objects: impl IntoIterator<Item = (&'t Address, &'t Object)>,
        own: &'t [Domain],
        now: Timestamp,
    ) -> Self {
        let mut estate = Self {
            own,
            now,
            partners: Vec::new(),
            closes: false,
            offers: BTreeMap::new(),
            groups: HashMap::new(),
            guestless: HashSet::new(),
            domains: None,
            passcodes: true,
            by_tenant: HashMap::new(),
            by_issuer: HashMap::new(),
            by_facebook: Vec::new(),
            by_domain: HashMap::new(),
            shapes: HashMap::new(),
        };
        let (mut catalogs, mut policies) = (HashMap::new(), Vec::new());
        let mut closed = HashMap::new();
        for (address, object) in objects {
            match object {
                Object::Organization(organization) => estate.partners.push(Partner {
                    address,
                    organization,
                    closed: None,
                }),
                Object::CrossTenant(settings) => {
                    if is_closed(settings) {
                        closed.insert(address.own_name(), address);
                    }
                }
                Object::Catalog(catalog) => {
                    catalogs.insert(address.own_name(), catalog);
                }
                Object::Package(package) => {
                    let offer = Offer {
                        address,
                        package,
                        catalog: None,
                        policies: Vec::new(),
                        refuses_guests: false,
                    };
                    estate.offers.insert(address.own_name(), offer);
                }
                Object::Policy(policy) => policies.push((address, policy)),
                Object::Resource(resource) => {
                    if let Some((Origin::Group | Origin::Team, name)) = resource.origin() {
                        estate.groups.insert(address.own_name(), name);
                    }
                    if !resource.guests {
                        let _ = estate.guestless.insert(address.own_name());
                    }
                }
                Object::Domains(domains) => estate.domains = Some((address, domains)),
                Object::Collaboration(settings) => {
                    estate.passcodes = settings.one_time_passcode != Some(false);
                }
                Object::ExternalUsers(_) | Object::TermsOfUse(_) | Object::Administrators(_) => {}
            }
        }
        let guestless = &estate.guestless;
        for offer in estate.offers.values_mut() {
            offer.catalog = catalogs.get(offer.package.catalog.as_str()).copied();
            offer.refuses_guests = refuses_guests(offer.package, guestless);
        }
        policies.sort_by_key(|(address, _)| *address);
        for (address, policy) in policies {
            let package = address.name().split('/').next().unwrap_or_default();
            if let Some(offer) = estate.offers.get_mut(package) {
                offer.policies.push((address, policy));
            }
        }
        estate.partners.sort_by_key(|partner| partner.address);
        for partner in &mut estate.partners {
            partner.closed = closed.get(partner.address.own_name()).copied();
            estate.closes |= partner.closed.is_some();
        }
        estate.index();
        estate
    }

    fn index(&mut self) {
        for (at, partner) in self.partners.iter().enumerate() {
            let organization = partner.organization;
            if let Some(tenant) = &organization.tenant {
                self.by_tenant.entry(tenant.as_str()).or_default().push(at);
            }
            if let Some(federation) = &organization.federation {
                let issuer = federation.issuer.as_str();
                self.by_issuer.entry(issuer).or_default().push(at);
            }
            if organization.social.is_some() {
                self.by_facebook.push(at);
            }
            for rule in &organization.domains {
                let domain = rule.domain.as_str();
                self.by_domain.entry(domain).or_default().push(at);
                let known = (&rule.domain, rule.subdomains);
                let alike = self.shapes.entry(shape(&rule.domain)).or_default();
                alike.push(known);
            }
        }
        for own in self.own {
            self.shapes.entry(shape(own)).or_default().push((own, true));
        }
    }

    /// Returns true for a package that grants something, and of that nothing to guests.
    pub(super) fn gives_no_guest(&self, package: &Package) -> bool {
        refuses_guests(package, &self.guestless)
    }

    /// Returns true for a resource that takes no guests, by its own name.
    pub(super) fn is_guestless(&self, resource: &str) -> bool {
        self.guestless.contains(resource)
    }

    /// Returns the packages, in order of names.
    pub fn offers(&self) -> impl Iterator<Item = &Offer<'t>> {
        self.offers.values()
    }

    /// Returns a package by its name.
    #[must_use]
    pub fn offer(&self, name: &str) -> Option<&Offer<'t>> {
        self.offers.get(name)
    }

    /// Returns the organizations, in order of addresses.
    pub fn organizations(&self) -> impl Iterator<Item = (&'t Address, &'t Organization)> {
        let partners = self.partners.iter();
        partners.map(|partner| (partner.address, partner.organization))
    }

    /// Returns an organization by its name.
    pub(super) fn organization(&self, name: &str) -> Option<&'t Organization> {
        let at = self
            .partners
            .binary_search_by(|partner| partner.address.own_name().cmp(name));
        let partner = at.ok().and_then(|at| self.partners.get(at));
        partner.map(|partner| partner.organization)
    }

    /// Returns the organizations that name a domain, or one above it.
    pub(super) fn naming(&self, domain: &Domain) -> impl Iterator<Item = &'t Organization> {
        let lists = domain.zones().filter_map(|zone| self.by_domain.get(zone));
        let found: Vec<usize> = lists.flatten().copied().collect();
        let partners = found.into_iter().filter_map(|at| self.partners.get(at));
        partners.map(|partner| partner.organization)
    }

    /// Returns true where the settings of some organization let nobody in.
    pub(super) const fn shuts(&self) -> bool {
        self.closes
    }

    /// Returns the tenant's list of domains.
    #[must_use]
    pub fn list(&self) -> Option<(&'t Address, &'t Domains)> {
        self.domains
    }

    /// Returns true unless one-time passcodes are switched off.
    #[must_use]
    pub const fn sends_passcodes(&self) -> bool {
        self.passcodes
    }

    /// Returns the name of the directory's group that a policy names: that of a declared resource, or the name itself; in
    /// lower case, since groups are found without regard to it.
    #[must_use]
    pub fn group(&self, name: &Line) -> String {
        self.called(name).to_lowercase()
    }

    /// Returns what the directory's group is called that a policy names.
    pub(super) fn called(&self, name: &'t Line) -> &'t str {
        let declared = self.groups.get(name.as_str()).copied();
        declared.unwrap_or(name.as_str())
    }

    /// Returns the organization that an identity proves, and the domain of the address where only it tells.
    fn proved(&self, identity: &Identity, domain: &Domain) -> Option<Partner<'t>> {
        let mut candidates: Vec<usize> = Vec::new();
        let mut add = |list: Option<&Vec<usize>>| candidates.extend(list.into_iter().flatten());
        match identity {
            Identity::Tenant { tenant } => add(self.by_tenant.get(tenant.as_str())),
            Identity::Federation { issuer } => {
                add(self.by_issuer.get(issuer.as_str()));
                domain
                    .zones()
                    .for_each(|zone| add(self.by_domain.get(zone)));
            }
            Identity::Passcode => domain
                .zones()
                .for_each(|zone| add(self.by_domain.get(zone))),
            Identity::Facebook => add(Some(&self.by_facebook)),
            Identity::MicrosoftAccount | Identity::Google | Identity::Own => {}
        }
        self.best(&candidates, |partner| {
            proves(partner, identity, Some(domain))
        })
    }

    /// Returns the organization that names a domain, whatever was proved.
    pub(super) fn claimed(&self, domain: &Domain) -> Option<Partner<'t>> {
        let lists = domain.zones().filter_map(|zone| self.by_domain.get(zone));
        let candidates: Vec<usize> = lists.flatten().copied().collect();
        self.best(&candidates, |partner| within(partner, domain))
    }

    fn best(
        &self,
        candidates: &[usize],
        rank: impl Fn(&Organization) -> Option<usize>,
    ) -> Option<Partner<'t>> {
        let ranked = candidates.iter().filter_map(|at| {
            let partner = self.partners.get(*at)?;
            Some((rank(partner.organization)?, partner))
        });
        let better = |one: &(usize, &Partner<'t>), other: &(usize, &Partner<'t>)| {
            let addresses = other.1.address.cmp(one.1.address);
            one.0.cmp(&other.0).then(addresses)
        };
        ranked.max_by(better).map(|(_, partner)| *partner)
    }

    /// Returns why the tenant's list refuses a domain.
    #[must_use]
    pub fn unlisted(&self, domain: &Domain) -> Option<Border<'t>> {
        let (_, list) = self.domains?;
        refused_by(list, domain).map(|why| match why {
            Unlisted::Blocked(rule) => Border::Blocked(rule),
            Unlisted::NotAllowed => Border::NotAllowed,
        })
    }

    /// Returns true for a domain of a partner or of our own, which others may look like.
    pub(super) fn knows(&self, domain: &Domain) -> bool {
        self.by_domain.contains_key(domain.as_str()) || self.own.contains(domain)
    }

    /// Returns true where another side knows every domain that this one knows.
    pub(super) fn is_known_to(&self, other: &Self) -> bool {
        let mut partners = self.by_domain.keys();
        let of_partners = partners.all(|domain| {
            let is_own = |own: &Domain| own.as_str() == *domain;
            other.by_domain.contains_key(domain) || other.own.iter().any(is_own)
        });
        of_partners && self.own.iter().all(|own| other.knows(own))
    }

    /// Returns true for a domain that looks like a partner's or one of our own, and is another.
    #[must_use]
    pub fn looks_alike(&self, domain: &Domain) -> bool {
        let Some(known) = self.shapes.get(&shape(domain)) else {
            return false;
        };
        known
            .iter()
            .any(|(known, subdomains)| domain != *known && !(*subdomains && known.covers(domain)))
    }

    /// Returns true where domains that are known look like each other, so that people of theirs get nothing unseen.
    pub(super) fn has_twins(&self) -> bool {
        self.shapes.values().any(|known| known.len() > 1)
    }

    /// Returns what this side sees in somebody. `unlisted` and `looks_alike` are what [`Self::unlisted`] and
    /// [`Self::looks_alike`] say of their domain.
    pub(super) fn traits_of(
        &self,
        base: &Base,
        unlisted: Option<Border<'t>>,
        looks_alike: bool,
    ) -> Traits<'t> {
        let Base {
            account,
            zone,
            sign_in,
        } = base;
        let outside = account.is_outside();
        let domain = &zone.witness;
        let identity = sign_in.identity();
        let partner = match outside {
            true => self.proved(&identity, domain),
            false => None,
        };
        let lacks_passcode = outside && identity == Identity::Passcode && !self.passcodes;
        let by_tenant = matches!(identity, Identity::Tenant { .. });
        let (border, shut) = match account {
            Account::None => (self.border(by_tenant, domain, partner, unlisted), None),
            _ if outside => (None, self.closing(by_tenant, domain, partner)),
            _ => (None, None),
        };
        Traits {
            seen: Seen {
                living: *account != Account::None,
                member: matches!(account, Account::Member | Account::ExternalMember),
                outside,
                organization: partner.map(|it| (it.address.own_name(), it.organization.state)),
                lacks_passcode,
            },
            border,
            shut,
            looks_alike: outside && looks_alike,
        }
    }

    /// Returns what this side sees in somebody whom the directory or the engine knows.
    #[must_use]
    pub fn person(&self, person: &Person) -> Traits<'t> {
        let living = person.living();
        let outside = person.is_outside();
        let domain = Domain::parse(person.mail.domain()).ok();
        let domain = domain.as_ref().filter(|_| outside);
        let partner = domain.and_then(|domain| self.proved_by(person, domain));
        let by_tenant = is_by_tenant(person);
        let (border, shut) = match (living, domain) {
            (None, Some(domain)) => {
                let unlisted = self.unlisted(domain);
                (self.border(by_tenant, domain, partner, unlisted), None)
            }
            (Some(_), Some(domain)) => (None, self.closing(by_tenant, domain, partner)),
            (_, None) => (None, None),
        };
        Traits {
            seen: Seen {
                living: living.is_some(),
                member: person.is_member(),
                outside,
                organization: partner.map(|it| (it.address.own_name(), it.organization.state)),
                lacks_passcode: outside
                    && person.identities == [Identity::Passcode]
                    && !self.passcodes,
            },
            border,
            shut,
            looks_alike: domain.is_some_and(|domain| self.looks_alike(domain)),
        }
    }

    /// Returns the organization that somebody proves with any of their identities.
    fn proved_by(&self, person: &Person, domain: &Domain) -> Option<Partner<'t>> {
        let proved = person.identities.iter().filter_map(|identity| {
            let partner = self.proved(identity, domain)?;
            let rank = proves(partner.organization, identity, Some(domain))?;
            Some((rank, partner))
        });
        let better = |one: &(usize, Partner<'t>), other: &(usize, Partner<'t>)| {
            let addresses = other.1.address.cmp(one.1.address);
            one.0.cmp(&other.0).then(addresses)
        };
        proved.max_by(better).map(|(_, partner)| partner)
    }

    /// Returns the organization whose sponsors answer for somebody; `vouched` is for an address that an administrator vouches
    /// for, of which the domain counts until they have proved something.
    pub(super) fn answering(
        &self,
        person: &Person,
        vouched: bool,
    ) -> Option<(&'t Address, &'t Organization)> {
        let domain = Domain::parse(person.mail.domain()).ok();
        let domain = domain.as_ref().filter(|_| person.is_outside())?;
        let partner = match self.proved_by(person, domain) {
            None if vouched => self.claimed(domain),
            found => found,
        };
        partner.map(|partner| (partner.address, partner.organization))
    }

    /// Returns why somebody could not be invited, were they not here already.
    pub(super) fn would_bar(&self, person: &Person) -> Option<Border<'t>> {
        let domain = Domain::parse(person.mail.domain()).ok()?;
        let partner = self.proved_by(person, &domain);
        self.border(
            is_by_tenant(person),
            &domain,
            partner,
            self.unlisted(&domain),
        )
    }

    /// Returns what this side sees in somebody.
    #[must_use]
    pub fn traits(&self, base: &Base) -> Traits<'t> {
        let domain = &base.zone.witness;
        self.traits_of(base, self.unlisted(domain), self.looks_alike(domain))
    }

    fn border(
        &self,
        by_tenant: bool,
        domain: &Domain,
        proved: Option<Partner<'t>>,
        unlisted: Option<Border<'t>>,
    ) -> Option<Border<'t>> {
        if self.own.contains(domain) {
            return Some(Border::Own);
        }
        if unlisted.is_some() {
            return unlisted;
        }
        self.closing(by_tenant, domain, proved).map(Border::Closed)
    }

    /// Returns the cross-tenant settings that let nobody of somebody's organization in: the one they proved, otherwise the one
    /// that their address claims.
    fn closing(
        &self,
        by_tenant: bool,
        domain: &Domain,
        proved: Option<Partner<'t>>,
    ) -> Option<&'t Address> {
        if !self.closes {
            return None;
        }
        let partner = match proved {
            Some(partner) => Some(partner),
            None if !by_tenant => self.claimed(domain),
            None => None,
        };
        let partner = partner.filter(|partner| partner.organization.tenant.is_some());
        partner.and_then(|partner| partner.closed)
    }

    /// Returns the cross-tenant settings that keep somebody from signing in who is here already.
    pub(super) fn shuts_out(&self, person: &Person) -> Option<&'t Address> {
        if !self.closes || person.living().is_none() || !person.is_outside() {
            return None;
        }
        let domain = Domain::parse(person.mail.domain()).ok()?;
        let partner = self.proved_by(person, &domain);
        self.closing(is_by_tenant(person), &domain, partner)
    }
}

/// Returns true for somebody who has proved a tenant.
pub(super) fn is_by_tenant(person: &Person) -> bool {
    let mut identities = person.identities.iter();
    identities.any(|identity| matches!(identity, Identity::Tenant { .. }))
}
