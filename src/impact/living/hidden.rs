//! What a plan does to packages of a catalog that closes: they cannot be asked for, and whoever has them keeps them.

use super::effect::What;
use super::{Counted, Living};
use crate::governance::Unread;
use crate::governance::record::{Key, Mark};
use crate::impact::offer::Offer;
use crate::model::Address;
use crate::model::kinds::Catalog;
use crate::model::kinds::policy::{Policy, Requestors};
use crate::plan::Change;

impl Living<'_> {
    /// A catalog is published no longer, or closes to people from outside.
    pub(super) fn catalog(
        &mut self,
        change: &Change,
        old: &Catalog,
        new: &Catalog,
    ) -> Result<(), Unread> {
        let unpublished = old.published && !new.published;
        let closed =
            !unpublished && new.published && old.externally_visible && !new.externally_visible;
        if !unpublished && !closed {
            return Ok(());
        }
        let asked_for = |offer: &Offer<'_>| {
            let catalog = offer.catalog.filter(|catalog| catalog.published);
            let mut policies = offer.policies.iter().map(|(_, policy)| *policy);
            catalog.is_some_and(|catalog| match closed {
                true => catalog.externally_visible && policies.any(is_outside),
                false => policies.any(|policy| {
                    is_open(policy) && (catalog.externally_visible || !is_outside(policy))
                }),
            })
        };
        let name = change.address.own_name();
        let mut hidden: Vec<Address> = Vec::new();
        let mut by_guests = 0;
        for offer in self.before.offers() {
            // What goes by the same plan is told as gone.
            let Some(now) = self.after.offer(offer.address.own_name()) else {
                continue;
            };
            if offer.package.catalog.as_str() == name && asked_for(offer) && !asked_for(now) {
                let mut policies = now.policies.iter();
                by_guests += u64::from(closed && policies.any(|(_, it)| is_for_guests(it)));
                hidden.push(offer.address.clone());
            }
        }
        let mut held = 0;
        for package in &hidden {
            if let Some(thing) = self.at_before(package)? {
                let key = Key::new().object(thing);
                held += self.world.count(Mark::AssignmentPackage, &key)?;
            }
        }
        let by = if closed {
            " by people from outside"
        } else {
            ""
        };
        let guests = match by_guests {
            0 => String::new(),
            n if n == hidden.len() as u64 => " but guests who are here".to_owned(),
            n => format!(", {n} of them still by guests who are here"),
        };
        let keep = match held {
            0 => String::new(),
            1 => "; 1 assignment stays".to_owned(),
            n => format!("; {n} assignments stay"),
        };
        let counted = Counted::only(hidden.len() as u64);
        let detail = format!("{by}{guests}{keep}");
        self.add(What::Hide, &change.address, counted, detail);
        Ok(())
    }
}

/// Returns true for a policy through which people from outside ask.
const fn is_outside(policy: &Policy) -> bool {
    policy.requests.enabled && policy.requestors.is_outside()
}

/// Returns true for a policy through which somebody asks.
const fn is_open(policy: &Policy) -> bool {
    let asks = match policy.requestors {
        Requestors::People(_)
        | Requestors::Members
        | Requestors::MembersAndGuests
        | Requestors::Organizations(_)
        | Requestors::ConfiguredOrganizations
        | Requestors::AnyExternal => true,
        Requestors::Nobody
        | Requestors::Automatic(_)
        | Requestors::ServicePrincipals(_)
        | Requestors::AllServicePrincipals
        | Requestors::AllAgentIdentities => false,
    };
    policy.requests.enabled && asks
}

/// Returns true for a policy through which guests ask whatever organization they are of.
const fn is_for_guests(policy: &Policy) -> bool {
    let guests = matches!(
        policy.requestors,
        Requestors::MembersAndGuests | Requestors::People(_)
    );
    policy.requests.enabled && guests
}
