//! Which organization each of many people belongs to: looked up by what people are found by, not organization by organization.

use std::collections::BTreeMap;

use crate::governance::organization::{self, Partner};
use crate::governance::record::{Entity as _, Key, Mark, Person};
use crate::governance::{Desk, Unread};

/// The organizations, by the ways their people are found.
#[derive(Debug, Default)]
pub(super) struct Partners {
    names: Vec<String>,
    ways: BTreeMap<(Mark, Key), usize>,
}

impl Partners {
    /// Reads all organizations: those that are declared, then those that were only seen.
    pub(super) fn read(desk: &Desk<'_>) -> Result<Self, Unread> {
        Ok(Self::of(&organization::all(desk)?))
    }

    /// Returns these organizations. What two of them claim belongs to the first.
    pub(super) fn of(all: &[Partner]) -> Self {
        let mut partners = Self::default();
        for (at, partner) in all.iter().enumerate() {
            partners.names.push(partner.name.clone());
            for way in &partner.belongings {
                partners.ways.entry(way.mark()).or_insert(at);
            }
        }
        partners
    }

    /// Returns the organization of somebody: by how they sign in, else by the domain of their address, else by the nearest
    /// domain above it.
    pub(super) fn find(&self, person: &Person) -> Option<&str> {
        let mut best: Option<(u8, usize)> = None;
        person.marks(&mut |mark, key| {
            let rank = match mark {
                Mark::PersonIdentity => 0,
                Mark::PersonDomain => 1,
                Mark::PersonZone => 2,
                _ => return,
            };
            // Zones are named from the nearest on, so the first of a rank stays.
            if let Some(at) = self.ways.get(&(mark, key))
                && best.is_none_or(|(known, _)| rank < known)
            {
                best = Some((rank, *at));
            }
        });
        best.and_then(|(_, at)| self.names.get(at))
            .map(String::as_str)
    }
}
