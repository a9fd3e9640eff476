//! The domains that no side can tell apart, with the ways to sign in that make a difference there.

use std::collections::{BTreeMap, BTreeSet};

use super::class::{Looks, SignIn, Sort, Zone};
use crate::governance::request::shape;
use crate::impact::estate::Estate;
use crate::impact::offer::Offer;
use crate::model::kinds::{Organization, OrganizationState};
use crate::model::text::Domain;

/// Returns the ways to sign in that some side tells apart for a domain: those of the organizations that name it, and those
/// that are there for everybody.
pub(super) fn sign_ins(sides: &[&Estate<'_>], domain: &Domain) -> BTreeSet<SignIn> {
    let mut all = BTreeSet::from([SignIn::Passcode, SignIn::Personal, SignIn::OtherTenant]);
    if sides.iter().any(|side| !side.sends_passcodes()) {
        let _ = all.insert(SignIn::OtherFederation);
    }
    for side in sides {
        side.naming(domain)
            .for_each(|organization| add(organization, &mut all));
    }
    all
}

/// The organizations of one side that are told by how their people sign in, and not by their domain alone: the configured and
/// the proposed, in order of names.
type Apart<'t> = [Vec<(&'t str, &'t Organization)>; 2];

/// Whoever signs in as an organization that need not name their domain.
#[derive(Debug)]
pub(super) struct Elsewhere<'t> {
    sides: Vec<Apart<'t>>,
}

impl<'t> Elsewhere<'t> {
    /// Finds the organizations of each side that are told by how their people sign in.
    pub(super) fn of(sides: &[&Estate<'t>]) -> Self {
        let of_state = |side: &Estate<'t>, state: OrganizationState| {
            let all = side.organizations().filter(|(_, organization)| {
                organization.state == state && signs_in_by_itself(organization)
            });
            all.map(|(address, organization)| (address.own_name(), organization))
                .collect()
        };
        let states = [OrganizationState::Configured, OrganizationState::Proposed];
        let sides = sides.iter().map(|side| states.map(|it| of_state(side, it)));
        Self {
            sides: sides.collect(),
        }
    }

