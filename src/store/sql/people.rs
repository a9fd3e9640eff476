//! People: who an id in the audit log or in a run stands for, kept apart so that it can be erased.
//!
//! Whoever writes inside a transaction asks [`People::look`]; it knows everybody again whom it has met, so that a run of many
//! entries asks the database once a person.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::audit;
use super::db::{Db, Param, Row};
use super::lease;
use super::meta::Meta;
use crate::audit::{Act, ERASED, Person, Salt, canonical, mention, mentioned, seal_text};
use crate::plan::Lifted;
use crate::store::{Head, Known, Lease, StoreError};

const BY_VALUE: &str = "SELECT id, salt FROM person WHERE value = ?1";
const BY_ID: &str = "SELECT value, salt FROM person WHERE id = ?1";
const ADD: &str = "INSERT INTO person (id, value, salt) VALUES (?1, ?2, ?3)";
const ERASE: &str = "DELETE FROM person WHERE id = ?1";
const LIFTED: &str = "SELECT id, lifted FROM run WHERE instr(lower(lifted), ?1) > 0";
const RELIFT: &str = "UPDATE run SET lifted = ?2 WHERE id = ?1";

/// The people met in a transaction.
#[derive(Debug, Default)]
pub(super) struct People(HashMap<String, Person>);

impl People {
    /// Returns the person of a canonical value, who is made known if nobody is yet.
    pub(super) fn look(&mut self, db: &impl Db, value: &str) -> Result<Person, StoreError> {
        if let Some(person) = self.0.get(value) {
            return Ok(person.clone());
        }
        let person = match find(db, value)? {
            Some(person) => person,
            None => add(db, value)?,
        };
        self.0.insert(value.to_owned(), person.clone());
        Ok(person)
    }

    /// Returns what a run lifted, with people by their ids.
    pub(super) fn seal(
        &mut self,
        db: &impl Db,
        lifted: &[Lifted],
    ) -> Result<Vec<Lifted>, StoreError> {
        let mut word = |who: &str| Ok(mention(&self.look(db, &canonical(who))?.id));
        let mut sealed = lifted.to_vec();
        for one in &mut sealed {
            one.by = seal_text(&one.by, &mut word)?.into_owned();
        }
        Ok(sealed)
    }
}

fn salt(row: &dyn Row, at: usize) -> Result<Salt, StoreError> {
    row.bytes(at, "the salt of a person").map(Salt::from_bytes)
}

fn find(db: &impl Db, value: &str) -> Result<Option<Person>, StoreError> {
    let mut found = None;
    db.query(BY_VALUE, &[Param::Text(value)], &mut |row| {
        let id = row.text(0, "the id of a person")?.to_owned();
        found = Some(Person::new(id, &salt(row, 1)?, value));
        Ok(())
    })?;
    Ok(found)
}

fn add(db: &impl Db, value: &str) -> Result<Person, StoreError> {
    let (id, salt) = fresh(db.name())?;
    let params = [
        Param::Text(&id),
        Param::Text(value),
        Param::Blob(salt.as_bytes()),
    ];
    db.execute(ADD, &params)?;
    Ok(Person::new(id, &salt, value))
}

/// Returns an id and a salt that nobody can guess.
pub(crate) fn fresh(store: &str) -> Result<(String, Salt), StoreError> {
    let (mut id, mut salt) = ([0; 16], [0; 32]);
    getrandom::fill(&mut id)
        .and_then(|()| getrandom::fill(&mut salt))
        .map_err(|error| StoreError::Unavailable {
            name: store.to_owned(),
            doing: "written",
            cause: format!("the system gives no random numbers: {error}"),
        })?;
    let id = uuid::Builder::from_random_bytes(id).into_uuid();
    Ok((id.hyphenated().to_string(), Salt::from_bytes(salt)))
}

/// Returns who an id is.
fn known(db: &impl Db, id: &str) -> Result<Option<Known>, StoreError> {
    let mut known = None;
    db.query(BY_ID, &[Param::Text(id)], &mut |row| {
        let value = row.text(0, "the name of a person")?.to_owned();
        let mac = salt(row, 1)?.mac(&value);
        known = Some(Known { value, mac });
        Ok(())
    })?;
    Ok(known)
}

