//! Which changes make a difference: those without which it would be another, the rest of the plan done.
//!
//! Where the plan makes it without any one of them, as where each of two is enough, those are told that make it alone; and
//! where none does, all that have to do with it.

use std::collections::BTreeSet;

use super::package::{Comparing, Found};
use super::reasons::{Made, Reasons};
use super::ruled::{NO_RULE, Ruled, Standing};
use crate::impact::access::Access;
use crate::impact::estate::Traits;
use crate::impact::moving::Naming;
use crate::impact::offer::Offer;
use crate::impact::people::class::Named;
use crate::impact::people::part::Part;
use crate::model::{Address, Kind, Name};

/// What somebody has of a package, before and after, and what differs.
pub(super) struct Case<'c, 't> {
    pub(super) part: &'c Part<'t>,
    pub(super) offers: [Option<&'c Offer<'t>>; 2],
    /// What they have, rules counted, on both sides.
    pub(super) has: [&'c Access<'t>; 2],
    pub(super) rule: Option<&'c Ruled<'c, 't>>,
    pub(super) standing: Standing,
    pub(super) found: &'c Found,
}

/// What makes a difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// The project's settings, which say what domains are of our own people.
    Settings,
    /// An object that a plan changes.
    Change(Address),
}

/// Some of a plan's changes that may make a difference, and what is as before without them.
struct Suspect<'t> {
    changes: Reasons,
    undoes: Undoes<'t>,
}

#[derive(Debug, Clone)]
enum Undoes<'t> {
    /// The organization that is seen in people.
    Organization,
    /// Why people are not let in.
    Border,
    /// Whether passcodes are lacking.
    Passcodes,
    /// Whether the domain looks like another one.
    Likeness,
    /// The package.
    Package,
    /// Its catalog.
    Catalog,
    /// A policy of it.
    Policy(&'t Address),
    /// What it means that people are named so, by position.
    Name(usize),
    /// Which group of two a list means.
    Group([String; 2]),
    /// Whether what it grants takes guests.
    Guests,
}

