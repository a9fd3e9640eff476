//! The engine's records in two tables: bodies by number, and the marks they are found by.
//!
//! Every kind of record is kept alike, so a new one needs no statement here.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use jiff::Timestamp;

use super::db::{Cell, Db, Param, Row, Step, reading};
use super::history::limit;
use super::identity::Identity;
use super::meta::Meta;
use super::names::{Names, Span};
use super::people::People;
use super::{audit, read};
use crate::audit::Act;
use crate::governance::record::{Key, Mark, ObjectId, Record, RecordId, RecordKind};
use crate::governance::renaming::{self, Renamed};
use crate::governance::{Decision, Moved, Range, Refusal, Stop, Thing, Unread, World, Write};
use crate::model::{Address, Digest, Kind, RemoteId};
use crate::store::StoreError;
use crate::store::ledger::{Decide, See, Sitting, target};

const RECORD: &str = "SELECT body FROM record WHERE id = ?1";
const MARKED: &str =
    "SELECT key, id FROM mark WHERE mark = ?1 AND key >= ?2 AND key < ?3 ORDER BY key, id LIMIT ?4";
const MARKED_AFTER: &str = "SELECT key, id FROM mark WHERE mark = ?1 AND (key, id) > (?2, ?5) AND key < ?3 \
    ORDER BY key, id LIMIT ?4";
const COUNT: &str = "SELECT count(*) FROM mark WHERE mark = ?1 AND key >= ?2 AND key < ?3";
const NUMBERS: &str = "SELECT id FROM record WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT ?3";
const LAST: &str = "SELECT last FROM record_last WHERE kind = ?1";
const OBJECT: &str = "SELECT o.id, o.address, v.body, v.run, o.project FROM object o JOIN version v ON v.id = o.version \
    WHERE o.id = ?1 AND o.project IS NOT NULL";
const AT: &str = "SELECT o.id, o.address, v.body, v.run, o.project FROM object o JOIN version v ON v.id = o.version \
    WHERE o.project = ?1 AND o.address = ?2";
const BELOW: &str = "SELECT o.id, o.address, v.body, v.run, o.project FROM object o JOIN version v ON v.id = o.version \
    WHERE o.project = ?1 AND o.address >= ?2 AND o.address < ?3 ORDER BY o.address";
const CHANGED: &str = "SELECT v.id, v.object, v.address, o.project, o.id IS NULL, coalesce(b.object, v.object) \
    FROM version v LEFT JOIN object o ON o.id = v.object LEFT JOIN version b ON b.id = v.before \
    WHERE v.id > ?1 ORDER BY v.id LIMIT ?2";
const PUT: &str = "INSERT INTO record (id, body) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET body = excluded.body";
const DROP: &str = "DELETE FROM record WHERE id = ?1";
const ADD_MARK: &str =
    "INSERT INTO mark (mark, key, id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
const DROP_MARK: &str = "DELETE FROM mark WHERE mark = ?1 AND key = ?2 AND id = ?3";
const NOTE_LAST: &str = "INSERT INTO record_last (kind, last) VALUES (?1, ?2) \
    ON CONFLICT (kind) DO UPDATE SET last = max(last, excluded.last)";

/// The kind stands above the number, so that records of a kind lie together.
const KIND_BITS: u32 = 48;

/// After every key that there is.
const NO_END: &[u8] = &[0xff; 64];

/// One number for a record of any kind.
fn row_id(id: RecordId) -> i64 {
    (i64::from(id.kind.code()) << KIND_BITS) | i64::try_from(id.number).unwrap_or(i64::MAX)
}

pub(super) fn record_id(row: &dyn Row, at: usize) -> Result<RecordId, StoreError> {
    let number = row.int(at, "the number of a record")?;
    let kind = u8::try_from(number >> KIND_BITS)
        .ok()
        .and_then(RecordKind::from_code);
    let kind = kind.ok_or_else(|| row.damaged(format!("record {number} is of no known kind")))?;
    let number = number & ((1 << KIND_BITS) - 1);
    Ok(RecordId {
        kind,
        number: number.cast_unsigned(),
    })
}

/// Returns where the rows of a kind begin, and where those after them do.
pub(super) fn rows_of(kind: RecordKind) -> (i64, i64) {
    let first = i64::from(kind.code()) << KIND_BITS;
    (first, first + (1 << KIND_BITS))
}

