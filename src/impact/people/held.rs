//! Who can hold a package at all: whom a policy of it covers, before a plan or after it.
//!
//! Nobody has a package but through a policy: they asked, an administrator assigned it, or a rule gave it. An administrator
//! assigns those whom a policy covers, whether it takes requests or not, and anybody through one for direct assignment; of
//! somebody who proved nothing so far the domain counts. Whoever has a package since the tree said otherwise is known to a
//! store alone: it adds them, see [`stray`](super::stray).

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use super::census::Census;
use super::class::{Base, Named, SignIn, Sort};
use super::crowd::Crowd;
use super::stray::Strays;
use crate::governance::rule::{Rule, is_possible};
use crate::impact::estate::{Estate, Traits};
use crate::impact::moving::{Moves, equal};
use crate::impact::offer::Offer;
use crate::model::kinds::policy::{Policy, Requestors};
use crate::model::kinds::{Incompatible, OrganizationState};
use crate::model::text::{Domain, Email, Principal};

/// People of the directory whom a policy covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Covered<'t> {
    Members,
    Guests,
    Outside,
    Configured,
    Organization(&'t str),
    User(&'t Email),
}

/// Somebody of the directory, as one side sees them.
#[derive(Debug, Clone, Copy)]
struct Seen<'r> {
    member: bool,
    outside: bool,
    /// The organization that they prove, or that names their domain where they prove none.
    organization: Option<(&'r str, OrganizationState)>,
    mail: Option<&'r Email>,
}

impl Covered<'_> {
    fn takes(self, seen: &Seen<'_>) -> bool {
        match self {
            Self::Members => seen.member,
            Self::Guests => !seen.member,
            Self::Outside => seen.outside,
            Self::Configured => seen
                .organization
                .is_some_and(|(_, state)| state == OrganizationState::Configured),
            Self::Organization(name) => seen.organization.is_some_and(|(mine, _)| mine == name),
            Self::User(mail) => seen.mail == Some(mail),
        }
    }
}

/// Whom the policies of a package cover on one side.
#[derive(Debug, Default)]
struct Coverage<'t> {
    covered: Vec<Covered<'t>>,
    /// Whether no member, and no guest, gets it: whatever they are, they have something that excludes it.
    excluded: [bool; 2],
    /// Whether guests get nothing of it.
    gives_no_guest: bool,
}

impl<'t> Coverage<'t> {
    fn of(side: &Estate<'t>, at: usize, offer: &Offer<'t>, moves: Moves<'_>) -> Self {
        let mut all = Self {
            gives_no_guest: offer.refuses_guests,
            ..Self::default()
        };
        for (_, policy) in &offer.policies {
            all.add(policy, side, at, moves);
        }
        for other in &offer.package.incompatible_with {
            if let Incompatible::Group(name) = other {
                let group = side.group(name);
                for (kind, excluded) in all.excluded.iter_mut().enumerate() {
                    *excluded |= moves.is_made_of(&group, at, kind > 0);
                }
            }
        }
        all
    }

