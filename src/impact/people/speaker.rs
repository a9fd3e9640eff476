//! Puts sorts of people into words: as few as say exactly who is meant.

mod leftover;
mod meant;

use std::collections::{BTreeMap, BTreeSet};

use self::meant::whole;
use super::census::Census;
use super::class::{Account, Base, SignIn, Sort};
use super::crowd::Crowd;
use super::spoken::{SignedIn, Spoken};
use super::who::{SHOWN, Who, inside, list, outside, zone};
use crate::model::text::Domain;

/// Somebody's address and sign-in, without what they are to the directory.
type Spot = (Domain, SignIn);

/// Puts sorts of people into words.
#[derive(Debug)]
pub(in crate::impact) struct Speaker<'c, 't> {
    bases: &'c [Base],
    /// How many spots are outside, and before all others.
    open: usize,
    /// The spots of each organization, as any side sees it, in order of names.
    organizations: Vec<(&'t str, Vec<usize>)>,
    /// Organizations that nobody belongs to on both sides, since they are told by something else than domains: the spots before,
    /// and after.
    remade: BTreeMap<&'t str, [BTreeSet<usize>; 2]>,
    /// The organizations of each spot.
    organizations_of: Vec<Vec<usize>>,
    /// The spots of any organization.
    known: Crowd,
    /// The spots of no organization.
    strangers: Crowd,
    /// The spots with addresses of our own.
    own: Crowd,
    /// The spots of those who sign in by a one-time passcode.
    passcodes: Crowd,
    /// The spots outside of each domain.
    zones: Vec<((Sort, Domain), Vec<usize>)>,
    /// The domain of each spot, where somebody outside has one.
    zone_of: Vec<Option<usize>>,
    /// The spot of each base.
    spots: Vec<usize>,
    /// The domain of each spot.
    sorts: Vec<(Sort, Domain)>,
    /// The first base of each spot.
    firsts: Vec<usize>,
    /// Members at domains that look like known ones on one side alone: whether they are meant is told of nobody.
    either: Crowd,
}

impl<'c, 't> Speaker<'c, 't> {
    /// Learns who there is.
    pub(in crate::impact) fn new(census: &'c Census<'_, 't>) -> Self {
        let mut speaker = Self {
            bases: census.bases(),
            open: census.open(),
            organizations: Vec::new(),
            remade: BTreeMap::new(),
            organizations_of: Vec::new(),
            known: Crowd::default(),
            strangers: Crowd::default(),
            own: Crowd::default(),
            passcodes: Crowd::default(),
            zones: Vec::new(),
            zone_of: Vec::new(),
            spots: Vec::new(),
            sorts: Vec::new(),
            firsts: Vec::new(),
            either: Crowd::default(),
        };
        let mut zones: BTreeMap<(Sort, Domain), BTreeSet<usize>> = BTreeMap::new();
        let mut known: BTreeMap<Spot, usize> = BTreeMap::new();
        for (nth, base) in census.bases().iter().enumerate() {
            let spot = (base.zone.witness.clone(), base.sign_in.clone());
            let next = known.len();
            let at = *known.entry(spot).or_insert(next);
            speaker.spots.push(at);
            if base.account == Account::ExternalMember && base.zone.sort.is_of_one_side() {
                speaker.either.insert(nth);
            }
            if at == next {
                let zone = (base.zone.sort.clone(), base.zone.witness.clone());
                if zone.0 == Sort::Own {
                    speaker.own.insert(at);
                } else if base.sign_in == SignIn::Passcode {
                    speaker.passcodes.insert(at);
                }
                speaker.sorts.push(zone.clone());
                speaker.firsts.push(nth);
                if base.account.is_outside() {
                    let _ = zones.entry(zone).or_default().insert(at);
                }
            }
        }
        speaker.zone_of = vec![None; speaker.sorts.len()];
        for (zone, spots) in zones {
            for spot in &spots {
                if let Some(of) = speaker.zone_of.get_mut(*spot) {
                    *of = Some(speaker.zones.len());
                }
            }
            speaker.zones.push((zone, spots.into_iter().collect()));
        }
        speaker.learn_organizations(census);
        speaker
    }

