//! What nobody owns and a plan takes over: to the engine it is not there before, but whoever has something through it has it.

use std::collections::{BTreeMap, HashMap};

use crate::governance::record::ObjectId;
use crate::governance::{Unread, World};
use crate::model::Address;
use crate::plan::{Delta, Plan};

/// The objects that a plan takes over, by the addresses that they get and by the store's own numbers.
pub(super) struct Adopted<'l> {
    ids: BTreeMap<&'l Address, ObjectId>,
    addresses: HashMap<ObjectId, &'l Address>,
}

impl<'l> Adopted<'l> {
    pub(super) fn of(world: &dyn World, plan: &'l Plan) -> Result<Self, Unread> {
        let mut adopted = Self {
            ids: BTreeMap::new(),
            addresses: HashMap::new(),
        };
        for change in &plan.changes {
            if let Delta::Adopt { before, .. } = &change.delta
                && let Some(id) = world.named(&before.id)?
            {
                let _ = adopted.ids.insert(&change.address, id);
                let _ = adopted.addresses.insert(id, &change.address);
            }
        }
        Ok(adopted)
    }

    /// Returns the store's object that gets an address.
    pub(super) fn id(&self, address: &Address) -> Option<ObjectId> {
        self.ids.get(address).copied()
    }

    /// Returns the address that an object gets.
    pub(super) fn address(&self, id: ObjectId) -> Option<&'l Address> {
        self.addresses.get(&id).copied()
    }
}
