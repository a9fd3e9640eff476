//! Renames: which bound object belongs to which declared address.
//!
//! `formerly` names earlier names. An object is taken from an earlier name when its new address is not bound. From then on
//! the address is bound, so `formerly` is spent: it may stay in the tree, and a plan after the apply is empty.
//!
//! * **Plain**: the new address is not bound, and exactly one earlier address is bound. Where the earlier address is declared
//!   as well, it is a new object under a name that was given up.
//! * **Chain** (`c` formerly `b`, `b` formerly `a`): an address that gives its object away takes another one in turn, so all
//!   move up by one; `a` may be declared anew.
//! * **Exchange** (`a` formerly `b`, `b` formerly `a`, or a longer ring): all addresses are bound, before and after.
//!
//! An address that is bound to an object which does not move on takes no other: the plan is refused, where Terraform's `moved`
//! warns and deletes the object that should have moved. Deleting the one in the way is an apply of its own.
//!
//! Where the new address is bound, names alone do not tell whether it has taken its object already. The digest of what was
//! declared when it was last applied covers `formerly`, so it does; where somebody else wrote to the object since, or what
//! it names was renamed, natural keys may tell. Where nothing does, the plan is refused: to guess would hand the access of
//! people to others.
//!
//! * **Inside**: objects inside a renamed one move with it, and their own `formerly` counts below the new name. Settings of
//!   an organization follow its name in the same way.
//!
//! A name that is taken wins over `forget`: the object is declared, under its new name.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{Clash, Conflict};
use crate::model::{Address, Body, Bound, Declaration, Desired, Kind, Live, LiveObject, Name};
use crate::planted::{self, Planted};

/// How a bound object came to its address after the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Via {
    /// It has it.
    Stays,
    /// The object that it lives in is renamed.
    WithParent,
    /// It is renamed itself.
    Renamed,
}

/// A bound object at the address that it has once all renames are carried out.
#[derive(Debug)]
pub(super) struct Seat<'l> {
    pub(super) address: Cow<'l, Address>,
    pub(super) bound: &'l Bound,
    pub(super) via: Via,
}

/// All bound objects, in order of the addresses that they will have.
#[derive(Debug)]
pub(super) struct Seats<'l> {
    pub(super) seats: Vec<Seat<'l>>,
    pub(super) conflicts: Vec<Conflict>,
    /// New names by kind and old name.
    names: BTreeMap<Kind, BTreeMap<Box<str>, Box<str>>>,
}

impl<'l> Seats<'l> {
    /// Returns where every bound object will be.
    pub(super) fn of(desired: &Desired, live: &'l Live, literal: bool) -> Self {
        let seats = live
            .bound()
            .iter()
            .map(|bound| Seat {
                address: Cow::Borrowed(&bound.address),
                bound,
                via: Via::Stays,
            })
            .collect();
        let mut all = Self {
            seats,
            conflicts: Vec::new(),
            names: BTreeMap::new(),
        };
        let renamed: Vec<(&Declaration, Vec<Address>)> = desired
            .objects()
            .iter()
            .filter_map(|declaration| Some((declaration, formerly(declaration)?)))
            .collect();
        if renamed.is_empty() || planted::is(Planted::RenameIsNew) {
            return all;
        }
        let (inside, alone): (Vec<_>, Vec<_>) = renamed
            .into_iter()
            .partition(|(declaration, _)| declaration.address.kind().parent().is_some());
        let mut conflicts = Vec::new();
        let mut moves = Search::new(desired, &all, &alone, literal).run(&mut conflicts);
        companions(desired, &all, &mut moves);
        all.shift(&moves);
        all.carry(&moves);
        let moves = Search::new(desired, &all, &inside, literal).run(&mut conflicts);
        all.shift(&moves);
        all.conflicts = conflicts;
        all
    }

    /// Returns the new name of an object, if it is renamed.
    pub(super) fn renamed(&self, kind: Kind, name: &str) -> Option<String> {
        let new = self.names.get(&kind)?.get(name)?;
        Some(new.to_string())
    }