impl<'t> Comparing<'_, 't> {
    /// Returns the changes that make a difference.
    pub(super) fn because(&self, case: &Case<'_, 't>) -> Reasons {
        let ways = case.has.iter().flat_map(|has| &has.ways);
        let changed = ways.map(|way| Reason::Change(way.address.clone()));
        let changed: Reasons = changed.filter(|it| self.is_decisive(it)).collect();
        let itself =
            |offer: &Offer<'_>| Reasons::from_iter([Reason::Change(offer.address.clone())]);
        match case.offers {
            // Its policies go with it.
            [Some(offer), None] => return itself(offer),
            // A package that comes needs no other reason.
            [None, Some(offer)] if changed.is_empty() => return itself(offer),
            [None, _] => return changed,
            [Some(_), Some(_)] => {}
        }
        let suspects = self.suspects(case);
        let told = |some: Vec<&Suspect<'t>>| -> Reasons {
            let mut all = Reasons::default();
            some.iter().for_each(|suspect| all.add(&suspect.changes));
            all
        };
        let all = told(suspects.iter().collect());
        if !all.are_several() {
            return all;
        }
        let is_same = |undone: &[&Suspect<'t>]| {
            let found = self.without(case, undone);
            found.as_ref() == Some(case.found)
        };
        let needed = suspects.iter().filter(|suspect| !is_same(&[suspect]));
        let mut found = told(needed.collect());
        if found.is_empty() {
            let alone = suspects.iter().enumerate().filter(|(at, _)| {
                let others = suspects.iter().enumerate();
                let others = others.filter(|(other, _)| other != at);
                let others: Vec<&Suspect<'t>> = others.map(|(_, suspect)| suspect).collect();
                is_same(&others)
            });
            found = told(alone.map(|(_, suspect)| suspect).collect());
        }
        if found.is_empty() { all } else { found }
    }

    fn is_decisive(&self, reason: &Reason) -> bool {
        match reason {
            Reason::Settings => self.touched.own,
            Reason::Change(address) => self.touched.decisive.contains(address),
        }
    }

    /// Returns what would differ without some changes.
    fn without(&self, case: &Case<'_, 't>, undone: &[&Suspect<'t>]) -> Option<Found> {
        let [old, new] = case.offers;
        let mut offer = new.cloned();
        let mut part = case.part.alone();
        let (before, mut traits) = match part.traits.as_slice() {
            [one, two] => (*one, *two),
            _ => return None,
        };
        let mut sides = vec![1; part.named.len()];
        for suspect in undone {
            match &suspect.undoes {
                Undoes::Organization => traits.seen.organization = before.seen.organization,
                Undoes::Border => (traits.border, traits.shut) = (before.border, before.shut),
                Undoes::Passcodes => traits.seen.lacks_passcode = before.seen.lacks_passcode,
                Undoes::Likeness => traits.looks_alike = before.looks_alike,
                Undoes::Package | Undoes::Catalog | Undoes::Policy(_) => {
                    if let (Some(offer), Some(old)) = (offer.as_mut(), old) {
                        suspect.undoes.of_offer(offer, old);
                    }
                }
                Undoes::Name(nth) => sides.iter_mut().skip(*nth).take(1).for_each(|at| *at = 0),
                Undoes::Group(_) | Undoes::Guests => {}
            }
        }
        let mut all = undone.iter();
        let resources = match all.any(|suspect| matches!(suspect.undoes, Undoes::Guests)) {
            true => self.before,
            false => self.after,
        };
        if let Some(offer) = offer.as_mut() {
            offer.refuses_guests = resources.gives_no_guest(offer.package);
        }
        let is_member = part.is_member();
        let moves = self.touched.moves();
        let mut naming = Naming::default();
        for (named, at) in part.named.iter().zip(sides) {
            let named = std::slice::from_ref(named);
            naming.add(Naming::of(named, at, is_member, Some(moves)));
        }
        naming.named.extend(part.forced.iter().cloned());
        for suspect in undone {
            // A list that names the one group now would name the other.
            if let Undoes::Group([was, is]) = &suspect.undoes {
                naming.rename(was, is);
            }
        }
        part.see(traits);
        part.name(naming);
        let offers = [old, offer.as_ref()];
        let asked = self.asked(&part, offers)?;
        let Some(rule) = case.rule else {
            return self.found(offers, [&asked[0], &asked[1]], None, NO_RULE);
        };
        let other = Ruled::of([self.before, self.after], offers);
        let standing = other
            .as_ref()
            .map_or(NO_RULE, |other| other.standing_of(rule, case.standing));
        let other = other.as_ref().filter(|_| standing != NO_RULE);
        let given = other.map(|other| other.given(&part, &asked, standing));
        let [before, after] = given.as_ref().unwrap_or(&asked);
        self.found(offers, [before, after], other, standing)
    }

    /// Returns the changes that may make a difference.
    fn suspects(&self, case: &Case<'_, 't>) -> Vec<Suspect<'t>> {
        let mut found = Vec::new();
        if let [one, two] = case.part.traits.as_slice() {
            self.by_traits(case.part, [one, two], &mut found);
        }
        self.by_names(case.part, &mut found);
        if let [Some(old), Some(new)] = case.offers {
            self.by_offer(old, new, &mut found);
        }
        for suspect in &mut found {
            suspect.changes.retain(|reason| self.is_decisive(reason));
        }
        found.retain(|suspect| !suspect.changes.is_empty());
        found
    }

    /// Adds what tells people apart. Of a part that holds several sorts of people each may have changes of its own.
    fn by_traits(
        &self,
        part: &Part<'t>,
        [one, two]: [&Traits<'t>; 2],
        found: &mut Vec<Suspect<'t>>,
    ) {
        let mut add = |changes: Reasons, undoes: Undoes<'t>| {
            found.push(Suspect { changes, undoes });
        };
        let Made {
            organization,
            border,
        } = self.sorted.of_part(self.census, part);
        if let Some(changes) = organization {
            add(changes, Undoes::Organization);
        }
        if let Some(changes) = border {
            add(changes, Undoes::Border);
        }
        if one.seen.lacks_passcode != two.seen.lacks_passcode {
            let change = Reason::Change(Address::singleton(Kind::Collaboration));
            add(Reasons::from_iter([change]), Undoes::Passcodes);
        }
        if one.looks_alike != two.looks_alike {
            add(self.sorted.likeness(), Undoes::Likeness);
        }
    }

    /// Adds what makes people be in other groups, and lists name other groups.
    fn by_names(&self, part: &Part<'t>, found: &mut Vec<Suspect<'t>>) {
        let moves = self.touched.moves();
        for (nth, named) in part.named.iter().enumerate() {
            // People of several names may be told of together: each name may have a reason of its own.
            let alike = part.alike.get(nth).into_iter().flatten();
            let alike = std::iter::once(named).chain(alike);
            let changes = alike.flat_map(|named| moves.because(named));
            let changes = changes.map(Reason::Change).collect();
            let undoes = Undoes::Name(nth);
            found.push(Suspect { changes, undoes });
        }
        for (address, [was, is]) in &self.touched.regrouped {
            let is_in = |at: usize| {
                let naming = Naming::of(&part.named, at, part.is_member(), Some(moves));
                let mut named = naming.named.into_iter();
                named.any(|it| matches!(it, Named::Group(name) if name == *was || name == *is))
            };
            if is_in(0) || is_in(1) {
                let changes = Reasons::from_iter([Reason::Change(address.clone())]);
                let undoes = Undoes::Group([was.clone(), is.clone()]);
                found.push(Suspect { changes, undoes });
            }
        }
    }

    /// Adds what the package itself is.
    fn by_offer(&self, old: &Offer<'t>, new: &Offer<'t>, found: &mut Vec<Suspect<'t>>) {
        let mut add = |change: Address, undoes: Undoes<'t>| {
            let changes = Reasons::from_iter([Reason::Change(change)]);
            found.push(Suspect { changes, undoes });
        };
        add(new.address.clone(), Undoes::Package);
        let catalog = Address::new(Kind::Catalog, &new.package.catalog);
        if old.package.catalog == new.package.catalog {
            add(catalog, Undoes::Catalog);
        }
        let granted = old.package.grants.keys().chain(new.package.grants.keys());
        let granted: BTreeSet<&str> = granted.map(|name| name.as_str()).collect();
        let otherwise = granted.into_iter().filter(|name| {
            let [was, is] = [self.before, self.after].map(|side| side.is_guestless(name));
            was != is
        });
        let otherwise = otherwise
            .filter_map(|name| Some(Address::new(Kind::Resource, &Name::parse(name).ok()?)));
        let resources: Reasons = otherwise.map(Reason::Change).collect();
        let policies = old.policies.iter().chain(&new.policies);
        let policies: BTreeSet<&'t Address> = policies.map(|(address, _)| *address).collect();
        let decisive = &self.touched.decisive;
        for address in policies.into_iter().filter(|it| decisive.contains(*it)) {
            add(address.clone(), Undoes::Policy(address));
        }
        found.push(Suspect {
            changes: resources,
            undoes: Undoes::Guests,
        });
    }
}

impl<'t> Undoes<'t> {
    /// Makes of a package what it was before.
    fn of_offer(&self, offer: &mut Offer<'t>, old: &Offer<'t>) {
        match self {
            Self::Package => {
                if old.package.catalog != offer.package.catalog {
                    offer.catalog = old.catalog;
                }
                offer.package = old.package;
            }
            Self::Catalog => offer.catalog = old.catalog,
            Self::Policy(address) => {
                offer.policies.retain(|(other, _)| other != address);
                let was = old.policies.iter().find(|(other, _)| other == address);
                offer.policies.extend(was.copied());
                offer.policies.sort_by_key(|(address, _)| *address);
            }
            _ => {}
        }
    }
}
