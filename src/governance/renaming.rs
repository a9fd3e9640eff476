//! What the engine keeps under the names of a tree, and follows when objects get other names.
//!
//! Records name packages, policies and all other objects by number, and that is the same under every name. Only groups are
//! kept as a policy writes them: `group:<resource>`, for it may also be a group of the directory that no tree declares. Open
//! requests, open reviews and sponsors keep them so, and would stand for nobody once the resource is called otherwise. Whoever
//! carries out a rename lets them [`follow`] in the same transaction. What is over stays as it was, and so does the audit log.

use std::collections::BTreeMap;

use super::record::{Entity, Key, Mark, ObjectId, Person, Record, RecordId, Request, Review};
use super::{Range, Unread, World, Write};
use crate::model::text::{Line, Principal};

/// The names that resources get, by those that they had. All count at once: two may be exchanged.
#[derive(Debug, Clone, Default)]
pub struct Renamed(BTreeMap<String, Line>);

impl Renamed {
    /// Returns the new names of resources: each by its name before and after.
    pub fn of<'n>(names: impl IntoIterator<Item = (&'n str, &'n str)>) -> Self {
        let names = names.into_iter();
        let named = names.filter_map(|(from, to)| Some((from.to_owned(), Line::parse(to).ok()?)));
        Self(named.collect())
    }

    /// Returns true where no resource gets another name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts the groups that a record keeps under their new names. Returns true where it keeps one that has another.
    pub fn respell(&self, record: &mut impl Entity) -> bool {
        let mut is_other = false;
        record.principals(&mut |principal| {
            if let Principal::Group(name) = principal
                && let Some(new) = self.0.get(name.as_str())
            {
                name.clone_from(new);
                is_other = true;
            }
        });
        is_other
    }
}

/// Returns the records that are others once resources have other names. `world` is the view of the project that gives them,
/// in which its objects have their new names already.
///
/// People are of no project: a sponsor of theirs follows whichever project gives a resource of that name another one.
///
/// # Errors
///
/// [`Unread`] when the store cannot tell.
pub fn follow(world: &dyn World, renamed: &Renamed) -> Result<Vec<Write>, Unread> {
    let mut following = Following {
        world,
        renamed,
        ours: BTreeMap::new(),
        writes: BTreeMap::new(),
    };
    if renamed.is_empty() {
        return Ok(Vec::new());
    }
    following.all(Mark::RequestPackage, Key::new(), |it: &Request| {
        Some(it.package)
    })?;
    following.all(Mark::ReviewOpen, Key::new(), |it: &Review| Some(it.package))?;
    for name in renamed.0.keys() {
        let key = Key::new().text(&format!("group:{name}"));
        following.all(Mark::PersonSponsor, key, |_: &Person| None)?;
    }
    Ok(following.writes.into_values().collect())
}

struct Following<'w> {
    world: &'w dyn World,
    renamed: &'w Renamed,
    /// Whether packages are of the project.
    ours: BTreeMap<ObjectId, bool>,
    writes: BTreeMap<RecordId, Write>,
}

impl Following<'_> {
    /// Lets the records follow that a mark finds. `package` says what a record is about: those of other projects mean the
    /// groups of these.
    fn all<E: Entity>(
        &mut self,
        mark: Mark,
        key: Key,
        package: impl Fn(&E) -> Option<ObjectId>,
    ) -> Result<(), Unread> {
        for (_, id) in self.world.marked(&Range::of(mark, key))? {
            let before = self.world.record(id)?;
            let Some(mut record) = before.clone().and_then(E::from_record) else {
                continue;
            };
            let is_ours = match package(&record) {
                Some(package) => self.is_ours(package)?,
                None => true,
            };
            if is_ours && self.renamed.respell(&mut record) {
                let after: Option<Record> = Some(record.into_record());
                let write = Write { id, before, after };
                let _ = self.writes.insert(id, write);
            }
        }
        Ok(())
    }

    fn is_ours(&mut self, package: ObjectId) -> Result<bool, Unread> {
        if let Some(known) = self.ours.get(&package) {
            return Ok(*known);
        }
        let found = match self.world.object(package)? {
            Some(thing) => self.world.at(&thing.address)?,
            None => None,
        };
        let is_ours = found.is_some_and(|ours| ours.id == package);
        let _ = self.ours.insert(package, is_ours);
        Ok(is_ours)
    }
}
