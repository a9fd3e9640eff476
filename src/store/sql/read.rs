//! Reading live objects: addresses and digests of all, bodies only of those asked for.

use std::collections::HashSet;

use super::db::{Db, Param, Row};
use super::identity::Identity;
use super::meta::Meta;
use super::names::{Names, Span};
use crate::model::{
    Address, Bodies, Body, Bound, Digest, Foreign, Kind, Live, LiveObject, Selection,
};
use crate::store::StoreError;

const BOUND: &str = "SELECT id, address, declared, version, applied FROM object WHERE project = ?1 ORDER BY address";
const VERSION: &str = "SELECT body, run FROM version WHERE id = ?1";
const UNOWNED: &str = "SELECT o.id, o.kind, v.body, v.run, r.project FROM object o JOIN version v ON v.id = o.version \
    JOIN run r ON r.id = v.run WHERE o.project IS NULL ORDER BY o.id";
const OTHERS: &str = "SELECT o.id, o.kind, v.body, v.run, o.project, o.address FROM object o \
    JOIN version v ON v.id = o.version WHERE o.kind = ?1 AND o.project IS NOT NULL AND o.project <> ?2 ORDER BY o.id";
const FOREIGN: &str = "SELECT (SELECT count(*) FROM object WHERE project < ?1) + (SELECT count(*) FROM object WHERE project > ?1)";

/// Reads what a project owns, and what nobody does. The caller holds one view.
pub(super) fn read(db: &impl Db, of: &Selection<'_>) -> Result<Live, StoreError> {
    let meta = Meta::read(db)?;
    let names = Names::read(db)?;
    let reader = Reader {
        db,
        identity: Identity::new(&meta.lineage),
        names,
    };
    let bound = reader.bound(of)?;
    let unmanaged = reader.unowned()?;
    let foreign = reader.foreign(of.project)?;
    Ok(Live::new(
        meta.lineage,
        meta.generation,
        bound,
        unmanaged,
        foreign,
    ))
}

struct Reader<'d, D> {
    db: &'d D,
    identity: Identity,
    names: Names,
}

/// An object whose body is to be fetched.
struct Wanted {
    /// Its position among the bound.
    at: usize,
    object: i64,
    version: i64,
}

impl<D: Db> Reader<'_, D> {
    fn bound(&self, of: &Selection<'_>) -> Result<Vec<Bound>, StoreError> {
        let chosen: HashSet<&Address> = match of.bodies {
            Bodies::Of(addresses) => addresses.iter().collect(),
            Bodies::All | Bodies::Differing(_) => HashSet::new(),
        };
        let mut bound = Vec::new();
        let mut wanted = Vec::new();
        self.db
            .query(BOUND, &[Param::Text(of.project)], &mut |row| {
                let object = row.int(0, "the number of an object")?;
                let address: Address = row.parse(1, format_args!("the address of object {object}"))?;
                let version = row.int(3, "the version of an object")?;
                let fetch = match of.bodies {
                    Bodies::All => true,
                    Bodies::Of(_) => chosen.contains(&address),
                    Bodies::Differing(declared) => {
                        let same = match (digest(row, 2)?, declared(&address)) {
                            (Some(stored), Some(now)) => stored == now,
                            _ => false,
                        };
                        let untouched = matches!(row.cell(4), super::db::Cell::Int(applied) if applied == version);
                        !(same && untouched)
                    }
                };
                if fetch {
                    wanted.push(Wanted {
                        at: bound.len(),
                        object,
                        version,
                    });
                }
                bound.push(Bound {
                    address,
                    object: None,
                });
                Ok(())
            })?;
        for wanted in wanted {
            let bound: &mut Bound = &mut bound[wanted.at];
            bound.object = Some(self.fetch(of.project, &bound.address, &wanted)?);
        }
        Ok(bound)
    }

    fn fetch(
        &self,
        project: &str,
        address: &Address,
        wanted: &Wanted,
    ) -> Result<LiveObject, StoreError> {
        let mut found = None;
        let version = Param::Int(wanted.version);
        self.db.query(VERSION, &[version], &mut |row| {
            let body = body(row, 0, address)?;
            found = Some((body, row.int(1, "the run of a version")?));
            Ok(())
        })?;
        let damaged = |cause| StoreError::Damaged {
            name: self.db.name().to_owned(),
            cause,
        };
        let (body, run) = found.ok_or_else(|| {
            damaged(format!(
                "the body of {address} is missing (version {})",
                wanted.version
            ))
        })?;
        let body = self
            .names
            .spell(project, address.kind(), body, Span::since(run))
            .map_err(|error| {
                damaged(format!("the body of {address} is not of its kind: {error}"))
            })?;
        Ok(LiveObject {
            id: self.identity.id(wanted.object),
            kind: address.kind(),
            address: Some(address.clone()),
            body,
        })
    }

    fn unowned(&self) -> Result<Vec<LiveObject>, StoreError> {
        let mut objects = Vec::new();
        self.db.query(UNOWNED, &[], &mut |row| {
            let object = row.int(0, "the number of an object")?;
            let kind = kind(row, 1, object)?;
            let body = body(row, 2, format_args!("object {object}"))?;
            let written = Span::since(row.int(3, "the run of a version")?);
            let project = row.text(4, "the project of a run")?;
            let body = self
                .names
                .spell(project, kind, body, written)
                .map_err(|error| {
                    row.damaged(format!(
                        "the body of object {object} is not of its kind: {error}"
                    ))
                })?;
            objects.push(LiveObject {
                id: self.identity.id(object),
                kind,
                address: None,
                body,
            });
            Ok(())
        })?;
        Ok(objects)
    }

    fn foreign(&self, project: &str) -> Result<u64, StoreError> {
        let mut count = 0;
        self.db
            .query(FOREIGN, &[Param::Text(project)], &mut |row| {
                count = row.count(0, "the count of objects")?;
                Ok(())
            })?;
        Ok(count)
    }
}

