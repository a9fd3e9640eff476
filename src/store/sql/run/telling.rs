//! What an apply says of itself in the audit log when it ends, beside what it says of each object.

use super::SqlRun;
use crate::audit::Act;
use crate::model::Digest;
use crate::plan::OwnDomains;
use crate::planted::{self, Planted};
use crate::store::sql::audit;
use crate::store::sql::db::Db;
use crate::store::{StoreError, own};

impl<D: Db> SqlRun<'_, D> {
    /// Says which guards a waiver or a flag lifted, and where.
    pub(super) fn tell_lifted(&mut self) -> Result<(), StoreError> {
        if planted::is(Planted::LiftingUntold) {
            self.new.lifted.clear();
        }
        for (guard, address, by) in audit::lifted(&self.new.lifted) {
            let act = Act {
                action: "lift",
                actor: &self.new.actor,
                address: Some(address),
                after: None,
                at: self.new.started,
                before: None,
                reason: &audit::lifting(guard, by),
                run: Some(&self.new.id),
                target: None,
                via: "apply",
            };
            audit::append(self.db, &mut self.meta.chain, &mut self.people, &act)?;
        }
        Ok(())
    }

    /// Says how the domains of our own people change, where they do.
    pub(super) fn tell_own(&mut self) -> Result<(), StoreError> {
        let was = self.was_own.take().zip(self.new.own.as_ref());
        let Some(change) = was.and_then(|(was, now)| OwnDomains::between(&was, now)) else {
            return Ok(());
        };
        let act = Act {
            action: own::ACTION,
            actor: &self.new.actor,
            address: None,
            after: None,
            at: self.new.started,
            before: None,
            reason: &own::reason(&change),
            run: Some(&self.new.id),
            target: None,
            via: self.new.purpose.as_str(),
        };
        audit::append(self.db, &mut self.meta.chain, &mut self.people, &act)
    }

    /// Says that it is committed, with the digest of its record and the generation that it makes.
    pub(super) fn tell_committed(&mut self, record: Digest) -> Result<(), StoreError> {
        let generation = format!("generation {}", self.meta.generation);
        let act = Act {
            action: "commit",
            actor: &self.new.actor,
            address: None,
            after: Some(self.new.plan),
            at: self.new.started,
            before: Some(record),
            reason: &generation,
            run: Some(&self.new.id),
            target: None,
            via: self.new.purpose.as_str(),
        };
        audit::append(self.db, &mut self.meta.chain, &mut self.people, &act)
    }
}