pub(super) fn people(
    db: &impl Db,
    ids: &BTreeSet<String>,
) -> Result<BTreeMap<String, Known>, StoreError> {
    let mut people = BTreeMap::new();
    for id in ids {
        if let Some(known) = known(db, id)? {
            people.insert(id.clone(), known);
        }
    }
    Ok(people)
}

pub(super) fn person(db: &impl Db, value: &str) -> Result<Option<String>, StoreError> {
    Ok(find(db, value)?.map(|person| person.id))
}

/// Returns what is shown of somebody: the name, or the word for one who was erased. What is no id was written by another hand,
/// and is shown as it is.
pub(super) fn shown(id: &str, name: Option<&str>) -> String {
    match name {
        Some(name) => name,
        None if uuid::Uuid::try_parse(id).is_ok() => ERASED,
        None => id,
    }
    .to_owned()
}

/// Names of people by id, for what is read of a few of them over and over.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<String, String>);

impl Names {
    /// Returns the name of a person, or the word for one who was erased.
    pub(super) fn of(&mut self, db: &impl Db, id: &str) -> Result<String, StoreError> {
        if let Some(name) = self.0.get(id) {
            return Ok(name.clone());
        }
        let known = known(db, id)?;
        let name = shown(id, known.as_ref().map(|known| &*known.value));
        self.0.insert(id.to_owned(), name.clone());
        Ok(name)
    }

    /// Puts names into what a run lifted.
    pub(super) fn reveal(&mut self, db: &impl Db, lifted: &mut [Lifted]) -> Result<(), StoreError> {
        for one in lifted {
            let ids: BTreeSet<String> = mentioned(&one.by).map(str::to_owned).collect();
            for id in &ids {
                let name = self.of(db, id)?;
                one.by = one.by.replace(&mention(id), &name);
            }
        }
        Ok(())
    }
}

/// Erases a person, inside a transaction of its own.
pub(super) fn forget(
    db: &impl Db,
    lease: &Lease,
    value: &str,
    act: &Act<'_>,
) -> Result<Option<String>, StoreError> {
    let mut meta = prove(db, lease, act)?;
    let Some(person) = find(db, value)? else {
        return Ok(None);
    };
    audit::append(db, &mut meta.chain, &mut People::default(), act)?;
    meta.write(db)?;
    // Runs of before format 5 tell by name who answered for a waiver.
    let mut named = Vec::new();
    db.query(LIFTED, &[Param::Text(value)], &mut |row| {
        let text = row.text(1, "what a run lifted")?.to_owned();
        named.push((row.int(0, "the number of a run")?, text));
        Ok(())
    })?;
    for (run, text) in named {
        let sealed = seal_text(&text, &mut |who| {
            let is_them = canonical(who) == value;
            Ok::<_, StoreError>(if is_them { ERASED } else { who }.to_owned())
        })?;
        db.execute(RELIFT, &[Param::Int(run), Param::Text(&sealed)])?;
    }
    db.execute(ERASE, &[Param::Text(&person.id)])?;
    Ok(Some(person.id))
}

/// Puts an act into the log, inside a transaction of its own.
pub(super) fn note(db: &impl Db, lease: &Lease, act: &Act<'_>) -> Result<Head, StoreError> {
    let mut meta = prove(db, lease, act)?;
    audit::append(db, &mut meta.chain, &mut People::default(), act)?;
    meta.write(db)?;
    Ok(meta.head())
}

/// Remembers that a store was put back, inside a transaction of its own.
pub(super) fn accept_restore(
    db: &impl Db,
    lease: &Lease,
    act: &Act<'_>,
) -> Result<Head, StoreError> {
    let mut meta = prove(db, lease, act)?;
    audit::append(db, &mut meta.chain, &mut People::default(), act)?;
    meta.write(db)?;
    meta.note_restore(db, act.at)?;
    Ok(meta.head())
}

/// Checks what must hold before anything is written to the log.
fn prove(db: &impl Db, lease: &Lease, act: &Act<'_>) -> Result<Meta, StoreError> {
    lease::prove(db, lease, act.at)?;
    let mut meta = Meta::read(db)?;
    audit::check_end(db, &meta)?;
    meta.note_time(db, act.at)?;
    Ok(meta)
}