/// Returns the objects of these kinds that other projects own.
pub(super) fn foreign(
    db: &impl Db,
    project: &str,
    kinds: &[Kind],
) -> Result<Vec<Foreign>, StoreError> {
    let identity = Identity::new(&Meta::read(db)?.lineage);
    let names = Names::read(db)?;
    let mut objects = Vec::new();
    for wanted in kinds {
        let params = [Param::Text(wanted.as_str()), Param::Text(project)];
        db.query(OTHERS, &params, &mut |row| {
            let object = row.int(0, "the number of an object")?;
            let kind = kind(row, 1, object)?;
            let owner = row.text(4, "the owner of an object")?;
            let address: Address = row.parse(5, format_args!("the address of object {object}"))?;
            let body = body(row, 2, &address)?;
            let written = Span::since(row.int(3, "the run of a version")?);
            let body = names.spell(owner, kind, body, written).map_err(|error| {
                row.damaged(format!("the body of {address} is not of its kind: {error}"))
            })?;
            objects.push(Foreign {
                project: owner.to_owned(),
                object: LiveObject {
                    id: identity.id(object),
                    kind,
                    address: Some(address),
                    body,
                },
            });
            Ok(())
        })?;
    }
    Ok(objects)
}

/// Returns a digest, if there is one.
fn digest(row: &dyn Row, at: usize) -> Result<Option<Digest>, StoreError> {
    match row.cell(at) {
        super::db::Cell::Null => Ok(None),
        _ => row
            .bytes(at, "a declared digest")
            .map(|bytes| Some(Digest::from_bytes(bytes))),
    }
}

/// Returns the kind that a word names.
pub(super) fn kind(row: &dyn Row, at: usize, object: i64) -> Result<Kind, StoreError> {
    let word = row.text(at, "a kind")?;
    let known = Kind::ALL.iter().find(|kind| kind.as_str() == word);
    known.copied().ok_or_else(|| {
        row.damaged(format!(
            "object {object} is of the unknown kind `{}`",
            word.escape_debug()
        ))
    })
}

/// Returns the body of an object that is there.
pub(super) fn body(
    row: &dyn Row,
    at: usize,
    of: impl std::fmt::Display,
) -> Result<Body, StoreError> {
    let text = row.text(at, "a body")?;
    Body::from_canonical(text)
        .map_err(|error| row.damaged(format!("the body of {of} is no JSON object: {error}")))
}