    /// Returns the ways to sign in of such organizations, as far as a package tells them apart: those that its policies name, and
    /// one of the configured and one of the proposed.
    pub(super) fn sign_ins(
        &self,
        sides: &[&Estate<'_>],
        offers: &[Option<&Offer<'_>>],
    ) -> BTreeSet<SignIn> {
        let named = offers
            .iter()
            .flatten()
            .flat_map(|offer| offer.organizations());
        let named: BTreeSet<&str> = named.collect();
        let mut all = BTreeSet::new();
        for (side, apart) in sides.iter().zip(&self.sides) {
            let of_named = named.iter().filter_map(|name| side.organization(name));
            of_named.for_each(|organization| add(organization, &mut all));
            for of_state in apart {
                let mut others = of_state.iter().filter(|(name, _)| !named.contains(name));
                if let Some((_, organization)) = others.next() {
                    add(organization, &mut all);
                }
            }
        }
        all
    }
}

/// Returns true for an organization that is told by how its people sign in, and not by their domain alone.
const fn signs_in_by_itself(organization: &Organization) -> bool {
    organization.tenant.is_some()
        || organization.federation.is_some()
        || organization.social.is_some()
}

/// Adds the ways to sign in by which an organization is told.
fn add(organization: &Organization, all: &mut BTreeSet<SignIn>) {
    if let Some(tenant) = &organization.tenant {
        let _ = all.insert(SignIn::Tenant(tenant.clone()));
    }
    if let Some(federation) = &organization.federation {
        let issuer = federation.issuer.as_str().to_owned();
        let _ = all.insert(SignIn::Federation(issuer));
    }
    if organization.social.is_some() {
        let _ = all.insert(SignIn::Facebook);
    }
}

/// The domains that some side names.
struct Known {
    /// Those that are ours on no side, or on one alone.
    listed: BTreeSet<Domain>,
    /// Those of them whose subdomains are told apart from others.
    above: BTreeSet<Domain>,
    /// Those that are ours on every side.
    own: BTreeSet<Domain>,
}

impl Known {
    fn of(sides: &[&Estate<'_>]) -> Self {
        let (mut listed, mut above) = (BTreeSet::new(), BTreeSet::new());
        for side in sides {
            let partners = side.organizations();
            let rules = partners.flat_map(|(_, organization)| organization.domains.iter());
            for rule in rules {
                let _ = listed.insert(rule.domain.clone());
                if rule.subdomains {
                    let _ = above.insert(rule.domain.clone());
                }
            }
            let Some((_, list)) = side.list() else {
                continue;
            };
            for rule in list.block.iter().flatten() {
                let _ = listed.insert(rule.domain.clone());
                let _ = above.insert(rule.domain.clone());
            }
            for rule in list.allow.iter().flatten() {
                let _ = listed.insert(rule.domain.clone());
                if rule.subdomains {
                    let _ = above.insert(rule.domain.clone());
                }
            }
        }
        let own: BTreeSet<Domain> = sides.iter().flat_map(|side| side.own.to_vec()).collect();
        let is_own = |domain: &Domain| sides.iter().all(|side| side.own.contains(domain));
        // Of a domain that is ours on one side only, people may come from outside on the other.
        let (own, listing): (BTreeSet<_>, BTreeSet<_>) = own.into_iter().partition(is_own);
        listed.extend(listing);
        listed.retain(|domain| !own.contains(domain));
        Self { listed, above, own }
    }

    fn has(&self, domain: &Domain) -> bool {
        self.listed.contains(domain) || self.own.contains(domain)
    }

    /// Returns the nearest domain above one of which subdomains are told apart.
    fn above(&self, domain: &Domain) -> Option<&Domain> {
        let mut zones = domain.zones().skip(1);
        zones.find_map(|zone| self.above.get(zone))
    }

    /// Returns a domain below another that nothing names.
    fn below(&self, above: &Domain) -> Option<Domain> {
        let labels = (0..=self.listed.len()).map(|n| format!("sub{n}.{above}"));
        let mut domains = labels.filter_map(|text| Domain::parse(&text).ok());
        domains.find(|domain| !self.has(domain))
    }

    /// Returns a domain that nothing names, nor one above it, and that looks like no other.
    fn other(&self, sides: &[&Estate<'_>]) -> Option<Domain> {
        let plain = (0_u32..).map(|n| format!("elsewhere{n}.example"));
        let mut plain = plain.take(self.listed.len() + self.own.len() + 2);
        plain.find_map(|text| {
            let domain = Domain::parse(&text).ok()?;
            let is_free = !self.has(&domain) && self.above(&domain).is_none();
            let alike = sides.iter().any(|side| side.looks_alike(&domain));
            (is_free && !alike).then_some(domain)
        })
    }

    /// Returns domains that nothing names and that look like those of partners or our own: one that does so on every side, one
    /// for each side where it does so alone, and such domains below each that is named with its subdomains.
    fn resembling(&self, sides: &[&Estate<'_>]) -> Vec<(Sort, Domain)> {
        let mut found: BTreeMap<(Looks, Option<&Domain>), Domain> = BTreeMap::new();
        let mut find = |domain: &Domain| {
            for twin in twins(domain, |twin| !self.has(twin)) {
                if let Some(looks) = looks(sides, &twin) {
                    let _ = found.entry((looks, self.above(&twin))).or_insert(twin);
                }
            }
            found.contains_key(&(Looks::Always, None))
        };
        // What looks like a domain that every side knows, and lies below none, is alike for all of them.
        let matters = |domain: &&Domain| {
            self.above(domain).is_some() || !sides.iter().all(|side| side.knows(domain))
        };
        for domain in self.listed.iter().filter(matters) {
            let _ = find(domain);
        }
        let _ = self.own.iter().chain(&self.listed).any(find);
        let found = found.into_iter();
        found
            .map(|((looks, _), twin)| (Sort::LookAlike(looks), twin))
            .collect()
    }
}

/// Returns on which sides a domain looks like a known one; `None` on none of them.
fn looks(sides: &[&Estate<'_>], domain: &Domain) -> Option<Looks> {
    let mut sides = sides.iter().map(|side| side.looks_alike(domain));
    match (sides.next()?, sides.next()) {
        (true, None | Some(true)) => Some(Looks::Always),
        (true, Some(false)) => Some(Looks::Before),
        (false, Some(true)) => Some(Looks::After),
        (false, _) => None,
    }
}

/// Domains that no side can tell apart, with the ways to sign in that make a difference there.
pub(super) struct Zones {
    pub(super) all: Vec<(Zone, BTreeSet<SignIn>)>,
}

impl Zones {
    pub(super) fn of(sides: &[&Estate<'_>]) -> Self {
        let known = Known::of(sides);
        let mut zones = Self { all: Vec::new() };
        for domain in &known.listed {
            zones.add(Sort::Listed, domain.clone(), sign_ins(sides, domain));
        }
        for domain in &known.above {
            if let Some(witness) = known.below(domain) {
                let all = sign_ins(sides, &witness);
                zones.add(Sort::Below(domain.clone()), witness, all);
            }
        }
        let other = known.other(sides);
        let alike = known.resembling(sides);
        let strangers = other.iter().map(|domain| (Sort::Other, domain.clone()));
        let tied = tied(sides);
        for (sort, witness) in strangers.chain(alike) {
            let mut all = sign_ins(sides, &witness);
            if !sort.is_of_one_side() {
                all.extend(tied.iter().cloned());
            }
            zones.add(sort, witness, all);
        }
        zones.refused(sides, &tied);
        match known.own.first() {
            Some(domain) => {
                let inside = BTreeSet::from([SignIn::Own, SignIn::Passcode]);
                zones.add(Sort::Own, domain.clone(), inside);
            }
            // Our own people are there whatever their domain is called.
            None => {
                if let Some(domain) = other {
                    zones.add(Sort::Own, domain, BTreeSet::from([SignIn::Own]));
                }
            }
        }
        zones
    }

    fn add(&mut self, sort: Sort, witness: Domain, sign_ins: BTreeSet<SignIn>) {
        self.all.push((Zone { sort, witness }, sign_ins));
    }

    /// Adds the sign-ins that have nothing to do with the domain to one zone of each answer that lists give.
    fn refused(&mut self, sides: &[&Estate<'_>], tied: &BTreeSet<SignIn>) {
        let mut known = BTreeSet::new();
        let tells = |(zone, _): &&mut (Zone, _)| !zone.sort.is_of_one_side();
        for (zone, sign_ins) in self.all.iter_mut().filter(tells) {
            let domain = &zone.witness;
            let answers: Vec<(bool, bool)> = sides
                .iter()
                .map(|side| (side.unlisted(domain).is_some(), side.looks_alike(domain)))
                .collect();
            if known.insert(answers) {
                sign_ins.extend(tied.iter().cloned());
            }
        }
    }
}

/// Returns the sign-ins that prove an organization whatever the domain is.
fn tied(sides: &[&Estate<'_>]) -> BTreeSet<SignIn> {
    let mut all = BTreeSet::new();
    for (_, organization) in sides.iter().flat_map(|side| side.organizations()) {
        if let Some(tenant) = &organization.tenant {
            let _ = all.insert(SignIn::Tenant(tenant.clone()));
        }
        if organization.social.is_some() {
            let _ = all.insert(SignIn::Facebook);
        }
    }
    all
}

/// Letters that look like others, as far as names of domains may hold them: one for each letter that has any.
const TWINS: &[(&str, &str)] = &[
    ("m", "rn"),
    ("rn", "m"),
    ("l", "1"),
    ("1", "l"),
    ("a", "\u{430}"),
    ("e", "\u{435}"),
    ("o", "\u{43e}"),
    ("c", "\u{441}"),
    ("p", "\u{440}"),
    ("i", "\u{456}"),
    ("s", "\u{455}"),
    ("x", "\u{445}"),
    ("y", "\u{443}"),
    ("b", "\u{15af}"),
    ("d", "\u{501}"),
    ("f", "\u{192}"),
    ("g", "\u{261}"),
    ("h", "\u{4bb}"),
    ("j", "\u{458}"),
    ("n", "\u{578}"),
    ("q", "\u{51b}"),
    ("r", "\u{433}"),
    ("u", "\u{57d}"),
    ("v", "\u{475}"),
    ("w", "\u{461}"),
    ("z", "\u{1d22}"),
    ("0", "\u{b20}"),
    ("2", "\u{a6ef}"),
    ("3", "\u{969}"),
    ("4", "\u{13ce}"),
    ("6", "\u{431}"),
    ("7", "\u{118c6}"),
    ("8", "\u{223}"),
    ("9", "\u{9ed}"),
];

/// Returns domains that look like one and may be meant: of those that differ in the first label the first, since all of them
/// stand alike to the domains above, and those that differ in what is above.
fn twins(domain: &Domain, may_be_meant: impl Fn(&Domain) -> bool) -> Vec<Domain> {
    let (label, rest) = domain.as_str().split_once('.').unwrap_or_default();
    let shape_of = shape(domain);
    let twin = |text: String| {
        let domain = Domain::parse(&idna::domain_to_ascii(&text).ok()?).ok()?;
        (may_be_meant(&domain) && shape(&domain) == shape_of).then_some(domain)
    };
    let mut beside = written(label).filter_map(|label| twin(format!("{label}.{rest}")));
    let above = written(rest).filter_map(|rest| twin(format!("{label}.{rest}")));
    beside.next().into_iter().chain(above).collect()
}

/// Returns a text with the first of a letter written by another that looks like it, for each letter in it that has one.
fn written(text: &str) -> impl Iterator<Item = String> {
    let found = TWINS.iter().filter(|(letter, _)| text.contains(letter));
    found.map(|(letter, twin)| text.replacen(letter, twin, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_that_another_looks_like_has_a_twin() {
        for (letter, _) in TWINS {
            let domain = Domain::parse(&format!("{letter}k.k")).expect("a domain");
            let found = twins(&domain, |_| true);
            assert_eq!(found.len(), 1, "{letter}");
            assert_eq!(shape(&found[0]), shape(&domain), "{letter}");
            assert_ne!(found[0], domain);
        }
        let none = Domain::parse("kt5.tk").expect("a domain");
        assert!(twins(&none, |_| true).is_empty());
        // One that is known is another's, and the next one stands for it.
        let domain = Domain::parse("ma.k").expect("a domain");
        let next = twins(&domain, |twin| twin.as_str() != "rna.k");
        assert_eq!(next.len(), 1);
        assert_ne!(next[0].as_str(), "rna.k");
    }
}
