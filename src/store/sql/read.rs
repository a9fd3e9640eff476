//! Reading live objects: addresses and digests of all, bodies only of those asked for.

use std::collections::HashSet;

use super::db::{Cell, Db, Param, Row};
use super::identity::Identity;
use super::meta::Meta;
use super::names::{Names, Span};
use super::people;
use super::{audit, history};
use crate::model::{
    Address, Bodies, Body, Bound, Departure, Digest, Fate, Foreign, Kind, Live, LiveObject, Lost,
    Selection, Touch,
};
use crate::store::StoreError;

const BOUND: &str = "SELECT id, address, declared, version, applied FROM object WHERE project = ?1 ORDER BY address";
const VERSION: &str = "SELECT body, run FROM version WHERE id = ?1";
const TOUCH: &str = "SELECT r.name, r.project, r.actor, r.started, p.value FROM version v JOIN run r ON r.id = v.run \
    LEFT JOIN person p ON p.id = r.actor WHERE v.id = ?1 AND v.run <> ?2";
const LOST: &str = "SELECT v.object, v.address, v.body, v.run, o.id, o.project, o.address, o.version FROM version v \
    JOIN (SELECT max(w.id) AS id FROM version w JOIN run r ON r.id = w.run WHERE r.project = ?1 GROUP BY w.object) m \
    ON m.id = v.id LEFT JOIN object o ON o.id = v.object \
    WHERE v.action NOT IN ('prune', 'forget') AND v.object NOT IN \
    (SELECT b.object FROM version n JOIN version b ON b.id = n.before WHERE n.action = 'replace') ORDER BY v.object";
const UNOWNED: &str = "SELECT o.id, o.kind, v.body, v.run, r.project, v.address FROM object o JOIN version v ON v.id = o.version \
    JOIN run r ON r.id = v.run WHERE o.project IS NULL ORDER BY o.id";
const OTHERS: &str = "SELECT o.id, o.kind, v.body, v.run, o.project, o.address FROM object o \
    JOIN version v ON v.id = o.version WHERE o.kind = ?1 AND o.project IS NOT NULL AND o.project <> ?2 ORDER BY o.id";
const FOREIGN: &str = "SELECT (SELECT count(*) FROM object WHERE project < ?1) + (SELECT count(*) FROM object WHERE project > ?1)";

/// Reads what a project owns, and what nobody does. The caller holds one view.
pub(super) fn read(db: &impl Db, of: &Selection<'_>) -> Result<Live, StoreError> {
    let meta = Meta::read(db)?;
    // A file of another time than its log, as after half a restore, is no view of any moment.
    audit::check_end(db, &meta)?;
    let names = Names::read(db)?;
    let reader = Reader {
        db,
        identity: Identity::new(&meta.lineage),
        names,
    };
    let bound = reader.bound(of)?;
    let unmanaged = reader.unowned()?;
    let foreign = reader.foreign(of.project)?;
    let lost = match of.bodies {
        Bodies::Drifted => reader.lost(of.project)?,
        Bodies::All | Bodies::Differing(_) | Bodies::Of(_) => Vec::new(),
    };
    let mut live = Live::new(meta.lineage, meta.generation, bound, unmanaged, foreign);
    live.own = history::own(db, of.project)?;
    Ok(live.with_lost(lost))
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
    /// The version that the owner last applied, where it is another.
    applied: Option<i64>,
}