    fn add(&mut self, policy: &'t Policy, side: &Estate<'t>, at: usize, moves: Moves<'_>) {
        const EVERYBODY: [Covered<'static>; 2] = [Covered::Members, Covered::Guests];
        match &policy.requestors {
            Requestors::Nobody if policy.requests.enabled => self.covered.extend(EVERYBODY),
            Requestors::Nobody => {}
            Requestors::Members => self.covered.push(Covered::Members),
            Requestors::MembersAndGuests => self.covered.extend(EVERYBODY),
            Requestors::People(people) => {
                for principal in people {
                    match principal {
                        Principal::User(mail) => self.covered.push(Covered::User(mail)),
                        Principal::Group(name) => {
                            let group = side.group(name);
                            let kinds = EVERYBODY.into_iter();
                            let kinds = kinds.filter(|it| {
                                moves.may_be_in(&group, at, matches!(it, Covered::Members))
                            });
                            self.covered.extend(kinds);
                        }
                        Principal::Manager(_) | Principal::Oneself | Principal::Sponsors(_) => {}
                    }
                }
            }
            Requestors::Organizations(names) => {
                let names = names.iter();
                let names = names.map(|name| Covered::Organization(name.as_str()));
                self.covered.extend(names);
            }
            Requestors::ConfiguredOrganizations => self.covered.push(Covered::Configured),
            Requestors::AnyExternal => self.covered.push(Covered::Outside),
            Requestors::Automatic(automatic) => {
                let rule = Rule::parse(automatic.rule.as_str()).ok();
                let matches = |kind: &str| {
                    let kind = equal("userType", kind);
                    let is = |rule: &Rule| is_possible(&[(rule, true), (&kind, true)]);
                    rule.as_ref().is_none_or(is)
                };
                self.covered
                    .extend(matches("member").then_some(Covered::Members));
                self.covered
                    .extend(matches("guest").then_some(Covered::Guests));
            }
            Requestors::ServicePrincipals(_)
            | Requestors::AllServicePrincipals
            | Requestors::AllAgentIdentities => {}
        }
    }

    fn takes(&self, seen: &Seen<'_>) -> bool {
        let excluded = self.excluded[usize::from(seen.member)];
        !excluded && self.covered.iter().any(|it| it.takes(seen))
    }
}

/// Sorts of people in the directory, by what policies cover.
#[derive(Debug)]
struct Sorts<'t> {
    members: Crowd,
    guests: Crowd,
    outside: Crowd,
    /// Those whose domain is of an organization that how they sign in does not prove.
    claimed: Crowd,
    /// By side: those of configured organizations, and those of each organization.
    of: Vec<(Crowd, HashMap<&'t str, Crowd>)>,
}

impl<'t> Sorts<'t> {
    fn of(census: &Census<'_, 't>) -> Self {
        let mut all = Self {
            members: Crowd::default(),
            guests: Crowd::default(),
            outside: Crowd::default(),
            claimed: Crowd::default(),
            of: vec![Default::default(); census.sides.len()],
        };
        for (at, base) in census.bases().iter().enumerate() {
            let Some((_, traits)) = census.seen_at(at).filter(|(_, it)| is_living(it)) else {
                continue;
            };
            for (nth, (side, traits)) in census.sides.iter().zip(traits).enumerate() {
                let seen = seen(side, traits, &base.zone.witness, None);
                match seen.member {
                    true => all.members.insert(at),
                    false => all.guests.insert(at),
                }
                if seen.outside {
                    all.outside.insert(at);
                }
                if seen.organization.is_some() && traits.seen.organization.is_none() {
                    all.claimed.insert(at);
                }
                let (Some((name, state)), Some((configured, of))) =
                    (seen.organization, all.of.get_mut(nth))
                else {
                    continue;
                };
                of.entry(name).or_default().insert(at);
                if state == OrganizationState::Configured {
                    configured.insert(at);
                }
            }
        }
        all
    }
}

/// Whom the policies of a package cover, on each side; `None` where it is not there.
#[derive(Debug)]
pub(super) struct Coverages<'t>(Vec<Option<Coverage<'t>>>);