/// Shows one view.
pub(super) fn look(db: &impl Db, project: &str, see: See<'_>) -> Result<(), StoreError> {
    reading(db, || {
        let view = View::new(db, project);
        see(&view).map_err(|unread| StoreError::unread(unread, db.name()))
    })
}

/// Decides and keeps the decision, in one transaction.
pub(super) fn decide(
    db: &impl Db,
    sitting: &Sitting<'_>,
    decide: Decide<'_>,
) -> Result<Result<Decision, Box<Refusal>>, StoreError> {
    db.transact(Step::Write)?;
    let decided = within(db, sitting, decide);
    let end = match &decided {
        Ok(Ok(decision)) if !decision.is_empty() => Step::Commit,
        _ => Step::Rollback,
    };
    let ended = db.transact(end);
    let decided = decided?;
    ended?;
    Ok(decided)
}

fn within(
    db: &impl Db,
    sitting: &Sitting<'_>,
    decide: Decide<'_>,
) -> Result<Result<Decision, Box<Refusal>>, StoreError> {
    let decision = match decide(&View::new(db, sitting.project)) {
        Ok(decision) => decision,
        Err(Stop::Refused(refusal)) => return Ok(Err(refusal)),
        Err(Stop::Unread(unread)) => return Err(StoreError::unread(unread, db.name())),
    };
    if !decision.is_empty() {
        keep(db, sitting, &decision)?;
    }
    Ok(Ok(decision))
}

fn keep(db: &impl Db, sitting: &Sitting<'_>, decision: &Decision) -> Result<(), StoreError> {
    let mut meta = Meta::read(db)?;
    audit::check_end(db, &meta)?;
    meta.note_time(db, sitting.now)?;
    let mut people = People::default();
    let view = View::new(db, sitting.project);
    for event in &decision.events {
        let digest = |record: &Option<Record>| {
            record
                .as_ref()
                .map(|record| Digest::of(record.body().as_bytes()))
        };
        let address = event.subject.to_string();
        let target = target(event, decision, &view)
            .map_err(|unread| StoreError::unread(unread, db.name()))?;
        let act = Act {
            action: event.activity.as_str(),
            actor: sitting.actor,
            address: Some(&address),
            after: digest(&event.after),
            at: sitting.now,
            before: digest(&event.before),
            reason: &event.reason,
            run: Some(sitting.id),
            target: target.as_deref(),
            via: sitting.via,
        };
        audit::append(db, &mut meta.chain, &mut people, &act)?;
    }
    let mut last: HashMap<RecordKind, u64> = HashMap::new();
    for write in &decision.writes {
        put(db, write)?;
        if write.before.is_none() {
            let highest = last.entry(write.id.kind).or_default();
            *highest = (*highest).max(write.id.number);
        }
    }
    for (kind, last) in last {
        let last = i64::try_from(last).unwrap_or(i64::MAX);
        db.execute(
            NOTE_LAST,
            &[Param::Int(kind.code().into()), Param::Int(last)],
        )?;
    }
    meta.write(db)
}

/// Lets records follow the resources that a run gives other names. The caller writes, and has renamed them.
pub(super) fn rename(db: &impl Db, project: &str, renamed: &Renamed) -> Result<(), StoreError> {
    let writes = renaming::follow(&View::new(db, project), renamed)
        .map_err(|unread| StoreError::unread(unread, db.name()))?;
    writes.iter().try_for_each(|write| put(db, write))
}

/// Writes one record and the marks that differ.
fn put(db: &impl Db, write: &Write) -> Result<(), StoreError> {
    let id = Param::Int(row_id(write.id));
    let marks = |record: Option<&Record>| {
        let mut marks = std::collections::BTreeSet::new();
        if let Some(record) = record {
            record.marks(&mut |mark, key| {
                marks.insert((mark, key));
            });
        }
        marks
    };
    let before = marks(write.before.as_ref());
    let after = marks(write.after.as_ref());
    for (mark, key) in before.difference(&after) {
        let mark = Param::Int(mark.code().into());
        db.execute(DROP_MARK, &[mark, Param::Blob(key.as_bytes()), id])?;
    }
    for (mark, key) in after.difference(&before) {
        let mark = Param::Int(mark.code().into());
        db.execute(ADD_MARK, &[mark, Param::Blob(key.as_bytes()), id])?;
    }
    match &write.after {
        Some(record) => db.execute(PUT, &[id, Param::Text(&record.body())])?,
        None => db.execute(DROP, &[id])?,
    };
    Ok(())
}

