//! Which organization names a domain, and how its people sign in.

use std::collections::{BTreeSet, HashMap};

use crate::impact::{Base, Estate, Offer, SignIn};
use crate::model::kinds::policy::Requestors;
use crate::model::kinds::{Organization, OrganizationState};
use crate::model::text::{Domain, Principal};

/// The organizations of a tree by the domains that they list.
pub(super) struct Naming<'t> {
    own: &'t [Domain],
    sends_passcodes: bool,
    by_domain: HashMap<&'t str, Vec<(&'t str, &'t Organization)>>,
}

impl<'t> Naming<'t> {
    pub(super) fn new(estate: &Estate<'t>) -> Self {
        let mut by_domain: HashMap<&'t str, Vec<_>> = HashMap::new();
        for (address, organization) in estate.organizations() {
            for rule in &organization.domains {
                let named = by_domain.entry(rule.domain.as_str()).or_default();
                named.push((address.own_name(), organization));
            }
        }
        Self {
            own: estate.own,
            sends_passcodes: estate.sends_passcodes(),
            by_domain,
        }
    }

    /// Returns the names of organizations that the policies of a package tell apart: those that they name, and those that name
    /// the domains of people whom they list by address.
    pub(super) fn apart(&self, offer: &Offer<'t>) -> BTreeSet<&'t str> {
        let claimed = |principal: &Principal| match principal {
            Principal::User(mail) => self.of(&Domain::parse(mail.domain()).ok()?),
            _ => None,
        };
        let mut all = BTreeSet::new();
        for (_, rules) in &offer.policies {
            match &rules.requestors {
                Requestors::Organizations(names) => {
                    all.extend(names.iter().map(|name| name.as_str()));
                }
                Requestors::People(people) => {
                    all.extend(people.iter().filter_map(claimed).map(|(name, _)| name));
                }
                _ => {}
            }
        }
        all
    }

    /// Returns true for people who sign in as those of their domain do.
    pub(super) fn is_natural(&self, base: &Base) -> bool {
        let claimed = self
            .of(&base.zone.witness)
            .map(|(_, organization)| organization);
        match &base.sign_in {
            SignIn::Own => self.own.is_empty() || self.own.contains(&base.zone.witness),
            SignIn::Tenant(tenant) => claimed.is_some_and(|it| it.tenant.as_ref() == Some(tenant)),
            SignIn::Federation(issuer) => claimed.is_some_and(|it| {
                let federation = it.federation.as_ref();
                federation.is_some_and(|federation| federation.issuer.as_str() == issuer)
            }),
            SignIn::Facebook => claimed.is_some_and(|it| it.social.is_some()),
            SignIn::Passcode => claimed.is_none_or(|it| {
                it.tenant.is_none() && it.federation.is_none() && it.social.is_none()
            }),
            SignIn::OtherTenant | SignIn::OtherFederation | SignIn::Personal => false,
        }
    }

    /// Returns true for people who can redeem an invitation in the way in which they sign in.
    pub(super) fn redeems(&self, base: &Base) -> bool {
        let claimed = self.of(&base.zone.witness).map(|(_, it)| it);
        if let Some(tenant) = claimed.and_then(|it| it.tenant.as_ref()) {
            return base.sign_in == SignIn::Tenant(tenant.clone());
        }
        if let Some(federation) = claimed.and_then(|it| it.federation.as_ref()) {
            return base.sign_in == SignIn::Federation(federation.issuer.as_str().to_owned());
        }
        if claimed.is_some_and(|it| it.social.is_some()) {
            return base.sign_in == SignIn::Facebook;
        }
        match &base.sign_in {
            SignIn::Tenant(_) | SignIn::OtherTenant => true,
            SignIn::Passcode => self.sends_passcodes,
            _ => false,
        }
    }

    /// Returns the organization that names somebody's domain.
    pub(super) fn claimed(&self, base: &Base) -> Option<(&'t str, OrganizationState)> {
        if !base.account.is_outside() {
            return None;
        }
        let domain = &base.zone.witness;
        self.of(domain)
            .map(|(name, organization)| (name, organization.state))
    }

    /// Returns the organization that names a domain: the longest of its domains that covers it.
    pub(super) fn of(&self, domain: &Domain) -> Option<(&'t str, &'t Organization)> {
        let whole = domain.as_str();
        let above = whole
            .match_indices('.')
            .filter_map(|(dot, _)| whole.get(dot + 1..));
        std::iter::once(whole).chain(above).find_map(|zone| {
            let named = self.by_domain.get(zone)?;
            let mut fits = named.iter().filter(|(_, organization)| {
                let mut rules = organization.domains.iter();
                rules.any(|rule| rule.domain.as_str() == zone && (zone == whole || rule.subdomains))
            });
            fits.next().copied()
        })
    }

    /// Returns true for a domain that some organization lists as it is.
    pub(super) fn lists(&self, domain: &Domain) -> bool {
        self.by_domain.contains_key(domain.as_str())
    }
}
