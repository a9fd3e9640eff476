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
            let reason = audit::lifting(guard, by);
            let act = Act {
                address: Some(address),
                via: "apply",
                ..self.new.act("lift", &reason)
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
        let reason = own::reason(&change);
        let act = self.new.act(own::ACTION, &reason);
        audit::append(self.db, &mut self.meta.chain, &mut self.people, &act)
    }

    /// Says that it is committed, with the digest of its record and the generation that it makes.
    pub(super) fn tell_committed(&mut self, record: Digest) -> Result<(), StoreError> {
        let generation = format!("generation {}", self.meta.generation);
        let act = Act {
            after: Some(self.new.plan),
            before: Some(record),
            ..self.new.act("commit", &generation)
        };
        audit::append(self.db, &mut self.meta.chain, &mut self.people, &act)
    }
}
