//! People whom lists name by address: what somebody of an address may be, or is where the directory has them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::census::{Census, mask, masks};
use super::class::{Account, Base, Named, SignIn, Sort, Zone};
use super::crowd::Crowd;
use super::directory::Living;
use super::names::Names;
use super::part::{Belongs, Part};
use super::zones::sign_ins;
use crate::impact::estate::Traits;
use crate::impact::offer::Offer;
use crate::model::kinds::OrganizationState;
use crate::model::text::{Domain, Email};

impl<'t> Census<'_, 't> {
    /// Returns the people of the directory whom an address names; none where no store was asked.
    fn people(&self, named: &Named) -> &[Living<'t>] {
        match (self.known, named) {
            (Some(known), Named::User(mail)) => known.directory.people(mail),
            _ => &[],
        }
    }

    /// Returns the other addresses by which lists name whoever an address names.
    fn also(&self, named: &Named) -> impl Iterator<Item = &Email> {
        let known = self.known.map(|known| &known.directory);
        let mail = match named {
            Named::User(mail) => Some(mail),
            _ => None,
        };
        let also = known.zip(mail).map(|(known, mail)| known.also(mail));
        also.into_iter().flatten()
    }

    /// Names people of a part by all their addresses.
    pub(super) fn name_also(&self, part: &mut Part<'t>) {
        let also = part.named.iter().flat_map(|named| self.also(named));
        let also: Vec<Named> = also.cloned().map(Named::User).collect();
        for naming in &mut part.naming {
            naming.named.extend(also.iter().cloned());
        }
    }

    /// Returns every address by which lists name whoever one names.
    pub(super) fn all_addresses(&self, mail: &Email) -> Vec<Email> {
        let named = Named::User(mail.clone());
        let also = self.also(&named).cloned();
        std::iter::once(mail.clone()).chain(also).collect()
    }

    /// Returns true for people of a part whom an address names that nobody in the directory has.
    pub(in crate::impact) fn is_nobody_yet(&self, part: &Part<'t>) -> bool {
        let named = part.named.first();
        let named = named.filter(|it| self.known.is_some() && matches!(it, Named::User(_)));
        named.is_some_and(|named| self.people(named).is_empty())
    }

    /// Divides people whom addresses of one domain name by what is known of them.
    pub(super) fn by_directory(&self, users: Vec<Named>) -> Vec<Vec<Named>> {
        let mut found: Vec<Vec<Named>> = Vec::new();
        let mut places: HashMap<(&[Living<'t>], Vec<&Email>), usize> = HashMap::new();
        for named in users {
            let known = (self.people(&named), self.also(&named).collect());
            let place = *places.entry(known).or_insert(found.len());
            match found.get_mut(place) {
                Some(alike) => alike.push(named),
                None => found.push(vec![named]),
            }
        }
        found
    }

    /// Returns what each side sees in whoever may be meant by an address of a domain.
    fn seen_by_address(
        &self,
        named: &Named,
        domain: &Domain,
        offers: &[Option<&Offer<'t>>],
    ) -> Vec<Vec<Traits<'t>>> {
        let own = self.sides.iter().any(|side| side.own.contains(domain));
        let people = self.people(named);
        if people.is_empty() {
            return match own {
                true => self.signing_in(domain, &Account::INSIDE, [SignIn::Own]),
                false => {
                    let accounts = [Account::Guest, Account::ExternalMember];
                    self.signing_in(domain, &accounts, self.ways(domain, offers))
                }
            };
        }
        let each = people.iter().flat_map(|person| match person {
            Living::Seen(traits) => vec![traits.clone()],
            Living::Invited(account, domain) => {
                self.signing_in(domain, &[*account], self.ways(domain, offers))
            }
        });
        each.collect()
    }

    /// Returns the ways to sign in from outside with an address of a domain.
    fn ways(&self, domain: &Domain, offers: &[Option<&Offer<'t>>]) -> BTreeSet<SignIn> {
        let elsewhere = self.elsewhere().sign_ins(&self.sides, offers);
        &sign_ins(&self.sides, domain) | &elsewhere
    }

    /// Returns what each side sees in people of a domain who may be this or that to the directory.
    fn signing_in(
        &self,
        domain: &Domain,
        accounts: &[Account],
        ways: impl IntoIterator<Item = SignIn>,
    ) -> Vec<Vec<Traits<'t>>> {
        let mut found = Vec::new();
        for sign_in in ways {
            for account in accounts {
                found.push(self.traits(&Base {
                    account: *account,
                    zone: Zone {
                        sort: Sort::Listed,
                        witness: domain.clone(),
                    },
                    sign_in: sign_in.clone(),
                }));
            }
        }
        found
    }

    /// Returns the parts of people whom lists name by address, of one standing and one domain, of whom the same is known.
    pub(super) fn user(
        &self,
        users: &[Named],
        names: &Names,
        offers: &[Option<&Offer<'t>>],
    ) -> Vec<Part<'t>> {
        let Some(named @ Named::User(mail)) = users.first() else {
            return Vec::new();
        };
        let Ok(domain) = Domain::parse(mail.domain()) else {
            return Vec::new();
        };
        let mut alike: Vec<Part<'t>> = Vec::new();
        let mut known: BTreeMap<[Vec<Vec<bool>>; 2], usize> = BTreeMap::new();
        let mut others: Vec<Vec<Vec<Traits<'t>>>> = Vec::new();
        for traits in self.seen_by_address(named, &domain, offers) {
            let looks = traits.iter().map(|traits| {
                let seen = &traits.seen;
                let configured = seen.organization.map(|(_, state)| state);
                vec![
                    seen.outside,
                    seen.member,
                    seen.lacks_passcode,
                    seen.organization.is_some(),
                    configured == Some(OrganizationState::Configured),
                    traits.looks_alike,
                    traits.shut.is_some(),
                ]
            });
            let key = [looks.collect(), masks(offers, &traits)];
            let at = *known.entry(key).or_insert_with(|| {
                alike.push(Part::of(&traits, Crowd::default()));
                others.push(Vec::new());
                alike.len() - 1
            });
            if let (Some(part), Some(others)) = (alike.get_mut(at), others.get_mut(at)) {
                part.belongs.extend(belongs(&traits, offers));
                if traits.first() != traits.last() {
                    others.push(traits);
                }
            }
        }
        for (part, others) in alike.iter_mut().zip(others) {
            part.others = Rc::new(others);
        }
        let mut found: Vec<Part<'t>> = Vec::new();
        for part in alike {
            found.extend(self.named(&part, &[users.to_vec()], names));
            for group in &names.single {
                let both = [users.to_vec(), group.clone()];
                found.extend(self.named(&part, &both, names));
            }
        }
        found
    }
}

/// Returns whose somebody is, of whom each side sees something, by which organizations policies of a package name.
fn belongs<'t>(traits: &[Traits<'t>], offers: &[Option<&Offer<'t>>]) -> BTreeSet<Belongs<'t>> {
    let of = traits.iter().zip(offers).filter_map(|(traits, offer)| {
        let (name, _) = traits.seen.organization?;
        Some(match mask(*offer, traits).contains(&true) {
            true => Belongs::To(name),
            false => Belongs::ToAnother,
        })
    });
    let of: BTreeSet<Belongs<'t>> = of.collect();
    match of.is_empty() {
        true => BTreeSet::from([Belongs::ToNone]),
        false => of,
    }
}
