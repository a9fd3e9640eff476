//! What a plan does to people whom it refuses: guests who are here stay, and invitations that wait fail.

use std::collections::BTreeSet;

use super::effect::What;
use super::living::Living;
use crate::governance::people;
use crate::governance::record::{ExternalState, Identity, Key, Mark, Person};
use crate::governance::{Range, Unread};
use crate::model::kinds::Domains;
use crate::model::text::{Domain, DomainRule};
use crate::model::{Address, Kind, Name, Object};
use crate::plan::Change;

impl Living<'_> {
    /// The list of domains changes: guests from domains that are refused now stay, and invitations that wait fail.
    pub(super) fn domains(
        &mut self,
        change: &Change,
        old: Option<&Domains>,
        new: &Domains,
    ) -> Result<(), Unread> {
        let refused = |list: Option<&Domains>, domain: &Domain| {
            list.is_some_and(|list| people::refused(list, domain).is_some())
        };
        let was: BTreeSet<&DomainRule> = old
            .iter()
            .filter_map(|old| old.block.as_ref())
            .flatten()
            .collect();
        let blocked: Vec<&DomainRule> = new
            .block
            .iter()
            .flatten()
            .filter(|rule| !was.contains(rule))
            .collect();
        let mut people: BTreeSet<u64> = BTreeSet::new();
        for rule in &blocked {
            people.extend(self.of_domain(&rule.domain)?);
        }
        if new.allow.is_some() {
            // Whoever is refused now was of a domain that was allowed, or of any.
            match old.and_then(|old| old.allow.as_ref()) {
                Some(was) => {
                    for rule in was {
                        people.extend(self.of_domain(&rule.domain)?);
                    }
                }
                None => return self.all_but(change, new),
            }
        }
        let (mut guests, mut pending) = (BTreeSet::new(), BTreeSet::new());
        for number in people {
            let Some(person) = self.get::<Person>(number)? else {
                continue;
            };
            let Ok(domain) = Domain::parse(person.mail.domain()) else {
                continue;
            };
            if !refused(Some(new), &domain) || refused(old, &domain) {
                continue;
            }
            if is_pending(&person) {
                let _ = pending.insert(number);
            } else if person.is_outside() && person.living().is_some() {
                let _ = guests.insert(number);
            }
        }
        let detail = "their domain is refused from now on, and that touches nobody who is here";
        self.add_people(What::GuestStay, &change.address, guests, detail)?;
        let detail = "the domain is refused from now on";
        self.add_people(What::FailInvitation, &change.address, pending, detail)
    }

    /// Counts those whom a new list of allowed domains does not name.
    fn all_but(&mut self, change: &Change, new: &Domains) -> Result<(), Unread> {
        let mut all = self.world.count(Mark::PersonDomain, &Key::new())?;
        let mut known: BTreeSet<&Domain> = BTreeSet::new();
        let allowed = new.allow.iter().flatten();
        for rule in allowed.clone() {
            // A rule below another one is counted with it.
            let within = allowed.clone().any(|other| {
                other.subdomains && other.domain != rule.domain && other.domain.covers(&rule.domain)
            });
            if within || !known.insert(&rule.domain) {
                continue;
            }
            let wide = allowed
                .clone()
                .any(|it| it.domain == rule.domain && it.subdomains);
            all = all.saturating_sub(self.count_of(&rule.domain, wide)?);
        }
        for own in self.after.own {
            if !known.contains(own) {
                all = all.saturating_sub(self.count_of(own, false)?);
            }
        }
        let detail = "people of domains that are not allowed are not let in from now on, and whoever is here already is not touched";
        self.add(What::GuestStay, &change.address, all, detail);
        Ok(())
    }

    fn count_of(&self, domain: &Domain, wide: bool) -> Result<u64, Unread> {
        let key = Key::new().text(domain.as_str());
        let own = self.world.count(Mark::PersonDomain, &key)?;
        let below = match wide {
            true => self.world.count(Mark::PersonZone, &key)?,
            false => 0,
        };
        Ok(own + below)
    }

    pub(super) fn of_domain(&self, domain: &Domain) -> Result<Vec<u64>, Unread> {
        let mut found = Vec::new();
        for mark in [Mark::PersonDomain, Mark::PersonZone] {
            let key = Key::new().text(domain.as_str());
            let marked = self.world.marked(&Range::of(mark, key))?;
            found.extend(marked.into_iter().map(|(_, id)| id.number));
        }
        Ok(found)
    }

    /// Cross-tenant access closes for an organization: its guests stay in the directory, and cannot sign in.
    pub(super) fn cross_tenant(&mut self, change: &Change) -> Result<(), Unread> {
        let name = change.address.own_name();
        let closed = |side: Option<&Object>| matches!(side, Some(Object::CrossTenant(it)) if people::is_closed(it));
        let (old, new) = self.sides.both(&change.address);
        let (Ok(name), true) = (Name::parse(name), closed(new) && !closed(old)) else {
            return Ok(());
        };
        let address = Address::new(Kind::Organization, &name);
        let (_, Some(Object::Organization(organization))) = self.sides.both(&address) else {
            return Ok(());
        };
        let Some(tenant) = &organization.tenant else {
            return Ok(());
        };
        let identity = Identity::Tenant {
            tenant: tenant.clone(),
        };
        let people = self.some::<Person>(Mark::PersonIdentity, identity.key())?;
        let guests = people
            .iter()
            .filter(|it| it.is_outside() && it.living().is_some());
        let guests = guests.map(|it| it.number).collect();
        let detail = format!("cross-tenant access lets nobody of {address} in from now on");
        self.add_people(What::GuestStay, &change.address, guests, detail)
    }
}

/// Returns true for somebody who was invited and has not redeemed.
fn is_pending(person: &Person) -> bool {
    let state = person.living().and_then(|account| account.state);
    state == Some(ExternalState::PendingAcceptance)
}
