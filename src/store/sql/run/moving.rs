//! Renames within a run: objects give up their old addresses at once and take the new ones at its end, so that two can
//! swap their names, and what lives in an object goes with it.

use super::{SqlRun, taken};
use crate::governance::renaming::Renamed;
use crate::model::{Address, Kind};
use crate::store::StoreError;
use crate::store::sql::db::{Db, Param};
use crate::store::sql::ledger;
use crate::store::sql::names::Span;

const RESPELL: &str = "UPDATE version SET body = ?2 WHERE id = ?1";
const UNBIND: &str = "UPDATE object SET address = NULL WHERE id = ?1";
const BIND: &str = "UPDATE object SET address = ?3 WHERE id = ?1 AND NOT EXISTS \
    (SELECT 1 FROM object WHERE project = ?2 AND address = ?3)";
const CHILDREN: &str =
    "SELECT id, address FROM object WHERE project = ?1 AND address >= ?2 AND address < ?3";

/// An object between two addresses.
pub(super) struct Moving {
    pub(super) from: Option<Address>,
    pub(super) to: Address,
}

impl<D: Db> SqlRun<'_, D> {
    /// Notes a rename, and takes along what lives in the object.
    pub(super) fn follow(
        &mut self,
        from: Option<&Address>,
        to: &Address,
    ) -> Result<(), StoreError> {
        let Some(from) = from.filter(|from| *from != to) else {
            return Ok(());
        };
        self.names
            .add(&self.new.project, self.number, from.clone(), to.clone());
        let inner = Kind::ALL
            .iter()
            .filter(|kind| kind.parent() == Some(from.kind()));
        for kind in inner {
            let mut children = Vec::new();
            // `0` is the character after `/`: everything that starts with `policy/<name>/`.
            let start = format!("{kind}/{}/", from.name());
            let end = format!("{kind}/{}0", from.name());
            let range = [
                Param::Text(&self.new.project),
                Param::Text(&start),
                Param::Text(&end),
            ];
            self.db.query(CHILDREN, &range, &mut |row| {
                let address: Address = row.parse(1, "the address of an object")?;
                children.push((row.int(0, "the number of an object")?, address));
                Ok(())
            })?;
            for (object, address) in children {
                if let Some(moved) = address.moved(from, to) {
                    self.db.execute(UNBIND, &[Param::Int(object)])?;
                    let moving = Moving {
                        from: Some(address),
                        to: moved,
                    };
                    self.moving.insert(object, moving);
                }
            }
        }
        Ok(())
    }

    /// Binds what was renamed.
    pub(super) fn bind(&mut self) -> Result<(), StoreError> {
        for (object, moving) in &self.moving {
            let address = moving.to.to_string();
            let params = [
                Param::Int(*object),
                Param::Text(&self.new.project),
                Param::Text(&address),
            ];
            if self.db.execute(BIND, &params)? != 1 {
                return Err(taken(&moving.to));
            }
        }
        Ok(())
    }

    /// Lets the engine's records follow what was renamed.
    pub(super) fn follow_records(&self) -> Result<(), StoreError> {
        let project = &self.new.project;
        let renamed = Renamed::of(self.names.of(project, self.number, Kind::Resource));
        ledger::rename(self.db, project, &renamed)
    }

    /// Puts the bodies of what was let go under the names of the end of the run. Other bodies that the run has written
    /// are so already, and older ones are read through the renames.
    pub(super) fn respell(&self) -> Result<(), StoreError> {
        for (version, address, body) in &self.forgotten {
            let span = Span::since(self.number - 1);
            let spelled = self
                .names
                .spell(&self.new.project, address.kind(), body.clone(), span)
                .map_err(|error| self.alien(address, &error))?;
            if spelled != *body {
                let params = [Param::Int(*version), Param::Text(spelled.as_str())];
                self.db.execute(RESPELL, &params)?;
            }
        }
        Ok(())
    }
}