    fn learn_organizations(&mut self, census: &Census<'_, 't>) {
        let mut organizations: BTreeMap<&'t str, BTreeSet<usize>> = BTreeMap::new();
        let mut by_side: BTreeMap<&'t str, [BTreeSet<usize>; 2]> = BTreeMap::new();
        for (at, traits) in census.seen() {
            let base = self.bases.get(at).filter(|base| base.account.is_outside());
            let (Some(_), Some(spot)) = (base, self.spots.get(at).copied()) else {
                continue;
            };
            let names = traits
                .iter()
                .filter_map(|traits| Some(traits.seen.organization?.0));
            let mut is_stranger = true;
            for name in names {
                is_stranger = false;
                let _ = organizations.entry(name).or_default().insert(spot);
            }
            match is_stranger {
                true => self.strangers.insert(spot),
                false => self.known.insert(spot),
            }
            for (side, traits) in traits.iter().enumerate() {
                let name = traits.seen.organization.map(|(name, _)| name);
                let spots = name.and_then(|name| by_side.entry(name).or_default().get_mut(side));
                spots.into_iter().for_each(|spots| spots.extend([spot]));
            }
        }
        by_side.retain(|_, sides| self.is_remade(sides));
        self.remade = by_side;
        self.organizations_of = vec![Vec::new(); self.sorts.len()];
        for (name, spots) in organizations {
            for spot in &spots {
                if let Some(of) = self.organizations_of.get_mut(*spot) {
                    of.push(self.organizations.len());
                }
            }
            self.organizations.push((name, spots.into_iter().collect()));
        }
    }

    /// Returns true for the spots of an organization before and after that have none in common, and that domains do not tell
    /// apart: they share some, or people at any domain are meant.
    fn is_remade(&self, [before, after]: &[BTreeSet<usize>; 2]) -> bool {
        let zones = |spots: &BTreeSet<usize>| -> BTreeSet<&(Sort, Domain)> {
            let sorts = spots.iter().filter_map(|at| self.sorts.get(*at));
            sorts.collect()
        };
        let is_any = |zones: &BTreeSet<&(Sort, Domain)>| zones.iter().any(|it| it.0 == Sort::Other);
        let is_there = !before.is_empty() && !after.is_empty() && before.is_disjoint(after);
        let [before, after] = [zones(before), zones(after)];
        is_there && (is_any(&before) || is_any(&after) || !before.is_disjoint(&after))
    }

    /// Returns the organizations that people of some spots belong to, by their position.
    fn belonging(&self, spots: &Crowd) -> Crowd {
        // Of most spots it is found sooner for each organization that some are its own.
        if spots.count() > self.organizations.len() {
            let is_of = |of: &[usize]| of.iter().any(|spot| spots.contains(*spot));
            let all = self.organizations.iter().enumerate();
            return all
                .filter(|(_, (_, of))| is_of(of))
                .map(|it| it.0)
                .collect();
        }
        let of = spots.iter();
        let of = of.filter_map(|spot| self.organizations_of.get(spot));
        of.flatten().copied().collect()
    }

