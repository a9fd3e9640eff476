//! What a plan does to people whom it refuses: guests who are here stay, and invitations that wait fail.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::effect::What;
use super::{Counted, Living};
use crate::governance::organization::declared;
use crate::governance::record::{ExternalState, Key, Mark, Person, RecordId};
use crate::governance::{Range, Unread, people};
use crate::impact::estate::Border;
use crate::impact::reach::{inbound, lets_in_others_than};
use crate::model::kinds::Domains;
use crate::model::text::{Domain, DomainRule};
use crate::model::{Address, Kind, Name, Object};
use crate::plan::Change;

/// Who is refused from now on, by where they stand.
#[derive(Debug, Default)]
struct Refused {
    guests: Counted,
    pending: Counted,
}

impl Living<'_> {
    /// The list of domains changes: guests from domains that are refused now stay, and invitations that wait fail.
    pub(super) fn domains(
        &mut self,
        change: &Change,
        old: Option<&Domains>,
        new: &Domains,
    ) -> Result<(), Unread> {
        let mut refused = Refused::default();
        match (old.and_then(|old| old.allow.as_ref()), &new.allow) {
            // Whoever is not on the first list of allowed domains is of any domain that there is.
            (None, Some(_)) => self.each_domain(&mut |domain, key| {
                if self.is_refused_now(old, new, domain) {
                    self.each::<Person>(Mark::PersonDomain, key, &mut |person| {
                        self.refuse(&mut refused, &person);
                        Ok(())
                    })?;
                }
                Ok(())
            })?,
            (allowed, _) => {
                let lists = |old: &Domains| old.block.iter().flatten().cloned().collect();
                let was: BTreeSet<DomainRule> = old.map(lists).unwrap_or_default();
                let blocked = new.block.iter().flatten();
                let blocked = blocked.filter(|rule| !was.contains(*rule));
                let allowed = allowed.filter(|_| new.allow.is_some());
                let rules = blocked.chain(allowed.into_iter().flatten());
                let mut people = BTreeSet::new();
                for rule in rules {
                    self.of_domain(&rule.domain, &mut people)?;
                }
                for number in people {
                    let Some(person) = self.get_record::<Person>(number)? else {
                        continue;
                    };
                    let domain = Domain::parse(person.mail.domain());
                    if domain.is_ok_and(|domain| self.is_refused_now(old, new, &domain)) {
                        self.refuse(&mut refused, &person);
                    }
                }
            }
        }
        let detail = "their domain is refused from now on, and that touches nobody who is here";
        self.add(What::GuestStay, &change.address, refused.guests, detail);
        let detail = "the domain is refused from now on";
        self.add(
            What::FailInvitation,
            &change.address,
            refused.pending,
            detail,
        );
        Ok(())
    }

    /// Returns true for a domain that the new list refuses and the former did not; our own people are not invited anyway.
    fn is_refused_now(&self, old: Option<&Domains>, new: &Domains, domain: &Domain) -> bool {
        let refuses = |list: &Domains| people::refused(list, domain).is_some();
        !self.after.own.contains(domain) && refuses(new) && !old.is_some_and(refuses)
    }

    /// Shows every domain that somebody has an address of, once, with the key of its people.
    fn each_domain(
        &self,
        see: &mut dyn FnMut(&Domain, Key) -> Result<(), Unread>,
    ) -> Result<(), Unread> {
        let mut range = Range::of(Mark::PersonDomain, Key::new()).most(1);
        while let Some((key, _)) = self.world.marked(&range)?.pop() {
            if let Some(domain) = key.as_text().and_then(|text| Domain::parse(text).ok()) {
                see(&domain, key.clone())?;
            }
            match key.end() {
                Some(next) => range.from = next,
                None => break,
            }
        }
        Ok(())
    }

    /// Adds the people of a domain and of those below it, by number.
    fn of_domain(&self, domain: &Domain, people: &mut BTreeSet<u64>) -> Result<(), Unread> {
        for mark in [Mark::PersonDomain, Mark::PersonZone] {
            let key = Key::new().text(domain.as_str());
            self.each_mark(mark, key, &mut |_, id: RecordId| {
                let _ = people.insert(id.number);
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Counts somebody whom the plan refuses, if nothing refused them before; who has no account has no invitation either.
    fn refuse(&self, refused: &mut Refused, person: &Person) {
        if self.before.would_bar(person).is_some() {
            return;
        }
        if is_pending(person) {
            self.count(&mut refused.pending, person);
        } else if person.is_outside() && person.living().is_some() {
            self.count(&mut refused.guests, person);
        }
    }

    /// Cross-tenant access closes for an organization: its guests stay in the directory, and invitations that wait fail.
    pub(super) fn cross_tenant(&mut self, change: &Change) -> Result<(), Unread> {
        let closes = self.partners.closes(&change.address);
        let (old, new) = self.sides.both(&change.address);
        if !closes && !lets_in_others_than(&inbound(old), &inbound(new)) {
            return Ok(());
        }
        let name = change.address.own_name();
        let Ok(parsed) = Name::parse(name) else {
            return Ok(());
        };
        let address = Address::new(Kind::Organization, &parsed);
        let (_, Some(Object::Organization(organization))) = self.sides.both(&address) else {
            return Ok(());
        };
        let mut people = BTreeSet::new();
        for belonging in declared(name, organization).belongings {
            let (mark, key) = belonging.mark();
            self.each_mark(mark, key, &mut |_, id| {
                let _ = people.insert(id.number);
                Ok(())
            })?;
        }
        match closes {
            true => self.shut_out(&change.address, &people),
            false => self.doubt(&change.address, &people),
        }
    }

    /// Counts the invitations of an organization of which other people are let in than before. Who of them is, their own tenant
    /// says when they sign in.
    fn doubt(&mut self, settings: &Address, people: &BTreeSet<u64>) -> Result<(), Unread> {
        let mut pending = Counted::default();
        for number in people {
            if let Some(person) = self.get_record::<Person>(*number)?
                && is_pending(&person)
                && self.after.would_bar(&person).is_none()
                && let Some((organization, _)) = self.after.answering(&person, true)
                && organization.own_name() == settings.own_name()
            {
                self.count(&mut pending, &person);
            }
        }
        let detail = "cross-tenant access lets others of the organization in from now on, and not all who were";
        self.add(What::DoubtInvitation, settings, pending, detail);
        Ok(())
    }

    /// Counts those of some people whom a closed organization keeps out from now on.
    pub(super) fn shut_out(
        &mut self,
        address: &Address,
        people: &BTreeSet<u64>,
    ) -> Result<(), Unread> {
        let mut refused = Refused::default();
        let mut extending = 0_u64;
        for number in people.iter().filter(|_| self.after.shuts()) {
            let Some(person) = self.get_record::<Person>(*number)? else {
                continue;
            };
            let closed = match is_pending(&person) {
                true => match self.after.would_bar(&person) {
                    Some(Border::Closed(settings)) => Some(settings),
                    _ => None,
                },
                false => self.after.shuts_out(&person),
            };
            let closed = closed.filter(|settings| self.is_shut_out_by(address, &person, settings));
            if closed.is_none() {
                continue;
            }
            if is_pending(&person) {
                self.refuse(&mut refused, &person);
            } else if self.before.shuts_out(&person).is_none() {
                self.count(&mut refused.guests, &person);
                extending += u64::from(self.could_extend(&person)?);
            }
        }
        let mut detail = "cross-tenant access lets nobody of their organization in from now on, so that they cannot sign in; what they have stays".to_owned();
        if extending > 0 {
            let _ = write!(
                detail,
                ", and {extending} of them cannot ask to extend it any more"
            );
        }
        self.add(What::GuestStay, address, refused.guests, detail);
        let detail = "cross-tenant access lets nobody of the organization in from now on";
        self.add(What::FailInvitation, address, refused.pending, detail);
        Ok(())
    }

    /// Returns true where somebody whom settings shut out is told of with this object, and with no other one: the settings if
    /// the plan closes them, otherwise an organization that comes to be, or no longer is, somebody's.
    fn is_shut_out_by(&self, address: &Address, person: &Person, settings: &Address) -> bool {
        if self.partners.closes(settings) {
            return address == settings;
        }
        let names = [settings.own_name()];
        self.partners.teller(person, names) == Some(address)
    }
}

/// Returns true for somebody who was invited, has not redeemed, and may sign in.
fn is_pending(person: &Person) -> bool {
    person.living().is_some_and(|account| {
        account.enabled && account.state == Some(ExternalState::PendingAcceptance)
    })
}
