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

/// How many people are looked at in one go.
const PIECE: usize = 1_000;

/// Whom a list refuses now, by number.
#[derive(Default)]
struct Refused {
    /// Guests who are here.
    guests: BTreeSet<u64>,
    /// People who were invited and have not redeemed.
    pending: BTreeSet<u64>,
}

impl Living<'_> {
    /// The list of domains changes: guests from domains that are refused now stay, and invitations that wait fail.
    pub(super) fn domains(
        &mut self,
        change: &Change,
        old: Option<&Domains>,
        new: &Domains,
    ) -> Result<(), Unread> {
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
        let mut found = Refused::default();
        if new.allow.is_some() {
            // Whoever is refused now was of a domain that was allowed, or of any.
            match old.and_then(|old| old.allow.as_ref()) {
                Some(was) => {
                    for rule in was {
                        people.extend(self.of_domain(&rule.domain)?);
                    }
                }
                None => self.all_but(old, new, &mut found)?,
            }
        }
        for number in people {
            self.refused(number, old, new, &mut found)?;
        }
        let Refused { guests, pending } = found;
        let detail = "their domain is refused from now on, and that touches nobody who is here";
        self.add_people(What::GuestStay, &change.address, guests, detail)?;
        let detail = "the domain is refused from now on";
        self.add_people(What::FailInvitation, &change.address, pending, detail)
    }

    /// Looks at somebody: whether they are refused now, and were not.
    fn refused(
        &self,
        number: u64,
        old: Option<&Domains>,
        new: &Domains,
        found: &mut Refused,
    ) -> Result<(), Unread> {
        let Some(person) = self.get::<Person>(number)? else {
            return Ok(());
        };
        let Ok(domain) = Domain::parse(person.mail.domain()) else {
            return Ok(());
        };
        let is_refused = |list: &Domains| people::refused(list, &domain).is_some();
        if !is_refused(new) || old.is_some_and(is_refused) {
            return Ok(());
        }
        if is_pending(&person) {
            let _ = found.pending.insert(number);
        } else if person.is_outside() && person.living().is_some() {
            let _ = found.guests.insert(number);
        }
        Ok(())
    }

    /// Looks at everybody of a domain that a new list does not allow, in pieces; our own domains are passed over whole.
    fn all_but(
        &self,
        old: Option<&Domains>,
        new: &Domains,
        found: &mut Refused,
    ) -> Result<(), Unread> {
        let allowed = new.allow.iter().flatten().map(|rule| &rule.domain);
        let passed = allowed.chain(self.after.own);
        let passed: BTreeSet<Key> = passed.map(|it| Key::new().text(it.as_str())).collect();
        let mut from = Some(Key::new());
        for passed in passed.iter().map(Some).chain([None]) {
            let Some(first) = from else { break };
            let mut range = Range {
                until: passed.cloned(),
                ..Range::of(Mark::PersonDomain, first).most(PIECE)
            };
            loop {
                let piece = self.world.marked(&range)?;
                for (_, id) in &piece {
                    self.refused(id.number, old, new, found)?;
                }
                match piece.last() {
                    Some(last) if piece.len() == PIECE => range = range.after(Some(last.clone())),
                    _ => break,
                }
            }
            from = passed.and_then(Key::end);
        }
        Ok(())
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