/// One unchanging view: the caller holds a transaction.
struct View<'d, D> {
    db: &'d D,
    project: &'d str,
    names: OnceCell<Names>,
    identity: OnceCell<Identity>,
    things: RefCell<HashMap<i64, Option<Rc<Thing>>>>,
}

impl<'d, D: Db> View<'d, D> {
    fn new(db: &'d D, project: &'d str) -> Self {
        Self {
            db,
            project,
            names: OnceCell::new(),
            identity: OnceCell::new(),
            things: RefCell::new(HashMap::new()),
        }
    }

    fn names(&self) -> Result<&Names, StoreError> {
        if self.names.get().is_none() {
            // Nobody else can have set it: a view belongs to one thread.
            let _ = self.names.set(Names::read(self.db)?);
        }
        self.names.get().ok_or_else(|| StoreError::Damaged {
            name: self.db.name().to_owned(),
            cause: "its renames are unreadable".to_owned(),
        })
    }

    fn read(&self, sql: &'static str, params: &[Param<'_>]) -> Result<Vec<Rc<Thing>>, StoreError> {
        let names = self.names()?;
        let mut things = Vec::new();
        self.db.query(sql, params, &mut |row| {
            let number = row.int(0, "the number of an object")?;
            if let Some(Some(known)) = self.things.borrow().get(&number) {
                things.push(Rc::clone(known));
                return Ok(());
            }
            let address: Address = row.parse(1, format_args!("the address of object {number}"))?;
            let body = read::body(row, 2, &address)?;
            let written = Span::since(row.int(3, "the run of a version")?);
            let project = row.text(4, "the project of an object")?;
            let alien = |error: serde_json::Error| {
                row.damaged(format!("the body of {address} is not of its kind: {error}"))
            };
            let body = names
                .spell(project, address.kind(), body, written)
                .map_err(alien)?;
            let mut from = serde_json::Deserializer::from_str(body.as_str());
            let object = address.kind().decode(&mut from).map_err(alien)?;
            let thing = Rc::new(Thing {
                id: ObjectId(number.cast_unsigned()),
                address,
                object,
            });
            self.things
                .borrow_mut()
                .insert(number, Some(Rc::clone(&thing)));
            things.push(thing);
            Ok(())
        })?;
        Ok(things)
    }
}

fn bounds(of: &Range) -> (&[u8], &[u8]) {
    let until = of.until.as_ref().map_or(NO_END, Key::as_bytes);
    (of.from.as_bytes(), until)
}

