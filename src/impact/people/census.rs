//! Everybody, divided: the sorts of people that some side tells from another, and the parts of them that get one answer for a
//! package.
//!
//! A [`Census`] lists every [`Base`] that one of several sides may tell from another, and groups those that none of them
//! does. There are as many as there are organizations and listed domains, times a few. For one package [`Census::parts`]
//! divides everybody once more, by the organizations, people and groups that its policies name and the packages and groups
//! that exclude it; whoever is in one [`Part`] gets one answer on every side.
//!
//! Of those people, groups and holders of packages one and every two of different standing are looked at together, see
//! [`names`](super::names). That is enough: whatever several names give, one of them gives, and whatever several keep away,
//! two of them keep away.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::OnceLock;

use super::class::{Account, Base, Named, SignIn, Sort, Zone};
use super::crowd::Crowd;
use super::held::Held;
use super::known::Known;
use super::names::Names;
use super::part::Part;
use super::zones::{Elsewhere, Zones};
use crate::governance::rule::Rule;
use crate::impact::estate::{Border, Estate, Traits};
use crate::impact::moving::{Moves, Naming};
use crate::impact::offer::Offer;
use crate::model::kinds::OrganizationState;
use crate::model::kinds::policy::Requestors;

/// Every sort of people that some side tells from another.
#[derive(Debug)]
pub struct Census<'e, 't> {
    pub(in crate::impact) sides: Vec<&'e Estate<'t>>,
    bases: Vec<Base>,
    /// How many ways there are to come from outside, by domain and sign-in: the first bases are those of each account of
    /// [`Account::OUTSIDE`] in turn, in one order.
    open: usize,
    /// The traits that bases have, a set for each side, each once.
    groups: Vec<Group<'t>>,
    /// Which group a base is in.
    group_of: Vec<usize>,
    /// Groups that are alike where a package names none of their organizations.
    general: Vec<General>,
    /// Which general one a group is in.
    within: Vec<usize>,
    by_organization: HashMap<&'t str, Vec<usize>>,
    /// What of groups and packages is another on the second side than on the first.
    pub(super) moves: Option<Moves<'e>>,
    /// Who can hold the packages that make people be meant.
    held: Option<Held<'e, 't>>,
    /// What a store knows of people; `None` where none was asked.
    pub(super) known: Option<&'e Known<'t>>,
    /// Whoever signs in as an organization that need not name their domain, once somebody is named by address.
    elsewhere: OnceLock<Elsewhere<'t>>,
}

#[derive(Debug)]
struct Group<'t> {
    traits: Vec<Traits<'t>>,
    bases: Vec<usize>,
}

#[derive(Debug, Default)]
struct General {
    groups: Vec<usize>,
    bases: Crowd,
}

impl Group<'_> {
    /// Returns true where every side sees the same.
    fn is_seen_alike(&self) -> bool {
        let mut traits = self.traits.iter();
        let first = traits.next();
        traits.all(|it| Some(it) == first)
    }
}

impl<'e, 't> Census<'e, 't> {
    /// Lists the sorts of people that any of some sides can tell apart.
    #[must_use]
    pub fn of(sides: &[&'e Estate<'t>]) -> Self {
        let mut census = Self {
            sides: sides.to_vec(),
            bases: Vec::new(),
            open: 0,
            groups: Vec::new(),
            group_of: Vec::new(),
            general: Vec::new(),
            within: Vec::new(),
            by_organization: HashMap::new(),
            moves: None,
            held: None,
            known: None,
            elsewhere: OnceLock::new(),
        };
        census.count(&Zones::of(sides));
        census.sum_up();
        census
    }

    /// Tells apart those whom a plan makes others, from the first side to the second, by what a store knows where one was asked.
    pub(in crate::impact) fn moving(
        mut self,
        moves: Moves<'e>,
        known: Option<&'e Known<'t>>,
    ) -> Self {
        self.moves = Some(moves);
        self.held = Some(Held::new(moves, known.map(|known| &known.strays)));
        self.known = known;
        self
    }