impl<D: Db> Reader<'_, D> {
    fn bound(&self, of: &Selection<'_>) -> Result<Vec<Bound>, StoreError> {
        let chosen: HashSet<&Address> = match of.bodies {
            Bodies::Of(addresses) => addresses.iter().collect(),
            Bodies::All | Bodies::Differing(_) | Bodies::Drifted => HashSet::new(),
        };
        let mut bound = Vec::new();
        let mut wanted = Vec::new();
        self.db
            .query(BOUND, &[Param::Text(of.project)], &mut |row| {
                let object = row.int(0, "the number of an object")?;
                let address: Address =
                    row.parse(1, format_args!("the address of object {object}"))?;
                let version = row.int(3, "the version of an object")?;
                let applied = match row.cell(4) {
                    Cell::Null => None,
                    _ => Some(row.int(4, "the version last applied")?),
                };
                let untouched = applied == Some(version);
                let fetch = match of.bodies {
                    Bodies::All => true,
                    Bodies::Of(_) => chosen.contains(&address),
                    Bodies::Drifted => !untouched,
                    Bodies::Differing(declared) => {
                        let same = match (digest(row, 2)?, declared(&address)) {
                            (Some(stored), Some(now)) => stored == now,
                            _ => false,
                        };
                        !(same && untouched)
                    }
                };
                if fetch {
                    wanted.push(Wanted {
                        at: bound.len(),
                        object,
                        version,
                        applied: applied.filter(|_| !untouched),
                    });
                }
                bound.push(Bound {
                    address,
                    object: None,
                    declared: digest(row, 2)?,
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
        let (body, _) = self.version(project, address, wanted.version)?;
        let drift = match wanted.applied {
            None => None,
            Some(applied) => {
                let (applied, run) = self.version(project, address, applied)?;
                let by = self.touch(wanted.version, run)?;
                Some(Box::new(Departure { applied, by }))
            }
        };
        Ok(LiveObject {
            id: self.identity.id(wanted.object),
            kind: address.kind(),
            address: Some(address.clone()),
            body,
            drift,
            last: None,
        })
    }

    /// Returns a version of a project's object under present names, and the run that wrote it.
    fn version(
        &self,
        project: &str,
        address: &Address,
        version: i64,
    ) -> Result<(Body, i64), StoreError> {
        let mut found = None;
        self.db.query(VERSION, &[Param::Int(version)], &mut |row| {
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
                "the body of {address} is missing (version {version})"
            ))
        })?;
        let body = self
            .names
            .spell(project, address.kind(), body, Span::since(run))
            .map_err(|error| {
                damaged(format!("the body of {address} is not of its kind: {error}"))
            })?;
        Ok((body, run))
    }

    /// Returns who wrote a version, unless it was the run that wrote another one.
    fn touch(&self, version: i64, other: i64) -> Result<Option<Touch>, StoreError> {
        let mut by = None;
        let params = [Param::Int(version), Param::Int(other)];
        self.db.query(TOUCH, &params, &mut |row| {
            by = Some(Touch {
                run: row.text(0, "the id of a run")?.to_owned(),
                project: row.text(1, "the project of a run")?.to_owned(),
                actor: people::shown(
                    row.text(2, "the actor of a run")?,
                    row.maybe_text(4, "the name of a person")?,
                ),
                at: row.parse(3, "the start of a run")?,
            });
            Ok(())
        })?;
        Ok(by)
    }

    /// Finds what the project applied, never gave up, and no longer has where it was.
    fn lost(&self, project: &str) -> Result<Vec<Lost>, StoreError> {
        let mut lost = Vec::new();
        let mut touched = Vec::new();
        self.db.query(LOST, &[Param::Text(project)], &mut |row| {
            let object = row.int(0, "the number of an object")?;
            let applied: Address = row.parse(1, format_args!("the address of object {object}"))?;
            let run = row.int(3, "the run of a version")?;
            let today = self.names.today(project, &applied, Span::since(run));
            let address = today.unwrap_or(applied);
            let fate = if matches!(row.cell(4), Cell::Null) {
                Fate::Deleted
            } else {
                touched.push((lost.len(), row.int(7, "the version of an object")?, run));
                match row.maybe_text(5, "the project of an object")? {
                    None => Fate::Unbound,
                    Some(owner) if owner != project => Fate::Taken {
                        project: owner.to_owned(),
                    },
                    Some(_) => {
                        let to: Address = row.parse(6, "the address of an object")?;
                        if to == address {
                            touched.pop();
                            return Ok(());
                        }
                        Fate::Rebound { to }
                    }
                }
            };
            let body = body(row, 2, &address)?;
            let applied = self
                .names
                .spell(project, address.kind(), body, Span::since(run))
                .map_err(|error| {
                    row.damaged(format!("the body of {address} is not of its kind: {error}"))
                })?;
            lost.push(Lost {
                id: self.identity.id(object),
                address,
                applied,
                fate,
                by: None,
            });
            Ok(())
        })?;
        for (at, version, run) in touched {
            let lost: &mut Lost = &mut lost[at];
            lost.by = self.touch(version, run)?;
        }
        Ok(lost)
    }

    fn unowned(&self) -> Result<Vec<LiveObject>, StoreError> {
        let mut objects = Vec::new();
        self.db.query(UNOWNED, &[], &mut |row| {
            let object = row.int(0, "the number of an object")?;
            let kind = kind(row, 1, object)?;
            let body = body(row, 2, format_args!("object {object}"))?;
            let written = Span::since(row.int(3, "the run of a version")?);
            let project = row.text(4, "the project of a run")?;
            let last = row.parse(5, format_args!("the address of object {object}"))?;
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
                drift: None,
                last: Some(last),
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
                    drift: None,
                    last: None,
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
        Cell::Null => Ok(None),
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
