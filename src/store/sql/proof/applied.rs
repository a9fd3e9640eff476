//! What every object was last applied as: the last version that a run of its project wrote, or what a run settled for.
//!
//! Whoever could say otherwise in the object's row would hide from everybody that it was changed by another hand.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::model::Digest;
use crate::store::StoreError;
use crate::store::sql::db::{Db, Param, Row};

const BODY: &str = "SELECT body FROM version WHERE id = ?1";

/// How an object came to what it was last applied as.
#[derive(Clone, Copy)]
enum By {
    /// A run wrote this version.
    Run(i64),
    /// A run found this body, which another hand had written and which was as declared.
    Settled(Digest),
}

/// What the log says of objects, as far as it has been read: by object and project.
#[derive(Default)]
pub(super) struct Applied {
    projects: Vec<String>,
    last: HashMap<(i64, usize), By, FixedState>,
    /// Objects that were settled for: each with the version in its row, and the body that it must have.
    found: Vec<(i64, i64, Digest)>,
}

impl Applied {
    /// Returns the number that stands for a project.
    pub(super) fn project(&mut self, name: &str) -> usize {
        let known = self.projects.iter().position(|known| known == name);
        known.unwrap_or_else(|| {
            self.projects.push(name.to_owned());
            self.projects.len() - 1
        })
    }

    /// A run of a project wrote a version of an object.
    pub(super) fn wrote(&mut self, project: usize, object: i64, version: i64) {
        self.last.insert((object, project), By::Run(version));
    }

    /// A run of a project took the body that it found for the one applied.
    pub(super) fn settled(&mut self, project: usize, object: i64, body: Digest) {
        self.last.insert((object, project), By::Settled(body));
    }

    /// Compares what an object's row says with it. One that its project never wrote was given to it by another hand, which
    /// shows as drift.
    pub(super) fn compare(
        &mut self,
        row: &dyn Row,
        object: i64,
        project: &str,
        version: i64,
    ) -> Result<(), StoreError> {
        let known = self.projects.iter().position(|known| known == project);
        let last = known.and_then(|project| self.last.get(&(object, project)));
        match last {
            Some(By::Run(written)) if *written != version => Err(row.damaged(unwritten(object))),
            Some(By::Settled(body)) => {
                self.found.push((object, version, *body));
                Ok(())
            }
            Some(By::Run(_)) | None => Ok(()),
        }
    }

    /// Compares the bodies of the objects that runs settled for.
    pub(super) fn check_settled(self, db: &impl Db) -> Result<(), StoreError> {
        for (object, version, expected) in self.found {
            let mut found = None;
            db.query(BODY, &[Param::Int(version)], &mut |row| {
                let body = row.maybe_text(0, "a body")?;
                found = body.map(|body| Digest::of(body.as_bytes()));
                Ok(())
            })?;
            if found != Some(expected) {
                return Err(StoreError::Damaged {
                    name: db.name().to_owned(),
                    cause: unwritten(object),
                });
            }
        }
        Ok(())
    }
}

fn unwritten(object: i64) -> String {
    format!("its audit log does not know what object {object} says was last applied to it")
}
