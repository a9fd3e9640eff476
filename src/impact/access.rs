//! What somebody may have of a package, on one side: the first condition that does not hold, or the policies to choose from.
//!
//! The conditions are the engine's, in its order; see `governance::request::Condition`.

use std::convert::Infallible;

use jiff::Timestamp;

use super::estate::{Border, Estate, Traits};
use super::offer::Offer;
use super::people::class::Named;
use super::spelling::Spelling;
use super::terms::Terms;
use crate::governance::request::Class;
use crate::model::kinds::Incompatible;
use crate::model::kinds::policy::{Expiry, Policy};
use crate::model::text::Principal;
use crate::model::{Address, Set};

/// Somebody who would ask: what a side sees in them, what names them, and what they hold already.
#[derive(Debug, Clone, Copy)]
pub struct Requestor<'r, 't> {
    /// What the side sees in them.
    pub traits: &'r Traits<'t>,
    /// The people and groups by which lists name them.
    pub named: &'r [Named],
    /// The packages that they hold, by name.
    pub holds: &'r [String],
}

/// What somebody may have of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access<'t> {
    /// The first condition that does not hold; `None` where they may ask.
    pub barrier: Option<Barrier<'t>>,
    /// The policies through which they may ask, of which they choose one; none behind a barrier.
    pub ways: Vec<Way<'t>>,
    /// Whether they find the package without its link.
    pub browsable: bool,
}

/// A policy through which somebody may ask.
#[derive(Debug, Clone, Copy)]
pub struct Way<'t> {
    /// The policy's address.
    pub address: &'t Address,
    /// The policy.
    pub policy: &'t Policy,
}

impl PartialEq for Way<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.address == other.address
    }
}

impl Eq for Way<'_> {}

/// What keeps somebody from a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Barrier<'t> {
    /// There is no such package.
    Gone,
    /// The catalog is not published.
    Unpublished,
    /// The catalog is closed to people from outside.
    Closed,
    /// They can only sign in by a one-time passcode, and the tenant sends none.
    NoPasscode,
    /// Policies cover them, with requests switched off.
    Disabled,
    /// No policy covers them.
    NoPolicy,
    /// They hold something that excludes the package.
    Excluded,
    /// Access through the policy has ended for everyone.
    Ended,
    /// They cannot be invited.
    Border(Border<'t>),
    /// They are here, and cannot sign in: the cross-tenant settings at this address let nobody of their organization in.
    Shut(&'t Address),
    /// Their domain looks like another one, and nobody would look at the request.
    LooksAlike,
    /// They may ask, and nothing of it is delivered: all that the package grants takes no guests.
    NoGuests,
}

impl<'t> Access<'t> {
    /// Returns true for somebody who may ask.
    #[must_use]
    pub const fn is_obtainable(&self) -> bool {
        self.barrier.is_none()
    }

    /// Returns the terms of the ways, their groups written as on the other side of a plan.
    pub(super) fn spelled(&self, spelling: &Spelling) -> Vec<Terms> {
        let ways = self.ways.iter();
        ways.map(|way| Terms::spelled(way.address.own_name(), way.policy, spelling))
            .collect()
    }

    /// Returns what somebody gets of a package for which they may ask so, or which a rule gives them so.
    #[must_use]
    pub fn delivered(self, traits: &Traits<'_>, offer: Option<&Offer<'_>>) -> Self {
        let is_refused = !traits.seen.member && offer.is_some_and(|it| it.refuses_guests);
        match self.barrier {
            None if is_refused => Access::barred(Barrier::NoGuests),
            _ => self,
        }
    }

    const fn barred(barrier: Barrier<'t>) -> Self {
        Self {
            barrier: Some(barrier),
            ways: Vec::new(),
            browsable: false,
        }
    }
}

/// Returns what somebody may have of a package; `offer` is of the same side as their traits.
#[must_use]
pub fn access<'t>(
    estate: &Estate<'t>,
    requestor: Requestor<'_, 't>,
    offer: Option<&Offer<'t>>,
) -> Access<'t> {
    let Some(offer) = offer else {
        return Access::barred(Barrier::Gone);
    };
    let seen = &requestor.traits.seen;
    let Some(catalog) = offer.catalog.filter(|catalog| catalog.published) else {
        return Access::barred(Barrier::Unpublished);
    };
    let mut covering: Vec<(Class, Way<'t>)> = Vec::new();
    let (mut enabled, mut disabled) = (false, false);
    for (address, policy) in &offer.policies {
        let Some(class) = class(estate, requestor, policy) else {
            continue;
        };
        if !policy.requests.enabled {
            disabled = true;
            continue;
        }
        enabled = true;
        if catalog.externally_visible || !policy.requestors.is_outside() {
            covering.push((class, Way { address, policy }));
        }
    }
    if covering.is_empty() {
        let closed = seen.outside && !catalog.externally_visible && (enabled || !seen.living);
        return Access::barred(if closed {
            Barrier::Closed
        } else if seen.lacks_passcode {
            Barrier::NoPasscode
        } else if disabled {
            Barrier::Disabled
        } else {
            Barrier::NoPolicy
        });
    }
    let best = covering.iter().map(|(class, _)| *class).min();
    covering.retain(|(class, _)| Some(*class) == best);
    let mut ways: Vec<Way<'t>> = covering.into_iter().map(|(_, way)| way).collect();
    if is_excluded(estate, requestor, offer) {
        return Access::barred(Barrier::Excluded);
    }
    ways.retain(|way| !has_ended(&way.policy.expires, estate.now));
    if ways.is_empty() {
        return Access::barred(Barrier::Ended);
    }
    if let Some(border) = requestor.traits.border {
        return Access::barred(Barrier::Border(border));
    }
    if let Some(settings) = requestor.traits.shut {
        return Access::barred(Barrier::Shut(settings));
    }
    if requestor.traits.looks_alike {
        ways.retain(|way| !way.policy.approval.is_none());
        if ways.is_empty() {
            return Access::barred(Barrier::LooksAlike);
        }
    }
    Access {
        barrier: None,
        ways,
        browsable: !offer.package.hidden,
    }
}

/// Returns in which class a policy covers somebody.
fn class(estate: &Estate<'_>, requestor: Requestor<'_, '_>, policy: &Policy) -> Option<Class> {
    let named = |people: &Set<Principal>| -> Result<bool, Infallible> {
        Ok(!requestor.named.is_empty()
            && people
                .iter()
                .filter_map(|principal| Named::of(principal, estate))
                .any(|named| requestor.named.contains(&named)))
    };
    match requestor.traits.seen.class(&policy.requestors, named) {
        Ok(class) => class,
        Err(never) => match never {},
    }
}

pub(super) fn is_excluded(
    estate: &Estate<'_>,
    requestor: Requestor<'_, '_>,
    offer: &Offer<'_>,
) -> bool {
    let excluded = &offer.package.incompatible_with;
    excluded.iter().any(|other| match other {
        Incompatible::Package(name) => {
            let mut held = requestor.holds.iter();
            held.any(|held| held == name.as_str()) && estate.offer(name.as_str()).is_some()
        }
        Incompatible::Group(name) => {
            let group = Named::Group(estate.group(name));
            requestor.named.contains(&group)
        }
    })
}

/// Returns true for an end that has passed for everyone.
pub(super) fn has_ended(expires: &Expiry, now: Timestamp) -> bool {
    match expires {
        Expiry::On(when) => when.resolve(&jiff::tz::TimeZone::UTC) <= now,
        Expiry::Never | Expiry::After(_) => false,
    }
}