impl<D: Db> World for View<'_, D> {
    fn project(&self) -> &str {
        self.project
    }

    fn record(&self, id: RecordId) -> Result<Option<Record>, Unread> {
        let mut found = None;
        self.db
            .query(RECORD, &[Param::Int(row_id(id))], &mut |row| {
                let body = row.text(0, "the body of a record")?;
                let record = Record::read(id.kind, body)
                    .map_err(|error| row.damaged(format!("{id} is unreadable: {error}")))?;
                found = Some(record);
                Ok(())
            })?;
        Ok(found)
    }

    fn marked(&self, of: &Range) -> Result<Vec<(Key, RecordId)>, Unread> {
        let (from, until) = bounds(of);
        let mark = Param::Int(of.mark.code().into());
        let most = limit(of.most);
        let mut found = Vec::new();
        let mut see = |row: &dyn Row| {
            let key = match row.cell(0) {
                Cell::Blob(bytes) => Key::from_bytes(bytes),
                _ => return Err(row.damaged("the key of a mark is missing".to_owned())),
            };
            found.push((key, record_id(row, 1)?));
            Ok(())
        };
        match &of.after {
            None => {
                let params = [mark, Param::Blob(from), Param::Blob(until), most];
                self.db.query(MARKED, &params, &mut see)?;
            }
            Some((key, id)) => {
                let after = Param::Blob(key.as_bytes());
                let id = Param::Int(row_id(*id));
                let params = [mark, after, Param::Blob(until), most, id];
                self.db.query(MARKED_AFTER, &params, &mut see)?;
            }
        }
        Ok(found)
    }

    fn count(&self, mark: Mark, key: &Key) -> Result<u64, Unread> {
        let range = Range::of(mark, key.clone());
        let (from, until) = bounds(&range);
        let mark = Param::Int(mark.code().into());
        let mut count = 0;
        let params = [mark, Param::Blob(from), Param::Blob(until)];
        self.db.query(COUNT, &params, &mut |row| {
            count = row.count(0, "a count of marks")?;
            Ok(())
        })?;
        Ok(count)
    }

    fn numbers(&self, kind: RecordKind, after: u64, most: usize) -> Result<Vec<u64>, Unread> {
        let bound = |number| Param::Int(row_id(RecordId { kind, number }));
        let end = bound((1 << KIND_BITS) - 1);
        let mut numbers = Vec::new();
        self.db
            .query(NUMBERS, &[bound(after), end, limit(most)], &mut |row| {
                numbers.push(record_id(row, 0)?.number);
                Ok(())
            })?;
        Ok(numbers)
    }

    fn last(&self, kind: RecordKind) -> Result<u64, Unread> {
        let mut last = 0;
        self.db
            .query(LAST, &[Param::Int(kind.code().into())], &mut |row| {
                last = row.count(0, "the last number of a kind")?;
                Ok(())
            })?;
        Ok(last)
    }

    fn object(&self, id: ObjectId) -> Result<Option<Rc<Thing>>, Unread> {
        let number = id.0.cast_signed();
        if let Some(known) = self.things.borrow().get(&number) {
            return Ok(known.clone());
        }
        let found = self.read(OBJECT, &[Param::Int(number)])?.pop();
        self.things.borrow_mut().insert(number, found.clone());
        Ok(found)
    }

    fn named(&self, id: &RemoteId) -> Result<Option<ObjectId>, Unread> {
        let number = match self.identity.get() {
            Some(identity) => identity.number(id),
            None => {
                let identity = Identity::new(&Meta::read(self.db)?.lineage);
                self.identity.get_or_init(|| identity).number(id)
            }
        };
        Ok(number.map(|number| ObjectId(number.cast_unsigned())))
    }

    fn at(&self, address: &Address) -> Result<Option<Rc<Thing>>, Unread> {
        let address = address.to_string();
        let params = [Param::Text(self.project), Param::Text(&address)];
        Ok(self.read(AT, &params)?.pop())
    }

    fn things(&self, kind: Kind, within: Option<&Address>) -> Result<Vec<Rc<Thing>>, Unread> {
        let parent = within.map(Address::name);
        let stem = match parent {
            Some(parent) => format!("{}/{parent}", kind.as_str()),
            None => kind.as_str().to_owned(),
        };
        // What lies below a stem starts with it and a slash; the sign after the slash is a zero.
        let (from, until) = (format!("{stem}/"), format!("{stem}0"));
        let params = [
            Param::Text(self.project),
            Param::Text(&from),
            Param::Text(&until),
        ];
        Ok(self.read(BELOW, &params)?)
    }

    fn changed(&self, after: u64, most: usize) -> Result<Vec<Moved>, Unread> {
        let after = Param::Int(i64::try_from(after).unwrap_or(i64::MAX));
        let mut moved = Vec::new();
        self.db.query(CHANGED, &[after, limit(most)], &mut |row| {
            let address: Address = row.parse(2, "the address of a version")?;
            let change = row.count(0, "the number of a version")?;
            let object = ObjectId(row.count(1, "the number of an object")?);
            let before = ObjectId(row.count(5, "the number of an object before")?);
            if before != object {
                moved.push(Moved {
                    change,
                    object: before,
                    kind: address.kind(),
                    is_there: false,
                    is_gone: true,
                });
            }
            moved.push(Moved {
                change,
                object,
                kind: address.kind(),
                is_there: row.maybe_text(3, "the project of an object")?.is_some(),
                is_gone: row.int(4, "whether an object is gone")? != 0,
            });
            Ok(())
        })?;
        Ok(moved)
    }

    fn seen(&self) -> Result<Option<Timestamp>, Unread> {
        Ok(Meta::read(self.db)?.highest)
    }

    fn restored(&self) -> Result<Option<Timestamp>, Unread> {
        Ok(Meta::read(self.db)?.restored)
    }
}
