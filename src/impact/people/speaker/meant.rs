//! What people at each spot are to the directory, of those who are meant, and of those who may be meant or not.

use std::collections::{BTreeMap, BTreeSet};

use super::Speaker;
use crate::impact::people::class::Account;
use crate::impact::people::crowd::{BITS, Crowd};

/// What people may be to the directory, a bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Accounts(u8);

impl Accounts {
    const fn insert(&mut self, account: Account) {
        self.0 |= 1 << account as u8;
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Account> {
        let all = Account::OUTSIDE.into_iter().chain(Account::INSIDE);
        all.filter(move |account| self.0 >> *account as u8 & 1 == 1)
    }
}

/// What people at a spot are to the directory: of those who are meant, and of those who may be meant or not.
pub(super) type Way = (Accounts, Accounts);

impl Speaker<'_, '_> {
    /// Divides spots by who is meant there, and who may be meant or not.
    pub(super) fn ways(&self, bases: &Crowd, idle: &Crowd) -> Vec<(Way, Crowd)> {
        let mut ways: Vec<(Way, Crowd)> = Vec::new();
        let mut add = |way: Way, word: usize, spots: u64| match ways
            .iter_mut()
            .find(|(known, _)| *known == way)
        {
            Some((_, known)) => known.add_word(word, spots),
            None => {
                let mut known = Crowd::default();
                known.add_word(word, spots);
                ways.push((way, known));
            }
        };
        // Of spots outside there are many, and neighbours are mostly meant alike.
        for word in 0..self.open.div_ceil(BITS) {
            let from = word * BITS;
            let there = u64::MAX >> BITS.saturating_sub(self.open - from);
            let planes = Account::OUTSIDE.map(|account| {
                let at = account as usize * self.open + from;
                let meant = bases.window(at) & there;
                (account, meant, idle.window(at) & there & !meant)
            });
            let mut left = planes.iter().fold(0, |all, it| all | it.1 | it.2);
            while left != 0 {
                let first = left.trailing_zeros();
                let is_set = |bits: u64| bits >> first & 1 == 1;
                let alike = |bits: u64| if is_set(bits) { bits } else { !bits };
                let mut way = Way::default();
                let mut spots = left;
                for (account, meant, free) in planes {
                    spots &= alike(meant) & alike(free);
                    if is_set(meant) {
                        way.0.insert(account);
                    }
                    if is_set(free) {
                        way.1.insert(account);
                    }
                }
                add(way, word, spots);
                left &= !spots;
            }
        }
        let mut ours: BTreeMap<usize, Way> = BTreeMap::new();
        // To skip the others one by one would take longer than all of these.
        let from = Account::OUTSIDE.len() * self.open;
        let inside = self.bases.iter().skip(from);
        let inside = inside.zip(self.spots.iter().skip(from));
        for (at, (base, spot)) in (from..).zip(inside) {
            let way = ours.entry(*spot).or_default();
            if bases.contains(at) {
                way.0.insert(base.account);
            } else if idle.contains(at) {
                way.1.insert(base.account);
            }
        }
        for (spot, way) in ours.into_iter().filter(|(_, way)| *way != Way::default()) {
            add(way, spot / BITS, 1 << (spot % BITS));
        }
        ways.sort_by_key(|(way, _)| *way);
        ways
    }
}

/// Returns what people are to the directory, with those who may be meant or not where that makes it simpler.
pub(super) fn whole(meant: BTreeSet<Account>, idle: &BTreeSet<Account>) -> BTreeSet<Account> {
    let both: BTreeSet<Account> = meant.union(idle).copied().collect();
    let known = BTreeSet::from([Account::Guest, Account::ExternalMember]);
    // Who is not here yet and has nothing is not meant only because others of theirs are.
    if !idle.contains(&Account::None)
        && Account::OUTSIDE
            .iter()
            .all(|account| both.contains(account))
    {
        return both;
    }
    match known.is_subset(&both) && meant.is_subset(&known) {
        true => known,
        false => meant,
    }
}