    /// Returns the organizations that people of some spots belong to, in order of names.
    fn organizations<'s>(
        &'s self,
        spots: &Crowd,
    ) -> impl Iterator<Item = &'s (&'t str, Vec<usize>)> + use<'s, 'c, 't> {
        let all = self.belonging(spots).into_iter();
        all.filter_map(|at| self.organizations.get(at))
    }

    /// Returns the domains of some spots, in order.
    fn zones<'s>(
        &'s self,
        spots: &Crowd,
    ) -> impl Iterator<Item = &'s ((Sort, Domain), Vec<usize>)> + use<'s, 'c, 't> {
        let mut all = Crowd::default();
        let of = spots.iter().filter_map(|spot| *self.zone_of.get(spot)?);
        of.for_each(|zone| all.insert(zone));
        all.into_iter().filter_map(|at| self.zones.get(at))
    }

    /// Says who is meant by sorts of people, all of whom nothing names. Those of `idle` may be meant or not: they have
    /// nothing before and after, for they are not let in.
    pub(in crate::impact) fn bases(&self, bases: &Crowd, idle: &Crowd) -> Who {
        let mut either = self.either.clone();
        either.add(idle);
        let ways = self.ways(bases, &either);
        let (mut alike, mut free): (BTreeMap<BTreeSet<Account>, Crowd>, Vec<_>) =
            (BTreeMap::new(), Vec::new());
        let mut ours = BTreeSet::new();
        let mut unclear = Vec::new();
        for ((meant, idle), spots) in ways {
            let (inside, outside): (BTreeSet<_>, BTreeSet<_>) =
                meant.iter().partition(|account| !account.is_outside());
            ours.extend(inside);
            let idle: BTreeSet<Account> = idle.iter().collect();
            match (outside.is_empty(), idle.is_empty()) {
                (true, _) => free.push((spots, idle)),
                (_, true) => alike.entry(outside).or_default().add(&spots),
                _ => unclear.push((outside, idle, spots)),
            }
        }
        for (meant, idle, spots) in unclear {
            // As others are meant, where that is true of them too.
            let mut known = alike.iter_mut();
            let fits = |accounts: &BTreeSet<Account>| {
                let both: BTreeSet<Account> = meant.union(&idle).copied().collect();
                meant.is_subset(accounts) && accounts.is_subset(&both)
            };
            match known.find(|(accounts, _)| fits(accounts)) {
                Some((_, known)) => known.add(&spots),
                None => alike.entry(whole(meant, &idle)).or_default().add(&spots),
            }
        }
        let mut who = Who::default();
        let mut texts = Vec::new();
        for (accounts, spots) in alike {
            let free = free.iter().filter(|(_, idle)| accounts.is_subset(idle));
            let mut idle = Crowd::default();
            free.for_each(|(spots, _)| idle.add(spots));
            let spoken = self.spots(&spots, &idle, &mut who);
            let with_ours = spoken.fits_those_who_sign_in_here();
            texts.push(match (outside(&accounts), &spoken.all_but) {
                ("", _) => spoken.said(&spoken.text, None),
                ("external members", Some(but)) if with_ours && ours.remove(&Account::Member) => {
                    let members = match ours.remove(&Account::InternalGuest) {
                        true => "members and internal guests",
                        false => "members",
                    };
                    spoken.said(&format!("{members}{but}"), None)
                }
                ("in the directory", Some(but)) if with_ours && ours.len() == 2 => {
                    ours.clear();
                    spoken.said(&format!("everyone in the directory{but}"), None)
                }
                (which @ ("guests" | "external members"), Some(but)) => {
                    spoken.said(&format!("{which} from outside{but}"), None)
                }
                (which, _) => spoken.said(&spoken.text, Some(which)),
            });
        }
        texts.extend(inside(&ours).map(str::to_owned));
        texts.sort();
        texts.dedup();
        who.text = texts.join("; ");
        who
    }

    /// Says who is meant by spots outside; those of `idle` may be meant or not. Where none of them signs in by a passcode,
    /// or all do, that may say it in fewer words than all the parts that are left of organizations and domains.
    fn spots(&self, spots: &Crowd, idle: &Crowd, who: &mut Who) -> Spoken {
        let mut named = Who::default();
        let mut spoken = self.spots_as_they_are(spots, idle, &mut named);
        let others = match (spots.meets(&self.passcodes), spoken.in_parts) {
            (_, false) => None,
            (false, true) => Some((self.passcodes.clone(), SignedIn::NotByPasscode)),
            (true, true) => spots.is_within(&self.passcodes, &[]).then(|| {
                let mut others = self.known.clone();
                others.add(&self.strangers);
                others.take(&self.passcodes);
                (others, SignedIn::ByPasscode)
            }),
        };
        if let Some((mut others, way)) = others {
            others.add(idle);
            let mut named_so = Who::default();
            let mut shorter = self.spots_as_they_are(spots, &others, &mut named_so);
            shorter.way = Some(way);
            if shorter.length() < spoken.length() {
                (spoken, named) = (shorter, named_so);
            }
        }
        who.organizations.extend(named.organizations);
        who.domains.extend(named.domains);
        if named.every_organization_but.is_some() {
            who.every_organization_but = named.every_organization_but;
        }
        spoken
    }

    /// Says who is meant by spots outside, whose parts that are left are told one by one.
    fn spots_as_they_are(&self, spots: &Crowd, idle: &Crowd, who: &mut Who) -> Spoken {
        let uncounted = [idle, &self.own];
        let is_all_strangers =
            self.strangers.meets(spots) && self.strangers.is_within(spots, &uncounted);
        let is_whole = |some: &[usize]| {
            let is_counted = |at: usize| !uncounted.iter().any(|crowd| crowd.contains(at));
            some.iter()
                .all(|at| spots.contains(*at) || !is_counted(*at))
        };
        let is_by_passcode = self.strangers.meets(spots) && spots.is_within(&self.passcodes, &[]);
        if is_by_passcode && self.passcodes.is_within(spots, &uncounted) {
            return Spoken::whole("whoever signs in by a one-time passcode".to_owned(), None);
        }
        let mut left = spots.clone();
        let mut texts = Vec::new();
        let mut domains = Vec::new();
        let all_orgs_but = self.most(&mut left, spots, &uncounted, is_all_strangers);
        let no_orgs = all_orgs_but.is_none() && self.known.is_empty();
        if is_all_strangers {
            left.take(&self.strangers);
            if (all_orgs_but.is_some() || no_orgs) && !left.meets(&self.known) {
                let all_but = match all_orgs_but.as_deref() {
                    None | Some([]) => String::new(),
                    Some(others) => format!(" but people of {}", list(others)),
                };
                who.every_organization_but = all_orgs_but.filter(|others| !others.is_empty());
                return Spoken::whole(format!("{EVERYBODY}{all_but}"), Some(all_but));
            }
        } else if all_orgs_but.is_none() {
            // A domain counts before an organization where people of several are meant by it.
            for ((sort, witness), of) in self.zones(spots) {
                let listed = matches!(sort, Sort::Listed | Sort::Below(_)) && of.len() > 1;
                if listed && of.iter().all(|at| spots.contains(*at)) {
                    of.iter().for_each(|spot| left.remove(*spot));
                    self.domain(sort, witness, &mut domains, who);
                }
            }
        }
        match all_orgs_but {
            None => {
                let mut names = Vec::new();
                for (name, of) in self.organizations(&left) {
                    if of.iter().any(|at| left.contains(*at)) && is_whole(of) {
                        of.iter().for_each(|spot| left.remove(*spot));
                        names.push((*name).to_owned());
                    }
                }
                texts.extend((!names.is_empty()).then(|| format!("people of {}", list(&names))));
                who.organizations.extend(names);
            }
            Some(none) if none.is_empty() && self.organizations.len() <= SHOWN => {
                let meant = |of: &[usize]| of.iter().any(|at| spots.contains(*at));
                let all = self.organizations.iter().filter(|(_, of)| meant(of));
                let names: Vec<String> = all.map(|(name, _)| (*name).to_owned()).collect();
                texts.push(format!("people of {}", list(&names)));
                who.organizations.extend(names);
            }
            Some(others) => {
                texts.push(match others.as_slice() {
                    [] => "people of every organization".to_owned(),
                    others => format!("people of every organization but {}", list(others)),
                });
                who.every_organization_but = Some(others);
            }
        }
        if is_all_strangers {
            texts.push("anyone of no known organization".to_owned());
        }
        for ((sort, witness), of) in self.zones(&left) {
            if of.iter().any(|at| left.contains(*at)) && is_whole(of) {
                of.iter().for_each(|spot| left.remove(*spot));
                self.domain(sort, witness, &mut domains, who);
            }
        }
        if !domains.is_empty() {
            texts.push(format!("anyone at {}", list(&domains)));
        }
        let rest = self.rest(&left, idle, who);
        let in_parts = rest.is_some();
        texts.extend(rest);
        Spoken {
            in_parts,
            ..Spoken::whole(texts.join(", "), None)
        }
    }

    /// Returns the organizations of which not everybody is meant, where they are the fewer, and takes everybody of the others
    /// out of those who are left. Organizations of which everybody may be meant or not count as meant where all strangers are
    /// too; where these are not, few that are meant are told sooner than some that are not.
    fn most(
        &self,
        left: &mut Crowd,
        spots: &Crowd,
        uncounted: &[&Crowd],
        with_strangers: bool,
    ) -> Option<Vec<String>> {
        if !self.known.meets(spots) {
            return None;
        }
        let others = match self.known.is_within(spots, uncounted) {
            true => Crowd::default(),
            false => self.others(spots, uncounted, with_strangers)?,
        };
        let of_others = others.iter().filter_map(|at| self.organizations.get(at));
        let part = of_others.flat_map(|(_, of)| of).copied().filter(|spot| {
            let all = self.organizations_of.get(*spot);
            left.contains(*spot) && all.is_some_and(|all| all.iter().all(|at| others.contains(*at)))
        });
        let part: Crowd = part.collect();
        left.take(&self.known);
        left.add(&part);
        let names = others.iter().filter_map(|at| self.organizations.get(at));
        Some(names.map(|(name, _)| (*name).to_owned()).collect())
    }

    /// Returns the organizations of which not everybody is meant, by their position; `None` where these are not the fewer, or few
    /// are meant at all.
    fn others(&self, spots: &Crowd, uncounted: &[&Crowd], with_strangers: bool) -> Option<Crowd> {
        let mut whole: Crowd = match with_strangers {
            true => (0..self.organizations.len()).collect(),
            false => self.belonging(spots),
        };
        if whole.count() <= SHOWN {
            return None;
        }
        let mut missing = self.known.clone();
        missing.take(spots);
        uncounted.iter().for_each(|crowd| missing.take(crowd));
        let others = self.belonging(&missing);
        whole.take(&others);
        (whole.count() > SHOWN.max(others.count())).then_some(others)
    }

    fn domain(&self, sort: &Sort, witness: &Domain, domains: &mut Vec<String>, who: &mut Who) {
        domains.push(match sort {
            Sort::Other => "any other domain".to_owned(),
            _ => zone(sort, witness),
        });
        if let Sort::Listed = sort {
            who.domains.push(witness.to_string());
        }
    }
}

const EVERYBODY: &str = "anyone from outside";