impl<'t> Coverages<'t> {
    pub(super) fn of(sides: &[&Estate<'t>], package: &str, moves: Moves<'_>) -> Self {
        let sides = sides.iter().enumerate().map(|(at, side)| {
            let offer = side.offer(package)?;
            Some(Coverage::of(side, at, offer, moves))
        });
        Self(sides.collect())
    }

    /// Returns true where some side covers everybody who is in the directory.
    pub(super) fn is_everybody(&self) -> bool {
        let mut there = self.0.iter().flatten();
        there.any(|side| {
            let takes = |covered: &Covered<'_>| side.covered.contains(covered);
            side.excluded == [false; 2] && takes(&Covered::Members) && takes(&Covered::Guests)
        })
    }

    /// Returns true for somebody whom a policy covers on one of the sides, or on each of them, where they come to get something.
    pub(super) fn takes(
        &self,
        sides: &[&Estate<'t>],
        traits: &[Traits<'t>],
        mail: &Email,
        on_each: bool,
    ) -> bool {
        let Ok(domain) = Domain::parse(mail.domain()) else {
            return true;
        };
        let mut each = sides.iter().zip(&self.0).zip(traits);
        let takes = |((side, coverage), traits): ((&&Estate<'t>, &Option<Coverage<'t>>), _)| {
            let seen = seen(side, traits, &domain, Some(mail));
            let gets = |it: &Coverage<'t>| seen.member || !on_each || !it.gives_no_guest;
            coverage
                .as_ref()
                .is_some_and(|it| it.takes(&seen) && gets(it))
        };
        match on_each {
            true => each.all(takes),
            false => each.any(takes),
        }
    }
}

/// Who can hold packages, found as they are asked for.
#[derive(Debug)]
pub(super) struct Held<'e, 't> {
    moves: Moves<'e>,
    strays: Option<&'e Strays<'t>>,
    sorts: OnceLock<Sorts<'t>>,
    /// By package, of those whose holders are to be known.
    of: BTreeMap<&'e str, OnceLock<Holders<'t>>>,
}

/// Who can hold a package.
#[derive(Debug)]
struct Holders<'t> {
    coverages: Coverages<'t>,
    /// On some side, or since before.
    crowd: Crowd,
    /// On every side.
    comers: Crowd,
}

impl<'e, 't> Held<'e, 't> {
    pub(super) fn new(moves: Moves<'e>, strays: Option<&'e Strays<'t>>) -> Self {
        let names = moves.holdings.names();
        Self {
            moves,
            strays,
            sorts: OnceLock::new(),
            of: names.map(|name| (name, OnceLock::new())).collect(),
        }
    }

    /// Returns the sorts of people who can hold what makes them be named so; `None` where that is no matter of a package, or of
    /// one of which nothing is known.
    pub(super) fn crowd(&self, census: &Census<'_, 't>, named: &Named) -> Option<&Crowd> {
        let holders = self.holders(census, named)?;
        Some(match named {
            Named::Comer(_) => &holders.comers,
            _ => &holders.crowd,
        })
    }

    /// Returns the sorts of people whose domain is of an organization that how they sign in does not prove: they can hold what
    /// others of it can.
    pub(super) fn claimed(&self, census: &Census<'_, 't>) -> &Crowd {
        &self.sorts(census).claimed
    }

    fn sorts(&self, census: &Census<'_, 't>) -> &Sorts<'t> {
        self.sorts.get_or_init(|| Sorts::of(census))
    }

    /// Returns false for somebody whom an address names and who cannot hold what makes them be named so besides.
    pub(super) fn may_hold(
        &self,
        census: &Census<'_, 't>,
        named: &Named,
        traits: &[Traits<'t>],
        mail: &Email,
    ) -> bool {
        let Some(holders) = self.holders(census, named) else {
            return true;
        };
        let comes = matches!(named, Named::Comer(_));
        let stray = named.package().and_then(|it| self.strays?.get(it));
        let stray = stray.filter(|_| !comes);
        census.all_addresses(mail).iter().any(|mail| {
            let covered = holders.coverages.takes(&census.sides, traits, mail, comes);
            covered || stray.is_some_and(|stray| stray.has(mail))
        })
    }

    fn holders(&self, census: &Census<'_, 't>, named: &Named) -> Option<&Holders<'t>> {
        let package = named.package()?;
        let place = self.of.get(package)?;
        Some(place.get_or_init(|| self.find(census, package)))
    }

    fn find(&self, census: &Census<'_, 't>, package: &str) -> Holders<'t> {
        let sorts = self.sorts(census);
        let mut crowd = Crowd::default();
        let mut comers: Option<Crowd> = None;
        let coverages = Coverages::of(&census.sides, package, self.moves);
        for (coverage, (configured, of)) in coverages.0.iter().zip(&sorts.of) {
            let mut mine = Crowd::default();
            if let Some(coverage) = coverage {
                for covered in &coverage.covered {
                    match covered {
                        Covered::Members => mine.add(&sorts.members),
                        Covered::Guests => mine.add(&sorts.guests),
                        Covered::Outside => mine.add(&sorts.outside),
                        Covered::Configured => mine.add(configured),
                        Covered::Organization(name) => {
                            of.get(name).into_iter().for_each(|crowd| mine.add(crowd));
                        }
                        Covered::User(mail) => mine.add(&like(census, mail)),
                    }
                }
                for (excluded, kind) in coverage
                    .excluded
                    .iter()
                    .zip([&sorts.guests, &sorts.members])
                {
                    if *excluded {
                        mine.take(kind);
                    }
                }
                crowd.add(&mine);
                if coverage.gives_no_guest {
                    mine.take(&sorts.guests);
                }
            }
            match &mut comers {
                Some(comers) => comers.keep(&mine),
                None => comers = Some(mine),
            }
        }
        if let Some(stray) = self.strays.and_then(|strays| strays.get(package)) {
            crowd.add(&stray.crowd(census));
        }
        let comers = comers.unwrap_or_default();
        Holders {
            coverages,
            crowd,
            comers,
        }
    }
}

fn seen<'t: 'r, 'r>(
    side: &Estate<'t>,
    traits: &Traits<'t>,
    domain: &Domain,
    mail: Option<&'r Email>,
) -> Seen<'r> {
    let outside = traits.seen.outside;
    let claimed = || {
        let partner = side.claimed(domain).filter(|_| outside)?;
        Some((partner.address.own_name(), partner.organization.state))
    };
    Seen {
        member: traits.seen.member,
        outside,
        organization: traits.seen.organization.or_else(claimed),
        mail,
    }
}

fn is_living(traits: &[Traits<'_>]) -> bool {
    traits.iter().all(|traits| traits.seen.living)
}

/// Returns the sorts of people that somebody with an address may be of.
fn like(census: &Census<'_, '_>, mail: &Email) -> Crowd {
    let Ok(domain) = Domain::parse(mail.domain()) else {
        return Crowd::default();
    };
    let own = census.sides.iter().any(|side| side.own.contains(&domain));
    let is_like = |base: &Base| match &base.zone.sort {
        Sort::Own => own,
        _ if own => false,
        // Who signs in so may have any address, and is counted at one domain alone.
        _ if matches!(base.sign_in, SignIn::Tenant(_) | SignIn::Facebook) => true,
        Sort::Listed => base.zone.witness == domain,
        Sort::Below(above) => above.covers(&domain),
        Sort::LookAlike(_) | Sort::Other => true,
    };
    let living = census.seen().filter(|(_, traits)| is_living(traits));
    let bases = living.filter_map(|(at, _)| Some((at, census.bases().get(at)?)));
    let found = bases.filter(|(_, base)| is_like(base));
    found.map(|(at, _)| at).collect()
}