    /// Returns true when no object gets another name.
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    fn at(&self, address: &Address) -> Option<&Seat<'l>> {
        let found = self
            .seats
            .binary_search_by(|seat| (*seat.address).cmp(address));
        found.ok().map(|at| &self.seats[at])
    }

    /// Gives objects their new addresses, all at once.
    fn shift(&mut self, moves: &BTreeMap<Address, Address>) {
        if moves.is_empty() {
            return;
        }
        for seat in &mut self.seats {
            if let Some(new) = moves.get(&*seat.address) {
                self.names
                    .entry(new.kind())
                    .or_default()
                    .insert(seat.bound.address.name().into(), new.name().into());
                seat.address = Cow::Owned(new.clone());
                seat.via = Via::Renamed;
            }
        }
        self.sort();
    }

    /// Moves objects with the one that they live in.
    fn carry(&mut self, moves: &BTreeMap<Address, Address>) {
        for seat in &mut self.seats {
            if let Some(from) = seat.address.parent()
                && let Some(to) = moves.get(&from)
                && let Some(new) = seat.address.moved(&from, to)
            {
                seat.address = Cow::Owned(new);
                seat.via = Via::WithParent;
            }
        }
        self.sort();
    }

    fn sort(&mut self) {
        self.seats
            .sort_by(|a, b| (&a.address, &a.bound.address).cmp(&(&b.address, &b.bound.address)));
    }
}

/// Returns the earlier addresses of an object, in the tree's order of addresses.
fn formerly(declaration: &Declaration) -> Option<Vec<Address>> {
    let names = declaration.lifecycle.as_deref()?.formerly.as_ref()?;
    if declaration.address.kind().is_singleton() {
        return None;
    }
    let mut earlier: Vec<Address> = names
        .iter()
        .map(|name| declaration.address.sibling(name))
        .filter(|earlier| *earlier != declaration.address)
        .collect();
    earlier.sort();
    earlier.dedup();
    Some(earlier)
}

/// Lets the settings of renamed organizations follow: they are declared inside the organization, under its name.
fn companions(desired: &Desired, seats: &Seats<'_>, moves: &mut BTreeMap<Address, Address>) {
    let of = |organization: &Address| {
        let name = Name::parse(organization.name()).ok()?;
        Some(Address::new(Kind::CrossTenant, &name))
    };
    let follow: BTreeMap<Address, Address> = moves
        .iter()
        .filter(|(old, _)| old.kind() == Kind::Organization)
        .filter_map(|(old, new)| Some((of(old)?, of(new)?)))
        .filter(|(old, new)| seats.at(old).is_some() && desired.get(new).is_some())
        .collect();
    let taken: BTreeSet<Address> = moves.values().cloned().collect();
    for (old, new) in &follow {
        let free = seats.at(new).is_none() || follow.contains_key(new);
        if free && !moves.contains_key(old) && !taken.contains(new) {
            moves.insert(old.clone(), new.clone());
        }
    }
}

/// The search for the moves of one sort of kinds.
struct Search<'s> {
    desired: &'s Desired,
    seats: &'s Seats<'s>,
    earlier: BTreeMap<&'s Address, &'s [Address]>,
    moves: BTreeMap<Address, Address>,
    /// Every former name counts.
    literal: bool,
}

/// Whether an address that is bound took its object from a former name already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spent {
    /// The tree said so when it was last applied.
    Yes,
    /// The tree did not say so then.
    No,
    /// Nothing tells.
    Unknown,
}

/// What an address takes.
enum Taking {
    One(Address),
    Conflict(Clash),
    Nothing,
}

impl<'s> Search<'s> {
    fn new(
        desired: &'s Desired,
        seats: &'s Seats<'_>,
        renamed: &'s [(&Declaration, Vec<Address>)],
        literal: bool,
    ) -> Self {
        let earlier = renamed
            .iter()
            .map(|(declaration, earlier)| (&declaration.address, &earlier[..]))
            .collect();
        Self {
            desired,
            seats,
            earlier,
            moves: BTreeMap::new(),
            literal,
        }
    }
}

