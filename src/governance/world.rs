//! What a decision looks at: one unchanging view of a store, asked for what a command names and nothing more.

use std::rc::Rc;

use jiff::Timestamp;

use super::record::{Key, Mark, ObjectId, Record, RecordId, RecordKind};
use crate::model::{Address, Kind, Object, RemoteId};

/// One unchanging view of a store. Every answer is complete, or an error: what is not known is not absent.
pub trait World {
    /// Returns the project whose objects are looked at.
    fn project(&self) -> &str;

    /// Returns a record.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    fn record(&self, id: RecordId) -> Result<Option<Record>, Unread>;

    /// Returns the records of a kind whose mark starts with a key, in order of keys and numbers, after a position, at most
    /// so many. [`Mark::Due`] and [`Mark::DeliveryOpen`] are also asked for ranges: everything before a key.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    fn marked(&self, of: &Range) -> Result<Vec<(Key, RecordId)>, Unread>;

    /// Counts the records whose mark starts with a key.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    fn count(&self, mark: Mark, key: &Key) -> Result<u64, Unread>;

    /// Returns the numbers of a kind's records after one of them, in order, at most so many.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    fn numbers(&self, kind: RecordKind, after: u64, most: usize) -> Result<Vec<u64>, Unread>;

    /// Returns the highest number that was ever given to a record of a kind.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    fn last(&self, kind: RecordKind) -> Result<u64, Unread>;

    /// Returns a declared object, of whichever project.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    fn object(&self, id: ObjectId) -> Result<Option<Rc<Thing>>, Unread>;

    /// Returns which object a store's own id names; `None` for an id that is none of this store's.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    fn named(&self, id: &RemoteId) -> Result<Option<ObjectId>, Unread>;

    /// Returns the project's object of an address.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    fn at(&self, address: &Address) -> Result<Option<Rc<Thing>>, Unread>;

    /// Returns the project's objects of a kind; those that live in one object only, where one is named.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    fn things(&self, kind: Kind, within: Option<&Address>) -> Result<Vec<Rc<Thing>>, Unread>;

    /// Returns the objects that applies have changed after a change, oldest first, of at most so many changes. A replacement
    /// names the object that is gone as well as the one that took its place.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    fn changed(&self, after: u64, most: usize) -> Result<Vec<Moved>, Unread>;

    /// Returns the highest instant that the store has seen.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    fn seen(&self) -> Result<Option<Timestamp>, Unread>;

    /// Returns when somebody last went on with a store that was put back from an old copy.
    ///
    /// # Errors
    ///
    /// [`Unread`] when the store cannot tell.
    fn restored(&self) -> Result<Option<Timestamp>, Unread>;
}

/// A declared object as the store has it.
#[derive(Debug, Clone)]
pub struct Thing {
    /// Which object.
    pub id: ObjectId,
    /// Its present address.
    pub address: Address,
    /// The object.
    pub object: Object,
}

/// A change of an object by an apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The number of the change.
    pub change: u64,
    /// The object.
    pub object: ObjectId,
    /// Its kind.
    pub kind: Kind,
    /// Whether the object is still there and somebody's.
    pub is_there: bool,
    /// Whether the object is deleted. One that was let go is neither there nor deleted.
    pub is_gone: bool,
}

/// Which marks.
#[derive(Debug, Clone)]
pub struct Range {
    /// The mark.
    pub mark: Mark,
    /// The first key.
    pub from: Key,
    /// The key before which the range ends; `None` for no end.
    pub until: Option<Key>,
    /// The position after which to go on.
    pub after: Option<(Key, RecordId)>,
    /// At most so many.
    pub most: usize,
}

impl Range {
    /// Returns everything whose key starts with one.
    #[must_use]
    pub fn of(mark: Mark, key: Key) -> Self {
        Self {
            mark,
            until: key.end(),
            from: key,
            after: None,
            most: usize::MAX,
        }
    }

    /// Returns everything up to and with an instant, for marks whose keys are instants.
    #[must_use]
    pub fn until(mark: Mark, now: Timestamp) -> Self {
        Self {
            mark,
            from: Key::new(),
            until: Key::new().instant(now).end(),
            after: None,
            most: usize::MAX,
        }
    }

    /// Returns the range with at most so many.
    #[must_use]
    pub fn most(mut self, most: usize) -> Self {
        self.most = most;
        self
    }

    /// Returns the range after a position.
    #[must_use]
    pub fn after(mut self, position: Option<(Key, RecordId)>) -> Self {
        self.after = position;
        self
    }

    /// Returns true for a mark that the range holds.
    #[must_use]
    pub fn holds(&self, key: &Key, id: RecordId) -> bool {
        let begun = match &self.after {
            Some((last, at)) => (last, at) < (key, &id),
            None => *key >= self.from,
        };
        begun && self.until.as_ref().is_none_or(|until| key < until)
    }
}

/// A store could not tell: its own error, to be handed on.
#[derive(Debug)]
pub struct Unread(pub Box<dyn std::error::Error + Send + Sync>);

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.0, f)
    }
}

impl std::error::Error for Unread {}
