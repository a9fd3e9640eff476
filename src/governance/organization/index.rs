//! The declared organizations by what finds them: looked for once a decision, and not once for each person that it looks at.

use std::collections::HashMap;
use std::rc::Rc;

use crate::governance::record::Identity;
use crate::governance::{Desk, Thing, Unread};
use crate::model::Kind;
use crate::model::text::Domain;

type Found = HashMap<String, Vec<Rc<Thing>>>;

/// The declared organizations, by how their people sign in and by their domains.
#[derive(Debug, Default)]
pub(in crate::governance) struct Index {
    by_tenant: Found,
    by_issuer: Found,
    by_domain: Found,
    by_facebook: Vec<Rc<Thing>>,
}

impl Index {
    /// Looks at every organization.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    pub(in crate::governance) fn of(desk: &Desk<'_>) -> Result<Self, Unread> {
        let mut index = Self::default();
        for thing in desk.things(Kind::Organization, None)? {
            index.add(&thing);
        }
        Ok(index)
    }

    fn add(&mut self, thing: &Rc<Thing>) {
        let Some(organization) = thing.organization() else {
            return;
        };
        let put = |found: &mut Found, key: &str| {
            found
                .entry(key.to_owned())
                .or_default()
                .push(Rc::clone(thing));
        };
        if let Some(tenant) = &organization.tenant {
            put(&mut self.by_tenant, tenant.as_str());
        }
        if let Some(federation) = &organization.federation {
            put(&mut self.by_issuer, federation.issuer.as_str());
        }
        if organization.social.is_some() {
            self.by_facebook.push(Rc::clone(thing));
        }
        for rule in &organization.domains {
            put(&mut self.by_domain, rule.domain.as_str());
        }
    }

    /// Returns the organizations that an identity may prove, of somebody with an address in a domain; each once or more.
    pub(super) fn proving(
        &self,
        identity: &Identity,
        domain: Option<&Domain>,
    ) -> impl Iterator<Item = &Rc<Thing>> {
        let certain = match identity {
            Identity::Tenant { tenant } => self.by_tenant.get(tenant.as_str()),
            Identity::Federation { issuer } => self.by_issuer.get(issuer.as_str()),
            Identity::Facebook => Some(&self.by_facebook),
            _ => None,
        };
        let by_domain = matches!(identity, Identity::Federation { .. } | Identity::Passcode);
        let domain = domain.filter(|_| by_domain);
        let named = domain.into_iter().flat_map(|domain| self.naming(domain));
        certain.into_iter().flatten().chain(named)
    }

    /// Returns the organizations that may name a domain: they name it, or one above it.
    pub(super) fn naming(&self, domain: &Domain) -> impl Iterator<Item = &Rc<Thing>> {
        let zones = domain.zones().filter_map(|zone| self.by_domain.get(zone));
        zones.flatten()
    }
}