impl Search<'_> {
    /// Returns the moves found, old address to new, and tells what stands in the way of others.
    fn run(mut self, conflicts: &mut Vec<Conflict>) -> BTreeMap<Address, Address> {
        let targets: Vec<&Address> = self.earlier.keys().copied().collect();
        for target in &targets {
            if self.seats.at(target).is_none() {
                self.chain(target, conflicts);
            }
        }
        for target in &targets {
            self.ring(target, conflicts);
        }
        for target in targets {
            self.occupied(target, conflicts);
        }
        self.moves
    }

    /// Refuses a rename onto an address whose own object stands in the way: it would take the place of the one that is meant,
    /// and that would be deleted.
    fn occupied(&self, target: &Address, conflicts: &mut Vec<Conflict>) {
        let is_moved =
            self.moves.contains_key(target) || self.moves.values().any(|to| to == target);
        if is_moved || self.seats.at(target).is_none() || self.spent(target) == Spent::Yes {
            return;
        }
        let earlier = self.earlier.get(target).copied().unwrap_or_default();
        let left_behind = earlier.iter().find(|old| {
            self.seats.at(old).is_some()
                && self.desired.get(old).is_none()
                && !self.moves.contains_key(*old)
        });
        let told = conflicts.iter().any(|told| told.address == *target);
        if let Some(from) = left_behind.filter(|_| !told) {
            conflicts.push(Conflict {
                address: target.clone(),
                clash: Clash::Occupied { from: from.clone() },
            });
        }
    }

    fn chain(&mut self, target: &Address, conflicts: &mut Vec<Conflict>) {
        let mut steps: Vec<(Address, Address)> = Vec::new();
        let mut to = target.clone();
        loop {
            match self.taking(&to, &steps) {
                Taking::Nothing => break,
                Taking::Conflict(clash) => {
                    conflicts.push(Conflict { address: to, clash });
                    return;
                }
                Taking::One(from) => {
                    steps.push((from.clone(), to));
                    if self.desired.get(&from).is_none() {
                        break;
                    }
                    to = from;
                }
            }
        }
        self.moves.extend(steps);
    }

    /// Finds the object that an address takes: that of a name which is no longer declared before one that is declared anew.
    fn taking(&self, to: &Address, steps: &[(Address, Address)]) -> Taking {
        let earlier = self.earlier.get(to).copied().unwrap_or_default();
        let (taken, open): (Vec<&Address>, Vec<&Address>) = earlier
            .iter()
            .filter(|old| self.seats.at(old).is_some())
            .filter(|old| steps.iter().all(|(from, _)| from != *old))
            .partition(|old| self.moves.contains_key(*old));
        if !steps.is_empty() && self.spent(to) == Spent::Yes {
            return Taking::Nothing;
        }
        let (declared, free): (Vec<&Address>, Vec<&Address>) = open
            .into_iter()
            .partition(|old| self.desired.get(old).is_some());
        if let ([], [with]) = (&free[..], &declared[..])
            && !steps.is_empty()
            && self.spent(to) == Spent::Unknown
        {
            let with = (*with).clone();
            return Taking::Conflict(Clash::Undecided { with });
        }
        match (&free[..], &declared[..], &taken[..]) {
            ([one], ..) | ([], [one], _) => Taking::One((*one).clone()),
            ([], [], [from, ..]) if steps.is_empty() => match self.moves.get(*from) {
                Some(by) => Taking::Conflict(Clash::RenamedTwice {
                    from: (*from).clone(),
                    by: by.clone(),
                }),
                None => Taking::Nothing,
            },
            ([], [], _) => Taking::Nothing,
            (free, declared, _) => Taking::Conflict(Clash::SeveralNames {
                from: free.iter().chain(declared).copied().cloned().collect(),
            }),
        }
    }

    /// Tells whether the tree named the same former names of a bound address when it was last applied.
    fn spent(&self, to: &Address) -> Spent {
        if self.literal {
            return Spent::No;
        }
        let (Some(seat), Some(declaration)) = (self.seats.at(to), self.desired.get(to)) else {
            return Spent::No;
        };
        let Some(last) = seat.bound.declared else {
            return Spent::Unknown;
        };
        let Some(object) = &seat.bound.object else {
            return Spent::Yes;
        };
        let applied = match &object.drift {
            Some(drift) => &drift.applied,
            None => &object.body,
        };
        let managed = declaration.managed_of(applied);
        let without = declaration.without_names();
        if last == declaration.digest || last == declaration.digest_of(&managed) {
            Spent::Yes
        } else if last == without.digest || last == without.digest_of(&managed) {
            Spent::No
        } else {
            Spent::Unknown
        }
    }

    /// Exchanges names among bound objects, if it has not happened yet.
    fn ring(&mut self, target: &Address, conflicts: &mut Vec<Conflict>) {
        let mut steps: Vec<(Address, Address)> = Vec::new();
        let mut to = target.clone();
        while let Some(from) = self.exchanged(&to) {
            if steps.iter().any(|(taken, _)| *taken == from) {
                return;
            }
            steps.push((from.clone(), to));
            if from == *target {
                return self.exchange(steps, conflicts);
            }
            to = from;
        }
    }

    fn exchange(&mut self, steps: Vec<(Address, Address)>, conflicts: &mut Vec<Conflict>) {
        let spent = |wanted: Spent| steps.iter().any(|(_, to)| self.spent(to) == wanted);
        let as_applied = steps.iter().any(|(_, to)| {
            let (seat, now) = (self.seats.at(to), self.desired.get(to));
            now.zip(seat)
                .is_some_and(|(now, seat)| seat.bound.declared == Some(now.digest))
        });
        let exchanged = |(from, to): &(Address, Address)| {
            let wanted = self
                .desired
                .get(to)
                .and_then(|now| now.object.natural_key());
            wanted.is_some() && wanted == self.key(from) && wanted != self.key(to)
        };
        let (by_some, by_all) = (steps.iter().any(exchanged), steps.iter().all(exchanged));
        // What the tree says for the first time happens now.
        let happens = spent(Spent::No) || (!spent(Spent::Yes) && by_all);
        let happened = as_applied || (spent(Spent::Yes) && !by_some);
        if happens {
            self.moves.extend(steps);
        } else if !happened && let Some((with, address)) = steps.into_iter().next() {
            conflicts.push(Conflict {
                address,
                clash: Clash::Undecided { with },
            });
        }
    }

    fn key(&self, address: &Address) -> Option<String> {
        self.seats
            .at(address)?
            .bound
            .object
            .as_ref()
            .and_then(natural_key)
    }

    /// Returns the bound name that an address is to be exchanged with; of several, the one whose object it declares.
    fn exchanged(&self, to: &Address) -> Option<Address> {
        self.seats.at(to)?;
        let declared = self.desired.get(to)?;
        let earlier = self.earlier.get(to)?;
        let fitting: Vec<&Address> = earlier
            .iter()
            .filter(|old| {
                !self.moves.contains_key(*old)
                    && self.desired.get(old).is_some()
                    && self.earlier.contains_key(old)
                    && self.seats.at(old).is_some()
            })
            .collect();
        if let [one] = fitting[..] {
            return Some(one.clone());
        }
        let wanted = declared.object.natural_key()?;
        let mut alike = fitting
            .into_iter()
            .filter(|old| self.key(old).as_ref() == Some(&wanted));
        let first = alike.next()?;
        alike.next().is_none().then(|| first.clone())
    }
}

/// Returns what tells a live object from others of its kind; `None` also for a body that cannot be read.
pub(super) fn natural_key(object: &LiveObject) -> Option<String> {
    natural_key_of(object.kind, &object.body)
}

/// Returns what tells an object with this body from others of its kind; `None` also for a body that cannot be read.
#[must_use]
pub fn natural_key_of(kind: Kind, body: &Body) -> Option<String> {
    let mut read = serde_json::Deserializer::from_str(body.as_str());
    kind.decode(&mut read).ok()?.natural_key()
}