    /// Returns whoever signs in as an organization that need not name their domain.
    pub(super) fn elsewhere(&self) -> &Elsewhere<'t> {
        self.elsewhere.get_or_init(|| Elsewhere::of(&self.sides))
    }

    /// Returns the part of those who are named so, where there may be somebody.
    pub(super) fn named(
        &self,
        part: &Part<'t>,
        named: &[Vec<Named>],
        names: &Names,
    ) -> Option<Part<'t>> {
        let mut bases = part.bases.clone();
        let mut left = Vec::new();
        for alike in named {
            let alike = self.holding(part, alike, named, &mut bases);
            if alike.is_empty() {
                return None;
            }
            left.push(alike);
        }
        let mut part = part.with(&left, part.is_member(), self.moves);
        part.bases = bases;
        self.name_also(&mut part);
        self.settle(&mut part, names).then_some(part)
    }

    /// Returns those of some names by which people of a part may be named, as far as it takes to hold a package, and takes
    /// everybody else out of their sorts.
    fn holding(
        &self,
        part: &Part<'t>,
        alike: &[Named],
        all: &[Vec<Named>],
        bases: &mut Crowd,
    ) -> Vec<Named> {
        let Some(held) = &self.held else {
            return alike.to_vec();
        };
        let mails = all.iter().flatten().filter_map(|named| match named {
            Named::User(mail) => Some(mail),
            _ => None,
        });
        let mail = mails.min();
        let mut left = alike.to_vec();
        left.retain(|named| match (mail, held.crowd(self, named)) {
            (_, None) => true,
            (Some(mail), Some(_)) => held.may_hold(self, named, &part.traits, mail),
            (None, Some(crowd)) => crowd.meets(bases),
        });
        if let Some(crowd) = self.holders(&left).filter(|_| mail.is_none()) {
            bases.keep(&crowd);
        }
        left
    }

    /// Returns who can hold any of some packages; `None` where some name is no matter of a package.
    fn holders(&self, alike: &[Named]) -> Option<Crowd> {
        let held = self.held.as_ref()?;
        let mut all = Crowd::default();
        for named in alike {
            all.add(held.crowd(self, named)?);
        }
        Some(all)
    }

    /// Returns who can be named like a part, as far as it takes to hold packages; `None` for everybody.
    pub(in crate::impact) fn nameable(&self, part: &Part<'t>) -> Option<Crowd> {
        let each = part.alike.iter().filter_map(|alike| self.holders(alike));
        each.reduce(|mut all, other| {
            all.keep(&other);
            all
        })
    }

    /// Returns the sorts of people who can hold packages as others of an organization can, whose people they do not prove to be.
    pub(in crate::impact) fn claimed(&self) -> Option<&Crowd> {
        Some(self.held.as_ref()?.claimed(self))
    }

    /// Says in which groups people of a part are by a rule that stays, of those that lists of a package name; false where nobody
    /// is there to whom none of the other names belongs.
    fn settle(&self, part: &mut Part<'t>, names: &Names) -> bool {
        let Some(moves) = self.moves.filter(|_| part.is_living()) else {
            return true;
        };
        let is_member = part.is_member();
        let is_theirs = |told: &Named| match told.package() {
            Some(package) => part.named.iter().any(|it| it.package() == Some(package)),
            None => {
                let naming = part.naming.iter().flat_map(|naming| &naming.named);
                let mut named = part.named.iter().chain(naming);
                named.any(|it| it.group() == told.group())
            }
        };
        let others = names.told.iter().filter(|told| !is_theirs(told));
        let mut apart: Vec<Named> = others.cloned().collect();
        if !apart.is_empty() && moves.rules(&part.named, &[], is_member).is_some() {
            let is_forced = |told: &Named| {
                let without = std::slice::from_ref(told);
                moves.is_ruled(told) && moves.rules(&part.named, without, is_member).is_none()
            };
            (part.forced, apart) = apart.into_iter().partition(is_forced);
        }
        part.join();
        let is_there = moves.rules(&part.named, &apart, is_member).is_some();
        part.apart = apart;
        is_there
    }

    /// Returns what rules say of people of a part: whether each matches.
    pub(in crate::impact) fn rules(&self, part: &Part<'t>) -> Vec<(Cow<'e, Rule>, bool)> {
        let rules = self
            .moves
            .and_then(|moves| moves.rules(&part.named, &part.apart, part.is_member()));
        rules.unwrap_or_default()
    }

    /// Returns the sorts of people.
    #[must_use]
    pub fn bases(&self) -> &[Base] {
        &self.bases
    }

    /// Returns how many ways there are to come from outside: as many bases are those of each account of
    /// [`Account::OUTSIDE`] in turn, before all others.
    pub(super) const fn open(&self) -> usize {
        self.open
    }

    /// Returns what each side sees in every sort of people, with its position in [`Self::bases`].
    pub(super) fn seen(&self) -> impl Iterator<Item = (usize, &[Traits<'t>])> {
        self.groups
            .iter()
            .flat_map(|group| group.bases.iter().map(|at| (*at, &group.traits[..])))
    }

    /// Returns what each side sees in those of each group, with their positions in [`Self::bases`].
    pub(in crate::impact) fn groups(&self) -> impl Iterator<Item = (&[Traits<'t>], &[usize])> {
        let groups = self.groups.iter();
        groups.map(|group| (&group.traits[..], &group.bases[..]))
    }

    /// Returns the position in [`Self::groups`] of those at a position.
    pub(in crate::impact) fn group_at(&self, at: usize) -> Option<usize> {
        self.group_of.get(at).copied()
    }

    /// Returns the sort of people at a position, and what each side sees in it.
    pub(in crate::impact) fn seen_at(&self, at: usize) -> Option<(&Base, &[Traits<'t>])> {
        let group = self.groups.get(*self.group_of.get(at)?)?;
        Some((self.bases.get(at)?, &group.traits))
    }

    /// Returns what each side sees in a sort of people.
    #[must_use]
    pub fn traits(&self, base: &Base) -> Vec<Traits<'t>> {
        self.sides.iter().map(|side| side.traits(base)).collect()
    }

    fn count(&mut self, zones: &Zones) {
        let mut known: HashMap<Vec<Traits<'t>>, usize> = HashMap::new();
        let spots = zones.all.iter().flat_map(|(zone, sign_ins)| {
            let domain = &zone.witness;
            let seen = |side: &&'e Estate<'t>| (side.unlisted(domain), side.looks_alike(domain));
            let seen: Rc<[_]> = self.sides.iter().map(seen).collect();
            let spots = sign_ins.iter();
            spots.map(move |sign_in| (zone, sign_in, Rc::clone(&seen)))
        });
        let is_open =
            |zone: &Zone, sign_in: &SignIn| *sign_in != SignIn::Own && zone.sort != Sort::Own;
        let (open, ours): (Vec<_>, Vec<_>) =
            spots.partition(|(zone, sign_in, _)| is_open(zone, sign_in));
        self.open = open.len();
        for account in Account::OUTSIDE {
            for (zone, sign_in, seen) in &open {
                let spot = (*zone, *sign_in);
                // What a member's domain looks like is not what a plan is about.
                match account == Account::ExternalMember && zone.sort.is_of_one_side() {
                    true => {
                        let always: Vec<_> = seen.iter().map(|(list, _)| (*list, true)).collect();
                        self.add(&mut known, account, spot, &always);
                    }
                    false => self.add(&mut known, account, spot, seen),
                }
            }
        }
        for (zone, sign_in, seen) in &ours {
            let accounts: &[Account] = match sign_in {
                SignIn::Own => &Account::INSIDE,
                _ => &[Account::None],
            };
            for account in accounts {
                self.add(&mut known, *account, (*zone, *sign_in), seen);
            }
        }
    }

    /// Adds a sort of people; `seen` is whether each side's list refuses their domain, and whether it looks like another.
    fn add(
        &mut self,
        known: &mut HashMap<Vec<Traits<'t>>, usize>,
        account: Account,
        (zone, sign_in): (&Zone, &SignIn),
        seen: &[(Option<Border<'t>>, bool)],
    ) {
        let base = Base {
            account,
            zone: zone.clone(),
            sign_in: sign_in.clone(),
        };
        let sides = self.sides.iter().zip(seen);
        let traits: Vec<_> = sides
            .map(|(side, (unlisted, alike))| side.traits_of(&base, *unlisted, *alike))
            .collect();
        let at = *known.entry(traits).or_insert_with_key(|traits| {
            self.groups.push(Group {
                traits: traits.clone(),
                bases: Vec::new(),
            });
            self.groups.len() - 1
        });
        if let Some(group) = self.groups.get_mut(at) {
            group.bases.push(self.bases.len());
        }
        self.group_of.push(at);
        self.bases.push(base);
    }

    fn sum_up(&mut self) {
        type Key<'t> = Vec<(Traits<'t>, Option<OrganizationState>, Option<Ground>, bool)>;
        let mut known: HashMap<Key<'_>, usize> = HashMap::new();
        for (at, group) in self.groups.iter().enumerate() {
            let without = |traits: &Traits<'t>| {
                let state = traits.seen.organization.map(|(_, state)| state);
                let mut bare = *traits;
                bare.seen.organization = None;
                (bare.border, bare.shut) = (None, None);
                let border = traits.border.map(Ground::of);
                (bare, state, border, traits.shut.is_some())
            };
            let key: Key<'_> = group.traits.iter().map(without).collect();
            let general = *known.entry(key).or_insert_with(|| {
                self.general.push(General::default());
                self.general.len() - 1
            });
            if let Some(general) = self.general.get_mut(general) {
                general.groups.push(at);
                general.bases.extend(group.bases.iter().copied());
            }
            self.within.push(general);
            let names = group.traits.iter().filter_map(|it| it.seen.organization);
            let names: BTreeSet<&'t str> = names.map(|(name, _)| name).collect();
            for name in names {
                self.by_organization.entry(name).or_default().push(at);
            }
        }
    }

    /// Divides everybody for one package: as it is on each side, `None` where it is not there.
    #[must_use]
    pub fn parts(&self, offers: &[Option<&Offer<'t>>]) -> Vec<Part<'t>> {
        self.divided(offers, false)
    }

    /// Divides those of whom the sides do not see the same, for a package that is the same on all of them: whoever else there
    /// is gets the same answer everywhere. People whom lists name by address may be seen alike nevertheless.
    pub(in crate::impact) fn differing(&self, offers: &[Option<&Offer<'t>>]) -> Vec<Part<'t>> {
        self.divided(offers, true)
    }

    /// Returns the sorts of people who are in the directory on every side.
    pub(in crate::impact) fn living(&self) -> Crowd {
        let living = self
            .seen()
            .filter(|(_, traits)| traits.iter().all(|traits| traits.seen.living));
        living.map(|(at, _)| at).collect()
    }

    fn divided(&self, offers: &[Option<&Offer<'t>>], differing: bool) -> Vec<Part<'t>> {
        let mut parts = self.unnamed(offers, differing);
        let names = Names::of(self, offers);
        let mut more = Vec::new();
        for part in parts.iter().filter(|part| part.is_living()) {
            for named in &names.groups {
                more.extend(self.named(part, named, &names));
            }
        }
        for named in &names.users {
            more.extend(self.user(named, &names, offers));
        }
        if !names.told.is_empty() {
            for part in &mut parts {
                part.naming = vec![Naming::default(); self.sides.len()];
                part.is_nobody = !self.settle(part, &names);
            }
        }
        parts.extend(more);
        parts
    }

    /// Divides those whom nothing names by their organizations.
    fn unnamed(&self, offers: &[Option<&Offer<'t>>], differing: bool) -> Vec<Part<'t>> {
        let named = offers
            .iter()
            .flatten()
            .flat_map(|offer| offer.organizations());
        let named: BTreeSet<&str> = named.collect();
        let mut apart: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        let mut parts: Vec<Part<'t>> = Vec::new();
        let mut alike: HashMap<(usize, Vec<Vec<bool>>), usize> = HashMap::new();
        for name in named {
            for at in self.by_organization.get(name).into_iter().flatten() {
                let (Some(group), Some(general)) = (self.groups.get(*at), self.within.get(*at))
                else {
                    continue;
                };
                if !apart.entry(*general).or_default().insert(*at) {
                    continue;
                }
                let masks = masks(offers, &group.traits);
                match alike.get(&(*general, masks.clone())) {
                    Some(part) => {
                        if let Some(part) = parts.get_mut(*part) {
                            part.bases.extend(group.bases.iter().copied());
                        }
                    }
                    None => {
                        alike.insert((*general, masks), parts.len());
                        let bases = group.bases.iter().copied().collect();
                        parts.push(Part::of(&group.traits, bases));
                    }
                }
            }
        }
        let none = BTreeSet::new();
        for (at, general) in self.general.iter().enumerate() {
            let apart = apart.get(&at).unwrap_or(&none);
            let first = general.groups.iter().find(|at| !apart.contains(at));
            let first = first.and_then(|at| self.groups.get(*at));
            let Some(first) = first.filter(|group| !differing || !group.is_seen_alike()) else {
                continue;
            };
            let mut bases = general.bases.clone();
            for group in apart.iter().filter_map(|at| self.groups.get(*at)) {
                group.bases.iter().for_each(|base| bases.remove(*base));
            }
            parts.push(Part::of(&first.traits, bases));
        }
        for (at, part) in parts.iter_mut().enumerate() {
            part.within = Some(at);
        }
        parts
    }
}

/// Why somebody cannot be invited, as far as it makes a difference for what they may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Ground {
    Own,
    Domain,
    Organization,
}

impl Ground {
    fn of(border: Border<'_>) -> Self {
        match border {
            Border::Own => Self::Own,
            Border::Blocked(_) | Border::NotAllowed => Self::Domain,
            Border::Closed(_) => Self::Organization,
        }
    }
}

/// Returns which policies of a package name somebody's organization.
pub(super) fn mask(offer: Option<&Offer<'_>>, traits: &Traits<'_>) -> Vec<bool> {
    let policies = offer.into_iter().flat_map(|offer| &offer.policies);
    let names = policies.map(
        |(_, policy)| match (&policy.requestors, traits.seen.organization) {
            (Requestors::Organizations(names), Some((mine, _))) => {
                names.iter().any(|name| name.as_str() == mine)
            }
            _ => false,
        },
    );
    names.collect()
}

/// Returns which policies of a package on any side name the organization that any side sees in somebody: a change that is undone
/// sets what one side sees against what the other has.
pub(super) fn masks(offers: &[Option<&Offer<'_>>], traits: &[Traits<'_>]) -> Vec<Vec<bool>> {
    let of = |offer: Option<&Offer<'_>>| -> Vec<bool> {
        traits.iter().flat_map(|it| mask(offer, it)).collect()
    };
    offers.iter().map(|offer| of(*offer)).collect()
}
